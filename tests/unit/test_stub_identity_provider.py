"""The stub provider must be right, or every login test proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.stubs.identity_provider import Steps, read_personas, start
from tests.stubs.identity_provider.logins import Login, challenge_of
from tests.stubs.server import Handle

VERIFIER = "a-verifier-that-is-long-enough-to-be-allowed-by-rfc-7636"
CLIENT = ("samvirkeportalen", "stub-secret-for-development")
BACK = "http://127.0.0.1:54321/login/callback"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def provider(clock: Clock) -> Iterator[Handle]:
    with start(steps=Steps(read_personas(), now=clock)) as handle:
        yield handle


def asked(**changes: str) -> dict[str, str]:
    """A complete authorization request, with changes; an empty value leaves the parameter out."""
    request = {
        "response_type": "code",
        "client_id": CLIENT[0],
        "redirect_uri": BACK,
        "scope": "openid profile email",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (request | changes).items() if value}


def answer(provider: Handle, **changes: str) -> dict[str, str]:
    """The parameters the client is sent back with."""
    response = httpx2.get(f"{provider.url}/authorize", params=asked(**changes))
    assert response.status_code == 303
    assert response.headers["location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def exchange(provider: Handle, code: str, **changes: str) -> httpx2.Response:
    """Ask for tokens with the right client and verifier, with changes."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return httpx2.post(f"{provider.url}/token", data=form | changes, auth=CLIENT)


def test_whole_login_gives_a_signed_token_about_the_picked_person(provider: Handle, clock: Clock) -> None:
    back = answer(provider, persona="kari", acr_values="idporten-loa-substantial")
    assert (back["state"], back["iss"]) == ("the-state", provider.url)
    tokens = exchange(provider, back["code"]).json()
    metadata = httpx2.get(f"{provider.url}/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(httpx2.get(metadata["jwks_uri"]).json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    claims = token.claims
    assert token.header["kid"] == httpx2.get(metadata["jwks_uri"]).json()["keys"][0]["kid"]
    assert claims["iss"] == metadata["issuer"] == provider.url
    assert claims["aud"] == CLIENT[0]
    assert claims["sub"] == "kari-solbakken"
    assert claims["nonce"] == "the-nonce"
    assert claims["acr"] == "idporten-loa-substantial"
    assert claims["name"] == "Kari Solbakken"
    assert claims["email"].endswith("@example.no")
    assert claims["iat"] == claims["auth_time"] == int(clock()) < claims["exp"]
    assert claims["sid"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert httpx2.get(f"{provider.url}/userinfo", headers=bearer).json()["sub"] == "kari-solbakken"


def test_the_published_key_set_holds_no_private_part(provider: Handle) -> None:
    (key,) = httpx2.get(f"{provider.url}/jwks").json()["keys"]
    assert {"kty", "n", "e", "kid"} <= set(key)
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


def test_login_hint_picks_too_and_scopes_limit_what_is_told(provider: Handle) -> None:
    back = answer(provider, login_hint="per", scope="openid")
    tokens = exchange(provider, back["code"]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert httpx2.get(f"{provider.url}/userinfo", headers=bearer).json() == {"sub": "per-myhre"}


def test_secret_may_stand_in_the_form(provider: Handle) -> None:
    back = answer(provider, persona="kari")
    form = {
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
    }
    assert httpx2.post(f"{provider.url}/token", data=form).status_code == 200


def test_code_works_once_and_reuse_ends_the_token(provider: Handle) -> None:
    code = answer(provider, persona="kari")["code"]
    bearer = {"Authorization": f"Bearer {exchange(provider, code).json()['access_token']}"}
    assert httpx2.get(f"{provider.url}/userinfo", headers=bearer).status_code == 200
    assert exchange(provider, code).json()["error"] == "invalid_grant"
    assert httpx2.get(f"{provider.url}/userinfo", headers=bearer).status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400)])
def test_code_lives_a_minute(provider: Handle, clock: Clock, seconds: int, status: int) -> None:
    code = answer(provider, persona="kari")["code"]
    clock.seconds += seconds
    assert exchange(provider, code).status_code == status


@pytest.mark.parametrize(
    "change",
    [{"code_verifier": "another"}, {"code_verifier": ""}, {"redirect_uri": BACK + "x"}, {"code": "x"}],
)
def test_exchange_that_does_not_match_is_refused(provider: Handle, change: dict[str, str]) -> None:
    code = answer(provider, persona="kari")["code"]
    assert exchange(provider, **({"code": code} | change)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("auth", [None, ("samvirkeportalen", "wrong"), ("unknown", CLIENT[1])])
def test_wrong_client_gets_no_token(provider: Handle, auth: tuple[str, str] | None) -> None:
    form = {"grant_type": "authorization_code", "code": answer(provider, persona="kari")["code"]}
    response = httpx2.post(f"{provider.url}/token", data=form, auth=auth)
    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_incomplete_request_gets_an_error(provider: Handle, change: dict[str, str], error: str) -> None:
    back = answer(provider, **change)
    assert back["error"] == error
    assert back["iss"] == provider.url
    assert "code" not in back


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://elsewhere.example/callback"},
        {"redirect_uri": "http://127.0.0.1.elsewhere.example/"},
        {"redirect_uri": "http://127.0.0.1@elsewhere.example/"},
        {"redirect_uri": "javascript://127.0.0.1/%0aalert(1)"},
        {"redirect_uri": "http://127.0.0.1:x/"},
        {"redirect_uri": ""},
        {"client_id": "unknown"},
    ],
)
def test_never_redirects_to_an_unknown_place(provider: Handle, change: dict[str, str]) -> None:
    response = httpx2.get(f"{provider.url}/authorize", params=asked(persona="kari", **change))
    assert response.status_code == 400
    assert "location" not in response.headers


def test_page_offers_every_person_and_choosing_one_goes_back(provider: Handle) -> None:
    page = httpx2.get(f"{provider.url}/authorize", params=asked(state='"><script>'))
    assert page.status_code == 200
    assert "<script" not in page.text
    for persona in read_personas().values():
        assert persona.name in page.text
        assert persona.who in page.text
    chosen = httpx2.post(f"{provider.url}/authorize", data=asked(persona="amina"))
    assert chosen.status_code == 303
    assert chosen.headers["location"].startswith(BACK + "?code=")


def test_logout_goes_back_with_state_only_for_a_token_of_ours(provider: Handle) -> None:
    tokens = exchange(provider, answer(provider, persona="kari")["code"]).json()
    target = {"post_logout_redirect_uri": "http://127.0.0.1:54321/", "state": "bye"}
    out = httpx2.get(f"{provider.url}/logout", params=target | {"id_token_hint": tokens["id_token"]})
    assert (out.status_code, out.headers["location"]) == (303, "http://127.0.0.1:54321/?state=bye")
    forged = tokens["id_token"][:-8] + "AAAAAAAA"
    assert httpx2.get(f"{provider.url}/logout", params=target | {"id_token_hint": forged}).status_code == 400
    elsewhere = target | {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": "https://x.example/",
    }
    assert httpx2.get(f"{provider.url}/logout", params=elsewhere).status_code == 400
    assert "Du er logget ut" in httpx2.get(f"{provider.url}/logout").text


def test_a_step_can_be_overridden() -> None:
    class WrongIssuer(Steps):
        def callback(self, login: Login, state: str) -> dict[str, str]:
            return super().callback(login, state) | {"iss": "https://other.example"}

    with start(steps=WrongIssuer(read_personas())) as handle:
        assert answer(handle, persona="kari")["iss"] == "https://other.example"
