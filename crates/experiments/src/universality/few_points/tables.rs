//! From the runs of a figure to its tables.

use formant_figures::universality::{Distance, FitRow, Tables, TrajectoryPoint, Value};
use formant_theory::two_point::{Dynamics, Pair, Rates, State, a_high, a_low, final_distance};
use formant_train::on_workers;
use std::num::NonZeroUsize;

use super::found::Alignment;
use super::plan::Part;
use super::rows::{Account, Done, ends};

/// Everything that the figure shows of its runs.
pub fn tables(id: &str, runs: &[Done], threads: NonZeroUsize) -> Tables {
    let of = |part| runs.iter().filter(move |(run, _)| run.part == part);
    let fitted: Vec<&Done> = of(Part::Fitted).collect();
    let (fits, trajectories) = accounts(id, &fitted, threads);
    let mut tables = Tables::default();
    match id {
        "univ-final-distance" | "univ-discontinuous" => {
            tables.fits = of(Part::Ends).map(|done| end(done, &fits)).collect();
            tables.fits.extend(fits);
            tables.trajectories = trajectories;
        }
        "univ-xor" => {
            let rates = mean_rates(fits.iter());
            tables.distances = of(Part::Xor).flat_map(|done| xor(done, rates)).collect();
        }
        _ => {
            // Only those of univ-crh have any.
            tables.values = runs.iter().flat_map(relations).collect();
            tables.fits = fits;
            tables.trajectories = trajectories;
        }
    }
    tables
}

/// Fits of every run, and its trajectories.
fn accounts(
    id: &str,
    runs: &[&Done],
    threads: NonZeroUsize,
) -> (Vec<FitRow>, Vec<TrajectoryPoint>) {
    let of_run = |done: &&Done| -> (Vec<FitRow>, Vec<TrajectoryPoint>) {
        if id == "univ-depth" {
            let layers = done.1.record.spec.layers.iter();
            let rows = layers.map(|layer| {
                Account::of_layer(done, *layer, *layer as u32, Dynamics::Original).row()
            });
            return (rows.collect(), Vec::new());
        }
        let dynamics = match id {
            "univ-alternative" => &Dynamics::ALL[..],
            _ => &[Dynamics::Original],
        };
        let accounts: Vec<_> = (dynamics.iter())
            .map(|dynamics| Account::of(done, *dynamics))
            .collect();
        (
            accounts.iter().map(Account::row).collect(),
            accounts.iter().flat_map(Account::trajectories).collect(),
        )
    };
    let (fits, trajectories): (Vec<_>, Vec<_>) =
        on_workers(threads, runs, of_run).into_iter().unzip();
    (fits.concat(), trajectories.concat())
}

/// Mean rates of the fits, each by itself, as the authors take them; `None` if nothing was fitted.
fn mean_rates<'a>(fits: impl Iterator<Item = &'a FitRow>) -> Option<Rates> {
    // Networks that have not learned the pair say nothing of the rates.
    let rates = fits.filter(|fit| fit.loss_end < LEARNED);
    let rates: Vec<(f64, f64)> = rates
        .filter_map(|fit| Some((fit.eta_h?, fit.eta_y?)))
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| rates.iter().map(of).sum::<f64>() / rates.len() as f64;
    (!rates.is_empty()).then(|| Rates {
        eta_h: mean(|rates| rates.0),
        eta_y: mean(|rates| rates.1),
    })
}

/// The authors drop networks whose loss ends above this.
const LEARNED: f64 = 1e-2;

/// The ends of a run on another pair, with the final distance that the setting's mean rates predict from its own start: the
/// lazy limit of the closed form, which is the initial distance, where no fit gives rates.
fn end(done: &Done, fits: &[FitRow]) -> FitRow {
    let (run, ends) = (&done.0, ends(done));
    let of_setting = fits.iter().filter(|fit| fit.setting == run.setting.name);
    let rates = mean_rates(of_setting);
    let start = State {
        h2: ends.h0,
        y2: ends.y0,
        w: ends.w0,
    };
    let refusal = "no fit of this setting gives a ratio of rates: the lazy limit";
    FitRow {
        a_high: Some(rates.map_or(ends.h0, |rates| a_high(run.pair, rates, start))),
        a_low: Some(rates.map_or(0.0, |rates| a_low(run.pair, rates))),
        h_inf: Some(rates.map_or(ends.h0, |rates| final_distance(run.pair, rates, start))),
        fit_ok: rates.is_some(),
        refusal: rates.is_none().then(|| refusal.to_owned()),
        ..ends
    }
}

/// Distances, not squared, of the four points of XOR: at both ends, and as the theory has them.
fn xor((run, cell): &Done, rates: Option<Rates>) -> Vec<Distance> {
    const LABELS: [&str; 4] = ["(0,0)", "(0,1)", "(1,0)", "(1,1)"];
    let (spec, followed) = (&cell.record.spec, &cell.found);
    let last = followed.loss.len() - 1;
    let mut rows = Vec::new();
    for (index, (i, j)) in spec.points.pairs().into_iter().enumerate() {
        let (dx2, dy2) = spec.points.squared_distances((i, j));
        let start = followed.state(0, index, 0);
        let theory = rates.map(|rates| final_distance(Pair { dx2, dy2 }, rates, start));
        let squared = [
            ("initial", Some(start.h2)),
            ("final", Some(followed.state(last, index, 0).h2)),
            ("theory", theory),
        ];
        rows.extend(squared.into_iter().filter_map(|(kind, squared)| {
            Some(Distance {
                setting: run.setting.name.to_owned(),
                seed: spec.seed,
                kind: kind.to_owned(),
                i: i as u32,
                j: j as u32,
                label_i: LABELS[i].to_owned(),
                label_j: LABELS[j].to_owned(),
                distance: squared?.max(0.0).sqrt(),
            })
        }));
    }
    rows
}

/// The six relations of a run.
fn relations((run, cell): &Done) -> Vec<Value> {
    let value = |found: &Alignment| Value {
        setting: run.setting.name.to_owned(),
        activation: String::new(),
        seed: cell.record.spec.seed,
        epoch: found.epoch,
        layer: found.layer,
        side: found.side.clone(),
        metric: format!("alpha_{}", found.relation),
        value: found.alpha,
        null_q95: found.null_q95,
    };
    cell.record.details.alignments.iter().map(value).collect()
}
