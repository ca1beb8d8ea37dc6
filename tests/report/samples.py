"""Results made by hand: the run that most people meet, and the runs that nobody should."""

from __future__ import annotations

from smokealarm.finding import Curve, Finding, Level, Table, Verdict
from smokealarm.results import VERSION, Environment, Outcome, Results, Silence, verdict_of

ENVIRONMENT = Environment(
    smokealarm="0.1.0",
    python="3.11.4",
    platform="linux",
    torch="2.13.0",
    device="NVIDIA H200",
    commit="4f2d1c9ab03e5d6f7a8b9c0d1e2f3a4b5c6d7e8f",
    base="a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9",
    compared="main...HEAD",
)
STEPS = [float(step) for step in range(1, 201)]
CURVE = Curve(
    title="Loss while learning 8 examples by heart",
    x_label="step",
    y_label="loss",
    x=STEPS,
    series={"loss": [1.1 + 1.2 * 0.97**step for step in STEPS], "floor": [0.05] * len(STEPS)},
)
LONELY = Curve(
    title="Gradient norm",
    x_label="step",
    y_label="norm",
    x=STEPS,
    series={"norm": [step % 40 + 3 if step < 150 else None for step in STEPS]},
)
SLICES = Table(
    title="Suites of examples",
    header=["suite", "examples", "loss before", "loss now", "worse"],
    rows=[
        ["held out", 800, 0.2134, 0.2190, "no"],
        ["hard", 120, 1.4021, 1.3987, "no"],
        ["sevens", 301, 0.1822, 0.6411, "yes"],
    ],
)


def results(
    *outcomes: Outcome, silences: tuple[Silence, ...] = (), errors: tuple[Finding, ...] = ()
) -> Results:
    """A whole document around these outcomes."""
    return Results(
        version=VERSION,
        verdict=verdict_of(outcomes, errors),
        seconds=12.34,
        environment=ENVIRONMENT,
        outcomes=outcomes,
        silences=silences,
        errors=errors,
    )


def outcome(*findings: Finding, stage: str = "style", check: str = "flake8") -> Outcome:
    """A check that alarmed with these findings, or passed without any."""
    return Outcome(
        stage=stage,
        case="^src/",
        check=check,
        verdict=Verdict.ALARM if findings else Verdict.PASS,
        seconds=0.4,
        findings=findings,
    )


def many(count: int, level: Level = Level.FAILURE) -> tuple[Finding, ...]:
    """That many different findings, in one file."""
    return tuple(
        Finding(message=f"number {n}", path="a.py", line=n + 1, level=level, rule="flake8/E501")
        for n in range(count)
    )


STYLE = Outcome(
    stage="style",
    case="^digits/",
    check="flake8",
    verdict=Verdict.ALARM,
    seconds=0.31,
    findings=(
        Finding(
            message="undefined name 'labels'",
            path="digits/train.py",
            line=41,
            column=22,
            rule="style/flake8",
            case="^digits/",
            help_url="https://flake8.pycqa.org/en/latest/user/error-codes.html",
            remedy="Define it, or import it.",
        ),
        *(
            Finding(
                message="'os' imported but unused",
                path="digits/data.py",
                line=line,
                column=1,
                level=Level.WARNING,
                rule="style/flake8",
                case="^digits/",
            )
            for line in (3, 9, 17)
        ),
    ),
)
DATA = Outcome(
    stage="data",
    case="train",
    check="expect_column_values_to_be_between",
    verdict=Verdict.ALARM,
    seconds=0.92,
    findings=(
        Finding(
            message="14 of 1,797 rows of `pixel_12` are outside 0 to 16: the largest is 255",
            path=".smokealarm.yaml",
            line=12,
            rule="data/expect_column_values_to_be_between",
            case="train",
            evidence={"unexpected": 14, "rows": 1797, "largest": 255.0},
            remedy="Was the image scaled to 0..255 on the way? make_data.py divides by 16.",
        ),
    ),
)
MEMORIZE = Outcome(
    stage="memorize",
    case="digits",
    check="memorizes",
    verdict=Verdict.ALARM,
    seconds=8.4,
    findings=(
        Finding(
            message="after 200 steps the loss on 8 examples is 1.1; it should be below 0.05",
            path="digits/train.py",
            line=33,
            end_line=36,
            rule="memorize/memorizes",
            case="digits",
            evidence={"loss": 1.1034, "floor": 0.05, "steps": 200, "learning_rate": 1e-3},
            remedy="The gradients stop at the second layer: look for detach() or no_grad().",
        ),
    ),
    pictures=(CURVE,),
)
REGRESS = Outcome(
    stage="regress",
    case="sevens",
    check="no_worse",
    verdict=Verdict.ALARM,
    seconds=1.7,
    findings=(
        Finding(
            message="the loss on sevens rose from 0.18 to 0.64, more than the 0.01 that is allowed",
            path="suites/sevens.jsonl",
            line=1,
            rule="regress/no_worse",
            case="sevens",
            evidence={"before": 0.1822, "now": 0.6411, "interval": "0.39 to 0.53"},
            remedy="See the ten examples that lost most: smokealarm suggest regress",
        ),
    ),
    pictures=(SLICES,),
)
UNSURE = Outcome(
    stage="memorize",
    case="digits",
    check="fits_in_memory",
    verdict=Verdict.INCONCLUSIVE,
    seconds=0.6,
    reason="no GPU was found, and the case asks for one (gpu: required)",
    remedy="Run it on a runner with the label gpu, or say gpu: optional.",
    path=".smokealarm.yaml",
    line=21,
)
QUIET = (
    outcome(check="black"),
    outcome(check="shellcheck"),
    outcome(stage="data", check="expect_column_to_exist"),
)
SILENCES = (
    Silence(stage="regress", case="hard", reason="no changed file matching ^model/"),
    Silence(stage="style", case="", path="a.ipynb", reason="it is not readable as a notebook"),
    Silence(stage="style", case="", path="b.ipynb", reason="it is not readable as a notebook"),
    Silence(stage="memorize", case="digits", check="samples_independent", reason="batch norm"),
    Silence(stage="memorize", case="digits", check="trains_fast", reason="shared runner"),
)
USUAL = results(STYLE, DATA, MEMORIZE, UNSURE, REGRESS, *QUIET, silences=SILENCES)
PASSED = results(*QUIET)
DOUBT = results(UNSURE, *QUIET)
MISTAKE = results(
    *QUIET,
    errors=(
        Finding(
            message="there is no check called 'blackk'",
            path=".smokealarm.yaml",
            line=4,
            column=9,
            remedy="Did you mean 'black'?",
        ),
    ),
)
