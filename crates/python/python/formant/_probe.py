"""Taps on the linear maps of a model: rows go to the accumulators when their gradients arrive."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import threading
import warnings
from typing import Any, Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._layers import Arrange, Kind, as_it_is, axis_of, batch_statistics, first, kind_of
from ._native import UNFIT, LayerAccumulator
from ._report import FormantWarning, Layer, Report, Unmeasured

# Numbers of 8 bytes a layer takes for each square of a width, in moments and in the statistics that are made of them.
MOMENTS, STATISTICS = 6, 26
# Groups of samples, from which intervals are made, and what they may take in all.
GROUPS, GROUPS_MEMORY = 8, 1 << 30
# Wider rows are not kept for comparisons.
KEPT_WIDTH = 8192

_FUNCTIONS = threading.RLock()


class Probe:
    """Measures the linear maps of a model in a loop of your own.

    >>> with formant.Probe(model, layers="blocks.*") as probe:      # doctest: +SKIP
    ...     for x, y in loader:
    ...         loss(model(x), y).backward()
    >>> probe.report().table()                                      # doctest: +SKIP

    Samples stream into the accumulators during each backward pass; memory does not depend on their number. The model has to
    be called by itself, not part by part. Forward passes without gradients are ignored. On exit, and after an exception, the
    model is as it was.

    Args:
        model: any ``torch.nn.Module``, a bare ``nn.Linear`` too.
        layers, skip: globs of the names of modules, one or several: which to measure, and which of these not.
        reduction: of the loss that is differentiated. With ``"mean"`` (over the batch) gradients are multiplied by the number
            of examples, with ``"sum"`` they are taken as they are. A loss that couples samples has no gradient of a sample.
        groups: disjoint groups of batches, from which intervals are made; 8 where that fits into 1 GiB, else 1.
        keep: samples of each layer that are kept to compare networks, the first ones.
        max_memory: bytes that moments and statistics may take, half of the machine's if ``None``; layers beyond are named.
        rows_per_batch: most samples of a layer that are taken of a batch, evenly spaced; all if ``None``.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        layers: str | Iterable[str] = "*",
        skip: str | Iterable[str] = (),
        reduction: str = "mean",
        groups: int | None = None,
        keep: int = 1000,
        max_memory: int | None = None,
        rows_per_batch: int | None = None,
    ) -> None:
        if isinstance(model, torch.jit.ScriptModule):
            raise TypeError("a scripted model runs without Python, so that no layer can be seen; measure the model it was made of")
        if isinstance(model, nn.DataParallel):
            raise TypeError("nn.DataParallel runs copies of the model; measure model.module")
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction is {reduction!r}; expected 'mean' or 'sum'")
        # A compiled model does not run hooks that come later; the one it was made of computes the same.
        self.model: nn.Module = getattr(model, "_orig_mod", model)
        self.reduction = reduction
        self.scale = 1.0
        """A factor on gradients beside that of the reduction: ``1 / scaler.get_scale()`` if the loss was scaled."""
        self.mask: Tensor | None = None
        """Of the batch at hand, ``[examples, tokens]`` or ``[examples]``: samples to leave out are False."""
        self.groups = groups
        self._group, self._pieces = 0, 1
        self._keep, self._rows_per_batch = keep, rows_per_batch
        self._patterns = _globs(layers), _globs(skip)
        self._memory = _half_of_machine() if max_memory is None else max_memory
        self._taken = self._taken_by_groups = 0
        self._sites: dict[str, Site] = {}
        self._modules: dict[str, tuple[nn.Module, Kind | str]] = {}
        self._refused: dict[str, Unmeasured] = {}
        self._called: set[str] = set()
        self._outside: set[str] = set()
        self._accounted: set[nn.Module] = set()
        self._patched: list[nn.Module] = []
        self._counts: dict[str, int] = {}
        self._deferred: dict[str, list[tuple[int, Any]]] = {}
        self._inside = False
        self._examples = 1
        self._digest, self._digested = hashlib.sha256(), 0
        self._masked: dict[str, str] = {}
        self._notes: list[str] = []
        self._find()

    def _find(self) -> None:
        include, exclude = self._patterns
        inner: set[nn.Module] = set()
        for name, module in self.model.named_modules():
            name = name or type(self.model).__name__
            if module in inner:
                continue
            if isinstance(module, nn.MultiheadAttention):
                inner.add(module.out_proj)
                found: Kind | str | None = Kind(lambda module: module.in_proj_weight, as_it_is, as_it_is, "tokens")
            else:
                found = kind_of(module)
            if found is None:
                continue
            if not _matches(name, include) or _matches(name, exclude):
                continue
            self._modules[name] = module, found
            if isinstance(found, str):
                self._refuse(name, module, found)
        if not self._modules:
            raise ValueError(f"no layer of {type(self.model).__name__} matches layers={include}, skip={exclude}")

    # Patching and restoring.

    def __enter__(self) -> Probe:
        if self._patched:
            raise RuntimeError("the probe is open already")
        # The model last, so that its own patch encloses that of a bare layer.
        for name, (module, kind) in self._modules.items():
            if isinstance(kind, Kind):
                attend = isinstance(module, nn.MultiheadAttention)
                self._patch(module, _Attention(self, name, module) if attend else _Linear(self, name, module, kind))
        for module in self.model.modules():
            if isinstance(module, (nn.TransformerEncoder, nn.TransformerEncoderLayer, nn.Embedding)):
                self._patch(module, _NeedsGradient(module))
        self._patch(self.model, _Root(self))
        return self

    def __exit__(self, *_: object) -> None:
        for patch in reversed(self._patched):
            patch.undo()
        self._patched.clear()
        self._counts.clear()
        self._deferred.clear()
        self._inside = False

    def _patch(self, module: nn.Module, patch: _Patch) -> None:
        patch.do()
        self._patched.append(patch)

    # One forward pass.

    def check_norms(self) -> None:
        """Refuses norms that couple the samples of a batch."""
        if coupled := batch_statistics(self.model):
            raise ValueError(
                f"{', '.join(coupled[:3])}: batch norm takes the statistics of the batch, so that no sample has a gradient of "
                "its own; call model.eval(), or give the norm running statistics"
            )

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.check_norms()
        tensors = [x for x in _tensors((args, kwargs)) if x.dim() > 0]
        self._examples = tensors[0].shape[0] if tensors else 1
        self._group += self._pieces
        if self._digested < self._keep:
            for x in tensors:
                self._digest.update(str((tuple(x.shape), x.dtype)).encode())
                self._digest.update(x.detach().cpu().contiguous().view(-1).to(_portable(x.dtype)).numpy().tobytes())
            self._digested += self._examples
        self._counts.clear()
        self._deferred.clear()
        self._inside = True

    def _use(self, module_name: str, h_a: Tensor) -> int | None:
        """Which use of its module in this pass a call is; ``None`` if it is not to be measured."""
        if self._inside:
            index = self._counts.get(module_name, 0)
            self._counts[module_name] = index + 1
            if torch.is_grad_enabled():
                return index
            # A checkpoint: it will be called again with gradients, in the backward pass.
            self._deferred.setdefault(module_name, []).append((index, _fingerprint(h_a)))
            return None
        if torch.is_grad_enabled():
            fingerprint = _fingerprint(h_a) if module_name in self._deferred else None
            for index, deferred in self._deferred.get(module_name, []):
                if deferred == fingerprint:
                    self._deferred[module_name].remove((index, deferred))
                    return index
            self._outside.add(module_name)
        return None

    def _tap(
        self, name: str, module: nn.Module, kind: Kind, h_a: Tensor, h_b: Tensor, weight: Callable[[], Tensor], index: int | None
    ) -> Tensor:
        """Waits for the gradient of ``h_b``, and gives back what the model goes on with."""
        if not torch.is_grad_enabled():
            return h_b
        if not h_b.requires_grad:
            h_b = h_b.detach().requires_grad_()
        if index is not None:
            name = name if index == 0 else f"{name}#{index + 1}"
            site = self._site(name, module, kind, h_a, h_b, weight)
            if site is not None:
                # Copies, because what comes later may change its inputs in place.
                pending = _Pending(self, site, kind, h_a.detach().clone(), h_b.detach(), self.mask, self._examples, self._group)
                h_b.register_hook(pending)
        return h_b.clone()

    def _site(
        self, name: str, module: nn.Module, kind: Kind, h_a: Tensor, h_b: Tensor, weight: Callable[[], Tensor]
    ) -> Site | None:
        if name in self._refused:
            return None
        if name not in self._sites:
            matrix = weight().detach()
            d_b, d_a = matrix.shape
            groups = self._room(name, module, d_a, d_b)
            if groups is None:
                return None
            axis = kind.axis or axis_of(h_b)
            self._sites[name] = Site(name, module, matrix, axis, groups, self._keep)
        return self._sites[name]

    def _room(self, name: str, module: nn.Module, d_a: int, d_b: int) -> int | None:
        """Into how many groups the samples of a layer go; ``None`` if the layer does not fit."""
        squares = 8 * (d_a**2 + d_b**2)
        moments, statistics = MOMENTS * squares, STATISTICS * squares
        if self._taken + moments + statistics > self._memory:
            needed, left = (f"{bytes / 2**30:.1f} GiB" for bytes in (moments + statistics, self._memory - self._taken))
            self._refuse(name, module, f"{d_a} -> {d_b} would take {needed} of memory, more than {left} (max_memory=)")
            return None
        groups = GROUPS if self.groups is None else self.groups
        if self.groups is None and self._taken_by_groups + (groups - 1) * moments > GROUPS_MEMORY:
            groups = 1
            self._note("wide layers have no intervals: groups= makes them, for 8 times the memory")
        self._taken += moments * groups
        self._taken_by_groups += moments * (groups - 1)
        return groups

    def _refuse(self, name: str, module: nn.Module, reason: str) -> None:
        self._refused[name] = Unmeasured(name, type(module).__name__, reason)
        self._accounted.add(module)

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)

    # What came of it.

    def report(self, *, null_draws: int | None = None, null_seed: int = 0) -> Report:
        """Every statistic of every layer. Work that grows with the cube of widths, and not with samples.

        Args:
            null_draws: rotations of the null, at least 2; by width if ``None``.
            null_seed: seed of the rotations.
        """
        layers: dict[str, Layer] = {}
        unmeasured = dict(self._refused)
        for name, site in self._sites.items():
            if name in unmeasured:
                continue
            try:
                layer = site.finish(null_draws, null_seed)
            except ValueError as error:
                unmeasured[name] = Unmeasured(name, type(site.module).__name__, str(error))
                continue
            if layer.misfit is not None and layer.misfit > UNFIT:
                reason = f"its outputs are not W h_a plus a constant (misfit {layer.misfit:.2f}): a wrapped or replaced weight"
                unmeasured[name] = Unmeasured(name, type(site.module).__name__, reason)
                continue
            layers[name] = layer
            if site.changed():
                self._note(f"{name}: the weight changed while it was measured: moments are of all steps, the weight of the first")
        accounted = self._accounted.union(site.module for site in self._sites.values())
        for name, (module, _) in self._modules.items():
            if module not in accounted:
                unmeasured[name] = Unmeasured(name, type(module).__name__, self._unseen(name))
        notes = [*self._notes, *self._tied(), *self._masked.values()]
        digest = f"{self._keep}:{self._digest.hexdigest()}" if self._digested else None
        report = Report(layers, list(unmeasured.values()), notes, digest)
        if not layers:
            reasons = "; ".join(f"{layer.name}: {layer.reason}" for layer in report.unmeasured[:5])
            warnings.warn(f"no layer was measured: {reasons}", FormantWarning, stacklevel=2)
        return report

    def _unseen(self, name: str) -> str:
        if name in self._called:
            return "it was called without gradients only"
        return "it was called by itself, not by the model" if name in self._outside else "it was not called"

    def _tied(self) -> list[str]:
        by_storage: dict[int, list[str]] = {}
        for name, module in self.model.named_modules():
            weight = getattr(module, "weight", None)
            if isinstance(weight, Tensor) and weight.dim() >= 2:
                by_storage.setdefault(weight.data_ptr(), []).append(name or type(module).__name__)
        return [f"{' and '.join(names)} share one weight" for names in by_storage.values() if len(names) > 1]


class Site:
    """One linear map while it is measured."""

    def __init__(self, name: str, module: nn.Module, weight: Tensor, axis: str, groups: int, keep: int) -> None:
        self.name, self.module, self.groups, self.keep = name, module, groups, keep
        self.version = weight._version
        self.source = weight
        self.weight = weight.to(torch.float64 if weight.dtype == torch.float64 else torch.float32).clone()
        self.accumulator = LayerAccumulator(name, _array(self.weight), axis, groups)
        self.rows: dict[str, list[np.ndarray]] = {"h_a": [], "h_b": []}
        self.kept = 0
        self.broken: str | None = None

    def changed(self) -> bool:
        return self.source._version != self.version

    def add(self, h_a: Tensor, h_b: Tensor, g_b: Tensor, group: int) -> None:
        """Rows ``[n, d]`` of one precision."""
        with _full_precision(g_b):
            g_a = g_b @ self.weight.to(g_b)
        arrays = {"h_a": _array(h_a), "h_b": _array(h_b)}
        self.accumulator.add(arrays["h_a"], arrays["h_b"], _array(g_a), _array(g_b), group)
        missing = self.keep - self.kept
        if missing > 0 and max(self.weight.shape) <= KEPT_WIDTH:
            for key, rows in arrays.items():
                self.rows[key].append(rows[:missing].astype(np.float32))
            self.kept += min(missing, len(h_a))

    def finish(self, draws: int | None, seed: int) -> Layer:
        if self.broken:
            raise ValueError(self.broken)
        if not self.accumulator.samples:
            raise ValueError("no gradient reached its output: it is outside the loss")
        result = self.accumulator.finish(draws, seed)
        rows = {key: np.concatenate(rows) for key, rows in self.rows.items() if rows}
        return Layer(json.loads(result.json), rows, result)


class _Pending:
    """Rows of one use of a layer, until their gradient arrives."""

    def __init__(
        self, probe: Probe, site: Site, kind: Kind, h_a: Tensor, h_b: Tensor, mask: Tensor | None, examples: int, group: int
    ) -> None:
        self.probe, self.site, self.kind = probe, site, kind
        self.h_a: Tensor | None = h_a
        self.h_b: Tensor | None = h_b
        self.mask, self.examples, self.group = mask, examples, group

    def __call__(self, gradient: Tensor) -> None:
        if self.h_a is None or self.h_b is None or self.site.broken:
            return
        try:
            self._add(gradient)
        except (ValueError, RuntimeError) as error:
            # A layer that cannot be measured does not take the others with it.
            self.site.broken = str(error)
        # A retained graph may come again; a sample counts once.
        self.h_a = self.h_b = None

    def _add(self, gradient: Tensor) -> None:
        probe, kind = self.probe, self.kind
        scale = probe.scale * (self.examples if probe.reduction == "mean" else 1)
        with torch.no_grad():
            rows = [kind.rows_in(self.h_a), kind.rows_out(self.h_b), kind.rows_out(gradient.detach())]
            wide = torch.float64 if rows[1].dtype == torch.float64 else torch.float32
            rows = [self._chosen(x.to(wide)) for x in rows]
            h_a, h_b, g_b = rows[0], rows[1], rows[2] * -scale
            pieces = probe._pieces if self.site.groups > 1 else 1
            for piece in range(pieces):
                # Examples stay whole: samples of one are not independent.
                start, end = (len(h_a) * at // pieces for at in (piece, piece + 1))
                if end > start:
                    parts = [x[start:end].flatten(0, -2) for x in (h_a, h_b, g_b)]
                    self.site.add(*parts, (self.group + piece) % self.site.groups)

    def _chosen(self, rows: Tensor) -> Tensor:
        """``[examples, samples, d]``, or ``[samples, 1, d]`` of what a mask leaves."""
        rows = rows.reshape(1, 1, -1) if rows.dim() == 1 else rows
        mask = self.mask
        if mask is not None:
            mask = mask.to(rows.device, torch.bool)
            if tuple(rows.shape[:-1]) == tuple(mask.shape):
                rows = rows[mask].unsqueeze(1)
            elif mask.dim() == 1 and rows.shape[0] == len(mask):
                rows = rows[mask]
            else:
                self.probe._masked.setdefault(
                    self.site.name,
                    f"{self.site.name}: samples {list(rows.shape[:-1])} are not those of the mask {list(mask.shape)}: all taken",
                )
        rows = rows.unsqueeze(1) if rows.dim() == 2 else rows.flatten(1, -2)
        most = self.probe._rows_per_batch
        if most is not None and rows.shape[0] * rows.shape[1] > most:
            flat = rows.flatten(0, 1)
            chosen = torch.linspace(0, len(flat) - 1, most, device=rows.device).long()
            rows = flat[chosen].unsqueeze(1)
            self.probe._note(f"of a batch at most {most} samples of a layer were taken, evenly spaced")
        return rows


class _Patch:
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


class _Root(_Patch):
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


class _Linear(_Patch):
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


class _Attention(_Patch):
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


class _NeedsGradient(_Patch):
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


def _tensors(tree: Any) -> list[Tensor]:
    if isinstance(tree, Tensor):
        return [tree]
    if isinstance(tree, dict):
        tree = [tree[key] for key in tree]
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in _tensors(part)]
    return []


def _portable(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype


def _array(x: Tensor) -> np.ndarray:
    return x.detach().cpu().contiguous().numpy()


def _fingerprint(x: Tensor) -> tuple[Any, ...]:
    return tuple(x.shape), float(x.detach().double().sum())


def _full_precision(x: Tensor) -> Any:
    return torch.autocast(x.device.type, enabled=False)


def _globs(patterns: str | Iterable[str]) -> list[str]:
    return [patterns] if isinstance(patterns, str) else list(patterns)


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _half_of_machine() -> int:
    try:
        with open("/proc/meminfo") as file:
            kilobytes = next(int(line.split()[1]) for line in file if line.startswith("MemTotal"))
        return kilobytes * 1024 // 2
    except (OSError, StopIteration, ValueError):
        return 8 << 30
