"""CSV: parsed once, into the columns that are asked about, with the types that pandas would give."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import duckdb

from smokealarm.data.columns import Column
from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import quoted
from smokealarm.data.sources.csv_blanks import without_blank_lines
from smokealarm.data.sources.csv_header import blank_lines_before, header
from smokealarm.data.sources.csv_types import common, loadable, settled
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import packing_of
from smokealarm.data.sources.looking import unreadable
from smokealarm.data.sources.opening import broken, is_about_the_file
from smokealarm.data.sources.partitions import must_agree, partition_columns, partition_sql
from smokealarm.data.sources.reading import path_of, texts
from smokealarm.data.sources.source import Source
from smokealarm.data.sources.tables import filled
from smokealarm.data.sources.text_files import complaint, delimiter, inspect_text, must_unpack
from smokealarm.data.sources.types import columns_of, kind_of

BLANK = [""]
# What pandas.read_csv takes for missing, and so great_expectations:
# https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, `na_values`
NULLS = (
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"]
    + ["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
)  # fmt: skip

# No dates: pandas leaves them text. HUGEINT, which DuckDB 1 does not accept here: as DOUBLE, two
# numbers of 20 digits may look the same.
WIDE = ["HUGEINT"] if int(duckdb.__version__.partition(".")[0]) >= 2 else []
WHOLE = ("BIGINT", "HUGEINT")
CANDIDATES = ["BOOLEAN", "BIGINT", *WIDE, "DOUBLE", "VARCHAR"]

EVERY_ROW = ", sample_size=-1, strict_mode=false"  # for the types, instead of the first 20,480
LONG_LINES = ", max_line_size=200000000"  # of 200 MB, where the engine's 2 MB are not enough
DIGITS = r"[-+ \t0-9]*"
ODD = "what is no digit among whole numbers"

Headers = Sequence[Sequence[str]]


class Care(NamedTuple):
    """How a file is read. Less care is faster, and enough for most files.

    - `settings`: more of the engine's own
    - `nulls`: what the engine takes for missing. All words of NULLS cost a third of the time of a file,
      so that SQL looks for them in columns of text, and only numbers that hold one ask for all
    - `doubted`: whether what looks like whole numbers is read as text first, and looked at whole
    """

    settings: str = ""
    nulls: Sequence[str] = BLANK
    doubted: bool = False


def inspect(source: Source) -> None:
    for part in source.parts:
        inspect_text(part)


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns; read again, with more care, where the first rows misled."""
    headers = [header(part) for part in source.parts]
    must_agree(source.parts, [dict.fromkeys(names) for names in headers])
    for part in source.parts:
        must_unpack(part)
    care = Care()
    while True:
        try:
            types = _types(connection, source, headers, care)
            return _loaded(connection, source, headers, types, wanted, name, care)
        except duckdb.Error as error:
            if not is_about_the_file(error):
                raise
            care = _more_care(source, error, care)


def _more_care(source: Source, error: duckdb.Error, care: Care) -> Care:
    """What may help. Raises Unreadable where nothing will."""
    if care.nulls == BLANK:
        return care._replace(nulls=NULLS)
    if ODD in str(error):
        return _more_doubt(care)
    for part in source.parts:
        if wrong := complaint(part):
            raise unreadable(part, "CSV", wrong) from None
    if "line size" in str(error).lower() and LONG_LINES not in care.settings:
        return care._replace(settings=care.settings + LONG_LINES)
    if EVERY_ROW not in care.settings:
        return care._replace(settings=care.settings + EVERY_ROW)
    raise broken(source, error) from None


def _more_doubt(care: Care) -> Care:
    """A late fraction shows when every row is asked; 0x1F is a whole number to the engine even then."""
    if EVERY_ROW not in care.settings:
        return care._replace(settings=care.settings + EVERY_ROW)
    return care._replace(doubted=True)


def _reader(
    part: Part, names: int, settings: str, nulls: Sequence[str], types: Sequence[str] = ()
) -> str:
    """The rows of one file, whose columns are c0, c1, …: every setting is written down."""
    packing = f", compression={quoted(packing)}" if (packing := packing_of(part.name)) else ""
    given = f", types={texts(types)}" if types else ""
    keys = ", ".join(f"c{position}" for position in range(names))
    return (
        f"read_csv({path_of(part)}, delim={quoted(delimiter(part))}, quote='\"', escape='\"', "
        f"comment='', header=true, skip={blank_lines_before(part)}, hive_partitioning=false, "
        f"nullstr={texts(nulls)}, auto_type_candidates={texts(CANDIDATES)}"
        f"{packing}{given}{settings}) AS t({keys})"
    )


def _types(
    connection: duckdb.DuckDBPyConnection, source: Source, headers: Headers, care: Care
) -> dict[str, str]:
    """What each column is loaded as: a type that holds the values of every file."""
    found: dict[str, str] = {}
    for part, names in zip(source.parts, headers):
        query = f"DESCRIBE FROM {_reader(part, len(names), care.settings, NULLS)}"
        for name, (_, type_, *_) in zip(names, connection.execute(query).fetchall()):
            type_ = loadable(type_, care.doubted)
            found[name] = common(found.get(name, type_), type_)
    return {name: found[name] for name in headers[0]}


def _value(key: str, type_: str) -> str:
    """The value of a column as the type, missing where pandas finds it so."""
    if type_ in WHOLE:
        return f"CAST({key} AS {type_})"
    if type_ == "DOUBLE":
        return f"nullif({key}, 'nan'::DOUBLE)"
    return f"CASE WHEN {key} IN ({', '.join(map(quoted, NULLS))}) THEN NULL ELSE {key} END"


def _all_digits(keys: Sequence[str]) -> str:
    """A condition that ends in an error where these are no whole numbers.

    Asked for whole numbers, the engine would round 0.5 and say nothing. One look at all columns of
    a row together is cheaper than one at each.
    """
    if not keys:
        return ""
    digits = f"regexp_full_match(concat({', '.join(keys)}), {quoted(DIGITS)})"
    return f" WHERE CASE WHEN {digits} THEN true ELSE error({quoted(ODD)}) END"


def _loaded(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    headers: Headers,
    types: dict[str, str],
    wanted: Collection[str],
    name: str,
    care: Care,
) -> View:
    columns = columns_of(types, types.values())
    folders = partition_columns(source, columns)
    keys = {column: f"c{at}" for at, column in enumerate([*columns, *folders])}
    blank = len(columns) == 1  # a blank line is a row to the engine, so this column is needed
    used = [column for column in keys if column in wanted or (blank and column in columns)]
    parts = []
    for at, (part, names) in enumerate(zip(source.parts, headers)):
        at_of = {column: f"c{position}" for position, column in enumerate(names)}
        order = [_value(at_of[c], types[c]) + f" AS {keys[c]}" for c in columns]
        parsed = ["VARCHAR" if types[c] in WHOLE else types[c] for c in names]
        rows = _reader(part, len(names), care.settings, care.nulls, parsed)
        rows += _all_digits([at_of[c] for c in used if types.get(c) in WHOLE])
        folder = partition_sql(source, folders, len(columns), str(at))
        parts.append(f"SELECT {', '.join(order)}{folder} FROM {rows}")
    starts = filled(connection, name, [keys[column] for column in used], parts)
    if blank:
        starts = without_blank_lines(connection, source.parts, name, starts)
    for column in used:
        if column in columns:
            type_ = settled(connection, name, keys[column], types[column])
            columns[column] = Column(column, type_, kind_of(type_))
    return View(name, {**columns, **folders}, "rowid", starts)
