//! The neural feature ansatz: the AGOP against per-sample sums, and what a change of output coordinates does to it.

use crate::common::{normal, orthogonal, positive, turned};
use formant_alignment::{
    AgopAccumulator, AlignmentError, Comparison, feature_ansatz, pearson, square_root,
};
use ndarray::{Array1, Array2, Array3, Axis, array, s};
use proptest::prelude::*;

fn jacobians(n: usize, outputs: usize, d: usize, seed: u64) -> Array3<f64> {
    normal(n * outputs, d, seed)
        .into_shape_with_order((n, outputs, d))
        .unwrap()
}

fn agop(jacobians: &Array3<f64>) -> Array2<f64> {
    let (_, outputs, d) = jacobians.dim();
    let mut accumulator = AgopAccumulator::new(d, outputs);
    accumulator.add_jacobians(jacobians.view()).unwrap();
    accumulator.finish().unwrap()
}

/// \\(E\[J^\top M J\]\\), sample by sample.
fn slow(jacobians: &Array3<f64>, metric: &Array2<f64>) -> Array2<f64> {
    let (n, _, d) = jacobians.dim();
    let terms = jacobians
        .axis_iter(Axis(0))
        .map(|j| j.t().dot(metric).dot(&j));
    terms.fold(Array2::zeros((d, d)), |sum, term| sum + term) / n as f64
}

fn distance(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    let largest = |x: &Array2<f64>| x.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    largest(&(left - right)) / largest(right)
}

/// A network \\(f = V \tanh(W h)\\) with squared loss, all derivatives written out.
struct Network {
    weight: Array2<f64>,
    v: Array2<f64>,
    inputs: Array2<f64>,
    targets: Array2<f64>,
}

impl Network {
    fn new(n: usize, d: usize, outputs: usize, seed: u64) -> Self {
        Self {
            weight: normal(6, d, seed),
            v: normal(outputs, 6, seed + 1),
            inputs: normal(n, d, seed + 2),
            targets: normal(n, outputs, seed + 3),
        }
    }

    /// \\(\partial (Z f) / \partial h\\) of every sample.
    fn jacobians(&self, z: &Array2<f64>) -> Array3<f64> {
        let (n, outputs, d) = (self.inputs.nrows(), z.nrows(), self.inputs.ncols());
        let mut out = Array3::zeros((n, outputs, d));
        for (mut j, h) in out.outer_iter_mut().zip(self.inputs.rows()) {
            let slope = self.weight.dot(&h).mapv(|x| 1.0 - x.tanh().powi(2));
            j.assign(
                &z.dot(&self.v)
                    .dot(&(&slope.insert_axis(Axis(1)) * &self.weight)),
            );
        }
        out
    }

    /// \\(G_a\\) of the network whose outputs are \\(f' = Z f\\) and whose loss is \\(\ell(Z^{-1} f')\\): per sample
    /// \\(g = -J'^\top Z^{-\top} (f - y)\\).
    fn g_a(&self, z: &Array2<f64>, z_inverse: &Array2<f64>) -> Array2<f64> {
        let d = self.inputs.ncols();
        let mut sum = Array2::zeros((d, d));
        let jacobians = self.jacobians(z);
        for ((j, h), y) in jacobians
            .outer_iter()
            .zip(self.inputs.rows())
            .zip(self.targets.rows())
        {
            let outputs = z.dot(&self.v).dot(&self.weight.dot(&h).mapv(f64::tanh)); // f'
            let loss_gradient = z_inverse.t().dot(&(z_inverse.dot(&outputs) - y));
            let g = -j.t().dot(&loss_gradient).insert_axis(Axis(1));
            sum += &g.dot(&g.t());
        }
        sum / self.inputs.nrows() as f64
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_agop_is_its_slow_twin_however_it_is_cut(
        n in 1_usize..12, outputs in 1_usize..5, d in 1_usize..7, cut in 0_usize..12, seed in 0_u64..1000,
    ) {
        let j = jacobians(n, outputs, d, seed);
        let slow = slow(&j, &Array2::eye(outputs));
        prop_assert!(distance(&agop(&j), &slow) < 1e-13);
        let mut blocks = AgopAccumulator::new(d, outputs);
        let cut = cut.min(n);
        blocks.add_jacobians(j.slice(s![..cut, .., ..])).unwrap();
        for k in (0..outputs).rev() {
            blocks.add_output(k, j.slice(s![cut.., k, ..])).unwrap();
        }
        prop_assert!(distance(&blocks.finish().unwrap(), &slow) < 1e-13);
    }

    #[test]
    fn new_output_coordinates_change_the_agop_and_not_g_a(outputs in 2_usize..5, d in 2_usize..7, seed in 0_u64..1000) {
        let network = Network::new(20, d, outputs, seed);
        let eye = Array2::eye(outputs);
        // Z = Q diag(1..) R, with a known inverse and a condition number of `outputs`.
        let (q, r) = (orthogonal(outputs, seed + 4), orthogonal(outputs, seed + 5));
        let scales = Array2::from_diag(&Array1::from_iter((1..=outputs).map(|k| k as f64)));
        let inverse_scales = scales.mapv(|x: f64| if x > 0.0 { 1.0 / x } else { 0.0 });
        let (z, z_inverse) = (q.dot(&scales).dot(&r), r.t().dot(&inverse_scales).dot(&q.t()));

        let (before, after) = (agop(&network.jacobians(&eye)), agop(&network.jacobians(&z)));
        let predicted = slow(&network.jacobians(&eye), &z.t().dot(&z));
        prop_assert!(distance(&after, &predicted) < 1e-12);
        let (g_before, g_after) = (network.g_a(&eye, &eye), network.g_a(&z, &z_inverse));
        prop_assert!(distance(&g_after, &g_before) < 1e-10);

        let gram = network.weight.t().dot(&network.weight);
        let compare = |agop: &Array2<f64>, g: &Array2<f64>| {
            feature_ansatz(Comparison::Cosine, gram.view(), agop.view(), g.view()).unwrap()
        };
        let (before, after) = (compare(&before, &g_before), compare(&after, &g_after));
        prop_assert!((before.gwa.unwrap() - after.gwa.unwrap()).abs() < 1e-9);
        prop_assert!((before.agop.unwrap() - after.agop.unwrap()).abs() > 1e-9);
        prop_assert!((before.agop_root.unwrap() - after.agop_root.unwrap()).abs() > 1e-9);
    }

    #[test]
    fn a_square_root_squares_to_the_matrix(d in 1_usize..12, scale in -100_i32..100, seed in 0_u64..1000) {
        let matrix = positive(d, seed) * 10_f64.powi(scale);
        let root = square_root(matrix.view()).unwrap();
        prop_assert!(distance(&root.dot(&root), &matrix) < 1e-12);
        prop_assert_eq!(&root, &root.t());
        prop_assert!(root.diag().iter().all(|x| *x > 0.0));
    }

    #[test]
    fn isotropic_loss_gradients_make_the_two_one(d in 2_usize..6, seed in 0_u64..1000) {
        // Every Jacobian with every signed unit vector for loss gradient: B = I / outputs, independent of J.
        let (outputs, n) = (3, 8);
        let j = jacobians(n, outputs, d, seed);
        let g = j.view().into_shape_with_order((n * outputs, d)).unwrap();
        let g_a = g.t().dot(&g) / (n * outputs) as f64;
        let gram = positive(d, seed + 1);
        let found = feature_ansatz(Comparison::Pearson, gram.view(), agop(&j).view(), g_a.view()).unwrap();
        prop_assert!((found.agop.unwrap() - found.gwa.unwrap()).abs() < 1e-12);
    }
}

#[test]
fn the_ansatz_names_what_it_compares() {
    let (d, q) = (4, orthogonal(4, 1));
    let spectrum = Array2::from_diag(&array![4.0, 2.0, 1.0, 0.5]);
    let gram = turned(&spectrum, &q);
    let agop = turned(&spectrum.mapv(|x: f64| x.powi(2)), &q); // so that its root is the gram
    let g_a = positive(d, 2);
    let found = feature_ansatz(Comparison::Pearson, gram.view(), agop.view(), g_a.view()).unwrap();
    assert!((found.agop_root.unwrap() - 1.0).abs() < 1e-12);
    assert!(found.agop.unwrap() < 0.99);
    assert_eq!(found.gwa, pearson(gram.view(), g_a.view()).ok());
    assert_eq!(found.agop, pearson(gram.view(), agop.view()).ok());
    let zero = Array2::<f64>::zeros((d, d));
    let found = feature_ansatz(Comparison::Pearson, gram.view(), zero.view(), g_a.view()).unwrap();
    assert_eq!((found.agop, found.agop_root), (None, None));
}

#[test]
fn ill_posed_input_is_refused() {
    let mut accumulator = AgopAccumulator::new(3, 2);
    let error = accumulator
        .add_jacobians(Array3::<f64>::zeros((5, 3, 2)).view())
        .unwrap_err();
    assert!(matches!(
        error,
        AlignmentError::Rows {
            found: [3, 2],
            expected: [2, 3],
            ..
        }
    ));
    let mut holed = jacobians(4, 2, 3, 1);
    holed[[3, 1, 1]] = f64::NAN;
    let error = accumulator.add_jacobians(holed.view()).unwrap_err();
    assert_eq!(error, AlignmentError::NonFinite { what: "a Jacobian" });
    let rows = normal(4, 3, 2).mapv(|x| x as f32);
    let error = accumulator.add_output(2, rows.view()).unwrap_err();
    assert_eq!(
        error,
        AlignmentError::Output {
            output: 2,
            outputs: 2
        }
    );
    let error = accumulator.clone().finish().unwrap_err();
    assert_eq!(
        error,
        AlignmentError::TooFewSamples {
            found: 0,
            needed: 1
        }
    );
    accumulator.add_output(0, rows.view()).unwrap();
    let error = accumulator.clone().finish().unwrap_err();
    assert_eq!(
        error,
        AlignmentError::UnevenOutputs {
            output: 1,
            found: 0,
            expected: 4
        }
    );
    accumulator.add_output(1, rows.view()).unwrap();
    let twice = rows.mapv(f64::from);
    let expected = twice.t().dot(&twice) / 2.0;
    assert!(distance(&accumulator.finish().unwrap(), &expected) < 1e-14);

    let indefinite = array![[1.0, 2.0], [2.0, 1.0]];
    let error = square_root(indefinite.view()).unwrap_err();
    assert!(matches!(error, AlignmentError::NegativeEigenvalue { .. }));
    let negative = array![[-1.0]];
    assert!(matches!(
        square_root(negative.view()),
        Err(AlignmentError::NegativeEigenvalue { .. })
    ));
    let (two, three) = (positive(2, 1), positive(3, 1));
    let error = feature_ansatz(Comparison::Pearson, two.view(), three.view(), two.view());
    assert!(matches!(error, Err(AlignmentError::ShapeMismatch { .. })));
}
