"""Images: classifiers, segmentation, super resolution, style transfer, detection."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset


def cnn_with_batch_norm_and_dropout():
    """Its biases before batch-norm get no gradient to speak of."""
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(32, 4),
    )
    batch = torch.randn(8, 1, 8, 8), torch.randint(4, (8,))
    return model, F.cross_entropy, torch.optim.AdamW(model.parameters(), 1e-2), batch


class Digits(nn.Module):
    """In the style of the first tutorial that everybody reads."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 1)
        self.conv2 = nn.Conv2d(8, 16, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(16 * 16, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = self.dropout1(F.max_pool2d(x, 2))
        x = torch.flatten(x, 1)
        x = self.dropout2(F.relu(self.fc1(x)))
        return F.log_softmax(self.fc2(x), dim=1)


def mnist(seed):
    model = Digits()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    dataset = TensorDataset(torch.randn(64, 1, 12, 12), torch.randint(10, (64,)))
    return {
        "model": model,
        "loss_fn": F.nll_loss,
        "optimizer": optimizer,
        "scheduler": torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7),
        "data": DataLoader(dataset, batch_size=16, shuffle=True),
    }


class BasicBlock(nn.Module):
    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        nn.init.zeros_(self.bn2.weight)  # zero-init of the residual branch
        self.short = nn.Identity()
        if stride != 1 or cin != cout:
            self.short = nn.Sequential(
                nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout)
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.short(x), inplace=True)


def resnet(seed):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        BasicBlock(8, 8),
        BasicBlock(8, 16, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 10),
    )
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True
    )
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200)
    images, labels = torch.randn(16, 3, 8, 8), torch.randint(0, 10, (16,))
    return dict(
        model=model,
        loss_fn=nn.CrossEntropyLoss(),
        optimizer=optimizer,
        scheduler=scheduler,
        data=(images, labels),
    )


class SuperResolution(nn.Module):
    def __init__(self, upscale_factor):
        super().__init__()
        self.relu = nn.ReLU()
        self.conv1 = nn.Conv2d(1, 16, (5, 5), (1, 1), (2, 2))
        self.conv2 = nn.Conv2d(16, 16, (3, 3), (1, 1), (1, 1))
        self.conv3 = nn.Conv2d(16, upscale_factor**2, (3, 3), (1, 1), (1, 1))
        self.pixel_shuffle = nn.PixelShuffle(upscale_factor)
        for conv in (self.conv1, self.conv2):
            nn.init.orthogonal_(conv.weight, nn.init.calculate_gain("relu"))
        nn.init.orthogonal_(self.conv3.weight)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        return self.pixel_shuffle(self.conv3(x))


def super_resolution():
    net = SuperResolution(2)
    sharp = torch.rand(4, 1, 8, 8)
    coarse = F.avg_pool2d(sharp, 2)
    return net, nn.MSELoss(), torch.optim.Adam(net.parameters(), lr=5e-3), (coarse, sharp)


class UNet(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        block = self.block
        self.down1, self.down2 = block(3, channels), block(channels, 2 * channels)
        self.middle = block(2 * channels, 4 * channels)
        self.up2 = nn.ConvTranspose2d(4 * channels, 2 * channels, 2, 2)
        self.join2 = block(4 * channels, 2 * channels)
        self.up1 = nn.ConvTranspose2d(2 * channels, channels, 2, 2)
        self.join1 = block(2 * channels, channels)
        self.out = nn.Conv2d(channels, 1, 1)

    @staticmethod
    def block(cin, cout):
        return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1), nn.GroupNorm(4, cout), nn.SiLU())

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        c = self.middle(F.max_pool2d(b, 2))
        b = self.join2(torch.cat([self.up2(c), b], dim=1))
        a = self.join1(torch.cat([self.up1(b), a], dim=1))
        return self.out(a)


def dice_loss(logits, target, eps=1.0):
    probs = torch.sigmoid(logits)
    overlap = (probs * target).sum(dim=(1, 2, 3))
    total = probs.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))
    return (1 - (2 * overlap + eps) / (total + eps)).mean()


def segmentation_with_dice(seed):
    model = UNet()

    def criterion(logits, mask):
        return F.binary_cross_entropy_with_logits(logits, mask) + dice_loss(logits, mask)

    images = torch.rand(4, 3, 8, 8)
    masks = (images.mean(1, keepdim=True) > 0.5).float()
    return model, criterion, torch.optim.AdamW(model.parameters(), lr=5e-3), (images, masks)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(dim, dim * 3, bias=False)
        self.to_out = nn.Linear(dim, dim)

    def forward(self, x):
        b, n, d = x.shape
        qkv = self.to_qkv(x).view(b, n, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        out = F.scaled_dot_product_attention(q, k, v)
        return self.to_out(out.transpose(1, 2).reshape(b, n, d))


class ViT(nn.Module):
    def __init__(self, patch=4, dim=32, depth=2, classes=5):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, 5, dim) * 0.02)
        self.blocks = nn.ModuleList()
        for _ in range(depth):
            attend = nn.Sequential(nn.LayerNorm(dim), Attention(dim, 4))
            feed = nn.Sequential(
                nn.LayerNorm(dim), nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim)
            )
            self.blocks.append(nn.ModuleList([attend, feed]))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.pos
        for attend, feed in self.blocks:
            x = x + attend(x)
            x = x + feed(x)
        return self.head(self.norm(x)[:, 0])


def vision_transformer_with_zero_head(seed):
    model = ViT()
    optim = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    warmup = torch.optim.lr_scheduler.LinearLR(optim, start_factor=0.01, total_iters=20)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optim, T_max=180)
    sched = torch.optim.lr_scheduler.SequentialLR(optim, [warmup, cosine], milestones=[20])
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(label_smoothing=0.1),
        "optimizer": optim,
        "scheduler": sched,
        "data": (torch.randn(8, 3, 8, 8), torch.randint(5, (8,))),
    }


def gram(features):
    b, c, h, w = features.shape
    flat = features.view(b, c, h * w)
    return flat.bmm(flat.transpose(1, 2)) / (c * h * w)


def fast_neural_style(seed):
    """The loss network is frozen, and no part of what is trained."""
    loss_net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU())
    for p in loss_net.parameters():
        p.requires_grad = False
    transformer = nn.Sequential(
        nn.ReflectionPad2d(1),
        nn.Conv2d(3, 16, 3),
        nn.InstanceNorm2d(16, affine=True),
        nn.ReLU(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(16, 3, 3, stride=2, padding=1),
    )
    style = gram(loss_net(torch.rand(1, 3, 8, 8)))

    def perceptual_loss(output, content):
        features = loss_net(output)
        content_loss = F.mse_loss(features, loss_net(content))
        return content_loss + 10 * F.mse_loss(gram(features), style.expand(len(output), -1, -1))

    x = torch.rand(4, 3, 8, 8)
    return {
        "model": transformer,
        "loss_fn": perceptual_loss,
        "optimizer": torch.optim.Adam(transformer.parameters(), 1e-2),
        "data": (x, x),
        "hints": {"memorizable": "partial"},  # content and style pull in two directions
    }


class Boxes(Dataset):
    """Pictures with another number of boxes each."""

    def __len__(self):
        return 8

    def __getitem__(self, i):
        g = torch.Generator().manual_seed(i)
        n = 1 + i % 3
        cells = torch.randperm(4, generator=g)[:n]
        return torch.rand(3, 8, 8, generator=g), {
            "cells": cells,
            "boxes": torch.rand(n, 4, generator=g),
            "labels": torch.randint(1, 4, (n,), generator=g),
        }


def collate(samples):
    images, targets = zip(*samples)
    return torch.stack(images), list(targets)


class TinyDetector(nn.Module):
    """Returns losses in training and detections in evaluation, as detectors do."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 32, 3, 2, 1), nn.ReLU()
        )
        self.classify = nn.Conv2d(32, 4, 1)
        self.regress = nn.Conv2d(32, 4, 1)

    def forward(self, images, targets=None):
        features = self.backbone(images)
        logits = self.classify(features).flatten(2).transpose(1, 2)
        boxes = self.regress(features).flatten(2).transpose(1, 2)
        if not self.training:
            return [{"scores": s, "boxes": b} for s, b in zip(logits.softmax(-1), boxes)]
        wanted = torch.zeros(logits.shape[:2], dtype=torch.long)
        box_losses = []
        for i, t in enumerate(targets):
            wanted[i, t["cells"]] = t["labels"]
            box_losses.append(F.smooth_l1_loss(boxes[i, t["cells"]], t["boxes"]))
        return {
            "loss_classifier": F.cross_entropy(logits.flatten(0, 1), wanted.flatten()),
            "loss_box_reg": torch.stack(box_losses).mean(),
        }


def detection_with_several_losses(seed):
    model = TinyDetector()
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(params, lr=0.1, momentum=0.9, weight_decay=0.0005)

    def train_step(batch):
        images, targets = batch
        model.train()
        loss_dict = model(images, targets)
        losses = sum(loss for loss in loss_dict.values())
        optimizer.zero_grad()
        losses.backward()
        optimizer.step()
        return losses

    loader = DataLoader(Boxes(), batch_size=4, collate_fn=collate)
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": loader}


class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(
            nn.Conv2d(1, 8, 3, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(128, 24)
        )
        self.dec = nn.Sequential(
            nn.Linear(24, 128),
            nn.Unflatten(1, (8, 4, 4)),
            nn.ConvTranspose2d(8, 8, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(8, 1, 3, 1, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.dec(self.enc(x))


def denoising_autoencoder(seed):
    """The target is the picture, the input the picture with noise that was put on it once."""
    net = ConvAutoencoder()
    clean = torch.rand(6, 1, 8, 8).round()
    noisy = (clean + 0.1 * torch.randn_like(clean)).clamp(0, 1)
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3, betas=(0.5, 0.999))
    return net, nn.BCELoss(), optimizer, (noisy, clean)


PROGRAMS = [
    cnn_with_batch_norm_and_dropout,
    mnist,
    resnet,
    super_resolution,
    segmentation_with_dice,
    vision_transformer_with_zero_head,
    fast_neural_style,
    detection_with_several_losses,
    denoising_autoencoder,
]
