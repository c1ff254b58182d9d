"""The JSON Schema of the contract, derived from the record types."""

from __future__ import annotations

import msgspec

from gknlp.model import SCHEMA, Report


def json_schema() -> str:
    """Return the JSON Schema of one report, the same text on every call."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **msgspec.json.schema(Report)}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
