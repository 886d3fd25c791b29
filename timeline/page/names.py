"""Names of countries for the page."""

from functools import lru_cache

from timeline.language import read_tsv


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return {row["code"]: row["name"] for row in read_tsv("knowledge/states.tsv")}


def country_name(code: str) -> str:
    """The usual German name of a country; the code itself where the table has none."""
    return _countries().get(code, code)


def country_names() -> dict[str, str]:
    """All names by ISO 3166-1 alpha-2 code."""
    return dict(_countries())
