"""Text: language models, translation, tagging, inference, captions."""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


class Decoder(nn.Module):
    """A causal language model with tied embeddings."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(20, 32)
        self.places = nn.Embedding(10, 32)
        self.block = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0, batch_first=True)
        self.head = nn.Linear(32, 20, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens):
        mask = torch.full((tokens.shape[1], tokens.shape[1]), -math.inf).triu(1)
        hidden = self.tokens(tokens) + self.places(torch.arange(tokens.shape[1]))
        return self.head(self.block(hidden, src_mask=mask))


def language_model(seed):
    model, text = Decoder(), torch.randint(20, (4, 11))
    return {
        "model": model,
        "loss_fn": lambda out, target: F.cross_entropy(out.flatten(0, 1), target.flatten()),
        "optimizer": torch.optim.AdamW(model.parameters(), 3e-3),
        "data": (text[:, :10], text[:, 1:]),
    }


class Captioner(nn.Module):
    """Its forward needs more than the first part of the batch."""

    def __init__(self):
        super().__init__()
        self.image, self.word = nn.Linear(12, 32), nn.Embedding(9, 32)
        self.gru, self.out = nn.GRU(32, 32, batch_first=True), nn.Linear(32, 9)

    def forward(self, image, words):
        return self.out(self.gru(self.word(words), self.image(image)[None])[0])


def forward_that_needs_the_target_too(seed):
    model = Captioner()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        image, words = batch
        optimizer.zero_grad()
        loss = F.cross_entropy(model(image, words[:, :-1]).transpose(1, 2), words[:, 1:])
        loss.backward()
        optimizer.step()
        return loss

    data = [(torch.randn(4, 12), torch.randint(9, (4, 5)))]
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}


@dataclass
class GPTConfig:
    block_size: int = 12
    vocab_size: int = 24
    n_layer: int = 2
    n_head: int = 2
    n_embd: int = 32
    dropout: float = 0.0
    bias: bool = False


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.n_head = config.n_head
        bias = torch.tril(torch.ones(config.block_size, config.block_size))
        self.register_buffer("bias", bias.view(1, 1, config.block_size, config.block_size))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in (q, k, v))
        att = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf")).softmax(dim=-1)
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(B, T, C))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.drop = nn.Dropout(config.dropout)
        self.h = nn.ModuleList(
            nn.ModuleDict(
                dict(
                    ln_1=nn.LayerNorm(config.n_embd),
                    attn=CausalSelfAttention(config),
                    ln_2=nn.LayerNorm(config.n_embd),
                    mlp=nn.Sequential(
                        nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias),
                        nn.GELU(),
                        nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias),
                    ),
                )
            )
            for _ in range(config.n_layer)
        )
        self.ln_f = nn.LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, idx, targets=None):
        pos = torch.arange(idx.size(1), device=idx.device)
        x = self.drop(self.wte(idx) + self.wpe(pos))
        for block in self.h:
            x = x + block["attn"](block["ln_1"](x))
            x = x + block["mlp"](block["ln_2"](x))
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))


def gpt_that_returns_its_loss(seed):
    """Decay for matrices only, warm-up, clipping: one function that does it all."""
    model = GPT(GPTConfig())
    decay = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=3e-3, betas=(0.9, 0.95))
    it = 0

    def train_step(batch):
        nonlocal it
        X, Y = batch
        lr = 3e-3 * min(1.0, it / 20)
        for group in optimizer.param_groups:
            group["lr"] = lr
        it += 1
        _, loss = model(X, Y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    data = torch.randint(24, (4, 13))
    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "data": (data[:, :-1], data[:, 1:]),
        "hints": {"causal": True},
    }


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers, dropout=0.2):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid, nlayers, dropout=dropout)
        self.decoder = nn.Linear(nhid, ntoken)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, input, hidden):
        output, hidden = self.rnn(self.drop(self.encoder(input)), hidden)
        return self.decoder(self.drop(output)).flatten(0, 1), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        return weight.new_zeros(2, bsz, 32), weight.new_zeros(2, bsz, 32)


def word_language_model(seed):
    """Time first, the hidden state is carried on and cut off from its past."""
    model = RNNModel(20, 32, 32, 2)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    state = {"hidden": model.init_hidden(6)}

    def train_step(batch):
        data, targets = batch
        model.train()
        state["hidden"] = tuple(h.detach() for h in state["hidden"])
        optimizer.zero_grad()
        output, state["hidden"] = model(data, state["hidden"])
        loss = criterion(output, targets.reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
        return loss

    def eval_step(batch):
        model.eval()
        with torch.no_grad():
            output, _ = model(batch[0], model.init_hidden(6))
            loss = criterion(output, batch[1].reshape(-1))
        model.train()
        return loss

    text = torch.randint(20, (8, 6))
    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": (text[:-1], text[1:]),
    }


class CharRNN(nn.Module):
    def __init__(self, n_chars, hidden):
        super().__init__()
        self.i2h = nn.Linear(n_chars + hidden, hidden)
        self.i2o = nn.Linear(hidden, n_chars)
        self.hidden = hidden

    def forward(self, line):
        h, outs = torch.zeros(line.size(0), self.hidden), []
        for char in line.unbind(1):
            h = torch.tanh(self.i2h(torch.cat([char, h], dim=1)))
            outs.append(F.log_softmax(self.i2o(h), dim=1))
        return torch.stack(outs, dim=2)


def char_rnn():
    rnn = CharRNN(12, 48)
    names = torch.randint(12, (4, 8))
    inputs = F.one_hot(names[:, :-1], 12).float()
    return rnn, nn.NLLLoss(), torch.optim.RMSprop(rnn.parameters(), 3e-3), (inputs, names[:, 1:])


class MaskedLM(nn.Module):
    def __init__(self, vocab=24, dim=32):
        super().__init__()
        self.emb, self.pos = nn.Embedding(vocab, dim, padding_idx=0), nn.Embedding(10, dim)
        layer = nn.TransformerEncoderLayer(
            dim, 4, 64, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.cls = nn.Linear(dim, vocab)

    def forward(self, input_ids, attention_mask):
        x = self.emb(input_ids) + self.pos.weight[: input_ids.size(1)]
        x = self.encoder(x, src_key_padding_mask=~attention_mask)
        return self.cls(x)


def bert_masked_language_model(seed):
    """Most targets are ignored: only what was masked is asked for."""
    model = MaskedLM()
    ids = torch.randint(2, 24, (6, 10))
    ids[3:, 7:] = 0
    mask = ids != 0
    chosen = (torch.rand(ids.shape) < 0.3) & mask
    chosen[:, 0] = True
    labels = ids.masked_fill(~chosen, -100)
    inputs = {"input_ids": ids.masked_fill(chosen, 1), "attention_mask": mask}

    def loss_fn(logits, labels):
        return F.cross_entropy(logits.view(-1, 24), labels.view(-1), ignore_index=-100)

    return {
        "model": model,
        "loss_fn": loss_fn,
        "optimizer": torch.optim.AdamW(model.parameters(), lr=2e-3),
        "data": (inputs, labels),
        "hints": {"pad_id": 0},
    }


class Seq2Seq(nn.Module):
    """Teacher forcing with attention; a fixed start token."""

    def __init__(self, vocab, hidden=32):
        super().__init__()
        self.src, self.tgt = nn.Embedding(vocab, hidden), nn.Embedding(vocab, hidden)
        self.encoder = nn.GRU(hidden, hidden // 2, batch_first=True, bidirectional=True)
        self.cell = nn.GRUCell(2 * hidden, hidden)
        self.out = nn.Linear(2 * hidden, vocab)

    def forward(self, source, target):
        memory, last = self.encoder(self.src(source))
        state = torch.cat([last[0], last[1]], dim=1)
        context, logits = memory.mean(1), []
        given = F.pad(target[:, :-1], (1, 0), value=1)
        for token in given.unbind(1):
            state = self.cell(torch.cat([self.tgt(token), context], 1), state)
            weights = torch.einsum("bth,bh->bt", memory, state).softmax(1)
            context = torch.einsum("bt,bth->bh", weights, memory)
            logits.append(self.out(torch.cat([state, context], 1)))
        return torch.stack(logits, 1)


def translation_with_teacher_forcing(seed):
    """A dict for a batch, padded targets."""
    model = Seq2Seq(16)
    batch = {"src": torch.randint(2, 16, (4, 6)), "tgt": torch.randint(2, 16, (4, 5))}
    batch["tgt"][2:, 3:] = 0

    def compute_loss(model, batch):
        logits = model(batch["src"], batch["tgt"])
        return F.cross_entropy(logits.transpose(1, 2), batch["tgt"], ignore_index=0)

    return model, compute_loss, torch.optim.Adam(model.parameters(), lr=1e-2), batch


class SNLI(nn.Module):
    def __init__(self, n_embed=30, d=16):
        super().__init__()
        self.embed = nn.Embedding(n_embed, d)
        self.embed.weight.requires_grad = False  # fixed vectors, as `--fix-emb`
        self.projection = nn.Linear(d, d)
        self.encoder = nn.LSTM(d, d, num_layers=1, bidirectional=True)
        self.out = nn.Sequential(nn.Linear(4 * d, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 3))

    def encode(self, sentence):
        _, (ht, _) = self.encoder(F.relu(self.projection(self.embed(sentence.t()))))
        return ht[-2:].transpose(0, 1).contiguous().view(len(sentence), -1)

    def forward(self, premise, hypothesis):
        return self.out(torch.cat([self.encode(premise), self.encode(hypothesis)], 1))


def natural_language_inference(seed):
    model = SNLI()
    sentences = torch.randint(30, (8, 6)), torch.randint(30, (8, 5))
    trained = filter(lambda p: p.requires_grad, model.parameters())
    return (
        model,
        nn.CrossEntropyLoss(),
        torch.optim.Adam(trained, 5e-3),
        (
            sentences,
            torch.randint(3, (8,)),
        ),
    )


class CRF(nn.Module):
    def __init__(self, vocab, tags, hidden=24):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True, bidirectional=True)
        self.emit = nn.Linear(2 * hidden, tags)
        self.transitions = nn.Parameter(torch.zeros(tags, tags))

    def forward(self, words):
        return self.emit(self.lstm(self.embed(words))[0])

    def neg_log_likelihood(self, words, tags):
        emissions = self(words)
        gold = emissions.gather(2, tags[..., None]).squeeze(2).sum(1)
        gold = gold + self.transitions[tags[:, :-1], tags[:, 1:]].sum(1)
        alpha = emissions[:, 0]
        for step in emissions.unbind(1)[1:]:
            alpha = torch.logsumexp(alpha[:, :, None] + self.transitions, dim=1) + step
        return (torch.logsumexp(alpha, dim=1) - gold).mean()


def conditional_random_field(seed):
    model = CRF(20, 5)
    data = torch.randint(20, (4, 7)), torch.randint(5, (4, 7))
    return {
        "model": model,
        "loss_fn": lambda model, batch: model.neg_log_likelihood(*batch),
        "optimizer": torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
        "data": data,
    }


PROGRAMS = [
    language_model,
    forward_that_needs_the_target_too,
    gpt_that_returns_its_loss,
    word_language_model,
    char_rnn,
    bert_masked_language_model,
    translation_with_teacher_forcing,
    natural_language_inference,
    conditional_random_field,
]
