//! The axes of a representation in the context task: where it keeps context, relevant and irrelevant position.

use faer::MatRef;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::decompose::self_adjoint;
use crate::sample_rows::{checked_rows, gram, square_sum, trace, unit};
use crate::{AlignmentError, ROUNDING, ROUNDING_OF_SAMPLES};

/// Axes of a representation of the context task, in which x is the target in context A (0) and y in context B (1).
///
/// \\(m_A, m_B\\) are the means of the contexts. In each context \\(b_x, b_y \in \mathbb R^d\\) are the coefficients of the linear regression
/// of the representation on (1, x, y). Cosines are in \\([-1, 1]\\), shares in \\([0, 1]\\). The definitions are INFERRED from the
/// reference table, whose column names [`named`](Self::named) keeps; those that follow from other columns agree with it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ContextAxes {
    /// Variance of all items: trace of the covariance, divisor n.
    pub var_total: f64,
    /// Share of it that lies between the means of the contexts: \\(p_A p_B \lVert m_A - m_B\rVert^2\\) over `var_total`, with
    /// \\(p\\) the shares of the items; \\(p_A p_B = \tfrac14\\) for contexts of one size, as in the reference.
    pub frac_context: f64,
    /// Share of `var_total` on the first principal component of all items.
    pub pca1: f64,
    /// On the second; 0 where the representation has no second dimension.
    pub pca2: f64,
    /// On the third.
    pub pca3: f64,
    /// On the three together.
    pub pca_top3: f64,
    /// \\(\lVert m_A - m_B\rVert\\), the distance of the means of the contexts.
    pub context_dist: f64,
    /// Share of the variance within context A that the linear regression on x and y explains, summed over neurons.
    pub lin_r2_a: f64,
    /// \\(\lVert b_x^A\rVert\\), the relevant axis of A: change of the representation per unit of x.
    pub norm_x_a: f64,
    /// \\(\lVert b_y^A\rVert\\), the irrelevant axis of A.
    pub norm_y_a: f64,
    /// \\(\cos(b_x^A, b_y^A)\\).
    pub cos_xy_a: f64,
    /// As `lin_r2_a`, in context B.
    pub lin_r2_b: f64,
    /// \\(\lVert b_x^B\rVert\\), the irrelevant axis of B.
    pub norm_x_b: f64,
    /// \\(\lVert b_y^B\rVert\\), the relevant axis of B.
    pub norm_y_b: f64,
    /// \\(\cos(b_x^B, b_y^B)\\).
    pub cos_xy_b: f64,
    /// `norm_x_a / norm_y_a`.
    pub rel_over_irr_a: f64,
    /// `norm_y_b / norm_x_b`.
    pub rel_over_irr_b: f64,
    /// \\(\cos(b_x^A, b_y^B)\\).
    pub cos_relevant_a_relevant_b: f64,
    /// \\(\cos(b_x^A, b_x^B)\\).
    pub cos_x_a_x_b: f64,
    /// \\(\cos(b_y^A, b_y^B)\\).
    pub cos_y_a_y_b: f64,
    /// \\(\cos(m_A - m_B, b_x^A)\\). The sign of the context axis, from B to A, is ours.
    pub cos_ctx_rel_a: f64,
    /// \\(\cos(m_A - m_B, b_y^B)\\).
    pub cos_ctx_rel_b: f64,
}

impl ContextAxes {
    /// All values in the order of the fields, under the names of the reference table.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("var_total", self.var_total),
            ("frac_context", self.frac_context),
            ("pca1", self.pca1),
            ("pca2", self.pca2),
            ("pca3", self.pca3),
            ("pca_top3", self.pca_top3),
            ("context_dist", self.context_dist),
            ("lin_R2_A", self.lin_r2_a),
            ("norm_x_A", self.norm_x_a),
            ("norm_y_A", self.norm_y_a),
            ("cos_xy_A", self.cos_xy_a),
            ("lin_R2_B", self.lin_r2_b),
            ("norm_x_B", self.norm_x_b),
            ("norm_y_B", self.norm_y_b),
            ("cos_xy_B", self.cos_xy_b),
            ("rel_over_irr_A", self.rel_over_irr_a),
            ("rel_over_irr_B", self.rel_over_irr_b),
            ("cos_relevantA_relevantB", self.cos_relevant_a_relevant_b),
            ("cos_xA_xB", self.cos_x_a_x_b),
            ("cos_yA_yB", self.cos_y_a_y_b),
            ("cos_ctx_relA", self.cos_ctx_rel_a),
            ("cos_ctx_relB", self.cos_ctx_rel_b),
        ]
    }

    /// What is in units of the representation and of the positions; an error if that leaves the range of `f64`.
    fn times(mut self, [h, x, y]: [f64; 3]) -> Result<Self, AlignmentError> {
        let size = self.var_total.sqrt() * h;
        self.var_total *= h * h;
        self.context_dist *= h;
        self.norm_x_a *= h / x;
        self.norm_x_b *= h / x;
        self.norm_y_a *= h / y;
        self.norm_y_b *= h / y;
        self.rel_over_irr_a *= y / x;
        self.rel_over_irr_b *= x / y;
        let what = "the representation";
        if self.var_total < f64::MIN_POSITIVE {
            return Err(AlignmentError::Underflow { what, size });
        }
        if !self.named().iter().all(|(_, value)| value.is_finite()) {
            return Err(AlignmentError::Overflow { what, size });
        }
        Ok(self)
    }
}

/// Measures the [axes](ContextAxes) of `representations`, `[n, d]`, of items with these contexts (0 = A, 1 = B) and positions, `[n]` each.
///
/// # Errors
///
/// If lengths differ, a value is not finite, a context is neither 0 nor 1 or has fewer than 4 items, the positions of a context lie on a line, all
/// representations of a context are equal, an axis is zero, so that its direction is undefined, or a number leaves the range of `f64`.
pub fn context_axes(
    representations: ArrayView2<'_, f64>,
    context: &[u32],
    x: &[f64],
    y: &[f64],
) -> Result<ContextAxes, AlignmentError> {
    check(representations.nrows(), context, x, y)?;
    let mut rows = checked_rows("the representation", representations, representations.dim())?;
    // In units in which no square overflows or loses digits.
    let units = [unit(&rows), unit(x), unit(y)];
    rows /= units[0];
    let [x, y] = [(x, units[1]), (y, units[2])].map(|(values, unit)| {
        values
            .iter()
            .map(|value| value / unit)
            .collect::<Vec<f64>>()
    });
    axes_in_units(rows, context, &x, &y)?.times(units)
}

fn axes_in_units(
    rows: Array2<f64>,
    context: &[u32],
    x: &[f64],
    y: &[f64],
) -> Result<ContextAxes, AlignmentError> {
    let of = |wanted: u32| -> Result<Regression, AlignmentError> {
        let items: Vec<usize> = (0..context.len())
            .filter(|i| context[*i] == wanted)
            .collect();
        let pick = |values: &[f64]| items.iter().map(|i| values[*i]).collect();
        regress(rows.select(Axis(0), &items), pick(x), pick(y))
    };
    let (a, b) = (of(0)?, of(1)?);
    let between = &a.mean - &b.mean;
    let (var_total, shares) = principal(rows)?;
    let context_dist = norm(&between, var_total.sqrt(), "the distance of the contexts")?;
    let [pca1, pca2, pca3] = shares;
    let parts = (a.items * b.items) as f64 / ((a.items + b.items) as f64).powi(2);
    let norm_x_a = norm(&a.x, a.steepest[0], "the axis of x in context 0")?;
    let norm_y_a = norm(&a.y, a.steepest[1], "the axis of y in context 0")?;
    let norm_x_b = norm(&b.x, b.steepest[0], "the axis of x in context 1")?;
    let norm_y_b = norm(&b.y, b.steepest[1], "the axis of y in context 1")?;
    Ok(ContextAxes {
        var_total,
        frac_context: parts * context_dist * context_dist / var_total,
        pca1,
        pca2,
        pca3,
        pca_top3: pca1 + pca2 + pca3,
        context_dist,
        lin_r2_a: a.r2,
        norm_x_a,
        norm_y_a,
        cos_xy_a: cosine(&a.x, &a.y),
        lin_r2_b: b.r2,
        norm_x_b,
        norm_y_b,
        cos_xy_b: cosine(&b.x, &b.y),
        rel_over_irr_a: norm_x_a / norm_y_a,
        rel_over_irr_b: norm_y_b / norm_x_b,
        cos_relevant_a_relevant_b: cosine(&a.x, &b.y),
        cos_x_a_x_b: cosine(&a.x, &b.x),
        cos_y_a_y_b: cosine(&a.y, &b.y),
        cos_ctx_rel_a: cosine(&between, &a.x),
        cos_ctx_rel_b: cosine(&between, &b.y),
    })
}

fn check(n: usize, context: &[u32], x: &[f64], y: &[f64]) -> Result<(), AlignmentError> {
    for right in [context.len(), x.len(), y.len()] {
        if right != n {
            return Err(AlignmentError::Unpaired { left: n, right });
        }
    }
    if let Some(row) = context.iter().position(|c| *c > 1) {
        return Err(AlignmentError::Label {
            row,
            label: context[row] as usize,
            classes: 2,
        });
    }
    for wanted in [0, 1] {
        let found = context.iter().filter(|c| **c == wanted).count();
        // One more than there are coefficients, or the regression explains everything.
        if found < 4 {
            return Err(AlignmentError::TooFewSamples { found, needed: 4 });
        }
    }
    if x.iter().chain(y).all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(AlignmentError::NonFinite {
            what: "the list of positions",
        })
    }
}

/// The regression of one context's rows on (1, x, y).
struct Regression {
    items: usize,
    mean: Array1<f64>,
    x: Array1<f64>,
    y: Array1<f64>,
    /// The largest norms that the two axes can have: those of a representation that is linear in one position.
    steepest: [f64; 2],
    r2: f64,
}

fn regress(
    mut rows: Array2<f64>,
    x: Array1<f64>,
    y: Array1<f64>,
) -> Result<Regression, AlignmentError> {
    let items = rows.nrows();
    let whole = square_sum(&rows);
    let mean = rows.sum_axis(Axis(0)) / items as f64;
    rows -= &mean;
    let [x, y] = [x, y].map(|values| {
        let mean = values.sum() / items as f64;
        values - mean
    });
    let (xx, yy, xy) = (x.dot(&x), y.dot(&y), x.dot(&y));
    let spread = 1.0 - xy * xy / (xx * yy);
    // The determinant of the correlation matrix of the positions.
    if spread.is_nan() || spread <= ROUNDING {
        return Err(AlignmentError::Collinear);
    }
    let determinant = xx * yy * spread;
    let (along_x, along_y) = (x.dot(&rows), y.dot(&rows));
    let b_x = (&along_x * yy - &along_y * xy) / determinant;
    let b_y = (&along_y * xx - &along_x * xy) / determinant;
    let total = square_sum(&rows);
    if total <= ROUNDING * whole {
        return Err(AlignmentError::Zero {
            what: "the variance of the representation within a context",
        });
    }
    let explained = b_x.dot(&along_x) + b_y.dot(&along_y);
    Ok(Regression {
        items,
        mean,
        x: b_x,
        y: b_y,
        steepest: [xx, yy].map(|square| (total / square).sqrt()),
        r2: (explained / total).clamp(0.0, 1.0),
    })
}

/// Total variance, and the shares of the first three principal components.
fn principal(mut rows: Array2<f64>) -> Result<(f64, [f64; 3]), AlignmentError> {
    let n = rows.nrows() as f64;
    let mean = rows.sum_axis(Axis(0)) / n;
    rows -= &mean;
    let covariance = gram(&rows) / n;
    let total = trace(covariance.view());
    let d = covariance.nrows();
    // Standard layout, and symmetric: rows or columns first makes no difference.
    let entries = covariance.as_slice().unwrap_or_default();
    let mut values = self_adjoint(MatRef::from_column_major_slice(entries, d, d), None)?;
    values.reverse();
    values.resize(3.max(d), 0.0);
    Ok((total, [0, 1, 2].map(|k: usize| values[k].max(0.0) / total)))
}

/// `scale`: the size that what rounding leaves of the axis is relative to.
fn norm(axis: &Array1<f64>, scale: f64, what: &'static str) -> Result<f64, AlignmentError> {
    let norm = axis.dot(axis).sqrt();
    if norm > ROUNDING_OF_SAMPLES * scale {
        Ok(norm)
    } else {
        Err(AlignmentError::Zero { what })
    }
}

/// Cosine of two axes that are not zero.
fn cosine(one: &Array1<f64>, other: &Array1<f64>) -> f64 {
    let square = |axis: &Array1<f64>| axis.dot(axis);
    (one.dot(other) / (square(one) * square(other)).sqrt()).clamp(-1.0, 1.0)
}
