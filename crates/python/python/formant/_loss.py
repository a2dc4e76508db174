"""The loss of each sample, whatever reduction a loss function has."""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch import Tensor, nn

REDUCTIONS = ("auto", "mean", "sum", "none")

# How far the loss of a batch may be from what the losses of its halves make it.
TOLERANCE = 1e-3


class SummedLoss:
    """Turns a loss function into the sum over samples, and says how it did."""

    def __init__(self, loss: Callable[..., Any] | None, reduction: str = "auto") -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction is {reduction!r}; expected one of {', '.join(REDUCTIONS)}")
        self.loss = loss
        self.reduction = reduction
        known = {"mean": "mean", "sum": "sum", "none": "none", "batchmean": "mean"}
        if reduction == "auto":
            self.reduction = known.get(getattr(loss, "reduction", "auto"), "auto")
        self.note: str | None = None

    def __call__(self, output: Any, target: Any, examples: int) -> Tensor:
        """The sum of the samples' own losses."""
        value = self._value(output, target)
        if not isinstance(value, Tensor):
            raise TypeError(f"the loss gave {type(value).__name__}; expected a tensor")
        value = value.double() if value.dtype == torch.float64 else value.float()
        if value.dim():
            self.note = "loss: one a sample, summed"
            return value.sum()
        if self.reduction == "auto":
            self.reduction = self._found(value, output, target, examples)
        if self.reduction == "sum":
            self.note = "loss: a sum over samples, taken as it is"
            return value
        terms, what = self._terms(output, target, examples)
        self.note = f"loss: a mean, multiplied by the number of {what} in each batch, so that gradients are those of each one's own loss"
        return value * terms

    def _value(self, output: Any, target: Any) -> Any:
        if self.loss is None:
            value = getattr(output, "loss", None)
            if value is None and isinstance(output, dict):
                value = output.get("loss")
            if value is None:
                raise TypeError("the output has no .loss; give a loss function")
            return value
        # Hugging Face's outputs have the logits beside other things.
        if isinstance(self.loss, nn.Module) and not isinstance(output, Tensor):
            output = getattr(output, "logits", output[0] if isinstance(output, (tuple, list)) else output)
        if isinstance(self.loss, nn.Module) and isinstance(target, dict):
            target = target.get("labels", target)
        return self.loss(output, target)

    def _terms(self, output: Any, target: Any, examples: int) -> tuple[float, str]:
        """How many terms a mean is over."""
        ignored = getattr(self.loss, "ignore_index", -100)
        classes = isinstance(self.loss, (nn.CrossEntropyLoss, nn.NLLLoss)) or self.loss is None
        if isinstance(target, dict):
            target = target.get("labels")
        if classes and isinstance(target, Tensor) and not target.is_floating_point():
            counted = target != ignored
            weight = getattr(self.loss, "weight", None)
            terms = counted.sum() if weight is None else weight.to(target.device)[target[counted]].sum()
            return max(float(terms), 1.0), "targets"
        return float(examples), "examples"

    def _found(self, value: Tensor, output: Any, target: Any, n: int) -> str:
        """Whether a function gives a sum or a mean, from the halves of a batch."""
        if self.loss is None:
            return "mean"
        half = n // 2
        if n < 2 or not _has(output, n) or not _has(target, n):
            raise ValueError("whether the loss is a sum or a mean over the batch cannot be told: say reduction='mean' or 'sum'")
        with torch.no_grad():
            parts = (slice(None, half), slice(half, None))
            low, high = (float(self._value(_cut(output, n, part), _cut(target, n, part))) for part in parts)
        whole, total = float(value), low + high
        mean = (half * low + (n - half) * high) / n
        near = lambda expected: abs(whole - expected) <= TOLERANCE * (abs(low) + abs(high) + 1e-12)
        if near(mean):
            return "mean"
        if near(total):
            return "sum"
        raise ValueError(
            f"the loss of a batch, {whole:.6g}, is neither the sum ({total:.6g}) nor the mean ({mean:.6g}) of the losses of its "
            "halves. A loss that couples samples (a contrastive one) has no gradient of a sample; if it is a mean over what a "
            "mask leaves, say reduction='mean', or give one loss a sample"
        )


def _has(tree: Any, n: int) -> bool:
    if isinstance(tree, Tensor):
        return tree.dim() > 0 and tree.shape[0] == n
    if isinstance(tree, dict):
        return bool(tree) and all(_has(part, n) for part in tree.values())
    return isinstance(tree, (tuple, list)) and len(tree) > 0 and all(_has(part, n) for part in tree)


def _cut(tree: Any, n: int, part: slice) -> Any:
    if isinstance(tree, Tensor):
        return tree[part]
    if isinstance(tree, dict):
        cut = {name: _cut(value, n, part) for name, value in tree.items()}
        return cut if type(tree) is dict else type(tree)(**cut)
    return type(tree)(_cut(value, n, part) for value in tree)
