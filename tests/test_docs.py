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

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETUP = "python3 -m venv"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def command_lines() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith(SETUP)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that has what the README's reader has in hers."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.mark.parametrize("line", command_lines())
def test_command_lines_run(line: str, place: Path) -> None:
    assert line.startswith("gknlp ")
    script = f'set -e; gknlp() {{ "{sys.executable}" -m gknlp "$@"; }}; {line}'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or "-> out" in done.stderr


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the README's own code


def test_one_line_runs_the_main_job_and_one_the_tests() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith(SETUP)]
    assert len(set(lines)) == 2
    assert sum(line.endswith("-m pytest") for line in set(lines)) == 1


def test_every_command_is_shown() -> None:
    shown = {line.split()[1] for line in command_lines()}
    assert shown == set(COMMANDS)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_heavy_parts_are_declared_and_bounded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=!\[]", item)[0] for item in project["dependencies"]}
    assert needed == {"click", "msgspec", "jieba", "spacy", "scikit-learn", "pandas"}
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    assert all("<" in item or item.startswith("gknlp[") for item in project["dependencies"] + extras)


def test_the_changelog_knows_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in changelog or f"## {gknlp.__version__}" in changelog
