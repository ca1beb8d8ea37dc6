"""Stage `memorize`: a training set-up learns one small batch by heart, and is asked about it.

The set-up is a function of yours, named as `package.module:function` from the repository root:

    def setup(seed):
        model = Net()
        return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters()), (inputs, target)

It is called with a seed if it has a parameter `seed` or one required parameter; torch, numpy and
random are seeded in any case. Instead of the four it may return a dict, or an object, with those
names and more:

- `model`: a module; with a `train_step` of yours also a list or dict of modules.
- `data`: one batch, or what batches come from (a DataLoader, a list, a generator): the first is
  taken, once. A list of two tensors or more is itself a batch. A batch is usually
  `(inputs, target)`: the loss is `loss_fn(model(inputs), target)`, where a tuple of inputs becomes
  arguments and a dict keywords. For any other batch, and where the first parameter of `loss_fn` is
  called `model`, it is `loss_fn(model, batch)`.
- `optimizer`, `extra_optimizers`, `scheduler`: one or a list of each; schedulers step once per step.
  An optimizer that needs a closure (LBFGS) gets one.
- `train_step(batch)`: your own step, from zero_grad to step. It returns the loss, as a tensor, a
  number, or a dict with `loss`. Only then are the order of your calls and your mode judged.
- `eval_step(batch)`: may return the loss in eval mode.
- `validation`, `shifted`: data that is held out, and a dict of other data by name.
- `hints`: what cannot be seen from outside: `floor` (the lowest loss possible), `memorizable` (full,
  partial, off), `frozen` (patterns of parameter names), `outputs_mix_samples`, `stochastic_forward`,
  `targets_unused`, `task`, `num_classes`, `causal`, `pad_id`, `accumulate_grad_batches`, `precision`.

Instead it may return a LightningModule with a LightningDataModule or loader (a tuple, or a dict with
`model`, `data`), or a Hugging Face `Trainer`; docs/memorize.md tells of each form.
"""

from __future__ import annotations

from smokealarm.loading import Shelf
from smokealarm.memorize.selection import OPT_IN
from smokealarm.memorize.subject import opened

CHECKS = Shelf(
    {
        "memorize.checks": (
            "memorizes",
            "stays_learnt",
            "finite",
            "loss_contract",
            "samples_counted",
            "loss_floor",
            "initial_loss",
            "logits_stable",
            "half_range",
            "digits_kept",
            "stacked_linear",
            "symmetry_broken",
            "gradients_flow",
            "gradients_faithful",
            "optimizer_complete",
            "optimizer_settings",
            "state_carried",
            "once_per_step",
            "parameters_used",
            "train_mode",
            "eval_pure",
            "batch_unchanged",
            "batch_sound",
            "memory_steady",
            "samples_independent",
            "batch_order",
            "causal",
            "padding_ignored",
            "labels_matter",
            "batch_splits",
            "deterministic",
            "precision",
            "ranks_agree",
            "resumes",
            "memory",
            "repository_unchanged",
            "loading",
            "generalizes",
            "shapes",
            "norms",
            "normalisation",
        ),
    }
)

DEFAULTS = tuple(name for name in CHECKS if name not in OPT_IN)

__all__ = ["CHECKS", "DEFAULTS", "opened"]
