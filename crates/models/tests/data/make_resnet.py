"""Makes resnet.json: what PyTorch makes of a small residual network, to compare `formant_models::ResNet` with.

    python make_resnet.py        (needs torch and numpy; writes beside itself)

Parameters and inputs are numbers that both sides can make: see `numbers`. Double precision.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

SIDE, WIDTH, PENULTIMATE, OUTPUTS, SAMPLES, MEMBERS = 8, 16, 12, 5, 4, 2
EVERY = 37  # of long arrays only every so many entries are kept


def numbers(count, salt):
    i = np.arange(count, dtype=np.int64)
    return ((i * 7919 + salt * 104_729 + 13) % 1009).astype(np.float64) / 1009 - 0.5


class Block(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width, momentum=1.0)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width, momentum=1.0)
        self.downsample = None
        if stride > 1 or before != width:
            conv = nn.Conv2d(before, width, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(width, momentum=1.0))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, WIDTH, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTH, momentum=1.0)
        self.layer1 = Block(WIDTH, WIDTH, 1)
        self.layer2 = Block(WIDTH, 2 * WIDTH, 2)
        self.fc1 = nn.Linear(2 * WIDTH, PENULTIMATE)
        self.fc2 = nn.Linear(PENULTIMATE, OUTPUTS)

    def forward(self, x):
        x = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))
        return self.fc2(torch.relu(self.fc1(x.mean((2, 3)))))


def ours(p, value):
    """From PyTorch's layout of a parameter to that of the project."""
    if value.ndim == 4:
        return value.permute(2, 3, 1, 0).reshape(-1)
    return value.t().reshape(-1) if value.ndim == 2 else value.reshape(-1)


def fill(net, member):
    for p, param in enumerate(net.parameters()):
        shape = tuple(param.shape)
        x = torch.from_numpy(numbers(param.numel(), 100 * member + p))
        if param.ndim == 4:
            f, c, k, _ = shape
            x = (x * 3 / np.sqrt(c * k * k)).reshape(k, k, c, f).permute(3, 2, 0, 1)
        elif param.ndim == 2:
            x = (x * 3 / np.sqrt(shape[1])).reshape(shape[1], shape[0]).t()
        elif param is getattr(net.fc1, "bias") or param is getattr(net.fc2, "bias"):
            pass
        else:
            is_scale = any(param is m.weight for m in net.modules() if isinstance(m, nn.BatchNorm2d))
            x = 1 + 0.5 * x if is_scale else x
        param.data = x.clone()


def short(x):
    x = np.asarray(x.detach()).reshape(-1)
    return {"sum": float(x.sum()), "squares": float((x * x).sum()), "every": x[::EVERY].tolist()}


def rows(x):
    """Outputs of a convolution as rows of positions."""
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def member(index):
    net = Net().double()
    fill(net, index)
    x = torch.from_numpy(numbers(SAMPLES * 3 * SIDE * SIDE, 7777 + index)).reshape(SAMPLES, 3, SIDE, SIDE)
    y = torch.arange(SAMPLES) % OUTPUTS
    net.train()
    logits = net(x)
    loss = nn.functional.cross_entropy(logits, y)
    loss.backward()
    trained = {
        "logits": logits.detach().reshape(-1).tolist(),
        "gradients": [short(ours(p, param.grad)) for p, param in enumerate(net.parameters())],
    }
    net.eval()  # by the statistics of that batch: momentum is 1
    sites = {"conv1": net.conv1, "layer1.0.conv2": net.layer1.conv2, "layer2.0.conv1": net.layer2.conv1,
             "layer2.0.downsample": net.layer2.downsample[0], "fc1": net.fc1, "fc2": net.fc2}
    seen = {}
    for name, module in sites.items():
        def hook(module, inputs, output, name=name):
            output.retain_grad()
            seen[name] = output
        module.register_forward_hook(hook)
    logits = net(x)
    nn.functional.cross_entropy(logits, y, reduction="sum").backward()
    measured = {
        "logits": logits.detach().reshape(-1).tolist(),
        "h_b": {name: short(rows(h)) for name, h in seen.items()},
        "g_b": {name: short(-rows(h.grad)) for name, h in seen.items()},
    }
    return {"trained": trained, "measured": measured}


if __name__ == "__main__":
    out = Path(__file__).parent / "resnet.json"
    out.write_text(json.dumps([member(m) for m in range(MEMBERS)]) + "\n")
