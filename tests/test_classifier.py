"""The classifier of problems and measures: its features, its arithmetic, its files and what it says for its labels."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.issues.annotations import read_annotations
from gknlp.issues.classify import IssueModel, load_model, shipped_folder
from gknlp.issues.features import CueFinder, WordFinder, grams, parts, places, squeeze
from gknlp.issues.label import issues_in_text
from gknlp.issues.weights import HEADER, NUMBERS, ModelError, read_weights, write_weights
from gknlp.knowledge.concepts import load_concepts
from gknlp.knowledge.issue_types import cue_pattern, load_issue_types
from gknlp.model import Role
from gknlp.text.normalize import fold
from gknlp.train.card import read_card
from gknlp.train.data import read_data
from gknlp.train.scores import answer, score
from tests.support.lessons import ANNOTATIONS

TEXTS = st.text(alphabet="信息公开更新不及时意识 \n\t,。、(2019)%App", max_size=60)
PROBLEM: Role = "problem"


def held_out() -> list[tuple[str, Role]]:
    return [(item.text, item.role) for item in read_annotations(ANNOTATIONS).of_split("heldout").items]


# --- features


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("2021 年,共 18 件。", "0年|共0件|"),
        ("意 识\n不 强", "意识不强"),
        ("20 21年", "0年"),
        ("“一网通办”", "|一网通办|"),
        ("", ""),
    ],
)
def test_squeeze(text: str, squeezed: str) -> None:
    assert squeeze(fold(text)) == squeezed


@given(TEXTS)
def test_places_are_the_grams_with_their_spans(text: str) -> None:
    found = places(fold(text))
    assert [place.gram for place in found] == grams(squeeze(fold(text)))
    assert all(squeeze(fold(text)[place.start : place.end]) == place.gram.strip("^$") for place in found)


CUES = tuple(kind.cues for kind in load_issue_types())
FINDER = CueFinder(CUES)


def dense(text: str) -> str:
    return "".join(fold(text).split())


def slow_hits(folded: str, cues: tuple[tuple[str, ...], ...]) -> list[int]:
    patterns = [cue_pattern(words) for words in cues]
    return [index for index, pattern in enumerate(patterns) if pattern and pattern.search(folded)]


def test_the_finder_of_cues_finds_what_the_patterns_find() -> None:
    for text, _ in held_out():
        assert FINDER.hits(fold(text)) == slow_hits(fold(text), CUES)


@given(
    st.text(alphabet="ab\u2026", max_size=8).filter(lambda cue: all(cue.split("\u2026"))),
    TEXTS,
    st.text("abc", max_size=30),
)
def test_the_finder_of_cues_on_any_cue(cue: str, _: str, text: str) -> None:
    cues = ((cue,), ("ab", "abc"), ("c", "b\u2026c"), ())
    assert CueFinder(cues).hits(text) == slow_hits(text, cues)


def test_no_cues_at_all() -> None:
    assert CueFinder([(), ()]).hits("意识不强") == []


CONCEPTS = {"late": ("滞后", "拖…月"), "site": ("网站", "网"), "few": ("少",)}


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("网站更新滞后", ["late", "late&site", "site"]),
        ("网站更新滞 后", ["late", "late&site", "site"]),
        ("拖了两个月，网站内容少", ["few", "late", "site", "site&few"]),
        ("人手紧", []),
        ("", []),
    ],
)
def test_concepts_and_their_pairs_within_a_clause(text: str, signs: list[str]) -> None:
    assert WordFinder([], CONCEPTS).find(fold(text)).signs == sorted(signs)


def test_cues_and_concepts_are_found_in_one_pass() -> None:
    finder = WordFinder(CUES, CONCEPTS)
    for text, _ in held_out()[:200]:
        found = finder.find(fold(text))
        assert found.cues == slow_hits(dense(text), CUES)
        assert [sign for sign in found.signs if "&" not in sign] == sorted(
            name for name, words in CONCEPTS.items() if (pattern := cue_pattern(words)) and pattern.search(dense(text))
        )


def test_the_words_of_a_sign_are_told_with_their_places() -> None:
    text = "网 站更新滞\n后，网站差"
    assert [text[start:end] for start, end in WordFinder([], CONCEPTS).sign_spans(text, "late&site")] == [
        "网 站",
        "滞\n后",
        "网站",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("栏目更新慢", ["栏目更新慢"]),
        ("更新不及时。部分栏目半年没有新内容", ["更新不及时。", "部分栏目半年没有新内容"]),
        ("不够。栏目更新慢；人手少", ["不够。栏目更新慢;人手少"]),
        ("不够。栏目更新慢；人手长期不足", ["不够。栏目更新慢;", "人手长期不足"]),
        ("人手少，" * 12 + "栏目更新慢", ["人手少," * 10, "人手少," * 2 + "栏目更新慢"]),
        ("无标点" * 20, ["无标点" * 20]),
        ("", [""]),
    ],
)
def test_an_item_is_read_sentence_by_sentence(text: str, found: list[str]) -> None:
    folded = fold(text)
    assert [folded[start:end] for start, end in parts(folded)] == found


@given(st.text(alphabet="更新慢，。；!\n 1", max_size=150))
def test_parts_make_up_the_item(text: str) -> None:
    folded = fold(text)
    spans = parts(folded)
    assert "".join(folded[start:end] for start, end in spans) == folded
    assert all(start < end for start, end in spans) or not folded


def test_a_long_item_has_the_labels_of_its_sentences() -> None:
    model = load_model()
    both = "栏目更新不及时，半年没有新内容。承办人员多为兼职，调整频繁"
    scores = model.scores(both, "problem")
    for label, sentence in (("timeliness", both[:16]), ("staffing", both[16:])):
        assert scores[label] == model.scores(sentence, "problem")[label]
        for reason in model.explain(both, "problem", label):
            assert all(both[start:end] in sentence for start, end in reason.spans)


# --- the shipped model


def test_the_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in shipped_folder().iterdir() if path.name in (HEADER, NUMBERS)) < 3_000_000


def test_the_shipped_model_was_trained_on_these_annotations_and_cues() -> None:
    kinds = load_issue_types()
    card = read_card(shipped_folder())
    assert card is not None
    remedy = "train it again: gknlp train annotations -o models/issues-v1"
    assert card.data_digest == read_data([ANNOTATIONS], None, kinds).digest(), remedy
    assert [label.cues for label in load_model().labels] == [kind.cues for kind in kinds if not kind.exclusive], remedy
    assert load_model().header.concepts == {concept.id: concept.words for concept in load_concepts()}, remedy


def test_the_shipped_model_is_as_good_as_its_card_says() -> None:
    kinds = load_issue_types()
    items = [
        item for item in read_data([ANNOTATIONS], None, kinds).of_split("heldout") if "none_stated" not in item.labels
    ]
    answers = answer(load_model(), items)
    card = read_card(shipped_folder())
    assert card is not None
    for role in ("problem", "measure"):
        assert score(answers, role, [kind.id for kind in kinds]) == card.heldout[role]
        assert card.heldout[role].micro_interval[0] > card.cues_alone[role].micro_interval[1]


def test_predicting_loads_no_training_library() -> None:
    code = (
        "import sys\nfrom gknlp.issues.classify import load_model\n"
        "assert load_model().predict([('栏目更新不及时', 'problem')])\n"
        "print([name for name in ('scipy', 'sklearn', 'pandas', 'jieba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "role", "label"),
    [
        ("个别科室主动公开意识不强", "problem", "awareness"),
        ("栏目更新不及时", "problem", "timeliness"),
        ("政策解读形式单一", "problem", "interpretation"),
        ("业务培训开展得少", "problem", "skills"),
        ("加强业务培训", "measure", "skills"),
        ("成立由主要领导任组长的领导小组", "measure", "leadership"),
        ("把网站运维费用列入预算", "measure", "funding"),
    ],
)
def test_plain_wordings(text: str, role: Role, label: str) -> None:
    (labels,) = load_model().predict([(text, role)])
    assert label in [one.id for one in labels]


@given(TEXTS, st.sampled_from(["problem", "measure"]))
def test_every_item_gets_labels_of_its_role_in_falling_probability(text: str, role: Role) -> None:
    (labels,) = load_model().predict([(text, role)])
    allowed = {kind.id for kind in load_issue_types() if kind.allows(role) and not kind.exclusive}
    assert labels
    assert {label.id for label in labels} <= allowed
    assert all(0 <= label.probability <= 1 for label in labels)
    assert sorted(labels, key=lambda label: -label.probability) == list(labels)


def test_an_item_of_which_nothing_is_known_is_left_to_the_rest() -> None:
    problem, measure = load_model().predict([("\u3400\u3401", "problem"), ("\u3400\u3401", "measure")])
    assert [label.id for label in problem] == ["other_issue"]
    assert [label.id for label in measure] == ["generic"]


def test_blanks_line_breaks_widths_and_traditional_characters_change_nothing() -> None:
    plain, odd = load_model().predict(
        [("信息更新不及时,公开率100%", PROBLEM), ("資訊更新\n 不及時，公開率１００％", PROBLEM)]
    )
    assert [label.id for label in plain] == [
        label.id for label in load_model().predict([("信息更新\n不及时，公开率９９％", PROBLEM)])[0]
    ]
    assert odd


# --- reasons


@pytest.mark.parametrize("role", ["problem", "measure"])
def test_reasons_add_up_to_the_score_and_stand_where_they_say(role: Role) -> None:
    model, text = load_model(), "2023 年，个别栏目更新不及时，个别栏目空白"
    for label in ("timeliness", "coverage", "skills"):
        reasons = model.explain(text, role, label)
        assert sum(reason.weight for reason in reasons) == pytest.approx(model.scores(text, role)[label], abs=1e-6)
        for reason in reasons:
            if reason.kind == "ngram":
                assert reason.spans
                assert {squeeze(fold(text)[start:end]) for start, end in reason.spans} == {reason.text.strip("^$")}


def test_reasons_of_a_cue_are_its_places() -> None:
    text = "栏目更新不及时"
    found = [reason for reason in load_model().explain(text, "problem", "timeliness") if reason.kind == "cue"]
    assert "timeliness" in [reason.text for reason in found]
    assert all(reason.spans for reason in found)


SECTION: list[tuple[str, Role]] = [
    ("栏目更新不及时", "problem"),
    ("人手偏少", "problem"),
    ("按月更新栏目", "measure"),
    ("配备专人", "measure"),
]


def test_reasons_from_the_section_add_up_to_the_probability() -> None:
    model = load_model()
    for items, labels in ((SECTION, ("timeliness", "platform")), (SECTION[:1], ("timeliness",))):
        given = model.probabilities(items)[0]
        for label in labels:
            reasons = model.explain_beside(items, 0, label)
            odds = math.log(given[label] / (1 - given[label]))
            assert sum(reason.weight for reason in reasons) == pytest.approx(odds, abs=1e-9)
            assert {reason.kind for reason in reasons} == {"section", "bias"}
    assert model.explain_beside(SECTION, 0, "funding") == ()


def test_concepts_are_among_the_reasons_with_their_places() -> None:
    text = "栏目更新 不及时"
    found = [reason for reason in load_model().explain(text, "problem", "timeliness") if reason.kind == "concept"]
    assert "late" in [reason.text for reason in found]
    assert all(reason.spans for reason in found)


def test_measures_speak_for_the_problem_at_their_place() -> None:
    """The same words beside a measure for them are surer than alone, and surer than beside another measure."""
    model, item = load_model(), ("栏目维护不够到位", PROBLEM)
    alone = model.probabilities([item])[0]
    beside = model.probabilities([item, ("改版网站，优化栏目和检索", "measure")])[0]
    other = model.probabilities([item, ("举办业务培训班", "measure")])[0]
    assert beside["platform"] > max(alone["platform"], other["platform"])


def test_no_reasons_for_a_label_without_weights() -> None:
    with pytest.raises(KeyError, match="none_stated"):
        load_model().explain("无", "problem", "none_stated")


# --- files


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def edit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def other_schema(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("gknlp.issue-model/2", "gknlp.issue-model/9"), "utf-8")


def other_threshold(path: Path) -> None:
    header = msgspec.json.decode(path.read_bytes())
    header["labels"][0]["problem"]["threshold"] = 0.0
    path.write_bytes(msgspec.json.encode(header))


def unknown_field(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"version"', '"release"'), "utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        (NUMBERS, cut, "cut off"),
        (NUMBERS, edit, "changed after training"),
        (NUMBERS, Path.unlink, "No such file"),
        (NUMBERS, empty, "cut off"),
        (HEADER, cut, "cut off"),
        (HEADER, empty, "cut off"),
        (HEADER, other_schema, "gknlp.issue-model/9"),
        (HEADER, other_threshold, "changed after training"),
        (HEADER, unknown_field, "release"),
        (HEADER, Path.unlink, "No such file"),
    ],
)
def test_a_damaged_model_is_refused_and_the_shipped_one_stays_usable(
    copy: Path, name: str, damage: object, told: str
) -> None:
    assert callable(damage)
    damage(copy / name)
    with pytest.raises(ModelError, match=told) as error:
        load_model(copy)
    assert str(copy) in str(error.value)
    assert load_model().predict([("栏目更新不及时", "problem")])


def test_a_model_survives_writing(copy: Path, tmp_path: Path) -> None:
    weights = read_weights(copy)
    write_weights(weights, tmp_path / "again")
    assert (tmp_path / "again" / NUMBERS).read_bytes() == (copy / NUMBERS).read_bytes()
    assert (tmp_path / "again" / HEADER).read_bytes() == (copy / HEADER).read_bytes()
    assert IssueModel(read_weights(tmp_path / "again")).id == load_model().id


# --- issues


def test_issues_have_exact_spans_labels_and_links() -> None:
    text = "一是栏目更新慢；二是人手少。下一步，一是按月更新；二是增配专人。"
    issues = issues_in_text(text)
    assert [issue.text for issue in issues] == ["栏目更新慢", "人手少", "按月更新", "增配专人"]
    assert all(text[issue.start : issue.end] == issue.text for issue in issues)
    assert [issue.labels[0].id for issue in issues] == ["timeliness", "staffing", "timeliness", "staffing"]
    assert [issue.addresses for issue in issues] == [(), (), ("i0",), ("i1",)]


def test_nothing_stated_is_the_segmentation_s_to_tell() -> None:
    (issue,) = issues_in_text("本年度未发现突出问题。")
    assert [(label.id, label.probability) for label in issue.labels] == [("none_stated", 1.0)]


@pytest.fixture(scope="module")
def doc() -> object:
    spacy = pytest.importorskip("spacy")
    import gknlp.issues.spacy_component  # noqa: F401  (an installed gknlp is found by its entry point)

    nlp = spacy.blank("zh")
    nlp.add_pipe("gknlp_issues")
    return nlp("一是栏目更新慢；二是人手少。")


def test_the_component_of_spacy_finds_what_the_function_finds(doc: object) -> None:
    from spacy.tokens import Doc

    assert isinstance(doc, Doc)
    assert tuple(span._.issue for span in doc.spans["issues"]) == issues_in_text(doc.text)
    assert [span.label_ for span in doc.spans["issues"]] == ["problem", "problem"]
    assert doc[:1]._.issue is None
    again = Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert [span._.issue for span in again.spans["issues"]] == [span._.issue for span in doc.spans["issues"]]
