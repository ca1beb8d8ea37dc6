"""Users and items: factors, rankings, sparse tables."""

import torch
from torch import nn
from torch.nn import functional as F


def sparse_embedding(seed):
    """Most rows of the table never get a gradient."""
    model = nn.Sequential(nn.EmbeddingBag(100, 16, sparse=True), nn.Linear(16, 3))
    optimizers = [
        torch.optim.SparseAdam(list(model[0].parameters()), 1e-2),
        torch.optim.Adam(model[1].parameters(), 1e-2),
    ]
    batch = torch.randint(100, (8, 5)), torch.randint(3, (8,))
    return model, nn.CrossEntropyLoss(), optimizers, batch


class MatrixFactorization(nn.Module):
    def __init__(self, n_users, n_items, n_factors=8):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors, sparse=True)
        self.item_factors = nn.Embedding(n_items, n_factors, sparse=True)
        self.user_biases = nn.Embedding(n_users, 1, sparse=True)
        self.item_biases = nn.Embedding(n_items, 1, sparse=True)

    def forward(self, user, item):
        pred = self.user_biases(user) + self.item_biases(item)
        pred += (self.user_factors(user) * self.item_factors(item)).sum(dim=1, keepdim=True)
        return pred.squeeze()


def matrix_factorization(seed):
    """Sparse gradients under plain SGD."""
    model = MatrixFactorization(50, 40)
    users, items = torch.randint(50, (16,)), torch.randint(40, (16,))
    ratings = torch.randint(1, 6, (16,)).float()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    return model, nn.MSELoss(), optimizer, ((users, items), ratings)


class BPR(nn.Module):
    def __init__(self, users=20, items=30, dim=16):
        super().__init__()
        self.u = nn.Embedding(users, dim)
        self.i = nn.Embedding(items, dim)
        nn.init.normal_(self.u.weight, std=0.1)
        nn.init.normal_(self.i.weight, std=0.1)

    def score(self, user, item):
        return (self.u(user) * self.i(item)).sum(-1)

    def forward(self, user, liked, other):
        return self.score(user, liked) - self.score(user, other)


def bayesian_personalized_ranking(seed):
    """A batch of three columns, and no target at all: the loss is of the outputs alone."""
    model = BPR()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    triples = (torch.randint(20, (12,)), torch.randint(15, (12,)), torch.randint(15, 30, (12,)))

    def train_step(batch):
        optimizer.zero_grad()
        loss = -F.logsigmoid(model(*batch)).mean()
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [triples]}


class NextItem(nn.Module):
    """The last thing clicked is on the right: padding comes first, and is item 0."""

    def __init__(self, items=30, dim=24):
        super().__init__()
        self.item = nn.Embedding(items, dim, padding_idx=0)
        self.gru = nn.GRU(dim, dim, batch_first=True)

    def forward(self, history):
        state = self.gru(self.item(history))[0][:, -1]
        return state @ self.item.weight.T


def session_recommender(seed):
    model = NextItem()
    history = torch.randint(1, 30, (8, 6))
    history[:4, :2] = 0
    optimizer = torch.optim.Adamax(model.parameters(), lr=1e-2)
    return model, nn.CrossEntropyLoss(), optimizer, (history, torch.randint(1, 30, (8,)))


PROGRAMS = [
    sparse_embedding,
    matrix_factorization,
    bayesian_personalized_ranking,
    session_recommender,
]
