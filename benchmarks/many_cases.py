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
# One in a hundred is a draft. What is sent last is what waits: the newest fiftieth part, at least 600, is to be
# assessed or decided; of the old, one in a thousand still is. One in ten of the rest is withdrawn or finished.
_CASES = text(
    """
    INSERT INTO casework_case (number, plugin, kind, title, state, state_kind, national_id, regional_id,
                               owner_id, applicant_id, handler_id, created_at, submitted_at, decided_at,
                               journalled)
    SELECT CASE WHEN state <> 'draft' THEN 'B/' || n END, 'child_grants', 'application',
           'Aktivitet for barn nummer ' || n, state,
           CASE WHEN state = 'draft' THEN 'draft'
                WHEN state IN ('submitted', 'in_progress', 'proposed') THEN 'waiting'
                WHEN state = 'refused' THEN 'refused'
                WHEN state IN ('closed', 'withdrawn') THEN 'closed' ELSE 'granted' END,
           CASE WHEN state <> 'draft' THEN (SELECT id FROM unit WHERE code = 'udi') END,
           CASE WHEN state <> 'draft' THEN region END,
           (SELECT max(id) FROM unit) - n % CAST(:owners AS int), (CAST(:people AS int[]))[1 + n % 2],
           CASE WHEN state NOT IN ('draft', 'submitted') THEN (CAST(:people AS int[]))[1 + n % 2] END,
           at - interval '3 days', CASE WHEN state <> 'draft' THEN at END,
           CASE WHEN state NOT IN ('draft', 'submitted', 'in_progress', 'proposed') THEN at + interval '1 day' END,
           state <> 'draft'
      FROM (SELECT n, now() - interval '1 second' * (CAST(:last AS int) - n) * 60 AS at,
                   CASE WHEN n % 100 = 0 THEN 'draft'
                        WHEN n > CAST(:last AS int) - greatest(600, CAST(:last AS int) / 50) OR n % 1000 = 1
                        THEN (ARRAY['submitted', 'in_progress', 'proposed'])[1 + n / 3 % 3]
                        WHEN n % 10 = 3 THEN 'withdrawn'
                        ELSE (ARRAY['granted', 'refused', 'accepted', 'reported', 'closed', 'closed',
                                    'closed', 'refused'])[1 + n / 7 % 8] END AS state,
                   CASE WHEN n % 2000 = 7 THEN (SELECT id FROM unit WHERE code = :rare)
                        ELSE (CAST(:regions AS int[]))[1 + n / 5 % 4] END AS region
              FROM generate_series(1, CAST(:last AS int)) AS n) AS spread
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
     WHERE c.id > :after AND c.state IN ('accepted', 'reported')
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
_DEADLINES = text(
    """
    INSERT INTO casework_deadline (case_id, code, due_on, for_party, met_at, reminded)
    SELECT id, CASE WHEN state = 'accepted' THEN 'report' ELSE 'decide' END,
           CAST(submitted_at AS date) + 60, state = 'accepted',
           CASE WHEN state NOT IN ('submitted', 'in_progress', 'proposed', 'accepted') THEN now() END, 0
      FROM casework_case WHERE id > :after AND submitted_at IS NOT NULL
    """
)
_LEDGER = (_APPLICATIONS, _ASSESSMENTS, _ACCOUNTS, _ACCEPTANCES, _INSTALMENTS, _DEADLINES)


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
        "after": after,
    }
    connection.execute(_OWNER, words)
    connection.execute(_CASES, words)
    for statement in _LEDGER:
        connection.execute(statement, words)
    return Filled((people[0], people[1]), after)
