"""What every page's frame shows: whom one acts for, navigation, languages, banners, help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, has_request_context, request

from portal.access.actor import Actor, Held
from portal.access.roles import AUTHORITY, LOCAL
from portal.settings import Settings
from portal.web.kit.frame import ROOM_NAV, NavItem, Text
from portal.web.kit.i18n import LANGUAGES, language
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything `base.html` reads."""

    brand: str
    person_name: str | None
    acting_for: str | None
    acting_switch_url: str | None
    nav: list[tuple[Text, str, bool]]
    languages: list[tuple[str, str, str, bool]]
    banners: list[tuple[str, Text, Text]]
    contact: tuple[Text, str] | None
    logout_url: str | None
    login_url: str | None
    why_url: str | None
    search_url: str | None


NAV: list[NavItem] = [NavItem(_("My page"), "/min-side")]
BannerSource = Callable[[Actor], list[tuple[str, Text, Text]]]
BANNERS: list[BannerSource] = []
NavSource = Callable[[Actor], list[NavItem]]
NAV_SOURCES: list[NavSource] = []


def init_layout(app: Flask) -> None:
    """Give every template `shell` and `actor`."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        if not has_request_context():
            return {}
        actor: Actor = g.get("actor") or Actor()
        return {"shell": build(actor), "actor": actor}


def build(actor: Actor) -> Shell:
    """The frame for one actor; no statement is sent."""
    settings: Settings = current_app.extensions["settings"]
    here = request.path
    acting = next((held for held in actor.held if held.unit_id == actor.acting_for), None)
    return Shell(
        brand=settings.brand,
        person_name=actor.name if actor.signed_in else None,
        acting_for=acting.unit_name if acting else None,
        acting_switch_url="/min-side#steder" if len(actor.held) > 1 else None,
        nav=_nav(_items(actor), here),
        languages=_languages(here),
        banners=[banner for source in BANNERS for banner in source(actor)],
        contact=(_("Contact persons"), _contact_url(acting)),
        logout_url="/logg-ut" if actor.signed_in else None,
        login_url=None if actor.signed_in else f"/logg-inn?next={quote(here)}",
        why_url="/min-side/tilgang" if actor.signed_in else None,
        search_url=None,
    )


def _items(actor: Actor) -> list[NavItem]:
    return menu_of(actor) if actor.signed_in else []


def menu_of(actor: Actor) -> list[NavItem]:
    """The menu that somebody with the actor's rights has, whether they are a person or only thought of."""
    items = [*NAV, *ROOM_NAV.values(), *(item for source in NAV_SOURCES for item in source(actor))]
    return [i for i in items if i.permission is None or actor.may_somewhere(i.permission)]


def _contact_url(acting: Held | None) -> str:
    """The page of contact persons; for staff of UDI, the place on it where their own unit's stand."""
    if acting is None or acting.tree != AUTHORITY or acting.level == LOCAL:
        return "/kontakt"
    return f"/kontakt#enhet-{acting.unit_id}"


def _nav(items: list[NavItem], here: str) -> list[tuple[Text, str, bool]]:
    """The menu with one entry marked at most: the one whose address says most of where one is."""
    around = [i.href for i in items if here == i.href or here.startswith(i.href.rstrip("/") + "/")]
    nearest = max(around, key=len, default=None)
    return [(i.label, i.href, i.href == nearest) for i in items]


def _languages(here: str) -> list[tuple[str, str, str, bool]]:
    current = language()
    return [
        (code, label, f"/sprak/{code}?next={quote(here)}", code == current)
        for code, label in LANGUAGES.items()
    ]
