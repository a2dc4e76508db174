"""The six relations in three variants, and their rotation nulls, as one would write them in NumPy.

The twin of the `relations` and `nulls` benches of crates/alignment/benches/alignment.rs: same width, same number of
rotations, here by QR of a Gaussian matrix and by turning the matrix itself. Prints seconds, one line of JSON.

    python alignment_twin.py [--width 1000] [--draws 20] [--repeats 3]
"""

import argparse
import json
import time

import numpy as np

RELATIONS = {"rga": ("h", "g"), "rwa": ("h", "z"), "gwa": ("g", "z")}


def second_moments(x):
    """Raw, centered and normalized second moments of rows."""
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    unit = x / np.where(norm > 0, norm, 1)
    centered = x - x.mean(0)
    unit = unit - unit.mean(0)
    n = len(x)
    return {"raw": x.T @ x / n, "centered": centered.T @ centered / n, "normalized": unit.T @ unit / n}


def pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


def haar(rng, d):
    q, r = np.linalg.qr(rng.standard_normal((d, d)))
    return q * np.sign(np.diag(r))


def relations(side, weight_gram):
    table = {}
    for name, pair in RELATIONS.items():
        for variant in ("raw", "centered", "normalized"):
            a, b = (weight_gram if m == "z" else side[m][variant] for m in pair)
            table[name, variant] = pearson(a, b)
    return table


def nulls(sides, draws, rng):
    """Mean and 95 % quantile of alpha(A, Q B Q^T); one Q serves all relations."""
    d = len(sides[0][1])
    samples = [{name: [] for name in RELATIONS} for _ in sides]
    for _ in range(draws):
        q = haar(rng, d)
        for (side, z), out in zip(sides, samples):
            turned = {"g": q @ side["g"]["normalized"] @ q.T, "z": q @ z @ q.T}
            for name, (still, moving) in RELATIONS.items():
                out[name].append(pearson(side[still]["normalized"], turned[moving]))
    return [{k: (np.mean(v), np.quantile(v, 0.95)) for k, v in out.items()} for out in samples]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    d, rng = args.width, np.random.default_rng(0)
    h_a, g_b = np.maximum(rng.standard_normal((2 * d, d)), 0), rng.standard_normal((2 * d, d))
    weight = rng.standard_normal((d, d)) / np.sqrt(d)
    samples = [{"h": h_a, "g": g_b @ weight}, {"h": h_a @ weight.T, "g": g_b}]
    moments = [{k: second_moments(x) for k, x in side.items()} for side in samples]

    times = {"relations": [], "nulls": []}
    for _ in range(args.repeats):
        start = time.perf_counter()
        grams = [weight.T @ weight, weight @ weight.T]
        for side, z in zip(moments, grams):
            relations(side, z)
        middle = time.perf_counter()
        nulls(list(zip(moments, grams)), args.draws, rng)
        times["relations"].append(middle - start)
        times["nulls"].append(time.perf_counter() - middle)
    best = {k: round(min(v), 3) for k, v in times.items()}
    print(json.dumps({"width": d, "draws": args.draws, **best, "total": round(sum(best.values()), 3)}))


if __name__ == "__main__":
    main()
