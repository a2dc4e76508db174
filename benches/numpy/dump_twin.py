"""What one would write in NumPy to look at a dump: alphas, ranks, and the CKA of neighbouring layers.

The twin of `formant align DUMP`, which prints all of that and more: nulls, power laws, phases and further comparisons.
`--write` makes the dump that both read, of layers of one width with spectra that decay. Prints seconds of processor time,
one line of JSON.

    python dump_twin.py dump.npz --write --width 256 --samples 4000 --layers 2
    python dump_twin.py dump.npz
"""

import argparse
import json
import time

import numpy as np

RELATIONS = {"rga": ("h", "g"), "rwa": ("h", "z"), "gwa": ("g", "z")}


def second_moments(x):
    """Raw, centered and normalized second moments of rows."""
    n = len(x)
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    unit = x / np.where(norm > 0, norm, 1)
    centered = x - x.mean(0)
    unit = unit - unit.mean(0)
    return {"raw": x.T @ x / n, "centered": centered.T @ centered / n, "normalized": unit.T @ unit / n}


def pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


def ranks(matrix):
    """Effective rank, and singular values of the samples above 1e-2 of the largest."""
    values = np.clip(np.linalg.eigvalsh(matrix), 0, None)
    share = values[values > 0] / values.sum()
    return float(np.exp(-(share * np.log(share)).sum())), int((values > 1e-4 * values.max()).sum())


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


def measure(layer):
    h_a, g_b, w = (layer[role].astype(np.float64) for role in ("h_a", "g_b", "weight"))
    found = {}
    sides = {"a": (h_a, g_b @ w, w.T @ w), "b": (h_a @ w.T, g_b, w @ w.T)}
    for side, (h, g, z) in sides.items():
        moments = {"h": second_moments(h), "g": second_moments(g)}
        for name, pair in RELATIONS.items():
            for variant in ("raw", "centered", "normalized"):
                a, b = (z if m == "z" else moments[m][variant] for m in pair)
                found[side, name, variant] = pearson(a, b)
        for name, matrix in (("h", moments["h"]["raw"]), ("g", moments["g"]["raw"]), ("z", z)):
            found[side, name, "rank"] = ranks(matrix)
    return found


def write(path, width, samples, layers):
    rng = np.random.default_rng(0)
    scales = (1 + np.arange(width)) ** -0.5
    arrays = {}
    x = np.maximum(rng.standard_normal((samples, width)), 0) * scales
    for at in range(layers):
        w = (rng.standard_normal((width, width)) * scales / np.sqrt(width)).astype(np.float32)
        arrays[f"layer{at}/h_a"] = x.astype(np.float32)
        arrays[f"layer{at}/weight"] = w
        arrays[f"layer{at}/g_b"] = (rng.standard_normal((samples, width)) * scales).astype(np.float32)
        x = np.maximum(x @ w.T, 0) * np.sqrt(width) + 0.1 * rng.standard_normal((samples, width))
    np.savez(path, **arrays)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("--write", action="store_true", help="make the dump and end")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--layers", type=int, default=2)
    args = parser.parse_args()
    if args.write:
        return write(args.dump, args.width, args.samples, args.layers)
    start = time.process_time()
    with np.load(args.dump) as file:
        arrays = {name: file[name] for name in file.files}
    names = list(dict.fromkeys(name.rsplit("/", 1)[0] for name in arrays))
    layers = [{role: arrays[f"{name}/{role}"] for role in ("h_a", "g_b", "weight")} for name in names]
    for layer in layers:
        measure(layer)
    inputs = [layer["h_a"].astype(np.float64) for layer in layers]
    for x, y in zip(inputs, inputs[1:]):
        cka(x, y)
    seconds = time.process_time() - start
    print(json.dumps({"layers": len(layers), "width": inputs[0].shape[1], "seconds": round(seconds, 3)}))


if __name__ == "__main__":
    main()
