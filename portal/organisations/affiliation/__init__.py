"""Affiliation (*tilknytning*): which organisation a branch belongs to, and what it lets that one see."""
