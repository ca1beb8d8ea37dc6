"""From the tree of a configuration to cases; every complaint is collected, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from smokealarm.errors import FatalError, Place
from smokealarm.finding import Level
from smokealarm.signature import Field, Mismatch, conform, fields
from smokealarm.stage import DEFAULTS, NAMES, Ask, Case, Stage
from smokealarm.tree import Node

CASE_FIELDS = {
    "name": Field("name", str, required=False),
    "files": Field("files", str, required=False),
}
ASK_FIELDS = {
    "level": Field("level", Level, required=False),
    "skip": Field("skip", str, required=False),
}

Load = Callable[[str], Stage]


class Reading:
    """One reading of a configuration: makes cases and keeps the complaints that it met."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.complaints: list[FatalError] = []

    def cases(self, tree: Node, stages: Iterable[str]) -> tuple[Case, ...]:
        """The cases of the wanted stages, in the order of the file."""
        wanted = set(stages)
        found: list[Case] = []
        for key, node in self._entries(tree, "the configuration", NAMES):
            if key in wanted:
                found += self._stage_cases(key, node)
        return tuple(found)

    def _stage_cases(self, name: str, node: Node) -> Iterator[Case]:
        try:
            stage = self.load(name)
        except FatalError as error:
            self._complain(error.message, node.place, error.remedy)
            return
        taken: dict[str, Place] = {}
        for item in self._items(node, f"`{name}:`"):
            case = self._case(name, stage, item)
            if case and case.name in taken:
                first = taken[case.name].line
                message = f"two {name} cases are called {case.name!r}, the first on line {first}"
                self._complain(message, case.places.get("name", case.place), "Give one a `name:`.")
            elif case:
                taken[case.name] = case.place
                yield case

    def _case(self, stage_name: str, stage: Stage, node: Node) -> Case | None:
        known = {**CASE_FIELDS, **fields(stage.opened)}
        what = f"a {stage_name} case"
        entries = dict(self._entries(node, what, (*known, "checks")))
        checks = entries.pop("checks", None)
        settings = self._settings(entries, known, node, what)
        asks = tuple(self._asks(checks, stage)) if checks else _by_default(stage, node.place)
        if checks is None and not asks and isinstance(node.value, dict):
            self._complain(f"{what} has no `checks:`", node.place, _offer(stage.CHECKS))
        if settings is None:
            return None
        files = settings.pop("files", "")
        self._try_pattern(files, entries.get("files"))
        return Case(
            stage=stage_name,
            name=settings.pop("name", "") or _default_name(settings, files),
            place=node.place,
            asks=asks,
            settings=settings,
            places={key: entry.place for key, entry in entries.items()},
            files=files,
        )

    def _asks(self, node: Node, stage: Stage) -> Iterator[Ask]:
        """Those that are written; `defaults` stands for the rest of the stage's own choice."""
        defaults: list[Ask] = []
        written: set[str] = set()
        for item in self._items(node, "`checks:`"):
            if item.value == DEFAULTS and hasattr(stage, "DEFAULTS"):
                defaults += _by_default(stage, item.place)
                continue
            for ask in self._asks_of(item, stage):
                written.add(ask.check)
                yield ask
        yield from (ask for ask in defaults if ask.check not in written)

    def _asks_of(self, item: Node, stage: Stage) -> Iterator[Ask]:
        if isinstance(item.value, str):
            item = Node({item.value: Node(None, item.place)}, item.place, {item.value: item.place})
        elif not isinstance(item.value, dict) or len(item.value) != 1:
            message = f"expected the name of a check, or `name: {{options}}`, not {_short(item)}"
            self._complain(message, item.place, _offer(stage.CHECKS))
            return
        for name, options in self._entries(item, "`checks:`", stage.CHECKS, thing="check"):
            yield from self._ask(name, stage.CHECKS[name], options, item.key_places[name])

    def _ask(self, name: str, check: Any, node: Node, place: Place) -> Iterator[Ask]:
        known = {**ASK_FIELDS, **fields(check)}
        what = f"the check `{name}`"
        if node.value is None:
            node = Node({}, place)
        entries = dict(self._entries(node, what, known, thing="option"))
        options = self._settings(entries, known, Node(node.value, place), what)
        if options is not None:
            level, skip = options.pop("level", Level.FAILURE), options.pop("skip", "")
            yield Ask(check=name, place=place, options=options, level=level, skip=skip)

    def _settings(
        self, entries: Mapping[str, Node], known: Mapping[str, Field], owner: Node, what: str
    ) -> dict[str, Any] | None:
        """The values that were written, of the right types; None if one is missing or wrong."""
        before = len(self.complaints)
        settings = {}
        for key, node in entries.items():
            try:
                settings[key] = conform(node.plain(), known[key].type)
            except Mismatch as mismatch:
                wrong = _walk(node, mismatch.way)
                self._complain(f"`{key}`: {mismatch.complaint}: {_short(wrong)}", wrong.place)
        for name in self._missing(entries, known, owner):
            self._complain(f"{what} needs `{name}:`", owner.place)
        return settings if len(self.complaints) == before else None

    def _missing(
        self, entries: Mapping[str, Node], known: Mapping[str, Field], owner: Node
    ) -> list[str]:
        """Required keys that are not there, unless a key that is not known may be one misspelt."""
        if not isinstance(owner.value, dict) or not known.keys() | {"checks"} >= owner.value.keys():
            return []
        return [name for name, field in known.items() if field.required and name not in entries]

    def _entries(
        self, node: Node, what: str, known: Iterable[str], thing: str = "key"
    ) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping whose keys are known."""
        if not isinstance(node.value, dict):
            self._complain(
                f"expected `key: value` lines for {what}, not {_short(node)}", node.place
            )
            return
        for key, entry in node.value.items():
            if key in known:
                yield key, entry
            else:
                message = f"{what} has no {thing} `{key}`"
                self._complain(message, node.key_places[key], did_you_mean(key, known))

    def _items(self, node: Node, what: str) -> Iterable[Node]:
        if isinstance(node.value, list):
            return node.value
        self._complain(
            f"expected a list (lines with `- `) under {what}, not {_short(node)}", node.place
        )
        return ()

    def _try_pattern(self, pattern: str, node: Node | None) -> None:
        try:
            re.compile(pattern)
        except re.error as error:
            place = node.place if node else None
            self._complain(f"`files`: {pattern!r} is not a regular expression: {error}", place)

    def _complain(self, message: str, place: Place | None, remedy: str = "") -> None:
        self.complaints.append(FatalError(message, remedy, place))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest of the known words as a question, or all of them where none is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else _offer(known)


def _by_default(stage: Stage, place: Place) -> tuple[Ask, ...]:
    return tuple(Ask(check=name, place=place) for name in getattr(stage, "DEFAULTS", ()))


def _offer(known: Iterable[str]) -> str:
    return "Known here: " + ", ".join(sorted(known)) + "."


def _default_name(settings: Mapping[str, Any], files: str) -> str:
    """The first thing that was said of the case, which is what it is about."""
    return next((str(value) for value in settings.values()), files) or "all files"


def _walk(node: Node, way: Iterable[str | int]) -> Node:
    for step in way:
        node = node.value[step]
    return node


def _short(node: Node) -> str:
    text = repr(node.plain())
    return text if len(text) <= 60 else f"{text[:57]}..."
