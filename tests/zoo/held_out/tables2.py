"""Rows, users, items and graphs, once more, in other hands."""

import torch
from torch import nn
from torch.nn import functional as F


def quantile_regression(seed):
    """The targets of the batch differ, so every quantile can be met."""
    taus = torch.tensor([0.1, 0.5, 0.9])
    net = nn.Sequential(nn.Linear(6, 48), nn.ReLU(), nn.Linear(48, 3))

    def pinball(pred, y):
        err = y.unsqueeze(1) - pred
        return torch.maximum(taus * err, (taus - 1) * err).sum(dim=1).mean()

    return (
        net,
        pinball,
        torch.optim.Adam(net.parameters(), lr=1e-2),
        (
            torch.randn(16, 6),
            torch.randn(16),
        ),
    )


def cox_survival(seed):
    """Its loss compares each patient with all who were still at risk."""
    net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1, bias=False))
    x = torch.randn(12, 8)
    time, event = torch.rand(12), (torch.rand(12) < 0.7).float()

    def partial_likelihood(model, batch):
        order = batch["time"].argsort(descending=True)
        risk = model(batch["x"]).squeeze(-1)[order]
        event = batch["event"][order]
        return -((risk - risk.logcumsumexp(0)) * event).sum() / event.sum().clamp(min=1)

    batch = dict(x=x, time=time, event=event)
    return net, partial_likelihood, torch.optim.Adam(net.parameters(), lr=5e-3), batch


class FM(nn.Module):
    def __init__(self, fields=(6, 5, 8), k=8):
        super().__init__()
        total = sum(fields)
        self.register_buffer("offset", torch.tensor([0, *fields[:-1]]).cumsum(0))
        self.w0 = nn.Parameter(torch.zeros(1))
        self.w = nn.Embedding(total, 1)
        self.v = nn.Embedding(total, k)
        nn.init.normal_(self.v.weight, std=0.1)
        nn.init.zeros_(self.w.weight)

    def forward(self, x):
        x = x + self.offset
        v = self.v(x)
        pairs = 0.5 * (v.sum(1).square() - v.square().sum(1)).sum(1)
        return self.w0 + self.w(x).sum((1, 2)) + pairs


def factorization_machine(seed):
    model = FM()
    x = torch.stack([torch.randint(f, (16,)) for f in (6, 5, 8)], 1)
    x = torch.unique(x, dim=0)
    y = (torch.rand(len(x)) < 0.5).float()
    opt = torch.optim.Adagrad(model.parameters(), lr=0.3)
    return model, F.binary_cross_entropy_with_logits, opt, (x, y)


class DLRM(nn.Module):
    def __init__(self, tables=(30, 50, 20), d=8):
        super().__init__()
        self.bot = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, d), nn.ReLU())
        self.emb = nn.ModuleList(nn.EmbeddingBag(n, d, mode="sum") for n in tables)
        n = len(tables) + 1
        self.i, self.j = torch.tril_indices(n, n, offset=-1)
        self.top = nn.Sequential(nn.Linear(d + n * (n - 1) // 2, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, dense, offsets, indices):
        x = self.bot(dense)
        ly = [table(idx, off) for table, idx, off in zip(self.emb, indices, offsets)]
        T = torch.stack([x, *ly], dim=1)
        Z = (T @ T.transpose(1, 2))[:, self.i, self.j]
        return torch.sigmoid(self.top(torch.cat([x, Z], dim=1)))


def deep_learning_recommendation_model(seed):
    """Sparse features as lists of indices with offsets, another number for each sample."""
    model = DLRM()
    counts = [torch.randint(1, 4, (8,)) for _ in range(3)]
    offsets = [c.cumsum(0) - c for c in counts]
    indices = [torch.randint(n, (int(c.sum()),)) for n, c in zip((30, 50, 20), counts)]
    clicks = torch.randint(2, (8, 1)).float()
    inputs = torch.rand(8, 5), offsets, indices
    return (
        model,
        nn.BCELoss(),
        torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9),
        (
            inputs,
            clicks,
        ),
    )


class GATLayer(nn.Module):
    def __init__(self, n_in, n_out, heads):
        super().__init__()
        self.heads, self.n_out = heads, n_out
        self.lin = nn.Linear(n_in, heads * n_out, bias=False)
        self.a_src = nn.Parameter(torch.randn(heads, n_out) * 0.2)
        self.a_dst = nn.Parameter(torch.randn(heads, n_out) * 0.2)

    def forward(self, x, edge_index):
        src, dst = edge_index
        h = self.lin(x).view(-1, self.heads, self.n_out)
        e = F.leaky_relu((h * self.a_src).sum(-1)[src] + (h * self.a_dst).sum(-1)[dst], 0.2)
        highest = torch.full((len(x), self.heads), float("-inf"))
        highest = highest.scatter_reduce(0, dst[:, None].expand_as(e), e.detach(), "amax")
        e = (e - highest[dst]).exp()
        norm = torch.zeros(len(x), self.heads).index_add(0, dst, e)[dst]
        alpha = F.dropout(e / (norm + 1e-16), 0.1, self.training)
        out = torch.zeros_like(h).index_add(0, dst, alpha[..., None] * h[src])
        return out.flatten(1)


class GAT(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2 = GATLayer(10, 16, 4), GATLayer(64, 3, 1)

    def forward(self, x, edge_index):
        return self.l2(F.elu(self.l1(x, edge_index)), edge_index)


def graph_attention(seed):
    """All nodes are labelled; edges are a table of two rows."""
    n = 14
    edge_index = torch.cat([torch.randint(n, (2, 12)), torch.arange(n).repeat(2, 1)], dim=1)
    model = GAT()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return (
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        (
            (torch.randn(n, 10), edge_index),
            torch.randint(3, (n,)),
        ),
    )


class ListRank(nn.Module):
    def __init__(self):
        super().__init__()
        self.scorer = nn.Sequential(nn.Linear(7, 48), nn.PReLU(), nn.Linear(48, 1))

    def forward(self, docs):
        return self.scorer(docs).squeeze(-1)


def listwise_ranking(seed):
    """Lists are padded, with a mask: what was padded takes no part in the softmax."""
    model = ListRank()
    docs = torch.randn(6, 5, 7)
    mask = torch.ones(6, 5, dtype=torch.bool)
    mask[3:, 4] = False
    best = torch.randint(4, (6,))

    def train_step(batch):
        opt.zero_grad()
        scores = model(batch["docs"]).masked_fill(~batch["mask"], float("-inf"))
        loss = F.cross_entropy(scores, batch["best"])
        loss.backward()
        opt.step()
        return {"loss": loss, "mrr": 0.0}

    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    batch = {"docs": docs, "mask": mask, "best": best}
    return {"model": model, "optimizer": opt, "train_step": train_step, "data": batch}


PROGRAMS = [
    quantile_regression,
    cox_survival,
    factorization_machine,
    deep_learning_recommendation_model,
    graph_attention,
    listwise_ranking,
]
