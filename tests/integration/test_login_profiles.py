"""Each provider as it is registered: what the portal asks it, how it proves itself, what must come back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from portal.login_settings import Provider
from portal.settings import Settings
from tests import client_keys
from tests.login import Portal, portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login
from tests.stubs.identity_provider.steps import ORGANISATION
from tests.world import World

ALTINN = {"type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:udi-samvirke"}
ORGNO = {"type": "ansattporten:orgno"}


def asked(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_a_pushed_request_shows_the_browser_nothing_but_a_reference(settings: Settings) -> None:
    pushed: list[dict[str, str]] = []

    class Noting(Steps):
        def par_answer(self, asked: dict[str, str]) -> dict[str, Any]:
            pushed.append(asked)
            return super().par_answer(asked)

    keys = client_keys.key("one")
    steps = Noting(read_personas())
    steps.client_keys = [client_keys.public(keys)]
    profile = {"keys": client_keys.key_set(keys), "acr_values": "idporten-loa-high", "par": True}
    with portal(settings, steps, **profile) as house:
        browser = house.browser()
        started = browser.start()
        assert set(asked(started.headers["Location"])) == {"client_id", "request_uri"}
        assert browser.client.get(browser.pick(started)).status_code == 303
        assert browser.is_in()
    (request,) = pushed
    assert request["code_challenge_method"] == "S256"
    assert request["acr_values"] == "idporten-loa-high"
    assert request["ui_locales"] == "nb"
    assert {"state", "nonce", "code_challenge", "redirect_uri", "scope"} <= set(request)
    assert len(steps.assertions) == 2, "one proof for the request, another for the code"


def test_our_key_changes_without_anybody_noticing(settings: Settings) -> None:
    """The old key is registered, then both, then the new one; the portal has both all the while."""
    old, new = client_keys.key("old"), client_keys.key("new")
    steps = Steps(read_personas())
    with portal(settings, steps, keys=client_keys.key_set(new, old), par=True) as house:
        for registered in ([old], [old, new], [new]):
            steps.client_keys = [client_keys.public(one) for one in registered]
            browser = house.browser()
            browser.log_in()
            assert browser.is_in()
        steps.client_keys = []
        assert house.browser().start().status_code == 400
        assert house.refusals() == ["client_refused"]
        shown = house.browser().client.get("/logg-inn/nokler/stub").get_json()["keys"]
        assert [one["kid"] for one in shown] == ["new", "old"]
        assert not {"d", "p", "q"} & {name for one in shown for name in one}


@pytest.mark.parametrize(
    ("asked_for", "returned", "lives"),
    [
        ("idporten-loa-substantial", "idporten-loa-high", True),
        ("idporten-loa-substantial", "idporten-loa-substantial", True),
        ("idporten-loa-high", "idporten-loa-substantial", False),
        ("idporten-loa-substantial", "idporten-loa-low", False),
        ("idporten-loa-substantial", "high", False),
        ("substantial", "high", True),
        ("high", "substantial", False),
        ("entraid", "high", False),
    ],
)
def test_a_stronger_login_will_do_and_a_weaker_will_not(
    settings: Settings, asked_for: str, returned: str, lives: bool
) -> None:
    class Level(Steps):
        def id_token_claims(self, login: Login) -> dict[str, Any]:
            return {**super().id_token_claims(login), "acr": returned}

    with portal(settings, Level(read_personas()), acr_values=asked_for) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in() is lives
        assert house.refusals() == ([] if lives else ["acr"])


def test_neither_name_nor_identity_number_is_needed(settings: Settings) -> None:
    class Foreign(Steps):
        def person_claims(self, login: Login) -> dict[str, Any]:
            return {"sub": login.persona.sub}

    with portal(settings, Foreign(read_personas())) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in()


def test_an_identity_number_hidden_in_a_name_is_taken_out(settings: Settings) -> None:
    class Careless(Steps):
        def person_claims(self, login: Login) -> dict[str, Any]:
            return super().person_claims(login) | {
                "name": "Kari 15108695088 Solbakken",
                "email": "151086 95088",
            }

    with portal(settings, Careless(read_personas())) as house:
        house.browser().log_in()
        assert house.rows("SELECT name, email FROM person") == [("Kari  Solbakken", "")]


@pytest.mark.parametrize("details", [ALTINN, ORGNO])
def test_a_chosen_organisation_is_acted_for_when_there_is_a_role(
    settings: Settings, details: dict[str, Any]
) -> None:
    with portal(settings, authorization_details=(details,), door="organisations") as house:
        browser = house.browser()
        started = browser.start(going="/min-side/okter")
        assert json.loads(asked(started.headers["Location"])["authorization_details"]) == [details]
        answer = browser.client.get(browser.pick(started))
        assert answer.headers["Location"] == "/logg-inn/organisasjon?next=/min-side/okter"
        page = browser.client.get(answer.headers["Location"])
        assert ORGANISATION in page.text
        assert 'href="/registrer"' in page.text
        ours = make_leader(house)
        assert f'href="/registrer/tilgang/{ORGANISATION}"' not in page.text
        assert browser.client.get(answer.headers["Location"]).headers["Location"] == "/min-side/okter"
        again = house.browser()
        again.log_in()
        assert "Solbakken velforening" in again.client.get(f"/representer/{ours}").text
        chosen = house.rows("SELECT represents, acting_for FROM user_session ORDER BY id DESC LIMIT 1")
        assert chosen == [(ORGANISATION, ours)]


def make_leader(house: Portal) -> int:
    """The organisation is here, and everybody so far leads it and another one."""
    with house.app.app_context():
        world = World(house.app)
        ours, other = world.civil_unit("Solbakken velforening"), world.civil_unit("Et annet lag")
        for (person_id,) in house.rows("SELECT id FROM person"):
            world.grant(person_id, "leader", other)
            world.grant(person_id, "leader", ours)
    house.rows(
        "INSERT INTO organisation (unit_id, number, kind, name, sort_key, level, owner_id, language)"
        " VALUES (:unit, :number, 'voluntary', 'Solbakken velforening', 's', 'local', :unit, 'nb')",
        unit=ours,
        number=ORGANISATION,
    )
    return ours


def test_whoever_comes_without_an_organisation_gets_a_way_forward(settings: Settings) -> None:
    class Alone(Steps):
        def represented(self, login: Login) -> Any:
            return None

    with portal(settings, Alone(read_personas()), authorization_details=(ALTINN,)) as house:
        browser = house.browser()
        answer = browser.log_in(going="/min-side/okter")
        page = browser.client.get(answer.headers["Location"])
        assert "uten en organisasjon" in page.text
        for way in ('href="/min-side/okter"', 'href="/registrer"', 'action="/logg-inn/start/stub"'):
            assert way in page.text
        assert browser.is_in()
        make_leader(house)
        straight_on = browser.client.get(answer.headers["Location"])
        assert straight_on.headers["Location"] == "/min-side/okter", "with a role there is nothing to explain"


WRONG_DETAILS: dict[str, Any] = {
    "another type": [{**ORGNO, "authorized_parties": []}],
    "another resource": [{**ALTINN, "resource": "urn:altinn:resource:other", "authorized_parties": []}],
    "no list": {"type": ALTINN["type"]},
    "a number that is none": [{**ALTINN, "authorized_parties": [{"orgno": {"ID": "0192:974760674"}}]}],
    "a person's number": [{**ALTINN, "authorized_parties": [{"orgno": {"ID": "15108695088"}}]}],
    "parties that are no list": [{**ALTINN, "authorized_parties": "974760673"}],
    "text for an entry": ["ansattporten:altinn:resource"],
}


@pytest.mark.parametrize("name", WRONG_DETAILS)
def test_an_answer_about_something_else_logs_nobody_in(settings: Settings, name: str) -> None:
    class Wrong(Steps):
        def represented(self, login: Login) -> Any:
            return WRONG_DETAILS[name]

    with portal(settings, Wrong(read_personas()), authorization_details=(ALTINN,)) as house:
        browser = house.browser()
        assert browser.log_in().status_code == 400
        assert house.refusals() == ["authorization_details"]
        assert browser.session is None


@pytest.mark.parametrize("roles", [None, [], "portal.staff", ["other"], {"portal.staff": 1}])
def test_an_account_without_the_app_role_is_no_staff(settings: Settings, roles: Any) -> None:
    with portal(settings, Roles(roles), door="staff", staff_roles=("portal.staff",)) as house:
        browser = house.browser()
        page = browser.log_in()
        assert "ikke registrert som ansatt" in page.text
        assert house.refusals() == ["not_staff"]
        assert browser.session is None


def test_an_app_role_makes_staff_and_gives_no_right(settings: Settings) -> None:
    with portal(
        settings, Roles(["portal.staff", "administrator"]), door="staff", staff_roles=("portal.staff",)
    ) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in()
        assert house.count("assignment") == 0
        assert browser.client.get("/tilgang").status_code == 403
        ((staff, lasts),) = house.rows("SELECT staff, expires_at - created_at FROM user_session")
        assert staff is True
        assert round(lasts.total_seconds() / 60) == settings.session.staff_absolute_minutes


class Roles(Steps):
    """A provider that gives app roles."""

    def __init__(self, roles: Any) -> None:
        super().__init__(read_personas())
        self.roles = roles

    def id_token_claims(self, login: Login) -> dict[str, Any]:
        given = {} if self.roles is None else {"roles": self.roles}
        return {**super().id_token_claims(login), **given}


def test_the_login_page_has_one_button_for_each_kind_of_reader(settings: Settings) -> None:
    others = (
        {"key": "ansattporten", "label": "Ansattporten", "door": "organisations", "stub": False},
        {"key": "entra", "label": "UDI-konto", "door": "staff", "stub": False},
    )
    with portal(settings, None, *others, label="ID-porten", stub=False) as house:
        page = house.browser().client.get("/logg-inn").text
        places = [page.index(f"/logg-inn/start/{key}") for key in ("stub", "ansattporten", "entra")]
        assert places == sorted(places)
        assert page.count('data-variant="primary"') == 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"authorization_details": (ALTINN, ORGNO)}, "one type"),
        ({"authorization_details": ({"type": "ansattporten:altinn:service"},)}, "must be one of"),
        ({"authorization_details": ({"type": ALTINN["type"]},)}, "needs a resource"),
        ({"staff_roles": ("x",)}, "door is staff"),
        ({"keys": "{}"}, "JWK set"),
        ({"keys": client_keys.key_set({"kty": "oct", "kid": "x", "k": "c2VjcmV0", "d": ""})}, "RSA"),
        ({"keys": client_keys.key_set({"kty": "RSA", "kid": "x"})}, "private"),
    ],
)
def test_a_profile_that_cannot_work_is_refused_at_the_start(wrong: dict[str, Any], word: str) -> None:
    told = {"key": "x", "label": "X", "issuer": "https://x.example", "client_id": "x", **wrong}
    with pytest.raises(ValidationError, match=word) as refused:
        Provider.model_validate(told)
    assert "c2VjcmV0" not in str(refused.value.errors()[0]["msg"])
