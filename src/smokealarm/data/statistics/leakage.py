"""How well a column by itself predicts the label, on rows that it has not seen.

A row is predicted from the rows of the other half that have the same value, or the nearest one: the most
frequent class, or the mean rank of the label. Where a column gives the label away,
that is nearly always right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smokealarm.data.questions import Value

Numbers = NDArray[np.float64]

CLASSES = 20  # different whole numbers up to which they are classes
DRAWS = 199
DRAWN_ROWS = 1000


class Label(Struct, frozen=True):
    """The label of every row: a column for each class, or one of ranks between 0 and 1."""

    targets: Any
    classes: tuple[str, ...]

    @property
    def rows(self) -> int:
        return len(self.targets)


class Feature(Struct, frozen=True):
    """A column as numbers; the codes of texts have no order. Missing ones are NaN."""

    values: Any
    ordered: bool


def label_of(values: Sequence[Value]) -> Label:
    """Texts, booleans and few whole numbers are classes; other numbers are ranked."""
    distinct = sorted(set(values), key=str)
    numeric = all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in distinct
    )
    whole = numeric and all(float(value).is_integer() for value in distinct)  # type: ignore[arg-type]
    if numeric and not (whole and len(distinct) <= CLASSES):
        return Label(_ranks(np.array(values, float))[:, None], ())
    codes = {value: code for code, value in enumerate(distinct)}
    targets = np.zeros((len(values), len(distinct)))
    targets[np.arange(len(values)), [codes[value] for value in values]] = 1
    return Label(targets, tuple(map(str, distinct)))


def feature_of(values: Sequence[Value]) -> Feature:
    if all(value is None or (isinstance(value, float) and value is not True) for value in values):
        return Feature(np.array(values, float), True)
    codes = {
        value: float(code) for code, value in enumerate(dict.fromkeys(values)) if value is not None
    }
    return Feature(np.array([np.nan if value is None else codes[value] for value in values]), False)


def score(feature: Feature, label: Label) -> float:
    """How much of the error of a guess the column takes away, from 0 to 1."""
    first = _half(label.rows)
    return min(_score(feature, label, first), _score(feature, label, ~first))


def joint_score(features: Sequence[Feature], label: Label) -> float:
    """The same of several columns together, by a linear model of their values and ranks."""
    if not features:
        return 0.0
    first = _half(label.rows)
    terms = np.hstack([np.ones((label.rows, 1)), *(_terms(feature) for feature in features)])
    ridge = 1e-3 * first.sum() * np.eye(terms.shape[1])
    train, targets = terms[first], label.targets[first]
    weights = np.linalg.solve(train.T @ train + ridge, train.T @ targets)
    return _right(terms[~first] @ weights, label, first)


def chance(features: Mapping[str, Feature], label: Label) -> float:
    """The score of the best column for shuffled labels, in all but one of a hundred draws."""
    generator = np.random.default_rng(0)
    some = generator.permutation(label.rows)[:DRAWN_ROWS]
    drawn = [Feature(feature.values[some], feature.ordered) for feature in features.values()]
    best = []
    for _ in range(DRAWS if len(drawn) <= 50 else 99):
        shuffled = Label(label.targets[generator.permutation(some)], label.classes)
        best.append(max(score(feature, shuffled) for feature in drawn))
    return float(np.quantile(best, 0.99))


def is_copy(feature: Feature, label: Label) -> bool:
    """Whether the label is only written in other words: one value for each class, or another unit."""
    if np.isnan(feature.values).any():
        return False
    if label.classes:
        codes = np.unique(feature.values, return_inverse=True)[1]
        pairs = set(zip(codes.tolist(), label.targets.argmax(axis=1).tolist()))
        return len(pairs) == len(label.classes) == int(codes.max()) + 1
    ranks = _ranks(feature.values)
    same = max(abs(ranks - label.targets[:, 0]).max(), 0)
    turned = abs(1 - ranks - label.targets[:, 0]).max()
    return feature.ordered and min(same, turned) < 1e-9


def is_running_number(feature: Feature) -> bool:
    """Whether the column numbers the rows."""
    values = feature.values
    if not feature.ordered or np.isnan(values).any() or len(np.unique(values)) < len(values):
        return False
    return bool((values == np.floor(values)).all() and np.ptp(values) <= 2 * len(values))


def blur(feature: Feature, label: Label) -> float:
    """What the score of a running number may lack where one class ends and the next begins."""
    if not label.classes or not is_running_number(feature):
        return 0.0
    others = label.rows * (1 - label.targets.mean(axis=0).max())
    return float(2 * (len(label.classes) - 1) / others)


def _half(rows: int) -> NDArray[np.bool_]:
    half = np.zeros(rows, dtype=bool)
    half[np.random.default_rng(1).permutation(rows)[: rows // 2]] = True
    return half


def _score(feature: Feature, label: Label, first: NDArray[np.bool_]) -> float:
    base = label.targets[first].mean(axis=0)
    predicted = np.tile(base, (int((~first).sum()), 1))
    for seen, asked in _sides(feature.values, first):
        if not seen.any() or not asked.any():
            continue
        known, at = np.unique(feature.values[first][seen], return_inverse=True)
        sums = np.stack(
            [np.bincount(at, column) for column in label.targets[first][seen].T], axis=1
        )
        means = sums / np.bincount(at)[:, None]
        wanted = feature.values[~first][asked]
        near, is_known = _nearest(known, wanted)
        predicted[asked] = np.where((is_known | feature.ordered)[:, None], means[near], base)
    return _right(predicted, label, first)


def _sides(
    values: Numbers, first: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Rows with a value and rows without are predicted from their like. All missing is one value."""
    missing = np.isnan(values)
    yield ~missing[first], ~missing[~first]
    yield missing[first], missing[~first]


def _nearest(known: Numbers, wanted: Numbers) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the nearest known value stands, and whether it is the same."""
    if np.isnan(known).any():
        return np.zeros(len(wanted), dtype=np.int64), np.ones(len(wanted), dtype=bool)
    right = np.clip(np.searchsorted(known, wanted), 0, len(known) - 1)
    left = np.maximum(right - 1, 0)
    with np.errstate(invalid="ignore"):  # the distance of two infinities
        nearer = abs(wanted - known[left]) < abs(known[right] - wanted)
    near = np.where(nearer, left, right)
    return near, known[near] == wanted


def _right(predicted: Numbers, label: Label, first: NDArray[np.bool_]) -> float:
    """One less the error of the predictions, by the error of the best guess without any column."""
    truth = label.targets[~first]
    if label.classes:
        guess = label.targets[first].mean(axis=0).argmax()
        wrong = np.mean(predicted.argmax(axis=1) != truth.argmax(axis=1))
        base = np.mean(truth.argmax(axis=1) != guess)
    else:
        wrong = np.mean((predicted - truth) ** 2)
        base = np.mean((truth - label.targets[first].mean()) ** 2)
    return float(max(0.0, 1 - wrong / base)) if base > 0 else 0.0


def _terms(feature: Feature) -> Numbers:
    """A column for a linear model: its values and ranks, or one term for each of its categories."""
    values = feature.values
    missing = np.isnan(values)
    if not feature.ordered:
        known = np.unique(values[~missing])[:CLASSES]
        each: Numbers = np.stack([missing, *(values == code for code in known)], axis=1).astype(
            float
        )
        return each
    finite = np.where(np.isfinite(values), values, np.nan)
    if missing.all() or np.isnan(finite).all():
        alone: Numbers = missing[:, None].astype(float)
        return alone
    spread = float(np.nanstd(finite)) or 1.0
    plain = np.nan_to_num((finite - np.nanmean(finite)) / spread)
    ranks = np.where(missing, 0.5, _ranks(np.where(missing, np.inf, values)))
    terms: Numbers = np.stack([missing.astype(float), plain, ranks - 0.5], axis=1)
    return terms


def _ranks(values: Numbers) -> Numbers:
    """The share of rows below each value, ties at their middle."""
    known, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    ranks: Numbers = middle[at] / len(values)
    return ranks
