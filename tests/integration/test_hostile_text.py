"""Hostile text in every field, and from the register, is inert wherever it comes out.

A walker opens every page that links lead to and fills every form it finds there, so a new page, form or
field is covered by being there; what it does not reach must be named below.
"""

from __future__ import annotations

import csv
import io
import json
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.roles import CIVIL, ROLES
from portal.access.routes import Access, access_table
from portal.database import read
from portal.funding import forms as _funding_forms
from portal.web.kit import requests, sheets
from portal.web.kit import text as policy
from portal.web.kit.forms import Form
from tests.hostile import FORBIDDEN, KINDS_OF_TEXT, MARK, Walker, faults, payload
from tests.hostile_world import Hostiles, hostile_world, poison, run_jobs, spoilt_rows
from tests.organisation_registers import Register
from tests.world import World

TEXT_FIELDS = ("LineField", "ParagraphField", "FileField", "DayField")
NO_TEXT = frozenset(
    {
        "child_grants.copy",
        "child_grants.remove_from_answer",
        "delivery.choose",
        "identity.start",
        "identity_doors.remove",
        "identity_logout.told_by_provider",
        "identity_proof.prove_now",
        "identity_sessions.end_one",
        "identity_sessions.end_others",
        "members.withdraw_mandate",
        "register_changes.nobody_new",
    }
)
"""Views that a member may send to, where nothing is written: a button, a choice, another machine."""
NOT_WALKED_TO = frozenset({"appeals.step", "members.leader_gone", "role_requests.decline"})
"""Views in states the walked world does not come to. Their fields are the kit's, as everybody's."""
COMPUTES = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "|", "%")
HEADERS = {
    "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip


class Outbox:
    """A mail server's place: keeps what is handed over, as bytes on the wire."""

    sent: list[bytes] = []

    def __init__(self, *_args: Any, **_options: Any) -> None: ...

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_how: object) -> None: ...

    def send_message(self, message: EmailMessage) -> None:
        self.sent.append(message.as_bytes())


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The mails handed over."""
    monkeypatch.setattr("portal.notifications.mail.smtplib.SMTP", Outbox)
    Outbox.sent = []
    return Outbox.sent


@pytest.fixture
def hostiles(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hostile world, with a register that is hostile too."""
    poison(monkeypatch)
    with Register(app):
        yield hostile_world(app, world)


def fill_everything(hostiles: Hostiles) -> set[str]:
    """Find every form, fill those that take text; gives the names of the fields written in."""
    names: set[str] = set()
    for walker in hostiles.walkers:
        walker.walk()
        for form in list(walker.forms.values()):
            written = {one.name for one in form.fields if one.kind in KINDS_OF_TEXT}
            if written:
                status = walker.fill(form, payload(1))
                assert status < 500, (walker.who, form.action, status)
                names |= written
    return names


def test_hostile_text_in_every_field_is_inert_everywhere(
    app: Flask, hostiles: Hostiles, outbox: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    names = fill_everything(hostiles)
    assert run_jobs(app) == []
    hostiles.walk()
    assert hostiles.said() == []
    assert spoilt_rows() == []
    assert unreached_forms(app, hostiles.walkers) == set()
    assert own_fields() - {plain_name(name) for name in names} == set()
    shown = {path for one in hostiles.walkers for path, html in one.seen.items() if MARK in html}
    assert len(shown) > 60  # else it looked at nothing
    for mail in outbox:
        assert faults_of_mail(mail) == []
    assert any(MARK.encode() in mail for mail in outbox)
    assert faults_of_csv(export_of(hostiles)) == []
    assert letters() > 0
    for line in capsys.readouterr().err.splitlines():
        assert isinstance(json.loads(line), dict)
        assert MARK not in line


def unreached_forms(app: Flask, walkers: list[Walker]) -> set[str]:
    """Views that take a POST from an applicant or a member, and that no walker saw a form for."""
    reached = {name.split()[0] for walker in walkers for name in walker.forms}
    writing = {
        endpoint
        for endpoint, by_method in access_table(app).items()
        if "POST" in by_method and of_members(by_method["POST"])
    }
    assert len(writing) > 20
    return writing - reached - NO_TEXT - NOT_WALKED_TO


def of_members(access: Access) -> bool:
    """Whether somebody who is not staff may use what is declared so."""
    permission = access.permission
    return permission is None or any(
        role.tree == CIVIL and permission.name in role.permissions for role in ROLES.values()
    )


def own_fields() -> set[str]:
    """The names of every text field that a form class of an applicant or member has."""
    assert _funding_forms
    ahead, found = list(Form.__subclasses__()), set()
    while ahead:
        form = ahead.pop()
        ahead += form.__subclasses__()
        if "organisations" in form.__module__ and form.__name__ not in ("ApproveForm",):
            found |= {n for n, f in vars(form).items() if getattr(f, "field_class", None) and is_text(f)}
    return found


def is_text(unbound: Any) -> bool:
    """Whether somebody writes in this field."""
    return unbound.field_class.__name__ in TEXT_FIELDS


def plain_name(name: str) -> str:
    """A field's own name, without its form's."""
    return name.rsplit("-", 1)[-1]


def faults_of_mail(mail: bytes) -> list[str]:
    """What is wrong with a mail: foreign headers, a second receiver, signs, markup."""
    import email
    from email import policy as mail_policy

    parsed = email.message_from_bytes(mail, policy=mail_policy.SMTP)
    found = [f"header {name}" for name in parsed if name not in HEADERS]
    found += [f"receivers {parsed['To']}"] if len(parsed["To"].addresses) != 1 else []
    found += [f"header {n}: {v!r}" for n, v in parsed.items() if FORBIDDEN.search(v) or "\n" in v]
    for part in parsed.walk():
        if part.get_content_type() == "text/html":
            html = part.get_content().replace("<style>", "<i>").replace("</style>", "</i>")
            found += faults(html.replace(parsed_base_url(), ""))
        elif part.get_content_type() == "text/plain":
            found += [repr(c) for c in FORBIDDEN.findall(part.get_content().replace("\r\n", "\n"))]
    return found


def parsed_base_url() -> str:
    """The portal's own address in the tests."""
    return "http://localhost"


def export_of(hostiles: Hostiles) -> str:
    """The staff list as a file."""
    region = next(one for one in hostiles.walkers if one.who == "region")
    return region.client.get("/organisasjoner/eksport.csv").get_data(as_text=True)


def faults_of_csv(content: str) -> list[str]:
    """Cells that a spreadsheet would compute, or that hold signs, or rows of another length."""
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";"))
    assert any(MARK in cell for row in rows for cell in row)
    cells = [cell for row in rows for cell in row]
    bad = [c for c in cells if c.startswith(COMPUTES) or FORBIDDEN.search(c)]
    return bad + [str(row) for row in rows if len(row) != len(rows[0])]


def letters() -> int:
    """How many letters with hostile text there are; none of them has anything that acts."""
    from pypdf import PdfReader

    rows = read(
        text(
            "SELECT c.content FROM document d JOIN document_content c ON c.document_id = d.id"
            " WHERE d.origin = 'letter'"
        )
    )
    hostile = 0
    for (content,) in rows:
        reader = PdfReader(io.BytesIO(bytes(content)))
        words = "".join(page.extract_text() for page in reader.pages)
        hostile += f"<script>{MARK}" in words.replace("\n", "")
        catalogue = json.dumps(reader.trailer["/Root"], default=str)
        assert "/JavaScript" not in catalogue
        assert not any("/AA" in page or page.get("/Annots") for page in reader.pages)
    return hostile


def a_page(hostiles: Hostiles) -> list[str]:
    """What the region's pages of organisations and registrations say now."""
    region = next(one for one in hostiles.walkers if one.who == "region")
    region.app.jinja_env.bytecode_cache = None
    region.app.jinja_env.cache.clear()  # type: ignore[union-attr]
    for path in ("/organisasjoner", "/organisasjoner/registreringer"):
        region.open(path)
    return [one.split(": ", 1)[1] for one in region.said]


def test_the_walker_sees_text_that_is_not_escaped(app: Flask, hostiles: Hostiles) -> None:
    assert a_page(hostiles) == []
    app.jinja_env.autoescape = False
    said = a_page(hostiles)
    assert any(f"attribute on{MARK}" in one for one in said), said


def test_the_walker_sees_a_direction_that_is_not_isolated(app: Flask, hostiles: Hostiles) -> None:
    assert a_page(hostiles) == []
    app.jinja_env.finalize = None
    assert any("direction not isolated" in one for one in a_page(hostiles))


def test_the_walker_sees_signs_that_were_let_in(hostiles: Hostiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert spoilt_rows() == []
    for module in (policy, requests):
        monkeypatch.setattr(module, "without_tricks", lambda value: value)
    leader = next(one for one in hostiles.walkers if one.who == "leader")
    leader.walk()
    form = next(form for name, form in leader.forms.items() if name.startswith("organisations.contact"))
    leader.fill(form, payload(1).replace("\x00", ""))
    assert "organisation.purpose" in spoilt_rows()
    leader.open(form.page)
    assert any("sign" in one for one in leader.said)


def test_the_cells_are_seen_that_a_spreadsheet_would_compute(
    hostiles: Hostiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "_COMPUTES", ("never",))
    assert faults_of_csv(export_of(hostiles))


@pytest.mark.parametrize("sign", [*COMPUTES[:4], "\t=", "\r=", *COMPUTES[6:], "\u200b=", "\x00=", "\u202e="])
def test_no_cell_begins_with_what_computes(sign: str) -> None:
    assert sheets.inert(f"{sign}1+1").startswith("'")
    assert sheets.inert("Lag = alle") == "Lag = alle"


def test_a_mail_with_a_header_of_its_own_is_seen() -> None:
    head = b"From: a@example.no\r\nTo: b@example.no, c@example.no\r\nSubject: x\r\nBcc: d@example.no\r\n"
    body = b"Content-Type: text/html\r\n\r\n<p onclick=x>hei</p>\r\n"
    found = " ".join(faults_of_mail(head + body))
    assert "header Bcc" in found
    assert "receivers" in found
    assert "attribute onclick" in found
