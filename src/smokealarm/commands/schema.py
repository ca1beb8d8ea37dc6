"""Print the JSON Schema of .smokealarm.yaml, for editors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import msgspec

from smokealarm.config.schema import schema
from smokealarm.loading import load


def add_arguments(verb: ArgumentParser) -> None:
    """None: the schema is that of the checks that are installed."""


def run(options: Namespace) -> int:
    """Print it as the file in the repository has it."""
    print(msgspec.json.format(msgspec.json.encode(schema(load)), indent=2).decode())
    return 0
