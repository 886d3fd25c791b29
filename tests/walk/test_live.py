"""An open page shows what a watched folder brings, without anybody touching it."""

import subprocess
import sys

from tests.walk.conftest import ROOT

ARTICLE = "Wladimir Putin empfing am 22. Februar 2023 den chinesischen Außenminister Wang Yi in Moskau."


def test_a_watched_folder_reaches_the_open_page(start_server, visit):
    server = start_server(samples=False)
    walk = visit(server)
    folder = server.folder / "in"
    folder.mkdir()
    walk.go("articles")
    assert not walk.page.locator(".stDataFrame").count()
    url = f"sqlite:///{server.folder / 'data' / 'timeline.db'}"
    command = [sys.executable, "-m", "timeline", "watch", str(folder), "--database", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watching:
        try:
            (folder / "moskau.txt").write_text(ARTICLE, encoding="utf-8")
            assert "moskau.txt: added, 1 meetings" in watching.stdout.readline()
            walk.page.wait_for_selector(".stDataFrame canvas")
        finally:
            watching.terminate()
    walk.settle()
