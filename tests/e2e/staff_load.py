"""Staff and recipients at work over HTTP while the portal's processes are killed.

A team walks one case after another: applied for, assessed, decided, appealed against or not, accepted,
ordered, attested, put in a file, paid. Each form is sent as `load` does it: again, until it is acknowledged.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from portal import clock
from tests.e2e.load import SECONDS_OF_PATIENCE, GivenUp, Journal, Load, Person

CREW = ("amina", "ingrid", "per", "geir", "hanne", "berit")
PREFIX = "/barnetilskudd"
BATCHES = f"{PREFIX}/utbetalingsfiler"
WHEN: dict[str, re.Pattern[str]] = {
    "deciding": re.compile(r"/soknad/\d+/vedtak$|/klager/\d+/avgjor$"),
    "appealing": re.compile(r"/saker/\d+/klage$"),
    "paying": re.compile(r"/utbetaling/\d+/(bestill|attester|betalt)$|/utbetalingsfiler$"),
}
"""What somebody is in the middle of → the forms that do it."""
_VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
_CRITERION = re.compile(r'name="(criterion_[a-z_]+)"')
_ACCOUNT = re.compile(r'name="number"[^>]*value="([^"]+)"')
_TERM = re.compile(r"/utbetaling/(\d+)/(?:bestill|attester|betalt)")
_APPEAL = re.compile(r"/saker/(\d+)/klage/kvittering$")
_REASONS = "Et godt tilbud til mange barn."


@dataclass
class StaffJournal(Journal):
    """What staff and recipients were told besides.

    `decided`, `won`: case or appeal → øre; `appealed`: case → appeal; `filed`: keys of the files made;
    `accepted`, `ordered`, `attested`, `paid`: cases.
    """

    decided: dict[int, int] = field(default_factory=dict)
    appealed: dict[int, int] = field(default_factory=dict)
    won: dict[int, int] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)
    ordered: set[int] = field(default_factory=set)
    attested: set[int] = field(default_factory=set)
    paid: set[int] = field(default_factory=set)
    filed: list[str] = field(default_factory=list)


class Hand(Person):
    """One of a team: reads a page before sending its form."""

    def page(self, path: str) -> str:
        """A page, asked for until the portal gives it. Raises `GivenUp`, with a complaint, else."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = self.browser.ask("GET", path)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if answer.status == 200:
                return answer.page
            if answer.status < 500:
                self.thrown_out = answer.location.startswith("/logg-inn")
                raise self._give_up(f"{path}: {answer.status} {answer.location}")
        raise self._give_up(f"{path}: not shown in {SECONDS_OF_PATIENCE:.0f} seconds")

    def version(self, path: str) -> dict[str, str]:
        """The version a page was read in, as its form sends it back."""
        found = _VERSION.search(self.page(path))
        if found is None:
            raise self._give_up(f"{path}: nothing to send there")
        return {"version": found[1]}

    def declare(self, *cases: int) -> None:
        """Say that one has no ties to these cases."""
        for case in cases:
            self.send(f"/sak/{case}/habilitet", {"ties": "none"}, rf"/{case}$")


@dataclass
class Team:
    """Everybody who has a hand in a case, and their work as steps of one form each.

    The first team puts payments in files, so that there is always one that waits when it does.
    """

    load: StaffLoad
    number: int
    people: dict[str, Hand] = field(init=False)
    steps: Iterator[None] = field(init=False)

    def __post_init__(self) -> None:
        self.people = {one: Hand(self.load, one) for one in CREW}
        self.steps = self._work()

    @property
    def persona(self) -> str:
        """Whose complaints these are."""
        return f"team {self.number}"

    def step(self) -> None:
        """Send the next form."""
        try:
            next(self.steps)
        except GivenUp:
            self.steps = self._work()
            raise

    def go_on(self) -> None:
        """After something went wrong: each who was thrown out logs in again."""
        for person in self.people.values():
            person.go_on()

    def tidy(self) -> None:
        """Leave the case as it stands."""

    def _work(self) -> Iterator[None]:
        turn = self.number
        while True:
            turn += 1
            kroner, load = 1000 + turn, self.load
            case = self.people["amina"].apply(load.call, load.owner, load.site)
            yield
            yield from self._prepare(case, kroner)
            granted = turn % 2 == 0
            yield from self._decide(case, kroner if granted else 0)
            if not granted:
                yield from self._appeal(case, kroner)
            yield from self._accept(case)
            yield from self._pay(case)

    def _prepare(self, case: int, kroner: int) -> Iterator[None]:
        """Ingrid takes the case, answers every criterion, and proposes the sum."""
        ingrid, path = self.people["ingrid"], f"{PREFIX}/soknad/{case}"
        ingrid.declare(case)
        yield
        ingrid.send(f"{path}/steg/take", ingrid.version(path), f"{path}$", moved=409)
        yield
        page = ingrid.page(f"{path}/vurdering")
        met = dict.fromkeys(_CRITERION.findall(page), "yes")
        form = {**met, "outcome": "granted", "amount": str(kroner), "reasons": _REASONS, "send": "y"}
        seen = {"version": _VERSION.findall(page)[0]}
        ingrid.send(f"{path}/vurdering", {**form, **seen}, f"{path}$", moved=409)
        yield

    def _decide(self, case: int, kroner: int) -> Iterator[None]:
        """Per grants the sum as proposed, or refuses, which he says why."""
        per, path = self.people["per"], f"{PREFIX}/soknad/{case}"
        per.declare(case)
        yield
        form = {
            "outcome": "granted" if kroner else "refused",
            "amount": str(kroner or ""),
            "reasons": _REASONS,
        }
        form |= {"deviation": "" if kroner else "Ikke avtalt med mottaket."}
        per.send(f"{path}/vedtak", {**form, **per.version(f"{path}/vedtak")}, f"{path}$", moved=409)
        self.load.staff.decided[case] = kroner * 100
        yield

    def _appeal(self, case: int, kroner: int) -> Iterator[None]:
        """Amina appeals, Hanne proposes to change the decision, Berit does."""
        hanne, berit = self.people["hanne"], self.people["berit"]
        key = str(uuid4())
        form = {"text": "Mottaket sa ja i går.", "idempotency_key": key}
        location = self.people["amina"].send(f"/saker/{case}/klage", form, _APPEAL)
        appeal = int(_APPEAL.search(location)[1])  # type: ignore[index]
        self.load.staff.drafted[key] = self.load.staff.appealed[case] = appeal
        yield
        path = f"/klager/{appeal}"
        hanne.declare(appeal, case)
        yield
        hanne.send(f"{path}/steg/take", hanne.version(path), f"{path}$", moved=409)
        yield
        form = {"party": "y", "signed": "y", "outcome": "changed", "amount": str(kroner), "reasons": _REASONS}
        hanne.send(f"{path}/forbered", {**form, **hanne.version(f"{path}/forbered")}, f"{path}$", moved=409)
        yield
        berit.declare(appeal, case)
        yield
        form = {"outcome": "changed", "amount": str(kroner), "reasons": _REASONS}
        berit.send(f"{path}/avgjor", {**form, **berit.version(f"{path}/avgjor")}, f"{path}$", moved=409)
        self.load.staff.won[appeal] = self.load.staff.decided[case] = kroner * 100
        yield

    def _accept(self, case: int) -> Iterator[None]:
        """Amina says yes, to the account that UDI knows."""
        amina, path = self.people["amina"], f"{PREFIX}/soknad/{case}"
        page = amina.page(f"{path}/aksept")
        form = {"number": _ACCOUNT.findall(page)[0], "version": _VERSION.findall(page)[0]}
        form |= {"conditions": "y", "idempotency_key": str(uuid4())}
        amina.send(f"{path}/aksept", form, f"{path}/tilskudd$")
        self.load.staff.accepted.add(case)
        yield

    def _pay(self, case: int) -> Iterator[None]:
        """Per orders, Geir attests, the first team's puts it in a file, and it is paid."""
        per, geir, told = self.people["per"], self.people["geir"], self.load.staff
        path = f"{PREFIX}/soknad/{case}/utbetaling"
        term = f"{path}/{_TERM.findall(per.page(path))[0]}"
        per.send(f"{term}/bestill", {}, f"{path}$", moved=409)
        told.ordered.add(case)
        yield
        geir.declare(case)
        yield
        geir.send(f"{term}/attester", {}, f"{path}$", moved=409)
        told.attested.add(case)
        yield
        if self.number == 0:
            key = str(uuid4())
            geir.send(BATCHES, {"idempotency_key": key}, f"{BATCHES}$")
            told.filed.append(key)
            yield
        form = {"paid_on": clock.today().isoformat(), "reference": f"B-{case}"}
        geir.send(f"{term}/betalt", form, f"{path}$", moved=409)
        told.paid.add(case)
        yield


@dataclass
class StaffLoad(Load):
    """Teams at work at the same time, in the same call, for the same applicant."""

    journal: Journal = field(default_factory=StaffJournal)

    @property
    def staff(self) -> StaffJournal:
        """The journal, with what staff did in it."""
        assert isinstance(self.journal, StaffJournal)
        return self.journal

    @contextmanager
    def teams_at_work(self, count: int) -> Iterator[None]:
        """Have that many teams work while the block runs."""
        teams = [Team(self, number) for number in range(count)]
        with self.working([(team, lambda one, _turn: one.step()) for team in teams]):
            yield
