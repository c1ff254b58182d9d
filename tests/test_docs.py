"""What the README shows works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gknlp
from gknlp.cli import COMMANDS
from gknlp.export import guide

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SETUP = "python3 -m venv"
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(page: Path) -> list[tuple[str, str]]:
    """The blocks of a page in its order: the language and what is to be run."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def command_lines(page: Path = ROOT / "README.md") -> list[str]:
    lines = [
        line for language, block in blocks(page) if language == "sh" for line in block.splitlines() if line.strip()
    ]
    return [line for line in lines if not line.startswith(SETUP)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that has what the reader has in hers."""
    for name in ("examples", "annotations"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def run_line(line: str, place: Path) -> None:
    assert line.startswith("gknlp ")
    script = f'set -e; gknlp() {{ "{sys.executable}" -m gknlp "$@"; }}; {line}'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert done.stdout or "-> " in done.stderr, line


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_everything_on_a_page_runs_in_its_order(page: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    for language, block in blocks(page):
        if language == "python":
            exec(compile(block, page.name, "exec"), {})  # noqa: S102 - the page's own code
            continue
        for line in block.splitlines():
            if line.strip() and not line.startswith(SETUP):
                run_line(line, place)


def test_the_made_pages_are_those_of_the_source() -> None:
    assert (ROOT / "docs" / "contract.md").read_text(encoding="utf-8") == guide.contract()
    assert (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8") == guide.codebook()


def test_one_line_runs_the_main_job_and_one_the_tests() -> None:
    lines = [line for _, block in blocks(ROOT / "README.md") for line in block.splitlines() if line.startswith(SETUP)]
    assert len(set(lines)) == 2
    assert sum(line.endswith("-m pytest") for line in set(lines)) == 1


def test_every_command_is_shown() -> None:
    shown = {line.split()[1] for line in command_lines()}
    assert shown == set(COMMANDS)


@pytest.mark.parametrize(
    ("page", "target"),
    [(page, target) for page in PAGES for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))],
)
def test_links_lead_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()


def test_the_heavy_parts_are_declared_and_bounded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=!\[]", item)[0] for item in project["dependencies"]}
    libraries = {"click", "msgspec", "jieba", "spacy", "scikit-learn", "pandas"}
    assert needed == libraries | {"selectolax", "pypdfium2", "olefile", "jinja2", "ahocorasick-rs", "numpy"}
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    assert all("<" in item or item.startswith("gknlp[") for item in project["dependencies"] + extras)


def test_the_changelog_knows_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in changelog or f"## {gknlp.__version__}" in changelog
