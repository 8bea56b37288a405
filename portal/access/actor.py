"""The actor: somebody, with every right they have at this moment, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from portal.access.roles import ROLES

LEVELS = ("national", "regional", "local", "owner")


class Placed(Protocol):
    """An object with its places: the authority tree's three columns, and its owner."""

    @property
    def national_id(self) -> int | None: ...
    @property
    def regional_id(self) -> int | None: ...
    @property
    def local_id(self) -> int | None: ...
    @property
    def owner_id(self) -> int | None: ...


class Scoped(Placed, Protocol):
    """A `Placed` object that knows which plugin it came from."""

    @property
    def plugin(self) -> str | None: ...


def scope_of(subject: Placed) -> dict[str, Any]:
    """The subject's places, as an event or a row of another table takes them."""
    return {
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "local_id": subject.local_id,
        "owner_id": subject.owner_id,
    }


@dataclass(frozen=True, slots=True)
class Place:
    """A bare `Scoped`, for objects that are not rows."""

    national_id: int | None = None
    regional_id: int | None = None
    local_id: int | None = None
    owner_id: int | None = None
    plugin: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One valid assignment: a role at a unit. `reaches` is the unit and, for the directorate, its teams."""

    assignment_id: int
    role: str
    unit_id: int
    unit_name: str
    tree: str
    level: str
    reaches: tuple[int, ...]
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one permission holds: unit ids by level column."""

    national: frozenset[int] = frozenset()
    regional: frozenset[int] = frozenset()
    local: frozenset[int] = frozenset()
    owner: frozenset[int] = frozenset()

    def level(self, name: str) -> frozenset[int]:
        """The ids for one of `LEVELS`."""
        ids: frozenset[int] = getattr(self, name)
        return ids


NOWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Switches:
    """Which plugins are off where: (plugin, unit id), unit None for the whole country."""

    off: frozenset[tuple[str, int | None]] = frozenset()

    def everywhere_off(self, plugin: str) -> bool:
        """True when the plugin is switched off nationally."""
        return (plugin, None) in self.off

    def off_at(self, plugin: str, place: Scoped) -> bool:
        """True when the plugin is off nationally or at one of the object's units."""
        if not self.off:
            return False
        units = (None, place.national_id, place.regional_id, place.local_id)
        return any((plugin, unit) in self.off for unit in units)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and their rights as of `generation`; person None is somebody not logged in.

    `proof_is_old`: they must prove who they are once more before a grave act (signing, deciding, granting).
    """

    person_id: int | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    acting_for: int | None = None
    generation: int = 0
    switches: Switches = Switches()
    language: str | None = None
    reach: Mapping[str, Reach] = field(default_factory=dict)
    proof_is_old: bool = False

    @property
    def signed_in(self) -> bool:
        """True for a person, False for an anonymous visitor."""
        return self.person_id is not None

    def may_somewhere(self, permission_name: str) -> bool:
        """True when the permission is held at any place at all."""
        return permission_name in self.reach


def reach_of(held: Iterable[Held]) -> dict[str, Reach]:
    """Permission name → where it holds, from assignments. Unknown roles and wrong levels give nothing."""
    found: dict[str, dict[str, set[int]]] = {}
    for assignment in held:
        role = ROLES.get(assignment.role)
        if role is None or not role.fits(assignment.tree, assignment.level):
            continue
        column = "owner" if assignment.tree == "civil" else assignment.level
        for name in role.permissions:
            found.setdefault(name, {}).setdefault(column, set()).update(assignment.reaches)
    return {
        name: Reach(**{column: frozenset(ids) for column, ids in columns.items()})
        for name, columns in found.items()
    }
