"""The theory of two points, against an integration by hand, and its fit, against the constants that made the curves."""

import numpy as np
import pytest

from formant import theory

PROBLEM = dict(h2=8e-4, y2=1e-4, w=5e-5, eta_h=0.001, eta_y=0.05, dx2=1.0, dy2=0.5)


def test_it_solves_its_equations():
    t = np.linspace(0, 3000, 30001)
    found = theory.two_point(t, **PROBLEM)
    a, eta_y, dy2 = PROBLEM["eta_h"] * PROBLEM["dx2"], PROBLEM["eta_y"], PROBLEM["dy2"]
    h, y, w = (found[name] for name in ("h2", "y2", "w"))
    slopes = {
        "h2": -a * w,
        "y2": -w * (eta_y * h + a * y / h),
        "w": -0.5 * eta_y * (3 * w - y + dy2) * h - 0.5 * a * (y + w) * w / h,
    }
    for name, slope in slopes.items():
        middle = np.gradient(found[name], t)[1:-1]
        assert np.abs(middle - slope[1:-1]).max() < 1e-6 * np.abs(slope).max() + 1e-9, name


def test_its_end_is_the_limit():
    end = theory.two_point([0, 20000], **PROBLEM)["h2"][-1]
    limits = theory.limits(**PROBLEM)
    assert end == pytest.approx(limits["h_inf"], rel=1e-8) and limits["regime"] == "rich"


def test_a_fit_finds_the_constants_that_made_the_curves():
    curves = theory.two_point(np.arange(0, 4000, 20), **PROBLEM)
    noise = 1 + 0.01 * np.random.default_rng(0).normal(size=(3, 200))
    frame = {"epoch": curves["t"], **{name: curves[name] * f for name, f in zip(("h2", "y2", "w"), noise)}}
    found = theory.fit(frame)
    assert found["rates"]["eta_h"] == pytest.approx(0.001, rel=0.05)
    assert found["rates"]["eta_y"] == pytest.approx(0.05, rel=0.05)
    assert found["eta_h_ci95"][0] < 0.001 < found["eta_h_ci95"][1]
    with pytest.raises(ValueError):
        theory.fit({"t": curves["t"], "h2": curves["h2"][::-1], "y2": curves["y2"], "w": curves["w"]})


def test_impossible_values_are_refused():
    with pytest.raises(ValueError):
        theory.two_point([0, 1], **{**PROBLEM, "w": 10.0})
    with pytest.raises(ValueError):
        theory.two_point([1, 0], **PROBLEM)


def test_the_clock_of_weight_decay():
    times = theory.decay_times(lr=0.03, weight_decay=1e-3, momentum=0.9, steps=10_000)
    assert times == pytest.approx(3.0) and theory.is_stationary(times) and not theory.is_stationary(2.9)
