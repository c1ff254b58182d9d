"""The narrative gold of our own writing must be sound before it can measure anything."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gknlp.model import PeriodKind, Polarity, Qualifier, Scope

ROOT = Path(__file__).parent / "gold"
SETS = ("narrative", "narrative_dev", "narrative_final")
# (set, stem) of every passage
PASSAGES = [
    (name, path.name.removesuffix(".gold.json")) for name in SETS for path in sorted((ROOT / name).glob("*.gold.json"))
]
MAIN = [passage for passage in PASSAGES if passage[0] == "narrative"]
Passage = tuple[str, str]


def words(text: str) -> set[str]:
    return set(text.split())


# The fact ontology, written out so that the gold does not depend on what the extractor happens to know.
TYPES = {
    "pub": "info_total info_by_channel info_by_topic info_by_unit key_area_info doc_issued doc_repealed doc_in_force "
    "doc_open_rate meeting_disclosed budget_info proposal_reply enforcement_info catalog_items catalog_fields "
    "guide_updates media_reports adoption_rate",
    "int": "interpretation interpretation_by_form interpretation_rate press_conference online_interview "
    "leader_attendance hotspot_response policy_qa",
    "par": "consultation opinions_received opinions_adopted hearing open_day participants message_received "
    "message_answered message_rate hotline_orders visits_received handling_days",
    "req": "received carried_in closed carried_out by_channel by_applicant by_outcome by_topic on_time_rate "
    "fee_notice fee_collected",
    "rem": "review review_by_result suit suit_by_result lost complaint",
    "plt": "site_visits site_columns site_count site_corrections media_accounts media_closed media_posts "
    "media_followers media_reads gazette_issues gazette_copies gazette_items reading_places reading_visitors "
    "offline_boards smart_qa pass_rate investment",
    "gov": "meetings trainings trainees staff rules_made review_items inspections circulars rectified "
    "assessment_weight ranking social_review accountability incidents budget visited_study",
    "oth": "count",
}
ONTOLOGY = {f"{group}.{name}" for group, names in TYPES.items() for name in words(names)}
ATTRIBUTES = {
    "channel": words(
        "website site_column wechat weibo short_video news_app gazette press tv_radio board led print "
        "press_conference hall archive_library hotline other_channel"
    ),
    "topic": words(
        "org policy_doc plan_stat budget fees procurement projects land_housing education health employment "
        "social_security rural environment safety market enforcement personnel meeting proposal work_news notice "
        "reprint other_topic"
    ),
    "form": words("text graphic video animation audio expert leader press_conference interview qa other_form"),
    "outcome": words("granted partial denied unavailable not_processed other pending"),
    "applicant": words("natural_person commercial research social_org legal_service other legal_person"),
    "rate_kind": words("closed on_time reply revisit satisfaction adoption open pass"),
    "scope": set(get_args(Scope)),
}
# Ways and subjects of requests have no ids in the official lists; the attribute holds the word.
WORD_ATTRIBUTES = {("req.by_channel", "channel"), ("req.by_topic", "topic")}
UNITS = words(
    "本 档 所 座 个次 条 條 篇 件 项 次 期 場 场 个 個 家 份 册 人 人次 件次 条次 场次 批次 篇次 名 起 宗 批 处 块 台 张 幅 部 元 % ‰ "
    "分 位 户 天 轮 组 平方米 公里 分钟 秒 笔 种 回 米 封 集 类 例 个工作日 字 頁 号 课时"
)
HEADING = re.compile(r"^[一二三四五六]、|年度报告$")
Value = int | float | None


class AltValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Value
    unit: str


class GoldFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    value: Value
    unit: str
    qualifier: Qualifier
    polarity: Polarity
    period_kind: PeriodKind
    quote: str
    number: str
    at: int
    attributes: dict[str, str]
    part_of: int | None
    alt_types: tuple[str, ...]
    alt_values: tuple[AltValue, ...] = ()
    repeat_of: int | None = None
    optional: bool = False


class Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    year: int | None


class Gold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stem: str
    meta: Meta
    facts: tuple[GoldFact, ...]


def read_text(passage: Passage) -> str:
    name, stem = passage
    return (ROOT / name / f"{stem}.txt").read_text(encoding="utf-8")


@cache
def read_gold(passage: Passage) -> Gold:
    """A wrong key or a word outside the vocabularies of the model is a :class:`msgspec.ValidationError`."""
    name, stem = passage
    return msgspec.json.decode((ROOT / name / f"{stem}.gold.json").read_bytes(), type=Gold)


def required_facts() -> list[GoldFact]:
    return [fact for passage in MAIN for fact in read_gold(passage).facts if not fact.optional]


def sentences(text: str) -> set[str]:
    """Sentences of at least twelve characters without white space; the official headings are everybody's."""
    pieces = (re.sub(r"\s", "", piece) for piece in re.split(r"[。；\n]", text))
    return {piece for piece in pieces if len(piece) >= 12 and not HEADING.search(piece)}


def test_every_passage_has_its_gold() -> None:
    texts = [(name, path.stem) for name in SETS for path in sorted((ROOT / name).glob("*.txt"))]
    assert sorted(texts) == sorted(PASSAGES)


@pytest.mark.parametrize("passage", PASSAGES, ids="/".join)
def test_places_are_right(passage: Passage) -> None:
    text = read_text(passage)
    for fact in read_gold(passage).facts:
        end = fact.at + len(fact.number)
        assert text[fact.at : end] == fact.number
        starts = [match.start() for match in re.finditer(re.escape(fact.quote), text)]
        assert fact.quote and any(start <= fact.at and end <= start + len(fact.quote) for start in starts), fact
        assert not fact.number or fact.quote.count(fact.number) == 1, fact
        assert fact.number or fact.at in starts, fact


@pytest.mark.parametrize("passage", PASSAGES, ids="/".join)
def test_words_come_from_the_vocabularies(passage: Passage) -> None:
    gold = read_gold(passage)
    assert gold.stem == passage[1]
    assert gold.meta.year is None or 2014 <= gold.meta.year <= 2025
    for fact in gold.facts:
        assert {fact.type, *fact.alt_types} <= ONTOLOGY and fact.type not in fact.alt_types, fact
        assert fact.unit in UNITS | {""}, fact
        for key, word in fact.attributes.items():
            if (fact.type, key) not in WORD_ATTRIBUTES and key in ATTRIBUTES:
                assert word in ATTRIBUTES[key], fact


@pytest.mark.parametrize("passage", PASSAGES, ids="/".join)
def test_values_agree_with_their_marks(passage: Passage) -> None:
    facts = read_gold(passage).facts
    for index, fact in enumerate(facts):
        if fact.qualifier in ("missing", "masked"):
            assert fact.value is None, fact
        elif not fact.number:
            assert fact.value == 0 and fact.polarity == "zero_by_negation", fact
        if re.fullmatch(r"\d+(\.\d+)?", fact.number):
            assert fact.value == float(fact.number), fact
        for other in (fact.part_of, fact.repeat_of):
            assert other is None or (0 <= other < len(facts) and other != index), fact


@pytest.mark.parametrize("passage", PASSAGES, ids="/".join)
def test_one_fact_a_type_and_place(passage: Passage) -> None:
    places = Counter((fact.at, fact.type) for fact in read_gold(passage).facts)
    assert set(places.values()) <= {1}


def test_there_is_enough_of_it() -> None:
    assert len(MAIN) >= 60 and len(required_facts()) >= 600
    bare = [passage for passage in MAIN if all(fact.optional for fact in read_gold(passage).facts)]
    assert len(bare) >= 6, "passages full of numbers that state no fact"


def test_every_type_occurs() -> None:
    counts = Counter(fact.type for fact in required_facts())
    assert not {name for name in ONTOLOGY if counts[name] < 3}
    assert 0.05 <= counts["oth.count"] / counts.total() <= 0.15


def test_no_passage_repeats_another() -> None:
    owners: dict[str, Passage] = {}
    for passage in PASSAGES:
        for sentence in sentences(read_text(passage)):
            assert owners.setdefault(sentence, passage) == passage, sentence


def test_no_sentence_of_a_real_report() -> None:
    folder = os.environ.get("GKNLP_REPORTS")
    if not folder:
        pytest.skip("GKNLP_REPORTS names no folder of real reports")
    real = [re.sub(r"\s", "", path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.txt"))]
    assert real, folder
    ours = {sentence for passage in PASSAGES for sentence in sentences(read_text(passage))}
    assert not {sentence for sentence in ours for text in real if sentence in text}
