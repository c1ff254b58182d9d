"""Tables that commands write to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gknlp.model import Record


def write_table(rows: Sequence[Record], path: Path) -> None:
    """Write records as a table, one column a field; an empty table has no columns."""
    import msgspec

    names = [field.name for field in msgspec.structs.fields(rows[0])] if rows else []
    values = [[getattr(row, name) for name in names] for row in rows]
    if path.suffix == ".csv":
        from gknlp.export.delimited import ENCODING, csv_text

        path.write_text(csv_text(names, values), encoding=ENCODING, newline="")
        return
    import pandas as pd

    from gknlp.export.arrow import need

    need("pyarrow")
    pd.DataFrame(values, columns=names).to_parquet(path, index=False)
