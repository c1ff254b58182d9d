"""Rules of the code that no linter knows: where Han characters, broad handlers, printing and heavy imports may stand."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import gknlp

ROOT = Path(gknlp.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Character classes of the script itself: numerals, list markers, sentence ends. Words of the genre are knowledge.
HAN_ALLOWED = ("text/",)
HEAVY = ("jieba", "rjieba", "numpy", "pandas", "sklearn", "scipy", "spacy", "rich")
AT_THE_TOP = sys.stdlib_module_names | {"click", "msgspec", "gknlp"}
NEVER = {"pickle", "marshal", "shelve", "joblib", "socket", "ssl", "http", "ftplib", "smtplib", "requests", "httpx"}
BATCH_BOUNDARY = ("corpus/run.py", "extract_input")

Rule = Callable[[Path, ast.Module], Iterator[str]]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def docstring_lines(tree: ast.Module) -> set[int]:
    """Return the first lines of all docstrings and of strings that stand alone as a statement."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def han_literals(path: Path, tree: ast.Module) -> Iterator[str]:
    """Literals as they are typed: an escaped range such as \\u4e00-\\u9fff names no word."""
    if name(path).startswith(HAN_ALLOWED):
        return
    documentation = docstring_lines(tree)
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("STRING", "FSTRING_MIDDLE") and HAN.search(token.string) and token.start[0] not in documentation:
            yield f"line {token.start[0]}: {token.string[:40]}"


def broad_handlers(path: Path, tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            if (name(path), getattr(function, "name", "")) == BATCH_BOUNDARY:
                continue
            yield from (f"line {handler.lineno}" for handler in own_handlers(function) if is_broad(handler))


def own_handlers(node: ast.AST) -> Iterator[ast.ExceptHandler]:
    """Yield the handlers of a function or module, not those of functions within it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from own_handlers(child)


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds)


def printing(path: Path, tree: ast.Module) -> Iterator[str]:
    if name(path).startswith("cli/"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("print", "click.echo", "click.secho") or called.startswith(("sys.stdout", "sys.stderr")):
                yield f"line {node.lineno}: {called}"


def forbidden(path: Path, tree: ast.Module) -> Iterator[str]:
    """No code from data, no network: neither what is loaded nor what is given away."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("eval", "exec", "__import__"):
            yield f"line {node.lineno}: {ast.unparse(node.func)}"
        for module in imported(node):
            if module.split(".")[0] in NEVER or module.startswith("urllib.request"):
                yield f"imports {module}"


def early_imports(path: Path, tree: ast.Module) -> Iterator[str]:
    """Only the standard library, click and msgspec are imported when a module is."""
    for node in top_level(tree.body):
        for module in imported(node):
            if module.split(".")[0] not in AT_THE_TOP:
                yield f"line {node.lineno}: {module}"


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those for the type checker left out."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            yield from top_level(node.body)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


RULES: list[Rule] = [han_literals, broad_handlers, printing, forbidden, early_imports]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", FILES, ids=name)
def test_rule(path: Path, rule: Rule) -> None:
    assert list(rule(path, ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (han_literals, 'X = "规章"'),
        (han_literals, 'def f():\n    "文档 is fine"\n    return f"{1}规章"'),
        (broad_handlers, "try:\n    pass\nexcept Exception:\n    pass"),
        (broad_handlers, "def f():\n    try:\n        pass\n    except (OSError, BaseException):\n        pass"),
        (broad_handlers, "try:\n    pass\nexcept:\n    pass"),
        (printing, "print(1)"),
        (printing, "def f():\n    sys.stdout.write('x')"),
        (forbidden, "import pickle"),
        (forbidden, "def f():\n    from urllib.request import urlopen"),
        (forbidden, "eval('1')"),
        (early_imports, "import pandas as pd"),
        (early_imports, "try:\n    from spacy import blank\nexcept ImportError:\n    pass"),
    ],
)
def test_each_rule_can_fail(rule: Rule, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "a.py"
    file.write_text(code, encoding="utf-8")
    assert len(list(rule(file, ast.parse(code)))) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (han_literals, '"""规章 in a docstring"""\nX = "[\\u4e00-\\u9fff]"  # 规章 in a comment'),
        (broad_handlers, "try:\n    pass\nexcept OSError:\n    pass"),
        (early_imports, "if TYPE_CHECKING:\n    import pandas\ndef f():\n    import spacy"),
    ],
)
def test_no_rule_is_too_strict(rule: Rule, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "a.py"
    file.write_text(code, encoding="utf-8")
    assert list(rule(file, ast.parse(code))) == []


def loaded(code: str, modules: tuple[str, ...]) -> list[str]:
    """Return which of ``modules`` a fresh interpreter has loaded after ``code``."""
    code += f"\nimport sys\nprint(*[m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


def test_importing_gknlp_loads_nothing_heavy() -> None:
    assert loaded("import gknlp\nimport gknlp.cli", (*HEAVY, "msgspec")) == []


def test_help_loads_nothing_heavy() -> None:
    code = "from gknlp.cli import main\nmain(['--help'], standalone_mode=False)"
    assert loaded(code, HEAVY) == []


def test_extracting_loads_neither_scikit_learn_nor_pandas() -> None:
    code = "import gknlp\ngknlp.extract_text('青原县人民政府2021年政府信息公开工作年度报告\\n一、总体情况\\n公开信息5条。')"
    assert loaded(code, ("sklearn", "pandas", "scipy")) == []
