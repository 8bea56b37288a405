"""What an application still lacks before it can be sent: told, never in the way of saving."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from portal.documents.queries import list_documents
from portal.documents.types import REFUSALS
from portal.funding.facts import ApplicationFacts
from portal.funding.scheme import Group, Scheme
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there: in which group, which question (None: the whole page), what to do."""

    group: str
    question: str | None
    label: LazyString
    text: LazyString


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a draft has come: pages done of all, and about how many minutes are left, in fives."""

    done: int
    total: int
    minutes: int


def progress(facts: ApplicationFacts) -> Progress:
    """What is done and about how long the rest takes; a page that is begun counts half."""
    groups = facts.scheme.groups
    finished = [one for one in groups if begun(facts, one) and not missing_in(facts, one)]
    left = sum(one.minutes * (0.5 if begun(facts, one) else 1) for one in groups if one not in finished)
    return Progress(len(finished), len(groups), ceil(left / 5) * 5)


def time_needed(scheme: Scheme) -> int:
    """About how many minutes the whole form takes, in fives."""
    return ceil(sum(one.minutes for one in scheme.groups) / 5) * 5


def missing(facts: ApplicationFacts) -> list[Missing]:
    """Everything an application lacks, in the order of the form."""
    return [one for group in facts.scheme.groups for one in missing_in(facts, group)]


def refused_files(facts: ApplicationFacts) -> list[Missing]:
    """Attachments that were found unsafe or unreadable: UDI would get nothing of them. One statement."""
    page = next((group for group in facts.scheme.groups if group.kind == "files"), None)
    if page is None or not facts.attachments:
        return []
    return [
        Missing(page.code, None, document.title, REFUSALS[document.refusal])
        for document in list_documents(facts.attachments)
        if document.state == "refused"
    ]


def missing_in(facts: ApplicationFacts, group: Group) -> list[Missing]:
    """What one page of the form lacks."""
    if group.kind == "budget":
        return _budget(facts, group)
    found = []
    for question in group.questions:
        answer = facts.answer(group.code, question)
        if question.required and (answer is None or answer in ("", [])):
            found.append(Missing(group.code, question.code, question.label, _("Answer this question.")))
    return found


def _budget(facts: ApplicationFacts, group: Group) -> list[Missing]:
    found = []
    costs = facts.total("cost")
    if costs == 0:
        found.append(Missing(group.code, None, group.title, _("Write at least one cost with a sum.")))
    for line in facts.budget:
        if line.amount_ore is None:
            found.append(Missing(group.code, None, group.title, _("A line has no sum.")))
            break
    if facts.amount_ore is not None and costs and facts.amount_ore > costs:
        found.append(Missing(group.code, None, group.title, _("You apply for more than the costs come to.")))
    return found


def begun(facts: ApplicationFacts, group: Group) -> bool:
    """True when something on the page has been saved."""
    if group.kind == "files":
        return bool(facts.attachments)
    return bool(facts.versions.get(group.code))
