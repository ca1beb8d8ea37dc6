"""The check `expect_column_pair_cramers_phi_value_to_be_less_than`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.options import check_share
from smokealarm.data.questions import Crossed
from smokealarm.data.statistics.association import CERTAIN, cramers_v, crosstab
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding


def check(
    *,
    column_A: str,
    column_B: str,
    threshold: float = 0.1,
    bins_A: list[float] | None = None,
    bins_B: list[float] | None = None,
    n_bins_A: int | None = None,
    n_bins_B: int | None = None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Two columns tell little about each other: Cramér's V is at most a threshold.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_pair_cramers_phi_value_to_be_less_than:
                  column_A: camera
                  column_B: label
                  threshold: 0.2

    Options:
        column_A, column_B: the columns' names, as the file writes them.
        threshold: the largest V that passes, between 0 (independent) and 1 (one says the other); 0.1
            by default.
        bins_A, bins_B: the edges of the bins of a column of numbers.
        n_bins_A, n_bins_B: or how many bins of one width (10 by default); of a column of texts the most
            frequent values, the rest being one.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Rows where one value is missing do not count. A column with one value tells nothing, which passes.
    Few rows make independent columns look dependent: where V is above the threshold, and chance could
    have made it in one of a thousand tables (chi-square), the answer is that it cannot be told, with
    the number of rows needed. great_expectations 1.24 has the name and cannot run it; the value is that
    of 0.12, which counted missing values as a class.

    Source: great_expectations 0.12; scipy.stats.chi2_contingency.
    """
    check_share("threshold", threshold)
    question = Crossed((column_A, column_B), where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        pairs = answers.of(question)
        table = crosstab(pairs, (bins_A, n_bins_A), (bins_B, n_bins_B))
        found = cramers_v(table)
        if found.value <= threshold:
            return
        if found.p_value > CERTAIN:
            raise Inconclusive(
                f"{column_A} and {column_B} have a Cramér's V of {found.value:.3g} in {found.rows:,} "
                f"rows, where chance alone may make it {found.by_chance:.3g}",
                f"It takes about {found.rows_to_tell(threshold):,} rows to tell with `threshold: "
                f"{threshold:g}`.",
            )
        yield Finding(
            message=f"{column_A} and {column_B} have a Cramér's V of {found.value:.3g}, expected at most "
            f"{threshold:g}: one tells about the other",
            remedy="Look for what makes them go together, as one source per class; raise "
            "`threshold:` if they are meant to.",
            evidence={"observed_value": found.value, "threshold": threshold, "rows": found.rows},
        )

    return Expectation(questions=(question,), judge=judge)
