"""The memory that a training step takes, told without a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smokealarm.finding import Finding, Scalar, Table
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.memorize.prices.devices import COMMON, sizes
from smokealarm.memorize.prices.peak import CONTEXT, GIB, Forecast, Imagined, usable
from smokealarm.memorize.prices.remedies import remedies
from smokealarm.stage import Sight

TRUSTED = 0.1  # a prediction further off than this share is not told


def check(
    fit: Fit,
    *,
    setup: str = "",
    at_most_gb: float | None = None,
    devices: Sequence[str | float] = (),
    over: int = 8,
) -> Iterator[Sight]:
    """A training step takes no more memory than it may; and three tables say what takes it.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - memory:
                  setup: digits.smoke:full_size
                  at_most_gb: 80
                  devices: [T4, RTX 4090, 80]
                  over: 8

    `setup` names the function that makes the program of full size, with its real model and batch.
    Nothing of it is allocated and nothing computed: it is called, and its step run, with tensors that
    have a shape and no numbers, so that it can be priced on a laptop. Without it, the set-up of the
    case is priced by two real steps of its own, and below a million parameters with the first table
    alone; name the same function once more to have the others, too. It alarms only where `at_most_gb` (10^9
    bytes, with 0.6 GiB for CUDA itself) is given and exceeded.

    The first table splits the peak into parameters, buffers, gradients, optimizer state, the batch,
    activations (what the forward pass keeps for backward; storages that are shared count once) and
    temporaries. The second tells the largest batch for each of the `devices` (names, or GiB; 95 %
    of their memory is counted as usable): two batch sizes give a line, and a third proves it. The
    third prices remedies; those marked `run` are a step that was priced with it, the others follow
    from the parts. `over` is the number of devices that the last of them spread the program over.

    What asks a tensor without numbers for one, such as `loss.item()`, is told 0, and a condition is
    told False (or, where the program then crashes, True); where a size hangs on the numbers
    (`x[mask]`, the tokens of an expert) the largest possible is taken. A program that cannot do with
    this is inconclusive. Not in sight: what kernels need inside themselves, NCCL's buffers, and other
    processes. On a CPU other kernels run than on a GPU (attention, for one), so parts may differ.

    The method: weak references on storages below torch's dispatcher, as in torch's own (private)
    memory tracker.
    """
    labelled = sizes(devices)
    over = max(over, 1)
    forecast = fit.of(setup)(Imagined).forecast if setup else fit.fact(Forecast)
    yield from tables(forecast, labelled, over)
    if at_most_gb is not None and forecast.peak.total + CONTEXT > at_most_gb * 1e9:
        yield _too_much(fit, forecast, at_most_gb, over)


def tables(
    forecast: Forecast, labelled: dict[str, float] = COMMON, over: int = 8
) -> Iterator[Table]:
    """What takes the memory, what fits on which device, and what each remedy would leave."""
    yield parts(forecast)
    fits = largest(forecast, labelled)
    if fits:
        yield fits
    if fits or forecast.imagined:  # what is small and real needs no remedy
        yield priced(forecast, over)


def parts(forecast: Forecast) -> Table:
    """The peak, and what it is made of, at the two moments when memory is fullest."""
    batch = f", batch of {forecast.samples}" if forecast.samples else ""
    how = "forecast" if forecast.imagined else "counted in a real step"
    backward, step = forecast.peak.backward, forecast.peak.step
    rows: list[list[Scalar]] = [
        [kind, shown(backward[kind]), shown(step[kind])] for kind in backward
    ]
    rows.append(["CUDA itself, about", shown(CONTEXT), shown(CONTEXT)])
    ends = [shown(sum(moment.values()) + CONTEXT) for moment in (backward, step)]
    rows.append(["total", *ends])
    return Table(
        title=f"Memory of a training step{batch} ({how})",
        header=["part", "forward and backward", "optimizer step"],
        rows=rows,
    )


def largest(forecast: Forecast, labelled: dict[str, float]) -> Table | None:
    """Per device the largest batch. None where the line cannot be trusted."""
    told, proof = forecast.line, forecast.proof
    if told is None or proof is None or proof.error > TRUSTED:
        return None
    rows: list[list[Scalar]] = [
        [label, _samples(told.largest(usable(gib)))] for label, gib in labelled.items()
    ]
    return Table(
        title=f"Largest batch (proven at {proof.samples:,}: off by {100 * proof.error:.2g} %)",
        header=["device", "samples"],
        rows=rows,
    )


def _samples(most: int | None) -> Scalar:
    return "any" if most is None else most or "not one"


def priced(forecast: Forecast, over: int) -> Table:
    """Every remedy with what it leaves, saves and costs."""
    total = forecast.peak.total
    rows: list[list[Scalar]] = [
        [
            each.name,
            shown(each.total + CONTEXT),
            shown(total - each.total),
            "run" if each.run else "from the parts",
            each.cost,
        ]
        for each in remedies(forecast, over)
    ]
    return Table(
        title="Remedies, one at a time",
        header=["remedy", "peak", "saved", "how it is known", "what it costs"],
        rows=rows,
    )


def _too_much(fit: Fit, forecast: Forecast, at_most_gb: float, over: int) -> Finding:
    total = forecast.peak.total + CONTEXT
    best = min(remedies(forecast, over), key=lambda each: each.total)
    highest = forecast.peak.highest
    return Finding(
        message=f"a training step takes {total / 1e9:.3g} GB at its peak, over"
        f" `at_most_gb: {at_most_gb:g}`",
        **at(fit.place),
        evidence={
            **{f"{kind} (GB)": number(size / 1e9) for kind, size in highest.items()},
            "batch": forecast.samples,
            "reproduce": fit.reproduce,
        },
        remedy=f"Most is saved by {best.name}: {shown(best.total + CONTEXT)} would be left. The"
        " table has the price of this and of the others.",
    )


def shown(size: float) -> str:
    """Bytes, as a reader wants them."""
    sign, size = ("-" if size < 0 else ""), abs(size)
    for unit, name in ((GIB, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            return f"{sign}{size / unit:.3g} {name}"
    return f"{sign}{size:.0f} B"
