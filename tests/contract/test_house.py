"""The house's own rules: floors, sizes, names, annotations. A rule without a gate is a wish."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 350
LONGEST_FUNCTION = 40
VAGUE = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py"}


def production_code() -> list[Path]:
    """Every module of portal and plugins; migrations and plugins' own tests aside."""
    found = [*ROOT.glob("portal/**/*.py"), *ROOT.glob("plugins/**/*.py")]
    return sorted(p for p in found if not {"migrations", "tests"} & set(p.relative_to(ROOT).parts))


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = function.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, methods and inner functions too."""
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def too_large(source: str, name: str) -> list[str]:
    """What in `source` is over the budget."""
    found = []
    lines = source.count("\n")
    if lines > LONGEST_MODULE:
        found.append(f"{name}: {lines} lines, at most {LONGEST_MODULE}: split it by what it is about")
    for function in functions(ast.parse(source)):
        if code_lines(function) > LONGEST_FUNCTION:
            found.append(
                f"{name}:{function.lineno} {function.name}: {code_lines(function)} lines, at most 40"
            )
    return found


def undocumented(source: str, name: str) -> list[str]:
    """Public functions and classes without a docstring, and modules without one."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else [f"{name}: the module says not what it is for"]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef):
            continue
        for child in node.body:
            if not isinstance(child, ast.FunctionDef | ast.ClassDef) or child.name.startswith("_"):
                continue
            # A protocol's member and an inner Meta say it all by their name.
            if child.name == "Meta" or _is_stub(child):
                continue
            if not ast.get_docstring(child):
                found.append(f"{name}:{child.lineno} {child.name}: no docstring")
    return found


def _is_stub(node: ast.FunctionDef | ast.ClassDef) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def test_no_module_or_function_is_over_budget() -> None:
    found = [x for p in production_code() for x in too_large(p.read_text(), str(p.relative_to(ROOT)))]
    assert not found, "\n".join(found)


def test_the_budget_is_really_measured() -> None:
    assert too_large("x = 1\n" * 351, "long.py")
    assert too_large("def f():\n" + "    x = 1\n" * 41, "long.py")
    assert not too_large("def f():\n" + "    x = 1\n" * 39, "short.py")


def test_everything_public_says_what_it_is() -> None:
    found = [x for p in production_code() for x in undocumented(p.read_text(), str(p.relative_to(ROOT)))]
    assert not found, "\n".join(found)


def test_missing_docstrings_are_really_found() -> None:
    assert len(undocumented("def f():\n    return 1\n", "bare.py")) == 2


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [p for p in production_code() if p.name in VAGUE]


@pytest.mark.parametrize("folder", ["portal", "plugins"])
def test_commit_is_called_in_one_place(folder: str) -> None:
    allowed = {ROOT / "portal/database/transactions.py"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in production_code()
        if path.is_relative_to(ROOT / folder) and path not in allowed and "supervisor" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not found, found


def test_services_know_nothing_of_flask_and_views_nothing_of_models() -> None:
    found = []
    for path in production_code():
        if path.name not in ("services.py", "views.py") and not path.name.endswith("_views.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if path.name == "services.py" and module == "flask":
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} imports flask")
            if path.name != "services.py" and module and module.endswith(".models"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {module}")
    assert not found, "\n".join(found)


def test_arrows_go_down_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:]
