"""See that the system libraries are there: `system_packages.py demo|dev`.

Installs what is missing where that is possible without asking (root on Debian or Ubuntu), and
otherwise says in one line what to install.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What letters as PDF are made with, by the library file that shows the package is there.
LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
FONTS = {"fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"}
BROWSERS = {"chromium": "/usr/bin/chromium"}
# A second login provider for the tests, which skip what needs it where it cannot be had.
WELCOME = {"glewlwyd": "/usr/bin/glewlwyd"}


def main() -> int:
    """Give 0 when everything is there or could be installed."""
    if sys.platform != "linux":
        return 0
    files = FONTS | (BROWSERS if sys.argv[1:] == ["dev"] else {})
    missing = [name for name, library in LIBRARIES.items() if not loads(library)]
    missing += [name for name, path in files.items() if not Path(path).exists()]
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if sys.argv[1:] == ["dev"] and may_install:
        install([name for name, path in WELCOME.items() if not Path(path).exists()])
    if not missing:
        return 0
    if may_install:
        print(f"Installing system packages: {' '.join(missing)}", flush=True)
        if install(missing):
            return 0
    print(f"System packages are missing. Install them: apt-get install {' '.join(missing)}", file=sys.stderr)
    return 1


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install(packages: list[str]) -> bool:
    """Install Debian packages quietly; whether that went well."""
    if not packages:
        return True
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages])
    return all(
        subprocess.run(
            ["apt-get", *step],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode
        == 0
        for step in steps
    )


if __name__ == "__main__":
    raise SystemExit(main())
