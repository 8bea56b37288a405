"""A national body and its branch, in a real browser: let in at each level, tied together, newly led."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.registering import (
    SECONDS,
    Make,
    approve,
    as_persona,
    change,
    fill,
    follow_the_registers,
    give_number,
    press,
    reload_until,
    send,
    tell_registers,
    unit_of,
)
from tests.e2e.running import PHONE, WIDE, Running, Visitor, wait_until

pytestmark = pytest.mark.browser
NATIONAL, BRANCH = "311 238 108", "311 239 015"
NATIONAL_NAME, BRANCH_NAME = "Landslaget Fargerike Nabolag", "Fargerike Nabolag Sandefjord"


def test_from_the_whole_country_to_a_branch_and_its_next_leader(running: Running, visitor: Make) -> None:
    """One journey, since each step stands on the one before."""
    helene = as_persona(visitor, "helene")
    nation = the_whole_country_registers(visitor, helene)
    samira = as_persona(visitor, "samira", width=PHONE, scripts=False)
    branch = the_branch_registers(visitor, samira)
    the_parent_confirms(helene, nation, samira, branch)
    trouble_at_the_top_is_told_below(running, samira, branch)
    an_invitation_expires(running, visitor, samira, branch)
    somebody_else_leads(running, visitor, samira, branch)


def the_whole_country_registers(visitor: Make, helene: Visitor) -> str:
    """The national team answers, and no region; gives the organisation's path."""
    draft = give_number(helene, NATIONAL)
    fill(helene.page, level="national", name=NATIONAL_NAME)
    draft_number = draft.rsplit("/", 1)[1]
    page = helene.open(f"{draft}/representere")
    page.get_by_label("Fødselsdatoen din").fill("1974-10-03")
    press(page, "Sammenlign med registeret")
    expect(page.locator("main")).to_contain_text("Styrets leder")
    helene.look("nasjonal-representere")
    helene.open(f"{draft}/send")
    expect(page.locator('[name="role"]')).to_have_value("chair")
    send(helene, "nasjonal")
    expect(page.locator("main")).to_contain_text("LT Mottaksoppfølging")
    liv = as_persona(visitor, "liv")
    address = f"{liv.running.url}/organisasjoner/registreringer/{draft_number}"
    assert liv.context.request.get(address).status == 404
    henrik = as_persona(visitor, "henrik")
    expect(henrik.open("/organisasjoner/registreringer").locator("main")).to_contain_text(NATIONAL_NAME)
    approve(henrik, draft, "nasjonal")
    return unit_of(helene, draft)


def the_branch_registers(visitor: Make, samira: Visitor) -> str:
    """Without scripts. The region asks for more once, and then answers; gives the organisation's path."""
    draft = give_number(samira, BRANCH)
    fill(samira.page, name=BRANCH_NAME)
    send(samira, "lokallag", "chair")
    liv = as_persona(visitor, "liv")
    page = liv.open("/organisasjoner/registreringer/" + draft.rsplit("/", 1)[1])
    page.locator("summary", has_text="Be om mer").click()
    page.get_by_role("button", name="Send spørsmålene").click(trial=True)  # unfolded, and at rest
    page.locator('[name="ask-fields"][value="purpose"]').check()
    page.locator('[name="ask-text"]').fill("Hva vil dere gjøre på mottaket?")
    liv.look("be-om-mer")
    press(page, "Send spørsmålene")
    expect(page.get_by_text("Be om mer", exact=True)).to_have_count(0)
    page = samira.open("/min-side")
    expect(page.locator("main")).to_contain_text(f"Svar UDI om {BRANCH_NAME}")
    samira.open(draft)
    samira.look("lokallag-spurt")
    page.get_by_role("link", name="Svar", exact=True).click()
    assert page.locator('main form [name="name"]').count() == 0, "only what is asked opens"
    page.locator('[name="purpose"]').fill("Vi vil ha åpen symaskinkafé annenhver uke.")
    page.locator('[name="reply"]').fill("Vi har avtalt det med mottaket.")
    samira.look("lokallag-svar")
    press(page, "Send svaret")
    page = approve(liv, draft, "lokallag", "Ringte henne på nummeret i registeret.")
    expect(page.locator("main")).to_contain_text("symaskinkafé")
    return unit_of(samira, draft)


def the_parent_confirms(helene: Visitor, nation: str, samira: Visitor, branch: str) -> None:
    """The branch says it belongs, the parent confirms; and reads nothing but what is shared."""
    page = samira.open(f"{branch}/tilknytning")
    page.get_by_label(re.compile("Finn organisasjonen")).fill("landslaget farg")
    press(page, "Søk")
    samira.look("tilknytning-funnet")
    press(page, f"Vi hører til {NATIONAL_NAME}")
    expect(page.locator("main")).to_contain_text("Venter på svar")
    page = helene.open("/min-side")
    expect(page.locator("main")).to_contain_text(BRANCH_NAME)
    helene.open(f"{nation}/tilknytning")
    helene.look("tilknytning-spurt")
    press(page, f"Bekreft at {BRANCH_NAME} hører til oss")
    page.get_by_role("link", name=BRANCH_NAME).click()
    expect(page.locator("h1")).to_have_text(BRANCH_NAME)
    helene.look("lokallag-sett-ovenfra")
    for path in ("", "/medlemmer", "/papirer", "/tilknytning", "/kontakt"):
        answer = helene.context.request.get(helene.running.url + branch + path)
        assert answer.status == 404, path
    samira.open(f"{branch}/tilknytning")
    expect(samira.page.locator("main")).to_contain_text("Bekreftet")
    samira.look("tilknytning-bekreftet")


def trouble_at_the_top_is_told_below(running: Running, samira: Visitor, branch: str) -> None:
    """The register says the parent is being wound up, and the branch has a new board."""
    tell_registers(running, "/_changes", {NATIONAL.replace(" ", ""): {"winding_up": True}})
    news = {BRANCH.replace(" ", ""): {"leader": "Jonas Haug", "birth": "1994-02-21"}}
    tell_registers(running, "/_changes", news)
    follow_the_registers(running)
    page = samira.open(branch)
    told = page.get_by_text(f"Registeret sier at {NATIONAL_NAME}")
    reload_until(page, lambda: told.count() and page.get_by_text("Jonas Haug").count())
    samira.look("trøbbel-over")


def an_invitation_expires(running: Running, visitor: Make, samira: Visitor, branch: str) -> None:
    """Whoever comes too late is told so, and whom to ask."""
    page = samira.open(f"{branch}/medlemmer")
    page.get_by_label(re.compile("^E-post")).fill("elin.strand@example.no")
    page.get_by_label("Leser", exact=True).check()
    press(page, "Send invitasjonen")
    link = page.locator("code.break").inner_text().removeprefix(running.url)
    assert change(running, "UPDATE invitation SET expires_at = now() WHERE email = 'elin.strand@example.no'")
    elin = as_persona(visitor, "elin", width=PHONE)
    expect(elin.open(link).locator("main")).to_contain_text("er gått ut")
    elin.look("invitasjon-utløpt")
    assert elin.page.get_by_role("button", name="Ta imot rollen").count() == 0


def somebody_else_leads(running: Running, visitor: Make, samira: Visitor, branch: str) -> None:
    """Annual meeting: the register's new board is shown; she leads until the next one accepts."""
    page = samira.open(branch)
    page.get_by_role("link", name="Årsmøte? Bytt leder").click()
    expect(page.locator("main")).to_contain_text("Jonas Haug")
    page.get_by_label(re.compile("E-postadressen til den nye")).fill("jonas.haug@example.no")
    samira.look("årsmøte")
    press(page, "Inviter den nye lederen")
    wait_until(lambda: _invited(running), SECONDS)
    assert samira.context.request.get(f"{running.url}{branch}/medlemmer").ok, "leads until the other accepts"
    jonas = as_persona(visitor, "jonas", width=WIDE)
    page = jonas.open(_invited(running)[0])
    expect(page.locator("main")).to_contain_text("tar du over som leder etter Samira Nasser")
    jonas.look("årsmøte-invitert")
    press(page, "Ta imot rollen")
    page.wait_for_url(re.compile(re.escape(branch) + "$"))
    jonas.look("årsmøte-ny-leder")
    assert samira.context.request.get(f"{running.url}{branch}/medlemmer").status == 403


def _invited(running: Running) -> list[str]:
    mails = [str(mail) for mail in running.mails() if "jonas.haug@example.no" in mail["to"]]
    return [found[0] for mail in mails if (found := re.search(r"/invitasjon/[\w-]+", mail))]
