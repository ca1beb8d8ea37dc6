"""Healthy edits that take lines, or a whole file, somewhere else."""

from __future__ import annotations

from random import Random

from smokealarm.style.drilling import python
from smokealarm.style.drilling.patient import Made, Patient, changed
from smokealarm.style.drilling.planting import HANDS
from smokealarm.style.drilling.python import planted


def delete_function(patient: Patient, rng: Random) -> Made | None:
    functions = patient.functions
    if not functions:
        return None
    gone = rng.choice(functions)
    return changed(patient, python.ended(python.without(patient.text, gone)))


def move_within(patient: Patient, rng: Random) -> Made | None:
    """The block with the old violations goes from the end to a place above."""
    if patient.copy.language == "python":
        starts = [lines.start for lines in patient.functions][:-1]
        at, gap = rng.choice(starts) if starts else None, ["", ""]
    else:
        at, gap = patient.spot(rng).at, [""]
    if at is None:
        return None
    lines = patient.copy.text.split("\n")
    lines[at:at] = [*patient.block.removesuffix("\n").split("\n"), *gap]
    return changed(patient, "\n".join(lines))


def move_own(patient: Patient, rng: Random) -> Made | None:
    """A function of the file's own goes to its end, with all that is wrong with it."""
    functions = patient.functions
    if len(functions) < 2:
        return None
    moved = rng.choice(functions[:-1])
    text = "\n".join(patient.text.split("\n")[moved.start : moved.stop]) + "\n"
    return changed(patient, python.appended(python.without(patient.text, moved), text))


def move_to_new(patient: Patient, rng: Random) -> Made:
    new = patient.copy.beside(f"drill_{patient.word}_new")
    start = "" if patient.copy.language == "python" else "#!/bin/bash\n\n"
    before, after = {patient.path: patient.text}, {patient.path: patient.copy.text}
    return before, {**after, new: start + patient.block}


def move_to_other(patient: Patient, rng: Random) -> Made:
    other = patient.other.beside(f"drill_{patient.word}_other")
    moved = HANDS[patient.other.language].appended(patient.other.text, patient.block)
    before = {patient.path: patient.text, other: patient.other.text}
    return before, {patient.path: patient.copy.text, other: moved}


def indent_old(patient: Patient, rng: Random) -> Made | None:
    """The block with the old violations goes under a condition."""
    hand = HANDS[patient.copy.language]
    inner = python.indented(patient.block.removesuffix("\n"), "    ")
    if patient.copy.language == "python":
        return changed(patient, hand.appended(patient.copy.text, f"if print():\n\n{inner}\n"))
    return changed(patient, hand.appended(patient.copy.text, f"if true; then\n{inner}\nfi\n"))


def indent_own(patient: Patient, rng: Random) -> Made | None:
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
    return changed(patient, "\n".join(lines))


def rename(patient: Patient, rng: Random) -> Made:
    new = patient.copy.beside(f"drill_{patient.word}_new")
    return {patient.path: patient.text}, {patient.path: None, new: patient.text}


def rename_and_edit(patient: Patient, rng: Random) -> Made:
    before, after = rename(patient, rng)
    edited = planted(patient.text, patient.spot(rng), "# a remark")
    return before, {path: text and edited for path, text in after.items()}


def delete(patient: Patient, rng: Random) -> Made:
    return {patient.path: patient.text}, {patient.path: None}


def same(patient: Patient, rng: Random) -> Made:
    return changed(patient, patient.text)


def line_endings(patient: Patient, rng: Random) -> Made:
    return {patient.path: patient.text.replace("\n", "\r\n")}, {patient.path: patient.text}
