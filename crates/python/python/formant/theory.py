"""The theory of two points of *When Representations Align* (arXiv 2402.09142), and the clock of weight decay."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import _native

__all__ = ["decay_times", "fit", "is_stationary", "limits", "two_point"]


def two_point(
    times: Any, *, h2: float, y2: float, w: float, eta_h: float, eta_y: float, dx2: float = 1.0, dy2: float = 0.5
) -> dict[str, np.ndarray]:
    """How far apart two points come to lie, at each of ``times`` (epochs, ascending, ``[n]``).

    Args:
        h2, y2, w: squared distances of the representations and of the outputs at time 0, and ``y2`` minus the inner product
            of the outputs' and the targets' differences.
        eta_h, eta_y: effective learning rates of the maps to the representation and to the output, per epoch.
        dx2, dy2: squared distances of the inputs and of the targets.

    Returns:
        ``t``, ``h2``, ``y2`` and ``w``, each ``[n]``; ``pandas.DataFrame`` makes a table of them.
    """
    t = np.ascontiguousarray(times, dtype=np.float64)
    states = np.array(_native.two_point(t.tolist(), (dx2, dy2), (eta_h, eta_y), (h2, y2, w))).reshape(-1, 3)
    return {"t": t, "h2": states[:, 0], "y2": states[:, 1], "w": states[:, 2]}


def limits(
    *, h2: float, y2: float, w: float, eta_h: float, eta_y: float, dx2: float = 1.0, dy2: float = 0.5
) -> dict[str, Any]:
    """Final squared distance ``h_inf``, its limits ``a_high`` (lazy) and ``a_low`` (rich), ``escape_rate``, ``regime``."""
    return json.loads(_native.two_point_limits((dx2, dy2), (eta_h, eta_y), (h2, y2, w)))


def fit(frame: Any, *, dx2: float = 1.0, dy2: float = 0.5, exact_start: bool = False) -> dict[str, Any]:
    """The two constants of a network's own trajectory, with 95 % intervals.

    Args:
        frame: columns ``epoch`` (or ``t``), ``h2``, ``y2`` and ``w``, each ``[n]``, ``n`` at least 8: a data frame or a
            dictionary of arrays.
        dx2, dy2: squared distances of the inputs and of the targets.
        exact_start: takes the first row as the start without error, for curves without noise; otherwise it is fitted too.

    Raises:
        ValueError: if the theory does not describe the trajectory, with what speaks against it.
    """
    time = "epoch" if "epoch" in frame else "t"
    epochs, h2, y2, w = (np.asarray(frame[name], dtype=np.float64).tolist() for name in (time, "h2", "y2", "w"))
    return json.loads(_native.fit_two_point(epochs, h2, y2, w, (dx2, dy2), exact_start))


def decay_times(*, lr: float, weight_decay: float, steps: float, momentum: float = 0.0) -> float:
    """How many decay times ``steps`` of SGD last: ``lr * weight_decay * steps / (1 - momentum)``. Below 3 the network still
    remembers its initial weights."""
    return _native.decay_times(lr, weight_decay, momentum, steps)


def is_stationary(times: float) -> bool:
    """Whether so many decay times (at least 3) are enough for a stationary state."""
    return _native.is_stationary(times)
