"""Standard sentences: declared to begin with, changed nationally, added by regions, every version kept."""

from __future__ import annotations

import pytest

from plugins.child_grants.scheme import SCHEME
from portal.access.policy import Denied
from portal.casework.firing import CaseChanged
from portal.funding import sentences
from portal.funding.sentences import Said, SentenceFacts
from portal.web.kit.i18n import use_locale
from tests.funding import Grants, grants
from tests.pages import Reader
from tests.world import World

PAGE = "/barnetilskudd/standardtekster"
NEW = {
    "label_nb": "Mange barn", "text_nb": "Tilbudet når svært mange barn.", "label_nn": "Mange barn",
    "text_nn": "Tilbodet når svært mange barn.", "basis": "forskriften § 8", "use": "grants",
}  # fmt: skip


@pytest.fixture
def made(world: World) -> Grants:
    found = grants(world)
    found.staff("chief", "decision_maker", "udi")
    found.staff("south", "decision_maker", "sor")
    return found


def usable(made: Grants, region: str = "sor") -> list[SentenceFacts]:
    return sentences.usable(SCHEME, made.world.unit(region))


def said(text: str) -> Said:
    parts = {"label": "Kort", "text": text}
    return Said(texts={"nb": parts, "nn": parts}, basis="forskriften § 8", refuses=False)


def test_what_is_declared_is_the_beginning_and_the_national_level_changes_it(made: Grants) -> None:
    udi, chief = made.world.unit("udi"), made.actor("chief")
    first = usable(made)
    assert {one.code for one in first} == {one.code for one in SCHEME.sentences}
    assert {one.version for one in first} == {0}
    with use_locale("nn"):
        assert str(SCHEME.sentences[0].text) == first[0].said("text", "nn")
    code = first[0].code
    sentences.write(SCHEME, udi, code, said("Ny tekst."), version=0, actor=chief)
    with pytest.raises(CaseChanged):
        sentences.write(SCHEME, udi, code, said("For sent."), version=0, actor=chief)
    now = next(one for one in usable(made) if one.code == code)
    assert (now.version, now.said("text", "nn"), now.said("text", "en")) == (1, "Ny tekst.", "Ny tekst.")
    sentences.retire(SCHEME, udi, code, retired=True, version=1, actor=chief)
    assert code not in {one.code for one in usable(made)}
    sentences.retire(SCHEME, udi, code, retired=False, version=2, actor=chief)
    assert code in {one.code for one in usable(made)}
    versions = sentences.history(SCHEME, udi, code, actor=made.actor("caseworker"))
    assert [(one.version, one.retired) for one in versions] == [(3, False), (2, True), (1, False), (0, False)]


def test_a_region_adds_its_own_and_leaves_the_national_alone(made: Grants) -> None:
    udi, sor, nord = (made.world.unit(code) for code in ("udi", "sor", "nord"))
    decider, code = made.actor("south"), SCHEME.sentences[0].code
    with pytest.raises(Denied):
        sentences.write(SCHEME, udi, code, said("Vår egen."), version=0, actor=decider)
    for unit, who in ((nord, "south"), (sor, "caseworker")):
        with pytest.raises(Denied):
            sentences.write(SCHEME, unit, "", said("Vår egen."), version=0, actor=made.actor(who))
    with pytest.raises(Denied):
        sentences.retire(SCHEME, udi, code, retired=True, version=0, actor=decider)
    own = sentences.write(SCHEME, sor, "", said("Vår egen."), version=0, actor=decider)
    assert own in {one.code for one in usable(made)}
    assert own not in {one.code for one in usable(made, "nord")}
    assert len(usable(made, "nord")) == len(SCHEME.sentences)


def test_the_pages_show_add_change_and_retire(made: Grants) -> None:
    decider, chief, worker = (
        Reader(made.world.client(made.people[who])) for who in ("south", "chief", "caseworker")
    )
    assert worker.get(f"{PAGE}/ny").status_code == 403
    assert decider.send(f"{PAGE}/ny", {**NEW, "unit": made.world.unit("udi")}).status_code == 422
    half = decider.send(f"{PAGE}/ny", {**NEW, "unit": made.world.unit("sor"), "text_nn": ""})
    assert half.status_code == 422
    assert "Tilbudet når svært mange barn." in half.get_data(as_text=True)
    added = decider.send(f"{PAGE}/ny", {**NEW, "unit": made.world.unit("sor")})
    assert added.status_code == 303
    page = added.location
    assert "Tilbudet når svært mange barn." in worker.text(page)
    assert "Lagre ny versjon" not in worker.text(page)
    changed = decider.send(page, {**NEW, "text_nb": "Tilbudet når flere barn."})
    assert changed.status_code == 303
    assert decider.send(page, {**NEW, "version": 1}).status_code == 409
    national = f"{PAGE}/{made.world.unit('udi')}/{SCHEME.sentences[0].code}"
    assert decider.send(national, {**NEW, "version": 0}).status_code == 403
    assert chief.send(national, NEW).status_code == 303
    assert decider.send(f"{page}/utga", seen=page).status_code == 303
    text = worker.text(PAGE)
    assert "Ute av bruk" in text
    case_id = made.sent()
    made.step(case_id, "take", "caseworker")
    form = f"/barnetilskudd/soknad/{case_id}/vurdering"
    shown = worker.text(form)
    assert "Mange barn" in shown
    inserted = worker.send(form, {"sentences": [SCHEME.sentences[0].code], "insert": "1"})
    assert "Tilbudet når svært mange barn." in inserted.get_data(as_text=True)
    assert made.facts(case_id).state == "in_progress"
