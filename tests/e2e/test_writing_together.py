"""The form saves itself in a real browser, survives its death, and tells two who write at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.running import PHONE, Visitor

pytestmark = pytest.mark.browser
Make = Callable[..., Visitor]
TEN_SECONDS = 10_000


def begin(amina: Visitor) -> str:
    """A new draft; gives its address."""
    page = amina.open("/")
    page.get_by_role("link", name=re.compile("Aktiviteter for barn i mottak 2027")).first.click()
    amina.look("utlysning-kan-vi-soke")
    page.get_by_role("link", name=re.compile("Kan vi søke")).click()
    amina.look("kan-vi-soke")
    page.locator('main [name="kind"][value="operator"]').check()
    page.locator("main form button.ds-button").first.click()
    expect(page.locator("main")).to_contain_text("Nei, dere kan ikke få dette tilskuddet")
    amina.look("kan-vi-soke-nei")
    page.go_back()
    page.get_by_role("link", name="Begynn på søknaden").first.click()
    page.locator('main [name="kind"][value="voluntary"]').check()
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/skjema$"))
    return page.url


def plan(page: Page, form: str) -> Page:
    """The page of the plan."""
    page.goto(f"{form}/plan")
    return page


def test_what_is_typed_is_stored_without_pressing_anything_and_is_there_on_another_device(
    visitor: Make,
) -> None:
    first = visitor()
    first.log_in("amina")
    form = begin(first)
    first.look("oppgaveliste-framdrift")
    page = plan(first.page, form)
    # Never a pause long enough to be one: somebody who types steadily is saved all the same.
    page.locator('[name="plan"]').press_sequentially("Hver onsdag drar vi og svømmer. " * 2, delay=90)
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=TEN_SECONDS)
    page.locator('[name="partners"]').fill("Svømmeklubben")
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=TEN_SECONDS):
        pass
    first.look("skjema-lagret-av-seg-selv")
    first.context.close()
    phone = visitor(width=PHONE)
    phone.log_in("amina")
    page = plan(phone.page, form)
    expect(page.locator('[name="plan"]')).to_have_value(re.compile("Hver onsdag drar vi"))
    expect(page.locator('[name="partners"]')).to_have_value("Svømmeklubben")
    phone.look("skjema-paa-telefon")
    page.goto(form)
    phone.look("oppgaveliste-framdrift")


def test_two_who_write_on_the_same_page_are_told_and_lose_nothing(visitor: Make) -> None:
    one, other = visitor(), visitor(width=PHONE)
    one.log_in("amina")
    other.log_in("amina")
    form = begin(one)
    plan(one.page, form)
    plan(other.page, form)
    one.page.locator('[name="plan"]').fill("Det den ene skrev.")
    expect(one.page.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=TEN_SECONDS)
    other.page.locator('[name="plan"]').fill("Det den andre skrev.")
    expect(other.page.locator("[data-saved]")).to_contain_text("Noen andre lagret", timeout=TEN_SECONDS)
    other.look("skjema-to-skriver")
    other.page.locator("main form button.ds-button", has_text="Lagre").first.click()
    expect(other.page.locator("main")).to_contain_text("Noen andre lagret denne siden mens du skrev")
    expect(other.page.locator('[name="plan"]')).to_have_value("Det den andre skrev.")
    other.look("skjema-konflikt")
    expect(plan(one.page, form).locator('[name="plan"]')).to_have_value("Det den ene skrev.")


def test_a_login_that_runs_out_while_one_writes_keeps_what_was_typed(visitor: Make) -> None:
    amina = visitor()
    amina.log_in("amina")
    form = begin(amina)
    page = plan(amina.page, form)
    elsewhere = amina.context.new_page()
    elsewhere.goto(amina.running.url + "/min-side")
    kept = amina.context.cookies()
    elsewhere.get_by_role("button", name=re.compile("Logg ut")).first.click()
    elsewhere.close()
    amina.context.add_cookies(kept)
    page.locator('[name="plan"]').fill("Det jeg skrev da jeg var logget ut.")
    expect(page.locator("[data-saved]")).to_contain_text(
        "du er logget ut", timeout=TEN_SECONDS, ignore_case=True
    )
    amina.look("skjema-logget-ut")
    page.locator("main form button.ds-button", has_text="Lagre").first.click()
    page.wait_for_url(re.compile("/logg-inn"))
    amina.look("logg-inn-igjen")
