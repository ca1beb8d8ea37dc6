"""A program of its own: it imports a tool once and forks a child for each time that the tool runs.

    python workbench.py MODULE IMPORT...

A child is what a fresh process would be after its imports: with a folder, output and exit code of
its own, and whatever it does to the tool ends with it. Where an import does anything but succeed in
silence, no child is made: the tool is to run by itself then, and says what is wrong in its own way.

Requests come on the standard input (the number of bytes, a line end, and the parts between NULs:
folder, file of the output, file of the errors, arguments), answers go to the standard output.
"""

import gc
import os
import sys

# The folder of this file is no place for a tool to find modules in, nor is the current one.
_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [part for part in sys.path if part and os.path.abspath(part) != _HERE]

# A process this short needs no hunt for cycles in its memory, which takes a tenth of its time.
gc.set_threshold(1_000_000)

# Not before the path is right.
import runpy  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402

_TICK = 0.2  # seconds between looks at a child that left somebody behind


def _imported(modules: list[str]) -> bool:
    """Whether the imports did nothing that anybody could notice."""
    try:
        for module in modules:
            __import__(module)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        return False
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1  # a fork copies one thread only
    return alone and os.fstat(1).st_size == 0


def _serve(requests: int, answers: int) -> list[str]:
    """Fork a child per request. Returns in the children alone, with their arguments."""
    with os.fdopen(requests, "rb") as lines:
        while length := lines.readline():
            request = lines.read(int(length))
            ours, theirs = os.pipe()  # closed by the end of a child, whichever it is
            child = os.fork()
            if not child:
                break
            os.close(theirs)
            os.write(answers, b"%d\n" % _exit_code(child, ours, requests))
            os.close(ours)
        else:
            os._exit(0)  # nobody asks any longer
    os.close(answers)
    os.close(ours)
    folder, out, err, *arguments = os.fsdecode(request).split("\0")
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    return arguments


def _exit_code(child: int, alive: int, requests: int) -> int:
    """Wait for the child. If whoever asked ends before it, all of us are ended."""
    while True:
        readable, _, _ = select.select([alive, requests], [], [], _TICK)
        if requests in readable:  # nothing is asked while a child runs
            os.killpg(0, signal.SIGKILL)
        ended, status = os.waitpid(child, 0 if alive in readable else os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)


def main(module: str, modules: list[str]) -> None:
    """Import, say so, and serve until nobody asks any longer."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)  # a file: what is printed while modules are imported shows there
    if not _imported(modules):
        os._exit(1)
    gc.freeze()
    os.write(answers, b"ready\n")
    sys.argv[1:] = _serve(requests, answers)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
