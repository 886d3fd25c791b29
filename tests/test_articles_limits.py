# ruff: noqa: E501  tables are not broken
"""What is broken, wrong or hostile: every format with every fault gives an article or a reason, never more."""

import gzip
import io
import json
import random
import struct
import tarfile
import time
import zipfile

import pytest

from tests.files_made import (
    FIRST,
    FORMS,
    TITLE,
    bomb,
    changed_entry,
    docx,
    epub,
    json_lines,
    mail,
    make,
    mbox,
    nested,
    odt,
    page,
    pdf,
    rss,
    rtf,
    tarred,
    text,
    warc,
    zipped,
)
from timeline.articles import Limits, Rejected, read_articles
from timeline.articles.errors import REASONS


def codes(name, data, **given):
    """What comes of a file: "ok" for an article, else the code; every message names its entry and is whole."""
    found = []
    for item in read_articles(name, data, **given):
        if isinstance(item, Rejected):
            message = str(item.error)
            assert message == REASONS[item.error.code].format(**item.error.params)
            assert item.error.params["name"] in message
            assert item.source.startswith(name.removesuffix(".gz").removesuffix(".bz2"))
        found.append(item.error.code if isinstance(item, Rejected) else "ok")
    return " ".join(found)


def flipped(data):
    rolled, changed = random.Random(1), bytearray(data)
    for _ in range(20):
        changed[rolled.randrange(len(data))] = rolled.randrange(256)
    return bytes(changed)


# Fault by fault: what every format makes of it. A star stands for any answer that is an answer.
FAULTS = {
    "zero bytes": lambda data: b"",
    "blanks": lambda data: b" \r\n\t",
    "NULs": lambda data: bytes(1_000),
    "cut to a half": lambda data: data[: len(data) // 2],
    "cut to ten bytes": lambda data: data[:10],
    "twenty bytes changed": flipped,
    "another format": lambda data: text().encode("cp1252"),
    "noise": lambda data: random.Random(2).randbytes(2_000),
    "a picture": lambda data: b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(500),
}
EXPECTED = {
    #              zero     blanks      NULs      half      ten       changed  other     noise     picture
    "text":       "empty    empty       empty     ok        ok        *        ok        binary    unsupported",
    "markdown":   "empty    empty       empty     ok        ok        *        ok        binary    unsupported",
    "html":       "empty    empty       empty     ok        no_text   *        ok        binary    unsupported",
    "mhtml":      "empty    damaged     damaged   ok        damaged   *        damaged   damaged   unsupported",
    "pdf":        "empty    damaged     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "docx":       "empty    damaged     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "odt":        "empty    damaged     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "rtf":        "empty    damaged     damaged   ok        empty     *        damaged   damaged   unsupported",
    "epub":       "empty    damaged     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "mail":       "empty    no_text     no_text   ok        no_text   *        ok        no_text   unsupported",
    "mailbox":    "empty    damaged     damaged   ok        damaged   *        damaged   damaged   unsupported",
    "csv":        "empty    empty       empty     ok        columns   *        columns   binary    unsupported",
    "json-lines": "empty    empty       empty     row       row       *        row       binary    unsupported",
    "rss":        "empty    damaged     damaged   ok        damaged   *        damaged   damaged   unsupported",
    "warc":       "empty    no_text     damaged   no_text   no_text   *        damaged   damaged   unsupported",
    "warc-gz":    "empty    no_text     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "zip":        "empty    damaged     damaged   damaged   damaged   *        damaged   damaged   unsupported",
    "tar":        "empty    damaged     no_text   ok        damaged   *        damaged   damaged   unsupported",
    "tar-gz":     "empty    damaged     no_text   damaged   damaged   *        damaged   damaged   unsupported",
    "gz":         "empty    empty       empty     damaged   damaged   *        ok        binary    unsupported",
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "fault", "expected"),
    [
        (form, fault, code)
        for form, row in EXPECTED.items()
        for fault, code in zip(FAULTS, row.split(), strict=True)
    ],
)
def test_every_fault_in_every_format(form, fault, expected):
    name, data = make(form)
    found = set(codes(name, FAULTS[fault](data)).split())
    assert expected == "*" or found == {expected}


def test_the_table_has_every_format():
    assert not set(FORMS) - set(EXPECTED) - {"mail-html", "atom", "zip-page", "tar-bz2"}


# What hides in text


MARKS = "\ufeff\u200f\u202e\u2066\u200b\xad\x00\x07"


@pytest.mark.parametrize(
    "form", ["html", "markdown", "mail", "docx", "odt", "rtf", "csv", "json-lines", "rss"]
)
def test_invisible_characters_do_not_reach_the_text(form):
    sentence = "Der Außenminister traf in Wien seinen Kollegen."
    spoilt = "".join(char + mark for char, mark in zip(sentence, (MARKS * 9)[: len(sentence)], strict=True))
    if form not in ("rtf", "json-lines"):
        spoilt = spoilt.replace("\x00", "").replace("\x07", "")
    data = {
        "html": page(first=spoilt).encode(),
        "markdown": f"# Titel\n\n{spoilt}".encode(),
        "mail": mail(body=spoilt),
        "docx": docx(document=f'<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>{spoilt}</w:t></w:r></w:p></w:body></w:document>'),
        "odt": odt(content=f'<o:c xmlns:o="urn:o" xmlns:text="urn:t"><text:p>{spoilt}</text:p></o:c>'),
        "rtf": rtf().replace(b"Beispielbote", "".join(f"\\u{ord(c)}?" for c in spoilt).encode()),
        "csv": f"text\n{spoilt}\n".encode(),
        "json-lines": json.dumps({"text": spoilt}).encode(),
        "rss": rss().replace(b"Ein Treffen in Wien.", b"").replace(FIRST.encode(), spoilt.encode()),
    }[form]  # fmt: skip
    (article,) = read_articles(make(form)[0], data)
    assert sentence in article.text


@pytest.mark.parametrize("form", ["text", "html", "csv", "rtf", "mail"])
def test_a_byte_order_mark_and_one_long_line(form):
    words = "Der Minister traf in Wien seinen Kollegen. " * 20_000
    data = {
        "text": words.encode("utf-8-sig"), "html": page(second=words).encode("utf-8-sig"), "csv": f"text\n{words}".encode("utf-8-sig"),
        "rtf": b"{\\rtf1\\ansi " + words.encode() + b"}", "mail": mail(body=words),
    }[form]  # fmt: skip
    (article,) = read_articles(make(form)[0], data)
    assert words.strip()[-200:] in article.text
    assert "\ufeff" not in article.text


def test_a_hundred_megabytes_of_one_line():
    started = time.perf_counter()
    line = b"a" * 100_000_000
    assert codes("a.txt", line) == "too_large"
    assert codes("a.txt", line[:40_000_000]) == "too_long"
    assert codes("a.csv", line) == "row"
    assert time.perf_counter() - started < 60


# Limits: each is named with its number and the entry


LIMITS = [
    ("a.txt", lambda: text().encode(), Limits(max_bytes=100), "too_large", ["100"]),
    ("a.zip", lambda: zipped({"a.txt": b"x" * 200}), Limits(max_archive=50), "too_large", ["50", "a.zip"]),
    ("a.zip", lambda: zipped({"a.txt": random.Random(1).randbytes(900)}), Limits(max_bytes=800), "too_large", ["800", "a.zip/a.txt"]),
    ("a.txt", lambda: text().encode(), Limits(max_characters=100), "too_long", ["100"]),
    ("a.pdf", lambda: pdf([[(50, 700, 9, "Text")]] * 3), Limits(max_pages=2), "too_many_pages", ["2"]),
    ("a.zip", lambda: zipped({f"{n}.txt": b"Text" for n in range(4)}), Limits(max_entries=3), "too_many_entries", ["3", "a.zip"]),
    ("a.tar", lambda: tarred({f"{n}.txt": b"Text" for n in range(4)}), Limits(max_entries=3), "too_many_entries", ["3"]),
    ("a.jsonl", lambda: json_lines() * 4, Limits(max_entries=3), "ok ok ok too_many_entries", ["3"]),
    ("a.mbox", lambda: mbox(mail(), mail(), mail()), Limits(max_entries=2), "ok ok too_many_entries", ["2"]),
    ("a.warc", lambda: warc() * 2, Limits(max_entries=4), "ok too_many_entries", ["4"]),
    ("a.zip", lambda: zipped({"a.zip": zipped({"1.txt": b"Text", "2.txt": b"Text"}), "3.txt": b"Text"}), Limits(max_entries=2), "ok too_many_entries", ["2"]),
    ("a.zip", lambda: zipped({f"{n}.txt": text().encode() for n in range(9)}), Limits(max_unpacked=1_500), "ok ok unpacked_too_large", ["1500"]),
    ("a.tgz", lambda: gzip.compress(tarred({"a.txt": text().encode() * 200})), Limits(max_unpacked=9_000), "unpacked_too_large", ["9000"]),
    ("a.zip", lambda: zipped({"a.txt": b"a" * 100_000}), Limits(max_ratio=20, free_ratio=1_000), "suspicious_ratio", ["20"]),
    ("a.txt.gz", lambda: gzip.compress(b"a" * 100_000), Limits(max_ratio=20, free_ratio=1_000), "suspicious_ratio", ["20"]),
    ("a.docx", lambda: docx(extra={"x": b""}, document=" " * 90_000), Limits(max_ratio=20, free_ratio=1_000), "suspicious_ratio", ["20"]),
    ("a.zip", lambda: nested(3), Limits(max_depth=2), "too_deep", ["2", "a.zip/innen.zip/innen.zip"]),
    ("a.zip", lambda: nested(3), Limits(max_depth=3), "ok", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make_it", "limits", "expected", "words"),
    LIMITS,
    ids=[f"{row[0]}-{row[3]}-{n}" for n, row in enumerate(LIMITS)],
)
def test_limits_are_kept_and_named(name, make_it, limits, expected, words):
    data = make_it()
    assert codes(name, data, limits=limits) == expected
    last = list(read_articles(name, data, limits=limits))[-1]
    assert all(word in str(last.error) for word in words)


# Hostile archives


def test_a_bomb_that_lies_about_its_size():
    started = time.perf_counter()
    assert codes("a.zip", bomb(300)) == "too_large"
    assert codes("a.zip", bomb(100), limits=Limits(max_bytes=10**9)) == "suspicious_ratio"
    assert codes("a.gz", gzip.compress(bytes(60_000_000))) == "suspicious_ratio"
    captured = warc(content=bytes(60_000_000), compressed=True)
    assert codes("a.warc.gz", captured) == "suspicious_ratio"
    # Behind its last record, a line without end.
    assert codes("a.warc.gz", gzip.compress(warc()[:-4] + bytes(200_000_000))) == "ok damaged"
    assert time.perf_counter() - started < 90


def test_a_bomb_of_bombs():
    """Each layer is innocent alone; the account goes over all of them."""
    one = zipped({f"{n}.txt": b"Text " * 40_000 for n in range(20)})
    two = zipped({f"{n}.zip": one for n in range(50)})
    found = codes("a.zip", two).split()
    assert found[-1] == "suspicious_ratio"
    assert found.count("suspicious_ratio") == 1


@pytest.mark.parametrize(
    "path",
    ["../a.txt", "a/../../b.txt", "/etc/a.txt", "\\\\host\\a.txt", "C:\\a.txt", "..\\a.txt", "c:a.txt"],
)
def test_paths_that_lead_out(path):
    for data in (zipped({path: b"Text", "gut.txt": b"Text"}), tarred({path: b"Text", "gut.txt": b"Text"})):
        assert codes("a.zip", data) == "unsafe_name ok"


def test_names_are_shown_without_control_characters():
    (item,) = read_articles("a.zip", zipped({"a\x1b[31m\n\u202e.txt": b"Text"}))
    assert item.source == "a.zip/a\ufffd[31m\ufffd\ufffd.txt"


def test_links_and_devices():
    special = {}
    for number, kind in enumerate(
        (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    ):
        info = tarfile.TarInfo(f"{number}.txt")
        info.type, info.linkname = kind, "/etc/passwd"
        special[info.name] = info
    assert codes("a.tar", tarred({**special, "gut.txt": b"Text"})) == "link link link link link ok"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("verweis.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert codes("a.zip", out.getvalue()) == "link"


def test_encrypted_entries_and_files():
    plain = bytearray(zipped({"a.txt": b"Text", "b.txt": b"Text"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[plain.index(mark) + offset] |= 1
    assert codes("a.zip", bytes(plain)) == "encrypted ok"
    assert codes("a.odt", odt(encrypted=True)) == "encrypted"
    assert (
        codes(
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
        )
        == "encrypted"
    )
    assert codes("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)) == "unsupported"
    assert codes("a.pdf", pdf(password=b"geheim")) == "encrypted"


def test_entries_packed_in_a_way_nobody_reads():
    data = bytearray(zipped({"a.txt": b"Text", "b.txt": b"Text"}))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(mark) + offset, 97)
    assert codes("a.zip", bytes(data)) == "unsupported ok"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_bombs_in_other_packings(method):
    assert codes("a.zip", zipped({"a.txt": bytes(60_000_000)}, method=method)) == "suspicious_ratio"


def test_a_directory_of_a_million_entries_is_not_even_opened():
    started = time.perf_counter()
    assert (
        codes("a.zip", zipped({"a.txt": b"Text"})[:-22] + b"PK\x01\x02" * 1_000_000 + zipped({})[-22:])
        == "too_many_entries"
    )
    assert time.perf_counter() - started < 30


# Hostile XML


LAUGHS = (
    "<!DOCTYPE l ["
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    + "]>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>'
REMOTE = '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/y">%p;<!ENTITY l9 "x">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, REMOTE], ids=["billion laughs", "file", "address"])
@pytest.mark.parametrize("form", ["docx", "odt", "rss", "epub"])
def test_entities_are_refused(form, prolog):
    data = {
        "docx": lambda: docx(document=f'{prolog}<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>'),
        "odt": lambda: odt(content=f'{prolog}<o:c xmlns:o="urn:o" xmlns:text="urn:t"><text:p>&l9;</text:p></o:c>'),
        "rss": lambda: rss(above=prolog).replace(b"Ein Treffen", b"&l9;"),
        "epub": lambda: changed_entry(epub(), "OEBPS/a.xhtml", f"{prolog}<html><body><p>&l9;</p></body></html>".encode()),
    }[form]()  # fmt: skip
    assert codes(make(form)[0], data) == "entities"
    # In UTF-16 the declaration looks different, and is one.
    if form == "rss":
        wide = rss(above=prolog).decode().replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
        assert codes("a.rss", wide) == "entities"


def test_xml_as_deep_as_a_well():
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert codes("a.docx", docx(document=deep)) == "damaged"
    assert codes(
        "a.rss", f"<rss><channel><item><title>{TITLE}</title>{deep}</item></channel></rss>".encode()
    ) in ("ok", "damaged")
    assert codes("a.html", f"<html><body>{'<div>' * 50_000}<p>{FIRST}</p></body></html>".encode()) in (
        "ok",
        "no_text",
    )
    assert codes("a.json", b"[" * 100_000) == "damaged"
    assert codes("a.jsonl", b'{"text":' * 100_000) in ("row", "damaged")
    assert codes("a.eml", mail().replace(b"text/plain", b"multipart/mixed; boundary=x")) in (
        "ok",
        "no_text",
        "damaged",
    )


@pytest.mark.parametrize("form", ["text", "html", "markdown", "csv", "mail"])
def test_utf_8_with_a_damaged_byte_stays_utf_8(form):
    """Cut off within a character, or one byte changed, it must not be taken for an old encoding."""
    words = "Die Außenminister trafen sich in Köln, später in München; für Österreich sprach die Präsidentin."
    whole = {
        "text": words, "html": page(first=words), "markdown": f"# Titel\n\n{words}", "csv": f"text\n{words}",
        "mail": f"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{words}",
    }[form].encode()  # fmt: skip
    for spoilt in (whole.replace(b"Die", b"D\xffie", 1), whole[: whole.rindex("ä".encode()) + 1]):
        (article,) = read_articles(make(form)[0], spoilt)
        assert "Außenminister trafen sich in Köln" in article.text


def test_halves_of_characters_do_not_reach_a_database():
    rows = b'{"text": "Sie trafen sich \\ud83d\\ude00 in \\ud800Wien.", "title": "\\udfffTitel", "url": "https://a.example/\\ud800"}'
    (article,) = read_articles("a.jsonl", rows)
    assert (article.text, article.title, article.url) == (
        "Sie trafen sich \U0001f600 in Wien.",
        "Titel",
        "https://a.example/",
    )
    (article,) = read_articles(
        "a.rtf", b"{\\rtf1\\ansi Sie trafen sich \\u-10179?\\u-8704? in \\u-10240?Wien.}"
    )
    assert article.text == "Sie trafen sich \U0001f600 in \ufffdWien."
    (item,) = read_articles("a.tar", tarred({"a\udcff.txt": b"Text"}))
    assert item.source.encode()
