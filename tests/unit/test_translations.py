"""Every text on every page exists in bokmål and nynorsk, whole, and no dead translation is left."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("nb", "nn")
SHARED = ROOT / "portal/web/kit"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
ELSEWHERE = {"letters": "documents"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
Id = tuple[str | None, str | tuple[str, str]]
Texts = dict[Id, tuple[str, ...]]


def room_of(path: Path, root: Path = ROOT) -> Path:
    """The folder whose `translations/` answers for the texts in `path`."""
    parts = path.relative_to(root).parts
    if parts[0] == "plugins":
        return root / "plugins" / parts[1]
    if parts[0] == "templates":
        name = ELSEWHERE.get(parts[1], parts[1])
        for place in (root / "portal" / name, root / "portal/web" / name):
            if place.is_dir():
                return place
    elif parts[1] == "web" and (root / "portal/web" / parts[2]).is_dir():
        return root / "portal/web" / parts[2]
    elif (root / "portal" / parts[1]).is_dir() and parts[1] != "web":
        return root / "portal" / parts[1]
    return root / "portal/web/kit"


def ids_in(file: BinaryIO, method: str) -> Iterator[Id]:
    options = {"silent": "false", "newstyle_gettext": "true"}
    for _line, found, _comments, context in extract(method, file, KEYWORDS, (), options):
        if isinstance(found, tuple):
            yield context, (str(found[0]), str(found[1]))
        elif found:
            yield context, found


def event_messages(path: Path) -> Iterator[Id]:
    """The audit trail's texts: `message = "..."` in the event types, shown in the reader's language."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if ast.unparse(target) == "message" and isinstance(node.value, ast.Constant):
            yield None, str(node.value.value)


def used_texts(root: Path = ROOT) -> dict[Path, dict[Id, Path]]:
    """Message ids by room, each with a file that uses it."""
    rooms: dict[Path, dict[Id, Path]] = defaultdict(dict)
    for folder in ("portal", "plugins", "templates"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or "tests" in path.parts:
                continue
            method = "python" if path.suffix == ".py" else "jinja2"
            with path.open("rb") as file:
                for found in ids_in(file, method):
                    rooms[room_of(path, root)][found] = path
            if path.name == "events.py":
                rooms[room_of(path, root)].update(dict.fromkeys(event_messages(path), path))
    return rooms


def translations(room: Path, language: str) -> Texts:
    path = room / "translations" / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    texts: Texts = {}
    for message in catalog:
        if message.id:
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            ident = message.id if isinstance(message.id, str) else tuple(message.id)
            texts[message.context, ident] = () if message.fuzzy else tuple(map(str, strings))  # type: ignore[index]
    return texts


def faults(ident: Id, strings: tuple[str, ...]) -> str | None:
    """What is wrong with one translation, if anything: empty, or other placeholders."""
    if not strings or not all(text.strip() for text in strings):
        return "empty or fuzzy"
    source = ident[1] if isinstance(ident[1], str) else ident[1][1]
    wanted = set(PLACEHOLDER.findall(source))
    if set(PLACEHOLDER.findall(strings[-1])) != wanted:
        return "other placeholders"
    if any(set(PLACEHOLDER.findall(text)) - wanted for text in strings):
        return "unknown placeholder"
    return None


def missing(root: Path, language: str) -> list[str]:
    shared = translations(root / "portal/web/kit", language)
    problems = []
    for room, used in used_texts(root).items():
        own = translations(room, language)
        for ident, path in used.items():
            strings = own.get(ident) or shared.get(ident)
            problem = faults(ident, strings) if strings else "not translated"
            if problem:
                problems.append(f"{path.relative_to(root)}: {ident[1]!r}: {problem}")
    return problems


def unused(root: Path, language: str) -> list[str]:
    rooms = used_texts(root)
    everywhere = {ident for used in rooms.values() for ident in used}
    problems = []
    for path in sorted(root.glob(f"p*/**/translations/{language}.po")):
        room = path.parent.parent
        used = everywhere if room == root / "portal/web/kit" else set(rooms.get(room, ()))
        problems += [
            f"{path.relative_to(root)}: {ident[1]!r}"
            for ident in translations(room, language)
            if ident not in used
        ]
    return problems


def conflicts(root: Path, language: str) -> list[str]:
    """The same English text translated in two ways: which one shows would be left to chance."""
    seen: dict[Id, tuple[tuple[str, ...], Path]] = {}
    problems = []
    for path in sorted(root.glob(f"p*/**/translations/{language}.po")):
        for ident, strings in translations(path.parent.parent, language).items():
            first, where = seen.setdefault(ident, (strings, path))
            if first != strings:
                problems.append(f"{ident[1]!r}: {where.relative_to(root)}, {path.relative_to(root)}")
    return problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(language: str) -> None:
    assert missing(ROOT, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_without_a_text(language: str) -> None:
    assert unused(ROOT, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_text_is_translated_in_one_way(language: str) -> None:
    assert conflicts(ROOT, language) == []


HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def little_house(tmp_path: Path) -> Path:
    """A house with one fault of each kind, to show that the checks see them."""
    for room in ("portal/web/kit", "portal/units", "templates/units", "plugins/boats"):
        (tmp_path / room / "translations").mkdir(parents=True)
    (tmp_path / "portal/units/views.py").write_text('_("Found")\nlazy_gettext("Lost %(n)s", n=1)\n')
    (tmp_path / "portal/units/events.py").write_text('class Moved(Event):\n    message = "Moved away"\n')
    (tmp_path / "templates/units/page.html").write_text('{{ _("Shown") }}{{ _("Empty") }}')
    (tmp_path / "plugins/boats/views.py").write_text('_("Found")')
    (tmp_path / "portal/units/translations/nb.po").write_text(
        HEADER + 'msgid "Found"\nmsgstr "Funnet"\n\nmsgid "Lost %(n)s"\nmsgstr "Mistet %(m)s"\n\n'
        'msgid "Empty"\nmsgstr ""\n\nmsgid "Gone"\nmsgstr "Borte"\n'
    )
    (tmp_path / "plugins/boats/translations/nb.po").write_text(HEADER + 'msgid "Found"\nmsgstr "Oppdaget"\n')
    return tmp_path


def test_the_checks_see_what_they_look_for(little_house: Path) -> None:
    assert missing(little_house, "nb") == [
        "portal/units/events.py: 'Moved away': not translated",
        "portal/units/views.py: 'Lost %(n)s': other placeholders",
        "templates/units/page.html: 'Shown': not translated",
        "templates/units/page.html: 'Empty': empty or fuzzy",
    ]
    assert unused(little_house, "nb") == ["portal/units/translations/nb.po: 'Gone'"]
    assert len(conflicts(little_house, "nb")) == 1
