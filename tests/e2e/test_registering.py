"""Every kind registers in a real browser, and is told the truth whatever happens on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.registering import (
    FORM,
    SECONDS,
    Make,
    approve,
    as_persona,
    ask_the_registers_now,
    choose,
    fill,
    give_number,
    press,
    reload_until,
    send,
    tell_registers,
)
from tests.e2e.running import PHONE, Running

pytestmark = pytest.mark.browser
OPERATOR = "311 235 303"
QUIET = "311 168 509"
FETCHED = re.compile(r"hentet .*kl\. \d\d\.\d\d")
KNITTERS = {
    "name": "Masker og møter",
    "email": "wenche.lie@example.no",
    "purpose": "Vi er sju som strikker, og vil lære bort til dem som bor på mottaket.",
}


def test_a_group_registers_without_scripts_and_is_declined_with_a_reason(visitor: Make) -> None:
    """Mistakes are told at their place; the answer says why, and how to be heard."""
    wenche = as_persona(visitor, "wenche", width=PHONE, scripts=False)
    page = choose(wenche, "group")
    draft = page.url.removeprefix(wenche.running.url)
    wenche.look("gruppe")
    page.get_by_label(re.compile("^E-post")).fill("wenche@")
    page.locator('main [name="purpose"]').fill(KNITTERS["purpose"])
    page.locator(FORM).first.click()
    summary = page.locator(".ds-error-summary")
    for told in ("Skriv navnet", "Skriv hele e-postadressen", "Velg hvor", "Velg kommunen"):
        expect(summary).to_contain_text(told)
    expect(page.locator('[name="email"]')).to_have_value("wenche@")
    expect(page.locator('[name="purpose"]')).to_have_value(KNITTERS["purpose"])
    wenche.look("gruppe-feil")
    fill(page, **KNITTERS)
    press(page, "Send registreringen")
    expect(summary).to_contain_text("Velg din rolle")
    expect(summary).to_contain_text("Kryss av")
    receipt = send(wenche, "gruppe", "volunteer")
    liv = as_persona(visitor, "liv")
    page = liv.open("/organisasjoner/registreringer/" + draft.rsplit("/", 1)[1])
    page.locator("summary", has_text="Avslå").click()
    press(page, "Avslå registreringen")
    expect(page.locator(".ds-error-summary")).to_contain_text("begrunnelsen")
    liv.look("avslag-uten-grunn")
    page.locator('[name="decline-reason"]').fill("Dere er sju i samme firma, og firmaet er registrert her.")
    press(page, "Avslå registreringen")
    expect(page.locator("h1 + *")).to_contain_text("Avslått")
    page = wenche.open(draft)
    expect(page.locator("main")).to_contain_text("Dere er sju i samme firma")
    expect(page.locator("main")).to_contain_text("Hvis du er uenig")
    expect(page.locator("main")).to_contain_text(receipt)
    wenche.look("gruppe-avslag")


def test_a_person_alone_registers_without_scripts(visitor: Make) -> None:
    randi = as_persona(visitor, "randi", width=PHONE, scripts=False)
    page = choose(randi, "individual")
    draft = page.url.removeprefix(randi.running.url)
    fill(page, email="randi.moe@example.no")
    send(randi, "alene-uten-skript")
    approve(as_persona(visitor, "liv"), draft, "alene-uten-skript")
    randi.open(draft)
    expect(randi.page.locator("main")).to_contain_text("Du er registrert")


def test_who_runs_sites_begins_at_a_desk_and_ends_on_a_phone_without_scripts(visitor: Make) -> None:
    """Known as an operator from the sites, whatever the register calls its form."""
    mari = as_persona(visitor, "mari")
    draft = give_number(mari, OPERATOR)
    main = mari.page.locator("main")
    expect(main).to_contain_text("Fjordheim drift AS", ignore_case=True)
    expect(main).to_contain_text("driver mottak")
    expect(main).to_contain_text(FETCHED)
    expect(mari.page.locator('[name="activities"][value="operation"]')).to_be_checked()
    mari.look("driver")
    fill(mari.page, phone="900 11 222")
    mari = as_persona(visitor, "mari", width=PHONE, scripts=False)
    mari.open("/min-side").get_by_role("link", name=re.compile("Fullfør registreringen av Fjordheim")).click()
    expect(mari.page.locator('[name="phone"]')).to_have_value("900 11 222")
    mari.look("driver-igjen")
    fill(mari.page)
    send(mari, "driver", "manager")
    page = approve(as_persona(visitor, "liv"), draft, "driver")
    expect(page.locator("main")).to_contain_text("Driver av mottak")


def test_a_silent_register_is_told_and_keeps_nobody_waiting(running: Running, visitor: Make) -> None:
    digits = QUIET.replace(" ", "")
    tell_registers(running, "/_control", {digits: "503"})
    jonas = as_persona(visitor, "jonas", width=PHONE)
    draft = give_number(jonas, QUIET, wait=False)
    page = jonas.page
    jonas.look("register-slår-opp")
    reload_until(page, page.get_by_text("svarte ikke").count)
    jonas.look("register-svarer-ikke")
    fill(page, name="Sandefjord turvenner", email="post@turvenner.example.no")
    send(jonas, "register-svarer-ikke", "board")
    expect(page.locator("main")).to_contain_text("Registeret har ikke svart ennå")
    liv = as_persona(visitor, "liv")
    liv.open("/organisasjoner/registreringer/" + draft.rsplit("/", 1)[1])
    expect(liv.page.locator("main")).to_contain_text("Den kan ikke godkjennes ennå")
    liv.look("register-svarer-ikke-behandle")
    jonas.open(draft)
    jonas.look("register-venter")
    tell_registers(running, "/_control", {digits: ""})
    ask_the_registers_now(running)
    reload_until(liv.page, liv.page.get_by_role("button", name="Godkjenn registreringen").count)
    expect(page.locator("main")).to_contain_text(FETCHED, timeout=1000 * SECONDS)  # by itself
    jonas.look("register-har-svart")
