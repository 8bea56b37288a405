"""What the terminal says when the portal answers: the address, and as whom to try it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from portal.paths import ROOT
from portal.supervisor.options import MAIL_OFFSET, Options

PERSONAS = ROOT / "config" / "demo" / "personas.toml"


def announcement(options: Options, address: str, personas: Path = PERSONAS) -> str:
    """The lines to print. Personas are told of where the stub login is."""
    lines = ["", f"Samvirkeportalen is ready: {address}"]
    if options.development:
        lines += [f"Outgoing mail is shown at: http://127.0.0.1:{options.port + MAIL_OFFSET}", ""]
        lines += _persona_lines(personas)
    return "\n".join([*lines, "Ctrl-C ends it.", ""])


def _persona_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    people = tomllib.loads(path.read_text(encoding="utf-8")).get("persona", [])
    width = max((len(str(person["name"])) for person in people), default=0)
    listed = [f"  {person['name']:<{width}}  {person['who']}" for person in people]
    return ["Log in as one of these invented people:", *listed, ""]
