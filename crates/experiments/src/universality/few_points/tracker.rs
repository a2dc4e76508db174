//! What is followed of the members of a run, epoch by epoch.

use burn::tensor::Tensor;
use formant_backend::{KernelsAutodiff, TensorMemory};
use formant_models::Representations;
use formant_train::Loss;
use serde::{Deserialize, Serialize};

use super::found::Curves;
use super::spec::PointsSpec;
use crate::universality::fits::{product, squared};

/// Epochs that wait on a device before they are read together.
const ON_DEVICE: usize = 100;

/// Why a member is followed no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Its loss fell below the limit.
    Converged,
    /// Its loss stopped being finite.
    Diverged,
}

/// Follows members that train as one model. On host memory every epoch is read at once; on a device many together.
pub struct Tracker<'a, B: KernelsAutodiff> {
    specs: Vec<&'a PointsSpec>,
    capacity: usize,
    waiting: Vec<Vec<Tensor<B::InnerBackend, 3>>>,
    members: Vec<Member>,
}

/// One member's numbers so far.
#[derive(Default)]
struct Member {
    curves: Curves,
    ended: Option<Ended>,
}

impl<'a, B: KernelsAutodiff> Tracker<'a, B> {
    /// Nothing followed yet.
    pub fn new(specs: Vec<&'a PointsSpec>, memory: TensorMemory) -> Self {
        Self {
            capacity: match memory {
                TensorMemory::Host => 1,
                TensorMemory::Device => ON_DEVICE,
            },
            waiting: Vec::new(),
            members: specs.iter().map(|_| Member::default()).collect(),
            specs,
        }
    }

    /// Notes what the networks make of the points.
    pub fn see(&mut self, seen: &Representations<B::InnerBackend>) {
        let Some(first) = self.specs.first() else {
            return;
        };
        let hidden = first.layers.iter().map(|layer| seen.hidden[*layer].clone());
        self.waiting
            .push(hidden.chain([seen.outputs.clone()]).collect());
        if self.waiting.len() >= self.capacity {
            self.read();
        }
    }

    /// Whether all members have converged or diverged, as far as has been read.
    pub fn all_ended(&self) -> bool {
        self.members.iter().all(|member| member.ended.is_some())
    }

    /// Reads what waits.
    pub fn read(&mut self) {
        let epochs = std::mem::take(&mut self.waiting);
        let count = epochs.len() * self.specs.len();
        // Of each tensor all epochs and members, one after another.
        let column = |k: usize| -> Vec<f32> {
            let all = epochs.iter().map(|tensors| tensors[k].clone()).collect();
            Tensor::cat(all, 0).into_data().iter().collect()
        };
        let tensors = epochs.first().map_or(0, Vec::len);
        let columns: Vec<Vec<f32>> = (0..tensors).map(column).collect();
        for at in 0..count {
            let row = |all: &Vec<f32>| at * all.len() / count..(at + 1) * all.len() / count;
            let rows: Vec<&[f32]> = columns.iter().map(|all| &all[row(all)]).collect();
            let member = at % self.specs.len();
            self.members[member].note(self.specs[member], &rows);
        }
    }

    /// What was followed of a member, as far as has been read, and whether it has ended.
    pub fn curves(&self, member: usize) -> (Curves, Option<Ended>) {
        let found = &self.members[member];
        (found.curves.clone(), found.ended)
    }

    /// Puts back what [`curves`](Self::curves) gave.
    pub fn restore(&mut self, member: usize, curves: Curves, ended: Option<Ended>) {
        self.members[member] = Member { curves, ended };
    }
}

impl Member {
    /// One epoch: the followed layers, then the outputs, all points of this member one after another.
    fn note(&mut self, spec: &PointsSpec, rows: &[&[f32]]) {
        if self.ended.is_some() {
            return;
        }
        let Some((outputs, hidden)) = rows.split_last() else {
            return;
        };
        let points = spec.points.inputs.len();
        let targets = &spec.points.targets;
        let width = outputs.len() / points;
        let row = |i: usize| &outputs[i * width..(i + 1) * width];
        let loss = loss(spec.loss, (0..points).map(|i| (row(i), &targets[i][..])));
        let curves = &mut self.curves;
        if !loss.is_finite() {
            self.ended = Some(Ended::Diverged);
            // The state that is not finite is not kept, unless it is the first.
            if !curves.loss.is_empty() {
                return;
            }
        }
        if curves.loss.is_empty() {
            curves.mean0 = distance_of_means(points, width, outputs, targets);
        }
        for (i, j) in spec.points.pairs() {
            for layer in hidden {
                let width = layer.len() / points;
                let row = |i: usize| &layer[i * width..(i + 1) * width];
                curves.h2.push(squared(row(i), row(j)));
            }
            let y2 = squared(row(i), row(j));
            curves.y2.push(y2);
            let towards = product([row(i), row(j)], [&targets[i], &targets[j]]);
            curves.w.push(y2 - towards);
        }
        curves.loss.push(loss);
        if loss < spec.stop_below {
            self.ended = Some(Ended::Converged);
        }
    }
}

/// The mean loss of points, in double precision.
fn loss<'a>(loss: Loss, points: impl ExactSizeIterator<Item = (&'a [f32], &'a [f32])>) -> f64 {
    let count = points.len() as f64;
    let of_point = |(y, target): (&[f32], &[f32])| match loss {
        Loss::SquaredError => squared(y, target),
        _ => squared(y, target) / y.len() as f64,
    };
    let half = match loss {
        Loss::HalfMeanSquaredError => 0.5,
        _ => 1.0,
    };
    half * points.map(of_point).sum::<f64>() / count
}

/// Squared distance of the mean output from the mean target.
fn distance_of_means(points: usize, width: usize, outputs: &[f32], targets: &[Vec<f32>]) -> f64 {
    let of_output = |j: usize| {
        let sum: f64 = (0..points)
            .map(|i| f64::from(outputs[i * width + j]) - f64::from(targets[i][j]))
            .sum();
        (sum / points as f64).powi(2)
    };
    (0..width).map(of_output).sum()
}
