"""The staff list over a thousand and over a hundred thousand organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import text

from benchmarks.many import fill
from benchmarks.measuring import compare, getter
from benchmarks.pages import heading, line
from benchmarks.portals import Portal, copied
from portal.database import read_one
from portal.organisations.vocabulary import activities
from portal.supervisor.postgres import Cluster
from portal.web.kit.paging import encode_key

FEW, MANY = 1_000, 100_000
READER = "liv"  # follows up the organisations of one region
_MIDDLE = text(
    """
    WITH own AS (SELECT sort_key, unit_id FROM organisation
                  WHERE regional_id = (SELECT id FROM unit WHERE code = 'sor'))
    SELECT sort_key, unit_id FROM own ORDER BY sort_key, unit_id
    OFFSET (SELECT count(*) / 2 FROM own) LIMIT 1
    """
)


@dataclass(frozen=True)
class Grown:
    """A portal with that many organisations, its reader's cookie, and the key of a page in the middle."""

    portal: Portal
    cookie: str
    middle: str

    def path(self, wish: dict[str, str], *, middle: bool) -> str:
        """The address of the list for a wish."""
        asked = urlencode({**wish, **({"after": self.middle} if middle else {})})
        return f"/organisasjoner?{asked}" if asked else "/organisasjoner"

    def getter(self, wish: dict[str, str], *, middle: bool) -> Callable[[], bytes]:
        """A function that asks for it."""
        return getter(self.portal.app, self.path(wish, middle=middle), cookie=self.cookie)


CASES: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("first page", {}, False),
    ("page in the middle", {}, True),
    ("words of a name", {"q": "barnelag ås"}, False),
    ("rare kind", {"type": "operator"}, False),
    ("one municipality", {"fylke": "39", "kommune": "3909"}, False),
)


def lists(cluster: Cluster, portal: Portal) -> None:
    """First page, a page in the middle, and searches: against a constant page, and against the short list."""
    with ExitStack() as stack:
        few = stack.enter_context(_grown(cluster, portal, FEW))
        many = stack.enter_context(_grown(cluster, portal, MANY))
        heading()
        for name, wish, middle in CASES:
            for count, grown in ((FEW, few), (MANY, many)):
                path = grown.path(wish, middle=middle)
                line(grown.portal, f"list of {count:,}: {name}", path, grown.cookie)
        print(f"\nthe list of {MANY:,} against the list of {FEW:,}")
        for name, wish, middle in CASES:
            print(compare(name, many.getter(wish, middle=middle), few.getter(wish, middle=middle)))


@contextmanager
def _grown(cluster: Cluster, portal: Portal, count: int) -> Iterator[Grown]:
    with copied(cluster, portal, f"portal_{count}") as made:
        fill(made.owner_url, count, list(activities()))
        with made.app.app_context():
            row = read_one(_MIDDLE)
        assert row is not None
        yield Grown(made, made.log_in([READER])[READER], encode_key(tuple(row)))
