"""Norwegian alphabetical order as a stored key, since the database sorts by bytes."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"æ": "{a", "ä": "{a", "ø": "{b", "ö": "{b", "å": "{c"})


def sort_key(name: str) -> str:
    """`name` as a key whose byte order is Norwegian order: a … z, æ, ø, å; "aa" sorts as å, case is ignored.

    Raises nothing; characters outside the alphabet lose their accents.
    """
    folded = unicodedata.normalize("NFC", name).casefold().replace("aa", "å").translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in plain if not unicodedata.combining(c))
