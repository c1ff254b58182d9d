"""``gknlp themes``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.tables import write_table
from gknlp.cli.terminal import clean, pad

if TYPE_CHECKING:
    from gknlp.corpus.themes import By, Themes
    from gknlp.export.charts import Panel
    from gknlp.model import Role

_TABLES = ("shares", "changes", "together", "persistence", "follow_ups", "terms")
_WIDTH = 14


@click.command("themes")
@click.argument("reports", nargs=-1, required=True, metavar="OUT...")
@click.option(
    "--by", type=click.Choice(["year", "province", "level", "kind"]), default="year", help="What is compared."
)
@click.option("--role", type=click.Choice(["problem", "measure"]), default="problem", help="What is counted.")
@click.option(
    "--exclude-copied", is_flag=True, help="Leave out items that other issuers have too, nearly word for word."
)
@click.option(
    "--out", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder for tables, charts and page."
)
@click.option("--format", "format_", type=click.Choice(["csv", "parquet"]), default="csv", help="Of the tables.")
@click.option("--charts", type=click.Choice(["svg", "png"]), default="svg", help="Of the charts.")
def command(
    reports: tuple[str, ...],
    by: By,
    role: Role,
    exclude_copied: bool,
    out: Path | None,
    format_: str,
    charts: str,
) -> None:
    """Compare what reports state as problems and measures.

    OUT are folders or files that 'gknlp extract' wrote. Without -o the shares are printed; with it the folder gets
    tables (shares, changes between years, labels stated together, what persists, promises told the year after, typical
    words, copied passages), a chart and index.html, a page to show.

    \b
    gknlp themes out
    gknlp themes out --by level --role measure -o themes
    """
    from gknlp.cli.progress import progress_bar
    from gknlp.corpus.stored import find_stored
    from gknlp.corpus.themes import find_themes, observe
    from gknlp.errors import MissingExtra, UnreadableInput

    try:
        stored = list(find_stored(reports))
        with progress_bar(len(stored), shown=sys.stderr.isatty()) as done:
            seen = observe(stored, done=done)
        themes = find_themes(seen, by=by, role=role, exclude_copied=exclude_copied)
        if not themes.reports:
            raise click.ClickException(f"no report under {', '.join(reports)} states a {role}")
        if out is None:
            click.echo("\n".join(_text(themes)))
        else:
            _write(themes, out, format_, charts)
            click.echo(f"{themes.reports} reports -> {out / 'index.html'}", err=True)
    except (UnreadableInput, MissingExtra) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        click.echo(f"cannot write {out}: {error.strerror or error}", err=True)
        sys.exit(3)


def _text(themes: Themes) -> Iterator[str]:
    groups = list(dict.fromkeys(share.group for share in themes.shares))
    yield f"share of the reports that state a {themes.role}, by {themes.by} ({themes.reports} reports)"
    yield pad("", 20) + "".join(pad(clean(group or "unknown"), _WIDTH, right=True) for group in groups)
    by_label: dict[str, list[str]] = {}
    for share in themes.shares:
        half = (share.high - share.low) * 50
        by_label.setdefault(share.label, []).append(f"{share.share:.0%} ±{half:.0f}")
    for label, cells in by_label.items():
        yield pad(label, 20) + "".join(pad(cell, _WIDTH, right=True) for cell in cells)
    copies = themes.copies
    yield f"{copies.share:.1%} of {copies.items} items stand in the report of another issuer too"


def _write(themes: Themes, out: Path, format_: str, charts: str) -> None:
    """Write the tables, the chart and the page."""
    from gknlp.export.charts import shares_png, shares_svg

    out.mkdir(parents=True, exist_ok=True)
    for name in _TABLES:
        write_table(getattr(themes, name), out / f"{name}.{format_}")
    write_table(themes.copies.groups, out / f"copies.{format_}")
    title = f"{themes.role}s by {themes.by}"
    lines = themes.by == "year"
    panels = _panels(themes)
    svg = shares_svg(title, f"share of {themes.reports} reports, with intervals of 95 %", panels, lines=lines)
    if charts == "png":
        shares_png(out / "shares.png", title, panels, lines=lines)
    else:
        (out / "shares.svg").write_text(svg, encoding="utf-8")
    (out / "index.html").write_text(_page(themes, title, svg), encoding="utf-8")


def _panels(themes: Themes) -> list[Panel]:
    """Return a panel for each label that anybody states, the most frequent first."""
    from gknlp.export.charts import Panel, Point

    names = _names(themes)
    found: dict[str, list[Point]] = {}
    total: dict[str, int] = {}
    for share in themes.shares:
        if share.group:
            found.setdefault(share.label, []).append(Point(share.group, share.share, share.low, share.high))
            total[share.label] = total.get(share.label, 0) + share.stating
    order = sorted((label for label in found if total[label]), key=lambda label: (-total[label], label))
    return [Panel(names[label], tuple(found[label])) for label in order]


def _names(themes: Themes) -> dict[str, str]:
    """Return what each label is called; a label of the user's own is called by its id."""
    from gknlp.knowledge.issue_types import load_issue_types

    names = {share.label: share.label for share in themes.shares} | {one.label: one.label for one in themes.follow_ups}
    return names | {kind.id: f"{kind.zh} {kind.id}" for kind in load_issue_types()}


def _page(themes: Themes, title: str, svg: str) -> str:
    from gknlp.export.pages import render

    words: dict[str, list[str]] = {}
    for term in themes.terms:
        words.setdefault(term.group or "unknown", []).append(term.term)
    notable = [one for one in themes.changes if one.low > 0 or one.high < 0]
    notable.sort(key=lambda one: -abs(one.difference))
    return render(
        "themes.html.j2",
        title=title,
        themes=themes,
        chart=svg,
        names=_names(themes),
        notable=notable[:20],
        terms=list(words.items()),
    )
