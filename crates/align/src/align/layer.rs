//! One layer of a dump, read once or twice, and everything about it.

use anyhow::{Result, bail};
use formant_alignment::{
    AlignmentError, BalanceAccumulator, BeyondMoments, LayerReport, LayerSummary, MeasuredLayer,
    NeuralCollapse, Relation, ReportOptions, Sgd, Threads, neural_collapse,
};
use formant_moments::dump::{Labels, LayerDump, LinearFit};
use formant_moments::{LayerMoments, MomentsAccumulator, SampleAxis, Side};
use serde::Serialize;

use crate::memory;

/// Samples per neuron below which moments are mostly sampling noise (OURS).
const SAMPLES_PER_WIDTH: usize = 3;

/// What is measured, and how.
pub(super) struct Settings {
    pub(super) report: ReportOptions,
    /// More than the summary of each layer.
    pub(super) all: bool,
    pub(super) sgd: Option<Sgd>,
    pub(super) momentum: f64,
    /// Bytes that a layer may take.
    pub(super) memory: u64,
}

/// The report of a layer, and what only a dump has.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    #[serde(skip)]
    pub(super) summary: LayerSummary,
    /// `None` where the summary is all that is printed.
    #[serde(flatten)]
    pub(super) layer: Option<LayerReport>,
    /// Whether weight and samples belong together; `null` where the dump has no `h_b`.
    pub(super) linear_fit: Option<LinearFit>,
    /// Why the labels could not be used, beside `neural_collapse_refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) labels_refused: Option<String>,
    /// Why a layer with labels has no `nc3`, `nc4`, `nc2_weight` and `loss_isotropy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) classifier_reason: Option<String>,
}

/// A layer with its report.
pub(super) struct MeasuredDump {
    pub(super) dump: LayerDump,
    pub(super) report: Report,
}

/// Measures a layer. What a statistic refuses is in its report, with the reason; only what makes the whole layer doubtful
/// is an error. `widths`: how many outputs the layers of the dump have.
pub(super) fn measure(
    dump: LayerDump,
    settings: &Settings,
    widths: &[usize],
) -> Result<MeasuredDump> {
    let needed = memory::needed(&dump);
    if needed > settings.memory {
        let (d_a, d_b) = (dump.d_a(), dump.d_b());
        let [needed, most] = [needed, settings.memory].map(memory::show);
        bail!("{d_a} -> {d_b} would take {needed} of memory, more than {most} (--max-memory)");
    }
    let (moments, linear_fit, balance) = read(&dump, settings)?;
    let labels = dump.labels();
    let labels_refused = labels.as_ref().err().map(ToString::to_string);
    let collapse = match &labels {
        Ok(None) => None, // without labels there is nothing to refuse
        Ok(Some(labels)) => Some(collapse_of(&dump, labels, widths)),
        Err(_) => neural_collapse(&dump).transpose(),
    };
    let classes = match &collapse {
        Some(Ok(collapse)) => Some(collapse.classes),
        _ => None,
    };
    let beyond = BeyondMoments {
        neural_collapse: collapse,
        balance,
        ..BeyondMoments::default()
    };
    let measured = MeasuredLayer::new(&moments, settings.report.null(), Threads::Pool).with(beyond);
    let all = settings.all.then(|| LayerReport::of(&measured));
    let (mut summary, mut layer) = (LayerSummary::of(&measured)?, all.transpose()?);
    let warnings = warnings(&summary);
    summary.warnings.extend(warnings.clone());
    if let Some(layer) = &mut layer {
        layer.warnings.extend(warnings);
    }
    let report = Report {
        layer,
        summary,
        linear_fit,
        labels_refused,
        classifier_reason: classes.and_then(|classes| classifier_reason(&dump, classes)),
    };
    Ok(MeasuredDump { dump, report })
}

/// What a careful colleague would say of the numbers, beside what the report says itself.
fn warnings(layer: &LayerSummary) -> Vec<String> {
    let mut out = Vec::new();
    let (n, width) = (layer.samples, layer.d_a.max(layer.d_b));
    if n < SAMPLES_PER_WIDTH * width {
        out.push(format!(
            "{n} samples for a width of {width}: fewer than {SAMPLES_PER_WIDTH} a neuron, so that moments are mostly \
             sampling noise"
        ));
    }
    let levels = Side::ALL.into_iter().flat_map(|side| {
        let of = |relation| {
            Some((*layer.alpha.get(side, relation))?).zip(layer.null.get(side, relation).q95)
        };
        Relation::ALL.map(of)
    });
    let known: Vec<(f64, f64)> = levels.flatten().collect();
    if !known.is_empty() && known.iter().all(|(alpha, q95)| alpha <= q95) {
        out.push("no relation is above its null: there is no evidence of alignment".to_owned());
    }
    out
}

type Balance = Option<Result<formant_alignment::Balance, AlignmentError>>;

/// One pass over the samples.
fn read(
    dump: &LayerDump,
    settings: &Settings,
) -> Result<(LayerMoments, Option<LinearFit>, Balance)> {
    let (d_a, d_b) = (dump.d_a(), dump.d_b());
    let mut moments = MomentsAccumulator::new(d_a, d_b);
    if !settings.all {
        moments = moments.normalized_only(); // a summary has no others
    }
    let mut fit = dump.fit()?;
    let mut balance = settings
        .sgd
        .map(|sgd| (sgd, BalanceAccumulator::new(d_a, d_b)));
    let momentum = settings.momentum;
    let mut unbalanced = (momentum != 0.0).then_some(AlignmentError::Momentum { momentum });
    dump.for_each_block::<anyhow::Error>(|_, block| {
        moments.add(block)?;
        if let Some(fit) = &mut fit {
            fit.add(block);
        }
        if let (Some((_, balance)), None) = (&mut balance, &unbalanced) {
            unbalanced = balance.add(block).err();
        }
        Ok(())
    })?;
    let weight = dump.weight()?;
    let fit = fit.and_then(|fit| fit.finish());
    let balance = balance.map(|(sgd, balance)| match unbalanced {
        Some(error) => Err(error),
        None => balance.finish(weight.view(), &sgd),
    });
    let moments = moments.finish(dump.name(), weight.view(), SampleAxis::Examples)?;
    Ok((moments, fit, balance))
}

/// Neural collapse; refused where the classes that have no samples are the last ones, which labels alone do not show.
fn collapse_of(
    dump: &LayerDump,
    labels: &Labels,
    widths: &[usize],
) -> Result<NeuralCollapse, AlignmentError> {
    let largest = labels.of_samples().iter().flatten().max().copied();
    let (found, d_b) = (
        largest.map_or(0, |class| class.saturating_add(1)),
        dump.d_b(),
    );
    // The layer with one output a class; where there is none, the last one, if it has few more than classes were seen.
    let classifier = widths.last() == Some(&d_b) && !widths.contains(&found);
    if labels.classes().is_none() && classifier && found < d_b && d_b <= 2 * found {
        let (class, classes) = (found, d_b);
        return Err(AlignmentError::EmptyClass { class, classes });
    }
    match neural_collapse(dump)? {
        Some(collapse) => Ok(collapse),
        None => Err(AlignmentError::TooFewClasses { found: 0 }),
    }
}

fn classifier_reason(dump: &LayerDump, classes: usize) -> Option<String> {
    let d_b = dump.d_b();
    (d_b != classes).then(|| {
        format!("they need one output per class; the layer has {d_b} outputs, and labels {classes} classes")
    })
}
