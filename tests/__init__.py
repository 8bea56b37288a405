"""Tests of the portal, and the stubs that stand in for what lies outside it."""
