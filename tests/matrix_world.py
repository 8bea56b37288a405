"""A world for the access matrix: everybody who can hold a role anywhere, and a secret at every place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, text, update

from portal import clock
from portal.access.actor import Place
from portal.access.models import Assignment
from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.casework.appeals.sending import send_appeal
from portal.casework.models import CaseNote
from portal.database import read, switch_transaction, transaction
from portal.documents import services as documents
from portal.identity.context import actor_of
from portal.notifications.models import Notice, UnitMessage
from portal.organisations.affiliation.models import Affiliation
from portal.organisations.agreements import services as agreements
from portal.organisations.exclusion import services as exclusion
from portal.organisations.members import rescues
from portal.organisations.members import services as members
from portal.organisations.papers import services as papers
from portal.organisations.registration import services as registering
from portal.organisations.services import NewOrganisation, enter
from portal.units.contacts import Contact, add_contact
from portal.units.contracts import Contract, enter_contract
from portal.units.models import Unit
from tests import second_opinion as second
from tests.funding import Grants, grants, terms
from tests.registering import DETAILS, registration
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"
STAFF_UNITS = ("udi", "lt-mottaksoppfolging", "sor", "nord", "ate")


@dataclass(frozen=True)
class Planted:
    """Something that can be asked for: its number in addresses, where it stands, its secret and who reads it.

    `secret_to`: permissions that show the secret at the place; `persons` may see it whatever they hold.
    """

    parameter: str
    id: int
    thing: second.Thing
    state: str = ""
    secret: str = ""
    secret_to: frozenset[str] = frozenset()
    persons: frozenset[int] = frozenset()
    parents: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Somebody:
    """One person of the matrix: their name for people, and their number."""

    label: str
    person: int
    anonymous: bool = False


@dataclass
class MatrixWorld:
    """The people, what is planted, and the facts the second opinion judges by."""

    app: Flask
    world: World
    made: Grants = field(init=False)
    people: list[Somebody] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    orgs: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def secret(self) -> str:
        """A word that stands nowhere else."""
        self.count += 1
        return f"hemmelig{self.count:03d}x"

    def plant(self, parameter: str, number: int, place: Place, **about: Any) -> None:
        """Remember what was made, and where."""
        thing = second.Thing(
            place.national_id, place.regional_id, place.local_id, place.owner_id, place.plugin
        )
        reads = frozenset(about.pop("secret_to", ()))
        self.planted.append(Planted(parameter, number, thing, secret_to=reads, **about))

    def build(self) -> MatrixWorld:
        """Everything; half a minute."""
        self.made = grants(self.world)
        self.places()
        self.organisations()
        self.staff_things()
        self.cases()
        self.registrations()
        self.everybody()
        self.roles()
        self.notices()
        self.call()
        return self

    def places(self) -> None:
        self.units = {code: self.world.unit(code) for code in STAFF_UNITS}
        self.units |= {"site": self.made.sites["sor"], "other_site": self.made.sites["nord"]}
        self.units["ate_site"] = self.world.site("Ankomst", "ate", municipality="3118")
        for number in self.units.values():
            self.plant("unit_id", number, self.place(number), state="authority")
        first = clock.today() - timedelta(days=30)
        for code in ("site", "other_site", "ate_site"):
            unit, secret = self.units[code], self.secret()
            about = Contract(operator_name=f"Drift {code}", organisation_number="311094688",
                             awarded_on=first, signed_on=first, operation_from=first)  # fmt: skip
            with transaction() as session:
                contract = enter_contract(session, unit, about, actor=None)
                who = Contact(name=f"Kontakt {secret}", email=f"{secret}@example.no")
                contact = add_contact(session, unit, who, actor=None)
            self.plant("contract_id", contract, self.place(unit))
            self.plant("contact_id", contact, self.place(unit), secret=secret, secret_to=["units.unit.read"])

    def place(self, unit: int) -> Place:
        row = read(select(Unit.national_id, Unit.regional_id, Unit.local_id).where(Unit.id == unit))[0]
        return Place(*row)

    def organisations(self) -> None:
        udi = self.units["udi"]
        where = {
            "branch": ("local", Place(udi, self.units["sor"])),
            "other": ("local", Place(udi, self.units["nord"])),
            "parent": ("national", Place(self.units["lt-mottaksoppfolging"])),
        }
        for code, (level, place) in where.items():
            leader, secret = self.world.person(f"Leder {code}"), self.secret()
            new = NewOrganisation(f"Lag {code}", "voluntary", level, place, purpose=f"Mål {secret}",
                                  email=f"{secret}@example.no")  # fmt: skip
            with switch_transaction() as session:
                self.orgs[code] = enter(session, new, leader_id=leader, actor=None)
            self.made.people[code] = leader
            own = Place(place.national_id, place.regional_id, owner_id=self.orgs[code])
            about = {
                "secret": secret,
                "secret_to": ["organisations.organisation.read", "organisations.own.read"],
            }
            self.plant("unit_id", self.orgs[code], own, state="civil", **about)
            self.belongings(self.orgs[code], own, leader)
        with transaction() as session:
            made = session.execute(
                insert(Affiliation).values(
                    branch_id=self.orgs["branch"],
                    parent_id=self.orgs["parent"], shares=[], state="confirmed",
                    claimed_by=self.made.people["branch"], valid_from=date(2026, 1, 1),
                ).returning(Affiliation.id)
            ).scalar_one()  # fmt: skip
        parent = Place(owner_id=self.orgs["parent"])
        self.plant("affiliation_id", made, parent, parents=(("unit_id", self.orgs["parent"]),))

    def belongings(self, unit: int, place: Place, leader: int) -> None:
        """What an organisation has: agreements, a notice, papers, an invitation, a message."""
        both = ["organisations.organisation.read", "organisations.own.read"]
        staff = self.world.actor("coordinator", "udi").person_id or 0
        secret, of = self.secret(), (("unit_id", unit),)
        written = agreements.Written(f"Avtale {secret}", date(2026, 1, 1))
        made = agreements.add(unit, written, actor=actor_of(staff))
        receivers = frozenset({leader})
        self.plant("agreement_id", made, place, secret=secret, secret_to=both, parents=of, persons=receivers)
        secret = self.secret()
        last = clock.today() + timedelta(days=40)
        exclusion.give_notice(unit, f"Grunn {secret}", "Avtalen punkt 7", last, actor=actor_of(staff))
        self.plant("exclusion", unit, place, secret=secret, secret_to=both, persons=receivers)
        document = papers.keep(unit, "statutes", 2026, PDF, "vedtekter.pdf", actor=actor_of(leader))
        number = read(
            text("SELECT document_id FROM organisation_paper WHERE id = :i"),
            {"i": document},
        )
        secret = self.secret()
        made = self.document(place, secret, both)
        self.plant("document_id", made, place, secret=secret, secret_to=both, state="paper")
        self.plant("document_id", number[0][0], place, state="statutes", secret_to=both)
        secret = self.secret()
        members.invite(unit, f"{secret}@example.no", "editor", actor=actor_of(leader))
        made = read(text("SELECT id FROM invitation WHERE unit_id = :u"), {"u": unit})[0][0]
        manage = ["organisations.member.manage"]
        own = Place(owner_id=unit)
        self.plant("invitation_id", made, own, secret=secret, secret_to=manage, parents=of)
        secret = self.secret()
        told = {"title_id": secret, "body_id": secret, "values": {}, "href": "/min-side", "kind": "test"}
        with transaction() as session:
            session.execute(insert(UnitMessage).values(unit_id=unit, **told))
            rescues.open_for(unit, "asked", actor=None)
        self.plant("message", unit, own, secret=secret, secret_to=["organisations.own.read"])
        made = read(text("SELECT id FROM organisation_rescue WHERE unit_id = :u"), {"u": unit})[0][0]
        self.plant("rescue_id", made, place)

    def document(self, place: Place, secret: str, reads: list[str]) -> int:
        with transaction() as session:
            made = documents.store(
                content=PDF,
                filename=f"{secret}.pdf",
                place=place,
                read_permissions=reads,
                actor=self.made.actor("decider"),
            )
            values = {"i": made, "c": PDF + secret.encode()}
            session.execute(text("UPDATE document SET state = 'ready' WHERE id = :i"), values)
            session.execute(text("UPDATE document_content SET content = :c WHERE document_id = :i"), values)
        return int(made)

    def staff_things(self) -> None:
        """Staff of both regions, for the cases below."""
        for code in ("sor", "nord", "ate"):
            self.made.staff(f"case_{code}", "grant_caseworker", code)
        self.made.staff("reports", "ate_officer", "ate")
        self.made.staff("leads", "ate_leader" if "ate_leader" in ROLES else "regional_contact",
                        "ate" if "ate_leader" in ROLES else "sor")  # fmt: skip
        with transaction() as session:
            made = session.execute(
                text("INSERT INTO access_reporting_line (person_id, leader_id) VALUES (:a, :b) RETURNING id"),
                {"a": self.made.people["reports"], "b": self.made.people["leads"]},
            ).scalar_one()
        self.plant("line_id", made, self.place(self.units["ate"]))

    def cases(self) -> None:
        """Applications in every state, of two organisations in two regions, each with secrets of its own."""
        self.made.sites["ate"] = self.units["ate_site"]
        for org, site in (("branch", "sor"), ("other", "nord"), ("parent", "ate")):
            self.made.owner_id = self.orgs[org]
            worker = f"case_{site}"
            draft = self.made.draft(who=org, site=site)
            sent, taken, proposed, decided, appealed = (
                self.made.sent(who=org, site=site, amount_ore=20_000_00) for _n in range(5)
            )
            self.made.step(taken, "take", worker)
            self.made.propose(proposed, 10_000_00, worker)
            for one in (decided, appealed):
                self.made.propose(one, 10_000_00, worker)
                self.made.decide(one, 10_000_00)
            appeal_secret = self.secret()
            appeal = send_appeal(
                appealed, text=f"Klage {appeal_secret}", key=None, actor=self.made.actor(org)
            )
            states = {"draft": draft, "submitted": sent, "taken": taken, "proposed": proposed,
                      "decided": decided, "appealed": appealed}  # fmt: skip
            for state, case in states.items():
                self.case(case, state)
            reads = ["casework.appeal.read", "casework.own.read"]
            place = self.case_place(appeal)
            self.plant("case_id", appeal, place, state="appeal", secret=appeal_secret, secret_to=reads)

    def case_place(self, case: int) -> Place:
        query = "SELECT national_id, regional_id, local_id, owner_id, plugin FROM casework_case WHERE id = :i"
        return Place(*read(text(query), {"i": case})[0])

    def case(self, case: int, state: str) -> None:
        """A secret in the title, in a note, and in a file of the case."""
        place, title, note, paper = self.case_place(case), self.secret(), self.secret(), self.secret()
        staff = ["funding.application.read", "casework.case.read", "casework.appeal.read"]
        own = ["funding.own.read", "casework.own.read", "organisations.own.read"]
        with transaction() as session:
            session.execute(
                text("UPDATE casework_case SET title = title || :s WHERE id = :i"),
                {"s": f" {title}", "i": case},
            )
            author = self.made.people["case_sor"]
            session.execute(insert(CaseNote).values(case_id=case, text=f"Notat {note}", author_id=author))
        self.plant("case_id", case, place, state=state, secret=title, secret_to=[*staff, *own])
        self.plant("note", case, place, state=state, secret=note, secret_to=staff)
        reads = ["funding.application.read", "funding.own.read"]
        made = self.document(place, paper, reads)
        self.plant("document_id", made, place, state=state, secret=paper, secret_to=reads)

    def registrations(self) -> None:
        """Registrations that wait, in two regions, and a draft that is its writer's alone."""
        for town, region in (("3909", "sor"), ("5501", "nord")):
            who, secret = self.world.person("Registrant"), self.secret()
            made = registering.start("group", None, key=None, actor=actor_of(who))
            typed = {**DETAILS, "municipality": town, "purpose": f"Mål {secret}", "name": f"Gruppe {secret}"}
            registering.save(made, typed, version=registration(made).version, actor=actor_of(who))
            row = registration(made)
            registering.submit(made, role="treasurer", version=row.version, actor=actor_of(who))
            place = Place(self.units["udi"], self.units[region])
            reads = ["organisations.registration.handle"]
            self.plant("registration_id", made, place, state="submitted", secret=secret, secret_to=reads,
                       persons=frozenset({who}))  # fmt: skip
            self.people.append(Somebody(f"registrant {region}", who))

    def everybody(self) -> None:
        """One person for every role at every unit it fits, and those who hold nothing that counts."""
        placed = {**{c: u for c, u in self.units.items()}, **self.orgs}
        for name, role in sorted(ROLES.items()):
            for code, unit in placed.items():
                row = read(select(Unit.tree, Unit.level).where(Unit.id == unit))[0]
                if role.fits(row.tree, row.level):
                    self.somebody(f"{name} at {code}", name, unit)
        self.somebody("nobody")
        ended = self.somebody("ended caseworker", "grant_caseworker", self.units["sor"])
        with switch_transaction() as session:
            session.execute(
                update(Assignment).where(Assignment.person_id == ended).values(ended_at=clock.now())
            )
        both = self.somebody("caseworker who leads elsewhere", "grant_caseworker", self.units["nord"])
        self.world.grant(both, "reader", self.orgs["parent"])
        for name, role in sorted(ROLES.items()):
            self.elsewhere(name, role.tree, role.levels)
        self.people.append(Somebody("anonymous", 0, anonymous=True))

    def elsewhere(self, name: str, tree: str, levels: frozenset[str]) -> None:
        """Somebody who may act in one place and only read in another: in reach there, but not allowed."""
        if tree == "civil":
            person = self.somebody(f"{name} at other, reader at branch", name, self.orgs["other"])
            self.world.grant(person, "reader", self.orgs["branch"])
        elif "regional" in levels or "local" in levels:
            unit = self.units["nord" if "regional" in levels else "other_site"]
            person = self.somebody(f"{name} in nord, auditor in sor", name, unit)
            self.world.grant(person, "auditor", self.units["sor"])
            self.world.grant(person, "ate_officer", self.units["sor"])

    def somebody(self, label: str, role: str | None = None, unit: int = 0) -> int:
        person = self.world.person(f"Person {label}")
        if role:
            self.world.grant(person, role, unit)
        self.people.append(Somebody(label, person))
        return person

    def roles(self) -> None:
        """Roles to look at and end: a secret in each reason; and what the trail says of them."""
        for code, unit in {**self.units, **self.orgs}.items():
            row = read(text("SELECT id, person_id FROM assignment WHERE unit_id = :u ORDER BY id LIMIT 1"),
                       {"u": unit})[0]  # fmt: skip
            secret = self.secret()
            with transaction() as session:
                session.execute(update(Assignment).where(Assignment.id == row[0]).values(reason=secret))
            civil = code in self.orgs
            place = Place(owner_id=unit) if civil else self.place(unit)
            reads = ["organisations.member.manage" if civil else "access.assignment.read"]
            mine = frozenset({int(row[1])})
            parents = (("unit_id", unit),) if civil else ()
            self.plant("assignment_id", row[0], place, state="civil" if civil else "authority", secret=secret,
                       secret_to=reads, persons=mine, parents=parents)  # fmt: skip
        query = (
            "SELECT DISTINCT ON (regional_id, owner_id) id, national_id, regional_id, local_id, owner_id"
            " FROM audit_entry ORDER BY regional_id, owner_id, id LIMIT 12"
        )
        for row in read(text(query)):  # what stands nowhere is the directorate's to read
            self.plant("entry_id", row[0], Place(row[1] or self.units["udi"], *row[2:]))

    def notices(self) -> None:
        """A notice for each person that is theirs alone."""
        for one in self.people[::4]:
            if one.anonymous:
                continue
            secret = self.secret()
            values = {
                "title_id": secret,
                "body_id": secret,
                "values": {},
                "href": "/min-side",
                "kind": "test",
            }
            with transaction() as session:
                session.execute(insert(Notice).values(person_id=one.person, **values))
            self.plant("notice", 0, Place(), secret=secret, persons=frozenset({one.person}))

    def call(self) -> None:
        """A published call, and one that is a draft."""
        from portal.funding import calls

        self.plant("call_id", self.made.call_id, Place(self.units["udi"]), state="published")
        secret = self.secret()
        texts = {
            "nb": {"title": f"Utkast {secret}", "intro": "x"},
            "nn": {"title": f"Utkast {secret}", "intro": "x"},
        }
        made = calls.keep_draft(terms(texts=texts, year=2028), actor=self.made.actor("decider"))
        place = Place(self.units["udi"])
        self.plant("call_id", made, place, state="draft", secret=secret, secret_to=["funding.call.manage"])

    def facts(self) -> second.Facts:
        """What the second opinion knows: read from the tables, not from the portal's own answers."""
        table = {one.name: second.Role(one.tree, one.levels, one.permissions) for one in ROLES.values()}
        units = {
            row.id: second.Unit(row.id, row.tree, row.level, row.kind == "directorate")
            for row in read(select(Unit.id, Unit.tree, Unit.level, Unit.kind))
        }
        columns = (Assignment.person_id, Assignment.role, Assignment.unit_id, Assignment.valid_from,
                   Assignment.valid_to, Assignment.ended_at)  # fmt: skip
        held = [second.Grant(*row) for row in read(select(*columns))]
        outlives = {p.name for p in PERMISSIONS.values() if p.survives_disable}
        return second.Facts(table, units, grants=held, outlives_plugins=outlives)
