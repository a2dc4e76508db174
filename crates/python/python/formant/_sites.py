"""One linear map while it is measured, and its rows until their gradient arrives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ._layers import Kind
from ._native import LayerAccumulator
from ._report import Layer

if TYPE_CHECKING:
    from ._probe import Probe

# Wider rows are not kept for comparisons.
KEPT_WIDTH = 8192


class Site:
    """One linear map while it is measured."""

    def __init__(self, name: str, module: nn.Module, weight: Tensor, axis: str, groups: int, keep: int, summary: bool) -> None:
        self.name, self.module, self.groups, self.keep = name, module, groups, keep
        self.version = weight._version
        self.source = weight
        self.weight = weight.to(torch.float64 if weight.dtype == torch.float64 else torch.float32).clone()
        self.accumulator = LayerAccumulator(name, _array(self.weight), axis, groups, summary)
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


class Pending:
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


def _array(x: Tensor) -> np.ndarray:
    return x.detach().cpu().contiguous().numpy()


def _full_precision(x: Tensor) -> Any:
    return torch.autocast(x.device.type, enabled=False)
