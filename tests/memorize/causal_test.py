from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.causal import Causality, Leak
from smokealarm.memorize.checks.causal import check as causal
from smokealarm.memorize.probes.causality import probe
from tests.memorize.fits import Given, findings, fit_with

TEXT = torch.randint(1, 12, (4, 9), generator=torch.Generator().manual_seed(0))
NEXT = TEXT[:, :-1], TEXT[:, 1:]
COPY = TEXT, TEXT.clone()
WAVE = torch.randn(4, 1, 9), torch.randn(4, 1, 9)
FUTURE, UNSHIFTED = "the model sees the future", "the targets are not shifted"


class Reader(nn.Module):
    """One layer of attention with the mask that is given, or another sequence model."""

    def __init__(self, mask: Any = None, rnn: nn.Module | None = None) -> None:
        super().__init__()
        self.emb, self.pos = nn.Embedding(12, 8), nn.Embedding(9, 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True)
        self.rnn, self.mask = rnn, mask
        self.head = nn.LazyLinear(12)

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        hidden = self.emb(tokens) + self.pos(torch.arange(length))
        if self.rnn is not None:
            hidden = self.rnn(hidden)[0]
        else:
            mask = None if self.mask is None else self.mask(torch.ones(length, length).bool())
            hidden = self.block(hidden, src_mask=mask)
        return self.head(hidden)  # type: ignore[no-any-return]  # untyped call


class Wave(nn.Module):
    def __init__(self, left: int, right: int) -> None:
        super().__init__()
        self.conv, self.sides = nn.Conv1d(1, 1, 3), (left, right)

    def forward(self, wave: Tensor) -> Tensor:
        return self.conv(F.pad(wave, self.sides))  # type: ignore[no-any-return]  # untyped call


def of(model: Callable[[], nn.Module], data: Any, **hints: Any) -> Causality:
    def program(seed: int) -> Any:
        net = model()
        net(data[0])  # lazy layers take their shape
        optimizer = torch.optim.Adam(net.parameters(), 0.01)
        return {
            "model": net,
            "loss_fn": _loss,
            "optimizer": optimizer,
            "data": data,
            "hints": hints,
        }

    return probe(Bench(program, "auto", Path.cwd(), 200), Given())


def _loss(out: Tensor, target: Tensor) -> Tensor:
    if target.is_floating_point():
        return F.mse_loss(out, target)
    return F.cross_entropy(out.reshape(target.numel(), -1), target.flatten())


def messages(seen: Causality) -> list[str]:
    return [finding.message.partition(":")[0] for finding in findings(causal(fit_with(seen)))]


def later(allowed: Tensor) -> Tensor:
    return allowed.triu(1)


HEALTHY: list[tuple[str, Callable[[], Causality]]] = [
    ("a masked transformer", lambda: of(lambda: Reader(later), NEXT)),
    ("a recurrent model", lambda: of(lambda: Reader(rnn=nn.GRU(8, 8, batch_first=True)), NEXT)),
    ("padding at the end", lambda: of(lambda: Reader(later), padded(), pad_id=0)),
    ("a prefix that is read both ways", lambda: of(lambda: Reader(prefixed), after_a_prefix())),
    ("a causal convolution", lambda: of(lambda: Wave(2, 0), WAVE, causal=True)),
]


def prefixed(allowed: Tensor) -> Tensor:
    mask = allowed.triu(1)
    mask[:, :4] = False
    return mask


def after_a_prefix() -> tuple[Tensor, Tensor]:
    target = TEXT[:, 1:].clone()
    target[:, :3] = -100
    return TEXT[:, :-1], target


def padded() -> tuple[Tensor, Tensor]:
    text = TEXT.clone()
    text[0, 5:] = 0
    return text[:, :-1], text[:, 1:].masked_fill(text[:, 1:] == 0, -100)


@pytest.mark.parametrize(("name", "found"), HEALTHY, ids=[name for name, _ in HEALTHY])
def test_a_causal_model_gives_no_finding(name: str, found: Callable[[], Causality]) -> None:
    seen = found()
    assert messages(seen) == [] and len(seen.leaks) in (2, 3)


FAULTY: list[tuple[str, Callable[[], Causality], str]] = [
    ("no mask behind a prefix", lambda: of(Reader, after_a_prefix()), FUTURE),
    ("no mask", lambda: of(Reader, NEXT), FUTURE),
    ("a mask the wrong way round", lambda: of(lambda: Reader(lambda a: a.tril(-1)), NEXT), FUTURE),
    ("a mask off by one", lambda: of(lambda: Reader(lambda a: a.triu(2)), NEXT), FUTURE),
    (
        "a layer that reads both ways",
        lambda: of(
            lambda: Reader(rnn=nn.GRU(8, 8, batch_first=True, bidirectional=True)),
            NEXT,
        ),
        FUTURE,
    ),
    (
        "a convolution padded on both sides",
        lambda: of(lambda: Wave(1, 1), WAVE, causal=True),
        FUTURE,
    ),
    ("no mask, padded", lambda: of(Reader, padded(), pad_id=0), FUTURE),
    ("targets that are the inputs", lambda: of(lambda: Reader(later), COPY), UNSHIFTED),
]


@pytest.mark.parametrize(("name", "found", "message"), FAULTY, ids=[name for name, _, _ in FAULTY])
def test_a_fault_is_found(name: str, found: Callable[[], Causality], message: str) -> None:
    assert messages(found()) == [message]


UNKNOWN: list[tuple[str, Callable[[], Causality]]] = [
    ("an autoencoder of tokens", lambda: of(Reader, COPY)),
    ("targets of another kind", lambda: of(Reader, (TEXT, TEXT.flip(1)))),
    ("tokens hidden and to be guessed", lambda: of(Reader, (TEXT.clone().fill_(3), TEXT))),
    (
        "a table that copies place by place",
        lambda: of(lambda: nn.Sequential(nn.Embedding(12, 8), nn.Linear(8, 12)), COPY),
    ),
    ("a model that may look ahead", lambda: of(Reader, NEXT, causal=False)),
]


@pytest.mark.parametrize(("name", "found"), UNKNOWN, ids=[name for name, _ in UNKNOWN])
def test_what_need_not_be_causal_is_not_asked(name: str, found: Callable[[], Causality]) -> None:
    with pytest.raises(Unasked):
        found()


def test_a_step_that_cuts_the_text_itself_is_understood() -> None:
    def program(seed: int) -> Any:
        model = Reader()
        model(TEXT)

        def loss(model: nn.Module, text: Tensor) -> Tensor:
            return _loss(model(text[:, :-1]), text[:, 1:])

        return model, loss, torch.optim.Adam(model.parameters(), 0.01), TEXT

    assert messages(probe(Bench(program, "auto", Path.cwd(), 200), Given())) == [FUTURE]


@pytest.mark.parametrize("leaks", [True, False], ids=["without its mask", "as it is"])
def test_a_model_of_transformers_that_shifts_by_itself(leaks: bool) -> None:
    transformers = pytest.importorskip("transformers", reason="an extra")

    def program(seed: int) -> Any:
        config = transformers.GPT2Config(
            vocab_size=12,
            n_positions=16,
            n_embd=8,
            n_layer=1,
            n_head=2,
            bos_token_id=0,
            eos_token_id=0,
        )
        model = transformers.GPT2LMHeadModel(config)
        if leaks:
            model.transformer.h[0].register_forward_hook(
                lambda module, args, out: (
                    (out[0] + out[0].mean(1, keepdim=True), *out[1:])
                    if isinstance(out, tuple)
                    else out + out.mean(1, keepdim=True)
                )
            )
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        batch = {"input_ids": TEXT, "labels": TEXT.clone()}
        return model, lambda model, batch: model(**batch).loss, optimizer, [batch]

    seen = probe(Bench(program, "auto", Path.cwd(), 200), Given())
    assert messages(seen) == ([FUTURE] if leaks else []) and not seen.copied


def test_outputs_that_never_move_tell_nothing() -> None:
    with pytest.raises(Inconclusive, match="whatever the tokens are"):
        list(causal(fit_with(Causality((Leak(0, 0.0, 0.0),), 9, "so"))))


def test_the_hint_settles_it() -> None:
    with pytest.raises(Unasked, match="may look ahead"):
        list(causal(fit_with(hints={"causal": False})))


def test_the_worst_position_is_shown() -> None:
    leaks = (Leak(0, 0.0, 1.0), Leak(4, 0.5, 1.0), Leak(7, 0.1, 1.0))
    [finding] = findings(causal(fit_with(Causality(leaks, 9, "the hint causal"))))
    assert finding.message == (
        "the model sees the future: outputs up to position 4 of 9 change with what comes after, by 0.5"
    )


def test_switches_that_are_true_or_false_are_exchanged_like_tokens() -> None:
    class Counter(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(1, 4)

        def forward(self, switches: Tensor) -> Tensor:
            logits: Tensor = self.head(switches.float().cumsum(1).unsqueeze(-1))
            return logits

    def program() -> Any:
        model, switches = Counter(), torch.rand(8, 6) > 0.5
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        return {
            "model": model,
            "loss_fn": lambda out, target: F.cross_entropy(out.flatten(0, 1), target.flatten()),
            "optimizer": optimizer,
            "data": (switches, torch.randint(4, (8, 6))),
            "hints": {"causal": True},
        }

    assert messages(probe(Bench(program, "auto", Path.cwd(), 200), Given())) == []
