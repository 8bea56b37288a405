"""What an organisation is told stays with it, for whoever comes later; what a person is told stays theirs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import text

from portal import clock
from portal.database import read, transaction
from portal.identity.context import actor_of
from portal.notifications.services import notify
from portal.organisations.links import LinkLost, new_link, token_of
from portal.organisations.members import services as members
from tests.integration.test_organisation_agreements import make
from tests.pages import Reader, statements
from tests.world import World


def tell(title: str, **to: object) -> None:
    with transaction():
        notify(kind="test", title_id=title, body_id="Body", values={}, href="/min-side", **to)  # type: ignore[arg-type]


def test_whoever_joins_later_reads_what_the_organisation_was_told(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    tell("To everybody at Fjordglimt", unit_id=unit_id)
    tell("To the leader alone", person_ids=[leader])
    late = world.person("Nora")
    world.grant(late, "reader", unit_id)
    page = Reader(world.client(late))
    assert "To everybody" not in page.text("/varsler")
    for path in (f"/organisasjoner/{unit_id}/meldinger", "/saker?vis=meldinger"):
        shown = page.text(path)
        assert "To everybody at Fjordglimt" in shown
        assert "To the leader alone" not in shown
    with statements() as sent:
        page.text("/saker")
    assert len(sent) <= 6, sent
    assert "To the leader alone" in Reader(world.client(leader)).text("/varsler")


def test_nobody_else_reads_them_and_staff_units_keep_none(world: World) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    other, head = make(world, "Nabolaget")
    tell("To everybody at Fjordglimt", unit_id=unit_id)
    tell("To the region", unit_id=world.unit("sor"))
    assert len(read(text("SELECT 1 FROM unit_message"))) == 1
    page = Reader(world.client(head))
    assert page.get(f"/organisasjoner/{unit_id}/meldinger").status_code == 404
    assert "Fjordglimt" not in page.text(f"/organisasjoner/{other}/meldinger")
    assert "Fjordglimt" not in page.text("/saker?vis=meldinger")
    liv = world.person("Liv")
    world.grant(liv, "regional_contact", world.unit("sor"))
    assert Reader(world.client(liv)).get(f"/organisasjoner/{unit_id}/meldinger").status_code == 403


def test_a_long_history_is_read_page_by_page_without_gaps(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    for place in range(60):
        tell(f"Message {place}.", unit_id=unit_id)
    page = Reader(world.client(leader))
    seen, path = "", f"/organisasjoner/{unit_id}/meldinger"
    for _page in range(3):
        html = page.get(path).get_data(as_text=True)
        seen += html
        more = re.search(r'href="([^"]*after=[^"]*)"', html)
        path = unescape(more.group(1)) if more else path
    assert all(f"Message {place}." in seen for place in range(60))


def test_no_token_of_a_link_is_stored_or_stands_in_a_job(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    token = members.invite(unit_id, "ny@example.no", "reader", actor=actor_of(leader))
    job = read(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'organisations.send_invitation'"))
    assert [set(row.args) for row in job] == [{"invitation_id"}]
    row = read(text("SELECT token_seed, token_digest FROM invitation"))[0]
    assert token_of(row.token_seed, row.token_digest) == token
    assert token.encode() not in (row.token_seed, row.token_digest)
    try:
        token_of(new_link().seed, row.token_digest)
    except LinkLost:
        return
    raise AssertionError("another seed must not give a link")


def test_earlier_days_are_kept_in_order(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    for days in (3, 1, 2):
        tell(f"Told {days} days ago", unit_id=unit_id)
        with transaction() as session:
            session.execute(
                text("UPDATE unit_message SET created_at = :at WHERE title_id = :title"),
                {"at": clock.now() - timedelta(days=days), "title": f"Told {days} days ago"},
            )
    shown = Reader(world.client(leader)).text(f"/organisasjoner/{unit_id}/meldinger")
    assert shown.index("Told 1 days") < shown.index("Told 2 days") < shown.index("Told 3 days")
