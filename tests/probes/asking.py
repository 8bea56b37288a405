"""How a guard is asked straight: what the call must come to, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from portal.access.actor import Actor
from portal.access.policy import Denied, OutOfReach
from portal.identity.context import actor_of
from tests.matrix_world import MatrixWorld
from tests.pages import Reader

Probe = Callable[[], None]
PAGES = "/barnetilskudd/soknad"
BOTH = "staff who leads other"
STEP = "portal.casework.firing.judge: allowed"
"""Every step of a workflow asks for its own permission."""


@dataclass
class Asking:
    """Probes over one world, by the name of their guard."""

    made: MatrixWorld
    each: dict[str, Probe] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)
    """Guards that another one backs, which asks the same later: leaks once both are gone."""

    def __post_init__(self) -> None:
        self.people = {one.label: one.person for one in self.made.people}
        self.org = self.made.orgs["branch"]
        self.people[BOTH] = self.made.world.person(BOTH)
        for role, unit in (
            ("grant_caseworker", self.made.units["sor"]),
            ("coordinator", self.made.units["lt-mottaksoppfolging"]),
            ("leader", self.made.orgs["other"]),
        ):
            self.made.world.grant(self.people[BOTH], role, unit)

    def by(self, label: str) -> Actor:
        return actor_of(self.people[label])

    def refused(self, guard: str, call: Callable[[], object], *also: type[Exception]) -> None:
        """The call is refused, or raises one of `also`."""

        def ask() -> None:
            with pytest.raises((Denied, OutOfReach, *also)):
                call()

        self.each[guard] = ask

    def empty(self, guard: str, found: Callable[[], Iterable[object]]) -> None:
        """What is found is nothing."""

        def ask() -> None:
            assert list(found()) == []

        self.each[guard] = ask

    def closed(self, guard: str, label: str, path: str, form: dict[str, str] | None = None) -> None:
        """The page answers 403."""

        page = Reader(self.made.world.client(self.people[label]))

        def ask() -> None:
            answer = page.get(path) if form is None else page.send(path, form)
            assert answer.status_code == 403

        self.each[guard] = ask

    def case(self, state: str) -> int:
        """The branch's case in a state; its site is in Sør."""
        return next(
            one.id
            for one in self.made.planted
            if (one.parameter, one.state) == ("case_id", state) and one.thing.owner == self.org
        )

    def facts(self, state: str) -> Any:
        from portal.funding.queries import archived_application

        return archived_application(self.case(state))
