"""An interrupt between two steps of a run: what is written is counted, and what is counted is written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gknlp.corpus.inputs import find_inputs
from gknlp.corpus.interrupts import interrupts_deferred, interrupts_unheard
from gknlp.corpus.run import run
from gknlp.export.sinks import FolderSink
from gknlp.model import Report
from tests.test_pipeline import TEXT

BLOCKED = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


class Unlucky(FolderSink):
    """A folder that is interrupted right after its second file was written."""

    written = 0

    def write(self, name: str, data: bytes) -> None:
        super().write(name, data)
        self.written += 1
        if self.written == 2:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def _hears_interrupts() -> Iterator[None]:
    """Whatever started the tests may have switched interrupts off."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


def test_a_file_that_is_written_is_counted(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(TEXT, encoding="utf-8")
    out = tmp_path / "out"
    summary = run(find_inputs([str(tmp_path)]), Unlucky(out), done=lambda _: None)
    assert summary.interrupted
    assert summary.reports == len(list(out.glob("*.json"))) == 2
    assert all(Report.from_json(path.read_bytes()) for path in out.glob("*.json"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_is_started_unheard_is_whole_and_then_interrupted() -> None:
    begun = []
    with pytest.raises(KeyboardInterrupt), interrupts_deferred(), interrupts_unheard():
        os.kill(os.getpid(), signal.SIGINT)
        begun.append(subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=True).stdout)
    assert begun == ["True\n"]
