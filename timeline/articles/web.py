"""HTML to Article: the article without menus and teasers, and what the page tells of itself."""

import copy
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

from timeline.articles.errors import ArticleError
from timeline.articles.markup import element_to_text
from timeline.articles.plain import clean, decode, finish, metadata_date
from timeline.articles.surroundings import is_surrounding
from timeline.model import Article, ReferenceDate

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ARTICLE_TYPES = ("Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BlogPosting",
                  "LiveBlogPosting", "OpinionNewsArticle", "BackgroundNewsArticle", "WebPage")  # fmt: skip
_META_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date.issued", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created",
    "pubdate", "publishdate", "publish-date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "rbpubdate", "date",
)  # fmt: skip


def read_html(name: str, data: bytes, *, url: str | None = None, charset: str | None = None) -> Article:
    """An article of a web page; ``charset`` is what came with it (of a mail or an answer), and goes first.

    The publication date is what the page says of itself: JSON-LD, then ``meta`` (OpenGraph, Dublin
    Core), then ``<time>``, then what htmldate finds in address and markup; else a header line or the
    dateline of the text. The date of the last change does not count as publication.

    Raises:
        ArticleError: as ``decode``; ``no_text`` where the page has no article text.
    """
    match = _CHARSET.search(data[:4096])
    page = decode(data, name=name, declared=charset or (match[1].decode("ascii") if match else None))
    return article_from_html(name, page, url=url)


def article_from_html(name: str, page: str, *, url: str | None = None) -> Article:
    """As :func:`read_html`, of a page that is already text.

    Raises:
        ArticleError: ``no_text``.
    """
    import trafilatura
    from lxml import etree, html

    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what they tell of a page belongs in no log
    page = _DECLARATION.sub("", page.replace("\x00", ""))
    try:
        tree = html.fromstring(page)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise ArticleError("no_text", name=name) from error
    linked = _linked_data(tree)
    meta = _meta(tree)
    metadata = _published(linked, meta, tree, url)
    # Its own search for a date is not used, and the extensive one would load the dates of 200 languages.
    found = trafilatura.bare_extraction(
        page, url=url, include_comments=False, with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )  # fmt: skip
    found = None if isinstance(found, dict) else found
    text = clean(found.text or "") if found is not None else ""
    if not text:
        text = _visible(tree)
    if not text:
        raise ArticleError("no_text", name=name)
    title = _headline(linked) or meta.get("og:title") or (found.title if found is not None else None)
    outlet = _outlet(linked) or meta.get("og:site_name") or (found.sitename if found is not None else None)
    canonical = tree.xpath("string(//link[@rel='canonical']/@href)") or meta.get("og:url") or url
    return finish(
        _paragraphs(text), name=name, metadata=metadata, title=title, outlet=outlet,
        url=canonical if canonical and re.match(r"https?://", canonical) else None,
    )  # fmt: skip


def _paragraphs(text: str) -> str:
    """Blank lines between the paragraphs, as a reader sees them, without teasers and captions among them."""
    lines = (line.strip() for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line and not is_surrounding(line))


def _visible(tree: Any) -> str:  # noqa: ANN401  lxml has no types
    """The text of a page too small for the finder of articles: all that a reader sees of it."""
    for unseen in tree.xpath("//script|//style|//nav|//header|//footer|//aside|//noscript|//template|//head"):
        unseen.clear(keep_tail=True)
    return element_to_text(tree)


_DATE_IN_BROKEN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


def _linked_data(tree: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Every object of the page's JSON-LD that is an article, those that only say "page" last.

    A broken block gives its day of publication where it names just one.
    """
    found: list[dict[str, Any]] = []
    for script in tree.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]/text()"):
        try:
            data = json.loads(script.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            days = set(_DATE_IN_BROKEN_JSON.findall(script))
            found.extend({"datePublished": day} for day in days if len(days) == 1)
            continue
        found.extend(_articles(data))
    return sorted(found, key=lambda item: item.get("@type") == "WebPage")


def _articles(data: object) -> Iterator[dict[str, Any]]:
    stack = [data]
    while stack:
        item = stack.pop(0)
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            graph = item.get("@graph")
            stack.extend(graph if isinstance(graph, list) else [])
            kinds = item.get("@type")
            if any(kind in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                yield item


def _meta(tree: Any) -> dict[str, str]:  # noqa: ANN401
    """``meta`` fields by lower-case name; the first of a name counts."""
    fields: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        if key and element.get("content").strip():
            fields.setdefault(key.strip().lower(), element.get("content").strip())
    return fields


def _published(
    linked: list[dict[str, Any]],
    meta: dict[str, str],
    tree: Any,  # noqa: ANN401
    url: str | None,
) -> ReferenceDate | None:
    told = [("JSON-LD datePublished", item.get("datePublished")) for item in linked]
    told += [(key, meta.get(key)) for key in _META_DATES]
    told += [("<time>", value) for value in _times(tree)]
    for field, value in told:
        if isinstance(value, str) and (found := metadata_date(value, field=field)) is not None:
            return found
    return _by_htmldate(tree, url)


_CHANGED = ("modif", "updat", "revis", "expire", "aktualis", "geänd", "geaend")


def _times(tree: Any) -> list[str]:  # noqa: ANN401
    """What ``<time>`` tells: marked as publication, else the first one of the part with the headline.

    Times of teasers, which are often articles with a time of their own, and of changes do not count.
    """
    times = tree.xpath("//time[@datetime][@itemprop='datePublished' or @pubdate]/@datetime")
    headed = tree.xpath("//article[.//h1] | //main[.//h1] | //header[.//h1]")
    own = (time for part in headed for time in part.xpath(".//time[@datetime]") if not _is_foreign(time))
    first = next(own, None)
    return [str(value) for value in times] + ([] if first is None else [str(first.get("datetime"))])


def _is_foreign(time: Any) -> bool:  # noqa: ANN401
    """Whether a ``<time>`` is that of a teaser or of a change."""
    if any(not part.xpath(".//h1") for part in time.iterancestors("article")) and time.xpath("//h1"):
        return True
    before = time.getparent().text if time.getprevious() is None else time.getprevious().tail
    words = " ".join([*map(str, time.attrib.values()), before or "", time.text or ""]).lower()
    return any(mark in words for mark in _CHANGED)


_AMBIGUOUS = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")


def _by_htmldate(tree: Any, url: str | None) -> ReferenceDate | None:  # noqa: ANN401
    """What htmldate finds in address and markup of a page that tells no date in the usual fields.

    Fields about changes are taken out before, because htmldate falls back on them; its search through
    all dates of the page is left out, because it would find the dates that the article is about.
    """
    from htmldate import find_date

    tree = copy.deepcopy(tree)
    for element in tree.xpath("//meta|//script|//time|//footer|//aside|//nav"):
        told = " ".join(str(value).lower() for value in element.attrib.values())
        # htmldate takes "02/03/2023" for a day of March, where it may be one of February.
        changed = any(word in told for word in _CHANGED) or bool(_AMBIGUOUS.search(told))
        changed = changed or (element.tag == "time" and _is_foreign(element))
        if changed or element.tag not in ("meta", "time"):
            element.clear(keep_tail=True)  # lxml cannot drop it where control characters follow it
    try:
        value = find_date(tree, original_date=True, extensive_search=False, url=url)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return metadata_date(value, field="htmldate") if value else None


def _headline(linked: list[dict[str, Any]]) -> str | None:
    return next((item["headline"] for item in linked if isinstance(item.get("headline"), str)), None)


def _outlet(linked: list[dict[str, Any]]) -> str | None:
    for item in linked:
        publisher = item.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return str(publisher["name"])
    return None
