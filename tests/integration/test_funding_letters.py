"""The decision letter says all that the rules ask for, the outcome first, in the recipient's language."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select

from portal import clock
from portal.database import read_one, transaction
from portal.documents.letters import make_letter
from portal.documents.models import Document, DocumentContent
from portal.organisations.models import Organisation
from portal.web.kit.formats import day
from portal.web.kit.i18n import use_locale
from tests.funding import Grants, grants
from tests.world import World

BOKMAL = {
    "formål": "Barna blir trygge i vann.",
    "sum": "Tilskuddet er på 40 000 kr.",
    "utbetaling": "Vi betaler hele beløpet i én termin",
    "vilkår": "Pengene skal brukes etter formålet",
    "rapport": "Send rapport i portalen innen 1. april 2028",
    "kontroll": "UDI og Riksrevisjonen kan kontrollere",
    "reaksjoner": "kreve hele eller deler av beløpet tilbake",
    "underskrift": "decider, med budsjettdisponeringsmyndighet",
    "hjemmel": "forskrift 17. desember 2020 nr. 2921",
    "begrunnelse": "forvaltningsloven §§ 24 og 25",
    "klage": "Dere kan klage på vedtaket. Fristen er tre uker",
    "klagens form": "forvaltningsloven §§ 28–32",
    "veiledning": "spørre oss om hvordan dere klager",
    "instans": "Justis- og beredskapsdepartementet",
    "innsyn": "rett til å se dokumentene i saken",
}
NYNORSK = {
    "formål": "Barna blir trygge i vann.",
    "sum": "Tilskotet er på 40 000 kr.",
    "utbetaling": "Vi betaler heile summen i éin termin",
    "vilkår": "Pengane skal brukast etter føremålet",
    "rapport": "Send rapport i portalen innan 1. april 2028",
    "kontroll": "UDI og Riksrevisjonen kan kontrollere",
    "reaksjoner": "krevje heile eller delar av summen tilbake",
    "underskrift": "decider, med budsjettdisponeringsmakt",
    "hjemmel": "forskrift 17. desember 2020 nr. 2921",
    "begrunnelse": "forvaltningslova §§ 24 og 25",
    "klage": "De kan klage på vedtaket. Fristen er tre veker",
    "klagens form": "forvaltningslova §§ 28–32",
    "veiledning": "spørje oss om korleis de klagar",
    "instans": "Justis- og beredskapsdepartementet",
    "innsyn": "rett til å sjå dokumenta i saka",
}


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def register(made: Grants, language: str) -> None:
    """What UDI knows of the organisation."""
    with transaction() as session:
        session.execute(
            insert(Organisation).values(
                unit_id=made.owner_id,
                owner_id=made.owner_id,
                number="311094688",
                kind="voluntary",
                name="Elvebakken frivilligsentral",
                sort_key="elvebakken",
                level="local",
                language=language,
                address="Elveveien 2, 3256 Larvik",
            )
        )


def letter_of(made: Grants, case_id: int) -> str:
    """The text of the case's letter, on one line."""
    [document] = made.facts(case_id, "leader").letters
    make_letter(document_id=document)
    row = read_one(select(DocumentContent.content).where(DocumentContent.document_id == document))
    assert row is not None
    pages = PdfReader(BytesIO(row.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def decided(made: Grants, sought: int, granted: int) -> int:
    """A case that is decided."""
    case_id = made.sent(amount_ore=sought)
    made.propose(case_id, granted)
    made.decide(case_id, granted)
    return case_id


@pytest.mark.parametrize(("language", "wanted"), [("nb", BOKMAL), ("nn", NYNORSK)])
def test_a_grant_letter_is_whole(made: Grants, language: str, wanted: dict[str, str]) -> None:
    register(made, language)
    text = letter_of(made, decided(made, 48_500_00, 40_000_00))
    outcome = {"nb": "Dere får 40 000 kr av de 48 500 kr", "nn": "De får 40 000 kr av dei 48 500 kr"}
    assert outcome[language] in text
    assert text.index(outcome[language]) < text.index(wanted["utbetaling"])
    assert {name for name, sentence in wanted.items() if sentence not in text} == set()
    with use_locale(language):
        assert day(date.fromordinal(clock.today().toordinal() + 21)) in text
    for known in (
        "Elvebakken frivilligsentral",
        "Elveveien 2",
        "Lia mottak",
        "Et godt tilbud til mange barn.",
    ):
        assert known in text
    row = read_one(select(Document.language).where(Document.origin == "letter"))
    assert row is not None
    assert row.language == language


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_refusal_has_reasons_and_appeal_but_no_conditions(made: Grants, language: str) -> None:
    register(made, language)
    text = letter_of(made, decided(made, 48_500_00, 0))
    wanted = {"nb": BOKMAL, "nn": NYNORSK}[language]
    assert {"nb": "Dere får ikke tilskudd", "nn": "De får ikkje tilskot"}[language] in text
    assert wanted["klage"] in text
    assert "Et godt tilbud til mange barn." in text
    assert wanted["rapport"] not in text


def test_from_200_000_the_auditor_is_asked_for(made: Grants) -> None:
    assert "revisor" not in letter_of(made, decided(made, 199_999_00, 199_999_00))
    assert "revisor" in letter_of(made, decided(made, 200_000_00, 200_000_00))
