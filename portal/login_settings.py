"""Settings of login: the provider profiles and the limits of sessions."""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

Door = Literal["everyone", "organisations", "staff"]
Language = Literal["nb", "nn", "en", "se"]

# Levels of assurance as ID-porten and Ansattporten name them, the weakest first.
ACR_ORDERS = (
    ("idporten-loa-low", "idporten-loa-substantial", "idporten-loa-high"),
    ("low", "substantial", "high"),
)
# What Ansattporten can be asked to let people choose among; one type a request.
REPRESENTATIONS = frozenset({"ansattporten:altinn:resource", "ansattporten:orgno"})


class Strict(BaseModel):
    """Settings that refuse a name nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContactRegister(Strict):
    """The contact and reservation register (*KRR*), read at login with the person's own access token.

    `url`: where one's own information stands. `scopes`: asked for at login besides the provider's.
    """

    url: str
    scopes: str = "krr:user/kontaktinformasjon.read"

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("not a web address")
        return value


class Provider(Strict):
    """One login provider (*innloggingstjeneste*) and how the portal is registered there.

    `door`: whom its button is for. `acr_values`: levels of assurance, separated by blanks, of which a
    login must have one or a stronger; empty: any. `step_up_acr`: the same for grave acts. `par`: send
    the request directly (RFC 9126). `keys`: the portal's own private keys as a JWK set; the first signs.
    `authorization_details`: which organisations one may choose among (RFC 9396). `staff_roles`: app
    roles of which one proves that somebody works in UDI; they give no right in the portal.
    `origins`: where its login and logout pages stand, if that is not the issuer's own origin.
    `contact_register`: which register its access tokens open; None: none is read.
    """

    key: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = ""
    keys: str = ""
    assertion_audience: Literal["issuer", "token_endpoint"] = "issuer"
    scopes: str = "openid profile email"
    par: bool = False
    acr_values: str = ""
    acr_order: tuple[str, ...] = ()
    step_up_acr: str = ""
    ui_locales: tuple[Language, ...] = ("nb", "nn", "en")
    authorization_details: tuple[dict[str, Any], ...] = ()
    staff_roles: tuple[str, ...] = ()
    door: Door = "everyone"
    stub: bool = False
    origins: tuple[str, ...] = ()
    contact_register: ContactRegister | None = None

    @property
    def scopes_asked(self) -> str:
        """The scopes of a login: the provider's own, and those of the register that is read with it."""
        more = self.contact_register.scopes if self.contact_register else ""
        return " ".join(dict.fromkeys(f"{self.scopes} {more}".split()))

    @property
    def staff(self) -> bool:
        """True for UDI's own door."""
        return self.door == "staff"

    @property
    def client_auth(self) -> str | None:
        """How the portal proves itself: with its own key where it has one."""
        return "private_key_jwt" if self.keys else None

    def accepted(self, asked: str) -> frozenset[str]:
        """The levels that satisfy `asked` (separated by blanks): those, and every stronger one."""
        found = set(asked.split())
        for order in (self.acr_order,) if self.acr_order else ACR_ORDERS:
            lowest = min((order.index(one) for one in found if one in order), default=len(order))
            found.update(order[lowest:])
        return frozenset(found)

    @field_validator("keys")
    @classmethod
    def _private_keys(cls, value: str) -> str:
        if value:
            private_keys(value)
        return value

    @field_validator("authorization_details")
    @classmethod
    def _one_type(cls, value: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        types = {one.get("type") for one in value}
        if len(types) > 1:
            raise ValueError("one type only in a request: make a provider table for each")
        if not types <= REPRESENTATIONS:
            raise ValueError(f"type must be one of {', '.join(sorted(REPRESENTATIONS))}")
        if types == {"ansattporten:altinn:resource"} and not all(one.get("resource") for one in value):
            raise ValueError("ansattporten:altinn:resource needs a resource")
        return value

    @model_validator(mode="after")
    def _staff_prove_it(self) -> Provider:
        if self.staff_roles and self.door != "staff":
            raise ValueError("staff_roles belong to a provider whose door is staff")
        return self


class Session(Strict):
    """Limits of a login session, in minutes: without use, and in all; for parties and for UDI's staff.

    `step_up_minutes`: for how long a login is fresh enough to sign, decide and grant.
    """

    idle_minutes: int = 60
    absolute_minutes: int = 480
    staff_idle_minutes: int = 30
    staff_absolute_minutes: int = 600
    step_up_minutes: int = 30

    def idle(self, *, staff: bool) -> int:
        """Minutes without use after which the session is over."""
        return self.staff_idle_minutes if staff else self.idle_minutes

    def absolute(self, *, staff: bool) -> int:
        """Minutes after which the session is over however much it is used."""
        return self.staff_absolute_minutes if staff else self.absolute_minutes


def private_keys(text: str) -> list[dict[str, Any]]:
    """The portal's signing keys of a JWK set, in order. Raises `ValueError` with what is wrong with them."""
    try:
        found = json.loads(text)["keys"]
    except (ValueError, TypeError, KeyError):
        raise ValueError('not a JWK set: {"keys": [...]}') from None
    if not isinstance(found, list) or not found:
        raise ValueError("no key in the set")
    for one in found:
        if not isinstance(one, dict) or not one.get("kid") or "d" not in one:
            raise ValueError("every key must be a private one with a kid")
        if one.get("kty") != "RSA" and (one.get("kty"), one.get("crv")) != ("EC", "P-256"):
            raise ValueError("every key must be RSA, or EC on P-256")
    if len({one["kid"] for one in found}) != len(found):
        raise ValueError("two keys have the same kid")
    return found
