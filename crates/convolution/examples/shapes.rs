use formant_convolution::{BatchNorm, Conv};
use std::time::Instant;
fn median(mut t: Vec<f64>) -> f64 {
    t.sort_by(f64::total_cmp);
    t[t.len() / 2]
}
fn main() {
    let threads: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .unwrap();
    let batch = 64;
    for (c, f, h, k, stride) in [
        (64, 64, 32, 3, 1),
        (128, 128, 16, 3, 1),
        (256, 256, 8, 3, 1),
        (512, 512, 4, 3, 1),
        (16, 16, 32, 3, 1),
        (32, 32, 16, 3, 1),
        (64, 64, 8, 3, 1),
        (128, 128, 4, 3, 1),
        (3, 64, 32, 3, 1),
        (64, 128, 32, 3, 2),
        (256, 512, 8, 3, 2),
        (64, 128, 32, 1, 2),
    ] {
        let conv = Conv {
            height: h,
            width: h,
            channels: c,
            filters: f,
            kernel: k,
            stride,
            padding: k / 2,
        };
        let x: Vec<f32> = (0..batch * conv.input())
            .map(|i| ((i * 7919) % 1000) as f32 / 1000.0 - 0.5)
            .collect();
        let w: Vec<f32> = (0..conv.patch() * f)
            .map(|i| ((i * 104729) % 1000) as f32 / 1000.0 - 0.5)
            .collect();
        let mut y = vec![0f32; batch * conv.output()];
        let g: Vec<f32> = (0..y.len())
            .map(|i| ((i * 7907) % 1000) as f32 / 1000.0 - 0.5)
            .collect();
        let (mut gx, mut gw) = (x.clone(), w.clone());
        let (mut tf, mut tb, mut tn, mut tnb) = (vec![], vec![], vec![], vec![]);
        let (scale, shift) = (vec![1.0; f], vec![0.0; f]);
        let mut z = y.clone();
        let mut gy = g.clone();
        let mut gg = g.clone();
        for _ in 0..7 {
            let t = Instant::now();
            conv.forward(&x, &w, &mut y);
            tf.push(t.elapsed().as_secs_f64() * 1e3);
            let t = Instant::now();
            conv.backward([&x, &w, &g], &mut gw, Some(&mut gx));
            tb.push(t.elapsed().as_secs_f64() * 1e3);
            let bn = BatchNorm {
                scale: &scale,
                shift: &shift,
                epsilon: 1e-5,
                rectify: true,
            };
            let t = Instant::now();
            let s = bn.forward(&y, None, &mut z);
            tn.push(t.elapsed().as_secs_f64() * 1e3);
            let t = Instant::now();
            bn.backward(&s, [&y, &z], &mut gg, &mut gy);
            tnb.push(t.elapsed().as_secs_f64() * 1e3);
        }
        let (tf, tb, tn, tnb) = (median(tf), median(tb), median(tn), median(tnb));
        println!(
            "{c:4}->{f:4} {h}x{h} k{k} s{stride}: fwd {tf:7.2} bwd {tb:7.2} conv {:7.2} | bn+relu {tn:6.2} {tnb:6.2}",
            tf + tb
        );
    }
}
