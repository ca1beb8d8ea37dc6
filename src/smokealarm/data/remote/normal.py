"""One meaning on all engines: NaN is NULL, and a moment is a number of microseconds."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir


def nan_is_null(table: ir.Table) -> ir.Table:
    """The table with NULL in the place of NaN."""
    floats = [name for name, kind in table.schema().items() if kind.is_floating()]
    columns = {
        name: table[name].isnan().ifelse(ibis.null(table[name].type()), table[name])
        for name in floats
    }
    return table.mutate(**columns) if columns else table


def microseconds(moment: Any) -> Any:
    """Since 1970, in UTC: whole seconds and the rest apart, so that no digit is lost."""
    seconds = moment.truncate("s").epoch_seconds().cast("int64")
    return seconds * 1_000_000 + (moment.microsecond() % 1_000_000).cast("int64")
