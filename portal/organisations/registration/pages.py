"""What the registration's pages show in words, for the person and for staff."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from flask import request

from portal.organisations.facts import address_line, kind_of, warnings
from portal.organisations.registration.proofs import matched
from portal.organisations.registration.queries import Registered
from portal.organisations.registration.workflow import STATES
from portal.organisations.vocabulary import KIND_LABELS, LEVEL_LABELS, ROLE_LABELS, activity_names
from portal.web.kit.formats import day, spaced
from portal.web.kit.i18n import LazyString, lazy_gettext
from portal.web.kit.i18n import gettext as _

Pairs = list[tuple[str, Any]]


class Known(Protocol):
    """A registration or an organisation, with what the register knows of it."""

    @property
    def number(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any] | None: ...


_NUMBER_TEXTS: dict[str, LazyString] = {
    "length": lazy_gettext("An organisation number has nine digits. Write it once more."),
    "checksum": lazy_gettext(
        "One of the digits is wrong: nobody can have this number. Compare it with a letter or with brreg.no."
    ),
}
WARNINGS: dict[str, tuple[str, LazyString, LazyString]] = {
    "deleted": (
        "danger",
        lazy_gettext("The register says the organisation is deleted"),
        lazy_gettext(
            "You can still send the registration. UDI will ask what has happened before it decides."
        ),
    ),
    "bankrupt": (
        "danger",
        lazy_gettext("The register says the organisation is bankrupt"),
        lazy_gettext("You can still send the registration, but a bankrupt organisation cannot get grants."),
    ),
    "winding_up": (
        "warning",
        lazy_gettext("The register says the organisation is being wound up"),
        lazy_gettext("You can still send the registration. UDI will ask about it before it decides."),
    ),
    "public_body": (
        "info",
        lazy_gettext("This is a public body"),
        lazy_gettext("Public bodies are welcome. Some grants are for voluntary organisations only."),
    ),
    "commercial": (
        "info",
        lazy_gettext("This is a company or a sole proprietorship"),
        lazy_gettext("You can register. Most grants are for voluntary and non-profit organisations only."),
    ),
    "operator": (
        "info",
        lazy_gettext("This organisation runs reception centres"),
        lazy_gettext(
            "You register as an operator. Operators cannot get grants for activities at reception centres."
        ),
    ),
    "not_voluntary_register": (
        "warning",
        lazy_gettext("The organisation is not in the Register of Voluntary Organisations"),
        lazy_gettext(
            "You can register all the same. Some grants demand it. Being entered there is free: brreg.no."
        ),
    ),
}
_FORMS_ONLY = ("commercial", "public_body", "not_voluntary_register")
_FORMER_ROLES = {"LEDE": "chair", "NEST": "board", "MEDL": "board", "VARA": "board", "DAGL": "manager"}
FIELD_LABELS: dict[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "email": lazy_gettext("E-mail"),
    "phone": lazy_gettext("Telephone"),
    "website": lazy_gettext("Website"),
    "level": lazy_gettext("Where do you work?"),
    "municipality": lazy_gettext("Municipality"),
    "activities": lazy_gettext("What do you do?"),
    "purpose": lazy_gettext("Tell us about yourselves"),
    "number": lazy_gettext("Organisation number"),
}


def number_text(code: str) -> str:
    """What to say of a number that cannot be one, by the code of `InvalidNumber`."""
    return str(_NUMBER_TEXTS.get(code, _NUMBER_TEXTS["length"]))


def version(form: Any) -> int:
    """The version the form was shown with; 0, which nothing has, for nonsense."""
    value = form.version.data if form is not None else request.form.get("version", "")
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def role_ticked(subject: Registered) -> str | None:
    """The role to begin with: chosen before, or held in the register by somebody of this name and birth."""
    chosen = subject.data.get("role")
    return str(chosen) if chosen else _FORMER_ROLES.get(subject.matched_role)


def register_role(subject: Registered) -> str | None:
    """What the register calls the role that the person seems to hold there, or None."""
    code = matched(subject)
    roles = (subject.facts or {}).get("roles") or []
    labels = [str(role.get("label") or code) for role in roles if role.get("code") == code]
    return code and (labels or [code])[0]


def shown(subject: Registered) -> dict[str, Any]:
    """What every page of a registration needs beside the registration itself."""
    kind = kind_of(subject.path, subject.facts, runs_sites=subject.runs_sites)
    return {
        "title": subject.name or (spaced(subject.number) if subject.number else KIND_LABELS[kind]),
        "kind_label": KIND_LABELS[kind],
        "register_facts": register_pairs(subject),
        "register_roles": register_roles(subject),
        "warnings": [WARNINGS[code] for code in _warnings(subject)],
        "typed_facts": typed_pairs(subject),
        "state": STATES[subject.state],
        "field_labels": FIELD_LABELS,
    }


def _warnings(subject: Registered) -> list[str]:
    """An operator of sites is told so, whatever its legal form is."""
    found = [code for code in warnings(subject.facts) if not (subject.runs_sites and code in _FORMS_ONLY)]
    return [*found, "operator"] if subject.runs_sites else found


def register_pairs(subject: Known) -> Pairs:
    """The register's facts, one line each; nothing before it has answered."""
    facts = subject.facts
    if not facts or subject.number is None:
        return []
    pairs: Pairs = [
        (_("Name in the register"), facts.get("name")),
        (_("Organisation number"), spaced(subject.number)),
        (_("Legal form"), facts.get("legal_form_text") or facts.get("legal_form")),
        (_("Business address"), address_line(facts.get("business_address"))),
        (_("Postal address"), address_line(facts.get("postal_address"))),
        (_("Municipality"), facts.get("municipality_name")),
        (_("Register of Voluntary Organisations"), _voluntary(facts)),
        (_("Account number"), facts.get("account_number")),
        (_("Statutes"), _statutes(facts)),
    ]
    return [(term, value) for term, value in pairs if value]


def register_roles(subject: Known) -> list[tuple[str, str]]:
    """(role, name) of the living persons and organisations the register names."""
    roles = (subject.facts or {}).get("roles") or []
    return [
        (str(role.get("label") or role.get("code")), str(role.get("name") or ""))
        for role in roles
        if role.get("name") and not role.get("deceased")
    ]


def typed_pairs(subject: Registered) -> Pairs:
    """What the person has said, in the words they were asked with."""
    data = subject.data
    if subject.path == "individual":
        return _typed_alone(subject)
    level = data.get("level")
    role = data.get("role")
    pairs: Pairs = [
        (_("Name"), subject.name),
        (_("E-mail"), data.get("email")),
        (_("Telephone"), data.get("phone")),
        (_("Website"), data.get("website")),
        (_("Where do you work?"), LEVEL_LABELS.get(str(level))),
        (_("Municipality"), subject.municipality),
        (_("What do you do?"), ", ".join(activity_names(data.get("activities") or []))),
        (_("Tell us about yourselves"), data.get("purpose")),
        (_("Your role"), ROLE_LABELS.get(str(role))),
        (_("Your answer"), data.get("reply")),
    ]
    late = {_("Your role"), _("Your answer")}
    return [(term, value) for term, value in pairs if value or term not in late]


def _typed_alone(subject: Registered) -> Pairs:
    data = subject.data
    pairs: Pairs = [
        (_("Name"), subject.name),
        (_("E-mail"), data.get("email")),
        (_("Telephone"), data.get("phone")),
        (_("Municipality"), subject.municipality),
        (_("What do you want to do?"), ", ".join(activity_names(data.get("activities") or []))),
        (_("Tell us about yourself"), data.get("purpose")),
    ]
    return [*pairs, (_("Your answer"), data["reply"])] if data.get("reply") else pairs


def _voluntary(facts: dict[str, Any]) -> str:
    if not facts.get("in_voluntary_register"):
        return _("Not entered")
    since = facts.get("voluntary_since")
    return _("Entered %(date)s", date=_written(since)) if since else _("Entered")


def _statutes(facts: dict[str, Any]) -> str | None:
    if not facts.get("statutes_registered"):
        return None
    updated = facts.get("statutes_updated")
    return _("On file, of %(date)s", date=_written(updated)) if updated else _("On file")


def _written(value: Any) -> str:
    try:
        return day(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return str(value)
