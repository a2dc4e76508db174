//! What every statistic of the list promises: its descriptions, its range, its invariances, and its line on the page.

use std::collections::HashSet;

use crate::common::{decades, layer_of, normal, orthogonal};
use formant_alignment::{
    BalanceAccumulator, BeyondMoments, CollapseAccumulator, Comparison, Description, Invariance,
    MeasuredLayer, NullOptions, Range, Readings, Sgd, Threads, describe, descriptions,
    feature_ansatz, stationarity,
};
use formant_moments::{LayerMoments, Moment, SampleBlock, Side, Variant};
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;

const SAMPLES: usize = 400;
const INPUTS: usize = 9;
const CLASSES: usize = 8;

/// Inputs, gradients at the output and weight at one time.
#[derive(Clone)]
struct Step {
    h_a: Array2<f64>,
    g_b: Array2<f64>,
    weight: Array2<f64>,
}

/// Everything that any statistic needs: a classifier at two times, with the Jacobian of its outputs.
#[derive(Clone)]
struct Classifier {
    before: Step,
    now: Step,
    jacobian: Array2<f64>,
    labels: Vec<usize>,
}

impl Step {
    fn new(seed: u64) -> Self {
        let scales = |d| Array1::from(decades(d, 0.4));
        Self {
            h_a: (normal(SAMPLES, INPUTS, seed) + 0.3) * scales(INPUTS),
            g_b: normal(SAMPLES, CLASSES, seed + 1) * scales(CLASSES),
            weight: normal(CLASSES, INPUTS, seed + 2) * scales(INPUTS)
                + Array2::<f64>::eye(INPUTS).select(Axis(0), &Vec::from_iter(0..CLASSES)) * 3.0,
        }
    }

    /// `h_a -> Q_a h_a`, `g_b -> Q_b g_b`, and the weight with them.
    fn turn(&self, q_a: &Array2<f64>, q_b: &Array2<f64>) -> Self {
        Self {
            h_a: self.h_a.dot(&q_a.t()),
            g_b: self.g_b.dot(&q_b.t()),
            weight: q_b.dot(&self.weight).dot(&q_a.t()),
        }
    }

    fn scale(&self, by: f64) -> Self {
        Self {
            h_a: &self.h_a * by,
            g_b: &self.g_b * 3.0,
            weight: &self.weight / by.sqrt(),
        }
    }

    fn moments(&self) -> LayerMoments {
        layer_of(&self.h_a, &self.g_b, &self.weight)
    }
}

impl Classifier {
    fn new(seed: u64) -> Self {
        Self {
            before: Step::new(seed),
            now: Step::new(seed + 10),
            jacobian: normal(SAMPLES, INPUTS, seed + 20),
            labels: (0..SAMPLES).map(|sample| sample % CLASSES).collect(),
        }
    }

    fn turn(&self, q_a: &Array2<f64>, q_b: &Array2<f64>) -> Self {
        Self {
            before: self.before.turn(q_a, q_b),
            now: self.now.turn(q_a, q_b),
            jacobian: self.jacobian.dot(&q_a.t()),
            labels: self.labels.clone(),
        }
    }

    fn changed_by(&self, invariance: Invariance, seed: u64) -> Self {
        let permutation =
            |d: usize| Array2::eye(d).select(Axis(0), &Vec::from_iter((0..d).map(|i| (i + 2) % d)));
        match invariance {
            Invariance::Scale => {
                let by = [0.1, 5.0][seed as usize % 2];
                Self {
                    before: self.before.scale(by),
                    now: self.now.scale(by),
                    jacobian: &self.jacobian * by,
                    labels: self.labels.clone(),
                }
            }
            Invariance::Rotation => {
                self.turn(&orthogonal(INPUTS, seed), &orthogonal(CLASSES, seed + 1))
            }
            Invariance::InputRotation => {
                self.turn(&orthogonal(INPUTS, seed), &Array2::eye(CLASSES))
            }
            Invariance::Permutation => self.turn(&permutation(INPUTS), &permutation(CLASSES)),
            Invariance::EachRotation | Invariance::Translation => {
                panic!("{invariance:?} is one of comparisons of two representations")
            }
        }
    }

    fn readings(&self) -> Readings {
        let now = &self.now;
        let (h_b, g_a) = (now.h_a.dot(&now.weight.t()), now.g_b.dot(&now.weight));
        let block = SampleBlock {
            h_a: now.h_a.view(),
            h_b: h_b.view(),
            g_a: g_a.view(),
            g_b: now.g_b.view(),
        };
        let mut balance = BalanceAccumulator::new(INPUTS, CLASSES);
        balance.add(&block).unwrap();
        let sgd = Sgd {
            learning_rate: 0.1,
            weight_decay: 0.01,
            batch_size: 4,
        };
        let mut classes = CollapseAccumulator::new(INPUTS, CLASSES, CLASSES).unwrap();
        classes.add(&block, &self.labels).unwrap();
        let mut collapse = classes.finish(now.weight.view()).unwrap();
        let mut nearest = classes.nearest_class_mean().unwrap();
        nearest.add(now.h_a.view(), h_b.view()).unwrap();
        collapse.nc4 = nearest.disagreement();
        let moments = now.moments();
        let ansatz = feature_ansatz(
            Comparison::Pearson,
            moments.weight_gram(Side::A).view(),
            self.jacobian.t().dot(&self.jacobian).view(),
            moments
                .second_moment(Side::A, Moment::G, Variant::Raw)
                .view(),
        )
        .unwrap();
        let beyond = BeyondMoments {
            balance: Some(balance.finish(now.weight.view(), &sgd)),
            neural_collapse: Some(Ok(collapse)),
            ansatz: Some(ansatz),
            ansatz_untransformed: Some(ansatz),
            stationarity: Some(stationarity(&self.before.moments(), &moments).unwrap()),
        };
        Readings::of(&measured(&moments).with(beyond))
    }
}

fn measured(moments: &LayerMoments) -> MeasuredLayer<'_> {
    let null = NullOptions {
        draws: Some(2),
        seed: 0,
    };
    MeasuredLayer::new(moments, null, Threads::One)
}

#[test]
fn every_reading_is_described_and_in_range_and_every_description_is_read() {
    let readings = Classifier::new(1).readings();
    assert_eq!(readings.out_of_range().next(), None);
    let read: HashSet<_> = readings.iter().map(|reading| &reading.statistic).collect();
    let described: HashSet<_> = descriptions().iter().map(|about| &about.name).collect();
    assert_eq!(described.len(), descriptions().len(), "a name occurs twice");
    assert_eq!(read, described);
    let places = readings.iter().map(|r| (&r.statistic, r.side, r.variant));
    assert_eq!(
        places.collect::<HashSet<_>>().len(),
        readings.iter().count()
    );
}

#[test]
fn a_reading_outside_its_range_is_found_and_so_is_one_that_nothing_describes() {
    let mut readings = Readings::default();
    readings.push("alpha_rga", Side::A, Variant::Raw, Some(1.0 + 1e-12));
    readings.push("effective_rank_h", Side::A, Variant::Raw, None);
    assert_eq!(readings.out_of_range().count(), 0);
    readings.push("alpha_rga", Side::B, Variant::Raw, Some(1.01));
    readings.push("effective_rank_h", Side::B, Variant::Raw, Some(0.9));
    readings.push("nc3", None, None, Some(f64::NAN));
    readings.push("beauty", None, None, Some(0.5));
    assert_eq!(readings.out_of_range().count(), 4);
    assert!(Range::UpTo(2.0).contains(2.0) && !Range::UpTo(2.0).contains(2.1));
    assert!(describe("alpha").is_none(), "a family is no statistic");
}

#[test]
fn what_was_not_measured_has_no_reading_and_what_is_undefined_no_value() {
    let moments = layer_of(&normal(30, 4, 1), &Array2::zeros((30, 3)), &normal(3, 4, 2));
    let readings = Readings::of(&measured(&moments));
    assert!(readings.get("nc1", None, None).is_none());
    assert!(readings.get("residual_i", None, None).is_none());
    let alpha = readings.get("alpha_gwa", Side::A, Variant::Raw).unwrap();
    assert!(alpha.value.is_none() && alpha.null.is_empty());
    assert!(readings.value("alpha_rwa", Side::A, Variant::Raw).is_some());
    let json = serde_json::to_value(&readings).unwrap();
    assert_eq!(json[0]["statistic"], "alpha_rga");
    assert_eq!(json[0]["side"], "a");
    assert!(json[0]["value"].is_null() && json[0].get("null").is_none());
    assert_eq!(serde_json::from_value::<Readings>(json).unwrap(), readings);
}

/// The line of a family in the page of statistics.
fn line(about: &Description) -> String {
    let text = serde_json::to_value(about).unwrap();
    let end = |at: usize, none: &str| match text["range"][at].as_f64() {
        Some(end) => end.to_string(),
        None => none.to_owned(),
    };
    let invariances = text["invariances"].as_array().unwrap().iter();
    let invariances: Vec<_> = invariances.map(|name| name.as_str().unwrap()).collect();
    format!(
        "| `{}` | {} | {} | {} to {} | {} |",
        about.family,
        about.sentence,
        text["kind"].as_str().unwrap(),
        end(0, "-∞"),
        end(1, "∞"),
        invariances.join(", ").replace('_', " ")
    )
}

#[test]
fn the_page_lists_every_statistic() {
    let page = include_str!("../../../docs/src/guide/statistics.md");
    let mut families: Vec<String> = descriptions().iter().map(line).collect();
    families.dedup();
    let missing = families
        .iter()
        .filter(|line| !page.lines().any(|found| found == *line));
    let missing: Vec<_> = missing.map(String::as_str).collect();
    assert!(
        missing.is_empty(),
        "docs/src/guide/statistics.md lacks\n{}",
        missing.join("\n")
    );
    let lines = page.lines().filter(|line| line.starts_with("| `"));
    assert_eq!(
        lines.count(),
        families.len(),
        "a line that is no statistic's"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn claimed_invariances_hold(seed in 0..1000_u64) {
        let classifier = Classifier::new(seed);
        let before = classifier.readings();
        prop_assert_eq!(before.out_of_range().next(), None);
        for invariance in [
            Invariance::Scale,
            Invariance::Rotation,
            Invariance::InputRotation,
            Invariance::Permutation,
        ] {
            let after = classifier.changed_by(invariance, seed).readings();
            for reading in &before {
                if !describe(&reading.statistic).unwrap().invariances.contains(&invariance) {
                    continue;
                }
                let other = after.value(&reading.statistic, reading.side, reading.variant);
                let close = match (reading.value, other) {
                    (Some(x), Some(y)) => (x - y).abs() < 1e-6 * x.abs().max(1.0),
                    (x, y) => x == y,
                };
                prop_assert!(close, "{invariance:?}: {reading:?}, then {other:?}");
            }
        }
    }
}
