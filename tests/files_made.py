# ruff: noqa: E501  quoted formats are not broken
"""Makes the files that the reader of articles is tested with: every format, right and damaged.

All text is written for these tests. ``make(form)`` gives the name and the bytes of a good file;
:data:`FORMS` says what is to be found in it.
"""

import bz2
import csv
import gzip
import hashlib
import io
import json
import quopri
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from email.message import EmailMessage

TITLE = "Außenminister beraten in Wien"
PUBLISHED = "2023-02-22"
OUTLET = "Beispielbote"
URL = "https://beispielbote.example/politik/wien-1234.html"
FIRST = (
    "Die Außenministerin von Österreich hat am Mittwoch in Wien ihren ungarischen Kollegen empfangen. „Wir haben "
    "über die Grenze gesprochen“, sagte sie nach dem Gespräch, das länger dauerte als geplant – über zwei Stunden."
)
SECOND = (
    "Die Beratungen sollen im März in Budapest fortgesetzt werden, teilte das Ministerium mit. Beide Seiten lobten "
    "die Zusammenarbeit der vergangenen Monate. Streit gibt es noch über die Kosten der gemeinsamen Grenzwache."
)
KEY = "Die Beratungen sollen im März in Budapest fortgesetzt werden"
"""Words that every good file must give back, whatever its line ends and columns."""


def page(
    *, title: str = TITLE, first: str = FIRST, second: str = SECOND, head: str = "", above: str = ""
) -> str:
    """A web page with menus, a caption and links to other articles around the article."""
    return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{title} | {OUTLET}</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="{OUTLET}">
<meta property="article:published_time" content="{PUBLISHED}T18:04:00+01:00"><link rel="canonical" href="{URL}">
{head}</head><body><nav><a href="/">Startseite</a> <a href="/politik">Politik</a></nav>
<article><h1>{title}</h1>{above}<p>{first}</p>
<figure><img src="bild.jpg"><figcaption>Zwei Minister im Bild. Foto: Muster</figcaption></figure>
<p>{second}</p></article><aside><h2>Lesen Sie auch</h2><a href="/x">Zehn Tipps zum Sparen</a></aside>
<footer>Impressum © 2026 {OUTLET}</footer></body></html>"""


def text() -> str:
    return f"{TITLE}\n{OUTLET}, 22. Februar 2023\n\n{FIRST}\n\n{SECOND}\n"


def markdown() -> bytes:
    return f"# {TITLE}\n\nStand: 22. Februar 2023\n\n{FIRST}\n\n{SECOND}\n".encode()


def zipped(
    entries: Mapping[str, bytes] | Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            archive.writestr(zipfile.ZipInfo(name, (2023, 2, 22, 0, 0, 0)), data, method)
    return out.getvalue()


def tarred(entries: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in entries.items():
            if isinstance(data, tarfile.TarInfo):
                archive.addfile(data)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def mail(
    *, html: bool = False, attachments: Mapping[str, bytes] | None = None, body: str | None = None
) -> bytes:
    message = EmailMessage()
    message["From"] = "Newsletter <post@beispielbote.example>"
    message["To"] = "leser@example.org"
    message["Subject"] = f"WG: {TITLE}"
    message["Date"] = "Wed, 22 Feb 2023 23:30:00 +0100"
    message["Message-ID"] = "<1@beispielbote.example>"
    if html:
        message.set_content("Ihr Programm kann diese Nachricht nicht zeigen.")
        message.add_alternative(f"<html><body><p>{FIRST}</p><p>{SECOND}</p></body></html>", subtype="html")
    else:
        message.set_content(body or f"{FIRST}\n\n{SECOND}\n\n-- \nBeispielbote Verlag\nTelefon 000\n")
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mbox(*messages: bytes) -> bytes:
    return b"".join(
        b"From post@beispielbote.example Wed Feb 22 23:30:00 2023\n" + each + b"\n" for each in messages
    )


def mhtml() -> bytes:
    """As Chromium saves a page: the file's own date is the day of saving, three years later."""
    content = page().encode()
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: {TITLE.replace('ß', 'ss')}\r\n"
        "Date: Mon, 2 Mar 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="----Grenze--0815"\r\n\r\n\r\n------Grenze--0815\r\n'
        "Content-Type: text/html\r\nContent-ID: <frame@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: {URL}\r\n\r\n"
    ).encode() + quopri.encodestring(content).replace(b"\n", b"\r\n") + (
        b"\r\n------Grenze--0815\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Location: https://beispielbote.example/bild.png\r\n\r\niVBORw0KGgo=\r\n------Grenze--0815--\r\n"
    )  # fmt: skip


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(
    *,
    document: str | None = None,
    created: str = "2026-03-02T09:00:00Z",
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    def paragraph(words: str, style: str = "") -> str:
        shown = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f'<w:p>{shown}<w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'

    body = document or (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document {_W}><w:body>{paragraph(TITLE, "Title")}'
        f"{paragraph(f'{OUTLET}, 22. Februar 2023')}{paragraph(FIRST)}"
        "<w:p><w:del><w:r><w:delText>Gestrichener Satz.</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Verborgener Satz.</w:t></w:r>"
        '<w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>'
        f"<w:r><w:t>{SECOND[:30]}</w:t></w:r><w:r><w:t>{SECOND[30:]}</w:t></w:r></w:p></w:body></w:document>"
    )
    core = (
        '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Dokument1</dc:title><dcterms:created>{created}'
        "</dcterms:created></cp:coreProperties>"
    )
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    )
    return zipped({"[Content_Types].xml": types.encode(), "word/document.xml": body.encode(),
                   "docProps/core.xml": core.encode(), **(extra or {})})  # fmt: skip


_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:'
    'xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def odt(*, content: str | None = None, encrypted: bool = False) -> bytes:
    body = content or (
        f"<?xml version='1.0'?><office:document-content {_ODF}><office:body><office:text><text:tracked-changes>"
        "<text:p>Gestrichener Satz.</text:p></text:tracked-changes>"
        f'<text:h text:outline-level="1">{TITLE}</text:h><text:p>{OUTLET}, 22.<text:s/>Februar 2023</text:p>'
        f"<text:p>{FIRST[:40]}<text:span>{FIRST[40:90]}</text:span>{FIRST[90:]}<office:annotation><text:p>Notiz am Rand."
        f"</text:p></office:annotation></text:p><text:p>{SECOND}</text:p></office:text></office:body></office:document-content>"
    )
    manifest = (
        "<m:manifest xmlns:m='urn:m'><m:encryption-data/></m:manifest>"
        if encrypted
        else "<m:manifest xmlns:m='urn:m'/>"
    )
    meta = f"<office:document-meta {_ODF}><office:meta><meta:creation-date>2026-03-02</meta:creation-date></office:meta></office:document-meta>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        for path, data in (("META-INF/manifest.xml", manifest), ("content.xml", body), ("meta.xml", meta)):
            archive.writestr(path, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def rtf() -> bytes:
    def escaped(words: str) -> str:
        return "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in words)

    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\info{\\title Dokument1}{\\creatim\\yr2026\\mo3\\dy2}}"
        f"\\f0 {escaped(TITLE)}\\par {OUTLET}, 22. Februar 2023\\par {escaped(FIRST)}\\par {escaped(SECOND)}\\par }}"
    ).encode("ascii")


def epub() -> bytes:
    def chapter(title: str, *paragraphs: str) -> bytes:
        inner = "".join(f"<p>{each}</p>" for each in paragraphs)
        return (
            f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head>'
            f"<body><h1>{title}</h1>{inner}</body></html>"
        ).encode()

    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/ausgabe.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>Ausgabe vom Mittwoch</dc:title><dc:publisher>{OUTLET}</dc:publisher><dc:date>{PUBLISHED}</dc:date>"
        '</metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="t" href="titel.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="n"/><itemref idref="t"/><itemref idref="a"/></spine></package>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for path, data in (
            ("META-INF/container.xml", container.encode()), ("OEBPS/ausgabe.opf", package.encode()),
            ("OEBPS/nav.xhtml", chapter("Inhalt", "Wien " * 60)), ("OEBPS/titel.xhtml", chapter(OUTLET)),
            ("OEBPS/a.xhtml", chapter(TITLE, FIRST, SECOND)),
        ):  # fmt: skip
            archive.writestr(path, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def changed_entry(data: bytes, path: str, content: bytes) -> bytes:
    """A zip archive, EPUB or office file with one entry put in or put in the place of its own."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, each in (entries | {path: content}).items():
            archive.writestr(name, each, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


Print = tuple[float, float, float, str]
"""From the left and from the bottom in points, size in points, words."""


def wrapped(words: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, long words parted with a hyphen as a newspaper does."""
    lines, line = [], ""
    for word in words.split():
        room = width - len(line) - 1
        if len(word) <= room or not line:
            line = f"{line} {word}".strip()
        elif room >= 5 and len(word) >= room + 3 and word.isalpha():
            lines.append(f"{line} {word[: room - 1]}-")
            line = word[room - 1 :]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def columns(words: Iterable[str], *, count: int = 2, width: int = 40, top: float = 640.0) -> list[Print]:
    """Paragraphs in columns of equal height: 9 point print, 11 points apart, 5 points more between paragraphs."""
    lines: list[tuple[str, bool]] = []
    for paragraph in words:
        lines += [(line, number == 0) for number, line in enumerate(wrapped(paragraph, width))]
    height = -(-len(lines) // count)
    found: list[Print] = []
    for column in range(count):
        y = top
        for line, first in lines[column * height : (column + 1) * height]:
            y -= 11 + (5 if first and y < top else 0)
            found.append((50.0 + column * (width * 5.0 + 20), y, 9.0, line))
    return found


def pdf(pages: Iterable[Iterable[Print]] | None = None, *, created: str = "20260302", picture: bool = False,
        password: bytes | None = None) -> bytes:  # fmt: skip
    """A PDF 1.4 in Helvetica; with a picture on every page, or encrypted with RC4 (ISO 32000, 7.6) if asked."""
    if pages is None:
        pages = [
            [(50, 760, 9, f"{OUTLET}, 22. Februar 2023"), (50, 700, 24, TITLE), *columns([FIRST, SECOND])]
        ]
    objects: dict[int, tuple[str, bytes | None]] = {
        1: ("/Type /Catalog /Pages 2 0 R", None),
        3: ("/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding", None),
        4: (
            "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
            b"\x80",
        ),
    }
    kids = []
    for each in pages:
        content = b"".join(
            b"BT /F1 %s Tf %s %s Td (%s) Tj ET\n" % (str(size).encode(), str(x).encode(), str(y).encode(),
            words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)"))
            for x, y, size, words in each
        )  # fmt: skip
        content += b"q 500 0 0 700 40 40 cm /I1 Do Q\n" if picture else b""
        number = len(objects) + 2
        objects[number] = ("", content)
        objects[number + 1] = (
            f"/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >>", None,
        )  # fmt: skip
        kids.append(f"{number + 1} 0 R")
    objects[2] = (f"/Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)}", None)
    mark = bytes(range(16))
    trailer, key = "", b""
    if password is not None:
        pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
        owner = _rc4(hashlib.md5((password + pad)[:32]).digest()[:5], (password + pad)[:32])
        key = hashlib.md5((password + pad)[:32] + owner + struct.pack("<i", -4) + mark).digest()[:5]
        trailer = (
            f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{_rc4(key, pad).hex()}> /P -4 >> "
            f"/ID [<{mark.hex()}> <{mark.hex()}>]"
        )
    else:
        trailer = f"/Info << /CreationDate (D:{created}120000) /Title (Microsoft Word - Dokument1) >>"
    out, offsets = bytearray(b"%PDF-1.4\n"), {}
    for number in sorted(objects):
        words, stream = objects[number]
        offsets[number] = len(out)
        if stream is None:
            out += f"{number} 0 obj << {words} >> endobj\n".encode()
            continue
        if key:
            own = hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10]
            stream = _rc4(own, stream)
        out += (
            f"{number} 0 obj << {words} /Length {len(stream)} >> stream\n".encode()
            + stream
            + b"\nendstream endobj\n"
        )
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for number in sorted(objects):
        out += f"{offsets[number]:010} 00000 n \n".encode()
    out += (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(out)


def packed_pdf(content: bytes) -> bytes:
    """A PDF of one page whose instructions, packed with DEFLATE, are ``content``."""
    data = pdf([[(50, 700, 9, "Text")]])
    start = data.rindex(b"/Length", 0, data.index(b"BT /F1"))
    end = data.index(b"\nendstream", start)
    packed = zlib.compress(content, 9)
    return data[:start] + b"/Filter /FlateDecode /Length %d >> stream\n" % len(packed) + packed + data[end:]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def table(
    *, names: tuple[str, ...] = ("Titel", "Datum", "Quelle", "Link", "Inhalt"), separator: str = ";"
) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(names)
    writer.writerow([TITLE, "22.02.2023", OUTLET, URL, f"{FIRST}\n\n{SECOND}"])
    return out.getvalue().encode()


def json_lines() -> bytes:
    row = {
        "title": TITLE,
        "published": PUBLISHED,
        "outlet": OUTLET,
        "url": URL,
        "text": f"{FIRST}\n\n{SECOND}",
    }
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def rss(*, above: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>{above}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{OUTLET}</title>
<link>https://beispielbote.example</link><item><title>{TITLE}</title><link>{URL}</link>
<pubDate>Wed, 22 Feb 2023 23:30:00 +0100</pubDate><description>Ein Treffen in Wien.</description>
<content:encoded><![CDATA[<p>{FIRST}</p><figure><figcaption>Foto: Muster</figcaption></figure><p>{SECOND}</p>]]></content:encoded>
</item></channel></rss>""".encode()


def atom() -> bytes:
    return f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>{OUTLET}</title><updated>2026-03-02T00:00:00Z</updated>
<entry><title>{TITLE}</title><link rel="self" href="https://beispielbote.example/feed"/><link href="{URL}"/>
<published>{PUBLISHED}T23:30:00+01:00</published><updated>2026-03-02T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{FIRST}</p><p>{SECOND}</p></div></content></entry></feed>
""".encode()


def warc(
    *, content: bytes | None = None, status: str = "200 OK", compressed: bool = False, url: str = URL
) -> bytes:
    """A web archive with a request, a picture and a page; captured three years after publication."""

    def record(kind: str, target: str, body: bytes, form: str) -> bytes:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {target}\r\nWARC-Date: 2026-03-02T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{len(body):012}>\r\nContent-Type: {form}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        whole = head.encode() + body + b"\r\n\r\n"
        return gzip.compress(whole, mtime=0) if compressed else whole

    def answer(body: bytes, form: str) -> bytes:
        return (
            f"HTTP/1.1 {status}\r\nContent-Type: {form}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    return (
        record("request", url, b"GET / HTTP/1.1\r\n\r\n", "application/http;msgtype=request")
        + record("response", f"{url}.png", answer(b"\x89PNG", "image/png"), "application/http;msgtype=response")
        + record("response", url, answer(content or page().encode(), "text/html; charset=utf-8"),
                 "application/http;msgtype=response")
    )  # fmt: skip


def saved_page() -> bytes:
    """A page that Firefox saved, in a zip made on a Mac."""
    return zipped({
        "Wien-Dateien/stil.css": b"body{}", "Wien-Dateien/rahmen.html": b"<html><body>Werbung</body></html>",
        "Wien.html": page().encode(), "__MACOSX/._Wien.html": b"\0\0", ".DS_Store": b"\0",
    })  # fmt: skip


FORMS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text": ("wien.txt", lambda: text().encode()),
    "markdown": ("wien.md", markdown),
    "html": ("wien.html", lambda: page().encode()),
    "mhtml": ("wien.mhtml", mhtml),
    "pdf": ("wien.pdf", pdf),
    "docx": ("wien.docx", docx),
    "odt": ("wien.odt", odt),
    "rtf": ("wien.rtf", rtf),
    "epub": ("wien.epub", epub),
    "mail": ("wien.eml", mail),
    "mail-html": ("wien.eml", lambda: mail(html=True)),
    "mailbox": ("wien.mbox", lambda: mbox(mail())),
    "csv": ("wien.csv", table),
    "json-lines": ("wien.jsonl", json_lines),
    "rss": ("wien.rss", rss),
    "atom": ("wien.xml", atom),
    "warc": ("wien.warc", warc),
    "warc-gz": ("wien.warc.gz", lambda: warc(compressed=True)),
    "zip": ("wien.zip", lambda: zipped({"wien.txt": text().encode()})),
    "zip-page": ("wien.zip", saved_page),
    "tar": ("wien.tar", lambda: tarred({"wien.html": page().encode()})),
    "tar-gz": ("wien.tgz", lambda: gzip.compress(tarred({"wien.html": page().encode()}), mtime=0)),
    "tar-bz2": ("wien.tar.bz2", lambda: bz2.compress(tarred({"wien.html": page().encode()}))),
    "gz": ("wien.txt.gz", lambda: gzip.compress(text().encode(), mtime=0)),
}
"""Every format with one article in it: the usual name, and what makes the bytes."""


def make(form: str) -> tuple[str, bytes]:
    """The name and the bytes of a good file."""
    name, content = FORMS[form]
    return name, content()


def nested(depth: int) -> bytes:
    """An article in so many zip archives."""
    data = text().encode()
    for level in range(depth):
        data = zipped({"wien.txt" if level == 0 else "innen.zip": data})
    return data


def bomb(megabytes: int) -> bytes:
    """A zip whose entry unpacks to so many megabytes of zeros, and lies about it in its directory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()
    name, check = b"bombe.txt", 0
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, check, len(packed), 10, len(name), 0)
    central = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        0,
        check,
        len(packed),
        megabytes * 1_000_000,
        len(name),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    start = len(local) + len(name) + len(packed)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(name), start, 0)
    return local + name + packed + central + name + end
