"""``python -m benchmarks [NAME] [ARGUMENTS...]``: runs one measurement; without a name, the throughput."""

import importlib
import pkgutil
import sys
from pathlib import Path

NAMES = sorted(
    m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.name.startswith("_")
)
DEFAULT = "throughput"


def _first_line(name: str) -> str:
    return (importlib.import_module(f"benchmarks.{name}").__doc__ or "").split("\n")[0]


def main(argv: list[str]) -> int:
    """Runs the measurement named first; returns the exit status."""
    if argv and argv[0] in ("-h", "--help"):
        print("usage: python -m benchmarks [NAME] [ARGUMENTS...]\n")
        for name in NAMES:
            print(f"  {name:12} {_first_line(name)}{' (default)' if name == DEFAULT else ''}")
        return 0
    name, rest = (argv[0], argv[1:]) if argv and not argv[0].startswith("-") else (DEFAULT, argv)
    if name not in NAMES:
        print(f"no such benchmark: {name}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    return importlib.import_module(f"benchmarks.{name}").main(rest) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
