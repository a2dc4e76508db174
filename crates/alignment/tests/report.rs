//! The report, against NumPy's numbers for a dump that PyTorch wrote, and where things are undefined.

use crate::common::{layer, layer_by, layer_of, normal};
use formant_alignment::{
    AlignmentError, DumpReport, LayerReport, LayerSummary, Matrix, MeasuredLayer, NullLevel,
    RANK_THRESHOLDS, Relation, ReportOptions, SINGULAR_VALUE_THRESHOLD, SideRelation, Threads,
};
use formant_moments::dump::read_dump;
use formant_moments::{MomentsAccumulator, Side, Variant};
use ndarray::Array2;
use serde_json::Value;

const TINY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../moments/tests/data/tiny_mlp.npz"
);
const EXPECTED: &str = include_str!("../../moments/tests/data/tiny_mlp_expected.json");

fn options(draws: usize) -> ReportOptions {
    ReportOptions {
        null_draws: Some(draws),
        null_seed: 0,
    }
}

/// Calls `check` for every number of `expected`, with the number at the same place in `found`.
fn numbers(path: &str, found: &Value, expected: &Value, check: &mut impl FnMut(&str, f64, f64)) {
    match expected {
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "std") {
                numbers(&format!("{path}.{key}"), &found[key], value, check);
            }
        }
        Value::Number(number) => {
            let found = found
                .as_f64()
                .unwrap_or_else(|| panic!("{path} is {found}"));
            check(path, found, number.as_f64().unwrap());
        }
        other => assert_eq!(found, other, "{path}"),
    }
}

#[test]
fn numpys_numbers_for_pytorchs_dump() {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let expected = expected["layers"].as_array().unwrap();
    let dump = read_dump(TINY).unwrap();
    assert_eq!(dump.len(), expected.len());
    let mut count = 0;
    for (layer, expected) in dump.into_iter().zip(expected) {
        let report = LayerReport::new(&layer.moments().unwrap(), &options(4000)).unwrap();
        let found = serde_json::to_value(&report).unwrap();
        numbers("", &found, expected, &mut |path, found, value| {
            count += 1;
            // NumPy rotates 20,000 times; standard deviations are about 0.1 to 0.5.
            let tolerance = if path.starts_with(".null") {
                0.03
            } else {
                1e-9
            };
            assert!(
                (found - value).abs() < tolerance,
                "{}{path}: {found}, NumPy {value}",
                report.name
            );
        });
    }
    // A layer: samples and two widths, 3 x 18 comparisons, 12 null levels, 12 ranks.
    assert_eq!(count, 3 * (3 + 54 + 12 + 12));
}

#[test]
fn layers_together_are_layers_alone_bit_for_bit() {
    // Square and not, of equal widths and not, of full rank and not, and one without any defined relation.
    let layers = [
        layer(40, 5, 5, 1),
        layer(40, 5, 5, 2),
        layer(40, 5, 3, 3),
        layer(4, 5, 5, 4),
        layer(40, 3, 5, 5),
        layer(40, 1, 1, 6),
    ];
    let options = options(20);
    let together = LayerReport::all(&layers, &options).unwrap();
    assert_eq!(together.len(), layers.len());
    for (report, layer) in together.iter().zip(&layers) {
        assert_eq!(*report, LayerReport::new(layer, &options).unwrap());
    }
    assert_eq!(LayerReport::all(&[], &options).unwrap(), []);
}

/// Also of the normalized moments alone, which are all that a summary has; narrow layers have nulls that are drawn, wide ones have not.
#[test]
fn a_summary_is_a_part_of_the_report() {
    for (d_a, d_b) in [(5, 5), (5, 3), (4, 1), (1, 1), (70, 70), (66, 20)] {
        let (h_a, g_b, weight) = (normal(90, d_a, 1), normal(90, d_b, 2), normal(d_b, d_a, 3));
        let accumulator = MomentsAccumulator::new(d_a, d_b);
        let layers = [accumulator.clone(), accumulator.normalized_only()]
            .map(|accumulator| layer_by(accumulator, "fc", &h_a, &g_b, &weight));
        let report = LayerReport::new(&layers[0], &ReportOptions::default()).unwrap();
        for layer in &layers {
            let null = ReportOptions::default().null();
            let summary = LayerSummary::of(&MeasuredLayer::new(layer, null, Threads::One)).unwrap();
            for SideRelation { side, relation } in SideRelation::ALL {
                let alpha = report.alpha(side, relation, Variant::Normalized);
                let null = report.fitting_null(side, relation, Variant::Normalized);
                assert_eq!(*summary.alpha.get(side, relation), alpha);
                assert_eq!(*summary.null.get(side, relation), null);
                let through = report.calibrated_through_weight.get(side, relation);
                let calibrated = through.map_or_else(
                    || report.calibrated_of(side, relation, Variant::Normalized),
                    |through| through.normalized,
                );
                assert_eq!(*summary.calibrated.get(side, relation), calibrated);
            }
            let rank = report.effective_rank(Side::B, Matrix::Z);
            assert_eq!(summary.effective_rank, rank);
            assert_eq!(summary.warnings, report.warnings);
        }
    }
}

#[test]
fn accessors_and_json_say_the_same() {
    let report = LayerReport::new(&layer(40, 5, 3, 1), &options(10)).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    for side in Side::ALL {
        let c = if side == Side::A { "a" } else { "b" };
        for relation in Relation::ALL {
            let key = format!("{c}_{relation:?}").to_lowercase();
            for variant in Variant::ALL {
                let v = format!("{variant:?}").to_lowercase();
                let at = |table: &str| json[table][&key][&v].as_f64();
                assert_eq!(report.alpha(side, relation, variant), at("alpha"));
                assert_eq!(
                    report.alpha_offdiagonal(side, relation, variant),
                    at("alpha_offdiagonal")
                );
                assert_eq!(report.cosine(side, relation, variant), at("cosine"));
            }
            assert_eq!(
                report.null(side, relation).q95,
                json["null"][&key]["q95"].as_f64()
            );
        }
        for matrix in [Matrix::H, Matrix::G, Matrix::Z] {
            let key = format!("{matrix:?}_{c}").to_lowercase();
            assert_eq!(
                report.effective_rank(side, matrix),
                json["effective_rank"][&key].as_f64()
            );
            let rank = report.numerical_rank(side, matrix).map(|rank| rank as u64);
            assert_eq!(rank, json["numerical_rank"][&key].as_u64());
            let ranks = json["ranks"][&key].as_array().unwrap();
            assert_eq!(ranks.len(), RANK_THRESHOLDS.len());
            for (at, threshold) in ranks.iter().zip(RANK_THRESHOLDS) {
                assert_eq!(at["threshold"].as_f64(), Some(threshold));
                let rank = report.rank_at(side, matrix, threshold).map(|r| r as u64);
                assert_eq!(at["rank"].as_u64(), rank);
            }
            let at_default = report.rank_at(side, matrix, SINGULAR_VALUE_THRESHOLD);
            assert_eq!(at_default, report.numerical_rank(side, matrix));
            assert_eq!(report.rank_at(side, matrix, 0.5), None, "not reported");
        }
    }
    let dump = DumpReport::new(vec![report]);
    let text = serde_json::to_string(&dump).unwrap();
    assert!(
        text.starts_with(r#"{"schema_version":1,"layers":[{"name":"fc","samples":40,"#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<DumpReport>(&text).unwrap(), dump);
}

#[test]
fn undefined_is_null() {
    let layer = layer_of(&normal(30, 4, 1), &Array2::zeros((30, 3)), &normal(3, 4, 2));
    let report = LayerReport::new(&layer, &options(10)).unwrap();
    assert_eq!(report.zero_norm.g_b, 30);
    for (side, variant) in Side::ALL
        .into_iter()
        .flat_map(|side| Variant::ALL.map(|variant| (side, variant)))
    {
        assert_eq!(report.alpha(side, Relation::Rga, variant), None);
        assert_eq!(report.alpha(side, Relation::Gwa, variant), None);
        assert!(report.alpha(side, Relation::Rwa, variant).is_some());
    }
    assert_eq!(report.null(Side::A, Relation::Rga), NullLevel::default());
    assert_eq!(report.null(Side::B, Relation::Gwa), NullLevel::default());
    assert!(report.null(Side::B, Relation::Rwa).mean.is_some());
    assert_eq!(report.effective_rank(Side::B, Matrix::G), None);
    assert_eq!(report.numerical_rank(Side::B, Matrix::G), Some(0));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["null"]["a_rga"],
        serde_json::json!({"mean": null, "q95": null})
    );
    assert_eq!(json["alpha"]["b_gwa"]["raw"], Value::Null);
}

#[test]
fn one_neuron_has_nothing_to_correlate() {
    let report = LayerReport::new(&layer(30, 1, 1, 3), &options(10)).unwrap();
    assert_eq!(report.alpha(Side::A, Relation::Rga, Variant::Raw), None);
    assert_eq!(report.null(Side::A, Relation::Rga), NullLevel::default());
    assert!((report.cosine(Side::A, Relation::Rga, Variant::Raw).unwrap() - 1.0).abs() < 1e-15);
    assert_eq!(report.effective_rank(Side::A, Matrix::Z), Some(1.0));
}

#[test]
fn a_null_of_one_draw_is_refused() {
    let error = LayerReport::new(&layer(30, 3, 2, 3), &options(1)).unwrap_err();
    assert_eq!(error, AlignmentError::TooFewDraws { found: 1 });
}
