"""Models with habits: queries of zeros, prefixes, prototypes, codebooks, counts, ranks and times."""

import copy
import itertools
import math
from collections import deque

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class DETR(nn.Module):
    """Queries begin as zeros: what the first norm of the decoder is given does not vary at first."""

    def __init__(self, classes=3, d=32, queries=5):
        super().__init__()
        self.backbone = nn.Conv2d(3, d, 4, 4)
        self.pos = nn.Parameter(torch.rand(16, d))
        self.transformer = nn.Transformer(d, 2, 1, 2, 64, dropout=0.0, batch_first=True)
        self.query_pos = nn.Embedding(queries, d)
        self.class_embed = nn.Linear(d, classes + 1)
        self.bbox_embed = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 4))

    def forward(self, images):
        h = self.backbone(images).flatten(2).transpose(1, 2) + self.pos
        query = self.query_pos.weight.unsqueeze(0).expand(len(images), -1, -1)
        memory = self.transformer.encoder(h)
        tgt = torch.zeros_like(query)
        for layer in self.transformer.decoder.layers:
            q = tgt + query
            tgt = layer.norm1(tgt + layer.self_attn(q, q, tgt)[0])
            tgt = layer.norm2(tgt + layer.multihead_attn(tgt + query, memory, memory)[0])
            tgt = layer.norm3(tgt + layer.linear2(F.relu(layer.linear1(tgt))))
        tgt = self.transformer.decoder.norm(tgt)
        return {"pred_logits": self.class_embed(tgt), "pred_boxes": self.bbox_embed(tgt).sigmoid()}


class SetCriterion(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        weight = torch.ones(classes + 1)
        weight[-1] = 0.1
        self.register_buffer("empty_weight", weight)

    @torch.no_grad()
    def match(self, outputs, boxes, labels):
        cost = torch.cdist(outputs["pred_boxes"], boxes, p=1)
        cost = cost - outputs["pred_logits"].softmax(-1)[..., labels[0]]
        taken = []
        for b in range(len(boxes)):
            free = list(range(cost.shape[1]))
            own = []
            for t in range(boxes.shape[1]):
                best = min(free, key=lambda q: cost[b, q, t].item())
                free.remove(best)
                own.append(best)
            taken.append(own)
        return torch.tensor(taken)

    def forward(self, model, batch):
        images, boxes, labels = batch
        outputs = model(images)
        index = self.match(outputs, boxes, labels)
        rows = torch.arange(len(boxes)).unsqueeze(1)
        target = torch.full(outputs["pred_logits"].shape[:2], 3)
        target[rows, index] = labels
        loss_ce = F.cross_entropy(outputs["pred_logits"].transpose(1, 2), target, self.empty_weight)
        loss_bbox = F.l1_loss(outputs["pred_boxes"][rows, index], boxes)
        return loss_ce + 5 * loss_bbox


def detection_transformer(seed):
    model = DETR()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4)
    labels = torch.tensor([[0, 1]]).expand(4, 2).clone()
    batch = (torch.randn(4, 3, 16, 16), torch.rand(4, 2, 4), labels)
    return model, SetCriterion(), optimizer, [batch]


class PrefixLM(nn.Module):
    """A prefix is read both ways, and what follows it from left to right."""

    def __init__(self, vocab=20, width=32, prefix=4):
        super().__init__()
        self.prefix = prefix
        self.embed = nn.Embedding(vocab, width)
        self.pos = nn.Embedding(32, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, 4, 64, 0.0, batch_first=True) for _ in range(2)
        )
        self.lm_head = nn.Linear(width, vocab, bias=False)
        self.lm_head.weight = self.embed.weight

    def forward(self, idx):
        T = idx.size(1)
        mask = torch.ones(T, T, dtype=torch.bool).triu(1)
        mask[:, : self.prefix] = False
        x = self.embed(idx) * 0.2 + self.pos(torch.arange(T))
        for layer in self.layers:
            x = layer(x, src_mask=mask)
        return self.lm_head(x)


def prefix_language_model(seed):
    model = PrefixLM()
    tokens = torch.randint(20, (4, 13))
    x, y = tokens[:, :-1].contiguous(), tokens[:, 1:].clone()
    y[:, :3] = -100

    def loss_fn(logits, target):
        return F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100)

    return model, loss_fn, torch.optim.Adam(model.parameters(), lr=5e-3), (x, y)


class MAE(nn.Module):
    """Three of four patches are hidden, others each time; the loss is of the hidden ones."""

    def __init__(self, patch=4, dim=32):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch * patch, dim)
        self.pos = nn.Parameter(torch.randn(1, 16, dim) * 0.02)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, dim))
        layer = nn.TransformerEncoderLayer(dim, 4, 64, 0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.decoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(dim, patch * patch)

    def patchify(self, x):
        x = x.unfold(2, self.patch, self.patch).unfold(3, self.patch, self.patch)
        return x.flatten(1, 3).flatten(2)

    def forward(self, imgs, mask_ratio=0.5):
        target = self.patchify(imgs)
        x = self.embed(target) + self.pos
        N, L, D = x.shape
        keep = int(L * (1 - mask_ratio))
        ids_shuffle = torch.rand(N, L).argsort(dim=1)
        ids_restore = ids_shuffle.argsort(dim=1)
        x = torch.gather(x, 1, ids_shuffle[:, :keep].unsqueeze(-1).expand(-1, -1, D))
        x = self.encoder(x)
        x = torch.cat([x, self.mask_token.expand(N, L - keep, -1)], 1)
        x = torch.gather(x, 1, ids_restore.unsqueeze(-1).expand(-1, -1, D)) + self.pos
        pred = self.head(self.decoder(x))
        mask = torch.ones(N, L)
        mask[:, :keep] = 0
        mask = mask.gather(1, ids_restore)
        loss = ((pred - target) ** 2).mean(-1)
        return (loss * mask).sum() / mask.sum(), pred, mask


def masked_autoencoder(seed):
    model = MAE()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, betas=(0.9, 0.95))
    ramp = torch.linspace(-1, 1, 16)
    images = torch.stack([ramp.outer(ramp), ramp.expand(16, 16), ramp.expand(16, 16).T])

    def train_step(samples):
        loss, _, _ = model(samples)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [images.unsqueeze(1)],
    }


class VectorQuantizer(nn.Module):
    def __init__(self, n_e=16, e_dim=8, beta=0.25):
        super().__init__()
        self.n_e, self.e_dim, self.beta = n_e, e_dim, beta
        self.embedding = nn.Embedding(n_e, e_dim)
        self.embedding.weight.data.uniform_(-1.0 / n_e, 1.0 / n_e)

    def forward(self, z):
        w = self.embedding.weight
        d = (z**2).sum(1, keepdim=True) + (w**2).sum(1) - 2 * z @ w.t()
        z_q = self.embedding(d.argmin(1))
        loss = torch.mean((z_q.detach() - z) ** 2) + self.beta * torch.mean((z_q - z.detach()) ** 2)
        return z + (z_q - z).detach(), loss


class VQVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
        self.quantizer = VectorQuantizer()
        self.decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 12))

    def forward(self, x):
        z_q, embedding_loss = self.quantizer(self.encoder(x))
        return embedding_loss, self.decoder(z_q)


def vector_quantised_autoencoder(seed):
    model = VQVAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, amsgrad=True)
    x = torch.randn(4, 12)

    def train_step(x):
        optimizer.zero_grad()
        embedding_loss, x_hat = model(x)
        loss = torch.mean((x_hat - x) ** 2) / x.var() + embedding_loss
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [x]}


class ActNorm(nn.Module):
    """Scale and shift are taken from the first batch, and learnt from there."""

    def __init__(self, dim):
        super().__init__()
        self.loc = nn.Parameter(torch.zeros(dim))
        self.log_scale = nn.Parameter(torch.zeros(dim))
        self.register_buffer("initialized", torch.tensor(0))

    def forward(self, x):
        if self.training and self.initialized.item() == 0:
            with torch.no_grad():
                self.loc.data.copy_(-x.mean(0))
                self.log_scale.data.copy_(-(x.std(0) + 1e-6).log())
                self.initialized.fill_(1)
        return (x + self.loc) * self.log_scale.exp(), self.log_scale.sum()


class Glow(nn.Module):
    def __init__(self, dim=4, depth=3):
        super().__init__()
        self.norms = nn.ModuleList(ActNorm(dim) for _ in range(depth))
        self.nets = nn.ModuleList(
            nn.Sequential(nn.Linear(dim // 2, 24), nn.ReLU(), nn.Linear(24, dim))
            for _ in range(depth)
        )
        for net in self.nets:
            nn.init.zeros_(net[-1].weight)
            nn.init.zeros_(net[-1].bias)

    def log_prob(self, x):
        total = 0.0
        for norm, net in zip(self.norms, self.nets):
            x, log_det = norm(x)
            a, b = x.chunk(2, 1)
            shift, log_scale = net(a).chunk(2, 1)
            log_scale = torch.tanh(log_scale)
            x = torch.cat([b * log_scale.exp() + shift, a], 1)
            total = total + log_det + log_scale.sum(1)
        return -0.5 * (x**2 + math.log(2 * math.pi)).sum(1) + total

    forward = log_prob


def glow_with_actnorm(seed):
    flow = Glow()
    data = torch.randn(16, 4) * 3 + 5
    optimizer = torch.optim.Adam(flow.parameters(), lr=1e-2)

    def loss_fn(model, x):
        return -model.log_prob(x).mean() / 4

    return {
        "model": flow,
        "loss_fn": loss_fn,
        "optimizer": optimizer,
        "data": [data],
        "hints": {"memorizable": "off"},
    }


def poisson_regression_of_counts(seed):
    """Its likelihood is far from zero at best: what is left is the noise of the counts."""
    counts = torch.tensor([0.0, 1, 1, 2, 0, 3, 1, 0, 2, 5, 1, 0, 4, 2, 1, 0])
    model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1), nn.Flatten(0))
    return (
        model,
        nn.PoissonNLLLoss(),
        torch.optim.Adam(model.parameters(), lr=1e-2),
        (torch.randn(16, 6), counts),
    )


def gaussian_likelihood(seed):
    class Probabilistic(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(5, 32), nn.ELU(), nn.Linear(32, 2))

        def forward(self, x):
            mean, raw = self.net(x).chunk(2, dim=-1)
            return mean, F.softplus(raw) + 1e-3

    model = Probabilistic()

    def loss_fn(output, y):
        return F.gaussian_nll_loss(output[0], y, output[1])

    data = torch.randn(16, 5), torch.randn(16, 1)
    return model, loss_fn, torch.optim.Adam(model.parameters(), lr=1e-2), data


def cox_survival(seed):
    """The partial likelihood compares everybody with those who are still at risk."""
    model = nn.Sequential(
        nn.Linear(8, 32), nn.SELU(), nn.AlphaDropout(0.1), nn.Linear(32, 1, bias=False)
    )

    def loss_fn(risk, target):
        time, event = target[:, 0], target[:, 1]
        order = time.argsort(descending=True)
        risk, event = risk.flatten()[order], event[order]
        return -((risk - risk.logcumsumexp(0)) * event).sum() / event.sum()

    event = torch.tensor([1.0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1])
    target = torch.stack([torch.rand(12).exp(), event], 1)
    return (
        model,
        loss_fn,
        torch.optim.Adam(model.parameters(), lr=1e-2),
        (torch.randn(12, 8), target),
    )


def quantile_regression(seed):
    quantiles = torch.tensor([0.1, 0.5, 0.9])
    model = nn.Sequential(
        nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3)
    )

    def pinball(preds, target):
        errors = target.unsqueeze(1) - preds
        return torch.max((quantiles - 1) * errors, quantiles * errors).sum(1).mean()

    data = torch.randn(16, 3), torch.randn(16) * 2
    return model, pinball, torch.optim.Adam(model.parameters(), lr=5e-3), data


def ordinal_regression(seed):
    """Cumulative link: one score per sample, and ordered thresholds."""

    class Coral(nn.Module):
        def __init__(self, classes=5):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(7, 48), nn.ReLU(), nn.Linear(48, 1, bias=False))
            self.thresholds = nn.Parameter(torch.linspace(1, -1, classes - 1))

        def forward(self, x):
            return self.body(x) + self.thresholds

    def loss_fn(logits, y):
        levels = (y.unsqueeze(1) > torch.arange(4)).float()
        return F.binary_cross_entropy_with_logits(logits, levels)

    model = Coral()
    data = torch.randn(12, 7), torch.randint(5, (12,))
    return model, loss_fn, torch.optim.Adam(model.parameters(), lr=2e-2), data


class ProtoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, xs, xq):
        way, shot, query = xs.size(0), xs.size(1), xq.size(1)
        z = self.encoder(torch.cat([xs.flatten(0, 1), xq.flatten(0, 1)], 0))
        proto = z[: way * shot].view(way, shot, -1).mean(1)
        dists = torch.cdist(z[way * shot :], proto) ** 2
        return F.log_softmax(-dists, dim=1).view(way, query, -1)


def prototypical_network(seed):
    """An episode: three ways, five shots, four queries each; the classes are the first dimension."""
    model = ProtoNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(sample):
        log_p = model(sample["xs"], sample["xq"])
        way, query = log_p.shape[:2]
        target = torch.arange(way).view(way, 1, 1).expand(way, query, 1)
        loss = -log_p.gather(2, target).squeeze().view(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    sample = {"xs": torch.randn(3, 5, 10), "xq": torch.randn(3, 4, 10)}
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [sample]}


class GAT(nn.Module):
    """Edges as pairs of nodes; scattered sums; the nodes of one graph are its first dimension."""

    def __init__(self, i=8, h=16, c=3):
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(i, h, bias=False), nn.Linear(h, c, bias=False)
        self.att1, self.att2 = nn.Parameter(torch.randn(2, h) * 0.1), nn.Parameter(
            torch.randn(2, c)
        )

    def conv(self, x, edge_index, lin, att):
        h = lin(x)
        src, dst = edge_index
        score = F.leaky_relu((h[src] * att[0]).sum(-1) + (h[dst] * att[1]).sum(-1), 0.2)
        weight = (score - score.max()).exp()
        norm = torch.zeros(len(x)).index_add(0, dst, weight)
        alpha = weight / (norm[dst] + 1e-16)
        return torch.zeros_like(h).index_add(0, dst, h[src] * alpha.unsqueeze(-1))

    def forward(self, x, edge_index):
        x = F.elu(self.conv(x, edge_index, self.lin1, self.att1))
        return self.conv(x, edge_index, self.lin2, self.att2)


def graph_attention_over_edges(seed):
    n = 12
    ring = torch.arange(n)
    edges = torch.cat([torch.stack([ring, ring]), torch.stack([ring, (ring + 1) % n])], 1)
    model = GAT()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2, weight_decay=5e-4)
    train_mask = torch.rand(n) < 0.7
    train_mask[0] = True

    def train_step(data):
        model.train()
        optimizer.zero_grad()
        out = model(data["x"], data["edge_index"])
        loss = F.cross_entropy(out[data["train_mask"]], data["y"][data["train_mask"]])
        loss.backward()
        optimizer.step()
        return loss

    data = {"x": torch.randn(n, 8), "edge_index": edges, "y": torch.randint(3, (n,))}
    data["train_mask"] = train_mask
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [data]}


class Ranker(nn.Module):
    """The documents of one query attend to each other: each query is a batch of its own."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(10, 32)
        self.attention = nn.TransformerEncoderLayer(32, 2, 64, 0.0, batch_first=True)
        self.score = nn.Linear(32, 1)

    def forward(self, docs):
        return self.score(self.attention(torch.tanh(self.embed(docs)).unsqueeze(0))).view(-1)


def listwise_ranking(seed):
    model = Ranker()

    def listnet(scores, relevance):
        return -(F.softmax(relevance, 0) * F.log_softmax(scores, 0)).sum()

    relevance = torch.tensor([9.0, 0, 1, 0, 2, 0, 0, 1])
    return {
        "model": model,
        "loss_fn": listnet,
        "optimizer": torch.optim.Adam(model.parameters(), lr=1e-3),
        "data": (torch.randn(8, 10), relevance),
        "hints": {"outputs_mix_samples": True},
    }


class DQN:
    """The target is another copy, which is loaded anew every hundred steps."""

    def __init__(self):
        self.policy_net = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))
        self.target_net = copy.deepcopy(self.policy_net)
        self.model = {"policy_net": self.policy_net, "target_net": self.target_net}
        self.optimizer = torch.optim.AdamW(self.policy_net.parameters(), lr=3e-3, amsgrad=True)
        self.memory = deque(
            (torch.randn(4), i % 2, torch.randn(4), float(i % 3 == 0), float(i % 5 == 0))
            for i in range(32)
        )
        self.steps_done = 0
        self.data = [self.sample()]

    def sample(self):
        s, a, n, r, d = zip(*self.memory)
        states = torch.stack(s), torch.tensor(a), torch.stack(n)
        return *states, torch.tensor(r), torch.tensor(d)

    def train_step(self, batch):
        state, action, next_state, reward, done = batch
        q = self.policy_net(state).gather(1, action.unsqueeze(1))
        with torch.no_grad():
            next_q = self.target_net(next_state).max(1).values
        expected = reward + 0.9 * next_q * (1 - done)
        loss = nn.SmoothL1Loss()(q, expected.unsqueeze(1))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(self.policy_net.parameters(), 100)
        self.optimizer.step()
        self.steps_done += 1
        if self.steps_done % 100 == 0:
            self.target_net.load_state_dict(self.policy_net.state_dict())
        return loss


def deep_q_network_with_hard_updates():
    return DQN()


class Distiller(nn.Module):
    """Student and teacher in one module, all of it handed to the optimizer; the teacher is in eval mode."""

    def __init__(self):
        super().__init__()
        self.teacher = nn.Sequential(
            nn.Linear(12, 64), nn.Dropout(0.2), nn.ReLU(), nn.Linear(64, 4)
        )
        self.student = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 4))

    def train(self, mode=True):
        super().train(mode)
        self.teacher.eval()
        return self

    def forward(self, x, y):
        with torch.no_grad():
            soft = F.softmax(self.teacher(x) / 2, dim=1)
        logits = self.student(x)
        kd = F.kl_div(F.log_softmax(logits / 2, dim=1), soft, reduction="batchmean") * 4
        return 0.1 * kd + F.cross_entropy(logits, y)


def teacher_in_the_same_module(seed):
    model = Distiller()
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

    def train_step(batch):
        loss = model(*batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    batch = torch.randn(16, 12), torch.randint(4, (16,))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": batch}


class MCDropout(nn.Module):
    """Dropout stays on for good: the spread of its answers is how unsure it is."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(6, 48), nn.Linear(48, 48), nn.Linear(48, 1)

    def forward(self, x):
        x = F.dropout(F.relu(self.a(x)), p=0.05, training=True)
        x = F.dropout(F.relu(self.b(x)), p=0.05, training=True)
        return self.c(x)


def monte_carlo_dropout(seed):
    model = MCDropout()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    data = torch.randn(8, 6), torch.randn(8, 1)
    return {
        "model": model,
        "loss_fn": nn.MSELoss(),
        "optimizer": optimizer,
        "data": data,
        "hints": {"stochastic_forward": True},
    }


class ODEFunc(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 50), nn.Tanh(), nn.Linear(50, 2))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t, y):
        return self.net(y**3)


def neural_ordinary_differential_equation(seed):
    """Runge and Kutta by hand; the batch is one start and the whole of its way."""
    func = ODEFunc()
    optimizer = torch.optim.Adam(func.parameters(), lr=1e-2)
    t = torch.linspace(0, 1, 9)

    def odeint(y):
        path, h = [y], t[1] - t[0]
        for now in t[:-1]:
            k1 = func(now, y)
            k2 = func(now + h / 2, y + h / 2 * k1)
            k3 = func(now + h / 2, y + h / 2 * k2)
            k4 = func(now + h, y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            path.append(y)
        return torch.stack(path)

    def train_step(batch):
        y0, true_y = batch
        optimizer.zero_grad()
        loss = torch.mean(torch.abs(odeint(y0) - true_y))
        loss.backward()
        optimizer.step()
        return loss

    y0 = torch.tensor([[1.2, 0.0], [0.8, 0.4], [0.5, 1.0]])
    angle = t.view(-1, 1) * 1.5
    true_y = torch.stack(
        [
            y0[:, 0] * angle.cos() - y0[:, 1] * angle.sin(),
            y0[:, 0] * angle.sin() + y0[:, 1] * angle.cos(),
        ],
        -1,
    )
    return {
        "model": func,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [(y0, true_y)],
    }


class NeRF(nn.Module):
    def __init__(self, width=64, frequencies=4):
        super().__init__()
        self.frequencies = frequencies
        self.pts_linears = nn.ModuleList(
            [nn.Linear(3 + 6 * frequencies, width), nn.Linear(width, width)]
        )
        self.feature_linear = nn.Linear(width, width)
        self.alpha_linear = nn.Linear(width, 1)
        self.views_linear = nn.Linear(width + 3, width // 2)
        self.rgb_linear = nn.Linear(width // 2, 3)

    def encode(self, x):
        waves = [f(x * 2**k) for k in range(self.frequencies) for f in (torch.sin, torch.cos)]
        return torch.cat([x, *waves], -1)

    def forward(self, pts, dirs):
        h = self.encode(pts)
        for layer in self.pts_linears:
            h = F.relu(layer(h))
        sigma = F.relu(self.alpha_linear(h) + 0.5).squeeze(-1)
        h = torch.cat([self.feature_linear(h), dirs], -1)
        return torch.sigmoid(self.rgb_linear(F.relu(self.views_linear(h)))), sigma


def neural_radiance_field(seed):
    """A layer of features without an activation, as in the paper; points are drawn along each ray."""
    model = NeRF()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def render(rays_o, rays_d, n=12):
        z = torch.linspace(0.5, 2.0, n).expand(len(rays_o), n)
        z = z + torch.rand_like(z) * 1.5 / n
        pts = rays_o[:, None] + rays_d[:, None] * z[..., None]
        rgb, sigma = model(pts, rays_d[:, None].expand_as(pts))
        alpha = 1 - torch.exp(-sigma * (1.5 / n))
        through = torch.cumprod(torch.cat([torch.ones(len(z), 1), 1 - alpha + 1e-10], 1), 1)[:, :-1]
        weights = alpha * through
        return (weights[..., None] * rgb).sum(1)

    def train_step(batch):
        rays_o, rays_d, target = batch
        loss = torch.mean((render(rays_o, rays_d) - target) ** 2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    d = F.normalize(torch.randn(24, 3), dim=-1)
    batch = (torch.zeros(24, 3), d, torch.rand(24, 3) * 0.6)
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [batch]}


class StatefulLSTM(nn.Module):
    """The hidden state goes on from batch to batch, detached, in training and in evaluation."""

    def __init__(self, vocab=18, width=48):
        super().__init__()
        self.embed, self.out = nn.Embedding(vocab, 24), nn.Linear(width, vocab)
        self.lstm = nn.LSTM(24, width, batch_first=True)

    def forward(self, x, h, c):
        out, (h, c) = self.lstm(self.embed(x), (h, c))
        return self.out(out.reshape(-1, out.size(2))), (h, c)


def truncated_backpropagation_through_time(seed):
    model = StatefulLSTM()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    ids = torch.randint(18, (4, 31))

    def train_step(ids):
        states = (torch.zeros(1, 4, 48), torch.zeros(1, 4, 48))
        losses = []
        for i in range(0, 30, 10):
            inputs, targets = ids[:, i : i + 10], ids[:, i + 1 : i + 11]
            states = [state.detach() for state in states]
            outputs, states = model(inputs, *states)
            loss = criterion(outputs, targets.reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": [ids]}


class Simple(nn.Module):
    """SimSiam: one of the two branches gets no gradient, and that is the point of it."""

    def __init__(self, dim=16):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(8, 32, bias=False), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, dim, bias=False),
            nn.BatchNorm1d(dim, affine=False),
        )  # fmt: skip
        self.predictor = nn.Sequential(
            nn.Linear(dim, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, dim)
        )

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        return self.predictor(z1), self.predictor(z2), z1.detach(), z2.detach()


def simsiam(seed):
    model = Simple()
    criterion = nn.CosineSimilarity(dim=1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)

    def train_step(x):
        p1, p2, z1, z2 = model(x + torch.randn_like(x) * 0.1, x + torch.randn_like(x) * 0.1)
        loss = -(criterion(p1, z2).mean() + criterion(p2, z1).mean()) * 0.5
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": [torch.randn(16, 8)],
        "hints": {"memorizable": "off"},
    }


class BYOL:
    def __init__(self):
        self.online = nn.Sequential(
            nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16)
        )
        self.predictor = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
        self.target = copy.deepcopy(self.online)
        self.model = nn.ModuleList([self.online, self.predictor, self.target])
        own = itertools.chain(self.online.parameters(), self.predictor.parameters())
        self.optimizer = torch.optim.Adam(own, lr=5e-3)
        self.data = DataLoader(TensorDataset(torch.randn(32, 8)), batch_size=16, drop_last=True)

    def train_step(self, batch):
        (x,) = batch
        view1, view2 = x + 0.1 * torch.randn_like(x), x * (torch.rand_like(x) > 0.1)
        loss = 0.0
        for a, b in ((view1, view2), (view2, view1)):
            with torch.no_grad():
                z = F.normalize(self.target(b), dim=-1)
            loss = loss + (
                2 - 2 * (F.normalize(self.predictor(self.online(a)), dim=-1) * z).sum(-1)
            )
        loss = loss.mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for o, t in zip(self.online.parameters(), self.target.parameters()):
                t.data = 0.99 * t.data + 0.01 * o.data
        return loss


def bootstrap_your_own_latent():
    return BYOL()


class Tacotron(nn.Module):
    """Frames are predicted one after the other from those that are given; masks come as lengths."""

    def __init__(self, mels=6, hidden=32):
        super().__init__()
        self.mels = mels
        self.encoder = nn.GRU(8, hidden, batch_first=True, bidirectional=True)
        self.embed = nn.Embedding(20, 8)
        self.attention = nn.MultiheadAttention(hidden, 2, kdim=64, vdim=64, batch_first=True)
        self.prenet = nn.Sequential(nn.Linear(mels, hidden), nn.ReLU(), nn.Dropout(0.1))
        self.rnn = nn.GRU(hidden, hidden, batch_first=True)
        self.project, self.stop = nn.Linear(2 * hidden, mels), nn.Linear(2 * hidden, 1)

    def forward(self, text, text_lengths, mel):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(text), text_lengths, batch_first=True, enforce_sorted=False
        )
        memory, _ = nn.utils.rnn.pad_packed_sequence(
            self.encoder(packed)[0], batch_first=True, total_length=text.size(1)
        )
        mask = torch.arange(text.size(1)) >= text_lengths.unsqueeze(1)
        shifted = F.pad(mel[:, :-1], (0, 0, 1, 0))
        out, _ = self.rnn(self.prenet(shifted))
        context, _ = self.attention(out, memory, memory, key_padding_mask=mask)
        out = torch.cat([out, context], -1)
        return self.project(out), self.stop(out).squeeze(-1)


def text_to_speech(seed):
    model = Tacotron()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, eps=1e-6)
    lengths = torch.tensor([6, 4, 5])
    text = torch.randint(1, 20, (3, 6))
    text[1, 4:] = 0
    text[2, 5:] = 0
    mel = torch.randn(3, 9, 6)
    gate = torch.zeros(3, 9)
    gate[:, -1] = 1

    def train_step(batch):
        text, lengths, mel, gate = batch
        model.zero_grad()
        mel_out, gate_out = model(text, lengths, mel)
        loss = nn.MSELoss()(mel_out, mel) + nn.BCEWithLogitsLoss()(gate_out, gate)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    data = [(text, lengths, mel, gate)]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


def label_smoothing_of_ones_own(seed):
    class LabelSmoothing(nn.Module):
        def __init__(self, smoothing=0.1):
            super().__init__()
            self.confidence, self.smoothing = 1.0 - smoothing, smoothing

        def forward(self, x, target):
            logprobs = F.log_softmax(x, dim=-1)
            nll_loss = -logprobs.gather(dim=-1, index=target.unsqueeze(1)).squeeze(1)
            return (self.confidence * nll_loss - self.smoothing * logprobs.mean(dim=-1)).mean()

    model = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 10))
    data = torch.randn(16, 12), torch.randint(10, (16,))
    return {
        "model": model,
        "loss_fn": LabelSmoothing(),
        "optimizer": torch.optim.Adam(model.parameters(), lr=1e-2),
        "data": data,
        "hints": {"floor": 0.5},
    }


def focal_loss_with_imbalance(seed):
    model = nn.Sequential(nn.Conv1d(2, 16, 3, padding=1), nn.ReLU(), nn.Conv1d(16, 1, 3, padding=1))

    def sigmoid_focal_loss(inputs, targets, alpha=0.25, gamma=2.0):
        p = torch.sigmoid(inputs)
        ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
        p_t = p * targets + (1 - p) * (1 - targets)
        alpha_t = alpha * targets + (1 - alpha) * (1 - targets)
        return (alpha_t * ce * (1 - p_t) ** gamma).sum() / targets.sum().clamp(min=1)

    targets = (torch.rand(8, 1, 20) > 0.9).float()
    data = torch.randn(8, 2, 20), targets
    return model, sigmoid_focal_loss, torch.optim.Adam(model.parameters(), lr=1e-2), data


PROGRAMS = [
    detection_transformer,
    prefix_language_model,
    masked_autoencoder,
    vector_quantised_autoencoder,
    glow_with_actnorm,
    poisson_regression_of_counts,
    gaussian_likelihood,
    cox_survival,
    quantile_regression,
    ordinal_regression,
    prototypical_network,
    graph_attention_over_edges,
    listwise_ranking,
    deep_q_network_with_hard_updates,
    teacher_in_the_same_module,
    monte_carlo_dropout,
    neural_ordinary_differential_equation,
    neural_radiance_field,
    truncated_backpropagation_through_time,
    simsiam,
    bootstrap_your_own_latent,
    text_to_speech,
    label_smoothing_of_ones_own,
    focal_loss_with_imbalance,
]
