"""May this person represent the organisation? The three ways, and what they never do: decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.access.policy import OutOfReach
from portal.database import read, transaction
from portal.documents.queries import readable
from portal.documents.services import scan
from portal.identity.context import actor_of
from portal.organisations.registration import decisions, proofs
from portal.organisations.registration.lookup import look_up
from portal.organisations.registration.workflow import RegistrationMoved
from tests.organisation_registers import LOCAL, Register
from tests.pages import Reader, plain
from tests.registering import drafted, registration, sent
from tests.running_at_once import at_once
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"
BORN = date(1988, 5, 14)


@pytest.fixture(autouse=True)
def register(app: Flask) -> Iterator[Register]:
    with Register(app) as running:
        yield running


@pytest.fixture
def kari(world: World) -> int:
    return world.person("Kari Solbakken")


@pytest.fixture
def liv(world: World) -> int:
    """Whose region it is."""
    person = world.person("Liv Tangen")
    world.grant(person, "regional_contact", world.unit(LOCAL.region))
    return person


def approve(made: int, liv: int, **how: str) -> int:
    return decisions.approve(made, version=registration(made).version, actor=actor_of(liv), **how)


def everything_stored() -> str:
    tables = read(text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
    return "\n".join(
        str(tuple(row)) for (table,) in map(tuple, tables) for row in read(text(f'SELECT * FROM "{table}"'))
    )


def times_stored() -> tuple[int, ...]:
    stored = everything_stored()
    return tuple(stored.count(form) for form in ("14.05.1988", "1988, 5, 14", "1988-05-14"))


def test_a_match_ticks_the_role_and_leaves_no_birth_date(world: World, kari: int, liv: int) -> None:
    made = drafted(kari, ask=False)
    assert "1988" not in everything_stored()
    reader = Reader(world.client(kari))
    here = f"/registrer/{made}/representere"
    with transaction() as session:
        facts = {"name": "FJORDGLIMT BARNELAG", "roles": [_role("MEDL", "Styremedlem", "Kari Solbakken")]}
        session.execute(
            text("UPDATE registration SET lookup = 'found', facts = CAST(:f AS jsonb)"), {"f": _json(facts)}
        )
    before = times_stored()
    assert before == (0, 0, 1), "the register's own copy is found"
    answer = reader.send(f"{here}/register", {"birth_date": "14.05.1988"}, seen=here)
    assert answer.status_code == 303, plain(answer)
    assert registration(made).matched_role == "MEDL"
    assert times_stored() == before
    html = reader.get(f"/registrer/{made}/send").get_data(as_text=True)
    assert re.search(r'<option selected value="board">', html)
    assert "stemmer med registeret: Styremedlem" in reader.text(here)
    assert registration(made).state == "draft"


def _role(code: str, label: str, name: str) -> dict[str, Any]:
    return {"code": code, "label": label, "name": name, "birth_date": BORN.isoformat(), "deceased": False}


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


@pytest.mark.parametrize(("name", "born"), [("Kari Solbakken", date(1988, 5, 15)), ("Kari Solheim", BORN)])
def test_the_name_alone_or_the_date_alone_matches_nobody(
    world: World, liv: int, name: str, born: date
) -> None:
    person = world.person(name)
    made = sent(person)
    assert proofs.compare(made, born, actor=actor_of(person)) is None
    with pytest.raises(decisions.Unproven):
        approve(made, liv)


def test_the_caseworker_sees_which_proof_there_is_and_decides(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    page = f"/organisasjoner/registreringer/{made}"
    reader = Reader(world.client(liv))
    seen = reader.text(page)
    assert "Ikke sammenlignet" in seen
    assert "Ikke spurt" in seen
    assert "Ikke levert" in seen
    answer = reader.send(f"{page}/godkjenn", {"checked": ""}, seen=page)
    assert "Ingenting viser ennå at personen kan representere den" in plain(answer)
    assert registration(made).state == "submitted"
    assert proofs.compare(made, BORN, actor=actor_of(kari)) == "MEDL"
    assert "stemmer med registeret: Styremedlem" in reader.text(page)
    assert registration(made).state == "submitted"
    assert reader.send(f"{page}/godkjenn", seen=page).status_code == 303
    assert registration(made).state == "approved"


def test_how_it_was_found_out_is_kept(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    approve(made, liv, checked="Ringte Unni Fjeld.")
    reader = Reader(world.client(liv))
    assert "Ringte Unni Fjeld." in reader.text(f"/organisasjoner/registreringer/{made}")


def test_the_organisation_answers_through_its_own_address(
    app: Flask, world: World, kari: int, liv: int, monkeypatch: Any
) -> None:
    from portal.organisations import addressed
    from portal.organisations.registration.confirming import send_question

    mails: list[Any] = []
    monkeypatch.setattr(addressed, "hand_over", lambda _settings, message: mails.append(message))
    made = sent(kari)
    reader = Reader(world.client(kari))
    here = f"/registrer/{made}/representere"
    assert reader.send(f"{here}/sporsmal", {"email": "min@example.no"}, seen=here).status_code == 303
    job = read(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'organisations.ask_organisation'"))
    send_question(**job[0].args)
    assert mails[0]["To"] == f"post@{LOCAL.number}.example.no"
    link = re.search(r"http://localhost(/bekreft/\S+)", mails[0].get_body(("plain",)).get_content())
    assert link is not None
    visitor = Reader(app.test_client())
    assert "Kari Solbakken" in visitor.text(link[1])
    assert registration(made).state == "submitted"
    assert proofs.questions(made)[0].answer is None, "opening the link answers nothing"
    assert "Takk, svaret er lagret" in plain(visitor.send(link[1], {"answer": "yes"}))
    assert proofs.questions(made)[0].answer == "yes"
    assert "virker bare én gang" in visitor.text(link[1])
    with pytest.raises(proofs.Spent, match="used"):
        proofs.answer(link[1].rsplit("/", 1)[1], "no")
    assert proofs.questions(made)[0].answer == "yes"
    approve(made, liv)


def test_a_no_from_the_organisation_weighs_more_than_a_match(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    proofs.compare(made, BORN, actor=actor_of(kari))
    proofs.answer(proofs.ask(made, actor=actor_of(kari)), "no")
    with pytest.raises(decisions.Unproven):
        approve(made, liv)
    assert "sier at du ikke kan representere" in Reader(world.client(kari)).text("/varsler")


def test_a_question_dies_after_fourteen_days_and_with_the_registration(kari: int, liv: int) -> None:
    made = sent(kari)
    token = proofs.ask(made, actor=actor_of(kari))
    with pytest.raises(proofs.CannotAsk, match="asked_already"):
        proofs.ask(made, actor=actor_of(kari))
    with clock.fixed(clock.now() + timedelta(days=14, minutes=1)):
        with pytest.raises(proofs.Spent, match="expired"):
            proofs.answer(token, "yes")
        second = proofs.ask(made, actor=actor_of(kari))
    decisions.decline(made, "Laget er nedlagt.", version=registration(made).version, actor=actor_of(liv))
    with pytest.raises(proofs.Spent, match="over"):
        proofs.answer(second, "yes")
    with pytest.raises(OutOfReach):
        proofs.question("not-a-link")


def test_one_link_answered_twice_at_once_counts_once(app: Flask, kari: int) -> None:
    made = sent(kari)
    token = proofs.ask(made, actor=actor_of(kari))
    came = at_once(app, lambda: proofs.answer(token, "yes"), lambda: proofs.answer(token, "no"))
    assert [type(one).__name__ for one in came].count("Spent") == 1, came
    events = "SELECT count(*) FROM audit_entry WHERE name = 'organisations.organisation_answered'"
    assert read(text(events))[0][0] == 1


def test_asking_twice_at_once_is_one_mail(app: Flask, kari: int) -> None:
    made = sent(kari)
    who = actor_of(kari)
    came = at_once(app, lambda: proofs.ask(made, actor=who), lambda: proofs.ask(made, actor=who))
    assert [type(one).__name__ for one in came].count("CannotAsk") == 1, came


def test_a_mandate_is_read_by_whoever_handles_it_and_by_nobody_before_it_is_sent(
    world: World, kari: int, liv: int
) -> None:
    made = drafted(kari)
    reader = Reader(world.client(kari))
    here = f"/registrer/{made}/representere"
    answer = reader.send(f"{here}/fullmakt", {"file": (BytesIO(b"hei"), "fullmakt.exe")}, seen=here)
    assert "denne typen fil" in plain(answer)
    assert registration(made).mandate_id is None
    answer = reader.send(f"{here}/fullmakt", {"file": (BytesIO(PDF), "fullmakt.pdf")}, seen=here)
    assert answer.status_code == 303, plain(answer)
    document = registration(made).mandate_id
    scan(document_id=document)
    with pytest.raises(OutOfReach):
        readable(document, actor_of(liv))
    reader.send(f"/registrer/{made}/send", {"role": "treasurer", "accept": "y"})
    assert registration(made).state == "submitted"
    assert readable(document, actor_of(liv)).content == PDF
    with pytest.raises(OutOfReach):
        readable(document, world.actor("regional_contact", "nord"))
    assert "fullmakt.pdf" in Reader(world.client(liv)).text(f"/organisasjoner/registreringer/{made}")
    approve(made, liv)
    assert readable(document, actor_of(kari)).content == PDF


def test_nobody_else_touches_the_proofs(world: World, kari: int) -> None:
    made = sent(kari)
    stranger = Reader(world.client(world.person("Ola Vik")))
    here = f"/registrer/{made}/representere"
    assert stranger.get(here).status_code == 404
    for way in ("register", "sporsmal", "fullmakt"):
        form = {"birth_date": "14.05.1988", "file": (BytesIO(PDF), "f.pdf")}
        assert stranger.send(f"{here}/{way}", form, seen="/registrer").status_code == 404, way
    assert registration(made).matched_role == ""
    assert proofs.questions(made) == []


def test_before_the_register_answers_one_is_told_so(world: World, kari: int) -> None:
    made = drafted(kari, ask=False)
    reader = Reader(world.client(kari))
    here = f"/registrer/{made}/representere"
    answer = reader.send(f"{here}/register", {"birth_date": "14.05.1988"}, seen=here)
    assert "Registeret har ikke svart ennå" in plain(answer)
    with pytest.raises(proofs.CannotAsk, match="no_register"):
        proofs.ask(made, actor=actor_of(kari))
    look_up(registration_id=made)
    assert proofs.compare(made, BORN, actor=actor_of(kari)) == "MEDL"


def test_an_individual_stands_for_themselves(world: World, kari: int, liv: int) -> None:
    reader = Reader(world.client(kari))
    made = int(reader.send("/registrer", {"who": "individual"}).headers["Location"].rsplit("/", 1)[1])
    page = reader.text(f"/registrer/{made}")
    assert "Nettsted" not in page
    typed = {
        "email": "kari@example.no",
        "phone": "",
        "municipality": LOCAL.municipality,
        "purpose": "Strikking",
    }
    assert reader.send(f"/registrer/{made}", typed).status_code == 303
    assert "Din rolle" not in reader.text(f"/registrer/{made}/send")
    assert reader.send(f"/registrer/{made}/send", {"accept": "y"}).status_code == 303
    unit_id = approve(made, liv)
    held = actor_of(kari).held
    assert [(one.role, one.level) for one in held] == [("individual_applicant", "local")]
    kind = read(text("SELECT kind FROM unit WHERE id = :u"), {"u": unit_id})[0][0]
    assert kind == "individual"
    assert reader.get(f"/organisasjoner/{unit_id}").status_code == 200
    assert reader.get(f"/organisasjoner/{unit_id}/medlemmer").status_code == 403
    again = reader.send("/registrer", {"who": "individual"})
    assert again.headers["Location"].endswith(f"/organisasjoner/{unit_id}")
    with pytest.raises(RegistrationMoved):
        proofs.compare(made, BORN, actor=actor_of(kari))


def test_an_operator_is_known_by_its_contracts_and_not_by_its_form(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    assert "driver mottak" not in Reader(world.client(kari)).text(f"/registrer/{made}")
    site = world.site("Fjordgløtt mottak", "sor")
    with transaction() as session:
        operator = session.execute(
            text("INSERT INTO operator (name, organisation_number) VALUES ('Fjord', :n) RETURNING id"),
            {"n": LOCAL.number},
        ).scalar_one()
    assert "driver mottak" not in Reader(world.client(kari)).text(f"/registrer/{made}")
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO operator_contract (site_id, operator_id, awarded_on, signed_on, operation_from)"
                " VALUES (:s, :o, '2025-01-01', '2025-02-01', '2025-03-01')"
            ),
            {"s": site, "o": operator},
        )
    assert "driver mottak" in Reader(world.client(kari)).text(f"/registrer/{made}")
    unit_id = approve(made, liv, checked="Driftsavtalen.")
    kind = read(text("SELECT kind FROM organisation WHERE unit_id = :u"), {"u": unit_id})[0][0]
    assert kind == "operator"


def test_a_draft_goes_on_where_it_was_left_on_another_device(world: World, kari: int) -> None:
    phone = Reader(world.client(kari))
    made = int(
        phone.send("/registrer/nummer", {"number": LOCAL.number}).headers["Location"].rsplit("/", 1)[1]
    )
    look_up(registration_id=made)
    from tests.registering import DETAILS

    assert phone.send(f"/registrer/{made}", {**DETAILS, "purpose": "Leik ved fjorden"}).status_code == 303
    laptop = Reader(world.client(kari))
    assert f"/registrer/{made}" in laptop.get("/min-side").get_data(as_text=True)
    assert "Leik ved fjorden" in laptop.text(f"/registrer/{made}")
    answer = laptop.send(f"/registrer/{made}/send", {"role": "treasurer", "accept": "y"})
    assert answer.status_code == 303
    late = phone.send(f"/registrer/{made}/send", {"role": "chair", "accept": "y"}, seen="/registrer")
    assert late.headers["Location"].endswith("/kvittering")
    assert registration(made).data["role"] == "treasurer"
