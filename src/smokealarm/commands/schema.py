"""Print a JSON Schema: of .smokealarm.yaml for editors, or of the results file for programs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import msgspec

from smokealarm.config.schema import schema
from smokealarm.loading import load
from smokealarm.results import Results


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm schema --help`."""
    verb.add_argument(
        "of",
        nargs="?",
        choices=("config", "results"),
        default="config",
        help="the configuration (default), or the results file",
    )


def run(options: Namespace) -> int:
    """Print it as the file in the repository has it; that of the installed checks."""
    made = schema(load) if options.of == "config" else msgspec.json.schema(Results)
    print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    return 0
