"""Write the PyTorch runs that the parity tests compare with; README.md beside this file is the schema.

    pip install torch==2.9.1 numpy==2.4.6 safetensors==0.8.0    # any CPU build of torch will do
    python crates/train/tests/reference/make_reference.py

Everything that is drawn is drawn by NumPy in f32 from a fixed seed and then widened, so that the f32 and the
f64 file hold the same problem. One thread, so that sums have one order.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

SEED = 7
WIDTHS = (7, 6, 5, 3)
BATCH = 8
STEPS = 10
SETS = {  # name: (activation, loss, with biases)
    "tanh_mse": (torch.tanh, "mse", False),
    "tanh_mse_bias": (torch.tanh, "mse", True),
    "relu_ce": (torch.relu, "ce", False),
    "relu_ce_bias": (torch.relu, "ce", True),
}
OPTIMISERS = {  # every parameter decays, biases too; the decay is L2 in the gradient, not decoupled
    "sgd_plain": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=1e-2),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-2),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2),
}


def problem(dtype):
    """Initial parameters, inputs and targets, under the names that the file gives them."""
    rng = np.random.default_rng(SEED)

    def real(array):
        return torch.from_numpy(array.astype(np.float32)).to(dtype)

    tensors = {}
    for i, (fan_in, fan_out) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        bound = fan_in**-0.5
        tensors[f"init.layers.{i}.weight"] = real(rng.uniform(-bound, bound, (fan_out, fan_in)))
        tensors[f"init.layers.{i}.bias"] = real(rng.uniform(-bound, bound, fan_out))
    tensors["inputs"] = real(rng.standard_normal((STEPS, BATCH, WIDTHS[0])))
    tensors["targets.mse"] = real(rng.standard_normal((STEPS, BATCH, WIDTHS[-1])))
    tensors["targets.ce"] = torch.from_numpy(rng.integers(0, WIDTHS[-1], (STEPS, BATCH)))
    return tensors


def parameters(tensors, biases):
    """Fresh leaves: [(weight, bias or None)], one a layer."""
    return [
        (
            tensors[f"init.layers.{i}.weight"].clone().requires_grad_(),
            tensors[f"init.layers.{i}.bias"].clone().requires_grad_() if biases else None,
        )
        for i in range(len(WIDTHS) - 1)
    ]


def forward(layers, x, activation):
    """The output, and the ends (h_a, W h_a) of every linear map, which keep their gradients."""
    ends = []
    for i, (weight, bias) in enumerate(layers):
        if i > 0:
            x = activation(x)
        h_a = x if x.requires_grad else x.clone().requires_grad_()
        h_b = h_a @ weight.T
        for h in (h_a, h_b):
            h.retain_grad()
        ends.append((h_a, h_b))
        x = h_b if bias is None else h_b + bias
        # A unit at the kink of relu could go either way in f32 and in f64: draw another problem.
        assert x.abs().min() > 1e-5, f"layer {i}: a pre-activation of {x.abs().min():.1e}; change SEED"
    return x, ends


def sample_losses(output, target, loss):
    if loss == "mse":
        return ((output - target) ** 2).sum(1)
    return cross_entropy(output, target, reduction="none")


def named(layers):
    for i, (weight, bias) in enumerate(layers):
        yield f"layers.{i}.weight", weight
        if bias is not None:
            yield f"layers.{i}.bias", bias


def first_step(tensors, activation, loss, biases):
    """Representations and per-sample neuron gradients on batch 0, and the gradient of the mean loss."""
    layers = parameters(tensors, biases)
    output, ends = forward(layers, tensors["inputs"][0], activation)
    losses = sample_losses(output, tensors[f"targets.{loss}"][0], loss)
    losses.sum().backward()  # summed, so that a row's gradient is that of its own loss
    found = {"loss_per_sample": losses, "output": output}
    for i, (h_a, h_b) in enumerate(ends):
        found |= {f"layers.{i}.h_a": h_a, f"layers.{i}.h_b": h_b}
        found |= {f"layers.{i}.g_a": -h_a.grad, f"layers.{i}.g_b": -h_b.grad}
    for name, parameter in named(layers):
        found[f"grad.{name}"] = parameter.grad / BATCH
    return found


def run(tensors, make_optimiser, activation, loss, biases):
    """Losses before each step, and parameters after it; the step is the first axis."""
    layers = parameters(tensors, biases)
    optimiser = make_optimiser([parameter for _, parameter in named(layers)])
    losses, after = [], {}
    for x, y in zip(tensors["inputs"], tensors[f"targets.{loss}"]):
        optimiser.zero_grad()
        output, _ = forward(layers, x, activation)
        mean = sample_losses(output, y, loss).mean()
        mean.backward()
        optimiser.step()
        losses.append(mean.detach())
        for name, parameter in named(layers):
            after.setdefault(f"after.{name}", []).append(parameter.detach().clone())
    return {"loss": torch.stack(losses)} | {name: torch.stack(p) for name, p in after.items()}


def main():
    torch.set_num_threads(1)
    for name, dtype in {"f64": torch.float64, "f32": torch.float32}.items():
        tensors = problem(dtype)
        found = dict(tensors)
        for key, arguments in SETS.items():
            for quantity, value in first_step(tensors, *arguments).items():
                found[f"{key}.step0.{quantity}"] = value
            for optimiser, make in OPTIMISERS.items():
                for quantity, value in run(tensors, make, *arguments).items():
                    found[f"{key}.{optimiser}.{quantity}"] = value
        provenance = {
            "schema_version": 1,
            "script": "crates/train/tests/reference/make_reference.py",
            "torch": torch.__version__.split("+")[0],
            "dtype": name,
            "seed": SEED,
        }
        path = Path(__file__).with_name(f"mlp_{name}.safetensors")
        found = {key: value.detach().clone().contiguous() for key, value in found.items()}
        # One key, because safetensors writes several in an order that changes from run to run.
        save_file(found, path, {"provenance": json.dumps(provenance)})
        print(f"{path}: {len(found)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
