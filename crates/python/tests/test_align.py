"""Layers from arrays, against the twin."""

from pathlib import Path

import numpy as np
import pytest

import formant
import twin

RNG = np.random.default_rng(3)
N, D_A, D_B = 400, 7, 5
WEIGHT = RNG.normal(size=(D_B, D_A))
H_A = RNG.normal(size=(N, D_A)) @ RNG.normal(size=(D_A, D_A)) + 1.0
G_B = RNG.normal(size=(N, D_B)) @ RNG.normal(size=(D_B, D_B))
H_B = H_A @ WEIGHT.T + 0.5


@pytest.mark.parametrize("variant", ["raw", "centered", "normalized"])
def test_relations_are_those_of_the_twin(variant):
    layer = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, h_b=H_B)["layer"]
    expected = twin.alphas(H_A, H_B, G_B @ WEIGHT, G_B, WEIGHT, variant)
    found = layer.relations(variant)
    assert {name: relation.value for name, relation in found.items()} == pytest.approx(expected, abs=1e-10)


def test_ranks_are_those_of_the_twin():
    layer = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT)["layer"]
    assert layer.effective_rank["h_a"] == pytest.approx(twin.effective_rank(H_A.T @ H_A))
    assert layer.effective_rank["z_b"] == pytest.approx(twin.effective_rank(WEIGHT @ WEIGHT.T))
    assert layer.reading("effective_rank_h", "a", "raw") == layer.effective_rank["h_a"]


def test_groups_change_the_interval_alone():
    whole, grouped = (formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, groups=groups)["layer"] for groups in (1, 8))
    for name, relation in grouped.alpha.items():
        assert relation.value == pytest.approx(whole.alpha[name].value, abs=1e-12)
        assert relation.low < relation.value < relation.high
        assert whole.alpha[name].low is None


def test_intervals_are_those_of_a_jackknife():
    layer = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, h_b=H_B, groups=4)["layer"]
    kept = [np.delete(np.arange(N), np.s_[k * 100 : (k + 1) * 100]) for k in range(4)]
    without = [twin.alphas(H_A[k], H_B[k], (G_B @ WEIGHT)[k], G_B[k], WEIGHT, "normalized")["b_rga"] for k in kept]
    z = np.arctanh(without)
    half = 3.182446305 * np.sqrt(3 / 4 * ((z - z.mean()) ** 2).sum())
    relation = layer.alpha["b_rga"]
    assert relation.low == pytest.approx(np.tanh(np.arctanh(relation.value) - half), abs=1e-8)
    assert relation.high == pytest.approx(np.tanh(np.arctanh(relation.value) + half), abs=1e-8)


def test_independent_samples_reach_no_more_than_chance_and_equal_ones_all():
    n, d = 4000, 30
    weight = RNG.normal(size=(d, d))
    h, g = RNG.normal(size=(2, n, d)) * np.linspace(0.2, 2, d)
    turned = g @ np.linalg.qr(RNG.normal(size=(d, d)))[0]
    chance = formant.align(h_a=h, g_b=turned, weight=weight, h_b=h)["layer"].alpha["b_rga"]
    same = formant.align(h_a=h, g_b=g, weight=weight, h_b=h)["layer"].alpha["b_rga"]
    assert abs(chance.calibrated) < 0.2 and same.calibrated > 0.95 and same.above_null


def test_shapes_types_and_leading_dimensions():
    plain = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT)
    folded = formant.align({"layer": {"h_a": H_A.reshape(20, 20, D_A), "g_b": G_B.reshape(20, 20, D_B), "weight": WEIGHT}})
    assert folded["layer"].alpha == plain["layer"].alpha
    half = formant.align(h_a=H_A.astype(np.float16), g_b=G_B.astype(np.float16), weight=WEIGHT)["layer"]
    assert half.alpha["b_rga"].value == pytest.approx(plain["layer"].alpha["b_rga"].value, abs=1e-2)
    with pytest.raises(ValueError, match="h_a has shape"):
        formant.align(h_a=H_A.T, g_b=G_B, weight=WEIGHT)
    with pytest.raises(ValueError, match="numbers of samples differ"):
        formant.align(h_a=H_A[1:], g_b=G_B, weight=WEIGHT)
    with pytest.raises(ValueError, match="NaN"):
        formant.align(h_a=np.full_like(H_A, np.nan), g_b=G_B, weight=WEIGHT)
    with pytest.raises(TypeError, match="no weight"):
        formant.align(h_a=H_A, g_b=G_B)
    with pytest.raises(TypeError, match="no array 'grad'"):
        formant.align({"fc": {"h_a": H_A, "g_b": G_B, "weight": WEIGHT, "grad": G_B}})


def test_what_does_not_belong_together_is_warned_of():
    layer = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, h_b=np.maximum(H_B, 0))["layer"]
    assert layer.misfit > 0.1 and any("misfit" in warning for warning in layer.warnings)
    sound = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, h_b=H_B)["layer"]
    assert sound.misfit < 1e-6 and sound.warnings == []


def test_few_samples_and_zero_gradients_are_warned_of():
    padded = np.where(np.arange(N)[:, None] < 100, 0, G_B)
    warnings = formant.align(h_a=H_A, g_b=padded, weight=WEIGHT)["layer"].warnings
    assert any("25% of the samples have no gradient" in warning for warning in warnings)
    warnings = formant.align(h_a=H_A[:15], g_b=G_B[:15], weight=WEIGHT)["layer"].warnings
    assert any("15 samples for a width of 7" in warning for warning in warnings)


def test_reports_print_and_are_tables():
    report = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, name="fc")
    assert "7 -> 5" in str(report) and "G_b ~ Z_b" in str(report)
    rows = report.rows()
    assert [row["relation"] for row in rows] == ["a_rga", "a_rwa", "a_gwa", "b_rga", "b_rwa", "b_gwa"]
    assert len(report.table()) == 6 and len(report) == 1 and report.select("f*")[0].name == "fc"
    with pytest.raises(KeyError, match="there are fc"):
        report["fc2"]


def test_a_saved_report_is_the_same(tmp_path):
    report = formant.align(h_a=H_A, g_b=G_B, weight=WEIGHT, h_b=H_B)
    report.save(tmp_path / "run.formant")
    again = formant.load(tmp_path / "run.formant")
    assert again.rows() == report.rows() and str(again) == str(report)
    assert np.array_equal(again["layer"].rows["h_b"], report["layer"].rows["h_b"])
    np.savez(tmp_path / "dump.npz", x=H_A)
    with pytest.raises(ValueError, match="no saved report"):
        formant.load(tmp_path / "dump.npz")


def test_a_dump_is_read(tmp_path):
    dump = Path(__file__).parents[2] / "moments/tests/data/tiny_mlp.npz"
    report = formant.align(dump)
    arrays = np.load(dump)
    assert len(report) > 1
    for layer in report:
        h_a, h_b, g_b, weight = (arrays[f"{layer.name}/{name}"].astype(np.float64) for name in ("h_a", "h_b", "g_b", "weight"))
        found = {name: relation.value for name, relation in layer.alpha.items()}
        assert found == pytest.approx(twin.alphas(h_a, h_b, g_b @ weight, g_b, weight, "normalized"), abs=1e-10)
