"""Two that play against each other, or one that is made to fail: GANs, domains, attacks."""

import itertools

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Function


def mlp(i, o, h=32):
    return nn.Sequential(nn.Linear(i, h), nn.LeakyReLU(0.2), nn.Linear(h, o))


def least_squares_gan(seed):
    generator, discriminator = mlp(4, 6), mlp(6, 1)
    adversarial_loss = torch.nn.MSELoss()
    optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))

    def train_step(real_imgs):
        valid = torch.ones(real_imgs.shape[0], 1)
        fake = torch.zeros(real_imgs.shape[0], 1)
        optimizer_G.zero_grad()
        gen_imgs = generator(torch.randn(real_imgs.shape[0], 4))
        g_loss = adversarial_loss(discriminator(gen_imgs), valid)
        g_loss.backward()
        optimizer_G.step()
        optimizer_D.zero_grad()
        real_loss = adversarial_loss(discriminator(real_imgs), valid)
        fake_loss = adversarial_loss(discriminator(gen_imgs.detach()), fake)
        d_loss = 0.5 * (real_loss + fake_loss)
        d_loss.backward()
        optimizer_D.step()
        return {"loss": d_loss, "g_loss": g_loss.item()}

    return {
        "model": {"generator": generator, "discriminator": discriminator},
        "optimizer": optimizer_G,
        "extra_optimizers": [optimizer_D],
        "train_step": train_step,
        "data": [torch.randn(16, 6) * 0.5 + 1],
        "hints": {"memorizable": "off"},
    }


def wasserstein_gan_with_gradient_penalty(seed):
    """Five steps of the critic to one of the generator."""
    netG, netD = mlp(4, 6), mlp(6, 1)
    optG = torch.optim.Adam(netG.parameters(), lr=1e-3, betas=(0.0, 0.9))
    optD = torch.optim.Adam(netD.parameters(), lr=1e-3, betas=(0.0, 0.9))

    def gradient_penalty(real, fake):
        alpha = torch.rand(len(real), 1)
        mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
        out = netD(mixed)
        grad = torch.autograd.grad(out, mixed, torch.ones_like(out), create_graph=True)[0]
        return ((grad.norm(2, dim=1) - 1) ** 2).mean()

    counter = itertools.count()

    def train_step(real):
        fake = netG(torch.randn(len(real), 4)).detach()
        d_loss = netD(fake).mean() - netD(real).mean() + 10 * gradient_penalty(real, fake)
        optD.zero_grad()
        d_loss.backward()
        optD.step()
        if next(counter) % 5 == 4:
            for p in netD.parameters():
                p.requires_grad_(False)
            g_loss = -netD(netG(torch.randn(len(real), 4))).mean()
            optG.zero_grad()
            g_loss.backward()
            optG.step()
            for p in netD.parameters():
                p.requires_grad_(True)
        return d_loss.item()

    return {
        "model": [netG, netD],
        "optimizer": [optG, optD],
        "train_step": train_step,
        "data": [torch.randn(16, 6)],
        "hints": {"memorizable": "off"},
    }


class MinibatchStd(nn.Module):
    """How much a feature varies over the batch, as one more feature: so a critic sees collapse."""

    def forward(self, x):
        std = torch.sqrt(x.var(0, unbiased=False) + 1e-8).mean()
        return torch.cat([x, std.expand(x.shape[0], 1)], 1)


def hinge_gan_with_spread_over_the_batch(seed):
    G = mlp(4, 6)
    D = nn.Sequential(
        nn.utils.parametrizations.spectral_norm(nn.Linear(6, 32)),
        nn.LeakyReLU(0.2),
        MinibatchStd(),
        nn.utils.parametrizations.spectral_norm(nn.Linear(33, 1)),
    )
    g_opt = torch.optim.Adam(G.parameters(), 1e-3)
    d_opt = torch.optim.Adam(D.parameters(), 4e-3)

    def train_step(real):
        z = torch.randn(real.size(0), 4)
        d_loss = F.relu(1 - D(real)).mean() + F.relu(1 + D(G(z).detach())).mean()
        d_opt.zero_grad()
        d_loss.backward()
        d_opt.step()
        g_loss = -D(G(z)).mean()
        g_opt.zero_grad()
        g_loss.backward()
        g_opt.step()
        return d_loss.detach()

    return {
        "model": {"G": G, "D": D},
        "optimizer": g_opt,
        "extra_optimizers": d_opt,
        "train_step": train_step,
        "data": [torch.rand(8, 6)],
        "hints": {"memorizable": "off", "outputs_mix_samples": True},
    }


def image_to_image_with_a_patch_critic(seed):
    """pix2pix: an adversarial term and a hundred times the distance to the truth."""
    net_G = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.InstanceNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 1, 3, padding=1),
    )
    net_D = nn.Sequential(
        nn.Conv2d(2, 16, 4, 2, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(16, 1, 4, 1, 1)
    )
    criterion = nn.BCEWithLogitsLoss()
    opt_G = torch.optim.Adam(net_G.parameters(), lr=5e-3, betas=(0.5, 0.999))
    opt_D = torch.optim.Adam(net_D.parameters(), lr=5e-4, betas=(0.5, 0.999))

    def against(prediction, is_real):
        target = torch.tensor(1.0 if is_real else 0.0).expand_as(prediction)
        return criterion(prediction, target)

    def train_step(batch):
        real_A, real_B = batch
        fake_B = net_G(real_A)
        net_D.requires_grad_(True)
        opt_D.zero_grad()
        pred_fake = net_D(torch.cat((real_A, fake_B.detach()), 1))
        pred_real = net_D(torch.cat((real_A, real_B), 1))
        loss_D = (against(pred_fake, False) + against(pred_real, True)) * 0.5
        loss_D.backward()
        opt_D.step()
        net_D.requires_grad_(False)
        opt_G.zero_grad()
        loss_GAN = against(net_D(torch.cat((real_A, fake_B), 1)), True)
        loss_L1 = F.l1_loss(fake_B, real_B) * 100.0
        loss_G = loss_GAN + loss_L1
        loss_G.backward()
        opt_G.step()
        return loss_G

    A = torch.randn(4, 1, 8, 8)
    return {
        "model": {"netG": net_G, "netD": net_D},
        "optimizer": [opt_G, opt_D],
        "train_step": train_step,
        "data": [(A, A * 0.5 + 0.2)],
    }


class RevGrad(Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return -ctx.alpha * grad_output, None


class DANN(nn.Module):
    """Features that name the class and hide the domain, by a gradient that is turned around."""

    def __init__(self):
        super().__init__()
        self.feature = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.class_classifier = nn.Linear(32, 3)
        self.domain_classifier = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x, alpha):
        feature = self.feature(x)
        return self.class_classifier(feature), self.domain_classifier(RevGrad.apply(feature, alpha))


def domain_adversarial_training(seed):
    model, step = DANN(), itertools.count()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

    def train_step(batch):
        s_img, s_label, t_img = batch
        alpha = 0.3 * min(1.0, next(step) / 200)
        class_output, domain_output = model(s_img, alpha)
        err_s_label = F.cross_entropy(class_output, s_label)
        err_s_domain = F.cross_entropy(domain_output, torch.zeros(len(s_img), dtype=torch.long))
        _, domain_output = model(t_img, alpha)
        err_t_domain = F.cross_entropy(domain_output, torch.ones(len(t_img), dtype=torch.long))
        err = err_s_label + err_s_domain + err_t_domain
        model.zero_grad()
        err.backward()
        optimizer.step()
        return err_s_label

    batch = (torch.randn(12, 10), torch.randint(3, (12,)), torch.randn(12, 10) + 0.3)
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [batch]}


def adversarial_training_by_projected_gradient(seed):
    model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def attack(x, y, eps=0.05, alpha=0.02, steps=3):
        model.eval()
        delta = torch.zeros_like(x).uniform_(-eps, eps).requires_grad_()
        for _ in range(steps):
            loss = F.cross_entropy(model(x + delta), y)
            loss.backward()
            delta.data = (delta + alpha * delta.grad.sign()).clamp(-eps, eps)
            delta.grad.zero_()
        model.train()
        return delta.detach()

    def train_step(batch):
        x, y = batch
        delta = attack(x, y)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x + delta), y)
        loss.backward()
        optimizer.step()
        return loss

    batch = torch.randn(16, 12), torch.randint(4, (16,))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": batch}


def virtual_adversarial_training(seed):
    """What has no label shall be called the same in its neighbourhood; the loss has two parts."""
    net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 3))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)

    def unit(d):
        return d / (d.flatten(1).norm(dim=1, keepdim=True) + 1e-8)

    def vat(x, xi=1e-2, eps=0.3):
        with torch.no_grad():
            pred = F.softmax(net(x), dim=1)
        d = unit(torch.rand(x.shape).sub(0.5)).requires_grad_()
        div = F.kl_div(F.log_softmax(net(x + xi * d), dim=1), pred, reduction="batchmean")
        (grad,) = torch.autograd.grad(div, d)
        r_adv = unit(grad) * eps
        log_p = F.log_softmax(net(x + r_adv), dim=1)
        return F.kl_div(log_p, pred, reduction="batchmean")

    def train_step(batch):
        x, y, unlabelled = batch
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y) + vat(unlabelled)
        loss.backward()
        opt.step()
        return loss

    batch = torch.randn(12, 8), torch.randint(3, (12,)), torch.randn(16, 8)
    return {"model": net, "optimizer": opt, "train_step": train_step, "data": [batch]}


PROGRAMS = [
    least_squares_gan,
    wasserstein_gan_with_gradient_penalty,
    hinge_gan_with_spread_over_the_batch,
    image_to_image_with_a_patch_critic,
    domain_adversarial_training,
    adversarial_training_by_projected_gradient,
    virtual_adversarial_training,
]
