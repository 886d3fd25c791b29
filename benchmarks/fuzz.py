"""Feeds the readers, the finder of dates and the extraction with generated inputs and tells what broke.

Every input is made from its target and its number alone, so a finding is kept as two words and comes back
with ``--replay readers:4711``. Files are good files of every format (``tests/files_made.py``), changed
at random, also inside their archives, where a changed byte would only break a checksum; texts are strung
together from words of German dates and meetings and from characters that break things. An input fails where
the program raises, takes longer than ``--slow`` seconds, or answers what cannot be (a span that is not the
text, a date that is none, an article without text).
"""

import argparse
import io
import json
import random
import re
import resource
import signal
import sys
import time
import traceback
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from types import FrameType

from tests import files_made

TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;",
    b"&#1114112;", b"]]>", b"<![CDATA[", b"<p>", b"</p>", b"<script>", b"\\u-1?", b"\\u99999999999?",
    b"\\'zz", b"\\bin99999 ", b"{", b"}", b"endobj", b"stream\n", b"/Length -1", b"/Length 99999999999",
    b"<<", b">>", b"(", b"\\", b"[", b"PK\x03\x04", b"PK\x01\x02", b"From ", b"\n\n", b"\r\n",
    b"--Grenze--", b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"=?utf-8?b?//?=", b'"', b";", b'{"text": ', b"WARC/1.0\r\n",
    b"Content-Length: -5\r\n", b"99999999999999999999", b"-1", b"1e999", b"NaN", b"\xc3", b"\xed\xa0\x80",
    "\u202e\u200b\u2028".encode(), b"charset=utf-7", b"charset=idna", b"charset=hex", b"2023-02-30",
    b"datetime='0000-00-00'",
]  # fmt: skip
"""What a random byte would hardly ever be: marks of the formats, and numbers at the edge."""

WORDS = re.split(
    r" |(?<=\S)\n(?=\S)",
    """am im in den seit vom bis zum zwischen und nach vor ab Anfang Mitte Ende letzten letzter vergangenen
kommenden nächsten diesen dieses Jahres Jahr Jahren Monat Monaten Woche Wochen Wochenende Tag Tagen Stunden
Quartal Halbjahr Jahrhundert Jahrzehnt 1990er Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend
Sonntag Montagabend Freitagnachmittag montags Januar Jänner Februar März April Mai Juni Juli August
September Oktober November Dezember Weihnachten Ostern Ostersonntag Pfingsten Silvester Karfreitag heute
gestern vorgestern morgen übermorgen früh Abend Nacht Mittag 22. 31. 30. 29. 0. 99. 1. 12. 2022 2023 1899
0000 9999 23 '68 22.02.2023 31.02.2023 2.2. 02/03/2023 2023-02-22 18:04 Uhr 24 Uhr 25:61 Uhr halb drei
Viertel drei zwei zwölf hundert erste zweiten dritten vier fünfmal täglich jährlich wöchentlich dreitägig
dreitägigen einwöchige später früher zuvor danach damals bisher künftig bald Frühjahr Sommer Herbst Winter
Sommerpause rund etwa ungefähr spätestens frühestens mindestens mehr als weniger Merkel Putin Xi Jinping
Wang Yi Bundeskanzler Außenminister Präsident Russlands USA EU NATO Peking Moskau Berlin Washington traf
trafen sich empfing telefonierte reiste besuchte will wird wurde hat hätte soll könne nicht abgesagt
verschoben geplant Treffen Gipfel Besuch Gespräch Verhandlungen mit dem der die das ein einem einen sein ihr
er sie dessen sowie oder aber - – / , . ; : ! ? ( ) „ “ " ' % § € \n \n\n \t \u00a0 \u00ad \u200b \u202e
\u0301 \U0001f600 \ud800 \x00 ß İ ſ ﬀ Ⅳ ² ٣ 四""")  # fmt: skip


class SlowError(Exception):
    """An input that took longer than it may."""


@cache
def good_files() -> list[tuple[str, bytes]]:
    """One good file of every format."""
    return [files_made.make(form) for form in files_made.FORMS]


def changed(data: bytes, rolled: random.Random) -> bytes:
    """The bytes with one to eight random changes."""
    out = bytearray(data)
    for _ in range(rolled.randint(1, 8)):
        at = rolled.randrange(len(out) + 1)
        match rolled.randrange(8):
            case 0:
                out[at : at + 1] = bytes([rolled.randrange(256)])
            case 1:
                out[at:at] = rolled.choice(TOKENS)
            case 2:
                del out[at : at + rolled.randint(1, 64)]
            case 3:
                out[at:at] = out[at : at + rolled.randint(1, 256)] * rolled.choice((1, 1, 2, 50))
            case 4 if rolled.random() < 0.3:
                del out[at:]
            case 5:
                out[at : at + 4] = rolled.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0")
                )
            case 6:
                other = rolled.choice(good_files())[1]
                start = rolled.randrange(len(other))
                out[at:at] = other[start : start + rolled.randint(1, 200)]
            case _:
                bit = 1 << rolled.randrange(8)
                if at < len(out):
                    out[at] ^= bit
    return bytes(out[:200_000])


def changed_inside(data: bytes, rolled: random.Random) -> bytes:
    """A zip archive with one of its entries changed, its checksums right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    victim = rolled.randrange(len(entries))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for number, (name, content) in enumerate(entries):
            archive.writestr(name, changed(content, rolled) if number == victim else content,
                             zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED)  # fmt: skip
    return out.getvalue()


def fuzz_readers(rolled: random.Random) -> str:
    """A changed file through :func:`timeline.articles.read_articles`; what came of it."""
    from timeline import edtf
    from timeline.articles import Limits, Rejected, article_id, read_articles

    name, data = rolled.choice(good_files())
    if data.startswith(b"PK") and rolled.random() < 0.7:
        data = changed_inside(data, rolled)
    else:
        data = changed(data, rolled)
    if rolled.random() < 0.05:
        name = rolled.choice(good_files())[0]
    outcome = ""
    limits = Limits(max_bytes=2_000_000, max_archive=2_000_000, max_unpacked=20_000_000, max_entries=500)
    for item in read_articles(name, data, limits=limits):
        if isinstance(item, Rejected):
            assert str(item.error)
            outcome = item.error.code
            continue
        assert item.text.strip(), "an article without text"
        assert item.text == unicodedata.normalize("NFC", item.text), "not NFC"
        assert not re.search("[\x00-\x08\x0b-\x1f\ufeff\u202e]", item.text), "an invisible character"
        assert item.id == article_id(item.text), "another id"
        assert item.reference.value is None or edtf.is_valid(item.reference.value), item.reference.value
        assert item.source, "no source"
        for words in (item.text, item.title, item.outlet, item.url, item.source):
            (words or "").encode()  # what is no UTF-8 gets into no database
        outcome = "article"
    return outcome


def sentence(rolled: random.Random) -> str:
    """Words of dates and meetings in any order, some torn or run together."""
    words = []
    for _ in range(rolled.randint(1, 40)):
        word = rolled.choice(WORDS)
        kind = rolled.random()
        if kind < 0.03:
            word = chr(
                rolled.choice(
                    (
                        rolled.randrange(0x20, 0x2FF),
                        rolled.randrange(0x300, 0xD7FF),
                        rolled.randrange(0xE000, 0x2FFFF),
                    )
                )
            )
        elif kind < 0.06:
            word = str(rolled.randrange(10 ** rolled.randint(1, 12)))
        elif kind < 0.09:
            word = word.upper()
        elif kind < 0.11:
            word = word[: rolled.randint(0, len(word))]
        words.append(word)
    return "".join(word + ("" if rolled.random() < 0.06 else " ") for word in words)


PUBLISHED = [None, "2023-02-22", "2023-02", "2023", "2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31"]


def fuzz_dates(rolled: random.Random) -> str:
    """A text through :func:`timeline.dates.find_dates`."""
    from timeline import edtf
    from timeline.dates import find_dates

    text, published = sentence(rolled), rolled.choice(PUBLISHED)
    found = find_dates(text, published)
    for timex in found:
        assert 0 <= timex.start < timex.end <= len(text), "a span outside the text"
        assert text[timex.start : timex.end] == timex.text, "a span of another text"
        assert timex.edtf is None or edtf.is_valid(timex.edtf), f"no EDTF: {timex.edtf}"
        assert timex.first is None or timex.last is None or timex.first <= timex.last, (
            "it ends before it begins"
        )
    return f"{min(len(found), 3)} dates"


def fuzz_extract(rolled: random.Random) -> str:
    """A text of several sentences through :func:`timeline.pipeline.read`."""
    from timeline import edtf
    from timeline.articles import article_from_text
    from timeline.pipeline import read

    text = ". ".join(sentence(rolled) for _ in range(rolled.randint(1, 6)))
    reading = read(article_from_text(text), None)
    for meeting in reading.meetings:
        assert meeting.evidence, "no evidence"
        assert meeting.date is None or edtf.is_valid(meeting.date), f"no EDTF: {meeting.date}"
        for span in meeting.evidence:
            assert text[span.start : span.end] == span.text, "a span of another text"
    return f"{min(len(reading.meetings), 3)} meetings"


def fuzz_texts(rolled: random.Random) -> str:
    """A text through what looks at texts: header lines, near-duplicates, surroundings, fragments of HTML."""
    from timeline.articles.duplicates import is_same_article, signature
    from timeline.articles.markup import html_to_text
    from timeline.articles.surroundings import is_surrounding
    from timeline.reference import told_date

    text = sentence(rolled)
    told_date(text)
    is_surrounding(text)
    assert len(signature(text)) == 512
    assert is_same_article(text, text)
    html_to_text(changed(files_made.page().encode(), rolled).decode("utf-8", "replace"))
    return "read"


ADDRESS = [
    *re.split(
        r"\s+",
        r"""http https ftp file : // / \\ @ bote.example 127.0.0.1 [::1] [ ] % %00 %2f .. ? # = & user pass 80
        443 22 65536 99999999999 0x7f.1 2130706433 ß münchen.example xn-- xn--mnchen-3ya 。""",
    ),
    *("\x00", "\r\n", " ", "\t", "a" * 70, "e\u0301", "\ud800", "\u202e"),
]
ROBOTS = [
    "User-agent: *", "User-agent: diplomatic-timeline", "User-agent:", "Disallow: /", "Disallow:",
    "Allow: /a", "Disallow: /*?", "Disallow: /*$", "Disallow: " + "*" * 50,
    "Crawl-delay: 5", "Crawl-delay: -1", "Crawl-delay: nan", "Crawl-delay: inf", "Crawl-delay: 1e999",
    "Crawl-delay: x", "Request-rate: 1/0",
    "Sitemap: x", "%zz", ":", "<html>", "# x", "\x00", "\ufeff",
]  # fmt: skip


def fuzz_web(rolled: random.Random) -> str:
    """What a fetch meets: an address, a robots.txt, an answer with its headers. Nothing is connected to."""
    import ipaddress

    import httpx

    from timeline.articles import ArticleError, Limits, read_articles
    from timeline.articles import fetching as web
    from timeline.articles.public import is_public
    from timeline.articles.robots import read_robots

    bits = rolled.choice((32, 128))
    number = rolled.getrandbits(bits) >> rolled.choice((0, 0, bits // 2, bits - 8))
    address = ipaddress.ip_address(number) if bits == 32 else ipaddress.IPv6Address(number)
    if is_public(address) and getattr(address, "ipv4_mapped", None) is None:
        kinds = ("private", "loopback", "link_local", "multicast", "unspecified", "reserved")
        assert not [kind for kind in kinds if getattr(address, f"is_{kind}")], f"{address} is not public"
    rules = read_robots(200, "\n".join(rolled.choices(ROBOTS, k=rolled.randint(0, 12))).encode())
    assert rules is not None
    assert 1 <= rules.pause() <= 30, rules.pause()
    told = rolled.choice(("http://", "https://", "")) + "".join(
        rolled.choices(ADDRESS, k=rolled.randint(1, 9))
    )
    base = rolled.choice((None, httpx.URL("https://bote.example/a/b?c")))
    try:
        url = web._url(told, name=told, base=base)
    except ArticleError as error:
        return error.code
    assert url.scheme in ("http", "https")
    assert url.host
    assert not url.userinfo
    assert rules.allow(str(url)) in (True, False)
    headers = {
        rolled.choice(("Content-Type", "Content-Encoding")): rolled.choice(
            (
                "text/html; charset=utf-8",
                "text/html; charset=x\x7f",
                "text/plain",
                "gzip",
                "br",
                "identity",
                ";",
                "",
            )
        )
        for _ in range(rolled.randint(0, 3))
    }
    body = changed(rolled.choice(good_files())[1], rolled)
    fetched = web._as_file(str(url), web._Answer(200, httpx.Headers(headers), body))
    limits = Limits(max_bytes=2_000_000, max_archive=2_000_000, max_unpacked=20_000_000, max_entries=500)
    found = list(read_articles(fetched.url, fetched.data, limits=limits))
    return "articles" if found else "nothing"


TARGETS: dict[str, Callable[[random.Random], str]] = {
    "readers": fuzz_readers,
    "dates": fuzz_dates,
    "texts": fuzz_texts,
    "extract": fuzz_extract,
    "web": fuzz_web,
}


def run_one(target: str, number: int, *, slow: float = 5.0) -> tuple[str, str | None]:
    """What came of an input, and the reason where it failed."""

    def ring(_signum: int, _frame: FrameType | None) -> None:
        raise SlowError(f"slower than {slow} s")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, slow)
    try:
        return TARGETS[target](random.Random(f"{target}:{number}")), None
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)
        own = next((frame for frame in reversed(where) if "/timeline/" in frame.filename), where[-1])
        place = f"{own.filename.rsplit('/timeline/', 1)[-1]}:{own.lineno} {own.name}"
        return "failed", f"{type(error).__name__}: {str(error)[:120]} ({place})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(argv: Sequence[str]) -> int:
    """Runs the inputs, prints a table, returns 1 where one failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks fuzz", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--count", type=int, default=10_000, help="inputs for each target (default: 10000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default: 0)")
    parser.add_argument("--seconds", type=float, default=0, help="stop a target after so many seconds")
    parser.add_argument("--slow", type=float, default=5.0, help="seconds that an input may take (default: 5)")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one; may be repeated")
    parser.add_argument(
        "--replay",
        metavar="TARGET:NUMBER",
        action="append",
        default=[],
        help="only this input, with its traceback",
    )
    options = parser.parse_args(argv)
    for word in options.replay:
        target, _, number = word.partition(":")
        print(word, TARGETS[target](random.Random(f"{target}:{number}")))
    if options.replay:
        return 0
    failures: dict[str, list[str]] = {}
    total = 0
    print(
        f"{'target':8} {'inputs':>9} {'failed':>6} {'seconds':>8} {'slowest':>8} {'MB before':>9} "
        f"{'MB after':>8}"
        "  outcomes"
    )
    for target in options.target or TARGETS:
        outcomes: Counter[str] = Counter()
        # Loads the libraries and tables, which takes long on a busy machine, and is no fault of an input.
        for number in range(options.first, options.first + 50):
            run_one(target, number, slow=120)
        before, began, slowest, done = _megabytes(), time.perf_counter(), (0.0, 0), 0
        for number in range(options.first, options.first + options.count):
            started = time.perf_counter()
            outcome, reason = run_one(target, number, slow=options.slow)
            ended = time.perf_counter()
            slowest, done = max(slowest, (ended - started, number)), done + 1
            outcomes[outcome] += 1
            if reason is not None:
                failures.setdefault(reason, []).append(f"{target}:{number}")
            if options.seconds and ended - began > options.seconds:
                break
        total += done
        told = ", ".join(f"{name} {count}" for name, count in outcomes.most_common(9))
        seconds = time.perf_counter() - began
        print(f"{target:8} {done:9,} {outcomes['failed']:6} {seconds:8.1f} {slowest[0]:7.2f}s "
              f"{before:9} {_megabytes():8}  {told}; slowest {slowest[1]}",
              flush=True)  # fmt: skip
    print(f"{total:,} inputs, {sum(map(len, failures.values()))} failed, {len(failures)} different reasons")
    for reason, words in sorted(failures.items(), key=lambda row: -len(row[1])):
        print(json.dumps({"reason": reason, "count": len(words), "inputs": words[:3]}, ensure_ascii=True))
    return 1 if failures else 0


def _megabytes() -> int:
    """Most memory that the process ever had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform != "darwin" else peak // 2**20
