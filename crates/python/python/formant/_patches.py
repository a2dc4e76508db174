"""What stands in for the forward passes of modules while a probe is open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._layers import Arrange, Kind, first

if TYPE_CHECKING:
    from ._probe import Probe

# Attention applies its matrices by functions of torch, which are replaced while it runs.
_FUNCTIONS = threading.RLock()


class Patch:
    """Stands in for the forward pass of a module, while a probe is open."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.forward: Callable[..., Any] = module.forward
        self.before = vars(module).get("forward")

    def do(self) -> None:
        self.forward, self.before = self.module.forward, vars(self.module).get("forward")
        vars(self.module)["forward"] = self

    def undo(self) -> None:
        if self.before is None:
            vars(self.module).pop("forward", None)
        else:
            vars(self.module)["forward"] = self.before

    def __deepcopy__(self, memo: dict[int, Any]) -> Callable[..., Any]:
        """A copy of the model is not measured."""
        copied = memo.get(id(self.module))
        return self.forward if copied is None else type(copied).forward.__get__(copied)


class RootPatch(Patch):
    def __init__(self, probe: Probe) -> None:
        super().__init__(probe.model)
        self.probe = probe

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        probe = self.probe
        if probe._inside or not torch.is_grad_enabled():
            return self.forward(*args, **kwargs)
        probe._begin(args, kwargs)
        try:
            return self.forward(*args, **kwargs)
        finally:
            probe._inside = False


class LinearPatch(Patch):
    def __init__(self, probe: Probe, name: str, module: nn.Module, kind: Kind) -> None:
        super().__init__(module)
        self.probe, self.name, self.kind = probe, name, kind

    def _weight(self) -> Tensor:
        # As if nothing stood in for its forward pass, and nobody looked on.
        forward, inside = vars(self.module)["forward"], self.probe._inside
        self.undo()
        self.probe._inside = False
        try:
            return self.kind.weight(self.module)
        finally:
            vars(self.module)["forward"], self.probe._inside = forward, inside

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        h_a, probe = first(args, kwargs), self.probe
        index = probe._use(self.name, h_a) if isinstance(h_a, Tensor) else None
        if probe._inside:
            probe._called.add(self.name)
        h_b = self.forward(*args, **kwargs)
        if not isinstance(h_b, Tensor) or not isinstance(h_a, Tensor):
            probe._refuse(self.name, self.module, "it does not map one tensor to one tensor")
            return h_b
        return probe._tap(self.name, self.module, self.kind, h_a, h_b, self._weight, index)


class AttentionPatch(Patch):
    """Query, key, value and output of ``nn.MultiheadAttention``, which applies them as functions."""

    def __init__(self, probe: Probe, name: str, module: nn.MultiheadAttention) -> None:
        super().__init__(module)
        self.probe, self.name = probe, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not torch.is_grad_enabled():
            for part in ("q", "k", "v", "out_proj"):
                if self.probe._inside:
                    self.probe._refuse(f"{self.name}.{part}", self.module, "attention in a checkpoint that runs without gradients")
            return self.forward(*args, **kwargs)
        if self.probe._inside:
            self.probe._called.add(self.name)
        args, kwargs = _with_gradient(args, kwargs)
        with _FUNCTIONS:
            before = F._in_projection_packed, F._in_projection, F.linear
            F._in_projection_packed, F._in_projection = self._packed, self._separate
            F.linear = lambda x, weight, bias=None: self._linear(before[2], x, weight, bias)
            self._apply = before[2]
            try:
                return self.forward(*args, **kwargs)
            finally:
                F._in_projection_packed, F._in_projection, F.linear = before

    def _packed(self, q: Tensor, k: Tensor, v: Tensor, weight: Tensor, bias: Tensor | None = None) -> list[Tensor]:
        biases = (None,) * 3 if bias is None else bias.chunk(3)
        return self._project((q, k, v), weight.chunk(3), biases)

    def _separate(self, q: Tensor, k: Tensor, v: Tensor, *rest: Tensor | None) -> list[Tensor]:
        weights, biases = rest[:3], (rest[3:] or (None,) * 3)
        return self._project((q, k, v), weights, biases)

    def _project(self, inputs: Any, weights: Any, biases: Any) -> list[Tensor]:
        # Sequences come first, [tokens, examples, d].
        self._examples = inputs[0].shape[1]
        parts = zip("qkv", inputs, weights, biases)
        return [self._map(part, x, self._apply(x, weight, bias), weight) for part, x, weight, bias in parts]

    def _linear(self, apply: Callable[..., Tensor], x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        out = apply(x, weight, bias)
        return self._map("out_proj", x, out, weight) if weight is self.module.out_proj.weight else out

    def _map(self, part: str, x: Tensor, out: Tensor, weight: Tensor) -> Tensor:
        examples, probe, name = self._examples, self.probe, f"{self.name}.{part}"
        by_example: Arrange = lambda rows: rows.reshape(-1, examples, rows.shape[-1]).transpose(0, 1)
        kind = Kind(lambda _: weight, by_example, by_example, "tokens")
        return probe._tap(name, self.module, kind, x, out, lambda: weight, probe._use(name, x))


class GradientPatch(Patch):
    """Keeps torch from paths that skip submodules where no gradient is needed, and gives checkpoints something to carry."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if torch.is_grad_enabled():
            args, kwargs = _with_gradient(args, kwargs)
        out = self.forward(*args, **kwargs)
        return _needing(out) if torch.is_grad_enabled() and isinstance(self.module, nn.Embedding) else out


def _needing(x: Any) -> Any:
    if isinstance(x, Tensor) and x.is_floating_point() and not x.requires_grad:
        # Not a leaf, which may not be changed in place.
        return x.detach().requires_grad_().clone()
    return x


def _with_gradient(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The first argument needs a gradient; where it stands more than once, it stays one tensor."""
    x = first(args, kwargs)
    y = _needing(x)
    swap = lambda value: y if value is x else value
    return tuple(map(swap, args)), {name: swap(value) for name, value in kwargs.items()}
