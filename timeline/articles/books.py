"""EPUB to parts: an article for every chapter, as newspapers print their editions."""

import posixpath
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from timeline.articles.archives import open_zip, unzip_member
from timeline.articles.errors import ArticleError
from timeline.articles.markup import element_to_text, local, parse_xml
from timeline.articles.parts import Opening, Part, Parts
from timeline.articles.plain import finish, first_line_title, metadata_date
from timeline.model import Article, ReferenceDate

_SHORTEST: Final = 200
"""Characters; covers and imprints between the articles are shorter."""


def book_parts(name: str, data: bytes, opening: Opening) -> Parts:
    """The chapters of an EPUB (EPUB 3.3) in reading order; the book's ``dc:date`` is its day of publication.

    Raises:
        ArticleError: ``damaged``, ``encrypted``, ``entities``, ``no_text``, or a limit of unpacking.
    """
    account = opening.account
    with open_zip(name, data) as archive:

        def member(path: str) -> Any:  # noqa: ANN401  lxml has no types
            found = unzip_member(archive, path, name, account)
            if found is None:
                raise ArticleError("damaged", name=name, format="EPUB", detail=f"{path[:100]} is missing")
            # Chapters may name the five hundred entities of XHTML, which no DTD is loaded for.
            return parse_xml(name, found, form="EPUB", lenient=True)

        if unzip_member(archive, "META-INF/rights.xml", name, account) is not None:
            raise ArticleError("encrypted", name=name)
        path = next(
            (root.get("full-path") for root in _named(member("META-INF/container.xml"), "rootfile")), None
        )
        package: Any = member(path or "")
        fields = {
            local(field): " ".join((field.text or "").split()) for field in reversed(list(package.iter()))
        }
        metadata = metadata_date(fields.get("date", ""), field="dc:date") if fields.get("date") else None
        outlet = fields.get("publisher") or fields.get("title") or None
        read = 0
        for chapter in _chapters(package, posixpath.dirname(path or "")):
            account.entry(name)
            body: Any = next(_named(member(chapter), "body"), None)
            text = element_to_text(body) if body is not None else ""
            if len(text) < _SHORTEST:
                continue
            heading = next((" ".join("".join(each.itertext()).split()) for each in body.iter()
                            if local(each) in ("h1", "h2", "h3")), "")  # fmt: skip
            read += 1
            yield _part(f"{name}/{chapter}", text, heading, outlet, metadata)
        if not read:
            raise ArticleError("no_text", name=name)


def _part(source: str, text: str, heading: str, outlet: str | None, metadata: ReferenceDate | None) -> Part:
    def read() -> Article:
        return finish(
            text, name=source, metadata=metadata, title=heading or first_line_title(text), outlet=outlet
        )

    return Part(source, read)


def _named(root: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    return (element for element in root.iter() if local(element) == name)


def _chapters(package: Any, folder: str) -> Iterator[str]:  # noqa: ANN401
    """Paths in reading order; the table of contents of EPUB 3 is left out."""
    items = {item.get("id"): item for item in _named(package, "item")}
    for reference in _named(package, "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if "html" in (item.get("media-type") or ""):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
