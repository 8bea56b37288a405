"""Grant schemes: what a scheme declares, and the pages the core makes of it."""

from __future__ import annotations

from portal.funding.appealing import running_appeals
from portal.funding.blueprint import scheme_blueprint
from portal.funding.call_queries import open_calls
from portal.funding.facts import ApplicationFacts
from portal.funding.listening import sent_application
from portal.funding.queries import get_application
from portal.funding.scheme import (
    ApplicantKind,
    BudgetLimit,
    BudgetPost,
    Criterion,
    Goal,
    Group,
    Question,
    Scheme,
    Sentence,
)

__all__ = [
    "ApplicantKind",
    "ApplicationFacts",
    "BudgetLimit",
    "BudgetPost",
    "Criterion",
    "Goal",
    "Group",
    "Question",
    "Scheme",
    "Sentence",
    "get_application",
    "open_calls",
    "running_appeals",
    "scheme_blueprint",
    "sent_application",
]
