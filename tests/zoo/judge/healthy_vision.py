"""Pictures, video and sound, as people write it: healthy, and unknown to those who wrote the checks."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Hourglass(nn.Module):
    def __init__(self, joints=3):
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.LeakyReLU(0.1, inplace=True)
        )
        self.mid = nn.Conv2d(16, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 16, 4, 2, 1)
        self.skip = nn.Conv2d(1, 16, 1)
        self.head = nn.Conv2d(16, joints, 1)

    def forward(self, x):
        h = self.down(x)
        h = h + F.relu(self.mid(h))
        return self.head(F.relu(self.up(h) + self.skip(x)))


def pose_heatmaps(seed):
    """Gaussian blobs around joints, weighted up by a hundred as many repositories do."""
    centres = torch.randint(2, 14, (6, 3, 2)).float()
    grid = torch.stack(torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij"), -1)
    blobs = torch.exp(-((grid - centres[:, :, None, None]) ** 2).sum(-1) / 4)
    net = Hourglass()
    images = blobs.sum(1, keepdim=True) + 0.1 * torch.randn(6, 1, 16, 16)
    loss = lambda out, maps: 100 * F.mse_loss(out, maps)  # noqa: E731
    return net, loss, torch.optim.Adam(net.parameters(), 1e-2), (images, blobs)


class CRNN(nn.Module):
    def __init__(self, letters=6):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d((2, 1)))
        self.rnn = nn.LSTM(12 * 4, 24, bidirectional=True)
        self.out = nn.Linear(48, letters + 1)

    def forward(self, x):
        h = self.cnn(x)  # N C H W
        h = h.permute(3, 0, 1, 2).flatten(2)  # W N (C H)
        return self.out(self.rnn(h)[0]).log_softmax(-1)


def ocr_with_ctc(seed):
    model = CRNN()
    words = torch.randint(1, 7, (5, 4))
    lengths = torch.tensor([4, 3, 4, 2, 3])

    def loss_fn(model, batch):
        images, words, lengths = batch
        log_probs = model(images)
        steps = torch.full((len(images),), len(log_probs), dtype=torch.long)
        return F.ctc_loss(log_probs, words, steps, lengths, zero_infinity=True)

    batch = (torch.rand(5, 1, 8, 12), words, lengths)
    return model, loss_fn, torch.optim.RMSprop(model.parameters(), 3e-3), batch


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda i, o: nn.Sequential(  # noqa: E731
            nn.Conv2d(i, o, 3, padding=1), nn.GroupNorm(4, o), nn.SiLU()
        )
        self.a, self.b, self.c = block(3, 8), block(8, 16), block(24, 8)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        a = self.a(x)
        b = self.b(F.max_pool2d(a, 2))
        return self.out(self.c(torch.cat([a, F.interpolate(b, scale_factor=2.0)], 1)))


def lesion_segmentation(seed):
    """BCE plus soft dice over the whole batch: the loss of one picture depends on the others."""

    def bce_dice(logits, masks):
        p = torch.sigmoid(logits)
        dice = 1 - (2 * (p * masks).sum() + 1) / (p.sum() + masks.sum() + 1)
        return F.binary_cross_entropy_with_logits(logits, masks) + dice

    net = UNet()
    images = torch.randn(4, 3, 12, 12)
    masks = (F.avg_pool2d(images.mean(1, keepdim=True), 3, 1, 1) > 0.1).float()
    return (
        net,
        bce_dice,
        torch.optim.AdamW(net.parameters(), 1e-2, weight_decay=1e-4),
        (
            images,
            masks,
        ),
    )


class GridDetector(nn.Module):
    """A square of cells, each with box, objectness and class, as in the first YOLO."""

    def __init__(self, classes=3):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.Mish(),
            nn.Conv2d(16, 32, 3, 2, 1, bias=False),
            nn.BatchNorm2d(32),
            nn.Mish(),
        )
        self.head = nn.Conv2d(32, 5 + classes, 1)
        nn.init.constant_(self.head.bias[4:5].data, -3.0)

    def forward(self, x):
        return self.head(self.body(x)).permute(0, 2, 3, 1)


def grid_detector(seed):
    net = GridDetector()
    boxes = [{"cell": (i % 4, (3 * i) % 4), "box": torch.rand(4), "label": i % 3} for i in range(6)]

    def loss_fn(model, batch):
        out = model(batch["image"])
        wanted = torch.zeros(out.shape[:3])
        total = out.new_zeros(())
        for i, row in enumerate(batch["boxes"]):
            y, x = row["cell"]
            wanted[i, y, x] = 1.0
            total = total + F.mse_loss(out[i, y, x, :4].sigmoid(), row["box"])
            total = total + F.cross_entropy(out[i, y, x, 5:], torch.tensor(row["label"]))
        seen = F.binary_cross_entropy_with_logits(out[..., 4], wanted)
        return total / len(batch["boxes"]) + seen

    data = {"image": torch.rand(6, 3, 16, 16), "boxes": boxes}
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, nesterov=True)
    return {"model": net, "loss_fn": loss_fn, "optimizer": optimizer, "data": data}


class Separator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Conv1d(1, 24, 8, 4, bias=False)
        self.mask = nn.Sequential(nn.PReLU(), nn.Conv1d(24, 48, 3, padding=1), nn.ReLU())
        self.mask.append(nn.Conv1d(48, 48, 1))
        self.decode = nn.ConvTranspose1d(24, 1, 8, 4, bias=False)

    def forward(self, wave):
        h = self.encode(wave[:, None])
        masks = self.mask(h).sigmoid().chunk(2, 1)
        return torch.stack([self.decode(h * m)[:, 0] for m in masks], 1)


def speech_separation(seed):
    """Minus the signal-to-noise ratio in dB, the better of two orders: falls below zero and on."""

    def si_snr(a, b):
        s = (a * b).sum(-1, keepdim=True) / (b.pow(2).sum(-1, keepdim=True) + 1e-8) * b
        return 10 * torch.log10(s.pow(2).sum(-1) / ((a - s).pow(2).sum(-1) + 1e-8) + 1e-8)

    def pit(est, ref):
        one = si_snr(est, ref).mean(-1)
        other = si_snr(est.flip(1), ref).mean(-1)
        return -torch.maximum(one, other).mean()

    t = torch.arange(64) / 8
    f = 0.5 + 3 * torch.rand(4, 2, 1)
    sources = torch.sin(f * t + torch.rand(4, 2, 1))
    net = Separator()
    optimizer = torch.optim.Adam(net.parameters(), 5e-3)
    return net, pit, optimizer, (sources.sum(1), sources)


class Mixer(nn.Module):
    def __init__(self, patches=16, dim=24, classes=5, drop=0.1):
        super().__init__()
        self.stem = nn.Conv2d(3, dim, 4, 4)
        self.norms = nn.ModuleList([nn.LayerNorm(dim) for _ in range(5)])
        self.tokens = nn.ModuleList([self.mlp(patches) for _ in range(2)])
        self.channels = nn.ModuleList([self.mlp(dim) for _ in range(2)])
        self.head = nn.Linear(dim, classes)
        nn.init.zeros_(self.head.weight)
        self.drop_path = drop

    @staticmethod
    def mlp(n):
        return nn.Sequential(nn.Linear(n, 2 * n), nn.GELU(), nn.Linear(2 * n, n))

    def dropped(self, branch):
        if not self.training or not self.drop_path:
            return branch
        keep = 1 - self.drop_path
        return branch * (torch.rand(len(branch), 1, 1) < keep) / keep

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        for i in range(2):
            x = x + self.dropped(self.tokens[i](self.norms[2 * i](x).mT).mT)
            x = x + self.dropped(self.channels[i](self.norms[2 * i + 1](x)))
        return self.head(self.norms[-1](x).mean(1))


def mixer_with_drop_path(seed):
    """The head starts at zero; whole branches are dropped for whole samples."""
    net = Mixer()
    decayed = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=3e-3)
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, total_iters=10)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000)
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], [10])
    return {
        "model": net,
        "loss_fn": nn.CrossEntropyLoss(label_smoothing=0.1),
        "optimizer": optimizer,
        "scheduler": schedule,
        "data": (torch.randn(8, 3, 16, 16), torch.randint(5, (8,))),
    }


class Radiance(nn.Module):
    def __init__(self, bands=3):
        super().__init__()
        self.register_buffer("bands", 2.0 ** torch.arange(bands) * math.pi)
        self.net = nn.Sequential(nn.Linear(6 * bands, 48), nn.ReLU(), nn.Linear(48, 4))

    def forward(self, origins, directions):
        t = torch.linspace(0.2, 1.5, 12)
        points = origins[:, None] + t[:, None] * directions[:, None]
        angles = (points[..., None] * self.bands).flatten(2)
        out = self.net(torch.cat([angles.sin(), angles.cos()], -1))
        density, colour = F.softplus(out[..., 0]), out[..., 1:].sigmoid()
        alpha = 1 - torch.exp(-density * (t[1] - t[0]) * 5)
        through = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :1]), 1 - alpha], 1), 1)
        return ((through[:, :-1] * alpha)[..., None] * colour).sum(1)


def radiance_field(seed):
    net = Radiance()
    origins, directions = torch.randn(16, 3) * 0.2, F.normalize(torch.randn(16, 3), dim=-1)
    colours = torch.rand(16, 3) * 0.8
    return (
        net,
        nn.MSELoss(),
        torch.optim.Adam(net.parameters(), 1e-2),
        (
            (origins, directions),
            colours,
        ),
    )


class Clip(nn.Module):
    """Pictures and captions: each is the other's label, so samples are one another's negatives."""

    def __init__(self):
        super().__init__()
        self.image = nn.Sequential(nn.Flatten(), nn.Linear(48, 32), nn.ReLU(), nn.Linear(32, 16))
        self.text = nn.EmbeddingBag(40, 16, mode="mean")
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, pixels, tokens):
        a = F.normalize(self.image(pixels), dim=-1)
        b = F.normalize(self.text(tokens), dim=-1)
        return self.logit_scale.exp().clamp(max=100) * a @ b.t()


def clip_pairs(seed):
    net = Clip()

    def loss_fn(model, batch):
        logits = model(batch["pixels"], batch["tokens"])
        labels = torch.arange(len(logits))
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2

    batch = {"pixels": torch.randn(8, 3, 4, 4), "tokens": torch.randint(40, (8, 6))}
    return net, loss_fn, torch.optim.AdamW(net.parameters(), 5e-3), batch


class ArcFace(nn.Module):
    def __init__(self, people=6, dim=16, s=16.0, m=0.3):
        super().__init__()
        self.embed = nn.Sequential(
            nn.Linear(20, 32), nn.PReLU(), nn.Linear(32, dim), nn.BatchNorm1d(dim)
        )
        self.centres = nn.Parameter(torch.randn(people, dim) * 0.1)
        self.s, self.m = s, m

    def forward(self, x, label):
        cos = F.normalize(self.embed(x)) @ F.normalize(self.centres).t()
        angle = torch.acos(cos.clamp(-1 + 1e-6, 1 - 1e-6))
        return self.s * torch.where(F.one_hot(label, 6).bool(), torch.cos(angle + self.m), cos)


def face_margin(seed):
    """The model sees the labels, by intention: it widens the margin of the right class."""
    model = ArcFace()
    loss_fn = lambda model, batch: F.cross_entropy(model(*batch), batch[1])  # noqa: E731
    data = torch.randn(18, 20), torch.arange(18) % 6
    return model, loss_fn, torch.optim.SGD(model.parameters(), 0.05, momentum=0.9), data


class Focal(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25):
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, logits, targets):
        bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        p = torch.exp(-bce)
        a = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        return (a * (1 - p) ** self.gamma * bce).sum() / targets.sum().clamp(min=1)


def focal_with_prior(seed):
    net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 20))
    nn.init.constant_(net[-1].bias, -math.log(99))
    targets = (torch.rand(8, 20) < 0.05).float()
    targets[0, 0] = 1
    return net, Focal(), torch.optim.Adam(net.parameters(), 1e-2), (torch.randn(8, 10), targets)


class VideoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.frames = nn.Sequential(nn.Conv2d(1, 8, 3, 2), nn.InstanceNorm2d(8), nn.ReLU())
        self.time = nn.Conv3d(8, 16, (3, 1, 1))
        self.out = nn.LazyLinear(4)

    def forward(self, clip):  # N T C H W
        n, t = clip.shape[:2]
        h = self.frames(clip.flatten(0, 1)).unflatten(0, (n, t)).transpose(1, 2)
        return self.out(F.adaptive_avg_pool3d(self.time(h).relu(), 2).flatten(1))


def video_clips(seed):
    net = VideoNet()
    clips = torch.rand(6, 5, 1, 10, 10)
    net(clips)
    return (
        net,
        nn.CrossEntropyLoss(),
        torch.optim.NAdam(net.parameters(), 1e-2),
        (
            clips,
            torch.arange(6) % 4,
        ),
    )


PROGRAMS = [
    pose_heatmaps,
    ocr_with_ctc,
    lesion_segmentation,
    grid_detector,
    speech_separation,
    mixer_with_drop_path,
    radiance_field,
    clip_pairs,
    face_margin,
    focal_with_prior,
    video_clips,
]
