"""The audit trail under writers, against changes, and after a restore."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from portal.database import read, transaction
from portal.record import sealing
from portal.record.events import Event
from portal.record.services import record
from tests.conftest import Database

KEY = b"key-of-the-test"
WRITERS, EACH = 16, 25


class Noted(Event):
    """Something for the tests."""

    name = "tests.noted"
    message = "Something was noted."
    subject = "test"


class Rolled(Exception):
    """To roll back with."""


def note(number: int) -> int:
    with transaction():
        return record(Noted(subject_id=number), actor=None)


def sealed_order() -> list[int]:
    return [row.entry_id for row in read(text("SELECT entry_id FROM audit_seal ORDER BY position"))]


def seal_all() -> None:
    while sealing.seal(KEY):
        pass


@pytest.fixture
def owner(database: Database) -> Iterator[Engine]:
    """Somebody with the owner's rights in the database: who can change what the portal cannot."""
    engine = create_engine(database.owner_url)
    yield engine
    engine.dispose()


def write(app: Flask, kept: list[int]) -> None:
    """Record entries, every fifth in a transaction that is rolled back."""
    with app.app_context():
        for number in range(EACH):
            with suppress(Rolled), transaction():
                made = record(Noted(subject_id=number), actor=None)
                if number % 5 == 4:
                    raise Rolled
                kept.append(made)


def seal_on(app: Flask, stop: threading.Event, failures: list[Exception]) -> None:
    with app.app_context():
        while not stop.wait(0.005):
            try:
                sealing.seal(KEY)
            except Exception as error:  # a sealer that fails must fail the test
                failures.append(error)


def test_sixteen_writers_and_two_sealers_leave_one_whole_chain(app: Flask) -> None:
    stop, kept, failures = threading.Event(), [], []
    sealers = [threading.Thread(target=seal_on, args=(app, stop, failures)) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(app, kept)) for _ in range(WRITERS)]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    for thread in sealers:
        thread.join(60)
    seal_all()
    assert failures == []
    verdict = sealing.verify(KEY)
    assert (verdict.fault, verdict.unsealed, verdict.sealed) == (None, 0, WRITERS * EACH * 4 // 5)
    by_transaction = "SELECT id FROM audit_entry ORDER BY transaction_id, id"
    assert sealed_order() == [row.id for row in read(text(by_transaction))]
    assert sorted(sealed_order()) == sorted(kept)
    positions = [row.position for row in read(text("SELECT position FROM audit_seal ORDER BY position"))]
    assert positions == list(range(1, len(kept) + 1))


def test_an_entry_of_a_long_transaction_waits_and_is_sealed_in_its_order(app: Flask) -> None:
    written, go_on = threading.Event(), threading.Event()
    ids: dict[str, int] = {}

    def slow() -> None:
        with app.app_context(), transaction():
            ids["slow"] = record(Noted(subject_id=1), actor=None)
            written.set()
            go_on.wait(30)

    before = note(0)
    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    after = note(2)
    seal_all()
    assert sealed_order() == [before], "an entry was sealed past a running transaction"
    go_on.set()
    thread.join(30)
    seal_all()
    assert sealed_order() == [before, ids["slow"], after]
    assert sealing.verify(KEY).sound


def test_the_sealed_form_does_not_hang_on_the_session_time_zone(app: Flask) -> None:
    note(1)
    seal_all()
    for zone in ("Pacific/Auckland", "America/St_Johns", "UTC"):
        with transaction() as session:
            session.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
            assert sealing.verify(KEY).sound, zone


def ten(app: Flask) -> list[int]:
    ids = [note(number) for number in range(10)]
    seal_all()
    assert sealing.verify(KEY).sound
    return ids


Tamper = Callable[[list[int]], tuple[list[str], int, str]]
TAMPERING: dict[str, Tamper] = {
    "a byte of the data": lambda ids: (
        [f"UPDATE audit_entry SET data = '{{\"x\": 1}}' WHERE id = {ids[3]}"], ids[3], "changed",
    ),
    "a microsecond": lambda ids: (
        [f"UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = {ids[0]}"], ids[0], "changed",
    ),
    "who did it": lambda ids: (
        [f"UPDATE audit_entry SET actor_id = 7 WHERE id = {ids[9]}"], ids[9], "changed",
    ),
    "an entry removed": lambda ids: (
        ["ALTER TABLE audit_seal DROP CONSTRAINT fk_audit_seal_entry_id",
         f"DELETE FROM audit_entry WHERE id = {ids[4]}"], ids[4], "entry_gone",
    ),
    "an entry and its seal removed": lambda ids: (
        [f"DELETE FROM audit_seal WHERE entry_id = {ids[4]}", f"DELETE FROM audit_entry WHERE id = {ids[4]}"],
        ids[5], "seal_missing",
    ),
    "an entry removed and the rest moved up": lambda ids: (
        [f"DELETE FROM audit_seal WHERE entry_id = {ids[4]}", f"DELETE FROM audit_entry WHERE id = {ids[4]}",
         "UPDATE audit_seal SET position = -position WHERE position > 5",
         "UPDATE audit_seal SET position = -position - 1 WHERE position < 0"], ids[5], "changed",
    ),
    "two entries swapped": lambda ids: (
        ["ALTER TABLE audit_seal DROP CONSTRAINT uq_audit_seal_entry_id",
         f"UPDATE audit_seal SET entry_id = {ids[6] + ids[7]} - entry_id"
         f" WHERE entry_id IN ({ids[6]}, {ids[7]})"],
        ids[7], "changed",
    ),
    "a byte of a seal": lambda ids: (
        ["UPDATE audit_seal SET digest = set_byte(digest, 0, get_byte(digest, 0) # 1)"
         f" WHERE entry_id = {ids[2]}"],
        ids[2], "changed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERING)
def test_what_is_changed_behind_the_portals_back_is_found_and_named(
    app: Flask, owner: Engine, tampering: str
) -> None:
    statements, bad, fault = TAMPERING[tampering](ten(app))
    with owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    verdict = sealing.verify(KEY)
    assert (verdict.first_bad_entry, verdict.fault) == (bad, fault)


def test_an_entry_put_in_behind_the_sealed_ones_is_found_and_named(app: Flask, owner: Engine) -> None:
    ids = ten(app)
    with owner.begin() as connection:
        made = connection.execute(
            text(
                "INSERT INTO audit_entry (transaction_id, name, message, subject, subject_id, data)"
                " SELECT transaction_id, name, 'Forged', subject, 99, data"
                " FROM audit_entry WHERE id = :id RETURNING id"
            ),
            {"id": ids[3]},
        ).scalar_one()
    seal_all()
    verdict = sealing.verify(KEY)
    assert (verdict.first_bad_entry, verdict.fault) == (made, "inserted")


def test_another_key_does_not_verify(app: Flask) -> None:
    ids = ten(app)
    assert sealing.verify(b"another key").first_bad_entry == ids[0]


def test_a_cut_tail_is_seen_with_the_exported_head_only(app: Flask, owner: Engine) -> None:
    ids = ten(app)
    exported = sealing.Head.parse(str(sealing.head()))
    assert sealing.verify(KEY, exported).sound
    note(11)
    seal_all()
    assert sealing.verify(KEY, exported).sound, "a longer chain still leads through the exported head"
    with owner.begin() as connection:
        connection.execute(text(f"DELETE FROM audit_seal WHERE entry_id >= {ids[8]}"))
        connection.execute(text(f"DELETE FROM audit_entry WHERE id >= {ids[8]}"))
    assert sealing.verify(KEY).sound
    assert sealing.verify(KEY, exported).fault == "tail_cut"
    runner = app.test_cli_runner()
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"audit_key": KEY.decode()})
    cut = runner.invoke(args=["audit", "verify", "--head", str(exported)])
    assert cut.exit_code == 1
    assert "shorter than the exported head" in cut.output
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    assert runner.invoke(args=["audit", "verify", "--head", "nonsense"]).exit_code == 2
    for number in range(20):
        note(number)
    seal_all()
    assert sealing.verify(KEY, exported).fault == "other_head"


def test_after_a_restore_into_a_younger_server_sealing_goes_on(app: Flask, owner: Engine) -> None:
    ids = ten(app)
    waiting = note(10)
    with owner.begin() as connection:
        far = "transaction_id = transaction_id + 1000000000"
        connection.execute(text(f"DELETE FROM audit_seal; UPDATE audit_entry SET {far}"))
    seal_all()
    assert sealed_order() == [*ids, waiting]
    new = [note(number) for number in range(3)]
    seal_all()
    assert sealed_order() == [*ids, waiting, *new]
    more = note(4)
    seal_all()
    assert sealed_order()[-1] == more
    assert sealing.verify(KEY).sound
    assert sealing.status() == (15, 0)
