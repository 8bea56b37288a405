"""Addresses of a scheme's pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things stand under a scheme's `prefix`."""

    prefix: str

    def call(self, call_id: int) -> str:
        """The public page of a call."""
        return f"{self.prefix}/utlysning/{call_id}"

    def version(self, call_id: int, version: int) -> str:
        """What a call said in an earlier version."""
        return f"{self.call(call_id)}/versjon/{version}"

    def calendar(self, call_id: int) -> str:
        """The call's dates as a calendar file."""
        return f"{self.call(call_id)}/kalender.ics"

    @property
    def sentences(self) -> str:
        """Standard sentences for reasons and letters."""
        return f"{self.prefix}/standardtekster"

    def sentence(self, unit_id: int, code: str, step: str = "") -> str:
        """A standard sentence of a unit, or where a step of it is taken."""
        return f"{self.sentences}/{unit_id}/{code}" + (f"/{step}" if step else "")

    @property
    def calls(self) -> str:
        """Staff's list of calls."""
        return f"{self.prefix}/utlysninger"

    def edit_call(self, call_id: int) -> str:
        """Where a call is written or changed."""
        return f"{self.calls}/{call_id}"

    def apply(self, call_id: int) -> str:
        """Where one begins an application."""
        return f"{self.call(call_id)}/sok"

    def check(self, call_id: int) -> str:
        """Whether one may apply, for everybody."""
        return f"{self.call(call_id)}/kan-vi-soke"

    def case(self, case_id: int) -> str:
        """An application's page, for both sides."""
        return f"{self.prefix}/soknad/{case_id}"

    def tasks(self, case_id: int) -> str:
        """The task list of a draft."""
        return f"{self.case(case_id)}/skjema"

    def group(self, case_id: int, code: str) -> str:
        """One page of the form."""
        return f"{self.tasks(case_id)}/{code}"

    def send(self, case_id: int) -> str:
        """Summary and sending."""
        return f"{self.case(case_id)}/send"

    def receipt(self, case_id: int) -> str:
        """The receipt."""
        return f"{self.case(case_id)}/kvittering"

    def files(self, case_id: int) -> str:
        """Where attachments are sent."""
        return f"{self.case(case_id)}/vedlegg"

    def remove_file(self, case_id: int, document_id: int) -> str:
        """Where an attachment is taken away."""
        return f"{self.files(case_id)}/{document_id}/fjern"

    def step(self, case_id: int, name: str) -> str:
        """Where a simple step of the case is taken."""
        return f"{self.case(case_id)}/steg/{name}"

    def assess(self, case_id: int) -> str:
        """The caseworker's assessment."""
        return f"{self.case(case_id)}/vurdering"

    def decide(self, case_id: int) -> str:
        """The decision."""
        return f"{self.case(case_id)}/vedtak"

    @property
    def queue(self) -> str:
        """The caseworkers' list."""
        return f"{self.prefix}/behandling"

    @property
    def all_proposals(self) -> str:
        """The calls in which proposals wait for a decision."""
        return f"{self.prefix}/innstillinger"

    def proposals(self, call_id: int) -> str:
        """A call's list of proposals."""
        return f"{self.all_proposals}/{call_id}"

    def proposals_file(self, call_id: int) -> str:
        """The same list as a file."""
        return f"{self.proposals(call_id)}/liste.csv"

    def compare(self, call_id: int) -> str:
        """A call's applications side by side, site by site."""
        return f"{self.queue}/sammenlign/{call_id}"

    def ask(self, case_id: int) -> str:
        """What the applicant is asked for more of."""
        return f"{self.case(case_id)}/mangler"


@dataclass(frozen=True, slots=True)
class AnswerPaths(Paths):
    """Where the pages of the form stand while UDI has asked for more."""

    def tasks(self, case_id: int) -> str:
        """What is asked about."""
        return f"{self.case(case_id)}/svar"

    def files(self, case_id: int) -> str:
        """Where files are added to the answer."""
        return f"{self.tasks(case_id)}/vedlegg"
