"""Results that hypothesis makes up, in the spirit of code under test that forges its own report."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from smokealarm.finding import Curve, Finding, Level, Table, Verdict
from smokealarm.results import VERSION, Environment, Outcome, Results, Silence, verdict_of

# Big documents, and no test of how fast this machine is today.
documents = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SPITE = (
    "\n::error file=x::forged",
    "\r::stop-commands::x",
    "##[error]forged",
    "#####[group]",
    "\x1b[31mred\x1b]8;;http://x\x07",
    "a|b\n| c | d |",
    "</details><img src=https://x/y.png>",
    "@octocat #1 GH-2 https://x.example www.x.example",
    "```\n# heading",
    "[bold red]markup[/] :smile:",
    "\u202egnp.exe",
    "\ud800\udcff",
    "%0A%25,:=",
    "漢字👩‍🔬",
)
text = st.one_of(
    st.text(st.characters(), max_size=30),
    st.sampled_from(SPITE),
    st.builds("".join, st.lists(st.sampled_from(SPITE), max_size=4)),
    st.sampled_from(["x" * 5000, "😀" * 5000, "\x00" * 3000, " \n" * 3000]),
)
name = st.one_of(st.sampled_from(["style", "data", "a/b.py", ""]), text)
number = st.one_of(st.integers(), st.sampled_from([0, -1, 2**31, 10**400]), st.none())
real = st.floats(allow_nan=True, allow_infinity=True)
scalar = st.one_of(text, st.integers(), st.just(10**400), real, st.booleans(), st.none())

finding = st.builds(
    Finding,
    message=text,
    path=st.none() | name,
    line=number,
    end_line=number,
    column=number,
    end_column=number,
    level=st.sampled_from(Level),
    rule=name,
    case=name,
    evidence=st.dictionaries(text, scalar, max_size=3),
    remedy=text,
    help_url=st.one_of(text, st.just("https://example.com/a"), st.just("javascript:alert(1)")),
)
curve = st.builds(
    Curve,
    title=text,
    x_label=text,
    y_label=text,
    x=st.lists(real, max_size=8),
    series=st.dictionaries(text, st.lists(st.none() | real, max_size=8), max_size=6),
)
table = st.builds(
    Table,
    title=text,
    header=st.lists(text, max_size=15),
    rows=st.lists(st.lists(scalar, max_size=15), max_size=4),
)
outcome = st.builds(
    Outcome,
    stage=name,
    case=name,
    check=name,
    verdict=st.sampled_from(Verdict),
    seconds=real,
    findings=st.lists(finding, max_size=14).map(tuple),
    pictures=st.lists(curve | table, max_size=2).map(tuple),
    reason=text,
    remedy=text,
    path=name,
    line=number.map(lambda line: 1 if line is None else line),
)
silence = st.builds(Silence, stage=name, case=name, reason=text, check=name, path=name)
environment = st.builds(Environment, smokealarm=text, commit=text, base=text, compared=text)


@st.composite
def results(draw: st.DrawFn) -> Results:
    """A whole document, with whatever in it."""
    outcomes = tuple(draw(st.lists(outcome, max_size=4)))
    errors = tuple(draw(st.lists(finding, max_size=2)))
    return Results(
        version=VERSION,
        verdict=draw(st.sampled_from([verdict_of(outcomes, errors), *Verdict])),
        seconds=draw(st.sampled_from([1.0, -1.0, math.nan, math.inf])),
        environment=draw(environment),
        outcomes=outcomes,
        silences=tuple(draw(st.lists(silence, max_size=3))),
        errors=errors,
    )
