"""Applications that name the same site stand side by side, for those who may read them."""

from __future__ import annotations

from plugins.child_grants.scheme import SCHEME
from portal.funding import comparing
from tests.funding import grants
from tests.pages import Reader, plain, statements
from tests.world import World


def test_side_by_side_is_scoped_and_leaves_out_drafts(world: World) -> None:
    made = grants(world)
    first, second = made.sent(amount_ore=40_000_00), made.sent(amount_ore=50_000_00)
    made.draft()
    made.sent(site="nord")
    made.propose(second, 30_000_00)
    lia, actor = made.sites["sor"], made.actor("caseworker")
    assert [tuple(row) for row in comparing.sites_of(made.call_id, actor=actor)] == [(lia, "Lia mottak", 2)]
    rows = comparing.at_site(SCHEME, made.call_id, lia, actor=actor)
    assert [(row.id, row.proposed_ore) for row in rows] == [(first, None), (second, 30_000_00)]
    assert [row.closed.name if row.closed else None for row in rows] == ["casework.declare_first", None]
    assert (rows[0].answers, rows[0].title, rows[0].amount_ore) == ((), "", None)
    made.declare(first, "caseworker")
    rows = comparing.at_site(SCHEME, made.call_id, lia, actor=actor)
    assert rows[0].answers == ("Barn 6–12 år", "24", "Ti onsdager i svømmehallen.")
    assert comparing.at_site(SCHEME, made.call_id, made.sites["nord"], actor=actor) == []
    assert len(comparing.sites_of(made.call_id, actor=made.actor("decider"))) == 2
    reader = Reader(world.client(made.people["caseworker"]))
    with statements() as sent:
        page = reader.get(f"/barnetilskudd/behandling/sammenlign/{made.call_id}?mottak={made.sites['nord']}")
    assert len(sent) <= 6
    assert "Lia mottak (2)" in plain(page)
    assert "Nordlys" not in plain(page)
