"""What one would write in NumPy to look at a dump: alphas, ranks, and the CKA of neighbouring layers.

The twin of `formant align DUMP`, which prints all of that and more: nulls, power laws, phases and further comparisons.
With `--against` both read the same dumps in turn, of layers of one width with spectra that decay, and a table shows their
processor times (all threads together), which is what `cargo xtask bench numpy --align` runs.

    python dump_twin.py dump.npz
    python dump_twin.py --against target/debug/formant [--case 256x2] [--rounds 3]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

# Width and number of layers; 4000 samples.
CASES = ("256x2", "1024x2", "2048x2", "256x50")
SAMPLES = 4000
SINGLE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
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


def look(path):
    """Everything of the twin, and the seconds that it took."""
    start = time.process_time()
    with np.load(path) as file:
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


def processor_time(command, environment=None):
    """Seconds that a command takes on all processors together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def duel(formant, case, rounds, folder):
    width, layers = map(int, case.split("x"))
    dump = os.path.join(folder, "dump.npz")
    write(dump, width, SAMPLES, layers)
    single = {**os.environ, **dict.fromkeys(SINGLE, "1")}
    times = {"formant": [], "NumPy": [], "NumPy, one thread": []}
    for _ in range(rounds):
        times["formant"].append(processor_time([formant, "align", dump]))
        twin = [sys.executable, __file__, dump]
        times["NumPy"].append(processor_time(twin))
        times["NumPy, one thread"].append(processor_time(twin, single))
    return {name: statistics.median(found) for name, found in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump", nargs="?", help="look at this dump")
    parser.add_argument("--against", metavar="FORMANT", help="the binary to compare with")
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if not args.against:
        return look(args.dump)
    print(f"{'width x layers':<16}{'formant s':>12}{'NumPy s':>12}{'ratio':>8}{'one thread s':>14}{'ratio':>8}")
    for case in args.case or CASES:
        with tempfile.TemporaryDirectory() as folder:
            ours, default, single = duel(args.against, case, args.rounds, folder).values()
        line = f"{case:<16}{ours:>12.2f}{default:>12.2f}{ours / default:>8.2f}{single:>14.2f}{ours / single:>8.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
