"""Lightning modules as people write them: healthy ones, and the same with a fault."""

# Users write against the libraries as they are, not as they are typed.
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, TensorDataset


def loader(samples: int = 64, width: int = 12, classes: int = 4) -> DataLoader[Any]:
    data = TensorDataset(torch.randn(samples, width), torch.randint(classes, (samples,)))
    return DataLoader(data, batch_size=16, shuffle=True)


def perceptron(width: int = 12, classes: int = 4) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, classes))


class Classifier(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = perceptron()
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x: Tensor) -> Any:
        return self.net(x)

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        x, y = batch
        loss = self.criterion(self(x), y)
        self.log("train_loss", loss, prog_bar=True, on_epoch=True)
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> Any:
        x, y = batch
        loss = self.criterion(self(x), y)
        self.log("val_loss", loss)
        return loss

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), 1e-2)


class Data(pl.LightningDataModule):
    """Everything is made in setup, as the manual tells."""

    def setup(self, stage: str) -> None:
        self.kept = loader()

    def train_dataloader(self) -> Any:
        return self.kept

    def val_dataloader(self) -> Any:
        return loader()


def classifier_with_a_datamodule(seed: int) -> Any:
    return Classifier(), Data()


def module_with_loaders_of_its_own(seed: int) -> Any:
    class Whole(Classifier):
        def train_dataloader(self) -> Any:
            return loader()

    return Whole()


class Scheduled(Classifier):
    """Asks its Trainer how long it will be trained."""

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.AdamW(self.parameters(), 1e-2)
        steps = int(self.trainer.estimated_stepping_batches)
        one_cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": one_cycle, "interval": "step", "name": "lr"},
        }


def one_cycle_over_the_steps_that_the_trainer_estimates(seed: int) -> Any:
    return {"model": Scheduled(), "data": loader()}


def lists_of_an_optimizer_and_a_scheduler(seed: int) -> Any:
    class Lists(Classifier):
        def configure_optimizers(self) -> Any:
            optimizer = torch.optim.Adam(self.parameters(), 1e-2)
            epochs = self.trainer.max_epochs or 1
            return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)]

    return Lists(), loader()


def plateau_scheduler_that_monitors_validation(seed: int) -> Any:
    class Plateau(Classifier):
        def configure_optimizers(self) -> Any:
            optimizer = torch.optim.Adam(self.parameters(), 1e-2)
            plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
            scheduler = {"scheduler": plateau, "monitor": "val_loss"}
            return [optimizer], [scheduler]

    return Plateau(), loader()


def dictionary_from_the_training_step(seed: int) -> Any:
    class Rich(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            x, y = batch
            logits = self(x)
            loss = self.criterion(logits, y)
            self.log_dict({"loss_now": loss, "lr": self.optimizers().param_groups[0]["lr"]})
            if self.logger is not None:
                self.logger.experiment.add_histogram("logits", logits, self.global_step)
            return {"loss": loss, "logits": logits.detach(), "epoch": self.current_epoch}

    return Rich(), loader()


class Noisy(IterableDataset[Any]):
    """Draws other numbers each time it is gone through."""

    def __iter__(self) -> Any:
        for _ in range(4):
            yield torch.randn(12), torch.randint(4, ())


def iterable_data_with_random_augmentation(seed: int) -> Any:
    return Classifier(), DataLoader(Noisy(), batch_size=4)


class Adversaries(pl.LightningModule):
    """A GAN in manual optimization, which returns nothing from its step."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.generator, self.critic = perceptron(4, 2), perceptron(2, 1)

    def training_step(self, batch: Any, batch_idx: int) -> None:
        (real,) = batch
        making, judging = self.optimizers()
        made = self.generator(torch.randn(len(real), 4))
        self.toggle_optimizer(judging)
        against = (
            F.softplus(-self.critic(real)).mean() + F.softplus(self.critic(made.detach())).mean()
        )
        judging.zero_grad()
        self.manual_backward(against)
        judging.step()
        self.untoggle_optimizer(judging)
        self.toggle_optimizer(making)
        made = self.generator(torch.randn(len(real), 4))
        fooling = F.softplus(-self.critic(made)).mean()
        making.zero_grad()
        self.manual_backward(fooling)
        making.step()
        self.untoggle_optimizer(making)
        self.log_dict({"g_loss": fooling, "d_loss": against}, prog_bar=True)

    def configure_optimizers(self) -> Any:
        making = torch.optim.Adam(self.generator.parameters(), 1e-3, betas=(0.5, 0.9))
        return [making, torch.optim.Adam(self.critic.parameters(), 1e-3)], []


def gan_in_manual_optimization(seed: int) -> Any:
    data = DataLoader(TensorDataset(torch.randn(64, 2) + 3), batch_size=16)
    return {"model": Adversaries(), "data": data, "hints": {"memorizable": "off"}}


def hooks_of_every_kind_around_the_step(seed: int) -> Any:
    class Hooked(Classifier):
        seen = 0

        def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Any:
            x, y = batch
            return x * 2, y

        def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
            self.seen += 1

        def on_before_optimizer_step(self, optimizer: Any) -> None:
            norm = sum(float(p.grad.norm()) for p in self.parameters() if p.grad is not None)
            self.log("norm", norm)

        def configure_gradient_clipping(self, optimizer: Any, *args: Any, **kwargs: Any) -> None:
            self.clip_gradients(optimizer, gradient_clip_val=1.0, gradient_clip_algorithm="norm")

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            assert float(outputs["loss"]) >= 0

        def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
            super().optimizer_step(*args, **kwargs)

        def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
            scheduler.step()

    return Hooked(), loader()


def accumulation_in_bfloat16_with_clipping(seed: int) -> Any:
    return {
        "model": Classifier(),
        "data": loader(),
        "trainer": {"gradient_clip_val": 1.0},
        "hints": {"accumulate_grad_batches": 4, "precision": "bf16-mixed"},
    }


def lbfgs_and_its_closure(seed: int) -> Any:
    class Newton(Classifier):
        def configure_optimizers(self) -> Any:
            return torch.optim.LBFGS(self.parameters(), 0.1, max_iter=5)

    return Newton(), loader()


def several_loaders_in_a_dict(seed: int) -> Any:
    class Both(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            losses = [self.criterion(self(x), y) for x, y in (batch["a"], batch["b"])]
            return losses[0] + losses[1]

        def train_dataloader(self) -> Any:
            return {"a": loader(), "b": loader()}

    return Both()


def validation_on_batches_of_another_kind(seed: int) -> Any:
    class Pairs(Classifier):
        def validation_step(self, batch: Any, batch_idx: int) -> Any:
            x, y, _ = batch
            return self.criterion(self(x), y)

    return Pairs(), loader()


PROGRAMS = (
    classifier_with_a_datamodule,
    module_with_loaders_of_its_own,
    one_cycle_over_the_steps_that_the_trainer_estimates,
    lists_of_an_optimizer_and_a_scheduler,
    plateau_scheduler_that_monitors_validation,
    dictionary_from_the_training_step,
    iterable_data_with_random_augmentation,
    gan_in_manual_optimization,
    hooks_of_every_kind_around_the_step,
    accumulation_in_bfloat16_with_clipping,
    lbfgs_and_its_closure,
    several_loaders_in_a_dict,
    validation_on_batches_of_another_kind,
)


def zero_grad_that_does_nothing(seed: int) -> Any:
    class Piling(Classifier):
        def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: Any) -> None:
            pass

    return Piling(), loader()


def zero_grad_before_the_step(seed: int) -> Any:
    class Losing(Classifier):
        def on_before_optimizer_step(self, optimizer: Any) -> None:
            optimizer.zero_grad()

    return Losing(), loader()


def sign_of_the_loss_reversed(seed: int) -> Any:
    class Reversed(Classifier):
        def backward(self, loss: Tensor, *args: Any, **kwargs: Any) -> None:
            (-loss).backward()  # type: ignore[no-untyped-call]  # torch does not type it

    return Reversed(), loader()


def parameters_missing_in_configure_optimizers(seed: int) -> Any:
    class Half(Classifier):
        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.net[2].parameters(), 1e-2)

    return Half(), loader()


def loss_that_is_not_returned(seed: int) -> Any:
    class Silent(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            super().training_step(batch, batch_idx)

    return Silent(), loader()


def loss_without_a_graph(seed: int) -> Any:
    class Detaching(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            return super().training_step(batch, batch_idx).detach()

    return Detaching(), loader()


def backward_forgotten_in_manual_optimization(seed: int) -> Any:
    class Forgetful(Classifier):
        def __init__(self) -> None:
            super().__init__()
            self.automatic_optimization = False

        def training_step(self, batch: Any, batch_idx: int) -> Any:
            loss = super().training_step(batch, batch_idx)
            self.optimizers().zero_grad()
            self.optimizers().step()
            return loss

    return Forgetful(), loader()


def two_optimizers_in_automatic_optimization(seed: int) -> Any:
    class Two(Classifier):
        def configure_optimizers(self) -> Any:
            return [torch.optim.Adam(part.parameters()) for part in (self.net[0], self.net[2])]

    return Two(), loader()
