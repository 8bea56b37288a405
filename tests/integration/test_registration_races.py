"""Registration and invitations when two things happen at the same moment, on two devices or by two people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.actor import Place
from portal.database import read, switch_transaction
from portal.identity.context import actor_of
from portal.organisations.members import services as members
from portal.organisations.registration import services
from portal.organisations.registration.workflow import RegistrationMoved
from portal.organisations.services import NewOrganisation, enter
from tests.organisation_registers import LOCAL
from tests.registering import DETAILS, drafted, registration
from tests.running_at_once import at_once
from tests.world import World


def count(query: str) -> int:
    return int(read(text(query))[0][0])


@pytest.fixture
def kari(world: World) -> int:
    return world.person("Kari Solbakken")


@pytest.mark.parametrize("path", ["number", "individual", "group"])
@pytest.mark.parametrize("same_key", [True, False])
def test_clicks_at_once_begin_one_registration(app: Flask, kari: int, same_key: bool, path: str) -> None:
    keys = [uuid4()] * 4 if same_key else [uuid4() for _click in range(4)]
    actor = actor_of(kari)

    def click(key: Any) -> Callable[[], object]:
        return lambda: services.start(path, LOCAL.number if path == "number" else None, key=key, actor=actor)

    came = at_once(app, *(click(key) for key in keys))
    assert len(set(map(str, came))) == 1, came
    assert isinstance(came[0], int), came
    assert count("SELECT count(*) FROM registration") == 1


def test_two_devices_that_save_at_once_lose_nothing_silently(app: Flask, kari: int) -> None:
    made = drafted(kari, ask=False)
    version = registration(made).version

    def save(purpose: str) -> Callable[[], object]:
        typed = {**DETAILS, "purpose": purpose}
        return lambda: services.save(made, typed, version=version, actor=actor_of(kari))

    came = at_once(app, save("Fra telefonen"), save("Fra maskinen"))
    refused = [isinstance(one, RegistrationMoved) for one in came]
    assert refused.count(True) == 1, came
    kept = "Fra maskinen" if refused[0] else "Fra telefonen"
    assert registration(made).data["purpose"] == kept


def test_two_devices_that_send_at_once_get_one_number(app: Flask, kari: int) -> None:
    made = drafted(kari)
    version = registration(made).version

    def send() -> object:
        return services.submit(made, role="treasurer", version=version, actor=actor_of(kari))

    came = at_once(app, send, send, send)
    numbers = {one for one in came if isinstance(one, str)}
    assert len(numbers) == 1, came
    assert all(isinstance(one, str | RegistrationMoved) for one in came), came
    assert count("SELECT count(*) FROM audit_entry WHERE name = 'organisations.registration_submitted'") == 1


def test_sending_and_withdrawing_at_once_is_one_or_the_other(app: Flask, kari: int) -> None:
    made = drafted(kari)
    version = registration(made).version
    at_once(
        app,
        lambda: services.submit(made, role="treasurer", version=version, actor=actor_of(kari)),
        lambda: services.withdraw(made, version=version, actor=actor_of(kari)),
    )
    row = registration(made)
    assert row.state in ("submitted", "withdrawn")
    assert (row.receipt is not None) == (row.state == "submitted")


def test_an_invitation_withdrawn_while_it_is_accepted_lets_in_or_not_but_never_both(
    app: Flask, world: World, kari: int
) -> None:
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    with switch_transaction() as session:
        unit = enter(session, NewOrganisation("Lag", "voluntary", "local", place), leader_id=kari, actor=None)
    token = members.invite(unit, "ny@example.no", "editor", actor=actor_of(kari))
    invitation = count("SELECT id FROM invitation")
    guest, leader = actor_of(world.person("Jonas")), actor_of(kari)
    at_once(
        app,
        lambda: members.accept(token, actor=guest),
        lambda: members.withdraw(unit, invitation, actor=leader),
    )
    (accepted, withdrawn) = read(text("SELECT accepted_at, withdrawn_at FROM invitation"))[0]
    joined = count("SELECT count(*) FROM assignment WHERE role = 'editor' AND ended_at IS NULL")
    assert (accepted is None) != (withdrawn is None)
    assert joined == (1 if accepted else 0)
