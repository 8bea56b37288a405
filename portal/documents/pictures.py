"""Photographs of papers become PDF: one kind of file to keep, without where and when they were taken."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 120_000_000
"""More than any phone takes; a picture that claims more is not opened."""
LONGEST_SIDE = 3508
"""A4 at 300 dots an inch."""
_A4_INCHES = 11.69
_QUALITY = 85


class UnreadablePicture(ValueError):
    """The bytes are not a picture that can be opened, or one too large to open."""


def as_pdf(content: bytes) -> bytes:
    """A JPEG or PNG as a PDF of one page, turned the right way, with nothing of what the camera noted.

    Raises `UnreadablePicture`.
    """
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UnreadablePicture("too many pixels")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            page = _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise UnreadablePicture(str(error)) from error
    page.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    page.save(out, "PDF", resolution=max(page.size) / _A4_INCHES, quality=_QUALITY)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")
