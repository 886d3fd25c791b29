"""Nothing leaves this machine: every format through the page, and proof that the watch sees an attempt.

Every walk fails on an attempt of the server, of the readers that it starts, or of the browser; see ``visit``.
"""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.files_made import FORMS, make, page, saved_page, zipped

# Pages that would load something, if anybody rendered them or followed their entities.
REMOTE = page(
    head='<link rel="stylesheet" href="http://192.0.2.1/a.css"><script src="//192.0.2.1/a.js"></script>'
    '<meta http-equiv="refresh" content="0; url=http://192.0.2.1/"><base href="http://192.0.2.1/">',
    above='<img src="http://192.0.2.1/a.png"><iframe src="http://192.0.2.1/"></iframe>',
)
XINCLUDE = (
    '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><title>Treffen</title>'
    '<description><xi:include href="http://192.0.2.1/x"/>Ein Treffen in Wien.</description>'
    "</item></channel></rss>"
)


def test_no_format_makes_the_server_ask_another_machine(start_server, visit, tmp_path):
    walk = visit(start_server(samples=False))
    folder = tmp_path / "artikel"
    folder.mkdir()
    for form in FORMS:
        name, data = make(form)
        (folder / f"{form}-{name}").write_bytes(data)
    (folder / "fern.html").write_text(REMOTE, encoding="utf-8")
    (folder / "fern.zip").write_bytes(zipped({"fern.html": REMOTE.encode(), "x.rss": XINCLUDE.encode()}))
    files = sorted(folder.iterdir())
    said = walk.add(*files)
    assert f"Fertig: {len(files) + 1} gelesen, 0 nicht." in said
    watched = walk.server.watched()
    assert any("streamlit run" in command for command in watched)
    assert any("timeline.articles.worker" in command for command in watched)


ATTEMPTS = """
import socket, subprocess, sys
def tried(attempt):
    try:
        attempt()
    except PermissionError:
        return
    sys.exit("not refused")
tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
tried(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1))
tried(lambda: socket.getaddrinfo("bote.example", 80))
tried(lambda: socket.gethostbyname("bote.example"))
tried(lambda: tcp.connect_ex(("10.0.0.1", 80)))
tried(lambda: udp.sendto(b"x", ("169.254.169.254", 80)))
tried(lambda: udp.sendmsg([b"x"], [], 0, ("203.0.113.1", 53)))
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
if len(sys.argv) > 1:
    done = subprocess.run([sys.executable, "-P", "-c", sys.argv[1]], env={"PYTHONPATH": "elsewhere"})
    sys.exit(done.returncode)
"""


def test_the_watch_sees_and_refuses_every_way_out(tmp_path):
    log = tmp_path / "offline.log"
    watch = {"PYTHONPATH": str(Path(__file__).parent / "offline"), "OFFLINE_LOG": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", ATTEMPTS, ATTEMPTS],
        env={**os.environ, **watch}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    attempts = log.read_text(encoding="utf-8").splitlines()
    assert len(attempts) == 12, "six by the process, six by the one that it started"
    assert attempts[:6] == attempts[6:]


def test_a_folder_with_a_saved_page(start_server, visit, tmp_path):
    walk = visit(start_server(samples=False))
    with zipfile.ZipFile(io.BytesIO(saved_page())) as archive:
        archive.extractall(tmp_path / "artikel")
    walk.go("articles")
    walk.page.locator(".st-key-folder label").click()
    # The uploader for files stands there until the one for folders has come.
    walk.page.locator('input[type="file"][webkitdirectory]').set_input_files(tmp_path / "artikel")
    walk.page.locator(".st-key-read button").click()
    walk.page.wait_for_selector(".st-key-results")
    walk.settle()
    assert "Fertig: 1 gelesen, 0 nicht." in walk.page.locator(".st-key-results").inner_text()
