"""Images, once more, in other hands."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Fire(nn.Module):
    """Inception-like: several widths side by side."""

    def __init__(self, cin, b1, b3, b5):
        super().__init__()
        self.b1 = self.unit(cin, b1, 1)
        self.b3 = nn.Sequential(self.unit(cin, b3 // 2, 1), self.unit(b3 // 2, b3, 3))
        self.b5 = nn.Sequential(self.unit(cin, b5 // 2, 1), self.unit(b5 // 2, b5, 5))

    @staticmethod
    def unit(cin, cout, k):
        return nn.Sequential(
            nn.Conv2d(cin, cout, k, padding=k // 2), nn.BatchNorm2d(cout, eps=0.001), nn.ReLU(True)
        )

    def forward(self, x):
        return torch.cat([self.b1(x), self.b3(x), self.b5(x)], 1)


class GoogLeNet(nn.Module):
    """The auxiliary head speaks in training only."""

    def __init__(self, num_classes=4):
        super().__init__()
        self.pre = Fire(3, 8, 8, 4)
        self.aux = nn.Linear(20, num_classes)
        self.post = Fire(20, 8, 8, 4)
        self.fc = nn.Linear(20, num_classes)

    def forward(self, x):
        x = F.max_pool2d(self.pre(x), 2)
        aux = self.aux(x.mean((2, 3))) if self.training else None
        out = self.fc(self.post(x).mean((2, 3)))
        return (out, aux) if self.training else out


def deep_supervision(seed):
    net = GoogLeNet()
    ce = nn.CrossEntropyLoss()

    def criterion(outputs, labels):
        if isinstance(outputs, tuple):
            main, aux = outputs
            return ce(main, labels) + 0.3 * ce(aux, labels)
        return ce(outputs, labels)

    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    return net, criterion, optimizer, (torch.randn(8, 3, 6, 6), torch.randint(4, (8,)))


class MBConv(nn.Module):
    def __init__(self, dim, expand=4):
        super().__init__()
        hid = dim * expand
        self.expand = nn.Sequential(
            nn.Conv2d(dim, hid, 1, bias=False), nn.BatchNorm2d(hid), nn.SiLU()
        )
        self.depthwise = nn.Sequential(
            nn.Conv2d(hid, hid, 3, padding=1, groups=hid, bias=False),
            nn.BatchNorm2d(hid),
            nn.SiLU(),
        )
        self.squeeze, self.excite = nn.Conv2d(hid, dim // 2, 1), nn.Conv2d(dim // 2, hid, 1)
        self.project = nn.Sequential(nn.Conv2d(hid, dim, 1, bias=False), nn.BatchNorm2d(dim))

    def forward(self, x):
        h = self.depthwise(self.expand(x))
        gate = self.excite(F.silu(self.squeeze(h.mean((2, 3), keepdim=True)))).sigmoid()
        out = self.project(h * gate)
        if self.training:  # stochastic depth: whole samples skip the branch
            keep = (torch.rand(len(x), 1, 1, 1) < 0.9).float() / 0.9
            out = out * keep
        return x + out


def efficientnet_with_stochastic_depth(seed):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), MBConv(8), MBConv(8), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    model.append(nn.Linear(8, 5))
    opt = torch.optim.RMSprop(model.parameters(), lr=3e-3, momentum=0.9, weight_decay=1e-5)
    return model, nn.CrossEntropyLoss(), opt, (torch.randn(12, 3, 8, 8), torch.randint(5, (12,)))


class MAE(nn.Module):
    """Three quarters of the patches are hidden, others in every step."""

    def __init__(self, n=16, patch=12, dim=32):
        super().__init__()
        self.embed, self.pos = nn.Linear(patch, dim), nn.Parameter(torch.randn(1, n, dim) * 0.02)
        self.encoder = nn.TransformerEncoderLayer(
            dim, 4, 64, 0.0, batch_first=True, norm_first=True
        )
        self.mask_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.decoder = nn.TransformerEncoderLayer(
            dim, 4, 64, 0.0, batch_first=True, norm_first=True
        )
        self.pred = nn.Linear(dim, patch)

    def forward(self, patches, ratio=0.75):
        b, n, _ = patches.shape
        order = torch.rand(b, n).argsort(1)
        restore, keep = order.argsort(1), order[:, : int(n * (1 - ratio))]
        x = self.embed(patches) + self.pos
        seen = self.encoder(x.gather(1, keep[..., None].expand(-1, -1, x.shape[-1])))
        x = torch.cat([seen, self.mask_token.expand(b, n - keep.shape[1], -1)], 1)
        x = x.gather(1, restore[..., None].expand(-1, -1, x.shape[-1])) + self.pos
        hidden = torch.ones(b, n).scatter_(1, keep, 0.0)
        per_patch = ((self.pred(self.decoder(x)) - patches) ** 2).mean(-1)
        return (per_patch * hidden).sum() / hidden.sum()


def masked_autoencoder(seed):
    """The forward pass returns the loss itself."""
    model = MAE()
    imgs = torch.randn(4, 3, 8, 8)
    patches = F.unfold(imgs, 2, stride=2).transpose(1, 2).contiguous()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95))
    return {
        "model": model,
        "loss_fn": lambda model, batch: model(batch),
        "optimizer": optimizer,
        "data": [patches],
        "hints": {"memorizable": "partial", "stochastic_forward": True},
    }


def focal_loss(logits, targets, gamma=2.0, alpha=0.25):
    ce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = torch.exp(-ce)
    a_t = alpha * targets + (1 - alpha) * (1 - targets)
    return (a_t * (1 - p_t) ** gamma * ce).sum() / targets.sum().clamp(min=1)


class RetinaHead(nn.Module):
    """The bias begins where a hundredth of all places is taken for an object."""

    def __init__(self, classes=3):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 24, 3, padding=1), nn.ReLU())
        self.cls, self.box = nn.Conv2d(24, classes, 3, padding=1), nn.Conv2d(24, 4, 3, padding=1)
        nn.init.normal_(self.cls.weight, std=0.01)
        nn.init.constant_(self.cls.bias, -4.595)

    def forward(self, image):
        h = self.body(image)
        return self.cls(h), self.box(h).exp()


def one_stage_detector_with_focal_loss(seed):
    model = RetinaHead()
    batch = {
        "image": torch.randn(4, 3, 6, 6),
        "cls": (torch.rand(4, 3, 6, 6) < 0.03).float(),
        "box": torch.rand(4, 4, 6, 6) + 0.5,
    }
    batch["cls"][:, 0, 2, 2] = 1.0

    def loss_fn(model, batch):
        scores, boxes = model(batch["image"])
        positive = batch["cls"].amax(1, keepdim=True)
        box = (F.l1_loss(boxes, batch["box"], reduction="none") * positive).sum() / positive.sum()
        return focal_loss(scores, batch["cls"]) + 0.5 * box

    return model, loss_fn, torch.optim.Adam(model.parameters(), lr=1e-2), batch


PROGRAMS = [
    deep_supervision,
    efficientnet_with_stochastic_depth,
    masked_autoencoder,
    one_stage_detector_with_focal_loss,
]
