"""The provider's server logs people out: stored before it is answered, judged fully, taken once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwt
from werkzeug.test import TestResponse

from portal.identity import backchannel, provider, tokens
from portal.identity.backchannel import EVENT, judge_later
from portal.identity.provider import KnownProvider
from portal.settings import Settings
from tests.integration.test_login_refused import packed_part, unsigned, with_the_public_key_as_secret
from tests.login import Browser, Portal, portal, without_check
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login

TOLD = "/logg-ut/fra-leverandor/stub"


class Remembering(Steps):
    """A provider that remembers whom it logged in."""

    def __init__(self) -> None:
        super().__init__(read_personas())
        self.seen: list[Login] = []

    def token_answer(self, login: Login, access_token: str) -> dict[str, Any]:
        self.seen.append(login)
        return super().token_answer(login, access_token)


@pytest.fixture
def steps() -> Remembering:
    return Remembering()


@pytest.fixture
def house(settings: Settings, steps: Remembering) -> Iterator[Portal]:
    with portal(settings, steps) as running:
        yield running


@pytest.fixture
def inside(house: Portal) -> Browser:
    browser = house.browser()
    browser.log_in()
    return browser


def tell(house: Portal, token: str) -> TestResponse:
    return house.app.test_client().post(TOLD, data={"logout_token": token})


def refusals(house: Portal) -> list[str]:
    rows = house.rows("SELECT data->>'reason' FROM audit_entry WHERE name = 'identity.logout_refused'")
    return [row[0] for row in rows]


def no_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("the provider was asked something")

    monkeypatch.setattr(provider, "get_json", ask)


def test_it_ends_the_session_it_names_and_no_other(
    house: Portal, inside: Browser, steps: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = house.browser()
    other.log_in()
    no_questions(monkeypatch)
    answer = tell(house, steps.logout_token(steps.seen[0], sub=None))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert not inside.is_in()
    assert other.is_in()
    assert house.names()[-1] == "identity.session_ended"


def test_without_a_session_named_it_ends_all_of_the_person_there(
    house: Portal, inside: Browser, steps: Remembering
) -> None:
    second, stranger = house.browser(), house.browser()
    second.log_in()
    stranger.log_in("amina")
    assert tell(house, steps.logout_token(steps.seen[0], sid=None)).status_code == 200
    assert [one.is_in() for one in (inside, second, stranger)] == [False, False, True]


def test_a_storm_of_logouts_ends_each_session_once(house: Portal, steps: Remembering) -> None:
    browsers = [house.browser() for _ in range(5)]
    for browser in browsers:
        browser.log_in()
    sent = [steps.logout_token(login, sub=None) for login in steps.seen for _ in range(10)]
    assert {tell(house, token).status_code for token in sent} == {200}
    assert not any(browser.is_in() for browser in browsers)
    assert house.names().count("identity.session_ended") == 5


def test_the_same_token_is_not_taken_twice(house: Portal, inside: Browser, steps: Remembering) -> None:
    token = steps.logout_token(steps.seen[0])
    assert [tell(house, token).status_code for _ in range(2)] == [200, 400]
    assert refusals(house) == ["logout_replayed"]


def without(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: without_check(patch, backchannel, "CHECKS", name)


Claims = dict[str, Any]
WRONG: dict[str, tuple[Claims, str]] = {
    "another event": ({"events": {"https://x.example/event": {}}}, "logout_event"),
    "no event": ({"events": None}, "logout_event"),
    "an event that is text": ({"events": EVENT}, "logout_event"),
    "an event with text in it": ({"events": {EVENT: "x"}}, "logout_event"),
    "a nonce": ({"nonce": "n"}, "logout_nonce"),
    "another audience": ({"aud": "other"}, "audience"),
    "two audiences": ({"aud": ["samvirkeportalen", "other"]}, "audience"),
    "no audience": ({"aud": None}, "audience"),
    "another issuer": ({"iss": "https://x.example"}, "issuer"),
    "no identifier": ({"jti": None}, "logout_identifier"),
    "an identifier that is a number": ({"jti": 7}, "logout_identifier"),
    "nobody named": ({"sub": None, "sid": None}, "logout_whom"),
    "a session that is a list": ({"sid": ["x"]}, "logout_whom"),
    "expired": ({"exp": 1_000_000_000}, "expiry"),
    "no expiry": ({"exp": None}, "expiry"),
    "issued long ago": ({"iat": 1_000_000_000}, "issued_at"),
    "issued in the future": ({"iat": 9_000_000_000}, "issued_at"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_does_not_hold_ends_nothing(
    house: Portal, inside: Browser, steps: Remembering, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, reason = WRONG[name]
    token = steps.logout_token(steps.seen[0], **changes)
    answer = tell(house, token)
    assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_request"})
    assert refusals(house) == [reason]
    assert inside.is_in()
    without_check(monkeypatch, backchannel, "CHECKS", reason)
    if {"jti", "sid", "iss", "sub"} & set(changes):
        return  # without the check there is nothing it could end, or no key to store it by
    assert tell(house, token).status_code == 200
    assert not inside.is_in(), "the check was not what kept it out"


def forged(steps: Steps, make: Callable[[Steps, Claims], str], login: Login) -> str:
    told = jwt.decode(steps.logout_token(login), steps.key, algorithms=["RS256"]).claims
    return make(steps, told)


def with_another_key(steps: Steps, told: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": steps.key.kid or ""}, told, steps.new_key())


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (unsigned, "algorithm"),
        (with_the_public_key_as_secret, "algorithm"),
        (with_another_key, "signature"),
        (lambda steps, told: "x", "logout_token"),
        (lambda steps, told: "", "logout_token"),
        (lambda steps, told: f"{packed_part({'alg': 'RS256'})}.{packed_part(b'[1]')}.x", "logout_token"),
        (lambda steps, told: steps.logout_token(steps.seen[0], padding="x" * 9000), "logout_token"),
    ],
)
def test_a_token_nobody_can_have_signed_ends_nothing(
    house: Portal, inside: Browser, steps: Remembering, make: Any, reason: str
) -> None:
    assert tell(house, forged(steps, make, steps.seen[0])).status_code == 400
    assert refusals(house) == [reason]
    assert inside.is_in()


def test_an_id_token_is_no_logout_token(house: Portal, inside: Browser, steps: Remembering) -> None:
    assert tell(house, steps.sign(steps.id_token_claims(steps.seen[0]))).status_code == 400
    assert inside.is_in()


def test_a_token_under_a_new_key_is_kept_and_judged_when_the_key_is_fetched(
    house: Portal, inside: Browser, steps: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.key = steps.new_key()
    token = steps.logout_token(steps.seen[0])
    with monkeypatch.context() as patch:
        no_questions(patch)
        assert tell(house, token).status_code == 200
    assert inside.is_in(), "it cannot be judged yet"
    ((kept, logout_id),) = house.rows("SELECT waiting, id FROM logout_token")
    assert kept
    assert token not in kept
    assert "kari" not in kept
    jobs = house.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'identity.judge_logout'")
    assert jobs == [(1,)]
    worker(house)
    with house.app.app_context():
        judge_later.function(logout_id=logout_id)
    assert not inside.is_in()
    assert house.rows("SELECT waiting FROM logout_token") == [("",)]


def worker(house: Portal) -> None:
    """Another process: it knows nothing of the provider yet."""
    known = house.app.extensions["login_providers"]
    for key in known:
        known[key] = KnownProvider(known[key].profile)


def test_a_kept_token_that_turns_out_forged_ends_nothing(
    house: Portal, inside: Browser, steps: Remembering
) -> None:
    real = steps.key
    steps.key = steps.new_key()
    assert tell(house, steps.logout_token(steps.seen[0])).status_code == 200
    steps.key = real
    worker(house)
    with house.app.app_context():
        judge_later.function(logout_id=house.rows("SELECT id FROM logout_token")[0][0])
    assert inside.is_in()
    assert refusals(house) == ["key_unknown"]


def test_no_more_wait_than_can_be_judged(
    house: Portal, inside: Browser, steps: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backchannel, "MOST_WAITING", 3)
    steps.key = steps.new_key()
    sent = [tell(house, steps.logout_token(steps.seen[0])).status_code for _ in range(5)]
    assert sent == [200, 200, 200, 503, 503]


def test_the_checks_are_those_of_the_standard() -> None:
    assert {"issuer", "audience", "expiry", "issued_at", "logout_event", "logout_nonce"} <= set(
        backchannel.CHECKS
    )
    assert {"RS256", "ES256"} == tokens.ALGORITHMS
