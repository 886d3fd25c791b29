"""Put on the PYTHONPATH of the server under test: no connection may leave this machine.

Python imports a module of this name at start, in child processes too. Every attempt is written into the file
that the variable OFFLINE_LOG names, and refused. See PEP 578 for audit hooks.
"""

import ipaddress
import os
import sys
from pathlib import Path


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_local(host):
        with Path(os.environ["OFFLINE_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise PermissionError(f"the tests allow no connection to {host}")


if "OFFLINE_LOG" in os.environ:
    sys.addaudithook(_watch)
