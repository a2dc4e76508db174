"""The work of `side_by_side` (benches/src/bin) in plain eager PyTorch on a CPU; README.md says what each case is.

    python side_by_side.py --case mlp100 --threads 1

prints one line of JSON: {"case", "threads", "median_ms", "min_ms", "steps"}. A time is that of one training step (in
a sweep: of one step of every member), the mean over `steps` steps, and median and minimum over `repeats` such blocks.
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context

import torch
from torch import nn

HIDDEN_LAYERS = 5
SWEEP_WIDTH, SWEEP_BATCH, AMPLITUDE = 100, 32, 0.5
SEEDS = (0, 1, 2)
DECAYS = [10 ** (-5 + 5 * i / 9) for i in range(5)]  # the first five points of logspace(-5, 0, 10)
MEMBERS = [(seed, decay) for seed in SEEDS for decay in DECAYS]


def mlp(inputs, width):
    """5 hidden tanh layers and one linear output, no biases, weights uniform(±1/sqrt(fan_in)) as nn.Linear draws them."""
    widths = [inputs] + [width] * HIDDEN_LAYERS
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out, bias=False), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(width, 1, bias=False))


def mse(output, target):
    """Squared error summed over outputs, mean over samples."""
    return (output - target).square().sum(-1).mean(-1)


def one_mlp(width, batch=100):
    """SGD on one fixed batch: a function that makes one step."""
    torch.manual_seed(0)
    model = mlp(width, width)
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, fused=True)
    x, y = torch.randn(batch, width), torch.randn(batch, 1)

    def step():
        optimiser.zero_grad(set_to_none=True)
        mse(model(x), y).backward()
        optimiser.step()

    return step


class BasicBlock(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if stride > 1 or before != width:
            self.shortcut = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu_()))
        return (y + self.shortcut(x)).relu_()


def resnet(width, batch=64):
    """ResNet-18 for 32x32 images, with two linear maps at the end; SGD on one fixed batch."""
    torch.manual_seed(0)
    layers, before = [nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)], width
    for stage in range(4):
        for block in range(2):
            now = width << stage
            layers.append(BasicBlock(before, now, 2 if stage > 0 and block == 0 else 1))
            before = now
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, before), nn.ReLU(inplace=True), nn.Linear(before, 10)]
    model = nn.Sequential(*layers, *head)
    options = {} if torch.__version__.startswith("1.") else {"fused": True}
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, **options)
    x, y = torch.randn(batch, 3, 32, 32), torch.arange(batch) % 10

    def step():
        optimiser.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()

    return step


class Teacher:
    """y = 0.5 U sin(W x + v) on white x, for several seeds at once (first axis); fresh samples at every call."""

    def __init__(self, seeds):
        n, std = SWEEP_WIDTH, SWEEP_WIDTH**-0.5
        drawn = []
        for seed in seeds:
            g = torch.Generator().manual_seed(seed)
            drawn.append([torch.randn(s, generator=g) for s in ((n, n), (1, n), (n, 1))])
        w, v, u = (torch.stack(parts) for parts in zip(*drawn))
        self.w, self.v, self.u = w * std, v, u * (std * AMPLITUDE)

    @torch.no_grad()
    def batch(self):
        x = torch.randn(len(self.w), SWEEP_BATCH, SWEEP_WIDTH)
        return x, torch.baddbmm(self.v, x, self.w).sin_() @ self.u


def sweep_member(seed, decay):
    """One member trained by itself: Adam with L2 decay in the gradient."""
    torch.manual_seed(seed)
    model, teacher = mlp(SWEEP_WIDTH, SWEEP_WIDTH), Teacher([seed])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=decay, fused=True)

    def step():
        x, y = teacher.batch()
        optimiser.zero_grad(set_to_none=True)
        mse(model(x[0]), y[0]).backward()
        optimiser.step()

    return step


def sweep_batched():
    """All members as one model of weights [members, in, out]. Members of one seed share their batches."""
    models = []
    for seed, _ in MEMBERS:
        torch.manual_seed(seed)
        models.append([p.detach().T for p in mlp(SWEEP_WIDTH, SWEEP_WIDTH).parameters()])
    weights = [torch.stack(layer).requires_grad_() for layer in zip(*models)]
    decay = torch.tensor([d for _, d in MEMBERS]).view(-1, 1, 1)
    teacher = Teacher(SEEDS)
    optimiser = torch.optim.Adam(weights, lr=1e-3, fused=True)

    def step():
        x, y = (part.repeat_interleave(len(DECAYS), 0) for part in teacher.batch())
        optimiser.zero_grad(set_to_none=True)
        for weight in weights[:-1]:
            x = torch.bmm(x, weight).tanh()
        mse(torch.bmm(x, weights[-1]), y).sum().backward()
        for weight in weights:  # Adam is elementwise: with the decay in the gradient, every member has its own
            weight.grad.addcmul_(weight.detach(), decay)
        optimiser.step()

    return step


def two_points(track):
    """The two-point experiment of "When Representations Align": 20 leaky-ReLU layers of 500, two points, SGD.

    With `track`, loss, hidden layer and outputs are each read by a forward pass of their own before the step, as the
    authors' trackers do; without it, the bare loop."""
    torch.manual_seed(0)
    width, hidden = 500, 20
    widths = [1] + [width] * hidden + [1]
    layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
    for layer in layers:
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    x, y = torch.tensor([[-1.0], [0.0]]), torch.tensor([[0.6], [0.6 + 0.5**0.5]])
    optimiser = torch.optim.SGD(layers.parameters(), lr=0.01, fused=True)
    seen = []

    def forward(stop=hidden):
        h = x
        for layer in layers[:stop]:
            h = nn.functional.leaky_relu(layer(h))
        return layers[-1](h) if stop == hidden else h

    def loss():
        return 0.5 * nn.functional.mse_loss(forward(), y)

    @torch.no_grad()
    def look():
        h, out = forward(11), forward()
        dh, dy, target = h[1] - h[0], out[1] - out[0], y[1] - y[0]
        seen.append((loss().item(), (dh @ dh).item(), (dy @ dy).item(), (dy @ dy - dy @ target).item()))

    def step():
        if track:
            look()
        optimiser.zero_grad(set_to_none=True)
        loss().backward()
        optimiser.step()

    return step


def repeat(step, steps):
    for _ in range(steps):
        step()


@cache
def member_of_worker(seed, decay):
    return sweep_member(seed, decay)


def train_member(member, steps):
    repeat(member_of_worker(*member), steps)


def one_after_another():
    """A block of the sweep, member after member."""
    members = [sweep_member(*member) for member in MEMBERS]

    def block(steps):
        for step in members:
            repeat(step, steps)

    return block


def side_by_side(workers):
    """A block of the sweep in single-threaded processes, which stay alive from block to block."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (1,))

    def block(steps):
        list(pool.map(train_member, MEMBERS, [steps] * len(MEMBERS)))

    return block


CASES = {  # name: (threads -> a function that makes n steps, steps in a block by default)
    "mlp100": (lambda threads: partial(repeat, one_mlp(100)), 500),
    "mlp1000": (lambda threads: partial(repeat, one_mlp(1000)), 20),
    "resnet": (lambda threads: partial(repeat, resnet(64)), 2),
    "resnet-quarter": (lambda threads: partial(repeat, resnet(16)), 10),
    "two-points-bare": (lambda threads: partial(repeat, two_points(track=False)), 100),
    "two-points-tracked": (lambda threads: partial(repeat, two_points(track=True)), 100),
    "sweep-sequential": (lambda threads: one_after_another(), 50),
    "sweep-processes": (side_by_side, 50),
    "sweep-batched": (lambda threads: partial(repeat, sweep_batched()), 50),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", required=True, choices=CASES)
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch; sweep-processes: processes of one thread")
    parser.add_argument("--steps", type=int, help="steps in one timed block (default: by case)")
    parser.add_argument("--repeats", type=int, default=5, help="timed blocks, after an untimed one")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    make, steps = CASES[args.case]
    steps = args.steps or steps
    block = make(args.threads)
    block(max(2, steps // 5))
    times = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        block(steps)
        times.append((time.perf_counter() - start) * 1e3 / steps)
    result = {"case": args.case, "threads": args.threads, "steps": steps}
    print(json.dumps(result | {"median_ms": statistics.median(times), "min_ms": min(times)}))


if __name__ == "__main__":
    main()
