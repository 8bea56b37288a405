"""Logins that must not succeed: each refused with a page, one audit entry, and nobody logged in.

Each misbehaviour is tried twice: with the check in place, and with it taken out. The second run shows
that it is this check that refuses, and that the misbehaviour is real.
"""

from __future__ import annotations

import gzip
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from flask import Response
from joserfc import jws, jwt

from portal.identity import flow, provider, services, tokens
from portal.settings import Settings
from tests.login import Portal, portal, without_check
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login

Patch = Callable[[pytest.MonkeyPatch], None]


def claims(**changes: Any) -> type[Steps]:
    """A provider whose ID token has other claims; a callable is given the right value, None takes it out."""

    class Changed(Steps):
        def id_token_claims(self, login: Login) -> dict[str, Any]:
            found = super().id_token_claims(login)
            for name, value in changes.items():
                found[name] = value(found.get(name)) if callable(value) else value
            return {name: value for name, value in found.items() if value is not None}

    return Changed


def answer(**changes: str | None) -> type[Steps]:
    """A provider that sends the browser back with other parameters; None takes one out."""

    class Changed(Steps):
        def callback(self, login: Login, state: str) -> dict[str, str]:
            found: dict[str, str | None] = {**super().callback(login, state), **changes}
            return {name: value for name, value in found.items() if value is not None}

    return Changed


def token_answer(**changes: Any) -> type[Steps]:
    """A provider whose token endpoint answers differently; None takes a member out."""

    class Changed(Steps):
        def token_answer(self, login: Login, access_token: str) -> dict[str, Any]:
            found = {**super().token_answer(login, access_token), **changes}
            return {name: value for name, value in found.items() if value is not None}

    return Changed


def signed(make: Callable[[Steps, dict[str, Any]], str]) -> type[Steps]:
    """A provider that signs its ID tokens in another way."""

    class Changed(Steps):
        def sign(self, claims: dict[str, Any]) -> str:
            return make(self, claims)

        def discovery(self) -> dict[str, Any]:
            listed = ["RS256", "none", "HS256"]
            return {**super().discovery(), "id_token_signing_alg_values_supported": listed}

    return Changed


def packed_part(value: dict[str, Any] | bytes) -> str:
    """One part of a token, made by hand: libraries refuse to make what must be refused."""
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(plain).decode().rstrip("=")


def unsigned(_steps: Steps, claims: dict[str, Any]) -> str:
    return f"{packed_part({'alg': 'none'})}.{packed_part(claims)}."


def with_the_public_key_as_secret(steps: Steps, claims: dict[str, Any]) -> str:
    signed_part = f"{packed_part({'alg': 'HS256', 'kid': steps.key.kid})}.{packed_part(claims)}"
    secret = steps.key.as_pem(private=False)
    return f"{signed_part}.{packed_part(hmac.digest(secret, signed_part.encode(), 'sha256'))}"


def with_half_a_character(steps: Steps, claims: dict[str, Any]) -> str:
    payload = json.dumps({**claims, "sub": "\ud800"}).encode()
    return jws.serialize_compact({"alg": "RS256", "kid": steps.key.kid}, payload, steps.key)


def with_another_key(steps: Steps, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": steps.key.kid}, claims, steps.new_key())


def with_a_key_of_its_own_inside(steps: Steps, claims: dict[str, Any]) -> str:
    key = steps.new_key()
    header = {"alg": "RS256", "kid": key.kid, "jku": f"{steps.issuer}/own-keys"}
    return jwt.encode(header, claims, key)


class OtherDiscovery(Steps):
    def discovery(self) -> dict[str, Any]:
        return {**super().discovery(), "issuer": f"{self.issuer}/other"}


class OtherUserinfo(Steps):
    def id_token_claims(self, login: Login) -> dict[str, Any]:
        return {**super().id_token_claims(login), "name": ""}

    def userinfo(self, login: Login) -> dict[str, Any]:
        return {**super().userinfo(login), "sub": "amina-warsame"}


class UnlistedAlgorithm(Steps):
    def discovery(self) -> dict[str, Any]:
        return {**super().discovery(), "id_token_signing_alg_values_supported": ["PS256"]}


def without_claim_check(name: str) -> Patch:
    return lambda patch: without_check(patch, tokens, "CHECKS", name)


def without_token_check(name: str) -> Patch:
    return lambda patch: without_check(patch, flow, "TOKEN_CHECKS", name)


def trusting(target: Any, name: str) -> Patch:
    return lambda patch: patch.setattr(target, name, lambda *_: True)


def unverified(patch: pytest.MonkeyPatch) -> None:
    def read(token: str, _header: Any, _provider: Any) -> Any:
        body = token.split(".")[1]
        return json.loads(urlsafe_b64decode(body + "=="))

    patch.setattr(tokens, "verified_claims", read)


def any_algorithm(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "algorithm_allowed", lambda *_: True)
    unverified(patch)


MISBEHAVIOURS: dict[str, tuple[type[Steps], str, Patch]] = {
    "another issuer in the token": (claims(iss="https://x.example"), "issuer", without_claim_check("issuer")),
    "a slash after the issuer": (claims(iss=lambda v: v + "/"), "issuer", without_claim_check("issuer")),
    "another audience": (claims(aud="somebody-else"), "audience", without_claim_check("audience")),
    "another audience, our azp": (
        claims(aud=["somebody-else"], azp="samvirkeportalen"),
        "audience",
        without_claim_check("audience"),
    ),
    "an extra audience": (
        claims(aud=["samvirkeportalen", "x"], azp="samvirkeportalen"),
        "audience",
        without_claim_check("audience"),
    ),
    "no audience": (claims(aud=None), "audience", without_claim_check("audience")),
    "another azp": (claims(azp="x"), "authorised_party", without_claim_check("authorised_party")),
    "expired a minute ago": (claims(exp=lambda v: v - 180), "expiry", without_claim_check("expiry")),
    "expired beyond the leeway": (claims(exp=lambda v: v - 131), "expiry", without_claim_check("expiry")),
    "no expiry": (claims(exp=None), "expiry", without_claim_check("expiry")),
    "expiry as text": (claims(exp="9999999999"), "expiry", without_claim_check("expiry")),
    "issued in the future": (claims(iat=lambda v: v + 30), "issued_at", without_claim_check("issued_at")),
    "issued ten minutes ago": (claims(iat=lambda v: v - 600), "issued_at", without_claim_check("issued_at")),
    "not valid yet": (claims(nbf=9_999_999_999), "not_before", without_claim_check("not_before")),
    "proved in the future": (
        claims(auth_time=lambda v: v + 600),
        "auth_time",
        without_claim_check("auth_time"),
    ),
    "another nonce": (claims(nonce="another"), "nonce", without_claim_check("nonce")),
    "no nonce": (claims(nonce=None), "nonce", without_claim_check("nonce")),
    "an empty subject": (claims(sub=""), "subject", without_claim_check("subject")),
    "a blank subject": (claims(sub="  "), "subject", without_claim_check("subject")),
    "an identity number as subject": (
        claims(sub="15108695088"),
        "subject",
        without_claim_check("subject"),
    ),
    "a weaker level than asked for": (claims(acr="substantial"), "acr", without_claim_check("acr")),
    "no level": (claims(acr=None), "acr", without_claim_check("acr")),
    "an unsigned token": (signed(unsigned), "algorithm", any_algorithm),
    "the public key as secret": (signed(with_the_public_key_as_secret), "algorithm", any_algorithm),
    "an algorithm it does not list": (
        UnlistedAlgorithm,
        "algorithm",
        trusting(tokens, "algorithm_allowed"),
    ),
    "another key under the same kid": (signed(with_another_key), "signature", unverified),
    "a key nobody published": (signed(with_a_key_of_its_own_inside), "key_unknown", unverified),
    "another issuer in the answer": (
        answer(iss="https://x.example"),
        "response_issuer",
        trusting(flow, "answer_issuer"),
    ),
    "no issuer in the answer": (answer(iss=None), "response_issuer", trusting(flow, "answer_issuer")),
    "another issuer's discovery document": (
        OtherDiscovery,
        "discovery_issuer",
        trusting(provider, "same_issuer"),
    ),
    "another person in userinfo": (OtherUserinfo, "userinfo_subject", trusting(flow, "same_subject")),
    "token type mac": (token_answer(token_type="mac"), "token_type", without_token_check("token_type")),
    "no token type": (token_answer(token_type=None), "token_type", without_token_check("token_type")),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_a_misbehaving_provider_logs_nobody_in(settings: Settings, name: str) -> None:
    steps, reason, _patch = MISBEHAVIOURS[name]
    with portal(settings, steps(read_personas()), acr_values="idporten-loa-high") as house:
        assert_refused(house, reason)


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_without_the_check_the_same_provider_would_get_in(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, _reason, patch = MISBEHAVIOURS[name]
    patch(monkeypatch)
    with portal(settings, steps(read_personas()), acr_values="idporten-loa-high") as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in()


UNUSABLE = {
    "no id_token": (token_answer(id_token=None), "id_token_missing"),
    "an id_token that is no token": (token_answer(id_token="x.y"), "id_token"),
    "an encrypted id_token": (token_answer(id_token="a.b.c.d.e"), "id_token"),
    "an error from the token endpoint": (token_answer(error="invalid_grant"), "token_response"),
    "no code": (answer(code=None), "response_malformed"),
    "an expiry beyond all numbers": (claims(exp=10**400), "expiry"),
    "half a character as subject": (signed(with_half_a_character), "subject"),
    "a zero byte as subject": (claims(sub="a\0b"), "subject"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_answer_that_cannot_be_used_logs_nobody_in(settings: Settings, name: str) -> None:
    steps, reason = UNUSABLE[name]
    with portal(settings, steps(read_personas())) as house:
        assert_refused(house, reason)


def assert_refused(house: Portal, reason: str) -> None:
    """A login through this provider ends on a page, with one entry in the audit trail, and nobody in."""
    browser = house.browser()
    started = browser.start()
    page = started if started.status_code != 303 else browser.client.get(browser.pick(started))
    assert page.status_code in (400, 503)
    assert "ikke" in page.text
    assert 'href="/logg-inn?next=' in page.text
    assert house.refusals() == [reason]
    assert browser.session is None
    assert not browser.is_in()
    assert (house.count("user_session"), house.count("person")) == (0, 0)


def unknown_state(house: Portal) -> tuple[str, str]:
    return "/logg-inn/svar/stub?code=x&state=made-up&iss=" + house.url, "state_unknown"


def no_state(house: Portal) -> tuple[str, str]:
    return "/logg-inn/svar/stub?code=x&iss=" + house.url, "state_unknown"


def state_twice(house: Portal) -> tuple[str, str]:
    return "/logg-inn/svar/stub?code=x&state=a&state=b&iss=" + house.url, "response_malformed"


def a_foreign_error(house: Portal) -> tuple[str, str]:
    return "/logg-inn/svar/stub?error=access_denied&state=made-up&iss=" + house.url, "state_unknown"


@pytest.mark.parametrize("make", [unknown_state, no_state, state_twice, a_foreign_error])
def test_an_answer_nobody_asked_for_is_refused(
    settings: Settings, make: Callable[[Portal], tuple[str, str]]
) -> None:
    with portal(settings) as house:
        browser = house.browser()
        path, reason = make(house)
        assert browser.client.get(path).status_code == 400
        assert house.refusals() == [reason]
        assert browser.session is None


def test_an_answer_works_once(settings: Settings) -> None:
    with portal(settings) as house:
        browser = house.browser()
        back = browser.pick(browser.start())
        assert browser.client.get(back).status_code == 303
        first = browser.session
        assert browser.client.get(back).status_code == 400
        assert house.refusals() == ["state_unknown"]
        assert browser.session == first


def test_a_code_used_elsewhere_first_is_worthless(settings: Settings) -> None:
    with portal(settings) as house:
        browser, other = house.browser(), house.browser()
        code = dict(httpx2.QueryParams(browser.pick(browser.start()).partition("?")[2]))["code"]
        own = dict(httpx2.QueryParams(other.pick(other.start()).partition("?")[2]))
        swapped = httpx2.QueryParams({**own, "code": code})
        assert other.client.get(f"/logg-inn/svar/stub?{swapped}").status_code == 400
        assert house.refusals() == ["token_response"]
        assert other.session is None


@pytest.mark.parametrize("check", ["in place", "taken out"])
def test_the_answer_in_another_browser_logs_nobody_in(
    settings: Settings, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check == "taken out":
        without_check(monkeypatch, services, "ATTEMPT_CHECKS", "browser_other")
    with portal(settings) as house:
        thief, victim = house.browser(), house.browser()
        back = thief.pick(thief.start())
        victim.start()
        status = victim.client.get(back).status_code
        assert (status, victim.is_in()) == ((400, False) if check == "in place" else (303, True))
        assert house.refusals() == (["browser_other"] if check == "in place" else [])


@pytest.mark.parametrize("check", ["in place", "taken out"])
def test_a_login_begun_eleven_minutes_ago_is_over(
    settings: Settings, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check == "taken out":
        without_check(monkeypatch, services, "ATTEMPT_CHECKS", "attempt_expired")
    with portal(settings) as house:
        browser = house.browser()
        back = browser.pick(browser.start())
        house.rows("UPDATE login_attempt SET created_at = created_at - interval '11 minutes'")
        browser.client.get(back)
        assert browser.is_in() == (check == "taken out")
        assert house.refusals() == (["attempt_expired"] if check == "in place" else [])


def test_whoever_stops_at_the_provider_is_told_that_nothing_happened(settings: Settings) -> None:
    with portal(settings) as house:
        browser = house.browser()
        state = dict(httpx2.QueryParams(browser.start().headers["Location"].partition("?")[2]))["state"]
        query = httpx2.QueryParams({"error": "access_denied", "state": state, "iss": house.url})
        page = browser.client.get(f"/logg-inn/svar/stub?{query}")
        assert page.status_code == 400
        assert "Du avbrøt innloggingen" in page.text
        assert house.refusals() == ["cancelled"]


class Broken(Steps):
    """Does something unpleasant at one endpoint."""

    def __init__(self, endpoint: str, break_it: Callable[[Response], Response]) -> None:
        super().__init__(read_personas())
        self.endpoint = endpoint
        self.break_it = break_it

    def finish(self, endpoint: str, response: Response) -> Response:
        return self.break_it(response) if endpoint == self.endpoint else response


def failing(_response: Response) -> Response:
    return Response("down", 500)


def redirecting(_response: Response) -> Response:
    return Response("", 302, {"Location": "/jwks"})


def enormous(_response: Response) -> Response:
    return Response(iter([b" " * 65536] * 1024), 200, {"Content-Type": "application/json"})


def packed(response: Response) -> Response:
    response.set_data(gzip.compress(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    return response


def not_json(_response: Response) -> Response:
    return Response("<html>", 200, {"Content-Type": "text/html"})


def nested(_response: Response) -> Response:
    return Response("[" * 200_000, 200, {"Content-Type": "application/json"})


@pytest.mark.parametrize("break_it", [failing, redirecting, enormous, packed, not_json, nested])
@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "token"])
def test_a_provider_that_answers_nonsense_logs_nobody_in(
    settings: Settings, endpoint: str, break_it: Callable[[Response], Response]
) -> None:
    with portal(settings, Broken(endpoint, break_it)) as house:
        assert_refused(house, "provider_unreachable")


def test_a_key_set_without_usable_keys_logs_nobody_in(settings: Settings) -> None:
    class NoKeys(Steps):
        def jwks(self) -> dict[str, Any]:
            modulus = packed_part(bytes([193] * 128))
            weak = {"kty": "RSA", "use": "sig", "kid": self.key.kid, "n": modulus, "e": "AQAB"}
            secret = {"kty": "oct", "k": "c2VjcmV0", "kid": self.key.kid}
            return {"keys": [secret, weak, {"kty": "RSA"}, "x", {**weak, "use": "enc"}]}

    with portal(settings, NoKeys(read_personas())) as house:
        assert_refused(house, "key_set")
