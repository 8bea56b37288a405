"""People are told in their own language, in the portal and by mail, at least once under one Message-ID."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import read_one, transaction
from portal.identity.context import actor_of
from portal.notifications.mail import send_mail
from portal.notifications.models import Mail
from portal.notifications.queries import my_notices
from portal.notifications.services import notify
from tests.world import World


def _tell(person: int) -> int:
    with transaction():
        return notify(
            person_ids=[person],
            kind="receipt",
            title_id="Notices",
            body_id="New",
            values={},
            href="/saker/1",
        )[0]


def test_a_notice_outside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        notify(person_ids=[1], kind="x", title_id="x", body_id="x", values={}, href="/")


def test_everybody_with_a_role_at_the_unit_is_told_once(world: World) -> None:
    unit = world.civil_unit("Fjordglimt barnelag")
    kari, jonas = world.person("Kari"), world.person("Jonas")
    world.grant(kari, "leader", unit)
    world.grant(jonas, "editor", unit)
    with transaction():
        told = notify(
            person_ids=[kari], unit_id=unit, kind="x", title_id="New", body_id="New", values={}, href="/"
        )
    assert len(told) == 2
    assert [notice.title for notice in my_notices(actor_of(jonas))] == ["Nytt"]


def test_a_mail_that_cannot_be_handed_over_is_not_marked_sent(app: Flask, world: World) -> None:
    notice = _tell(world.person("Kari"))
    with pytest.raises(OSError):
        send_mail(notice_id=notice)
    row = read_one(select(Mail.sent_at, Mail.message_id).where(Mail.notice_id == notice))
    assert row is not None
    assert row.sent_at is None
    assert row.message_id == f"<notice-{notice}@localhost>"


def test_notices_are_read_by_their_owner_only(world: World) -> None:
    kari, other = world.person("Kari"), world.person("Other")
    _tell(kari)
    assert "/saker/1" in world.client(kari).get("/varsler").text
    assert "/saker/1" not in world.client(other).get("/varsler").text
