from typing import Sequence

import numpy as np
import numpy.typing as npt

_Rows = npt.NDArray[np.float32] | npt.NDArray[np.float64]

__version__: str
UNFIT: float

class LayerAccumulator:
    samples: int
    def __init__(self, name: str, weight: _Rows, axis: str = "examples", groups: int = 1, summary: bool = False) -> None: ...
    def add(self, h_a: _Rows, h_b: _Rows, g_a: _Rows, g_b: _Rows, group: int = 0) -> None: ...
    def finish(self, draws: int | None = None, seed: int = 0) -> LayerResult: ...

class LayerResult:
    json: str
    def change_since(self, earlier: LayerResult) -> str: ...
    def moments(self) -> bytes: ...

def compare_rows(
    left: Sequence[tuple[str, _Rows]],
    right: Sequence[tuple[str, _Rows]],
    measures: Sequence[str],
    permutations: int = 0,
    splits: int = 0,
    seed: int = 0,
) -> str: ...
def universal(
    networks: Sequence[tuple[str, _Rows]], dimensions: int = 20, permutations: int = 99, seed: int = 0
) -> str: ...
def descriptions() -> str: ...
def two_point(
    times: Sequence[float],
    pair: tuple[float, float],
    rates: tuple[float, float],
    start: tuple[float, float, float],
) -> list[tuple[float, float, float]]: ...
def two_point_limits(
    pair: tuple[float, float], rates: tuple[float, float], start: tuple[float, float, float]
) -> str: ...
def fit_two_point(
    epochs: Sequence[float],
    h2: Sequence[float],
    y2: Sequence[float],
    w: Sequence[float],
    pair: tuple[float, float],
    exact_start: bool,
) -> str: ...
def decay_times(lr: float, weight_decay: float, momentum: float, steps: float) -> float: ...
def is_stationary(decay_times: float) -> bool: ...
