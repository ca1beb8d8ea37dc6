"""Programs with one bug each, of the four-part form; each with its twin that has it fixed.

The first line of each docstring says what is wrong. `BROKEN` holds the pairs.
"""

import math
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
def softmax_before_cross_entropy(fixed):
    """The model ends in a softmax, and the loss takes another."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    if not fixed:
        model.append(nn.Softmax(dim=1))
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def sigmoid_twice(fixed):
    """Probabilities are given to the loss that wants logits."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    if not fixed:
        model.append(nn.Sigmoid())
    return (
        model,
        nn.BCEWithLogitsLoss(),
        adam(model),
        (
            torch.randn(16, 10),
            torch.randint(2, (16, 1)).float(),
        ),
    )


@twins
def nll_without_log_softmax(fixed):
    """NLLLoss is given raw logits: it falls without end and teaches nothing."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    if fixed:
        model.append(nn.LogSoftmax(dim=1))
    return model, nn.NLLLoss(), adam(model), rows()


@twins
def broadcast_targets(fixed):
    """Outputs are (N, 1) and targets (N,): MSE compares everything with everything."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    if fixed:
        model.append(nn.Flatten(0))
    return model, nn.MSELoss(), adam(model), (torch.randn(16, 10), torch.randn(16))


@twins
def head_replaced_after_optimizer(fixed):
    """The new head is made after the optimizer, which still holds the old one."""
    model = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 100))
    if fixed:
        model[2] = nn.Linear(48, 4)
    optimizer = adam(model)
    if not fixed:
        model[2] = nn.Linear(48, 4)
    return model, nn.CrossEntropyLoss(), optimizer, rows()


class ListNet(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.stem = nn.Linear(10, 32)
        layers = [nn.Linear(32, 32) for _ in range(2)]
        self.layers = nn.ModuleList(layers) if fixed else layers
        self.head = nn.Linear(32, 4)

    def forward(self, x):
        x = self.stem(x)
        for layer in self.layers:
            x = layer(x).relu()
        return self.head(x)


@twins
def layers_in_a_list(fixed):
    """A Python list in place of a ModuleList hides the layers from the optimizer."""
    model = ListNet(fixed)
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def relu_on_the_output(fixed):
    """A regression whose targets are below zero, too, ends in a ReLU."""
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
    if not fixed:
        model.append(nn.ReLU())
    return model, nn.MSELoss(), adam(model), (torch.randn(16, 10), torch.randn(16, 2))


class TimeNet(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.rnn = nn.GRU(6, 32)
        self.head = nn.Linear(32, 4)

    def forward(self, x):  # N T C
        n, t, c = x.shape
        x = x.transpose(0, 1) if self.fixed else x.reshape(t, n, c)
        return self.head(self.rnn(x)[0][-1])


@twins
def reshape_for_transpose(fixed):
    """To have time first, the batch is reshaped where it should be transposed: samples are mixed."""
    model = TimeNet(fixed)
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(8, 5, 6), torch.randint(4, (8,)))


class BatchFirst(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.rnn = nn.LSTM(6, 24, batch_first=fixed)
        self.head = nn.Linear(24, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


@twins
def batch_first_forgotten(fixed):
    """The LSTM reads along the batch: each sample sees those before it."""
    model = BatchFirst(fixed)
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(8, 5, 6), torch.randint(3, (8,)))


@twins
def encoder_batch_first_forgotten(fixed):
    """nn.TransformerEncoderLayer attends over the samples of the batch, as dimension 0 is time to it."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(20, 16)
            self.layer = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=fixed)
            self.head = nn.Linear(16, 3)

        def forward(self, x):
            return self.head(self.layer(self.embed(x)).mean(1))

    model = Net()
    return (
        model,
        nn.CrossEntropyLoss(),
        adam(model, 3e-3),
        (
            torch.randint(20, (8, 6)),
            torch.randint(3, (8,)),
        ),
    )


@twins
def softmax_over_the_batch(fixed):
    """Attention weights are normalised over dimension 0, the batch, not over the items."""

    class Pool(nn.Module):
        def __init__(self):
            super().__init__()
            self.score, self.value = nn.Linear(6, 1), nn.Linear(6, 32)
            self.head = nn.Sequential(nn.ReLU(), nn.Linear(32, 4))

        def forward(self, x):
            weight = F.softmax(self.score(x), dim=1 if fixed else 0)
            return self.head((weight * self.value(x)).sum(1))

    model = Pool()
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(8, 5, 6), torch.randint(4, (8,)))


class PaddedEncoder(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.embed = nn.Embedding(20, 16)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True)
        self.head = nn.Linear(16, 3)

    def forward(self, input_ids):
        pad = input_ids == 0
        if not self.fixed:
            pad = input_ids != 0
        h = self.layer(self.embed(input_ids), src_key_padding_mask=pad)
        return self.head(h[:, 0])


@twins
def inverted_padding_mask(fixed):
    """True in src_key_padding_mask means `ignore`: only the padding is attended to."""
    model = PaddedEncoder(fixed)
    tokens = torch.randint(1, 20, (8, 7))
    for i in range(8):
        tokens[i, 3 + i % 4 :] = 0
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": adam(model, 3e-3),
        "data": ({"input_ids": tokens}, torch.randint(3, (8,))),
        "hints": {"pad_id": 0},
    }


class LastStep(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.embed = nn.Embedding(20, 16, padding_idx=0)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, 3)

    def forward(self, tokens):
        out, _ = self.rnn(self.embed(tokens))
        if not self.fixed:
            return self.head(out[:, -1])
        last = (tokens != 0).sum(1) - 1
        return self.head(out[torch.arange(len(out)), last])


@twins
def last_step_is_padding(fixed):
    """The state after the padding is used in place of that after the last word."""
    model = LastStep(fixed)
    tokens = torch.randint(1, 20, (8, 9))
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
def encoder_under_no_grad(fixed):
    """A torch.no_grad left over from extracting features: the encoder is never trained."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
            self.head = nn.Linear(32, 4)

        def forward(self, x):
            with torch.set_grad_enabled(fixed):
                h = self.encoder(x)
            return self.head(h)

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def rewrapped_tensor(fixed):
    """torch.tensor(list of scalars).requires_grad_() cuts the graph: the loss trains nothing below."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = nn.ModuleList([nn.Linear(10, 8) for _ in range(3)])
            self.head = nn.Linear(3, 4)

        def forward(self, x):
            scores = [part(x).tanh().sum(1) for part in self.parts]
            if fixed:
                return self.head(torch.stack(scores, 1))
            return self.head(torch.tensor([s.tolist() for s in scores]).t().requires_grad_())

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model, 3e-2), rows(8)


@twins
def hard_choice_in_the_middle(fixed):
    """argmax picks the expert: the router gets no gradient."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.router = nn.Linear(10, 3)
            self.experts = nn.ModuleList([nn.Linear(10, 16) for _ in range(3)])
            self.head = nn.Linear(16, 4)

        def forward(self, x):
            scores = self.router(x)
            weight = scores.softmax(-1) if fixed else F.one_hot(scores.argmax(-1), 3).float()
            h = torch.stack([expert(x) for expert in self.experts], -1)
            return self.head((h * weight[:, None]).sum(-1).relu())

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model, 2e-2), rows()


@twins
def rate_of_another_optimizer(fixed):
    """A learning rate of 1 is left from the days of Adadelta: far too high for Adam."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    return model, nn.CrossEntropyLoss(), adam(model, 1e-2 if fixed else 1.0), rows()


@twins
def weight_decay_for_rate(fixed):
    """Positional arguments of SGD in the wrong order: dampening and weight decay instead of momentum."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    if fixed:
        optimizer = torch.optim.SGD(model.parameters(), 0.1, 0.9)
    else:
        optimizer = torch.optim.SGD(model.parameters(), 0.1, 0, 0, 0.9)
    return model, nn.CrossEntropyLoss(), optimizer, rows()


class TinyGPT(nn.Module):
    def __init__(self, mask="causal", words=16, dim=32):
        super().__init__()
        self.mask = mask
        self.embed, self.place = nn.Embedding(words, dim), nn.Embedding(16, dim)
        self.layers = nn.ModuleList(
            [nn.TransformerEncoderLayer(dim, 4, 64, 0.0, batch_first=True) for _ in range(2)]
        )
        self.head = nn.Linear(dim, words)

    def forward(self, tokens):
        t = tokens.shape[1]
        x = self.embed(tokens) + self.place(torch.arange(t))
        ones = torch.ones(t, t, dtype=torch.bool)
        mask = {"causal": ones.triu(1), "none": None, "upside down": ones.tril(-1)}[self.mask]
        for layer in self.layers:
            x = layer(x, src_mask=mask)
        return self.head(x)


def next_token(logits, target):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten())


def language(mask, shifted=True):
    model = TinyGPT(mask)
    text = torch.randint(16, (6, 11))
    data = (text[:, :-1], text[:, 1:] if shifted else text[:, :-1])
    return {
        "model": model,
        "loss_fn": next_token,
        "optimizer": adam(model, 3e-3),
        "data": data,
        "hints": {"causal": True},
    }


@twins
def no_causal_mask(fixed):
    """A language model that sees the word which it is to predict."""
    return language("causal" if fixed else "none")


@twins
def mask_upside_down(fixed):
    """tril where triu was meant: every position attends to what comes after it."""
    return language("causal" if fixed else "upside down")


@twins
def targets_not_shifted(fixed):
    """The target of each position is the very word that is its input."""
    return language("causal", shifted=fixed)


@twins
def view_for_permute(fixed):
    """Logits (N, C, T) are flattened by view(-1, C): classes and positions are mixed up."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(
                nn.Conv1d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv1d(32, 5, 3, padding=1)
            )

        def forward(self, x):
            return self.net(x)

    def loss_fn(logits, target):
        if fixed:
            logits = logits.permute(0, 2, 1)
        return F.cross_entropy(logits.reshape(-1, 5), target.reshape(-1))

    model = Net()
    x = torch.randn(4, 3, 12)
    return model, loss_fn, adam(model), (x, (x[:, 0] > 0) + 2 * (x[:, 1] > 0).long())


@twins
def functional_dropout_always_on(fixed):
    """F.dropout without training=self.training drops in evaluation, too."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(10, 64), nn.Linear(64, 4)

        def forward(self, x):
            h = self.a(x).relu()
            return self.b(F.dropout(h, 0.2, self.training) if fixed else F.dropout(h, 0.2))

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def keep_probability(fixed):
    """Dropout is given the share to keep, 0.9, as in the first TensorFlow."""
    model = nn.Sequential(
        nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.1 if fixed else 0.9), nn.Linear(64, 4)
    )
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def dropout_on_the_logits(fixed):
    """Dropout after the last layer: a fifth of the logits are zero at random."""
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 4))
    model.insert(2, nn.Dropout(0.2)) if fixed else model.append(nn.Dropout(0.2))
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def constant_weights(fixed):
    """All weights start at the same number: the hidden units stay equal for ever."""
    model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 4))
    if not fixed:
        for p in model.parameters():
            nn.init.constant_(p, 0.01)
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def same_layer_three_times(fixed):
    """[layer] * 3 repeats one layer: the network has a third of the depth that it seems to have."""
    layers = [nn.Linear(24, 24) for _ in range(3)] if fixed else [nn.Linear(24, 24)] * 3
    model = nn.Sequential(nn.Linear(10, 24))
    for layer in layers:
        model.append(nn.ReLU())
        model.append(layer)
    model.append(nn.Linear(24, 4))
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def divergence_of_probabilities(fixed):
    """kl_div wants the logarithm of the probabilities as its first argument."""
    target = torch.randn(12, 5).mul(2).softmax(1)

    def loss_fn(logits, target):
        p = logits.log_softmax(1) if fixed else logits.softmax(1)
        return F.kl_div(p, target, reduction="batchmean")

    model = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 5))
    return model, loss_fn, adam(model), (torch.randn(12, 10), target)


@twins
def raw_timestamps(fixed):
    """Seconds since 1970 go into a tanh layer next to numbers around zero: it is saturated."""
    x = torch.randn(16, 6)
    stamp = 1.6e9 + 1e6 * torch.randn(16, 1)
    if fixed:
        stamp = (stamp - stamp.mean()) / stamp.std()
    model = nn.Sequential(nn.Linear(7, 48), nn.Tanh(), nn.Linear(48, 1))
    return model, nn.MSELoss(), adam(model), (torch.cat([x, stamp], 1), torch.randn(16, 1))


@twins
def labels_cut_to_zero(fixed):
    """Labels are scaled to [0, 1) and then cast to long: every label is zero."""
    labels = torch.arange(16) % 4
    if not fixed:
        labels = (labels / 4).long()
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(16, 10), labels)


@twins
def sign_of_the_likelihood(fixed):
    """The log-likelihood is minimised: the minus was forgotten."""

    def loss_fn(out, y):
        mean, log_scale = out.unbind(1)
        logp = torch.distributions.Normal(mean, log_scale.clamp(-2, 4).exp()).log_prob(y).mean()
        return -logp if fixed else logp

    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
    return model, loss_fn, adam(model), (torch.randn(16, 10), torch.randn(16))


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad * (s + x * s * (1 - s))


class WrongSwish(Swish):
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad * (s * (1 - s))


@twins
def wrong_backward(fixed):
    """A memory-saving activation whose backward is the derivative of the sigmoid."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(10, 32), nn.Linear(32, 32), nn.Linear(32, 4)

        def forward(self, x):
            act = Swish.apply if fixed else WrongSwish.apply
            return self.c(act(self.b(act(self.a(x)))))

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def normalises_in_place(fixed):
    """The forward pass normalises the caller's tensor in place: each further use is another input."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 4))
            self.register_buffer("mean", torch.full((10,), 2.0))

        def forward(self, x):
            x = (x - self.mean) / 3 if fixed else x.sub_(self.mean).div_(3)
            return self.net(x)

    model = Net()
    x, y = rows()
    return model, nn.CrossEntropyLoss(), adam(model), (3 * x + 2, y)


@twins
def contrastive_labels_all_zero(fixed):
    """The positive pair is on the diagonal, and every label says column 0."""

    class Towers(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16))
            self.b = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16))

        def forward(self, left, right):
            return F.normalize(self.a(left)) @ F.normalize(self.b(right)).t() / 0.1

    def loss_fn(model, batch):
        logits = model(*batch)
        labels = torch.arange(len(logits)) if fixed else torch.zeros(len(logits)).long()
        return F.cross_entropy(logits, labels)

    model = Towers()
    data = torch.randn(12, 10), torch.randn(12, 10)
    return model, loss_fn, adam(model), data


@twins
def not_a_parameter(fixed):
    """A plain tensor with requires_grad is not in model.parameters(): the scales never change."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(10, 32), nn.Linear(32, 4)
            scale = torch.ones(32)
            self.scale = nn.Parameter(scale) if fixed else scale.requires_grad_()

        def forward(self, x):
            return self.b(self.scale * self.a(x).relu())

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def layer_norm_over_the_batch(fixed):
    """A hand-made layer norm takes its mean over dimension 0."""

    class Norm(nn.Module):
        def __init__(self, dim):
            super().__init__()
            self.g, self.b = nn.Parameter(torch.ones(dim)), nn.Parameter(torch.zeros(dim))

        def forward(self, x):
            d = -1 if fixed else 0
            return (x - x.mean(d, True)) / (x.std(d, keepdim=True) + 1e-5) * self.g + self.b

    model = nn.Sequential(nn.Linear(10, 32), Norm(32), nn.ReLU(), nn.Linear(32, 4))
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def layer_made_in_forward(fixed):
    """A projection is made anew in each forward pass: random, and never trained."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(10, 32), nn.Linear(32, 4)
            if fixed:
                self.mid = nn.Linear(32, 32)

        def forward(self, x):
            h = self.a(x).relu()
            mid = self.mid if fixed else nn.Linear(32, 32)
            return self.b(mid(h).relu())

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def arguments_swapped(fixed):
    """cross_entropy(targets, logits) with soft labels: it runs."""
    target = F.one_hot(torch.randint(4, (16,)), 4).float()

    def loss_fn(logits, target):
        return F.cross_entropy(logits, target) if fixed else F.cross_entropy(target, logits)

    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    return model, loss_fn, adam(model), (torch.randn(16, 10), target)


@twins
def targets_out_of_reach(fixed):
    """A sigmoid output is compared with pixels from 0 to 255."""
    pixels = torch.randint(256, (8, 64)).float()
    target = pixels / 255 if fixed else pixels
    model = nn.Sequential(
        nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid()
    )
    return model, nn.MSELoss(), adam(model, 5e-3), (pixels / 255, target)


@twins
def divergence_with_wrong_sign(fixed):
    """The KL term of the VAE is subtracted: the loss falls without end as the code explodes."""

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
            self.dec = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 12))

        def forward(self, x):
            mu, log_var = self.enc(x).chunk(2, 1)
            z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()
            return self.dec(z), mu, log_var

    def loss_fn(model, x):
        out, mu, log_var = model(x)
        kl = -0.5 * (1 + log_var - mu**2 - log_var.exp()).sum(1).mean()
        return F.mse_loss(out, x) + (1e-3 if fixed else -1e-3) * kl

    model = VAE()
    hints = {"memorizable": "partial"}
    return {
        "model": model, "loss_fn": loss_fn, "optimizer": adam(model), "data": 2 * torch.randn(8, 12),
        "hints": hints,
    }  # fmt: skip


@twins
def second_task_by_item(fixed):
    """loss_a + loss_b.item(): the second head is never trained, though its loss is in the sum."""

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
            self.a, self.b = nn.Linear(48, 3), nn.Linear(48, 1)

        def forward(self, x):
            h = self.body(x)
            return self.a(h), self.b(h)[:, 0]

    def loss_fn(model, batch):
        a, b = model(batch["x"])
        first, second = F.cross_entropy(a, batch["kind"]), F.mse_loss(b, batch["size"])
        return first + (second if fixed else second.item())

    model = Two()
    data = {"x": torch.randn(12, 10), "kind": torch.randint(3, (12,)), "size": torch.randn(12)}
    return model, loss_fn, adam(model), data


@twins
def pooled_over_the_batch(fixed):
    """Words are averaged over dimension 0 and expanded again: all samples get one vector added."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(20, 24)
            self.head = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 3))

        def forward(self, x):
            h = self.embed(x)
            context = h.mean(1, keepdim=True) if fixed else h.mean(0, keepdim=True)
            return self.head((h + context)[:, 0])

    model = Net()
    x = torch.stack([torch.randperm(20)[:6] for _ in range(8)])
    x[:, 0] = torch.arange(8)
    return model, nn.CrossEntropyLoss(), adam(model), (x, torch.randint(3, (8,)))


@twins
def momentum_of_nine(fixed):
    """A lost decimal point: momentum=9."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9 if fixed else 9)
    return model, nn.CrossEntropyLoss(), optimizer, rows()


@twins
def betas_swapped(fixed):
    """Adam with betas=(0.999, 0.9)."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    betas = (0.9, 0.999) if fixed else (0.999, 0.9)
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2, betas), rows()


@twins
def no_activation(fixed):
    """Two linear layers with nothing in between, in a forward of one's own."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(10, 64), nn.Linear(64, 64), nn.Linear(64, 4)

        def forward(self, x):
            x = self.fc1(x)
            x = F.relu(self.fc2(F.relu(x) if fixed else x))
            return self.fc3(x)

    model = Net()
    return model, nn.CrossEntropyLoss(), adam(model), rows()


@twins
def old_model_in_the_optimizer(fixed):
    """The optimizer is made of the model that is then copied: the copy is what trains, or so it seems."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = adam(model)
    if not fixed:
        other = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
        other.load_state_dict(model.state_dict())
        model = other
    return model, nn.CrossEntropyLoss(), optimizer, rows()


@twins
def unscaled_attention(fixed):
    """Scores of wide queries are not divided by the root of their width: one-hot from the start."""

    class Net(nn.Module):
        def __init__(self, dim=256):
            super().__init__()
            self.embed = nn.Embedding(30, dim)
            self.q, self.k, self.v = (nn.Linear(dim, dim, bias=False) for _ in range(3))
            for layer in (self.q, self.k):
                nn.init.normal_(layer.weight, 0, dim**-0.5)
            self.head = nn.Linear(dim, 3)

        def forward(self, x):
            h = self.embed(x)
            scores = self.q(h) @ self.k(h).mT
            if fixed:
                scores = scores / math.sqrt(h.shape[-1])
            return self.head((scores.softmax(-1) @ self.v(h)).mean(1))

    model = Net()
    return (
        model,
        nn.CrossEntropyLoss(),
        adam(model, 1e-3),
        (
            torch.randint(30, (8, 6)),
            torch.randint(3, (8,)),
        ),
    )


@twins
def log_of_zero(fixed):
    """A hand-made binary cross-entropy without an epsilon, on outputs that reach 0 and 1."""

    def loss_fn(p, y):
        if fixed:
            p = p.clamp(1e-6, 1 - 1e-6)
        return -(y * p.log() + (1 - y) * (1 - p).log()).mean()

    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
    y = torch.randint(2, (16, 1)).float()
    return model, loss_fn, adam(model, 2e-2), (20 * torch.randn(16, 10), y)


@twins
def root_at_zero(fixed):
    """sqrt of a squared distance: its gradient at distance zero is infinite times zero."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))

        def forward(self, x):
            z = self.embed(x)
            squared = (z[:, None] - z[None]).pow(2).sum(-1)
            return (squared + 1e-8).sqrt() if fixed else squared.sqrt()

    def loss_fn(model, batch):
        x, y = batch
        d = model(x)
        same = y[:, None] == y[None]
        off = ~torch.eye(len(x), dtype=torch.bool)
        return d[same & off].pow(2).mean() + F.relu(2 - d[~same]).pow(2).mean()

    model = Net()
    return model, loss_fn, adam(model), (torch.randn(12, 10), torch.arange(12) % 3)


@twins
def one_class_too_few(fixed):
    """Labels run from 1 to 4 and the head has 4 outputs: label 4 is out of range."""
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
    labels = torch.arange(16) % 4 + (0 if fixed else 1)
    return model, nn.CrossEntropyLoss(), adam(model), (torch.randn(16, 10), labels)
