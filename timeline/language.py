"""Reads the tables of language knowledge; the only place that knows where they lie.

Tables are TOML (rules with examples) or TSV (rows of facts), under ``timeline/languages/<code>/`` and
``timeline/knowledge/``. What a table means is checked by the module that uses it; a wrong table raises
:class:`LanguageError` with its file, so that a fault is found at start and not in a result.
"""

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent


class LanguageError(ValueError):
    """A table of language knowledge is malformed; the message names the file and the rule or row."""


class Pattern:
    """A regular expression of a table, compiled when it is first used.

    One article needs few of them, and compiling all takes longer than reading it.

    Args:
        pattern: the expression as the table has it.
        where: file and rule, for the message.
        flags: as for :func:`re.compile`.
    """

    __slots__ = ("_compiled", "_flags", "_where", "pattern")

    def __init__(self, pattern: str, where: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._where = where
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The expression, ready.

        Raises:
            LanguageError: it is none.
        """
        if self._compiled is None:
            try:
                self._compiled = re.compile(self.pattern, self._flags)
            except re.error as error:
                raise LanguageError(f"{self._where}: {error}") from error
        return self._compiled

    def search(self, text: str) -> re.Match[str] | None:
        """As :meth:`re.Pattern.search`; raises as :attr:`compiled`."""
        return (self._compiled or self.compiled).search(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As :meth:`re.Pattern.fullmatch`; raises as :attr:`compiled`."""
        return (self._compiled or self.compiled).fullmatch(text)


def read_toml(name: str) -> dict[str, Any]:
    """The content of a TOML table, e.g. ``read_toml("languages/de/dates.toml")``.

    Raises:
        LanguageError: the file is missing or is not TOML.
    """
    try:
        with (_ROOT / name).open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LanguageError(f"{name}: {error}") from error


def read_tsv(name: str) -> list[dict[str, str]]:
    """The rows of a TSV table by column name; lines that begin with ``#`` are comments.

    Raises:
        LanguageError: the file is missing, or a row has more or fewer fields than the heading.
    """
    try:
        lines = (_ROOT / name).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LanguageError(f"{name}: {error}") from error
    numbered = [(i, line) for i, line in enumerate(lines, 1) if line and not line.startswith("#")]
    rows = csv.reader((line for _, line in numbered), delimiter="\t", quoting=csv.QUOTE_NONE)
    heading = next(rows, [])
    table = []
    for (number, _), fields in zip(numbered[1:], rows, strict=True):
        if len(fields) != len(heading):
            raise LanguageError(f"{name}, line {number}: {len(fields)} fields instead of {len(heading)}")
        table.append(dict(zip(heading, fields, strict=True)))
    return table
