"""Asking a tool, or remembering what it said of the same file under the same conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, structs

from smokealarm.finding import Finding
from smokealarm.style.identity import Identity, identity_of
from smokealarm.style.memory import Memory
from smokealarm.style.sandbox import Sandbox
from smokealarm.style.source import Source, Sources
from smokealarm.style.tools.tool import Tool


class Judge(Struct, frozen=True, kw_only=True, dict=True):
    """A tool with the options that a user gave it. Called with sources, it says what it finds."""

    name: str
    tool: Tool
    options: Mapping[str, Any]
    box: Sandbox
    memory: Memory
    identity: Identity

    def __call__(self, sources: Sources) -> Iterator[Finding]:
        files = sources.of(*self.tool.languages)
        if not self.tool.remembered or not self.identity.stamp:
            yield from self._asked(sources.only(files))
            return
        keys = {source: self._key(source) for source in files}
        known = {source: self.memory.recall(key) for source, key in keys.items()}
        for source, answer in known.items():
            for finding in answer or ():
                yield structs.replace(finding, path=source.path)
        fresh = [source for source, answer in known.items() if answer is None]
        yield from self._kept(sources.only(fresh), keys)

    def _asked(self, sources: Sources) -> Iterator[Finding]:
        if sources.files:
            if sources.workshop:
                sources.workshop.set_up(self.name)  # while the files are written
            yield from self.tool.check(sources, **self.options)

    def _kept(self, sources: Sources, keys: Mapping[Source, str]) -> Iterator[Finding]:
        """What the tool says now; remembered only when it came to its end."""
        said: dict[str | None, list[Finding]] = {source.path: [] for source in sources.files}
        for finding in self._asked(sources):
            said.setdefault(finding.path, []).append(structs.replace(finding, path=None))
            yield finding
        for source in sources.files:
            self.memory.keep(keys[source], said[source.path])

    def _key(self, source: Source) -> str:
        return hashed(self.identity.stamp, self.name, self.options, self.basis(source))

    def basis(self, source: Source) -> list[tuple[str, str]]:
        """The name and the content of the source, and of everything else that the tool reads for it."""
        places = sorted(set(self.box.beside(source, self.tool)))
        others = [(place, sha256(self.box.companions[place]).hexdigest()) for place in places]
        return [(source.place, sha256(source.content).hexdigest()), *others]


def judge_of(
    name: str, tool: Tool, options: Mapping[str, Any], box: Sandbox, memory: Memory
) -> Judge:
    """The tool, ready to be asked."""
    return Judge(
        name=name, tool=tool, options=options, box=box, memory=memory, identity=identity_of(tool)
    )


def hashed(*parts: object) -> str:
    """One name for all the parts, in their order."""
    return sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()
