"""RSS and Atom feeds to parts, an article an entry."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

from timeline.articles.errors import ArticleError
from timeline.articles.markup import html_to_text, local, parse_xml, seen
from timeline.articles.parts import Opening, Part, Parts
from timeline.articles.plain import decode, finish, metadata_date
from timeline.model import Article, ReferenceDate

_DATES: Final = ("published", "pubDate", "date", "issued", "created")
"""Atom 1.0; RSS 2.0; Dublin Core; Atom 0.3. "updated" is missing on purpose: the day of the last change."""
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})""")
_PROLOG: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_TEXTS: Final = ("encoded", "content", "description", "summary")
"""The longest counts: whole texts stand in content:encoded or content, teasers in description or summary."""


def feed_parts(name: str, data: bytes, opening: Opening) -> Parts:
    """The entries of a feed, each with its title above what the feed has of its text.

    Raises:
        ArticleError: ``damaged``, ``entities``, ``too_many_entries``.
    """
    root = parse_xml(name, _as_declared(name, data), form="RSS or Atom", lenient=True)
    channel = next((child for child in root if local(child) == "channel"), root)
    outlet = _text(channel, "title")
    for number, item in enumerate(_items(root), 1):
        opening.account.entry(name)
        source = f"{name}, entry {number}"
        yield Part(source, partial(_read_item, item, source, outlet))


def _as_declared(name: str, data: bytes) -> bytes:
    """The feed itself, or in UTF-8 where its bytes are not in the encoding that it declares.

    The parser of XML would leave out what it cannot decode, which is every umlaut.
    """
    declared = _DECLARED.match(data)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        data.decode(encoding)
    except (ValueError, LookupError):
        try:
            return _PROLOG.sub("", decode(data, name=name, declared=encoding)).encode("utf-8", "replace")
        except ArticleError:  # no text at all: for the parser to tell
            pass
    return data


def _items(root: Any) -> Iterator[Any]:  # noqa: ANN401  lxml has no types
    for element in root.iter():
        if local(element) in ("item", "entry"):
            yield element


def _read_item(item: Any, source: str, outlet: str) -> Article:  # noqa: ANN401
    title = _text(item, "title")
    text = max((_markup(child) for child in item if local(child) in _TEXTS), key=len, default="")
    if title and not text.startswith(title):
        text = f"{title}\n\n{text}"
    return finish(text, name=source, metadata=_published(item), title=title or None,
                  outlet=_text(item, "source") or outlet or None, url=_address(item))  # fmt: skip


def _text(element: Any, name: str) -> str:  # noqa: ANN401
    """The text of the first child of that name, on one line."""
    for child in element:
        if local(child) == name:
            own = next((grandchild for grandchild in child if local(grandchild) == "title"), child)
            return " ".join(seen("".join(own.itertext())).split())
    return ""


def _markup(element: Any) -> str:  # noqa: ANN401
    """What a reader sees of an element that holds text, escaped HTML or XHTML."""
    if len(element):
        from lxml import etree

        return html_to_text(etree.tostring(element, encoding="unicode", with_tail=False))
    return html_to_text(element.text or "")


def _published(item: Any) -> ReferenceDate | None:  # noqa: ANN401
    for name in _DATES:
        value = _text(item, name)
        if not value:
            continue
        found = metadata_date(value, field=name)
        if found is None:
            try:
                day = parsedate_to_datetime(value).date()
            except (ValueError, TypeError, OverflowError, IndexError):
                continue
            found = ReferenceDate(day.isoformat(), "metadata", (f"{name}: {value}",))
        return found
    return None


def _address(item: Any) -> str | None:  # noqa: ANN401
    for child in item:
        if local(child) in ("link", "guid", "id") and child.get("rel", "alternate") == "alternate":
            value = (child.get("href") or child.text or "").strip()
            if value.startswith(("http://", "https://")):
                return str(value)
    return None
