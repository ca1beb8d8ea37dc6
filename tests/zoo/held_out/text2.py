"""Text and audio, once more, in other hands."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from transformers import T5Config, T5ForConditionalGeneration


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, maxlen=32):
        super().__init__()
        den = torch.exp(-torch.arange(0, d_model, 2) * math.log(10000) / d_model)
        pos = torch.arange(maxlen).reshape(maxlen, 1)
        table = torch.zeros(maxlen, d_model)
        table[:, 0::2], table[:, 1::2] = torch.sin(pos * den), torch.cos(pos * den)
        self.register_buffer("table", table)

    def forward(self, x):
        return x + self.table[: x.size(1)]


class Translator(nn.Module):
    def __init__(self, src_vocab=20, tgt_vocab=22, d=32):
        super().__init__()
        self.transformer = nn.Transformer(d, 2, 1, 1, 64, dropout=0.1, batch_first=True)
        self.src, self.tgt = nn.Embedding(src_vocab, d), nn.Embedding(tgt_vocab, d)
        self.pos = PositionalEncoding(d)
        self.generator = nn.Linear(d, tgt_vocab)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, src, tgt_in):
        causal = nn.Transformer.generate_square_subsequent_mask(tgt_in.size(1)) != 0
        out = self.transformer(
            self.pos(self.src(src) * math.sqrt(32)),
            self.pos(self.tgt(tgt_in) * math.sqrt(32)),
            tgt_mask=causal,
            src_key_padding_mask=src == 1,
            tgt_key_padding_mask=tgt_in == 1,
            memory_key_padding_mask=src == 1,
        )
        return self.generator(out)


def transformer_translation(seed):
    model = Translator()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, betas=(0.9, 0.98), eps=1e-9)
    src, tgt = torch.randint(2, 20, (4, 7)), torch.randint(2, 22, (4, 7))
    src[2:, 5:], tgt[1:3, 6:] = 1, 1

    def train_step(batch):
        src, tgt = batch
        model.train()
        logits = model(src, tgt[:, :-1])
        optimizer.zero_grad()
        loss = F.cross_entropy(
            logits.reshape(-1, logits.shape[-1]), tgt[:, 1:].reshape(-1), ignore_index=1
        )
        loss.backward()
        optimizer.step()
        return loss.item()

    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": (src, tgt)}


class PointerNet(nn.Module):
    """Its answer is a place in its own input; places once pointed at are masked out."""

    def __init__(self, hidden=32):
        super().__init__()
        self.enc = nn.LSTM(2, hidden, batch_first=True)
        self.cell = nn.LSTMCell(2, hidden)
        self.W1, self.W2 = nn.Linear(hidden, hidden, False), nn.Linear(hidden, hidden, False)
        self.v = nn.Parameter(torch.randn(hidden) * 0.1)
        self.start = nn.Parameter(torch.zeros(2))

    def forward(self, points, order):
        memory, (h, c) = self.enc(points)
        h, c = h[0], c[0]
        x, taken = self.start.expand(len(points), 2), torch.zeros(points.shape[:2]).bool()
        steps = []
        for t in range(order.shape[1]):
            h, c = self.cell(x, (h, c))
            score = torch.tanh(self.W1(memory) + self.W2(h)[:, None]) @ self.v
            steps.append(score.masked_fill(taken, -1e9).log_softmax(1))
            here = order[:, t]
            taken = taken.scatter(1, here[:, None], True)
            x = points[torch.arange(len(points)), here]
        return torch.stack(steps, 2)


def pointer_network(seed):
    net = PointerNet()
    points = torch.rand(6, 5, 2)
    order = points.sum(2).argsort(1)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)

    def loss_fn(model, batch):
        points, order = batch["points"], batch["order"]
        return F.nll_loss(model(points, order), order)

    return net, loss_fn, optimizer, {"points": points, "order": order}


class SoftPrompt(nn.Module):
    """Only a handful of made-up tokens is learnt, in front of a model that stays as it is."""

    def __init__(self, backbone_dim=32, n_prompt=8, vocab=20):
        super().__init__()
        self.wte = nn.Embedding(vocab, backbone_dim)
        layer = nn.TransformerEncoderLayer(backbone_dim, 2, 64, 0.0, batch_first=True)
        self.lm = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        for p in self.parameters():
            p.requires_grad = False
        self.prompt = nn.Parameter(torch.randn(n_prompt, backbone_dim) * 0.5)
        self.verbalizer = nn.Linear(backbone_dim, 3)

    def forward(self, ids):
        prompt = self.prompt.expand(len(ids), -1, -1)
        h = self.lm(torch.cat([prompt, self.wte(ids)], dim=1))
        return self.verbalizer(h.mean(1))


def prompt_tuning(seed):
    model = SoftPrompt()
    params = [p for p in model.parameters() if p.requires_grad]
    optim = torch.optim.AdamW(params, lr=3e-2, weight_decay=0.0)
    return model, nn.CrossEntropyLoss(), optim, (torch.randint(20, (6, 5)), torch.arange(6) % 3)


def tiny_t5(seed):
    config = T5Config(
        vocab_size=32,
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
        dropout_rate=0.0,
    )
    model = T5ForConditionalGeneration(config)
    batch = {"input_ids": torch.randint(1, 32, (4, 6)), "labels": torch.randint(1, 32, (4, 5))}
    batch["labels"][:2, 4] = -100
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)

    def step(batch):
        loss = model(**batch).loss
        loss.backward()
        opt.step()
        opt.zero_grad()
        return loss

    return {"model": model, "optimizer": opt, "train_step": step, "data": batch}


class KeywordSpotter(nn.Module):
    """A spectrogram in the model, without parameters, then depthwise convolutions."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(32))
        self.bn0 = nn.BatchNorm1d(17)
        self.dw = nn.Conv1d(17, 17, 3, padding=1, groups=17)
        self.pw = nn.Conv1d(17, 32, 1)
        self.bn1 = nn.BatchNorm1d(32)
        self.out = nn.Linear(32, 4)

    def forward(self, wave):
        spec = torch.stft(wave, 32, 16, window=self.window, return_complex=True).abs()
        x = self.bn0(torch.log1p(spec))
        x = F.relu(self.bn1(self.pw(self.dw(x))))
        return self.out(x.mean(-1))


def keyword_spotting(seed):
    model = KeywordSpotter()
    opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
    return model, nn.CrossEntropyLoss(), opt, (torch.randn(8, 256), torch.randint(4, (8,)))


class Wav2Vec(nn.Module):
    """Masked frames are told from other frames of the same clip; the mask is part of the batch."""

    def __init__(self, dim=24):
        super().__init__()
        self.extract = nn.Sequential(
            nn.Conv1d(1, dim, 8, 4), nn.GroupNorm(1, dim), nn.GELU(), nn.Conv1d(dim, dim, 4, 2)
        )
        self.mask_emb = nn.Parameter(torch.rand(dim))
        self.pos = nn.Conv1d(dim, dim, 7, padding=3, groups=4)
        self.context = nn.TransformerEncoderLayer(dim, 4, 48, 0.0, batch_first=True)
        self.final_proj = nn.Linear(dim, dim)

    def forward(self, wave, mask):
        z = self.extract(wave[:, None]).transpose(1, 2)
        x = torch.where(mask[..., None], self.mask_emb, z)
        x = x + F.gelu(self.pos(x.transpose(1, 2))).transpose(1, 2)
        c = self.final_proj(self.context(x))
        return F.cosine_similarity(c[:, :, None], z[:, None], dim=-1) / 0.1


def wav2vec_like(seed):
    model = Wav2Vec()
    wave = torch.randn(3, 132)
    frames = 15
    mask = torch.zeros(3, frames, dtype=torch.bool)
    mask[:, 2:5], mask[:, 9:12] = True, True

    def loss_fn(logits, mask):
        target = torch.arange(frames).expand(3, frames)
        return F.cross_entropy(logits[mask], target[mask])

    opt = torch.optim.Adam(model.parameters(), lr=3e-3, betas=(0.9, 0.98), eps=1e-6)
    return {
        "model": model,
        "loss_fn": lambda model, batch: loss_fn(model(*batch), batch[1]),
        "optimizer": opt,
        "data": (wave, mask),
    }


PROGRAMS = [
    transformer_translation,
    pointer_network,
    prompt_tuning,
    tiny_t5,
    keyword_spotting,
    wav2vec_like,
]
