"""Sums tried out on a list of proposals come out in whole kroner, to the krone, and never over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.funding.trying import KRONE, Trial, distributable, tried

KRONER = st.integers(0, 400_000).map(lambda kroner: kroner * KRONE)
ORE = st.integers(0, 40_000_000)
PROPOSALS = st.lists(st.one_of(KRONER, ORE), max_size=40)
MAYBE = st.one_of(st.none(), KRONER)
TRIALS = st.builds(Trial, MAYBE, st.one_of(st.none(), st.integers(0, 100)), MAYBE, st.booleans())


@given(PROPOSALS, TRIALS, ORE)
def test_whole_kroner_never_more_than_proposed_or_the_ceiling(
    proposed: list[int], trial: Trial, left: int
) -> None:
    sums = tried(proposed, trial, left)
    assert len(sums) == len(proposed)
    assert tried(proposed, trial, left) == sums
    if not trial:
        assert sums == proposed
        return
    for given_, asked in zip(sums, proposed, strict=True):
        assert given_ % KRONE == 0
        most = asked if trial.cap_ore is None else min(asked, trial.cap_ore)
        least = min(trial.floor_ore or 0, most) // KRONE * KRONE
        assert least <= given_ <= most


@given(PROPOSALS, TRIALS, ORE)
def test_what_is_left_is_divided_to_the_krone_and_never_overspent(
    proposed: list[int], trial: Trial, left: int
) -> None:
    alone = tried(proposed, Trial(trial.cap_ore, trial.percent, trial.floor_ore), left)
    fitted = Trial(trial.cap_ore, trial.percent, trial.floor_ore, fit=True)
    floors = sum(tried(proposed, Trial(trial.cap_ore, 0, trial.floor_ore), left))
    wanted = sum(alone) if Trial(trial.cap_ore, trial.percent, trial.floor_ore) else _kroner(proposed)
    assert distributable(proposed, fitted, left) == max(min(wanted, left // KRONE * KRONE), floors)


@given(PROPOSALS, st.integers(0, 100))
def test_a_share_of_all_strands_nothing(proposed: list[int], percent: int) -> None:
    whole = sum(one // KRONE * KRONE for one in proposed)
    sums = tried(proposed, Trial(percent=percent), 0)
    exact = sum(min(one * percent / 100, one // KRONE * KRONE) for one in proposed)
    assert sum(sums) <= whole
    assert abs(sum(sums) - exact) <= KRONE
    for given_, asked in zip(sums, proposed, strict=True):
        assert abs(given_ - asked * percent / 100) <= 2 * KRONE


@given(PROPOSALS.filter(bool), ORE)
def test_equals_differ_by_one_krone_at_most(proposed: list[int], left: int) -> None:
    same = [max(proposed)] * len(proposed)
    sums = tried(same, Trial(fit=True), left)
    assert max(sums) - min(sums) <= KRONE
    assert sums == sorted(sums, reverse=True)


def test_rounding_each_row_by_itself_would_strand_kroner() -> None:
    """The control: three equal thirds rounded down leave a krone that nobody gets."""
    third = [100 * KRONE // 3 // KRONE * KRONE] * 3
    assert sum(third) == 99 * KRONE
    assert tried([100 * KRONE] * 3, Trial(fit=True), 100 * KRONE) == [34 * KRONE, 33 * KRONE, 33 * KRONE]


def _kroner(proposed: list[int]) -> int:
    return sum(one // KRONE * KRONE for one in proposed)
