"""What must hold in the database after a storm: nothing acknowledged lost, nothing done twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.e2e.load import Journal
from tests.e2e.running import ROOT

DRAINED = """
    SELECT count(*) FROM procrastinate_jobs
     WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) < now() + interval '1 minute'
"""
UNSEALED = "SELECT (SELECT count(*) FROM audit_entry) - (SELECT count(*) FROM audit_seal)"
# What may stand once only in the audit trail about one registration or one case.
SINGLE = (
    "organisations.registration_started",
    "organisations.register_answered",
    "organisations.registration_submitted",
    "organisations.registration_withdrawn",
    "funding.application.submitted",
    "funding.application.assessed",
    "casework.appeal.sent",
    "casework.appeal.decided",
    "tests.told",
)
# What a person is told once only about one registration or one case.
TOLD_ONCE = (
    "registration",
    "funding.received",
    "funding.accepted",
    "funding.paid",
    "casework.letter",
    "casework.appeal_received",
)


@dataclass(frozen=True)
class Before:
    """The highest ids before the load began."""

    registration: int
    case: int
    entry: int
    notice: int
    job: int


@dataclass(frozen=True)
class Found:
    """Everything that is wrong, by its kind."""

    lost: list[str]
    doubled: list[str]
    undone: list[str]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.undone)


class Check:
    """Compares a journal with the database at `url`."""

    def __init__(self, url: str, before: Before) -> None:
        self.url, self.before = url, before

    def found(self, journal: Journal, mails: Iterable[str]) -> Found:
        """All that is wrong; `mails` are the Message-IDs of what was delivered."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.connection, delivered = connection, set(mails)
            return Found(
                lost=[*self._lost(journal)],
                doubled=[*self._doubled(journal), *self._renamed(delivered)],
                undone=[*self._undone(journal, delivered)],
            )

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        return self.connection.execute(statement, values).fetchall()

    def _lost(self, journal: Journal) -> Iterator[str]:
        stored = {row[0]: row[1:] for row in self.rows(REGISTRATIONS, self.before.registration)}
        keys = {str(key): result for key, result in self.rows(KEYS)}
        for key, made in {**journal.begun, **journal.drafted}.items():
            if keys.get(key) != made:
                yield f"form {key} made {made}, but its key leads to {keys.get(key)}"
        missing = ("", "", "")
        lost = {
            "begun": set(journal.begun.values()) - stored.keys(),
            "saved": {one for one, mark in journal.saved.items() if stored.get(one, missing)[2] != mark},
            "sent": {one for one in journal.sent if not stored.get(one, missing)[1]},
            "withdrawn": {one for one in journal.withdrawn if stored.get(one, missing)[0] != "withdrawn"},
        }
        yield from (f"registration {one} was {step}" for step, ones in lost.items() for one in ones)
        yield from self._unread(journal)
        yield from self._lost_applications(journal)

    def _unread(self, journal: Journal) -> Iterator[str]:
        unread = {href for (href,) in self.rows(UNREAD, self.before.notice)}
        for made in journal.read:
            if f"/registrer/{made}" in unread:
                yield f"the notice about registration {made} was read"

    def _lost_applications(self, journal: Journal) -> Iterator[str]:
        cases = {row[0]: row[1:] for row in self.rows(APPLICATIONS, self.before.case)}
        for made in set(journal.drafted.values()) - cases.keys():
            yield f"application or appeal {made} was begun"
        for made, mark in journal.written.items():
            if cases.get(made, ("", ""))[1] != mark:
                yield f"application {made} was written"
        for made in journal.applied:
            if not cases.get(made, ("",))[0]:
                yield f"application {made} was sent"

    def _doubled(self, journal: Journal) -> Iterator[str]:
        begun = {row[0] for row in self.rows(REGISTRATIONS, self.before.registration)}
        for made in begun - set(journal.begun.values()):
            yield f"registration {made} came of no form, or of one that made another"
        cases = {row[0] for row in self.rows(APPLICATIONS, self.before.case)}
        for made in cases - set(journal.drafted.values()):
            yield f"application or appeal {made} came of no form, or of one that made another"
        for name, subject, count in self.rows(REPEATED_ENTRIES, list(SINGLE), self.before.entry):
            yield f"{name} of {subject} stands {count} times"
        for person, href, count in self.rows(REPEATED_NOTICES, self.before.notice, list(TOLD_ONCE)):
            yield f"person {person} was told of {href} {count} times"

    def _renamed(self, mails: set[str]) -> Iterator[str]:
        """A mail that is delivered again comes under its first id, which the portal keeps."""
        known = {message_id for (message_id,) in self.rows("SELECT message_id FROM mail")}
        yield from (f"mail {one} came under an id of its own" for one in mails - known)

    def _undone(self, journal: Journal, mails: set[str]) -> Iterator[str]:
        entries = set(self.rows(ENTRIES, list(SINGLE), self.before.entry))
        expected = {
            "organisations.registration_started": set(journal.begun.values()),
            "organisations.register_answered": journal.asked,
            "organisations.registration_submitted": journal.sent,
            "organisations.registration_withdrawn": journal.withdrawn,
            "funding.application.submitted": journal.applied,
        }
        for name, subjects in expected.items():
            for subject in subjects:
                if (name, subject) not in entries:
                    yield f"{name} of {subject} is missing"
        for notice, message_id, sent in self.rows(MAILS, self.before.notice):
            if not sent or message_id not in mails:
                yield f"the mail of notice {notice} is missing"
        told = {href for (href,) in self.rows(TOLD, self.before.notice)}
        yield from (f"nobody was told of {made}" for made in journal.sent if f"/registrer/{made}" not in told)
        for job, name in self.rows(FAILED, self.before.job):
            yield f"job {job} {name} failed"
        gaps = self.rows("SELECT max(position) - count(*) FROM audit_seal")
        if gaps[0][0]:
            yield "the chain has gaps"


def before(url: str) -> Before:
    """Where the ids stand now."""
    tables = ("registration", "casework_case", "audit_entry", "notice", "procrastinate_jobs")
    with psycopg.connect(url) as connection:
        found = [connection.execute(f"SELECT coalesce(max(id), 0) FROM {one}").fetchone() for one in tables]  # type: ignore[arg-type]
    return Before(*(row[0] for row in found if row))


def redone(url: str, begin: Before) -> bool:
    """Whether a job since then was begun more than once."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE id > %s AND attempts > 1 LIMIT 1", [begin.job]
        )
        return found.fetchone() is not None


def settled(url: str) -> bool:
    """Whether every job is done and every entry sealed; False while the database is away."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            waiting = connection.execute(DRAINED).fetchone()
            unsealed = connection.execute(UNSEALED).fetchone()
    except psycopg.OperationalError:
        return False
    return waiting == (0,) and unsealed == (0,)


def chain_verdict(url: str, folder: str) -> tuple[int, str]:
    """What `flask audit verify` says: exit code and output."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"]
    told = {
        **os.environ,
        "DATABASE_URL": url.replace("postgresql:", "postgresql+psycopg:"),
        "DATA_DIR": folder,
    }
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr[-2000:]


REGISTRATIONS = "SELECT id, state, receipt, data->>'purpose' FROM registration WHERE id > %s"
KEYS = "SELECT key, result_id FROM idempotency_key"
UNREAD = "SELECT href FROM notice WHERE id > %s AND read_at IS NULL AND kind = 'registration'"
TOLD = "SELECT href FROM notice WHERE id > %s"
APPLICATIONS = """
    SELECT id, number, answers->'maal'->>'goal'
      FROM casework_case LEFT JOIN funding_application ON case_id = id WHERE id > %s
"""
ENTRIES = "SELECT name, subject_id FROM audit_entry WHERE name = ANY(%s) AND id > %s"
REPEATED_ENTRIES = """
    SELECT name, subject_id, count(*) FROM audit_entry WHERE name = ANY(%s) AND id > %s
     GROUP BY 1, 2 HAVING count(*) > 1
"""
REPEATED_NOTICES = """
    SELECT person_id, href, count(*) FROM notice
     WHERE id > %s AND kind = ANY(%s)
     GROUP BY person_id, href, kind HAVING count(*) > 1
"""
MAILS = """
    SELECT notice_id, message_id, sent_at
      FROM mail JOIN notice ON notice.id = notice_id JOIN person ON person.id = person_id
     WHERE notice_id > %s AND person.email <> ''
"""
FAILED = "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'failed' AND id > %s"
