"""What makes new samples: with noise, with an adversary, with invertible layers."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def perceptron(width, out):
    return nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, out))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(16, 8)
        self.decoder = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 16))

    def forward(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        latent = mean + torch.randn_like(mean) * (log_var / 2).exp()
        return self.decoder(latent), mean, log_var


def vae_with_noise(seed):
    """Its floor is not zero: the set-up says how far it can be learnt."""

    def elbo(outputs, x):
        rebuilt, mean, log_var = outputs
        divergence = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(1).mean()
        return F.mse_loss(rebuilt, x) * 16 + 0.01 * divergence

    model, x = VAE(), torch.randn(8, 16)
    return {
        "model": model,
        "loss_fn": elbo,
        "optimizer": torch.optim.Adam(model.parameters(), 1e-2),
        "data": (x, x),
        "hints": {"memorizable": "partial", "stochastic_forward": True},
    }


def critic_whose_last_bias_cancels_out(seed):
    """Only the generator's loss sends it a gradient, which the critic's step clears."""
    critic, generator = perceptron(2, 1), perceptron(4, 2)
    judging = torch.optim.Adam(critic.parameters(), 1e-3)
    making = torch.optim.Adam(generator.parameters(), 1e-3)

    def train_step(real):
        noise = torch.randn(len(real), 4)
        judging.zero_grad()
        loss = critic(generator(noise).detach()).mean() - critic(real).mean()
        loss.backward()
        judging.step()
        making.zero_grad()
        (-critic(generator(noise)).mean()).backward()
        making.step()
        return loss

    return {
        "model": {"critic": critic, "generator": generator},
        "optimizer": [judging, making],
        "train_step": train_step,
        "data": [torch.randn(16, 2) + 3],
        "hints": {"memorizable": "off"},
    }


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


def dcgan(seed):
    """The generator's step leaves gradients in the discriminator, which its own zero_grad clears."""
    netG = nn.Sequential(
        nn.ConvTranspose2d(8, 16, 4, 1, 0, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(True),
        nn.ConvTranspose2d(16, 1, 4, 2, 1, bias=False),
        nn.Tanh(),
    )
    netD = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1, bias=False),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(16, 1, 4, 1, 0, bias=False),
        nn.Sigmoid(),
        nn.Flatten(0),
    )
    netG.apply(weights_init)
    netD.apply(weights_init)
    criterion = nn.BCELoss()
    optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))

    def train_step(batch):
        real, _ = batch
        b = real.size(0)
        netD.zero_grad()
        errD_real = criterion(netD(real), torch.full((b,), 1.0))
        errD_real.backward()
        fake = netG(torch.randn(b, 8, 1, 1))
        errD_fake = criterion(netD(fake.detach()), torch.full((b,), 0.0))
        errD_fake.backward()
        optimizerD.step()
        netG.zero_grad()
        errG = criterion(netD(fake), torch.full((b,), 1.0))
        errG.backward()
        optimizerG.step()
        return errD_real + errD_fake

    return {
        "model": {"netG": netG, "netD": netD},
        "optimizer": [optimizerD, optimizerG],
        "train_step": train_step,
        "data": (torch.rand(8, 1, 8, 8) * 2 - 1, torch.zeros(8)),
        "hints": {"memorizable": "off"},
    }


class Denoiser(nn.Module):
    def __init__(self, dim=8, hidden=64):
        super().__init__()
        self.time = nn.Embedding(20, hidden)
        self.inp = nn.Linear(dim, hidden)
        self.mid = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, dim)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, t):
        h = F.silu(self.inp(x) + self.time(t))
        return self.out(F.silu(self.mid(h)) + h)


class DDPM:
    """The schedule and the loss; the network is trained, this is not a module."""

    def __init__(self, model, T=20):
        self.model, self.T = model, T
        betas = torch.linspace(1e-4, 0.2, T)
        self.alpha_bar = torch.cumprod(1 - betas, 0)

    def loss(self, x0):
        t = torch.randint(self.T, (len(x0),))
        noise = torch.randn_like(x0)
        a = self.alpha_bar[t, None]
        return F.mse_loss(self.model(a.sqrt() * x0 + (1 - a).sqrt() * noise, t), noise)


def ddpm_with_ema(seed):
    net = Denoiser()
    diffusion = DDPM(net)
    ema = {k: v.clone() for k, v in net.state_dict().items()}
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3)

    def train_step(batch):
        opt.zero_grad(set_to_none=True)
        loss = diffusion.loss(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        with torch.no_grad():
            for k, v in net.state_dict().items():
                ema[k].lerp_(v, 0.01)
        return loss

    return {
        "model": net,
        "optimizer": opt,
        "train_step": train_step,
        "data": [torch.randn(16, 8)],
        "hints": {"memorizable": "off", "stochastic_forward": True},
    }


class Coupling(nn.Module):
    def __init__(self, dim, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(dim // 2, 32), nn.Tanh(), nn.Linear(32, dim))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = x.chunk(2, dim=1)
        if self.flip:
            a, b = b, a
        log_s, t = self.net(a).chunk(2, dim=1)
        log_s = torch.tanh(log_s)
        b = b * log_s.exp() + t
        return torch.cat((b, a) if self.flip else (a, b), 1), log_s.sum(1)


class RealNVP(nn.Module):
    def __init__(self, dim=4, layers=4):
        super().__init__()
        self.layers = nn.ModuleList([Coupling(dim, bool(i % 2)) for i in range(layers)])

    def forward(self, x):
        log_det = x.new_zeros(len(x))
        for layer in self.layers:
            x, ld = layer(x)
            log_det = log_det + ld
        return x, log_det

    def log_prob(self, x):
        z, log_det = self(x)
        return -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi) + log_det


def normalizing_flow(seed):
    """A likelihood of few points has no bound: it falls below zero, and goes on falling."""
    flow = RealNVP()
    x = torch.randn(12, 4) * torch.tensor([0.1, 0.5, 0.02, 0.3])
    optimizer = torch.optim.Adam(flow.parameters(), lr=1e-2)
    return {
        "model": flow,
        "loss_fn": lambda model, batch: -model.log_prob(batch).mean(),
        "optimizer": optimizer,
        "data": x,
    }


class PixelCNN(nn.Module):
    """Masked convolutions: the mask is multiplied in at every call."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 24, 5, padding=2)
        self.second = nn.Conv2d(24, 24, 3, padding=1)
        self.out = nn.Conv2d(24, 1, 1)
        self.register_buffer("mask_a", self.causal(5, here=False))
        self.register_buffer("mask_b", self.causal(3, here=True))

    @staticmethod
    def causal(size, here):
        mask = torch.ones(size * size)
        mask[size * size // 2 + int(here) :] = 0
        return mask.view(1, 1, size, size)

    def forward(self, x):
        x = F.conv2d(x, self.first.weight * self.mask_a, self.first.bias, padding=2).relu()
        x = F.conv2d(x, self.second.weight * self.mask_b, self.second.bias, padding=1).relu()
        return self.out(x)


def pixel_cnn(seed):
    """The first pixel hangs on nothing: some of it can never be known."""
    model = PixelCNN()
    x = (torch.rand(4, 1, 6, 6) > 0.5).float()
    return {
        "model": model,
        "loss_fn": nn.BCEWithLogitsLoss(),
        "optimizer": torch.optim.Adam(model.parameters(), 1e-2),
        "data": (x, x),
        "hints": {"memorizable": "partial"},
    }


PROGRAMS = [
    vae_with_noise,
    critic_whose_last_bias_cancels_out,
    dcgan,
    ddpm_with_ema,
    normalizing_flow,
    pixel_cnn,
]
