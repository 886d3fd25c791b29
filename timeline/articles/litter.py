"""What systems and browsers put beside the files of a user: no article, so not worth a message."""

import posixpath
import re
from collections.abc import Collection, Iterable
from typing import Final

_FOLDERS: Final = ("__MACOSX", ".Spotlight-V100", ".Trashes", "$RECYCLE.BIN")
_NAMES: Final = (".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r")
_COMPANION: Final = re.compile(r"(.+?)(?:_files|\.files|-files|_Dateien|-Dateien|_fichiers)")
"""The folder that browsers save beside a page, by the languages of browsers (Firefox, Chromium, old Internet
Explorer); it counts only where the page lies beside it."""


def pages_of(paths: Iterable[str]) -> frozenset[str]:
    """The paths of the web pages among these, without their ending."""
    return frozenset(
        stem
        for stem, ending in map(posixpath.splitext, paths)
        if ending.lower() in (".html", ".htm", ".xhtml")
    )


def is_litter(path: str, pages: Collection[str]) -> bool:
    """Whether a file of a folder or an archive with these ``pages`` is none of the user's.

    >>> is_litter("a/Wien-Dateien/stil.css", pages_of(["a/Wien.html"])), is_litter("a/Wien.txt", ())
    (True, False)
    """
    parts = path.replace("\\", "/").split("/")
    if parts[-1] in _NAMES or parts[-1].startswith("._") or any(part in _FOLDERS for part in parts):
        return True
    for depth, part in enumerate(parts[:-1]):
        match = _COMPANION.fullmatch(part)
        if match and "/".join([*parts[:depth], match[1]]) in pages:
            return True
    return False
