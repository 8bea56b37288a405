"""Whatever the registers answer, a look-up ends in facts or in one of four exceptions, in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from portal.organisations.registers.client import (
    NumberRemoved,
    NumberUnknown,
    RegisterLied,
    RegisterUnavailable,
    lookup,
)
from portal.organisations.registers.number import InvalidNumber, parse_number
from portal.settings import Registers
from tests.stubs import registers as stub
from tests.stubs.registers import RegistersHandle
from tests.stubs.registers.answers import organisations

FJORDGLIMT = "314758625"
LIMIT_SECONDS = 1.0


@pytest.fixture(scope="module")
def running() -> Iterator[RegistersHandle]:
    with stub.start() as handle:
        yield handle


@pytest.fixture
def registers(running: RegistersHandle) -> Iterator[Registers]:
    yield Registers(
        enhetsregisteret=running.enhetsregisteret,
        frivillighetsregisteret=running.frivillighetsregisteret,
        timeout_seconds=LIMIT_SECONDS,
    )
    running.faults.reset()


def test_a_well_register_tells_all_that_is_needed(registers: Registers) -> None:
    facts = lookup(FJORDGLIMT, registers=registers)
    assert facts.name == "FJORDGLIMT BARNELAG"
    assert (facts.legal_form, facts.language, facts.municipality_number) == ("FLI", "nn", "3909")
    assert facts.in_voluntary_register
    assert len(facts.account_number) == 11
    assert "Kari Solbakken" in {role.name for role in facts.roles}
    assert facts.email.startswith("post@")


def test_every_organisation_of_the_stub_can_be_read(registers: Registers) -> None:
    for number, row in organisations().items():
        if row.get("removed"):
            with pytest.raises(NumberRemoved):
                lookup(number, registers=registers)
        else:
            assert lookup(number, registers=registers).number == number


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Nedlagte Lekestua", "deleted_on", True),
        ("Konkursrammet Kulturhus SA", "bankrupt", True),
        ("Barnas Båtbyggeri AS", "bankrupt", True),
        ("Asker hagefellesskap", "bankrupt", False),
        ("Vinden dansegruppe", "winding_up", True),
        ("Tvangsoppløste Tiltak AS", "winding_up", True),
        ("Larvik kommune", "public_body", True),
        ("Tjølling grendelag", "in_voluntary_register", False),
    ],
)
def test_trouble_is_seen(registers: Registers, name: str, field: str, value: bool) -> None:
    number = next(n for n, row in organisations().items() if row["name"] == name)
    assert bool(getattr(lookup(number, registers=registers), field)) is value


def test_empty_address_lines_are_left_out(registers: Registers) -> None:
    number = next(n for n, row in organisations().items() if row.get("oddity") == "null-lines")
    address = lookup(number, registers=registers).postal_address
    assert address is not None
    assert len(address.lines) == 1


def test_a_number_nobody_has_is_unknown(registers: Registers) -> None:
    with pytest.raises(NumberUnknown):
        lookup("974760673", registers=registers)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("404", NumberUnknown),
        ("410", NumberRemoved),
        ("400", RegisterUnavailable),
        ("401", RegisterUnavailable),
        ("429", RegisterUnavailable),
        ("500", RegisterUnavailable),
        ("503", RegisterUnavailable),
        ("503-date", RegisterUnavailable),
        ("429-nonsense", RegisterUnavailable),
        ("redirect", RegisterUnavailable),
        ("slow:4000", RegisterUnavailable),
        ("drip", RegisterUnavailable),
        ("drip-headers", RegisterUnavailable),
        ("reset", RegisterUnavailable),
        ("hang-up", RegisterUnavailable),
        ("truncated", RegisterLied),
        ("empty", RegisterLied),
        ("null", RegisterLied),
        ("packed", RegisterLied),
        ("wrong-json", RegisterLied),
        ("not-an-object", RegisterLied),
        ("html", RegisterLied),
        ("huge", RegisterLied),
        ("other-organisation", RegisterLied),
        ("without-name", RegisterLied),
        ("without-form", RegisterLied),
    ],
)
def test_a_misbehaving_register_ends_in_a_typed_outcome_in_time(
    running: RegistersHandle, registers: Registers, fault: str, outcome: type[Exception]
) -> None:
    running.faults.set({FJORDGLIMT: fault})
    began = time.monotonic()
    with pytest.raises(outcome):
        lookup(FJORDGLIMT, registers=registers)
    assert time.monotonic() - began < 15  # what drips goes on for minutes


def test_a_busy_register_says_when_to_come_back(running: RegistersHandle, registers: Registers) -> None:
    running.faults.set({"*": "429"})
    with pytest.raises(RegisterUnavailable) as refused:
        lookup(FJORDGLIMT, registers=registers)
    assert refused.value.retry_after == 2.0


def test_a_date_to_come_back_on_is_read(running: RegistersHandle, registers: Registers) -> None:
    running.faults.set({"*": "503-date"})
    with pytest.raises(RegisterUnavailable) as refused:
        lookup(FJORDGLIMT, registers=registers)
    assert refused.value.retry_after == pytest.approx(30, abs=5)


def test_one_odd_role_keeps_nobody_out(registers: Registers) -> None:
    number = next(n for n, row in organisations().items() if row.get("oddity") == "no-birth-date")
    assert lookup(number, registers=registers).roles == ()


@pytest.mark.parametrize("kind", ["roller", "frivillig"])
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("503", RegisterUnavailable),
        ("reset", RegisterUnavailable),
        ("html", RegisterLied),
        ("null", RegisterLied),
    ],
)
def test_half_an_answer_is_no_answer(
    running: RegistersHandle, registers: Registers, kind: str, fault: str, outcome: type[Exception]
) -> None:
    running.faults.set({f"{kind}:{FJORDGLIMT}": fault})
    with pytest.raises(outcome):
        lookup(FJORDGLIMT, registers=registers)
    running.faults.reset()
    assert lookup(FJORDGLIMT, registers=registers).number == FJORDGLIMT


def test_the_account_of_another_organisation_is_not_taken(
    running: RegistersHandle, registers: Registers
) -> None:
    running.faults.set({f"frivillig:{FJORDGLIMT}": "other-organisation"})
    with pytest.raises(RegisterLied):
        lookup(FJORDGLIMT, registers=registers)


def test_roles_of_organisations_and_of_the_dead_are_told_apart(registers: Registers) -> None:
    by_field = {
        f: next(n for n, row in organisations().items() if row.get(f)) for f in ("leader_org", "deceased")
    }
    held = lookup(by_field["leader_org"], registers=registers).roles
    assert any(role.organisation == "311094688" and role.birth_date is None for role in held)
    dead = [role for role in lookup(by_field["deceased"], registers=registers).roles if role.deceased]
    assert [role.code for role in dead] == ["LEDE"]


def test_what_a_public_body_stands_under_is_read(registers: Registers) -> None:
    number = next(n for n, row in organisations().items() if row["name"] == "Larvik folkebibliotek")
    facts = lookup(number, registers=registers)
    assert (facts.public_body, facts.parent) == (True, "311210971")
    branch = next(n for n, row in organisations().items() if row["name"] == "Larvik Røde Kors")
    assert lookup(branch, registers=registers).parent is None


def test_a_register_that_is_gone_is_unavailable() -> None:
    gone = Registers(enhetsregisteret="http://127.0.0.1:9", frivillighetsregisteret="http://127.0.0.1:9")
    with pytest.raises(RegisterUnavailable):
        lookup(FJORDGLIMT, registers=gone)


@pytest.mark.parametrize(
    "text",
    ["314758625", "314 758 625", "314\u00a0758\u00a0625", "314.758.625", "NO 314 758 625 MVA", "no314758625"],
)
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    assert parse_number(text) == FJORDGLIMT


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "length"), ("31475862", "length"), ("3147586250", "length"), ("314758626", "checksum"),
     ("112233445", "checksum"), ("NO", "characters"), ("SE314758625", "characters"),
     ("３１４７５８６２５", "characters")],
)  # fmt: skip
def test_a_wrong_number_says_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(InvalidNumber) as refused:
        parse_number(text)
    assert refused.value.code == code
