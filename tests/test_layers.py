"""Imports go down only, never sideways between the packages that read one kind of thing, and never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gknlp

ROOT = Path(gknlp.__file__).parent
LAYERS = {
    "model": 0,
    "errors": 0,
    "findings": 0,
    "knowledge": 1,
    "text": 1,
    "readers": 2,
    "sections": 3,
    "tables": 3,
    "facts": 3,
    "issues": 3,
    "issuer": 3,
    "checks": 4,
    "pipeline": 5,
    "export": 5,
    "evaluate": 6,
    "train": 7,
    "corpus": 7,
    "cli": 8,
}
# Within a layer: the catalogue of findings makes diagnostics; knowledge is folded as the texts are, and what numbers
# look like is knowledge, too.
SIDEWAYS = {("findings", "model"), ("knowledge", "text"), ("text", "knowledge")}
OUTSIDE = {"", "__main__"}  # the package itself, whose names are imported at their first use


def part(module: str) -> str:
    """Return the package or module right beneath gknlp that a dotted name belongs to."""
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[str]:
    """Yield every dotted name of gknlp that a file imports, also within functions and for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "gknlp")
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "gknlp":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level > 0:
            raise AssertionError(f"{path}: relative import")


def is_allowed(source: str, target: str) -> bool:
    if source in OUTSIDE or source == target or (source, target) in SIDEWAYS:
        return True
    if target == "":  # for the version
        return LAYERS[source] >= LAYERS["pipeline"]
    return LAYERS[target] < LAYERS[source]


def source_files() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def own_part(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    source = own_part(path)
    assert source in OUTSIDE or source in LAYERS, f"{source} has no layer"
    up = [f"{source} -> {target}" for target in imports(path) if not is_allowed(source, part(target))]
    assert not up


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        *[
            ("tables", "text", True),
            ("tables", "facts", False),
            ("text", "readers", False),
            ("knowledge", "text", True),
        ],
        *[("readers", "cli", False), ("cli", "readers", True), ("tables", "", False), ("pipeline", "", True)],
    ],
)
def test_the_rule_itself(source: str, target: str, allowed: bool) -> None:
    assert is_allowed(source, target) is allowed


def dotted(path: Path) -> str:
    return ".".join(("gknlp", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def graph() -> dict[str, set[str]]:
    """Return which modules each module imports; the names of the package itself are not followed."""
    modules = {dotted(path): path for path in source_files()}
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        targets = set(imports(path)) if name != "gknlp" else set()
        found[name] = {target if target in modules else target.rpartition(".")[0] for target in targets} - {"gknlp"}
    return found


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules that are left when those that import none of the others are taken away again and again."""
    rest = dict(edges)
    while free := [name for name, targets in rest.items() if not targets & rest.keys()]:
        for name in free:
            del rest[name]
    return sorted(rest)


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circle(graph()) == []


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


def test_imports_within_functions_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("def f():\n    from gknlp.cli import main\n    from gknlp import pipeline\n", encoding="utf-8")
    assert list(imports(file)) == ["gknlp.cli.main", "gknlp.pipeline"]
