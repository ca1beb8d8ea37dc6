"""Programs around a Hugging Face Trainer, small and made here: healthy ones, and some with a fault."""

# Users write against the libraries as they are, not as they are typed.
# mypy: ignore-errors

from __future__ import annotations

import tempfile
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    Trainer,
    TrainingArguments,
)
from transformers.modeling_outputs import SequenceClassifierOutput

SMALL = {"vocab_size": 32, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


class Rows(Dataset[Any]):
    """Samples as the libraries have them: a dict each."""

    def __init__(self, **columns: Tensor) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {name: column[index] for name, column in self.columns.items()}


def sentences(samples: int = 32) -> Rows:
    tokens = torch.randint(1, 32, (samples, 8))
    return Rows(
        input_ids=tokens,
        attention_mask=torch.ones_like(tokens),
        labels=torch.randint(3, (samples,)),
    )


def texts(samples: int = 32) -> Rows:
    tokens = torch.randint(1, 32, (samples, 8))
    return Rows(input_ids=tokens, labels=tokens.clone())


def vectors(samples: int = 32) -> Rows:
    return Rows(x=torch.randn(samples, 12), labels=torch.randint(4, (samples,)))


def arguments(**more: Any) -> TrainingArguments:
    usual = {"learning_rate": 5e-3, "per_device_train_batch_size": 8, "report_to": "none"}
    usual |= {"output_dir": tempfile.gettempdir(), "use_cpu": True, "logging_steps": 1}
    return TrainingArguments(**{**usual, **more})


def bert(**more: Any) -> BertForSequenceClassification:
    config = BertConfig(intermediate_size=64, max_position_embeddings=16, num_labels=3, **SMALL)
    for name, value in more.items():
        setattr(config, name, value)
    return BertForSequenceClassification(config)


def gpt() -> GPT2LMHeadModel:
    config = GPT2Config(vocab_size=32, n_positions=16, n_embd=32, n_layer=1, n_head=2)
    config.bos_token_id = config.eos_token_id = 0
    return GPT2LMHeadModel(config)


def classification_of_sentences(seed: int) -> Any:
    data = sentences()
    return Trainer(bert(), arguments(), train_dataset=data, eval_dataset=data)


def language_model_with_accumulation(seed: int) -> Any:
    """Its loss is normalised by the number of tokens in all the parts."""
    return Trainer(gpt(), arguments(gradient_accumulation_steps=4), train_dataset=texts())


def label_smoothing_and_a_long_warm_up(seed: int) -> Any:
    more = arguments(label_smoothing_factor=0.1, warmup_steps=500, lr_scheduler_type="cosine")
    return Trainer(bert(), more, train_dataset=sentences())


class Weighted(Trainer):
    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        weight = torch.tensor([1.0, 2.0, 3.0])
        loss = F.cross_entropy(outputs.logits, labels, weight=weight)
        self.log({"weighted": float(loss)})
        return (loss, outputs) if return_outputs else loss


def compute_loss_of_its_own(seed: int) -> Any:
    return Weighted(bert(), arguments(), train_dataset=sentences())


def compute_loss_that_has_never_been_evaluated_with(seed: int) -> Any:
    """It returns no outputs, which only an evaluation would ask for."""

    class Short(Trainer):
        def compute_loss(self, model: Any, inputs: Any, **kwargs: Any) -> Any:
            return model(**inputs).loss

    return Short(bert(), arguments(), train_dataset=sentences())


class Perceptron(nn.Module):
    """No model of the library's, but it may be given to the Trainer all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Any:
        logits = self.net(x)
        loss = None if labels is None else F.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def module_of_its_own_with_its_own_optimizer(seed: int) -> Any:
    model = Perceptron()
    optimizer = torch.optim.SGD(model.parameters(), 0.3, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    return {
        "trainer": Trainer(
            model, arguments(), train_dataset=vectors(), optimizers=(optimizer, scheduler)
        ),
        "hints": {"memorizable": "full"},
    }


class Adapted(nn.Module):
    """As adapters are: all is frozen but a small part that begins at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Perceptron().requires_grad_(False)
        self.down, self.up = nn.Linear(12, 16, bias=False), nn.Linear(16, 4, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Any:
        logits = self.base(x).logits + self.up(self.down(x))
        loss = None if labels is None else F.cross_entropy(logits, labels)
        return {"loss": loss, "logits": logits}


def frozen_model_with_an_adapter(seed: int) -> Any:
    return Trainer(Adapted(), arguments(learning_rate=2e-2), train_dataset=vectors())


def bfloat16_on_the_cpu(seed: int) -> Any:
    return Trainer(bert(), arguments(bf16=True), train_dataset=sentences())


def several_labels_for_each_sample(seed: int) -> Any:
    tokens = torch.randint(1, 32, (32, 8))
    data = Rows(input_ids=tokens, labels=torch.randint(2, (32, 3)).float())
    model = bert(problem_type="multi_label_classification")
    return Trainer(model, arguments(), train_dataset=data)


def gradient_checkpointing(seed: int) -> Any:
    more = arguments(gradient_checkpointing=True)
    return Trainer(gpt(), more, train_dataset=texts(), eval_dataset=texts(8))


PROGRAMS = (
    classification_of_sentences,
    language_model_with_accumulation,
    label_smoothing_and_a_long_warm_up,
    compute_loss_of_its_own,
    compute_loss_that_has_never_been_evaluated_with,
    module_of_its_own_with_its_own_optimizer,
    frozen_model_with_an_adapter,
    bfloat16_on_the_cpu,
    several_labels_for_each_sample,
    gradient_checkpointing,
)


def zero_grad_that_does_nothing(seed: int) -> Any:
    model = Perceptron()
    model.zero_grad = lambda set_to_none=True: None
    return Trainer(model, arguments(), train_dataset=vectors())


def optimizer_that_climbs(seed: int) -> Any:
    class Climbing(Trainer):
        def create_optimizer(self, model: Any = None) -> Any:
            self.optimizer = torch.optim.SGD(self.model.parameters(), 0.1, maximize=True)
            return self.optimizer

    return Climbing(Perceptron(), arguments(), train_dataset=vectors())


def head_missing_in_create_optimizer(seed: int) -> Any:
    class Half(Trainer):
        def create_optimizer(self, model: Any = None) -> Any:
            self.optimizer = torch.optim.Adam(self.model.net[2].parameters(), 1e-2)
            return self.optimizer

    return Half(Perceptron(), arguments(), train_dataset=vectors())


def training_step_without_backward(seed: int) -> Any:
    class Forgetful(Trainer):
        def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Any:
            model.train()
            return self.compute_loss(model, self._prepare_inputs(inputs)).detach()

    return Forgetful(Perceptron(), arguments(), train_dataset=vectors())


def inputs_shuffled_by_the_collator(seed: int) -> Any:
    """Not seen on one batch: what the collator does wrong once is learnt by heart."""

    def collate(rows: list[Any]) -> Any:
        batch = {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
        return {**batch, "labels": batch["labels"][torch.randperm(len(rows))]}

    return Trainer(Perceptron(), arguments(), data_collator=collate, train_dataset=vectors())


def loss_computed_without_a_graph(seed: int) -> Any:
    class Detaching(Trainer):
        def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            return super().compute_loss(model, inputs).detach()

    return Detaching(Perceptron(), arguments(), train_dataset=vectors())
