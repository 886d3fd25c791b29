"""XML read without trust, and fragments of HTML as a reader sees them."""

import re
from typing import Any, Final

from timeline.articles.errors import ArticleError

_BLOCKS: Final = frozenset([
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "tr", "table", "section",
    "article", "header", "footer", "figure", "figcaption", "pre", "hr", "dt", "dd", "dl", "body", "main",
    "aside", "td", "th",
])  # fmt: skip
_UNSEEN: Final = frozenset([
    "script", "style", "template", "noscript", "head", "title", "nav", "figure", "aside", "form", "svg",
    "iframe", "object", "video", "audio", "select", "button",
])  # fmt: skip
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)
_CUT: Final = re.compile("XML_PARSE_HUGE|too (?:big|long)|huge", re.IGNORECASE)
"""What libxml2 says where one of its own bounds ends the reading."""
_TAG: Final = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|img|h[1-6]|ul|ol|li|blockquote|figure)\b[^<>]*>", re.IGNORECASE
)


def parse_xml(name: str, data: bytes, *, form: str, lenient: bool = False) -> Any:  # noqa: ANN401  no types
    """The root element of an XML document.

    No entity is resolved but the five of XML itself, nothing is fetched, no DTD is loaded, and libxml2's own
    bounds hold (256 levels, 10 MB a text node). ``form`` names the format for messages; ``lenient`` lets
    libxml2 mend what is not well-formed.

    Raises:
        ArticleError: ``entities`` where the document declares any; ``damaged``, also where it breaks one of
            those bounds.
    """
    from lxml import etree

    # Declared entities are refused before parsing: even unresolved ones are expanded inside attributes.
    if _ENTITY.search(data[:65_536].replace(b"\x00", b"")):
        raise ArticleError("entities", name=name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=lenient,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise ArticleError(
            "damaged", name=name, format=form, detail=" ".join(str(error).split())[:200]
        ) from error
    if root is None:
        raise ArticleError("damaged", name=name, format=form, detail="no element")
    for entry in parser.error_log:
        if _CUT.search(entry.message):  # mending here means to leave the rest out without a word
            raise ArticleError("damaged", name=name, format=form, detail=" ".join(entry.message.split()))
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():
        raise ArticleError("entities", name=name)
    return root


def local(element: Any) -> str:  # noqa: ANN401
    """The name of an element without its namespace; "" for what is not an element.

    >>> from lxml import etree
    >>> local(etree.fromstring('<a:p xmlns:a="urn:x"/>'))
    'p'
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def html_to_text(fragment: str) -> str:
    r"""A fragment of HTML as a reader sees it: blocks apart by blank lines, white space folded, no pictures.

    >>> html_to_text("<p>Sie trafen<br>sich.</p><figure>Foto</figure><p>In Wien &amp; Bonn</p>")
    'Sie trafen\nsich.\n\nIn Wien & Bonn'
    """
    from lxml import etree, html

    fragment = fragment.replace("\x00", "")
    if not fragment.strip():
        return ""
    try:
        root = html.fragment_fromstring(fragment, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return _TAG.sub(" ", fragment).strip()
    return element_to_text(root)


def element_to_text(root: Any) -> str:  # noqa: ANN401
    """As :func:`html_to_text`, of an element that is already parsed."""
    pieces: list[str] = []
    # Not recursive: the nesting of a page is bounded by nothing but libxml2.
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        name = local(element)
        block = name in _BLOCKS
        if leaving:
            pieces.append("\n\n" if block else "")
            if element is not root:
                pieces.append(re.sub(r"\s+", " ", element.tail or ""))
            continue
        if not name or name in _UNSEEN:
            pieces.append("\n\n" if block else "")
            pieces.append(re.sub(r"\s+", " ", element.tail or "") if element is not root else "")
            continue
        pieces.append("\n" if name == "br" else "\n\n" if block else "")
        pieces.append(re.sub(r"\s+", " ", element.text or ""))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(pieces))
    return re.sub(r" {2,}", " ", re.sub(r"\n{3,}", "\n\n", text)).strip()


def seen(text: str) -> str:
    """Text of a field that may be HTML as well: where it carries tags, what a reader sees of it."""
    return html_to_text(text) if len(_TAG.findall(text[:20_000])) >= 2 else text
