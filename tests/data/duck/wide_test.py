"""A table of very many columns is answered as one of few is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import FORMATS, asked, table

WIDTH = 450


@pytest.mark.parametrize("kind", FORMATS)
def test_each_of_many_columns_has_its_own_answer(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {f"n{at}": [at, at, None, at + 1] for at in range(WIDTH)}, kind)
    limit = WIDTH - 10
    found = asked(
        tmp_path,
        name,
        *[
            ("expect_column_values_to_be_between", {"column": f"n{at}", "max_value": limit})
            for at in range(WIDTH)
        ],
        ("expect_column_values_to_be_unique", {"column": "n7"}),
        (
            "expect_column_mean_to_be_between",
            {"column": "n9", "max_value": 9, "row_condition": None},
        ),
        ("expect_column_values_to_be_increasing", {"column": "n3"}),
        ("expect_column_median_to_be_between", {"column": f"n{WIDTH - 1}", "max_value": 0}),
        ("expect_column_values_to_not_be_null", {"column": "n1", "row_condition": "n0 > 0"}),
    )
    wrong = [at for at, findings in enumerate(found[:WIDTH]) if findings]
    assert wrong == list(range(limit, WIDTH))
    assert found[limit][0].evidence["rows"] == "4"
    assert found[WIDTH - 1][0].evidence["rows"] == "1, 2, 4"
    unique, mean, increasing, median, not_null = found[WIDTH:]
    assert unique[0].evidence["rows"] == "1, 2"
    assert [len(mean), len(increasing), len(median), len(not_null)] == [1, 0, 1, 0]
