"""``gknlp schema``."""

from __future__ import annotations

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of a report.

    \b
    gknlp schema > report.schema.json
    """
    from gknlp.export.schema import json_schema

    click.echo(json_schema())
