"""Staff's list of organisations: searched and filtered by an address that can be shared, and as a file."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.routes import PortalBlueprint, needs
from portal.organisations import export, queries
from portal.organisations.agreements.queries import STANDINGS
from portal.organisations.labels import STATUS_LABELS, STATUS_TAGS
from portal.organisations.permissions import ORGANISATION_READ
from portal.organisations.searching import LONGEST_SEARCH, Wish
from portal.organisations.vocabulary import KIND_LABELS, LEVEL_LABELS, activities, activity_names
from portal.web.kit.formats import day, spaced
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor

bp = PortalBlueprint("organisation_list", __name__)
Choices = list[tuple[str, str]]
_PARAMETERS = ("q", "region", "fylke", "kommune", "niva", "type", "virksomhet", "status", "avtale")


@bp.get("/organisasjoner", access=needs(ORGANISATION_READ))
def listed() -> ResponseReturnValue:
    """Organisations in reach, in Norwegian order."""
    return _page(_wish())


@bp.get("/organisasjoner/eksport.csv", access=needs(ORGANISATION_READ))
def exported() -> ResponseReturnValue:
    """The same list as a file; too long a list is refused on the list's own page."""
    wish = _wish()
    try:
        rows = export.export(wish, actor=actor())
    except export.TooMany as error:
        return _page(wish, too_many=error.limit), 422
    headings = [
        _("Name"), _("Organisation number"), _("Kind"), _("Works in"), _("Municipality"), _("County"),
        _("E-mail"), _("Telephone"), _("Website"), _("Activities"), _("Status in the register"),
        _("Register of Voluntary Organisations"), _("Registered here"), _("Agreement with UDI"),
        _("The newest agreement stands until"), _("Cooperation with UDI"),
    ]  # fmt: skip
    text = export.as_csv(headings, [_cells(*row) for row in rows])
    shown = f'attachment; filename="{export.file_name()}"'
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": shown})


def _page(wish: Wish, *, too_many: int | None = None) -> str:
    page = queries.listed(actor(), request.args.get("after"), wish)
    kept = {name: request.args[name] for name in _PARAMETERS if request.args.get(name)}
    return render_template(
        "organisations/list.html",
        page=page,
        wish=wish,
        selects=_selects(wish),
        narrowed=any(name != "q" for name in kept),
        export_url=f"/organisasjoner/eksport.csv?{urlencode(kept)}".rstrip("?"),
        too_many=too_many,
        longest=LONGEST_SEARCH,
        kinds=KIND_LABELS,
        levels=LEVEL_LABELS,
        statuses=STATUS_LABELS,
        tags=STATUS_TAGS,
        spaced=spaced,
    )


def _wish() -> Wish:
    """What the address asks for; anything that is not one of the choices is left out."""
    asked = request.args
    region, county, town = asked.get("region", ""), asked.get("fylke", ""), asked.get("kommune", "")
    return Wish(
        search=asked.get("q", "").strip()[:LONGEST_SEARCH],
        kind=_one_of(asked.get("type", ""), KIND_LABELS),
        level=_one_of(asked.get("niva", ""), LEVEL_LABELS),
        register_status=_one_of(asked.get("status", ""), STATUS_LABELS),
        activity=_one_of(asked.get("virksomhet", ""), activities()),
        agreement=_one_of(asked.get("avtale", ""), STANDINGS),
        region=int(region) if _digits(region, 9) else None,
        county=county if _digits(county, 2) and len(county) == 2 else "",
        municipality=town if _digits(town, 4) and len(town) == 4 and town.startswith(county) else "",
    )


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _digits(value: str, longest: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= longest


def _selects(wish: Wish) -> list[tuple[str, str, Choices, str]]:
    """(parameter, label, choices, chosen) of each thing to narrow the list by."""
    where = queries.places(wish.county, on=clock.today())
    regions = [(str(unit_id), name) for unit_id, name in where.regions]
    found = [
        ("region", _("Region"), regions, str(wish.region or "")),
        ("fylke", _("County"), where.counties, wish.county),
        ("kommune", _("Municipality"), where.municipalities, wish.municipality),
        ("niva", _("Level"), _labels(LEVEL_LABELS), wish.level),
        ("type", _("Kind"), _labels(KIND_LABELS), wish.kind),
        ("virksomhet", _("Activity"), [(a.code, a.name) for a in activities().values()], wish.activity),
        ("status", _("Status in the register"), _labels(STATUS_LABELS), wish.register_status),
        ("avtale", _("Agreement with UDI"), _labels(STANDINGS), wish.agreement),
    ]
    return [one for one in found if one[2]]


def _labels(labels: Any) -> Choices:
    return [(code, str(label)) for code, label in labels.items()]


def _cells(
    _key: str, _id: int, name: str, number: str | None, kind: str, level: str, status: str, town: str | None,
    _agreed: bool, state: str, email: str, phone: str, website: str, codes: list[str], created_at: Any,
    county: str | None, voluntary: str | None, agreement: str, agreement_until: date | None,
) -> list[object]:  # fmt: skip
    entered = {"true": _("Yes"), "false": _("No")}.get(voluntary or "", "")
    return [
        name, number, KIND_LABELS[kind], LEVEL_LABELS[level], town, county, email, phone, website,
        ", ".join(activity_names(codes)), STATUS_LABELS[status], entered, day(created_at),
        STANDINGS[agreement], day(agreement_until), _("Ended") if state == "excluded" else "",
    ]  # fmt: skip
