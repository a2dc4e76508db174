"""Two networks compared, layer by layer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import numpy as np

from . import _native
from ._report import Report, Table

MEASURES = ("linear_cka_unbiased", "procrustes", "rsa_spearman")


@dataclass
class Comparison:
    """Layer by layer of two networks, ``x`` the rows and ``y`` the columns."""

    x: list[str]
    y: list[str]
    values: dict[str, np.ndarray]
    """A matrix ``[layers of x, layers of y]`` a measure; NaN where it is not defined."""
    p_values: dict[str, np.ndarray]
    """Share of permutations of the samples that are as alike, ``[layers of x, layers of y]`` a measure; on at most 256
    samples."""
    ceilings: dict[str, dict[str, Any]]
    """A noise ceiling a measure: how far the matrix of one half of the samples is that of the other half, stepped up to all
    samples by Spearman and Brown's formula, ``mean`` over splits with ``low`` and ``high``, the 2.5 % and 97.5 % quantiles."""
    rows: list[dict[str, Any]]
    """One dictionary a pair and measure, with kind (similarity or distance), samples, p-value, null, the spread over halves of
    the samples, and why there is no value."""

    def __getitem__(self, measure: str) -> np.ndarray:
        return self.values[measure]

    def table(self) -> Any:
        """One row a pair and measure: a ``pandas.DataFrame`` if pandas is installed, else a list that prints as one."""
        try:
            import pandas
        except ImportError:
            return Table(self.rows)
        return pandas.DataFrame(self.rows)

    def __str__(self) -> str:
        return str(Table(self.rows))

    def plot(self, measure: str | None = None) -> Any:
        """A heat map of one measure, with matplotlib. Returns the figure."""
        from ._plot import heat_map

        return heat_map(self, measure or next(iter(self.values)))


def compare(
    a: Report,
    b: Report,
    *,
    of: str = "h_a",
    measures: Sequence[str] = MEASURES,
    permutations: int = 199,
    splits: int = 10,
    seed: int = 0,
    same_samples: bool = False,
) -> Comparison:
    """Compares the representations of two networks on the same samples, each layer of one with each of the other.

    Debiased linear CKA (a similarity), orthogonal Procrustes (a distance) and RSA (a similarity) of the first samples that
    reports keep, at most 1000.

    Args:
        a, b: reports of :func:`formant.measure`, :func:`formant.load` or :func:`formant.align`.
        of: ``h_a``, the inputs of linear maps, or ``h_b``, their outputs.
        measures: of ``linear_cka``, ``linear_cka_unbiased``, ``procrustes``, ``procrustes_angle``, ``rsa_pearson``,
            ``rsa_spearman``, and with correlation distances ``rsa_correlation_pearson`` and ``rsa_correlation_spearman``.
        permutations: of the samples, for p-values; 0 for none. Samples have to be exchangeable, which tokens of one sequence
            are not.
        splits: of the samples into random halves, for noise ceilings; 0 for none.
        seed: of permutations and splits.
        same_samples: promises that the samples are the same where reports do not say so.

    Raises:
        ValueError: if the samples are not the same.
    """
    if not same_samples:
        _check_samples([a, b])
    left, right = _rows(a, of), _rows(b, of)
    found = json.loads(_native.compare_rows(left, right, list(measures), permutations, splits, seed))
    x, y = [name for name, _ in left], [name for name, _ in right]
    rows = [_flat(row) for row in found["comparisons"]]

    def matrices(key: str) -> dict[str, np.ndarray]:
        of_measure = ([row[key] for row in rows if row["measure"] == measure] for measure in measures)
        return {
            measure: np.array(values, dtype=float).reshape(len(x), len(y))
            for measure, values in zip(measures, of_measure)
        }

    return Comparison(
        x=x,
        y=y,
        values=matrices("value"),
        p_values=matrices("p_value"),
        ceilings={ceiling.pop("measure"): ceiling for ceiling in found["ceilings"]},
        rows=rows,
    )


def universal(
    reports: Mapping[str, Report],
    layer: str | None = None,
    *,
    of: str = "h_a",
    dimensions: int = 20,
    permutations: int = 99,
    seed: int = 0,
    same_samples: bool = False,
) -> list[dict[str, Any]]:
    """Universal dimensions (Chen and Bonner 2024): how well each principal dimension of a representation of one network is
    predicted from those of the others, by cross-validated ridge regression.

    Args:
        reports: three networks or more on the same samples, by name.
        layer: the layer of each network; the last one if ``None``.
        of: ``h_a`` or ``h_b``.
        dimensions: of each network, at most.
        permutations: of the samples, for the null.
        seed: of folds and permutations.
        same_samples: promises that the samples are the same where reports do not say so.

    Returns:
        One dictionary a network and dimension: ``network``, ``dimension``, ``variance`` (its share), ``r2`` on held-out
        samples (the mean over the other networks), ``null_mean``, ``null_q95``, ``p_value``, and ``r2_from``, by network.
    """
    if not same_samples:
        _check_samples(list(reports.values()))

    def rows(report: Report) -> np.ndarray:
        kept = dict(_rows(report, of))
        name = layer or list(kept)[-1]
        if name not in kept:
            raise ValueError(f"no layer {name!r} keeps {of}; there are {', '.join(kept)}")
        return kept[name]

    networks = [(name, rows(report)) for name, report in reports.items()]
    found = json.loads(_native.universal(networks, dimensions, permutations, seed))
    return [
        {"network": network["name"], **dimension, "r2_from": dict(zip(network["from"], dimension["r2_from"]))}
        for network in found
        for dimension in network["dimensions"]
    ]


def _check_samples(reports: Sequence[Report]) -> None:
    digests = {report.samples_digest for report in reports}
    if len(digests) > 1 or None in digests:
        raise ValueError(
            "the reports are not known to be of the same samples in the same order: measure all with one loader that does "
            "not shuffle, or say same_samples=True"
        )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A comparison without dictionaries in it."""
    chance, halves = row.pop("chance") or {}, row.pop("halves") or {}
    row["p_value"] = chance.get("p_value")
    row["null_mean"], row["null_95"] = chance.get("null_mean"), chance.get("null_95")
    row["half_low"], row["half_high"] = halves.get("low"), halves.get("high")
    return row


def _rows(report: Report, of: str) -> list[tuple[str, np.ndarray]]:
    rows = [(layer.name, layer.rows[of]) for layer in report if of in layer.rows]
    if not rows:
        raise ValueError(f"no layer of the report keeps {of}; measure with keep=1000")
    return rows
