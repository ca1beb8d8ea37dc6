"""What the stage knows of a tool. A further tool is one file with a `TOOL` in it, and its line in `TOOLS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from smokealarm.finding import Finding
from smokealarm.style.source import Source

Check = Callable[..., Iterator[Finding]]
Contents = Mapping[str, bytes]
Lines = Mapping[str, set[int]]  # the touched lines of each path


def _no_folders(configuration: Contents) -> Iterable[str]:
    return ()


def _no_companions(source: Source, companions: Contents) -> Iterable[str]:
    return ()


class Tool(Struct, frozen=True, kw_only=True):
    """A tool, and what its verdict on a file depends on beside the file itself.

    - `check`: called as `check(sources, **options)`; its findings carry the tool's own rule as
      `evidence["code"]`
    - `fixed`: called as `fixed(sources, lines, **options)`; gives each path that it would mend with
      its new content, mended everywhere or, where `lines` is not None, on those lines only
    - `languages`: of the files that it is handed
    - `packages`: the distributions whose versions decide, and every plug-in in the entry-point
      group `plugins`
    - `program`: the executable, where it is none of Python's modules
    - `configuration`: names of the files that steer it, in the folder of the file or above it
    - `told_to_read`: further files and folders that its configuration makes it read
    - `companions`: of the files that were laid out, those that it reads for this source
    - `remembered`: the verdict on a file follows from all this alone, so that it may be remembered
    - `touched_only`: it speaks of changed lines and of nothing else, whatever the scope
    """

    check: Check
    fixed: Callable[..., Iterator[tuple[str, bytes]]] | None = None
    languages: tuple[str, ...]
    packages: tuple[str, ...] = ()
    plugins: str = ""
    program: str = ""
    configuration: tuple[str, ...] = ()
    told_to_read: Callable[[Contents], Iterable[str]] = _no_folders
    companions: Callable[[Source, Contents], Iterable[str]] = _no_companions
    remembered: bool = True
    touched_only: bool = False
