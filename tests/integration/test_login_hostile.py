"""More that a provider, or who plays one, can do wrong: each ends on a page, with one entry, nobody in.

The checks of `test_login_refused.py` are tried there with and without; here are those that came with pushed
requests, staff, organisations and logging out, and what no check of ours but a limit stops.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from flask import Response
from joserfc import jwt

from portal.identity import fetching, flow, tokens
from portal.settings import Settings
from tests.integration.test_login_refused import (
    Broken,
    Patch,
    answer,
    assert_refused,
    claims,
    packed_part,
    signed,
    token_answer,
    trusting,
    unverified,
)
from tests.integration.test_login_refused import (
    without_claim_check as unless,
)
from tests.login import Portal, portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login

MINUTES = 600


def header(**more: Any) -> type[Steps]:
    """A provider that puts more into the token's header, under a signature that holds."""

    def make(steps: Steps, told: dict[str, Any]) -> str:
        head = {"alg": "RS256", "kid": steps.key.kid, **more}
        parts = f"{packed_part(head)}.{packed_part(told)}"
        signature = steps.key.private_key.sign(parts.encode(), *_rsa())
        return f"{parts}.{packed_part(signature)}"

    return signed(make)


def _rsa() -> tuple[Any, Any]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), SHA256()


def with_its_own_key(member: str) -> type[Steps]:
    """A token under a key that it brings along itself."""

    def make(steps: Steps, told: dict[str, Any]) -> str:
        key = steps.new_key()
        brought = key.as_dict(private=False) if member == "jwk" else f"{steps.issuer}/jwks"
        head = {"alg": "RS256", "kid": steps.key.kid, member: brought}
        parts = f"{packed_part(head)}.{packed_part(told)}"
        return f"{parts}.{packed_part(key.private_key.sign(parts.encode(), *_rsa()))}"

    return signed(make)


class WrongClock(Steps):
    """Its clock is off by ten minutes."""

    def __init__(self, personas: Any, by: int) -> None:
        super().__init__(personas, now=lambda: time.time() + by)


class SwappedKey(Steps):
    """Another key under the same name: published is the old one."""

    def sign(self, claims: dict[str, Any]) -> str:
        key = self.new_key()
        return jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, claims, key)


class Without(Steps):
    """A discovery document with a member missing or wrong."""

    def __init__(self, personas: Any, **members: Any) -> None:
        super().__init__(personas)
        self.members = members

    def discovery(self) -> dict[str, Any]:
        found = {**super().discovery(), **self.members}
        return {name: value for name, value in found.items() if value is not None}


def says(**members: Any) -> Callable[[Any], Steps]:
    return lambda personas: Without(personas, **members)


class ForeignDetails(Steps):
    def represented(self, login: Login) -> Any:
        return [{"type": "ansattporten:orgno", "authorized_parties": []}]


class EmptyReference(Steps):
    def par_answer(self, asked: dict[str, str]) -> dict[str, Any]:
        return {"expires_in": 60}


class PaddedReference(Steps):
    def par_answer(self, asked: dict[str, str]) -> dict[str, Any]:
        return {"request_uri": "x" * 5000, "expires_in": 60}


CONTROLLED: dict[str, tuple[Callable[[Any], Steps], str, Patch, dict[str, Any]]] = {
    "an access token in its place": (header(typ="at+jwt"), "type", trusting(tokens, "type_allowed"), {}),
    "a logout token in its place": (header(typ="logout+jwt"), "type", trusting(tokens, "type_allowed"), {}),
    "a key brought along (jwk)": (with_its_own_key("jwk"), "id_token", unverified, {}),
    "a key's address brought along (jku)": (with_its_own_key("jku"), "signature", unverified, {}),
    "a certificate brought along (x5u)": (with_its_own_key("x5u"), "signature", unverified, {}),
    "a key changed under the same kid": (SwappedKey, "signature", unverified, {}),
    "another access token than the signed one": (
        claims(at_hash="A" * 22), "access_token_hash", trusting(flow, "access_token_hash"), {},
    ),
    "no app role": (claims(roles=[]), "not_staff", unless("not_staff"),
                    {"door": "staff", "staff_roles": ("portal.staff",)}),
    "an app role as text": (claims(roles="portal.staff"), "not_staff", unless("not_staff"),
                            {"door": "staff", "staff_roles": ("portal.staff",)}),
    "a level downgraded": (claims(acr="idporten-loa-substantial"), "acr", unless("acr"),
                           {"acr_values": "idporten-loa-high"}),
    "a level nobody knows": (claims(acr="idporten-loa-higher"), "acr", unless("acr"),
                             {"acr_values": "idporten-loa-substantial"}),
    "a level as a list": (claims(acr=["idporten-loa-high"]), "acr", unless("acr"),
                          {"acr_values": "idporten-loa-substantial"}),
    "a synthetic identity number as subject": (claims(sub="15908695088"), "subject", unless("subject"), {}),
    "an identity number with a blank": (claims(sub="151086 95088"), "subject", unless("subject"), {}),
    "an audience that holds ours as a part": (
        claims(aud="samvirkeportalen-2"), "audience", unless("audience"), {},
    ),
    "an audience within one": (claims(aud=[["samvirkeportalen"]]), "audience", unless("audience"), {}),
    "an issuer in other letters": (claims(iss=lambda v: v.upper()), "issuer", unless("issuer"), {}),
    "an issuer as a list": (claims(iss=lambda v: [v]), "issuer", unless("issuer"), {}),
    "a nonce as a list": (claims(nonce=lambda v: [v]), "nonce", unless("nonce"), {}),
    "no time of issue": (claims(iat=None), "issued_at", unless("issued_at"), {}),
    "a time of issue as true": (claims(iat=True), "issued_at", unless("issued_at"), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTROLLED)
def test_a_misbehaving_provider_logs_nobody_in(settings: Settings, name: str) -> None:
    steps, reason, _patch, profile = CONTROLLED[name]
    with portal(settings, steps(read_personas()), **profile) as house:
        assert_refused(house, reason)


@pytest.mark.parametrize("name", CONTROLLED)
def test_without_the_check_it_would_get_in(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, _reason, patch, profile = CONTROLLED[name]
    patch(monkeypatch)
    if "time of issue" in name:
        monkeypatch.setattr(flow, "_identity", _with_a_time(flow._identity))
    if "list" in name or "within" in name:
        monkeypatch.setattr(flow, "_identity", _with_plain_claims(flow._identity, name))
    with portal(settings, steps(read_personas()), **profile) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in()


def _with_a_time(make: Any) -> Any:
    return lambda claims, *rest: make({**claims, "iat": 1_700_000_000}, *rest)


def _with_plain_claims(make: Any, name: str) -> Any:
    def plain(claims: dict[str, Any], *rest: Any) -> Any:
        return make({**claims, "iss": str(claims["iss"])} if "issuer" in name else claims, *rest)

    return plain


class _Terse(Steps):
    """Gives no name, so that userinfo is asked, and an access token that would break the request in two."""

    def person_claims(self, login: Login) -> dict[str, Any]:
        return {"sub": login.persona.sub}

    def token_answer(self, login: Login, access_token: str) -> dict[str, Any]:
        return {**super().token_answer(login, access_token), "access_token": "a\r\nX: y"}


UNUSABLE: dict[str, tuple[Callable[[Any], Steps], str, dict[str, Any]]] = {
    "an unknown critical header": (header(crit=["x"], x=1), "id_token", {}),
    "a critical header that is no list": (header(crit="x"), "id_token", {}),
    "a kind of token as a list": (header(typ=["JWT"]), "type", {}),
    "no token endpoint": (says(token_endpoint=None), "provider_metadata", {}),
    "no key set": (says(jwks_uri=None), "provider_metadata", {}),
    "a key set in a file": (says(jwks_uri="file:///etc/passwd"), "provider_metadata", {}),
    "an authorization endpoint that is a script": (
        says(authorization_endpoint="javascript:alert(1)"), "provider_metadata", {},
    ),
    "an address with a name and password in it": (
        says(token_endpoint="http://user:pass@127.0.0.1/token"), "provider_metadata", {},
    ),
    "a port that is none": (says(token_endpoint="http://127.0.0.1:99999/x"), "provider_metadata", {}),
    "no algorithms": (says(id_token_signing_alg_values_supported=None), "algorithm", {}),
    "no pushed requests where they are demanded": (
        says(pushed_authorization_request_endpoint=None), "provider_metadata", {"par": True},
    ),
    "a pushed request without reference": (EmptyReference, "pushed_request", {"par": True}),
    "a reference without end": (PaddedReference, "pushed_request", {"par": True}),
    "an organisation nobody asked about": (
        ForeignDetails, "authorization_details",
        {"authorization_details": ({"type": "ansattporten:altinn:resource", "resource": "urn:x"},)},
    ),
    "an ID token as a list": (token_answer(id_token=["a.b.c"]), "id_token_missing", {}),
    "an ID token in four parts": (token_answer(id_token="a.b.c.d"), "id_token", {}),
    "an ID token of nothing": (token_answer(id_token=".."), "id_token", {}),
    "a token type of no type": (token_answer(token_type=1), "token_type", {}),
    "an access token with a line break": (
        _Terse, "token_response", {},
    ),
    "an error at the way back": (answer(error="server_error", code=None), "provider_error", {}),
    "a level it says it cannot reach": (
        answer(error="unmet_authentication_requirements", code=None), "acr_unmet", {},
    ),
    "an error and a code at once": (answer(error="server_error"), "provider_error", {}),
    "an empty code": (answer(code=""), "response_malformed", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_logs_nobody_in(settings: Settings, name: str) -> None:
    steps, reason, profile = UNUSABLE[name]
    with portal(settings, steps(read_personas()), **profile) as house:
        assert_refused(house, reason)


@pytest.mark.parametrize("by", [MINUTES, -MINUTES])
def test_a_clock_ten_minutes_off_logs_nobody_in(settings: Settings, by: int) -> None:
    with portal(settings, WrongClock(read_personas(), by)) as house:
        browser = house.browser()
        assert browser.log_in().status_code == 400
        (reason,) = house.refusals()
        assert reason in ("issued_at", "expiry", "auth_time")
        assert browser.session is None


def hanging(_response: Response) -> Response:
    """Nothing, for longer than anybody waits."""

    def silence() -> Any:
        yield b"{"
        time.sleep(1.2)  # the provider's own slowness, not the test's

    return Response(silence(), 200, {"Content-Type": "application/json"})


def looping(_response: Response) -> Response:
    return Response("", 302, {"Location": "/.well-known/openid-configuration"})


def mountain(_response: Response) -> Response:
    """A key set of 64 MB."""
    return Response(
        iter([b'{"keys": ["', *[b"x" * 1_000_000] * 64]), 200, {"Content-Type": "application/json"}
    )


def bomb(_response: Response) -> Response:
    """Small on the way, and 200 MB once unpacked."""
    packed = gzip.compress(b" " * 200_000_000, 1)
    return Response(packed, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def unavailable(_response: Response) -> Response:
    return Response('{"error": "temporarily_unavailable"}', 503, {"Content-Type": "application/json"})


def empty(_response: Response) -> Response:
    return Response("", 200, {"Content-Type": "application/json"})


@pytest.mark.parametrize("break_it", [hanging, looping, unavailable, empty])
@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "par", "token", "userinfo"])
def test_whatever_stage_it_fails_at_nobody_is_in_and_the_page_says_so(
    settings: Settings,
    endpoint: str,
    break_it: Callable[[Response], Response],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.4)

    class Half(Broken):
        def person_claims(self, login: Login) -> dict[str, Any]:
            return {"sub": login.persona.sub}

    with portal(settings, Half(endpoint, break_it), par=endpoint == "par") as house:
        assert_refused(house, "provider_unreachable")


@pytest.mark.parametrize("break_it", [mountain, bomb])
def test_an_answer_of_any_size_costs_no_more_than_its_limit(
    settings: Settings, break_it: Callable[[Response], Response]
) -> None:
    with portal(settings, Broken("jwks", break_it)) as house:
        assert_refused(house, "provider_unreachable")


def test_one_providers_answer_at_anothers_callback(settings: Settings) -> None:
    with portal(settings, None, {"key": "other"}) as house:
        browser = house.browser()
        back = browser.pick(browser.start()).replace("/svar/stub", "/svar/other")
        assert browser.client.get(back).status_code == 400
        assert house.refusals() == ["provider_other"]
        assert browser.session is None


def test_a_code_replayed_at_the_provider_takes_the_other_login_nowhere(settings: Settings) -> None:
    with portal(settings) as house:
        browser, thief = house.browser(), house.browser()
        back = browser.pick(browser.start())
        browser.client.get(back)
        code = dict(httpx2.QueryParams(back.partition("?")[2]))["code"]
        own = dict(httpx2.QueryParams(thief.pick(thief.start()).partition("?")[2]))
        query = httpx2.QueryParams({**own, "code": code})
        assert thief.client.get(f"/logg-inn/svar/stub?{query}").status_code == 400
        assert house.refusals() == ["token_response"]
        assert thief.session is None
        assert browser.is_in()


PARTS = ("state", "code", "iss", "error")


@pytest.mark.parametrize("part", PARTS)
def test_a_parameter_given_twice_is_refused(house: Portal, part: str) -> None:
    browser = house.browser()
    browser.client.get(f"/logg-inn/svar/stub?state=x&code=y&iss={house.url}&error=z&{part}=again")
    assert house.refusals() == ["response_malformed"]
    assert browser.session is None


@pytest.fixture
def house(settings: Settings) -> Any:
    with portal(settings) as running:
        yield running


def test_there_are_sixty_misbehaviours_with_names_and_more() -> None:
    from tests.integration import test_login_refused as first

    names = {*CONTROLLED, *UNUSABLE, *first.MISBEHAVIOURS, *first.UNUSABLE}
    assert len(names) >= 60
