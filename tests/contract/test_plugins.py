"""What plugins are promised and what they promise, compared with code and documents by machine."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from portal import pluginkit
from portal.pluginhost.discovery import installed
from portal.pluginkit import hookspecs
from portal.pluginkit.testing import PluginContract

ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "portal" / "pluginkit"
MODULES = sorted(path.stem for path in KIT.glob("*.py") if path.stem != "__init__")
_FUNCTIONS = inspect.getmembers(hookspecs, inspect.isfunction)
HOOKS = {name: hook for name, hook in _FUNCTIONS if name.startswith("portal_")}
PLUGIN_FILES = [
    *(path for path in (ROOT / "plugins").rglob("*.py")),
    *(path for path in (ROOT / "tests" / "plugins_for_tests" / "boats").rglob("*.py")),
    Path(__file__),
]


class TestChildGrants(PluginContract):
    plugin = "child_grants"


def test_every_installed_plugin_has_the_contract_suite() -> None:
    suites = {one.plugin for one in PluginContract.__subclasses__()}
    assert {entry.name for entry in installed()} <= suites


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_exact_signature(hook: str) -> None:
    document = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    signature = f"{hook}{inspect.signature(HOOKS[hook])}".replace("'", "")
    assert f"### `{signature}`" in document
    assert inspect.getdoc(HOOKS[hook])


def test_no_hook_is_documented_that_is_not_there() -> None:
    document = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### `(portal_\w+)\(", document, re.M)) == set(HOOKS)


def test_every_hook_has_a_test_and_a_plugin_that_answers_it() -> None:
    tests = (ROOT / "tests/integration/test_plugin_hooks.py").read_text(encoding="utf-8")
    assert set(re.findall(r"def test_hook_(portal_\w+)\(", tests)) == set(HOOKS)
    answered = {
        name
        for path in PLUGIN_FILES
        for name in re.findall(r"def (portal_\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert answered == set(HOOKS)


@pytest.mark.parametrize("module", MODULES)
def test_the_kit_is_small_documented_and_used(module: str) -> None:
    names = import_module(f"{pluginkit.__name__}.{module}").__all__
    assert 1 <= len(names) <= 15
    guide = (ROOT / "docs" / "plugin-guide.md").read_text(encoding="utf-8")
    section = guide.partition(f"### `portal.pluginkit.{module}`")[2].partition("\n### ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.M))
    assert documented == set(names)
    assert set(names) <= imported_from(f"portal.pluginkit.{module}")


def imported_from(module: str) -> set[str]:
    """The names plugins import from a module."""
    found = set()
    for path in PLUGIN_FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                found |= {alias.name for alias in node.names}
    return found


def test_plugins_import_nothing_of_the_portal_but_the_kit_and_no_other_plugin() -> None:
    strays = []
    for path in PLUGIN_FILES[:-1]:
        own = ".".join(path.relative_to(ROOT).parts[:2])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                foreign = name.split(".")[0] == "plugins" and not f"{name}.".startswith(f"{own}.")
                inside = name.split(".")[0] == "portal" and not name.startswith("portal.pluginkit.")
                if foreign or inside:
                    strays.append(f"{path.relative_to(ROOT)}: {name}")
    assert strays == []
