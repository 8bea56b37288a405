"""The access matrix: every address, method by method, with who may use it; generated, never written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flask import Flask

from portal.access.roles import ROLES
from portal.access.routes import Access, access_table

DEVELOPMENT_PREFIX = "/_"
"""Addresses that exist in development only; the matrix tells of the portal people use."""


@dataclass(frozen=True, slots=True)
class Line:
    """One address and the methods that share an access. `why` explains one without a permission."""

    endpoint: str
    rule: str
    methods: tuple[str, ...]
    access: str
    permission: str | None
    roles: tuple[str, ...]
    why: str

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def lines(app: Flask) -> list[Line]:
    """Every route of the app by address, the same whatever order rooms and plugins came in."""
    table = access_table(app)
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(DEVELOPMENT_PREFIX):
            continue
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        by_access: dict[Access, list[str]] = {}
        for method in sorted(methods):
            by_access.setdefault(table[rule.endpoint][method], []).append(method)
        found += [_line(rule.endpoint, rule.rule, shared, one) for one, shared in by_access.items()]
    return sorted(found, key=lambda line: (line.rule, line.methods, line.endpoint))


def markdown(given: Iterable[Line]) -> str:
    """The matrix as a document, ending in a newline."""
    head = (
        "# Access matrix\n\n"
        "Made by `flask access matrix --format markdown`; a test compares it with the running portal.\n"
        "A permission opens the page; which objects it shows is decided by where the role is held.\n\n"
        "| Address | Methods | Access | Permission or reason | Roles | Endpoint |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| `{line.rule.replace('|', chr(92) + '|')}` | {', '.join(line.methods)} | {line.access} "
        f"| {line.permission or line.why} | {', '.join(line.roles)} | {line.endpoint} |\n"
        for line in given
    )


def roles_with(permission: str) -> tuple[str, ...]:
    """Names of the roles that carry a permission, in alphabetical order."""
    return tuple(sorted(role.name for role in ROLES.values() if permission in role.permissions))


def _line(endpoint: str, rule: str, methods: list[str], access: Access) -> Line:
    name = access.permission.name if access.permission else None
    return Line(
        endpoint=endpoint,
        rule=rule,
        methods=tuple(methods),
        access=access.kind,
        permission=name,
        roles=roles_with(name) if name else (),
        why="" if name else access.why,
    )
