//! Sums over entries, in lanes so that they vectorise.

use pulp::{Arch, Simd, WithSimd};

const LANES: usize = 8;

/// `None` if an entry is NaN or infinite.
pub(super) fn largest_magnitude(values: &[f64]) -> Option<f64> {
    Arch::new().dispatch(Magnitude(values))
}

struct Magnitude<'a>(&'a [f64]);

impl WithSimd for Magnitude<'_> {
    type Output = Option<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Option<f64> {
        let (chunks, rest) = self.0.as_chunks::<LANES>();
        let (mut largest, mut poison) = ([0.0_f64; LANES], [0.0_f64; LANES]);
        let mut see = |lane: usize, x: f64| {
            largest[lane] = if x.abs() > largest[lane] {
                x.abs()
            } else {
                largest[lane]
            };
            poison[lane] += x * 0.0; // NaN for NaN and infinity, and stays so
        };
        for chunk in chunks {
            chunk.iter().enumerate().for_each(|(lane, x)| see(lane, *x));
        }
        rest.iter().enumerate().for_each(|(lane, x)| see(lane, *x));
        poison
            .iter()
            .all(|x| *x == 0.0)
            .then(|| largest.iter().copied().fold(0.0, f64::max))
    }
}

/// The sum of the products of two lists.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    Products::new(&[a], &[b], [0.0, 0.0]).ab
}

pub(super) fn mean(runs: &[&[f64]], count: usize) -> f64 {
    Arch::new().dispatch(Sum(runs)) / count as f64
}

struct Sum<'a>(&'a [&'a [f64]]);

impl WithSimd for Sum<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut total = 0.0;
        for run in self.0 {
            let (chunks, rest) = run.as_chunks::<LANES>();
            let mut lanes = [0.0; LANES];
            for chunk in chunks {
                lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane += x);
            }
            total += lanes.iter().sum::<f64>() + rest.iter().sum::<f64>();
        }
        total
    }
}

/// Sums of products of two lists about given centres.
pub(super) struct Products {
    pub(super) aa: f64,
    pub(super) bb: f64,
    pub(super) ab: f64,
}

impl Products {
    pub(super) fn new(a: &[&[f64]], b: &[&[f64]], centres: [f64; 2]) -> Self {
        Arch::new().dispatch(Multiply { a, b, centres })
    }
}

/// The loop of [`Products`], in lanes so that it vectorises.
struct Multiply<'a> {
    a: &'a [&'a [f64]],
    b: &'a [&'a [f64]],
    centres: [f64; 2],
}

impl WithSimd for Multiply<'_> {
    type Output = Products;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Products {
        let [centre_a, centre_b] = self.centres;
        let mut sums = Products {
            aa: 0.0,
            bb: 0.0,
            ab: 0.0,
        };
        for (a, b) in self.a.iter().zip(self.b) {
            let mut lanes = [[0.0; LANES]; 3];
            let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
            for (a, b) in a.iter().zip(b) {
                for lane in 0..LANES {
                    let (x, y) = (a[lane] - centre_a, b[lane] - centre_b);
                    lanes[0][lane] += x * x;
                    lanes[1][lane] += y * y;
                    lanes[2][lane] += x * y;
                }
            }
            for (x, y) in a_rest.iter().zip(b_rest) {
                let (x, y) = (x - centre_a, y - centre_b);
                lanes[0][0] += x * x;
                lanes[1][0] += y * y;
                lanes[2][0] += x * y;
            }
            sums.aa += lanes[0].iter().sum::<f64>();
            sums.bb += lanes[1].iter().sum::<f64>();
            sums.ab += lanes[2].iter().sum::<f64>();
        }
        sums
    }
}
