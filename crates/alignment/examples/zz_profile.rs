use formant_alignment::{LayerReport, ReportOptions};
use formant_moments::*;
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::time::Instant;

fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

fn main() {
    let reps: usize = std::env::args().nth(1).map_or(20, |x| x.parse().unwrap());
    let what = std::env::args().nth(2).unwrap_or_default();
    let n = 4000;
    let dims = [
        (100, 100),
        (100, 100),
        (100, 100),
        (100, 100),
        (100, 100),
        (100, 1),
    ];
    let parts: Vec<_> = dims
        .iter()
        .enumerate()
        .map(|(k, &(a, b))| {
            let k = 10 * k as u64;
            let h_a = normal(n, a, k).mapv(|x| x.max(0.0));
            let g_b = normal(n, b, k + 1);
            let w = normal(b, a, k + 2) / (a as f32).sqrt();
            (h_a.dot(&w.t()), g_b.dot(&w), h_a, g_b, w.mapv(f64::from))
        })
        .collect();
    let options = ReportOptions {
        null_draws: Some(100),
        null_seed: 3,
    };
    let (mut add, mut report) = (Vec::new(), Vec::new());
    let mut reports = Vec::new();
    let mut layers: Vec<LayerMoments> = Vec::new();
    for _ in 0..reps {
        let start = Instant::now();
        if what != "report" || layers.is_empty() {
            layers = parts
                .iter()
                .enumerate()
                .map(|(k, (h_b, g_a, h_a, g_b, w))| {
                    let mut acc = MomentsAccumulator::new(w.ncols(), w.nrows());
                    acc.add(&SampleBlock {
                        h_a: h_a.view(),
                        h_b: h_b.view(),
                        g_a: g_a.view(),
                        g_b: g_b.view(),
                    })
                    .unwrap();
                    acc.finish(format!("fc{k}"), w.view(), SampleAxis::Examples)
                        .unwrap()
                })
                .collect();
        }
        add.push(start.elapsed().as_secs_f64() * 1e3);
        if what != "add" {
            let start = Instant::now();
            reports = make(&layers, &options);
            report.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    for (name, mut v) in [("add", add), ("report", report)] {
        if v.is_empty() {
            continue;
        }
        v.sort_by(f64::total_cmp);
        println!("{name}: min {:.2} median {:.2} ms", v[0], v[v.len() / 2]);
    }
    if let Some(path) = std::env::args().nth(3) {
        std::fs::write(path, format!("{:#?}", reports)).unwrap();
    }
}

fn make(layers: &[LayerMoments], options: &ReportOptions) -> Vec<LayerReport> {
    layers
        .iter()
        .map(|l| LayerReport::new(l, options).unwrap())
        .collect()
}
