# ruff: noqa: E501, SIM905  lists of addresses are not broken
"""Fetching from the web, against servers on this machine: what is refused, heeded, bounded, and what comes.

The servers listen on the loopback, which no fetch of the program may reach; each test says which of its
addresses it allows itself.
"""

import gzip
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import trustme

from tests.files_made import FIRST, FORMS, OUTLET, PUBLISHED, TITLE, URL, make, page, rss
from tests.test_page import filled, start, url, words
from timeline.articles import ArticleError, Rejected, fetching
from timeline.articles.fetching import DEFAULT_FETCH_LIMITS, Fetcher, FetchLimits, fetched_articles, resolve
from timeline.articles.public import is_public
from timeline.articles.robots import read_robots
from timeline.articles.setting import NAME
from timeline.cli import main
from timeline.model import Article
from timeline.store import Store

__all__ = ["filled", "url"]

Route = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Site:
    """A web server of a test: what lies where, and what it was asked."""

    port: int
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def at(self, path="/a.html", *, host="bote.example", scheme="http"):
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self):
        return [path for path, _ in self.asked]


@contextmanager
def serving(address="127.0.0.1", *, context=None, port=0):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            site.asked.append((self.path, dict(self.headers)))
            route = site.routes.get(self.path, (404, {}, b""))
            if callable(route):
                self.close_connection = True
                route(self)
                return
            status, headers, body = route
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            """A client that leaves early is what some tests are about."""

    server = Server((address, port), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site():
    with serving() as made:
        made.routes["/a.html"] = (200, HTML, page().encode())
        yield made


def here(address):
    """The allowance of the tests."""
    return str(address) == "127.0.0.1"


def fetcher(limits=DEFAULT_FETCH_LIMITS, **given):
    return Fetcher(limits, **{"allowed": here, "resolve": lambda host, port: ["127.0.0.1"], **given})


def code_of(address, using=None):
    with pytest.raises(ArticleError) as caught:
        (using or fetcher()).fetch(address)
    assert str(caught.value.params["name"]) == address
    return caught.value.code


@pytest.fixture
def on(monkeypatch):
    monkeypatch.setenv(NAME, "1")


# What comes


def test_a_page_is_an_article_with_its_address(site, on):
    site.routes["/b.html"] = (200, HTML, page().replace(f'<link rel="canonical" href="{URL}">', "").encode())
    (article,) = fetched_articles(site.at("/b.html"), fetcher())
    assert (article.title, article.reference.value, article.outlet) == (TITLE, PUBLISHED, OUTLET)
    assert (article.url, article.source) == (site.at("/b.html"), site.at("/b.html"))
    assert FIRST in article.text


def test_the_encoding_that_comes_with_a_page_counts(site, on):
    bare = page().replace('<meta charset="utf-8">', "").encode("iso-8859-2", errors="replace")
    site.routes["/a.html"] = (200, {"Content-Type": "text/html; charset=iso-8859-2"}, bare)
    (article,) = fetched_articles(site.at(), fetcher())
    assert "Außenministerin von Österreich" in article.text


@pytest.mark.parametrize(
    "form", sorted(set(FORMS) - {"csv", "json-lines", "mail", "mail-html", "mailbox", "mhtml"})
)
def test_every_format_that_shows_what_it_is(site, on, form):
    site.routes["/download?id=1"] = (200, {"Content-Type": "application/octet-stream"}, make(form)[1])
    (article,) = fetched_articles(site.at("/download?id=1"), fetcher())
    assert FIRST in article.text
    assert article.url


def test_a_feed_is_a_collection_even_where_it_says_html(site, on):
    for told in ("text/html", "application/rss+xml", "text/xml"):
        site.routes["/feed/"] = (200, {"Content-Type": told}, rss())
        (article,) = fetched_articles(site.at("/feed/"), fetcher())
        assert (article.title, article.url) == (TITLE, URL)


def test_a_table_without_known_columns_can_be_told_them(site, on):
    site.routes["/t.csv"] = (200, {"Content-Type": "text/csv"}, b"x;y\nSie trafen sich in Wien.;Titel")
    (rejected,) = fetched_articles(site.at("/t.csv"), fetcher())
    assert rejected.error.code == "columns"
    (article,) = fetched_articles(site.at("/t.csv"), fetcher(), columns={"text": "x"})
    assert article.text == "Sie trafen sich in Wien."


def test_a_packed_answer_nobody_asked_for(site, on):
    site.routes["/a.html"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(page().encode()))
    (article,) = fetched_articles(site.at(), fetcher())
    assert FIRST in article.text


def test_a_bomb_in_an_answer_stops_in_the_worker(site, on):
    site.routes["/a.html"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(bytes(300_000_000)))
    (rejected,) = fetched_articles(site.at(), fetcher())
    assert (rejected.error.code, rejected.error.params["limit"]) == ("too_large", 50_000_000)


def test_a_picture_is_refused_with_its_format(site, on):
    site.routes["/a.png"] = (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n1234")
    (rejected,) = fetched_articles(site.at("/a.png"), fetcher())
    assert (rejected.error.code, rejected.error.params["format"]) == ("unsupported", "PNG")


# Off, unless turned on


@pytest.mark.parametrize("value", [None, "", "0", "yes"])
def test_nothing_is_fetched_unless_turned_on(site, monkeypatch, value):
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    (rejected,) = fetched_articles(site.at(), fetcher())
    assert rejected.error.code == "fetch_off"
    assert NAME in str(rejected.error)
    assert site.asked == []


# Addresses that are not public


PUBLIC = [
    "93.184.215.14",
    "2a00:1450:4001:82a::2003",
    "64:ff9b::5db8:d70e",
    "::ffff:93.184.215.14",
    "1.1.1.1",
]
NOT_PUBLIC = """127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
0.1.2.3 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1
255.255.255.255 ::1 :: fe80::1 fe80::1%1 fc00::1 fd12:3456::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::7f00:1
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 100::1 5f00::1 4000::1""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_is_connected_to(address, monkeypatch):
    """Checked as the program does it, with nothing allowed beyond: no connection is even tried."""
    tried = []
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", lambda *given, **more: tried.append(given))
    assert not is_public(ip_address(address))
    strict = Fetcher(resolve=lambda host, port: ["93.184.215.14", address])
    assert code_of("http://bote.example/", strict) == "not_public"
    assert tried == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_the_ways_to_write_this_machine(site, host):
    assert code_of(site.at(host=host), Fetcher()) in ("not_public", "unknown_host", "bad_address")
    assert site.asked == []


def test_a_redirect_leads_nowhere_else(site):
    """The other server is on this machine too; only 127.0.0.1 is allowed, as only public addresses are."""
    with serving("127.0.0.2", port=site.port) as inside:
        inside.routes["/secret"] = (200, HTML, b"geheim")
        names = {"bote.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"], "127.0.0.2": ["127.0.0.2"]}
        for host in ("inside.example", "127.0.0.2"):
            site.routes["/a.html"] = (302, {"Location": inside.at("/secret", host=host)}, b"")
            using = fetcher(resolve=lambda host, port: names[host])
            assert code_of(site.at(), using) == "not_public"
        site.routes["/robots.txt"] = (302, {"Location": inside.at("/secret", host="inside.example")}, b"")
        assert code_of(site.at(), fetcher(resolve=lambda host, port: names[host])) == "not_public"
        assert inside.asked == []


def test_a_second_answer_of_the_name_server_leads_nowhere_else(site, monkeypatch):
    """The system's own resolver answers differently each time; every connection goes where was checked."""
    with serving("127.0.0.2", port=site.port) as inside:
        answers = []

        def lying(host, port, *given, **more):
            if host == "bote.example":
                answers.append(host)
                address = "127.0.0.1" if len(answers) <= 2 else "127.0.0.2"
                return [(2, 1, 6, "", (address, port))]
            return real(host, port, *given, **more)

        real = fetching.socket.getaddrinfo
        monkeypatch.setattr(fetching.socket, "getaddrinfo", lying)
        using = fetcher(resolve=resolve)
        assert using.fetch(site.at()).url == site.at()
        assert len(answers) == 2, "one question for robots.txt, one for the page"
        monkeypatch.setattr(fetching.time, "sleep", lambda seconds: None)
        assert code_of(site.at(), using) == "not_public"
        assert inside.asked == []
        assert {headers["Host"] for _, headers in site.asked} == {f"bote.example:{site.port}"}


def test_the_next_address_is_tried_where_one_does_not_answer(site):
    silent = fetcher(resolve=lambda host, port: ["127.0.0.3", "127.0.0.1"], allowed=lambda address: True)
    assert silent.fetch(site.at()).url == site.at()


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_no_proxy_is_used(site, monkeypatch, variable):
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert fetcher().fetch(site.at()).url == site.at()


@pytest.mark.parametrize(
    "address",
    [
        *"""ftp://bote.example/a file:///etc/passwd gopher://bote.example/ javascript:alert(1) bote.example/a http:// http:///a
    http://user:pass@bote.example/ http://bote.example@127.0.0.1/ http://bote.example:22/ https://bote.example:25/
    http://bote.example:99999/ http://[::1 http://bote.example:x/ //bote.example/a data:text/html,x""".split(),
        "http://bote.example/" + "a" * 2_000,
        "http://bote.example/\r\nX: y",
        "https://\x00/",
        "http://xn--/",
        "http://bote.example:0/",
        "http://xn--a-/",
    ],
)
def test_what_is_no_address_of_the_web(address):
    def never(host, port):
        pytest.fail("asked the name server")

    assert code_of(address, fetcher(resolve=never)) == "bad_address"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://bote.example/", "http://bote.example:25/", "//u:p@x/"]
)
def test_a_redirect_to_what_is_no_address_of_the_web(site, location):
    site.routes["/a.html"] = (301, {"Location": location}, b"")
    assert code_of(site.at()) == "bad_address"


# TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def test_the_name_stays_in_the_handshake_and_is_checked(authority, on):
    seen = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("bote.example").configure_cert(server)
    server.sni_callback = lambda sock, name, context: seen.append(name)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with serving(context=server) as site:
        site.routes["/a.html"] = (200, HTML, page().encode())
        (article,) = fetched_articles(site.at(scheme="https"), fetcher(trust=trust))
        assert FIRST in article.text
        assert set(seen) == {"bote.example"}
        assert code_of(site.at(scheme="https", host="other.example"), fetcher(trust=trust)) == "certificate"
        assert code_of(site.at(scheme="https"), fetcher()) == "certificate"
        assert [path for path in site.paths() if path != "/robots.txt"] == ["/a.html"]


# Limits


def test_an_answer_that_is_too_large(site):
    site.routes["/a.html"] = (200, HTML, b"a" * 10_001)
    small = FetchLimits(max_fetched=10_000)
    assert code_of(site.at(), fetcher(small)) == "too_large"
    site.routes["/a.html"] = (200, HTML, b"a" * 10_000)
    assert fetcher(small).fetch(site.at()).url == site.at()


def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"<p>Text</p>" * 10_000)
    except OSError:
        return


def test_an_answer_without_end(site):
    site.routes["/a.html"] = endless
    assert code_of(site.at(), fetcher(FetchLimits(max_fetched=1_000_000))) == "too_large"


def trickling(*parts):
    """Sends the parts and then a byte from time to time for ever."""

    def route(handler):
        try:
            for part in parts:
                handler.wfile.write(part)
            while True:
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            return

    return route


SLOW = {
    "silence": lambda handler: time.sleep(2),
    "status": trickling(b""),
    "header": trickling(b"HTTP/1.1 200 OK\r\nX: "),
    "body": trickling(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
}


@pytest.mark.parametrize("where", SLOW)
@pytest.mark.parametrize("path", ["/a.html", "/robots.txt"])
def test_a_server_that_takes_its_time(site, path, where):
    site.routes[path] = SLOW[where]
    assert code_of(site.at(), fetcher(FetchLimits(seconds=0.5))) == "fetch_timeout"


def test_a_name_server_that_takes_its_time():
    over = threading.Event()
    using = fetcher(FetchLimits(seconds=0.2), resolve=lambda host, port: over.wait(30) and [])
    assert code_of("http://bote.example/", using) == "fetch_timeout"
    over.set()


def test_a_header_without_end(site):
    def route(handler):
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                handler.wfile.write(b"X-Long: " + b"a" * 10_000 + b"\r\n")
        except OSError:
            return

    site.routes["/a.html"] = route
    assert code_of(site.at()) == "unreachable"


def test_redirects_are_followed_and_counted(site):
    site.routes["/1"] = (301, {"Location": "/2"}, b"")
    site.routes["/2"] = (307, {"Location": site.at("/a.html#teil")}, b"")
    assert fetcher(FetchLimits(max_redirects=2)).fetch(site.at("/1")).url == site.at("/a.html")
    assert code_of(site.at("/1"), fetcher(FetchLimits(max_redirects=1))) == "too_many_redirects"
    site.routes["/rund"] = (302, {"Location": "/rund"}, b"")
    assert code_of(site.at("/rund")) == "too_many_redirects"


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 429, 500, 503])
def test_other_answers_are_no_article(site, status):
    site.routes["/a.html"] = (status, {}, b"")
    assert code_of(site.at()) == "http_status"


def test_a_server_that_is_not_there_or_speaks_otherwise(site):
    with serving() as gone:
        pass
    assert code_of(gone.at()) == "unreachable"
    site.routes["/a.html"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    assert code_of(site.at()) == "unreachable"

    def unknown(host, port):
        raise OSError("no such name")

    assert code_of(site.at(), fetcher(resolve=unknown)) == "unknown_host"
    assert code_of(site.at(host="a" * 64 + ".example"), fetcher(resolve=resolve)) in (
        "unknown_host",
        "bad_address",
    )


# robots.txt

RULES = {
    "nothing": ("", True),
    "all forbidden": ("User-agent: *\nDisallow: /", False),
    "another one": ("User-agent: other\nDisallow: /", True),
    "this program": ("User-agent: diplomatic-timeline\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
    "this program allowed": ("User-agent: diplomatic-timeline\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
    "the longest rule": ("User-agent: *\nDisallow: /\nAllow: /a.html", True),
    "a star": ("User-agent: *\nDisallow: /*.html$", False),
    "another folder": ("User-agent: *\nDisallow: /privat/", True),
    "the query": ("User-agent: *\nDisallow: /*?druck=", True),
    "not a robots.txt": ("<html><body>Nicht gefunden</body></html>", True),
}


@pytest.mark.parametrize("name", RULES)
def test_robots_txt_is_heeded(site, name):
    rules, allowed = RULES[name]
    site.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"\xef\xbb\xbf" + rules.encode())
    if allowed:
        fetcher().fetch(site.at())
    else:
        assert code_of(site.at()) == "robots"
    assert site.paths() == (["/robots.txt", "/a.html"] if allowed else ["/robots.txt"])
    assert all(headers["User-Agent"] == "diplomatic-timeline" for _, headers in site.asked)


@pytest.mark.parametrize(
    ("status", "expected"), [(404, True), (403, True), (410, True), (429, None), (500, None), (503, None)]
)
def test_a_robots_txt_that_cannot_be_read(site, status, expected):
    rules = read_robots(status, b"")
    assert (rules is None) if expected is None else rules.allow("http://bote.example/")
    site.routes["/robots.txt"] = (status, {}, b"")
    if expected:
        fetcher().fetch(site.at())
    else:
        assert code_of(site.at()) == "robots_unread"
        assert site.paths() == ["/robots.txt"]


def test_a_redirect_does_not_get_around_robots_txt(site):
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /privat/")
    site.routes["/privat/a"] = (200, HTML, page().encode())
    site.routes["/kurz"] = (302, {"Location": "/privat/a"}, b"")
    assert code_of(site.at("/kurz")) == "robots"
    assert "/privat/a" not in site.paths()


def test_only_the_beginning_of_a_huge_robots_txt_is_read(site):
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /a\n" + b"# nichts\n" * 200_000)
    assert code_of(site.at()) == "robots"


def test_pages_of_one_site_are_asked_for_at_a_distance(site, monkeypatch):
    waited = []
    monkeypatch.setattr(fetching.time, "sleep", waited.append)
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7")
    using = fetcher()
    using.fetch(site.at())
    assert waited == []
    using.fetch(site.at())
    (pause,) = waited
    assert 0 < pause <= 7
    assert site.paths() == ["/robots.txt", "/a.html", "/a.html"]
    assert read_robots(200, b"").pause() == 1
    assert read_robots(200, b"User-agent: *\nCrawl-delay: 3600").pause() == 30


# The command line and the page


@pytest.fixture
def fetching_here(monkeypatch, on):
    """The command line and the page as they are, but for the allowance and the names of this test."""
    monkeypatch.setattr(fetching, "Fetcher", fetcher)


def test_the_command_line_adds_an_address(site, tmp_path, capsys, fetching_here):
    database = f"sqlite:///{tmp_path / 'timeline.db'}"
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /privat/")
    assert main(["add", "--database", database, site.at(), site.at("/privat/x")]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{site.at()}: added, ")
    assert "robots.txt" in err
    assert len(err.splitlines()) == 1
    with Store.open(database) as store:
        (row,) = store.articles()
        stored = store.article(row.id)
    assert (row.title, stored.article.url) == (TITLE, URL)


def test_the_command_line_says_that_it_is_off(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    assert main(["add", "--database", f"sqlite:///{tmp_path / 'timeline.db'}", "https://bote.example/a"]) == 1
    assert f"{NAME}=1" in capsys.readouterr().err


def test_the_page_adds_addresses(site, fetching_here, url):
    app = start("articles")
    app.text_area(key="addresses").set_value(f"{site.at()}\n\n {site.at('/weg.html')} ").run()
    app.button(key="read").click().run()
    app.session_state["_job"].wait(60)
    app.run()
    said = words(app)
    assert "Fertig: 1 gelesen, 1 nicht." in said
    assert "127.0.0.1" not in said
    assert "bote.example antwortet mit 404" in said
    with Store.open(url) as store:
        assert [row.title for row in store.articles()] == [TITLE]


def test_the_page_offers_no_address_unless_turned_on(monkeypatch, url):
    monkeypatch.delenv(NAME, raising=False)
    app = start("articles")
    assert "addresses" not in [area.key for area in app.text_area]


def test_results_are_articles_or_reasons(site, on):
    found = [*fetched_articles(site.at(), fetcher()), *fetched_articles(site.at("/weg"), fetcher())]
    assert [type(item) for item in found] == [Article, Rejected]
