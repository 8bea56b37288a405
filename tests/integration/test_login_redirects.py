"""Nobody can be sent out of the portal by a login: hostile `next` values lead to Min side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.identity.views import destination
from portal.settings import Settings
from tests.login import Portal, portal

HOSTS = (
    "evil.example", "localhost.evil.example", "localhost@evil.example", "127.0.0.1:1", "[::1]:1",
    "evil.example:80", "xn--evl-sma.example", "evil。example", "2130706433",
)  # fmt: skip
SHAPES = (
    "https://{0}", "http://{0}/", "HTTPS://{0}", "https:/{0}", "https:{0}", "https:///{0}",
    "//{0}", "///{0}", "////{0}", "/\\{0}", "\\\\{0}", "\\/{0}", "/\t/{0}", "/\n/{0}", "/\r\n/{0}",
    " //{0}", "\t//{0}", "\0//{0}", "/./\\{0}", "/.//{0}", "/..//{0}", "//{0}/%2f..", "/x//{0}",
    "ftp://{0}", "//{0}\\@localhost", "//localhost:x@{0}", "http:\\\\{0}",
    "{0}", "@{0}", "?next=//{0}", "#//{0}", "/\u2028/{0}\\",
)  # fmt: skip
OTHERS = (
    "", " ", ".", "..", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
    "data:text/html,<script>", "vbscript:x", "/min-side\n", "/min-side\r\nSet-Cookie: a=b", "/\\", "/\x7f",
    "/<script>", '/"onload="x', "/" + "a" * 3000, "/", "/logg-ut", "/logg-inn?next=/logg-inn", "/logget-ut",
)  # fmt: skip
HOSTILE = [shape.format(host) for host in HOSTS for shape in SHAPES] + list(OTHERS)
FINE = {
    "/min-side/okter": "/min-side/okter",
    "/saker/12?vis=alle&side=2#vedlegg": "/saker/12?vis=alle&side=2#vedlegg",
    "/sok?q=blåbær": "/sok?q=bl%C3%A5b%C3%A6r",
}


@pytest.fixture(scope="module")
def unique() -> list[str]:
    return sorted(set(HOSTILE))


def test_there_are_enough_hostile_values(unique: list[str]) -> None:
    assert len(unique) >= 300


@pytest.mark.parametrize("value", sorted(set(HOSTILE)))
def test_a_hostile_next_leads_to_min_side(value: str) -> None:
    assert destination(value) == "/min-side"


@pytest.mark.parametrize("value", FINE)
def test_an_honest_next_is_kept(value: str) -> None:
    assert destination(value) == FINE[value]


@pytest.fixture
def house(settings: Settings) -> Iterator[Portal]:
    with portal(settings) as running:
        yield running


def test_hostile_values_lead_nowhere_through_a_whole_login(house: Portal, unique: list[str]) -> None:
    browser = house.browser()
    for value in ("//evil.example", "/\\evil.example", "https://evil.example", "/min-side\r\nX: y"):
        answer = browser.log_in(going=value)
        assert answer.headers["Location"] == "/min-side"
        browser.post("/logg-ut")
    browser.log_in()
    for value in unique:
        sent = browser.client.get("/logg-inn", query_string={"next": value})
        assert (sent.status_code, sent.headers["Location"]) == (303, "/min-side")
        chosen = browser.client.get("/sprak/nn", query_string={"next": value})
        assert chosen.headers["Location"].startswith("/")
        assert not chosen.headers["Location"].startswith(("//", "/\\"))


FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Forwarded-Port": "6666",
    "X-Original-URL": "//evil.example",
    "X-Rewrite-URL": "//evil.example",
    "Forwarded": "host=evil.example;proto=gopher",
}


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_host_reaches_no_redirect_of_any_way_in_or_out(settings: Settings, proxies: int) -> None:
    with portal(settings.model_copy(update={"trusted_proxies": proxies})) as house:
        browser = house.browser()
        browser.log_in()
        told = {**FORGED, "Referer": "https://evil.example/x"}
        for path in ("/logg-ut", "/bekreft-deg", "/min-side/innlogginger/stub", "/logg-inn/start/stub"):
            form = {"csrf_token": browser.token("/min-side/okter"), "next": "//evil.example"}
            answer = browser.client.post(path, data=form, headers=told)
            assert answer.status_code == 303, path
            assert "evil" not in answer.headers["Location"], path
            assert "gopher" not in answer.headers["Location"], path
            if path == "/logg-ut":
                browser.log_in()
        house.rows("UPDATE user_session SET ended_at = now()")
        for answer in (
            browser.client.get("/min-side", headers=told),
            browser.client.post("/min-side/okter/avslutt-andre", headers=told),
            browser.client.get("/min-side", headers={**told, "Host": "evil.example"}),
        ):
            assert answer.headers["Location"].startswith("/logg-inn?")
            assert "evil" not in answer.headers["Location"]
