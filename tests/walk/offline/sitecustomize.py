"""Put on the PYTHONPATH of the server under test: no connection may leave this machine.

Python imports a module of this name at start. Every attempt is written into the file that the variable
OFFLINE_LOG names, and refused; every process that is watched so writes its command beside it. It reaches
processes started by a watched one too, also where they get an environment of their own, as the readers of
files do. See PEP 578 for audit hooks.
"""

import ipaddress
import os
import sys
from pathlib import Path

NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
ADDRESSES = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo")


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple) -> None:
    if event in NAMES:
        host = arguments[0]
    elif event in ADDRESSES and isinstance(arguments[-1], tuple):
        host = arguments[-1][0]
    elif event == "subprocess.Popen" and isinstance(arguments[3], dict):
        _pass_on(arguments[3])
        return
    else:
        return
    if not _is_local(host):
        with Path(os.environ["OFFLINE_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise PermissionError(f"the tests allow no connection to {host}")


def _pass_on(environment: dict) -> None:
    """Has a child watched too whose environment is not ours. Popen reads it after the event."""
    environment["OFFLINE_LOG"] = os.environ["OFFLINE_LOG"]
    here = str(Path(__file__).parent)
    others = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path not in ("", here)]
    environment["PYTHONPATH"] = os.pathsep.join([here, *others])


if "OFFLINE_LOG" in os.environ:
    sys.addaudithook(_watch)
    with Path(os.environ["OFFLINE_LOG"] + ".watched").open("a", encoding="utf-8") as log:
        log.write(" ".join(sys.orig_argv) + "\n")
