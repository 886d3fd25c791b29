"""Find a Chromium for the browser tests, or install Debian's where that is allowed.

``make test`` runs this first. It never downloads a browser from anywhere but the distribution. Exit status 1
only where the variable CI is set: a contributor without a browser still runs every other test.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# fonts-dejavu-core: without any font Chromium draws no text, and nothing can be clicked.
PACKAGES = ("chromium", "fonts-dejavu-core")
APT_SECONDS = 600


def find_browser() -> str | None:
    """Path of a Chromium or Chrome that starts, or None."""
    for candidate in (*map(shutil.which, NAMES), *PLACES):
        if candidate is None or not Path(candidate).exists():
            continue
        # Ubuntu's "chromium-browser" is a script that only asks for a snap: started is the proof.
        try:
            answer = subprocess.run([candidate, "--version"], capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer.returncode == 0:
            return candidate
    return None


def in_ci() -> bool:
    """Whether this is an automatic run, where a missing browser must not pass for success."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _may_install() -> bool:
    release = Path("/etc/os-release")
    debian = release.exists() and "\nID=debian\n" in "\n" + release.read_text(encoding="utf-8")
    return debian and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ("install", "--yes", "--no-install-recommends", *PACKAGES)
    for arguments in (("update",), install):
        done = subprocess.run(
            ["apt-get", "-qq", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=APT_SECONDS,
            check=False,
        )
        if done.returncode:
            print(f"apt-get {arguments[0]} failed:\n{done.stdout[-2000:]}", file=sys.stderr)
            return


def main() -> int:
    """Report the browser in one line; the exit status says whether the tests may go on."""
    browser = find_browser()
    if browser is None and _may_install():
        print(f"No Chromium found; installing Debian's packages {' and '.join(PACKAGES)} ...", flush=True)
        _install()
        browser = find_browser()
    if browser:
        print(f"Browser tests use {browser}")
        return 0
    print(
        "No Chromium or Chrome found: the browser tests are left out. "
        f"To run them on Debian: sudo apt install {' '.join(PACKAGES)}",
        file=sys.stderr,
    )
    return 1 if in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
