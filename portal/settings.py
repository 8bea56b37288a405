"""Typed settings: TOML files by environment, secrets from the process environment only.

`load()` reads `config/default.toml`, then `config/<environment>.toml`, then environment
variables. Unknown keys are refused, so a misspelt setting cannot be silently ignored.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from portal.login_settings import Provider, Session, Strict
from portal.paths import ROOT

DEVELOPMENT_SECRET = "development-only-secret-never-in-production"  # noqa: S105


class SettingsError(Exception):
    """A setting is missing, misspelt or forbidden here; the message says which and what to do."""


class Registers(Strict):
    """Addresses of the public registers, without a trailing slash; time-out in seconds.

    `unit_updates` and `role_updates` are the feeds' paths below `enhetsregisteret`.
    """

    enhetsregisteret: str = "https://data.brreg.no/enhetsregisteret/api"
    frivillighetsregisteret: str = "https://data.brreg.no/frivillighetsregisteret/api"
    timeout_seconds: float = 8.0
    unit_updates: str = "/oppdateringer/enheter"
    role_updates: str = "/oppdateringer/roller"


class Mail(Strict):
    """Where outgoing mail is handed over, and whom it comes from."""

    host: str = "127.0.0.1"
    port: int = 25
    starttls: bool = False
    username: str = ""
    password: str = ""
    sender: str = "ikke-svar@samvirkeportalen.example"


class Letters(Strict):
    """How letters are counted to arrive: days in the post (an assumption of UDI's, not a rule of law)."""

    days_in_post: int = 7


class Contact(Strict):
    """How old what the contact register said may be, before an individual's letter goes on paper instead.

    `address_months`: since the person last confirmed their address there (the register's terms of use).
    `reading_days`: since the portal read it, at a login (an assumption of UDI's, not a rule of law).
    """

    address_months: int = Field(default=18, ge=1)
    reading_days: int = Field(default=180, ge=1)


class Appeals(Strict):
    """How UDI handles appeals. `fresh_eyes`: by others than those who prepared or decided the first time.

    `comment_days`: how long the party may comment on what UDI writes to the appeal body.
    """

    fresh_eyes: bool = True
    comment_days: int = 14


class Jobs(Strict):
    """Background work: jobs at a time in a worker, and when a silent worker counts as dead."""

    concurrency: int = 4
    rescue_after_seconds: float = 30.0


class Funding(Strict):
    """Limits of grants that no published source gives: per cent of the costs, by the name of the rule."""

    budget_percent: dict[str, int] = {}


class Settings(Strict):
    """Everything the portal is told from outside. Build with `load()`."""

    environment: Literal["development", "test", "production"]
    database_url: str
    owner_database_url: str = ""
    secret_key: str = DEVELOPMENT_SECRET
    audit_key: str = DEVELOPMENT_SECRET
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    brand: str = "Samvirkeportalen"
    safe_mode: bool = False
    debug: bool = False
    scanner: str = "signature"
    upload_limit_bytes: int = 20 * 1024 * 1024
    leader_absent_months: int = 18
    providers: tuple[Provider, ...] = ()
    registers: Registers = Registers()
    mail: Mail = Mail()
    letters: Letters = Letters()
    contact: Contact = Contact()
    appeals: Appeals = Appeals()
    session: Session = Session()
    jobs: Jobs = Jobs()
    funding: Funding = Funding()

    @property
    def development(self) -> bool:
        """True where pages and stubs meant for developers may be served."""
        return self.environment != "production"

    @property
    def owner_url(self) -> str:
        """Address for migrations: the owner role, or the application role where there is one only."""
        return self.owner_database_url or self.database_url


_FROM_ENVIRONMENT = {
    "DATABASE_URL": ("database_url",),
    "DATABASE_OWNER_URL": ("owner_database_url",),
    "PORTAL_SECRET_KEY": ("secret_key",),
    "PORTAL_AUDIT_KEY": ("audit_key",),
    "PORTAL_BASE_URL": ("base_url",),
    "PORTAL_SAFE_MODE": ("safe_mode",),
    "PORTAL_SCANNER": ("scanner",),
    "PORTAL_MAIL_HOST": ("mail", "host"),
    "PORTAL_MAIL_PORT": ("mail", "port"),
    "PORTAL_MAIL_USERNAME": ("mail", "username"),
    "PORTAL_MAIL_PASSWORD": ("mail", "password"),
    "PORTAL_RESCUE_AFTER": ("jobs", "rescue_after_seconds"),
    "PORTAL_ENHETSREGISTERET": ("registers", "enhetsregisteret"),
    "PORTAL_FRIVILLIGHETSREGISTERET": ("registers", "frivillighetsregisteret"),
}


def load(environ: Mapping[str, str] | None = None, folder: Path = ROOT / "config") -> Settings:
    """Read and check the settings for `PORTAL_ENV` (default `development`).

    Raises `SettingsError` with one line that names the setting and the mend.
    """
    environ = os.environ if environ is None else environ
    environment = environ.get("PORTAL_ENV", "development")
    values: dict[str, Any] = {"environment": environment}
    for name in ("default", environment):
        path = folder / f"{name}.toml"
        if path.exists():
            _merge(values, tomllib.loads(path.read_text(encoding="utf-8")))
    _apply_environment(values, environ)
    if "database_url" not in values:
        values["database_url"], values["owner_database_url"] = _embedded()
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"Setting {where}: {first['msg']} (see config/default.toml).") from None
    check(settings)
    return settings


def _embedded() -> tuple[str, str]:
    """The database of the running supervisor, or one started for this command: (portal, owner)."""
    from portal.supervisor.attach import database_urls
    from portal.supervisor.failure import StartError

    try:
        return database_urls()
    except StartError as error:
        raise SettingsError(f"Setting database_url: {error}") from None


def current() -> Settings:
    """The settings of the running app; raises `RuntimeError` outside an application context."""
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings


def check(settings: Settings) -> None:
    """Refuse what must never run in production: stub login, default secrets, debug, plain http.

    Raises `SettingsError` with the first thing that is wrong.
    """
    if settings.environment != "production":
        return
    for wrong, message in _production_rules(settings):
        if wrong:
            raise SettingsError(message)


def _production_rules(settings: Settings) -> list[tuple[bool, str]]:
    providers = settings.providers
    plain = [p.key for p in providers if urlsplit(p.issuer).scheme != "https"]
    return [
        (_weak(settings.secret_key), _WEAK.format(name="secret_key", variable="PORTAL_SECRET_KEY")),
        (_weak(settings.audit_key), _WEAK.format(name="audit_key", variable="PORTAL_AUDIT_KEY")),
        (settings.secret_key == settings.audit_key, "Setting audit_key: must differ from secret_key."),
        (settings.scanner == "signature", "Setting scanner: name a malware scanner, as clamd://host:port."),
        (settings.debug, "Setting debug: must be false in production."),
        (any(p.stub for p in providers), "Setting providers: the stub identity provider is refused."),
        (bool(plain), "Setting providers: an issuer must be an https address in production."),
        (_plain_register(providers), "Setting providers: a contact register must be an https address."),
        (
            any(not p.client_secret and not p.keys for p in providers),
            "Setting providers: each needs PORTAL_PROVIDER_<KEY>_CLIENT_SECRET or _KEYS.",
        ),
        (not providers, "Setting providers: at least one login provider is needed in production."),
        (
            urlsplit(settings.base_url).scheme != "https",
            "Setting base_url: must be an https address in production.",
        ),
    ]


def _plain_register(providers: tuple[Provider, ...]) -> bool:
    registers = [p.contact_register for p in providers if p.contact_register]
    return any(urlsplit(one.url).scheme != "https" for one in registers)


_WEAK = "Setting {name}: set {variable} to a random value of at least 32 characters."


def _weak(secret: str) -> bool:
    return secret == DEVELOPMENT_SECRET or len(secret) < 32


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _apply_environment(values: dict[str, Any], environ: Mapping[str, str]) -> None:
    for variable, path in _FROM_ENVIRONMENT.items():
        if variable not in environ:
            continue
        target = values
        for part in path[:-1]:
            target = target.setdefault(part, {})
        target[path[-1]] = environ[variable]
    for provider in values.get("providers", []):
        key = provider.get("key", "").upper()
        for field in ("issuer", "client_secret", "keys"):
            variable = f"PORTAL_PROVIDER_{key}_{field.upper()}"
            if variable in environ:
                provider[field] = environ[variable]
        register = f"PORTAL_PROVIDER_{key}_CONTACT_REGISTER"
        if register in environ and provider.get("contact_register"):
            provider["contact_register"]["url"] = environ[register]
