"""Loops, optimizers and layers, once more, in other hands."""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.swa_utils import SWALR, AveragedModel


def toy(n=16, d=8, k=3):
    g = torch.Generator().manual_seed(torch.initial_seed() % 1000)
    return torch.randn(n, d, generator=g), torch.randint(k, (n,), generator=g)


def net(d=8, k=3, h=40):
    return nn.Sequential(nn.Linear(d, h), nn.GELU(), nn.Linear(h, k))


class SAM(torch.optim.Optimizer):
    """Climbs to the worst place nearby, takes the gradient there, and steps from where it was."""

    def __init__(self, params, base, rho=0.05, **kwargs):
        super().__init__(params, dict(rho=rho, **kwargs))
        self.base = base(self.param_groups, **kwargs)
        self.param_groups = self.base.param_groups

    @torch.no_grad()
    def step(self, closure):
        closure = torch.enable_grad()(closure)
        loss = closure()
        grads = [p.grad for g in self.param_groups for p in g["params"] if p.grad is not None]
        norm = torch.stack([g.norm() for g in grads]).norm()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    e = p.grad * (group["rho"] / (norm + 1e-12))
                    p.add_(e)
                    self.state[p]["e"] = e
        closure()
        for group in self.param_groups:
            for p in group["params"]:
                if "e" in self.state[p]:
                    p.sub_(self.state[p].pop("e"))
        self.base.step()
        return loss


def sharpness_aware_minimization(seed):
    model = net()
    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9)

    def train_step(batch):
        x, y = batch

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            return loss

        return optimizer.step(closure)

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": toy()}


def stochastic_weight_averaging(seed):
    model = nn.Sequential(nn.Linear(8, 40), nn.BatchNorm1d(40), nn.ReLU(), nn.Linear(40, 3))
    swa = AveragedModel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = SWALR(optimizer, swa_lr=0.05, anneal_epochs=20)
    n = 0

    def train_step(batch):
        nonlocal n
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        n += 1
        if n > 50:
            swa.update_parameters(model)
            scheduler.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": toy()}


def resilient_propagation(seed):
    model = nn.Sequential(nn.Linear(4, 24), nn.Sigmoid(), nn.Linear(24, 2))
    opt = torch.optim.Rprop(model.parameters(), lr=0.01)
    return model, nn.MSELoss(), opt, (torch.rand(10, 4), torch.rand(10, 2))


def adafactor_with_layerwise_decay(seed):
    blocks = [nn.Sequential(nn.Linear(24, 24), nn.LayerNorm(24), nn.ReLU()) for _ in range(3)]
    model = nn.Sequential(nn.Linear(8, 24), *blocks, nn.Linear(24, 3))
    groups = [
        {"params": m.parameters(), "lr": 0.02 * 0.75 ** (len(model) - 1 - i)}
        for i, m in enumerate(model)
    ]
    opt = torch.optim.Adafactor(groups, lr=0.02)
    return model, nn.CrossEntropyLoss(), opt, toy()


@dataclass
class Config:
    lr: float = 3e-3
    warmup: int = 15
    accumulate: int = 2
    clip: float = 1.0


def run_experiment(cfg: Config):
    model, step_no = net(), 0
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(params, lr=cfg.lr * 3)
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, s / cfg.warmup))

    def train_step(batch):
        nonlocal step_no
        x, y = batch
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.cross_entropy(model(x), y) / cfg.accumulate
        scaler.scale(loss).backward()
        step_no += 1
        if step_no % cfg.accumulate == 0:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(params, cfg.clip)
            scaler.step(optimizer)
            scaler.update()
            sched.step()
            optimizer.zero_grad(set_to_none=True)
        return loss.detach() * cfg.accumulate

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": toy()}


def config_with_accumulation_and_disabled_scaler(seed):
    return run_experiment(Config())


def gradient_noise(seed):
    """Noise that fades is put on each gradient by a hook."""
    model, t = net(), {"step": 0}

    def noisy(grad):
        sigma = (0.01 / (1 + t["step"]) ** 0.55) ** 0.5
        return grad + sigma * torch.randn_like(grad)

    for p in model.parameters():
        p.register_hook(noisy)
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        opt.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        opt.step()
        t["step"] += 1
        return loss

    return {"model": model, "optimizer": opt, "train_step": train_step, "data": toy()}


class HyperNet(nn.Module):
    """The weights of the small net are the output of another."""

    def __init__(self):
        super().__init__()
        self.z = nn.Parameter(torch.randn(2, 6))
        self.make1 = nn.Linear(6, 8 * 16)
        self.make2 = nn.Linear(6, 16 * 3)

    def forward(self, x):
        w1, w2 = self.make1(self.z[0]).view(16, 8), self.make2(self.z[1]).view(3, 16)
        return F.linear(F.linear(x, w1).tanh(), w2)


def hypernetwork(seed):
    model = HyperNet()
    return model, F.cross_entropy, torch.optim.Adam(model.parameters(), lr=5e-3), toy(10)


class ODEFunc(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d + 1, 32), nn.Tanh(), nn.Linear(32, d))

    def forward(self, t, h):
        return self.net(torch.cat([h, t.expand(len(h), 1)], 1))


class NeuralODE(nn.Module):
    """Euler's steps through one and the same net."""

    def __init__(self, steps=6):
        super().__init__()
        self.func, self.steps, self.head = ODEFunc(), steps, nn.Linear(8, 3)

    def forward(self, x):
        for t in torch.linspace(0, 1, self.steps):
            x = x + self.func(t.view(1, 1), x) / self.steps
        return self.head(x)


def neural_ode(seed):
    model = NeuralODE()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-2), toy(12)


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).float()

    @staticmethod
    def backward(ctx, grad):
        (v,) = ctx.saved_tensors
        return grad / (1 + 10 * v.abs()) ** 2


class SpikingNet(nn.Module):
    def __init__(self, T=8):
        super().__init__()
        self.fc1, self.fc2, self.T = nn.Linear(8, 64), nn.Linear(64, 3), T

    def forward(self, x):
        v, out = torch.zeros(len(x), 64), 0.0
        for _ in range(self.T):
            v = 0.9 * v + self.fc1(x)
            s = Spike.apply(v - 1.0)
            v = v - s.detach()
            out = out + self.fc2(s)
        return out / self.T


def spiking_network(seed):
    model = SpikingNet()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-2), toy(12)


PROGRAMS = [
    sharpness_aware_minimization,
    stochastic_weight_averaging,
    resilient_propagation,
    adafactor_with_layerwise_decay,
    config_with_accumulation_and_disabled_scaler,
    gradient_noise,
    hypernetwork,
    neural_ode,
    spiking_network,
]
