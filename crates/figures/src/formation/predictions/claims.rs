//! The claims of crh-predictions.

use super::Prediction;
use crate::{Bound, Claim, Estimate, Tag};

pub(super) fn claims(predictions: &[Prediction<'_>]) -> Vec<Claim> {
    vec![better(predictions), inside(predictions)]
}

fn seeds(prediction: &Prediction<'_>) -> usize {
    prediction.table.seeds().len()
}

fn better(predictions: &[Prediction<'_>]) -> Claim {
    let parts = predictions.iter().flat_map(|prediction| {
        let ours = prediction.ours().rmse();
        let rivals = prediction.rivals().into_iter();
        rivals.map(move |(name, rival)| {
            let ratio = ours.zip(rival).map(|(ours, rival)| ours / rival);
            let ratio = ratio.map(|ratio| Estimate::without_interval(ratio, seeds(prediction)));
            (format!("{}, {name}", prediction.name), ratio)
        })
    });
    let statement =
        "networks predict the paper's values better than rules that know nothing of networks";
    Tag::Ours
        .claim("better-than-rules", statement)
        .by_value("RMSE of our networks over that of the rule", Bound::Below(1.0))
        .parts(parts)
        .note("a rule sees the paper's values of the same layer at weight decays 1, 3 and 5; for widths at all five, of which it takes the value at the weight decay of F-width")
}

fn inside(predictions: &[Prediction<'_>]) -> Claim {
    let parts = predictions.iter().map(|prediction| {
        let share = prediction.ours().share_inside();
        let share = share.map(|share| Estimate::without_interval(share, seeds(prediction)));
        (prediction.name, share)
    });
    let claim = Tag::Ours
        .claim("inside-predictions", "the paper's run could be one of ours")
        .by_value(
            "share of its predicted values inside our 95 % prediction interval for one new run",
            Bound::AtLeast(0.9),
        )
        .parts(parts);
    let notes = predictions.iter().map(|prediction| {
        let ours = prediction.ours();
        format!(
            "{}: {}; {}",
            prediction.name,
            ours.inside_intervals(),
            ours.by_layer()
        )
    });
    notes.fold(claim, Claim::note)
}
