"""Mails to parts: single messages, mailboxes, and pages saved as MHTML (which are mails inside)."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final

from timeline.articles.errors import ArticleError, Limits, Rejected
from timeline.articles.markup import html_to_text
from timeline.articles.parts import Opening, Part, Parts
from timeline.articles.plain import clean, decode, finish
from timeline.articles.web import read_html
from timeline.model import Article, ReferenceDate
from timeline.reference import told_date

_ENVELOPE: Final = re.compile(rb"^From [^\n]{1,200}?\d{4}[^\n]{0,20}\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
"""The line between messages (RFC 4155): "From", sender, a date with its year; a header field follows."""
_FORWARDED: Final = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|i|sv)\s*:\s*)+", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"\n-- \n.{0,4000}\Z", re.DOTALL)
"""A signature stands at the end, behind a line of two hyphens and a blank (RFC 3676, 4.3)."""
_MESSAGE: Final = "message/rfc822"
_FAULTS: Final = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError,
                  OverflowError)  # fmt: skip
"""What the email package of the standard library raises on broken headers and parts (seen in fuzzing)."""


def mail_parts(name: str, data: bytes, opening: Opening) -> Parts:
    """The article of a message, then what is attached to it.

    Raises:
        ArticleError: ``damaged``, ``too_many_entries``.
    """
    account = opening.account
    message = _parsed(name, data)
    attached = list(_attachments(message))
    body = clean(_body(message, name))
    if body or not attached:
        account.entry(name)
        yield Part(name, lambda: _read_message(name, message, body))
    for title, part in attached:
        account.entry(name)
        source = f"{name}/{title}"
        try:
            content = _payload(part)
            account.unpack(len(content), name=source)
            yield from opening.inner(source, content)
        except ArticleError as error:
            if account.over:
                raise
            yield Rejected(source, error)


def mailbox_parts(name: str, data: bytes, opening: Opening) -> Parts:
    """The messages of a mailbox (mbox, RFC 4155), one after the other.

    Raises:
        ArticleError: ``damaged`` where there is no message, ``too_many_entries``.
    """
    starts = [match.start() for match in _ENVELOPE.finditer(data)]
    if not starts:
        raise ArticleError("damaged", name=name, format="mbox", detail="no line that starts a message")
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
        message = data[start:end].split(b"\n", 1)[1]
        source = f"{name}, message {number}"
        try:
            # ">From" within a message was quoted when it was put into the box.
            yield from mail_parts(
                source, re.sub(rb"^>(>*From )", rb"\1", message, flags=re.MULTILINE), opening
            )
        except ArticleError as error:
            if opening.account.over:
                raise
            yield Rejected(source, error)


def read_mhtml(name: str, data: bytes, limits: Limits) -> Article:  # noqa: ARG001  one shape for all readers
    """The page that a browser saved as one file. The file's own date is that of saving, so it does not count.

    Raises:
        ArticleError: as :func:`timeline.articles.web.read_html`; ``damaged`` where there is no page inside.
    """
    message = _parsed(name, data)
    page = next((part for part in _leaves(message) if part.get_content_type() in _PAGE_TYPES), None)
    if page is None:
        raise ArticleError("damaged", name=name, format="MHTML", detail="no page inside")
    url = _header(message, "Snapshot-Content-Location") or _header(page, "Content-Location")
    return read_html(name, _payload(page), url=url if url.startswith(("http://", "https://")) else None,
                     charset=_charset(page))  # fmt: skip


_PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")


def is_mhtml(data: bytes) -> bool:
    """Whether the head of a message says that it is a saved page and not a letter."""
    head = re.split(rb"\r?\n\r?\n", data[:8_192], maxsplit=1)[0].lower()
    if b"multipart/related" not in head:
        return False
    return b"snapshot-content-location" in head or b"saved by" in head or b"\nto:" not in head


def _parsed(name: str, data: bytes) -> EmailMessage:
    try:
        return email.message_from_bytes(data, policy=email.policy.default)
    except _FAULTS as error:
        raise ArticleError("damaged", name=name, format="mail", detail=type(error).__name__) from error


def _header(message: EmailMessage, field: str) -> str:
    """A header field decoded, "" where it is missing or beyond repair."""
    try:
        return " ".join(str(message.get(field, "")).split())
    except _FAULTS:
        return ""


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of a message that have no parts; a message inside is one, as it was sent by somebody else."""
    stack: list[EmailMessage] = [message]
    while stack:
        part = stack.pop()
        try:
            inside = part is message or part.get_content_type() != _MESSAGE
            children = part.get_payload() if inside and part.is_multipart() else None
        except _FAULTS:
            continue
        if isinstance(children, list):
            stack.extend(child for child in reversed(children) if isinstance(child, EmailMessage))
        else:
            yield part


def _disposition(part: EmailMessage) -> tuple[str, str]:
    """How a part is to be shown, and its file name."""
    try:
        return part.get_content_disposition() or "", part.get_filename() or ""
    except _FAULTS:
        return "", ""


def _attachments(message: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    """Attached files by name; pictures and signatures are none of ours."""
    number = 0
    for part in _leaves(message):
        disposition, filename = _disposition(part)
        kind = part.get_content_maintype()
        if part.get_content_type() == _MESSAGE:
            number += 1
            yield f"{_plain_name(filename) or f'message {number}'}.eml".replace(".eml.eml", ".eml"), part
            continue
        if disposition != "attachment" or kind in ("image", "audio", "video"):
            continue
        if part.get_content_type() in (
            "application/pgp-signature",
            "application/pkcs7-signature",
            "text/calendar",
        ):
            continue
        number += 1
        yield _plain_name(filename) or f"attachment {number}", part


def _plain_name(filename: str) -> str:
    """The name of an attachment without what would make a path or a mess of it."""
    return "".join(char if char.isprintable() and char not in "/\\" else "_" for char in filename)[:200]


def _payload(part: EmailMessage) -> bytes:
    try:
        if part.get_content_type() == _MESSAGE:
            inside = part.get_payload()
            first = inside[0] if isinstance(inside, list) and inside else None
            return first.as_bytes() if isinstance(first, EmailMessage) else b""
        payload = part.get_payload(decode=True)
    except _FAULTS:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _charset(part: EmailMessage) -> str | None:
    try:
        return part.get_content_charset()
    except _FAULTS:
        return None


def _body(message: EmailMessage, name: str) -> str:
    """The text of a message: the plain part, or the HTML part where the plain one says much less."""
    plain, page = "", ""
    for part in _leaves(message):
        if _disposition(part)[0] == "attachment":
            continue
        kind = part.get_content_type()
        if kind not in ("text/plain", *_PAGE_TYPES):
            continue
        try:
            content = decode(_payload(part), name=name, declared=_charset(part))
        except ArticleError:
            continue
        if kind == "text/plain":
            plain += ("\n\n" if plain else "") + _unflowed(content, part)
        else:
            page += ("\n\n" if page else "") + html_to_text(content)
    # Newsletters often have a plain part that only says "your program cannot show this".
    return page if len(page) > 3 * len(plain.strip()) else plain


def _unflowed(text: str, part: EmailMessage) -> str:
    """Soft line breaks of ``format=flowed`` (RFC 3676) taken back: a line that ends in a blank goes on."""
    text = _SIGNATURE.sub("", text.replace("\r\n", "\n"))
    try:
        flowed = part.get_param("format") == "flowed"
    except _FAULTS:
        flowed = False
    return re.sub(r"(?<!\n--) \n(?=\S)", " ", text) if flowed else text


def _read_message(name: str, message: EmailMessage, body: str) -> Article:
    """The article of a message.

    Its date is the one that the text tells in a header line or dateline (of a forwarded article), else the
    day of the mail in the sender's own time zone.
    """
    if not body:
        raise ArticleError("no_text", name=name)
    subject = _FORWARDED.sub("", _header(message, "Subject"))
    told = told_date(body)
    return finish(
        body, name=name, metadata=told if told.value is not None else _sent(message), title=subject or None
    )


def _sent(message: EmailMessage) -> ReferenceDate | None:
    value = _header(message, "Date")
    try:
        day = parsedate_to_datetime(value).date()
    except _FAULTS:
        return None
    # Mail begins with RFC 524 of 1973; earlier dates are clocks that were never set.
    return ReferenceDate(day.isoformat(), "metadata", (f"Date: {value}",)) if day.year >= 1973 else None
