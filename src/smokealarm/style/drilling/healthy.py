"""Changes that any day may bring and that break nothing: a gate that alarms at one cries wolf.

Each is made in a copy that has old violations, planted for this: they may move, be indented, be
renamed with their file, and stay old. Whether an edit is healthy indeed is for the bare tool to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from smokealarm.style.drilling import python
from smokealarm.style.drilling.edit import Copy, Edit, Fault
from smokealarm.style.drilling.planting import HANDS
from smokealarm.style.drilling.python import Spot, planted

_OLD = "drilled_before"


class Patient(NamedTuple):
    """A copy with old violations in a block at its end; `other` is a second one, to move things to."""

    copy: Copy
    block: str
    other: Copy
    word: str  # of its own

    @property
    def path(self) -> str:
        return self.copy.beside(f"drill_{self.word}")

    @property
    def text(self) -> str:
        appended: str = HANDS[self.copy.language].appended(self.copy.text, self.block)
        return appended

    def spot(self, rng: Random) -> Spot:
        inside: Spot | None = HANDS[self.copy.language].inside(self.copy, rng)
        return inside or Spot(1 if self.copy.text[:1] == "#" else 0)


Texts = Mapping[str, "str | None"]
Made = tuple[Texts, Texts]
Make = Callable[[Patient, Random], "Made | None"]


def edits(
    check: str, fit: Sequence[Copy], faults: Sequence[Fault], each: int, rng: Random
) -> Iterator[Edit]:
    """Every healthy edit, each in some of the copies."""
    number = 0
    for name, make in EDITS.items():
        for copy in rng.sample(fit, min(each, len(fit))):
            number += 1
            word = f"{check}{number}"
            patient = Patient(copy, _block(copy, faults, rng), rng.choice(fit), word)
            made = make(patient, rng)
            if made:
                yield _edit(check, name, patient, made)


def _edit(check: str, name: str, patient: Patient, made: Made) -> Edit:
    before, after = (
        {path: None if text is None else text.encode() for path, text in texts.items()}
        for texts in made
    )
    executable = name == "make it executable"
    return Edit(check, name, "", patient.path, before, after, is_executable=executable)


def _block(copy: Copy, faults: Sequence[Fault], rng: Random) -> str:
    """Three old violations; none where the file is to stay well formatted, every other time."""
    inner = [fault for fault in faults if not fault.whole and fault.code not in ("E999", "SC1073")]
    chosen = rng.sample(inner, min(3, len(inner)))
    if rng.random() < 0.5 and any(fault.code == "black" for fault in faults):
        chosen = []
    snippet = "\n".join(fault.after for fault in chosen)
    block: str = HANDS[copy.language].wrapped(snippet, _OLD)
    return block


def _changed(patient: Patient, head: str) -> Made:
    return {patient.path: patient.text}, {patient.path: head}


def _comment(patient: Patient, rng: Random) -> Made:
    return _changed(patient, planted(patient.text, patient.spot(rng), "# a remark\n# in two lines"))


def _statement(patient: Patient, rng: Random) -> Made:
    line = "print()" if patient.copy.language == "python" else "true"
    return _changed(patient, planted(patient.text, patient.spot(rng), line))


def _function(patient: Patient, rng: Random) -> Made:
    hand = HANDS[patient.copy.language]
    return _changed(patient, hand.appended(patient.text, hand.wrapped("", "drilled_after")))


def _blank_line(patient: Patient, rng: Random) -> Made:
    spot = patient.spot(rng)
    lines = patient.text.split("\n")
    lines.insert(spot.at, "")
    return _changed(patient, "\n".join(lines))


def _string(patient: Patient, rng: Random) -> Made | None:
    """A word in a line of the file's own."""
    lines = patient.text.split("\n")
    at = [i for i, line in enumerate(lines) if '"' in line and " the " in line]
    if not at:
        return None
    chosen = rng.choice(at)
    lines[chosen] = lines[chosen].replace(" the ", " a ", 1)
    return _changed(patient, "\n".join(lines))


def _number(patient: Patient, rng: Random) -> Made | None:
    """A number in a line of the file's own, by another of as many digits."""
    lines = patient.text.split("\n")
    at = [i for i, line in enumerate(lines) if line.rstrip().endswith((" = 1", " = 2", " = 0"))]
    if not at:
        return None
    chosen = rng.choice(at)
    lines[chosen] = lines[chosen].rstrip()[:-1] + "3"
    return _changed(patient, "\n".join(lines))


def _old_line(patient: Patient, rng: Random) -> Made:
    """A remark on a line with an old violation, which stays what it was."""
    old = [line for line in patient.block.split("\n")[1:] if line.strip() and '"' not in line]
    if not old:
        return _comment(patient, rng)
    line = rng.choice(old)
    head, _, tail = patient.text.rpartition(f"\n{line}\n")
    return _changed(patient, f"{head}\n{line.rstrip()}  # drilled\n{tail}")


def _mend(patient: Patient, rng: Random) -> Made:
    """The old violations go; their file stays."""
    hand = HANDS[patient.copy.language]
    return _changed(patient, hand.appended(patient.copy.text, hand.wrapped("", _OLD)))


def _delete_function(patient: Patient, rng: Random) -> Made | None:
    functions = _functions(patient)
    if not functions:
        return None
    gone = rng.choice(functions)
    return _changed(patient, python.ended(python.without(patient.text, gone)))


def _move_within(patient: Patient, rng: Random) -> Made | None:
    """The block with the old violations goes from the end to a place above."""
    if patient.copy.language == "python":
        starts = [lines.start for lines in _functions(patient)][:-1]
        at, gap = rng.choice(starts) if starts else None, ["", ""]
    else:
        at, gap = patient.spot(rng).at, [""]
    if at is None:
        return None
    lines = patient.copy.text.split("\n")
    lines[at:at] = [*patient.block.removesuffix("\n").split("\n"), *gap]
    return _changed(patient, "\n".join(lines))


def _move_own(patient: Patient, rng: Random) -> Made | None:
    """A function of the file's own goes to its end, with all that is wrong with it."""
    functions = _functions(patient)
    if len(functions) < 2:
        return None
    moved = rng.choice(functions[:-1])
    text = "\n".join(patient.text.split("\n")[moved.start : moved.stop]) + "\n"
    return _changed(patient, python.appended(python.without(patient.text, moved), text))


def _move_to_new(patient: Patient, rng: Random) -> Made:
    new = patient.copy.beside(f"drill_{patient.word}_new")
    start = "" if patient.copy.language == "python" else "#!/bin/bash\n\n"
    before, after = {patient.path: patient.text}, {patient.path: patient.copy.text}
    return before, {**after, new: start + patient.block}


def _move_to_other(patient: Patient, rng: Random) -> Made:
    other = patient.other.beside(f"drill_{patient.word}_other")
    moved = HANDS[patient.other.language].appended(patient.other.text, patient.block)
    before = {patient.path: patient.text, other: patient.other.text}
    return before, {patient.path: patient.copy.text, other: moved}


def _indent(patient: Patient, rng: Random) -> Made | None:
    """The block with the old violations goes under a condition."""
    hand = HANDS[patient.copy.language]
    inner = python.indented(patient.block.removesuffix("\n"), "    ")
    if patient.copy.language == "python":
        return _changed(patient, hand.appended(patient.copy.text, f"if print():\n\n{inner}\n"))
    return _changed(patient, hand.appended(patient.copy.text, f"if true; then\n{inner}\nfi\n"))


def _indent_own(patient: Patient, rng: Random) -> Made | None:
    """A statement of the file's own goes under a condition."""
    if patient.copy.language != "python":
        return None
    statements = python.simple_statements(patient.copy.text)
    if not statements:
        return None
    at = rng.choice(statements).lineno - 1
    lines = patient.text.split("\n")
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines[at : at + 1] = [f"{indent}if print:", f"    {lines[at]}"]
    return _changed(patient, "\n".join(lines))


def _rename(patient: Patient, rng: Random) -> Made:
    new = patient.copy.beside(f"drill_{patient.word}_new")
    return {patient.path: patient.text}, {patient.path: None, new: patient.text}


def _rename_and_edit(patient: Patient, rng: Random) -> Made:
    before, after = _rename(patient, rng)
    edited = planted(patient.text, patient.spot(rng), "# a remark")
    return before, {path: text and edited for path, text in after.items()}


def _delete(patient: Patient, rng: Random) -> Made:
    return {patient.path: patient.text}, {patient.path: None}


def _same(patient: Patient, rng: Random) -> Made:
    return _changed(patient, patient.text)


def _line_endings(patient: Patient, rng: Random) -> Made:
    return {patient.path: patient.text.replace("\n", "\r\n")}, {patient.path: patient.text}


def _functions(patient: Patient) -> list[range]:
    return python.top_functions(patient.text) if patient.copy.language == "python" else []


EDITS: Mapping[str, Make] = {
    "add a comment": _comment,
    "add a statement": _statement,
    "add a function": _function,
    "add a blank line": _blank_line,
    "edit a word": _string,
    "edit a number": _number,
    "edit a line that was bad before": _old_line,
    "mend old violations": _mend,
    "delete a function": _delete_function,
    "move old violations within the file": _move_within,
    "move a function within the file": _move_own,
    "move old violations to a new file": _move_to_new,
    "move old violations to another file": _move_to_other,
    "indent old violations": _indent,
    "indent a statement": _indent_own,
    "rename the file": _rename,
    "rename the file and edit it": _rename_and_edit,
    "delete the file": _delete,
    "make it executable": _same,
    "turn CRLF into LF": _line_endings,
}
