"""Which modules are linear maps, and how their samples are laid out in rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# A map from a tensor to one of the same numbers with samples of one example side by side, [examples, ..., d].
Arrange = Callable[[Tensor], Tensor]


@dataclass
class Kind:
    """How one kind of module is measured."""

    weight: Callable[[nn.Module], Tensor]
    """``[d_b, d_a]``."""
    rows_in: Arrange
    rows_out: Arrange
    axis: str | None
    """What a sample is; by the number of dimensions if ``None``."""


def axis_of(rows: Tensor) -> str:
    """``examples`` of ``[n, d]``, ``tokens`` of more dimensions."""
    return "examples" if rows.dim() <= 2 else "tokens"


def kind_of(module: nn.Module) -> Kind | str | None:
    """How a module is measured; why it is not; or ``None`` if it is no map of activations by a matrix of its own."""
    name = type(module).__name__
    if isinstance(module, nn.Linear):
        return Kind(linear_weight, as_it_is, as_it_is, None)
    if isinstance(module, (nn.Conv1d, nn.Conv2d)) and not isinstance(module, nn.modules.conv._ConvTransposeNd):
        if module.groups > 1:
            return f"a convolution in {module.groups} groups is that many maps, each with a weight of its own"
        return Kind(
            lambda module: module.weight.flatten(1), lambda x: patches(module, x), lambda x: positions(module, x), "positions"
        )
    if name == "Conv1D" and hasattr(module, "nf") and _matrices(module) == ["weight"]:
        return Kind(lambda module: module.weight.t(), as_it_is, as_it_is, None)
    if isinstance(module, nn.modules.rnn.RNNBase):
        return "a recurrent layer keeps its inner activations to itself; nn.RNNCell made of nn.Linear would be measured"
    if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
        return "a table of vectors, not a map of activations"
    if matrices := _matrices(module):
        return f"no rule for {name}, with {', '.join(matrices)}"
    return None


def _matrices(module: nn.Module) -> list[str]:
    own = module.named_parameters(recurse=False)
    return [name for name, parameter in own if parameter.dim() >= 2 and max(parameter.shape) < parameter.numel()]


def as_it_is(x: Tensor) -> Tensor:
    return x


def linear_weight(module: nn.Module) -> Tensor:
    """The weight that a linear layer applies: its own, or for a subclass with a forward pass of its own (an adapter such as
    LoRA) the one that its outputs for unit inputs show."""
    if type(module).forward is nn.Linear.forward and "forward" not in vars(module):
        return module.weight
    parameter = module.weight
    with torch.no_grad():
        unit = torch.eye(module.in_features, dtype=parameter.dtype, device=parameter.device)
        origin = module.forward(torch.zeros_like(unit[:1]))
        return (module.forward(unit) - origin).t()


def patches(conv: nn.Conv1d | nn.Conv2d, x: Tensor) -> Tensor:
    """What each position of a convolution sees, ``[examples, positions, channels * kernel]``."""
    batched = x if x.dim() == conv.weight.dim() else x.unsqueeze(0)
    if batched.dim() == 3:
        batched = batched.unsqueeze(2)
    two = lambda numbers: (1, *numbers) if len(numbers) == 1 else tuple(numbers)
    padding = _padding(conv)
    mode = "constant" if conv.padding_mode == "zeros" else conv.padding_mode
    if any(padding):
        batched = _padded(batched, padding, mode)
    columns = F.unfold(batched, two(conv.kernel_size), dilation=two(conv.dilation), stride=two(conv.stride))
    return columns.transpose(1, 2)


def _padding(conv: nn.Conv1d | nn.Conv2d) -> list[int]:
    """As ``F.pad`` takes it for the last two dimensions."""
    padding = conv.padding
    if padding == "valid":
        pairs = [(0, 0)] * len(conv.kernel_size)
    elif padding == "same":
        totals = [dilation * (kernel - 1) for dilation, kernel in zip(conv.dilation, conv.kernel_size)]
        pairs = [(total // 2, total - total // 2) for total in totals]
    else:
        pairs = [(one, one) for one in padding]
    return [number for pair in reversed(pairs) for number in pair]


def _padded(x: Tensor, padding: list[int], mode: str) -> Tensor:
    if mode == "constant":
        return F.pad(x, padding)
    if len(padding) == 2:
        # One dimension: torch pads the last two of four only together.
        return F.pad(x.squeeze(2), padding, mode=mode).unsqueeze(2)
    return F.pad(x, padding, mode=mode)


def positions(conv: nn.Conv1d | nn.Conv2d, x: Tensor) -> Tensor:
    """Outputs by position, ``[examples, positions, channels]``."""
    batched = x if x.dim() == conv.weight.dim() else x.unsqueeze(0)
    return batched.flatten(2).transpose(1, 2)


def batch_statistics(model: nn.Module) -> list[str]:
    """The norms that would use the statistics of the batch at hand, under which no sample has a gradient of its own."""
    norms = nn.modules.batchnorm._BatchNorm
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, norms) and (module.training or module.running_mean is None)
    ]


def first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The first argument, however it was given."""
    return args[0] if args else next(iter(kwargs.values()), None)
