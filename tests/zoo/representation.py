"""Contrastive, metric and self-supervised learning: the loss mixes samples, the model does not."""

import torch
import torch.nn.functional as F
from torch import nn


def contrastive_with_in_batch_negatives(seed):
    def info_nce(model, batch):
        left, right = (F.normalize(model(view), dim=1) for view in batch)
        return F.cross_entropy(left @ right.T / 0.07, torch.arange(len(left)))

    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 16))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    return model, info_nce, optimizer, (torch.randn(8, 12), torch.randn(8, 12))


class SimCLR(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU())
        self.g = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, x):
        h = self.f(x)
        return h, F.normalize(self.g(h), dim=-1)


def nt_xent(z1, z2, temperature=0.2):
    z = torch.cat([z1, z2])
    sim = z @ z.T / temperature
    sim.fill_diagonal_(float("-inf"))
    n = len(z1)
    target = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, target)


def simclr_with_augmentation_in_the_step(seed):
    """Views are drawn anew in each step; the loss has a floor above zero by its temperature."""
    net = SimCLR()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)

    def train_step(batch):
        x, _ = batch
        one, two = (x + 0.1 * torch.randn_like(x) for _ in range(2))
        loss = nt_xent(net(one)[1], net(two)[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return {
        "model": net,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": (torch.randn(8, 16), torch.zeros(8)),
        "hints": {"memorizable": "partial"},
    }


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.fc = nn.Sequential(nn.Linear(144, 32), nn.ReLU(inplace=True), nn.Linear(32, 1))
        self.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, nn.Linear):
            nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0.01)

    def forward_once(self, x):
        return self.cnn(x)

    def forward(self, input1, input2):
        output = torch.cat((self.forward_once(input1), self.forward_once(input2)), 1)
        return torch.sigmoid(self.fc(output))


def siamese_network(seed):
    """Sigmoid and BCELoss, as the example has it; the outputs are squeezed in the loss."""
    model = Siamese()
    criterion = nn.BCELoss()
    pairs = torch.rand(8, 1, 8, 8), torch.rand(8, 1, 8, 8)
    same = torch.randint(2, (8,)).float()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    return model, lambda out, y: criterion(out.squeeze(), y), optimizer, (pairs, same)


def triplet_margin(seed):
    """Once every triplet keeps its distance the loss is exactly zero, and so is its gradient."""
    embed = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 8))
    criterion = nn.TripletMarginLoss(margin=1.0)
    batch = {name: torch.randn(10, 10) for name in ("anchor", "positive", "negative")}

    def loss_fn(model, batch):
        return criterion(*(model(batch[k]) for k in ("anchor", "positive", "negative")))

    return embed, loss_fn, torch.optim.Adam(embed.parameters(), 5e-3), batch


class CLIP(nn.Module):
    """Two towers and a temperature that is learnt, and bounded."""

    def __init__(self):
        super().__init__()
        self.visual = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.GELU(), nn.Flatten())
        self.visual_projection = nn.Linear(256, 24, bias=False)
        self.token_embedding = nn.EmbeddingBag(40, 24, mode="mean")
        self.logit_scale = nn.Parameter(torch.tensor(2.659))

    def forward(self, image, text):
        a = F.normalize(self.visual_projection(self.visual(image)), dim=-1)
        b = F.normalize(self.token_embedding(text), dim=-1)
        return self.logit_scale.clamp(max=4.6).exp() * a @ b.T


def clip_with_symmetric_loss(seed):
    model = CLIP()

    def clip_loss(logits, labels):
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2

    no_decay = [model.logit_scale]
    decay = [p for n, p in model.named_parameters() if n != "logit_scale"]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.2}, {"params": no_decay, "weight_decay": 0.0}],
        lr=5e-3,
        betas=(0.9, 0.98),
        eps=1e-6,
    )
    data = (torch.randn(8, 3, 8, 8), torch.randint(40, (8, 6))), torch.arange(8)
    return {
        "model": model,
        "loss_fn": clip_loss,
        "optimizer": optimizer,
        "data": data,
        "hints": {"outputs_mix_samples": True},  # the model itself returns the matrix
    }


PROGRAMS = [
    contrastive_with_in_batch_negatives,
    simclr_with_augmentation_in_the_step,
    siamese_network,
    triplet_margin,
    clip_with_symmetric_loss,
]
