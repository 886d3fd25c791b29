"""Word processor files to articles: DOCX, ODT and RTF.

Read with the standard library's zip and lxml alone: what a reader sees is a small part of what these formats
hold. Deleted and hidden text, comments, fields' instructions and the text of text boxes' fallbacks are left
out. A file's day of creation is no day of publication; see :func:`timeline.articles.filed.publication`.
"""

import re
import zipfile
from collections.abc import Callable
from typing import Any, Final, cast

from timeline.articles.archives import open_zip, unzip_member
from timeline.articles.errors import ArticleError, Limits
from timeline.articles.filed import publication
from timeline.articles.markup import local, parse_xml
from timeline.articles.parts import Account
from timeline.articles.plain import clean, finish, first_line_title
from timeline.model import Article

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BLANKS: Final = 1_000
"""ODF writes a run of blanks as a number; a larger one is made up."""


def read_docx(name: str, data: bytes, limits: Limits) -> Article:
    """An article of a Word file (ECMA-376, part 1).

    Raises:
        ArticleError: ``damaged``, ``encrypted``, ``entities``, ``empty``, or a limit of unpacking.
    """
    with open_zip(name, data) as archive:
        account = Account(limits, len(data))
        main = next((path for path in archive.namelist() if re.fullmatch(r"word/document\d*\.xml", path)), "")
        body = _member(archive, main, name, account, form="DOCX")
        core = _optional(archive, "docProps/core.xml", name, account)
    paragraphs: list[str] = []
    heading = ""
    for paragraph in body.iter():
        if local(paragraph) != "p" or _inside(paragraph, ("Fallback",)):
            continue
        text = _collected(paragraph, _docx_piece, ("del", "moveFrom", "Fallback", "pict"))
        if text.strip():
            paragraphs.append(text.strip())
            if not heading and _style(paragraph).lower() in (
                "title",
                "titel",
                "heading1",
                "berschrift1",
                "überschrift1",
            ):
                heading = text.strip()
    return _article(name, paragraphs, heading, core, created="created")


_DOCX_MARKS: Final[dict[str, str]] = {
    "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\xad",
    "rPr": "", "pPr": "", "instrText": "", "delText": "", "footnoteReference": "",
}  # fmt: skip


def _docx_piece(element: Any) -> str | None:  # noqa: ANN401  lxml has no types
    """The characters that an element of a run stands for; None where it holds others."""
    kind = local(element)
    if kind == "r" and any(local(mark) in ("vanish", "webHidden") for mark in element.iterfind("{*}rPr/*")):
        return ""
    if kind == "t":
        return str(element.text or "")
    return _DOCX_MARKS.get(kind)


def _style(paragraph: Any) -> str:  # noqa: ANN401
    for style in paragraph.iterfind("{*}pPr/{*}pStyle"):
        return next((str(value) for key, value in style.attrib.items() if key.endswith("}val")), "")
    return ""


def read_odt(name: str, data: bytes, limits: Limits) -> Article:
    """An article of an OpenDocument text (ISO/IEC 26300).

    Raises:
        ArticleError: as :func:`read_docx`.
    """
    with open_zip(name, data) as archive:
        account = Account(limits, len(data))
        manifest = unzip_member(archive, "META-INF/manifest.xml", name, account) or b""
        if b"encryption-data" in manifest:
            raise ArticleError("encrypted", name=name)
        body = _member(archive, "content.xml", name, account, form="ODT")
        meta = _optional(archive, "meta.xml", name, account)
    left_out = (
        "tracked-changes",
        "annotation",
        "annotation-end",
        "note",
        "automatic-styles",
        "font-face-decls",
        "forms",
    )
    paragraphs: list[str] = []
    heading = ""
    for paragraph in body.iter():
        if local(paragraph) not in ("p", "h") or _inside(paragraph, left_out):
            continue
        text = _collected(paragraph, _odt_piece, left_out)
        if text.strip():
            paragraphs.append(text.strip())
            heading = heading or (text.strip() if local(paragraph) == "h" else "")
    return _article(name, paragraphs, heading, meta, created="creation-date")


def _odt_piece(element: Any) -> str | None:  # noqa: ANN401
    kind = local(element)
    if kind == "s":
        count = next((value for key, value in element.attrib.items() if key.endswith("}c")), "1")
        return " " * (min(int(count), _MOST_BLANKS) if count.isdecimal() and len(count) < 8 else 1)
    return {"tab": "\t", "line-break": "\n", "soft-page-break": ""}.get(kind)


def _collected(
    root: Any,  # noqa: ANN401
    piece: Callable[[Any], str | None],
    left_out: tuple[str, ...],
) -> str:
    """The text below ``root`` in order; DOCX keeps it in elements of its own, ODT as text among elements."""
    mixed = piece is _odt_piece
    pieces: list[str] = [root.text or ""] if mixed else []
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        if mixed and element.tail:
            stack.append(element.tail)
        kind = local(element)
        if kind in left_out or not kind or kind == "p":
            continue  # a text box inside a paragraph has paragraphs of its own
        own = piece(element)
        if own is not None:
            pieces.append(own)
            continue
        stack.extend(reversed(element))
        if mixed and element.text:
            stack.append(element.text)
    return "".join(pieces)


def _inside(element: Any, kinds: tuple[str, ...]) -> bool:  # noqa: ANN401
    """Whether an ancestor is of one of the kinds."""
    return any(local(ancestor) in kinds for ancestor in element.iterancestors())


def _member(archive: zipfile.ZipFile, path: str, name: str, account: Account, *, form: str) -> Any:  # noqa: ANN401
    found = unzip_member(archive, path, name, account) if path else None
    if found is None:
        raise ArticleError("damaged", name=name, format=form, detail="no document inside")
    return parse_xml(name, found, form=form)


def _optional(archive: zipfile.ZipFile, path: str, name: str, account: Account) -> dict[str, str]:
    """The fields of a file's metadata by local name; broken metadata costs the metadata only."""
    try:
        found = unzip_member(archive, path, name, account)
        root = parse_xml(name, found, form="XML") if found else None
    except ArticleError as error:
        if account.over or error.code == "entities":
            raise
        return {}
    fields = root.iter() if root is not None else ()
    return {local(field): (field.text or "").strip() for field in fields if local(field)}


def _article(
    name: str, paragraphs: list[str], heading: str, fields: dict[str, str], *, created: str
) -> Article:
    text = "\n\n".join(paragraphs)
    title = heading or first_line_title(clean(text)) or fields.get("title") or None
    return finish(
        text,
        name=name,
        metadata=publication(text, created=fields.get(created, ""), field=created),
        title=title,
    )


def ole_kind(data: bytes) -> str | None:
    """What an OLE2 file is: "encrypted" (DOCX with a password, [MS-OFFCRYPTO] 2.3.1) or "doc"; else None."""
    if not data.startswith(_OLE):
        return None
    return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "doc"


_RTF_TITLE: Final = re.compile(
    r"\{\\info\b[^{}]{0,200}(?:\{(?!\\title\b)[^{}]{0,500}\}[^{}]{0,20}){0,20}\{\\title\s+([^{}]{1,400})\}"
)
_RTF_CREATED: Final = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})\b")
_RTF_HIDDEN: Final = re.compile(r"\{\\\*\\(?:annotation|atnid|atnauthor)\b[^{}]{0,10000}\}")


def read_rtf(name: str, data: bytes, limits: Limits) -> Article:  # noqa: ARG001  same shape as its neighbours
    """An article of an RTF file (Rich Text Format 1.9.1).

    Raises:
        ArticleError: ``damaged``, ``empty``.
    """
    from striprtf.striprtf import rtf_to_text as untyped

    rtf_to_text = cast(Callable[..., str], untyped)

    # RTF is ASCII by its definition; other bytes are of the code page that the file names.
    source = data.decode("cp1252", "replace").replace("\x00", "")
    if not source.startswith("{\\rtf"):
        raise ArticleError("damaged", name=name, format="RTF", detail="no {\\rtf at its start")
    try:
        text = rtf_to_text(_RTF_HIDDEN.sub("", source), errors="replace")
        # RTF writes characters beyond the first 65,536 as two halves.
        text = clean(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        title = (
            clean(rtf_to_text("{\\rtf1\\ansi " + match[1] + "}", errors="replace"))
            if (match := _RTF_TITLE.search(source[:20_000]))
            else ""
        )
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError) as error:
        raise ArticleError("damaged", name=name, format="RTF", detail=str(error)[:200]) from error
    text = re.sub(r"\n{3,}", "\n\n", text)
    created = (
        "{}-{:0>2}-{:0>2}".format(*match.groups()) if (match := _RTF_CREATED.search(source[:20_000])) else ""
    )
    return finish(text, name=name, metadata=publication(text, created=created, field="creatim"),
                  title=first_line_title(text) or title or None)  # fmt: skip
