"""Install this checkout, editable, into the environment that runs this script.

Does what `pip install --no-deps -e .` does, without needing a build library: puts the checkout
on the path and registers its entry points, by which the portal finds its plugins.
"""

from __future__ import annotations

import shutil
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write a path file and the package's metadata, replacing an earlier version's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    site = Path(sysconfig.get_path("purelib"))
    for earlier in site.glob(f"{name}-*.dist-info"):
        shutil.rmtree(earlier)
    path_file = site / f"{name}.pth"
    path_file.write_text(f"{ROOT}\n", encoding="utf-8")
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "INSTALLER": "bin/setup\n",
        "entry_points.txt": entry_points(project.get("entry-points", {})),
    }
    for file, text in files.items():
        (info / file).write_text(text, encoding="utf-8")
    listed = [path_file.name, *(f"{info.name}/{file}" for file in (*files, "RECORD"))]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in listed), encoding="utf-8")


def entry_points(groups: dict[str, dict[str, str]]) -> str:
    """The entry points in the form that `importlib.metadata` reads."""
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{key} = {target}" for key, target in entries.items()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
