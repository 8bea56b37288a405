"""What the database keeps but cannot read: sealed under a random token that only a browser holds."""

from __future__ import annotations

from hashlib import sha256

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey


def seal(plain: str, token: str) -> str:
    """`plain` as it may be stored."""
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, plain, _key(token))


def unseal(sealed: str, token: str) -> str:
    """What was sealed under `token`; empty when it was nothing, or under another."""
    if not sealed:
        return ""
    try:
        opened = jwe.decrypt_compact(sealed, _key(token)).plaintext
    except JoseError:
        return ""
    return opened.decode() if opened else ""


def _key(token: str) -> OctKey:
    # The first words keep this key apart from the digest by which the row is found.
    return OctKey.import_key(sha256(b"id-token:" + token.encode()).digest())
