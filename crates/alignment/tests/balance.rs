//! The balance equations: against loops over samples and over whole batches, for layers that are in balance by
//! construction or by training, and for layers that are not.

use crate::common::normal;
use formant_alignment::{AlignmentError, Balance, BalanceAccumulator, Sgd};
use formant_moments::SampleBlock;
use ndarray::{Array1, Array2, ArrayView2, Axis, array, concatenate, s};
use proptest::prelude::*;

fn measure_in(
    h_a: &Array2<f64>,
    g_b: &Array2<f64>,
    weight: &Array2<f64>,
    sgd: &Sgd,
    block: usize,
) -> Result<Balance, AlignmentError> {
    let (h_b, g_a) = (h_a.dot(&weight.t()), g_b.dot(weight));
    let mut accumulator = BalanceAccumulator::new(weight.ncols(), weight.nrows());
    for start in (0..h_a.nrows()).step_by(block) {
        let rows = s![start..h_a.nrows().min(start + block), ..];
        accumulator.add(&SampleBlock {
            h_a: h_a.slice(rows),
            h_b: h_b.slice(rows),
            g_a: g_a.slice(rows),
            g_b: g_b.slice(rows),
        })?;
    }
    assert_eq!(accumulator.samples(), h_a.nrows());
    accumulator.finish(weight.view(), sgd)
}

fn measure(h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>, sgd: &Sgd) -> Balance {
    measure_in(h_a, g_b, weight, sgd, usize::MAX / 2).unwrap()
}

fn sgd(learning_rate: f64, weight_decay: f64, batch_size: usize) -> Sgd {
    Sgd {
        learning_rate,
        weight_decay,
        batch_size,
    }
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn outer(x: &Array1<f64>, y: &Array1<f64>) -> Array2<f64> {
    Array2::from_shape_fn((x.len(), y.len()), |(i, j)| x[i] * y[j])
}

fn sym(matrix: Array2<f64>) -> Array2<f64> {
    &matrix + &matrix.t()
}

/// Every batch of `size` samples out of `n`, with repetition.
fn batches(n: usize, size: usize) -> Vec<Vec<usize>> {
    (0..n.pow(size as u32))
        .map(|code| (0..size).map(|k| code / n.pow(k as u32) % n).collect())
        .collect()
}

/// The mean gradient of a batch, `[d_y, d_x]`.
fn step(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, batch: &[usize]) -> Array2<f64> {
    let mut sum = Array2::zeros((y.ncols(), x.ncols()));
    for &k in batch {
        sum += &outer(&y.row(k).to_owned(), &x.row(k).to_owned());
    }
    sum / batch.len() as f64
}

/// Mean over all batches of what `f` makes of one.
fn over_batches(n: usize, size: usize, f: impl Fn(&[usize]) -> Array2<f64>) -> Array2<f64> {
    let batches = batches(n, size);
    let count = batches.len() as f64;
    let values = batches.iter().map(|batch| f(batch));
    values.reduce(|x, y| x + y).unwrap() / count
}

/// One side by enumeration: the residuals of (i) and (ii) without terms in eta gamma, and the exact drift.
fn by_batches(x: &Array2<f64>, y: &Array2<f64>, weight: &Array2<f64>, sgd: &Sgd) -> [f64; 3] {
    let (eta, gamma, n) = (sgd.learning_rate, sgd.weight_decay, x.nrows());
    let mean = |f: &dyn Fn(&[usize]) -> Array2<f64>| over_batches(n, sgd.batch_size, f);
    let gradient = |batch: &[usize]| step(x.view(), y.view(), batch);
    // The output of the batch's first sample, and its change by the gradient.
    let output = |batch: &[usize]| weight.dot(&x.row(batch[0]));
    let change = |batch: &[usize]| gradient(batch).dot(&x.row(batch[0]));

    let outputs = mean(&|batch| outer(&output(batch), &output(batch)));
    let left = mean(&|batch| {
        let (h, v) = (output(batch), change(batch));
        sym(outer(&v, &h)) + outer(&v, &v) * eta
    });
    let i = norm(&(left - &outputs * (2.0 * gamma))) / norm(&(&outputs * (2.0 * gamma)));

    let gram = weight.dot(&weight.t());
    let left = mean(&|batch| {
        let v = gradient(batch);
        sym(v.dot(&weight.t())) + v.dot(&v.t()) * eta
    });
    let ii = norm(&(left - &gram * (2.0 * gamma))) / norm(&(&gram * (2.0 * gamma)));

    let drift = mean(&|batch| {
        let next = weight + &((gradient(batch) - weight * gamma) * eta);
        next.dot(&next.t()) - &gram
    });
    [i, ii, norm(&drift) / norm(&(&gram * (2.0 * gamma * eta)))]
}

fn close(found: f64, expected: f64, what: &str) {
    let difference = (found - expected).abs();
    assert!(
        difference < 1e-9 * expected.abs().max(1.0),
        "{what}: {found}, expected {expected}"
    );
}

/// Rows plus and minus the axes, so that norms are constant and the moment is white: self-averaging holds exactly.
fn axes(order: &[usize], d: usize, scale: f64) -> Array2<f64> {
    Array2::from_shape_fn((order.len(), d), |(row, column)| {
        let sign = if order[row] < d { scale } else { -scale };
        if order[row] % d == column { sign } else { 0.0 }
    })
}

#[test]
fn the_equations_are_the_change_over_a_batch() {
    let x = axes(&[0, 1, 2, 3], 2, 1.3);
    let y = axes(&[0, 4, 2, 3], 3, 0.7).slice(s![.., ..]).to_owned();
    // (iii) and (iv) need a white y as well: 4 rows of 2 axes.
    let y_white = axes(&[0, 1, 3, 2], 2, 0.7);
    for size in [1, 2, 3] {
        let sgd = sgd(0.3, 0.2, size);
        let weight = normal(3, 2, 5);
        let found = measure(&x, &y, &weight, &sgd);
        let [i, ii, drift] = by_batches(&x, &y, &weight, &sgd);
        close(found.residuals.h_b, i, "(i)");
        close(found.residuals.z_b, ii, "(ii)");
        close(found.drift.z_b, drift, "drift of Z_b");
        let weight = normal(2, 2, 6);
        let found = measure(&x, &y_white, &weight, &sgd);
        let [iii, iv, drift] = by_batches(&y_white, &x, &weight.t().to_owned(), &sgd);
        close(found.residuals.g_a, iii, "(iii)");
        close(found.residuals.z_a, iv, "(iv)");
        close(found.drift.z_a, drift, "drift of Z_a");
    }
}

#[test]
fn drift_is_exact_without_self_averaging() {
    let (x, y, weight) = (
        normal(5, 3, 1) + 0.2,
        normal(5, 2, 2) - 0.4,
        normal(2, 3, 3),
    );
    for size in [1, 2, 3] {
        let sgd = sgd(0.4, 0.1, size);
        let found = measure(&x, &y, &weight, &sgd);
        close(found.drift.z_b, by_batches(&x, &y, &weight, &sgd)[2], "Z_b");
        close(
            found.drift.z_a,
            by_batches(&y, &x, &weight.t().to_owned(), &sgd)[2],
            "Z_a",
        );
    }
}

/// One sample: h_a and g_b.
type Sample = (Array1<f64>, Array1<f64>);

/// What needs no batches, sample by sample.
fn slow(h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>, gamma: f64) -> [f64; 14] {
    let n = h_a.nrows() as f64;
    let square = |x: &Array1<f64>| x.dot(x);
    let pairs: Vec<Sample> = (0..h_a.nrows())
        .map(|k| (h_a.row(k).to_owned(), g_b.row(k).to_owned()))
        .collect();
    let mean =
        |f: &dyn Fn(&Sample) -> Array2<f64>| pairs.iter().map(f).reduce(|x, y| x + y).unwrap() / n;
    let number = |f: &dyn Fn(&Sample) -> f64| pairs.iter().map(f).sum::<f64>() / n;
    let (s_a, s_g) = (number(&|(h, _)| square(h)), number(&|(_, g)| square(g)));
    let variation = |mean: f64, variance: f64| variance.sqrt() / mean;
    let (g, h) = (mean(&|(_, g)| outer(g, g)), mean(&|(h, _)| outer(h, h)));
    let relative = |left: &Array2<f64>, right: &Array2<f64>| norm(&(left - right)) / norm(right);
    let constant = |moment: &Array2<f64>, gram: &Array2<f64>, predicted: f64| {
        // The minimum of |M - cZ|^2, by its derivative.
        let fitted = moment.iter().zip(gram).map(|(x, y)| x * y).sum::<f64>() / norm(gram).powi(2);
        let residual = norm(&(moment - &(gram * fitted))) / norm(moment);
        [predicted, fitted, fitted / predicted, residual]
    };
    let h_b = mean(&|(h, _)| outer(&weight.dot(h), &weight.dot(h)));
    let g_a = mean(&|(_, g)| outer(&weight.t().dot(g), &weight.t().dot(g)));
    let (z_b, z_a) = (weight.dot(&weight.t()), weight.t().dot(weight));
    let [c0, c1, c2, c3] = constant(&h_b, &z_b, s_a);
    let [c4, c5, c6, c7] = constant(&g_a, &z_a, s_g);
    [
        relative(&mean(&|(h, g)| outer(g, h)), &(weight * gamma)),
        variation(s_a, number(&|(h, _)| (square(h) - s_a).powi(2))),
        variation(s_g, number(&|(_, g)| (square(g) - s_g).powi(2))),
        relative(&mean(&|(h, g)| outer(g, g) * square(h)), &(&g * s_a)),
        relative(&mean(&|(h, g)| outer(h, h) * square(g)), &(&h * s_g)),
        c0,
        c1,
        c2,
        c3,
        c4,
        c5,
        c6,
        c7,
        g.diag().sum() / z_b.diag().sum(),
    ]
}

fn fast(balance: &Balance) -> [f64; 14] {
    let (a, h, g) = (
        &balance.self_averaging,
        &balance.h_b_constant,
        &balance.g_a_constant,
    );
    [
        balance.mean_stationarity,
        a.variation_h_a,
        a.variation_g_b,
        a.weighted_g_b,
        a.weighted_h_a,
        h.predicted,
        h.fitted,
        h.ratio,
        h.residual,
        g.predicted,
        g.fitted,
        g.ratio,
        g.residual,
        balance.trace_ratio,
    ]
}

fn residuals(balance: &Balance) -> [f64; 6] {
    let (r, d) = (&balance.residuals, &balance.drift);
    [r.h_b, r.z_b, r.g_a, r.z_a, d.z_b, d.z_a]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn fast_is_slow_and_blocks_do_not_matter(
        (d_a, d_b, n) in (1..5_usize, 1..5_usize, 2..30_usize),
        seed in any::<u32>(),
        block in 1..30_usize,
        batch in 1..50_usize,
    ) {
        let seed = u64::from(seed);
        let (h_a, g_b) = (normal(n, d_a, seed) + 0.5, normal(n, d_b, seed + 1));
        let weight = normal(d_b, d_a, seed + 2);
        let sgd = sgd(0.05, 0.01, batch);
        let whole = measure(&h_a, &g_b, &weight, &sgd);
        for (x, y) in fast(&whole).iter().zip(slow(&h_a, &g_b, &weight, 0.01)) {
            prop_assert!((x - y).abs() <= 1e-9 * y.abs().max(1.0), "{x} {y}");
        }
        let blocks = measure_in(&h_a, &g_b, &weight, &sgd, block).unwrap();
        let all = |b: &Balance| [&fast(b)[..], &residuals(b)[..]].concat();
        for (x, y) in all(&whole).iter().zip(all(&blocks)) {
            prop_assert!((x - y).abs() <= 1e-9 * y.abs().max(1.0), "{x} {y}");
        }
        // Ranges that the documentation promises.
        for constant in [whole.h_b_constant, whole.g_a_constant] {
            prop_assert!((0.0..=1.0 + 1e-12).contains(&constant.ratio));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&constant.residual));
        }
    }

    /// W -> cW leaves (i) to (iv) alone if eta, gamma and g scale along: what the units say.
    #[test]
    fn residuals_have_no_units(c in 0.1..10.0_f64, seed in any::<u32>()) {
        let seed = u64::from(seed);
        let (h_a, g_b, weight) = (normal(9, 3, seed), normal(9, 2, seed + 1), normal(2, 3, seed + 2));
        let before = measure(&h_a, &g_b, &weight, &sgd(0.1, 0.2, 3));
        // Inputs in other units: W h_a stays, so W / c; g_b stays; the gradient is c g_b h_a^T, so eta / c^2.
        let after = measure(&(&h_a * c), &g_b, &(&weight / c), &sgd(0.1 / (c * c), 0.2 * c * c, 3));
        for (x, y) in residuals(&before).iter().zip(residuals(&after)) {
            prop_assert!((x - y).abs() <= 1e-9 * x.abs().max(1.0), "{x} {y}");
        }
        prop_assert!((before.h_b_constant.ratio - after.h_b_constant.ratio).abs() < 1e-12);
    }
}

/// One direction on each side, constant norms: the only layer in which all four equations can hold at once.
#[test]
fn a_layer_of_one_direction_in_balance() {
    let (u, v) = (array![0.6, 0.8], array![2.0, -1.0, 2.0] / 3.0);
    let (s_a, s_g, w) = (2.0_f64, 0.5_f64, 1.5);
    // Signs of h and g agree in 3 of 4 samples, so E[g h^T] is half of what it would be at full correlation.
    let sign = [(1.0, 1.0), (-1.0, -1.0), (1.0, 1.0), (1.0, -1.0)];
    let rows = |x: &Array1<f64>, scale: f64, signs: Vec<f64>| {
        outer(&Array1::from_vec(signs), &(x * scale))
    };
    let h_a = rows(&v, s_a.sqrt(), sign.iter().map(|x| x.0).collect());
    let g_b = rows(&u, s_g.sqrt(), sign.iter().map(|x| x.1).collect());
    let weight = outer(&u, &v) * w;
    let (eta, kappa) = (0.1, 0.5 * (s_a * s_g).sqrt());
    for batch in [1, 2, 10] {
        let share = 1.0 / batch as f64;
        let noise = share * s_a * s_g + (1.0 - share) * kappa * kappa;
        let gamma = (2.0 * kappa * w + eta * noise) / (2.0 * w * w);
        let found = measure(&h_a, &g_b, &weight, &sgd(eta, gamma, batch));
        for residual in &residuals(&found)[..4] {
            assert!(*residual < 1e-12, "{found:?}");
        }
        let averaging = found.self_averaging;
        assert!(averaging.variation_h_a < 1e-12 && averaging.weighted_g_b < 1e-12);
        for constant in [found.h_b_constant, found.g_a_constant] {
            assert!(
                (constant.ratio - 1.0).abs() < 1e-12 && constant.residual < 1e-7,
                "{constant:?}"
            );
        }
        // Another weight decay is out of balance, by as much as the ratio says.
        let found = measure(&h_a, &g_b, &weight, &sgd(eta, 2.0 * gamma, batch));
        for residual in &residuals(&found)[..4] {
            assert!((residual - 0.5).abs() < 1e-12, "{found:?}");
        }
    }
}

/// Gradients that know nothing of the inputs: SGD is an Ornstein–Uhlenbeck process, and (ii) its stationary state.
#[test]
fn noise_alone_comes_into_balance() {
    let (d_a, d_b, eta, gamma) = (300, 3, 0.05, 0.2);
    let unit = |n, d, seed| {
        let mut rows = normal(n, d, seed);
        for mut row in rows.rows_mut() {
            let length = row.dot(&row).sqrt();
            row /= length;
        }
        rows
    };
    let steps = 1000; // ten times 1 / (eta gamma)
    let (h_a, g_b) = (unit(steps, d_a, 1), unit(steps, d_b, 2));
    let start = normal(d_b, d_a, 3);
    let mut weight = start.clone();
    for (h, g) in h_a.rows().into_iter().zip(g_b.rows()) {
        weight = &weight * (1.0 - eta * gamma) + outer(&g.to_owned(), &h.to_owned()) * eta;
    }
    // New samples, which the weight has not seen. Each gradient with both signs, so that the mean gradient is zero and
    // not merely small.
    let (h_a, g_b) = (unit(2000, d_a, 4), unit(2000, d_b, 5));
    let inputs = concatenate![Axis(0), h_a, h_a];
    let gradients = concatenate![Axis(0), g_b, -&g_b];
    let sgd = sgd(eta, gamma, 1);
    let found = measure(&inputs, &gradients, &weight, &sgd);
    // Fluctuations of W W^T around its mean are of order sqrt(d_b / d_a) = 0.1.
    assert!(found.residuals.z_b < 0.3, "{found:?}");
    assert!(found.drift.z_b < 0.3, "{found:?}");
    assert!((found.mean_stationarity - 1.0).abs() < 1e-9);
    // White inputs: H_b ∝ Z_b, but with the constant s_a / d_a, not s_a.
    assert!(found.h_b_constant.residual < 0.2, "{found:?}");
    assert!(
        (found.h_b_constant.ratio * d_a as f64 - 1.0).abs() < 0.2,
        "{found:?}"
    );
    // (i) fails: what the noise adds to the output of its own sample is d_a times what stays.
    assert!(found.residuals.h_b > 100.0, "{found:?}");
    // Before training the weight was too large for the noise: decay alone, a residual of 1.
    let before = measure(&inputs, &gradients, &start, &sgd);
    assert!((before.residuals.z_b - 1.0).abs() < 0.01, "{before:?}");
}

#[test]
fn impossible_input_is_refused() {
    let (h_a, g_b, weight) = (normal(5, 3, 1), normal(5, 2, 2), normal(2, 3, 3));
    let good = sgd(0.1, 0.1, 1);
    let refuse = |h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>, sgd: &Sgd| {
        measure_in(h_a, g_b, weight, sgd, 10).unwrap_err()
    };
    let setting = |what, value| AlignmentError::Setting { what, value };
    assert_eq!(
        refuse(&h_a, &g_b, &weight, &sgd(0.1, 0.0, 1)),
        setting("weight decay", 0.0)
    );
    assert_eq!(
        refuse(&h_a, &g_b, &weight, &sgd(-0.1, 0.1, 1)),
        setting("learning rate", -0.1)
    );
    assert_eq!(
        refuse(&h_a, &g_b, &weight, &sgd(0.1, 0.1, 0)),
        setting("batch size", 0.0)
    );
    let zero = |what| AlignmentError::Zero { what };
    assert_eq!(
        refuse(&h_a, &g_b, &Array2::zeros((2, 3)), &good),
        zero("the weight")
    );
    assert_eq!(
        refuse(&h_a, &Array2::zeros((5, 2)), &weight, &good),
        zero("g_b")
    );
    assert_eq!(
        refuse(&Array2::zeros((5, 3)), &g_b, &weight, &good),
        zero("g_b")
    );
    let one = |x: &Array2<f64>| x.slice(s![..1, ..]).to_owned();
    assert_eq!(
        refuse(&one(&h_a), &one(&g_b), &weight, &good),
        AlignmentError::TooFewSamples {
            found: 1,
            needed: 2
        }
    );
    let mut accumulator = BalanceAccumulator::new(3, 2);
    let block = |h_a| SampleBlock {
        h_a,
        h_b: g_b.view(),
        g_a: h_a,
        g_b: g_b.view(),
    };
    let mut bad = h_a.clone();
    bad[[1, 1]] = f64::NAN;
    assert_eq!(
        accumulator.add(&block(bad.view())).unwrap_err(),
        AlignmentError::NonFinite { what: "h_a" }
    );
    let short = normal(4, 3, 1);
    let error = accumulator.add(&block(short.view())).unwrap_err();
    assert!(
        matches!(
            error,
            AlignmentError::Rows {
                what: "g_b",
                found: [5, 2],
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(accumulator.samples(), 0);
    accumulator.add(&block(h_a.view())).unwrap();
    let error = accumulator.finish(weight.t(), &good).unwrap_err();
    assert!(
        matches!(
            error,
            AlignmentError::Rows {
                what: "the weight",
                ..
            }
        ),
        "{error}"
    );
    let error = refuse(&(&h_a * 1e160), &g_b, &weight, &good);
    assert!(matches!(error, AlignmentError::NonFinite { .. }), "{error}");
}
