"""Uploads are kept from everybody until scanned, read by whoever may, and never a police certificate."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach
from portal.database import transaction
from portal.documents.letters import make_letter, order_letter
from portal.documents.queries import list_documents, readable
from portal.documents.scanning import _TEST_SIGNATURE
from portal.documents.services import UploadRefused, open_document, scan, share, store
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def leader(world: World) -> Actor:
    return world.actor("leader", world.civil_unit("Fjordglimt barnelag"))


def _store(leader: Actor, content: bytes = PDF, filename: str = "vedtekter.pdf") -> int:
    place = Place(owner_id=leader.held[0].unit_id)
    with transaction(actor=leader):
        return store(
            content=content,
            filename=filename,
            place=place,
            read_permissions=("funding.own.read",),
            actor=leader,
        )


def test_nobody_opens_a_file_before_it_is_scanned(leader: Actor) -> None:
    document = _store(leader)
    assert open_document(document, actor=leader).content is None
    scan(document_id=document)
    assert open_document(document, actor=leader).content == PDF


def test_malware_is_refused_and_its_bytes_are_gone(leader: Actor) -> None:
    document = _store(leader, PDF + _TEST_SIGNATURE)
    scan(document_id=document)
    opened = open_document(document, actor=leader)
    assert (opened.state, opened.content) == ("refused", None)


def test_a_draft_attachment_is_the_applicants_until_it_is_shared(world: World, leader: Actor) -> None:
    document = _store(leader)
    here = world.actor("grant_caseworker", "sor")
    with pytest.raises(OutOfReach):
        readable(document, here)
    place = Place(regional_id=world.unit("sor"), owner_id=leader.held[0].unit_id)
    with transaction():
        share([document], ("funding.application.read",), place=place)
    assert readable(document, here).id == document
    with pytest.raises(OutOfReach):
        readable(document, world.actor("grant_caseworker", "nord"))


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "tom.pdf", "empty"),
        (b"MZ\x90\x00", "program.pdf", "type"),
        (b"<html><script>1</script></html>", "side.pdf", "type"),
        (PDF, "Politi-attest Kari.pdf", "police_certificate"),
        (PDF + b"0" * (21 * 1024 * 1024), "stor.pdf", "too_large"),
    ],
)
def test_refused_files_leave_nothing_behind(
    world: World, leader: Actor, content: bytes, filename: str, code: str
) -> None:
    with pytest.raises(UploadRefused) as refused:
        _store(leader, content, filename)
    assert refused.value.code == code
    assert world.count("document") == 0


def test_a_document_with_macros_is_refused(leader: Actor) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("word/vbaProject.bin", "x")
    with pytest.raises(UploadRefused) as refused:
        _store(leader, packed.getvalue(), "brev.docx")
    assert refused.value.code == "macros"


def test_a_name_cannot_carry_a_path_or_another_ending(leader: Actor) -> None:
    document = _store(leader, PDF, "../../etc/pass\u202ewd.exe")
    assert list_documents([document])[0].filename == "passwd.pdf"


def test_a_letter_is_made_once_and_says_who_opened_it(app: Flask, world: World, leader: Actor) -> None:
    with transaction():
        letter = order_letter(
            template="letters/2026-1/base.html",
            context={
                "sender": "UDI",
                "recipient": ["Fjordglimt barnelag"],
                "reference": "2026/1",
                "date": "i dag",
            },
            language="nn",
            place=Place(owner_id=leader.held[0].unit_id),
            read_permissions=("organisations.own.read",),
            title="Vedtak",
            filename="vedtak.pdf",
        )
    make_letter(document_id=letter)
    make_letter(document_id=letter)
    client = world.client(leader.person_id or 0)
    answer = client.get(f"/dokument/{letter}")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert world.count("document_content") == 1


def _photo(width: int = 400, height: int = 300, **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG", **saved)
    return out.getvalue()


def _scanned(leader: Actor, content: bytes, filename: str) -> Any:
    document = _store(leader, content, filename)
    scan(document_id=document)
    return readable(document, leader)


def test_a_photo_of_a_paper_becomes_a_pdf_without_what_the_camera_noted(leader: Actor) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Telefon 12"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    opened = _scanned(leader, _photo(exif=exif), "kvittering.jpg")
    assert (opened.media_type, opened.filename) == ("application/pdf", "kvittering.pdf")
    [page] = PdfReader(io.BytesIO(opened.content)).pages
    assert page.mediabox.height > page.mediabox.width
    assert b"Telefon" not in opened.content


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0 not a picture",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        _photo()[:200],
        # A header that claims 60,000 times 60,000 pixels.
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x06\x00\x00\x00"
        + b"\0" * 60,
    ],
)
def test_a_picture_that_cannot_be_opened_is_refused_with_a_reason(leader: Actor, content: bytes) -> None:
    opened = _scanned(leader, content, "bilde.jpg")
    assert (opened.state, opened.refusal) == ("refused", "unreadable")
    assert not opened.content
