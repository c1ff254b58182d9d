"""The viewer in a real browser: places, filters, labels, downloads; nothing leaves the file, nothing in a report runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner

import gknlp
from gknlp.cli import main
from gknlp.export.viewer import EMBEDDED, entry_of, write_viewer
from gknlp.model import Issue, Label, Repair, Report, Section
from gknlp.train.formats import read_passages, verify
from tests.building import make_cell, make_fact, make_report, make_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EXAMPLES = Path(__file__).parent.parent / "examples"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EVIL = "</script><script>document.title='run'</script><img src=x onerror=document.title='run'>"
# An emoji before everything: offsets count characters, the browser counts UTF-16 units.
TEXT = f"😀{EVIL}\n2021年公开信息320条。\n五、存在的问题\n一是栏目更新不及时；二是业务培训太少。\n"


def evil_report() -> Report:
    def place(words: str) -> tuple[int, int]:
        return TEXT.index(words), TEXT.index(words) + len(words)

    start, end = place("公开信息320条")
    fact = make_fact(0, "pub.info_total", 320, TEXT.index("320"))
    fact = msgspec.structs.replace(fact, start=start, end=end, text="公开信息320条")
    issues = []
    for number, words in enumerate(("栏目更新不及时", "业务培训太少")):
        start, end = place(words)
        labels = (Label(id="timeliness", probability=0.4 + number / 2),)
        issues.append(
            Issue(id=f"i{number}", role="problem", start=start, end=end, text=words, labels=labels, specific=False,
                  hedged=False, addresses=())
        )  # fmt: skip
    number = TEXT.index("320")
    repair = Repair(value=321, rule="T3_ROW_SUM", unique=True, proof="321 = 321")
    cell = make_cell("granted", "total", 320, start=number, end=number + 3, repair=repair)
    table = msgspec.structs.replace(make_table("requests", {}), cells=(cell,))
    section = Section(id="issues", heading="五、存在的问题", start=TEXT.index("五"), end=len(TEXT))
    return msgspec.structs.replace(
        make_report(f"{EVIL}.txt"),
        title=EVIL,
        text=TEXT,
        facts=(fact,),
        issues=tuple(issues),
        tables=(table,),
        sections=(section,),
    )


def test_the_list_begins_with_what_is_to_be_looked_at() -> None:
    bad = entry_of(gknlp.extract(EXAMPLES / "dongping_county_2021.txt"), "a")
    calm = entry_of(gknlp.extract(EXAMPLES / "wangxi_county_2022.txt"), "b")
    assert bad.failed > 0
    assert bad.repairs > 0
    assert sorted([calm, bad], key=lambda entry: entry.order)[0] is bad


def test_reports_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert write_viewer([evil_report()], page) == 1
    text = page.read_text(encoding="utf-8")
    assert EVIL not in text
    assert text.count("</script>") == 3
    assert "http" not in text.replace("http-equiv", "")


def test_many_reports_stand_in_files_beside_the_page(tmp_path: Path) -> None:
    page = tmp_path / "all.html"
    reports = (msgspec.structs.replace(evil_report(), id=f"{number:016d}") for number in range(EMBEDDED + 3))
    assert write_viewer(reports, page) == EMBEDDED + 3
    files = sorted((tmp_path / "all_data").rglob("*.js"))
    assert len(files) == EMBEDDED + 3
    assert EVIL not in files[0].read_text(encoding="utf-8")
    assert "data-report" not in page.read_text(encoding="utf-8").split("<script>")[0]


def test_the_command_says_when_there_is_nothing(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["view", str(tmp_path), "-o", str(tmp_path / "x.html")])
    assert result.exit_code == 1
    assert "run 'gknlp extract' on the sources first" in result.stderr


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install chromium to test the viewer")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page that fails the test when something is wrong in it or leaves it."""
    faults: list[str] = []
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "blob:")) else faults.append(request.url)
    )
    yield page
    context.close()
    assert faults == []


def opened(page: Page, folder: Path, reports: list[Report]) -> Page:
    target = folder / "review.html"
    write_viewer(reports, target)
    page.goto(target.as_uri())
    page.wait_for_selector("#text span")
    return page


def test_nothing_in_a_report_runs(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, [evil_report()])
    assert page.title() == "review"
    assert page.locator("#text").inner_text().startswith(f"😀{EVIL}")
    assert page.locator("#text img, #about img").count() == 0


def test_from_a_value_to_its_place_and_back(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, [evil_report()])
    page.keyboard.press("2")
    page.keyboard.press("j")
    assert "".join(page.locator("#text .on").all_inner_texts()) == "公开信息320条"
    page.locator("#text span", has_text="320").click()
    assert page.locator("#panel td.on").inner_text().split() == ["320", "→", "321"]
    page.locator("#text span", has_text="业务培训太少").click()
    assert page.locator("#panel .item.on").get_attribute("data-id") == "issue:i1"


def test_labels_are_corrected_and_downloaded_as_annotations(page: Page, tmp_path: Path) -> None:
    opened(page, tmp_path, [evil_report()])
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator("#dialog input[value=skills]").check()
    page.locator("#dialog input[value=timeliness]").uncheck()
    page.locator("#dialog-ok").click()
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert page.locator("#decided").inner_text() == "3 decided"
    with page.expect_download() as download:
        page.locator("#download").click()
    file = tmp_path / "annotations.jsonl"
    download.value.save_as(file)
    read = list(read_passages(file, {}))
    assert [verify(one) for one in read] == ["栏目更新不及时", "业务培训太少"]
    assert [one.names for one in read] == [("timeliness",), ("skills",)]
    with page.expect_download() as download:
        page.locator("#review").click()
    download.value.save_as(tmp_path / "decisions.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "decisions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["kind"], line["decision"]) for line in lines] == [
        ("issue", "accept"),
        ("issue", "edit"),
        ("fact", "reject"),
    ]
    page.reload()
    page.wait_for_selector("#text span")
    assert page.locator("#decided").inner_text() == "3 decided", "decisions outlive the page"


def test_reports_are_searched_and_filtered(page: Page, tmp_path: Path) -> None:
    paths = sorted(EXAMPLES.glob("*.txt"))[:4]
    opened(page, tmp_path, [evil_report(), *(gknlp.extract(path) for path in paths)])
    assert page.locator("#count").inner_text() == f"{1 + len(paths)} of {1 + len(paths)}"
    page.locator("#search").fill("东屏岭")
    page.locator("#count", has_text="1 of").wait_for()
    page.locator("#search").fill("")
    page.locator("#filter").select_option("failed identities")
    assert page.locator(".row").count() < 1 + len(paths)
    page.locator(".row").first.click()
    page.keyboard.press("4")
    assert "fail" in page.locator("#panel .item").first.inner_text()


def test_ten_thousand_reports_are_listed_at_once(page: Page, tmp_path: Path) -> None:
    base = evil_report()
    count = 10_000
    target = tmp_path / "review.html"
    write_viewer((msgspec.structs.replace(base, id=f"{number:016d}", year=number) for number in range(count)), target)
    page.goto(target.as_uri())
    page.wait_for_selector("#text span")
    assert page.locator("#count").inner_text() == f"{count} of {count}"
    assert page.locator(".row").count() < 100
    page.locator("#search").fill("9999")
    page.locator("#count", has_text="1 of").wait_for()
    page.locator(".row").first.click()
    page.wait_for_selector("#text span")
