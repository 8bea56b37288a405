"""What a grant application tells casework of itself: its sites, and its content as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.casework.about import ABOUT, About, Section, Text
from portal.funding.assess_forms import MET, WHY
from portal.funding.facts import ApplicationFacts
from portal.funding.queries import archived_application, sites_of
from portal.funding.scheme import SCHEMES, Group, Question
from portal.funding.workflow import KIND
from portal.web.kit.formats import exact, kr, number
from portal.web.kit.i18n import gettext as _


def content_of(case_id: int) -> Sequence[Section]:
    """The application, the assessment and the decision, in the reader's language."""
    facts = archived_application(case_id)
    if facts.scheme_code not in SCHEMES:
        return ()
    sections = [_about(facts)]
    sections += sections_of(facts)
    if facts.assessment is not None:
        sections.append(_assessment(facts))
    if facts.outcome is not None:
        awarded = (_("Sum granted"), kr(facts.awarded_ore))
        sections.append(Section(_("Decision"), (awarded, (_("Reasons"), facts.reasons or ""))))
    return sections


def sections_of(facts: ApplicationFacts) -> list[Section]:
    """What the applicant wrote, group by group, in the reader's language; files apart."""
    return [_group(facts, group) for group in facts.scheme.groups if group.kind != "files"]


def answer_in_words(question: Question, value: Any, facts: ApplicationFacts) -> str:
    """A stored answer as one reads it; empty when there is none."""
    if question.kind == "sites":
        names = dict(facts.sites)
        return ", ".join(names.get(unit, str(unit)) for unit in value or ())
    if value is None:
        return ""
    if question.kind == "kroner":
        return kr(value)
    return number(value) if question.kind == "number" else str(value)


def _about(facts: ApplicationFacts) -> Section:
    rows = (
        (_("Applicant"), facts.owner_name),
        (_("Call"), facts.call_title),
        (_("Sent"), exact(facts.submitted_at)),
        (_("Sum applied for"), kr(facts.amount_ore)),
    )
    return Section(_("The application"), rows)


def _group(facts: ApplicationFacts, group: Group) -> Section:
    if group.kind == "budget":
        posts = {post.code: post.label for post in facts.scheme.budget_posts}
        lines: list[tuple[Text, str]] = [
            (posts.get(line.post, line.post), f"{line.text} {kr(line.amount_ore)}".strip())
            for line in facts.budget
        ]
        return Section(group.title, tuple(lines))
    return Section(
        group.title,
        tuple((q.label, answer_in_words(q, facts.answer(group.code, q), facts)) for q in group.questions),
    )


def _assessment(facts: ApplicationFacts) -> Section:
    written = facts.assessment
    assert written is not None  # asked for by the caller
    met = dict(MET)
    rows: list[tuple[Text, str]] = [
        (label, " ".join((str(met[written.criteria[code]]), written.criteria.get(code + WHY, ""))).strip())
        for code, label in facts.scheme.all_criteria()
        if written.criteria.get(code) in met
    ]
    rows += [(_("Sum proposed"), kr(written.proposed_ore)), (_("Reasons"), written.reasons)]
    return Section(_("Assessment and proposal"), tuple(rows))


ABOUT[KIND] = About(sites_of, content_of)
