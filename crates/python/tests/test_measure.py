"""Networks against gradients of one sample at a time, and everything that is left as it was."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn
from torch.nn import functional as F

import formant
import twin


def mlp(*widths):
    layers = []
    for d_in, d_out in zip(widths, widths[1:]):
        layers += [nn.Linear(d_in, d_out), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def batches(n, d_in, classes, size=16, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d_in, generator=generator)
    y = torch.randint(classes, (n,), generator=generator)
    return [(x[at : at + size], y[at : at + size]) for at in range(0, n, size)]


def one_at_a_time(model, loader, loss_of_one, names):
    """Rows of each layer, by one forward and backward pass a sample, with torch's own hooks: h_a, h_b, g_b."""
    rows = {name: ([], [], []) for name in names}
    modules, seen = dict(model.named_modules()), {}

    def hook(name):
        def keep(_, inputs, output):
            output.retain_grad()
            seen[name] = inputs[0], output

        return keep

    handles = [modules[name].register_forward_hook(hook(name)) for name in names]
    for x, y in loader:
        for at in range(len(x)):
            loss_of_one(model(x[at : at + 1]), y[at : at + 1]).backward()
            for name, (h_a, h_b) in seen.items():
                for into, tensor in zip(rows[name], (h_a, h_b, -h_b.grad)):
                    into.append(tensor.detach())
    for handle in handles:
        handle.remove()
    model.zero_grad()
    return {name: [torch.cat(part).double().numpy() for part in parts] for name, parts in rows.items()}


def assert_like_twin(layer, h_a, h_b, g_b, weight, tolerance=2e-4):
    weight = np.asarray(weight, dtype=np.float64)
    assert layer.samples == len(h_a)
    for variant in ("raw", "centered", "normalized"):
        expected = twin.alphas(h_a, h_b, g_b @ weight, g_b, weight, variant)
        found = {name: relation.value for name, relation in layer.relations(variant).items()}
        assert found == pytest.approx(expected, abs=tolerance), (layer.name, variant)


LOSSES = {
    "mean": nn.CrossEntropyLoss(),
    "sum": nn.CrossEntropyLoss(reduction="sum"),
    "none": nn.CrossEntropyLoss(reduction="none"),
    "function": lambda out, y: F.cross_entropy(out, y),
    "summing function": lambda out, y: F.cross_entropy(out, y, reduction="sum"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_an_mlp_is_that_of_one_sample_at_a_time(loss):
    torch.manual_seed(1)
    model, loader = mlp(6, 9, 8, 4), batches(100, 6, 4)  # the last batch is smaller
    expected = one_at_a_time(model, loader, F.cross_entropy, ["0", "2", "4"])
    report = formant.measure(model, loader, LOSSES[loss])
    assert list(report.layers) == ["0", "2", "4"] and report.unmeasured == []
    for name, rows in expected.items():
        assert_like_twin(report[name], *rows, model.get_submodule(name).weight.detach().numpy())
        assert np.allclose(report[name].rows["h_a"], rows[0], atol=1e-6)
    gradients = report["4"].native.moments()
    assert len(gradients) > 0 and any(note.startswith("loss: ") for note in report.notes)


@pytest.mark.parametrize("loss", LOSSES)
def test_sizes_of_gradients_do_not_depend_on_the_reduction(loss):
    torch.manual_seed(1)
    model, loader = mlp(6, 9, 4), batches(64, 6, 4)
    rows = one_at_a_time(model, loader, F.cross_entropy, ["2"])["2"]
    report = formant.measure(model, loader, LOSSES[loss])
    from io import BytesIO
    from struct import unpack

    data = report["2"].native.moments()
    import json

    length = unpack("<Q", data[:8])[0]
    head = json.loads(data[8 : 8 + length])
    start, end = head["b.plain.scatter"]["data_offsets"]
    scatter = np.frombuffer(data[8 + length + start : 8 + length + end]).reshape(8, 8)
    g = rows[2] - rows[2].mean(axis=0)
    assert np.allclose(scatter[4:, 4:], g.T @ g, rtol=1e-4, atol=1e-6)
