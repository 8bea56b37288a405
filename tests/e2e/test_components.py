"""The components in a real browser: nothing for axe to find, no sideways scrolling, usable by keyboard."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, g, render_template, request
from jinja2 import StrictUndefined
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from portal.web.kit.assets import init_assets, send_asset
from portal.web.kit.formats import init_formats
from portal.web.kit.i18n import LANGUAGES, init_i18n, language
from portal.web.shell.components import bp as components

ROOT = Path(__file__).resolve().parents[2]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = ("/_komponenter", "/tom", "/feil/403")

pytestmark = [pytest.mark.browser]


def frame() -> dict[str, Any]:
    return {
        "shell": SimpleNamespace(
            brand="Samvirkeportalen",
            person_name="Amina Yusuf",
            acting_for="Fjordglimt barnelag",
            acting_switch_url="#",
            nav=[("Min side", "/tom", request.path == "/tom"), ("Søknader", "#soknader", False)],
            languages=[(code, label, f"?l={code}", code == language()) for code, label in LANGUAGES.items()],
            banners=[("warning", "Beredskap.", "Svar kan ta lengre tid.")] * 3,
            contact=("Kari Nordmann", "#"),
            logout_url="/logg-ut",
            login_url=None,
            why_url="#",
            search_url="#",
        )
    }


def build() -> Flask:
    """The pages alone: no database, no login."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.secret_key = "test"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    init_i18n(app)
    init_formats(app)
    init_assets(app)
    app.context_processor(frame)
    app.register_blueprint(components)

    @app.before_request
    def choose_language() -> None:
        g.locale = request.args.get("l")

    @app.get("/static/<path:path>")
    def asset(path: str) -> Response:
        return send_asset(path)

    @app.get("/tom")
    def empty() -> str:
        return render_template("shell/min_side.html", needs_me=[], waiting_for=[], places=[], news=[])

    @app.get("/feil/<int:code>")
    def error(code: int) -> str:
        return render_template(f"errors/{code}.html")

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, build(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def context(chromium: Browser, width: int, **options: Any) -> BrowserContext:
    return chromium.new_context(viewport={"width": width, "height": 900}, locale="nb-NO", **options)


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def sideways(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (320, "dark")]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Browser, address: str, width: int, scheme: Any
) -> None:
    with context(chromium, width, color_scheme=scheme) as tab:
        page = tab.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        for path in PAGES:
            page.goto(address + path)
            (ROOT / "screenshots").mkdir(exist_ok=True)
            name = f"{path.strip('/').replace('/', '-')}-{width}-{scheme}.png"
            page.screenshot(path=ROOT / "screenshots" / name, full_page=True)
            assert problems(page) == [], path
            assert sideways(page) == 0, path
        assert errors == []


def test_the_checks_see_what_they_look_for(chromium: Browser) -> None:
    with context(chromium, 320) as tab:
        page = tab.new_page()
        page.set_content(
            '<html lang="nb"><title>x</title><main><img src="x"><div style="width:500px">x</div></main>'
        )
        assert [found.split(":")[0] for found in problems(page)] == ["image-alt"]
        assert sideways(page) > 0


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_opens_on_a_phone_with_and_without_scripts(
    chromium: Browser, address: str, scripts: bool
) -> None:
    with context(chromium, 360, java_script_enabled=scripts) as tab:
        page = tab.new_page()
        page.goto(address + "/tom")
        assert not page.get_by_role("link", name="Søknader").is_visible()
        page.get_by_text("Meny", exact=True).click()
        page.get_by_role("link", name="Søknader").wait_for(state="visible")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_error_summary_has_the_focus_and_leads_to_the_field(
    chromium: Browser, address: str, scripts: bool
) -> None:
    with context(chromium, 1280, java_script_enabled=scripts) as tab:
        page = tab.new_page()
        page.goto(address + "/_komponenter")
        page.locator("#error-summary:focus").wait_for()
        page.get_by_role("link", name="Velg en målgruppe").click()
        page.locator("#bad-group-0:target, #bad-group-0:focus").wait_for()


def test_focus_is_seen_on_everything_one_can_reach(chromium: Browser, address: str) -> None:
    with context(chromium, 1280) as tab:
        page = tab.new_page()
        page.goto(address + "/tom")
        reached = 0
        for _step in range(40):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => { const e = document.activeElement; if (e === document.body) return null;
                const s = getComputedStyle(e);
                return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
                || e.className.includes('skip-link') || e.outerHTML.slice(0, 120) }"""
            )
            if seen is None:
                break
            assert seen is True, seen
            reached += 1
        assert reached > 10


def test_a_budget_adds_itself_up(chromium: Browser, address: str) -> None:
    with context(chromium, 1280) as tab:
        page = tab.new_page()
        page.goto(address + "/_komponenter")
        page.get_by_label("Mat").fill("8 000")
        expect(page.locator("output[data-total]")).to_have_text(re.compile("^20\u202f000\u00a0kr$"))
