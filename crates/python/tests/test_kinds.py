"""Every kind of layer is measured, or named with a reason; nothing is left behind."""

import copy
import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

import formant
import twin
from test_measure import assert_like_twin, batches, mlp, one_at_a_time

CROSS_ENTROPY = nn.CrossEntropyLoss()


def squares(out, _):
    return out.float().flatten(1).square().sum(1)


def data(*shape, n=32):
    torch.manual_seed(9)
    return [(torch.randn(n, *shape), torch.randint(3, (n,))) for _ in range(2)]


def reasons(report):
    return {layer.name: layer.reason for layer in report.unmeasured}


def test_leading_dimensions_are_samples():
    report = formant.measure(nn.Linear(4, 3), data(5, 2, 4), squares)
    assert report["Linear"].samples == 2 * 32 * 5 * 2 and report["Linear"].axis == "tokens"


def test_a_bare_layer_and_single_samples():
    model = nn.Linear(4, 3)
    expected = one_at_a_time(nn.Sequential(model), data(4), lambda out, y: squares(out, y).sum(), ["0"])["0"]
    report = formant.measure(model, data(4), squares)
    assert_like_twin(report["Linear"], *expected, model.weight.detach().numpy())


def test_frozen_layers():
    model = mlp(4, 5, 3)
    free = formant.measure(copy.deepcopy(model), data(4), CROSS_ENTROPY)
    model[0].requires_grad_(False)
    assert formant.measure(model, data(4), CROSS_ENTROPY).rows() == free.rows()
    with formant.Probe(model) as probe:
        for x, y in data(4):
            CROSS_ENTROPY(model(x), y).backward()
    assert probe.report()["0"].alpha["b_rga"].value == pytest.approx(free["0"].alpha["b_rga"].value, abs=1e-6)
    assert model[0].weight.grad is None and model[2].weight.grad is not None


class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, x):
        h = self.fc1(x)
        x.add_(100)  # after use
        h.relu_()
        return self.fc2(h)


def test_inputs_and_outputs_that_are_changed_in_place():
    torch.manual_seed(0)
    model = InPlace()
    loader = data(4)
    plain = nn.Sequential(model.fc1, nn.ReLU(), model.fc2)
    expected = formant.measure(plain, [(x.clone(), y) for x, y in loader], CROSS_ENTROPY)
    report = formant.measure(model, [(x.clone(), y) for x, y in loader], CROSS_ENTROPY)
    for name, other in (("fc1", "0"), ("fc2", "2")):
        assert report[name].misfit < 1e-5
        # Nulls are drawn by the name of a layer.
        values = lambda layer: [relation.value for relation in layer.alpha.values()]
        assert values(report[name]) == values(expected[other])


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.out = nn.Linear(4, 4), nn.Linear(4, 3)
        self.unused, self.aside = nn.Linear(2, 2), nn.Linear(4, 1)

    def forward(self, x):
        h = torch.tanh(self.fc(torch.tanh(self.fc(x))))
        self.aside(h)
        return self.out(h)


def test_each_use_is_a_site_and_what_the_loss_does_not_see_is_named():
    model = Twice()
    report = formant.measure(model, data(4), CROSS_ENTROPY)
    assert list(report.layers) == ["fc", "fc#2", "out"]
    x = torch.cat([x for x, _ in data(4)])
    assert np.allclose(report["fc#2"].rows["h_a"], torch.tanh(model.fc(x)).detach(), atol=1e-6)
    assert reasons(report) == {
        "unused": "it was not called",
        "aside": "no gradient reached its output: it is outside the loss",
    }


def test_tied_weights_are_two_layers_and_noted():
    model = nn.Sequential(nn.Embedding(7, 4), nn.Linear(4, 4), nn.Linear(4, 7, bias=False))
    model[2].weight = model[0].weight
    tokens = torch.randint(7, (30, 5))
    report = formant.measure(model, [(tokens, tokens)], lambda out, y: F.cross_entropy(out.transpose(1, 2), y, reduction="none"))
    assert list(report.layers) == ["1", "2"] and "0 and 2 share one weight" in report.notes
    assert "a table of vectors" in reasons(report)["0"]


class Lora(nn.Linear):
    """An adapter as a subclass."""

    def __init__(self, d_in, d_out):
        super().__init__(d_in, d_out)
        self.a, self.b = nn.Linear(d_in, 2, bias=False), nn.Linear(2, d_out, bias=False)

    def forward(self, x):
        return super().forward(x) + self.b(self.a(x))


class Wrapped(nn.Module):
    """An adapter around a layer."""

    def __init__(self, d_in, d_out):
        super().__init__()
        self.base_layer = nn.Linear(d_in, d_out)
        self.a, self.b = nn.Linear(d_in, 2, bias=False), nn.Linear(2, d_out, bias=False)

    def forward(self, x):
        return self.base_layer(x) + self.b(self.a(x))


def test_adapters():
    model = nn.Sequential(Lora(5, 4), nn.Tanh(), Wrapped(4, 3))
    report = formant.measure(model, data(5), CROSS_ENTROPY)
    assert set(report.layers) == {"0", "0.a", "0.b", "2.base_layer", "2.a", "2.b"} and not report.unmeasured
    assert all(layer.misfit < 1e-5 for layer in report)
    # The layer as a whole has the weight that it applies.
    whole = (model[0].weight + model[0].b.weight @ model[0].a.weight).detach().double().numpy()
    assert report["0"].effective_rank["z_a"] == pytest.approx(twin.effective_rank(whole.T @ whole), rel=1e-5)


def test_normed_and_parametrized_weights():
    model = nn.Sequential(nn.utils.weight_norm(nn.Linear(5, 4)), nn.Tanh(), nn.utils.parametrizations.orthogonal(nn.Linear(4, 4)))
    report = formant.measure(model, data(5), CROSS_ENTROPY)
    assert all(layer.misfit < 1e-5 for layer in report) and {"0", "2"} <= set(report.layers)
    assert report["2"].effective_rank["z_a"] == pytest.approx(4)


class Scaled(nn.Conv2d):
    """A convolution whose weight is not the one that it applies."""

    def forward(self, x):
        weight = self.weight - self.weight.mean(dim=(1, 2, 3), keepdim=True)
        return F.conv2d(x, weight, self.bias)


class Grouped(nn.Module):
    def __init__(self):
        super().__init__()
        self.standardized = Scaled(4, 8, 3)
        self.grouped = nn.Conv2d(8, 8, 3, groups=4)
        self.back = nn.ConvTranspose2d(8, 3, 2)
        self.lstm = nn.LSTM(3, 5, batch_first=True)
        self.table = nn.Parameter(torch.randn(5, 5))
        self.out = nn.Linear(5, 3)

    def forward(self, x):
        x = self.back(self.grouped(self.standardized(x))).mean(-1).transpose(1, 2)
        return self.out(self.lstm(x)[0][:, -1] @ self.table)


def test_what_is_not_measured_is_named():
    report = formant.measure(Grouped(), data(4, 9, 9), CROSS_ENTROPY)
    found = reasons(report)
    assert list(report.layers) == ["out"]
    assert "misfit" in found["standardized"]
    assert "4 groups" in found["grouped"]
    assert "no rule for ConvTranspose2d, with weight" in found["back"]
    assert "recurrent" in found["lstm"]
    assert "no rule for Grouped, with table" in found["Grouped"]


class Checkpointed(nn.Module):
    def __init__(self, reentrant):
        super().__init__()
        self.first = nn.Linear(4, 6)
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6)) for _ in range(2))
        self.out, self.reentrant = nn.Linear(6, 3), reentrant

    def forward(self, x):
        h = self.first(x)
        for block in [*self.blocks, self.blocks[0]]:
            h = checkpoint(block, h, use_reentrant=self.reentrant) if self.reentrant is not None else block(h)
        return self.out(h)


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoints_change_nothing(reentrant):
    torch.manual_seed(1)
    plain = Checkpointed(None)
    model = copy.deepcopy(plain)
    model.reentrant = reentrant
    expected, report = (formant.measure(m, data(4), CROSS_ENTROPY) for m in (plain, model))
    assert set(report.layers) == set(expected.layers) and "blocks.0.2#2" in report.layers
    assert reasons(report) == {}
    for layer in expected:
        for name, relation in layer.alpha.items():
            assert report[layer.name].alpha[name].value == pytest.approx(relation.value, abs=1e-6), (layer.name, name)


class Conv1D(nn.Module):
    """As transformers has it: a linear layer with its weight transposed."""

    def __init__(self, nf, nx):
        super().__init__()
        self.nf = nf
        self.weight, self.bias = nn.Parameter(torch.randn(nx, nf)), nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(*x.shape[:-1], self.nf)


class ByKeyword(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_fc, self.out = Conv1D(6, 4), nn.Linear(6, 3)

    def forward(self, *, features, scale=1.0):
        return {"logits": self.out(input=torch.tanh(self.c_fc(x=features))) * scale}


def test_calls_by_keyword_and_transformers_conv1d():
    model = ByKeyword()
    loader = [{"features": x} for x, _ in data(4)]
    report = formant.measure(model, loader, lambda out, _: out["logits"].square().sum(1))
    assert list(report.layers) == ["c_fc", "out"] and all(layer.misfit < 1e-5 for layer in report)
    assert report["c_fc"].shape == (6, 4)


class Output(dict):
    """As transformers has it: fields by name and by key."""

    __getattr__ = dict.__getitem__


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.fc, self.head = nn.Embedding(9, 5), nn.Linear(5, 6), nn.Linear(6, 9)

    def forward(self, input_ids, attention_mask=None, labels=None):
        logits = self.head(torch.tanh(self.fc(self.embed(input_ids))))
        loss = None if labels is None else F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        return Output(loss=loss, logits=logits)


def test_outputs_and_batches_of_transformers():
    torch.manual_seed(0)
    model = LanguageModel()
    ids = torch.randint(9, (40, 6))
    mask = torch.arange(6) < torch.randint(2, 7, (40, 1))
    labels = torch.where(mask, ids, -100)
    whole = [dict(input_ids=ids, attention_mask=mask.long(), labels=labels)]
    parts = [{name: value[at : at + 8] for name, value in whole[0].items()} for at in range(0, 40, 8)]
    reports = [formant.measure(model, batches) for batches in (whole, parts)]
    for report in reports:
        assert report["fc"].samples == int(mask.sum()) and not report.warnings
        assert any("attention_mask" in note for note in report.notes)
    # Batches have other numbers of targets, and samples their own gradients all the same.
    for name, relation in reports[0]["head"].relations("raw").items():
        assert reports[1]["head"].relations("raw")[name].value == pytest.approx(relation.value, abs=1e-5)
    own = lambda output, batch: F.cross_entropy(output.logits.transpose(1, 2), batch["labels"], reduction="none")
    by_hand = formant.measure(model, parts, own)
    assert by_hand["fc"].alpha["b_rga"].value == pytest.approx(reports[0]["fc"].alpha["b_rga"].value, abs=1e-5)


def test_a_model_that_is_called_part_by_part_is_named():
    model = mlp(4, 5, 3)
    with formant.Probe(model) as probe:
        model[2](torch.tanh(model[0](data(4)[0][0]))).sum().backward()
    with pytest.warns(formant.FormantWarning):
        assert reasons(probe.report())["0"] == "it was called by itself, not by the model"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_precisions(dtype):
    torch.manual_seed(0)
    model = mlp(4, 6, 3)
    loader = data(4, n=200)
    expected = formant.measure(model, loader, CROSS_ENTROPY)
    report = formant.measure(model.to(dtype), [(x.to(dtype), y) for x, y in loader], CROSS_ENTROPY)
    tolerance = 0.02 if dtype == torch.bfloat16 else 1e-6
    for layer in expected:
        for name, relation in layer.alpha.items():
            assert report[layer.name].alpha[name].value == pytest.approx(relation.value, abs=tolerance)


def test_autocast():
    torch.manual_seed(0)
    model, loader = mlp(4, 6, 3), data(4, n=200)
    expected = formant.measure(model, loader, CROSS_ENTROPY)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        report = formant.measure(model, loader, CROSS_ENTROPY)
    assert report["0"].misfit > 1e-4, "it ran in half precision"
    for layer in expected:
        assert report[layer.name].alpha["b_gwa"].value == pytest.approx(layer.alpha["b_gwa"].value, abs=0.02)


def test_masks_leave_out_padding():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))
    x, mask = torch.randn(30, 5, 4), torch.rand(30, 5) > 0.4
    loss = lambda out, batch: (out.square().sum(-1) * mask).flatten(1).sum(1)
    report = formant.measure(model, [(x, mask)], loss, mask=lambda batch: batch[1])
    whole = formant.measure(model, [(x, mask)], loss)
    assert report["0"].samples == int(mask.sum()) and whole["0"].samples == 150
    assert any("have no gradient" in warning for warning in whole.warnings) and not report.warnings
    kept = [x[mask]]
    again = formant.measure(model, [(kept[0], mask)], squares)
    assert report["2"].alpha["a_rga"].value == pytest.approx(again["2"].alpha["a_rga"].value, abs=1e-6)


def test_batch_statistics_are_refused():
    norm = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6, track_running_stats=False), nn.Linear(6, 3))
    with pytest.raises(ValueError, match="1: batch norm takes the statistics of the batch"):
        formant.measure(norm, data(4), CROSS_ENTROPY)
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Linear(6, 3))
    assert len(formant.measure(model.train(), data(4), CROSS_ENTROPY)) == 2
    with formant.Probe(model), pytest.raises(ValueError, match="call model.eval"):
        model(data(4)[0][0])


class Contrast(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        h = self.fc(x)
        return h - h.mean(0)


def test_samples_that_depend_on_each_other_are_refused():
    with pytest.raises(ValueError, match="mixes samples"):
        formant.measure(Contrast(), data(4), CROSS_ENTROPY)
    contrastive = lambda out, _: F.cross_entropy(out @ out.t(), torch.arange(len(out)))
    with pytest.raises(ValueError, match="couples samples"):
        formant.measure(nn.Linear(4, 3), data(4), contrastive)


def test_a_layer_that_overflows_does_not_take_the_others_with_it():
    class Overflows(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(4, 3), nn.Linear(4, 3)

        def forward(self, x):
            return self.fc1(x) + 0 * torch.nan_to_num(self.fc2(x * float("inf")))

    report = formant.measure(Overflows(), data(4), CROSS_ENTROPY)
    assert list(report.layers) == ["fc1"] and reasons(report)["fc2"]


def test_wide_layers_are_refused_by_name():
    with pytest.warns(formant.FormantWarning, match="no layer was measured"):
        report = formant.measure(mlp(4, 64, 3), data(4), CROSS_ENTROPY, max_memory=10_000)
    assert "would take" in reasons(report)["0"] and "max_memory" in reasons(report)["0"]


def test_layers_are_chosen_by_globs():
    model = nn.Sequential(mlp(4, 5, 3), nn.Linear(3, 3))
    measure = lambda **chosen: list(formant.measure(model, data(4), CROSS_ENTROPY, **chosen).layers)
    assert measure(layers="0.*") == ["0.0", "0.2"] and measure(layers=["1", "0.2"]) == ["0.2", "1"]
    assert measure(skip="0.*") == ["1"]
    with pytest.raises(ValueError, match="no layer of Sequential matches"):
        measure(layers="blocks.*")


def test_memory_and_numbers_do_not_depend_on_batches():
    torch.manual_seed(0)
    model = mlp(6, 8, 4)
    reports = [formant.measure(model, batches(96, 6, 4, size), CROSS_ENTROPY) for size in (96, 7)]
    for layer in reports[0]:
        for name, relation in layer.alpha.items():
            assert reports[1][layer.name].alpha[name].value == pytest.approx(relation.value, abs=1e-6)
            assert relation.low is not None and reports[1][layer.name].alpha[name].low is not None


# What a measurement leaves behind: nothing.


class Fails(nn.Module):
    def __init__(self, at):
        super().__init__()
        self.net, self.dropout, self.at, self.calls = mlp(4, 5, 3), nn.Dropout(), at, 0

    def forward(self, x):
        self.calls += 1
        if self.calls == self.at:
            raise RuntimeError("planted")
        return self.net(self.dropout(x))


def state(model):
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    return {
        "values": {name: tensor.detach().clone() for name, tensor in tensors.items()},
        "grads": {name: None if p.grad is None else (p.grad, p.grad.clone()) for name, p in model.named_parameters()},
        "needed": {name: p.requires_grad for name, p in model.named_parameters()},
        "training": {name: module.training for name, module in model.named_modules()},
        "forward": [name for name, module in model.named_modules() if "forward" in vars(module)],
        "hooks": [
            sum(len(getattr(module, hooks)) for hooks in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks"))
            for module in model.modules()
        ],
        "random": (torch.get_rng_state(), np.random.get_state()[1], random.getstate()),
    }


def assert_same(before, after):
    for name in before["values"]:
        assert torch.equal(before["values"][name], after["values"][name])
        if before["grads"][name] is not None:
            assert before["grads"][name][0] is after["grads"][name][0]
            assert torch.equal(before["grads"][name][1], after["grads"][name][1])
        else:
            assert after["grads"][name] is None
    for key in ("needed", "training", "forward", "hooks"):
        assert before[key] == after[key]
    assert torch.equal(before["random"][0], after["random"][0])
    assert np.array_equal(before["random"][1], after["random"][1]) and before["random"][2] == after["random"][2]


@pytest.mark.parametrize("at", [None, 1, 3, 4])
def test_everything_is_as_it_was(at):
    torch.manual_seed(0)
    model = Fails(at)
    model.net[0].eval()
    model.net[2].bias.requires_grad_(False)
    CROSS_ENTROPY(model(data(4)[0][0]), data(4)[0][1]).backward() if at != 1 else None
    model.calls = 0
    torch.manual_seed(5)
    before = state(model)

    def noisy():
        for batch in data(4):
            np.random.rand(), random.random(), torch.rand(1)
            yield batch

    if at is None:
        formant.measure(model, noisy(), CROSS_ENTROPY)
    elif at == 1:
        with pytest.raises(RuntimeError, match="planted"):
            formant.measure(model, [(torch.ones(1, 4), torch.zeros(1).long())], CROSS_ENTROPY)
    else:
        with pytest.raises(RuntimeError, match="planted"):
            formant.measure(model, noisy(), CROSS_ENTROPY)
    assert_same(before, state(model))


def test_a_probe_changes_no_gradient_and_leaves_nothing():
    torch.manual_seed(0)
    model = mlp(4, 5, 3)
    plain = copy.deepcopy(model)
    with pytest.raises(KeyError):
        with formant.Probe(model):
            raise KeyError
    with formant.Probe(model) as probe:
        for x, y in data(4):
            CROSS_ENTROPY(model(x), y).backward()
            CROSS_ENTROPY(plain(x), y).backward()
            with torch.no_grad():
                model(x)
        copied = copy.deepcopy(model)
    for p, q in zip(model.parameters(), plain.parameters()):
        assert torch.equal(p.grad, q.grad)
    assert not any("forward" in vars(module) for module in model.modules())
    x = data(4)[0][0]
    assert torch.equal(copied(x), plain(x)) and probe.report()["0"].samples == 64
    copied[0].weight.data.zero_()
    assert not torch.equal(copied(x), plain(x))
    expected = formant.measure(plain, data(4), CROSS_ENTROPY)
    assert probe.report()["0"].alpha["b_rga"].value == pytest.approx(expected["0"].alpha["b_rga"].value, abs=1e-6)


def test_the_patches_of_torch_functions_go():
    before = F.linear, F._in_projection_packed, F._in_projection
    model = nn.MultiheadAttention(8, 2, batch_first=True)
    with pytest.raises(Exception):
        formant.measure(model, [(torch.randn(4, 3, 8), torch.randn(4, 3, 7), torch.zeros(4))], squares)
    assert before == (F.linear, F._in_projection_packed, F._in_projection)
