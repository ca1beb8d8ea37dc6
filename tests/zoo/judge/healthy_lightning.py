"""Lightning modules as people write them: healthy, and unknown to those who wrote the checks."""

import copy

import lightning.pytorch as pl
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset


def loader(*columns, size=16):
    return DataLoader(TensorDataset(*columns), batch_size=size, shuffle=True)


class Classifier(pl.LightningModule):
    def __init__(self, lr=2e-3, hidden=64, classes=4):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(10, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Dropout(0.2)
        )
        self.head = nn.Linear(hidden, classes)
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.head(self.net(x))

    def _shared(self, batch, stage):
        x, y = batch
        out = self(x)
        loss = self.criterion(out, y)
        self.log_dict({f"{stage}/loss": loss, f"{stage}/acc": (out.argmax(1) == y).float().mean()})
        return loss

    def training_step(self, batch, batch_idx):
        return self._shared(batch, "train")

    def validation_step(self, batch, batch_idx):
        return self._shared(batch, "val")

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
        steps = self.trainer.estimated_stepping_batches
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=int(steps))
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def classifier(seed):
    return Classifier(), loader(torch.randn(64, 10), torch.randint(4, (64,)))


class TwoNets(pl.LightningModule):
    """Manual optimization: an autoencoder, and a probe on what it codes, each with an optimizer."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.encoder = nn.Sequential(nn.Linear(12, 48), nn.GELU(), nn.Linear(48, 12))
        self.decoder = nn.Linear(12, 12)
        self.probe = nn.Linear(12, 3)

    def training_step(self, batch, batch_idx):
        x, y = batch
        outer, inner = self.optimizers()
        z = self.encoder(x)
        rebuilt = F.mse_loss(self.decoder(z), x)
        outer.zero_grad()
        self.manual_backward(rebuilt)
        self.clip_gradients(outer, gradient_clip_val=1.0, gradient_clip_algorithm="norm")
        outer.step()
        probed = F.cross_entropy(self.probe(z.detach()), y)
        inner.zero_grad()
        self.manual_backward(probed)
        inner.step()
        self.log_dict({"rebuilt_loss": rebuilt, "probed_loss": probed}, prog_bar=True)

    def configure_optimizers(self):
        outer = torch.optim.Adam([*self.encoder.parameters(), *self.decoder.parameters()], 1e-2)
        return [outer, torch.optim.SGD(self.probe.parameters(), 0.5)]


def manual_autoencoder_and_probe(seed):
    return {
        "model": TwoNets(),
        "data": loader(torch.randn(40, 12), torch.randint(3, (40,)), size=8),
    }


class Averaged(pl.LightningModule):
    """Self-distillation: a slow copy of the network, updated after each batch."""

    def __init__(self):
        super().__init__()
        self.online = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
        self.predictor = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
        self.slow = copy.deepcopy(self.online)
        self.slow.requires_grad_(False)

    def training_step(self, batch, batch_idx):
        a, b = batch
        with torch.no_grad():
            target = F.normalize(self.slow(b), dim=-1)
        loss = 2 - 2 * (F.normalize(self.predictor(self.online(a)), dim=-1) * target).sum(-1).mean()
        self.log("loss", loss)
        return {"loss": loss, "target": target}

    def on_train_batch_end(self, outputs, batch, batch_idx):
        for s, o in zip(self.slow.parameters(), self.online.parameters()):
            s.data.lerp_(o.data, 0.01)

    def configure_optimizers(self):
        return torch.optim.Adam([*self.online.parameters(), *self.predictor.parameters()], 5e-3)


def bootstrap_own_latent(seed):
    views = torch.randn(32, 10)
    data = loader(views + 0.1 * torch.randn(32, 10), views + 0.1 * torch.randn(32, 10), size=8)
    return {"model": Averaged(), "data": data, "hints": {"frozen": ["slow.*"]}}


class Sentences(Dataset):
    def __init__(self):
        self.rows = [torch.randint(1, 20, (n,)) for n in (4, 6, 3, 7, 5, 4, 6, 5)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i], i % 2


def collate(rows):
    tokens, labels = zip(*rows)
    padded = nn.utils.rnn.pad_sequence(tokens, batch_first=True)
    return {"tokens": padded, "mask": padded != 0, "label": torch.tensor(labels)}


class Encoder(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 16, padding_idx=0)
        layer = nn.TransformerEncoderLayer(16, 2, 32, 0.1, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 2)

    def training_step(self, batch, _):
        h = self.encoder(self.table(batch["tokens"]), src_key_padding_mask=~batch["mask"])
        h = (self.norm(h) * batch["mask"][..., None]).sum(1) / batch["mask"].sum(1, keepdim=True)
        loss = F.cross_entropy(self.head(h), batch["label"])
        self.log("train_loss", loss, on_step=True, on_epoch=True, batch_size=len(h))
        return loss

    def on_before_optimizer_step(self, optimizer):
        norms = [p.grad.norm() for p in self.parameters() if p.grad is not None]
        self.log("grad_norm", torch.stack(norms).norm())

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), 3e-3)
        warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, n / 20))
        return [optimizer], [{"scheduler": warm, "interval": "step"}]


class TextData(pl.LightningDataModule):
    def setup(self, stage=None):
        self.train = Sentences()

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=8, collate_fn=collate)

    def val_dataloader(self):
        return DataLoader(self.train, batch_size=8, collate_fn=collate)


def text_encoder(seed):
    return {"model": Encoder(), "data": TextData(), "trainer": {"gradient_clip_val": 0.5}}


class Forecaster(pl.LightningModule):
    """Reversible instance normalisation around a linear model of trend and season."""

    def __init__(self, window=24, horizon=6):
        super().__init__()
        self.trend, self.season = nn.Linear(window, horizon), nn.Linear(window, horizon)
        self.register_buffer("kernel", torch.ones(1, 1, 5) / 5)

    def forward(self, x):
        mean, std = x.mean(1, keepdim=True), x.std(1, keepdim=True) + 1e-5
        z = (x - mean) / std
        smooth = F.conv1d(F.pad(z[:, None], (2, 2), mode="replicate"), self.kernel)[:, 0]
        return (self.trend(smooth) + self.season(z - smooth)) * std + mean

    def training_step(self, batch, batch_idx):
        loss = F.l1_loss(self(batch[0]), batch[1])
        self.log("mae", loss)
        return loss

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), 2e-2)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=50)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": plateau, "monitor": "mae"}}


def forecaster(seed):
    t = torch.arange(30) + 10 * torch.rand(12, 1)
    series = torch.sin(t / 3) + 0.05 * t
    data = loader(series[:, :24], series[:, 24:], size=6)
    return {"model": Forecaster(), "data": data}


class Wide(pl.LightningModule):
    """Class weights, a list of losses, and an optimizer with a rate for each part."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(2, 16, 3, padding=1)
        self.blocks = nn.ModuleList(
            [nn.Conv1d(16, 16, 3, padding=2**i, dilation=2**i) for i in range(3)]
        )
        self.heads = nn.ModuleList([nn.Linear(16, 3) for _ in range(3)])
        self.register_buffer("weight", torch.tensor([1.0, 2.0, 0.5]))

    def forward(self, x):
        x, outs = self.stem(x), []
        for block, head in zip(self.blocks, self.heads):
            x = x + torch.relu(block(x))
            outs.append(head(x.amax(-1)))
        return outs

    def training_step(self, batch, batch_idx):
        losses = [F.cross_entropy(o, batch["y"], self.weight) for o in self(batch["x"])]
        self.log("aux", losses[0])
        return losses[-1] + 0.3 * sum(losses[:-1])

    def validation_step(self, batch, batch_idx):
        return F.cross_entropy(self(batch["x"])[-1], batch["y"], self.weight)

    def configure_optimizers(self):
        groups = [
            {"params": self.heads.parameters(), "lr": 1e-2},
            {"params": [*self.stem.parameters(), *self.blocks.parameters()], "lr": 3e-3},
        ]
        return torch.optim.Adam(groups)


def deep_supervision(seed):
    rows = [{"x": torch.randn(2, 20), "y": torch.tensor(i % 3)} for i in range(12)]
    model = Wide()
    return {
        "model": model,
        "data": DataLoader(rows, batch_size=12),
        "trainer": {"accumulate_grad_batches": 2},
    }


class Adversaries(pl.LightningModule):
    """Lightning's own GAN example, on points: manual optimization with toggled optimizers."""

    def __init__(self, latent=4):
        super().__init__()
        self.automatic_optimization = False
        self.latent = latent
        self.generator = nn.Sequential(nn.Linear(latent, 32), nn.ReLU(), nn.Linear(32, 2))
        self.critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def training_step(self, batch, batch_idx):
        (real,) = batch
        opt_g, opt_d = self.optimizers()
        one = torch.ones(len(real), 1).type_as(real)
        z = torch.randn(len(real), self.latent).type_as(real)
        self.toggle_optimizer(opt_g)
        g_loss = F.binary_cross_entropy_with_logits(self.critic(self.generator(z)), one)
        self.log("g_loss", g_loss, prog_bar=True)
        self.manual_backward(g_loss)
        opt_g.step()
        opt_g.zero_grad()
        self.untoggle_optimizer(opt_g)
        self.toggle_optimizer(opt_d)
        fake = self.generator(z).detach()
        real_loss = F.binary_cross_entropy_with_logits(self.critic(real), one)
        fake_loss = F.binary_cross_entropy_with_logits(self.critic(fake), 0 * one)
        d_loss = (real_loss + fake_loss) / 2
        self.log("d_loss", d_loss, prog_bar=True)
        self.manual_backward(d_loss)
        opt_d.step()
        opt_d.zero_grad()
        self.untoggle_optimizer(opt_d)

    def configure_optimizers(self):
        betas = (0.5, 0.999)
        g = torch.optim.Adam(self.generator.parameters(), 2e-4, betas=betas)
        return [g, torch.optim.Adam(self.critic.parameters(), 2e-4, betas=betas)], []


def adversaries(seed):
    data = loader(torch.randn(64, 2) * 0.3 + 1)
    return {"model": Adversaries(), "data": data, "hints": {"memorizable": "off"}}


class WarmedUp(Classifier):
    """The warm-up from the documentation, in an override of optimizer_step; in bfloat16."""

    def optimizer_step(self, epoch, batch_idx, optimizer, optimizer_closure):
        optimizer.step(closure=optimizer_closure)
        if self.trainer.global_step < 15:
            scale = min(1.0, float(self.trainer.global_step + 1) / 15)
            for group in optimizer.param_groups:
                group["lr"] = scale * 2e-2

    def configure_optimizers(self):
        return torch.optim.RAdam(self.parameters(), lr=2e-2)


def warmed_up_in_bfloat16(seed):
    data = loader(torch.randn(64, 10), torch.randint(4, (64,)))
    return {"model": WarmedUp(), "data": data, "trainer": {"precision": "bf16-mixed"}}


class Adapted(pl.LightningModule):
    """Labelled and unlabelled rows at once, each from a loader of its own."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
        self.head, self.back = nn.Linear(48, 4), nn.Linear(48, 10)

    def training_step(self, batch, batch_idx):
        x, y = batch["labelled"]
        (u,) = batch["unlabelled"]
        supervised = F.cross_entropy(self.head(self.body(x)), y)
        rebuilt = F.mse_loss(self.back(self.body(u)), u)
        self.log_dict({"supervised": supervised, "rebuilt": rebuilt}, batch_size=len(x))
        return supervised + rebuilt

    def configure_gradient_clipping(self, optimizer, gradient_clip_val, gradient_clip_algorithm):
        nn.utils.clip_grad_value_(self.parameters(), 0.5)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 1e-2)


def two_loaders(seed):
    loaders = {
        "labelled": loader(torch.randn(32, 10), torch.randint(4, (32,)), size=8),
        "unlabelled": loader(torch.randn(32, 10), size=8),
    }
    return {"model": Adapted(), "data": pl.utilities.CombinedLoader(loaders, "max_size_cycle")}


class Pretrained(pl.LightningModule):
    """Transfer: the backbone is frozen and kept in eval mode by an override of train()."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.backbone.requires_grad_(False)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(16 * 36, 32), nn.ReLU(), nn.Linear(32, 3))
        self.example_input_array = torch.zeros(1, 1, 8, 8)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))

    def training_step(self, batch, batch_idx):
        x, y = batch
        return F.cross_entropy(self(x), y)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", F.cross_entropy(self(x), y))

    def configure_optimizers(self):
        return torch.optim.SGD(
            (p for p in self.parameters() if p.requires_grad), 0.05, momentum=0.9, nesterov=True
        )


def transfer(seed):
    data = loader(torch.randn(24, 1, 8, 8), torch.randint(3, (24,)), size=8)
    return {"model": Pretrained(), "data": data, "hints": {"frozen": ["backbone.*"]}}


PROGRAMS = [
    adversaries,
    warmed_up_in_bfloat16,
    two_loaders,
    transfer,
    classifier,
    manual_autoencoder_and_probe,
    bootstrap_own_latent,
    text_encoder,
    forecaster,
    deep_supervision,
]
