"""Plain PyTorch in the shapes that people return it in: none of them may raise an alarm."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset


def labelled(samples: int = 16) -> tuple[Tensor, Tensor]:
    return torch.randn(samples, 12), torch.randint(4, (samples,))


def perceptron() -> nn.Sequential:
    return nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))


def adam(model: nn.Module) -> Any:
    return torch.optim.Adam(model.parameters(), 1e-2)


@dataclass
class Program:
    model: Any
    loss_fn: Any
    optimizer: Any
    data: Any
    hints: Any = None


def dataclass_with_defaults(seed: int) -> Any:
    model = perceptron()
    return Program(model, nn.CrossEntropyLoss(), adam(model), labelled())


def simple_namespace_with_a_scheduler(seed: int) -> Any:
    model = perceptron()
    optimizer = adam(model)
    warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=20)
    parts = {"model": model, "loss_fn": F.cross_entropy, "optimizer": optimizer}
    return SimpleNamespace(**parts, scheduler=warm_up, data=labelled())


def named_tuple_of_four(seed: int) -> Any:
    model = perceptron()
    four = namedtuple("four", "model loss_fn optimizer data")
    return four(model, nn.CrossEntropyLoss(), adam(model), labelled())


def list_of_four(seed: int) -> Any:
    model = perceptron()
    data = DataLoader(TensorDataset(*labelled(32)), batch_size=8, shuffle=True)
    return [model, nn.CrossEntropyLoss(), adam(model), data]


class Rows(Dataset[Any]):
    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {"x": torch.randn(12), "label": torch.randint(4, ()), "name": f"row {index}"}


def loader_over_dictionaries(seed: int) -> Any:
    def loss_fn(model: nn.Module, batch: Any) -> Tensor:
        return F.cross_entropy(model(batch["x"]), batch["label"])

    model = perceptron()
    return model, loss_fn, adam(model), DataLoader(Rows(), batch_size=8)


class Graph:
    """As those of torch_geometric: an object that can be moved and is no tuple."""

    def __init__(self, x: Tensor, edges: Tensor, y: Tensor) -> None:
        self.x, self.edges, self.y = x, edges, y

    def to(self, device: Any) -> Graph:
        return Graph(self.x.to(device), self.edges.to(device), self.y.to(device))


class Convolution(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.own, self.others = nn.Linear(12, 32), nn.Linear(12, 32)
        self.head = nn.Linear(32, 4)

    def forward(self, graph: Graph) -> Any:
        source, target = graph.edges
        gathered = torch.zeros_like(graph.x).index_add(0, target, graph.x[source])
        return self.head(torch.relu(self.own(graph.x) + self.others(gathered)))


def graph_with_a_method_to(seed: int) -> Any:
    def loss_fn(model: nn.Module, graph: Graph) -> Tensor:
        return F.cross_entropy(model(graph), graph.y)

    model, (x, y) = Convolution(), labelled()
    graph = Graph(x, torch.randint(16, (2, 40)), y)
    return {"model": model, "loss_fn": loss_fn, "optimizer": adam(model), "data": [graph]}


@dataclass(frozen=True)
class Sample:
    x: Tensor
    y: Tensor
    weight: float


def batch_that_is_a_dataclass(seed: int) -> Any:
    def loss_fn(model: nn.Module, batch: Sample) -> Tensor:
        return F.cross_entropy(model(batch.x), batch.y) * batch.weight

    model = perceptron()
    return model, loss_fn, adam(model), [Sample(*labelled(), 0.5)]


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru, self.head = nn.GRU(6, 24, batch_first=True), nn.Linear(24, 3)

    def forward(self, sequences: Any) -> Any:
        return self.head(self.gru(sequences)[1][-1])


def sequences_that_are_packed_already(seed: int) -> Any:
    packed = nn.utils.rnn.pack_sequence([torch.randn(n, 6) for n in (7, 5, 4, 2)])
    model = Reader()
    return model, nn.CrossEntropyLoss(), adam(model), (packed, torch.randint(3, (4,)))


def triplets_of_tensors(seed: int) -> Any:
    def loss_fn(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        return F.triplet_margin_loss(*map(model, batch))

    model = perceptron()
    return model, loss_fn, adam(model), tuple(torch.randn(8, 12) for _ in range(3))


class Described(NamedTuple):
    inputs: Tensor
    target: Tensor


def batch_that_is_a_named_tuple(seed: int) -> Any:
    model = perceptron()
    return model, nn.CrossEntropyLoss(), adam(model), Described(*labelled())


class WithLoss(nn.Module):
    """As those of transformers: given labels, it returns its loss."""

    def __init__(self) -> None:
        super().__init__()
        self.net = perceptron()

    def forward(self, x: Tensor, labels: Tensor) -> Any:
        logits = self.net(x)
        return {"loss": F.cross_entropy(logits, labels), "logits": logits}


def model_that_returns_its_loss(seed: int) -> Any:
    model, (x, labels) = WithLoss(), labelled()
    return model, None, adam(model), {"x": x, "labels": labels}


def optimizers_by_name_with_an_evaluation(seed: int) -> Any:
    body, head = nn.Sequential(nn.Linear(12, 32), nn.ReLU()), nn.Linear(32, 4)
    optimizers = {"body": adam(body), "head": adam(head)}

    def eval_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        return F.cross_entropy(head(body(batch[0])), batch[1])

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = eval_step(batch)
        for optimizer in optimizers.values():
            optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        for optimizer in optimizers.values():
            optimizer.step()
        return loss

    return {
        "model": {"body": body, "head": head},
        "optimizer": optimizers,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": labelled(),
    }


PROGRAMS = (
    dataclass_with_defaults,
    simple_namespace_with_a_scheduler,
    named_tuple_of_four,
    list_of_four,
    loader_over_dictionaries,
    graph_with_a_method_to,
    batch_that_is_a_dataclass,
    sequences_that_are_packed_already,
    triplets_of_tensors,
    batch_that_is_a_named_tuple,
    model_that_returns_its_loss,
    optimizers_by_name_with_an_evaluation,
)


def rate_of_zero(seed: int) -> Any:
    model = perceptron()
    return Program(model, F.cross_entropy, torch.optim.SGD(model.parameters(), 0.0), labelled())


def head_missing_in_the_optimizer(seed: int) -> Any:
    model = WithLoss()
    x, labels = labelled()
    return [model, None, adam(model.net[0]), {"x": x, "labels": labels}]


def graph_without_a_gradient(seed: int) -> Any:
    program = graph_with_a_method_to(seed)
    own = program["loss_fn"]
    return {**program, "loss_fn": lambda model, graph: own(model, graph).detach()}
