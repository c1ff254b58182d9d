"""The issues of a report: the items of section five with their labels and links."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.issues.classify import IssueModel, load_model
from gknlp.issues.items import Item
from gknlp.issues.links import link_measures
from gknlp.issues.segment import find_items
from gknlp.knowledge.issue_types import NONE_STATED
from gknlp.model import Document, Issue, Label, Section
from gknlp.readers import read_text


def find_issues(document: Document, sections: Sequence[Section], model: IssueModel | None = None) -> tuple[Issue, ...]:
    """Return the problems and measures of section five in the order of the text; offsets index ``document.text``.

    ``model`` is the shipped one unless given. That nothing is wrong is told by the segmentation: such an item has the
    one label ``none_stated``, of probability 1.
    """
    items = find_items(document, sections)
    if not items:
        return ()
    known = model or load_model()
    labels = _labels(document.text, items, known)
    linked = link_measures(items, [[label.id for label in own] for own in labels])
    return tuple(
        _issue(document.text, place, item, own) for place, (item, own) in enumerate(zip(linked, labels, strict=True))
    )


def issues_in_text(text: str, model: IssueModel | None = None) -> tuple[Issue, ...]:
    """Return the problems and measures of a text that is section five from beginning to end, without its heading.

    >>> [(issue.role, issue.text) for issue in issues_in_text("一是栏目更新慢；二是人手少。下一步，一是按月更新。")]
    [('problem', '栏目更新慢'), ('problem', '人手少'), ('measure', '按月更新')]
    """
    document = read_text(text)
    return find_issues(document, [Section(id="issues", heading="", start=0, end=len(document.text))], model)


def _labels(text: str, items: Sequence[Item], model: IssueModel) -> list[tuple[Label, ...]]:
    told = iter(model.predict((text[item.start : item.end], item.role) for item in items if not item.none_stated))
    nothing = (Label(id=NONE_STATED, probability=1.0),)
    return [nothing if item.none_stated else next(told) for item in items]


def _issue(text: str, place: int, item: Item, labels: tuple[Label, ...]) -> Issue:
    return Issue(
        id=f"i{place}",
        role=item.role,
        start=item.start,
        end=item.end,
        text=text[item.start : item.end],
        labels=labels,
        specific=item.specific,
        hedged=item.hedged,
        addresses=tuple(f"i{problem}" for problem in item.addresses),
    )
