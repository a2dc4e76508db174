"""Pictures, with matplotlib."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ._report import RELATIONS, Report

if TYPE_CHECKING:
    from ._compare import Comparison
    from ._monitor import Monitor

# Letters of a layer's name that fit below a panel.
LABEL = 22


def _figure(panels: int, columns: int, size: tuple[float, float]) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plots need matplotlib: pip install matplotlib") from None
    rows = -(-panels // columns)

    class Picture(Figure):
        """Of its own, so that no window opens and no state of pyplot changes; shown by notebooks all the same."""

        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=80)
            return buffer.getvalue()

    figure = Picture(figsize=(size[0] * columns, size[1] * rows + 0.8), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True)
    return figure, list(axes.ravel())


def plot(report: Report, quantity: str = "alpha", *, layers: str = "*", variant: str = "normalized") -> Any:
    """A quantity of each layer, in the order of the network: ``alpha``, ``calibrated`` or ``effective_rank``.

    A panel a relation: values with their intervals over batches, and the null, from its mean to its 95 % quantile, in grey; for ranks a
    panel a matrix.
    """
    chosen = report.select(layers)
    if not chosen:
        raise ValueError(f"no layer matches {layers!r}")
    x = np.arange(len(chosen))
    if quantity == "effective_rank":
        figure, axes = _figure(6, 3, (3.6, 2.6))
        for axis, name in zip(axes, chosen[0].effective_rank):
            axis.plot(x, _floats(layer.effective_rank[name] for layer in chosen), "o-", markersize=3)
            axis.set(title=f"effective rank of {name[0].upper()}{name[1:]}", yscale="log")
    elif quantity in ("alpha", "calibrated"):
        figure, axes = _figure(6, 3, (3.6, 2.6))
        for axis, name in zip(axes, RELATIONS):
            _relation(axis, x, [layer.relations(variant)[name] for layer in chosen], quantity)
            axis.set(title=f"{RELATIONS[name]}  ({name})", ylabel=quantity)
    else:
        raise ValueError(f"no quantity {quantity!r}; there are alpha, calibrated and effective_rank")
    names = _short([layer.name for layer in chosen])
    for axis in axes[-3:]:
        every = -(-len(names) // 24)
        axis.set_xticks(x[::every], names[::every], rotation=90, fontsize=6)
    if quantity != "effective_rank":
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8)
    return figure


def _short(names: list[str]) -> list[str]:
    """The ends of names, which tell layers apart."""
    return [name if len(name) <= LABEL else f"…{name[1 - LABEL :]}" for name in names]


def _relation(axis: Any, x: np.ndarray, relations: list[Any], quantity: str) -> None:
    value = _floats(getattr(relation, "value" if quantity == "alpha" else quantity) for relation in relations)
    if quantity == "alpha":
        null, q95 = (_floats(getattr(relation, name) for relation in relations) for name in ("null", "null_q95"))
        axis.fill_between(x, null, q95, color="0.85", step="mid", label="null, mean to 95 % quantile")
        axis.plot(x, null, color="0.6", drawstyle="steps-mid")
        low, high = (_floats(getattr(relation, name) for relation in relations) for name in ("low", "high"))
        known = np.isfinite(low) & np.isfinite(value)
        axis.errorbar(x[known], value[known], [value[known] - low[known], high[known] - value[known]], fmt="none", color="C0")
        axis.set_ylim(top=1.05)
    axis.plot(x, value, "o", markersize=4, color="C0", label=quantity)


def heat_map(comparison: Comparison, measure: str) -> Any:
    """Layers of one network against layers of another."""
    figure, (axis,) = _figure(1, 1, (6.4, 5.4))
    values = comparison.values[measure]
    picture = axis.imshow(values, aspect="auto", origin="lower", cmap="viridis")
    for names, ticks in ((comparison.x, axis.set_yticks), (comparison.y, axis.set_xticks)):
        every = -(-len(names) // 30)
        rotation = {"rotation": 90} if ticks == axis.set_xticks else {}
        ticks(range(0, len(names), every), _short(names)[::every], fontsize=6, **rotation)
    figure.colorbar(picture, label=measure)
    return figure


def over_steps(monitor: Monitor, relation: str) -> Any:
    """alpha of each layer over the steps of training."""
    figure, (axis,) = _figure(1, 1, (6.4, 4.0))
    for name in monitor.moments[-1].report.layers:
        seen = [moment for moment in monitor.moments if name in moment.report.layers]
        values = _floats(moment.report[name].alpha[relation].value for moment in seen)
        axis.plot([moment.step for moment in seen], values, "o-", markersize=3, label=name)
    axis.set(xlabel="step", ylabel=f"alpha, {RELATIONS[relation]}")
    axis.legend(fontsize=6)
    return figure


def _floats(values: Any) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
