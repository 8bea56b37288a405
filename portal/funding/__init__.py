"""Grants: schemes as declarations, calls, applications, assessments, decisions within a frame.

`scheme` what a plugin declares · `calls`, `applying`, `assessing`, `deciding` the use cases · `queries`,
`facts` what is read · `blueprint` the pages a scheme gets.
"""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(_app: Flask, _settings: Settings) -> None:
    """Declare the room's workflow, rules and events; its pages come with each scheme."""
    from portal.casework.appeals.effects import APPEAL_EFFECTS
    from portal.funding import about, events, rules, workflow  # noqa: F401
    from portal.funding.appealing import GrantAppeals
    from portal.funding.granted import events as following  # noqa: F401
    from portal.funding.granted import rules as granted_rules  # noqa: F401
    from portal.funding.granted.demands import DEMAND
    from portal.funding.granted.lowering import DemandAppeals

    APPEAL_EFFECTS[workflow.KIND, "case"] = GrantAppeals()
    APPEAL_EFFECTS[workflow.KIND, DEMAND] = DemandAppeals()
