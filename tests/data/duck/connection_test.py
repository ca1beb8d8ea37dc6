from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, table

QUERY = "unexpected_rows_expectation"


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("name", ["a[1]", "a*", "a [b]?", "it's [x]", 'a "b"'])
def test_a_query_of_a_user_reads_its_table_whatever_signs_its_name_has(
    tmp_path: Path, name: str, kind: str
) -> None:
    file = (tmp_path / table(tmp_path, {"x": [1, 2, -3]}, kind)).rename(tmp_path / f"{name}.{kind}")
    for least, wrong in ((-9, 0), (0, 1)):
        query = f"SELECT * FROM {{batch}} WHERE x < {least}"
        assert len(ask(tmp_path, file.name, QUERY, unexpected_rows_query=query)) == wrong
