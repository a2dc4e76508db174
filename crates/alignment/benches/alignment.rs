//! How long the statistics of one layer take, by width, on one thread.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use formant_alignment::{
    Alignment, Comparison, LayerReport, NullOptions, ReportOptions, Statistic, relation_nulls,
};
use formant_moments::{LayerMoments, MomentsAccumulator, MomentsError, SampleAxis, SampleBlock};
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

fn layer(d: usize) -> Result<LayerMoments, MomentsError> {
    let (h_a, g_b) = (
        normal(2 * d, d, 0).mapv(|x| x.max(0.0)),
        normal(2 * d, d, 1),
    );
    let weight = normal(d, d, 2) / (d as f64).sqrt();
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

fn statistics(c: &mut Criterion) {
    let mut group = c.benchmark_group("alignment");
    group.sample_size(10);
    for d in [100, 300, 1000] {
        let Ok(layer) = layer(d) else { continue };
        group.bench_function(BenchmarkId::new("relations", d), |bench| {
            bench.iter(|| Alignment(Comparison::Pearson).measure(&layer));
        });
        // The same 20 rotations at each width; this with `relations` is what benches/numpy/alignment_twin.py does.
        let options = NullOptions {
            draws: Some(20),
            seed: 0,
        };
        group.bench_function(BenchmarkId::new("nulls", d), |bench| {
            bench.iter(|| relation_nulls(&layer, options));
        });
        group.bench_function(BenchmarkId::new("report", d), |bench| {
            bench.iter(|| {
                LayerReport::new(
                    &layer,
                    &ReportOptions {
                        null_draws: Some(20),
                        null_seed: 0,
                    },
                )
            });
        });
    }
    // The reports of a network of six layers of one width, with the nulls' own choice of draws.
    let layers: Vec<_> = (0..6).filter_map(|_| layer(100).ok()).collect();
    group.bench_function(BenchmarkId::new("network", 100), |bench| {
        bench.iter(|| LayerReport::all(&layers, &ReportOptions::default()));
    });
    group.finish();
}

criterion_group!(benches, statistics);
criterion_main!(benches);
