"""The check `expect_column_values_to_match_json_schema`."""

from __future__ import annotations

import json
from typing import Any

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_texts
from smokealarm.data.questions import Faulty, Refused
from smokealarm.loading import load


def check(
    *,
    column: str,
    json_schema: dict[str, Any],
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column is a text of JSON that obeys the schema.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_match_json_schema:
                  column: box
                  json_schema: {type: array, items: {type: number}, minItems: 4, maxItems: 4}

    Options:
        column: the column's name, as the file writes it.
        json_schema: the schema, by the draft that its `$schema` names, or else the latest.
        mostly: the share of the values that must obey it, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls do not count. A text that is no JSON does not obey; great_expectations raises there. Nothing is
    fetched: a `$ref` out of the schema is an error. Each distinct text is judged once.

    Source: great_expectations 1.24, ExpectColumnValuesToMatchJsonSchema;
    https://json-schema.org/understanding-json-schema
    """
    load("data.values.json_schema").refuse_broken(json_schema)
    written = json.dumps(json_schema, sort_keys=True)
    return few_texts(
        Faulty(
            column,
            Refused("json_schema", written),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        "does not obey the JSON schema",
        "Mend what writes the column, or the schema.",
        need="only texts are read as JSON",
    )
