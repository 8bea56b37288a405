"""Every rule, page of questions, criterion, sentence, deadline and letter names where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Flask

from portal.casework.deadlines import DEADLINES
from portal.funding.scheme import SCHEMES, Scheme
from portal.rules import RULES
from tests.conftest import ROOT

LETTERS = sorted((ROOT / "plugins").glob("*/templates/*/letters/**/*.html"))
_CITES = re.compile(r"§|_law|law\(|cited|basis|paragraph|hjemmel", re.I)


def without_source(
    schemes: dict[str, Scheme], rules: dict[str, Any], deadlines: dict[str, Any]
) -> Iterator[str]:
    """The names of what has no source."""
    yield from (f"rule {name}" for name, rule in rules.items() if not rule.basis.strip())
    yield from (f"deadline {code}" for code, kind in deadlines.items() if not kind.rule.basis.strip())
    for scheme in schemes.values():
        if not scheme.regulation.strip():
            yield f"scheme {scheme.code}"
        yield from (f"group {group.code}" for group in scheme.groups if not group.basis.strip())
        yield from (f"sentence {one.code}" for one in scheme.sentences if not one.basis.strip())
        yield from (f"criterion {one.code}" for one in scheme.criteria if not one.rule.basis.strip())
        yield from (f"limit {one.rule.name}" for one in scheme.budget_limits if not one.rule.basis.strip())


def test_nothing_is_without_a_source(app: Flask) -> None:
    assert SCHEMES
    assert DEADLINES
    assert list(without_source(SCHEMES, RULES, DEADLINES)) == []


def test_the_list_would_show_what_has_none(app: Flask) -> None:
    scheme = SCHEMES["child_grants"]
    bare = replace(
        scheme,
        groups=(replace(scheme.groups[0], basis=" "), *scheme.groups[1:]),
        sentences=(replace(scheme.sentences[0], basis=""), *scheme.sentences[1:]),
    )
    rule = replace(next(iter(RULES.values())), basis="")
    kind = replace(next(iter(DEADLINES.values())), rule=rule)
    found = set(without_source({"bare": bare}, {"bare": rule}, {"bare": kind}))
    assert {f"group {scheme.groups[0].code}", f"sentence {scheme.sentences[0].code}"} <= found
    assert {"rule bare", "deadline bare"} <= found


def test_every_letter_cites_the_law() -> None:
    assert LETTERS
    assert [str(one.relative_to(ROOT)) for one in LETTERS if not _CITES.search(one.read_text("utf-8"))] == []
