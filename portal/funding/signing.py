"""Signing a list of proposals in one go: each decision stands for itself, the sum is judged first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access.actor import Actor
from portal.access.policy import Denied, OutOfReach
from portal.casework.firing import CaseChanged, Refused
from portal.funding import deciding
from portal.funding.assessing import AmountRefused, checked_amount
from portal.funding.call_queries import get_call
from portal.funding.deciding import Verdict, require_fresh_login
from portal.funding.proposals import Proposal, proposed
from portal.funding.rules import REASONED_DEVIATION, WITHIN_FRAME
from portal.funding.scheme import Scheme
from portal.rules import Rule


@dataclass(frozen=True, slots=True)
class Signature:
    """One ticked row: what the decision maker gives, in øre (0 refuses), and why not as proposed."""

    case_id: int
    version: int
    amount_ore: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of one row: the outcome, or why there is none: a rule, or None where the case had moved."""

    proposal: Proposal
    outcome: str | None
    refused: Rule | None = None


class RowsRefused(Exception):
    """Rows that cannot be signed as they are filled in; nothing is decided.

    `rows`: case id → `zero`, `above`, or the rule that says no.
    """

    def __init__(self, rows: Mapping[int, Rule | str]) -> None:
        super().__init__(sorted(rows))
        self.rows = dict(rows)


def sign(scheme: Scheme, call_id: int, wanted: Sequence[Signature], *, actor: Actor) -> list[Signed]:
    """Decide the ticked proposals of a call, one use case each, and tell what came of each.

    Before anything is decided it raises `RowsRefused`, and `Refused` when the login is old or the sums come
    to more than is left of the frame. What others do meanwhile can still stop single rows: those are told.
    """
    require_fresh_login(actor)
    here = {one.id: one for one in proposed(call_id, actor=actor)}
    known = [one for one in wanted if one.case_id in here]
    faults = {one.case_id: fault for one in known if (fault := _fault(here[one.case_id], one, actor))}
    if faults:
        raise RowsRefused(faults)
    call = get_call(call_id, scheme=scheme.code)
    if sum(one.amount_ore for one in known) > call.frame_ore - call.committed_ore:
        raise Refused(WITHIN_FRAME)
    return [_one(scheme, here[one.case_id], one, actor) for one in known]


def _fault(proposal: Proposal, wanted: Signature, actor: Actor) -> Rule | str | None:
    try:
        amount = checked_amount(
            "granted" if wanted.amount_ore else "refused", wanted.amount_ore, proposal.amount_ore
        )
    except AmountRefused as refused:
        return refused.code
    if amount != proposal.proposed_ore and not wanted.why.strip():
        return REASONED_DEVIATION
    return proposal.kept_from(actor)


def _one(scheme: Scheme, proposal: Proposal, wanted: Signature, actor: Actor) -> Signed:
    """The reasons of the letter are the proposal's; where the sum differs, why it does stands there too."""
    differs = wanted.amount_ore != proposal.proposed_ore
    why = wanted.why.strip() if differs else ""
    verdict = Verdict(
        granted=wanted.amount_ore > 0,
        amount_ore=wanted.amount_ore,
        reasons=f"{proposal.reasons}\n\n{why}" if why else proposal.reasons,
        deviation=why,
    )
    refused: Any = None
    try:
        outcome = deciding.decide(scheme, proposal.id, verdict, version=wanted.version, actor=actor)
    except Refused as error:
        refused = error.rule
    except (CaseChanged, OutOfReach, Denied, AmountRefused):
        refused = None
    else:
        return Signed(proposal, outcome)
    return Signed(proposal, None, refused)
