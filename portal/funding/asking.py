"""Asking an applicant for more, and answering: only what is asked opens, and the first answers are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.casework import asking
from portal.casework.asking import Asked
from portal.casework.firing import CaseChanged
from portal.casework.services import attach
from portal.database import transaction
from portal.documents import services as documents
from portal.documents.queries import list_documents
from portal.funding import applying
from portal.funding.about import answer_in_words
from portal.funding.applying import PARTY_READS, Conflict
from portal.funding.assessing import current
from portal.funding.facts import ApplicationFacts, Line
from portal.funding.permissions import APPLICATION_READ, OWN_APPLICATION_EDIT
from portal.funding.queries import get_application
from portal.funding.scheme import Group, Scheme
from portal.web.kit.formats import kr
from portal.web.kit.i18n import LazyString


def askable(scheme: Scheme) -> list[tuple[Group, list[tuple[str, LazyString]]]]:
    """What can be asked for: each page of the form with its (field, label), budget and files as a whole."""
    return [
        (group, [(f"{group.code}.{one.code}", one.label) for one in group.questions])
        if group.kind == "questions"
        else (group, [(group.code, group.title)])
        for group in scheme.groups
    ]


def asked_groups(scheme: Scheme, fields: Iterable[str]) -> list[Group]:
    """The pages that open, each with only the questions that are asked about."""
    wanted = set(fields)
    found = []
    for group in scheme.groups:
        if group.kind != "questions":
            found += [group] if group.code in wanted else []
            continue
        questions = tuple(one for one in group.questions if f"{group.code}.{one.code}" in wanted)
        found += [replace(group, questions=questions)] if questions else []
    return found


def ask_more(
    scheme: Scheme,
    case_id: int,
    *,
    fields: Sequence[str],
    text: str,
    due_on: date,
    version: int,
    actor: Actor,
) -> None:
    """Ask the applicant for more: only `fields` open. Raises as `asking.ask`, `OutOfReach` for others."""
    known = {field for _group, rows in askable(scheme) for field, _label in rows}
    if not set(fields) <= known:
        raise OutOfReach(f"fields {sorted(set(fields) - known)}")
    with transaction(actor=actor):
        facts = current(scheme, case_id, version, actor)
        before = snapshot(facts, asked_groups(scheme, fields))
        asking.ask(facts, fields=fields, text=text, due_on=due_on, before=before, actor=actor)


def go_on(scheme: Scheme, case_id: int, *, version: int, actor: Actor) -> None:
    """Go on without an answer when the deadline has passed; the application stays as it was sent."""
    with transaction(actor=actor):
        asking.go_on(current(scheme, case_id, version, actor), actor=actor)


def answering(scheme: Scheme, case_id: int, *, actor: Actor) -> tuple[ApplicationFacts, Asked]:
    """An application with the answer in the making laid over it, and what is asked.

    Raises `OutOfReach`, `Denied`, and `CaseChanged` when nothing is asked.
    """
    facts = get_application(case_id, scheme=scheme.code, actor=actor)
    require(actor, OWN_APPLICATION_EDIT, facts)
    if facts.state != "returned":
        raise CaseChanged
    asked = asking.open_request(case_id)
    return overlaid(facts, asked.draft), asked


def overlaid(facts: ApplicationFacts, draft: Mapping[str, Any]) -> ApplicationFacts:
    """The application as it will be when the answer is sent."""
    answers = {code: dict(values) for code, values in facts.answers.items()}
    sites, budget = facts.sites, facts.budget
    added: tuple[tuple[int, str], ...] = ()
    names = dict(facts.sites)
    for code, values in draft.items():
        plain = dict(values)
        if "lines" in plain:
            budget = tuple(Line(*line) for line in plain.pop("lines"))
        added += tuple((number, "answer") for number in plain.pop("documents", ()))
        if (chosen := plain.pop(facts.scheme.sites_question, None)) is not None:
            sites = tuple((unit, names.get(unit, "")) for unit in chosen)
        answers.setdefault(code, {}).update(plain)
    return replace(facts, answers=answers, sites=sites, budget=budget, documents=facts.documents + added)


def save(
    scheme: Scheme, case_id: int, group: Group, values: Mapping[str, Any], *, version: int, actor: Actor
) -> int:
    """Keep a page of the answer, theirs alone until it is sent; gives the new version. Raises `Conflict`."""
    with transaction(actor=actor):
        _facts, asked = answering(scheme, case_id, actor=actor)
        page = next((one for one in asked_groups(scheme, asked.fields) if one.code == group.code), None)
        if page is None:
            raise OutOfReach(f"{group.code} is not asked about")
        open_codes = {one.code for one in page.questions} | {"lines", "documents"}
        kept = {code: value for code, value in values.items() if code in open_codes}
        draft = {**asked.draft, group.code: {**asked.draft.get(group.code, {}), **kept}}
        saved = asking.keep_draft(asked, draft, version=version)
        if saved is None:
            raise Conflict(asked.version)
    return saved


def attach_file(
    scheme: Scheme, case_id: int, group: Group, *, content: bytes, filename: str, actor: Actor
) -> None:
    """Attach a file to the answer; UDI sees it when the answer is sent. Raises `UploadRefused`."""
    with transaction(actor=actor):
        facts, asked = answering(scheme, case_id, actor=actor)
        document_id = documents.store(
            content=content,
            filename=filename,
            place=Place(owner_id=facts.owner_id, plugin=scheme.plugin),
            read_permissions=PARTY_READS,
            actor=actor,
        )
        kept = [*asked.draft.get(group.code, {}).get("documents", []), document_id]
        save(scheme, case_id, group, {"documents": kept}, version=asked.version, actor=actor)


def remove_file(scheme: Scheme, case_id: int, group: Group, document_id: int, *, actor: Actor) -> None:
    """Take a file away from the answer; what was sent before stays. Raises `OutOfReach`."""
    with transaction(actor=actor):
        _facts, asked = answering(scheme, case_id, actor=actor)
        kept = list(asked.draft.get(group.code, {}).get("documents", []))
        if document_id not in kept:
            raise OutOfReach(f"document {document_id}")
        kept.remove(document_id)
        documents.remove(document_id)
        save(scheme, case_id, group, {"documents": kept}, version=asked.version, actor=actor)


def send(scheme: Scheme, case_id: int, *, actor: Actor) -> None:
    """Send the answer: it goes into the application, and what stood there before is kept beside it.

    Raises `OutOfReach`, `Denied`, and `CaseChanged` when there is nothing to answer.
    """
    with transaction(actor=actor):
        facts = get_application(case_id, scheme=scheme.code, actor=actor)
        if facts.state != "returned":
            raise CaseChanged
        asked = asking.open_request(case_id)
        pages = asked_groups(scheme, asked.fields)
        asking.answer(facts, asked, snapshot(overlaid(facts, asked.draft), pages), actor=actor)
        for group in pages:
            _store(facts, group, asked.draft.get(group.code), actor)


def _store(facts: ApplicationFacts, group: Group, values: Any, actor: Actor) -> None:
    if not values:
        return
    version = facts.versions.get(group.code, 0)
    if group.kind == "questions":
        applying.store_answers(facts, group, values, version=version)
    elif group.kind == "budget":
        lines = [Line(*line) for line in values.get("lines", [])]
        applying.store_budget(facts, group, lines, version=version)
    else:
        place = Place(facts.national_id, facts.regional_id, facts.local_id, facts.owner_id, facts.plugin)
        documents.share(values.get("documents", []), [APPLICATION_READ.name], place=place)
        for number in values.get("documents", []):
            attach(facts.id, number, "answer", actor=actor)


def snapshot(facts: ApplicationFacts, groups: Iterable[Group]) -> dict[str, dict[str, Any]]:
    """Field → its value as stored and as one reads it, for the pages that are asked about."""
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        if group.kind == "budget":
            lines = [[line.side, line.post, line.text, line.amount_ore] for line in facts.budget]
            text = "\n".join(f"{line.text} {kr(line.amount_ore)}".strip() for line in facts.budget)
            found[group.code] = {"value": lines, "text": text}
        elif group.kind == "files":
            titles = [row.title for row in list_documents(facts.attachments)]
            found[group.code] = {"value": facts.attachments, "text": "\n".join(titles)}
        else:
            for one in group.questions:
                value = facts.answer(group.code, one)
                words = answer_in_words(one, value, facts)
                found[f"{group.code}.{one.code}"] = {"value": value, "text": words}
    return found
