//! How long a batch of the default teacher task takes, one thread: `cargo run -p formant-data --example batch_time`.

use std::time::Instant;

use formant_data::{Task, TeacherConfig, TeacherTask};

fn main() -> Result<(), formant_data::DataError> {
    let mut task = TeacherTask::new(TeacherConfig::default(), 0)?;
    for size in [32, 100] {
        let mut best = f64::INFINITY;
        for repeat in 0..20 {
            let start = Instant::now();
            for step in 0..200 {
                std::hint::black_box(task.batch(repeat * 200 + step, size)?);
            }
            best = best.min(start.elapsed().as_secs_f64() / 200.0);
        }
        println!("batch of {size}: {:.1} µs", best * 1e6);
    }
    Ok(())
}
