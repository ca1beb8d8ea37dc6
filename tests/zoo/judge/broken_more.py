"""More programs with one bug each, of the four-part form; each with its twin that has it fixed.

The first line of each docstring says what is wrong. `BROKEN` holds the pairs.
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

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


def rows(n=16, width=10, classes=4):
    return torch.randn(n, width), torch.randint(classes, (n,))


def adam(model, lr=1e-2):
    return torch.optim.Adam(model.parameters(), lr)


@twins
def detached_in_every_time_step(fixed):
    """The hidden state is detached between time steps, not between batches: nothing is learnt over time."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.head = nn.GRUCell(4, 24), nn.Linear(24, 3)

        def forward(self, x):
            h = torch.zeros(len(x), 24)
            for t in range(x.shape[1]):
                h = self.cell(x[:, t], h if fixed else h.detach())
            return self.head(h)

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(8, 6, 4), torch.randint(3, (8,)))


@twins
def causal_convolution_padded_on_both_sides(fixed):
    """A "causal" dilated convolution pads both sides: it sees the sample that it is to predict."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(12, 16)
            self.convs = nn.ModuleList([nn.Conv1d(16, 16, 3, dilation=2**i) for i in range(2)])
            self.out = nn.Conv1d(16, 12, 1)

        def forward(self, tokens):
            h = self.embed(tokens).transpose(1, 2)
            for i, conv in enumerate(self.convs):
                reach = 2 * 2**i
                pad = (reach, 0) if fixed else (reach // 2, reach // 2)
                h = h + conv(F.pad(h, pad)).relu()
            return self.out(h).transpose(1, 2)

    def loss_fn(logits, target):
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())

    model = Net()
    text = torch.randint(12, (5, 13))
    return {
        "model": model,
        "loss_fn": loss_fn,
        "optimizer": adam(model),
        "data": (text[:, :-1], text[:, 1:]),
        "hints": {"causal": True},
    }


@twins
def mask_added_as_ones_and_zeros(fixed):
    """A mask of ones and zeros is added to the attention scores: it hides next to nothing."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(20, 16)
            self.qkv, self.head = nn.Linear(16, 48), nn.Linear(16, 3)

        def forward(self, tokens):
            h = self.embed(tokens)
            q, k, v = self.qkv(h).chunk(3, -1)
            keep = (tokens != 0)[:, None].float()
            mask = (1 - keep) * -1e9 if fixed else keep
            weight = (q @ k.mT / 4 + mask).softmax(-1)
            real = (tokens != 0).float()[..., None]
            return self.head(((weight @ v) * real).sum(1) / real.sum(1))

    model = Net()
    tokens = torch.randint(1, 20, (8, 8))
    for i in range(8):
        tokens[i, 3 + i % 5 :] = 0
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": adam(model),
        "data": (tokens, torch.randint(3, (8,))),
        "hints": {"pad_id": 0},
    }


@twins
def mean_over_the_padding(fixed):
    """Words are averaged over the padded length: short texts are diluted by vectors of padding."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(20, 24)
            self.head = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 3))

        def forward(self, tokens):
            h = self.embed(tokens)
            if not fixed:
                return self.head(h.mean(1))
            real = (tokens != 0).float()[..., None]
            return self.head((h * real).sum(1) / real.sum(1))

    model = Net()
    tokens = torch.randint(1, 20, (8, 8))
    for i in range(8):
        tokens[i, 3 + i % 5 :] = 0
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": adam(model),
        "data": (tokens, torch.randint(3, (8,))),
        "hints": {"pad_id": 0},
    }


@twins
def clamped_output(fixed):
    """The output is clamped to [0, 1] in training: what starts outside has no gradient."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 6))

        def forward(self, x):
            out = self.net(x)
            return out.sigmoid() if fixed else out.clamp(0, 1)

    model = Net()
    return model, nn.MSELoss(), adam(model), (torch.randn(16, 10), torch.rand(16, 6))


@twins
def blank_is_a_letter(fixed):
    """The blank of CTC is 0 and so is the first letter of the alphabet."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(6, 32, bidirectional=True, batch_first=True)
            self.out = nn.Linear(64, 6)

        def forward(self, x):
            return self.out(self.rnn(x)[0]).log_softmax(-1).transpose(0, 1)

    def loss_fn(model, batch):
        x, words = batch
        out = model(x)
        sizes = torch.full((len(x),), words.shape[1])
        return F.ctc_loss(out, words, torch.full((len(x),), len(out)), sizes)

    model = Net()
    words = torch.randint(0, 5, (6, 3)) + (1 if fixed else 0)
    words[0, 0] = 1 if fixed else 0
    return model, loss_fn, adam(model, 2e-2), (torch.randn(6, 10, 6), words)


@twins
def no_nonlinearity_between_convolutions(fixed):
    """Two convolutions in a row without activation, then pooling by mean: one linear map."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU() if fixed else nn.Identity(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU() if fixed else nn.Identity(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 3),
    )
    return (
        model,
        nn.CrossEntropyLoss(),
        adam(model),
        (
            torch.randn(8, 1, 8, 8),
            torch.arange(8) % 3,
        ),
    )


@twins
def normalised_single_pixels(fixed):
    """Normalisation by channel after pooling to 1x1: all that it lets through is its bias."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.GroupNorm(2 if fixed else 16, 16),
        nn.Flatten(),
        nn.Linear(16, 3),
    )
    return (
        model,
        nn.CrossEntropyLoss(),
        adam(model, 3e-2),
        (
            torch.randn(8, 1, 8, 8),
            torch.arange(8) % 3,
        ),
    )


@twins
def multi_label_with_softmax_loss(fixed):
    """Several labels at once are given to cross_entropy as if they were probabilities."""
    target = (torch.rand(16, 5) < 0.4).float()
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 5))
    loss_fn = nn.BCEWithLogitsLoss() if fixed else nn.CrossEntropyLoss()
    return model, loss_fn, adam(model), (torch.randn(16, 10), target)


@twins
def huge_weight_decay(fixed):
    """weight_decay=5 from a paper where it was multiplied by 1e-4."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2, weight_decay=5e-4 if fixed else 5.0)
    return model, nn.CrossEntropyLoss(), optimizer, rows()
