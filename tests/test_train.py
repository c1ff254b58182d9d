"""Reading annotations of every format, training, comparing, the card and the audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gknlp.issues.annotations import AnnotationError
from gknlp.issues.classify import IssueModel
from gknlp.issues.context import ALONE, BESIDE, clues
from gknlp.issues.features import grams, squeeze
from gknlp.issues.weights import write_weights
from gknlp.knowledge.issue_types import load_issue_types
from gknlp.model import Role
from gknlp.text.normalize import fold
from gknlp.train.audit import audit, kappa, masi
from gknlp.train.card import make_card, read_card, write_card
from gknlp.train.compare import compare
from gknlp.train.data import Data, Item, read_data, without_near
from gknlp.train.decide import sections
from gknlp.train.fit import Linear, Trained, TrainingError, fit_linear, train
from gknlp.train.matrix import Examples, make_examples
from gknlp.train.scores import Answer, score
from tests.support.lessons import make_item, small_folder, write_lines

KINDS = load_issue_types()
TEXT = "一是栏目更新慢；二是人手少。下一步，加强培训。"


# --- formats


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


EXPECTED = [("栏目更新慢", "problem", ("timeliness",)), ("加强培训", "measure", ("skills",))]
SPANS = [{"start": 2, "end": 7, "label": "problem:timeliness"}, {"start": 18, "end": 22, "label": "measure:skills"}]
OWN = {"text": "栏目更新慢", "start": 2, "end": 7, "role": "problem", "labels": ["timeliness"], "context": TEXT}
OWN_2 = {"text": "加强培训", "start": 18, "end": 22, "role": "measure", "labels": ["skills"], "context": TEXT}
STUDIO = [
    {
        "id": 1,
        "data": {"text": TEXT},
        "annotations": [
            {
                "completed_by": 3,
                "result": [
                    {
                        "id": "r1",
                        "type": "labels",
                        "value": {"start": 2, "end": 7, "text": "栏目更新慢", "labels": ["problem"]},
                    },
                    {"id": "r1", "type": "choices", "value": {"start": 2, "end": 7, "choices": ["timeliness"]}},
                    {"id": "r2", "type": "labels", "value": {"start": 18, "end": 22, "labels": ["measure:skills"]}},
                    {"id": "r3", "type": "relation", "value": {}},
                ],
            },
            {"completed_by": 4, "was_cancelled": True, "result": []},
        ],
    }
]
ARGILLA = {
    "id": "x",
    "fields": {"text": TEXT},
    "responses": {
        "spans": [
            {"value": SPANS, "user_id": "u1", "status": "submitted"},
            {"value": SPANS[:1], "user_id": "u2", "status": "draft"},
        ]
    },
}
FILES = {
    "own.jsonl": lines(OWN, OWN_2),
    "table.csv": "text,labels,role,start,end,context\n"
    f"栏目更新慢,timeliness,problem,2,7,{TEXT}\n加强培训,skills,measure,18,22,{TEXT}\n",
    "doccano.jsonl": lines(
        {"id": 1, "text": TEXT, "label": [[2, 7, "problem:timeliness"], [18, 22, "measure:skills"]]}
    ),
    "doccano_old.jsonl": lines({"id": 1, "text": TEXT, "labels": [[2, 7, "P timeliness"], [18, 22, "M skills"]]}),
    "doccano_relations.jsonl": lines(
        {
            "text": TEXT,
            "entities": [
                {"id": n, "label": s["label"], "start_offset": s["start"], "end_offset": s["end"]}
                for n, s in enumerate(SPANS)
            ],
            "relations": [],
        }
    ),
    "studio.json": json.dumps(STUDIO, ensure_ascii=False, indent=2),
    "prodigy.jsonl": lines(
        {"text": TEXT, "spans": SPANS, "answer": "accept", "_input_hash": 1},
        {"text": "不要", "spans": [], "answer": "reject"},
    ),
    "argilla.jsonl": lines(ARGILLA),
    "argilla_v1.jsonl": lines(
        {"text": TEXT, "annotation": [["problem:timeliness", 2, 7], ["measure:skills", 18, 22]], "prediction": None}
    ),
}


def read(path: Path, content: str | bytes) -> Data:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_data([path], None, KINDS)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_items(name: str, tmp_path: Path) -> None:
    items = read(tmp_path / name, FILES[name]).votes
    assert [(item.text, item.role, item.labels) for item in items] == EXPECTED
    assert all(TEXT[item.start : item.end] == item.text for item in items)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,labels\n栏目更新慢,timeliness;platform\n"),
        ("a.tsv", "text\tlabels\n栏目更新慢\ttimeliness|platform\n"),
        ("a.jsonl", lines({"text": "栏目更新慢", "label": ["timeliness", "platform"]})),
        ("b.jsonl", lines({"text": "栏目更新慢", "accept": ["timeliness", "platform"], "answer": "accept"})),
        (
            "c.jsonl",
            lines({"fields": {"text": "栏目更新慢"}, "responses": {"q": [{"value": ["timeliness", "platform"]}]}}),
        ),
        (
            "d.json",
            json.dumps(
                [
                    {
                        "data": {"text": "栏目更新慢"},
                        "annotations": [{"result": [{"value": {"choices": ["timeliness", "platform"]}}]}],
                    }
                ]
            ),
        ),
        ("e.jsonl", "\ufeff" + lines({"text": "栏目更新慢", "labels": ["公开不及时", "网站与数字平台不完善"]})),
    ],
)
def test_labels_of_whole_texts(name: str, content: str, tmp_path: Path) -> None:
    (item,) = read(tmp_path / name, content).items
    assert (item.text, item.role, item.labels) == ("栏目更新慢", "problem", ("timeliness", "platform"))


def test_lines_of_gknlp_point_into_documents_jsonl(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "all", documents=3, held=1)
    whole = read_data([folder], None, KINDS)
    assert read_data([folder / "some.jsonl"], None, KINDS).digest() == whole.digest()
    (folder / "documents.jsonl").unlink()
    with pytest.raises(AnnotationError, match=r"some\.jsonl:1: no text for the span"):
        read_data([folder / "some.jsonl"], None, KINDS)


# --- wrong files: each error names the file and the line

GOOD = {"text": "栏目更新慢", "labels": ["timeliness"]}
WRONG: dict[str, tuple[str, str | bytes, str]] = {
    "a shifted span": ("a.jsonl", lines(GOOD, OWN | {"start": 3, "end": 8}), r"a\.jsonl:2: the span 3:8 holds"),
    "a span outside": ("a.jsonl", lines(GOOD, OWN | {"end": 99}), r"a\.jsonl:2: the span 2:99 lies outside"),
    "a negative span": ("a.jsonl", lines(OWN | {"start": -5}), r"a\.jsonl:1: the span -5:7 lies outside"),
    "a shifted span of doccano": (
        "a.jsonl",
        lines({"text": TEXT, "label": [[6, 8, "timeliness"], [25, 99, "skills"]]}),
        r"a\.jsonl:1: .* outside",
    ),
    "a shifted span of Label Studio": (
        "a.json",
        json.dumps(STUDIO, ensure_ascii=False, indent=2).replace('"start": 2', '"start": 3', 1),
        r"a\.json:2: the span 3:7 holds '目更新慢', not '栏目更新慢'",
    ),
    "white space in a span": (
        "a.jsonl",
        lines({"text": "甲 栏目", "label": [[1, 4, "coverage"]]}),
        r"a\.jsonl:1: .* white space",
    ),
    "an unknown label": (
        "a.jsonl",
        lines(GOOD, GOOD | {"labels": ["timelines"]}),
        r"a\.jsonl:2: unknown label 'timelines'",
    ),
    "no labels": ("a.jsonl", lines(GOOD, GOOD | {"labels": []}), r"a\.jsonl:2: no labels"),
    "a label of the other role": (
        "a.jsonl",
        lines(GOOD | {"role": "measure", "labels": ["other_issue"]}),
        r"a\.jsonl:1: .* no label of a measure",
    ),
    "two roles": (
        "a.jsonl",
        lines(GOOD | {"labels": ["problem:skills", "measure:skills"]}),
        r"a\.jsonl:1: labelled as problem and as measure",
    ),
    "an unknown role": ("a.jsonl", lines(GOOD | {"role": "goal"}), r"a\.jsonl:1: unknown role 'goal'"),
    "an unknown split": ("a.jsonl", lines(GOOD | {"split": "dev"}), r"a\.jsonl:1: unknown split 'dev'"),
    "an exclusive label with another": (
        "a.jsonl",
        lines(GOOD | {"labels": ["none_stated", "skills"]}),
        r"a\.jsonl:1: .* stands alone",
    ),
    "an item twice": (
        "a.jsonl",
        lines(GOOD | {"id": "x"}, OWN | {"id": "x"}),
        r"a\.jsonl:2: item 'x' .* twice, first at .*a\.jsonl:1",
    ),
    "a span twice": (
        "a.jsonl",
        lines(GOOD, GOOD | {"labels": ["skills"]}),
        r"a\.jsonl:2: .* twice, first at .*a\.jsonl:1",
    ),
    "GB 18030 in UTF-8": ("a.jsonl", lines(GOOD).encode() + lines(GOOD).encode("gb18030"), r"a\.jsonl:2: is no UTF-8"),
    "broken JSON": ("a.jsonl", lines(GOOD) + "{'text': 1}\n", r"a\.jsonl:2: "),
    "a cut line": ("a.jsonl", lines(GOOD) + lines(GOOD)[:20], r"a\.jsonl:2: "),
    "a cut array": ("a.json", json.dumps(STUDIO)[:-1], r"a\.json:1: the array is not closed"),
    "a number as record": ("a.json", "[1]", r"a\.json:1: a record is an object, not int"),
    "an unknown format": (
        "a.jsonl",
        lines(GOOD, {"sentence": "x"}),
        r"a\.jsonl:2: no known format has the fields sentence",
    ),
    "a row of another width": (
        "a.csv",
        "text,labels\n甲,skills\n乙,skills,1\n",
        r"a\.csv:3: has not the number of cells",
    ),
    "an offset that is a word": (
        "a.csv",
        f"text,labels,start,end,context\n甲,skills,two,7,{TEXT}\n",
        r"a\.csv:2: 'start' is a number",
    ),
    "nothing": ("a.jsonl", "", r"a\.jsonl: no annotated item"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_annotations_are_refused_by_file_and_line(case: str, tmp_path: Path) -> None:
    name, content, told = WRONG[case]
    with pytest.raises(AnnotationError, match=told):
        read(tmp_path / name, content)


# --- splits, annotators, near-duplicates


def test_documents_without_a_split_are_held_out_by_their_digest_alone(tmp_path: Path) -> None:
    many = lines(*(GOOD | {"text": f"第{n}个栏目更新慢", "document": f"d{n}"} for n in range(200)))
    data = read(tmp_path / "a.jsonl", many)
    assert 20 <= len(data.of_split("heldout")) <= 60
    assert data == read(tmp_path / "a.jsonl", many)


def test_labels_that_half_of_the_annotators_gave_are_kept(tmp_path: Path) -> None:
    votes = [("a", ["skills"]), ("b", ["skills", "staffing"]), ("c", ["skills", "awareness"])]
    content = lines(*(OWN | {"id": who, "annotator": who, "labels": labels} for who, labels in votes))
    data = read(tmp_path / "a.jsonl", content)
    assert [item.labels for item in data.items] == [("skills",)]
    assert len(data.votes) == 3


def test_training_items_near_held_out_ones_are_left_out() -> None:
    held = make_item("个别栏目内容更新不够及时，半年没有变动", "timeliness", document="h", split="heldout")
    near = make_item("个别栏目内容更新不够及时，半年没有变动过", "timeliness", document="a")
    far = make_item("承办人员多为兼职，调整频繁", "staffing", document="b")
    short = make_item("更新慢", "timeliness", document="c")
    kept, dropped = without_near([near, far, short, held])
    assert kept == (far, short, held)
    assert dropped == ((near, held.text),)


# --- training


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return read_data([small_folder(tmp_path_factory.mktemp("small"))], None, KINDS)


@pytest.fixture(scope="module")
def trained(data: Data) -> Trained:
    return train(data.of_split("train"), KINDS, "small")


def test_training_again_gives_the_same_bytes(data: Data, trained: Trained, tmp_path: Path) -> None:
    write_weights(trained.weights, tmp_path / "one")
    write_weights(train(data.of_split("train"), KINDS, "small").weights, tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


@pytest.fixture(scope="module")
def examples(trained: Trained) -> Examples:
    return make_examples(
        trained.items,
        [label.id for label in trained.weights.header.labels if label.trained],
        [kind for kind in KINDS if not kind.exclusive],
    )


@pytest.fixture(scope="module")
def fitted(examples: Examples) -> Linear:
    return fit_linear(examples)


def test_features_are_those_of_scikit_learn(trained: Trained, fitted: Linear) -> None:
    model = IssueModel(trained.weights)
    names = fitted.vectorizer.get_feature_names_out().tolist()
    assert names == list(model.header.grams)
    for item in trained.items[:50]:
        row = fitted.vectorizer.transform([fold(item.text)])
        theirs = {names[column]: value for column, value in zip(row.indices, row.data, strict=True)}
        signs = model._finder.find(fold(item.text)).signs
        ours = model._sums.values(grams(squeeze(fold(item.text))), signs)
        known = {sign: ours.pop(sign) for sign in signs if sign in fitted.signs.vocabulary_}
        assert ours.keys() == theirs.keys()
        assert all(ours[gram] == pytest.approx(theirs[gram], abs=1e-12) for gram in ours)
        assert set(known.values()) <= {0.1}


def test_predictions_are_those_of_scikit_learn(trained: Trained, fitted: Linear, examples: Examples) -> None:
    """Its regression with the weights as they are stored agrees to 1e-6, that with all their digits to 1e-3."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = IssueModel(trained.weights)
    labels = [label for label in model.labels if label.trained]
    lines = examples.single()
    matrix = fitted.matrix(lines, examples.labels)
    count = len(model.header.grams) + len(model.header.signs)
    stored = np.frombuffer(trained.weights.rows, dtype="<u2").reshape(count, len(labels)).astype(float) - 32768
    roles: dict[bool, Role] = {True: "problem", False: "measure"}
    ours = [model.scores(text, roles[bool(problem)]) for text, problem in zip(lines.folded, lines.problem, strict=True)]
    items = [model.scores(item.text, item.role) for item in trained.items]
    for column, label in enumerate(labels):
        learner = LogisticRegression(solver="liblinear").fit(matrix[:20], np.arange(20) % 2)
        cues = np.array(label.cue_weights) / 0.1
        learner.coef_ = np.concatenate([stored[:, column] * label.scale, cues, [label.role_weight]])[None]
        learner.intercept_ = np.array([label.bias])
        mine = 1 / (1 + np.exp(-np.array([scores[label.id] for scores in ours])))
        assert np.abs(learner.predict_proba(matrix)[:, 1] - mine).max() < 1e-6
        full = 1 / (1 + np.exp(-(matrix @ fitted.coefficients[column] + fitted.biases[column])))
        assert np.abs(full - mine).max() < 1e-3
        highest = examples.highest(np.array([[scores[label.id]] for scores in ours]))[:, 0]
        assert highest.tolist() == [scores[label.id] for scores in items]


def test_what_the_section_says_is_weighed_as_by_scikit_learn(trained: Trained) -> None:
    """The probabilities of items in their sections are those of its regression over the same clues."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = IssueModel(trained.weights)
    learners = {width: LogisticRegression().fit(np.eye(2, width), [0, 1]) for width in (len(ALONE), len(BESIDE))}
    for rows in sections(trained.items)[:20]:
        items = [(trained.items[row].text, trained.items[row].role) for row in rows]
        guesses = [model.guess(text, role) for text, role in items]
        for guess, told, given in zip(guesses, clues(guesses), model.probabilities(items), strict=True):
            shared = model.header.of_role(guess.role)
            for label, values in told.items():
                if label in trained.untrained:
                    continue
                own = next(one for one in model.labels if one.id == label).of_role(guess.role)
                assert own is not None
                beside = len(values) == len(shared.beside)
                learner = learners[len(values)]
                learner.coef_ = np.array([shared.beside if beside else shared.alone])
                learner.intercept_ = np.array([own.beside if beside else own.alone])
                assert given[label] == pytest.approx(learner.predict_proba([values])[0, 1], abs=1e-9)


def test_neighbours_are_also_learnt_from_as_one_item() -> None:
    items = [
        make_item("更新慢", "timeliness", document="a"),
        make_item("人手少", "staffing", document="a"),
        make_item("栏目空", "coverage", document="a"),
        make_item("培训", "skills", document="a", role="measure"),
        make_item("没人管", "supervision", document="b"),
    ]
    items[1] = msgspec.structs.replace(items[1], disputed=("staffing",))
    labels = ["timeliness", "staffing", "coverage", "skills", "supervision"]
    examples = make_examples(items, labels, [kind for kind in KINDS if not kind.exclusive])
    assert examples.weights[1].tolist() == [1, 0.5, 1, 1, 1]
    more = examples.with_pairs()
    assert more.wholes().folded == [*(item.text for item in items), "更新慢。人手少"]
    assert more.truth[-1].tolist() == [True, True, False, False, False]
    assert more.weights[-1].tolist() == [1, 0.5, 1, 1, 1]


def test_labels_that_annotators_dispute_are_known(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small", documents=6, held=1)
    items = [item for item in read_data([folder], None, KINDS).items if "none_stated" not in item.labels]
    one, two = (
        next(item for item in items if len(item.labels) > 1),
        next(item for item in items if len(item.labels) == 1),
    )
    (folder / "agreement").mkdir()
    write_lines(
        folder / "agreement" / "labels.jsonl",
        [
            {"document": item.document, "start": item.start, "end": item.end, "role": item.role}
            | {"first": list(item.labels), "second": second}
            for item, second in ((one, [one.labels[0]]), (two, ["publicity"]))
        ],
    )
    found = {item.id: item for item in read_data([folder], None, KINDS).items}
    assert found[one.id].disputed == tuple(sorted(one.labels[1:]))
    assert found[one.id].agreed == one.labels[:1]
    assert found[two.id].agreed == two.labels  # nothing is agreed on: all that was settled counts
    assert {item.id for item in found.values() if item.disputed} == {one.id, two.id}


def test_labels_without_enough_items_are_told_by_their_cues(data: Data) -> None:
    some = [item for item in data.of_split("train") if "new_media" not in item.labels]
    result = train(some, KINDS, "some")
    assert "new_media" in result.untrained
    (labels,) = IssueModel(result.weights).predict([("政务新媒体运维较弱", "problem")])
    assert {label.id: label.probability for label in labels}["new_media"] == 0.5


def test_a_label_of_the_user_s_own_is_trained(data: Data, tmp_path: Path) -> None:
    knowledge = tmp_path / "mine.toml"
    knowledge.write_text(
        '[[issue]]\nid = "weather"\nzh = "天气"\nen = "weather"\ndefinition = "Rain stops the work."\ninclude = []\n'
        'exclude = []\ncues = ["台风"]\nexamples = []\ncounter_examples = []\nneighbours = []\n',
        encoding="utf-8",
    )
    kinds = load_issue_types(knowledge)
    own = [make_item(f"因台风和暴雨，第{n}次现场公开活动取消", "weather", document=f"o{n}") for n in range(30)]
    model = IssueModel(train([*data.of_split("train"), *own], kinds, "own").weights)
    (labels,) = model.predict([("因台风和暴雨，现场公开活动取消", "problem")])
    assert "weather" in [label.id for label in labels]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([make_item(f"栏目{n}更新慢", "timeliness", document=f"d{n}") for n in range(30)], "same labels .timeliness."),
        ([], "all 0 items"),
        (
            [make_item(f"{n}", "skills" if n % 2 else "quality", document=f"d{n % 3}") for n in range(30)],
            "come from 3 documents",
        ),
        (
            [make_item(f"{n}", "skills" if n % 2 else "quality", document=f"d{n}") for n in range(9)],
            "no label has 10 items",
        ),
        (
            [
                make_item(f"{n}", "skills" if n < 20 else "quality", document="d" if n < 20 else f"d{n}")
                for n in range(60)
            ],
            "too few documents",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_told(items: list[Item], told: str) -> None:
    with pytest.raises(TrainingError, match=told):
        train(items, KINDS, "x")


# --- measures


def answered(labels: str, given: str, probability: float = 0.9, document: str = "d") -> Answer:
    item = make_item("某", *labels.split(), document=document)
    return Answer(
        item,
        tuple(given.split()),
        dict.fromkeys(("skills", "staffing", "quality"), 0.0) | dict.fromkeys(given.split(), probability),
    )


def test_scores_by_hand() -> None:
    answers = [answered("skills", "skills"), answered("skills staffing", "skills"), answered("quality", "staffing")]
    found = score(answers, "problem", ["skills", "staffing", "quality"])
    assert (found.items, found.exact) == (3, 0.3333)
    assert found.micro_f1 == pytest.approx(2 * 2 / (4 + 3), abs=1e-4)
    assert found.macro_f1 == pytest.approx((1 + 0 + 0) / 3, abs=1e-4)
    assert [(one.label, one.precision, one.recall, one.support) for one in found.labels] == [
        ("skills", 1.0, 1.0, 2),
        ("staffing", 0.0, 0.0, 1),
        ("quality", 0.0, 0.0, 1),
    ]
    assert [(one.label, one.instead, one.items) for one in found.confusions] == [("quality", "staffing", 1)]
    assert found.calibration.error_assigned == pytest.approx(abs(0.9 - 2 / 3), abs=1e-3)


def test_intervals_hold_the_measure_and_are_the_same_each_time() -> None:
    answers = [answered("skills", "skills" if n % 3 else "quality", document=f"d{n}") for n in range(60)]
    found = score(answers, "problem", ["skills", "quality"])
    assert found.micro_interval[0] < found.micro_f1 < found.micro_interval[1]
    assert found == score(answers, "problem", ["skills", "quality"])


def test_no_items_no_scores() -> None:
    assert score([], "problem", ["skills"]).micro_f1 == 0.0


# --- audit, comparison, card


def test_agreement_by_hand() -> None:
    assert kappa([(True, True), (False, False), (True, False), (False, False)]) == 0.5
    assert kappa([(False, False)]) == 1.0
    assert (masi(frozenset("a"), frozenset("a")), masi(frozenset("a"), frozenset("b"))) == (0.0, 1.0)


def test_a_wrong_label_is_found_and_annotators_are_compared(data: Data) -> None:
    wrong = make_item(
        "群众对政策解读的形式单一反映较多，解读以文字为主，缺少图解视频解读", "staffing", document="wrong"
    )
    two = [
        msgspec.structs.replace(
            item, id=f"{item.id}{who}", annotator=who, labels=item.labels if who == "x" or n % 4 else ("quality",)
        )
        for n, item in enumerate(item for item in data.items if item.role == "problem")
        for who in "xy"
    ][:80]
    found = audit(
        msgspec.structs.replace(data, votes=tuple(two)), train([*data.of_split("train"), wrong], KINDS, "audit")
    )
    assert any(doubt.item.id == wrong.id and doubt.label == "staffing" and doubt.given for doubt in found.doubts)
    assert found.passages == 40
    assert found.alpha is not None
    assert 0.5 < found.alpha < 1.0
    assert {(one.first, one.second) for one in found.agreements} == {("x", "y")}


def test_nobody_to_compare(data: Data, trained: Trained) -> None:
    assert audit(data, trained).alpha is None


def test_a_worse_model_is_told_with_the_items_that_change(data: Data, trained: Trained) -> None:
    some = [item for item in data.of_split("train") if item.role == "measure"]
    other = train(some, KINDS, "other")
    held = [item for item in data.of_split("heldout") if "none_stated" not in item.labels]
    found = compare(IssueModel(trained.weights), IssueModel(other.weights), held)
    assert any(one.startswith("problem micro F1") for one in found.worse)
    assert sum(change.gain for change in found.changes) < 0
    assert compare(IssueModel(trained.weights), IssueModel(trained.weights), held).changes == ()


def test_the_card_says_what_was_measured(data: Data, trained: Trained, tmp_path: Path) -> None:
    card = make_card(data, trained, KINDS, (), own_data=True)
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "no sentence is from a real report" in text
    assert f"{card.heldout['problem'].micro_f1:.3f}" in text
    assert [point.share for point in card.curve] == [0.1, 0.25, 0.5, 1.0]
    assert (tmp_path / "calibration.svg").read_text(encoding="utf-8").startswith("<svg")


# --- the command

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run() -> Run:
    from click.testing import CliRunner

    from gknlp.cli.train import command

    def run_it(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(command, [str(word) for word in words])
        return done.exit_code, done.output

    return run_it


def test_train_writes_compares_and_refuses_a_worse_model(run: Run, tmp_path: Path) -> None:
    folder, poor = small_folder(tmp_path / "data"), tmp_path / "poor"
    out = tmp_path / "mine"
    code, told = run(folder, "-o", out)
    assert (code, out.joinpath("card.md").exists()) == (0, True), told
    assert "old (issues-v1) and new on the held-out items" in told
    before = (out / "model.json").read_bytes()
    small_folder(poor, documents=28)
    code, told = run(poor, "-o", out)
    assert code == 1
    assert "kept as it is, the new model is worse" in told
    assert (out / "model.json").read_bytes() == before
    code, told = run(poor, "-o", out, "--allow-regression")
    assert code == 0, told
    assert (out / "model.json").read_bytes() != before


def test_train_adds_a_file_to_the_base_and_audits_without_writing(run: Run, tmp_path: Path) -> None:
    base = small_folder(tmp_path / "data", documents=30, held=4)
    mine = write_lines(tmp_path / "mine.jsonl", [GOOD | {"split": "train"}])
    code, told = run(mine, "--base", base, "--audit")
    assert code == 0, told
    assert "labels to look at again" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "mine.jsonl"]


def test_train_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    mine = write_lines(tmp_path / "mine.jsonl", [GOOD | {"labels": ["nonsense"]}])
    code, told = run(mine, "-o", tmp_path / "out")
    assert code == 1
    assert "mine.jsonl:1: unknown label 'nonsense'" in told
    assert not (tmp_path / "out").exists()


def test_train_wants_to_know_where_the_model_goes(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
