"""Sequences of numbers: audio, time series, packed sequences."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_sequence


class PackedLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 24, batch_first=True)
        self.head = nn.Linear(24, 3)

    def forward(self, sequences, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(sequences, lengths, True, False)
        _, (last, _) = self.lstm(packed)
        return self.head(last[-1])


def lstm_on_packed_sequences(seed):
    model = PackedLSTM()
    inputs = torch.randn(6, 9, 6), torch.randint(3, 9, (6,))
    optimizer = torch.optim.Adam(model.parameters(), 2e-2)
    return model, nn.CrossEntropyLoss(), optimizer, (inputs, torch.randint(3, (6,)))


def lstm_with_time_first(seed):
    lstm = nn.LSTM(6, 24)
    model = nn.ModuleDict({"lstm": lstm, "head": nn.Linear(24, 3)})
    model.forward = lambda inputs: model["head"](lstm(inputs)[0])
    batch = torch.randn(9, 6, 6), torch.randint(3, (9, 6))
    return (
        model,
        lambda out, target: F.cross_entropy(out.flatten(0, 1), target.flatten()),
        torch.optim.Adam(model.parameters(), 2e-2),
        batch,
    )


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm1 = nn.LSTMCell(1, 16)
        self.lstm2 = nn.LSTMCell(16, 16)
        self.linear = nn.Linear(16, 1)

    def forward(self, input, future=0):
        outputs = []
        h_t = torch.zeros(input.size(0), 16, dtype=torch.double)
        c_t = torch.zeros(input.size(0), 16, dtype=torch.double)
        h_t2 = torch.zeros(input.size(0), 16, dtype=torch.double)
        c_t2 = torch.zeros(input.size(0), 16, dtype=torch.double)
        for input_t in input.split(1, dim=1):
            h_t, c_t = self.lstm1(input_t, (h_t, c_t))
            h_t2, c_t2 = self.lstm2(h_t, (h_t2, c_t2))
            outputs += [self.linear(h_t2)]
        return torch.cat(outputs, dim=1)


def time_sequence_in_double_precision(seed):
    """Sine waves, LBFGS, everything in float64."""
    seq = Sequence()
    seq.double()
    wave = torch.sin(torch.arange(12).double() / 2 + torch.randint(-4, 4, (5, 1)).double())
    optimizer = torch.optim.LBFGS(seq.parameters(), lr=0.5, max_iter=4)
    return seq, nn.MSELoss(), optimizer, (wave[:, :-1], wave[:, 1:])


class SpeechModel(nn.Module):
    def __init__(self, n_mels=10, n_class=6):
        super().__init__()
        self.conv = nn.Conv1d(n_mels, 32, 3, padding=1)
        self.norm = nn.LayerNorm(32)
        self.gru = nn.GRU(32, 32, bidirectional=True)
        self.classifier = nn.Linear(64, n_class)

    def forward(self, spectrogram):
        x = self.norm(self.conv(spectrogram).permute(2, 0, 1))
        x, _ = self.gru(F.gelu(x))
        return F.log_softmax(self.classifier(x), dim=2)


def speech_with_ctc(seed):
    model, ctc = SpeechModel(), nn.CTCLoss(blank=0)
    batch = {
        "spectrograms": torch.randn(4, 10, 16),
        "labels": torch.randint(1, 6, (4, 5)),
        "input_lengths": torch.tensor([16, 16, 16, 16]),
        "label_lengths": torch.tensor([5, 4, 3, 5]),
    }

    def loss_fn(model, batch):
        log_probs = model(batch["spectrograms"])
        return ctc(log_probs, batch["labels"], batch["input_lengths"], batch["label_lengths"])

    return model, loss_fn, torch.optim.AdamW(model.parameters(), 5e-3), batch


class WaveNet(nn.Module):
    """Dilated causal convolutions with gates."""

    def __init__(self, channels=16, classes=16):
        super().__init__()
        self.embed = nn.Embedding(classes, channels)
        self.dilated = nn.ModuleList(
            [nn.Conv1d(channels, 2 * channels, 2, dilation=2**i) for i in range(4)]
        )
        self.res = nn.ModuleList([nn.Conv1d(channels, channels, 1) for _ in range(3)])
        self.skip = nn.ModuleList([nn.Conv1d(channels, channels, 1) for _ in range(4)])
        self.end = nn.Sequential(
            nn.ReLU(), nn.Conv1d(channels, 32, 1), nn.ReLU(), nn.Conv1d(32, classes, 1)
        )

    def forward(self, wave):
        x, skips = self.embed(wave).transpose(1, 2), 0
        for i, conv in enumerate(self.dilated):
            gate, value = conv(F.pad(x, (2**i, 0))).chunk(2, dim=1)
            z = torch.tanh(value) * torch.sigmoid(gate)
            skips = skips + self.skip[i](z)
            if i < len(self.res):
                x = x + self.res[i](z)
        return self.end(skips)


def wavenet(seed):
    model = WaveNet()
    t = torch.arange(25) / 25
    waves = torch.stack([torch.sin(2 * math.pi * (k + 1) * t) for k in range(4)])
    codes = ((waves + 1) / 2 * 15.99).long()  # quantised amplitudes
    optimizer = torch.optim.Adam(model.parameters(), 5e-3, eps=1e-6)
    return model, nn.CrossEntropyLoss(), optimizer, (codes[:, :-1], codes[:, 1:])


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(5, 24)
        self.fc = nn.Linear(24, 3)

    def forward(self, packed):
        output, _ = self.rnn(packed)
        return self.fc(output.data)


def ragged_lists_packed_in_the_step(seed):
    """The batch is two lists, of sequences and of labels, as a collate function leaves them."""
    net = Tagger()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    lengths = (7, 4, 2)
    batch = {
        "x": [torch.randn(n, 5) for n in lengths],
        "y": [torch.randint(3, (n,)) for n in lengths],
    }

    def train_step(batch):
        packed = pack_sequence(batch["x"])
        target = pack_sequence(batch["y"]).data
        opt.zero_grad()
        loss = F.cross_entropy(net(packed), target)
        loss.backward()
        opt.step()
        return {"loss": loss}

    return {"model": net, "optimizer": opt, "train_step": train_step, "data": batch}


class Forecaster(nn.Module):
    """Series are brought to mean 0 and spread 1, and back."""

    def __init__(self, past=16, future=4):
        super().__init__()
        self.linear = nn.Linear(past, 32)
        self.hidden = nn.Linear(32, future)

    def forward(self, x):
        mean, std = x.mean(1, keepdim=True), x.std(1, keepdim=True) + 1e-5
        z = self.hidden(F.elu(self.linear((x - mean) / std)))
        return z * std + mean


def forecast_with_reversible_normalisation(seed):
    series = torch.randn(8, 20).cumsum(1) * 10 + 100
    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=20)
    return {
        "model": model,
        "loss_fn": nn.HuberLoss(),
        "optimizer": optimizer,
        "scheduler": scheduler,
        "data": (series[:, :16], series[:, 16:]),
    }


PROGRAMS = [
    lstm_on_packed_sequences,
    lstm_with_time_first,
    time_sequence_in_double_precision,
    speech_with_ctc,
    wavenet,
    ragged_lists_packed_in_the_step,
    forecast_with_reversible_normalisation,
]
