"""Generation, representation and reinforcement, once more, in other hands."""

import copy
from itertools import chain

import torch
import torch.nn as nn
import torch.nn.functional as F


class VectorQuantizer(nn.Module):
    def __init__(self, codes=16, dim=8, beta=0.25):
        super().__init__()
        self.codebook = nn.Embedding(codes, dim)
        self.codebook.weight.data.uniform_(-1 / codes, 1 / codes)
        self.beta = beta

    def forward(self, z):
        nearest = torch.cdist(z, self.codebook.weight).argmin(1)
        q = self.codebook(nearest)
        loss = F.mse_loss(q, z.detach()) + self.beta * F.mse_loss(z, q.detach())
        return z + (q - z).detach(), loss


class VQVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
        self.vq = VectorQuantizer()
        self.dec = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 12))

    def forward(self, x):
        q, vq_loss = self.vq(self.enc(x))
        return self.dec(q), vq_loss


def vq_vae(seed):
    """Codes without a taker never get a gradient; few codes leave some error."""
    model = VQVAE()

    def loss_fn(model, batch):
        rebuilt, vq_loss = model(batch)
        return F.mse_loss(rebuilt, batch) + vq_loss

    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    x = torch.randn(6, 12)
    hints = {"memorizable": "partial"}
    return dict(model=model, loss_fn=loss_fn, optimizer=opt, data=x, hints=hints)


def wgan_gp(seed):
    """A gradient of a gradient; the critic steps five times for each step of the generator."""
    G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.9))
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.9))
    it = 0

    def penalty(real, fake):
        mix = torch.rand(len(real), 1)
        between = (mix * real + (1 - mix) * fake).requires_grad_(True)
        (grad,) = torch.autograd.grad(D(between).sum(), between, create_graph=True)
        return 10 * ((grad.norm(2, dim=1) - 1) ** 2).mean()

    def train_step(real):
        nonlocal it
        it += 1
        fake = G(torch.randn(len(real), 4)).detach()
        d_loss = D(fake).mean() - D(real).mean() + penalty(real, fake)
        opt_d.zero_grad()
        d_loss.backward()
        opt_d.step()
        if it % 5 == 0:
            opt_g.zero_grad()
            (-D(G(torch.randn(len(real), 4))).mean()).backward()
            opt_g.step()
        return d_loss.item()

    return {
        "model": {"generator": G, "discriminator": D},
        "optimizer": opt_d,
        "extra_optimizers": [opt_g],
        "train_step": train_step,
        "data": [torch.randn(16, 2) * 0.3 + 1],
        "hints": {"memorizable": "off"},
    }


class MADE(nn.Module):
    """Masked weights, so that each number hangs on those before it only."""

    def __init__(self, d=5, h=40):
        super().__init__()
        self.w1, self.w2 = nn.Linear(d, h), nn.Linear(h, 2 * d)
        degree = torch.arange(h) % (d - 1)
        self.register_buffer("m1", (degree[:, None] >= torch.arange(d)).float())
        out = torch.arange(d).repeat(2)
        self.register_buffer("m2", (out[:, None] > degree).float())

    def forward(self, x):
        h = torch.tanh(F.linear(x, self.w1.weight * self.m1, self.w1.bias))
        mu, s = F.linear(h, self.w2.weight * self.m2, self.w2.bias).chunk(2, 1)
        s = s.clamp(-4, 4)
        z = (x - mu) * torch.exp(-s)
        return (0.5 * z**2 + s + 0.919).sum(1)


def masked_autoregressive_flow(seed):
    """The first number hangs on nothing, so the loss ends somewhere below where it began."""
    flow = MADE()
    x = torch.randn(10, 5)
    return {
        "model": flow,
        "loss_fn": lambda model, x: model(x).mean(),
        "optimizer": torch.optim.Adam(flow.parameters(), lr=1e-2),
        "data": x,
        "hints": {"memorizable": "partial"},
    }


class BYOL(nn.Module):
    """Online and target network in one module; only the online half is trained."""

    def __init__(self, m=0.95):
        super().__init__()
        self.online = nn.Sequential(
            nn.Linear(12, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 16)
        )
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad = False
        self.predictor = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
        self.m = m

    def forward(self, a, b):
        def regress(x, y):
            p = F.normalize(self.predictor(self.online(x)), dim=-1)
            with torch.no_grad():
                z = F.normalize(self.target(y), dim=-1)
            return 2 - 2 * (p * z).sum(-1)

        return (regress(a, b) + regress(b, a)).mean()

    @torch.no_grad()
    def momentum_update(self):
        for o, t in zip(self.online.parameters(), self.target.parameters()):
            t.lerp_(o, 1 - self.m)


def byol(seed):
    net = BYOL()
    opt = torch.optim.SGD(chain(net.online.parameters(), net.predictor.parameters()), 0.1, 0.9)

    def train_step(views):
        loss = net(*views)
        opt.zero_grad()
        loss.backward()
        opt.step()
        net.momentum_update()
        return loss

    x = torch.randn(8, 12)
    data = (x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x))
    return {"model": net, "optimizer": opt, "train_step": train_step, "data": data}


class ArcFace(nn.Module):
    def __init__(self, classes=6, s=16.0, m=0.3):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 64), nn.PReLU(64), nn.Linear(64, 16))
        self.centres = nn.Parameter(torch.randn(classes, 16))
        self.s, self.m = s, m

    def forward(self, x, label=None):
        cos = F.linear(F.normalize(self.net(x)), F.normalize(self.centres))
        if label is None:
            return self.s * cos
        theta = torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6))
        margin = self.m * F.one_hot(label, cos.shape[1])
        return self.s * torch.cos(theta + margin)


def arcface(seed):
    """The model is given the label, to put a margin on the right class."""
    model = ArcFace()
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)

    def loss_fn(model, batch):
        x, y = batch
        return F.cross_entropy(model(x, y), y)

    return model, loss_fn, opt, (torch.randn(12, 10), torch.arange(12) % 6)


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Sequential(self.layer(6, 32), nn.Tanh(), self.layer(32, 3, 0.01))
        self.critic = nn.Sequential(self.layer(6, 32), nn.Tanh(), self.layer(32, 1, 1.0))

    @staticmethod
    def layer(i, o, std=2**0.5):
        linear = nn.Linear(i, o)
        nn.init.orthogonal_(linear.weight, std)
        nn.init.constant_(linear.bias, 0.0)
        return linear


def proximal_policy_optimization(seed):
    agent = Agent()
    optimizer = torch.optim.Adam(agent.parameters(), lr=2.5e-4, eps=1e-5)
    obs, act = torch.randn(32, 6), torch.randint(3, (32,))
    with torch.no_grad():
        old = torch.distributions.Categorical(logits=agent.actor(obs)).log_prob(act)

    def update(b):
        dist = torch.distributions.Categorical(logits=agent.actor(b["obs"]))
        ratio = (dist.log_prob(b["act"]) - b["logprob"]).exp()
        adv = (b["adv"] - b["adv"].mean()) / (b["adv"].std() + 1e-8)
        pg = torch.max(-adv * ratio, -adv * ratio.clamp(0.8, 1.2)).mean()
        v = 0.5 * (agent.critic(b["obs"]).view(-1) - b["ret"]).pow(2).mean()
        loss = pg - 0.01 * dist.entropy().mean() + 0.5 * v
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
        optimizer.step()
        return loss.item()

    return {
        "model": agent,
        "optimizer": optimizer,
        "train_step": update,
        "data": dict(obs=obs, act=act, logprob=old, adv=torch.randn(32), ret=torch.randn(32)),
        "hints": {"memorizable": "off"},
    }


PROGRAMS = [
    vq_vae,
    wgan_gp,
    masked_autoregressive_flow,
    byol,
    arcface,
    proximal_policy_optimization,
]
