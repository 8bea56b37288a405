"""Trying out sums on a list of proposals: a ceiling, a share, a floor, or what is left divided among all.

Nothing here reads or writes. Sums are øre; what comes out is whole kroner, and adds up to the krone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

KRONE = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try: at most `cap_ore` each, `percent` of the proposal, at least `floor_ore` each.

    `fit` divides what is left of the frame among all, in proportion. None or False: not tried.
    """

    cap_ore: int | None = None
    percent: int | None = None
    floor_ore: int | None = None
    fit: bool = False

    def __bool__(self) -> bool:
        return self.fit or (self.cap_ore, self.percent, self.floor_ore) != (None, None, None)


def tried(proposed: Sequence[int], trial: Trial, left_ore: int) -> list[int]:
    """The sum each proposal gets, in its order; without anything to try, the proposals as they are.

    Nobody gets more than proposed, and nobody proposed nothing gets anything. The sums add up to
    `distributable` exactly: kroner that rounding leaves over go to those who lost most by it, the first of
    equals.
    """
    if not trial:
        return list(proposed)
    most = [_ceiling(one, trial) for one in proposed]
    least = [min(_kroner(trial.floor_ore or 0), one) for one in most]
    wanted = [
        max(Fraction(low), min(Fraction(one * _percent(trial), 100), Fraction(high)))
        for one, low, high in zip(proposed, least, most, strict=True)
    ]
    total = _total(wanted, least, trial, left_ore)
    return _rounded(_scaled(wanted, least, total), total)


def distributable(proposed: Sequence[int], trial: Trial, left_ore: int) -> int:
    """The sum that `tried` divides, in øre: whole kroner, and with `fit` never more than what is left.

    Except where the floors alone come to more: then it is the floors, and the page says that it is too much.
    """
    return sum(tried(proposed, trial, left_ore))


def _total(wanted: Sequence[Fraction], least: Sequence[int], trial: Trial, left_ore: int) -> int:
    total = _kroner(sum(wanted, Fraction(0)))
    return max(min(total, _kroner(left_ore)), sum(least)) if trial.fit else total


def _scaled(wanted: Sequence[Fraction], least: Sequence[int], total: int) -> list[Fraction]:
    """`wanted` brought down in proportion until it comes to `total`, nobody below their floor."""
    held: set[int] = set()
    while True:
        free = [place for place in range(len(wanted)) if place not in held]
        asked = sum((wanted[place] for place in free), Fraction(0))
        rest = total - sum(least[place] for place in held)
        share = min(Fraction(rest) / asked, Fraction(1)) if asked else Fraction(0)
        low = {place for place in free if wanted[place] * share < least[place]}
        if not low:
            return [Fraction(least[at]) if at in held else one * share for at, one in enumerate(wanted)]
        held |= low


def _rounded(exact: Sequence[Fraction], total: int) -> list[int]:
    """Whole kroner that come to `total`: by the largest remainder, the first of equals."""
    sums = [_kroner(one) for one in exact]
    by_loss = sorted(range(len(exact)), key=lambda place: (sums[place] - exact[place], place))
    for place in by_loss[: (total - sum(sums)) // KRONE]:
        sums[place] += KRONE
    return sums


def _ceiling(proposed: int, trial: Trial) -> int:
    return _kroner(proposed if trial.cap_ore is None else min(proposed, trial.cap_ore))


def _percent(trial: Trial) -> int:
    return 100 if trial.percent is None else trial.percent


def _kroner(amount: int | Fraction) -> int:
    """Down to whole kroner, in øre."""
    return int(amount // KRONE) * KRONE
