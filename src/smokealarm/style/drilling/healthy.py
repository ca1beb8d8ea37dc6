"""Changes that any day may bring and that break nothing: a gate that alarms at one cries wolf.

Each is made in a copy that has old violations, planted for this: they may move, be indented, be
renamed with their file, and stay old. Whether an edit is healthy indeed is for the bare tool to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from smokealarm.style.drilling import moves
from smokealarm.style.drilling.edit import Copy, Edit, Fault
from smokealarm.style.drilling.patient import OLD, Made, Make, Patient, block_of, changed
from smokealarm.style.drilling.planting import HANDS
from smokealarm.style.drilling.python import planted


def edits(
    check: str, fit: Sequence[Copy], faults: Sequence[Fault], each: int, rng: Random
) -> Iterator[Edit]:
    """Every healthy edit, each in some of the copies."""
    number = 0
    for name, make in EDITS.items():
        for copy in rng.sample(fit, min(each, len(fit))):
            number += 1
            word = f"{check}{number}"
            patient = Patient(copy, block_of(copy, faults, rng), rng.choice(fit), word)
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


def _comment(patient: Patient, rng: Random) -> Made:
    return changed(patient, planted(patient.text, patient.spot(rng), "# a remark\n# in two lines"))


def _statement(patient: Patient, rng: Random) -> Made:
    line = "print()" if patient.copy.language == "python" else "true"
    return changed(patient, planted(patient.text, patient.spot(rng), line))


def _function(patient: Patient, rng: Random) -> Made:
    hand = HANDS[patient.copy.language]
    return changed(patient, hand.appended(patient.text, hand.wrapped("", "drilled_after")))


def _blank_line(patient: Patient, rng: Random) -> Made:
    spot = patient.spot(rng)
    lines = patient.text.split("\n")
    lines.insert(spot.at, "")
    return changed(patient, "\n".join(lines))


def _string(patient: Patient, rng: Random) -> Made | None:
    """A word in a line of the file's own."""
    lines = patient.text.split("\n")
    at = [i for i, line in enumerate(lines) if '"' in line and " the " in line]
    if not at:
        return None
    chosen = rng.choice(at)
    lines[chosen] = lines[chosen].replace(" the ", " a ", 1)
    return changed(patient, "\n".join(lines))


def _number(patient: Patient, rng: Random) -> Made | None:
    """A number in a line of the file's own, by another of as many digits."""
    lines = patient.text.split("\n")
    at = [i for i, line in enumerate(lines) if line.rstrip().endswith((" = 1", " = 2", " = 0"))]
    if not at:
        return None
    chosen = rng.choice(at)
    lines[chosen] = lines[chosen].rstrip()[:-1] + "3"
    return changed(patient, "\n".join(lines))


def _old_line(patient: Patient, rng: Random) -> Made:
    """A remark on a line with an old violation, which stays what it was."""
    old = [line for line in patient.block.split("\n")[1:] if line.strip() and '"' not in line]
    if not old:
        return _comment(patient, rng)
    line = rng.choice(old)
    head, _, tail = patient.text.rpartition(f"\n{line}\n")
    return changed(patient, f"{head}\n{line.rstrip()}  # drilled\n{tail}")


def _mend(patient: Patient, rng: Random) -> Made:
    """The old violations go; their file stays."""
    hand = HANDS[patient.copy.language]
    return changed(patient, hand.appended(patient.copy.text, hand.wrapped("", OLD)))


EDITS: Mapping[str, Make] = {
    "add a comment": _comment,
    "add a statement": _statement,
    "add a function": _function,
    "add a blank line": _blank_line,
    "edit a word": _string,
    "edit a number": _number,
    "edit a line that was bad before": _old_line,
    "mend old violations": _mend,
    "delete a function": moves.delete_function,
    "move old violations within the file": moves.move_within,
    "move a function within the file": moves.move_own,
    "move old violations to a new file": moves.move_to_new,
    "move old violations to another file": moves.move_to_other,
    "indent old violations": moves.indent_old,
    "indent a statement": moves.indent_own,
    "rename the file": moves.rename,
    "rename the file and edit it": moves.rename_and_edit,
    "delete the file": moves.delete,
    "make it executable": moves.same,
    "turn CRLF into LF": moves.line_endings,
}
