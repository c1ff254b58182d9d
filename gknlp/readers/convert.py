"""Formats that gknlp does not read itself, by way of a converter that the user has installed.

The converter works in a folder of its own that is removed afterwards; it gets no network and no window.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from gknlp.errors import UnsupportedFormat
from gknlp.model import Document, Source

CONVERTERS = ("soffice", "libreoffice")  # programs looked for, in this order
SECONDS = 120
_INSTALL = (
    "install LibreOffice so that `soffice` is found (Debian, Ubuntu: apt install libreoffice-writer; "
    "Windows, macOS: libreoffice.org), or save it as .docx or .txt first"
)


def read_converted(data: bytes, source: Source, suffix: str) -> Document:
    """Return the document of a file that LibreOffice turns into a Word document.

    ``suffix`` tells LibreOffice what the file is. :class:`UnsupportedFormat` says what to install when there is no
    converter, and that the conversion failed when it did.
    """
    from gknlp.readers import docx

    program = next(filter(None, map(shutil.which, CONVERTERS)), None)
    if program is None:
        raise UnsupportedFormat(f"{source.path} is in a format that only a converter reads: {_INSTALL}")
    return docx.read(_convert(program, data, source.path, suffix), source)


def _convert(program: str, data: bytes, path: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gknlp-") as folder:
        given = Path(folder, f"input{suffix}")
        made = Path(folder, "out", "input.docx")
        given.write_bytes(data)
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "docx", "--outdir", str(made.parent), str(given)]
        environment = {**os.environ, "HOME": folder}
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True, cwd=folder, env=environment)  # noqa: S603 - no shell, our own arguments
            return made.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise UnsupportedFormat(f"{path} could not be converted by {Path(program).name}: {error}") from error
