"""How representations form: alignments, ranks and power laws of every linear map of a network.

For a linear map ``h_b = W h_a`` and the negative gradient ``g`` of each sample's own loss, with second moments ``H``, ``G``
and ``Z`` (of the weight), six relations say how alike the matrices of a side are; each with the level that chance gives.

>>> report = formant.measure(model, loader, loss)            # doctest: +SKIP
>>> report.table()                                           # doctest: +SKIP
>>> report["blocks.3.mlp.fc1"].alpha["b_rga"]                # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import theory
from ._align import align
from ._compare import Comparison, compare, universal
from ._native import __version__
from ._report import FormantWarning, Layer, Relation, Report, Unmeasured, load

if TYPE_CHECKING:
    from ._measure import measure
    from ._monitor import Monitor
    from ._probe import Probe

__all__ = [
    "Comparison",
    "FormantWarning",
    "Layer",
    "Monitor",
    "Probe",
    "Relation",
    "Report",
    "Unmeasured",
    "__version__",
    "align",
    "compare",
    "load",
    "measure",
    "theory",
    "universal",
]

# What needs torch is imported when it is first used: arrays are aligned without it.
_NEED_TORCH = {"measure": "_measure", "Monitor": "_monitor", "Probe": "_probe"}


def __getattr__(name: str) -> Any:
    if name not in _NEED_TORCH:
        raise AttributeError(f"module 'formant' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_NEED_TORCH[name]}"), name)
    globals()[name] = value
    return value
