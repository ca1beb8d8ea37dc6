"""The check `suite`."""

from __future__ import annotations

from typing import Any

from smokealarm.data.expectation import Suite


def check(*, file: str, parameters: dict[str, Any] | None = None) -> Suite:
    """Every expectation of a great_expectations suite holds.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - suite: {file: great_expectations/expectations/train.json}
              - suite:
                  file: suites/monthly.yaml
                  parameters: {lowest: 1000, month: 2026-01-01}

    Options:
        file: the suite, by its path from the root: `.json` as great_expectations writes it, before 1.0
            (`expectation_type`) and after (`type`), or the same as `.yaml`.
        parameters: the values of `{"$PARAMETER": "lowest"}` in it; they go before those that
            the suite gives itself.

    The file stays as it is. Each expectation is checked as if it stood here, and its findings stand on
    its line in that file. `severity` warning and info become warnings and notices. What says how
    great_expectations shows a result (`result_format`, `catch_exceptions`, `meta`, `notes`) changes nothing.
    An option that is null is not given. now() is UTC.

    Source: great_expectations 1.24, ExpectationSuite, and 0.18 for the older format.
    """
    return Suite(file=file, parameters=parameters or {})
