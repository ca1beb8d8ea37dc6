"""Rows of numbers and categories: regression, classification, densities, several tasks at once."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn


def labelled(samples=16, width=12, classes=4):
    return torch.randn(samples, width), torch.randint(classes, (samples,))


def perceptron(width=12, classes=4):
    return nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, classes))


def mlp(seed):
    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def regression(seed):
    model = perceptron(12, 1)
    batch = torch.randn(16, 12), torch.randn(16, 1)
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters(), 1e-2), batch


def loss_below_zero(seed):
    """The likelihood of a density has no floor at zero."""

    def nll(outputs, target):
        mean, log_var = outputs.chunk(2, dim=1)
        return F.gaussian_nll_loss(mean, target, log_var.exp())

    model = perceptron(12, 2)
    batch = torch.randn(8, 12), torch.randn(8, 1)
    return model, nll, torch.optim.Adam(model.parameters(), 1e-2), batch


def lbfgs(seed):
    model = perceptron(12, 1)
    optimizer = torch.optim.LBFGS(model.parameters(), 0.1, max_iter=5)
    return model, nn.MSELoss(), optimizer, (torch.randn(8, 12), torch.randn(8, 1))


def polynomial_regression():
    """One layer, plain gradient descent, exactly linear data: the smallest program there is."""
    x = torch.randn(32).unsqueeze(1)
    x = torch.cat([x**i for i in range(1, 4)], 1) / torch.tensor([1.0, 2.0, 5.0])
    y = x @ torch.tensor([[1.5], [-0.7], [0.3]]) + 2.0
    fc = nn.Linear(3, 1)
    return fc, F.smooth_l1_loss, torch.optim.SGD(fc.parameters(), lr=0.3, momentum=0.8), (x, y)


class WideAndDeep(nn.Module):
    def __init__(self, cardinalities=(7, 5, 3), numeric=4):
        super().__init__()
        self.wide = nn.ModuleList([nn.Embedding(c, 1) for c in cardinalities])
        self.deep = nn.ModuleList([nn.Embedding(c, 6) for c in cardinalities])
        self.mlp = nn.Sequential(
            nn.Linear(6 * len(cardinalities) + numeric, 32),
            nn.BatchNorm1d(32),
            nn.ReLU(),
            nn.Linear(32, 1),
        )

    def forward(self, categorical, numeric):
        columns = categorical.unbind(1)
        wide = sum(table(column) for table, column in zip(self.wide, columns))
        deep = torch.cat([table(column) for table, column in zip(self.deep, columns)], dim=1)
        return (wide + self.mlp(torch.cat([deep, numeric], dim=1))).squeeze(1)


def wide_and_deep(seed):
    model = WideAndDeep()
    categorical = torch.stack([torch.randint(c, (12,)) for c in (7, 5, 3)], dim=1)
    inputs = {"categorical": categorical, "numeric": torch.randn(12, 4)}
    clicked = (torch.rand(12) < 0.4).float()
    optimizers = [
        torch.optim.Adagrad(model.wide.parameters(), lr=0.1),
        torch.optim.Adam([*model.deep.parameters(), *model.mlp.parameters()], lr=1e-2),
    ]
    return SimpleNamespace(
        model=model,
        loss_fn=nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.5)),
        optimizer=optimizers[0],
        extra_optimizers=optimizers[1:],
        data=(inputs, clicked),
    )


class TabTransformer(nn.Module):
    def __init__(self, categories, dim=16):
        super().__init__()
        offsets = torch.tensor([0, *categories[:-1]]).cumsum(0)
        self.register_buffer("offsets", offsets)
        self.table = nn.Embedding(sum(categories), dim)
        self.encoder = nn.TransformerEncoderLayer(dim, 2, 32, 0.1, batch_first=True)
        self.norm = nn.LayerNorm(5)
        self.head = nn.Sequential(nn.Linear(dim * len(categories) + 5, 32), nn.SELU())
        self.out = nn.Linear(32, 3)

    def forward(self, batch):
        tokens = self.encoder(self.table(batch["cat"] + self.offsets))
        joined = torch.cat([tokens.flatten(1), self.norm(batch["cont"])], dim=-1)
        return self.out(self.head(joined))


def tab_transformer(seed):
    """The whole batch is one dict, with the label in it."""
    net = TabTransformer([4, 6, 3])
    batch = {
        "cat": torch.stack([torch.randint(c, (10,)) for c in (4, 6, 3)], 1),
        "cont": torch.randn(10, 5),
        "label": torch.randint(3, (10,)),
    }
    weights = torch.tensor([0.5, 1.0, 2.0])

    def loss_fn(model, batch):
        return F.cross_entropy(model(batch), batch["label"], weight=weights)

    return net, loss_fn, torch.optim.AdamW(net.parameters(), lr=3e-3), batch


class MixtureDensity(nn.Module):
    def __init__(self, n_components=4):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(1, 32), nn.Tanh())
        self.pi = nn.Linear(32, n_components)
        self.mu = nn.Linear(32, n_components)
        self.log_sigma = nn.Linear(32, n_components)

    def forward(self, x):
        h = self.trunk(x)
        mixture = torch.distributions.Categorical(logits=self.pi(h))
        parts = torch.distributions.Normal(self.mu(h), self.log_sigma(h).clamp(min=-3).exp())
        return torch.distributions.MixtureSameFamily(mixture, parts)


def mixture_density_network(seed):
    """The model returns a distribution, and no tensor."""
    model = MixtureDensity()
    y = torch.linspace(-1, 1, 24)
    x = y + 0.3 * torch.sin(6 * y)
    return {
        "model": model,
        "loss_fn": lambda dist, target: -dist.log_prob(target).mean(),
        "optimizer": torch.optim.Adam(model.parameters(), lr=2e-2),
        "data": (x[:, None], y),
    }


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
        self.age, self.kind = nn.Linear(48, 1), nn.Linear(48, 4)
        self.log_vars = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        h = self.shared(x)
        return self.age(h).squeeze(-1), self.kind(h)


def multi_task_with_uncertainty_weights(seed):
    """As both tasks are learnt their weights grow: the loss falls below zero and on."""
    model = MultiTask()

    def loss_fn(model, batch):
        age, kind = model(batch["features"])
        losses = torch.stack([F.mse_loss(age, batch["age"]), F.cross_entropy(kind, batch["kind"])])
        return (torch.exp(-model.log_vars) * losses + model.log_vars).sum()

    batch = {
        "features": torch.randn(12, 10),
        "age": torch.randn(12),
        "kind": torch.randint(4, (12,)),
    }
    return model, loss_fn, torch.optim.Adam(model.parameters(), 5e-3), batch


class GaussianProcess(nn.Module):
    """Three parameters, and the marginal likelihood of all points at once."""

    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(()))
        self.log_length = nn.Parameter(torch.zeros(()))
        self.log_noise = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        kernel = torch.exp(-((x - x.T) ** 2) / (2 * torch.exp(2 * self.log_length)))
        noise = torch.exp(self.log_noise) + 1e-4
        covariance = torch.exp(self.log_scale) * kernel + noise * torch.eye(len(x))
        return torch.distributions.MultivariateNormal(torch.zeros(len(x)), covariance)


def gaussian_process(seed):
    x = torch.linspace(-2, 2, 12)[:, None]
    gp = GaussianProcess()
    return {
        "model": gp,
        "loss_fn": lambda prior, y: -prior.log_prob(y) / len(y),
        "optimizer": torch.optim.Adam(gp.parameters(), lr=0.05),
        "data": (x, torch.sin(2 * x[:, 0])),
        "hints": {"memorizable": "partial", "outputs_mix_samples": True},
    }


PROGRAMS = [
    mlp,
    regression,
    loss_below_zero,
    lbfgs,
    polynomial_regression,
    wide_and_deep,
    tab_transformer,
    mixture_density_network,
    multi_task_with_uncertainty_weights,
    gaussian_process,
]
