"""When a provider is down or slow: the login page answers, workers are free, and it recovers by itself."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from portal.identity import fetching, provider
from portal.identity.fetching import Unreachable, get_json
from portal.identity.refusal import LoginRefused
from portal.settings import Settings
from tests.login import portal


@contextmanager
def server(first: bytes, drip: bytes = b"", every: float = 0.1) -> Iterator[str]:
    """A server that sends `first`, and then one `drip` after another until it is hung up on."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(first)
                    while not ended.wait(every):
                        connection.sendall(drip)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    ended.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(timeout=5)


SLOW = {
    "says nothing": (b"", b""),
    "drips its headers": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "drips its body": (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
        b" ",
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_provider_costs_its_time_and_no_more(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    with server(*SLOW[name]) as url:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            get_json(url)
        assert 0.3 < time.monotonic() - began < 15  # else it waits for ever


def test_the_limit_is_three_seconds() -> None:
    assert fetching.SECONDS == 3.0


def test_a_provider_that_is_down_is_said_to_be_and_comes_back_by_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(provider, "now", lambda: moment[0])
    asked: list[str] = []
    with portal(settings) as house:
        inside = house.browser()
        inside.log_in("amina")
        moment[0] += 601  # what was known of the provider is too old now

        def away(url: str, **_options: object) -> dict[str, object]:
            asked.append(url)
            raise Unreachable("away")

        with monkeypatch.context() as patch:
            patch.setattr(provider, "get_json", away)
            browser = house.browser()
            assert "svarte ikke" not in browser.client.get("/logg-inn").text
            page = browser.start()
            assert page.status_code == 503
            assert page.headers["Retry-After"] == "30"
            assert "svarte ikke" in browser.client.get("/logg-inn").text
            browser.start()
            assert len(asked) == 1, "it was asked again at once"
            assert house.refusals() == ["provider_unreachable"] * 2
            assert inside.is_in()
        moment[0] += 6
        browser.log_in()
        assert browser.is_in()
        assert "svarte ikke" not in house.browser().client.get("/logg-inn").text


def test_a_few_logins_wait_for_a_provider_and_the_next_is_told_to_wait(settings: Settings) -> None:
    with portal(settings) as house:
        browser = house.browser()
        known = house.app.extensions["login_providers"]["stub"]
        back = browser.pick(browser.start())
        with taken(known, fetching.EACH):
            for answer in (browser.start(), browser.client.get(back)):
                assert answer.status_code == 503
                assert answer.headers["Retry-After"] == "5"
            assert house.browser().client.get("/logg-inn").status_code == 200
        assert browser.client.get(back).status_code == 303
        assert house.refusals() == []


@contextmanager
def taken(known: provider.KnownProvider, number: int) -> Iterator[None]:
    """As many of a provider's places, held."""
    with ExitStack() as held:
        for _ in range(number):
            held.enter_context(known.place())
        yield


def test_providers_fail_independently_and_leave_threads_for_everything_else(settings: Settings) -> None:
    profiles = [settings.providers[0].model_copy(update={"key": key}) for key in "abc"]
    hung, slow, sound = (provider.KnownProvider(one) for one in profiles)
    assert fetching.AT_ONCE < 8, "of the eight threads of a server process"
    with taken(hung, fetching.EACH), pytest.raises(fetching.Busy), hung.place():
        pass
    for one in (hung, slow):
        one.unreachable()
    with taken(hung, 1), taken(slow, 1):
        for one in (hung, slow):
            with pytest.raises(LoginRefused, match="provider_unreachable"), one.place():
                pass
        with taken(sound, fetching.EACH):
            pass
    others = [provider.KnownProvider(one) for one in profiles[:2]]
    with taken(sound, fetching.EACH), taken(others[0], fetching.EACH), pytest.raises(fetching.Busy):
        others[1].place().__enter__()
