"""Trainer programs with one bug each; each with its twin that has it fixed.

The first line of each docstring says what is wrong. `BROKEN` holds the pairs.
"""

import sys
import tempfile

import torch
import torch.nn.functional as F
from torch import nn
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
    Trainer,
    TrainingArguments,
)

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


def arguments(**more):
    more = {"learning_rate": 3e-3, **more}
    return TrainingArguments(tempfile.gettempdir(), report_to="none", use_cpu=True, **more)


def bert(labels=3, **more):
    return BertConfig(
        vocab_size=32, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, num_labels=labels, **more,
    )  # fmt: skip


def gpt():
    return GPT2Config(
        vocab_size=30,
        n_positions=16,
        n_embd=32,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )


def sentences(n=24, classes=3, length=8):
    return [
        {"input_ids": torch.randint(1, 32, (length,)), "labels": torch.tensor(i % classes)}
        for i in range(n)
    ]


def padded(n=24, classes=3):
    found = []
    for i in range(n):
        length = 3 + i % 5
        ids = torch.randint(1, 30, (length,))
        mask = F.pad(torch.ones(length).long(), (0, 8 - length))
        row = {"input_ids": F.pad(ids, (0, 8 - length)), "attention_mask": mask}
        found.append({**row, "labels": torch.tensor(i % classes)})
    return found


@twins
def softmax_in_compute_loss(fixed):
    """An override of compute_loss gives probabilities to cross_entropy."""

    class Own(Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, **_):
            outputs = model(input_ids=inputs["input_ids"])
            logits = outputs.logits if fixed else outputs.logits.softmax(-1)
            loss = F.cross_entropy(logits, inputs["labels"])
            return (loss, outputs) if return_outputs else loss

    return Own(BertForSequenceClassification(bert()), arguments(), train_dataset=sentences())


@twins
def labels_shifted_twice(fixed):
    """The labels are shifted by the data set, and by the model again."""
    rows = []
    for _ in range(16):
        ids = torch.randint(1, 30, (12,))
        labels = ids.clone() if fixed else torch.cat([ids[1:], torch.tensor([-100])])
        rows.append({"input_ids": ids, "labels": labels})
    return Trainer(GPT2LMHeadModel(gpt()), arguments(), train_dataset=rows)


@twins
def attention_mask_left_out(fixed):
    """The collator pads and forgets the attention mask: BERT reads the padding."""
    rows = padded()
    if not fixed:
        for row in rows:
            row.pop("attention_mask")
    trainer = Trainer(BertForSequenceClassification(bert()), arguments(), train_dataset=rows)
    return {"trainer": trainer, "hints": {"pad_id": 0}}


@twins
def padding_in_the_labels(fixed):
    """labels = input_ids, with the padding in: it is most of what the loss is about."""
    rows = []
    for row in padded():
        labels = row["input_ids"].clone()
        if fixed:
            labels[row["attention_mask"] == 0] = -100
        rows.append({**row, "labels": labels})
    trainer = Trainer(GPT2LMHeadModel(gpt()), arguments(), train_dataset=rows)
    return {"trainer": trainer, "hints": {"pad_id": 0, "causal": True}}


class Pooled(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.body, self.head = GPT2Model(gpt()), nn.Linear(32, 3)

    def forward(self, input_ids, attention_mask=None, labels=None):
        h = self.body(input_ids, attention_mask=attention_mask).last_hidden_state
        last = attention_mask.sum(1) - 1 if self.fixed else -1
        logits = self.head(h[torch.arange(len(h)), last])
        loss = None if labels is None else F.cross_entropy(logits, labels)
        return {"loss": loss, "logits": logits}


@twins
def hidden_state_of_padding(fixed):
    """The classifier of a causal model reads position -1, which is padding in most rows."""
    trainer = Trainer(Pooled(fixed), arguments(), train_dataset=padded())
    return {"trainer": trainer, "hints": {"pad_id": 0}}


@twins
def backbone_frozen_by_name(fixed):
    """`if 'bert' in name` freezes all of the model but its head, where the embeddings were meant."""
    model = BertForSequenceClassification(bert())
    for name, p in model.named_parameters():
        p.requires_grad = not (name.startswith("bert.embeddings") if fixed else "bert" in name)
    return Trainer(model, arguments(), train_dataset=sentences())


class Detached(nn.Module):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed
        self.bert = BertForSequenceClassification(bert()).bert
        self.head = nn.Sequential(nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 3))

    def forward(self, input_ids, labels=None):
        h = self.bert(input_ids).pooler_output
        logits = self.head(h if self.fixed else h.data)
        return {"loss": F.cross_entropy(logits, labels), "logits": logits}


@twins
def features_by_data(fixed):
    """`.data` between backbone and head: the backbone is meant to be fine-tuned, and is not."""
    return Trainer(Detached(fixed), arguments(), train_dataset=sentences())


@twins
def head_left_out_of_create_optimizer(fixed):
    """Parameter groups by name: what is not named `bert.` is in none of them."""

    class Own(Trainer):
        def create_optimizer(self, *args):
            named = [(n, p) for n, p in self.model.named_parameters() if fixed or "bert." in n]
            decay = [p for n, p in named if "bias" not in n and "LayerNorm" not in n]
            rest = [p for n, p in named if "bias" in n or "LayerNorm" in n]
            groups = [
                {"params": decay, "weight_decay": 0.01},
                {"params": rest, "weight_decay": 0.0},
            ]
            self.optimizer = torch.optim.AdamW(groups, lr=self.args.learning_rate)
            return self.optimizer

    return Own(BertForSequenceClassification(bert()), arguments(), train_dataset=sentences())


@twins
def rate_without_its_exponent(fixed):
    """learning_rate=3 where 3e-3 was meant."""
    args = arguments(learning_rate=3e-3 if fixed else 3.0)
    return Trainer(BertForSequenceClassification(bert()), args, train_dataset=sentences())


@twins
def classes_as_numbers(fixed):
    """num_labels=1 makes the model a regression on the numbers of its five classes."""
    rows = sentences(classes=5)
    if fixed:
        model = BertForSequenceClassification(bert(5))
    else:
        model = BertForSequenceClassification(bert(1))
        for row in rows:
            row["labels"] = row["labels"].float()
    trainer = Trainer(model, arguments(), train_dataset=rows)
    return {"trainer": trainer, "hints": {"task": "classification", "num_classes": 5}}


@twins
def eval_in_compute_loss(fixed):
    """compute_loss looks at the accuracy in eval mode first, and leaves it on."""

    class Own(Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, **_):
            was = model.training
            model.eval()
            with torch.no_grad():
                model(input_ids=inputs["input_ids"]).logits.argmax(-1)
            if fixed:
                model.train(was)
            outputs = model(**inputs)
            return (outputs.loss, outputs) if return_outputs else outputs.loss

    return Own(BertForSequenceClassification(bert()), arguments(), train_dataset=sentences())


@twins
def auxiliary_loss_as_number(fixed):
    """A second loss is added as .item(): its head never learns."""

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = BertForSequenceClassification(bert()).bert
            self.kind, self.size = nn.Linear(32, 3), nn.Linear(32, 1)

        def forward(self, input_ids, labels=None, sizes=None):
            h = self.bert(input_ids).pooler_output
            aux = F.mse_loss(self.size(h)[:, 0], sizes)
            logits = self.kind(h)
            loss = F.cross_entropy(logits, labels) + (aux if fixed else aux.item())
            return {"loss": loss, "logits": logits}

    rows = [{**row, "sizes": torch.randn(())} for row in sentences()]
    return Trainer(Two(), arguments(), train_dataset=rows)
