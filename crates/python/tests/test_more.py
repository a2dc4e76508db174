"""Networks compared, measured while they train, drawn, and laid out on a page."""

import re

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn

import formant
from test_measure import batches, mlp


def report(seed, loader=None):
    torch.manual_seed(seed)
    return formant.measure(mlp(6, 9, 8, 4), loader or batches(120, 6, 4), nn.CrossEntropyLoss())


def debiased_cka(x, y):
    def centred(x):
        k = x @ x.T
        np.fill_diagonal(k, 0)
        n = len(k)
        rows = k.sum(0) / (n - 2)
        k = k - rows[:, None] - rows + k.sum() / (n - 1) / (n - 2)
        np.fill_diagonal(k, 0)
        return k

    k, l = centred(x), centred(y)
    return (k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum())


def test_layers_are_compared_with_all_of_the_other_network():
    a, b = report(0), report(1)
    found = formant.compare(a, b)
    assert found["linear_cka_unbiased"].shape == (3, 3)
    for i, x in enumerate(found.x):
        for j, y in enumerate(found.y):
            rows = [r.rows["h_a"].astype(np.float64) for r in (a[x], b[y])]
            expected = debiased_cka(*rows)
            assert found["linear_cka_unbiased"][i, j] == pytest.approx(expected, abs=1e-6)
    assert found["linear_cka_unbiased"][0, 0] == pytest.approx(1) and found["procrustes"][0, 0] == pytest.approx(0, abs=1e-6)
    assert all(np.all(p_values == 1 / 200) for p_values in found.p_values.values()), "all see the same inputs"
    assert set(found.ceilings) == {"linear_cka_unbiased", "procrustes", "rsa_spearman"}
    ceiling = found.ceilings["procrustes"]
    assert ceiling["low"] <= ceiling["mean"] <= ceiling["high"] <= 1 and ceiling["splits"] == 10
    assert len(found.table()) == 27
    outputs = formant.compare(a, b, of="h_b", measures=["procrustes"], permutations=0)
    assert list(outputs.values) == ["procrustes"] and np.isnan(outputs.p_values["procrustes"]).all()


def test_p_values_of_unrelated_representations_are_uniform():
    rng = np.random.default_rng(0)
    layers = lambda n: {
        str(at): {"h_a": rng.normal(size=(60, 5)), "g_b": rng.normal(size=(60, 2)), "weight": rng.normal(size=(2, 5))}
        for at in range(n)
    }
    found = formant.compare(formant.align(layers(20)), formant.align(layers(20)), same_samples=True, permutations=99, splits=0)
    p = found.p_values["linear_cka_unbiased"].ravel()
    assert 0.02 < np.mean(p <= 0.05) < 0.08 and 0.45 < p.mean() < 0.55


def test_other_samples_are_refused():
    with pytest.raises(ValueError, match="same samples"):
        formant.compare(report(0), report(0, batches(120, 6, 4, seed=1)))
    with pytest.raises(ValueError, match="no measure `cka`"):
        formant.compare(report(0), report(1), measures=["cka"])


def test_correlation_distances_are_told_from_euclidean_ones():
    a, b = report(0), report(1)
    measures = ["rsa_pearson", "rsa_correlation_pearson"]
    found = formant.compare(a, b, of="h_b", measures=measures, permutations=0, splits=0)
    x, y = (r["2"].rows["h_b"].astype(np.float64) for r in (a, b))
    upper = np.triu_indices(len(x), 1)
    expected = np.corrcoef((1 - np.corrcoef(x))[upper], (1 - np.corrcoef(y))[upper])[0, 1]
    assert found["rsa_correlation_pearson"][1, 1] == pytest.approx(expected, abs=1e-6)
    assert abs(found["rsa_pearson"][1, 1] - expected) > 1e-3


def test_dimensions_that_networks_share_are_universal():
    rng = np.random.default_rng(0)
    common = rng.normal(size=(300, 2)) * [4, 3]
    def network():
        rows = np.concatenate([common, rng.normal(size=(300, 2)) * [2, 1]], 1) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
        return formant.align(h_a=rows, g_b=rng.normal(size=(300, 2)), weight=rng.normal(size=(2, 4)))
    reports = {name: network() for name in "abc"}
    with pytest.raises(ValueError, match="same samples"):
        formant.universal(reports)
    found = formant.universal(reports, same_samples=True)
    assert len(found) == 3 * 4 and set(found[0]["r2_from"]) == {"b", "c"}
    for row in found:
        assert row["r2"] > 0.9 if row["dimension"] <= 2 else row["r2"] < 0.1, row


def test_saved_reports_are_compared(tmp_path):
    a, b = report(0), report(1)
    a.save(tmp_path / "a.formant")
    again = formant.load(tmp_path / "a.formant")
    assert np.array_equal(formant.compare(again, b)["procrustes"], formant.compare(a, b)["procrustes"])


def test_a_monitor_follows_training():
    torch.manual_seed(0)
    model, loss = mlp(6, 9, 4), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=1e-2, momentum=0.5)
    monitor = formant.Monitor(model, batches(120, 6, 4, seed=1), loss, every=5, lr=0.1, weight_decay=1e-2, momentum=0.5)
    first = monitor.moments[0].report["0"].alpha
    for x, y in batches(160, 6, 4):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
        monitor.step()
    assert [moment.step for moment in monitor.moments] == [0, 5, 10] and model.training
    assert monitor.moments[-1].decay_times == pytest.approx(10 * 0.1 * 1e-2 / 0.5) and monitor.stationary is False
    assert any("fewer than 3" in warning for warning in monitor.warnings)
    assert monitor.moments[-1].report["0"].alpha["b_gwa"].value != first["b_gwa"].value
    change = monitor.moments[1].change
    assert set(change) == {"0", "2"} and change["0"]["h_a"] == pytest.approx(0, abs=1e-9) and change["0"]["z_a"] > 1e-3
    assert len(monitor.table()) == 3 * 2 * 6


def test_pictures_and_a_page(tmp_path):
    pytest.importorskip("matplotlib")
    found = report(0)
    for quantity in ("alpha", "calibrated", "effective_rank"):
        found.plot(quantity).savefig(tmp_path / f"{quantity}.png")
    formant.compare(found, found).plot().savefig(tmp_path / "compared.png")
    with pytest.raises(ValueError, match="no quantity"):
        found.plot("rank")
    found.to_html(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "<svg" in text and not re.search(r"(src|href)=['\"]https?:", text)


def test_names_are_escaped_on_a_page(tmp_path):
    rng = np.random.default_rng(0)
    named = formant.align(h_a=rng.normal(size=(60, 3)), g_b=rng.normal(size=(60, 2)), weight=rng.normal(size=(2, 3)), name="<b>'&")
    named.to_html(tmp_path / "report.html")
    assert "<b>" not in (tmp_path / "report.html").read_text()
