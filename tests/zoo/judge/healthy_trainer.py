"""Trainer programs as people write them: healthy, and unknown to those who wrote the checks."""

import tempfile

import torch
import torch.nn.functional as F
from torch import nn
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5Config,
    T5ForConditionalGeneration,
    Trainer,
    TrainingArguments,
    ViTConfig,
    ViTForImageClassification,
)


def arguments(kind=TrainingArguments, **more):
    return kind(tempfile.gettempdir(), report_to="none", use_cpu=True, **more)


def ragged(rows):
    """Pads by hand: token 0, label -100."""
    longest = max(len(r["input_ids"]) for r in rows)
    pad = lambda r, key, value: F.pad(r[key], (0, longest - len(r[key])), value=value)  # noqa
    return {
        "input_ids": torch.stack([pad(r, "input_ids", 0) for r in rows]),
        "attention_mask": torch.stack([pad(r, "attention_mask", 0) for r in rows]),
        "labels": torch.stack([pad(r, "labels", -100) for r in rows]),
    }


def named_entities(seed):
    config = BertConfig(
        vocab_size=40, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, num_labels=5,
    )  # fmt: skip
    rows = []
    for i in range(16):
        n = 4 + i % 5
        ids = torch.randint(1, 40, (n,))
        rows.append({"input_ids": ids, "attention_mask": torch.ones(n).long(), "labels": ids % 5})
    args = arguments(learning_rate=3e-3, per_device_train_batch_size=8, warmup_steps=5)
    return Trainer(BertForTokenClassification(config), args, ragged, train_dataset=rows)


def language_model(seed):
    config = GPT2Config(
        vocab_size=30,
        n_positions=16,
        n_embd=32,
        n_layer=2,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    rows = []
    for _ in range(16):
        ids = torch.randint(1, 30, (12,))
        rows.append({"input_ids": ids, "labels": ids.clone()})
    args = arguments(
        learning_rate=5e-3, lr_scheduler_type="cosine", weight_decay=0.1, adam_beta2=0.95
    )
    return {"trainer": Trainer(GPT2LMHeadModel(config), args, train_dataset=rows)}


def summaries(seed):
    config = T5Config(
        vocab_size=32, d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=4,
        decoder_start_token_id=0, dropout_rate=0.0,
    )  # fmt: skip
    rows = []
    for i in range(8):
        ids = torch.randint(2, 32, (6 + i % 3,))
        rows.append(
            {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids[:3].clone()}
        )

    def collate(rows):
        batch = ragged(rows)
        batch["labels"] = batch["labels"][:, :3].contiguous()
        return batch

    args = arguments(Seq2SeqTrainingArguments, learning_rate=1e-2, per_device_train_batch_size=8)
    return Seq2SeqTrainer(T5ForConditionalGeneration(config), args, collate, train_dataset=rows)


class WeightedTrainer(Trainer):
    """The override from the documentation, with class weights."""

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        weight = torch.tensor([1.0, 3.0, 1.0], device=outputs.logits.device)
        loss = F.cross_entropy(outputs.logits.view(-1, 3), labels.view(-1), weight)
        return (loss, outputs) if return_outputs else loss


def weighted_classes(seed):
    config = DistilBertConfig(
        vocab_size=30, dim=32, n_layers=1, n_heads=2, hidden_dim=64, num_labels=3
    )
    rows = [
        {"input_ids": torch.randint(1, 30, (10,)), "labels": torch.tensor(i % 3)} for i in range(24)
    ]
    model = DistilBertForSequenceClassification(config)
    args = arguments(learning_rate=3e-3, gradient_accumulation_steps=2, max_grad_norm=0.5)
    return WeightedTrainer(model, args, train_dataset=rows, eval_dataset=rows[:8])


def pictures(seed):
    config = ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        image_size=16, patch_size=4, num_labels=4,
    )  # fmt: skip
    rows = [{"pixel_values": torch.randn(3, 16, 16), "labels": i % 4} for i in range(16)]
    args = arguments(learning_rate=2e-3, label_smoothing_factor=0.05)
    return Trainer(ViTForImageClassification(config), args, train_dataset=rows)


class Regressor(nn.Module):
    """Not from the hub: any module that returns a dict with its loss."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 64), nn.LayerNorm(64), nn.SiLU(), nn.Linear(64, 2))

    def forward(self, features, labels=None):
        out = self.body(features)
        mean, log_scale = out[:, 0], out[:, 1].clamp(-3, 3)
        if labels is None:
            return {"logits": mean}
        nll = log_scale + ((labels - mean) / log_scale.exp()).abs()
        return {"loss": nll.mean(), "logits": mean}


class GroupedTrainer(Trainer):
    def create_optimizer(self, *args):
        if self.optimizer is None:
            decay = [p for n, p in self.model.named_parameters() if p.ndim > 1]
            rest = [p for n, p in self.model.named_parameters() if p.ndim <= 1]
            groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0}]
            self.optimizer = torch.optim.AdamW(groups, lr=self.args.learning_rate)
        return self.optimizer


def laplace_regressor(seed):
    rows = [{"features": torch.randn(8), "labels": torch.randn(())} for _ in range(16)]
    args = arguments(
        learning_rate=1e-2, per_device_train_batch_size=16, lr_scheduler_type="constant"
    )
    return GroupedTrainer(Regressor(), args, train_dataset=rows)


class PreferenceTrainer(Trainer):
    """Direct preference optimisation against a frozen reference."""

    def __init__(self, *args, reference, **more):
        super().__init__(*args, **more)
        self.reference = reference.eval().requires_grad_(False)

    @staticmethod
    def score(model, ids):
        logits = model(input_ids=ids).logits[:, :-1].log_softmax(-1)
        return logits.gather(-1, ids[:, 1:, None]).squeeze(-1).sum(-1)

    def compute_loss(self, model, inputs, return_outputs=False, **_):
        margins = []
        for key in ("chosen", "rejected"):
            with torch.no_grad():
                base = self.score(self.reference, inputs[key])
            margins.append(self.score(model, inputs[key]) - base)
        loss = -F.logsigmoid(0.1 * (margins[0] - margins[1])).mean()
        return (loss, {"margins": margins[0] - margins[1]}) if return_outputs else loss


def preferences(seed):
    config = GPT2Config(
        vocab_size=20, n_positions=12, n_embd=24, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    )  # fmt: skip
    policy, reference = GPT2LMHeadModel(config), GPT2LMHeadModel(config)
    reference.load_state_dict(policy.state_dict())
    rows = [
        {"chosen": torch.randint(1, 20, (8,)), "rejected": torch.randint(1, 20, (8,))}
        for _ in range(8)
    ]
    args = arguments(learning_rate=3e-3, remove_unused_columns=False)
    return PreferenceTrainer(policy, args, train_dataset=rows, reference=reference)


def checkpointed_in_bfloat16(seed):
    """Gradient checkpointing, bfloat16 and Adafactor, to save memory."""
    config = GPT2Config(
        vocab_size=30,
        n_positions=16,
        n_embd=32,
        n_layer=2,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    rows = []
    for _ in range(16):
        ids = torch.randint(1, 30, (10,))
        labels = ids.clone()
        labels[:4] = -100  # the prompt
        rows.append({"input_ids": ids, "attention_mask": torch.ones(10).long(), "labels": labels})
    args = arguments(learning_rate=1e-2, gradient_checkpointing=True, bf16=True, optim="adafactor")
    return Trainer(GPT2LMHeadModel(config), args, train_dataset=rows)


class Adapter(nn.Module):
    def __init__(self, layer, rank=4):
        super().__init__()
        self.layer = layer.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, layer.in_features) * 0.1)
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, x):
        return self.layer(x) + 4 * (x @ self.a.t() @ self.b.t())


def adapters(seed):
    """Low-rank adapters on queries and values, by hand; the classifier is trained whole."""
    config = DistilBertConfig(
        vocab_size=30, dim=32, n_layers=2, n_heads=2, hidden_dim=64, num_labels=2
    )
    model = DistilBertForSequenceClassification(config)
    model.distilbert.requires_grad_(False)
    for block in model.distilbert.transformer.layer:
        block.attention.q_lin = Adapter(block.attention.q_lin)
        block.attention.v_lin = Adapter(block.attention.v_lin)
    rows = [
        {"input_ids": torch.randint(1, 30, (9,)), "labels": torch.tensor(i % 2)} for i in range(16)
    ]
    return Trainer(model, arguments(learning_rate=1e-2), train_dataset=rows)


def optimizers_handed_over(seed):
    """A regression with an optimizer and a scheduler of its own making."""
    config = BertConfig(
        vocab_size=40, hidden_size=32, num_hidden_layers=1, num_attention_heads=4,
        intermediate_size=48, num_labels=1, problem_type="regression",
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (n + 1) / 10))
    rows = [{"input_ids": torch.randint(1, 40, (7,)), "labels": torch.randn(())} for _ in range(16)]
    both = (optimizer, schedule)
    return Trainer(model, arguments(), train_dataset=rows, optimizers=both)


PROGRAMS = [
    checkpointed_in_bfloat16,
    adapters,
    optimizers_handed_over,
    named_entities,
    language_model,
    summaries,
    weighted_classes,
    pictures,
    laplace_regressor,
    preferences,
]
