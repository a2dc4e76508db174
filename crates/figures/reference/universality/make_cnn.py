"""Draws the convolutional network of the settings table in PyTorch, trains the first seeds, and writes cnn.csv beside it.

    python crates/figures/reference/universality/make_cnn.py 200 16       # any torch will do, a CPU is enough

The network is the one of the authors' code: seeds 0 and 1 start from the very weights that their classes draw.
"""

import csv
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, CONVOLUTIONS, CHANNELS, KERNEL, GAIN = 500, 11, 20, 11, 0.95
RATE, EPOCHS, CONVERGED, FOLLOWED = 0.004, 3000, 1e-11, 5
INPUTS = torch.tensor([[-1.0], [0.0]])
TARGETS = torch.tensor([[0.6], [0.6 + 0.5**0.5]])


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        channels = [1] + [CHANNELS] * (CONVOLUTIONS - 1) + [1]
        convolutions = [nn.Conv1d(a, b, KERNEL) for a, b in zip(channels, channels[1:])]
        left = WIDTH - CONVOLUTIONS * (KERNEL - 1)
        self.layers = nn.ModuleList([nn.Linear(1, WIDTH), *convolutions, nn.Linear(left, 1)])
        for layer in self.layers:
            nn.init.xavier_normal_(layer.weight, gain=GAIN)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        """Outputs, and every hidden layer."""
        hidden = [F.leaky_relu(self.layers[0](x))[:, None, :]]
        for layer in self.layers[1:-1]:
            hidden.append(F.leaky_relu(layer(hidden[-1])))
        return self.layers[-1](hidden[-1][:, 0, :]), hidden


def distances(network):
    with torch.no_grad():
        y, hidden = network(INPUTS)
    return [(v[1] - v[0]).square().sum().item() for v in (hidden[FOLLOWED], y)]


def draw(seed):
    torch.manual_seed(seed)
    return Cnn()


def train(network):
    """Final distance of representations, and loss."""
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE)
    for _ in range(EPOCHS):
        loss = 0.5 * F.mse_loss(network(INPUTS)[0], TARGETS)
        if loss.item() < CONVERGED:
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return distances(network)[0], loss.item()


def main():
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # where nothing is learned, gradients are such numbers, and slow
    with Path(__file__).with_name("cnn.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["seed", "h0", "y0", "h_end", "loss_end"])
        networks, trained = map(int, sys.argv[1:])
        for seed in range(networks):
            network = draw(seed)
            row = [f"{value:.4g}" for value in distances(network)]
            row += [f"{value:.4g}" for value in train(network)] if seed < trained else ["", ""]
            writer.writerow([seed, *row])


if __name__ == "__main__":
    main()
