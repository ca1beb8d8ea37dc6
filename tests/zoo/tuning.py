"""From a trained model to another task: adapters, prompts, teachers, parts that stay as they are."""

import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize


def pretrained(width=12, hidden=64):
    """Stands for weights that would have been loaded."""
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())


def labelled(n=8):
    return torch.randn(n, 12), torch.randint(4, (n,))


class Adapter(nn.Module):
    """Low-rank, one half begins at zero: at first only that half gets a gradient."""

    def __init__(self):
        super().__init__()
        base = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
        self.base = base.requires_grad_(False)
        self.down = nn.Linear(12, 8, bias=False)
        self.up = nn.Linear(8, 4, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))


def low_rank_adapter_that_begins_at_zero(seed):
    model = Adapter()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(trained, 2e-2), labelled()


class LoRA(nn.Module):
    """As a parametrization: `weight` is made anew at every access."""

    def __init__(self, out_features, in_features, r=4, alpha=8):
        super().__init__()
        self.A = nn.Parameter(torch.randn(r, in_features) * 0.1)
        self.B = nn.Parameter(torch.zeros(out_features, r))
        self.scale = alpha / r

    def forward(self, weight):
        return weight + self.scale * self.B @ self.A


def lora_by_parametrization(seed):
    model = nn.Sequential(pretrained(), nn.Linear(64, 4))
    for p in model.parameters():
        p.requires_grad_(False)
    for layer in (model[0][0], model[0][2], model[1]):
        parametrize.register_parametrization(layer, "weight", LoRA(*layer.weight.shape))
    trainable = [p for n, p in model.named_parameters() if n.endswith((".A", ".B"))]
    optimizer = torch.optim.AdamW(trainable, lr=1e-2)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()


def frozen_by_the_optimizer_only(seed):
    """The backbone gets gradients that nobody uses; it is declared as frozen, since it looks forgotten."""
    model = nn.Sequential()
    model.add_module("backbone", pretrained())
    model.add_module("head", nn.Linear(64, 4))
    return {
        "model": model,
        "loss_fn": F.cross_entropy,
        "optimizer": torch.optim.Adam(model.head.parameters(), lr=1e-2),
        "data": labelled(),
        "hints": {"frozen": ["backbone.*"]},
    }


def feature_extractor_in_eval_mode_under_no_grad(seed):
    backbone, head = nn.Sequential(pretrained(), nn.BatchNorm1d(64)), nn.Linear(64, 4)
    backbone.eval()

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, head
            self.backbone.requires_grad_(False)

        def train(self, mode=True):
            super().train(mode)
            self.backbone.eval()
            return self

        def forward(self, x):
            with torch.no_grad():
                features = self.backbone(x)
            return self.head(features)

    model = Classifier()
    optimizer = torch.optim.Adam(model.head.parameters(), lr=2e-2)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()


def discriminative_learning_rates(seed):
    model = nn.Sequential(pretrained(), nn.Linear(64, 4))
    optimizer = torch.optim.AdamW(
        [
            {"params": model[0].parameters(), "lr": 1e-4},
            {"params": model[1].parameters(), "lr": 1e-2},
        ],
        weight_decay=0.01,
    )
    warm = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.1, total_iters=10)
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": optimizer,
        "scheduler": warm,
        "data": labelled(),
    }


def distillation(seed):
    """Towards the soft targets of a teacher, which is no part of the model: a divergence that can be zero."""
    teacher = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 4)).eval()
    student = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 4))
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
    T = 2.0

    def loss_fn(model, batch):
        with torch.no_grad():
            soft = F.log_softmax(teacher(batch) * 4 / T, dim=1)
        log_p = F.log_softmax(model(batch) / T, dim=1)
        return F.kl_div(log_p, soft, reduction="batchmean", log_target=True) * T * T

    return student, loss_fn, optimizer, torch.randn(16, 12)


def mean_teacher(seed):
    """A student follows labels, and its own average on what has none."""
    student = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 4))
    teacher = copy.deepcopy(student)
    for p in teacher.parameters():
        p.detach_()
    optimizer = torch.optim.SGD(student.parameters(), lr=0.2, momentum=0.9)
    step = 0

    def train_step(batch):
        nonlocal step
        step += 1
        logits = student(batch["x"])
        with torch.no_grad():
            guide = teacher(batch["x"]).softmax(1)
        n = len(batch["y"])
        consistency = F.mse_loss(logits.softmax(1), guide)
        loss = F.cross_entropy(logits[:n], batch["y"]) + min(1.0, step / 100) * consistency
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        alpha = min(1 - 1 / (step + 1), 0.99)
        for t, s in zip(teacher.parameters(), student.parameters()):
            t.data.mul_(alpha).add_(s.data, alpha=1 - alpha)
        return loss

    data = {"x": torch.randn(16, 12), "y": torch.randint(4, (8,))}
    return {"model": student, "optimizer": optimizer, "train_step": train_step, "data": data}


PROGRAMS = [
    low_rank_adapter_that_begins_at_zero,
    lora_by_parametrization,
    frozen_by_the_optimizer_only,
    feature_extractor_in_eval_mode_under_no_grad,
    discriminative_learning_rates,
    distillation,
    mean_teacher,
]
