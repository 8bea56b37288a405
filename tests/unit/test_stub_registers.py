"""The local registers must be like the real ones where it hurts, or the client is tried on nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import httpx2
import pytest
from brreg.enhetsregisteret import EnhetPage
from stdnum.no import kontonr, orgnr

from portal.organisations.vocabulary import activities, suggested_activities
from portal.paths import ROOT
from tests.stubs import registers
from tests.stubs.identity_provider import read_personas
from tests.stubs.registers import RegistersHandle
from tests.stubs.registers.answers import HERE, ICNPO, organisations, unit

DEMO = ROOT / "portal" / "organisations" / "data" / "demo.toml"
SITES = ROOT / "portal" / "administration" / "data" / "demo_units.toml"
FJORDGLIMT = "314758625"
SOUTH, NORTH = ("39", "40", "42"), ("18", "55", "56")


@pytest.fixture(scope="module")
def running() -> Iterator[RegistersHandle]:
    with registers.start() as handle:
        yield handle


@pytest.fixture(autouse=True)
def well(running: RegistersHandle) -> Iterator[None]:
    yield
    running.faults.reset()


def of_kind(field: str) -> list[str]:
    """Numbers of the organisations that have this fact."""
    return [number for number, row in organisations().items() if row.get(field)]


def test_there_are_organisations_enough_of_every_kind() -> None:
    rows = organisations().values()
    written = tomllib.loads((HERE / "organisations.toml").read_text(encoding="utf-8"))["organisation"]
    assert len(written) == len(rows) >= 80, "a number is used twice"
    assert all(orgnr.is_valid(row["number"]) for row in rows)
    assert all(row["number"].startswith("3") for row in rows), "8 and 9 begin real numbers"
    counties = [row["municipality"][:2] for row in rows]
    assert len(set(counties)) >= 12
    assert sum(county in NORTH for county in counties) >= 3
    assert {"FLI", "STI", "SA", "AS", "ENK", "KIRK", "ORGL", "KOMM"} <= {row["form"] for row in rows}
    assert {row.get("language", "Bokmål") for row in rows} == {"Bokmål", "Nynorsk"}
    assert len(of_kind("national")) == 10
    for field in ("deleted", "bankrupt", "removed", "winding_up", "forced", "deceased", "leader_org"):
        assert of_kind(field), field
    assert any(not row.get("voluntary") for row in rows)


def test_the_people_of_the_demo_hold_their_roles(running: RegistersHandle) -> None:
    people = read_personas()
    homes = {"kari": FJORDGLIMT, "amina": "311094688", "elin": "311234013", "mari": "311235303"}
    homes |= {"helene": "311238108", "samira": "311239015"}
    for key, number in homes.items():
        answer = httpx2.get(f"{running.enhetsregisteret}/enheter/{number}/roller").json()
        holders = {
            (f"{p['navn']['fornavn']} {p['navn']['etternavn']}", p["fodselsdato"])
            for group in answer["rollegrupper"]
            for role in group["roller"]
            if (p := role.get("person"))
        }
        assert (people[key].name, people[key].birth_date.isoformat()) in holders
    assert organisations()[FJORDGLIMT]["municipality"].startswith(SOUTH)
    assert organisations()[homes["elin"]]["municipality"].startswith(NORTH)


def test_the_demo_knows_no_number_that_the_registers_do_not() -> None:
    demo = tomllib.loads(DEMO.read_text(encoding="utf-8"))["organisation"]
    operators = tomllib.loads(SITES.read_text(encoding="utf-8"))["operator"]
    numbered = {row["number"]: row["name"] for row in [*demo, *operators] if row.get("number")}
    assert numbered
    for number, name in numbered.items():
        assert organisations()[number]["name"] == name


def test_what_an_organisation_does_is_said_with_the_numbers_of_the_register() -> None:
    does = {row["name"]: row.get("icnpo", []) for row in organisations().values()}
    assert ICNPO["1100"] == "Kunst og kultur"
    assert ICNPO["1200"] == "Idrett"
    assert does["Norges idrettsforbund"] == ["1200"]
    assert does["Hamar barneteater"] == ["1100"]
    assert suggested_activities(["1200"]) == ["sport"]
    assert suggested_activities(["1 100"]) == ["culture"]
    assert {activity.icnpo for activity in activities().values()} <= set(ICNPO)


def test_every_account_number_is_valid(running: RegistersHandle) -> None:
    base = f"{running.frivillighetsregisteret}/frivillige-organisasjoner"
    for number in of_kind("voluntary")[:10]:
        assert kontonr.is_valid(httpx2.get(f"{base}/{number}").json()["kontonummer"])
    outside = next(n for n, row in organisations().items() if not row.get("voluntary"))
    assert httpx2.get(f"{base}/{outside}").status_code == 404


def test_oddities_are_there() -> None:
    found = {number: unit(row) for number, row in organisations().items()}
    assert any(answer.get("konkursdato") == "" for answer in found.values())
    lines = [answer["postadresse"]["adresse"] for answer in found.values() if "postadresse" in answer]
    assert any(None in one and "" in one for one in lines)
    (gone, *_) = of_kind("deleted")
    assert set(found[gone]) == {"organisasjonsnummer", "navn", "organisasjonsform", "slettedato"}


def test_missing_and_removed_differ(running: RegistersHandle) -> None:
    base = f"{running.enhetsregisteret}/enheter"
    assert httpx2.get(f"{base}/974760673").status_code == 404
    assert httpx2.get(f"{base}/{of_kind('removed')[0]}").status_code == 410


def test_search_pages_and_leaves_out_what_is_empty(running: RegistersHandle) -> None:
    base = f"{running.enhetsregisteret}/enheter"
    seen: list[str] = []
    for number in range(20):
        answer = httpx2.get(base, params={"page": number, "size": 30})
        if "_embedded" not in answer.json():
            break
        EnhetPage.model_validate_json(answer.content)
        seen += [one["organisasjonsnummer"] for one in answer.json()["_embedded"]["enheter"]]
    assert len(seen) == len(set(seen)) == len(organisations()) - len(of_kind("removed"))
    assert httpx2.get(base, params={"page": 500, "size": 21}).status_code == 400
    bankrupt = httpx2.get(base, params={"konkurs": "true"}).json()["_embedded"]["enheter"]
    assert {one["organisasjonsnummer"] for one in bankrupt} == {
        number for number, row in organisations().items() if "bankrupt" in row
    }


def test_updates_go_on_from_an_id(running: RegistersHandle) -> None:
    base = f"{running.enhetsregisteret}/oppdateringer/enheter"
    items = httpx2.get(base, params={"oppdateringsid": 5, "size": 3}).json()["_embedded"]["oppdaterteEnheter"]
    assert [item["oppdateringsid"] for item in items] == [5, 6, 7]
    assert "_embedded" not in httpx2.get(base, params={"oppdateringsid": 99_999}).json()


def test_faults_are_set_and_ended_over_http(running: RegistersHandle) -> None:
    unit_address = f"{running.enhetsregisteret}/enheter/{FJORDGLIMT}"
    voluntary = f"{running.frivillighetsregisteret}/frivillige-organisasjoner/{FJORDGLIMT}"
    httpx2.post(f"{running.url}/_control", json={f"frivillig:{FJORDGLIMT}": "503"})
    assert httpx2.get(unit_address).status_code == 200
    assert httpx2.get(voluntary).status_code == 503
    httpx2.post(f"{running.url}/_control", json={"*": "reset"})
    with pytest.raises(httpx2.TransportError):
        httpx2.get(unit_address)
    assert httpx2.post(f"{running.url}/_control", json={"*": "no such fault"}).status_code == 400
    httpx2.post(f"{running.url}/_control", json={})
    assert httpx2.get(voluntary).status_code == 200


def test_a_taken_port_is_said(running: RegistersHandle) -> None:
    with pytest.raises(OSError, match="in use"):
        registers.start(running.port)
