"""Layers from arrays: from JAX, NumPy, or anything."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping

import numpy as np

from ._native import LayerAccumulator
from ._report import Layer, Report

# Rows that are added at once.
BLOCK = 4096


def align(
    layers: Mapping[str, Mapping[str, Any]] | str | os.PathLike[str] | None = None,
    *,
    h_a: Any = None,
    g_b: Any = None,
    weight: Any = None,
    h_b: Any = None,
    g_a: Any = None,
    name: str = "layer",
    axis: str = "examples",
    groups: int = 8,
    null_draws: int | None = None,
    null_seed: int = 0,
) -> Report:
    """Measures layers whose samples are arrays.

    One layer by its arrays, or several as ``{"fc1": {"h_a": ..., "g_b": ..., "weight": ...}, ...}``, or the path of an ``.npz``
    with the arrays ``fc1/h_a`` and so on. Anything that ``numpy.asarray`` takes will do; leading dimensions are flattened into
    samples. Neural collapse, of ``fc1/labels``, is measured by the program ``formant align`` alone.

    Args:
        h_a: inputs of the linear map, ``[..., d_a]``.
        g_b: **negative** gradient of each sample's own loss with respect to the output, ``[..., d_b]``.
        weight: ``[d_b, d_a]``, as PyTorch keeps it.
        h_b: outputs of the linear map, ``[..., d_b]``; otherwise ``W h_a``.
        g_a: negative gradient with respect to the input, ``[..., d_a]``; otherwise ``W^T g_b``.
        axis: what a sample is: ``examples``, ``tokens`` or ``positions``.
        groups: disjoint groups of samples, from which intervals are made: consecutive eighths, so that order does matter if
            samples that belong together stand together. 1 for no intervals.
        null_draws: rotations of the null, at least 2; by width if ``None``.
        null_seed: seed of the rotations.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
    """
    if (layers is None) == (h_a is None):
        raise TypeError("give layers, or h_a, g_b and weight of one")
    if layers is None:
        layers = {name: {"h_a": h_a, "g_b": g_b, "weight": weight, "h_b": h_b, "g_a": g_a}}
    if isinstance(layers, (str, os.PathLike)):
        layers = _read(layers)
    measured = {
        name: _layer(name, arrays, axis=axis, groups=groups, null_draws=null_draws, null_seed=null_seed)
        for name, arrays in layers.items()
    }
    return Report(layers=measured)


def _read(path: str | os.PathLike[str]) -> dict[str, dict[str, np.ndarray]]:
    """The layers of a dump, each with its arrays."""
    layers: dict[str, dict[str, np.ndarray]] = {}
    with np.load(path, allow_pickle=False) as dump:
        for entry in dump.files:
            name, _, array = entry.rpartition("/")
            if array != "labels":
                layers.setdefault(name, {})[array] = dump[entry]
    return layers


def _layer(
    name: str, arrays: Mapping[str, Any], *, axis: str, groups: int, null_draws: int | None, null_seed: int
) -> Layer:
    unknown = set(arrays) - {"h_a", "g_b", "weight", "h_b", "g_a"}
    if unknown:
        raise TypeError(f"layer {name!r}: no array {sorted(unknown)[0]!r}; there are h_a, g_b, weight, h_b and g_a")
    missing = [key for key in ("h_a", "g_b", "weight") if arrays.get(key) is None]
    if missing:
        raise TypeError(f"layer {name!r} has no {missing[0]}")
    weight = np.asarray(arrays["weight"], dtype=np.float64)
    if weight.ndim != 2:
        raise ValueError(f"layer {name!r}: weight has shape {weight.shape}; expected [d_b, d_a]")
    d_b, d_a = weight.shape
    rows = {key: _rows(name, key, arrays.get(key), d_a if key.endswith("a") else d_b) for key in ("h_a", "h_b", "g_a", "g_b")}
    counts = {key: len(array) for key, array in rows.items() if array is not None}
    if len(set(counts.values())) > 1:
        raise ValueError(f"layer {name!r}: numbers of samples differ: {counts}")
    accumulator = LayerAccumulator(name, weight, axis, groups)
    samples = counts["h_a"]
    for group in range(groups):
        start, end = group * samples // groups, (group + 1) * samples // groups
        for at in range(start, end, BLOCK):
            _add(accumulator, rows, weight, slice(at, min(end, at + BLOCK)), group)
    try:
        result = accumulator.finish(null_draws, null_seed)
    except ValueError as error:
        raise ValueError(f"layer {name!r}: {error}") from None
    kept = {key: np.asarray(rows[key][:1000], dtype=np.float32) for key in ("h_a", "h_b") if rows[key] is not None}
    return Layer(json.loads(result.json), kept, result)


def _rows(layer: str, key: str, array: Any, width: int) -> np.ndarray | None:
    if array is None:
        return None
    rows = np.asarray(array)
    if rows.ndim < 2 or rows.shape[-1] != width:
        raise ValueError(f"layer {layer!r}: {key} has shape {rows.shape}; expected [..., {width}]")
    return rows.reshape(-1, width)


def _add(
    accumulator: LayerAccumulator, rows: Mapping[str, np.ndarray | None], weight: np.ndarray, at: slice, group: int
) -> None:
    block = {key: None if array is None else np.asarray(array[at], dtype=np.float64) for key, array in rows.items()}
    h_a, g_b = block["h_a"], block["g_b"]
    h_b = h_a @ weight.T if block["h_b"] is None else block["h_b"]
    g_a = g_b @ weight if block["g_a"] is None else block["g_a"]
    accumulator.add(h_a, h_b, g_a, g_b, group)
