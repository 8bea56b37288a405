"""What text may hold, and how right-to-left text is shown."""

from __future__ import annotations

import pytest

from portal.web.kit.text import clean_text, island, mail_address, one_line, without_tricks


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c\x1b[31md\x7f\x9b", "abc[31md"),
        ("en\r\nto\rtre\u2028fire\x85fem\u2029", "en\nto\ntre\nfire\nfem"),
        ("faktura\u202egnp.exe", "fakturagnp.exe"),
        ("\u2066a\u2067b\u2068c\u2069\u202ad\u202b\u202c\u202de", "abcde"),
        ("Lag\u200b\ufeff\u2060\u00ad", "Lag\u00ad"),
        ("\ud800Lag\udfff\ufffe\U0001ffff\ufdd0", "Lag"),
        ("Lag\U000e0041\U000e0042", "Lag"),
        ("\u0301\u0302Lag \u0301på", "Lag på"),
        ("e\u0301", "é"),
        ("Z" + "\u0335" * 500, "Z" + "\u0335" * 8),
        ("\u200d\u200e \u3164\u2800", ""),
        ("a\tb", "a\tb"),
    ],
)
def test_what_nobody_sees_is_not_taken(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Ås skolekorps – «Øving» 100 %",
        "جمعية الصداقة",
        "انجمن می\u200cخواهیم",
        "שָׁלוֹם עֲלֵיכֶם",
        "Hội người Việt",
        "សមាគមខ្មែរ",
        "👩‍👩‍👧‍👦",
    ],
)
def test_every_script_is_taken_as_it_is(text: str) -> None:
    import unicodedata

    assert clean_text(text) == unicodedata.normalize("NFC", text)
    assert without_tricks(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line("a\u2028b\r\n c\td") == "a b c d"


def test_a_right_to_left_line_is_an_island_and_others_are_left_alone() -> None:
    assert island("שלום") == "\u2068שלום\u2069"
    assert island("Lag 1\nשלום") == "Lag 1\n\u2068שלום\u2069"
    assert island(island("שלום")) == island("שלום")
    for same in ("Lag", "Ås", None, 7):
        assert island(same) is same


@pytest.mark.parametrize("text", ["ola@example.no", "a+b=c|d@x.example.no", "post@xn--blbr-roah.no"])
def test_one_address_is_taken(text: str) -> None:
    assert mail_address(text) == text


def test_a_domain_with_norwegian_letters_is_sent_to_in_ascii() -> None:
    assert mail_address("post@blåbær.no") == "post@xn--blbr-roah.no"


@pytest.mark.parametrize(
    "text",
    [
        "", "ola", "ola@", "@example.no", "ola@example", "a@b.no, c@d.no", "a@b.no\nBcc: c@d.no", "a b@c.no",
        "gruppe:a@b.no;", '"a b"@c.no', "a@b.no (x)", "a@[127.0.0.1]", "<a@b.no>", "a..b@c.no", "a@b..no",
        "øl@example.no", "a@-b.no", "a@" + "b" * 64 + ".no", "a@" + "b." * 200 + "no",
    ],
)  # fmt: skip
def test_anything_else_is_no_address(text: str) -> None:
    assert mail_address(text) is None
