"""Makes tiny_mlp.npz, a dump of a small trained network, and tiny_mlp_expected.json, what a report on it must say.

    python make_dump.py        (needs torch and numpy; writes beside itself)

Everything expected is computed here by NumPy in float64, from the plain formulas.
"""

import json
from pathlib import Path

import numpy as np
import torch


def dump_layers(path, model, loss_sum, x, y):
    taps, hooks = {}, []
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Linear):
            def hook(layer, inputs, h_b, name=name):
                h_b.retain_grad()
                taps[name] = layer.weight, inputs[0], h_b
                return h_b.clone()  # so that an in-place activation leaves h_b alone
            hooks.append(layer.register_forward_hook(hook))
    model.eval()  # batch norm and dropout must not couple or change samples
    loss_sum(model(x), y).backward()  # summed over samples: each row of a gradient is that sample's own
    rows = lambda t: t.detach().flatten(0, -2).cpu().numpy()
    arrays = {}
    for name, (weight, h_a, h_b) in taps.items():
        arrays |= {f"{name}/weight": rows(weight), f"{name}/h_a": rows(h_a), f"{name}/h_b": rows(h_b)}
        arrays[f"{name}/g_b"] = -rows(h_b.grad)  # g is the negative gradient
    np.savez(path, **arrays)
    for hook in hooks:
        hook.remove()


HERE = Path(__file__).parent
RELATIONS = {"rga": ("h", "g"), "rwa": ("h", "z"), "gwa": ("g", "z")}


def network():
    """Three layers with biases, an in-place activation, and batch norm, trained for a few steps."""
    torch.manual_seed(0)
    x, teacher = torch.randn(256, 8) * torch.logspace(0, -1, 8), torch.randn(8, 3)
    y = (x @ teacher).argmax(1)
    model = torch.nn.Sequential(
        torch.nn.Linear(8, 7), torch.nn.ReLU(inplace=True),
        torch.nn.BatchNorm1d(7), torch.nn.Linear(7, 7, bias=False), torch.nn.Tanh(),
        torch.nn.Linear(7, 3),
    )
    step = torch.optim.SGD(model.parameters(), lr=0.2, weight_decay=1e-3)
    for _ in range(200):
        step.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        step.step()
    return model, x[:64], y[:64]


def second_moments(x):
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    unit = x / np.where(norm > 0, norm, 1)
    covariance = lambda x: (x - x.mean(0)).T @ (x - x.mean(0)) / len(x)
    return {"raw": x.T @ x / len(x), "centered": covariance(x), "normalized": covariance(unit)}


def pearson(a, b):
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def offdiagonal(a, b):
    keep = ~np.eye(len(a), dtype=bool)
    return pearson(a[keep], b[keep])


def cosine(a, b):
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def effective_rank(a):
    p = np.clip(np.linalg.eigvalsh(a), 0, None)
    p = p[p > 0] / p.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


def numerical_rank(a):
    values = np.linalg.eigvalsh(a)
    return int((values > 1e-4 * values.max()).sum())


def rotation_null(a, b, rng, draws=20_000):
    """By turning the matrix, draw after draw."""
    values = []
    for _ in range(draws):
        q, r = np.linalg.qr(rng.standard_normal(a.shape))
        q = q * np.sign(np.diag(r))
        values.append(pearson(a, q @ b @ q.T))
    return {"mean": float(np.mean(values)), "q95": float(np.quantile(values, 0.95)), "std": float(np.std(values))}


def expected(name, arrays):
    h_a, h_b, g_b, weight = (arrays[f"{name}/{key}"].astype(np.float64) for key in ("h_a", "h_b", "g_b", "weight"))
    rng = np.random.default_rng(0)
    sides = {
        "a": {"h": second_moments(h_a), "g": second_moments(g_b @ weight), "z": weight.T @ weight},
        "b": {"h": second_moments(h_b), "g": second_moments(g_b), "z": weight @ weight.T},
    }
    pick = lambda side, key, variant: side[key] if key == "z" else side[key][variant]
    tables = {"alpha": pearson, "alpha_offdiagonal": offdiagonal, "cosine": cosine}
    out = {"name": name, "samples": len(h_a), "d_a": weight.shape[1], "d_b": weight.shape[0], "null": {}}
    for table, compare in tables.items():
        out[table] = {
            f"{c}_{relation}": {v: compare(pick(side, p, v), pick(side, q, v)) for v in ("raw", "centered", "normalized")}
            for c, side in sides.items() for relation, (p, q) in RELATIONS.items()
        }
    for c, side in sides.items():
        for relation, (p, q) in RELATIONS.items():
            out["null"][f"{c}_{relation}"] = rotation_null(pick(side, p, "normalized"), pick(side, q, "normalized"), rng)
    for table, rank in {"effective_rank": effective_rank, "numerical_rank": numerical_rank}.items():
        out[table] = {f"{key}_{c}": rank(pick(side, key, "raw")) for key in "hgz" for c, side in sides.items()}
    return out


def main():
    model, x, y = network()
    dump_layers(HERE / "tiny_mlp.npz", model, torch.nn.CrossEntropyLoss(reduction="sum"), x, y)
    arrays = np.load(HERE / "tiny_mlp.npz")
    names = list(dict.fromkeys(key.rsplit("/", 1)[0] for key in arrays))
    layers = [expected(name, arrays) for name in names]
    (HERE / "tiny_mlp_expected.json").write_text(json.dumps({"layers": layers}, indent=1) + "\n")


if __name__ == "__main__":
    main()
