"""Addresses of the pages after a grant."""

from __future__ import annotations

from dataclasses import dataclass

from portal.funding.paths import Paths


@dataclass(frozen=True, slots=True)
class GrantPaths(Paths):
    """Where what follows a grant stands under a scheme's `prefix`."""

    def grant(self, case_id: int) -> str:
        """All that follows a grant, for both sides."""
        return f"{self.case(case_id)}/tilskudd"

    def accept(self, case_id: int) -> str:
        """Yes or no to a grant."""
        return f"{self.case(case_id)}/aksept"

    def decline(self, case_id: int) -> str:
        """Where no is said."""
        return f"{self.case(case_id)}/nei-takk"

    def lapse(self, case_id: int) -> str:
        """Where UDI lets a grant lapse."""
        return f"{self.case(case_id)}/bortfall"

    def account(self, case_id: int) -> str:
        """The recipient's account number."""
        return f"{self.case(case_id)}/konto"

    def answer_account(self, case_id: int, account_id: int) -> str:
        """Where an account is confirmed or rejected."""
        return f"{self.account(case_id)}/{account_id}"

    def payments(self, case_id: int) -> str:
        """Plan and payments, for staff."""
        return f"{self.case(case_id)}/utbetaling"

    def payment(self, case_id: int, term_id: int, step: str) -> str:
        """Where a step of one payment is taken."""
        return f"{self.payments(case_id)}/{term_id}/{step}"

    def change(self, case_id: int) -> str:
        """Changes told of."""
        return f"{self.case(case_id)}/endring"

    def answer_change(self, case_id: int, change_id: int) -> str:
        """Where a change is answered."""
        return f"{self.change(case_id)}/{change_id}"

    def report(self, case_id: int, page: str = "") -> str:
        """The report's task list, or one of its pages."""
        return f"{self.case(case_id)}/rapport" + (f"/{page}" if page else "")

    def report_file(self, case_id: int, document_id: int) -> str:
        """Where an attachment of the report is taken away."""
        return f"{self.report(case_id)}/vedlegg/{document_id}/fjern"

    def control(self, case_id: int) -> str:
        """Control of the report."""
        return f"{self.case(case_id)}/kontroll"

    def repayment(self, case_id: int, step: str = "") -> str:
        """Money back, or a step of it."""
        return f"{self.case(case_id)}/tilbakebetaling" + (f"/{step}" if step else "")

    @property
    def following(self) -> str:
        """What waits after grants, for staff."""
        return f"{self.prefix}/oppfolging"

    @property
    def batches(self) -> str:
        """Files of payments for the finance system."""
        return f"{self.prefix}/utbetalingsfiler"

    @property
    def given(self) -> str:
        """The published list of grants given."""
        return f"{self.prefix}/tildelinger"
