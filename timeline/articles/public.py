"""Connections to public addresses only: what stands between a web address and the network of this machine.

A name is resolved once, every answer is checked, and the connection goes to an address that was checked; the
name stays in ``Host`` and in the TLS handshake. So neither a redirect nor a second answer of the name server
leads to a machine that only this one can reach.
"""

import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpcore

from timeline.articles.errors import ArticleError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""The addresses of a name, in the order in which they are to be tried; raises OSError where there is none."""

_IPV4_SPECIAL: Final = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
"""What :mod:`ipaddress` of some supported versions of Python takes for global."""
_IPV6_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_IPV6_SPECIAL: Final = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks that only speak IPv6 tell them (RFC 6052)."""


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may have this address.

    Not public is whatever the IANA registries of special-purpose addresses keep for other uses: loopback,
    private, link-local, shared, multicast, documentation, tunnels. Of IPv6 only the allocated unicast part
    can be public. An IPv4 address inside an IPv6 address counts as that IPv4 address.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        return address in _IPV6_UNICAST and not any(address in special for special in _IPV6_SPECIAL)
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in special for special in _IPV4_SPECIAL)
    )


class Deadline:
    """The moment at which a fetch must be over."""

    def __init__(self, seconds: float, *, name: str) -> None:
        self._seconds, self._name = seconds, name
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds that remain, at most ``most``.

        Raises:
            ArticleError: ``fetch_timeout``: none remain.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise ArticleError("fetch_timeout", name=self._name, limit=f"{self._seconds:g}")
        return left if most is None else min(left, most)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends with the whole fetch: a server that trickles does not hold us up."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as declared by httpcore
        return self._inner.get_extra_info(info)


class PublicNetwork(httpcore.NetworkBackend):
    """Connects where ``allowed`` says that the address may be connected to.

    ``name`` is what messages call the fetch; ``deadline`` bounds it with all its connections.
    """

    def __init__(
        self, *, name: str, deadline: Deadline, resolve: Resolve, allowed: Callable[[Address], bool]
    ) -> None:
        self._name, self._deadline = name, deadline
        self._resolve, self._allowed = resolve, allowed
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the addresses of ``host``, all of which must be allowed.

        Raises:
            ArticleError: ``unknown_host``, ``not_public``, ``fetch_timeout``.
            httpcore.ConnectError, httpcore.ConnectTimeout: none of them answers.
        """
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        found = self._looked_up(host, port)
        for address in found:
            if not self._allowed(ipaddress.ip_address(address)):
                raise ArticleError("not_public", name=self._name, host=host, address=address)
        return found

    def _looked_up(self, host: str, port: int) -> list[str]:
        """The answer of the name server. A thread waits for it, because the system's call knows no limit."""
        answer: list[list[str] | OSError | UnicodeError] = []

        def look_up() -> None:
            try:
                answer.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        thread = threading.Thread(target=look_up, name="name server", daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        self._deadline.left()
        found = answer[0] if answer else OSError("no answer")
        if isinstance(found, Exception) or not found:
            raise ArticleError("unknown_host", name=self._name, host=host)
        return found
