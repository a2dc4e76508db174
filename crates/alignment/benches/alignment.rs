//! How long the statistics of one layer take, by width and by number of samples, on one thread unless the name says
//! otherwise.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use formant_alignment::{
    BalanceAccumulator, CollapseAccumulator, Comparison, LayerReport, NullOptions, PowerLawOptions,
    ReportOptions, RepresentationMeasure, Threads, layer_nulls, phases, power_laws, relation_nulls,
    relation_permutation_nulls, relation_table,
};
use formant_moments::{LayerMoments, MomentsAccumulator, MomentsError, SampleAxis, SampleBlock};
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

/// Random samples; inputs, gradients and weight decay as \\(i^{-p}\\) with the neuron's number.
fn layer(d: usize, p: f64) -> Result<LayerMoments, MomentsError> {
    let scales: Array1<f64> = (0..d).map(|i| (1.0 + i as f64).powf(-p)).collect();
    let (h_a, g_b) = (
        normal(2 * d, d, 0).mapv(|x| x.max(0.0)) * &scales,
        normal(2 * d, d, 1) * &scales,
    );
    let weight = normal(d, d, 2) / (d as f64).sqrt() * &scales;
    let (h_b, g_a) = (h_a.dot(&weight.t()), g_b.dot(&weight));
    let mut accumulator = MomentsAccumulator::new(d, d);
    accumulator.add(&SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    })?;
    accumulator.finish("bench", weight.view(), SampleAxis::Examples)
}

const WIDTHS: [usize; 3] = [100, 300, 1000];

/// The same 20 draws at each width.
const NULL: NullOptions = NullOptions {
    draws: Some(20),
    seed: 0,
};

fn statistics(c: &mut Criterion) {
    let mut group = c.benchmark_group("alignment");
    group.sample_size(10);
    for d in WIDTHS {
        let Ok(layer) = layer(d, 0.0) else { continue };
        group.bench_function(BenchmarkId::new("relations", d), |bench| {
            bench.iter(|| relation_table(&layer, Comparison::Pearson));
        });
        // This with `relations` is what benches/numpy/alignment_twin.py does.
        group.bench_function(BenchmarkId::new("nulls", d), |bench| {
            bench.iter(|| relation_nulls(&layer, NULL));
        });
        group.bench_function(BenchmarkId::new("permutation_nulls", d), |bench| {
            bench.iter(|| relation_permutation_nulls(&layer, NULL));
        });
    }
    for d in WIDTHS {
        // Spectra that decay, because flat ones have no power laws.
        let Ok(layer) = layer(d, 0.5) else { continue };
        group.bench_function(BenchmarkId::new("power_laws", d), |bench| {
            bench.iter(|| power_laws(&layer, &PowerLawOptions::default()));
        });
        // The six relations with their exponents and nulls, one after another.
        group.bench_function(BenchmarkId::new("relations_laws_nulls", d), |bench| {
            bench.iter(|| {
                let relations = relation_table(&layer, Comparison::Pearson);
                let laws = power_laws(&layer, &PowerLawOptions::default());
                let nulls = layer_nulls(&layer, NullOptions::default());
                (relations, laws, nulls)
            });
        });
        group.bench_function(BenchmarkId::new("phase", d), |bench| {
            bench.iter(|| phases::phase(&layer));
        });
        // All of the above, with the decompositions that they share made once.
        for (name, threads) in [("report", Threads::One), ("report_pool", Threads::Pool)] {
            group.bench_function(BenchmarkId::new(name, d), |bench| {
                bench.iter(|| LayerReport::new_on(&layer, &ReportOptions::default(), threads));
            });
        }
    }
    // The reports of a network of six layers of one width, with the nulls' own choice of draws.
    let layers: Vec<_> = (0..6).filter_map(|_| layer(100, 0.0).ok()).collect();
    group.bench_function(BenchmarkId::new("network", 100), |bench| {
        bench.iter(|| LayerReport::all(&layers, &ReportOptions::default()));
    });
    group.finish();
}

const SAMPLES: [usize; 3] = [1000, 4000, 16000];

/// What is computed from samples. Everything else is computed from moments, whatever their number.
fn samples(c: &mut Criterion) {
    let d = 100;
    let mut group = c.benchmark_group("samples");
    group.sample_size(10);
    for n in SAMPLES {
        let [h_a, h_b, g_a, g_b] = [0, 1, 2, 3].map(|seed| normal(n, d, seed));
        let block = SampleBlock {
            h_a: h_a.view(),
            h_b: h_b.view(),
            g_a: g_a.view(),
            g_b: g_b.view(),
        };
        group.bench_function(BenchmarkId::new("moments", n), |bench| {
            bench.iter(|| MomentsAccumulator::new(d, d).add(&block));
        });
        group.bench_function(BenchmarkId::new("balance", n), |bench| {
            bench.iter(|| BalanceAccumulator::new(d, d).add(&block));
        });
        let labels: Vec<usize> = (0..n).map(|i| i % 10).collect();
        group.bench_function(BenchmarkId::new("neural_collapse", n), |bench| {
            bench.iter(|| {
                CollapseAccumulator::new(d, d, 10).map(|mut all| all.add(&block, &labels))
            });
        });
    }
    // Some of these compare all pairs of samples, so that their cost grows with the square.
    for n in [250, 1000, 4000] {
        let [x, y] = [0, 1].map(|seed| normal(n, d, seed));
        for measure in RepresentationMeasure::ALL {
            group.bench_function(BenchmarkId::new(measure.name(), n), |bench| {
                bench.iter(|| measure.of(x.view(), y.view()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, statistics, samples);
criterion_main!(benches);
