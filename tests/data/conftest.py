"""What many tests of `data` share, and takes seconds to make."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.data.tables import FORMATS, table

if TYPE_CHECKING:
    from tests.data.peer import Peer


@pytest.fixture(params=FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every format in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with digits, iris and diabetes in the three formats."""
    root = tmp_path_factory.mktemp("real")
    datasets = import_module(
        "sklearn.datasets"
    )  # by name: to load it takes a second, and few need it
    digits, iris = datasets.load_digits(), datasets.load_iris()
    diabetes = datasets.load_diabetes(scaled=False)
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
    """great_expectations, which takes five seconds to load: only who asks for it waits."""
    made: Peer = import_module("tests.data.peer").Peer()
    return made
