//! Reads the real MNIST and prints its moments: `cargo run -p formant-data --example check_mnist -- [DATA_DIR]`.

use std::path::PathBuf;

use formant_data::{DataError, Dataset, mnist};

fn main() -> Result<(), DataError> {
    let explicit = std::env::args_os().nth(1).map(PathBuf::from);
    let split = mnist::load(&mnist::locate(explicit.as_deref())?)?;
    for set in [&split.train, &split.test] {
        let inputs = set
            .gather(&(0..set.len()).collect::<Vec<_>>())?
            .inputs
            .mapv(f64::from);
        let mean = inputs.mean().unwrap_or(f64::NAN);
        println!(
            "{}: {:?}, mean {mean:.5}, std {:.5}",
            set.name(),
            inputs.dim(),
            inputs.std(0.0)
        );
        println!(
            "  first labels {:?}",
            set.labels().iter().take(10).collect::<Vec<_>>()
        );
    }
    Ok(())
}
