"""Run a function of ours, and with it the user's code, in a process of its own.

    with running("package.module:function", {"any": "JSON"}, cwd=root) as messages:
        for message in messages:
            ...

The function is called as `function(argument, send)`; what it sends arrives here, in order. The
endings are exceptions, raised from the iterator:

- `Crash`: the code raised, or called sys.exit(). Its frames say where.
- `Died`: the process ended without a word: a signal, os._exit, a closed channel.
- `TimedOut`, `OutOfMemory`, `TooManyProcesses`: a limit was met. All are `Inconclusive`.
  `failure` turns the first two into a finding on the user's line, for every stage alike.
- a `FatalError` or `Inconclusive` that the function raised is raised here again.

Messages are JSON in Python's dialect: NaN and the infinities arrive as they were sent (msgspec will
write them as null in the results file, so put them in evidence as text). What has a `tolist` (an
array, a tensor) is sent as a list; anything else that is no JSON raises TypeError in `send`.

When the block is left, however that comes about, the whole process group is killed, and whoever
left the group but still carries the environment it was given; when this process itself is killed,
the child ends with it. Not for Windows.
"""

from smokealarm.child.endings import Crash, Died, Frame, OutOfMemory, TimedOut, TooManyProcesses
from smokealarm.child.failure import failure, is_ours
from smokealarm.child.load import loaded
from smokealarm.child.parent import Limits, running
from smokealarm.child.warm import warm

__all__ = [
    "Crash",
    "Died",
    "Frame",
    "Limits",
    "OutOfMemory",
    "TimedOut",
    "TooManyProcesses",
    "failure",
    "is_ours",
    "loaded",
    "running",
    "warm",
]
