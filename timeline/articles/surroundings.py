"""Lines that pages put among the paragraphs of an article: links to others, captions, offers."""

import re
from functools import lru_cache

from timeline.language import LanguageError, read_toml

_TABLE = "languages/de/articles/surroundings.toml"
_LONGEST = 200
"""Characters; a longer line is a paragraph."""


@lru_cache(maxsize=1)
def _rules() -> tuple[re.Pattern[str], ...]:
    rules = []
    for row in read_toml(_TABLE).get("line", []):
        name = row.get("id", "?")
        if row.keys() != {"id", "find", "yes", "no", "source"}:
            raise LanguageError(f"{_TABLE}: rule {name}: needs id, find, yes, no and source, nothing else")
        try:
            rules.append(re.compile(row["find"], re.IGNORECASE))
        except re.error as error:
            raise LanguageError(f"{_TABLE}: rule {name}: {error}") from error
    return tuple(rules)


def is_surrounding(line: str) -> bool:
    """Whether a line of a page is no part of its article.

    >>> is_surrounding("Lesen Sie auch: Warum Budapest jetzt einlenkt"), is_surrounding("Sie lesen viel.")
    (True, False)

    Raises:
        LanguageError: the table of rules is malformed.
    """
    line = line.strip().removeprefix("- ")
    return len(line) <= _LONGEST and any(rule.fullmatch(line) for rule in _rules())
