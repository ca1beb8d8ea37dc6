"""Training set-ups without a fault, of many kinds: none of them may raise an alarm."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def labelled(samples: int = 16, width: int = 12, classes: int = 4) -> tuple[Tensor, Tensor]:
    return torch.randn(samples, width), torch.randint(classes, (samples,))


def perceptron(width: int = 12, classes: int = 4) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, classes))


def mlp(seed: int) -> Any:
    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def cnn_with_batch_norm_and_dropout() -> Any:
    """Its biases before batch-norm get no gradient to speak of."""
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(32, 4),
    )
    batch = torch.randn(8, 1, 8, 8), torch.randint(4, (8,))
    return model, F.cross_entropy, torch.optim.AdamW(model.parameters(), 1e-2), batch


class Decoder(nn.Module):
    """A causal language model with tied embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(20, 32)
        self.places = nn.Embedding(10, 32)
        self.block = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0, batch_first=True)
        self.head = nn.Linear(32, 20, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens: Tensor) -> Tensor:
        mask = torch.full((tokens.shape[1], tokens.shape[1]), -math.inf).triu(1)
        hidden = self.tokens(tokens) + self.places(torch.arange(tokens.shape[1]))
        return self.head(self.block(hidden, src_mask=mask))  # type: ignore[no-any-return]  # untyped call


def language_model(seed: int) -> Any:
    model, text = Decoder(), torch.randint(20, (4, 11))
    return {
        "model": model,
        "loss_fn": lambda out, target: F.cross_entropy(out.flatten(0, 1), target.flatten()),
        "optimizer": torch.optim.AdamW(model.parameters(), 3e-3),
        "data": (text[:, :10], text[:, 1:]),
    }


class PackedLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 24, batch_first=True)
        self.head = nn.Linear(24, 3)

    def forward(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        packed = nn.utils.rnn.pack_padded_sequence(sequences, lengths, True, False)
        _, (last, _) = self.lstm(packed)
        return self.head(last[-1])  # type: ignore[no-any-return]  # untyped call


def lstm_on_packed_sequences(seed: int) -> Any:
    model = PackedLSTM()
    inputs = torch.randn(6, 9, 6), torch.randint(3, 9, (6,))
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    return model, nn.CrossEntropyLoss(), optimizer, (inputs, torch.randint(3, (6,)))


def lstm_with_time_first(seed: int) -> Any:
    lstm = nn.LSTM(6, 24)
    model = nn.ModuleDict({"lstm": lstm, "head": nn.Linear(24, 3)})
    model.forward = lambda inputs: model["head"](lstm(inputs)[0])
    batch = torch.randn(9, 6, 6), torch.randint(3, (9, 6))
    return (
        model,
        lambda out, target: F.cross_entropy(out.flatten(0, 1), target.flatten()),
        torch.optim.Adam(model.parameters(), 2e-2),
        batch,
    )


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(16, 8)
        self.decoder = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 16))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        latent = mean + torch.randn_like(mean) * (log_var / 2).exp()
        return self.decoder(latent), mean, log_var


def vae_with_noise(seed: int) -> Any:
    """Its floor is not zero: the set-up says how far it can be learnt."""

    def elbo(outputs: tuple[Tensor, Tensor, Tensor], x: Tensor) -> Tensor:
        rebuilt, mean, log_var = outputs
        divergence = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(1).mean()
        return F.mse_loss(rebuilt, x) * 16 + 0.01 * divergence

    model, x = VAE(), torch.randn(8, 16)
    return {
        "model": model,
        "loss_fn": elbo,
        "optimizer": torch.optim.Adam(model.parameters(), 1e-2),
        "data": (x, x),
        "hints": {"memorizable": "partial", "stochastic_forward": True},
    }


def contrastive_with_in_batch_negatives(seed: int) -> Any:
    def info_nce(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        left, right = (F.normalize(model(view), dim=1) for view in batch)
        return F.cross_entropy(left @ right.T / 0.07, torch.arange(len(left)))

    model = perceptron(12, 16)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    return model, info_nce, optimizer, (torch.randn(8, 12), torch.randn(8, 12))


def two_optimizers_in_a_step_of_its_own(seed: int) -> Any:
    body, head = nn.Sequential(nn.Linear(12, 32), nn.ReLU()), nn.Linear(32, 4)
    optimizers = [torch.optim.Adam(part.parameters(), 1e-2) for part in (body, head)]

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        inputs, target = batch
        loss = F.cross_entropy(head(body(inputs)), target)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        for optimizer in optimizers:
            optimizer.step()
        return loss

    return SimpleNamespace(
        model={"body": body, "head": head},
        optimizer=optimizers[0],
        extra_optimizers=optimizers[1:],
        train_step=train_step,
        data=labelled(),
    )


def regression(seed: int) -> Any:
    model = perceptron(12, 1)
    batch = torch.randn(16, 12), torch.randn(16, 1)
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters(), 1e-2), batch


def loss_below_zero(seed: int) -> Any:
    """The likelihood of a density has no floor at zero."""

    def nll(outputs: Tensor, target: Tensor) -> Tensor:
        mean, log_var = outputs.chunk(2, dim=1)
        return F.gaussian_nll_loss(mean, target, log_var.exp())

    model = perceptron(12, 2)
    batch = torch.randn(8, 12), torch.randn(8, 1)
    return model, nll, torch.optim.Adam(model.parameters(), 1e-2), batch


def lbfgs(seed: int) -> Any:
    model = perceptron(12, 1)
    optimizer = torch.optim.LBFGS(model.parameters(), 0.1, max_iter=5)
    return model, nn.MSELoss(), optimizer, (torch.randn(8, 12), torch.randn(8, 1))


def gradient_accumulation(seed: int) -> Any:
    model, calls = perceptron(), iter(range(10**6))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: tuple[Tensor, Tensor]) -> float:
        loss = F.cross_entropy(model(batch[0]), batch[1])
        (loss / 4).backward()  # type: ignore[no-untyped-call]  # torch does not type it
        if next(calls) % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def bfloat16_autocast(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return {"loss": loss}

    return {"model": model, "train_step": train_step, "data": labelled()}


def frozen_backbone_with_zero_grad_last(seed: int) -> Any:
    backbone = nn.Sequential(nn.Linear(12, 64), nn.ReLU()).requires_grad_(False)
    model = nn.Sequential(backbone, nn.Linear(64, 4))
    optimizer = torch.optim.SGD(model[1].parameters(), 0.5, momentum=0.9)

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        optimizer.zero_grad()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled(8)}


def warm_up_from_a_learning_rate_of_zero(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(step / 100, 1.0))
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(label_smoothing=0.1),
        "optimizer": optimizer,
        "scheduler": scheduler,
        "data": labelled(),
    }


def sparse_embedding(seed: int) -> Any:
    """Most rows of the table never get a gradient."""
    model = nn.Sequential(nn.EmbeddingBag(100, 16, sparse=True), nn.Linear(16, 3))
    optimizers = [
        torch.optim.SparseAdam(list(model[0].parameters()), 1e-2),
        torch.optim.Adam(model[1].parameters(), 1e-2),
    ]
    batch = torch.randint(100, (8, 5)), torch.randint(3, (8,))
    return model, nn.CrossEntropyLoss(), optimizers, batch


class Adapter(nn.Module):
    """Low-rank, one half begins at zero: at first only that half gets a gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.base = perceptron().requires_grad_(False)
        self.down = nn.Linear(12, 8, bias=False)
        self.up = nn.Linear(8, 4, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.up(self.down(x))  # type: ignore[no-any-return]  # untyped call


def low_rank_adapter_that_begins_at_zero(seed: int) -> Any:
    model = Adapter()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(trained, 2e-2), labelled(8)


def batches_from_a_generator(seed: int) -> Any:
    """Every batch would be another one: only the first is taken."""

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield labelled()

    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), batches()


def scheduler_that_counts_epochs(seed: int) -> Any:
    """Stepped once per batch, it would put the training out after some forty steps."""
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": optimizer,
        "scheduler": torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
        "data": labelled(),
    }


def inputs_scaled_in_place(seed: int) -> Any:
    """A loader brings a new batch each time; on one and the same the scaling would add up."""
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        inputs, target = batch
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs.div_(1.5)), target)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def lazy_layers(seed: int) -> Any:
    """They have no shape, and no parameters to speak of, before the first forward pass."""
    model = nn.Sequential(nn.LazyLinear(32), nn.ReLU(), nn.LazyLinear(4))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def smoothed_loss_divided_for_accumulation(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    calls = iter(range(1_000_000))

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = F.cross_entropy(model(batch[0]), batch[1], label_smoothing=0.1) / 4
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        if next(calls) % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


class Captioner(nn.Module):
    """Its forward needs more than the first part of the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.word = nn.Linear(12, 32), nn.Embedding(9, 32)
        self.gru, self.out = nn.GRU(32, 32, batch_first=True), nn.Linear(32, 9)

    def forward(self, image: Tensor, words: Tensor) -> Any:
        return self.out(self.gru(self.word(words), self.image(image)[None])[0])


def forward_that_needs_the_target_too(seed: int) -> Any:
    model = Captioner()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        image, words = batch
        optimizer.zero_grad()
        loss = F.cross_entropy(model(image, words[:, :-1]).transpose(1, 2), words[:, 1:])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    data = [(torch.randn(4, 12), torch.randint(9, (4, 5)))]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


def list_of_one_batch_without_targets(seed: int) -> Any:
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 6))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch.clone()), batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    data = [torch.randn(8, 6)]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


def critic_whose_last_bias_cancels_out(seed: int) -> Any:
    """Only the generator's loss sends it a gradient, which the critic's step clears."""
    critic, generator = perceptron(2, 1), perceptron(4, 2)
    judging = torch.optim.Adam(critic.parameters(), 1e-3)
    making = torch.optim.Adam(generator.parameters(), 1e-3)

    def train_step(real: Tensor) -> Tensor:
        noise = torch.randn(len(real), 4)
        judging.zero_grad()
        loss = critic(generator(noise).detach()).mean() - critic(real).mean()
        loss.backward()
        judging.step()
        making.zero_grad()
        (-critic(generator(noise)).mean()).backward()
        making.step()
        return loss  # type: ignore[no-any-return]  # untyped call

    return {
        "model": {"critic": critic, "generator": generator},
        "optimizer": [judging, making],
        "train_step": train_step,
        "data": [torch.randn(16, 2) + 3],
        "hints": {"memorizable": "off"},
    }


def updates_by_hand(seed: int) -> Any:
    """Not among PROGRAMS: without an optimizer, one check has to say that it cannot tell."""
    model = perceptron()

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        model.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        for parameter in model.parameters():
            parameter.data.add_(parameter.grad, alpha=-0.5)  # type: ignore[arg-type]  # not None here
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


PROGRAMS = [
    mlp,
    cnn_with_batch_norm_and_dropout,
    language_model,
    lstm_on_packed_sequences,
    lstm_with_time_first,
    vae_with_noise,
    contrastive_with_in_batch_negatives,
    two_optimizers_in_a_step_of_its_own,
    regression,
    loss_below_zero,
    lbfgs,
    gradient_accumulation,
    bfloat16_autocast,
    frozen_backbone_with_zero_grad_last,
    warm_up_from_a_learning_rate_of_zero,
    sparse_embedding,
    low_rank_adapter_that_begins_at_zero,
    batches_from_a_generator,
    scheduler_that_counts_epochs,
    inputs_scaled_in_place,
    lazy_layers,
    smoothed_loss_divided_for_accumulation,
    forward_that_needs_the_target_too,
    list_of_one_batch_without_targets,
    critic_whose_last_bias_cancels_out,
]
