# ruff: noqa: E501  the table is not broken
"""The table of formats and cases: what every format makes of every damage and attack that is named.

All of it goes through the worker processes with the limits as they are, as uploads do. A case that a format
cannot have (a password on plain text) is a dash. Further faults byte by byte: test_articles_limits.py.
"""

import bz2
import gzip
import json
import os
import sys
from pathlib import Path

import pytest

from tests.files_made import (
    FIRST,
    FORMS,
    SECOND,
    TITLE,
    changed_entry,
    docx,
    epub,
    mail,
    make,
    odt,
    packed_pdf,
    page,
    pdf,
    tarred,
    warc,
    zipped,
)
from timeline.articles import Rejected
from timeline.articles.errors import REASONS
from timeline.articles.isolated import close_workers, read_isolated, worker_ids

MIME = "MIME-Version: 1.0\nSubject: Treffen\nDate: Wed, 22 Feb 2023 23:30:00 +0100\n"
HEAD = MIME + "Content-Type: {}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
ENVELOPE = "From post@beispielbote.example Wed Feb 22 23:30:00 2023\n"
RELATED = (
    MIME
    + 'Content-Type: multipart/related; type="text/html"; boundary=GR\n\n--GR\nContent-Type: text/html; charset=utf-8\nContent-Location: https://a.example/\n\n{}\n--GR--\n'
)
FEED = "<rss><channel><title>Bote</title><item><title>{}</title><description>{}</description></item></channel></rss>"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Bote</title><entry><title>{}</title><summary>{}</summary></entry></feed>'
WORD = '<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
OPEN = '<o:c xmlns:o="urn:o" xmlns:text="urn:t"><text:p>{}</text:p></o:c>'
CHAPTER = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body><h1>T</h1><p>{}</p><p>{}</p></body></html>'


def _plain(words):
    return f"{TITLE}\n\n{words}\n"


def _web(words):
    return page(first=words)


def _chapter(words):
    return changed_entry(epub(), "OEBPS/a.xhtml", CHAPTER.format(words, SECOND).encode())


TEXTS = {
    "text": _plain,
    "markdown": lambda words: f"# {TITLE}\n\n{words}\n",
    "html": _web,
    "mhtml": lambda words: RELATED.format(_web(words)),
    "mail": lambda words: HEAD.format("text/plain") + words,
    "mail-html": lambda words: (
        HEAD.format("text/html") + f"<html><body><p>{words}</p><p>{SECOND}</p></body></html>"
    ),
    "mailbox": lambda words: ENVELOPE + HEAD.format("text/plain") + words + "\n",
    "csv": lambda words: f'text\n"{words}"\n',
    "json-lines": lambda words: json.dumps({"text": words}, ensure_ascii=False) + "\n",
    "rss": lambda words: FEED.format(TITLE, words),
    "atom": lambda words: ATOM.format(TITLE, words),
}
"""What a format that is text holds, given the words of its article."""
BUILT = {
    **{form: (lambda words, made=made: made(words).encode()) for form, made in TEXTS.items()},
    "docx": lambda words: docx(document=WORD.format(words)),
    "odt": lambda words: odt(content=OPEN.format(words)),
    "rtf": lambda words: b"{\\rtf1\\ansi " + (words.encode("ascii") if words.isascii() else b"".join(b"\\u%d?" % ord(c) for c in words)) + b"}",
    "epub": _chapter,
    "warc": lambda words: warc(content=_web(words).encode()),
    "warc-gz": lambda words: warc(content=_web(words).encode(), compressed=True),
    "zip": lambda words: zipped({"wien.txt": _plain(words).encode()}),
    "zip-page": lambda words: zipped({"Wien.html": _web(words).encode(), "Wien-Dateien/a.css": b"x"}),
    "tar": lambda words: tarred({"wien.html": _web(words).encode()}),
    "tar-gz": lambda words: gzip.compress(tarred({"wien.html": _web(words).encode()}), 1),
    "tar-bz2": lambda words: bz2.compress(tarred({"wien.html": _web(words).encode()}), 1),
    "gz": lambda words: gzip.compress(_plain(words).encode(), 1),
}  # fmt: skip
"""The bytes of a file of every format but PDF, given the words of its article."""

LAUGHS = (
    "<!DOCTYPE l ["
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    + "]>"
)
MARKS = "\u202e\u200f\u2067\ufeff\u200b\xad"
ZEROS = 100_000_000


def cut_off(form):
    data = make(form)[1]
    return data[: len(data) // 2]


def wrong_encoding(form):
    """The bytes of an old encoding where UTF-8 is declared or usual."""
    held = {
        "zip": "text",
        "zip-page": "html",
        "tar": "html",
        "tar-gz": "html",
        "tar-bz2": "html",
        "gz": "text",
        "warc": "html",
        "warc-gz": "html",
    }
    if form not in TEXTS and form not in held:
        return None
    old = TEXTS[held.get(form, form)](FIRST).encode("cp1252")
    around = {
        "zip": lambda: zipped({"wien.txt": old}), "zip-page": lambda: zipped({"Wien.html": old}), "tar": lambda: tarred({"wien.html": old}),
        "tar-gz": lambda: gzip.compress(tarred({"wien.html": old})), "tar-bz2": lambda: bz2.compress(tarred({"wien.html": old})),
        "gz": lambda: gzip.compress(old), "warc": lambda: warc(content=old), "warc-gz": lambda: warc(content=old, compressed=True),
    }  # fmt: skip
    return around[form]() if form in around else old


def encrypted(form):
    locked = bytearray(zipped({"a.txt": FIRST.encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    rights = changed_entry(epub(), "META-INF/rights.xml", b"<rights/>")
    return {
        "pdf": pdf(password=b"geheim"), "docx": office, "odt": odt(encrypted=True), "zip": bytes(locked), "epub": rights,
        "mail": mail(attachments={"a.zip": bytes(locked)}), "tar": tarred({"a.pdf": pdf(password=b"geheim")}),
    }.get(form)  # fmt: skip


def scan(form):
    picture = pdf([[]], picture=True)
    return {
        "pdf": picture,
        "zip": zipped({"scan.pdf": picture}),
        "mail": mail(body="Anbei.", attachments={"scan.pdf": picture}),
    }.get(form)


def bomb(form):
    """A hundred megabytes of zeros in a hundred kilobytes."""
    if form in (
        "text",
        "markdown",
        "html",
        "mhtml",
        "csv",
        "json-lines",
        "rss",
        "atom",
        "rtf",
        "mail-html",
        "warc",
        "mailbox",
    ):
        return None
    zeros = zipped({"a.txt": bytes(ZEROS)}) if form in ("zip", "zip-page", "tar", "mail") else bytes(ZEROS)
    if form == "pdf":
        return packed_pdf(b" " * ZEROS)
    return {
        "zip": lambda: zeros, "zip-page": lambda: zipped({"a.zip": zeros}), "tar": lambda: tarred({"a.zip": zeros}),
        "mail": lambda: mail(attachments={"a.zip": zeros}), "tar-gz": lambda: gzip.compress(tarred({"a.txt": zeros})),
        "tar-bz2": lambda: bz2.compress(tarred({"a.txt": zeros})), "gz": lambda: gzip.compress(zeros),
        "warc-gz": lambda: gzip.compress(warc()[:-4] + zeros), "docx": lambda: docx(document=" " * ZEROS),
        "odt": lambda: odt(content=" " * ZEROS), "epub": lambda: changed_entry(epub(), "OEBPS/a.xhtml", b" " * ZEROS),
    }[form]()  # fmt: skip


def slip(form):
    inside = {"../../../etc/cron.d/a.txt": FIRST.encode(), "/etc/b.txt": FIRST.encode()}
    return {
        "zip": zipped(inside), "zip-page": zipped(inside), "tar": tarred(inside), "tar-gz": gzip.compress(tarred(inside)),
        "tar-bz2": bz2.compress(tarred(inside)), "gz": gzip.compress(zipped(inside)), "mail": mail(attachments={"../../a.txt": FIRST.encode()}),
        "mailbox": ENVELOPE.encode() + mail(attachments={"../../a.txt": FIRST.encode()}) + b"\n",
    }.get(form)  # fmt: skip


def laughs(form):
    feed, web = FEED.format(TITLE, "&l9;"), LAUGHS + f"<html><body><p>{FIRST} &l9;</p></body></html>"
    return {
        "rss": (LAUGHS + feed).encode(), "atom": (LAUGHS + ATOM.format(TITLE, "&l9;")).encode(), "html": web.encode(),
        "docx": docx(document=LAUGHS + WORD.format("&l9;")), "odt": odt(content=LAUGHS + OPEN.format("&l9;")),
        "epub": changed_entry(epub(), "OEBPS/a.xhtml", (LAUGHS + CHAPTER.format("&l9;", "")).encode()),
        "mhtml": RELATED.format(web).encode(), "warc": warc(content=web.encode()), "zip": zipped({"a.rss": (LAUGHS + feed).encode()}),
        "tar": tarred({"a.html": web.encode()}), "mail-html": (HEAD.format("text/html") + web).encode(),
    }.get(form)  # fmt: skip


def one_line(form):
    line = "a" * 100_000_000
    return pdf([[(50, 700, 9, line)]]) if form == "pdf" else BUILT[form](line)


def marks(form):
    spoilt = "".join(char + MARKS[n % len(MARKS)] for n, char in enumerate(FIRST))
    return None if form == "pdf" else BUILT[form](spoilt)


def nuls(form):
    """NULs among the letters; XML allows none, so there they make the file a broken one."""
    spoilt = FIRST.replace("Wien", "W\x00ie\x00n")
    return None if form == "pdf" else BUILT[form](spoilt)


CASES = {
    "right": lambda form: make(form)[1],
    "wrong name": lambda form: make(form)[1],
    "zero bytes": lambda form: b"",
    "cut off": cut_off,
    "wrong encoding": wrong_encoding,
    "encrypted": encrypted,
    "scan": scan,
    "bomb": bomb,
    "slip": slip,
    "laughs": laughs,
    "100 MB line": one_line,
    "marks": marks,
    "NULs": nuls,
}
# Codes joined by a stroke: the time or the memory limit may come first on a slow or small machine.
TABLE = {
    #             right wrong   zero   cut      wrong     encrypted       scan        bomb              slip         laughs       100 MB           marks  NULs
    #                   name    bytes  off      encoding                                                                          line
    "text":       "ok   damaged empty  ok       ok        -               -           -                 -            -            too_large        ok     binary",
    "markdown":   "ok   damaged empty  ok       ok        -               -           -                 -            -            too_large        ok     binary",
    "html":       "ok   damaged empty  ok       ok        -               -           -                 -            ok           too_large        ok     binary",
    "mhtml":      "ok   damaged empty  ok       ok        -               -           -                 -            ok           too_large        ok     binary",
    "pdf":        "ok   ok      empty  damaged  -         encrypted       scanned     no_text|timeout   -            -            too_large        -      -",
    "docx":       "ok   ok      empty  damaged  -         encrypted       -           suspicious_ratio  -            entities     suspicious_ratio ok     damaged",
    "odt":        "ok   ok      empty  damaged  -         encrypted       -           suspicious_ratio  -            entities     suspicious_ratio ok     damaged",
    "rtf":        "ok   ok      empty  ok       -         -               -           -                 -            -            too_large        ok     ok",
    "epub":       "ok   ok      empty  damaged  -         encrypted       -           suspicious_ratio  -            entities     suspicious_ratio ok     ok",
    "mail":       "ok   damaged empty  ok       ok        ok,encrypted    ok,scanned  ok,suspicious_ratio ok           -            too_long|memory  ok     no_text",
    "mail-html":  "ok   damaged empty  ok       ok        -               -           -                 -            ok           memory|timeout   ok     no_text",
    "mailbox":    "ok   damaged empty  ok       ok        -               -           -                 ok           -            memory|too_long  ok     no_text",
    "csv":        "ok   damaged empty  ok       ok        -               -           -                 -            -            row              ok     binary",
    "json-lines": "ok   damaged empty  row      ok        -               -           -                 -            -            too_long|memory  ok     ok",
    "rss":        "ok   damaged empty  ok       ok        -               -           -                 -            entities     damaged          ok     ok",
    "atom":       "ok   damaged empty  ok       ok        -               -           -                 -            unsupported  damaged          ok     ok",
    "warc":       "ok   ok      empty  no_text  ok        -               -           -                 -            ok           too_large        ok     binary",
    "warc-gz":    "ok   ok      empty  damaged  ok        -               -           ok,damaged        -            -            suspicious_ratio ok     binary",
    "zip":        "ok   ok      empty  damaged  ok        encrypted       scanned     suspicious_ratio  unsafe_name  entities     suspicious_ratio ok     binary",
    "zip-page":   "ok   ok      empty  damaged  ok        -               -           suspicious_ratio  unsafe_name  -            suspicious_ratio ok     binary",
    "tar":        "ok   ok      empty  ok       ok        encrypted       -           suspicious_ratio  unsafe_name  ok           too_large        ok     binary",
    "tar-gz":     "ok   ok      empty  damaged  ok        -               -           suspicious_ratio  unsafe_name  -            suspicious_ratio ok     binary",
    "tar-bz2":    "ok   ok      empty  damaged  ok        -               -           suspicious_ratio  unsafe_name  -            suspicious_ratio ok     binary",
    "gz":         "ok   ok      empty  damaged  ok        -               -           suspicious_ratio  unsafe_name  -            too_large        ok     binary",
}  # fmt: skip


def results(form, case):
    """The codes of what comes, in order and once each, "-" where the format cannot have the case; the articles."""
    data = CASES[case](form)
    if data is None:
        return "-", []
    wrong = "falsch.pdf" if form in TEXTS else "falsch.txt"
    found = list(read_isolated(wrong if case == "wrong name" else make(form)[0], data))
    for item in found:
        if isinstance(item, Rejected):
            message = str(item.error)
            assert message == REASONS[item.error.code].format(**item.error.params)
            assert str(item.error.params["name"]) in message
            assert message.isprintable()
    codes = [item.error.code if isinstance(item, Rejected) else "ok" for item in found]
    return ",".join(dict.fromkeys(codes)), [item for item in found if not isinstance(item, Rejected)]


def memory(pid):
    """Megabytes in use by a process."""
    resident = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(resident) * os.sysconf("SC_PAGE_SIZE") // 2**20


@pytest.fixture(scope="module")
def watched_memory():
    """Compares what the readers and the reader of their answers use before the table and after it."""
    close_workers()
    for form in FORMS:
        list(read_isolated(*make(form)))
    before = [memory(os.getpid()), *map(memory, worker_ids())] if sys.platform == "linux" else None
    yield
    for form in FORMS:
        list(read_isolated(*make(form)))
    if before is not None:
        own, worker = memory(os.getpid()), max(map(memory, worker_ids()))
        assert own < before[0] + 150, "the process that asks has grown"
        assert worker < before[1] + 150, "a reader has grown and was kept"
    close_workers()
    assert worker_ids() == []


@pytest.mark.usefixtures("watched_memory")
@pytest.mark.parametrize(
    ("form", "case", "expected"),
    [
        (form, case, expected)
        for form, row in TABLE.items()
        for case, expected in zip(CASES, row.split(), strict=True)
        if expected != "-"
    ],
)
@pytest.mark.xdist_group("table")
def test_every_case_in_every_format(form, case, expected):
    codes, articles = results(form, case)
    assert codes in expected.split("|")
    for article in articles:
        assert not set(article.text) & set(MARKS + "\x00")
    if case in ("marks", "wrong encoding", "laughs", "right", "wrong name"):
        assert all(FIRST in article.text for article in articles)


def test_the_table_is_whole():
    """Every format has a row, and a dash stands only where the case cannot be made."""
    assert set(TABLE) == set(FORMS)
    for form, row in TABLE.items():
        quick = [case for case in CASES if case not in ("bomb", "100 MB line")]
        dashes = {case for case, expected in zip(CASES, row.split(), strict=True) if expected == "-"}
        assert dashes & set(quick) == {case for case in quick if CASES[case](form) is None}
