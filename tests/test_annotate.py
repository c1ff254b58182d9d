"""The labelling loop: what is chosen, and spans and labels that go through every tool's format and come back."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import msgspec
import pytest
from click.testing import CliRunner

from gknlp.cli import main
from gknlp.issues.annotations import AnnotationError
from gknlp.model import Issue, Label, Section
from gknlp.train.exchange import TOOLS, Tool, write_passages
from gknlp.train.formats import Passage, join_passages, read_passages, verify
from gknlp.train.queue import Candidate, choose, conflict, uncertainty
from tests.building import make_report

LABELS = ("timeliness", "skills", "new_media", "grassroots", "requests")
# What offsets stumble over: emoji, characters beyond the first plane, CRLF, traditional characters, width, combining marks.
PIECES = (
    "公开不及时",
    "隊伍力量不足",
    "😀👍🏽",
    "𠮷野家",
    "\r\n",
    "　",
    "ﾃｽﾄ",
    "é",
    "“引号”",
    "<b>&amp;</b>",
    '"',
    "\\",
    "栏目3个",
    "\t",
)


def passage(random: Random, number: int) -> Passage:
    before, inside, after = ("".join(random.choices(PIECES, k=random.randint(1, 6))) for _ in range(3))
    inside = f"题{inside}末"
    context = before + inside + after
    return Passage(
        place="x:1",
        context=context,
        start=len(before),
        end=len(before) + len(inside),
        text=inside,
        names=tuple(random.sample(LABELS, random.choice((1, 1, 2, 3)))),
        role=random.choice(("problem", "measure")),
        id=f"p-{number}",
        document=f"d-{number % 50}",
        pass_="w9",  # noqa: S106 - a round of writing
        annotator=random.choice(("a", "小李")),
        split="train",
    )


def known(one: Passage) -> Passage:
    """The passage without where it was read from; a tool may repeat the text or not."""
    return msgspec.structs.replace(one, place="", text=verify(one))


@pytest.mark.parametrize("tool", TOOLS)
def test_five_hundred_passages_go_through_and_come_back(tool: Tool, tmp_path: Path) -> None:
    random = Random(7)
    sent = [passage(random, number) for number in range(500)]
    file = tmp_path / "file.json"
    file.write_bytes(write_passages(sent, tool).encode())
    came = join_passages(read_passages(file, {}))
    assert [known(one) for one in came] == [known(one) for one in sent]


def test_every_tool_can_be_sent_what_another_exported(tmp_path: Path) -> None:
    sent = [passage(Random(1), 0)]
    data = write_passages(sent, "gknlp")
    for tool in (*TOOLS, "gknlp"):
        file = tmp_path / f"{tool}.json"
        file.write_text(data, encoding="utf-8", newline="")
        data = write_passages(join_passages(read_passages(file, {})), tool)  # type: ignore[arg-type]
    file.write_text(data, encoding="utf-8", newline="")
    assert [known(one) for one in join_passages(read_passages(file, {}))] == [known(one) for one in sent]


def test_label_studio_counts_in_utf16_units_and_its_converters_in_characters(tmp_path: Path) -> None:
    def task(start: int, end: int) -> str:
        value = {"start": start, "end": end, "text": "栏目停更", "labels": ["timeliness"]}
        return json.dumps([{"data": {"text": "😀一是栏目停更。"}, "annotations": [{"result": [{"value": value}]}]}])

    for number, (start, end) in enumerate([(4, 8), (3, 7)]):
        file = tmp_path / f"{number}.json"
        file.write_text(task(start, end), encoding="utf-8")
        (one,) = read_passages(file, {})
        assert (one.start, one.end, verify(one)) == (3, 7, "栏目停更")
    file.write_text(task(1, 5), encoding="utf-8")
    (shifted,) = read_passages(file, {})
    with pytest.raises(AnnotationError, match="holds"):
        verify(shifted)


# -- the queue ---------------------------------------------------------------------------------------------------------


def candidate(text: str, cues: tuple[str, ...] = (), **probabilities: float) -> Candidate:
    return Candidate(text, probabilities, frozenset(cues))


def test_doubt_and_conflict() -> None:
    assert uncertainty({"a": 0.5, "b": 0.1}) == pytest.approx(0.6 / 1.6)
    assert uncertainty({"a": 0.5, "b": 0.4, "c": 0.6}) == pytest.approx(1.3 / 2.3)
    assert uncertainty({"a": 1.0}) == 0.0
    assert conflict({"a": 0.9, "b": 0.1}, frozenset({"b"})) == pytest.approx(0.9)
    assert uncertainty({}) == conflict({}, frozenset()) == 0.0


def test_the_queue_takes_what_is_doubtful_contested_and_different() -> None:
    items = [
        candidate("栏目更新不及时", ("a",), a=0.99),
        candidate("业务培训开展得少", a=0.55),
        candidate("业务培训开展得太少", a=0.56),
        candidate("公开栏无人维护", ("b",), a=0.3, b=0.02),
        candidate("答复文书不够规范", ("a",), a=0.8),
    ]
    places = [[one.place for one in choose(items, 2, strategy)] for strategy in ("uncertainty", "conflict", "mixed")]
    assert places[0] == [1, 2]
    assert places[1][0] == 3
    assert set(places[2]) & {1, 2}
    assert len(set(places[2]) & {1, 2}) == 1, "the two are all but the same"
    assert choose(items, 3, "random", seed=4) == choose(items, 3, "random", seed=4)
    assert len(choose(items, 99, "mixed")) == len(items)


# -- the commands ------------------------------------------------------------------------------------------------------

TEXT = "五、存在的主要问题\n一是😀栏目更新不及时；二是业务培训开展得太少。\n"


def extracted(folder: Path) -> Path:
    folder.mkdir()
    spans = [(TEXT.index("😀"), TEXT.index("；")), (TEXT.index("业务"), TEXT.index("。"))]
    issues = tuple(
        Issue(id=f"i{number}", role="problem", start=start, end=end, text=TEXT[start:end],
              labels=(Label(id="timeliness", probability=0.6),), specific=False, hedged=False, addresses=())
        for number, (start, end) in enumerate(spans)
    )  # fmt: skip
    sections = (Section(id="issues", heading="五、存在的主要问题", start=0, end=len(TEXT)),)
    report = msgspec.structs.replace(make_report("a.txt"), text=TEXT, sections=sections, issues=issues)
    (folder / "a.json").write_text(report.to_json(), encoding="utf-8")
    return folder


@pytest.mark.parametrize("tool", TOOLS)
def test_the_loop_from_reports_to_annotations(tool: Tool, tmp_path: Path) -> None:
    runner = CliRunner()
    out = extracted(tmp_path / "out")
    tasks, mine = tmp_path / "tasks.json", tmp_path / "mine.jsonl"
    arguments = ["annotate", "queue", str(out), "-n", "2", "--prelabel", "--to", tool, "-o", str(tasks)]
    assert runner.invoke(main, arguments).exit_code == 0
    result = runner.invoke(main, ["annotate", "import", str(tasks), "-o", str(mine)])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in mine.read_text(encoding="utf-8").splitlines()]
    assert {line["text"] for line in lines} == {"😀栏目更新不及时", "业务培训开展得太少"}
    assert all(line["context"][line["start"] : line["end"]] == line["text"] for line in lines)
    assert all(line["labels"] == ["timeliness"] and line["role"] == "problem" for line in lines)


def test_a_shifted_span_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "shifted.jsonl"
    file.write_text('{"text": "一是栏目停更。", "label": [[2, 40, "timeliness"]]}\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["annotate", "import", str(file)])
    assert result.exit_code == 1
    assert f"{file}:1: the span 2:40 lies outside" in result.stderr


def test_our_own_annotations_are_exported_whole(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "annotations"
    target = tmp_path / "all.json"
    result = CliRunner().invoke(main, ["annotate", "export", str(folder), "--to", "label-studio", "-o", str(target)])
    assert result.exit_code == 0
    assert len(json.loads(target.read_text(encoding="utf-8"))) > 6000
