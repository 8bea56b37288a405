"""Settings are typed, misspelt ones are refused, and production refuses what must never run there."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.paths import ROOT
from portal.settings import DEVELOPMENT_SECRET, Provider, Settings, SettingsError, check, load

SOUND = Settings(
    environment="production",
    database_url="postgresql+psycopg://portal_app@db/portal",
    secret_key="s" * 40,
    audit_key="a" * 40,
    base_url="https://samvirke.example.no",
    scanner="clamd://scan:3310",
    providers=(
        Provider(
            key="idporten", label="ID-porten", issuer="https://idporten.no", client_id="x", client_secret="s"
        ),
    ),
)
STUB = Provider(key="stub", label="Demo", issuer="https://stub.example", client_id="x", stub=True)
PLAIN = Provider(key="plain", label="Plain", issuer="http://idp.example", client_id="x")


def test_sound_production_settings_are_taken() -> None:
    check(SOUND)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": DEVELOPMENT_SECRET}, "secret_key"),
        ({"secret_key": "short"}, "secret_key"),
        ({"audit_key": DEVELOPMENT_SECRET}, "audit_key"),
        ({"audit_key": "s" * 40}, "audit_key"),
        ({"debug": True}, "debug"),
        ({"scanner": "signature"}, "scanner"),
        ({"providers": (STUB,)}, "stub"),
        ({"providers": (PLAIN,)}, "https"),
        ({"providers": ()}, "providers"),
        ({"base_url": "http://samvirke.example.no"}, "base_url"),
    ],
)
def test_production_refuses(change: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        check(SOUND.model_copy(update=change))


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text('bramd = "x"\n')
    with pytest.raises(SettingsError, match="bramd"):
        load({"DATABASE_URL": "postgresql+psycopg:///x", "PORTAL_ENV": "test"}, tmp_path)


def test_secrets_and_addresses_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text(
        '[[providers]]\nkey="stub"\nlabel="x"\nissuer="http://a"\nclient_id="x"\n'
    )
    environ = {
        "DATABASE_URL": "postgresql+psycopg:///x",
        "PORTAL_ENV": "test",
        "PORTAL_SECRET_KEY": "k" * 40,
        "PORTAL_MAIL_PORT": "2525",
        "PORTAL_PROVIDER_STUB_ISSUER": "http://127.0.0.1:9010",
    }
    settings = load(environ, tmp_path)
    assert settings.secret_key == "k" * 40
    assert settings.mail.port == 2525
    assert settings.providers[0].issuer == "http://127.0.0.1:9010"


def test_no_secret_stands_in_the_repository() -> None:
    root = Path(__file__).resolve().parents[2]
    production = (root / "config/production.example.toml").read_text()
    assert "secret_key =" not in production
    assert "client_secret =" not in production


def test_the_example_for_production_can_be_filled_in_and_taken(tmp_path: Path) -> None:
    for name in ("default.toml", "production.example.toml"):
        text = (ROOT / "config" / name).read_text(encoding="utf-8")
        (tmp_path / name.replace(".example", "")).write_text(text, encoding="utf-8")
    environ = {
        "PORTAL_ENV": "production",
        "DATABASE_URL": "postgresql+psycopg:///x",
        "PORTAL_SECRET_KEY": "s" * 40,
        "PORTAL_AUDIT_KEY": "a" * 40,
        **{f"PORTAL_PROVIDER_{key}_CLIENT_SECRET": "x" for key in ("IDPORTEN", "ANSATTPORTEN", "ENTRA")},
    }
    doors = [one.door for one in load(environ, tmp_path).providers]
    assert doors == ["everyone", "organisations", "staff"]
