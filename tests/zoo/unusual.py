"""Layers with a way of their own: custom gradients, rounding, experts, weights made of weights."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations


def labelled(n=12, width=10, classes=4):
    return torch.randn(n, width), torch.randint(classes, (n,))


class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias):
        ctx.save_for_backward(input, weight)
        return input.mm(weight.t()) + bias

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        return grad_output.mm(weight), grad_output.t().mm(input), grad_output.sum(0)


class MyLinear(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(o, i).uniform_(-0.3, 0.3))
        self.bias = nn.Parameter(torch.empty(o).uniform_(-0.3, 0.3))

    def forward(self, input):
        return LinearFunction.apply(input, self.weight, self.bias)


def custom_autograd_function(seed):
    model = nn.Sequential(MyLinear(10, 32), nn.Softplus(), MyLinear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()


def fake_quantize(w, bits=8):
    """Rounded on the way forth, passed through on the way back."""
    scale = w.detach().abs().max() / (2 ** (bits - 1) - 1)
    return w + ((w / scale).round() * scale - w).detach()


class QLinear(nn.Linear):
    def forward(self, x):
        return F.linear(fake_quantize(x), fake_quantize(self.weight), self.bias)


def quantization_aware_training(seed):
    model = nn.Sequential(QLinear(10, 48), nn.ReLU6(), QLinear(48, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()


class Binary(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


class BinaryNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.bn, self.fc2 = nn.Linear(10, 64), nn.BatchNorm1d(64), nn.Linear(64, 4)

    def forward(self, x):
        return self.fc2(Binary.apply(self.bn(self.fc1(x))))


def straight_through_signs(seed):
    model = BinaryNet()
    return model, F.cross_entropy, torch.optim.Adam(model.parameters(), 1e-2), labelled()


class MoE(nn.Module):
    """Two of four experts for each token; a loss beside the loss keeps them busy."""

    def __init__(self, dim=16, experts=4, k=2):
        super().__init__()
        self.k = k
        self.inp = nn.Linear(10, dim)
        self.gate = nn.Linear(dim, experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(dim, 32), nn.GELU(), nn.Linear(32, dim)) for _ in range(experts)
        )
        self.head = nn.Linear(dim, 4)

    def forward(self, x):
        h = self.inp(x)
        probs = self.gate(h).softmax(-1)
        weight, chosen = probs.topk(self.k, dim=-1)
        weight = weight / weight.sum(-1, keepdim=True)
        out = torch.zeros_like(h)
        for e, expert in enumerate(self.experts):
            row, slot = torch.where(chosen == e)
            if len(row):
                out = out.index_add(0, row, weight[row, slot, None] * expert(h[row]))
        load = F.one_hot(chosen, len(self.experts)).float().mean((0, 1))
        self.aux_loss = len(self.experts) * (load * probs.mean(0)).sum()
        return self.head(h + out)


def mixture_of_experts(seed):
    model = MoE()

    def loss_fn(model, batch):
        x, y = batch
        return F.cross_entropy(model(x), y) + 0.01 * model.aux_loss

    return model, loss_fn, torch.optim.AdamW(model.parameters(), lr=5e-3), labelled()


class GumbelSelector(nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = nn.Linear(10, 6)
        self.values = nn.Linear(6, 4, bias=False)

    def forward(self, x):
        logits = self.logits(x)
        if self.training:
            code = F.gumbel_softmax(logits, tau=0.5, hard=True)
        else:
            code = F.one_hot(logits.argmax(-1), 6).float()
        return self.values(code)


def gumbel_softmax(seed):
    """Its choices are drawn, so what it learns stays blurred."""
    model = GumbelSelector()
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": torch.optim.Adam(model.parameters(), 5e-2),
        "data": labelled(8),
        "hints": {"memorizable": "partial", "stochastic_forward": True},
    }


def weight_norm_and_spectral_norm(seed):
    """The power iteration changes buffers in every forward pass in training mode."""
    model = nn.Sequential(
        parametrizations.weight_norm(nn.Linear(10, 32)),
        nn.LeakyReLU(0.1),
        parametrizations.spectral_norm(nn.Linear(32, 32)),
        nn.LeakyReLU(0.1),
        nn.Linear(32, 4),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()


class ComplexNet(nn.Module):
    """Complex weights over the spectrum of a signal."""

    def __init__(self, n=16):
        super().__init__()
        k = n // 2 + 1
        self.weight = nn.Parameter(torch.randn(k, k, dtype=torch.cfloat) * 0.2)
        self.out = nn.Linear(n, 3)

    def forward(self, signal):
        spectrum = torch.fft.rfft(signal, norm="ortho") @ self.weight
        return self.out(torch.fft.irfft(spectrum, n=signal.shape[-1], norm="ortho").tanh())


def complex_weights(seed):
    model = ComplexNet()
    data = torch.randn(8, 16), torch.randint(3, (8,))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-2), data


class PINN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, t):
        return self.net(t)


def physics_informed(seed):
    """The loss holds the derivative of the output by the input: u' = -u, u(0) = 1."""
    model = PINN()

    def residual(model, t):
        t = t.detach().requires_grad_()
        u = model(t)
        (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
        return ((du + u) ** 2).mean() + (model(torch.zeros(1, 1)) - 1).pow(2).mean()

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return model, residual, optimizer, torch.linspace(0, 2, 16)[:, None]


PROGRAMS = [
    custom_autograd_function,
    quantization_aware_training,
    straight_through_signs,
    mixture_of_experts,
    gumbel_softmax,
    weight_norm_and_spectral_norm,
    complex_weights,
    physics_informed,
]
