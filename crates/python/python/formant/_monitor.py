"""A network measured again and again while it trains."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from torch import Tensor, nn

from . import theory
from ._measure import measure
from ._report import Report, Table


@dataclass
class Moment:
    """One measurement."""

    step: int
    report: Report
    decay_times: float | None
    """How many decay times training has lasted; ``None`` without weight decay."""
    change: dict[str, dict[str, float]]
    """By layer, how much ``h_a``, ``g_b``, ``z_a`` and ``z_b`` have changed since the measurement before, relative to it."""


class Monitor:
    """Measures a model on held-out samples while it trains: alpha, ranks, decay times, and how stationary the layers are.

    >>> monitor = formant.Monitor(model, held_out, loss, every=500, lr=0.1, weight_decay=1e-4, momentum=0.9)  # doctest: +SKIP
    >>> for x, y in loader:                                                                                   # doctest: +SKIP
    ...     optimizer.zero_grad(); loss(model(x), y).backward(); optimizer.step()
    ...     monitor.step()
    >>> monitor.table()                                                                                       # doctest: +SKIP

    Args:
        model, loader, loss: as of :func:`formant.measure`. The loader has to give the same samples each time, or changes of
            moments are those of the samples too.
        every: steps between measurements; the first one is before any step.
        lr, weight_decay, momentum: of plain SGD, for the clock of weight decay: ``lr * weight_decay * steps / (1 - momentum)``.
            With a schedule give ``lr`` to :meth:`step`.
        options: of :func:`formant.measure`.
    """

    def __init__(
        self,
        model: nn.Module,
        loader: Iterable[Any],
        loss: Callable[[Any, Any], Tensor] | None = None,
        *,
        every: int = 500,
        lr: float | None = None,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        **options: Any,
    ) -> None:
        if every < 1:
            raise ValueError(f"every is {every}; expected at least 1")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum}; expected from 0 to below 1")
        self.moments: list[Moment] = []
        self._measure = lambda: measure(model, loader, loss, **options)
        self._every, self._lr, self._weight_decay, self._momentum = every, lr, weight_decay, momentum
        self._steps, self._times = 0, 0.0
        self._take()

    def step(self, lr: float | None = None) -> Report | None:
        """After each step of the optimiser. The report, if this was a step to measure."""
        self._steps += 1
        rate = self._lr if lr is None else lr
        if rate is not None:
            self._times += theory.decay_times(
                lr=rate, weight_decay=self._weight_decay, momentum=self._momentum, steps=1
            )
        return self._take() if self._steps % self._every == 0 else None

    def _take(self) -> Report:
        report = self._measure()
        before = self.moments[-1].report if self.moments else None
        change = {} if before is None else _changes(before, report)
        known = self._lr is not None and self._weight_decay > 0
        self.moments.append(Moment(self._steps, report, self._times if known or self._times else None, change))
        if before is not None:
            # Moments take memory, and are not needed again.
            for layer in before:
                layer.native = None
                layer.rows = {}
        return report

    @property
    def stationary(self) -> bool | None:
        """Whether training has lasted the 3 decay times from which on a stationary state can be expected."""
        times = self.moments[-1].decay_times
        return None if times is None else theory.is_stationary(times)

    @property
    def warnings(self) -> list[str]:
        """What to know before the numbers mean anything."""
        out = list(self.moments[-1].report.warnings)
        if self.stationary is False:
            out.append(
                f"training has lasted {self.moments[-1].decay_times:.2f} decay times, fewer than 3: the initial weights have not "
                "decayed, and alignment depends on how long training was as well as on the weight decay"
            )
        return out

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary a measurement, layer and relation."""
        return [
            {
                "step": moment.step,
                "decay_times": moment.decay_times,
                **row,
                **{
                    f"rank_{name}": moment.report[row["layer"]].effective_rank.get(name) for name in ("h_a", "g_b", "z_a")
                },
                **{f"change_{name}": moment.change.get(row["layer"], {}).get(name) for name in ("h_a", "g_b", "z_a", "z_b")},
            }
            for moment in self.moments
            for row in moment.report.rows()
        ]

    def table(self) -> Any:
        """One row a measurement, layer and relation: a ``pandas.DataFrame`` if pandas is installed, else a list of rows."""
        try:
            import pandas
        except ImportError:
            return Table(self.rows())
        return pandas.DataFrame(self.rows())

    def plot(self, relation: str = "b_rga") -> Any:
        """alpha of each layer over steps, with matplotlib. Returns the figure."""
        from ._plot import over_steps

        return over_steps(self, relation)


def _changes(before: Report, after: Report) -> dict[str, dict[str, float]]:
    changes = {}
    for layer in after:
        earlier = before.layers.get(layer.name)
        if earlier is None or earlier.native is None or layer.native is None:
            continue
        try:
            changes[layer.name] = json.loads(layer.native.change_since(earlier.native))
        except ValueError:
            continue  # Nothing to relate a change to: a moment was zero.
    return changes
