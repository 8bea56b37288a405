"""An individual's letter goes where the contact register says: to its address, or on paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from portal import clock
from portal.casework.delivery.reminding import notify_of_unopened_letters
from portal.casework.models import LetterDelivery
from portal.database import read, transaction
from portal.documents.letters import make_letter
from portal.identity.contact_register import KnownRegister
from portal.identity.models import Person, RegisteredContact
from portal.login_settings import ContactRegister
from portal.notifications import mail
from portal.notifications.models import Mail
from portal.notifications.services import notify
from portal.units.models import Unit
from tests.funding import Grants, grants
from tests.integration.test_letter_delivery import alone, decided, delivery, notices, reader, until
from tests.world import World

OWN, REGISTERED = "eget@example.no", "registrert@example.no"
SILENT: dict[str, dict[str, Any]] = {
    "reserved": {"reserved": True, "may_notify": False, "email": ""},
    "silenced": {"may_notify": False, "email": ""},
    "no address": {"email": "", "confirmed_at": None},
    "confirmed too long ago": {"confirmed_at": clock.now() - timedelta(days=560)},
    "read too long ago": {"read_at": clock.now() - timedelta(days=181)},
}


@pytest.fixture
def made(app: Flask, world: World) -> Grants:
    """Casework with an individual as applicant, in a portal that reads the register at login."""
    register = ContactRegister(url="https://krr.example/person")
    app.extensions["contact_registers"] = {"stub": KnownRegister("stub", register)}
    made = grants(world)
    alone(made)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == made.people["individual"]).values(email=OWN))
    return made


def registered(made: Grants, who: str = "individual", **told: Any) -> None:
    """The register said this of somebody at their last login."""
    now: datetime = clock.now()
    usual = {"reserved": False, "may_notify": True, "email": REGISTERED, "confirmed_at": now, "read_at": now}
    values = {"person_id": made.people[who], "provider": "stub", **usual, **told}
    with transaction() as session:
        mine = RegisteredContact.person_id == values["person_id"]
        session.execute(delete(RegisteredContact).where(mine))
        session.execute(insert(RegisteredContact).values(values))


def sent_to(made: Grants, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the individual's mails so far, in order, as the worker would send them."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mail, "hand_over", lambda _settings, message: sent.append(message))
    rows = read(Mail.__table__.select().order_by(Mail.notice_id))
    mine = read(mail.Notice.__table__.select().where(mail.Notice.person_id == made.people["individual"]))
    for row in rows:
        if row.notice_id in {one.id for one in mine}:
            mail.send_mail(notice_id=row.notice_id)
    return [message["To"] for message in sent]


def test_a_letter_is_notified_at_the_registers_address_and_ordinary_notices_at_ones_own(
    made: Grants, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(made)
    case_id, letter = decided(made)
    make_letter(document_id=letter)
    assert delivery(letter).channel == "portal"
    assert made.people["individual"] in notices("casework.letter")
    assert until(case_id) is not None
    with transaction():
        notify(
            person_ids=[made.people["individual"]],
            kind="x",
            title_id="New",
            body_id="New",
            values={},
            href="/",
        )
    told = sent_to(made, monkeypatch)
    assert (told[-1], told.count(REGISTERED)) == (OWN, 1)
    with transaction() as session:
        session.execute(update(LetterDelivery).values(available_at=clock.now() - timedelta(days=8)))
    notify_of_unopened_letters()
    assert sent_to(made, monkeypatch)[-1] == REGISTERED


def test_a_registered_address_is_enough_where_the_login_gives_none(made: Grants) -> None:
    registered(made)
    with transaction() as session:
        session.execute(update(Person).values(email=""))
    _case, letter = decided(made)
    make_letter(document_id=letter)
    assert delivery(letter).channel == "portal"


@pytest.mark.parametrize("why", SILENT)
def test_reserved_or_without_a_usable_address_it_is_one_to_print_and_post(made: Grants, why: str) -> None:
    registered(made, **SILENT[why])
    case_id, letter = decided(made)
    make_letter(document_id=letter)
    assert delivery(letter).channel == "post"
    assert notices("casework.letter") == []
    assert until(case_id) is None
    assert f"/brev/post/{delivery(letter).id}" in reader(made, "caseworker").get("/brev/post").text


def test_who_was_never_read_of_gets_paper_and_without_a_register_all_is_as_before(
    made: Grants, app: Flask
) -> None:
    _case, letter = decided(made)
    assert delivery(letter).channel == "post"
    app.extensions["contact_registers"] = {}
    _other, letter = decided(made)
    make_letter(document_id=letter)
    assert delivery(letter).channel == "portal"


def test_ones_own_choice_of_paper_stands_beside_a_usable_address(made: Grants) -> None:
    registered(made)
    page = reader(made, "individual")
    assert REGISTERED not in page.text("/saker/brev")
    assert page.send("/saker/brev", {"way": "post", "address": "Storgata 1\n0155 Oslo"}).status_code == 303
    _case, letter = decided(made)
    assert delivery(letter).channel == "post"


def test_a_reservation_made_after_the_letter_was_ordered_holds(made: Grants) -> None:
    registered(made)
    case_id, letter = decided(made)
    assert delivery(letter).channel == "portal"
    registered(made, **SILENT["reserved"])
    make_letter(document_id=letter)
    assert (delivery(letter).channel, until(case_id)) == ("post", None)
    assert notices("casework.letter") == []


def test_who_acts_for_the_individual_does_not_decide_and_organisations_are_not_asked(
    made: Grants, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(made)
    registered(made, "leader", **SILENT["reserved"])
    _case, letter = decided(made)
    assert delivery(letter).channel == "portal"
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == made.owner_id).values(kind="registered"))
    _other, letter = decided(made)
    make_letter(document_id=letter)
    assert delivery(letter).channel == "portal"
    assert REGISTERED not in sent_to(made, monkeypatch)


def test_the_reserved_write_their_address_and_their_own_choice_is_kept(made: Grants) -> None:
    registered(made, **SILENT["reserved"])
    page = reader(made, "individual")
    text = page.get("/saker/brev").text
    assert "Du er reservert i kontakt- og reservasjonsregisteret" in text
    assert 'type="radio"' not in text
    assert page.send("/saker/brev", {"way": "portal", "address": ""}).status_code == 422
    assert page.send("/saker/brev", {"way": "portal", "address": "Lia 2\n0155 Oslo"}).status_code == 303
    _case, letter = decided(made)
    make_letter(document_id=letter)
    assert "Lia 2" in reader(made, "caseworker").text("/brev/post")
    registered(made)
    assert 'type="radio"' in page.get("/saker/brev").text
    _other, letter = decided(made)
    assert delivery(letter).channel == "portal"
