//! A few of the samples, kept for what sums alone do not tell.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use ndarray::{Array2, ArrayView2};

/// How many samples are kept. A noise level is a root mean square over them, known to about half of their coefficient
/// of variation over √512.
pub(super) const KEPT: usize = 512;

/// A uniform random subset of a stream of paired samples: those whose number has the smallest hash. Which ones depends on
/// their numbers only, not on how the stream is cut into blocks, and periodic data are not met in step.
#[derive(Debug, Clone, Default)]
pub(super) struct Subset(BinaryHeap<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    hash: u64,
    h_a: Vec<f64>,
    g_b: Vec<f64>,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        self.hash.cmp(&other.hash)
    }
}

impl Subset {
    /// Offers a block whose first sample has this number.
    pub(super) fn offer(&mut self, first: usize, h_a: &Array2<f64>, g_b: &Array2<f64>) {
        let rows = h_a.rows().into_iter().zip(g_b.rows());
        for (number, (h_a, g_b)) in (first as u64..).zip(rows) {
            let hash = splitmix(number);
            if self.0.len() == KEPT {
                match self.0.peek() {
                    Some(worst) if worst.hash > hash => {
                        self.0.pop();
                    }
                    _ => continue,
                }
            }
            self.0.push(Kept {
                hash,
                h_a: h_a.to_vec(),
                g_b: g_b.to_vec(),
            });
        }
    }

    /// Rows of \\(h_a\\) and of \\(g_b\\), in one order.
    pub(super) fn rows(&self, d_a: usize, d_b: usize) -> [Array2<f64>; 2] {
        let mut kept: Vec<&Kept> = self.0.iter().collect();
        kept.sort_unstable();
        let stack = |d: usize, of: fn(&Kept) -> &[f64]| {
            let mut out = Array2::zeros((kept.len(), d));
            for (mut row, kept) in out.rows_mut().into_iter().zip(&kept) {
                row.assign(&ndarray::aview1(of(kept)));
            }
            out
        };
        [stack(d_a, |kept| &kept.h_a), stack(d_b, |kept| &kept.g_b)]
    }
}

/// The finaliser of the generator SplitMix64 (Steele, Lea and Flood 2014), which mixes all bits.
fn splitmix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The paired samples that noise levels are measured on: \\(x\\) `[m, d_x]`, \\(y\\) `[m, d_y]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples<'a> {
    pub(super) x: ArrayView2<'a, f64>,
    pub(super) y: ArrayView2<'a, f64>,
    /// By how much variances of these are scaled to those of all samples, over the number of all samples.
    pub(super) scale: f64,
}
