"""The audit trail in words: what a field is called and what its value means, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.administration.audit_queries import NAMED
from portal.record.events import EVENT_TYPES
from portal.web.kit.formats import day, kr, number
from portal.web.kit.i18n import LazyString, gettext
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.text import island

Names = Mapping[tuple[str, int], str]
NOTHING = "–"

SUBJECTS: dict[str, LazyString] = {
    "sentence": _("Standard sentence"),
    "access_request": _("Request to act for an organisation"),
    "affiliation": _("Affiliation"),
    "assignment": _("Role given"),
    "call": _("Call"),
    "case": _("Case"),
    "contact_person": _("Contact person"),
    "county_region": _("County's region"),
    "document": _("Document"),
    "login": _("Attempt to log in"),
    "operator_contract": _("Operator contract"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "plugin_switch": _("Plugin's switch"),
    "registration": _("Registration"),
    "role_request": _("Request for a role"),
    "session": _("Login"),
    "unit": _("Unit"),
    "unit_rule": _("Rule of a place"),
    "verification": _("Check of the chain"),
}
FIELDS: dict[str, LazyString] = {
    "worked": _("After having handled it"),
    "reference": _("Reference in UDIsak"),
    "leader_id": _("Leader"),
    "former_id": _("In place of"),
    "granted": _("Given"),
    "rows": _("Rows"),
    "question": _("The question"),
    "case_number": _("Case"),
    "cases": _("Cases that came along"),
    "day": _("On the day"),
    "ground": _("Ground"),
    "due_on": _("Deadline"),
    "documents": _("Documents"),
    "acr": _("Level of assurance"),
    "amount_ore": _("Sum"),
    "answer": _("Answer"),
    "blockers": _("What stood in the way"),
    "call_id": _("Call"),
    "cause": _("Why"),
    "county": _("County"),
    "deputy": _("Deputy"),
    "deviates": _("Other than proposed"),
    "digest": _("Fingerprint"),
    "fields": _("Which facts"),
    "frame_ore": _("Frame"),
    "kind": _("What kind"),
    "language": _("Language"),
    "late": _("After the deadline"),
    "media_type": _("File type"),
    "number": _("Number"),
    "outcome": _("Outcome"),
    "permission": _("Right"),
    "person_id": _("Person"),
    "plugin_name": _("Plugin"),
    "proposed_ore": _("Proposed sum"),
    "provider": _("Logged in through"),
    "reason": _("Why"),
    "region_id": _("Region"),
    "role": _("Role"),
    "roles": _("Roles that ended"),
    "rule": _("Rule"),
    "scheme": _("Grant scheme"),
    "sealed": _("Sealed entries"),
    "size": _("Size in bytes"),
    "source": _("From state"),
    "state": _("State"),
    "target": _("To state"),
    "transition": _("Step"),
    "type_code": _("Type"),
    "unit_id": _("Unit"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
    "version": _("Version"),
    "via": _("How"),
}
CODES: dict[tuple[str, str], LazyString] = {
    ("answer", "found"): _("it knows the number"),
    ("answer", "unknown"): _("it does not know the number"),
    ("answer", "removed"): _("it has removed the number"),
    ("via", "page"): _("On the page"),
    ("via", "command"): _("By command"),
}


def subject_in_words(subject: str, subject_id: int) -> str:
    """What an entry concerns: "Case 7"; a kind that nobody here knows is called what it is stored as."""
    return (
        f"{SUBJECTS.get(subject, subject)} {subject_id}"
        if subject_id
        else str(SUBJECTS.get(subject, subject))
    )


def kind_of_event(name: str) -> str:
    """What happens when an event of this name is recorded: its message with its places left open."""
    found = EVENT_TYPES.get(name)
    return in_words(str(found.message), {}, {}, blank="…") if found else name


def details_in_words(name: str, data: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """Each field an entry has a value for, called and written as a reader would."""
    return [
        (str(FIELDS.get(key, key)), str(value_in_words(name, key, value, data, names)))
        for key, value in data.items()
        if value is not None
    ]


def in_words(
    message: str, data: Mapping[str, Any], names: Names, *, name: str = "", blank: str = NOTHING
) -> str:
    """An entry's message in the reader's language; the plugin that wrote it need not be there."""
    values = _Known(
        {key: island(value_in_words(name, key, value, data, names)) for key, value in data.items()}
    )
    values.blank = blank
    try:
        return str(gettext(message)) % values
    except (TypeError, ValueError, KeyError):
        return message


def value_in_words(name: str, key: str, value: Any, data: Mapping[str, Any], names: Names) -> Any:
    """One field's value: by the event's own words, by what the field is, or as it is stored."""
    if value is None:
        return NOTHING
    told = _told(name, key, value, data)
    if told is not None:
        return told
    if key in NAMED:
        return _named(NAMED[key], value, names)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return kr(value) if key.endswith("_ore") else number(value) if key in ("size", "sealed") else value
    return _written(key, value)


def _told(name: str, key: str, value: Any, data: Mapping[str, Any]) -> Any:
    event = EVENT_TYPES.get(name)
    words = event.words.get(key) if event else None
    if callable(words):
        return words(value, data)
    return words.get(str(value)) if words else CODES.get((key, str(value)))


def _named(kind: str, value: Any, names: Names) -> str:
    missing = {
        "person": gettext("person %(number)s", number=value),
        "unit": gettext("unit %(number)s", number=value),
    }
    return names.get((kind, value), missing[kind])


def _written(key: str, value: Any) -> Any:
    if key == "role" and value in ROLES:
        return ROLES[value].title
    if key == "permission" and value in PERMISSIONS:
        return PERMISSIONS[value].title
    if key.startswith("valid_"):
        try:
            return day(date.fromisoformat(str(value)[:10]))
        except ValueError:
            return value
    return value


class _Known(dict[str, Any]):
    """An entry's data; a place without a value shows that it has none."""

    blank = NOTHING

    def __missing__(self, key: str) -> str:
        return self.blank
