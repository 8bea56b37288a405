"""The whole portal as a person meets it: `python -m portal.run` on its own ports, and browsers in front."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from portal.supervisor.spawn import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OFFSETS = (0, 10, 20, 25, 26)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
START_SECONDS = 120


@dataclass
class Running:
    """A started portal: its address, its data folder, and the process that runs it."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Where the portal answers."""
        return f"http://127.0.0.1:{self.port}"

    def state(self) -> dict[str, Any]:
        """What the supervisor wrote down: addresses and process ids."""
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        return found

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that was delivered to the catcher."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 26}/messages.json", timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


def free_base() -> int:
    """A base port of which every offset is free."""
    for _attempt in range(200):
        base = random.randint(20_000, 55_000)
        if all(_is_free(base + offset) for offset in OFFSETS):
            return base
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def started(folder: Path, **environment: str) -> Iterator[Running]:
    """Run the portal with its data in `folder` until the block ends."""
    port = free_base()
    log = folder / "run.log"
    told = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "DATABASE_"))}
    told |= {"PORT": str(port), "DATA_DIR": str(folder), **environment}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.run"],
            cwd=ROOT,
            env=told,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # an interrupted run leaves no portal behind
        )
    running = Running(port, folder, process, log)
    try:
        wait_until(lambda: _ready(running), START_SECONDS, lambda: log.read_text()[-4000:])
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        # As root the database stands elsewhere, where its own user reaches it.
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)


def _ready(running: Running) -> bool:
    if running.process.poll() is not None:
        raise AssertionError(f"the portal ended: {running.log.read_text()[-4000:]}")
    try:
        with urllib.request.urlopen(f"{running.url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(condition: Callable[[], object], seconds: float, tell: Callable[[], str] = str) -> None:
    """Ask until `condition` holds; raises `AssertionError` after `seconds` with what `tell` says."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} seconds: {tell()}")
        time.sleep(0.1)


class Visitor:
    """One person at one browser. Everything the console complains of is kept, to fail the test."""

    def __init__(
        self, browser: Browser, running: Running, *, width: dict[str, int], scripts: bool = True
    ) -> None:
        self.running = running
        self.scripts = scripts
        self.context: BrowserContext = browser.new_context(
            viewport=width,
            java_script_enabled=scripts,
            locale="nb-NO",  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        refused = re.search(r"status of 4\d\d", message.text)
        if message.type == "error" and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> Page:
        """Go to a path of the portal."""
        self.page.goto(self.running.url + path)
        return self.page

    def log_in(self, persona: str) -> Page:
        """Log in as a persona through the demo provider's own page."""
        self.open("/logg-inn")
        self.page.get_by_role("button", name=re.compile("Demo-innlogging|Logg inn", re.I)).last.click()
        self.page.locator(f'[value="{persona}"], [data-persona="{persona}"]').first.click()
        self.page.wait_for_url(re.compile(re.escape(self.running.url)))
        return self.page

    def look(self, name: str) -> None:
        """Keep a picture, and let axe find nothing."""
        SHOTS.mkdir(exist_ok=True)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        self.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        if not self.scripts:
            return  # axe is a script itself
        overflow = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name}: scrolls {overflow} px sideways at {width}"
        found = Axe().run(self.page, options=WCAG)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"

    def close(self) -> None:
        """End the visit; fails for anything the console complained of."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)
