"""From one line of facts to the registers' answers: field names, shapes and oddities as published."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MUNICIPALITIES = HERE.parents[2] / "portal" / "units" / "data" / "municipalities.csv"
FORMS = {
    "FLI": "Forening/lag/innretning",
    "STI": "Stiftelse",
    "SA": "Samvirkeforetak",
    "AS": "Aksjeselskap",
    "ENK": "Enkeltpersonforetak",
    "KIRK": "Den norske kirke",
    "KOMM": "Kommune",
    "FYLK": "Fylkeskommune",
    "ORGL": "Organisasjonsledd",
}
PUBLIC = ("KOMM", "FYLK", "ORGL")
SECTORS = {"KOMM": "6500", "FYLK": "6500", "ORGL": "6100", "AS": "2100", "ENK": "8200"}
FIRST = (
    "Anne",
    "Bjørn",
    "Cecilie",
    "Dag",
    "Eli",
    "Farid",
    "Gro",
    "Halima",
    "Ivar",
    "Jorunn",
    "Kåre",
    "Leyla",
)
LAST = ("Aas", "Berge", "Dahl", "Eide", "Foss", "Haile", "Jensen", "Kovalenko", "Lien", "Moe", "Osman", "Øen")
ICNPO = {
    "1100": "Kunst og kultur",
    "1200": "Idrett",
    "1300": "Rekreasjon og sosiale foreninger",
    "2100": "Grunn- og videregående utdanning",
    "2200": "Høgskole og universitet",
    "2300": "Annen utdanning",
    "3100": "Sykehus og rehabilitering",
    "3200": "Sykehjem",
    "3300": "Psykiatriske institusjoner",
    "3400": "Andre helsetjenester",
    "4100": "Sosiale tjenester",
    "4200": "Krisehjelp og støttearbeid",
    "4300": "Økonomisk og materiell støtte",
    "5100": "Natur- og miljøvern",
    "5200": "Dyrevern",
    "6100": "Lokalsamfunnsutvikling",
    "6200": "Bolig- og lokalmiljø",
    "6300": "Arbeidsopplæring",
    "7100": "Interesseorganisasjoner",
    "7200": "Juridisk rådgivning",
    "7300": "Politiske organisasjoner",
    "8100": "Pengeutdelende stiftelser",
    "8200": "Frivillighetssentraler",
    "9100": "Internasjonale organisasjoner",
    "10100": "Tros- og livssynsorganisasjoner",
    "11100": "Næringslivs- og arbeidsgiverorganisasjoner",
    "11200": "Yrkessammenslutninger",
    "11300": "Arbeidstakerorganisasjoner",
    "12100": "Andre",
    "13100": "Barne- og ungdomsorganisasjoner",
    "14100": "Mangfold og inkludering",
}
Row = dict[str, Any]


@cache
def organisations() -> dict[str, Row]:
    """Number → facts, for every organisation the registers know."""
    return {row["number"]: row for row in _file()["organisation"]}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((HERE / "organisations.toml").read_text(encoding="utf-8"))


@cache
def municipalities() -> dict[str, str]:
    """Municipality number → name."""
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as file:
        return {row["kommunenummer"]: row["kommunenavn"] for row in csv.DictReader(file)}


def unit(row: Row) -> Row:
    """One unit as `/enheter/{orgnr}` answers; a deleted one has a few fields only."""
    form = {"kode": row["form"], "beskrivelse": FORMS[row["form"]]}
    head = {"organisasjonsnummer": row["number"], "navn": row["name"].upper(), "organisasjonsform": form}
    if "deleted" in row:
        return {**head, "slettedato": row["deleted"]}
    return {k: v for k, v in {**head, **_body(row), **_trouble(row)}.items() if v is not ...}


def _body(row: Row) -> Row:
    voluntary = bool(row.get("voluntary"))
    number = row["number"]
    return {
        "hjemmeside": f"www.{number}.example.no",
        "epostadresse": f"post@{number}.example.no",
        "mobil": f"900 00 {number[-3:]}",
        "postadresse": _address(row, f"Postboks {number[-2:]}"),
        "forretningsadresse": ...
        if row.get("oddity") == "no-address"
        else _address(row, f"Storgata {number[-2:]}"),
        "registreringsdatoEnhetsregisteret": "2009-02-11",
        "registrertIMvaregisteret": row["form"] == "AS",
        "naeringskode1": {"kode": "94.991", "beskrivelse": "Aktiviteter i andre interesseorganisasjoner"},
        "antallAnsatte": 0,
        "harRegistrertAntallAnsatte": False,
        "stiftelsesdato": "2008-11-01",
        "institusjonellSektorkode": {"kode": SECTORS.get(row["form"], "7000"), "beskrivelse": "Sektor"},
        "registrertIForetaksregisteret": row["form"] in ("AS", "SA"),
        "registrertIStiftelsesregisteret": row["form"] == "STI",
        "registrertIFrivillighetsregisteret": voluntary,
        "registreringsdatoFrivillighetsregisteret": "2010-03-01" if voluntary else ...,
        "konkurs": False,
        "underAvvikling": False,
        "underTvangsavviklingEllerTvangsopplosning": False,
        "maalform": row.get("language", "Bokmål"),
        "vedtektsdato": "2022-04-03",
        "vedtektsfestetFormaal": ["Fritidstilbud og fellesskap"],
        "aktivitet": ["Aktiviteter for barn og unge"],
        # The real register knows what a public body stands under; a branch of a voluntary one it does not.
        "overordnetEnhet": row.get("parent", ...) if row["form"] in PUBLIC else ...,
    }


def _trouble(row: Row) -> Row:
    found: Row = {}
    if "bankrupt" in row:
        found |= {"konkurs": True, "konkursdato": row["bankrupt"]}
    if row.get("oddity") == "empty-bankruptcy-date":
        found["konkursdato"] = ""
    if row.get("winding_up"):
        found["underAvvikling"] = True
    if row.get("forced"):
        found["underTvangsavviklingEllerTvangsopplosning"] = True
    return found


def _address(row: Row, line: str) -> Row:
    code, place = _file()["postal"][row["municipality"]]
    lines: list[str | None] = [None, "", line] if row.get("oddity") == "null-lines" else [line]
    return {
        "land": "Norge",
        "landkode": "NO",
        "postnummer": code,
        "poststed": place,
        "adresse": lines,
        "kommune": municipalities()[row["municipality"]].upper(),
        "kommunenummer": row["municipality"],
    }


def roles(row: Row) -> Row:
    """`/enheter/{orgnr}/roller`: by person with a public birth date, or by another organisation."""
    if row["form"] == "ENK":
        people = [_person("INNH", "Innehaver", row, 0)]
        return {"rollegrupper": [_group("INNH", "Innehaver", people)]}
    if row.get("leader_org"):
        return {"rollegrupper": [_group("REVI", "Revisor", [_by_unit(row)]), _board(row)]}
    return {"rollegrupper": [_board(row)]}


def _board(row: Row) -> Row:
    people = [_person("LEDE", "Styrets leder", row, 0), _person("MEDL", "Styremedlem", row, 1)]
    if "treasurer" in row:
        people.append(_named("MEDL", "Styremedlem", row["treasurer"], row["treasurer_birth"], 2))
    if row.get("oddity") == "no-birth-date":
        people[0]["person"].pop("fodselsdato")
    return _group("STYR", "Styre", people)


def _group(code: str, text: str, members: list[Row]) -> Row:
    return {"type": {"kode": code, "beskrivelse": text}, "sistEndret": "2024-03-14", "roller": members}


def _person(code: str, text: str, row: Row, place: int) -> Row:
    if place == 0 and "leader" in row:
        return _named(code, text, row["leader"], row["birth"], place)
    seed = int(row["number"]) + place * 7
    name = f"{FIRST[seed % len(FIRST)]} {LAST[seed // 12 % len(LAST)]}"
    born = f"{1950 + seed % 50}-{1 + seed % 12:02d}-{1 + seed % 28:02d}"
    return _named(code, text, name, born, place, dead=place == 0 and bool(row.get("deceased")))


def _named(code: str, text: str, name: str, born: str, place: int, *, dead: bool = False) -> Row:
    first, _, last = name.rpartition(" ")
    return {
        "type": {"kode": code, "beskrivelse": text},
        "person": {"fodselsdato": born, "navn": {"fornavn": first, "etternavn": last}, "erDoed": dead},
        "avregistrert": False,
        "rekkefolge": place,
    }


def _by_unit(row: Row) -> Row:
    holder = {
        "organisasjonsnummer": "311094688",
        "organisasjonsform": {"kode": "FLI", "beskrivelse": FORMS["FLI"]},
        "navn": ["ELVEBAKKEN FRIVILLIGSENTRAL"],
        "erSlettet": False,
    }
    number = int(row["number"]) % 3
    return {
        "type": {"kode": "REVI", "beskrivelse": "Revisor"},
        "enhet": holder,
        "avregistrert": False,
        "rekkefolge": number,
    }


def voluntary(row: Row) -> Row:
    """`/frivillige-organisasjoner/{orgnr}` of Frivillighetsregisteret."""
    return {
        "organisasjonsnummer": row["number"],
        "frivilligOrganisasjonsstatus": "REGISTRERT",
        "kontonummer": account_number(row["number"]),
        "innfoertDato": "2010-03-01",
        "foersteGangInnfoert": "2010-03-01",
        "grasrotandel": {"deltarI": True, "utestengelsesperiode": {"fraDato": None, "tilDato": None}},
        "regnskapsrapportering": {"harPaatattSegRapporteringsplikt": True},
        "vedtekter": {"frivilligRegistrerteVedtekter": True, "sistOppdaterteVedtekter": "2022-04-03"},
        "icnpoKategorier": [
            {"kategori": code, "icnpoNummer": code, "navn": ICNPO[code], "rekkefoelge": place}
            for place, code in enumerate(row.get("icnpo", []), 1)
        ],
        "paategninger": [],
        "_links": {},
    }


def account_number(number: str) -> str:
    """An invented account number with a valid check digit (modulus 11), from an organisation's number."""
    for shift in range(20):
        digits = f"97{(int(number) + shift) % 100_000_000:08d}"
        total = sum(int(d) * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
        check = (11 - total % 11) % 11
        if check != 10:
            return digits + str(check)
    raise ValueError(number)
