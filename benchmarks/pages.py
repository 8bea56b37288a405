"""Pages as their readers get them, against a bare Flask view with one raw read and a body of equal size."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from benchmarks.baseline import baseline_app
from benchmarks.measuring import Ratio, compare, getter, statements
from benchmarks.portals import Portal
from portal.access.actor import Place
from portal.access.permissions import find
from portal.access.policy import allowed
from portal.database import read
from portal.identity.context import actor_of
from portal.identity.models import Person

PAGES = (
    ("/", None),
    ("/min-side", "ingrid"),
    ("/min-side", "amina"),
    ("/varsler", "amina"),
    ("/saker", "amina"),
    ("/organisasjoner", "liv"),
    ("/organisasjoner/registreringer", "liv"),
    ("/barnetilskudd/behandling", "ingrid"),
    ("/enheter", "sofie"),
    ("/tilgang", "sofie"),
)


def access(portal: Portal) -> None:
    """One access check, as the policy does it."""
    with portal.app.app_context():
        person = read(select(Person.id).where(Person.name.like("Ingrid%")))[0].id
        actor = actor_of(person)
    place = Place(regional_id=next(iter(actor.reach["casework.case.read"].regional)), owner_id=7)
    permission = find("casework.case.read")
    table = {("a", 1): True}
    name = "one access check, against a dictionary look-up"
    print(compare(name, lambda: allowed(actor, permission, place), lambda: ("a", 1) in table, calls=20_000))


def pages(portal: Portal) -> None:
    """A line for each of `PAGES`: ratio, statements, size."""
    cookies = portal.log_in({who for _path, who in PAGES if who})
    heading()
    for path, who in PAGES:
        line(portal, f"{path} ({who or 'anybody'})", path, cookies[who] if who else "")


def heading() -> None:
    """What the columns of `line` are."""
    print(f"\n{'page (as)':<44} {'ratio':>6} {'spread':>12} {'ms':>7} {'statements':>11} {'gzip kB':>8}")


def line(portal: Portal, name: str, path: str, cookie: str) -> Ratio:
    """Measure one page of a portal and print what came of it."""
    get = getter(portal.app, path, cookie=cookie)
    body = get()
    with statements(portal.engines) as sent:
        get()
    with constant_page(portal, body) as constant:
        ratio = compare(path, get, constant)
    spread = f"{ratio.lowest:.2f}-{ratio.highest:.2f}"
    size = len(gzip.compress(body, 6)) / 1000
    print(
        f"{name:<44} {ratio.median:6.2f} {spread:>12} {ratio.milliseconds:7.2f} {len(sent):11d} {size:8.1f}"
    )
    return ratio


@contextmanager
def constant_page(portal: Portal, body: bytes) -> Iterator[Callable[[], bytes]]:
    """What a page is compared with, on the same database and of the same size."""
    app, pool = baseline_app(portal.conninfo, body)
    with pool:
        yield getter(app, "/")
