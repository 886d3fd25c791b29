"""Web addresses to articles. Off unless the operator turns it on, and then within narrow bounds.

The only place of the program that asks other machines for anything. What is fetched is handed to the same
worker processes that read files.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import httpcore
import httpx

from timeline.articles.errors import ArticleError, Rejected
from timeline.articles.formats import format_of
from timeline.articles.isolated import read_isolated
from timeline.articles.parts import Columns
from timeline.articles.public import Address, Deadline, PublicNetwork, Resolve, is_public
from timeline.articles.robots import AGENT, LARGEST, Robots, read_robots
from timeline.articles.setting import NAME, may_fetch
from timeline.model import Article

_LONGEST_ADDRESS: Final = 2_000
_PAGES: Final = ("text/html", "application/xhtml+xml", "text/plain")
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_HEADERS: Final = (
    (b"User-Agent", AGENT.encode("ascii")),
    (b"Accept", b"text/html, application/xhtml+xml, */*;q=0.8"),
    (b"Accept-Language", b"de, en;q=0.5"),
    (b"Accept-Encoding", b"identity"),
)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much is fetched for one address; every number is an inclusive upper bound.

    Attributes:
        seconds: from the first question to the last byte, with redirects and robots.txt.
        max_fetched: bytes of the answer as they come.
        max_redirects: from the address given to the page.
    """

    seconds: float = 30.0
    max_fetched: int = 20_000_000
    max_redirects: int = 5


DEFAULT_FETCH_LIMITS: Final = FetchLimits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address holds: the address that answered, and the bytes as a file for the readers."""

    url: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's name server gives.

    Raises:
        OSError: there is no such name.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Fetcher:
    """Fetches addresses one after the other and keeps the robots.txt of their sites meanwhile.

    Every connection goes to a public address; no proxy is used, no cookie kept, no password sent.

    Args:
        limits: of each fetch.
        resolve: finds the addresses of a name; asked once per connection.
        allowed: decides about every address before it is connected to. Only tests give another one.
        trust: whose certificates are believed; None for those of the package certifi.
    """

    def __init__(
        self,
        limits: FetchLimits = DEFAULT_FETCH_LIMITS,
        *,
        resolve: Resolve = resolve,
        allowed: Callable[[Address], bool] = is_public,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._limits, self._resolve, self._allowed, self._trust = limits, resolve, allowed, trust
        self._robots: dict[tuple[str, bytes], Robots] = {}
        self._last: dict[tuple[str, bytes], float] = {}

    def fetch(self, address: str) -> Fetched:
        """What ``address`` holds, after redirects.

        Raises:
            ArticleError: it cannot be fetched or must not be; the code says why (docs/formats.md).
        """
        url = _url(address, name=address)
        self._pause(url)
        deadline = Deadline(self._limits.seconds, name=address)

        def ask(url: httpx.URL) -> _Answer:
            self._ask_robots(url, name=address, deadline=deadline)
            self._last[_site(url)] = time.monotonic()
            return self._get(url, name=address, deadline=deadline, most=self._limits.max_fetched)

        url, answer = self._follow(url, ask, name=address)
        if answer.status != 200:
            raise ArticleError("http_status", name=address, host=url.host, status=answer.status)
        return _as_file(str(url.copy_with(fragment=None)), answer)

    def _pause(self, url: httpx.URL) -> None:
        site = _site(url)
        if site in self._last:
            rules = self._robots.get(site, Robots(None))
            time.sleep(max(0.0, self._last[site] + rules.pause() - time.monotonic()))

    def _ask_robots(self, url: httpx.URL, *, name: str, deadline: Deadline) -> None:
        site = _site(url)
        if site not in self._robots:

            def ask(url: httpx.URL) -> _Answer:
                return self._get(url, name=name, deadline=deadline, most=LARGEST, cut=True)

            _, answer = self._follow(url.copy_with(raw_path=b"/robots.txt", fragment=None), ask, name=name)
            found = read_robots(answer.status, answer.body)
            if found is None:
                raise ArticleError("robots_unread", name=name, host=url.host, status=answer.status)
            self._robots[site] = found
        if not self._robots[site].allow(str(url)):
            raise ArticleError("robots", name=name, host=url.host)

    def _follow(
        self, url: httpx.URL, ask: Callable[[httpx.URL], _Answer], *, name: str
    ) -> tuple[httpx.URL, _Answer]:
        """Asks, and asks again where the answer points elsewhere; what answered at last."""
        for _ in range(self._limits.max_redirects + 1):
            answer = ask(url)
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return url, answer
            url = _url(location, name=name, base=url)
        raise ArticleError("too_many_redirects", name=name, limit=self._limits.max_redirects)

    def _get(self, url: httpx.URL, *, name: str, deadline: Deadline, most: int, cut: bool = False) -> _Answer:
        """One question. An answer of more than ``most`` bytes is cut off there, or refused."""
        network = PublicNetwork(name=name, deadline=deadline, resolve=self._resolve, allowed=self._allowed)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [(b"Host", url.netloc), *_HEADERS]
        body = bytearray()
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._trust, network_backend=network) as pool,
                pool.stream("GET", target, headers=headers) as response,
            ):
                if response.status == 200:
                    for chunk in response.iter_stream():
                        body += chunk
                        if len(body) > most:
                            break
                answer = _Answer(response.status, httpx.Headers(response.headers), bytes(body[:most]))
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            deadline.left()
            code = "certificate" if _is_of_certificate(error) else "unreachable"
            detail = " ".join(str(error).split())[:200] or type(error).__name__
            raise ArticleError(code, name=name, host=url.host, detail=detail) from error
        if len(body) > most and not cut:
            raise ArticleError("too_large", name=name, size=f"over {most}", limit=most)
        return answer


def _is_of_certificate(error: BaseException | None) -> bool:
    """Whether a failure began with a certificate that is not believed."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _site(url: httpx.URL) -> tuple[str, bytes]:
    return url.scheme, url.netloc


def _url(address: str, *, name: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address that may be asked at all: of the web, without a password, at no other service's port.

    Raises:
        ArticleError: ``bad_address``.
    """
    try:
        url = httpx.URL(address.strip()) if base is None else base.join(address.strip())
        port, host = (
            443 if url.port is None else url.port,
            url.host,
        )  # the host is decoded here, and may be no name at all
    except (httpx.InvalidURL, ValueError) as error:
        raise ArticleError("bad_address", name=name) from error
    good = url.scheme in ("http", "https") and host and not url.userinfo and len(address) <= _LONGEST_ADDRESS
    # Below 1024 lie the ports of mail servers and the like, which must not be spoken to in their users' name.
    if not good or port > 65_535 or (port < 1024 and port not in (80, 443)):
        raise ArticleError("bad_address", name=name)
    return url


def _as_file(url: str, answer: _Answer) -> Fetched:
    """The answer as the readers take it.

    A page becomes a web archive of one capture, which keeps its address and the encoding that came with it;
    what shows another format (a PDF, a feed) stays as it is.
    """
    told = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
    kind = format_of(url, answer.body)
    if told not in _PAGES or not (packed or kind in (None, "text", "markdown", "html")):
        return Fetched(url, answer.body)
    kept = ("Content-Type", "Content-Encoding")
    lines = [f"{key}: {answer.headers[key]}\r\n" for key in kept if key in answer.headers]
    content = ("HTTP/1.1 200 OK\r\n" + "".join(lines) + "\r\n").encode() + answer.body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return Fetched(url, head.encode() + content + b"\r\n\r\n")


def fetched_articles(
    address: str, fetcher: Fetcher, *, columns: Columns | None = None
) -> Iterator[Article | Rejected]:
    """Every article that a web address holds; what cannot be fetched or read comes as Rejected."""
    if not may_fetch():
        yield Rejected(address, ArticleError("fetch_off", name=address, setting=NAME))
        return
    try:
        found = fetcher.fetch(address)
    except ArticleError as error:
        yield Rejected(address, error)
        return
    for item in read_isolated(found.url, found.data, columns=columns):
        yield item if isinstance(item, Rejected) or item.url else replace(item, url=found.url)
