"""Languages: bokmål (default), nynorsk and English, chosen by the reader or by the recipient.

Message ids are English. Each room keeps its own `translations/nb.po` and `nn.po`, read directly at
first use. A text missing in nynorsk falls back to bokmål, and from there to the English id.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import (
    Babel,
    Domain,
    force_locale,
    get_babel,
    get_locale,
    lazy_ngettext,
    lazy_pgettext,
    ngettext,
    pgettext,
)
from flask_babel import gettext as _plain_gettext
from flask_babel import lazy_gettext as _plain_lazy_gettext
from flask_babel.speaklater import LazyString
from jinja2 import pass_context
from jinja2.runtime import Context

from portal.web.kit.text import island, islands

__all__ = [
    "LANGUAGES",
    "LANGUAGE_COOKIE",
    "N_",
    "Catalogues",
    "LazyString",
    "add_translations",
    "filled",
    "gettext",
    "init_i18n",
    "language",
    "lazy_gettext",
    "lazy_ngettext",
    "lazy_pgettext",
    "ngettext",
    "parse_language",
    "pgettext",
    "select_locale",
    "use_locale",
]  # fmt: skip

LANGUAGES: dict[str, str] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
DEFAULT = "nb"
LANGUAGE_COOKIE = "__Host-language"
_ALIASES = {"no": "nb"}
_FALLBACK = {"nn": "nb"}
_PORTAL = Path(__file__).resolve().parents[2]


class Catalogues(Domain):
    """All rooms' texts, merged in memory once a language and process."""

    def __init__(self, folders: list[Path]) -> None:
        super().__init__()
        self.folders = folders
        self._loaded: dict[str, NullTranslations] = {}

    def add(self, folder: Path) -> None:
        """Take in one more `translations` folder; what was read before is read again."""
        if folder not in self.folders:
            self.folders.append(folder)
            self._loaded.clear()

    def for_language(self, code: str) -> NullTranslations:
        """The texts of `code` with their fallbacks; English is the message ids themselves."""
        found = self._loaded.get(code)
        if found is None:
            found = self._loaded[code] = self._read(code)
        return found

    def get_translations(self) -> NullTranslations:
        """What Flask-Babel and Jinja ask for on each text, some hundred times a page."""
        chosen = getattr(getattr(g, "_flask_babel", None), "babel_locale", None) or get_locale()
        return self.for_language(chosen.language if chosen else DEFAULT)

    def _read(self, code: str) -> NullTranslations:
        if code not in LANGUAGES or code == "en":
            return NullTranslations()
        texts = Translations(io.BytesIO(_merged(code, _files(code, self.folders))))
        if code in _FALLBACK:
            texts.add_fallback(self.for_language(_FALLBACK[code]))
        return texts


def _files(code: str, folders: Iterable[Path]) -> tuple[tuple[Path, int], ...]:
    """The rooms' files of one language that are there, each with when it was last written."""
    paths = [folder / f"{code}.po" for folder in folders]
    return tuple((path, path.stat().st_mtime_ns) for path in paths if path.exists())


@lru_cache(maxsize=16)
def _merged(code: str, files: tuple[tuple[Path, int], ...]) -> bytes:
    """The files' texts as one compiled catalogue. Reading takes a while: once for the same files."""
    merged = Catalog(locale=code)
    for path, _written in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=code, abort_invalid=True):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    return compiled.getvalue()


class _Babel(Babel):
    """Flask-Babel with our catalogues as the domain of every request and job."""

    def __init__(self, catalogues: Catalogues) -> None:
        super().__init__()
        self.catalogues = catalogues

    @property
    def domain_instance(self) -> Catalogues:
        """What Flask-Babel takes texts from."""
        return self.catalogues


def init_i18n(app: Flask) -> None:
    """Give `app` its languages: gettext in Python and Jinja, locale by reader, Norwegian time."""
    folders = sorted(_PORTAL.glob("*/translations")) + sorted(_PORTAL.glob("web/*/translations"))
    babel = _Babel(Catalogues(folders))
    babel.init_app(app, default_locale=DEFAULT, default_timezone="Europe/Oslo", locale_selector=select_locale)
    app.jinja_env.globals["language"] = language
    texts = babel.catalogues.get_translations  # straight to the texts: this is a good part of a page's time
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: texts().ugettext(text),
        ngettext=lambda one, many, number: texts().ungettext(one, many, number),
        pgettext=lambda context, text: texts().upgettext(context, text),
        newstyle=True,
    )
    _isolate(app)


def gettext(text: str, **values: Any) -> str:
    """`text` in the language in force, with `values` in their places, right-to-left ones as islands."""
    return str(_plain_gettext(text, **islands(values)))


def lazy_gettext(text: str, **values: Any) -> LazyString:
    """The same when it is read."""
    return _plain_lazy_gettext(text, **islands(values))


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A stored English id in the language in force, with the values stored beside it in their places."""
    return str(_plain_gettext(text)) % islands(values)


def _isolate(app: Flask) -> None:
    """Whatever a template shows, and whatever it puts into a sentence, is an island where it must be."""
    known: Any = app.jinja_env.globals["gettext"]

    @pass_context
    def isolating(context: Context, text: str, /, **values: Any) -> str:
        found: str = known(context, text, **islands(values))
        return found

    app.jinja_env.globals["gettext"] = isolating
    app.jinja_env.finalize = island


def add_translations(app: Flask, folder: Path) -> None:
    """Take in a plugin's `translations` folder. Call while the application is being built."""
    get_babel(app).instance.catalogues.add(folder)


def N_(text: str) -> str:
    """Mark a text that is stored as its English id and translated when somebody reads it."""
    return text


def parse_language(code: str | None) -> str | None:
    """The language of the portal that `code` means ("no", "nn-NO"), or None."""
    if not code:
        return None
    base = code.replace("_", "-").split("-")[0].strip().lower()
    base = _ALIASES.get(base, base)
    return base if base in LANGUAGES else None


def select_locale() -> str:
    """The reader's language: what a view set on `g.locale`, the cookie, the browser, or bokmål."""
    chosen = parse_language(g.get("locale")) if has_app_context() else None
    if chosen or not has_request_context():
        return chosen or DEFAULT
    chosen = parse_language(request.cookies.get(LANGUAGE_COOKIE))
    if chosen:
        return chosen
    for wanted, quality in request.accept_languages:
        found = parse_language(wanted)
        if found and quality > 0:
            return found
    return DEFAULT


def language() -> str:
    """The language in force now, as its code: `nb`, `nn` or `en`."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


@contextmanager
def use_locale(code: str | None) -> Iterator[None]:
    """Speak the recipient's language (*målform*) inside the block; unknown codes give bokmål.

    For letters, mail and notices: works in a job, where there is no request. Raises RuntimeError
    without an application context, since the texts would silently come out in English.
    """
    if not has_app_context():
        raise RuntimeError("use_locale() needs an application context")
    with force_locale(Locale.parse(parse_language(code) or DEFAULT)):
        yield
