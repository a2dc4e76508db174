//! Axes of the context task: planted ones, a slow twin of the regression, invariances, refusals.

use crate::common::{normal, orthogonal};
use formant_alignment::{AlignmentError, ContextAxes, context_axes};
use ndarray::{Array1, Array2, Axis, s};
use proptest::prelude::*;

/// The columns of the reference table.
const NAMES: &str = "var_total,frac_context,pca1,pca2,pca3,pca_top3,context_dist,lin_R2_A,norm_x_A,norm_y_A,cos_xy_A,\
    lin_R2_B,norm_x_B,norm_y_B,cos_xy_B,rel_over_irr_A,rel_over_irr_B,cos_relevantA_relevantB,cos_xA_xB,cos_yA_yB,\
    cos_ctx_relA,cos_ctx_relB";

/// A grid of positions in both contexts, context 0 first.
struct Grid {
    context: Vec<u32>,
    x: Vec<f64>,
    y: Vec<f64>,
    /// Variance of a position.
    variance: f64,
}

fn grid(side: usize) -> Grid {
    let line: Vec<f64> = (0..side)
        .map(|i| 2.0 * i as f64 / (side - 1) as f64 - 1.0)
        .collect();
    let each = side * side;
    Grid {
        context: (0..2 * each).map(|i| (i / each) as u32).collect(),
        x: (0..2 * each).map(|i| line[i % side]).collect(),
        y: (0..2 * each).map(|i| line[i % each / side]).collect(),
        variance: line.iter().map(|x| x * x).sum::<f64>() / side as f64,
    }
}

impl Grid {
    fn measure(&self, rows: &Array2<f64>) -> ContextAxes {
        context_axes(rows.view(), &self.context, &self.x, &self.y).unwrap()
    }

    /// Rows with the context's mean plus x and y times its axes; `axes[context]` is mean, axis of x, axis of y.
    fn plant(&self, axes: &[[Array1<f64>; 3]; 2]) -> Array2<f64> {
        let d = axes[0][0].len();
        let mut rows = Array2::zeros((self.x.len(), d));
        for (i, mut row) in rows.rows_mut().into_iter().enumerate() {
            let [mean, x, y] = &axes[self.context[i] as usize];
            row.assign(&(mean + &(x * self.x[i]) + &(y * self.y[i])));
        }
        rows
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 * (1.0 + a.abs().max(b.abs()))
}

fn norm(a: &Array1<f64>) -> f64 {
    a.dot(a).sqrt()
}

/// The coefficient of `values` on `own`, once both have been freed of 1 and `other` (Frisch and Waugh).
fn slow_slope(values: &Array1<f64>, own: &Array1<f64>, other: &Array1<f64>) -> f64 {
    let free = |v: &Array1<f64>| {
        let other = other - other.mean().unwrap();
        let v = v - v.mean().unwrap();
        let slope = v.dot(&other) / other.dot(&other);
        v - &(other * slope)
    };
    let (values, own) = (free(values), free(own));
    values.dot(&own) / own.dot(&own)
}

/// Axes of x and y, and R², of one context.
fn slow_regression(
    grid: &Grid,
    rows: &Array2<f64>,
    context: u32,
) -> (Array1<f64>, Array1<f64>, f64) {
    let items: Vec<usize> = (0..grid.x.len())
        .filter(|i| grid.context[*i] == context)
        .collect();
    let pick = |values: &[f64]| items.iter().map(|i| values[*i]).collect::<Array1<f64>>();
    let (x, y) = (pick(&grid.x), pick(&grid.y));
    let rows = rows.select(Axis(0), &items);
    let (mut along_x, mut along_y, mut left, mut total) = (vec![], vec![], 0.0, 0.0);
    for column in rows.columns() {
        let column = column.to_owned();
        let (b_x, b_y) = (slow_slope(&column, &x, &y), slow_slope(&column, &y, &x));
        let rest = &column - &(&x * b_x) - &(&y * b_y);
        let scatter = |v: &Array1<f64>| v.var(0.0) * v.len() as f64;
        left += scatter(&rest);
        total += scatter(&column);
        along_x.push(b_x);
        along_y.push(b_y);
    }
    (along_x.into(), along_y.into(), 1.0 - left / total)
}

#[test]
fn names_are_those_of_the_reference() {
    let grid = grid(3);
    let axes = grid.measure(&normal(18, 4, 1));
    let names: Vec<_> = axes.named().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, NAMES.split(',').collect::<Vec<_>>());
    // The fields are in the order of the names: what serde writes has the same values.
    let written = serde_json::to_value(axes).unwrap();
    for (name, value) in axes.named() {
        let bare = |name: &str| name.replace('_', "").to_lowercase();
        let fields = written.as_object().unwrap();
        let (_, field) = fields
            .iter()
            .find(|(field, _)| bare(field) == bare(name))
            .unwrap();
        assert_eq!(field.as_f64().unwrap(), value, "{name}");
    }
}

#[test]
fn impossible_input_is_refused() {
    let grid = grid(3);
    let rows = normal(18, 4, 1);
    let refused = |rows: &Array2<f64>, context: &[u32], x: &[f64], y: &[f64]| {
        context_axes(rows.view(), context, x, y).unwrap_err()
    };
    let with = |rows: &Array2<f64>| refused(rows, &grid.context, &grid.x, &grid.y);
    let short = AlignmentError::Unpaired {
        left: 18,
        right: 17,
    };
    assert_eq!(refused(&rows, &grid.context[1..], &grid.x, &grid.y), short);
    assert_eq!(refused(&rows, &grid.context, &grid.x[1..], &grid.y), short);
    assert_eq!(refused(&rows, &grid.context, &grid.x, &grid.y[1..]), short);
    let mut context = grid.context.clone();
    context[4] = 2;
    let error = refused(&rows, &context, &grid.x, &grid.y);
    assert!(matches!(
        error,
        AlignmentError::Label {
            row: 4,
            label: 2,
            ..
        }
    ));
    let error = refused(&rows, &[0; 18], &grid.x, &grid.y);
    assert!(matches!(
        error,
        AlignmentError::TooFewSamples {
            found: 0,
            needed: 4
        }
    ));
    assert_eq!(
        refused(&rows, &grid.context, &grid.x, &grid.x),
        AlignmentError::Collinear
    );
    assert_eq!(
        refused(&rows, &grid.context, &[1.0; 18], &grid.y),
        AlignmentError::Collinear
    );
    let mut x = grid.x.clone();
    x[0] = f64::NAN;
    let error = refused(&rows, &grid.context, &x, &grid.y);
    assert!(matches!(error, AlignmentError::NonFinite { .. }));
    let mut bad = rows.clone();
    bad[[2, 2]] = f64::INFINITY;
    assert!(matches!(with(&bad), AlignmentError::NonFinite { .. }));
    let mut flat = rows.clone();
    flat.slice_mut(s![..9, ..]).fill(1.0);
    assert!(with(&flat).to_string().contains("within a context"));
    assert!(matches!(
        with(&Array2::zeros((18, 0))),
        AlignmentError::Zero { .. }
    ));
    // Only x moves the representation: the axis of y has no direction.
    let only_x = Array2::from_shape_fn((18, 1), |(i, _)| grid.x[i] + f64::from(grid.context[i]));
    assert!(with(&only_x).to_string().contains("axis of y in context 0"));
}

#[test]
fn no_size_costs_digits() {
    let grid = grid(3);
    let rows = normal(18, 4, 1);
    let measure = |size: f64, position: f64| {
        let at = |values: &[f64]| values.iter().map(|x| x * position).collect::<Vec<_>>();
        context_axes(
            (&rows * size).view(),
            &grid.context,
            &at(&grid.x),
            &at(&grid.y),
        )
    };
    let expected = measure(1.0, 1.0).unwrap();
    for (size, position) in [
        (2_f64.powi(-500), 1.0),
        (2_f64.powi(500), 2_f64.powi(-300)),
        (1.0, 2_f64.powi(-1000)),
    ] {
        let found = measure(size, position).unwrap();
        for ((name, found), (_, expected)) in found.named().into_iter().zip(expected.named()) {
            let unit = match name {
                "var_total" => size * size,
                "context_dist" => size,
                _ if name.starts_with("norm") => size / position,
                _ => 1.0,
            };
            assert_eq!(found, expected * unit, "{name} at {size:e} {position:e}");
        }
    }
    let underflow = measure(1e-161, 1.0).unwrap_err();
    assert!(
        matches!(underflow, AlignmentError::Underflow { .. }),
        "{underflow}"
    );
    for (size, position) in [(1e160, 1.0), (1e10, 1e-300)] {
        let overflow = measure(size, position).unwrap_err();
        assert!(
            matches!(overflow, AlignmentError::Overflow { .. }),
            "{overflow}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn planted_axes_are_measured(
        side in 3..7_usize, d in 5..9_usize, seed in 0..1000_u64, offset in 0.1..4.0_f64,
        lengths in prop::array::uniform4(0.1..3.0_f64),
    ) {
        let (grid, q) = (grid(side), orthogonal(d, seed));
        let axis = |k: usize, length: f64| q.column(k).to_owned() * length;
        let [x_a, y_a, x_b, y_b] = lengths;
        let rows = grid.plant(&[
            [axis(0, offset) + 2.0, axis(1, x_a), axis(2, y_a)],
            [Array1::from_elem(d, 2.0), axis(3, x_b), axis(4, y_b)],
        ]);
        let axes = grid.measure(&rows);
        let mut parts: Vec<f64> = lengths.iter().map(|l| 0.5 * grid.variance * l * l).collect();
        parts.push(offset * offset / 4.0);
        let total: f64 = parts.iter().sum();
        prop_assert!(near(axes.var_total, total));
        prop_assert!(near(axes.frac_context, offset * offset / 4.0 / total));
        parts.sort_by(|a, b| b.total_cmp(a));
        for (found, part) in [axes.pca1, axes.pca2, axes.pca3].iter().zip(&parts) {
            prop_assert!(near(*found, part / total));
        }
        prop_assert!(near(axes.pca_top3, parts[..3].iter().sum::<f64>() / total));
        prop_assert!(near(axes.context_dist, offset));
        let found = [axes.norm_x_a, axes.norm_y_a, axes.norm_x_b, axes.norm_y_b];
        prop_assert!(found.iter().zip(&lengths).all(|(a, b)| near(*a, *b)));
        prop_assert!(near(axes.rel_over_irr_a, x_a / y_a) && near(axes.rel_over_irr_b, y_b / x_b));
        prop_assert!(near(axes.lin_r2_a, 1.0) && near(axes.lin_r2_b, 1.0));
        let cosines = axes.named().into_iter().filter(|(name, _)| name.starts_with("cos"));
        prop_assert!(cosines.into_iter().all(|(_, cosine)| cosine.abs() < 1e-9));
    }

    #[test]
    fn planted_angles_are_measured(side in 3..6_usize, d in 3..8_usize, seed in 0..1000_u64) {
        let grid = grid(side);
        let random = normal(6, d, seed);
        let [m_a, x_a, y_a, m_b, x_b, y_b] = [0, 1, 2, 3, 4, 5].map(|k| random.row(k).to_owned());
        let cosine = |a: &Array1<f64>, b: &Array1<f64>| a.dot(b) / norm(a) / norm(b);
        let between = &m_a - &m_b;
        let expected = [
            cosine(&x_a, &y_a), cosine(&x_b, &y_b), cosine(&x_a, &y_b), cosine(&x_a, &x_b),
            cosine(&y_a, &y_b), cosine(&between, &x_a), cosine(&between, &y_b),
        ];
        let axes = grid.measure(&grid.plant(&[[m_a, x_a, y_a], [m_b, x_b, y_b]]));
        let found = axes.named().into_iter().filter(|(name, _)| name.starts_with("cos"));
        for ((name, found), expected) in found.zip(expected) {
            prop_assert!(near(found, expected), "{name}: {found} {expected}");
        }
    }

    #[test]
    fn the_regression_is_its_slow_twin(n in 8..40_usize, d in 1..6_usize, seed in 0..1000_u64) {
        // Positions at random, so that x and y are correlated, and contexts of different sizes.
        let positions = normal(n, 2, seed + 1);
        let grid = Grid {
            context: (0..n).map(|i| u32::from(i >= 4 && (i % 3 == 0 || i < 8))).collect(),
            x: (0..n).map(|i| positions[[i, 0]]).collect(),
            y: (0..n).map(|i| positions[[i, 1]] + positions[[i, 0]]).collect(),
            variance: 0.0,
        };
        let rows = normal(n, d, seed);
        let axes = grid.measure(&rows);
        let (x_a, y_a, r2_a) = slow_regression(&grid, &rows, 0);
        let (x_b, y_b, r2_b) = slow_regression(&grid, &rows, 1);
        prop_assert!(near(axes.lin_r2_a, r2_a) && near(axes.lin_r2_b, r2_b));
        prop_assert!(near(axes.norm_x_a, norm(&x_a)) && near(axes.norm_y_a, norm(&y_a)));
        prop_assert!(near(axes.norm_x_b, norm(&x_b)) && near(axes.norm_y_b, norm(&y_b)));
        // Variance within the contexts and between them is all there is.
        let items = |wanted: u32| (0..n).filter(|i| grid.context[*i] == wanted).collect::<Vec<_>>();
        let within: f64 = [0, 1].map(|c| rows.select(Axis(0), &items(c)).var_axis(Axis(0), 0.0).sum() * items(c).len() as f64 / n as f64).iter().sum();
        prop_assert!(near(axes.frac_context, 1.0 - within / axes.var_total));
        prop_assert!(near(axes.var_total, rows.var_axis(Axis(0), 0.0).sum()));
    }

    #[test]
    fn rotation_and_shift_change_nothing(d in 2..8_usize, seed in 0..1000_u64, scale in 0.01..100.0_f64) {
        let grid = grid(4);
        let rows = normal(32, d, seed);
        let turned = rows.dot(&orthogonal(d, seed + 1)) * scale + 3.0;
        let pairs = grid.measure(&rows).named().into_iter().zip(grid.measure(&turned).named());
        for ((name, one), (_, other)) in pairs {
            let power = match name {
                "var_total" => 2,
                "context_dist" => 1,
                _ if name.starts_with("norm") => 1,
                _ => 0,
            };
            prop_assert!(near(one, other / scale.powi(power)), "{name}: {one} {other}");
        }
    }
}
