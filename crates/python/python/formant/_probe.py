"""Taps on the linear maps of a model: rows go to the accumulators when their gradients arrive."""

from __future__ import annotations

import fnmatch
import hashlib
import warnings
from typing import Any, Callable, Iterable

import torch
from torch import Tensor, nn

from ._layers import Kind, as_it_is, axis_of, batch_statistics, kind_of
from ._native import UNFIT
from ._patches import AttentionPatch, GradientPatch, LinearPatch, Patch, RootPatch
from ._report import FormantWarning, Layer, Report, Unmeasured
from ._sites import Pending, Site

# Numbers of 8 bytes a layer takes for each square of a width, in moments and in the statistics that are made of them.
MOMENTS, STATISTICS = 6, 26
# Groups of samples, from which intervals are made, and what they may take in all.
GROUPS, GROUPS_MEMORY = 8, 1 << 30


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
        statistics: ``"all"``, or ``"summary"``: the relations of samples at unit norm with their nulls and intervals, in about a
            quarter of the time.
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
        statistics: str = "all",
    ) -> None:
        if isinstance(model, torch.jit.ScriptModule):
            raise TypeError("a scripted model runs without Python, so that no layer can be seen; measure the model it was made of")
        if isinstance(model, nn.DataParallel):
            raise TypeError("nn.DataParallel runs copies of the model; measure model.module")
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction is {reduction!r}; expected 'mean' or 'sum'")
        if statistics not in ("all", "summary"):
            raise ValueError(f"statistics is {statistics!r}; expected 'all' or 'summary'")
        self._summary = statistics == "summary"
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
        self._patched: list[Patch] = []
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
                self._patch(module, AttentionPatch(self, name, module) if attend else LinearPatch(self, name, module, kind))
        for module in self.model.modules():
            if isinstance(module, (nn.TransformerEncoder, nn.TransformerEncoderLayer, nn.Embedding)):
                self._patch(module, GradientPatch(module))
        self._patch(self.model, RootPatch(self))
        return self

    def __exit__(self, *_: object) -> None:
        for patch in reversed(self._patched):
            patch.undo()
        self._patched.clear()
        self._counts.clear()
        self._deferred.clear()
        self._inside = False

    def _patch(self, module: nn.Module, patch: Patch) -> None:
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
                pending = Pending(self, site, kind, h_a.detach().clone(), h_b.detach(), self.mask, self._examples, self._group)
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
            self._sites[name] = Site(name, module, matrix, axis, groups, self._keep, self._summary)
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


def _fingerprint(x: Tensor) -> tuple[Any, ...]:
    return tuple(x.shape), float(x.detach().double().sum())


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
