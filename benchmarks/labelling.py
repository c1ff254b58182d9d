"""Does the queue find what is worth labelling? Labels that are known are taken away and asked for one batch at a time.

    python -m benchmarks.labelling [--seeds N] [--write]

A model starts from a tenth of the training items (whole documents). In each round the queue chooses items from the
rest, their known labels are added and a new model is trained; its F1 on problems of the held-out items, which no model
sees, is compared with that of items chosen by chance. ``--write`` writes docs/labelling.svg and the table of
docs/labelling.md between its marks.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from random import Random
from statistics import fmean

from gknlp.export.charts import Panel, Point, shares_svg
from gknlp.issues.classify import IssueModel
from gknlp.knowledge.issue_types import IssueType, cue_labels, load_issue_types
from gknlp.text.normalize import fold
from gknlp.train.data import Item, read_data
from gknlp.train.fit import train
from gknlp.train.queue import Candidate, Strategy, choose
from gknlp.train.scores import answer, score

ROOT = Path(__file__).parent.parent
START = 0.1
ROUNDS = (0.15, 0.2, 0.3)  # shares of the training items that are labelled after each round
STRATEGIES: tuple[Strategy, ...] = ("mixed", "random")
_MARKS = re.compile(r"(<!-- curve -->\n).*?(<!-- /curve -->)", re.DOTALL)


def first_items(items: list[Item], seed: int) -> set[int]:
    """Return about a tenth of the items, document by document."""
    documents = sorted({item.document for item in items})
    Random(seed).shuffle(documents)
    chosen: set[int] = set()
    for document in documents:
        if len(chosen) >= START * len(items):
            break
        chosen |= {place for place, item in enumerate(items) if item.document == document}
    return chosen


def next_items(
    items: list[Item],
    labelled: set[int],
    model: IssueModel,
    count: int,
    strategy: Strategy,
    kinds: tuple[IssueType, ...],
) -> set[int]:
    """Return the items that the queue asks for; they are looked at one by one, as they come in a queue."""
    rest = [place for place in range(len(items)) if place not in labelled]
    candidates = [candidate(items[place], model, kinds) for place in rest]
    return {rest[one.place] for one in choose(candidates, count, strategy, seed=len(labelled))}


def candidate(item: Item, model: IssueModel, kinds: tuple[IssueType, ...]) -> Candidate:
    """Return what the queue sees of an item."""
    (probabilities,) = model.probabilities([(item.text, item.role)])
    return Candidate(item.text, probabilities, frozenset(cue_labels(fold(item.text), item.role, kinds)))


def curve(
    items: list[Item], held: list[Item], kinds: tuple[IssueType, ...], strategy: Strategy, seed: int
) -> list[float]:
    """Return F1 on held-out problems after the start and after each round."""
    labelled = first_items(items, seed)
    found = []
    for share in (*ROUNDS, None):
        model = IssueModel(train([items[place] for place in sorted(labelled)], kinds, "loop").weights)
        found.append(score(answer(model, held), "problem", [kind.id for kind in kinds]).micro_f1)
        print(f"seed {seed} {strategy}: {len(labelled)} items, F1 {found[-1]:.3f}", flush=True)
        if share is not None:
            wanted = round(share * len(items)) - len(labelled)
            labelled |= next_items(items, labelled, model, wanted, strategy, kinds)
    return found


def main() -> None:
    """Run the rounds and print or write the curve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    kinds = load_issue_types()
    data = read_data([ROOT / "annotations"], None, kinds)
    items, held = list(data.of_split("train")), list(data.of_split("heldout"))
    curves = {
        strategy: [curve(items, held, kinds, strategy, seed) for seed in range(options.seeds)]
        for strategy in STRATEGIES
    }
    table = as_table(curves, len(items))
    print(table)
    if options.write:
        write(table, curves)


def as_table(curves: dict[Strategy, list[list[float]]], items: int) -> str:
    """Return the mean curves as a Markdown table."""
    lines = ["| labelled | items | queue | chance | difference |", "|---|---|---|---|---|"]
    for step, share in enumerate((START, *ROUNDS)):
        queue, chance = (fmean(run[step] for run in curves[strategy]) for strategy in STRATEGIES)
        lines.append(f"| {share:.0%} | {round(share * items)} | {queue:.3f} | {chance:.3f} | {queue - chance:+.3f} |")
    return "\n".join(lines)


def write(table: str, curves: dict[Strategy, list[list[float]]]) -> None:
    """Write the figure and the table into the documentation."""
    panels = []
    for strategy in STRATEGIES:
        points = []
        for step, share in enumerate((START, *ROUNDS)):
            values = [run[step] for run in curves[strategy]]
            points.append(Point(f"{share:.0%}", fmean(values), min(values), max(values)))
        panels.append(Panel({"mixed": "by the queue", "random": "by chance"}.get(strategy, strategy), tuple(points)))
    svg = shares_svg(
        "F1 on held-out problems by share of items labelled", "bands: lowest and highest run", panels, lines=True
    )
    docs = ROOT / "docs"
    (docs / "labelling.svg").write_text(svg, encoding="utf-8")
    page = docs / "labelling.md"
    page.write_text(_MARKS.sub(rf"\g<1>{table}\n\g<2>", page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
