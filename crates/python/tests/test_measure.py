"""Networks against gradients of one sample at a time, and everything that is left as it was."""

import json
from struct import unpack

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
    assert any(note.startswith("loss: ") for note in report.notes)


@pytest.mark.parametrize("loss", LOSSES)
def test_sizes_of_gradients_do_not_depend_on_the_reduction(loss):
    torch.manual_seed(1)
    model, loader = mlp(6, 9, 4), batches(64, 6, 4)
    rows = one_at_a_time(model, loader, F.cross_entropy, ["2"])["2"]
    report = formant.measure(model, loader, LOSSES[loss])
    data = report["2"].native.moments()
    length = unpack("<Q", data[:8])[0]
    head = json.loads(data[8 : 8 + length])
    start, end = head["b.plain.scatter"]["data_offsets"]
    scatter = np.frombuffer(data[8 + length + start : 8 + length + end]).reshape(8, 8)
    g = rows[2] - rows[2].mean(axis=0)
    assert np.allclose(scatter[4:, 4:], g.T @ g, rtol=1e-4, atol=1e-6)


def test_gradients_are_those_of_vmap():
    functional = pytest.importorskip("functorch" if torch.__version__ < "2" else "torch.func")
    torch.manual_seed(2)
    model, loader = mlp(5, 7, 3), batches(48, 5, 3)
    x, y = (torch.cat(parts) for parts in zip(*loader))
    if hasattr(functional, "make_functional"):
        call, parameters = functional.make_functional(model)
        call_one = lambda parameters, x, y: F.cross_entropy(call(parameters, x[None]), y[None])
        g_b = functional.vmap(functional.grad(call_one), in_dims=(None, 0, 0))(parameters, x, y)[1]
    else:
        parameters = {name: p.detach() for name, p in model.named_parameters()}
        call_one = lambda p, x, y: F.cross_entropy(functional.functional_call(model, p, (x[None],)), y[None])
        g_b = functional.vmap(functional.grad(call_one), in_dims=(None, 0, 0))(parameters, x, y)["0.bias"]
    # The gradient with respect to a bias is that with respect to the output.
    report = formant.measure(model, loader, nn.CrossEntropyLoss(), layers="0")
    weight = model[0].weight.detach().double().numpy()
    h_a, g_b = x.double().numpy(), -g_b.detach().double().numpy()
    assert_like_twin(report["0"], h_a, h_a @ weight.T + model[0].bias.detach().double().numpy(), g_b, weight)


def slow_patches(conv, x):
    """[examples, positions, channels * kernel], one number at a time; of images, with zeros around them."""
    kernel, stride, dilation, padding = conv.kernel_size, conv.stride, conv.dilation, conv.padding
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    sizes = [(n - d * (k - 1) - 1) // s + 1 for n, d, k, s in zip(x.shape[2:], dilation, kernel, stride)]
    out = np.zeros((len(x), *sizes, x.shape[1], *kernel))
    for (n, i, j, c, k, l), _ in np.ndenumerate(out):
        out[n, i, j, c, k, l] = x[n, c, i * stride[0] + k * dilation[0], j * stride[1] + l * dilation[1]]
    return out.reshape(len(x), sizes[0] * sizes[1], -1)


def test_a_cnn_takes_positions_for_samples():
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2)),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 3, 3),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(3 * 2 * 5, 4),
    )
    x, y = torch.randn(24, 2, 8, 9), torch.randint(4, (24,))
    model(x)  # running statistics
    model.eval()
    loader = [(x[:10], y[:10]), (x[10:], y[10:])]
    expected = {}
    for at in range(24):
        h_1 = model[0](x[at : at + 1]).detach().requires_grad_()
        h_2 = model[3](model[2](model[1](h_1).clone())).detach().requires_grad_()
        F.cross_entropy(model[6](model[5](model[4](h_2.clone()))), y[at : at + 1]).backward()
        back = torch.autograd.grad(model[3](model[2](model[1](h_1).clone())), h_1, h_2.grad)[0]
        expected.setdefault("0", []).append((x[at : at + 1], h_1, -back))
        expected.setdefault("3", []).append((model[2](model[1](h_1).clone()), h_2, -h_2.grad))
    report = formant.measure(model.train(), loader, nn.CrossEntropyLoss())
    assert model.training and report["6"].axis == "examples" and report.unmeasured == []
    for name, parts in expected.items():
        conv = model.get_submodule(name)
        x_in, h_b, g_b = (torch.cat(part).detach().double().numpy() for part in zip(*parts))
        h_a = slow_patches(conv, x_in).reshape(-1, conv.weight[0].numel())
        h_b, g_b = (rows.transpose(0, 2, 3, 1).reshape(-1, conv.out_channels) for rows in (h_b, g_b))
        assert report[name].axis == "positions"
        assert_like_twin(report[name], h_a, h_b, g_b, conv.weight.detach().flatten(1).numpy())


@pytest.mark.parametrize(
    "conv, shape",
    [
        (nn.Conv1d(3, 5, 4, stride=2, padding=1), (6, 3, 20)),
        (nn.Conv1d(3, 5, 4, padding="same", dilation=2), (6, 3, 20)),
        (nn.Conv1d(3, 5, 3, padding=2, padding_mode="reflect"), (6, 3, 20)),
        (nn.Conv1d(3, 5, 3, padding=2, padding_mode="circular"), (6, 3, 20)),
        (nn.Conv2d(3, 5, 3, padding=1, padding_mode="replicate", bias=False), (6, 3, 7, 8)),
        (nn.Conv2d(3, 5, (4, 2), padding="same"), (6, 3, 7, 8)),
        (nn.Conv2d(3, 5, 3, padding="valid", stride=3), (6, 3, 9, 10)),
    ],
)
def test_every_convolution_is_its_weight_times_its_patches(conv, shape):
    torch.manual_seed(0)
    x = torch.randn(shape)
    report = formant.measure(conv, [(x, x)], lambda out, _: out.flatten(1).square().sum(1))
    (layer,) = report
    assert layer.misfit < 1e-5 and layer.shape == (5, conv.weight[0].numel())


class Attend(nn.Module):
    def __init__(self, batch_first, kdim=None):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first, kdim=kdim, vdim=kdim)
        self.batch_first = batch_first

    def forward(self, x, memory=None):
        memory = x if memory is None else memory
        if not self.batch_first:
            x, memory = x.transpose(0, 1), memory.transpose(0, 1)
        out = self.attention(x, memory, memory)[0]
        return out if self.batch_first else out.transpose(0, 1)


def by_hand(module, x, memory):
    """Attention with linear maps of its own, so that torch's hooks see them."""
    a = module.attention
    weights = a.in_proj_weight.chunk(3) if a.in_proj_weight is not None else (a.q_proj_weight, a.k_proj_weight, a.v_proj_weight)
    parts = [F.linear(h, w, b) for h, w, b in zip((x, memory, memory), weights, a.in_proj_bias.chunk(3))]
    for part in parts:
        part.retain_grad()
    q, k, v = (part.unflatten(-1, (2, 4)).transpose(1, 2) for part in parts)
    mixed = ((q @ k.transpose(-1, -2) / 2).softmax(-1) @ v).transpose(1, 2).flatten(2)
    out = F.linear(mixed, a.out_proj.weight, a.out_proj.bias)
    out.retain_grad()
    return out, dict(zip("qkv", zip((x, memory, memory), parts, weights))) | {"out_proj": (mixed, out, a.out_proj.weight)}


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("kdim", [None, 6])
def test_attention_has_four_maps(batch_first, kdim):
    torch.manual_seed(4)
    model = Attend(batch_first, kdim)
    x = torch.randn(12, 5, 8)
    memory = torch.randn(12, 7, kdim) if kdim else x
    loss = lambda out, y: (out - y).square().flatten(1).sum(1)
    y = torch.randn(12, 5, 8)
    report = formant.measure(model, [((x, memory, y) if kdim else (x, y))], loss)
    assert list(report.layers) == [f"attention.{part}" for part in ("q", "k", "v", "out_proj")] and not report.unmeasured
    out, parts = by_hand(model, x, memory)
    loss(out, y).sum().backward()
    for name, (h_a, h_b, weight) in parts.items():
        rows = [t.detach().double().flatten(0, 1).numpy() for t in (h_a, h_b, -h_b.grad)]
        assert_like_twin(report[f"attention.{name}"], *rows, weight.detach().numpy())
        assert np.allclose(report[f"attention.{name}"].rows["h_b"], rows[1], atol=1e-5)


def test_a_transformer_is_measured_whole():
    torch.manual_seed(5)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = nn.Sequential(nn.Embedding(11, 8), nn.TransformerEncoder(layer, 2), nn.Linear(8, 11))
    tokens = torch.randint(11, (40, 6))
    loss = lambda out, y: F.cross_entropy(out.flatten(0, 1), y.flatten(), reduction="none")
    report = formant.measure(model, [(tokens[:20], tokens[:20]), (tokens[20:], tokens[20:])], loss)
    parts = ["self_attn.q", "self_attn.k", "self_attn.v", "self_attn.out_proj", "linear1", "linear2"]
    assert list(report.layers) == [f"1.layers.{at}.{part}" for at in (0, 1) for part in parts] + ["2"]
    assert [layer.name for layer in report.unmeasured] == ["0"]
    assert all(layer.samples == 240 and layer.misfit < 1e-5 for layer in report)
    names = ["1.layers.0.linear1", "1.layers.1.linear2", "2"]
    model.eval()
    model[0].weight.requires_grad_()
    expected = one_at_a_time(model, [(tokens, tokens)], lambda out, y: loss(out, y).sum(), names)
    for name, rows in expected.items():
        rows = [part.reshape(-1, part.shape[-1]) for part in rows]
        assert_like_twin(report[name], *rows, model.get_submodule(name).weight.detach().numpy())


def test_a_summary_has_the_numbers_of_the_whole():
    torch.manual_seed(1)
    model, loader = mlp(6, 9, 8, 4), batches(200, 6, 4)
    whole = formant.measure(model, loader, nn.CrossEntropyLoss())
    summary = formant.measure(model, loader, nn.CrossEntropyLoss(), statistics="summary")
    assert all(layer.is_summary for layer in summary)
    for layer in whole:
        assert summary[layer.name].effective_rank["z_b"] == pytest.approx(layer.effective_rank["z_b"])
        for name, expected in layer.alpha.items():
            found = summary[layer.name].alpha[name]
            assert vars(found) == pytest.approx(vars(expected), abs=1e-9)
    assert len(summary.table()) == 18 and "6 -> 9" in str(summary)
    with pytest.raises(ValueError, match="has no raw moments"):
        summary["0"].relations("raw")
    with pytest.raises(ValueError, match="expected 'all' or 'summary'"):
        formant.measure(model, loader, nn.CrossEntropyLoss(), statistics="some")
