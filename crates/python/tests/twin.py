"""Slow and obvious: the statistics of a layer in NumPy, from arrays that hold every sample."""

import numpy as np

PAIRS = {"rga": ("H", "G"), "rwa": ("H", "Z"), "gwa": ("G", "Z")}


def second_moment(rows, variant):
    rows = np.asarray(rows, dtype=np.float64)
    if variant == "normalized":
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        rows = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    if variant != "raw":
        rows = rows - rows.mean(axis=0)
    return rows.T @ rows / len(rows)


def alphas(h_a, h_b, g_a, g_b, weight, variant):
    """The six relations, ``a_rga`` to ``b_gwa``."""
    out = {}
    for side, h, g, z in (("a", h_a, g_a, weight.T @ weight), ("b", h_b, g_b, weight @ weight.T)):
        matrices = {"H": second_moment(h, variant), "G": second_moment(g, variant), "Z": z}
        for name, (x, y) in PAIRS.items():
            out[f"{side}_{name}"] = np.corrcoef(matrices[x].ravel(), matrices[y].ravel())[0, 1]
    return out


def effective_rank(matrix):
    values = np.clip(np.linalg.eigvalsh(matrix), 0, None)
    shares = values / values.sum()
    shares = shares[shares > 0]
    return np.exp(-(shares * np.log(shares)).sum())
