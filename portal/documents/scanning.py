"""Looking for malware: a real scanner in production, the test signature elsewhere; fails closed."""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 30.0
# The harmless signature every scanner knows, in two parts so that this file itself is not found.
_TEST_SIGNATURE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class ScannerAway(Exception):
    """No verdict could be had; the file stays in quarantine and is tried again."""


def is_clean(content: bytes, scanner: str) -> bool:
    """True when `scanner` finds nothing. `scanner` is `clamd://host:port` or `signature`.

    Raises `ScannerAway` when no clear verdict is given.
    """
    if scanner == "signature":
        return _TEST_SIGNATURE not in content
    return _clamd(content, scanner)


def _clamd(content: bytes, address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 3310), TIMEOUT_SECONDS) as server:
            server.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                piece = content[start : start + CHUNK]
                server.sendall(struct.pack(">I", len(piece)) + piece)
            server.sendall(struct.pack(">I", 0))
            answer = server.makefile("rb").read(4096).rstrip(b"\0\n")
    except OSError as error:
        raise ScannerAway(str(error)) from error
    if answer.endswith(b"OK"):
        return True
    if answer.endswith(b"FOUND"):
        return False
    raise ScannerAway(answer.decode("ascii", "replace"))
