"""What only a limit stops: with the limit a login is refused, and without it the same thing does harm.

Each is tried twice. The second run takes the limit out, and shows that nothing else would have stopped it.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from flask import Response, request

from portal.identity import backchannel, fetching, provider, tokens, views
from portal.identity.fetching import Busy, Places
from portal.identity.provider import KnownProvider
from portal.settings import Settings
from tests.integration.test_login_hostile import MINUTES, WrongClock, unavailable
from tests.integration.test_login_redirects import HOSTILE
from tests.integration.test_login_refused import Broken, Patch
from tests.integration.test_logout_backchannel import Remembering, tell
from tests.login import Browser, Portal, portal, without_check
from tests.stubs.identity_provider import read_personas
from tests.stubs.identity_provider.logins import Login

SHORT = 0.25
SLOW = 0.6
"""How long the provider says nothing: more than twice as long as the limit here."""


class Terse(Broken):
    """Breaks at one stage, and gives no name, so that userinfo is asked too."""

    def person_claims(self, login: Login) -> dict[str, Any]:
        return {"sub": login.persona.sub}


def slowly(response: Response) -> Response:
    """The right answer, too late."""
    whole = response.get_data()

    def late() -> Iterator[bytes]:
        time.sleep(SLOW)  # the provider's own slowness, not the test's
        yield whole

    return Response(late(), 200, {"Content-Type": "application/json"})


def padded(response: Response) -> Response:
    """The right answer, with a few megabytes of blanks in front."""
    return Response(b" " * 3_000_000 + response.get_data(), 200, {"Content-Type": "application/json"})


def packed(response: Response) -> Response:
    """The right answer, and 10 MB of blanks that are 40 kB on the way."""
    bomb = gzip.compress(b" " * 10_000_000 + response.get_data(), 1)
    return Response(bomb, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def elsewhere(response: Response) -> Response:
    """The right answer stands where a redirect leads, after some others."""
    turns = request.args.get("turn", 0, type=int)
    if turns == 4:
        return response
    return Response("", 307, {"Location": f"{request.path}?turn={turns + 1}"})


def waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fetching, "_left", lambda _deadline, _timeout: 30.0)


def takes_anything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fetching, "LIMIT", 10**9)


def unpacks(patch: pytest.MonkeyPatch) -> None:
    def handle(self: fetching.Bounded, sent: Any) -> Any:
        answer = self._pool.handle_request(fetching._raw(sent))
        body = self._read(answer.stream)
        answer.close()
        return httpx2.Response(answer.status, headers=answer.headers, content=body, request=sent)

    patch.setattr(fetching.Bounded, "handle_request", handle)


def follows(patch: pytest.MonkeyPatch) -> None:
    made = httpx2.Client.__init__

    def init(self: Any, **options: Any) -> None:
        made(self, **{**options, "follow_redirects": True})

    patch.setattr(httpx2.Client, "__init__", init)


EVERYWHERE = ("discovery", "jwks", "par", "token", "userinfo")
GOT = ("discovery", "jwks", "userinfo")
"""Where nothing is sent that the stub would take once only."""
LIMITS: dict[str, tuple[Callable[[Response], Response], Patch, tuple[str, ...]]] = {
    "time": (slowly, waits_for_ever, EVERYWHERE),
    "size": (padded, takes_anything, EVERYWHERE),
    "packing": (packed, unpacks, EVERYWHERE),
    "redirects": (elsewhere, follows, GOT),
}


def anew(house: Portal) -> Browser:
    """A browser at a portal that knows nothing of the provider yet."""
    known = house.app.extensions["login_providers"]
    for key in known:
        known[key] = KnownProvider(known[key].profile)
    return house.browser()


def gets_in(browser: Browser) -> bool:
    """True when a login, gone through as far as it comes, ends with somebody logged in."""
    started = browser.start()
    if started.status_code == 303:
        browser.client.get(browser.pick(started))
    return browser.is_in()


@pytest.mark.parametrize("name", LIMITS)
def test_it_is_the_limit_that_refuses_at_each_stage(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it, take_out, stages = LIMITS[name]
    monkeypatch.setattr(fetching, "SECONDS", SHORT if name == "time" else 3.0)
    steps = Terse("", break_it)
    with portal(settings, steps, par=True) as house:
        for number, stage in enumerate(stages, 1):
            steps.endpoint = stage
            assert not gets_in(anew(house)), stage
            assert house.refusals() == ["provider_unreachable"] * number
            with monkeypatch.context() as patch:
                take_out(patch)
                assert gets_in(anew(house)), f"something else than the limit refused: {stage}"


def test_ten_minutes_are_too_much_only_for_the_clock_checks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for by, names in ((MINUTES, ("issued_at", "auth_time")), (-MINUTES, ("expiry", "issued_at"))):
        with portal(settings, WrongClock(read_personas(), by)) as house, monkeypatch.context() as patch:
            for name in names:
                assert not gets_in(house.browser())
                assert house.refusals()[-1] == name
                without_check(patch, tokens, "CHECKS", name)
            assert gets_in(house.browser())


def test_without_places_every_thread_could_wait_for_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """The eight threads of a server process, and what would be left for pages that ask nobody."""

    def left(each: int, at_once: int) -> int:
        monkeypatch.setattr(fetching, "AT_ONCE", at_once)
        waiting = 0
        with ExitStack() as held:
            for provider_places in [Places(each), Places(each), Places(each)]:
                for _ in range(8 - waiting):
                    try:
                        held.enter_context(provider_places.one())
                    except Busy:
                        break
                    waiting += 1
        return 8 - waiting

    assert left(fetching.EACH, fetching.AT_ONCE) == 2
    assert left(8, 8) == 0, "the limits were not what left any"


def test_a_provider_that_is_down_is_asked_again_at_once_without_its_rest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Terse("discovery", unavailable)
    asked: list[str] = []
    ask = fetching.get_json
    monkeypatch.setattr(provider, "get_json", lambda url, **more: asked.append(url) or ask(url, **more))
    with portal(settings, steps) as house:
        for _ in range(3):
            assert not gets_in(house.browser())
        assert len(asked) == 1
        monkeypatch.setattr(provider, "RETRY_SECONDS", 0)
        for _ in range(3):
            assert not gets_in(house.browser())
        assert len(asked) == 4


def test_a_storm_of_logouts_is_stored_once_each_and_only_so_many_wait(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Remembering()
    with portal(settings, steps) as house:
        gets_in(house.browser())
        again = steps.logout_token(steps.seen[0])
        assert [tell(house, again).status_code for _ in range(3)] == [200, 400, 400]
        monkeypatch.setattr(backchannel, "REPLAYS_REFUSED", False)
        assert tell(house, again).status_code == 200, "it was not the memory of tokens that refused"
        steps.key = steps.new_key()
        storm = [steps.logout_token(steps.seen[0]) for _ in range(6)]
        monkeypatch.setattr(backchannel, "MOST_WAITING", 2)
        assert [tell(house, one).status_code for one in storm[:3]] == [200, 200, 503]
        monkeypatch.setattr(backchannel, "MOST_WAITING", 500)
        assert [tell(house, one).status_code for one in storm[3:]] == [200] * 3


def cookie_bytes(browser: Browser) -> int:
    return sum(len(f"{one.key}={one.value}; ") for one in browser.client._cookies.values())


def test_a_cookie_for_each_login_begun_would_grow(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with portal(settings) as house:
        browser = house.browser()
        form = {"csrf_token": browser.token(), "next": "/min-side/okter"}

        def abandon() -> int:
            assert browser.client.post("/logg-inn/start/stub", data=form).status_code == 303
            return cookie_bytes(browser)

        assert abandon() == abandon() < 400
        for number in range(10):
            monkeypatch.setattr(views, "LOGIN_COOKIE", f"__Host-login-{number}")
            grown = abandon()
        assert grown > 700, "the measure would not have shown it"


def test_without_the_rule_hostile_values_would_lead_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "local_path", lambda value, default: value or default)
    stay = [one for one in set(HOSTILE) if views.destination(one) == "/min-side"]
    assert len(stay) < 10
