//! fc1-calibrate: how near a search over the open settings comes to the digitised F-gamma.

use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, draw, palette};
use crate::formation::gamma::{LAYERS, PAPER};
use crate::{Estimate, FigureError, Picture, Range};

/// Distance that the search aims at.
const AIM: f64 = 0.05;

/// One of the best settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// RMSE of the mean over seeds against the 25 digitised values; `None` if a run diverged.
    pub rmse: Option<f64>,
    /// RMSE of single seeds.
    pub rmse_seeds: Vec<f64>,
    /// Alpha, `[weight decay][layer]`, means over seeds.
    pub curves: Vec<[Option<f64>; 5]>,
}

/// Draws the search: the distance of every trial in order, the best ones with their seeds, and the curves of the nearest
/// over the digitised ones. `candidates` are in order, the nearest first.
///
/// # Errors
///
/// [`FigureError::Draw`] when the PNG cannot be made.
pub fn picture(trials: &[Option<f64>], candidates: &[Candidate]) -> Result<Picture, FigureError> {
    let nearest = candidates.first();
    let distance = nearest.and_then(|nearest| nearest.rmse);
    let shown = distance.map_or("none finished".into(), |rmse| format!("RMSE {rmse:.3}"));
    let subtitle = format!("{} points tried  ·  nearest: {shown}", trials.len());
    let chart = Chart::new(
        "Settings that come nearest to the digitised F-gamma",
        subtitle,
    )
    .key("hidden layer")
    .headline(curves(nearest), vec![search(trials), best(candidates)])
    .note(
        "Open markers: the paper's values, digitised. Distances: root mean square over 25 values.",
    );
    draw(&chart)
}

fn curves(nearest: Option<&Candidate>) -> Panel {
    let n = LAYERS.len();
    let seeds = nearest.map_or(1, |nearest| nearest.rmse_seeds.len().max(1));
    let rows = nearest.map_or(&[][..], |nearest| &nearest.curves);
    let series = (0..n).map(|k| {
        let points = PAPER.x.iter().zip(rows);
        let points = points
            .filter_map(|(gamma, row)| Some((*gamma, Estimate::without_interval(row[k]?, seeds))));
        Series::new((k + 1).to_string(), palette::layer(k, n), points).marker(palette::marker(k))
    });
    let y = Axis::correlation();
    Panel::new("α of the nearest settings", Axis::log("weight decay γ"), y)
        .series(series)
        .dodged()
        .reference(PAPER.up_to(f64::INFINITY, n))
}

/// A panel of distances, with that which the search aims at.
fn distances(title: &str, along: &str, series: impl IntoIterator<Item = Series>) -> Panel {
    Panel::new(title, Axis::linear(along), Axis::linear("").reaching([0.0]))
        .series(series)
        .guides([Guide::horizontal("aim", AIM)])
}

fn search(trials: &[Option<f64>]) -> Panel {
    let found = (1u32..).zip(trials);
    let found = found.filter_map(|(k, rmse)| Some((f64::from(k), (*rmse)?)));
    let mut least = f64::INFINITY;
    let leader = found.clone().map(|(k, rmse)| {
        least = least.min(rmse);
        (k, Estimate::without_interval(least, 1))
    });
    let leader = Series::new("nearest so far", palette::qualitative(1), leader).marker(None);
    let points = Series::scatter("one point", palette::qualitative(0), found);
    distances(
        "RMSE of each point of the search",
        "trial",
        [points, leader],
    )
}

fn best(candidates: &[Candidate]) -> Panel {
    let places = (1u32..).zip(candidates);
    let points = places.filter_map(|(k, candidate)| {
        let value = candidate.rmse?;
        let seeds = Estimate::mean(&candidate.rmse_seeds, Range::NonNegative);
        let (low, high) = seeds.and_then(|seeds| seeds.interval()).unzip();
        let estimate = Estimate {
            value,
            low: low.map(|low| low.min(value)),
            high,
            n: candidate.rmse_seeds.len(),
        };
        Some((f64::from(k), estimate))
    });
    let label = "of the mean; bar: 95 % of single seeds";
    let points = Series::new(label, palette::qualitative(2), points).line(Line::Apart);
    distances("RMSE of the best, more seeds", "place", [points])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(rmse: f64) -> Candidate {
        Candidate {
            rmse: Some(rmse),
            rmse_seeds: vec![rmse, rmse + 0.02, rmse + 0.05],
            curves: PAPER
                .layers
                .iter()
                .map(|row| row.map(|alpha| Some(alpha * 0.95)))
                .collect(),
        }
    }

    #[test]
    fn the_picture_shows_the_search_and_says_how_near_it_came() {
        let trials = [Some(0.2), None, Some(0.15), Some(0.18), Some(0.1)];
        let picture = picture(&trials, &[candidate(0.09), candidate(0.1)]).unwrap();
        assert!(picture.svg.contains("RMSE 0.090") && picture.svg.contains("5 points tried"));
        assert!(picture.svg.contains("nearest so far"));
    }

    #[test]
    fn a_search_in_which_everything_diverged_is_drawn_too() {
        let none = Candidate {
            rmse: None,
            rmse_seeds: Vec::new(),
            curves: vec![[None; 5]; 5],
        };
        let picture = picture(&[None, None], &[none]).unwrap();
        assert!(picture.svg.contains("none finished"));
    }
}
