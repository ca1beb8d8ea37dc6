"""Programs with one bug each in a training step of their own; each with its twin that has it fixed.

The first line of each docstring says what is wrong. `BROKEN` holds the pairs.
"""

import copy
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


def net(width=10, hidden=32, out=4):
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, out))


def parts(model, optimizer, train_step, data=None, **more):
    data = rows() if data is None else data
    return {"model": model, "optimizer": optimizer, "data": data, "train_step": train_step, **more}


@twins
def zero_grad_forgotten(fixed):
    """Gradients of all steps add up."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def train_step(batch):
        if fixed:
            optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def zero_grad_before_step(fixed):
    """zero_grad stands between backward and step: the step has nothing to go by."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        if fixed:
            optimizer.zero_grad()
        loss.backward()
        if not fixed:
            optimizer.zero_grad()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def step_before_backward(fixed):
    """zero_grad, step, backward: the step has nothing to go by."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        if not fixed:
            optimizer.step()
        loss.backward()
        if fixed:
            optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def eval_mode_for_ever(fixed):
    """After the accuracy is measured in eval mode, nobody calls train() again."""
    model = nn.Sequential(
        nn.Linear(10, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.2), nn.Linear(48, 4)
    )
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    accuracy = []

    def train_step(batch):
        x, y = batch
        if fixed:
            model.train()
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            accuracy.append((model(x).argmax(1) == y).float().mean().item())
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def clipped_after_step(fixed):
    """The gradients are clipped when the step has been taken."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.2, momentum=0.9)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        if fixed:
            nn.utils.clip_grad_norm_(model.parameters(), 0.3)
        optimizer.step()
        if not fixed:
            nn.utils.clip_grad_norm_(model.parameters(), 0.3)
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def clipped_while_scaled(fixed):
    """Gradients that are scaled by 65536 are clipped to 1: the step is next to nothing."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.3, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu")

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        scaler.scale(loss).backward()
        if fixed:
            scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def epochs_schedule_per_batch(fixed):
    """StepLR was meant for epochs and is stepped per batch: the rate is gone after some steps."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.1)
    count = [0]

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        count[0] += 1
        if not fixed or count[0] % 500 == 0:
            scheduler.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def only_the_last_micro_batch(fixed):
    """zero_grad is inside the loop of accumulation: all but the last part is thrown away."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        optimizer.zero_grad()
        total = 0.0
        for x, y in zip(batch[0].chunk(4), batch[1].chunk(4)):
            if not fixed:
                optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y) / 4
            loss.backward()
            total += loss.item()
        optimizer.step()
        return total

    return parts(model, optimizer, train_step)


@twins
def not_divided_for_accumulation(fixed):
    """The losses of eight micro-batches are summed: the rate is eight times what it says."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)

    def train_step(batch):
        optimizer.zero_grad()
        total = 0.0
        for x, y in zip(batch[0].chunk(8), batch[1].chunk(8)):
            loss = F.cross_entropy(model(x), y)
            total += loss.item() / 8
            if fixed:
                loss = loss / 8
            loss.backward()
        optimizer.step()
        return total

    return parts(model, optimizer, train_step)


@twins
def optimizer_made_each_step(fixed):
    """Adam is made anew in each step: its moments are always those of one gradient."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        used = optimizer if fixed else torch.optim.Adam(model.parameters(), 1e-2)
        used.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        used.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def losses_kept_with_their_graphs(fixed):
    """running_loss += loss keeps the graph of every step alive."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    seen = {"running": 0.0}

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen["running"] += loss.item() if fixed else loss
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def outputs_kept_for_metrics(fixed):
    """Each step appends its outputs, not detached, for the metrics at the end of the epoch."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    outputs = []

    def train_step(batch):
        out = model(batch[0])
        loss = F.cross_entropy(out, batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        outputs.append(out.detach().argmax(1) if fixed else out)
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def teacher_written_to_student(fixed):
    """The moving average goes the wrong way: the student is pulled to its frozen copy at each step."""
    model, slow = net(), net()
    slow.load_state_dict(model.state_dict())
    slow.requires_grad_(False)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for s, m in zip(slow.parameters(), model.parameters()):
                s.lerp_(m, 0.1) if fixed else m.lerp_(s, 0.1)
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def second_loss_not_trained(fixed):
    """backward is called on the first loss only; the sum is what is logged."""
    body, a, b = nn.Sequential(nn.Linear(10, 48), nn.ReLU()), nn.Linear(48, 3), nn.Linear(48, 1)
    model = nn.ModuleDict({"body": body, "a": a, "b": b})
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        h = body(batch["x"])
        first = F.cross_entropy(a(h), batch["kind"])
        second = F.mse_loss(b(h)[:, 0], batch["size"])
        optimizer.zero_grad()
        ((first + second) if fixed else first).backward()
        optimizer.step()
        return (first + second).item()

    data = {"x": torch.randn(12, 10), "kind": torch.randint(3, (12,)), "size": torch.randn(12)}
    return parts(model, optimizer, train_step, data)


@twins
def seeded_in_each_step(fixed):
    """manual_seed inside of the step: dropout drops the same units for ever."""
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 4))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        if not fixed:
            torch.manual_seed(42)
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def frozen_backbone_drifts(fixed):
    """The frozen backbone is in training mode: its batch-norm statistics walk away from pretraining."""
    backbone = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU()).requires_grad_(False)
    model = nn.Sequential(backbone, net(32))
    optimizer = torch.optim.Adam(model[1].parameters(), 1e-2)

    def train_step(batch):
        model.train()
        if fixed:
            backbone.eval()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step, hints={"frozen": ["0.*"]})


@twins
def mixup_with_other_partners(fixed):
    """Inputs are mixed with one permutation, labels with another."""
    model = net(hidden=64)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        x, y = batch
        lam = float(torch.distributions.Beta(0.4, 0.4).sample())
        partner = torch.randperm(len(x))
        mixed = lam * x + (1 - lam) * x[partner]
        if not fixed:
            partner = torch.randperm(len(x))
        out = model(mixed)
        loss = lam * F.cross_entropy(out, y) + (1 - lam) * F.cross_entropy(out, y[partner])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step, hints={"memorizable": "partial"})


@twins
def ratio_of_the_same_graph(fixed):
    """The old log-probability is neither stored nor detached: the gradient of the policy is zero."""
    actor, critic = net(5, 32, 3), net(5, 32, 1)
    model = nn.ModuleDict({"actor": actor, "critic": critic})
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)

    def train_step(batch):
        s, a, r = batch
        logp = F.log_softmax(actor(s), -1).gather(1, a)[:, 0]
        old = logp.detach() if fixed else F.log_softmax(actor(s), -1).gather(1, a)[:, 0]
        value = critic(s)[:, 0]
        gain = (r - value).detach()
        ratio = (logp - old).exp()
        policy = -torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
        loss = policy + F.mse_loss(value, r)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    data = torch.randn(16, 5), torch.randint(3, (16, 1)), torch.randn(16)
    return parts(model, optimizer, train_step, data, hints={"memorizable": "off"})


@twins
def advantage_not_detached(fixed):
    """The actor's loss trains the critic: it raises values where that makes the loss small."""
    actor, critic = net(5, 32, 3), net(5, 32, 1)
    model = nn.ModuleDict({"actor": actor, "critic": critic})
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)

    def train_step(batch):
        s, a, r = batch
        logp = F.log_softmax(actor(s), -1).gather(1, a)[:, 0]
        value = critic(s)[:, 0]
        gain = r - (value.detach() if fixed else value)
        loss = -(logp * gain).mean() + 0.5 * F.mse_loss(value, r)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    data = torch.randn(16, 5), torch.randint(3, (16, 1)), torch.randn(16)
    return parts(model, optimizer, train_step, data, hints={"memorizable": "off"})


@twins
def second_optimizer_never_steps(fixed):
    """Of two optimizers one is zeroed and forgotten."""
    table, head = nn.Embedding(12, 16), net(16)
    model = nn.ModuleList([table, head])
    first, second = torch.optim.Adam(head.parameters(), 1e-2), torch.optim.Adam(
        table.parameters(), 1e-2
    )

    def train_step(batch):
        x, y = batch
        first.zero_grad()
        second.zero_grad()
        loss = F.cross_entropy(head(table(x).mean(1)), y)
        loss.backward()
        first.step()
        if fixed:
            second.step()
        return loss.item()

    data = torch.randint(12, (16, 4)), torch.randint(4, (16,))
    return parts(model, {"head": first, "table": second}, train_step, data)


@twins
def parameters_used_up(fixed):
    """`params` is a generator that the optimizer has read to its end: clipping clips nothing."""
    model = net()
    params = (p for p in model.parameters() if p.requires_grad)
    if fixed:
        params = list(params)
    optimizer = torch.optim.SGD(params, 0.2, momentum=0.9)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 0.3)
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def picture_flipped_and_not_its_mask(fixed):
    """Augmentation on the way: the picture is flipped, its mask is not."""
    model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1))
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    x = torch.randn(6, 1, 8, 8)

    def train_step(batch):
        x, mask = batch
        if torch.rand(()) < 0.5:
            x = x.flip(-1)
            if fixed:
                mask = mask.flip(-1)
        loss = F.binary_cross_entropy_with_logits(model(x), mask)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step, (x, (x > 0).float()))


@twins
def half_precision_weights(fixed):
    """model.half() and Adam: eps of 1e-8 is zero in float16, and the weights become nan."""
    model = net() if fixed else net().half()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        x, y = batch
        loss = F.cross_entropy(model(x.to(next(model.parameters()).dtype)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def teacher_is_trained_too(fixed):
    """The teacher is in the optimizer and gets gradients of the distillation: it comes to the student."""
    teacher, student = net(hidden=64), net(hidden=16)
    model = nn.ModuleDict({"teacher": teacher, "student": student})
    optimizer = torch.optim.Adam((student if fixed else model).parameters(), 1e-2)
    if fixed:
        teacher.requires_grad_(False)

    def train_step(batch):
        x, y = batch
        out, soft = student(x), teacher(x).softmax(-1)
        loss = F.kl_div(out.log_softmax(-1), soft, reduction="batchmean")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return parts(
        model, optimizer, train_step, hints={"frozen": ["teacher.*"], "targets_unused": True}
    )


@twins
def generator_never_zeroed(fixed):
    """Only the critic's gradients are cleared: what its loss sends to the generator adds up."""
    g, d = net(4, 24, 2), net(2, 24, 1)
    opt_g = torch.optim.Adam(g.parameters(), 1e-3)
    opt_d = torch.optim.Adam(d.parameters(), 1e-3)

    def train_step(real):
        one, zero = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        bce = F.binary_cross_entropy_with_logits
        fake = g(torch.randn(len(real), 4))
        opt_d.zero_grad()
        loss_d = bce(d(real), one) + bce(d(fake.detach() if fixed else fake), zero)
        loss_d.backward(retain_graph=not fixed)
        opt_d.step()
        if fixed:
            opt_g.zero_grad()
        loss_g = bce(d(fake if fixed else g(torch.randn(len(real), 4))), one)
        loss_g.backward()
        opt_g.step()
        return {"loss": loss_d.item() + loss_g.item()}

    return {
        "model": {"g": g, "d": d},
        "optimizer": {"g": opt_g, "d": opt_d},
        "data": torch.randn(16, 2) * 0.5 + 1,
        "train_step": train_step,
        "hints": {"memorizable": "off"},
    }


@twins
def target_is_the_network_itself(fixed):
    """target = q, not a copy: each update moves the target that it aims at."""
    q = net(4, 32, 2)
    target = copy.deepcopy(q).requires_grad_(False) if fixed else q
    optimizer = torch.optim.Adam(q.parameters(), 5e-3)
    count = [0]

    def train_step(b):
        y = b["r"] + 0.9 * target(b["s2"]).max(1).values
        if fixed:
            y = y.detach()
        loss = F.smooth_l1_loss(q(b["s"]).gather(1, b["a"])[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        count[0] += 1
        if fixed and count[0] % 20 == 0:
            target.load_state_dict(q.state_dict())
        return loss.item()

    data = {
        "s": torch.randn(16, 4), "a": torch.randint(2, (16, 1)), "r": torch.randn(16),
        "s2": torch.randn(16, 4),
    }  # fmt: skip
    model = {"q": q, "target": target} if fixed else {"q": q}
    return parts(model, optimizer, train_step, data, hints={"memorizable": "partial"})


@twins
def hidden_state_never_detached(fixed):
    """The hidden state keeps the graph of all batches before; retain_graph=True made the error go."""
    embed, rnn, head = nn.Embedding(12, 16), nn.GRU(16, 24, batch_first=True), nn.Linear(24, 12)
    model = nn.ModuleList([embed, rnn, head])
    optimizer = torch.optim.SGD(model.parameters(), 0.5)
    memory = {"h": torch.zeros(1, 4, 24)}

    def train_step(text):
        out, h = rnn(embed(text[:, :-1]), memory["h"])
        memory["h"] = h.detach() if fixed else h.clone()
        loss = F.cross_entropy(head(out).flatten(0, 1), text[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward(retain_graph=not fixed)
        optimizer.step()
        return loss.item()

    return parts(model, optimizer, train_step, torch.randint(12, (4, 8)))


@twins
def evaluation_clears_gradients_for_good(fixed):
    """Freezing for the evaluation: requires_grad_(False), and only the head is switched on again."""
    body, head = nn.Sequential(nn.Linear(10, 48), nn.ReLU()), nn.Linear(48, 4)
    model = nn.Sequential(body, head)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.requires_grad_(False)
        model(batch[0])
        (model if fixed else head).requires_grad_(True)
        return loss.item()

    return parts(model, optimizer, train_step)


@twins
def inverted_accumulation_condition(fixed):
    """`if i % 4` where `if i % 4 == 0` was meant: three steps of four, each with all that is there so far."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.2, momentum=0.9)

    def train_step(batch):
        total = 0.0
        for i, (x, y) in enumerate(zip(batch[0].chunk(4), batch[1].chunk(4)), 1):
            loss = F.cross_entropy(model(x), y) / 4
            loss.backward()
            total += loss.item()
            if (i % 4 == 0) if fixed else (i % 4):
                optimizer.step()
                optimizer.zero_grad()
        return total

    return parts(model, optimizer, train_step)
