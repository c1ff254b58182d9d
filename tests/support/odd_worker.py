"""A worker process for tests, in which some texts do what only defects and bad luck do.

A text that holds ``KILL`` ends the process, one with ``ONCE name`` only the first time (it leaves the file ``name``),
one with ``SLEEP name`` leaves the file ``name`` and takes for ever, one with ``KNOWLEDGE`` finds a knowledge file wrong.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import gknlp.corpus.run
from gknlp.corpus.worker import main
from gknlp.errors import KnowledgeError
from gknlp.model import Document, Report
from gknlp.pipeline import Options
from gknlp.pipeline import extract as real

COMMAND = (sys.executable, "-m", "tests.support.odd_worker")


def extract(document: Document, options: Options) -> Report:
    if "KILL" in document.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if (once := re.search(r"ONCE (\S+)", document.text)) and not Path(once[1]).exists():
        Path(once[1]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if asleep := re.search(r"SLEEP (\S+)", document.text):
        Path(asleep[1]).touch()
        time.sleep(3600)
    if "KNOWLEDGE" in document.text:
        raise KnowledgeError("mine.toml: fact x: no pattern")
    return real(document, options)


if __name__ == "__main__":
    gknlp.corpus.run.extract = extract
    main()
