"""Write the PyTorch runs of whole settings that `few_points.rs` compares with; README.md beside this file is the schema.

    python crates/train/tests/reference/make_setting_runs.py        # any torch will do, a CPU is enough

Weights are no file: they are made, in f32, from a hash that the test has too. The run is in f64: rounding to f32 decides
on which side of 0 a few units of the convolutions are, which moves the distance by 1e-4 within 14 steps and by 1e-2 within
40, between two PyTorch runs as much as between PyTorch's and ours.
"""

import csv
import math
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

JUMP = 0.05
# Number of the first layer: one with which the convolutions learn soon.
FIRST = 1100
INPUTS = torch.tensor([[-1.0], [0.0]], dtype=torch.float64)
TARGETS = torch.tensor([[0.6], [0.6 + math.sqrt(0.5)]], dtype=torch.float64)


def hashed(layer, shape, fans, gain):
    """Uniform f32 numbers of Xavier's variance: splitmix64 of layer and place, row by row of `[in, out]`."""
    with np.errstate(over="ignore"):
        z = np.uint64((FIRST + layer) << 32) + np.arange(math.prod(shape), dtype=np.uint64)
        z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(11)).astype(np.float64) / 2.0**53
    bound = gain * math.sqrt(6.0 / sum(fans))
    return torch.from_numpy(((2.0 * unit - 1.0) * bound).astype(np.float32).reshape(shape)).double()


class Discontinuous(torch.autograd.Function):
    """x + 0.05 above 0, else 0, with ReLU's gradient."""

    @staticmethod
    def forward(context, x):
        above = x > 0
        context.save_for_backward(above)
        return (x + JUMP) * above

    @staticmethod
    def backward(context, gradient):
        return gradient * context.saved_tensors[0]


def fully_connected(activation, width, depth, gain):
    widths = [1] + [width] * depth + [1]
    weights = [hashed(i, (a, b), (a, b), gain) for i, (a, b) in enumerate(zip(widths, widths[1:]))]
    layers = parameters(weights)

    def forward():
        h, seen = INPUTS, []
        for weight, bias in layers[:-1]:
            h = activation(h @ weight + bias)
            seen.append(h)
        return h @ layers[-1][0] + layers[-1][1], seen

    return layers, forward


def convolutions(activation, width, count, channels, kernel, gain):
    each = [1] + [channels] * (count - 1) + [1]
    weights = [hashed(0, (1, width), (1, width), gain)]
    for i, (a, b) in enumerate(zip(each, each[1:])):
        weight = hashed(i + 1, (kernel * a, b), (kernel * a, kernel * b), gain)
        weights.append(weight.reshape(kernel, a, b).permute(2, 1, 0).contiguous())
    left = width - count * (kernel - 1)
    weights.append(hashed(count + 1, (left, 1), (left, 1), gain))
    layers = parameters(weights)

    def forward():
        h = activation(INPUTS @ layers[0][0] + layers[0][1])
        seen = [h]
        h = h[:, None, :]
        for weight, bias in layers[1:-1]:
            h = activation(F.conv1d(h, weight, bias))
            seen.append(h.flatten(1))
        return h.flatten(1) @ layers[-1][0] + layers[-1][1], seen

    return layers, forward


def parameters(weights):
    outputs = [weight.shape[0] if weight.dim() == 3 else weight.shape[1] for weight in weights]
    pairs = [(weight, torch.zeros(n, dtype=torch.float64)) for weight, n in zip(weights, outputs)]
    return [tuple(tensor.requires_grad_() for tensor in pair) for pair in pairs]


def run(name, layers, forward, layer, rate, steps, every):
    optimiser = torch.optim.SGD([p for pair in layers for p in pair], lr=rate)
    for step in range(steps + 1):
        y, seen = forward()
        loss = 0.5 * F.mse_loss(y, TARGETS)
        if step % every == 0:
            h = seen[layer].detach().double()
            h2 = (h[1] - h[0]).square().sum().item()
            yield [name, step, f"{h2:.8e}", *(f"{v:.8e}" for v in y.detach().flatten().tolist()), f"{loss.item():.8e}"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def main():
    torch.set_num_threads(1)
    rows = [["case", "step", "h2", "y_a", "y_b", "loss"]]
    cnn = convolutions(F.leaky_relu, 500, 11, 20, 11, 0.95)
    rows += run("cnn", *cnn, layer=5, rate=0.004, steps=40, every=5)
    jump = fully_connected(Discontinuous.apply, 40, 4, 1.0)
    rows += run("discontinuous", *jump, layer=2, rate=0.01, steps=20, every=1)
    with Path(__file__).with_name("setting_runs.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
