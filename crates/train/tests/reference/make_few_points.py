"""Write the PyTorch runs on two points that `train_few_points.rs` compares with; README.md beside this file is the schema.

    pip install torch==2.9.1 numpy==2.4.6 safetensors==0.8.0    # any CPU build of torch will do
    python crates/train/tests/reference/make_few_points.py

Everything that is drawn is drawn by NumPy from a fixed seed. One thread, so that sums have one order.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

SEED, STEPS, RATE = 11, 10, 0.05
WIDTH, DEPTH = 20, 4
CNN = {"width": 24, "convolutions": 3, "channels": 3, "kernel": 5}
ACTIVATIONS = {
    "leaky_relu": F.leaky_relu,
    "relu": F.relu,
    "elu": F.elu,
    "silu": F.silu,
    "tanh": torch.tanh,
    "identity": lambda x: x,
}
# The second input is 0: with biases of 0 every neuron is at the activation's kink.
INPUTS = torch.tensor([[-1.0], [0.0]])
TARGETS = torch.tensor([[0.6], [1.25]])


def xavier(rng, shape, fans):
    std = np.sqrt(2 / sum(fans))
    return torch.from_numpy((rng.standard_normal(shape) * std).astype(np.float32)).requires_grad_()


def zeros(n):
    return torch.zeros(n, requires_grad=True)


def fully_connected(rng, activation, skip):
    widths = [1] + [WIDTH] * DEPTH + [1]
    layers = [(xavier(rng, (a, b), (a, b)), zeros(b)) for a, b in zip(widths, widths[1:])]

    def forward():
        seen = []
        h = INPUTS
        for n, (weight, bias) in enumerate(layers[:-1]):
            h = activation(h @ weight + bias)
            if skip and n >= 2:
                h = h + seen[n - 2]
            seen.append(h)
        return h @ layers[-1][0] + layers[-1][1], seen

    return layers, forward, lambda weight: weight


def convolutions(rng, activation):
    c = CNN
    channels = [1] + [c["channels"]] * (c["convolutions"] - 1) + [1]
    layers = [(xavier(rng, (1, c["width"]), (1, c["width"])), zeros(c["width"]))]
    for a, b in zip(channels, channels[1:]):
        k = c["kernel"]
        layers.append((xavier(rng, (b, a, k), (a * k, b * k)), zeros(b)))
    left = c["width"] - c["convolutions"] * (c["kernel"] - 1)
    layers.append((xavier(rng, (left, 1), (left, 1)), zeros(1)))

    def forward():
        h = activation(INPUTS @ layers[0][0] + layers[0][1])
        seen = [h]
        h = h[:, None, :]
        for weight, bias in layers[1:-1]:
            h = activation(F.conv1d(h, weight, bias))
            seen.append(h.flatten(1))
        return h.flatten(1) @ layers[-1][0] + layers[-1][1], seen

    def as_linear(weight):  # [outputs, channels, kernel] -> [kernel * channels, outputs]
        return weight.permute(2, 1, 0).flatten(0, 1) if weight.dim() == 3 else weight

    return layers, forward, as_linear


def run(tensors, name, layers, forward, as_linear):
    def keep(when):
        for i, (weight, bias) in enumerate(layers):
            tensors[f"{name}.{when}.{i}.weight"] = as_linear(weight.detach()).clone().contiguous()
            tensors[f"{name}.{when}.{i}.bias"] = bias.detach().clone()

    keep("init")
    optimiser = torch.optim.SGD([p for pair in layers for p in pair], lr=RATE)
    losses, outputs, distances = [], [], []
    for _ in range(STEPS):
        y, seen = forward()
        loss = 0.5 * F.mse_loss(y, TARGETS)
        losses.append(loss.detach())
        outputs.append(y.detach().flatten())
        distances.append(torch.stack([(h[1] - h[0]).detach().square().sum() for h in seen]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    keep("after")
    tensors[f"{name}.loss"] = torch.stack(losses)
    tensors[f"{name}.outputs"] = torch.stack(outputs)
    tensors[f"{name}.h2"] = torch.stack(distances)


def main():
    torch.set_num_threads(1)
    tensors = {}
    for activation, function in ACTIVATIONS.items():
        rng = np.random.default_rng(SEED)
        run(tensors, activation, *fully_connected(rng, function, skip=False))
    run(tensors, "skip", *fully_connected(np.random.default_rng(SEED), F.leaky_relu, skip=True))
    run(tensors, "cnn", *convolutions(np.random.default_rng(SEED), F.leaky_relu))
    provenance = {"schema_version": 1, "script": Path(__file__).name, "torch": torch.__version__, "seed": SEED}
    path = Path(__file__).with_name("few_points.safetensors")
    save_file(tensors, path, metadata={"provenance": json.dumps(provenance)})


if __name__ == "__main__":
    main()
