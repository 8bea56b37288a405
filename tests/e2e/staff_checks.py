"""What must hold after a storm over decisions, appeals and payments, besides what holds after any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.e2e.crash_checks import Check
from tests.e2e.load import Journal
from tests.e2e.staff_load import StaffJournal

ORDER = ("planned", "ordered", "attested", "paid")


class StaffCheck(Check):
    """Compares what staff and recipients were told with the database."""

    def _lost(self, journal: Journal) -> Iterator[str]:
        yield from super()._lost(journal)
        assert isinstance(journal, StaffJournal)
        since = self.before.case
        sums = {case: (outcome != "refused", ore) for case, outcome, ore in self.rows(DECIDED, since)}
        for case, ore in journal.decided.items():
            if sums.get(case) != (_was_granted(journal, case), ore):
                yield f"case {case} was decided with {ore} øre, stored is {sums.get(case)}"
        appeals = {row[0]: row[1:] for row in self.rows(APPEALS, since)}
        for case, appeal in journal.appealed.items():
            if appeals.get(appeal, (0,))[0] != case:
                yield f"appeal {appeal} against case {case} was sent"
        for appeal, ore in journal.won.items():
            if appeals.get(appeal, (0, "", 0))[1:] != ("changed", ore):
                yield f"appeal {appeal} was won with {ore} øre"
        accepted = {case for (case,) in self.rows(ACCEPTED, since)}
        yield from (f"the grant in case {case} was accepted" for case in journal.accepted - accepted)
        yield from self._lost_payments(journal)

    def _lost_payments(self, journal: StaffJournal) -> Iterator[str]:
        states = {case: ORDER.index(state) for case, state in self.rows(PAYMENTS, self.before.case)}
        for step in ("ordered", "attested", "paid"):
            for case in getattr(journal, step):
                if states.get(case, 0) < ORDER.index(step):
                    yield f"the payment in case {case} was {step}"
        keys = {str(key): result for key, result in self.rows("SELECT key, result_id FROM idempotency_key")}
        files = {one for (one,) in self.rows(FILES)}
        yield from (f"the file of key {key} was made" for key in journal.filed if keys.get(key) not in files)

    def _doubled(self, journal: Journal) -> Iterator[str]:
        yield from super()._doubled(journal)
        for case, step, count in self.rows(REPEATED_STEPS, self.before.case):
            yield f"case {case} took the step {step} {count} times"
        for case, kind, count in self.rows(REPEATED_ROWS, self.before.case):
            yield f"case {case} has {count} of {kind}"
        for term, step, count in self.rows(REPEATED_PAYMENTS, self.before.entry):
            yield f"payment {term} was {step} {count} times"
        for (one,) in self.rows(ONE_PERSON):
            yield f"payment or decision of case {one} has one person for two"
        for call, bound, granted in self.rows(FRAMES):
            yield f"call {call} has bound {bound} øre, and granted {granted}"
        for (one,) in self.rows(EMPTY_FILES):
            yield f"file {one} holds no payment"

    def _undone(self, journal: Journal, mails: set[str]) -> Iterator[str]:
        yield from super()._undone(journal, mails)
        for case, letters, ready, told in self.rows(LETTERS, self.before.notice, self.before.case):
            if (letters, ready) != (1, 1) or not told:
                yield f"the decision in case {case} has {letters} letters, {ready} made, {told} notices"
        assert isinstance(journal, StaffJournal)
        entries = set(self.rows(ENTRIES, self.before.entry))
        for name, cases in _recorded(journal).items():
            for case in cases:
                if (name, case) not in entries:
                    yield f"{name} of {case} is missing"


def _was_granted(journal: StaffJournal, case: int) -> bool:
    # The first decision stands as it was made; an appeal's is a decision of its own.
    return bool(journal.decided[case]) and case not in journal.appealed


def _recorded(journal: StaffJournal) -> dict[str, Any]:
    return {
        "funding.application.decided": journal.decided.keys(),
        "casework.appeal.sent": journal.appealed.values(),
        "casework.appeal.decided": journal.won.keys(),
        "funding.payment.moved": journal.ordered,
    }


DECIDED = """
    SELECT case_id, outcome,
           (SELECT coalesce(sum(amount_ore), 0)::int FROM funding_award_entry AS entry
             WHERE entry.case_id = decision.case_id)
      FROM casework_decision AS decision WHERE case_id > %s
"""
APPEALS = """
    SELECT appeal.case_id, decision.case_id, appeal.outcome, appeal.amount_ore
      FROM casework_appeal AS appeal JOIN casework_decision AS decision ON decision.id = decision_id
     WHERE appeal.case_id > %s
"""
ACCEPTED = "SELECT case_id FROM funding_acceptance WHERE case_id > %s"
PAYMENTS = "SELECT case_id, state FROM funding_instalment WHERE case_id > %s"
FILES = "SELECT id FROM funding_payment_batch"
# Each of those who handle a case declares in it; every other step is one person's.
REPEATED_STEPS = """
    SELECT case_id, transition, count(*) FROM casework_history WHERE case_id > %s
     GROUP BY 1, 2, CASE WHEN transition = 'declared' THEN person_id END HAVING count(*) > 1
"""
REPEATED_ROWS = """
    SELECT case_id, kind, count(*) FROM (
        SELECT case_id, 'decision' AS kind FROM casework_decision
        UNION ALL SELECT case_id, 'award' FROM funding_award_entry
        UNION ALL SELECT case_id, 'payment' FROM funding_instalment
        UNION ALL SELECT parent_id, 'appeal' FROM casework_case
    ) AS made WHERE case_id > %s
     GROUP BY 1, 2 HAVING count(*) > 1
"""
REPEATED_PAYMENTS = """
    SELECT data->>'instalment_id', data->>'step', count(*) FROM audit_entry
     WHERE name = 'funding.payment.moved' AND id > %s GROUP BY 1, 2 HAVING count(*) > 1
"""
ONE_PERSON = """
    SELECT case_id FROM funding_instalment
     WHERE state IN ('attested', 'paid') AND (ordered_by = attested_by) IS NOT FALSE
    UNION ALL
    SELECT case_id FROM casework_decision WHERE prepared_by = decided_by
"""
FRAMES = """
    SELECT call_id, committed_ore, granted FROM funding_call_frame JOIN (
        SELECT application.call_id, coalesce(sum(entry.amount_ore), 0) AS granted
          FROM funding_application AS application
          LEFT JOIN funding_award_entry AS entry ON entry.case_id = application.case_id
                AND EXISTS (SELECT FROM casework_decision WHERE case_id = application.case_id)
         GROUP BY 1
    ) AS sums USING (call_id)
     WHERE committed_ore <> granted OR committed_ore > frame_ore
"""
EMPTY_FILES = """
    SELECT id FROM funding_payment_batch
     WHERE NOT EXISTS (SELECT FROM funding_instalment WHERE batch_id = funding_payment_batch.id)
"""
LETTERS = """
    SELECT decision.case_id, count(DISTINCT letter.document_id),
           count(DISTINCT letter.document_id) FILTER (WHERE document.state = 'ready'
                                                        AND delivery.available_at IS NOT NULL),
           (SELECT count(*) FROM notice WHERE id > %s AND kind = 'casework.letter'
               AND href = '/saker/' || decision.case_id)
      FROM casework_decision AS decision
      LEFT JOIN casework_document AS letter
             ON letter.case_id = decision.case_id AND letter.role = 'decision_letter'
      LEFT JOIN document ON document.id = letter.document_id
      LEFT JOIN casework_letter_delivery AS delivery ON delivery.document_id = letter.document_id
     WHERE decision.case_id > %s
     GROUP BY 1
"""
ENTRIES = "SELECT name, subject_id FROM audit_entry WHERE id > %s"
