//! The representations of a dump's layers, compared with each other.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use faer::MatRef;
use formant_moments::dump::LayerDump;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::cka::hsic_of;
use super::paired::{check_samples, unit};
use super::procrustes::{chord, nuclear_norm};
use super::rank::ranks;
use super::rsa::distances_by;
use super::{RepresentationMeasure, RsaCorrelation, RsaDistance};
use crate::compare::list_pearson;
use crate::decompose::eigen;
use crate::sample_rows::{checked_rows, cross_product, gram, square_sum};
use crate::{AlignmentError, Kind, ROUNDING_OF_SAMPLES, Threads};

/// Up to so many layers all pairs are compared; of more, each with the next, and the first with the last.
pub const ALL_PAIRS: usize = 8;

/// RSA takes pairs of samples, so that it is measured on this many at most, drawn at random from all without replacement:
/// the same ones in every layer with as many samples, whatever the threads.
pub const RSA_SAMPLES: usize = 1000;

/// Key of the ChaCha stream that draws them.
const RSA_SEED: u64 = 0x5253_415f_726f_7773;

/// One [`RepresentationMeasure`] of the inputs \\(h_a\\) of two layers, which are taken to be of the same samples in the
/// same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerComparison {
    /// Name of the first layer.
    pub x: String,
    /// Name of the second.
    pub y: String,
    /// What was measured.
    pub measure: RepresentationMeasure,
    /// Similarity or distance; [`RepresentationMeasure::description`] says more.
    pub kind: Kind,
    /// `None` (JSON `null`) where it is not defined.
    pub value: Option<f64>,
    /// How many samples entered.
    pub samples: usize,
    /// How many there are to draw them from; `None` where all of them entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_from: Option<usize>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Some measures of the pairs of some layers: [all pairs, or neighbours](ALL_PAIRS). A pair of layers with different
/// numbers of samples, or whose measure is not defined, has a reason in place of a value.
///
/// The values are those of the functions that [`RepresentationMeasure`] names, to about 1e-7, in less time, because what
/// belongs to one layer alone is computed once: as far as it fits in `memory`, in bytes. A pair that does not fit by itself
/// has that for its reason.
#[must_use]
pub fn compare_layers(
    layers: &[LayerDump],
    measures: &[RepresentationMeasure],
    threads: Threads,
    memory: u64,
) -> Vec<LayerComparison> {
    let distances = distances_needed(measures);
    let mut prepared: BTreeMap<usize, Prepared> = BTreeMap::new();
    let mut out = Vec::new();
    let pairs = pairs(layers.len());
    let mut rest = pairs.as_slice();
    while !rest.is_empty() {
        let (batch, needed) = batch(layers, rest, memory);
        prepared.retain(|layer, _| needed.contains(layer));
        let missing = needed.iter().copied();
        let missing: Vec<usize> = missing.filter(|at| !prepared.contains_key(at)).collect();
        let new = threads.map(&missing, |&at| {
            Prepared::new(&layers[at], distances, memory)
        });
        prepared.extend(missing.into_iter().zip(new));
        let (now, later) = rest.split_at(batch);
        let values = threads.map(now, |(x, y)| compare(&prepared[x], &prepared[y], measures));
        let pairs = now.iter().zip(values);
        out.extend(pairs.flat_map(|(&(x, y), values)| {
            named(
                layers[x].name(),
                layers[y].name(),
                layers[x].samples(),
                values,
            )
        }));
        rest = later;
    }
    out
}

/// How many of the pairs can be compared at once, at least one, and the layers that they are of.
fn batch(layers: &[LayerDump], pairs: &[(usize, usize)], memory: u64) -> (usize, BTreeSet<usize>) {
    let mut needed = BTreeSet::new();
    let mut bytes = 0_u64;
    for (at, &(x, y)) in pairs.iter().enumerate() {
        let new = [x, y].into_iter().filter(|layer| !needed.contains(layer));
        bytes = new.fold(bytes, |sum, layer| {
            sum.saturating_add(prepared_bytes(&layers[layer]))
        });
        let all = needed.len() >= ALL_PAIRS || bytes > memory;
        if at > 0 && all && !(needed.contains(&x) && needed.contains(&y)) {
            return (at, needed);
        }
        needed.extend([x, y]);
    }
    (pairs.len(), needed)
}

/// Bytes that it takes to prepare a layer, about.
fn prepared_bytes(layer: &LayerDump) -> u64 {
    let (n, d) = (layer.samples() as u64, layer.d_a() as u64);
    let few = n.min(RSA_SAMPLES as u64);
    let copies = n.saturating_mul(d).saturating_mul(2);
    let product = n.min(d).saturating_mul(n.min(d)).saturating_mul(2);
    let numbers = copies.saturating_add(product).saturating_add(few * few);
    numbers.saturating_mul(8)
}

/// The values of a pair, with its names.
pub(super) fn named(
    x: &str,
    y: &str,
    samples: usize,
    values: Vec<Value>,
) -> impl Iterator<Item = LayerComparison> + use<> {
    let (x, y) = (x.to_owned(), y.to_owned());
    values.into_iter().map(move |(measure, value)| {
        let (value, reason) = match value {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let drawn = measure.rsa().is_some() && samples > RSA_SAMPLES;
        LayerComparison {
            x: x.clone(),
            y: y.clone(),
            measure,
            kind: measure.description().kind,
            value,
            samples: if drawn { RSA_SAMPLES } else { samples },
            drawn_from: drawn.then_some(samples),
            reason,
        }
    })
}

fn pairs(layers: usize) -> Vec<(usize, usize)> {
    if layers <= ALL_PAIRS {
        return (0..layers)
            .flat_map(|x| (x + 1..layers).map(move |y| (x, y)))
            .collect();
    }
    let mut pairs: Vec<_> = (1..layers).map(|y| (y - 1, y)).collect();
    pairs.push((0, layers - 1));
    pairs
}

/// Which distances between samples some measures read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Needed {
    euclidean: bool,
    correlation: bool,
}

/// Which distances between samples these measures read.
pub(super) fn distances_needed(measures: &[RepresentationMeasure]) -> Needed {
    let read = |distance| {
        let mut read = measures.iter().filter_map(|measure| measure.rsa());
        read.any(|(found, _)| found == distance)
    };
    Needed {
        euclidean: read(RsaDistance::Euclidean),
        correlation: read(RsaDistance::Correlation),
    }
}

/// A representation, and what the measures need of it alone.
pub(super) struct Prepared {
    samples: usize,
    centred: Result<Centred, AlignmentError>,
    euclidean: Distances,
    correlation: Distances,
}

/// Rows of a mean of zero and a Frobenius norm of 1, no more columns than rows.
struct Centred {
    rows: Array2<f64>,
    /// Squared norms of the rows.
    squares: Array1<f64>,
    /// \\(\lVert X^\top X\rVert_F^2\\).
    product: f64,
}

/// Distances of pairs of samples and their ranks; empty where no measure reads them.
struct Distances {
    plain: Result<Vec<f64>, AlignmentError>,
    ranks: Result<Vec<f64>, AlignmentError>,
}

impl Prepared {
    fn new(layer: &LayerDump, distances: Needed, memory: u64) -> Self {
        let samples = layer.samples();
        let needed = prepared_bytes(layer);
        let rows = if needed > memory {
            Err(AlignmentError::Memory { needed, memory })
        } else {
            layer.h_a().map_err(AlignmentError::from)
        };
        match rows {
            Ok(rows) => Self::of(rows, distances),
            Err(error) => Self {
                samples,
                euclidean: Distances::refused(&error),
                correlation: Distances::refused(&error),
                centred: Err(error),
            },
        }
    }

    pub(super) fn of(rows: Array2<f64>, distances: Needed) -> Self {
        let by = |distance, needed| match needed {
            true => Distances::new(distance, rows.view()),
            false => Distances::none(),
        };
        Self {
            samples: rows.nrows(),
            centred: Centred::new(rows.view()),
            euclidean: by(RsaDistance::Euclidean, distances.euclidean),
            correlation: by(RsaDistance::Correlation, distances.correlation),
        }
    }
}

/// At most [`RSA_SAMPLES`] rows. Evenly spaced ones would all be alike where rows have a period, as tokens, views and
/// augmentations have.
fn drawn(rows: ArrayView2<'_, f64>) -> Array2<f64> {
    rows.select(Axis(0), &drawn_samples(rows.nrows(), RSA_SAMPLES))
}

/// At most so many of `n` samples, drawn at random without replacement, in ascending order: all of them if there are not more.
#[must_use]
pub fn drawn_samples(n: usize, most: usize) -> Vec<usize> {
    if n <= most {
        return (0..n).collect();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(RSA_SEED);
    let mut chosen = sample(&mut rng, n, most).into_vec();
    chosen.sort_unstable();
    chosen
}

impl Distances {
    fn none() -> Self {
        Self {
            plain: Ok(Vec::new()),
            ranks: Ok(Vec::new()),
        }
    }

    fn refused(error: &AlignmentError) -> Self {
        Self {
            plain: Err(error.clone()),
            ranks: Err(error.clone()),
        }
    }

    fn new(distance: RsaDistance, rows: ArrayView2<'_, f64>) -> Self {
        let few = drawn(rows);
        let plain = checked_rows("the representation", few.view(), few.dim());
        let plain = plain.and_then(|x| distances_by(distance, &x));
        let ranks = plain
            .as_ref()
            .map(|list| ranks(list, ROUNDING_OF_SAMPLES))
            .map_err(Clone::clone);
        Self { plain, ranks }
    }
}

impl Centred {
    fn new(rows: ArrayView2<'_, f64>) -> Result<Self, AlignmentError> {
        let checked = checked_rows("the representation", rows, rows.dim())?;
        let rows = narrow(unit(checked, "first")?)?;
        Ok(Self {
            squares: rows.rows().into_iter().map(|row| row.dot(&row)).collect(),
            product: square_sum(&gram(&rows)),
            rows,
        })
    }
}

/// Rows with the same inner products in no more columns than rows: \\(U \Lambda^{1/2}\\) of
/// \\(X X^\top = U \Lambda U^\top\\). All measures depend on inner products of samples alone.
pub(crate) fn narrow(rows: Array2<f64>) -> Result<Array2<f64>, AlignmentError> {
    let (n, d) = rows.dim();
    if d <= n {
        return Ok(rows);
    }
    let gram = rows.dot(&rows.t());
    let gram = gram.as_slice().unwrap_or_default();
    let eigen = eigen(MatRef::from_row_major_slice(gram, n, n))?;
    Ok(Array2::from_shape_fn((n, n), |(i, j)| {
        eigen.vectors[(i, j)] * eigen.values[j].max(0.0).sqrt()
    }))
}

pub(super) type Value = (RepresentationMeasure, Result<f64, AlignmentError>);

pub(super) fn compare(
    x: &Prepared,
    y: &Prepared,
    measures: &[RepresentationMeasure],
) -> Vec<Value> {
    let cross = both(x, y).map(|(x, y)| (x, y, cross_product(&x.rows, &y.rows)));
    // Two measures share it.
    let overlap = LazyCell::new(|| {
        let (_, _, cross) = cross.as_ref().map_err(Clone::clone)?;
        nuclear_norm(cross)
    });
    let value = |measure| match measure {
        RepresentationMeasure::LinearCka => {
            let (x, y, cross) = cross.as_ref().map_err(Clone::clone)?;
            Ok((square_sum(cross) / (x.product * y.product).sqrt()).clamp(0.0, 1.0))
        }
        RepresentationMeasure::LinearCkaUnbiased => {
            let (x, y, cross) = cross.as_ref().map_err(Clone::clone)?;
            check_samples(x.rows.view(), y.rows.view(), 4)?;
            let products = [x.product, y.product, square_sum(cross)];
            hsic_of(products, &x.squares, &y.squares)
        }
        RepresentationMeasure::Procrustes => overlap.clone().map(chord),
        RepresentationMeasure::ProcrustesAngle => overlap.clone().map(f64::acos),
        RepresentationMeasure::RsaPearson
        | RepresentationMeasure::RsaSpearman
        | RepresentationMeasure::RsaCorrelationPearson
        | RepresentationMeasure::RsaCorrelationSpearman => rsa(x, y, measure),
    };
    let values = measures.iter().map(|&measure| (measure, value(measure)));
    values.collect()
}

fn both<'a>(
    x: &'a Prepared,
    y: &'a Prepared,
) -> Result<(&'a Centred, &'a Centred), AlignmentError> {
    paired(x, y)?;
    let x = x.centred.as_ref().map_err(Clone::clone)?;
    let y = y.centred.as_ref().map_err(|error| match error {
        AlignmentError::ConstantSamples { .. } => {
            AlignmentError::ConstantSamples { which: "second" }
        }
        other => other.clone(),
    })?;
    Ok((x, y))
}

fn paired(x: &Prepared, y: &Prepared) -> Result<(), AlignmentError> {
    let (left, right) = (x.samples, y.samples);
    if left == right {
        Ok(())
    } else {
        Err(AlignmentError::Unpaired { left, right })
    }
}

fn rsa(x: &Prepared, y: &Prepared, measure: RepresentationMeasure) -> Result<f64, AlignmentError> {
    paired(x, y)?;
    if x.samples < 3 {
        let found = x.samples;
        return Err(AlignmentError::TooFewSamples { found, needed: 3 });
    }
    let [x, y] = [x, y].map(|rep| {
        let distances = match measure.rsa() {
            Some((RsaDistance::Correlation, _)) => &rep.correlation,
            _ => &rep.euclidean,
        };
        let list = match measure.rsa() {
            Some((_, RsaCorrelation::Spearman)) => &distances.ranks,
            _ => &distances.plain,
        };
        list.as_ref().map_err(Clone::clone)
    });
    list_pearson(x?, y?, ROUNDING_OF_SAMPLES)
}
