"""What was measured: layers with their relations, what was not measured and why, as a table and as a file."""

from __future__ import annotations

import fnmatch
import json
import os
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping

import numpy as np

from ._native import UNFIT, LayerResult

RELATIONS = {
    "a_rga": "H_a ~ G_a",
    "a_rwa": "H_a ~ Z_a",
    "a_gwa": "G_a ~ Z_a",
    "b_rga": "H_b ~ G_b",
    "b_rwa": "H_b ~ Z_b",
    "b_gwa": "G_b ~ Z_b",
}
VARIANTS = ("normalized", "centered", "raw")
FILE_VERSION = 1

# Below so many samples a width, moments are mostly sampling noise.
SAMPLES_PER_WIDTH = 3
# A larger share of samples without gradient is named: padding, as a rule.
ZERO_SHARE = 0.05


class FormantWarning(UserWarning):
    """What to know before the numbers mean anything."""


@dataclass(frozen=True)
class Relation:
    """How alike two matrices of a layer are, beside what chance gives."""

    name: str
    """Such as ``b_rga``: side b, representation against gradient."""
    value: float | None
    """alpha, the Pearson correlation of the entries; ``None`` where it is not defined."""
    null: float | None
    """Mean of alpha for unrelated eigenvectors, with the spectra kept; for relations that share the weight, of random
    moments that are carried through it."""
    null_q95: float | None
    """95 % quantile of that null; ``None`` where it is not drawn. A value below it is no evidence of alignment."""
    calibrated: float | None
    """``(value - null) / (1 - null)``: 1 for perfect alignment, 0 for chance."""
    low: float | None = None
    """Lower end of the 95 % interval over groups of batches; ``None`` where there are none."""
    high: float | None = None
    """Upper end."""

    @property
    def matrices(self) -> str:
        """Such as ``H_b ~ G_b``."""
        return RELATIONS[self.name]

    @property
    def above_null(self) -> bool | None:
        """Whether the value is above the quantile of its null; ``None`` where one of them is not known."""
        if self.value is None or self.null_q95 is None:
            return None
        return self.value > self.null_q95


class Layer:
    """One linear map and all its statistics. ``report`` has every number, in the shape of ``formant align --json``."""

    def __init__(
        self, report: dict[str, Any], rows: Mapping[str, np.ndarray] | None = None, native: LayerResult | None = None
    ) -> None:
        self.report = report
        self.rows = dict(rows or {})
        """The first samples, ``h_a`` ``[n, d_a]`` and ``h_b`` ``[n, d_b]``, by which networks are compared."""
        self.native = native

    @property
    def name(self) -> str:
        return self.report["name"]

    @property
    def samples(self) -> int:
        return self.report["samples"]

    @property
    def axis(self) -> str:
        """What a sample is: ``examples``, ``tokens`` or ``positions``."""
        return self.report["sample_axis"]

    @property
    def shape(self) -> tuple[int, int]:
        """``(d_b, d_a)``, the shape of the weight."""
        return self.report["d_b"], self.report["d_a"]

    @property
    def alpha(self) -> dict[str, Relation]:
        """The six relations, of samples at unit norm (the variant of the paper's figures)."""
        return self.relations("normalized")

    def relations(self, variant: str = "normalized") -> dict[str, Relation]:
        """The six relations of one variant of the moments: ``normalized``, ``centered`` or ``raw``."""
        if variant not in VARIANTS:
            raise ValueError(f"no variant {variant!r}; there are {', '.join(VARIANTS)}")
        if self.is_summary and variant != "normalized":
            raise ValueError(f"a summary has no {variant} moments; measure with statistics='all'")
        return {name: self._relation(name, variant) for name in RELATIONS}

    def _relation(self, name: str, variant: str) -> Relation:
        value = self.report["alpha"][name][variant]
        if self.is_summary:
            null = self.report["null"][name]
            return self._relation_of(name, variant, value, null, self.report["calibrated"][name])
        through = self.report["null_through_weight"].get(name)
        if through is None:
            null = self.report["null_by_variant"][name][variant]
            calibrated = self.report["calibrated_by_variant"][name][variant]
        else:
            null = through[variant]
            calibrated = self.report["calibrated_through_weight"][name][variant]
        return self._relation_of(name, variant, value, null, calibrated)

    def _relation_of(
        self, name: str, variant: str, value: float | None, null: dict[str, Any], calibrated: float | None
    ) -> Relation:
        intervals = self.report.get("intervals") or {"alpha": {name: {}}}
        interval = intervals["alpha"][name].get(variant) or {}
        return Relation(
            name=name,
            value=value,
            null=null["mean"],
            null_q95=null["q95"],
            calibrated=calibrated,
            low=interval.get("low"),
            high=interval.get("high"),
        )

    @property
    def is_summary(self) -> bool:
        """Whether only the relations of samples at unit norm and the rank of the weight are known."""
        return self.report.get("summary", False)

    @property
    def effective_rank(self) -> dict[str, float | None]:
        """Exponential of the entropy of the spectrum of the six raw matrices, ``h_a`` to ``z_b``; of a summary those of the
        weight."""
        if self.is_summary:
            rank = self.report["effective_rank_of_weight"]
            return {"z_a": rank, "z_b": rank}
        return self.report["effective_rank"]

    @property
    def numerical_rank(self) -> dict[str, int | None]:
        """Singular values above a hundredth of the largest; of a summary none are known."""
        return self.report.get("numerical_rank", {})

    @property
    def misfit(self) -> float | None:
        """How far ``h_b`` is from ``W h_a`` plus a constant, as a share of the spread of ``h_b``."""
        fit = self.report.get("linear_fit")
        return None if fit is None else fit["residual"]

    @property
    def warnings(self) -> list[str]:
        """What to know before the numbers mean anything, a sentence each."""
        out = list(self.report.get("warnings", []))
        width = max(self.shape)
        if self.samples < SAMPLES_PER_WIDTH * width:
            out.append(
                f"{self.samples} samples for a width of {width}: fewer than {SAMPLES_PER_WIDTH} a neuron, so that "
                "moments are mostly sampling noise"
            )
        zeros = self.report["zero_norm"]["g_b"]
        if zeros > ZERO_SHARE * self.samples:
            out.append(
                f"{zeros / self.samples:.0%} of the samples have no gradient: padding (give mask=), dead units, or a "
                "saturated loss"
            )
        fit = self.report.get("linear_fit")
        if fit is not None and fit["residual"] > UNFIT:
            out.append(f"h_b is not W h_a plus a constant (misfit {fit['residual']:.2f}): {fit.get('cause', 'unknown')}")
        return out

    def reading(self, statistic: str, side: str | None = None, variant: str | None = None) -> float | None:
        """One number by its name in ``formant align --json``, such as ``effective_rank_h``, ``"a"``, ``"raw"``."""
        for reading in self.report.get("readings", []):
            place = (reading["statistic"], reading.get("side"), reading.get("variant"))
            if place == (statistic, side, variant):
                return reading["value"]
        raise KeyError(f"no reading {statistic!r} of side {side!r}, variant {variant!r}")

    def __repr__(self) -> str:
        d_b, d_a = self.shape
        alphas = (f"{name} {_number(relation.value)}" for name, relation in self.alpha.items())
        return f"<{self.name}: {d_a} -> {d_b}, {self.samples} {self.axis}; {', '.join(alphas)}>"


@dataclass(frozen=True)
class Unmeasured:
    """A layer without numbers."""

    name: str
    kind: str
    """The type of the module."""
    reason: str


class Table(list):
    """Rows as dictionaries, where pandas is not installed; prints as a table."""

    def __str__(self) -> str:
        if not self:
            return "(no layers)"
        heads = list(self[0])
        cells = [[_number(row[head]) for head in heads] for row in self]
        widths = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(heads)]
        lines = [heads, *cells]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)

    __repr__ = __str__


@dataclass
class Report:
    """The layers of a network. ``report["name"]`` is one of them, ``report.table()`` all of their relations."""

    layers: dict[str, Layer]
    unmeasured: list[Unmeasured] = field(default_factory=list)
    """What has no numbers, and why. Every module with a matrix of parameters is among the layers or here."""
    notes: list[str] = field(default_factory=list)
    """What was done: how the loss was taken, what a mask left out, what decides how numbers are read."""
    samples_digest: str | None = None
    """Of the inputs, so that networks are compared on the same ones."""

    def __getitem__(self, name: str) -> Layer:
        if name in self.layers:
            return self.layers[name]
        for layer in self.unmeasured:
            if layer.name == name:
                raise KeyError(f"{name} was not measured: {layer.reason}")
        raise KeyError(f"no layer {name!r}; there are {', '.join(self.layers)}")

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())

    def __len__(self) -> int:
        return len(self.layers)

    def select(self, pattern: str) -> list[Layer]:
        """The layers whose names match a glob, such as ``blocks.*.fc1``."""
        return [layer for layer in self if fnmatch.fnmatchcase(layer.name, pattern)]

    @property
    def warnings(self) -> list[str]:
        """Those of all layers, each with its name."""
        return [f"{layer.name}: {warning}" for layer in self for warning in layer.warnings]

    def rows(self, variant: str = "normalized") -> list[dict[str, Any]]:
        """One dictionary a layer and relation."""
        return [
            {
                "layer": layer.name,
                "d_a": layer.shape[1],
                "d_b": layer.shape[0],
                "samples": layer.samples,
                "axis": layer.axis,
                "relation": name,
                "alpha": relation.value,
                "low": relation.low,
                "high": relation.high,
                "null": relation.null,
                "null_q95": relation.null_q95,
                "calibrated": relation.calibrated,
                "above_null": relation.above_null,
                "warnings": len(layer.warnings),
            }
            for layer in self
            for name, relation in layer.relations(variant).items()
        ]

    def table(self, variant: str = "normalized") -> Any:
        """One row a layer and relation: a ``pandas.DataFrame`` if pandas is installed, else a list that prints as one."""
        rows = self.rows(variant)
        try:
            import pandas
        except ImportError:
            return Table(rows)
        return pandas.DataFrame(rows)

    def __str__(self) -> str:
        lines = [str(Table(self._summary()))]
        lines += [f"not measured: {layer.name} ({layer.kind}): {layer.reason}" for layer in self.unmeasured]
        lines += self.warnings
        lines += self.notes
        lines.append("alpha of normalized samples; * above the 95 % quantile of its null, where that is known.")
        return "\n".join(lines)

    __repr__ = __str__

    def _summary(self) -> list[dict[str, Any]]:
        def cell(relation: Relation) -> str:
            return _number(relation.value) + ("*" if relation.above_null else " ")

        return [
            {
                "layer": layer.name,
                "d_a -> d_b": f"{layer.shape[1]} -> {layer.shape[0]}",
                "samples": layer.samples,
                **{RELATIONS[name]: cell(relation) for name, relation in layer.alpha.items()},
                "rank of Z": layer.effective_rank["z_a"],
            }
            for layer in self
        ]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes one file, which :func:`formant.load` reads: every number, and the samples by which networks are compared."""
        content = {
            "version": FILE_VERSION,
            "layers": [layer.report for layer in self],
            "rows": [sorted(layer.rows) for layer in self],
            "unmeasured": [vars(layer) for layer in self.unmeasured],
            "notes": self.notes,
            "samples_digest": self.samples_digest,
        }
        arrays = {f"{at}.{kind}": rows for at, layer in enumerate(self) for kind, rows in layer.rows.items()}
        temporary = f"{os.fspath(path)}.tmp"
        with open(temporary, "wb") as file:
            np.savez(file, report=np.array(json.dumps(content)), **arrays)
        os.replace(temporary, path)

    def plot(self, quantity: str = "alpha", **options: Any) -> Any:
        """Draws a quantity against depth, with matplotlib; see :func:`formant._plot.plot`. Returns the figure."""
        from ._plot import plot

        return plot(self, quantity, **options)

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Writes one page that needs nothing else: the picture, the table, warnings, and what was not measured."""
        from ._html import page

        with open(path, "w", encoding="utf-8") as file:
            file.write(page(self))


def load(path: str | os.PathLike[str]) -> Report:
    """Reads what :meth:`Report.save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        if "report" not in arrays:
            raise ValueError(f"{os.fspath(path)} is no saved report; formant.align reads dumps of arrays")
        content = json.loads(str(arrays["report"]))
        if content.get("version") != FILE_VERSION:
            raise ValueError(f"{os.fspath(path)} has version {content.get('version')}; expected {FILE_VERSION}")
        layers = [
            Layer(report, {kind: arrays[f"{at}.{kind}"] for kind in kinds})
            for at, (report, kinds) in enumerate(zip(content["layers"], content["rows"]))
        ]
    return Report(
        layers={layer.name: layer for layer in layers},
        unmeasured=[Unmeasured(**layer) for layer in content["unmeasured"]],
        notes=content["notes"],
        samples_digest=content["samples_digest"],
    )


def _number(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
