"""Lightning modules with one bug each; each with its twin that has it fixed.

The first line of each docstring says what is wrong. `BROKEN` holds the pairs.
"""

import sys

import lightning.pytorch as pl
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

BROKEN = []


def twins(build):
    """Two functions for `setup:`, NAME and NAME_fixed."""

    def broken(seed):
        return build(False)

    def fixed(seed):
        return build(True)

    for function, name in ((broken, build.__name__), (fixed, f"{build.__name__}_fixed")):
        function.__name__ = function.__qualname__ = name
        function.__doc__ = build.__doc__
        setattr(sys.modules[__name__], name, function)
    BROKEN.append((broken, fixed))
    return broken


def loader(*columns, size=16):
    return DataLoader(TensorDataset(*columns), batch_size=size, shuffle=True)


def labelled():
    return loader(torch.randn(64, 10), torch.randint(4, (64,)))


class Base(pl.LightningModule):
    """A sound classifier; the bugs are in its heirs."""

    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.encoder = nn.Sequential(
            nn.Linear(10, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1)
        )
        self.head = nn.Linear(64, 4)

    def forward(self, x):
        return self.head(self.encoder(x))

    def training_step(self, batch, batch_idx):
        loss = F.cross_entropy(self(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 1e-2)


@twins
def encoder_not_in_the_optimizer(fixed):
    """configure_optimizers hands over the head's parameters only."""

    class Net(Base):
        def configure_optimizers(self):
            trained = self.parameters() if self.fixed else self.head.parameters()
            return torch.optim.Adam(trained, 1e-2)

    return Net(fixed), labelled()


@twins
def loss_not_returned(fixed):
    """training_step logs the loss and returns nothing: Lightning skips the step, silently."""

    class Net(Base):
        def training_step(self, batch, batch_idx):
            loss = super().training_step(batch, batch_idx)
            if self.fixed:
                return loss

    return Net(fixed), labelled()


@twins
def manual_without_zero_grad(fixed):
    """In manual optimization nobody clears the gradients."""

    class Net(Base):
        def __init__(self, fixed):
            super().__init__(fixed)
            self.automatic_optimization = False

        def training_step(self, batch, batch_idx):
            optimizer = self.optimizers()
            loss = F.cross_entropy(self(batch[0]), batch[1])
            if self.fixed:
                optimizer.zero_grad()
            self.manual_backward(loss)
            optimizer.step()
            self.log("loss", loss)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    return Net(fixed), labelled()


@twins
def eval_in_on_train_batch_start(fixed):
    """A hook for freezing the encoder puts all of the module into eval mode."""

    class Net(Base):
        def on_train_batch_start(self, batch, batch_idx):
            if not self.fixed:
                self.eval()

    return Net(fixed), labelled()


@twins
def losses_appended_with_graph(fixed):
    """The losses of the epoch are kept for its mean, with their graphs."""

    class Net(Base):
        def __init__(self, fixed):
            super().__init__(fixed)
            self.losses = []

        def training_step(self, batch, batch_idx):
            loss = super().training_step(batch, batch_idx)
            self.losses.append(loss.detach() if self.fixed else loss.clone())
            return loss

    return Net(fixed), labelled()


@twins
def softmax_in_forward(fixed):
    """forward returns probabilities, which training_step gives to cross_entropy."""

    class Net(Base):
        def forward(self, x):
            out = super().forward(x)
            return out if self.fixed else out.softmax(-1)

    return Net(fixed), labelled()


@twins
def second_optimizer_forgotten(fixed):
    """Manual optimization with two optimizers, of which one is never stepped."""

    class Net(Base):
        def __init__(self, fixed):
            super().__init__(fixed)
            self.automatic_optimization = False

        def training_step(self, batch, batch_idx):
            one, two = self.optimizers()
            loss = F.cross_entropy(self(batch[0]), batch[1])
            one.zero_grad()
            two.zero_grad()
            self.manual_backward(loss)
            one.step()
            if self.fixed:
                two.step()
            self.log("loss", loss)

        def configure_optimizers(self):
            return [
                torch.optim.Adam(self.head.parameters(), 1e-2),
                torch.optim.Adam(self.encoder.parameters(), 1e-2),
            ]

    return Net(fixed), labelled()


@twins
def blocks_in_a_list(fixed):
    """Residual blocks in a Python list are no submodules."""

    class Net(Base):
        def __init__(self, fixed):
            super().__init__(fixed)
            blocks = [nn.Linear(64, 64) for _ in range(2)]
            self.blocks = nn.ModuleList(blocks) if fixed else blocks

        def forward(self, x):
            h = self.encoder(x)
            for block in self.blocks:
                h = h + block(h).relu()
            return self.head(h)

    return Net(fixed), labelled()


@twins
def closure_dropped(fixed):
    """An override of optimizer_step for warm-up calls step() without the closure: nothing is computed."""

    class Net(Base):
        def optimizer_step(self, epoch, batch_idx, optimizer, optimizer_closure=None):
            scale = min(1.0, (self.trainer.global_step + 1) / 10)
            for group in optimizer.param_groups:
                group["lr"] = 1e-2 * scale
            if self.fixed:
                optimizer.step(closure=optimizer_closure)
            else:
                optimizer.step()

    return Net(fixed), labelled()


@twins
def gradients_zeroed_in_a_hook(fixed):
    """on_after_backward logs the norms and then calls zero_grad, as a tidy person does."""

    class Net(Base):
        def on_after_backward(self):
            norms = [p.grad.norm() for p in self.parameters() if p.grad is not None]
            self.log("norm", torch.stack(norms).sum())
            if not self.fixed:
                self.zero_grad()

    return Net(fixed), labelled()


@twins
def targets_broadcast(fixed):
    """A regression: self(x) is (N, 1), y is (N,)."""

    class Net(Base):
        def __init__(self, fixed):
            super().__init__(fixed)
            self.encoder = nn.Sequential(nn.Linear(10, 64), nn.ReLU())
            self.head = nn.Linear(64, 1)

        def training_step(self, batch, batch_idx):
            x, y = batch
            out = self(x).squeeze(-1) if self.fixed else self(x)
            return F.mse_loss(out, y)

    return Net(fixed), loader(torch.randn(64, 10), torch.randn(64))


@twins
def exploding_rate(fixed):
    """The rate was scaled by the batch size, in the wrong direction: 2.56."""

    class Net(Base):
        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), 1e-2 if self.fixed else 0.01 * 256)

    return Net(fixed), labelled()
