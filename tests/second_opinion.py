"""A second opinion: the rule of access said once more, in plain Python, from what the house has decided.

It imports nothing from the portal, and is slow and simple on purpose: every answer is worked out from the
units, contracts, grants and switches as they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Role:
    """What a role is: where it may stand, what it carries, with which others it never meets in one person."""

    tree: str
    levels: Collection[str]
    permissions: Collection[str]
    never_with: Collection[str] = ()
    by_contract: bool = False
    must_end: bool = False
    kinds: Collection[str] = ()
    """The kinds of unit it may be given at; empty is every kind."""


@dataclass(frozen=True)
class Unit:
    """A node of one of the two trees. `affiliated_to` is a bond between organisations; it carries nothing."""

    id: int
    tree: str
    level: str
    directorate: bool = False
    closed: bool = False
    affiliated_to: int | None = None
    kind: str = ""


@dataclass(frozen=True)
class Contract:
    """An operator's contract for one site, from the first moment until just before the last."""

    id: int
    site: int
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Grant:
    """A role given to a person at a unit, bound to a contract when the role stands for an operator."""

    person: int
    role: str
    unit: int
    begins: datetime
    ends: datetime | None = None
    taken_back: datetime | None = None
    contract: int | None = None


@dataclass(frozen=True)
class Thing:
    """What is asked about: the authority's units it belongs under, who owns it, which plugin it came from."""

    national: int | None = None
    regional: int | None = None
    local: int | None = None
    owner: int | None = None
    plugin: str | None = None


@dataclass
class Facts:
    """Everything the rule depends on."""

    roles: Mapping[str, Role]
    units: Mapping[int, Unit]
    contracts: dict[int, Contract] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    switched_off: Collection[tuple[str, int | None]] = ()
    outlives_plugins: Collection[str] = ()
    odd_regions_only: Collection[str] = ()
    """Permissions that a plugin has narrowed to things of a region with an odd number."""


def in_force(facts: Facts, grant: Grant, at: datetime) -> bool:
    """A grant holds from its beginning until its end, or it is taken back, or its contract is over."""
    ends = [grant.ends, grant.taken_back]
    if grant.contract is not None:
        ends.append(facts.contracts[grant.contract].ends)
    return grant.begins <= at and all(end is None or at < end for end in ends)


def stands(facts: Facts, grant: Grant) -> bool:
    """A role counts only at an open unit, at a level of the tree it was made for; an unknown one nowhere."""
    role, unit = facts.roles.get(grant.role), facts.units[grant.unit]
    fits = role is not None and unit.tree == role.tree and unit.level in role.levels
    return fits and not unit.closed


def covers(facts: Facts, grant: Grant, thing: Thing) -> bool:
    """Whether the thing is of the unit, or of what hangs below it on the thing's own columns.

    Organisations reach what they own themselves. The directorate reaches whatever is under any of the
    authority's national units.
    """
    unit = facts.units[grant.unit]
    if unit.tree == "civil":
        return thing.owner == unit.id
    if unit.level == "national":
        known = facts.units.get(thing.national or 0)
        if unit.directorate and known is not None and (known.tree, known.level) == ("authority", "national"):
            return True
        return thing.national == unit.id
    return unit.id == (thing.regional if unit.level == "regional" else thing.local)


def is_off(facts: Facts, thing: Thing) -> bool:
    """Whether the thing's plugin is switched off in the country or at one of the thing's units."""
    if thing.plugin is None:
        return False
    for plugin, unit in facts.switched_off:
        if plugin == thing.plugin and (unit is None or unit in (thing.national, thing.regional, thing.local)):
            return True
    return False


def may(facts: Facts, person: int, permission: str, thing: Thing, at: datetime) -> bool:
    """May the person do it, to that, then?"""
    if permission not in facts.outlives_plugins and is_off(facts, thing):
        return False
    if permission in facts.odd_regions_only and (thing.regional is None or thing.regional % 2 == 0):
        return False
    for grant in facts.grants:
        if grant.person != person or not in_force(facts, grant, at) or not stands(facts, grant):
            continue
        if permission in facts.roles[grant.role].permissions and covers(facts, grant, thing):
            return True
    return False


def may_meet(facts: Facts, one: str, other: str) -> bool:
    """Whether one person may hold both roles; it is enough that either of them says no."""
    first, second = facts.roles[one], facts.roles[other]
    return other not in first.never_with and one not in second.never_with


def may_be_given(facts: Facts, new: Grant, today_begins: datetime, at: datetime) -> bool:
    """Whether a role may be given as asked, whoever gives it."""
    role, unit = facts.roles.get(new.role), facts.units[new.unit]
    if role is None or unit.closed or unit.tree != role.tree or unit.level not in role.levels:
        return False
    if role.kinds and unit.kind not in role.kinds:
        return False
    if new.begins < today_begins or not _ends_well(role, new, at):
        return False
    if role.by_contract:
        running = [c for c in facts.contracts.values() if c.site == new.unit and _runs(c, new.begins)]
        if not running or not _lasts(running[0].ends, new.ends):
            return False
    others = [h for h in facts.grants if h.person == new.person]
    return not any(_clash(facts, held, new, at) for held in others)


def is_disqualified(
    facts: Facts, person: int, thing: Thing, at: datetime, tied: Collection[int], leaders: Mapping[int, int]
) -> bool:
    """Whether the person must keep away (fvl. § 6): of the party, tied to it, or led by one who is."""
    of_party = [one for one in facts.grants if one.person == person and one.unit == thing.owner]
    belongs = any(in_force(facts, one, at) for one in of_party)
    return belongs or person in tied or leaders.get(person) in tied


def _still_ahead(facts: Facts, held: Grant, since: datetime) -> bool:
    end = facts.contracts[held.contract].ends if held.contract is not None else None
    return held.taken_back is None and all(one is None or one > since for one in (held.ends, end))


def _ends_well(role: Role, new: Grant, at: datetime) -> bool:
    return not role.must_end if new.ends is None else new.ends > new.begins and new.ends > at


def _clash(facts: Facts, held: Grant, new: Grant, at: datetime) -> bool:
    if (held.role, held.unit) == (new.role, new.unit):
        return _still_ahead(facts, held, at)
    overlap = (new.ends is None or held.begins < new.ends) and _still_ahead(facts, held, new.begins)
    return overlap and held.role in facts.roles and not may_meet(facts, held.role, new.role)


def _runs(contract: Contract, at: datetime) -> bool:
    return contract.begins <= at and (contract.ends is None or at < contract.ends)


def _lasts(contract_ends: datetime | None, asked: datetime | None) -> bool:
    return contract_ends is None or asked is None or asked <= contract_ends
