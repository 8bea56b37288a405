"""What a role is, and how it is put in the catalogue (`roles.py` holds the core's own).

A role is a named set of permissions. Nobody has all of them. Plugins add permissions of their own to
roles through `extend_role`; they can neither take away nor hand out another room's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from portal.web.kit.i18n import LazyString

AUTHORITY, CIVIL = "authority", "civil"
NATIONAL, REGIONAL, LOCAL = "national", "regional", "local"


@dataclass(frozen=True, slots=True)
class Role:
    """A role (*rolle*): its title, one sentence a person understands, where it can stand, what it carries.

    `never_with`: roles the same person may not hold at the same time, anywhere. `time_limited`: must be
    granted with an end. `by_contract`: held for the operator of a site, ends with the operator's contract.
    `kinds`: the kinds of unit it is given at, where its levels alone say too little; empty means any.
    """

    name: str
    title: LazyString
    sentence: LazyString
    tree: str
    levels: frozenset[str]
    permissions: frozenset[str] = field(default_factory=frozenset)
    never_with: frozenset[str] = frozenset()
    time_limited: bool = False
    by_contract: bool = False
    kinds: frozenset[str] = frozenset()

    def fits(self, tree: str, level: str) -> bool:
        """True when the role may be held at that level of that tree."""
        return tree == self.tree and level in self.levels

    def may_be_given(self, tree: str, level: str, kind: str) -> bool:
        """True when it fits there, and the unit is of a kind the role is given at."""
        return self.fits(tree, level) and (not self.kinds or kind in self.kinds)


ROLES: dict[str, Role] = {}


def role(
    name: str,
    title: LazyString,
    sentence: LazyString,
    *,
    tree: str,
    levels: tuple[str, ...],
    permissions: tuple[str, ...] = (),
    never_with: tuple[str, ...] = (),
    time_limited: bool = False,
    by_contract: bool = False,
    kinds: tuple[str, ...] = (),
) -> None:
    """Put a role in the catalogue. Raises `ValueError` when the name is taken."""
    if name in ROLES:
        raise ValueError(f"role {name} is declared twice")
    ROLES[name] = Role(
        name=name,
        title=title,
        sentence=sentence,
        tree=tree,
        levels=frozenset(levels),
        permissions=frozenset(permissions),
        never_with=frozenset(never_with),
        time_limited=time_limited,
        by_contract=by_contract,
        kinds=frozenset(kinds),
    )


def never_together(one: str, other: str) -> bool:
    """True when no person may hold both roles at once; said by either of them. Unknown names: False."""
    first, second = ROLES.get(one), ROLES.get(other)
    return (first is not None and other in first.never_with) or (
        second is not None and one in second.never_with
    )


def extend_role(name: str, permissions: tuple[str, ...]) -> None:
    """Let a role carry more permissions: a plugin's own. Raises `KeyError` for an unknown role."""
    known = ROLES[name]
    ROLES[name] = replace(known, permissions=known.permissions | frozenset(permissions))
