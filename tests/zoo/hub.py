"""Models of the transformers library, built from a tiny configuration, in a plain loop."""

import torch
from torch import nn
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    ViTConfig,
    ViTForImageClassification,
    get_linear_schedule_with_warmup,
)


def bert_classifier(seed):
    """A batch is a dict with `labels`, and the model brings its own loss."""
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=16,
        num_labels=3,
    )
    model = BertForSequenceClassification(config)
    no_decay = ("bias", "LayerNorm.weight")
    named = list(model.named_parameters())
    groups = [
        {"params": [p for n, p in named if not n.endswith(no_decay)], "weight_decay": 0.01},
        {"params": [p for n, p in named if n.endswith(no_decay)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=3e-3)
    scheduler = get_linear_schedule_with_warmup(optimizer, 10, 1000)
    input_ids = torch.randint(1, 40, (6, 8))
    input_ids[3:, 5:] = 0
    batch = {
        "input_ids": input_ids,
        "attention_mask": (input_ids != 0).long(),
        "labels": torch.tensor([0, 1, 2, 0, 1, 2]),
    }

    def train_step(batch):
        model.train()
        outputs = model(**batch)
        outputs.loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        return outputs.loss

    def eval_step(batch):
        model.eval()
        with torch.no_grad():
            return model(**batch).loss

    return {
        "model": model,
        "optimizer": optimizer,
        "train_step": train_step,
        "eval_step": eval_step,
        "data": batch,
        "hints": {"pad_id": 0},
    }


def gpt2_by_the_loss_of_the_model(seed):
    config = GPT2Config(vocab_size=32, n_positions=16, n_embd=32, n_layer=2, n_head=2)
    model = GPT2LMHeadModel(config)
    tokens = torch.randint(32, (4, 10))
    batch = {"input_ids": tokens, "labels": tokens}

    def loss_fn(model, batch):
        return model(**batch).loss

    return model, loss_fn, torch.optim.AdamW(model.parameters(), lr=3e-3), [batch]


def vit_classifier(seed):
    config = ViTConfig(
        image_size=8,
        patch_size=4,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=4,
    )
    model = ViTForImageClassification(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)

    def loss_fn(output, labels):
        return nn.functional.cross_entropy(output.logits, labels)

    return model, loss_fn, optimizer, (torch.randn(6, 3, 8, 8), torch.randint(4, (6,)))


PROGRAMS = [bert_classifier, gpt2_by_the_loss_of_the_model, vit_classifier]
