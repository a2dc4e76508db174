use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, Mat, Par};
use std::time::Instant;
use triangular::BlockStructure::{Rectangular, TriangularLower};
fn time(mut f: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..25 {
        let s = Instant::now();
        for _ in 0..10 {
            f();
        }
        best = best.min(s.elapsed().as_secs_f64() / 10.0);
    }
    best
}
fn main() {
    for d in [100usize, 200, 600] {
        for n in [256usize] {
            let x = Mat::from_fn(d, n, |i, j| ((i * 7 + j * 3) as f64).sin());
            let mut c = Mat::<f64>::zeros(d, d);
            let f = (d * d * n) as f64 / 1e9;
            let tri = time(|| {
                triangular::matmul(
                    c.as_mut(),
                    TriangularLower,
                    Accum::Add,
                    &x,
                    Rectangular,
                    x.transpose(),
                    Rectangular,
                    1.0,
                    Par::Seq,
                )
            });
            let tri_t = time(|| {
                triangular::matmul(
                    c.as_mut().transpose_mut(),
                    TriangularLower,
                    Accum::Add,
                    &x,
                    Rectangular,
                    x.transpose(),
                    Rectangular,
                    1.0,
                    Par::Seq,
                )
            });
            println!(
                "d {d} n {n}: tri {:.1} us {:.1} GF/s row-major {:.1}",
                tri * 1e6,
                f / tri,
                f / tri_t
            );
            for w in [4, 8, 12, 16, 24, 32, 48, 52, 64, 100] {
                let t = time(|| {
                    for s in (0..d).step_by(w) {
                        let width = w.min(d - s);
                        matmul(
                            c.as_mut().submatrix_mut(s, s, d - s, width),
                            Accum::Add,
                            x.subrows(s, d - s),
                            x.subrows(s, width).transpose(),
                            1.0,
                            Par::Seq,
                        );
                    }
                });
                // full rows: strips below the diagonal cut so that each is [width, s + width]
                let t2 = time(|| {
                    for s in (0..d).step_by(w) {
                        let width = w.min(d - s);
                        matmul(
                            c.as_mut()
                                .transpose_mut()
                                .submatrix_mut(s, 0, width, s + width),
                            Accum::Add,
                            x.subrows(s, width),
                            x.subrows(0, s + width).transpose(),
                            1.0,
                            Par::Seq,
                        );
                    }
                });
                let t3 = time(|| {
                    for s in (0..d).step_by(w) {
                        let width = w.min(d - s);
                        triangular::matmul(
                            c.as_mut().submatrix_mut(s, s, width, width),
                            TriangularLower,
                            Accum::Add,
                            x.subrows(s, width),
                            Rectangular,
                            x.subrows(s, width).transpose(),
                            Rectangular,
                            1.0,
                            Par::Seq,
                        );
                        if s + width < d {
                            matmul(
                                c.as_mut().submatrix_mut(s + width, s, d - s - width, width),
                                Accum::Add,
                                x.subrows(s + width, d - s - width),
                                x.subrows(s, width).transpose(),
                                1.0,
                                Par::Seq,
                            );
                        }
                    }
                });
                println!(
                    "   strip {w}: {:.1} us {:.1} GF/s; row-major {:.1} us; tri+rect {:.1} us",
                    t * 1e6,
                    f / t,
                    t2 * 1e6,
                    t3 * 1e6
                );
            }
        }
    }
}
