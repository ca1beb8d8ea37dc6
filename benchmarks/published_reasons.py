"""Why some published cases differ on purpose: a pattern of `expectation:title`, and the reason."""

from __future__ import annotations

NO_BOUNDS = "without bounds nothing can fail; 1.24 does not raise any more"
FEW_ROWS = "12 rows cannot tell: chance alone makes such a value"
MISSING = "a row that misses a value tells nothing about a pair; 0.12 counted missing as a class"
ENDS = "`max` of a uniform distribution is its end; 0.18 took it for the width"
LENGTHS = "a number is as long as its text; 1.24 does not raise any more"

REASONS: dict[str, str] = {
    "expect_column_(min|max|sum|mean)_to_be_between:raise_valueerror_with_both_.*": NO_BOUNDS,
    "expect_column_pair_cramers_phi_.*:test_string_n_bins": FEW_ROWS,
    "expect_column_pair_cramers_phi_.*:test_float_and_string_with_missings": MISSING,
    "expect_column_parameterized_.*:positive_uniform_distribution_params_is_a_dict": ENDS,
    "expect_column_value_lengths_to_be_between:test_error_handling_values_are_integers": LENGTHS,
}
