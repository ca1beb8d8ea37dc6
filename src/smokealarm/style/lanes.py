"""The subject as the pipeline asks it: its checks run side by side, in a few lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event, Thread

from smokealarm.stage import Ask, Sight

Look = Callable[[Ask], Iterable[Sight]]
LONG = ("black", "flake8")


class Answer:
    """What a check saw, once it has been asked; a failure of it is kept for who wants to know."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.found: list[Sight] = []
        self.error: BaseException | None = None
        self.ready = Event()

    def find(self, look: Look) -> None:
        try:
            for sight in look(self.ask):
                self.found.append(sight)
        except BaseException as error:
            self.error = error
        finally:
            self.ready.set()


class Lanes:
    """Black and flake8 in a lane each, the others one after the other in a third.

    The two take nearly all of the time and are quickest side by side on two cores; the third fills
    what they leave, above all while they are imported.
    """

    def __init__(self, asks: Sequence[Ask], look: Look) -> None:
        self._answers = [Answer(ask) for ask in asks if not ask.skip]
        lanes: dict[str, list[Answer]] = {}
        for answer in self._answers:
            check = answer.ask.check
            lanes.setdefault(check if check in LONG else "others", []).append(answer)
        self._threads = [Thread(target=_drive, args=(lane, look)) for lane in lanes.values()]

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def ask(self, ask: Ask) -> Iterable[Sight]:
        """What the check sees, as soon as it is through."""
        answer = next(answer for answer in self._answers if answer.ask is ask)
        answer.ready.wait()
        yield from answer.found
        if answer.error:
            raise answer.error

    def finish(self) -> None:
        """Wait for the tools, so that nothing is written to a folder that is gone."""
        for thread in self._threads:
            if thread.ident is not None:  # else an interrupt came before it was started
                thread.join()


def _drive(lane: Sequence[Answer], look: Look) -> None:
    for answer in lane:
        answer.find(look)
