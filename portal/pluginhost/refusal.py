"""Why a plugin is not taken in."""

from __future__ import annotations


class PluginRefused(Exception):
    """A plugin breaks a rule of the house, or itself; the message says which, for an operator."""
