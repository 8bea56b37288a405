"""What a role reaches somewhere: menu, pages, acts, from the URL map, the declarations and the role table.

Nobody is impersonated: there is no person, no session and no statement behind it, so no data can come along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Flask

from portal.access.actor import Actor, Held, Place, Switches, reach_of
from portal.access.matrix import Line, lines
from portal.access.permissions import PERMISSIONS, Permission
from portal.access.policy import allowed
from portal.access.roles import CIVIL, Role
from portal.web.shell.layout import menu_of

NOBODYS = -1
"""Stands for the organisation somebody in civil society acts for: no unit has this number."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the role is thought to stand: a unit of UDI's tree, or some organisation at a level."""

    tree: str
    level: str
    kind: str
    unit_id: int
    name: str
    place: Place

    @classmethod
    def of_an_organisation(cls, level: str, name: str) -> Spot:
        """An organisation at a level, none in particular."""
        return cls(CIVIL, level, "organisation", NOBODYS, name, Place(owner_id=NOBODYS))


@dataclass(frozen=True, slots=True)
class Deed:
    """One permission of the role with the addresses it opens: pages to read, and acts."""

    permission: Permission
    pages: tuple[str, ...]
    acts: tuple[str, ...]
    switched_off: bool


@dataclass(slots=True)
class Sight:
    """Everything a role sees at a spot. `areas`: room or plugin → its deeds, reading before writing."""

    role: Role
    menu: list[tuple[str, str]] = field(default_factory=list)
    areas: dict[str, list[Deed]] = field(default_factory=dict)
    pages: int = 0

    def names(self) -> set[str]:
        """The permissions that hold there."""
        return {one.permission.name for deeds in self.areas.values() for one in deeds if not one.switched_off}


def imagined(role: Role, spot: Spot, switches: Switches) -> Actor:
    """The rights of somebody with this one role at the spot, and of nobody in particular."""
    held = (Held(0, role.name, spot.unit_id, spot.name, spot.tree, spot.level, (spot.unit_id,)),)
    return Actor(held=held, acting_for=spot.unit_id, switches=switches, reach=reach_of(held))


def sight_of(app: Flask, role: Role, spot: Spot, switches: Switches) -> Sight:
    """What the role sees at the spot, with the plugins as they are switched now."""
    who, every = imagined(role, spot, switches), lines(app)
    sight = Sight(role, [(str(item.label), item.href) for item in menu_of(who)])
    for name in sorted(role.permissions & PERMISSIONS.keys()):
        permission = PERMISSIONS[name]
        deed = _deed(permission, [line for line in every if line.permission == name], who, spot)
        sight.areas.setdefault(permission.plugin or name.split(".")[0], []).append(deed)
        sight.pages += 0 if deed.switched_off else len(deed.pages)
    for deeds in sight.areas.values():
        deeds.sort(key=lambda one: (one.permission.writes, str(one.permission.title)))
    return sight


def for_everybody(app: Flask) -> tuple[list[str], list[str]]:
    """(addresses for whoever is logged in, addresses for all): the pages no role is needed for."""
    pages = [line for line in lines(app) if "GET" in line.methods]
    signed, public = ([line.rule for line in pages if line.access == who] for who in ("signed_in", "public"))
    return signed, public


def _deed(permission: Permission, opened: Iterable[Line], who: Actor, spot: Spot) -> Deed:
    opened = list(opened)
    place = spot.place if permission.plugin is None else _under(spot.place, permission.plugin)
    off = not allowed(who, permission, place)
    pages = tuple(line.rule for line in opened if "GET" in line.methods)
    acts = tuple(line.rule for line in opened if set(line.methods) - {"GET"})
    return Deed(permission, pages, acts, off)


def _under(place: Place, plugin: str) -> Place:
    return Place(place.national_id, place.regional_id, place.local_id, place.owner_id, plugin)
