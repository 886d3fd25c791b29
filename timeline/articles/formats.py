"""Finds out what a file is and reads it: by its content first, then by the ending of its name."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from timeline.articles.errors import DEFAULT_LIMITS, ArticleError, Limits, Rejected
from timeline.articles.plain import read_markdown, read_plain
from timeline.model import Article

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|meta|p|div|h1|title)[\s>/]", re.IGNORECASE)


def _html(name: str, data: bytes) -> Article:
    from timeline.articles.web import read_html

    return read_html(name, data)


_READERS: Final[dict[str, Callable[[str, bytes], Article]]] = {
    "text": read_plain,
    "markdown": read_markdown,
    "html": _html,
}

_ENDINGS: Final[dict[str, str]] = {
    "txt": "text", "text": "text", "": "text",
    "md": "markdown", "markdown": "markdown",
    "html": "html", "htm": "html", "xhtml": "html", "shtml": "html",
}  # fmt: skip


def format_of(name: str, data: bytes) -> str | None:
    """The format of a file, or None where it is not read.

    >>> format_of("artikel.txt", b"<!DOCTYPE html><html><body><p>Text</p></body></html>")
    'html'
    """
    ending = name.rsplit("/", 1)[-1].rpartition(".")[2].lower() if "." in name.rsplit("/", 1)[-1] else ""
    told = _ENDINGS.get(ending)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if told in (None, "text") and head.startswith(b"<") and _HTML.match(head):
        return "html"
    return told


def read_article(name: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Article:
    """The article that the bytes of a file hold; ``name`` tells its ending and is quoted in messages.

    Raises:
        ArticleError: it cannot be read; ``code`` and the message say why and what to do.
    """
    if len(data) > limits.max_bytes:
        raise ArticleError("too_large", name=name, size=len(data), limit=limits.max_bytes)
    if not data:
        raise ArticleError("empty", name=name)
    kind = format_of(name, data)
    if kind is None:
        raise ArticleError("unsupported", name=name, format=name.rpartition(".")[2].lower())
    article = _READERS[kind](name, data)
    if len(article.text) > limits.max_characters:
        raise ArticleError("too_long", name=name, size=len(article.text), limit=limits.max_characters)
    return article


def read_articles(name: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Article | Rejected]:
    """Every article that the bytes of a file hold, one by one; what cannot be read comes as Rejected."""
    try:
        yield read_article(name, data, limits=limits)
    except ArticleError as error:
        yield Rejected(name, error)
