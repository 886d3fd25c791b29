"""Ask which of the pinned packages have known holes, as ``make test`` does (``make audit``).

The advisories come from PyPI by way of pip-audit. A known hole fails the run. Where the service cannot be
reached, or does not know the packages (a mirror without advisories), nothing is known: that is said, and does
not fail, because the other tests need no network.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LISTS = ("requirements.txt", "requirements-dev.txt")
SECONDS = 120
COMMAND = (
    "--vulnerability-service", "pypi", "--no-deps", "--disable-pip", "--timeout", "10",
    "--progress-spinner", "off", "--format", "json",
)  # fmt: skip


def verdict(answer: str) -> tuple[int, str]:
    """The exit status and the words for what pip-audit printed: a table in JSON, or nothing."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 0, "not audited: the service of advisories gave no answer"
    asked = [package for package in packages if "vulns" in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']} "
        f"(mended in {', '.join(hole['fix_versions']) or 'no version yet'})"
        for package in asked
        for hole in package["vulns"]
    ]
    missed = len(packages) - len(asked)
    if holes:
        return 1, "\n".join(["packages with known holes (make lock takes newer ones):", *holes])
    if not asked:
        return 0, f"not audited: the service of advisories knows none of {missed} packages"
    rest = f"; {missed} are not known to the service" if missed else ""
    return 0, f"audited: no known hole in {len(asked)} packages{rest}"


def main() -> int:
    """Asks about both lists, prints what came of it, returns the exit status."""
    lists = [word for name in LISTS for word in ("-r", name)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *lists, *COMMAND],
            cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        status, words = verdict(done.stdout)
    except subprocess.TimeoutExpired:
        status, words = 0, f"not audited: no answer within {SECONDS} seconds"
    print(words)
    return status


if __name__ == "__main__":
    sys.exit(main())
