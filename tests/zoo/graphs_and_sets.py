"""Nodes, edges and points: batches that are no rows."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class GraphConv(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(out_features))
        nn.init.xavier_normal_(self.kernel)

    def forward(self, x, adj):
        return torch.sparse.mm(adj, x @ self.kernel) + self.bias


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.gc1, self.gc2 = GraphConv(8, 16), GraphConv(16, 3)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x, adj):
        x = self.dropout(F.relu(self.gc1(x, adj)))
        return F.log_softmax(self.gc2(x, adj), dim=1)


def normalised_adjacency(n):
    a = (torch.rand(n, n) < 0.2).float()
    a = ((a + a.T + torch.eye(n)) > 0).float()
    d = a.sum(1).rsqrt()
    return (d[:, None] * a * d[None]).to_sparse_coo()


def graph_convolution_on_some_labelled_nodes(seed):
    """One graph, whose nodes mix; the loss looks at the nodes of the training mask."""
    gcn = GCN()
    x, adj, labels = torch.randn(20, 8), normalised_adjacency(20), torch.randint(3, (20,))
    idx_train = torch.arange(8)
    optimizer = torch.optim.Adam(gcn.parameters(), lr=0.02, weight_decay=5e-4)

    def train_step(batch):
        gcn.train()
        optimizer.zero_grad()
        output = gcn(batch["x"], adj)
        loss = F.nll_loss(output[idx_train], batch["y"][idx_train])
        loss.backward()
        optimizer.step()
        return loss

    def eval_step(batch):
        gcn.eval()
        output = gcn(batch["x"], adj)
        return F.nll_loss(output[idx_train], batch["y"][idx_train])

    return {
        "model": gcn,
        "optimizer": optimizer,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": {"x": x, "y": labels},
        "hints": {"outputs_mix_samples": True},
    }


@dataclass
class Batch:
    """Several graphs as one: the vector `batch` says which node is of which."""

    x: Tensor
    edge_index: Tensor
    batch: Tensor
    y: Tensor

    def to(self, device):
        return Batch(*(value.to(device) for value in vars(self).values()))


class GIN(nn.Module):
    def __init__(self, hidden=24, classes=3):
        super().__init__()
        self.eps = nn.Parameter(torch.zeros(2))
        self.mlps = nn.ModuleList(
            nn.Sequential(nn.Linear(d, hidden), nn.BatchNorm1d(hidden), nn.ReLU())
            for d in (6, hidden)
        )
        self.readout = nn.Linear(hidden, classes)

    def forward(self, data):
        x, (source, target) = data.x, data.edge_index
        for eps, mlp in zip(self.eps, self.mlps):
            summed = torch.zeros_like(x).index_add_(0, target, x[source])
            x = mlp((1 + eps) * x + summed)
        graphs = int(data.batch.max()) + 1
        pooled = x.new_zeros(graphs, x.shape[1]).index_add_(0, data.batch, x)
        return self.readout(pooled)


def graph_classification_with_a_batch_vector(seed):
    sizes = torch.randint(3, 7, (6,))
    starts = sizes.cumsum(0) - sizes
    edges = [start + torch.randint(int(n), (2, 8)) for start, n in zip(starts, sizes)]
    batch = Batch(
        x=torch.randn(int(sizes.sum()), 6),
        edge_index=torch.cat(edges, dim=1),
        batch=torch.repeat_interleave(torch.arange(6), sizes),
        y=torch.randint(3, (6,)),
    )
    model = GIN()

    def loss_fn(model, data):
        return F.cross_entropy(model(data), data.y)

    return model, loss_fn, torch.optim.Adam(model.parameters(), lr=5e-3), [batch]


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.local = nn.Sequential(
            nn.Conv1d(3, 32, 1), nn.BatchNorm1d(32), nn.ReLU(), nn.Conv1d(32, 48, 1)
        )
        self.classify = nn.Sequential(nn.Linear(48, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, points):
        return self.classify(self.local(points).amax(dim=2))


def point_cloud(seed):
    model = PointNet()
    optimizer = torch.optim.NAdam(model.parameters(), lr=3e-3)
    return (
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        (
            torch.randn(8, 3, 16),
            torch.randint(4, (8,)),
        ),
    )


PROGRAMS = [
    graph_convolution_on_some_labelled_nodes,
    graph_classification_with_a_batch_vector,
    point_cloud,
]
