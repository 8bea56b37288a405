"""Addresses that may be redirected to: paths of this portal, nothing else."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"^/(?![/\\])[A-Za-z0-9/_\-.~%?&=+:@,;!*()'#]*\Z")


def local_path(value: str | None, *, default: str = "/") -> str:
    """`value` if it is a path within the portal, else `default`: no host, scheme, backslash or control."""
    if value and len(value) <= 2000 and _LOCAL.match(value) and "//" not in value.split("?", 1)[0]:
        return value
    return default
