//! How long a measurement takes, by samples and width: one layer's `f32` samples, on one thread.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use formant_moments::{MomentsAccumulator, SampleBlock};
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

fn add(c: &mut Criterion) {
    let mut group = c.benchmark_group("moments/add");
    group.sample_size(20);
    let sizes = [
        (1000, 100),
        (4000, 100),
        (16000, 100),
        (4000, 300),
        (4000, 1000),
    ];
    for (n, d) in sizes {
        let parts: Vec<_> = (0..4).map(|seed| normal(n, d, seed)).collect();
        let block = SampleBlock {
            h_a: parts[0].view(),
            h_b: parts[1].view(),
            g_a: parts[2].view(),
            g_b: parts[3].view(),
        };
        let mut accumulator = MomentsAccumulator::new(d, d);
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(
            BenchmarkId::from_parameter(format!("n={n},d={d}")),
            |bench| {
                bench.iter(|| accumulator.add(&block).is_ok());
            },
        );
    }
    group.finish();
}

criterion_group!(benches, add);
criterion_main!(benches);
