""".smokealarm.yaml, read safely: from a file to typed cases, or to complaints with their places."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from smokealarm.config.cases import Load, Reading
from smokealarm.config.remembered import tree_of
from smokealarm.errors import FatalError, FatalErrors, Place
from smokealarm.stage import FILE_NAME, NAMES, Case
from smokealarm.tree import MAX_BYTES

EXAMPLE = f"""Write a {FILE_NAME}, for instance:
    style:
      - files: ^src/
        checks:
          - black
          - flake8: {{select: [E9, F]}}"""


def read(root: Path, name: str, load: Load, stages: Iterable[str] = NAMES) -> tuple[Case, ...]:
    """The cases of the stages in the file `name` under the root. Raises FatalErrors.

    `load` gives the stage of a name; only the wanted stages are loaded, so that the style hook
    never meets torch.
    """
    return cases_of(_content(root / name, name), name, load, stages)


def cases_of(
    content: bytes, name: str, load: Load, stages: Iterable[str] = NAMES
) -> tuple[Case, ...]:
    """The cases in the content of a configuration that is called `name` in complaints."""
    tree = tree_of(content, name)
    if tree.value is None:
        raise FatalError(
            "the configuration is empty: there is nothing to check", EXAMPLE, Place(name)
        )
    reading = Reading(load)
    cases = reading.cases(tree, stages)
    if reading.complaints:
        raise FatalErrors(sorted(reading.complaints, key=lambda complaint: complaint.place or ()))
    return cases


def _content(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FatalError(f"there is no {name} here", EXAMPLE) from None
    except OSError as error:
        raise FatalError(f"cannot read {name}: {error.strerror}") from None
