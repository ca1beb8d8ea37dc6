"""Both errors of the stage: programs that are fine and alarm, programs with a fault that do not."""

from __future__ import annotations

import inspect

import pytest

from smokealarm.finding import Level
from tests.memorize import faulty_programs
from tests.memorize.asking import ask_here
from tests.memorize.telling import told
from tests.zoo import OPEN, Program, programs

pytestmark = pytest.mark.usefixtures("in_the_repository")

# One of each kind; benchmarks/memorize_zoo.py asks the others, and over three seeds.
REPRESENTATIVE = frozenset("""
    vision:resnet vision:detection_with_several_losses vision:vision_transformer_with_zero_head
    text:gpt_that_returns_its_loss text:word_language_model text:bert_masked_language_model
    text:conditional_random_field series:lstm_on_packed_sequences series:ragged_lists_packed_in_the_step
    tabular:lbfgs tabular:multi_task_with_uncertainty_weights tabular:polynomial_regression
    generative:vae_with_noise generative:dcgan generative:normalizing_flow
    graphs_and_sets:graph_classification_with_a_batch_vector recommending:matrix_factorization
    representation:contrastive_with_in_batch_negatives reinforcement:deep_q_learning
    loops:gradient_accumulation loops:grad_scaler loops:warm_up_from_a_learning_rate_of_zero
    loops:lazy_layers loops:trainer_class_with_ema tuning:lora_by_parametrization
    tuning:mean_teacher unusual:mixture_of_experts unusual:complex_weights
    """.split())
HEALTHY = [program for program in programs(OPEN) if program.setup in REPRESENTATIVE]


def test_every_representative_is_in_the_zoo() -> None:
    assert {program.setup for program in HEALTHY} == REPRESENTATIVE


@pytest.mark.parametrize("program", HEALTHY, ids=lambda program: program.in_words)
def test_a_healthy_program_gives_no_finding(program: Program) -> None:
    answer = told(program.setup)
    assert (answer.failures, answer.warnings) == ((), ())
    # It cannot tell where a batch has no dimension of samples: boxes, ragged lists, graphs.
    assert [doubt for doubt in answer.doubts if "samples_independent" not in doubt] == []


def test_updates_by_hand_without_an_optimizer_are_no_failure() -> None:
    answers = ask_here("loops:updates_by_hand")
    assert [answer.findings for answer in answers.values()] == [[], [], []]
    doubt = answers["gradients_flow"].doubt
    assert doubt and "names no optimizer" in doubt.message


LOST = "the gradient is gone when the optimizer steps: 0.bias, 0.weight, 2.bias, 2.weight"
FAULTS = [
    ("zero_grad_between_backward_and_step", "gradients_flow", LOST),
    ("optimizer_over_another_model", "optimizer_complete", "holds none of the model's parameters"),
    (
        "layer_replaced_after_the_optimizer_was_made",
        "optimizer_complete",
        "and does not hold 2.bias, 2.weight",
    ),
    ("detached_loss", "gradients_flow", "no parameter that can be trained hangs on the loss"),
    ("detached_loss", "memorizes", "nothing that can be trained hangs on the loss"),
    ("everything_frozen", "gradients_flow", "no parameter that can be trained hangs on the loss"),
    ("softmax_over_one_output", "gradients_flow", "every gradient is exactly zero"),
    ("backward_forgotten", "gradients_flow", "the optimizer steps without any gradient"),
    ("zero_grad_forgotten", "gradients_faithful", "they pile up"),
    ("learning_rate_far_too_small", "memorizes", "one batch was not learnt"),
    ("learning_rate_absurdly_high", "finite", "the forward pass became NaN or infinite at step"),
    ("sign_of_the_loss_reversed", "memorizes", "one batch was not learnt"),
    ("labels_shuffled_at_every_step", "memorizes", "one batch was not learnt"),
    ("softmax_over_the_batch", "memorizes", "one batch was not learnt"),
    ("inputs_that_do_not_arrive", "memorizes", "one batch was not learnt"),
    ("log_of_zero", "finite", "the forward pass became NaN or infinite at step 1 in log"),
    ("square_root_at_zero", "finite", "the gradient became NaN or infinite at step 1"),
    ("samples_that_mix", "samples_independent", "changes with the other samples of its batch"),
]


@pytest.mark.parametrize(
    ("program", "check", "message"), FAULTS, ids=[f"{name} by {check}" for name, check, _ in FAULTS]
)
def test_a_fault_is_found(program: str, check: str, message: str) -> None:
    answer = ask_here(f"faulty_programs:{program}", check)[check]
    assert [message in text for text in answer.messages] == [True]
    [finding] = answer.findings
    assert finding.level is Level.FAILURE and finding.remedy
    assert (finding.path, finding.line) in places(program)


def places(program: str) -> list[tuple[str, int]]:
    """The lines marked `here`, or else where the program is defined or makes its optimizer step."""
    lines = inspect.getsource(faulty_programs).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"def {program}("))
    if program == "log_of_zero":
        start = next(i for i, line in enumerate(lines) if line.startswith("class LogOfZero"))
    end = next(
        (i for i in range(start + 2, len(lines)) if lines[i].startswith(("def ", "class "))),
        len(lines),
    )
    numbers = range(start, end)
    marked = [number for number in numbers if "# here" in lines[number]]
    stepping = [number for number in numbers if "optimizer.step()" in lines[number]]
    return [("faulty_programs.py", n + 1) for n in marked or stepping or [start]]
