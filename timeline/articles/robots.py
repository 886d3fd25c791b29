"""What the robots.txt of a site allows (RFC 9309), read by Protego."""

from dataclasses import dataclass
from typing import Final

from protego import Protego

AGENT: Final = "diplomatic-timeline"
"""The name under which robots.txt may address this program."""
LARGEST: Final = 512_000
"""Bytes that are read of a robots.txt; RFC 9309 asks for at least 500 KiB."""
_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site; ``rules`` is None where the site has none."""

    rules: Protego | None

    def allow(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return self.rules is None or self.rules.can_fetch(url, AGENT)

    def pause(self) -> float:
        """Seconds to wait between two pages of the site: its ``Crawl-delay``, from 1 to 30."""
        asked = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return min(max(asked or 0.0, _PAUSE), _LONGEST_PAUSE)


def read_robots(status: int, data: bytes) -> Robots | None:
    """The rules in the answer to a request for ``/robots.txt``; None where they cannot be known.

    A site that answers 4xx has none and allows all; after 429 and 5xx nothing may be fetched (RFC 9309, 2.3).
    """
    if status == 200:
        return Robots(Protego.parse(data.decode("utf-8-sig", errors="replace")))
    return None if status == 429 or status >= 500 else Robots(None)
