"""Rows, sequences, sets, physics and densities: healthy, and unknown to those who wrote the checks."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


class Tagger(nn.Module):
    """A BiLSTM with a linear-chain CRF on top, on sentences of several lengths."""

    def __init__(self, words=30, tags=4):
        super().__init__()
        self.embed = nn.Embedding(words, 16, padding_idx=0)
        self.lstm = nn.LSTM(16, 16, bidirectional=True, batch_first=True)
        self.emit = nn.Linear(32, tags)
        self.moves = nn.Parameter(torch.zeros(tags, tags))

    def emissions(self, tokens, lengths):
        packed = pack_padded_sequence(
            self.embed(tokens), lengths, batch_first=True, enforce_sorted=False
        )
        return self.emit(pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0])

    def forward(self, tokens, lengths, tags):
        scores = self.emissions(tokens, lengths)
        total = 0.0
        for row, n, gold in zip(scores, lengths.tolist(), tags):
            path = row[range(n), gold[:n]].sum() + self.moves[gold[: n - 1], gold[1:n]].sum()
            alpha = row[0]
            for t in range(1, n):
                alpha = torch.logsumexp(alpha[:, None] + self.moves, 0) + row[t]
            total = total + torch.logsumexp(alpha, 0) - path
        return total / len(tokens)


def crf_tagger(seed):
    model = Tagger()
    lengths = torch.tensor([5, 3, 4, 2])
    tokens = pad_sequence([torch.randint(1, 30, (n,)) for n in lengths], batch_first=True)
    tags = torch.randint(4, tokens.shape)
    return {
        "model": model,
        "loss_fn": lambda model, batch: model(*batch),
        "optimizer": torch.optim.Adam(model.parameters(), 2e-2),
        "data": (tokens, lengths, tags),
    }


class SkipGram(nn.Module):
    def __init__(self, words=50, dim=12):
        super().__init__()
        self.centre = nn.Embedding(words, dim, sparse=True)
        self.context = nn.Embedding(words, dim, sparse=True)
        nn.init.zeros_(self.context.weight)

    def forward(self, centre, context, negative):
        c = self.centre(centre)
        right = (c * self.context(context)).sum(-1)
        wrong = torch.einsum("nd,nkd->nk", c, self.context(negative))
        return -(F.logsigmoid(right) + F.logsigmoid(-wrong).sum(-1)).mean()


def skip_gram(seed):
    """Sparse gradients; the loss is what the model returns."""
    model = SkipGram()
    words = torch.randperm(50)
    batch = words[:12], words[12:24], words[24:].repeat(2)[:36].view(12, 3)
    loss_fn = lambda model, batch: model(*batch)  # noqa: E731
    return model, loss_fn, torch.optim.SparseAdam(model.parameters(), 5e-2), batch


def physics_informed(seed):
    """u'' = -u with u(0) = 0 and u'(0) = 1: the loss is of second derivatives."""
    net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))

    def residual(model, t):
        t = t.requires_grad_()
        u = model(t)
        du = torch.autograd.grad(u.sum(), t, create_graph=True)[0]
        ddu = torch.autograd.grad(du.sum(), t, create_graph=True)[0]
        zero = torch.zeros(1, 1, requires_grad=True)
        start = model(zero)
        slope = torch.autograd.grad(start.sum(), zero, create_graph=True)[0]
        return (ddu + u).pow(2).mean() + start.pow(2).mean() + (slope - 1).pow(2).mean()

    return (
        net,
        residual,
        torch.optim.Adam(net.parameters(), 1e-2),
        torch.linspace(0, 2, 20)[:, None],
    )


def cox_survival(seed):
    """Each risk is compared with all who live longer: no sample has a loss of its own."""

    def partial_likelihood(risk, target):
        time, event = target.unbind(1)
        order = time.argsort(descending=True)
        risk, event = risk.squeeze(1)[order], event[order]
        return -((risk - torch.logcumsumexp(risk, 0)) * event).sum() / event.sum()

    net = nn.Sequential(nn.Linear(8, 24), nn.SELU(), nn.Linear(24, 1, bias=False))
    target = torch.stack([torch.rand(16) * 10, (torch.rand(16) < 0.7).float()], 1)
    return (
        net,
        partial_likelihood,
        torch.optim.Adam(net.parameters(), 3e-2),
        (
            torch.randn(16, 8),
            target,
        ),
    )


def pinball(seed):
    """Three quantiles of each target; with one target per input all three meet in it."""
    levels = torch.tensor([0.1, 0.5, 0.9])

    def loss(out, y):
        gap = y[:, None] - out
        return torch.maximum(levels * gap, (levels - 1) * gap).mean()

    net = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 3))
    return (
        net,
        loss,
        torch.optim.Adam(net.parameters(), 5e-3),
        (torch.randn(20, 6), torch.randn(20)),
    )


class Coral(nn.Module):
    def __init__(self, levels=5):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(7, 48), nn.Tanh(), nn.Linear(48, 1, bias=False))
        self.cuts = nn.Parameter(torch.linspace(1, -1, levels - 1))

    def forward(self, x):
        return self.score(x) + self.cuts


def ordinal_grades(seed):
    def loss_fn(logits, grade):
        above = (grade[:, None] > torch.arange(4)).float()
        return F.binary_cross_entropy_with_logits(logits, above, reduction="none").sum(1).mean()

    net = Coral()
    data = torch.randn(15, 7), torch.arange(15) % 5
    return net, loss_fn, torch.optim.Adam(net.parameters(), 2e-2), data


def list_net(seed):
    """Documents of a query, some of them missing; the target is a distribution over them."""

    def list_loss(scores, relevance):
        missing = relevance < 0
        scores = scores.squeeze(-1).masked_fill(missing, -1e9)
        wanted = F.softmax(relevance.masked_fill(missing, -1e9), 1)
        return -(wanted * F.log_softmax(scores, 1)).sum(1).mean()

    net = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 1))
    relevance = 5.0 * torch.randint(2, (6, 7)).float()
    relevance[0, 5:] = -1
    relevance[3, 4:] = -1
    entropy = torch.distributions.Categorical(
        logits=relevance.masked_fill(relevance < 0, -1e9)
    ).entropy()
    return {
        "model": net,
        "loss_fn": list_loss,
        "optimizer": torch.optim.Adam(net.parameters(), 1e-2),
        "data": (torch.randn(6, 7, 9), relevance),
        "hints": {"floor": entropy.mean().item()},
    }


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(3, 32), nn.Softplus(), nn.Linear(32, 2))

    def forward(self, state):
        path, h = [state], 0.2
        for i in range(8):
            f = lambda s, t=i * h: self.f(torch.cat([s, s.new_full((len(s), 1), t)], 1))  # noqa
            k1 = f(state)
            k2 = f(state + h / 2 * k1)
            k3 = f(state + h / 2 * k2)
            k4 = f(state + h * k3)
            state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            path.append(state)
        return torch.stack(path, 1)


def neural_ode(seed):
    angle = torch.arange(9) * 0.2 + torch.rand(5, 1) * 6
    path = torch.stack([angle.cos(), angle.sin()], -1)
    model = Field()
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters(), 1e-2), (path[:, 0], path)


class Coupling(nn.Module):
    def __init__(self, dim, flip):
        super().__init__()
        self.flip, half = flip, dim // 2
        self.net = nn.Sequential(nn.Linear(half, 32), nn.ReLU(), nn.Linear(32, 2 * half))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = x.chunk(2, 1)
        if self.flip:
            a, b = b, a
        s, t = self.net(a).chunk(2, 1)
        s = torch.tanh(s)
        b = b * s.exp() + t
        return torch.cat([b, a] if self.flip else [a, b], 1), s.sum(1)


class Flow(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.parts = nn.ModuleList([Coupling(dim, i % 2 == 1) for i in range(4)])
        self.prior = torch.distributions.Normal(0.0, 1.0)

    def forward(self, x):
        log_det = 0
        for part in self.parts:
            x, d = part(x)
            log_det = log_det + d
        return self.prior.log_prob(x).sum(1) + log_det


def real_nvp(seed):
    """A density of the data alone: there are no labels, and no floor."""
    flow = Flow()
    loss_fn = lambda model, x: -model(x).mean()  # noqa: E731
    data = 0.1 * torch.randn(32, 4) @ torch.randn(4, 4) + 0.5
    return flow, loss_fn, torch.optim.Adam(flow.parameters(), 1e-2), data


class Prototypes(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, support, query):  # ways shots features; queries features
        centres = self.embed(support).mean(1)
        return -torch.cdist(self.embed(query), centres).pow(2)


def few_shot_episode(seed):
    """Logits are minus squared distances: all at or below zero."""
    net = Prototypes()

    def loss_fn(model, episode):
        return F.cross_entropy(model(episode["support"], episode["query"]), episode["way"])

    episode = {
        "support": torch.randn(4, 3, 10),
        "query": torch.randn(12, 10),
        "way": torch.arange(12) % 4,
    }
    return net, loss_fn, torch.optim.Adam(net.parameters(), 5e-3), episode


def counts_with_exposure(seed):
    """Poisson deviance with a log link, and with exposure as an offset."""

    class Rate(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(5, 32), nn.ELU(), nn.Linear(32, 1))

        def forward(self, features, exposure):
            return self.net(features).squeeze(-1) + exposure.log()

    def deviance(log_rate, n):
        return F.poisson_nll_loss(log_rate, n, log_input=True) - F.poisson_nll_loss(
            n.clamp(min=1e-6).log(), n
        )

    net = Rate()
    exposure = torch.rand(16) + 0.5
    counts = torch.poisson(exposure * 3)
    data = {"features": torch.randn(16, 5), "exposure": exposure}, counts
    return net, deviance, torch.optim.Adam(net.parameters(), 1e-2), data


class Translate(nn.Module):
    def __init__(self, words=20, dim=24):
        super().__init__()
        self.table = nn.Embedding(words, dim, padding_idx=0)
        self.encoder = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, words, bias=False)
        self.out.weight = self.table.weight

    def forward(self, source, lengths, target_in):
        packed = pack_padded_sequence(self.table(source), lengths, True, enforce_sorted=False)
        _, state = self.encoder(packed)
        return self.out(self.decoder(self.table(target_in), state)[0])


def translation(seed):
    """Teacher forcing, tied embeddings, and a loss that skips what is padding."""
    net = Translate()
    lengths = [6, 4, 5, 3]
    source = pad_sequence([torch.randint(3, 20, (n,)) for n in lengths], True)
    target = pad_sequence([torch.randint(3, 20, (n,)) for n in (5, 3, 4, 6)], True)

    def loss_fn(model, batch):
        start = torch.ones(len(batch["tgt"]), 1, dtype=torch.long)
        logits = model(batch["src"], batch["len"], torch.cat([start, batch["tgt"][:, :-1]], 1))
        return F.cross_entropy(logits.transpose(1, 2), batch["tgt"], ignore_index=0)

    batch = {"src": source, "len": torch.tensor(lengths), "tgt": target}
    hints = {"pad_id": 0}
    optimizer = torch.optim.Adam(net.parameters(), 1e-2, betas=(0.9, 0.98), eps=1e-9)
    return {"model": net, "loss_fn": loss_fn, "optimizer": optimizer, "data": batch, "hints": hints}


class Attend(nn.Module):
    """Attention over the neighbours of a graph, by index_add and scatter_reduce."""

    def __init__(self, dim=12, classes=3):
        super().__init__()
        self.w, self.a = nn.Linear(8, dim, bias=False), nn.Linear(2 * dim, 1, bias=False)
        self.out = nn.Linear(dim, classes)

    def forward(self, x, edges):
        h = self.w(x)
        s, t = edges
        e = F.leaky_relu(self.a(torch.cat([h[s], h[t]], 1)).squeeze(1), 0.2)
        top = torch.full((len(x),), -torch.inf).scatter_reduce(0, t, e.detach(), "amax")
        e = (e - top[t]).exp()
        total = torch.zeros(len(x)).index_add(0, t, e)
        out = torch.zeros_like(h).index_add(0, t, (e / total[t])[:, None] * h[s])
        return self.out(F.elu(out))


def graph_attention(seed):
    """Semi-supervised: the loss is of some nodes only. A node sees its neighbours, as it should."""
    net = Attend()
    ring = torch.arange(14)
    edges = torch.stack([torch.cat([ring, ring]), torch.cat([ring, (ring + 1) % 14])])

    def loss_fn(model, graph):
        logits = model(graph["x"], graph["edges"])[graph["mask"]]
        return F.cross_entropy(logits, graph["y"][graph["mask"]])

    graph = {"x": torch.randn(14, 8), "edges": edges, "y": torch.randint(3, (14,))}
    graph["mask"] = torch.arange(14) % 2 == 0
    optimizer = torch.optim.Adam(net.parameters(), 2e-2, weight_decay=5e-4)
    hints = {"outputs_mix_samples": True}
    return {"model": net, "loss_fn": loss_fn, "optimizer": optimizer, "data": graph, "hints": hints}


class DeepSets(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 32))
        self.rho = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 5))

    def forward(self, points, mask):
        h = self.phi(points)
        top = h.masked_fill(~mask[..., None], -1e4).amax(1)
        mean = (h * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.rho(torch.cat([top, mean], 1))


def point_sets(seed):
    net = DeepSets()
    mask = torch.arange(9)[None] < torch.tensor([9, 5, 7, 3, 8, 6])[:, None]
    inputs = {"points": torch.randn(6, 9, 3) * mask[..., None], "mask": mask}
    return (
        net,
        nn.CrossEntropyLoss(),
        torch.optim.Adamax(net.parameters(), 1e-2),
        (
            inputs,
            torch.randint(5, (6,)),
        ),
    )


class Quantised(nn.Module):
    """A code book with a straight-through estimator, as in VQ-VAE."""

    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
        self.codes = nn.Embedding(16, 8)
        nn.init.normal_(self.codes.weight, 0, 0.3)
        self.decode = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 12))

    def forward(self, x):
        z = self.encode(x)
        q = self.codes(torch.cdist(z, self.codes.weight).argmin(1))
        extra = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
        return self.decode(z + (q - z).detach()), extra


def vq_vae(seed):
    """Sixteen codes for eight rows; where two rows share one, half of the way is what one gets."""
    net = Quantised()

    def loss_fn(model, x):
        out, extra = model(x)
        return F.mse_loss(out, x) + extra

    return {
        "model": net,
        "loss_fn": loss_fn,
        "optimizer": torch.optim.Adam(net.parameters(), 1e-2),
        "data": torch.randn(8, 12),
        "hints": {"memorizable": "partial"},
    }


class LowRank(nn.Module):
    """A frozen layer with a trained low-rank difference, which starts at zero."""

    def __init__(self, base, rank=8):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Linear(base.in_features, rank, bias=False)
        self.up = nn.Linear(rank, base.out_features, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.base(x) + 2.0 * self.up(self.down(x))


def low_rank_tuning(seed):
    net = nn.Sequential(
        LowRank(nn.Linear(10, 32)),
        nn.ReLU(),
        LowRank(nn.Linear(32, 32)),
        nn.ReLU(),
        nn.Linear(32, 3),
    )
    trained = [p for p in net.parameters() if p.requires_grad]
    return {
        "model": net,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": torch.optim.AdamW(trained, 1e-2),
        "data": (torch.randn(12, 10), torch.randint(3, (12,))),
        "hints": {"frozen": ["*.base.*"]},
    }


class RoundSTE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        return torch.round(x / scale).clamp(-8, 7) * scale

    @staticmethod
    def backward(ctx, grad):
        return grad, None


class FakeQuantised(nn.Linear):
    def forward(self, x):
        scale = (self.weight.detach().abs().amax() / 7).clamp(min=1e-6)
        return F.linear(x, RoundSTE.apply(self.weight, scale), self.bias)


def four_bit_training(seed):
    net = nn.Sequential(FakeQuantised(10, 48), nn.Hardswish(), FakeQuantised(48, 4))
    data = torch.randn(12, 10), torch.randint(4, (12,))
    return net, nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), 1e-2), data


class Factors(nn.Module):
    def __init__(self, users=9, items=11, k=8):
        super().__init__()
        self.p, self.q = nn.Embedding(users, k), nn.Embedding(items, k)
        self.bu, self.bi = nn.Embedding(users, 1), nn.Embedding(items, 1)
        self.mean = nn.Parameter(torch.tensor(3.0), requires_grad=False)
        for table in (self.bu, self.bi):
            nn.init.zeros_(table.weight)

    def forward(self, pairs):
        u, i = pairs.T
        dot = (self.p(u) * self.q(i)).sum(1)
        return dot + self.bu(u)[:, 0] + self.bi(i)[:, 0] + self.mean


def ratings(seed):
    net = Factors()
    pairs = torch.cartesian_prod(torch.arange(9), torch.arange(11))[torch.randperm(99)[:40]]
    stars = torch.randint(1, 6, (40,)).float()
    optimizer = torch.optim.Adagrad(filter(lambda p: p.requires_grad, net.parameters()), 0.2)
    return net, nn.HuberLoss(), optimizer, (pairs, stars)


class Hyper(nn.Module):
    """One network writes the weights of another."""

    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)).requires_grad_(False)
        self.sizes = {n: p.shape for n, p in self.main.named_parameters()}
        self.write = nn.Linear(6, sum(s.numel() for s in self.sizes.values()))

    def one(self, task, x):
        flat = self.write(task).split([s.numel() for s in self.sizes.values()])
        weights = {n: f.view(s) for (n, s), f in zip(self.sizes.items(), flat)}
        return torch.func.functional_call(self.main, weights, (x,))

    def forward(self, tasks, x):
        return torch.stack([self.one(t, row) for t, row in zip(tasks, x)])


def hypernetwork(seed):
    net = Hyper()
    optimizer = torch.optim.Adam(net.write.parameters(), 1e-2)
    inputs = torch.randn(5, 6), torch.randn(5, 6, 4)
    return net, nn.L1Loss(), optimizer, (inputs, torch.randn(5, 6, 2))


PROGRAMS = [
    crf_tagger,
    skip_gram,
    physics_informed,
    cox_survival,
    pinball,
    ordinal_grades,
    list_net,
    neural_ode,
    real_nvp,
    few_shot_episode,
    counts_with_exposure,
    translation,
    graph_attention,
    point_sets,
    vq_vae,
    low_rank_tuning,
    four_bit_training,
    ratings,
    hypernetwork,
]
