from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_linnerud,
    load_wine,
    make_blobs,
    make_classification,
    make_friedman1,
    make_moons,
    make_regression,
)

from smokealarm.errors import FatalError, Inconclusive
from tests.data.checks.asking import columns_of, doubt
from tests.data.tables import FORMATS, ask, table

CHECK = "no_leaking_columns"
RNG = np.random.default_rng(8)

REAL = {
    "iris": load_iris(return_X_y=True),
    "wine": load_wine(return_X_y=True),
    "breast cancer": load_breast_cancer(return_X_y=True),
    "digits": load_digits(return_X_y=True),
    "diabetes": load_diabetes(return_X_y=True),
    "linnerud": (load_linnerud().data, load_linnerud().target[:, 0]),
    "is it setosa": (load_iris().data, load_iris().target == 0),
    "is it virginica": (load_iris().data, load_iris().target == 2),
    "one digit against the rest": (load_digits().data, load_digits().target == 0),
}
MADE = {
    "classes": make_classification(2000, 20, random_state=1),
    "rare classes": make_classification(5000, 10, weights=[0.98], random_state=2),
    "classes far apart": make_classification(2000, 10, class_sep=3.0, random_state=3),
    "many classes": make_classification(3000, 20, n_informative=10, n_classes=8, random_state=4),
    "moons": make_moons(1000, noise=0.1, random_state=5),
    "blobs in five dimensions": make_blobs(1000, 5, random_state=6),
    "a linear target": make_regression(1000, 10, noise=1.0, random_state=7),
    "friedman": make_friedman1(1000, random_state=8),
}


def made(features: Any, target: Any, **more: Any) -> dict[str, Any]:
    return (
        {f"x{at}": column for at, column in enumerate(np.asarray(features).T)}
        | more
        | {"y": target}
    )


@pytest.mark.parametrize("name", [*REAL, *MADE])
def test_honest_columns_do_not_alarm(tmp_path: Path, name: str) -> None:
    columns = made(*{**REAL, **MADE}[name])
    try:
        assert not ask(tmp_path, table(tmp_path, columns), CHECK, label="y")
    except Inconclusive as told:  # linnerud has twenty rows
        assert name == "linnerud", told


X, Y = load_breast_cancer(return_X_y=True)
LEAKS = {
    "the label as a text": np.where(Y == 1, "benign", "malignant"),
    "the label as a number": Y * 7 + 1,
    "missing where the label is 0": [None if one == 0 else 3.5 for one in Y],
    "nought where the label is 0": np.where(Y == 1, RNG.exponential(5, len(Y)), 0.0),
    "a score that was cut": Y * 0.5 + RNG.random(len(Y)) * 0.4,
    "a code for each class with several values": [f"{one}-{at % 7}" for at, one in enumerate(Y)],
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_column_that_knows_the_label_alarms(tmp_path: Path, leak: str) -> None:
    weak = X[:, [4, 8, 9, 11, 14]]  # without the strong columns, so that the problem is not easy
    name = table(tmp_path, made(weak, Y, leak=LEAKS[leak]))
    found = ask(tmp_path, name, CHECK, label="y")
    assert columns_of(found) == {"leak"}


def test_the_label_in_other_words_alarms_in_an_easy_problem_too(tmp_path: Path) -> None:
    iris = load_iris()
    words = iris.target_names[iris.target]
    name = table(tmp_path, made(iris.data, iris.target, species=words))
    (finding,) = ask(tmp_path, name, CHECK, label="y")
    assert "species gives y away: it alone takes away 100.0% of the error" in finding.message
    assert not ask(tmp_path, name, CHECK, label="y", ignore=["species"])


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_that_are_sorted_by_their_label_are_given_away_by_their_number(
    tmp_path: Path, kind: str
) -> None:
    iris = load_iris()
    name = table(tmp_path, made(iris.data, iris.target, id=np.arange(1, 151)), kind)
    (finding,) = ask(tmp_path, name, CHECK, label="y")
    assert "id gives y away" in finding.message
    assert "it numbers the rows, which are sorted by the label" in finding.message


def test_ids_that_say_nothing_pass(tmp_path: Path) -> None:
    order = RNG.permutation(len(Y))
    ids = {"id": np.arange(len(Y)), "name": [f"patient {at}" for at in range(len(Y))]}
    assert not ask(tmp_path, table(tmp_path, made(X[order], Y[order], **ids)), CHECK, label="y")


def test_a_number_in_another_unit_gives_a_numeric_label_away(tmp_path: Path) -> None:
    features, target = load_diabetes(return_X_y=True)
    leaks = {"in_pounds": target * 2.2046 + 3, "noisy": target + RNG.normal(0, 1, len(target))}
    name = table(tmp_path, made(features, target + RNG.random(len(target)), **leaks))
    assert columns_of(ask(tmp_path, name, CHECK, label="y")) == {"in_pounds", "noisy"}


def test_yesterday_s_price_may_predict_today_s(tmp_path: Path) -> None:
    walk = np.cumsum(RNG.normal(size=3003))
    lags = np.stack([walk[at : at + 3000] for at in range(3)], axis=1)
    assert not ask(tmp_path, table(tmp_path, made(lags, walk[3:])), CHECK, label="y")


def test_few_rows_are_inconclusive(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1.0, 2.0] * 10, "y": ["a", "b"] * 10})
    told = doubt(tmp_path, name, CHECK, label="y")
    assert "20, of which 10 are outside the largest class" in told.message
    assert "about 41 rows" in told.remedy


def test_a_single_column_that_predicts_all_cannot_be_told_from_an_honest_one(
    tmp_path: Path,
) -> None:
    x = RNG.random(500)
    name = table(tmp_path, {"x": x, "y": np.where(x > 0.5, "a", "b")})
    assert "there is no other column" in doubt(tmp_path, name, CHECK, label="y").message


def test_rows_without_a_label_do_not_count(tmp_path: Path) -> None:
    values = ["a", "b", None] * 100
    name = table(tmp_path, {"x": RNG.random(300), "y": values})
    assert not ask(tmp_path, name, CHECK, label="y")


@pytest.mark.parametrize(("column", "told"), [("z", "there is no column 'z'"), ("y", "")])
def test_a_label_that_is_not_there_is_told(tmp_path: Path, column: str, told: str) -> None:
    name = table(tmp_path, {"x": RNG.random(100), "y": ["a", "b"] * 50})
    assert all(told in finding.message for finding in ask(tmp_path, name, CHECK, label=column))


def test_a_score_that_nobody_reaches_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FatalError):
        ask(tmp_path, table(tmp_path, {"y": [1]}), CHECK, label="y", max_score=2)
