from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.padding_ignored import Padding
from smokealarm.memorize.checks.padding_ignored import check as padding_ignored
from smokealarm.memorize.probes.padding import probe
from tests.memorize.fits import Given, findings, fit_with

LENGTHS = torch.tensor([8, 5, 3, 8])
REAL = torch.arange(8) < LENGTHS[:, None]
TEXT = torch.randint(1, 12, (4, 8), generator=torch.Generator().manual_seed(0)) * REAL


class Asked(nn.Module):
    def __init__(self, forward: Any) -> None:
        super().__init__()
        self.emb, self.pos = nn.Embedding(14, 6), nn.Embedding(8, 6)
        self.block = nn.TransformerEncoderLayer(6, 2, 12, 0.1, batch_first=True)
        self.rnn, self.both = nn.GRU(6, 6, batch_first=True), nn.GRU(6, 3, 1, True, True, 0, True)
        self.flat, self.out, self._given = nn.Linear(48, 3), nn.Linear(6, 3), forward

    def embedded(self, tokens: Tensor) -> Tensor:
        return self.emb(tokens) + self.pos(torch.arange(tokens.shape[1]))  # type: ignore[no-any-return]

    def forward(self, tokens: Tensor, *more: Any, **named: Any) -> Any:
        return self._given(self, tokens, *more, **named)


class Convolving(Asked):
    def __init__(self, forward: Any) -> None:
        super().__init__(forward)
        self.conv = nn.Conv1d(6, 6, 3, padding=1)


class Masked(Asked):
    """Its mask is named."""

    def forward(self, tokens: Tensor, attention_mask: Tensor) -> Any:
        return self._given(self, tokens, attention_mask)


class Measured(Asked):
    """Its lengths are named."""

    def forward(self, tokens: Tensor, lengths: Tensor) -> Any:
        return self._given(self, tokens, lengths)


def of(
    forward: Any, *more: Any, kind: type[Asked] = Asked, text: Any = TEXT, **hints: Any
) -> Padding:
    def program(seed: int) -> Any:
        model = kind(forward)
        inputs = (text, *more) if more else text
        return {
            "model": model,
            "loss_fn": lambda out, target: out.square().mean(),
            "optimizer": torch.optim.SGD(model.parameters(), 0.1),
            "data": (inputs, torch.arange(4)),
            "hints": hints,
        }

    return probe(Bench(program, "auto", Path.cwd(), 200), Given())


def messages(seen: Padding) -> list[str]:
    return [finding.message for finding in findings(padding_ignored(fit_with(seen)))]


def attending(m: Any, tokens: Tensor, mask: Any = None) -> Tensor:
    """The mask is made of the tokens where none is given."""
    empty = tokens == 0 if mask is None else ~mask.bool()
    return m.out(m.block(m.embedded(tokens), src_key_padding_mask=empty))  # type: ignore[no-any-return]


def unmasked(m: Any, tokens: Tensor, mask: Any = None) -> Tensor:
    return m.out(m.block(m.embedded(tokens)))  # type: ignore[no-any-return]


def packed(m: Any, tokens: Tensor, lengths: Tensor) -> Tensor:
    inputs = nn.utils.rnn.pack_padded_sequence(m.emb(tokens), lengths, True, False)
    return m.out(m.both(inputs)[1].transpose(0, 1).flatten(1))  # type: ignore[no-any-return]


def last_of_all(m: Any, tokens: Tensor, lengths: Tensor) -> Tensor:
    return m.out(m.rnn(m.emb(tokens))[0][:, -1])  # type: ignore[no-any-return]


def last_of_its_own(m: Any, tokens: Tensor, lengths: Tensor) -> Tensor:
    return m.out(m.rnn(m.emb(tokens))[0][torch.arange(4), lengths - 1])  # type: ignore[no-any-return]


def mean(m: Any, tokens: Tensor, mask: Tensor) -> Tensor:
    return m.out(m.emb(tokens).mean(1))  # type: ignore[no-any-return]


def mean_of_real(m: Any, tokens: Tensor, mask: Tensor) -> Tensor:
    kept = mask[:, :, None].float()
    return m.out((m.emb(tokens) * kept).sum(1) / kept.sum(1))  # type: ignore[no-any-return]


HEALTHY: list[tuple[str, Callable[[], Padding]]] = [
    ("a mask made of the tokens", lambda: of(attending, pad_id=0)),
    ("a mask that is given", lambda: of(attending, REAL, kind=Masked)),
    ("a mask of whole numbers", lambda: of(attending, REAL.long(), kind=Masked)),
    ("packed sequences", lambda: of(packed, LENGTHS, kind=Measured)),
    ("the last place of each", lambda: of(last_of_its_own, LENGTHS, kind=Measured)),
    ("a mean over real places", lambda: of(mean_of_real, REAL, kind=Masked)),
]


@pytest.mark.parametrize(("name", "found"), HEALTHY, ids=[name for name, _ in HEALTHY])
def test_padding_that_is_ignored_gives_no_finding(name: str, found: Callable[[], Padding]) -> None:
    seen = found()
    assert messages(seen) == [] and (seen.sample, seen.length, seen.padded) == (2, 3, 8)


FAULTY: list[tuple[str, Callable[[], Padding]]] = [
    ("no mask", lambda: of(unmasked, pad_id=0)),
    ("a mask that is not handed on", lambda: of(unmasked, REAL, kind=Masked)),
    ("a mean over all places", lambda: of(mean, REAL, kind=Masked)),
    ("the state after the padding", lambda: of(last_of_all, LENGTHS, kind=Measured)),
]


@pytest.mark.parametrize(("name", "found"), FAULTY, ids=[name for name, _ in FAULTY])
def test_padding_that_is_seen_is_found(name: str, found: Callable[[], Padding]) -> None:
    [message] = messages(found())
    assert message.startswith("padding is seen: cut to its own 3 of 8 places, sample 2 gives other")


def full(m: Any, tokens: Tensor) -> Tensor:
    return m.flat(m.emb(tokens).flatten(1))  # type: ignore[no-any-return]


UNKNOWN: list[tuple[str, Callable[[], Padding], str]] = [
    ("nobody says what is padding", lambda: of(unmasked), "nothing says"),
    ("no padding", lambda: of(unmasked, text=TEXT + 1, pad_id=0), "nothing says"),
    ("padding first", lambda: of(unmasked, text=TEXT.flip(1), pad_id=0), "nothing says"),
    ("inputs of one length only", lambda: of(full, pad_id=0), "one length only"),
]


@pytest.mark.parametrize(("name", "found", "reason"), UNKNOWN, ids=[name for name, _, _ in UNKNOWN])
def test_what_is_not_known_is_not_asked(
    name: str, found: Callable[[], Padding], reason: str
) -> None:
    with pytest.raises(Unasked, match=reason):
        found()


def test_a_convolution_may_look_across_the_end() -> None:
    seen = of(lambda m, x: m.out(m.conv(m.emb(x).mT).mT), kind=Convolving, pad_id=0)
    assert seen.moved > seen.noise
    with pytest.raises(Unasked, match="convolutions"):
        messages(seen)


@pytest.mark.parametrize("masked", [True, False], ids=["with its mask", "with a mask of ones"])
def test_a_model_of_transformers_knows_its_padding(masked: bool) -> None:
    transformers = pytest.importorskip("transformers", reason="an extra")

    def program(seed: int) -> Any:
        model = transformers.BertForSequenceClassification(
            transformers.BertConfig(
                vocab_size=12,
                hidden_size=8,
                num_hidden_layers=1,
                num_attention_heads=2,
                intermediate_size=16,
                max_position_embeddings=16,
            )
        )
        mask = REAL.long() if masked else torch.ones_like(TEXT)
        batch = {"input_ids": TEXT, "attention_mask": mask, "labels": torch.arange(4) % 2}
        optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
        return model, lambda model, batch: model(**batch).loss, optimizer, [batch]

    seen = probe(Bench(program, "auto", Path.cwd(), 200), Given())
    assert len(messages(seen)) == (0 if masked else 1)


def test_the_finding_says_how_padding_is_known() -> None:
    seen = Padding(2, 3, 8, 0.5, 1.0, 1e-9, "`attention_mask`", "net")
    [finding] = findings(padding_ignored(fit_with(seen)))
    assert finding.evidence["known to be padding by"] == "`attention_mask`"
    assert (finding.path, finding.line) == ("smoke.py", 4)
