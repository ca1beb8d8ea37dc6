"""Faults of attention: who may look at whom, and whether places are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.memorize.faults.planting import (
    HOOKED,
    Call,
    Calls,
    Place,
    Unfit,
    edit_output,
    modules,
)
from smokealarm.memorize.setup import Setup

PLACES = re.compile(r"(^|[._])(pos|position\w*|place\w*|wpe|pe)([._]|$)")
FORBIDDEN = -1e4  # a number at least as low as this in a mask means: do not look


def causal_mask_dropped(setup: Setup) -> Setup:
    """The causal mask is not applied: every token sees those after it."""
    return _masked(setup, torch.ones_like)


def causal_mask_transposed(setup: Setup) -> Setup:
    """The causal mask is transposed: every token sees those after it, and none before."""
    return _masked(setup, lambda allowed: allowed.transpose(-1, -2))


def causal_mask_off_by_one(setup: Setup) -> Setup:
    """The causal mask begins one place too late: every token sees the next."""
    return _masked(setup, lambda allowed: allowed | allowed.roll(-1, -2))


def attention_mask_inverted(setup: Setup) -> Setup:
    """True and False are confused in the mask: the last token may look at nothing."""
    return _masked(setup, torch.logical_not)


def padding_attended(setup: Setup) -> Setup:
    """The mask of the padding is not handed on."""
    batch = setup.batch
    if isinstance(batch, Mapping) and isinstance(batch.get("attention_mask"), Tensor):
        if bool(batch["attention_mask"].all()):
            raise Unfit("its batch has no padding")
        full = torch.ones_like(batch["attention_mask"])
        return setup._replace(batch={**batch, "attention_mask": full})

    def edit(call: Call, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("key_padding_mask") is None:
            raise Unfit("its attention is given no mask of padding")
        return call(*args, **{**kwargs, "key_padding_mask": None})

    return _inside(setup, Calls({F.multi_head_attention_forward: edit}))


def positions_lost(setup: Setup) -> Setup:
    """The position embedding is multiplied by zero: the order of the tokens is lost.

    One batch shows it only where the same tokens come in another order.
    """
    found = [
        embedding
        for module in setup.modules.values()
        for name, embedding in module.named_modules()
        if isinstance(embedding, nn.Embedding) and PLACES.search(name)
    ]
    if not found:
        raise Unfit("the program has no position embedding that is known as such")
    for embedding in found:
        edit_output(embedding, lambda output: output * 0.0)
    return setup


def _masked(setup: Setup, change: Callable[[Tensor], Tensor]) -> Setup:
    """Wherever a causal mask is applied, another one is."""

    def dot_product(
        call: Call,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Any = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        **kwargs: Any,
    ) -> Any:
        if is_causal:
            shape = query.shape[-2], key.shape[-2]
            attn_mask = torch.ones(shape, dtype=torch.bool, device=query.device).tril()
        if attn_mask is None:
            raise Unfit("its attention has no mask")
        allowed = attn_mask if attn_mask.dtype == torch.bool else attn_mask > FORBIDDEN
        mask = change(_causal(allowed))
        return call(query, key, value, attn_mask=mask, dropout_p=dropout_p, **kwargs)

    def many_heads(call: Call, *args: Any, **kwargs: Any) -> Any:
        mask = kwargs.get("attn_mask")
        if mask is None:
            raise Unfit("its attention has no mask")
        allowed = ~mask if mask.dtype == torch.bool else mask > FORBIDDEN
        mask = torch.zeros(mask.shape, dtype=args[0].dtype, device=mask.device).masked_fill(
            ~change(_causal(allowed)), float("-inf")
        )
        return call(*args, **{**kwargs, "attn_mask": mask, "is_causal": False})

    def by_hand(call: Call, scores: Tensor, mask: Tensor, value: Any) -> Any:
        if not isinstance(value, (int, float)) or value > FORBIDDEN or mask.dtype != torch.bool:
            return call(scores, mask, value)
        return call(scores, ~change(_causal(~mask)), value)

    return _inside(
        setup,
        Calls(
            {
                F.scaled_dot_product_attention: dot_product,
                F.multi_head_attention_forward: many_heads,
                Tensor.masked_fill: by_hand,
            }
        ),
    )


def _causal(allowed: Tensor) -> Tensor:
    square = allowed.dim() > 1 and allowed.shape[-1] == allowed.shape[-2]
    if not square or bool(allowed.triu(1).any()):
        raise Unfit("its attention is not causal")
    return allowed


def _inside(setup: Setup, mode: Calls) -> Setup:
    """The mode holds within the forward pass of the models."""
    modules(setup, nn.Module, called="module")

    def enter(module: nn.Module, args: Any) -> None:
        mode.__enter__()  # type: ignore[no-untyped-call]  # torch does not type it

    def leave(module: nn.Module, args: Any, output: Any) -> None:
        mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        if not mode.met:
            raise Unfit("the program calls no attention of torch's")

    for module in setup.modules.values():
        module.register_forward_pre_hook(enter)
        module.register_forward_hook(leave, always_call=True)
        place = Place(module)
        HOOKED.append(place)
        module.register_forward_hook(partial(_met, place))
    return setup


def _met(place: Place, module: nn.Module, args: Any, output: Any) -> None:
    place.met = True


FAULTS = (
    causal_mask_dropped,
    causal_mask_transposed,
    causal_mask_off_by_one,
    attention_mask_inverted,
    padding_attended,
    positions_lost,
)
