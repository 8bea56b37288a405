"""Every probe there is: guards that the matrix of pages does not miss, asked straight.

A page often asks before its service does, so that the service's own question is never put; and a list can be
right for everybody whom a test happens to ask. Each probe is put by somebody who is let in before the guard,
and must not get past it.
"""

from __future__ import annotations

from tests.matrix_world import MatrixWorld
from tests.probes.cases import CaseProbes
from tests.probes.grants import GrantProbes
from tests.probes.lists import ListProbes
from tests.probes.organisations import OrganisationProbes
from tests.probes.units import UnitProbes


class Probes(GrantProbes, CaseProbes, ListProbes, OrganisationProbes, UnitProbes):
    """All of them, over one world."""

    def __init__(self, made: MatrixWorld) -> None:
        super().__init__(made)
        self.grants()
        self.cases()
        self.lists()
        self.calls()
        self.organisations()
        self.members()
        self.units()
        self.sites()
