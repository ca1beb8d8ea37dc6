"""The stage `data`: do the basic properties of a table hold? The words are great_expectations'."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from smokealarm.data.about import files
from smokealarm.data.blame import dated
from smokealarm.data.options import check_memory
from smokealarm.data.planning import planned
from smokealarm.data.private import discreet
from smokealarm.data.remote.address import address_of, is_remote, refuse_remote
from smokealarm.data.sources.source import source_of
from smokealarm.data.subject import Open, answered
from smokealarm.data.watermark.reading import answered as unread
from smokealarm.data.watermark.watermark import Watermark
from smokealarm.errors import FatalError
from smokealarm.loading import Shelf, load
from smokealarm.stage import Case, Subject
from smokealarm.workspace import Workspace

CHECKS = Shelf(
    {
        "data.checks": (
            "array_between",
            "array_dtype",
            "array_finite",
            "array_shape",
            "class_balance",
            "freshness",
            "image_mode",
            "image_size",
            "images_not_duplicated",
            "images_readable",
            "no_drift",
            "no_duplicate_rows",
            "no_leaked_rows",
            "no_leaking_columns",
            "no_near_duplicates",
            "population_stability_index",
            "schema_lock",
            "suite",
            "text_encoding",
            "text_length",
            "text_not_blank",
            "text_starts_varied",
            "text_trimmed",
            "text_without_markup",
        ),
        "data.expectations": (
            "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than",
            "expect_column_chisquare_test_p_value_to_be_greater_than",
            "expect_column_distinct_values_to_be_in_set",
            "expect_column_distinct_values_to_contain_set",
            "expect_column_distinct_values_to_equal_set",
            "expect_column_kl_divergence_to_be_less_than",
            "expect_column_max_to_be_between",
            "expect_column_mean_to_be_between",
            "expect_column_median_to_be_between",
            "expect_column_min_to_be_between",
            "expect_column_most_common_value_to_be_in_set",
            "expect_column_pair_cramers_phi_value_to_be_less_than",
            "expect_column_pair_values_a_to_be_greater_than_b",
            "expect_column_pair_values_to_be_equal",
            "expect_column_pair_values_to_be_in_set",
            "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
            "expect_column_proportion_of_non_null_values_to_be_between",
            "expect_column_proportion_of_unique_values_to_be_between",
            "expect_column_quantile_values_to_be_between",
            "expect_column_stdev_to_be_between",
            "expect_column_sum_to_be_between",
            "expect_column_to_exist",
            "expect_column_type_to_be",
            "expect_column_unique_value_count_to_be_between",
            "expect_column_value_lengths_to_be_between",
            "expect_column_value_lengths_to_equal",
            "expect_column_value_z_scores_to_be_less_than",
            "expect_column_values_to_be_between",
            "expect_column_values_to_be_dateutil_parseable",
            "expect_column_values_to_be_decreasing",
            "expect_column_values_to_be_in_set",
            "expect_column_values_to_be_in_type_list",
            "expect_column_values_to_be_increasing",
            "expect_column_values_to_be_json_parseable",
            "expect_column_values_to_be_null",
            "expect_column_values_to_be_of_type",
            "expect_column_values_to_be_unique",
            "expect_column_values_to_match_json_schema",
            "expect_column_values_to_match_like_pattern",
            "expect_column_values_to_match_like_pattern_list",
            "expect_column_values_to_match_regex",
            "expect_column_values_to_match_regex_list",
            "expect_column_values_to_match_strftime_format",
            "expect_column_values_to_not_be_in_set",
            "expect_column_values_to_not_be_null",
            "expect_column_values_to_not_be_outliers",
            "expect_column_values_to_not_match_like_pattern",
            "expect_column_values_to_not_match_like_pattern_list",
            "expect_column_values_to_not_match_regex",
            "expect_column_values_to_not_match_regex_list",
            "expect_compound_columns_to_be_unique",
            "expect_multicolumn_sum_to_equal",
            "expect_multicolumn_values_to_be_equal",
            "expect_multicolumn_values_to_be_unique",
            "expect_query_results_to_match_comparison",
            "expect_select_column_values_to_be_unique_within_record",
            "expect_table_column_count_to_be_between",
            "expect_table_column_count_to_equal",
            "expect_table_columns_to_match_ordered_list",
            "expect_table_columns_to_match_set",
            "expect_table_row_count_to_be_between",
            "expect_table_row_count_to_equal",
            "expect_table_row_count_to_equal_other_table",
            "unexpected_rows_expectation",
        ),
    }
)


def about(case: Case, root: Path) -> tuple[str, ...]:
    """The files on which the verdict rests."""
    return files(case, CHECKS, root)


@contextmanager
def opened(
    case: Case,
    workspace: Workspace,
    *,
    table: str,
    outside: bool = False,
    memory: str = "",
    key: tuple[str, ...] = (),
    timeout: float | None = None,
    most_values: int | None = None,
    watermark: Watermark | None = None,
    private: tuple[str, ...] = (),
) -> Iterator[Subject]:
    """A table that has answered every check of the case.

    Options:
        table: a table of the repository, by its path from the root. By its ending it is
            Parquet (`.parquet`, `.pq`), CSV (`.csv`, `.tsv`), JSONL (`.jsonl`, `.ndjson`), these two
            also packed (`.csv.gz`, `.jsonl.zst`), Arrow and Feather (`.arrow`, `.feather`, `.ipc`),
            or SQLite with the name of a table in it (`data/app.db::users`; `.db`, `.sqlite`,
            `.sqlite3`). Many files of one kind are one table: a folder (`data/train/`, whose
            folders called `year=2024` are a column `year`) or a pattern (`data/train/*.parquet`,
            `data/**/part-?.csv`), read in the order of their names; they must have one schema. A
            folder that the library `datasets` saved is read as it is; of several splits one is
            named (`data/digits/train`). Text is UTF-8; the first record of a CSV file is its
            header; what `pandas.read_csv` takes for missing (`NA`, `null`, …) is missing here too.
            Or a table of a server: `postgresql://host/database?table=schema.name`,
            `spark:///path/to/table.parquet`, `spark://?table=database.name`, and what else Ibis
            connects to. `${NAME}` in it is filled in from the environment.
        outside: `true` lets the table, or a symbolic link to it, lie outside the repository.
        memory: what the engine may hold in memory (`2GB`), by default 60 % of the machine's; what
            is more goes to the disk for a while, to the folder of `TMPDIR`.
        key: of a table of a server, the columns by which a row is found again, but for private ones.
        timeout: of a table of a server, the seconds that one query may take (300).
        most_values: of a table of a server, how many distinct values may be fetched at most, for
            what only Python can judge (100,000).
        private: columns whose values are judged and never shown.
        watermark: read only what is new since the last verdict; see docs/production.md.
    """
    asks = [ask for ask in case.asks if not ask.skip]
    understood = [dated(known, workspace.root) for known in planned(asks, CHECKS, workspace.root)]
    place = case.places.get("table", case.place)
    shown = tuple(name for name in key if name not in private)
    given = {"key": shown or None, "timeout": timeout, "most_values": most_values}
    reading = {name: value for name, value in given.items() if value is not None}
    if is_remote(table):
        address = address_of(table, place)
        load(address.engine)  # first: if its driver is missing, that is what to install
        reader = load("data.remote.opening").reader
        open_table: Open = reader(address, workspace.root, place, reading)
    else:
        refuse_remote(reading, case)
        check_memory(memory, case.places.get("memory", place))
        source = source_of(table, workspace.root, place, outside)
        open_table = partial(answered, source, root=workspace.root, memory=memory, outside=outside)
    if private:
        where = case.places.get("private", case.place)
        if watermark is not None and watermark.column in private:
            raise FatalError(
                f"the watermark goes by {watermark.column}, which is private, and would be written down",
                f"Go by another column, or take {watermark.column} out of `private:`.",
                where,
            )
        open_table = partial(discreet, open_table, private=private, place=where)
    if watermark is None:
        with open_table(understood) as subject:
            yield subject
    else:
        with unread(open_table, understood, watermark, case, workspace) as subject:
            yield subject
