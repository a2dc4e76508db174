//! Products by ndarray.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, s};

use super::Columns;

/// Columns of a symmetric product that are computed at once: wide enough for the product to run at full speed, and narrow
/// enough that little is computed above the diagonal.
const PANEL: usize = 128;

/// `gram += x^T x`, on and below the diagonal, and parts of what is above it. `gram` is `[count, count]`.
pub(crate) fn add_gram_lower(gram: &mut Array2<f64>, x: Columns<'_>) {
    for start in (0..x.count).step_by(PANEL) {
        let panel = start..x.count.min(start + PANEL);
        let below = Columns {
            start: x.start + start,
            count: x.count - start,
            ..x
        };
        let of = Columns {
            count: panel.len(),
            ..below
        };
        let mut to = gram.slice_mut(s![start.., panel]);
        with_views(below, of, |below, of| {
            general_mat_mul(1.0, &below.t(), &of, 1.0, &mut to);
        });
    }
}

/// `cross += left^T right`. `cross` is `[left.count, right.count]`.
pub(crate) fn add_cross(cross: &mut Array2<f64>, left: Columns<'_>, right: Columns<'_>) {
    with_views(left, right, |left, right| {
        general_mat_mul(1.0, &left.t(), &right, 1.0, cross);
    });
}

fn with_views(
    left: Columns<'_>,
    right: Columns<'_>,
    f: impl FnOnce(ArrayView2<'_, f64>, ArrayView2<'_, f64>),
) {
    let whole = |x: Columns<'_>| (x.rows.len() / x.width, x.width);
    let views = [left, right].map(|x| ArrayView2::from_shape(whole(x), x.rows));
    // The buffers hold whole rows, so that both views are there.
    if let [Ok(x), Ok(y)] = views {
        let columns = |x: Columns<'_>| s![.., x.start..x.start + x.count];
        f(x.slice(columns(left)), y.slice(columns(right)));
    }
}
