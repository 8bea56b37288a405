"""Each step of a correct OpenID provider as one method.

A provider that misbehaves on purpose is a subclass that overrides the step it gets wrong:
the routes in `app.py` do nothing but call these.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, RSAKey

from tests.stubs.identity_provider.logins import ACCESS_SECONDS, PUSHED_SECONDS, Login, Logins
from tests.stubs.identity_provider.personas import Persona

CLIENTS = {"samvirkeportalen": "stub-secret-for-development"}
ACR_VALUES = ("idporten-loa-high", "idporten-loa-substantial", "substantial", "high", "entraid")
ID_TOKEN_SECONDS = 120
ORGANISATION = "974760673"


class Steps:
    """A provider that does everything right; `issuer` is set when its port is known."""

    def __init__(
        self,
        personas: Mapping[str, Persona],
        *,
        clients: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = ""
        self.personas = personas
        self.clients = dict(CLIENTS if clients is None else clients)
        self.now = now
        self.logins = Logins(now)
        self.key = self.new_key()
        self.client_keys: list[dict[str, Any]] = []
        self.assertions: set[str] = set()

    def new_key(self) -> RSAKey:
        """Make a signing key; its `kid` is its thumbprint."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True)
        key.ensure_kid()
        return key

    def discovery(self) -> dict[str, Any]:
        """The metadata at `/.well-known/openid-configuration`."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt",
            ],
            "scopes_supported": ["openid", "profile", "email"],
            "claims_supported": [*self.token_claim_names(), "name", "email", "locale", "birthdate"],
            "acr_values_supported": list(ACR_VALUES),
            "ui_locales_supported": ["nb"],
            "authorization_response_iss_parameter_supported": True,
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "backchannel_logout_supported": True,
        }

    def token_claim_names(self) -> tuple[str, ...]:
        """The claims about the login itself, not about the person."""
        return ("iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr", "sid")

    def jwks(self) -> dict[str, Any]:
        """The public keys at `jwks_uri`."""
        return {"keys": [self.key.as_dict(private=False)]}

    def log_in(self, persona: Persona, asked: Mapping[str, str]) -> Login:
        """Turn a checked authorization request and the picked persona into a login."""
        wanted = [value for value in asked.get("acr_values", "").split() if value in ACR_VALUES]
        return Login(
            persona=persona,
            client_id=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked["nonce"],
            scope=asked["scope"],
            acr=wanted[0] if wanted else ACR_VALUES[0],
            auth_time=int(self.now()),
            details=asked.get("authorization_details", ""),
        )

    def par_answer(self, asked: dict[str, str]) -> dict[str, Any]:
        """The body of the answer to a pushed request."""
        return {"request_uri": self.logins.push(asked), "expires_in": PUSHED_SECONDS}

    def client_of_assertion(self, assertion: str) -> str | None:
        """The client that signed a fresh assertion with one of its registered keys; else None."""
        header = json.loads(urlsafe_b64decode(assertion.split(".", maxsplit=1)[0] + "=="))
        known = [one for one in self.client_keys if one["kid"] == header.get("kid")]
        if not known:
            return None
        key = JWKRegistry.import_key(known[0])
        claims = jwt.decode(assertion, key, algorithms=[header["alg"]]).claims
        right = (
            claims["aud"] == self.issuer and claims["iss"] == claims["sub"] and claims["sub"] in self.clients
        )
        young = self.now() - 5 <= claims["exp"] <= self.now() + 120
        if not right or not young or claims["jti"] in self.assertions:
            return None
        self.assertions.add(claims["jti"])
        return str(claims["sub"])

    def represented(self, login: Login) -> Any:
        """The organisation chosen, as Ansattporten tells it; None when nobody asked. The persona has one."""
        asked = json.loads(login.details or "[]")
        party = {
            "orgno": {"authority": "iso6523-actorid-upis", "ID": f"0192:{ORGANISATION}"},
            "name": "Laget",
        }
        return [{**one, "authorized_parties": [party]} for one in asked] or None

    def logout_token(self, login: Login, **changes: Any) -> str:
        """A logout token for the provider's session of that login; None takes a claim out."""
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": login.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(12),
            "sub": login.persona.sub,
            "sid": login.sid,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **changes,
        }
        header = {"alg": "RS256", "typ": "logout+jwt", "kid": self.key.kid or ""}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, self.key)

    def callback(self, login: Login, state: str) -> dict[str, str]:
        """The parameters sent back to the client after a login (with `iss`, RFC 9207)."""
        return {"code": self.logins.hand_out_code(login), "state": state, "iss": self.issuer}

    def person_claims(self, login: Login) -> dict[str, Any]:
        """What the granted scopes let the client know about the person."""
        persona, scopes = login.persona, login.scope.split()
        claims: dict[str, Any] = {"sub": persona.sub}
        if "profile" in scopes:
            claims |= {"name": persona.name, "locale": "nb", "birthdate": persona.birth_date.isoformat()}
        if "email" in scopes:
            claims |= {"email": persona.email, "email_verified": True}
        return claims

    def id_token_claims(self, login: Login) -> dict[str, Any]:
        """The claims of the ID token, times in whole seconds."""
        now = int(self.now())
        represented = self.represented(login)
        return {
            **({"authorization_details": represented} if represented else {}),
            **self.person_claims(login),
            "iss": self.issuer,
            "aud": login.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "nonce": login.nonce,
            "auth_time": login.auth_time,
            "acr": login.acr,
            "sid": login.sid,
        }

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims as a JWT with the provider's key."""
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self.key.kid or ""}, claims, self.key)

    def token_answer(self, login: Login, access_token: str) -> dict[str, Any]:
        """The body of a successful answer from the token endpoint."""
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "scope": login.scope,
            "id_token": self.sign(self.id_token_claims(login)),
        }

    def userinfo(self, login: Login) -> dict[str, Any]:
        """The body of the answer from the userinfo endpoint."""
        return self.person_claims(login)

    def read_hint(self, id_token_hint: str) -> dict[str, Any] | None:
        """Claims of an ID token of ours, however old; None if it is not ours."""
        try:
            claims = jwt.decode(id_token_hint, self.key, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return None
        return claims if claims.get("iss") == self.issuer else None

    def finish(self, endpoint: str, response: Response) -> Response:
        """Last word on every response; `endpoint` is the view's name. Correct: unchanged."""
        return response
