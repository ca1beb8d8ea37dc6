"""Ways to write the loop: several optimizers, accumulation, precision, schedules, averages."""

import copy
import math
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, IterableDataset


def labelled(samples=16, width=12, classes=4):
    return torch.randn(samples, width), torch.randint(classes, (samples,))


def perceptron(width=12, classes=4):
    return nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, classes))


def two_optimizers_in_a_step_of_its_own(seed):
    body, head = nn.Sequential(nn.Linear(12, 32), nn.ReLU()), nn.Linear(32, 4)
    optimizers = [torch.optim.Adam(part.parameters(), 1e-2) for part in (body, head)]

    def train_step(batch):
        inputs, target = batch
        loss = F.cross_entropy(head(body(inputs)), target)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
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


def gradient_accumulation(seed):
    model, calls = perceptron(), iter(range(10**6))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        (loss / 4).backward()
        if next(calls) % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def smoothed_loss_divided_for_accumulation(seed):
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    calls = iter(range(1_000_000))

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1], label_smoothing=0.1) / 4
        loss.backward()
        if next(calls) % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def bfloat16_autocast(seed):
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return {"loss": loss}

    return {"model": model, "train_step": train_step, "data": labelled()}


def frozen_backbone_with_zero_grad_last(seed):
    backbone = nn.Sequential(nn.Linear(12, 64), nn.ReLU()).requires_grad_(False)
    model = nn.Sequential(backbone, nn.Linear(64, 4))
    optimizer = torch.optim.SGD(model[1].parameters(), 0.5, momentum=0.9)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled(8)}


def warm_up_from_a_learning_rate_of_zero(seed):
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


def batches_from_a_generator(seed):
    """Every batch would be another one: only the first is taken."""

    def batches():
        while True:
            yield labelled()

    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), batches()


def scheduler_that_counts_epochs(seed):
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


def inputs_scaled_in_place(seed):
    """A loader brings a new batch each time; on one and the same the scaling would add up."""
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        inputs, target = batch
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs.div_(1.5)), target)
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def lazy_layers(seed):
    """They have no shape, and no parameters to speak of, before the first forward pass."""
    model = nn.Sequential(nn.LazyLinear(32), nn.ReLU(), nn.LazyLinear(4))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def list_of_one_batch_without_targets(seed):
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 6))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.mse_loss(model(batch.clone()), batch)
        loss.backward()
        optimizer.step()
        return loss

    data = [torch.randn(8, 6)]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


def grad_scaler(seed):
    """Gradients are large until they are unscaled; the scaler may be disabled, and says so itself."""
    model = perceptron()
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu")

    def train_step(batch):
        x, y = batch
        with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
            out = model(x)
        loss = F.cross_entropy(out.float(), y)
        scaler.scale(loss).backward()
        scaler.unscale_(opt)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        scaler.step(opt)
        scaler.update()
        opt.zero_grad()
        return loss.detach()

    return {"model": model, "optimizer": opt, "train_step": train_step, "data": labelled()}


class Checkpointed(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.stem = nn.Linear(12, 32)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 32), nn.GELU(), nn.Dropout(0.05))
            for _ in range(depth)
        )
        self.head = nn.Linear(32, 4)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = x + checkpoint(block, x, use_reentrant=False)
        return self.head(x)


def gradient_checkpointing(seed):
    model = Checkpointed()
    return model, F.cross_entropy, torch.optim.RAdam(model.parameters(), 1e-2), labelled()


def compiled_model(seed):
    model = torch.compile(perceptron(), backend="eager")
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


class Trainer:
    """A class with everything in it, down to an average of the weights that is evaluated."""

    def __init__(self, lr=1e-2, decay=0.98):
        self.model = perceptron()
        self.ema = copy.deepcopy(self.model).eval().requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr)
        self.decay = decay
        self.criterion = nn.CrossEntropyLoss()
        self.data = DataLoader(
            list(zip(torch.randn(32, 12), torch.randint(4, (32,)))), batch_size=16
        )

    def train_step(self, batch):
        x, y = batch
        self.model.train()
        loss = self.criterion(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self._update_ema()
        return loss

    @torch.no_grad()
    def _update_ema(self):
        for slow, fast in zip(self.ema.parameters(), self.model.parameters()):
            slow.mul_(self.decay).add_(fast, alpha=1 - self.decay)

    @torch.no_grad()
    def eval_step(self, batch):
        return self.criterion(self.ema(batch[0]), batch[1])


def trainer_class_with_ema():
    return Trainer()


def one_cycle(seed):
    model = perceptron(12, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=200)
    batch = torch.randn(16, 12), torch.randn(16, 1)

    def train_step(batch):
        x, y = batch
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if scheduler.last_epoch < 200:
            scheduler.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": batch}


def cosine_with_warm_restarts(seed):
    model = perceptron()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2, weight_decay=1e-2, amsgrad=True)
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": optimizer,
        "scheduler": torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=25),
        "data": labelled(),
    }


class Stream(IterableDataset):
    def __iter__(self):
        while True:
            angle = torch.rand(1) * 2 * math.pi
            yield torch.cat([angle.sin(), angle.cos()]), (angle > math.pi).float()


def stream_of_samples(seed):
    """A loader over samples without end; the output and the target have one column each."""
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    loader = DataLoader(Stream(), batch_size=16)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-2)
    return model, nn.BCEWithLogitsLoss(), optimizer, loader


def micro_batches(seed):
    """One batch is cut into four, whose gradients add up before the step."""
    model = nn.Sequential(nn.Linear(12, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)

    def train_step(batch):
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for x, y in zip(*(part.split(4) for part in batch)):
            loss = F.cross_entropy(model(x), y, reduction="sum") / len(batch[1])
            loss.backward()
            total += loss.item()
        optimizer.step()
        return total

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def mixup(seed):
    """Inputs and targets are blended in each step: what is learnt is never quite one or the other."""
    model = perceptron(12, 4)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        x, y = batch
        lam = torch.distributions.Beta(0.4, 0.4).sample()
        perm = torch.randperm(len(x))
        out = model(lam * x + (1 - lam) * x[perm])
        loss = lam * F.cross_entropy(out, y) + (1 - lam) * F.cross_entropy(out, y[perm])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def eval_step(batch):
        with torch.no_grad():
            return F.cross_entropy(model(batch[0]), batch[1])

    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": labelled(),
        "hints": {"memorizable": "partial"},
    }


def updates_by_hand(seed):
    """Not among PROGRAMS: without an optimizer, one check has to say that it cannot tell."""
    model = perceptron()

    def train_step(batch):
        model.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        for parameter in model.parameters():
            parameter.data.add_(parameter.grad, alpha=-0.5)
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


PROGRAMS = [
    two_optimizers_in_a_step_of_its_own,
    gradient_accumulation,
    smoothed_loss_divided_for_accumulation,
    bfloat16_autocast,
    frozen_backbone_with_zero_grad_last,
    warm_up_from_a_learning_rate_of_zero,
    batches_from_a_generator,
    scheduler_that_counts_epochs,
    inputs_scaled_in_place,
    lazy_layers,
    list_of_one_batch_without_targets,
    grad_scaler,
    gradient_checkpointing,
    compiled_model,
    trainer_class_with_ema,
    one_cycle,
    cosine_with_warm_restarts,
    stream_of_samples,
    micro_batches,
    mixup,
]
