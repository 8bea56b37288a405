"""Registering, from the first page to the first leader: through pages, with the register behind HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal import clock
from portal.access.policy import Denied
from portal.database import db, read, read_one
from portal.identity.context import actor_of
from portal.organisations.registers import client
from portal.organisations.registration import decisions, services
from portal.organisations.registration.lookup import look_up
from portal.organisations.registration.workflow import RegistrationMoved
from tests.organisation_registers import (
    BANKRUPT,
    DELETED,
    GONE,
    ILLNESSES,
    LOCAL,
    NATIONAL,
    NOT_VOLUNTARY,
    PUBLIC,
    UNKNOWN,
    Register,
)
from tests.pages import Reader, plain
from tests.world import World

CHECKED = "Ringte lederen som registeret nevner."
TYPED = {
    "name": LOCAL.name,
    "email": "post@lag.example.no",
    "phone": "900 00 000",
    "website": "",
    "level": "local",
    "municipality": LOCAL.municipality,
    "activities": ["children", "sport"],
    "purpose": "Leik for barn.",
}


def row(registration_id: int) -> Any:
    found = read_one(text("SELECT * FROM registration WHERE id = :id"), {"id": registration_id})
    assert found is not None
    return found


def begin(reader: Reader, number: str) -> int:
    answer = reader.send("/registrer/nummer", {"number": number})
    assert answer.status_code == 303, plain(answer)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def fill_in(reader: Reader, made: int, **other: object) -> None:
    other.setdefault("name", row(made).name or LOCAL.name)
    answer = reader.send(f"/registrer/{made}", {**TYPED, **other})
    assert answer.status_code == 303, plain(answer)
    assert answer.headers["Location"].endswith(f"/registrer/{made}/send")


def send(reader: Reader, made: int) -> None:
    answer = reader.send(f"/registrer/{made}/send", {"role": "treasurer", "accept": "y"})
    assert answer.status_code == 303, plain(answer)
    assert answer.headers["Location"].endswith(f"/registrer/{made}/kvittering")


@pytest.fixture
def register(app: Flask) -> Any:
    """The register, well unless a test makes it ill."""
    with Register(app) as running:
        yield running


@pytest.fixture
def kari(world: World) -> Reader:
    """A treasurer on her phone."""
    person = world.person("Kari Solbakken")
    reader = Reader(world.client(person))
    reader.person_id = person  # type: ignore[attr-defined]
    return reader


@pytest.fixture
def sent(register: Register, kari: Reader) -> int:
    """Kari's registration of the local association, looked up and sent."""
    made = begin(kari, LOCAL.number)
    look_up(registration_id=made)
    fill_in(kari, made)
    send(kari, made)
    return made


@pytest.fixture
def staff(world: World) -> Callable[[str, str], Reader]:
    """Somebody with a role at one of UDI's units."""

    def at(role: str, unit: str) -> Reader:
        person = world.person("Liv Tangen")
        world.grant(person, role, world.unit(unit))
        return Reader(world.client(person))

    return at


def test_a_treasurer_registers_and_becomes_leader(
    register: Register, kari: Reader, staff: Callable[[str, str], Reader]
) -> None:
    answer = kari.send("/registrer", {"who": "number"})
    assert answer.headers["Location"].endswith("/registrer/nummer")
    made = begin(kari, LOCAL.number)
    assert "Vi slår opp nummeret" in kari.text(f"/registrer/{made}")
    assert kari.get(f"/registrer/{made}/oppslag").status_code == 202
    look_up(registration_id=made)
    assert kari.get(f"/registrer/{made}/oppslag").status_code == 200
    page = kari.text(f"/registrer/{made}")
    assert LOCAL.name in page
    assert "hentet" in page
    fill_in(kari, made)
    send(kari, made)
    receipt = row(made).receipt
    assert receipt
    assert receipt in kari.text(f"/registrer/{made}/kvittering")

    region = staff("regional_contact", LOCAL.region)
    assert LOCAL.name in region.text("/organisasjoner/registreringer")
    answer = region.send(
        f"/organisasjoner/registreringer/{made}/godkjenn",
        {"checked": CHECKED},
        seen=f"/organisasjoner/registreringer/{made}",
    )
    assert answer.status_code == 303, plain(answer)
    unit_id = row(made).unit_id
    leaders = read(text("SELECT person_id, role FROM assignment WHERE unit_id = :u"), {"u": unit_id})
    assert [tuple(one) for one in leaders] == [(kari.person_id, "leader")]  # type: ignore[attr-defined]
    assert LOCAL.name in kari.text(f"/organisasjoner/{unit_id}")
    assert f"{LOCAL.name} er registrert" in kari.text("/varsler")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Skriv organisasjonsnummeret"),
        ("12345", "ni sifre"),
        ("112233445", "Ett av sifrene er feil"),
        ("<script>alert(1)</script>", "ni sifre"),
    ],
)
def test_a_number_that_cannot_be_one_is_said_at_the_field_and_kept(
    register: Register, kari: Reader, world: World, typed: str, said: str
) -> None:
    answer = kari.send("/registrer/nummer", {"number": typed})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said in plain(answer)
    assert 'aria-invalid="true"' in html
    assert "<script>alert" not in html
    if typed.isdigit():
        assert f'value="{typed}"' in html
    assert world.count("registration") == 0
    assert world.count("procrastinate_jobs") == 0


def test_a_silent_register_holds_nobody_back(
    register: Register, kari: Reader, staff: Callable[[str, str], Reader], world: World
) -> None:
    made = begin(kari, LOCAL.number)
    register.ill("503")
    look_up(registration_id=made)
    assert row(made).lookup == "waiting"
    assert kari.get(f"/registrer/{made}/oppslag").status_code == 200
    page = kari.text(f"/registrer/{made}")
    assert "Vi prøver igjen; du kan fylle ut og sende inn nå" in page
    fill_in(kari, made, name="Fjordglimt")
    send(kari, made)
    assert "Registeret har ikke svart ennå" in kari.text(f"/registrer/{made}/kvittering")
    region = staff("regional_contact", LOCAL.region)
    answer = region.send(
        f"/organisasjoner/registreringer/{made}/godkjenn", {"version": row(made).version}, seen="/min-side"
    )
    assert "Registeret har ikke svart" in plain(answer)
    assert row(made).state == "submitted"
    register.well()
    waiting = read(
        text(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'organisations.look_up'"
            " AND scheduled_at IS NOT NULL ORDER BY id"
        )
    )
    assert waiting, "nobody asks the register again"
    look_up(**waiting[-1].args)
    look_up(**waiting[-1].args)
    found = row(made)
    assert (found.lookup, found.name, found.state) == ("found", LOCAL.name, "submitted")
    answered = text("SELECT count(*) FROM audit_entry WHERE name = 'organisations.register_answered'")
    assert read(answered)[0][0] == 1


def nobody_waits_for_this(*_asked: object, **_how: object) -> None:
    """In place of the register while somebody waits for a page."""
    raise AssertionError("a page asks the register")


@pytest.mark.parametrize("illness", ILLNESSES)
def test_whatever_the_register_does_the_job_asks_again(
    register: Register, kari: Reader, illness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.ill(illness)
    with monkeypatch.context() as page_only:
        page_only.setattr(client, "lookup", nobody_waits_for_this)
        made = begin(kari, LOCAL.number)
    look_up(registration_id=made)
    assert row(made).lookup == "waiting"
    assert row(made).facts is None
    register.well()
    look_up(registration_id=made)
    assert row(made).name == LOCAL.name


@pytest.mark.parametrize(("number", "lookup"), [(UNKNOWN, "unknown"), (GONE, "removed")])
def test_a_number_nobody_has_cannot_be_sent(
    register: Register, kari: Reader, number: str, lookup: str
) -> None:
    made = begin(kari, number)
    look_up(registration_id=made)
    assert row(made).lookup == lookup
    assert "Registeret har" in kari.text(f"/registrer/{made}")
    answer = kari.send(f"/registrer/{made}/send", {"role": "chair", "accept": "y"})
    assert answer.status_code == 200
    assert row(made).state == "draft"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (DELETED, "organisasjonen er slettet"),
        (BANKRUPT, "organisasjonen er konkurs"),
        (PUBLIC, "Dette er et offentlig organ"),
        (NOT_VOLUNTARY, "står ikke i Frivillighetsregisteret"),
    ],
)
def test_what_the_register_warns_of_is_said_in_plain_words(
    register: Register, kari: Reader, number: str, said: str
) -> None:
    made = begin(kari, number)
    look_up(registration_id=made)
    assert said in kari.text(f"/registrer/{made}")
    fill_in(kari, made)
    send(kari, made)
    assert row(made).state == "submitted"


def test_nothing_is_sent_before_everything_needed_is_there(register: Register, kari: Reader) -> None:
    made = begin(kari, LOCAL.number)
    look_up(registration_id=made)
    answer = kari.send(f"/registrer/{made}", {**TYPED, "email": "not an address", "municipality": ""})
    page = plain(answer)
    assert "Skriv hele e-postadressen" in page
    assert "Velg kommunen der dere holder til" in page
    assert "Leik for barn." in page
    assert row(made).data == {}
    answer = kari.send(f"/registrer/{made}/send", {"role": "treasurer", "accept": "y"})
    assert "Fyll ut først" in plain(answer)
    fill_in(kari, made)
    answer = kari.send(f"/registrer/{made}/send", {"role": "treasurer"})
    assert "Kryss av for at dere har lest" in plain(answer)
    assert row(made).state == "draft"


def test_a_form_sent_twice_is_one_registration(register: Register, kari: Reader, world: World) -> None:
    key = {"idempotency_key": "6f1c1d6e-4b0f-4a53-9a9e-0a7f0b4f2a11"}
    first = kari.send("/registrer", {"who": "group", **key})
    again = kari.send("/registrer", {"who": "group", **key})
    assert first.headers["Location"] == again.headers["Location"]
    assert begin(kari, LOCAL.number) == begin(kari, LOCAL.number)
    assert world.count("registration") == 2
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'organisations.look_up'")
    assert read(jobs)[0][0] == 1


def test_sending_twice_gives_one_number(sent: int, kari: Reader) -> None:
    before = row(sent)
    answer = kari.send(f"/registrer/{sent}/send", {"role": "chair", "accept": "y"}, seen="/registrer")
    assert answer.headers["Location"].endswith("/kvittering")
    assert (row(sent).receipt, row(sent).version) == (before.receipt, before.version)


def test_only_its_own_person_sees_a_registration(sent: int, world: World) -> None:
    stranger = Reader(world.client(world.person("Ola Vik")))
    for page in ("", "/send", "/kvittering", "/svar", "/oppslag"):
        assert stranger.get(f"/registrer/{sent}{page}").status_code == 404
    assert stranger.send(f"/registrer/{sent}/trekk", {"version": "3"}, seen="/registrer").status_code == 404
    assert row(sent).state == "submitted"


def test_another_region_does_not_know_it_is_there(sent: int, staff: Callable[[str, str], Reader]) -> None:
    own = staff("regional_contact", LOCAL.region)
    assert own.get(f"/organisasjoner/registreringer/{sent}").status_code == 200
    for role, unit in (("regional_contact", "nord"), ("coordinator", "lt-mottaksoppfolging")):
        other = staff(role, unit)
        assert other.get(f"/organisasjoner/registreringer/{sent}").status_code == 404
        assert LOCAL.name not in other.text("/organisasjoner/registreringer?tilstand=alle")
        for step in ("godkjenn", "avslaa", "be-om-mer"):
            answer = other.send(
                f"/organisasjoner/registreringer/{sent}/{step}",
                {"version": "3", "decline-version": "3", "decline-reason": "Nei", "ask-text": "Hva?"},
                seen="/min-side",
            )
            assert answer.status_code == 404, step
    assert row(sent).state == "submitted"


def test_a_national_organisation_goes_to_the_national_team(
    register: Register, kari: Reader, staff: Callable[[str, str], Reader]
) -> None:
    made = begin(kari, NATIONAL.number)
    look_up(registration_id=made)
    fill_in(kari, made, level="national", municipality="")
    send(kari, made)
    team = staff("coordinator", "lt-mottaksoppfolging")
    assert team.get(f"/organisasjoner/registreringer/{made}").status_code == 200
    region = staff("regional_contact", LOCAL.region)
    assert region.get(f"/organisasjoner/registreringer/{made}").status_code == 404


def test_staff_never_handle_their_own_registration(sent: int, kari: Reader, world: World) -> None:
    person: int = kari.person_id  # type: ignore[attr-defined]
    world.grant(person, "regional_contact", world.unit(LOCAL.region))
    with pytest.raises(Denied, match="own_case"):
        decisions.approve(sent, version=row(sent).version, actor=actor_of(person))
    assert "din egen registrering" in kari.text(f"/organisasjoner/registreringer/{sent}")
    assert row(sent).state == "submitted"


def test_asking_for_more_opens_only_what_is_asked(
    sent: int, kari: Reader, staff: Callable[[str, str], Reader]
) -> None:
    region = staff("regional_contact", LOCAL.region)
    here = f"/organisasjoner/registreringer/{sent}"
    ask = {"ask-fields": ["email"], "ask-text": "Er adressen riktig?", "ask-version": row(sent).version}
    assert region.send(f"{here}/be-om-mer", ask, seen=here).status_code == 303
    page = kari.text(f"/registrer/{sent}/svar")
    assert "Er adressen riktig?" in page
    assert "Telefon" not in page
    answer = kari.send(
        f"/registrer/{sent}/svar",
        {"email": "ny@lag.example.no", "phone": "111 11 111", "level": "national", "reply": "Nå er den det."},
    )
    assert answer.status_code == 303, plain(answer)
    data = row(sent).data
    assert (data["email"], data["phone"], data["level"]) == ("ny@lag.example.no", "900 00 000", "local")
    assert row(sent).state == "submitted"
    ask["ask-version"] = row(sent).version
    assert "alt bedt om mer" in plain(region.send(f"{here}/be-om-mer", ask, seen=here))
    assert row(sent).state == "submitted"


def test_declining_needs_a_reason_that_the_person_reads(
    sent: int, kari: Reader, staff: Callable[[str, str], Reader]
) -> None:
    region = staff("regional_contact", LOCAL.region)
    here = f"/organisasjoner/registreringer/{sent}"
    form = {"decline-version": row(sent).version, "decline-reason": "  "}
    assert "Skriv begrunnelsen" in plain(region.send(f"{here}/avslaa", form, seen=here))
    form["decline-reason"] = "Laget er nedlagt."
    assert region.send(f"{here}/avslaa", form, seen=here).status_code == 303
    page = kari.text(f"/registrer/{sent}")
    assert "Laget er nedlagt." in page
    assert "Hvis du er uenig" in page


def test_a_decision_on_an_old_page_is_refused(sent: int, world: World) -> None:
    actor = world.actor("regional_contact", LOCAL.region)
    with pytest.raises(RegistrationMoved):
        decisions.decline(sent, "Nei", version=row(sent).version - 1, actor=actor)


def both(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run at once, each as a request of its own; gives what each gave or raised."""
    start = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                came[index] = act()
            except Exception as error:
                came[index] = error

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return came


def test_two_who_approve_at_once_make_one_organisation(sent: int, app: Flask, world: World) -> None:
    version = row(sent).version
    actors = [world.actor("regional_contact", LOCAL.region, name=name) for name in ("Liv", "Nils")]
    actors = [actor_of(actor.person_id or 0) for actor in actors]

    def approve(actor: Any) -> Callable[[], object]:
        return lambda: decisions.approve(sent, version=version, actor=actor, checked=CHECKED)

    came = both(app, *(approve(actor) for actor in actors))
    assert len([one for one in came if isinstance(one, int)]) == 1, came
    assert world.count("organisation") == 1
    roles = text("SELECT count(*) FROM assignment WHERE role = 'leader'")
    assert read(roles)[0][0] == 1


def test_two_who_send_the_same_number_at_once_are_one(register: Register, app: Flask, world: World) -> None:
    people = [world.person(name) for name in ("Kari", "Elin")]
    acts = []
    for person in people:
        actor = actor_of(person)
        made = services.start("number", LOCAL.number, key=None, actor=actor)
        look_up(registration_id=made)
        services.save(made, TYPED, version=1, actor=actor)
        acts.append(
            lambda made=made, actor=actor: services.submit(made, role="chair", version=2, actor=actor)
        )
    came = both(app, *acts)
    assert sorted(type(one).__name__ for one in came) == ["AlreadyHere", "str"], came
    sent_ones = text("SELECT count(*) FROM registration WHERE state = 'submitted'")
    assert read(sent_ones)[0][0] == 1


def test_a_number_that_is_here_leads_to_asking_for_access(sent: int, world: World, kari: Reader) -> None:
    actor = world.actor("regional_contact", LOCAL.region)
    unit_id = decisions.approve(sent, version=row(sent).version, actor=actor, checked=CHECKED)
    elin = Reader(world.client(world.person("Elin Strand")))
    answer = elin.send("/registrer/nummer", {"number": LOCAL.number})
    assert answer.headers["Location"].endswith(f"/registrer/tilgang/{LOCAL.number}")
    answer = elin.send(f"/registrer/tilgang/{LOCAL.number}", {"message": "Jeg er styremedlem."})
    assert "Forespørselen er sendt" in plain(answer)
    elin.send(f"/registrer/tilgang/{LOCAL.number}", {"message": "Jeg er styremedlem."})
    assert world.count("access_request") == 1
    page = kari.text(f"/organisasjoner/{unit_id}/medlemmer")
    assert "Jeg er styremedlem." in page
    request_id = read(text("SELECT id FROM access_request"))[0][0]
    here = f"/organisasjoner/{unit_id}/medlemmer"
    answer = kari.send(f"/organisasjoner/{unit_id}/foresporsler/{request_id}", {"role": "editor"}, seen=here)
    assert answer.status_code == 303, plain(answer)
    assert elin.get(f"/organisasjoner/{unit_id}").status_code == 200


def test_one_person_alone_and_a_group_register_too(register: Register, kari: Reader, world: World) -> None:
    actor = world.actor("regional_contact", LOCAL.region)
    for who, kind, name in (
        ("individual", "individual", "Kari Solbakken"),
        ("group", "informal_group", "Kaffekoppen"),
    ):
        made = int(kari.send("/registrer", {"who": who}).headers["Location"].rsplit("/", 1)[1])
        typed = {} if who == "individual" else {"name": name}
        fill_in(kari, made, **typed)
        send(kari, made)
        actor = actor_of(actor.person_id or 0)
        unit_id = decisions.approve(made, version=row(made).version, actor=actor, checked=CHECKED)
        found = read_one(text("SELECT kind, name FROM organisation WHERE unit_id = :u"), {"u": unit_id})
        assert found is not None
        assert tuple(found) == (kind, name)


HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "a\x00b\x07c",
    "\u202egnp.exe",
    "{{ 7 * 7 }}",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_text_is_inert_on_every_page(
    register: Register, kari: Reader, staff: Callable[[str, str], Reader], evil: str
) -> None:
    made = begin(kari, LOCAL.number)
    register.ill("503")
    look_up(registration_id=made)
    fill_in(kari, made, name=f"Lag {evil}", purpose=evil)
    send(kari, made)
    register.well()
    region = staff("regional_contact", LOCAL.region)
    pages = [kari.get(f"/registrer/{made}"), kari.get(f"/registrer/{made}/kvittering")]
    pages += [
        region.get("/organisasjoner/registreringer"),
        region.get(f"/organisasjoner/registreringer/{made}"),
    ]
    for page in pages:
        assert page.status_code == 200
        html = page.get_data(as_text=True)
        assert "Lag" in html
        assert "<script>alert" not in html
        assert "\u202e" not in html
        assert "\x00" not in html
        assert "\x07" not in html
    assert "{{ 7 * 7 }}" in row(made).data["purpose"] or evil != "{{ 7 * 7 }}"


def test_a_reply_is_due_within_a_month() -> None:
    assert clock.months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert clock.months_later(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert clock.months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert clock.months_later(date(2026, 8, 31), 12) == date(2027, 8, 31)
    assert clock.months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_pages_send_few_statements(sent: int, kari: Reader, staff: Callable[[str, str], Reader]) -> None:
    sent_now: list[str] = []
    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", lambda *args: sent_now.append(args[2]))
    region = staff("regional_contact", LOCAL.region)
    queue = "/organisasjoner/registreringer"
    for reader, path in (
        (kari, "/min-side"),
        (kari, "/registrer"),
        (kari, f"/registrer/{sent}"),
        (region, "/min-side"),
        (region, queue),
        (region, f"{queue}/{sent}"),
    ):
        sent_now.clear()
        assert reader.get(path).status_code == 200
        assert 1 <= len(sent_now) <= 6, (path, sent_now)
