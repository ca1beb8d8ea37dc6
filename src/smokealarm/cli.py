"""Words in, exit code out."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from types import FrameType

from smokealarm import __version__
from smokealarm.errors import FatalError
from smokealarm.loading import load

EPILOG = """
exit codes:
  0  pass          nothing to worry about
  1  alarm         something that worked, or should have, does not
  2  usage         the configuration or the command is wrong, and only you can mend it
  3  inconclusive  no verdict: it says why, and what would settle it

examples:
  smokealarm check                    what is not committed yet
  smokealarm check --base main        what this branch changes, as a pull request would be judged
  smokealarm check --staged           what the next commit would change
  smokealarm check --stage data       one stage only
  smokealarm config --base main       what would run, on what, and why; runs nothing
"""

VERBS = ("check", "drill", "suggest", "adopt", "status", "config", "report", "gate", "schema")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; what the user must mend is said in a sentence."""
    _be_printable_anywhere()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(words).parse_args(words)
        command: Callable[[Namespace], int] = options.command
        return command(options)
    except FatalError as error:
        print(f"smokealarm: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("smokealarm: interrupted; nothing is left behind", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has seen enough, as in `smokealarm report ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _end(number: int, frame: FrameType | None) -> None:
    """An interrupt unwinds the stack, so that children and temporary folders go too.

    Another one is not heeded: it would only spoil the clean-up.
    """
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def _be_printable_anywhere() -> None:
    """Text that the terminal's encoding lacks is shown escaped instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _parser(words: Sequence[str]) -> ArgumentParser:
    """What can be said. Where the first word is a verb, the other verbs need not be loaded."""
    parser = ArgumentParser(
        prog="smokealarm",
        description="Smoke tests for machine-learning repositories.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"smokealarm {__version__}")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in [word for word in words[:1] if word in VERBS] or VERBS:
        module = load(f"commands.{name}")
        summary = (module.__doc__ or "").partition("\n")[0]
        verb = verbs.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(verb)
        verb.set_defaults(command=module.run)
    return parser
