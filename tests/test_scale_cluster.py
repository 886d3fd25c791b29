"""A real scheduler and real workers, killed in the middle: the output is that of an undisturbed run."""

import sys

import pytest

from benchmarks._cluster import Cluster, fingerprint, start_batch, wait_for_pieces
from tests.test_scale import article, read, write_lines
from timeline.scale.blocks import merge_archive
from timeline.scale.folder import Folder
from timeline.scale.workers import WorkersError, workers


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes by signal")
def test_a_killed_worker_and_a_restarted_scheduler(tmp_path):
    source = tmp_path / "in.jsonl"
    write_lines(
        source,
        [article(n, text=f"{article(n)['text']}\n\n{'Ein Satz ohne Treffen. ' * 100}") for n in range(60)],
    )
    size = 10_000
    read(source, tmp_path / "whole", piece_bytes=size)
    with workers(scheduler=None, processes=1) as run:
        merge_archive(Folder(str(tmp_path / "whole")), run)
    out = tmp_path / "out"
    with Cluster() as dask:
        dask.start_worker()
        options = ("--scheduler", dask.address, "--piece-bytes", str(size))
        first = start_batch(source, out, *options)
        wait_for_pieces(first, out, 3)
        assert dask.kill_worker(0)
        wait_for_pieces(first, out, 9)
        dask.kill_scheduler()
        complaint = first.communicate(timeout=600)[1].decode()
        assert first.returncode == 1
        assert "run the same command again" in complaint
        dask.stop()
        dask.start_scheduler()
        dask.start_worker()
        second = start_batch(source, out, *options)
        assert "merged" in second.communicate(timeout=600)[1].decode()
        assert second.returncode == 0
    assert fingerprint(out) == fingerprint(tmp_path / "whole")
    assert not list((out / "_temporary").iterdir())


def test_no_scheduler_is_a_sentence(monkeypatch):
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(WorkersError, match="no Dask scheduler answers"),
        workers(scheduler="tcp://127.0.0.1:9", processes=1),
    ):
        pass
