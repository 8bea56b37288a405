"""Many invented applications, put straight in the tables: for lists that must stay fast as they grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, text

from portal.units.ordering import sort_key

RARE_REGION = "ate"
"""The unit with few cases: every two-thousandth. The rest are shared by the four regions."""
_OWNERS = 5_000
_OWNER = text(
    """
    INSERT INTO unit (tree, level, kind, name, sort_key, valid_from)
    SELECT 'civil', 'local', 'organisation', CAST(:name AS text) || ' ' || n,
           CAST(:key AS text) || ' ' || n, DATE '2026-01-01'
      FROM generate_series(1, CAST(:owners AS int)) AS n
    """
)
# One in a hundred is a draft. What was sent last waits: the newest fiftieth part, at least 600, is to be
# assessed or decided, and one in a thousand of the old. Grants of the newest tenth are followed; the old are
# finished, but for one in a thousand. One in ten was withdrawn.
_CASES = text(
    """
    INSERT INTO casework_case (number, plugin, kind, title, state, state_kind, national_id, regional_id,
                               owner_id, applicant_id, handler_id, created_at, submitted_at, decided_at,
                               journalled)
    SELECT CASE WHEN sent THEN 'B/' || n END, 'child_grants', 'funding.application',
           'Aktivitet for barn nummer ' || n, state,
           CASE WHEN NOT sent THEN 'draft' WHEN NOT decided THEN 'waiting' WHEN state = 'refused' THEN state
                WHEN state IN ('closed', 'withdrawn') THEN 'closed' ELSE 'granted' END,
           CASE WHEN sent THEN (SELECT id FROM unit WHERE code = 'udi') END, CASE WHEN sent THEN region END,
           (SELECT max(id) FROM unit) - n % CAST(:owners AS int), (CAST(:people AS int[]))[1 + n % 2],
           CASE WHEN sent AND state <> 'submitted' THEN (CAST(:people AS int[]))[1 + n % 2] END,
           at - interval '3 days', CASE WHEN sent THEN at END,
           CASE WHEN decided THEN at + interval '1 day' END, sent
      FROM (SELECT *, state <> 'draft' AS sent,
                   state NOT IN ('draft', 'submitted', 'in_progress', 'proposed') AS decided
              FROM (SELECT n, now() - interval '3 years' * (1.0 - n / CAST(:last AS float)) AS at,
                           CASE WHEN n % 100 = 0 THEN 'draft'
                                WHEN n > CAST(:last AS int) - CAST(:waiting AS int) OR n % 1000 = 1
                                THEN (ARRAY['submitted', 'in_progress', 'proposed'])[1 + n / 3 % 3]
                                WHEN n % 10 = 3 THEN 'withdrawn'
                                WHEN n > CAST(:last AS int) * 0.9 AND n % 40 = 11 THEN 'reported'
                                WHEN n > CAST(:last AS int) * 0.9 OR n % 1000 = 2
                                THEN (ARRAY['granted', 'accepted', 'accepted', 'refused'])[1 + n / 7 % 4]
                                ELSE (ARRAY['closed', 'refused'])[1 + n / 7 % 2] END AS state,
                           CASE WHEN n % 2000 = 7 THEN (SELECT id FROM unit WHERE code = :rare)
                                ELSE (CAST(:regions AS int[]))[1 + n / 5 % 4] END AS region
                      FROM generate_series(1, CAST(:last AS int)) AS n) AS spread) AS told
    """
)
_APPLICATIONS = text(
    """
    INSERT INTO funding_application (case_id, call_id, call_version, form_version, applicant_kind, answers,
                                     amount_ore)
    SELECT id, (SELECT max(id) FROM funding_call), 1, 1, 'voluntary',
           jsonb_build_object('title', title, 'goal', repeat('Barna blir trygge i vann. ', 12)),
           1000000 + id % 50 * 100000
      FROM casework_case WHERE id > :after
    """
)
_ASSESSMENTS = text(
    """
    INSERT INTO funding_assessment (case_id, criteria, outcome, proposed_ore, reasons, author_id)
    SELECT id, '{}', 'granted', 1000000, 'Et godt tilbud.', applicant_id
      FROM casework_case WHERE id > :after AND state = 'proposed'
    """
)
_ACCOUNTS = text(
    """
    INSERT INTO funding_payee_account (owner_id, number, state, proposed_by, confirmed_by, confirmed_at)
    SELECT DISTINCT owner_id, '86011117947', 'confirmed', (CAST(:people AS int[]))[1],
           (CAST(:people AS int[]))[2], now()
      FROM casework_case WHERE id > :after
    """
)
_ACCEPTANCES = text(
    """
    INSERT INTO funding_acceptance (case_id, account_id, accepted_by)
    SELECT c.id, a.id, c.applicant_id
      FROM casework_case AS c JOIN funding_payee_account AS a ON a.owner_id = c.owner_id
     WHERE c.id > :after AND c.state IN ('accepted', 'reported', 'closed')
    """
)
_INSTALMENTS = text(
    """
    INSERT INTO funding_instalment (case_id, position, amount_ore, due_on, state, account_id, ordered_by,
                                    attested_by, paid_on)
    SELECT c.id, 1, 1000000, CAST(c.decided_at AS date) + 30, told.state,
           CASE WHEN told.state IN ('attested', 'paid') THEN a.account_id END,
           CASE WHEN told.state <> 'planned' THEN (CAST(:people AS int[]))[1] END,
           CASE WHEN told.state IN ('attested', 'paid') THEN (CAST(:people AS int[]))[2] END,
           CASE WHEN told.state = 'paid' THEN CAST(c.decided_at AS date) + 30 END
      FROM casework_case AS c
      JOIN funding_acceptance AS a ON a.case_id = c.id
     CROSS JOIN LATERAL (SELECT CASE WHEN c.id % 100 = 9 THEN 'planned' WHEN c.id % 200 = 5 THEN 'ordered'
                                     WHEN c.id % 300 = 4 THEN 'attested' ELSE 'paid' END AS state) AS told
     WHERE c.id > :after
    """
)
_REPORTS = text(
    """
    INSERT INTO funding_report (case_id, spent_ore, sent_at, sent_by)
    SELECT id, 1000000, submitted_at + interval '60 days', applicant_id
      FROM casework_case WHERE id > :after AND state IN ('reported', 'closed')
    """
)
# Every reminder before today has been sent, so that a morning's are due.
_DEADLINES = text(
    """
    INSERT INTO casework_deadline (case_id, code, due_on, for_party, met_at, reminded)
    SELECT id, CASE WHEN state = 'granted' THEN 'grant_accept' ELSE 'grant_report' END, due_on, true,
           CASE WHEN state IN ('reported', 'closed') THEN now() END,
           (SELECT count(*) FROM unnest(CASE WHEN state = 'granted' THEN ARRAY[-7, -1, 1]
                                             ELSE ARRAY[-60, -14, -1, 1, 14] END) AS days
             WHERE due_on + days < CURRENT_DATE)
      FROM (SELECT *, CAST(submitted_at AS date) + 60 AS due_on FROM casework_case) AS sent
     WHERE id > :after AND state IN ('granted', 'accepted', 'reported', 'closed')
    """
)
_FOLLOWING = (_APPLICATIONS, _ASSESSMENTS, _ACCOUNTS, _ACCEPTANCES, _INSTALMENTS, _REPORTS, _DEADLINES)


@dataclass(frozen=True)
class Filled:
    """The ids of what was put in: those who handle cases, and the last case there was before."""

    people: tuple[int, int]
    after: int


def fill_cases(admin_url: str, count: int) -> Filled:
    """Enter `count` applications of the newest call with all that follows, as the database's administrator.

    What refers to what is not checked row by row: the statements themselves take it from the tables.
    """
    engine = create_engine(admin_url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        filled = _fill(connection, count)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return filled


def _fill(connection: Connection, count: int) -> Filled:
    after = connection.execute(text("SELECT coalesce(max(id), 0) FROM casework_case")).scalar_one()
    people = connection.execute(text("SELECT id FROM person ORDER BY id LIMIT 2")).scalars().all()
    regions = "SELECT id FROM unit WHERE code IN ('nord', 'midt', 'sor', 'vest', 'ost', 'oslo') ORDER BY id"
    owners = min(_OWNERS, count)
    words: dict[str, Any] = {
        "name": "Barnelaget",
        "key": sort_key("Barnelaget"),
        "owners": owners,
        "people": list(people),
        "regions": connection.execute(text(regions)).scalars().all(),
        "rare": RARE_REGION,
        "last": count,
        "waiting": max(600, count // 50),
        "after": after,
    }
    connection.execute(_OWNER, words)
    connection.execute(_CASES, words)
    for statement in _FOLLOWING:
        connection.execute(statement, words)
    return Filled((people[0], people[1]), after)
