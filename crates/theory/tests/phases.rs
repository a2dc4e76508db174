//! The table against its derivation on paper, and every relation and exponent on constructed layers.

use formant_theory::TheoryError;
use formant_theory::phases::{
    Exponent, LayerSpectra, Matrix, PlantedLayer, Row, SideState, Solution, WeightSpectrum,
    construct, row, rows, table,
};
use ndarray::Array2;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const MATRICES: [Matrix; 4] = [Matrix::HA, Matrix::GA, Matrix::HB, Matrix::GB];

/// Formation-of-representations 2.2, by hand: exponents of H_a, G_a, H_b, G_b (`None` where free), and whether Z is flat.
const PAGE: [([Option<i64>; 4], bool); 12] = [
    ([None, None, None, None], true),
    ([Some(1), Some(3), Some(2), Some(2)], false),
    ([Some(-1), Some(1), Some(0), Some(0)], false),
    ([Some(0), Some(0), Some(1), Some(-1)], false),
    ([Some(0), None, Some(0), None], true),
    ([Some(0), Some(1), Some(1), Some(0)], false),
    ([Some(2), Some(2), Some(3), Some(1)], false),
    ([Some(1), Some(2), Some(2), Some(1)], false),
    ([None, Some(0), None, Some(0)], true),
    ([Some(0), Some(2), Some(1), Some(1)], false),
    ([Some(1), Some(1), Some(2), Some(0)], false),
    ([Some(0), Some(0), Some(0), Some(0)], true),
];

/// The page's last column.
const LAWS: [&[&str]; 12] = [
    &["H_a ∝ G_a", "H_b ∝ G_b", "Z ∝ 1"],
    &["G_a ∝ H_a^3", "H_b ∝ G_b"],
    &["G_a ∝ H_a^-1", "H_b ∝ 1", "G_b ∝ 1"],
    &["H_a ∝ 1", "G_a ∝ 1", "H_b ∝ G_b^-1"],
    &["H_a ∝ 1", "H_b ∝ 1", "Z ∝ 1"],
    &["H_a ∝ 1", "G_b ∝ 1"],
    &["H_a ∝ G_a", "H_b ∝ G_b^3"],
    &["G_a ∝ H_a^2", "H_b ∝ G_b^2"],
    &["G_a ∝ 1", "G_b ∝ 1", "Z ∝ 1"],
    &["H_a ∝ 1", "H_b ∝ G_b"],
    &["H_a ∝ G_a", "G_b ∝ 1"],
    &["H_a ∝ 1", "G_a ∝ 1", "H_b ∝ 1", "G_b ∝ 1", "Z ∝ 1"],
];

fn is_flat(row: &Row) -> bool {
    row.solution.weight() == WeightSpectrum::Flat
}

fn whole(exponent: Exponent) -> Option<i64> {
    match exponent {
        Exponent::Power(p) => {
            assert!(p.is_integer(), "{p}");
            Some(p.to_integer())
        }
        Exponent::Free => None,
    }
}

#[test]
fn the_page() {
    let rows = rows();
    assert_eq!(rows.len(), 12);
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.number, index + 1);
        let found = MATRICES.map(|matrix| whole(row.solution.exponent(matrix)));
        assert_eq!((found, is_flat(row)), PAGE[index], "row {}", row.number);
        let laws: Vec<String> = row
            .solution
            .laws()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(laws, LAWS[index], "row {}", row.number);
    }
}

#[test]
fn exponents_are_within_the_papers_bounds() {
    let exponents: Vec<i64> = rows()
        .iter()
        .flat_map(|row| MATRICES.map(|matrix| whole(row.solution.exponent(matrix))))
        .flatten()
        .collect();
    assert_eq!(exponents.iter().min(), Some(&-1));
    assert_eq!(exponents.iter().max(), Some(&3));
}

/// One row's two relations are those of the rows with more relations too: what all three imply, each pair of two
/// implies.
#[test]
fn more_relations_are_special_cases() {
    let one = [SideState::Rga, SideState::Rwa, SideState::Gwa];
    for (all, some) in [
        (
            (SideState::All, SideState::All),
            one.map(|b| (b, SideState::All)),
        ),
        (
            (SideState::All, SideState::All),
            one.map(|a| (SideState::All, a)),
        ),
    ] {
        let all = Solution::of(all.0, all.1);
        for (b, a) in some {
            let found = Solution::of(b, a);
            // A full side and one relation of the other make a full layer.
            assert_eq!(found.weight(), WeightSpectrum::Flat, "{b} {a}");
            for matrix in MATRICES {
                assert_eq!(
                    found.exponent(matrix),
                    all.exponent(matrix),
                    "{b} {a} {matrix}"
                );
            }
        }
    }
    let nothing = Solution::of(SideState::None, SideState::None);
    assert!(
        MATRICES
            .iter()
            .all(|m| nothing.exponent(*m) == Exponent::Free)
    );
    assert_eq!(nothing.exponent(Matrix::Z), Exponent::Power(1.into()));
    assert!(nothing.laws().is_empty());
}

fn moment(layer: &PlantedLayer, matrix: Matrix) -> Array2<f64> {
    match matrix {
        Matrix::HA => layer.h_a(),
        Matrix::GA => layer.g_a(),
        Matrix::HB => layer.h_b(),
        Matrix::GB => layer.g_b(),
        Matrix::Z => unreachable!("differs by side"),
    }
}

fn at_unit_norm(matrix: &Array2<f64>) -> Array2<f64> {
    matrix / matrix.mapv(|x| x * x).sum().sqrt()
}

fn assert_proportional(left: &Array2<f64>, right: &Array2<f64>, what: &str) {
    let difference = at_unit_norm(left) - at_unit_norm(right);
    let largest = difference.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    assert!(largest < 1e-12, "{what}: {largest}");
}

/// `W (W^T W)^k` and its like: Z^p of a side times whatever makes p a sum of whole powers. For p < 0 the matrix is
/// multiplied instead of the power inverted.
fn power(z: &Array2<f64>, p: i64, projector: &Array2<f64>) -> Array2<f64> {
    (0..p).fold(projector.clone(), |product, _| product.dot(z))
}

/// Every relation of the row, and every exponent, entry by entry.
fn verify(row: &Row, spectra: &LayerSpectra, seed: u64) {
    let layer = construct(row, spectra, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
    assert_eq!(layer.weight.dim(), (spectra.d_b, spectra.d_a));
    let w = &layer.weight;
    for (state, [h, g], z) in [
        (row.side_b, [Matrix::HB, Matrix::GB], w.dot(&w.t())),
        (row.side_a, [Matrix::HA, Matrix::GA], w.t().dot(w)),
    ] {
        let moments = [h, g].map(|matrix| moment(&layer, matrix));
        let what = format!("row {} {state}", row.number);
        if matches!(state, SideState::Rga | SideState::All) {
            assert_proportional(&moments[0], &moments[1], &what);
        }
        if matches!(state, SideState::Rwa | SideState::All) {
            assert_proportional(&moments[0], &z, &what);
        }
        if matches!(state, SideState::Gwa | SideState::All) {
            assert_proportional(&moments[1], &z, &what);
        }
        // The projector on the support: H_a and G_b are made on it, W and its transpose carry it over.
        let projector = projector(&z, spectra.singular_values.len());
        for (matrix, moment) in [h, g].into_iter().zip(&moments) {
            let Some(p) = whole(row.solution.exponent(matrix)) else {
                continue;
            };
            let (left, right) = if p < 0 {
                (power(&z, -p, &projector).dot(moment), projector.clone())
            } else {
                (moment.clone(), power(&z, p, &projector))
            };
            assert_proportional(&left, &right, &format!("{what} {matrix} ∝ Z^{p}"));
        }
    }
}

/// The projector on the `r` leading eigenvectors, by Gram and Schmidt on the columns of `z`, pivoted.
fn projector(z: &Array2<f64>, r: usize) -> Array2<f64> {
    let d = z.nrows();
    let (mut rest, mut out) = (z.clone(), Array2::zeros((d, d)));
    for _ in 0..r {
        let norms: Vec<f64> = rest.columns().into_iter().map(|x| x.dot(&x)).collect();
        let at = (0..d)
            .max_by(|i, j| norms[*i].total_cmp(&norms[*j]))
            .unwrap();
        let mut q = rest.column(at).to_owned();
        q -= &out.dot(&q); // once more, for the digits
        q /= q.dot(&q).sqrt();
        let column = q.clone().insert_axis(ndarray::Axis(1));
        out = &out + &column.dot(&column.t());
        let parts = rest.t().dot(&q);
        rest = &rest - &column.dot(&parts.insert_axis(ndarray::Axis(0)));
    }
    out
}

fn layer_spectra(row: &Row, d_a: usize, d_b: usize, logs: &[f64], free: &[f64]) -> LayerSpectra {
    let singular_values = if is_flat(row) {
        vec![1.7; logs.len()]
    } else {
        logs.iter().map(|x| x.exp()).collect()
    };
    LayerSpectra {
        d_a,
        d_b,
        singular_values,
        free: free.iter().map(|x| x.exp()).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn constructed_layers_obey_every_relation_and_exponent(
        spectra in prop::collection::vec((-0.7..0.7_f64, -1.5..1.5_f64), 1..7),
        extra in (0..4_usize, 0..4_usize),
        seed in any::<u64>(),
    ) {
        let (logs, free): (Vec<f64>, Vec<f64>) = spectra.into_iter().unzip();
        let (d_a, d_b) = (logs.len() + extra.0, logs.len() + extra.1);
        for row in rows() {
            verify(&row, &layer_spectra(&row, d_a, d_b, &logs, &free), seed);
        }
    }
}

#[test]
fn a_free_spectrum_is_the_one_given() {
    let row = row(1).unwrap();
    let free = [0.0, 1.0, -0.5];
    let layer = construct(
        &row,
        &layer_spectra(&row, 3, 4, &[0.0; 3], &free),
        &mut rng(),
    )
    .unwrap();
    // Traces of powers are functions of the eigenvalues alone.
    let expected: Vec<f64> = free.iter().map(|x| (x - 1.0).exp()).collect();
    let (h_a, g_b) = (layer.h_a(), layer.g_b());
    for matrix in [h_a, g_b] {
        let trace = matrix.diag().sum();
        assert!((trace - expected.iter().sum::<f64>()).abs() < 1e-13);
        let square = matrix.dot(&matrix).diag().sum();
        assert!((square - expected.iter().map(|x| x * x).sum::<f64>()).abs() < 1e-13);
    }
}

#[test]
fn samples_have_the_layers_moments() {
    let row = row(8).unwrap();
    let logs = [0.0, 0.4, 0.9];
    let layer = construct(&row, &layer_spectra(&row, 5, 4, &logs, &logs), &mut rng()).unwrap();
    let n = 20_000;
    let (h_a, g_b) = layer.sample(n, &mut rng());
    assert_eq!((h_a.dim(), g_b.dim()), ((n, 5), (n, 4)));
    for (samples, expected) in [(h_a, layer.h_a()), (g_b, layer.g_b())] {
        let difference = samples.t().dot(&samples) / n as f64 - expected;
        // A standard deviation is at most sqrt(2 / n) = 0.01.
        assert!(difference.iter().all(|x| x.abs() < 0.05), "{difference}");
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(3)
}

#[test]
fn impossible_plans_are_refused() {
    let eight = row(8).unwrap();
    let refuse =
        |row: &Row, spectra: &LayerSpectra| construct(row, spectra, &mut rng()).unwrap_err();
    let good = layer_spectra(&eight, 4, 3, &[0.0, 1.0], &[0.0, 0.0]);
    assert!(construct(&eight, &good, &mut rng()).is_ok());
    assert_eq!(
        row(13).unwrap_err(),
        TheoryError::NoSuchRow {
            found: 13,
            rows: 12
        }
    );
    let (found, d_b, d_a) = (2, 1, 4);
    let narrow = LayerSpectra {
        d_b,
        ..good.clone()
    };
    assert_eq!(
        refuse(&eight, &narrow),
        TheoryError::SingularValueCount { found, d_b, d_a }
    );
    let none = layer_spectra(&eight, 4, 3, &[], &[]);
    assert!(matches!(
        refuse(&eight, &none),
        TheoryError::SingularValueCount { found: 0, .. }
    ));
    let mut bad = good.clone();
    bad.free.pop();
    assert_eq!(
        refuse(&eight, &bad),
        TheoryError::FreeSpectrumLength {
            found: 1,
            expected: 2
        }
    );
    for value in [0.0, -1.0, f64::INFINITY] {
        let mut bad = good.clone();
        bad.singular_values[1] = value;
        let what = "singular values";
        assert_eq!(
            refuse(&eight, &bad),
            TheoryError::NotPositive {
                what,
                index: 1,
                value
            }
        );
    }
    let error = refuse(&row(12).unwrap(), &good);
    assert!(
        matches!(error, TheoryError::NotFlat { row: 12, .. }),
        "{error}"
    );
    let mut bad = good;
    bad.singular_values[1] = 1e-200;
    assert_eq!(refuse(&eight, &bad), TheoryError::Overflow { row: 8 });
}

#[test]
fn text_and_json() {
    let text = table();
    let line = |row: &str| {
        let mut lines = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        lines.find(|cells| cells.first() == Some(&row)).unwrap()
    };
    assert_eq!(
        line("2")[..8],
        ["2", "RGA", "RWA", "any", "1", "3", "2", "2"]
    );
    assert_eq!(
        line("1")[..8],
        ["1", "RGA", "RGA", "flat", "–", "–", "–", "–"]
    );
    assert_eq!(
        line("5")[..8],
        ["5", "RWA", "RWA", "flat", "0", "free", "0", "free"]
    );
    assert_eq!(
        line("12")[..8],
        ["12", "all", "all", "flat", "=", "=", "=", "="]
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );

    let json = serde_json::to_value(rows()).unwrap();
    assert_eq!(
        json[3],
        serde_json::json!({
            "row": 4, "side_b": "rwa", "side_a": "rga", "weight": "any",
            "h_a": 0, "g_a": 0, "h_b": 1, "g_b": -1,
            "laws": ["H_a ∝ 1", "G_a ∝ 1", "H_b ∝ G_b^-1"],
        })
    );
    assert_eq!(json[8]["h_a"], "free");
}
