"""Train: python -m patches.train"""

from __future__ import annotations

from transformers import (
    Trainer,
    TrainingArguments,
    ViTConfig,
    ViTForImageClassification,
)

from patches.data import Digits


def make_model() -> ViTForImageClassification:
    """A vision transformer for images of 8 x 8: sixteen patches, two layers."""
    config = ViTConfig(
        image_size=8,
        patch_size=2,
        num_channels=1,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_labels=10,
    )
    return ViTForImageClassification(config)


def make_trainer(output: str = "model") -> Trainer:
    arguments = TrainingArguments(
        output_dir=output,
        learning_rate=2e-3,
        per_device_train_batch_size=16,
        gradient_accumulation_steps=2,
        warmup_steps=50,
        num_train_epochs=20,
        report_to="none",
    )
    return Trainer(
        make_model(), arguments, train_dataset=Digits(), eval_dataset=Digits(held_out=True)
    )


if __name__ == "__main__":
    trainer = make_trainer()
    trainer.train()
    print(trainer.evaluate())
