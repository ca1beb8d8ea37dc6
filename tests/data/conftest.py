"""The tables of scikit-learn, each in three formats, written once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.datasets import load_diabetes, load_digits, load_iris

from tests.data.peer import Peer
from tests.data.tables import FORMATS, table


@pytest.fixture(params=FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every format in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with digits, iris and diabetes in the three formats."""
    root = tmp_path_factory.mktemp("real")
    digits, iris, diabetes = load_digits(), load_iris(), load_diabetes(scaled=False)
    tables = {
        "digits": {f"p{at}": digits.data[:, at] for at in range(8)} | {"label": digits.target},
        "iris": {"petal": iris.data[:, 2], "kind": iris.target_names[iris.target]},
        "diabetes": {"age": diabetes.data[:, 0], "bmi": diabetes.data[:, 2]},
    }
    for name, columns in tables.items():
        for kind in FORMATS:
            table(root, columns, kind)
            (root / f"table.{kind}").rename(root / f"{name}.{kind}")
    return root


@pytest.fixture(scope="session")
def peer() -> Peer:
    """great_expectations, which takes seconds to start."""
    return Peer()
