"""Which files are taken: told by their content, not by their name."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.text import clean_text

PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
EXTENSIONS = {
    PDF: ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
    f"{_OPEN}.text": ".odt",
    f"{_OPEN}.spreadsheet": ".ods",
}
REFUSALS: dict[str, LazyString] = {
    "empty": _("The file is empty. Choose another file."),
    "too_large": _("The file is too large. Send at most 20 MB."),
    "type": _("This kind of file is not taken. Send PDF, Word, Excel, OpenDocument, JPEG or PNG."),
    "macros": _("The file has macros. Save it without macros, or as PDF, and send it again."),
    "police_certificate": _(
        "The name says this is a police certificate. Police certificates are shown, never sent: take it away."
    ),
    "unreadable": _("The picture cannot be opened. Take it again, or send the paper as PDF."),
    "malware": _("The file was found unsafe and was not kept. Send a clean copy."),
}
_POLICE = re.compile(r"politi\W*attest|police\W*certificate|barneomsorgsattest", re.IGNORECASE)


class UploadRefused(ValueError):
    """A file that is not taken; `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> LazyString:
        """What to tell the person, and how to mend it."""
        return REFUSALS[self.code]


def judge(content: bytes, filename: str, *, limit: int) -> str:
    """The media type of an acceptable file. Raises `UploadRefused`.

    A police certificate is refused already by its name: none may be stored anywhere (utlendingsloven
    § 97, politiregisterforskriften § 37-2).
    """
    if not content:
        raise UploadRefused("empty")
    if len(content) > limit:
        raise UploadRefused("too_large")
    if _POLICE.search(filename):
        raise UploadRefused("police_certificate")
    found = _by_content(content)
    if found is None:
        raise UploadRefused("type")
    return found


def safe_filename(filename: str, media_type: str) -> str:
    """A name without paths, control characters or a misleading ending; at most 120 characters."""
    stem = PurePath((clean_text(filename) or "").replace("\\", "/")).stem
    plain = re.sub(r"[^\w\-. ()]+", "_", stem).strip(" .") or "vedlegg"
    return plain[:110] + EXTENSIONS[media_type]


def _by_content(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return None


def _archive(content: bytes) -> str | None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any("vbaproject" in name.lower() for name in names):
                raise UploadRefused("macros")
            if "word/document.xml" in names:
                return f"{_OFFICE}.wordprocessingml.document"
            if "xl/workbook.xml" in names:
                return f"{_OFFICE}.spreadsheetml.sheet"
            if "mimetype" in names:
                declared = archive.open("mimetype").read(200).decode("ascii", "replace").strip()
                return declared if declared in EXTENSIONS else None
    except BadZipFile:
        pass
    return None
