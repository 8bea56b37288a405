"""Every guard of access in the running portal: found, watched while the matrix runs, taken out one by one.

A guard is a call of one of the policy's functions (`visible`, `scoped_page`, `require`, ...) at one place in
the code, or the declaration of one route and method.
"""

from __future__ import annotations

import ast
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, true

from portal.access import assignment_rules, lists, policy
from portal.access.actor import Reach
from portal.access.routes import access_table, signed_in
from portal.database import read
from portal.units.models import Unit
from tests.access_cases import Case, Matrix

ROOT = Path(__file__).resolve().parent.parent
WATCHED: dict[str, Any] = {
    "visible": policy.visible,
    "allowed": policy.allowed,
    "require": policy.require,
    "require_manage": assignment_rules.require_manage,
    "scoped_page": lists.scoped_page,
    "scoped_oldest": lists.scoped_oldest,
}
SLICE = 24


@dataclass(frozen=True, order=True)
class Guard:
    """A call that guards: module, lines, what is called; `number`: which of the same in a function."""

    module: str
    line: int
    last: int
    name: str
    near: str = ""
    number: int = 1

    def __str__(self) -> str:
        which = f" {self.number}" if self.number > 1 else ""
        return f"{self.module}.{self.near}: {self.name}{which}"

    def stands_at(self, module: str, line: int, name: str) -> bool:
        """Whether a call from that line is this guard."""
        return (self.module, self.name) == (module, name) and self.line <= line <= self.last


def guards() -> list[Guard]:
    """Every guard that stands in the code; what only decides whether a button is shown is not one."""
    found = []
    for root in ("portal", "plugins"):
        for path in sorted((ROOT / root).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if module not in ("portal.access.policy", "portal.access.lists") and "tests" not in path.parts:
                found += list(_calls(module, ast.parse(path.read_text())))
    alike: Counter[tuple[str, str, str]] = Counter()
    numbered = []
    for guard in sorted(dict.fromkeys(found)):
        alike[guard.module, guard.near, guard.name] += 1
        numbered.append(replace(guard, number=alike[guard.module, guard.near, guard.name]))
    return numbered


@contextmanager
def taken_out(guard: Guard) -> Iterator[None]:
    """While this lasts, the guard says yes to everybody; all others stand."""
    module = import_module(guard.module)
    plain = getattr(module, guard.name)

    def stand(*args: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        if guard.stands_at(frame.f_globals["__name__"], frame.f_lineno, guard.name):
            return opened(guard.name, plain, args, named)
        return plain(*args, **named)

    setattr(module, guard.name, stand)
    try:
        yield
    finally:
        setattr(module, guard.name, plain)


def opened(name: str, plain: Callable[..., Any], args: Any, named: Any) -> Any:
    """What a guard that is not there answers."""
    if name == "visible":
        return true()
    if name == "allowed":
        return True
    if name.startswith("scoped"):
        actor, permission = named["actor"], named["permission"]
        ids = frozenset(row.id for row in read(select(Unit.id)))
        wide = replace(actor, reach={**actor.reach, permission.name: Reach(ids, ids, ids, ids)})
        return plain(*args, **{**named, "actor": wide})
    return None


def _calls(module: str, tree: ast.Module) -> Iterator[Guard]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        shown = _shown(function)
        for node in ast.walk(function):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in WATCHED and node not in shown:
                yield Guard(module, node.lineno, node.end_lineno or node.lineno, name, function.name)


def _shown(function: ast.FunctionDef) -> set[ast.AST]:
    """Calls whose answer is a value for a template: an argument by name, or a value of a dictionary."""
    found: set[ast.AST] = set()
    for node in ast.walk(function):
        values = [one.value for one in node.keywords] if isinstance(node, ast.Call) else []
        values += node.values if isinstance(node, ast.Dict) else []
        found |= {call for value in values if value for call in ast.walk(value)}
    return {one for one in found if getattr(getattr(one, "func", None), "id", "") == "allowed"}


@dataclass
class Watch:
    """Knows which case passed which guard, and takes one guard out at a time."""

    matrix: Matrix
    seed: int = 4
    passed: dict[Guard, list[Case]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[Guard, list[Case]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[Guard, int] = field(default_factory=lambda: defaultdict(int))
    gone: frozenset[Guard] = frozenset()

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.all = guards()
        self.by_module: dict[str, list[Guard]] = defaultdict(list)
        for guard in self.all:
            self.by_module[guard.module].append(guard)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand between every room and the policy."""
        for module in self.by_module:
            loaded = sys.modules.get(module)
            for name, plain in WATCHED.items():
                if loaded is not None and getattr(loaded, name, None) is plain:
                    monkeypatch.setattr(loaded, name, self.standing(name, plain))

    def standing(self, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def stand(*args: Any, **named: Any) -> Any:
            frame = sys._getframe(1)
            guard = self.find(frame.f_globals["__name__"], frame.f_lineno, name)
            if guard in self.gone:
                return opened(name, plain, args, named)
            try:
                answer = plain(*args, **named)
            except Exception:
                self.note(guard, refused=True)
                raise
            self.note(guard, refused=answer is False)
            return answer

        return stand

    def find(self, module: str, line: int, name: str) -> Guard | None:
        for guard in self.by_module.get(module, ()):
            if guard.stands_at(module, line, name):
                return guard
        return None

    def note(self, guard: Guard | None, *, refused: bool) -> None:
        """Keep a fair sample of the cases that passed, and of those that were stopped."""
        case = self.matrix.current
        if guard is None or case is None or self.gone:
            return
        stopped = refused or self.matrix.expected(case) in ("gone", "refused")
        kept = (self.refused if stopped else self.passed)[guard]
        self.seen[guard] += 1
        if len(kept) < SLICE:
            kept.append(case)
        elif self.chance.random() < SLICE / self.seen[guard]:
            kept[self.chance.randrange(SLICE)] = case

    def without(self, guard: Guard) -> str | None:
        """Take a guard out and ask its slice again; gives the first that went wrong, or None."""
        self.gone = frozenset({guard})
        try:
            return self.first_wrong([*self.refused[guard], *self.passed[guard]])
        finally:
            self.gone = frozenset()

    def first_wrong(self, cases: list[Case]) -> str | None:
        for case in cases:
            wrong = self.matrix.judge(case)
            if wrong:
                return wrong[0]
        return None

    def undeclared(
        self, endpoint: str, method: str, cases: list[Case], also: Collection[Guard] = ()
    ) -> str | None:
        """Let a route ask only for a login, with `also` taken out, and ask its slice again."""
        self.gone = frozenset(also)
        try:
            with _declared_open(self.matrix, endpoint, method):
                return self.first_wrong(cases)
        finally:
            self.gone = frozenset()


@contextmanager
def _declared_open(matrix: Matrix, endpoint: str, method: str) -> Iterator[None]:
    table = access_table(matrix.app)[endpoint]
    before = table[method]
    table[method] = signed_in("A control.")
    try:
        yield
    finally:
        table[method] = before


def declared(matrix: Matrix, cases: list[Case], seed: int) -> dict[tuple[str, str], list[Case]]:
    """For each route and method under a permission, cases its declaration stops."""
    stopped: dict[tuple[str, str], list[Case]] = defaultdict(list)
    chance = random.Random(seed)
    for case in chance.sample(cases, len(cases)):
        kept = stopped[case.endpoint, case.method] if case.access.permission else None
        if kept is not None and len(kept) < SLICE and matrix.expected(case) == "denied":
            kept.append(case)
    return stopped
