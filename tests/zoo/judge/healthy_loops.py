"""Training steps as people write them themselves: healthy, and unknown to those who wrote the checks."""

import copy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call


def rows(n=16, width=10, classes=4):
    return torch.randn(n, width), torch.randint(classes, (n,))


def net(width=10, hidden=32, out=4):
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, out))


def accumulating(seed):
    """Four micro-batches, each loss divided; what is returned is the mean."""
    model = net()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)

    def train_step(batch):
        model.train()
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for x, y in zip(batch[0].chunk(4), batch[1].chunk(4)):
            loss = F.cross_entropy(model(x), y) / 4
            loss.backward()
            total += loss.item()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return total

    return {"model": model, "optimizer": optimizer, "data": rows(), "train_step": train_step}


class Engine:
    """The trainer class that everybody writes once."""

    def __init__(self, model, lr=1e-2):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, 0.1, total_steps=2000)
        self.criterion = nn.CrossEntropyLoss()
        self.history = []

    def train_step(self, batch):
        self.model.train()
        with torch.autocast("cpu", torch.bfloat16):
            loss = self.criterion(self.model(batch["x"]), batch["y"])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.history.append(loss.item())
        return {"loss": loss.detach(), "lr": self.scheduler.get_last_lr()[0]}

    @torch.inference_mode()
    def eval_step(self, batch):
        self.model.eval()
        return self.criterion(self.model(batch["x"]), batch["y"])


def engine_with_autocast(seed):
    model = nn.Sequential(
        nn.Linear(10, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 4)
    )
    engine = Engine(model)
    x, y = rows(24)
    engine.data = [{"x": x, "y": y}]
    return engine


def mean_teacher(seed):
    """The teacher follows the student; a consistency loss is added to that of the labels."""
    student = net()
    teacher = copy.deepcopy(student).requires_grad_(False)
    optimizer = torch.optim.Adam(student.parameters(), 1e-2)

    def train_step(batch):
        x, y = batch
        with torch.no_grad():
            soft = teacher(x + 0.02 * torch.randn_like(x)).softmax(-1)
        out = student(x)
        loss = F.cross_entropy(out, y) + 0.5 * F.mse_loss(out.softmax(-1), soft)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for t, s in zip(teacher.parameters(), student.parameters()):
                t.lerp_(s, 0.05)
        return loss.item()

    return {
        "model": {"student": student, "teacher": teacher},
        "optimizer": optimizer,
        "data": rows(),
        "train_step": train_step,
        "hints": {"frozen": ["teacher.*"]},
    }


def sharpness_aware(seed):
    """Two gradients per step: the second at the worst place nearby."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)

    def train_step(batch):
        x, y = batch
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        with torch.no_grad():
            norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm() + 1e-12
            moves = [0.02 * p.grad / norm for p in model.parameters()]
            for p, e in zip(model.parameters(), moves):
                p.add_(e)
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        with torch.no_grad():
            for p, e in zip(model.parameters(), moves):
                p.sub_(e)
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "data": rows(), "train_step": train_step}


def second_order_maml(seed):
    """An inner step that is itself differentiated; tasks are sine waves."""
    model = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
    meta = torch.optim.Adam(model.parameters(), 1e-2)
    phase = torch.rand(4, 1, 1) * 0.5
    x = torch.rand(4, 20, 1) * 3
    y = torch.sin(x + phase)

    def train_step(batch):
        x, y = batch
        weights = dict(model.named_parameters())
        outer = []
        for i in range(len(x)):
            inner = F.mse_loss(functional_call(model, weights, (x[i, :10],)), y[i, :10])
            grads = torch.autograd.grad(inner, list(weights.values()), create_graph=True)
            fast = {n: w - 0.1 * g for (n, w), g in zip(weights.items(), grads)}
            outer.append(F.mse_loss(functional_call(model, fast, (x[i, 10:],)), y[i, 10:]))
        loss = torch.stack(outer).mean()
        meta.zero_grad()
        loss.backward()
        meta.step()
        return loss

    return {"model": model, "optimizer": meta, "data": (x, y), "train_step": train_step}


class ReverseGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.strength * grad, None


def domain_adversarial(seed):
    """The domain head's gradient is turned round on purpose before it reaches the features."""
    features = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
    labels, domains = nn.Linear(48, 3), nn.Linear(48, 2)
    model = nn.ModuleDict({"features": features, "labels": labels, "domains": domains})
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    source, target = torch.randn(12, 10), torch.randn(12, 10) + 0.5
    y = torch.randint(3, (12,))

    def train_step(batch):
        source, y, target = batch
        h = features(torch.cat([source, target]))
        where = torch.cat([torch.zeros(12), torch.ones(12)]).long()
        task = F.cross_entropy(labels(h[:12]), y)
        domain = F.cross_entropy(domains(ReverseGradient.apply(h, 0.05)), where)
        loss = task + 0.1 * domain
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss, "task": task.item(), "domain": domain.item()}

    return {
        "model": model,
        "optimizer": optimizer,
        "data": (source, y, target),
        "train_step": train_step,
        "hints": {"memorizable": "partial"},
    }


class Lookahead(torch.optim.Optimizer):
    """Wraps another optimizer: every five steps the slow weights move half of the way."""

    def __init__(self, base, k=5, alpha=0.5):
        self.base, self.k, self.alpha, self.count = base, k, alpha, 0
        super().__init__(base.param_groups, {})
        self.slow = [[p.detach().clone() for p in g["params"]] for g in self.param_groups]

    def step(self, closure=None):
        loss = self.base.step(closure)
        self.count += 1
        if self.count % self.k == 0:
            for group, slows in zip(self.param_groups, self.slow):
                for p, slow in zip(group["params"], slows):
                    slow.add_(p.detach() - slow, alpha=self.alpha)
                    p.data.copy_(slow)
        return loss


def lookahead(seed):
    model = net()
    optimizer = Lookahead(torch.optim.RAdam(model.parameters(), 2e-2))

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "data": rows(), "train_step": train_step}


def stateful_rnn(seed):
    """The hidden state goes from batch to batch, detached, as in language models of old."""
    embed, rnn, head = nn.Embedding(12, 16), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 12)
    model = nn.ModuleList([embed, rnn, head])
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    memory = {"h": torch.zeros(1, 4, 32)}
    text = torch.randint(12, (4, 9))

    def train_step(text):
        memory["h"] = memory["h"].detach()
        out, memory["h"] = rnn(embed(text[:, :-1]), memory["h"])
        loss = F.cross_entropy(head(out).flatten(0, 1), text[:, 1:].flatten())
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "data": text, "train_step": train_step}


def ppo_epochs(seed):
    """Four updates per step on one rollout; advantages are normalised over it."""
    actor = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 3))
    critic = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], 3e-3, eps=1e-5)
    states, actions = torch.randn(24, 5), torch.randint(3, (24,))
    returns = torch.randn(24)

    def train_step(batch):
        states, actions, returns = batch
        with torch.no_grad():
            old = F.log_softmax(actor(states), -1).gather(1, actions[:, None])[:, 0]
            gain = returns - critic(states)[:, 0]
            gain = (gain - gain.mean()) / (gain.std() + 1e-8)
        for _ in range(4):
            logp = F.log_softmax(actor(states), -1)
            ratio = (logp.gather(1, actions[:, None])[:, 0] - old).exp()
            policy = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
            value = F.mse_loss(critic(states)[:, 0], returns)
            entropy = -(logp.exp() * logp).sum(-1).mean()
            loss = policy + 0.5 * value - 0.01 * entropy
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*actor.parameters(), *critic.parameters()], 0.5)
            optimizer.step()
        return {"loss": loss.item(), "policy": policy.item(), "value": value.item()}

    return {
        "model": {"actor": actor, "critic": critic},
        "optimizer": optimizer,
        "data": (states, actions, returns),
        "train_step": train_step,
        "hints": {"memorizable": "off"},
    }


def soft_q_learning(seed):
    """A target network that follows slowly; transitions as a dict."""
    q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    target = copy.deepcopy(q)
    for p in target.parameters():
        p.requires_grad = False
    optimizer = torch.optim.Adam(q.parameters(), 1e-2)
    replay = {
        "s": torch.randn(16, 4),
        "a": torch.randint(2, (16, 1)),
        "r": torch.randn(16),
        "s2": torch.randn(16, 4),
        "done": (torch.rand(16) < 0.3).float(),
    }

    def train_step(b):
        with torch.no_grad():
            y = b["r"] + 0.5 * (1 - b["done"]) * target(b["s2"]).max(1).values
        loss = F.smooth_l1_loss(q(b["s"]).gather(1, b["a"]).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        for p in q.parameters():
            p.grad.data.clamp_(-1, 1)
        optimizer.step()
        for t, p in zip(target.parameters(), q.parameters()):
            t.data.mul_(0.9).add_(p.data, alpha=0.1)
        return loss.item()

    return {
        "model": nn.ModuleDict({"q": q, "target": target}),
        "optimizer": optimizer,
        "data": replay,
        "train_step": train_step,
        "hints": {"frozen": ["target.*"]},
    }


def wasserstein_critic(seed):
    """A generator and five steps of its critic with gradient penalty: nothing falls to a floor."""
    g = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
    d = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = torch.optim.Adam(g.parameters(), 1e-3, betas=(0.0, 0.9))
    opt_d = torch.optim.Adam(d.parameters(), 1e-3, betas=(0.0, 0.9))

    def train_step(real):
        for _ in range(2):
            fake = g(torch.randn(len(real), 4)).detach()
            mix = torch.rand(len(real), 1)
            mid = (mix * real + (1 - mix) * fake).requires_grad_(True)
            slope = torch.autograd.grad(d(mid).sum(), mid, create_graph=True)[0]
            loss_d = d(fake).mean() - d(real).mean() + 10 * (slope.norm(2, 1) - 1).pow(2).mean()
            opt_d.zero_grad()
            loss_d.backward()
            opt_d.step()
        for p in d.parameters():
            p.requires_grad_(False)
        loss_g = -d(g(torch.randn(len(real), 4))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
        for p in d.parameters():
            p.requires_grad_(True)
        return {"loss": loss_d.item() + loss_g.item(), "d": loss_d.item(), "g": loss_g.item()}

    return {
        "model": {"g": g, "d": d},
        "optimizer": {"g": opt_g, "d": opt_d},
        "data": torch.randn(16, 2) * 0.5 + 1,
        "train_step": train_step,
        "hints": {"memorizable": "off"},
    }


def truncated_backpropagation(seed):
    """One long series per step, cut in three: an update after each piece."""
    cell, head = nn.LSTMCell(2, 24), nn.Linear(24, 1)
    model = nn.ModuleDict({"cell": cell, "head": head})
    optimizer = torch.optim.RMSprop(model.parameters(), 3e-3)
    x = torch.randn(6, 15, 2)
    y = torch.sin(x.cumsum(1)[..., :1])

    def train_step(batch):
        x, y = batch
        h = c = torch.zeros(len(x), 24)
        total = 0.0
        for piece in range(3):
            outs = []
            for t in range(5 * piece, 5 * piece + 5):
                h, c = cell(x[:, t], (h, c))
                outs.append(head(h))
            loss = F.mse_loss(torch.stack(outs, 1), y[:, 5 * piece : 5 * piece + 5])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            h, c = h.detach(), c.detach()
            total += loss.item() / 3
        return total

    return {
        "model": model,
        "optimizer": optimizer,
        "data": (x, y),
        "train_step": train_step,
        "hints": {"memorizable": "partial"},
    }


@dataclass
class Setup:
    model: nn.Module
    optimizer: torch.optim.Optimizer
    data: object
    train_step: object
    eval_step: object
    hints: dict


def distilled(seed):
    """A pretrained, frozen teacher that stays in eval mode; a temperature of four."""
    teacher = nn.Sequential(nn.Linear(10, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 4))
    teacher.eval().requires_grad_(False)
    student = net(hidden=48)
    optimizer = torch.optim.Adam(student.parameters(), 1e-2)
    mse, t = nn.MSELoss(), 4.0

    def loss_of(x, y):
        with torch.no_grad():
            soft = (teacher(x) / t).softmax(-1)
        out = student(x)
        kd = F.kl_div((out / t).log_softmax(-1), soft, reduction="batchmean") * t * t
        return kd + mse(out, teacher(x))

    def train_step(batch):
        student.train()
        optimizer.zero_grad()
        loss = loss_of(*batch)
        loss.backward()
        optimizer.step()
        return loss

    def eval_step(batch):
        student.eval()
        with torch.no_grad():
            return loss_of(*batch)

    return Setup(student, optimizer, rows(), train_step, eval_step, {"targets_unused": True})


def closure_with_scaler(seed):
    """A gradient scaler that is told it is off, as on a machine without a GPU; zero_grad comes last."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    scaler = torch.amp.GradScaler("cuda", enabled=False)

    def train_step(batch):
        x, y = batch
        loss = nn.functional.cross_entropy(model(x), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    return {"model": model, "optimizer": optimizer, "data": rows(), "train_step": train_step}


def frozen_statistics(seed):
    """Fine-tuning: the batch-norms of a pretrained backbone stay in eval mode, by intention."""
    backbone = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU()).requires_grad_(False)
    head = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 4))
    model = nn.Sequential(backbone, head)
    optimizer = torch.optim.Adam(head.parameters(), 1e-2)

    def train_step(batch):
        model.train()
        backbone.eval()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return {
        "model": model,
        "optimizer": optimizer,
        "data": rows(),
        "train_step": train_step,
        "hints": {"frozen": ["0.*"]},
    }


def gradient_surgery(seed):
    """Two tasks, whose gradients are projected apart before they are added and written to .grad."""
    trunk = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
    heads = nn.ModuleList([nn.Linear(48, 1), nn.Linear(48, 1)])
    model = nn.ModuleDict({"trunk": trunk, "heads": heads})
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        x, y = batch
        h = trunk(x)
        losses = [F.mse_loss(head(h)[:, 0], y[:, i]) for i, head in enumerate(heads)]
        shared = list(trunk.parameters())
        grads = [torch.autograd.grad(loss, shared, retain_graph=True) for loss in losses]
        flat = [torch.cat([g.flatten() for g in gs]) for gs in grads]
        dot = flat[0] @ flat[1]
        if dot < 0:
            flat = [flat[0] - dot / flat[1].norm() ** 2 * flat[1], flat[1]]
        optimizer.zero_grad()
        sum(losses).backward()
        for p, g in zip(shared, (flat[0] + flat[1]).split([p.numel() for p in shared])):
            p.grad = g.view_as(p).clone()
        optimizer.step()
        return sum(losses).item()

    data = torch.randn(12, 10), torch.randn(12, 2)
    return {"model": model, "optimizer": optimizer, "data": data, "train_step": train_step}


def ensemble_in_one(seed):
    """Five small models at once by vmap over stacked parameters; each has its own loss."""
    members = [net(hidden=16) for _ in range(5)]
    params, buffers = torch.func.stack_module_state(members)
    holder = nn.ParameterDict(
        {n.replace(".", "_"): nn.Parameter(p.detach()) for n, p in params.items()}
    )
    names = list(params)
    base = copy.deepcopy(members[0]).to("meta")
    optimizer = torch.optim.Adam(holder.parameters(), 2e-2)

    def train_step(batch):
        x, y = batch
        stacked = {n: holder[n.replace(".", "_")] for n in names}
        out = torch.vmap(lambda p, x: functional_call(base, p, (x,)), (0, None))(stacked, x)
        loss = F.cross_entropy(out.flatten(0, 1), y.repeat(5))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return {"model": holder, "optimizer": optimizer, "data": rows(), "train_step": train_step}


PROGRAMS = [
    accumulating,
    engine_with_autocast,
    mean_teacher,
    sharpness_aware,
    second_order_maml,
    domain_adversarial,
    lookahead,
    stateful_rnn,
    ppo_epochs,
    soft_q_learning,
    wasserstein_critic,
    truncated_backpropagation,
    distilled,
    closure_with_scaler,
    frozen_statistics,
    gradient_surgery,
    ensemble_in_one,
]
