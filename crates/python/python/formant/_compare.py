"""Two networks compared, layer by layer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Sequence

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
    p_values: np.ndarray
    """Share of permutations of the samples that are as alike, by the unbiased HSIC, ``[layers of x, layers of y]``."""
    rows: list[dict[str, Any]]
    """One dictionary a pair and measure, with kind (similarity or distance), samples, and why there is no value."""

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
    seed: int = 0,
    same_samples: bool = False,
) -> Comparison:
    """Compares the representations of two networks on the same samples, each layer of one with each of the other.

    Debiased linear CKA (a similarity), orthogonal Procrustes (a distance) and RSA (a similarity) of the first samples that
    reports keep, at most 1000.

    Args:
        a, b: reports of :func:`formant.measure`, :func:`formant.load` or :func:`formant.align`.
        of: ``h_a``, the inputs of linear maps, or ``h_b``, their outputs.
        measures: of ``linear_cka``, ``linear_cka_unbiased``, ``procrustes``, ``procrustes_angle``, ``rsa_pearson`` and
            ``rsa_spearman``.
        permutations: of the samples, for p-values; 0 for none. Samples have to be exchangeable, which tokens of one sequence
            are not.
        same_samples: promises that the samples are the same where reports do not say so.

    Raises:
        ValueError: if the samples are not the same.
    """
    digests = {a.samples_digest, b.samples_digest}
    if not same_samples and (len(digests) > 1 or None in digests):
        raise ValueError(
            "the reports are not known to be of the same samples in the same order: measure both with one loader that does "
            "not shuffle, or say same_samples=True"
        )
    left, right = _rows(a, of), _rows(b, of)
    found = json.loads(_native.compare_rows(left, right, list(measures), permutations, seed))
    x, y = [name for name, _ in left], [name for name, _ in right]
    shape = (len(x), len(y))
    p_values = np.array([pair["p_value"] for pair in found["pairs"]], dtype=float).reshape(shape)
    rows = found["comparisons"]
    for row in rows:
        row["p_value"] = p_values[x.index(row["x"]), y.index(row["y"])]
    values = {
        measure: np.array([row["value"] for row in rows if row["measure"] == measure], dtype=float).reshape(shape)
        for measure in measures
    }
    return Comparison(x=x, y=y, values=values, p_values=p_values, rows=rows)


def _rows(report: Report, of: str) -> list[tuple[str, np.ndarray]]:
    rows = [(layer.name, layer.rows[of]) for layer in report if of in layer.rows]
    if not rows:
        raise ValueError(f"no layer of the report keeps {of}; measure with keep=1000")
    return rows
