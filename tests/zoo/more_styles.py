"""Loops as repositories have them: schedules, scalers, hooks, hand-made optimizers, averages."""

import contextlib
import copy
import itertools
import os
from collections import defaultdict, deque

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DataParallel
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Dataset, TensorDataset, WeightedRandomSampler


def labelled(n=16, width=12, classes=4):
    return torch.randn(n, width), torch.randint(classes, (n,))


def mlp(width=12, classes=4, hidden=48):
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, classes))


def optimizer_step_in_backward(seed):
    """An optimizer per parameter, which steps as soon as the gradient is there and then drops it."""
    model = mlp()
    optimizer_dict = {p: torch.optim.Adam([p], lr=1e-2, foreach=False) for p in model.parameters()}

    def optimizer_hook(parameter):
        optimizer_dict[parameter].step()
        optimizer_dict[parameter].zero_grad()

    for p in model.parameters():
        p.register_post_accumulate_grad_hook(optimizer_hook)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        return loss

    return {
        "model": model,
        "optimizer": list(optimizer_dict.values()),
        "train_step": train_step,
        "data": labelled(),
    }


class SAM(torch.optim.Optimizer):
    """Sharpness-aware: up the slope first, and then down from there."""

    def __init__(self, params, base_optimizer, rho=0.05, **kwargs):
        super().__init__(params, dict(rho=rho, **kwargs))
        self.base_optimizer = base_optimizer(self.param_groups, **kwargs)
        self.param_groups = self.base_optimizer.param_groups

    @torch.no_grad()
    def first_step(self, zero_grad=False):
        grads = [
            p.grad.norm() for g in self.param_groups for p in g["params"] if p.grad is not None
        ]
        norm = torch.norm(torch.stack(grads))
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                self.state[p]["old_p"] = p.data.clone()
                p.add_(p.grad, alpha=float(group["rho"] / (norm + 1e-12)))
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def second_step(self, zero_grad=False):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.data = self.state[p]["old_p"]
        self.base_optimizer.step()
        if zero_grad:
            self.zero_grad()


def sharpness_aware_minimisation(seed):
    model = mlp()
    optimizer = SAM(model.parameters(), torch.optim.SGD, rho=0.05, lr=0.1, momentum=0.9)

    def train_step(batch):
        inputs, targets = batch
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.first_step(zero_grad=True)
        F.cross_entropy(model(inputs), targets).backward()
        optimizer.second_step(zero_grad=True)
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in filter(lambda p: p.grad is not None, group["params"]):
                state = self.state[p]
                if len(state) == 0:
                    state["exp_avg"] = torch.zeros_like(p)
                beta1, beta2 = group["betas"]
                p.data.mul_(1 - group["lr"] * group["weight_decay"])
                update = state["exp_avg"].clone().mul_(beta1).add(p.grad, alpha=1 - beta1).sign_()
                p.add_(update, alpha=-group["lr"])
                state["exp_avg"].mul_(beta2).add_(p.grad, alpha=1 - beta2)
        return loss


def lion_of_ones_own(seed):
    model = mlp()
    return (
        model,
        nn.CrossEntropyLoss(),
        Lion(model.parameters(), 3e-3, weight_decay=0.1),
        labelled(),
    )


def decay_and_no_decay(seed):
    """Two groups, warm-up and cosine by hand, clipping, and a scaler that is switched off."""
    model = nn.Sequential(nn.Linear(12, 48), nn.LayerNorm(48), nn.GELU(), nn.Linear(48, 4))
    decay = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95))
    scaler = torch.amp.GradScaler("cuda", enabled=False)
    iteration = itertools.count()

    def get_lr(it, warmup=20, decay_iters=1000):
        if it < warmup:
            return 1e-2 * it / warmup
        ratio = min(1.0, (it - warmup) / (decay_iters - warmup))
        return 1e-3 + 0.5 * (1.0 + torch.cos(torch.tensor(torch.pi * ratio)).item()) * 9e-3

    def train_step(batch):
        lr = get_lr(next(iteration))
        for group in optimizer.param_groups:
            group["lr"] = lr
        X, Y = batch
        with contextlib.nullcontext():
            loss = F.cross_entropy(model(X), Y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def one_cycle_that_ends(seed):
    """A schedule made for two epochs of sixty batches: it refuses one step more."""
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=3e-2, epochs=2, steps_per_epoch=60
    )

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        if scheduler.last_epoch < scheduler.total_steps - 1:
            scheduler.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def linear_decay_to_zero(seed):
    """After 150 steps the learning rate is zero, and stays so."""
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
    total, warm = 150, 15
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(step / warm, max(0.0, (total - step) / (total - warm))),
    )

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def loss_scaled_by_hand(seed):
    """Static loss scaling, from before there was a scaler."""
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    scale = 1024.0

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        (loss * scale).backward()
        for p in model.parameters():
            p.grad.data.div_(scale)
        optimizer.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def sum_for_the_gradient_and_mean_for_the_log(seed):
    """Per pixel it is a mean that is logged; what is minimised is the sum over all 16 x 64 of them."""
    model = nn.Sequential(nn.Linear(64, 24), nn.Tanh(), nn.Linear(24, 64))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        x = batch.flatten(1)
        loss = F.binary_cross_entropy_with_logits(model(x), x, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item() / x.numel()

    pictures = (torch.rand(16, 1, 8, 8) > 0.7).float()
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [pictures]}


def manual_gradients_of_two_tasks(seed):
    """Gradient surgery: each task's gradient is taken apart, projected, and put back."""
    body, heads = nn.Sequential(nn.Linear(12, 48), nn.ReLU()), nn.ModuleList()
    heads.extend([nn.Linear(48, 3), nn.Linear(48, 2)])
    model = nn.ModuleDict({"body": body, "heads": heads})
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    shared = list(body.parameters())

    def train_step(batch):
        x, *targets = batch
        features = body(x)
        losses = [F.cross_entropy(head(features), y) for head, y in zip(heads, targets)]
        grads = []
        for loss in losses:
            optimizer.zero_grad(set_to_none=False)
            loss.backward(retain_graph=True)
            zero = torch.zeros(())
            grads.append([zero if p.grad is None else p.grad.clone() for p in model.parameters()])
        for mine, other in ((0, 1), (1, 0)):
            pairs = list(zip(grads[mine], grads[other]))[: len(shared)]
            dot = sum((g * h).sum() for g, h in pairs)
            if dot < 0:
                norm = sum((h * h).sum() for _, h in pairs)
                for g, h in pairs:
                    g.sub_(h * dot / norm)
        optimizer.zero_grad()
        for p, g, h in zip(model.parameters(), *grads):
            p.grad = g + h
        optimizer.step()
        return sum(losses).item()

    batch = torch.randn(16, 12), torch.randint(3, (16,)), torch.randint(2, (16,))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [batch]}


class AverageMeter:
    def __init__(self):
        self.values = deque(maxlen=20)

    def update(self, value):
        self.values.append(value)

    @property
    def avg(self):
        return sum(self.values) / len(self.values)


class Folder(Dataset):
    """A dict per sample, with an id and a name, as a folder of files gives them."""

    def __init__(self):
        self.samples = [(f"img_{i}.png", torch.randn(3, 8, 8), i % 4) for i in range(24)]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, i):
        name, image, label = self.samples[i]
        if torch.rand(()) < 0.5:
            image = image.flip(-1)
        return {"image": image, "label": label, "name": name, "index": i}


class Runner:
    """Hooks, meters, a model in DataParallel, checkpoints of the best, an average of the weights."""

    def __init__(self, workdir="work_dirs"):
        self.model = DataParallel(
            nn.Sequential(
                nn.Conv2d(3, 16, 3, 2, 1, bias=False),
                nn.BatchNorm2d(16),
                nn.SiLU(inplace=True),
                nn.AdaptiveAvgPool2d(2),
                nn.Flatten(),
                nn.Dropout(0.1),
                nn.Linear(64, 4),
            )
        )
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=3e-3, momentum=0.9)
        self.swa = AveragedModel(self.model)
        self.meters = defaultdict(AverageMeter)
        sampler = WeightedRandomSampler(torch.ones(24), 24)
        self.data = DataLoader(Folder(), batch_size=8, sampler=sampler, drop_last=True)
        self.criterion = nn.CrossEntropyLoss()

    def train_step(self, data_batch):
        self.model.train()
        logits = self.model(data_batch["image"])
        losses = {"loss_cls": self.criterion(logits, data_batch["label"])}
        losses["loss"] = sum(value for key, value in losses.items() if "loss" in key)
        self.optimizer.zero_grad()
        losses["loss"].backward()
        self.optimizer.step()
        self.swa.update_parameters(self.model)
        for key, value in losses.items():
            self.meters[key].update(value.item())
        return {"loss": losses["loss"], "num_samples": len(logits)}

    def eval_step(self, data_batch):
        self.model.eval()
        with torch.no_grad():
            logits = self.model(data_batch["image"])
        self.meters["val"].update(self.criterion(logits, data_batch["label"]).item())
        return {"loss": self.meters["val"].avg, "seen": len(self.meters["val"].values)}


def runner_with_meters():
    return Runner()


def head_first_and_then_everything(seed):
    """For twenty steps only the head learns; then the body is let go."""
    body = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU())
    model = nn.Sequential(body, nn.Linear(48, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for p in body.parameters():
        p.requires_grad = False
    steps = itertools.count()

    def train_step(batch):
        if next(steps) == 20:
            for p in body.parameters():
                p.requires_grad = True
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def reptile(seed):
    """The outer gradient is the way that the inner loop went."""
    model = mlp(1, 1, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        x, y = batch
        fast = copy.deepcopy(model)
        inner = torch.optim.SGD(fast.parameters(), lr=0.05)
        for _ in range(4):
            loss = F.mse_loss(fast(x), y)
            inner.zero_grad()
            loss.backward()
            inner.step()
        for p, q in zip(model.parameters(), fast.parameters()):
            p.grad = p.data - q.data
        optimizer.step()
        return loss.item()

    x = torch.linspace(-3, 3, 16).unsqueeze(1)
    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [(x, x.sin())],
    }


def model_agnostic_meta_learning(seed):
    """Second order: the gradient goes through an inner step on weights that are plain tensors."""
    model = mlp(2, 3, 32)
    meta_opt = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        x_spt, y_spt, x_qry, y_qry = batch
        meta_opt.zero_grad()
        total = 0.0
        for task in range(len(x_spt)):
            weights = dict(model.named_parameters())
            for _ in range(2):
                out = torch.func.functional_call(model, weights, (x_spt[task],))
                loss = F.cross_entropy(out, y_spt[task])
                grads = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
                weights = {k: w - 0.4 * g for (k, w), g in zip(weights.items(), grads)}
            out = torch.func.functional_call(model, weights, (x_qry[task],))
            total = total + F.cross_entropy(out, y_qry[task])
        (total / len(x_spt)).backward()
        meta_opt.step()
        return total.item() / len(x_spt)

    spt, qry = torch.randn(2, 6, 2), torch.randn(2, 6, 2)
    labels = [(each[..., 0] > 0).long() + (each[..., 1] > 0).long() for each in (spt, qry)]
    batch = (spt, labels[0], qry, labels[1])
    return {"model": model, "optimizer": meta_opt, "train_step": train_step, "data": [batch]}


def half_precision_whose_first_steps_overflow(seed):
    """The scale begins too high, as it should: steps are skipped until it has come down."""
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24)

    def train_step(batch):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.float16):
            loss = F.cross_entropy(model(batch[0]), batch[1])
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def logs_and_checkpoints(seed):
    """Writes where it stands: a checkpoint now and then, and a line of a log per step."""
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    best = float("inf")

    def train_step(batch):
        nonlocal best
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        if loss.item() < best * 0.5:
            best = loss.item()
            os.makedirs("checkpoints", exist_ok=True)
            torch.save({"model": model.state_dict()}, "checkpoints/best.pt")
        return loss.item()

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def stochastic_gradient_langevin_dynamics(seed):
    """Noise is added to every step on purpose, after the optimizer."""
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for p in model.parameters():
                p.add_(torch.randn_like(p), alpha=(2 * 0.1 * 1e-5) ** 0.5)
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": labelled()}


def weighted_dataset(seed):
    x, y = labelled(32)
    weight = torch.bincount(y, minlength=4).float().clamp(min=1).reciprocal()
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
    model = nn.Sequential(nn.Linear(12, 64), nn.BatchNorm1d(64), nn.PReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    return model, nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05), optimizer, loader


PROGRAMS = [
    optimizer_step_in_backward,
    sharpness_aware_minimisation,
    lion_of_ones_own,
    decay_and_no_decay,
    one_cycle_that_ends,
    linear_decay_to_zero,
    loss_scaled_by_hand,
    sum_for_the_gradient_and_mean_for_the_log,
    manual_gradients_of_two_tasks,
    runner_with_meters,
    head_first_and_then_everything,
    reptile,
    model_agnostic_meta_learning,
    half_precision_whose_first_steps_overflow,
    logs_and_checkpoints,
    stochastic_gradient_langevin_dynamics,
    weighted_dataset,
]
