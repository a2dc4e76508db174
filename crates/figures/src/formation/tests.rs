//! The table, its selections and its CSV.

use proptest::prelude::*;

use super::check::{claim, figure, only};
use super::synthetic;
use crate::Range;
use crate::table::*;

fn csv_of(rows: &[Row]) -> String {
    let mut bytes = Vec::new();
    write_rows(rows, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn read(csv: &str) -> Result<Vec<Row>, crate::FigureError> {
    Row::SCHEMA.read(csv.as_bytes())
}

fn refused(change: impl Fn(&mut Row)) -> String {
    let mut rows = synthetic::gamma_rows();
    change(&mut rows[7]);
    Table::new(&rows).unwrap_err().to_string()
}

#[test]
fn rows_and_spectra_round_trip() {
    let rows = synthetic::gamma_rows();
    assert_eq!(read(&csv_of(&rows)).unwrap(), rows);
    let pair = Spectrum {
        x: "z_b".to_owned(),
        y: "h_b".to_owned(),
        index: 3,
        x_value: 0.1 + 0.2,
        y_value: 1e-300,
        used: true,
        ..Spectrum::of(&rows[7])
    };
    let mut bytes = Vec::new();
    Spectrum::SCHEMA.write([&pair], &mut bytes).unwrap();
    assert_eq!(
        Spectrum::SCHEMA.read::<Spectrum>(&bytes[..]).unwrap(),
        [pair]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_float_comes_back_bit_for_bit(gamma: f64, value: Option<f64>) {
        let row = Row { weight_decay: gamma, value, ..synthetic::row() };
        let back = &read(&csv_of(&[row])).unwrap()[0];
        // A NaN's payload is the one thing that text does not keep.
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        prop_assert!(same(back.weight_decay, gamma));
        let alike = match (back.value, value) {
            (Some(a), Some(b)) => same(a, b),
            (a, b) => a == b,
        };
        prop_assert!(alike, "{:?} {value:?}", back.value);
    }
}

#[test]
fn damage_is_named() {
    let good = csv_of(&synthetic::gamma_rows()[..3]);
    let failure = |text: &str| read(text).unwrap_err().to_string();
    assert!(failure(&good.replacen("weight_decay", "weight_decy", 1)).contains("line 1"));
    assert!(failure(&good[..good.len() - 30]).contains("line 4"));
    let word = failure(&good.replacen(",finished", ",ended", 1));
    assert!(
        word.contains("line 2") && word.contains("`ended`"),
        "{word}"
    );
    assert!(failure(&good.replace("\n3,", "\n9,")).contains("schema version 9, expected 3"));
}

#[test]
fn unusable_rows_are_refused_by_name() {
    assert!(refused(|row| row.weight_decay = -1.0).contains("weight decay of 0 or more"));
    assert!(refused(|row| row.value = Some(1.5)).contains("value = 1.5, expected -1 to 1"));
    assert!(refused(|row| row.null_q95 = Some(f64::NAN)).contains("null_q95"));
    let failure = |rows: &[Row]| Table::new(rows).unwrap_err().to_string();
    let twice = [synthetic::gamma_rows(), synthetic::gamma_rows()].concat();
    assert!(failure(&twice).contains("occurs twice"));
    assert!(failure(&[]).contains("no rows"));
}

#[test]
fn a_network_that_diverged_is_listed_and_left_out_as_a_whole() {
    let mut rows = synthetic::gamma_rows();
    let (gamma, seed) = (rows[0].weight_decay, rows[0].seed);
    (rows[0].outcome, rows[0].value) = (Outcome::Diverged, Some(f64::NAN));
    let table = Table::new(&rows).unwrap();
    assert_eq!(table.diverged().len(), 1);
    assert_eq!(table.networks(), 14);
    let rows = table.select().rows();
    assert!(
        rows.iter()
            .all(|row| (row.weight_decay, row.seed) != (gamma, seed))
    );
    assert_eq!(table.seeds(), [0, 1, 2]);
}

#[test]
fn a_network_that_diverged_before_it_was_measured_is_counted() {
    let rows = synthetic::gamma_rows();
    let lost = Row {
        outcome: Outcome::Diverged,
        ..synthetic::number(&rows[0], 0, TEST_LOSS, None::<f64>)
    };
    let mut rows = only(rows, |row| row.network() != lost.network());
    rows.push(lost);
    let finished = claim("crh-raw", &rows, "runs-finished");
    assert_eq!(finished.verdict(), crate::Verdict::Contradicted);
    assert!((finished.ours().unwrap().value - 14.0 / 15.0).abs() < 1e-12);
    let report = figure("crh-raw", &rows).report;
    assert_eq!(report.matches("- **Diverged:**").count(), 1);
}

fn alpha<'t>(table: &'t Table<'t>) -> Select<'t> {
    table
        .select()
        .statistic("alpha_rga")
        .side("a")
        .variant("normalized")
}

/// Slow and obvious: one loop over all rows.
fn slow_mean(rows: &[Row], layer: u32, gamma: f64) -> f64 {
    let mut sum = 0.0;
    let mut n = 0.0;
    for row in rows {
        let wanted = row.statistic == "alpha_rga" && row.variant == "normalized";
        if wanted && row.layer == layer && row.weight_decay == gamma {
            sum += row.value.unwrap();
            n += 1.0;
        }
    }
    sum / n
}

#[test]
fn selections_are_their_slow_twin() {
    let rows = synthetic::gamma_rows();
    let table = Table::new(&rows).unwrap();
    for layer in 2..=6 {
        let of_layer = alpha(&table).layer(layer);
        let points = of_layer.clone().at_last_step().by_x(|row| row.weight_decay);
        assert_eq!(points.len(), 5);
        for (gamma, estimate) in points {
            assert!((estimate.value - slow_mean(&rows, layer, gamma)).abs() < 1e-12);
            assert_eq!(estimate.n, 3);
            let direct = of_layer.clone().weight_decay(gamma).estimate();
            assert_eq!(direct, Some(estimate));
        }
    }
    assert_eq!(table.select().distinct(|row| row.weight_decay).len(), 5);
    let rising = alpha(&table).layer(4).over_seeds(
        |row| row.weight_decay,
        Range::Correlation,
        |line| (line.len() == 5).then(|| line[4].1 - line[0].1),
    );
    assert!(rising.is_some_and(|rise| rise.value > 0.3 && rise.n == 3));
}

#[test]
fn the_last_step_counts_and_seeds_count_once() {
    let at = |step: u64, value: f64, width: u32| Row {
        step,
        width,
        value: Some(value),
        ..synthetic::row()
    };
    // Another width is another network of the same seed, with a last step of its own.
    let rows = [at(10, 0.1, 50), at(20, 0.3, 50), at(10, 0.5, 100)];
    let table = Table::new(&rows).unwrap();
    let last = alpha(&table).at_last_step();
    assert_eq!(last.numbers().len(), 2);
    let estimate = last.estimate().unwrap();
    assert_eq!(
        (estimate.value, estimate.n, estimate.interval()),
        (0.4, 1, None)
    );
    let narrow = alpha(&table).filter(|row| row.width == 50);
    let beside = narrow.beside(&alpha(&table));
    assert_eq!(beside.len(), 2);
    assert!(beside.iter().all(|(_, a, b)| a == b));
}

#[test]
fn the_null_level_is_mean_and_highest_quantile() {
    let rows = synthetic::gamma_rows();
    let table = Table::new(&rows).unwrap();
    let of = |selections: &[Select<'_>]| null_points(selections, |row| row.weight_decay);
    let levels = of(&[alpha(&table).layer(2), alpha(&table).layer(6)]);
    assert_eq!(levels.len(), 5);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(
        levels
            .iter()
            .all(|level| near(level.mean, 0.03) && near(level.q95, 0.15))
    );
    assert_eq!(of(&[table.select().variant("raw")]), []);
}

#[test]
fn intervals_of_calibrated_alphas_end_at_one_and_may_reach_below_minus_one() {
    let rows = [(0, 0.99), (1, 0.6), (2, -1.4)].map(|(seed, value)| Row {
        seed,
        ..synthetic::number(&synthetic::row(), 2, "calibrated_rga", value)
    });
    let table = Table::new(&rows).unwrap();
    let select = table.select().statistic("calibrated_rga");
    let (low, high) = select.estimate().unwrap().interval().unwrap();
    assert!(low < -1.0 && high == 1.0, "{low} {high}");
}

#[test]
fn every_report_tells_which_networks_predict_better_than_a_constant() {
    let mut rows = synthetic::gamma_rows();
    let is_one = |row: &Row| row.layer == 2 && row.statistic == "alpha_rga" && row.variant == "raw";
    let networks = only(rows.clone(), is_one);
    assert_eq!(networks.len(), 15);
    for network in networks {
        // At the largest weight decay two of three networks have collapsed.
        let collapsed = network.weight_decay > 1e-3 && network.seed > 0;
        let loss = if collapsed { 0.5 } else { 0.1 };
        rows.push(synthetic::number(&network, 0, TEST_LOSS, loss));
        rows.push(synthetic::number(&network, 0, CONSTANT_LOSS, 0.4));
    }
    let report = figure("crh-raw", &rows).report;
    let section = report.split("## Held-out loss beside").nth(1).unwrap();
    assert_eq!(section.matches("| 3 of 3 |").count(), 4, "{section}");
    assert_eq!(section.matches("| 1 of 3 |").count(), 1);
    assert!(section.contains("weight decay | test loss | best constant"));
    // Losses of networks that the figure does not use are no part of it.
    let mut other = synthetic::number(&rows[0], 0, TEST_LOSS, 0.1);
    other.width = 999;
    rows.push(other);
    assert_eq!(figure("crh-raw", &rows).report, report);
}
