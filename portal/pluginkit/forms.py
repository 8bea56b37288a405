"""Forms: cleaned text, and days as people write them."""

from __future__ import annotations

from portal.web.kit.forms import DayField, Form, ParagraphField

__all__ = ["DayField", "Form", "ParagraphField"]
