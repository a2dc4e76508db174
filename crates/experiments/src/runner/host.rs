//! What machine this is, for provenance.

use std::num::NonZeroUsize;

/// The processor's name, where the system tells it.
pub fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find_map(|line| {
            line.strip_prefix("model name")
                .and_then(|rest| rest.split(':').nth(1))
        })
        .map_or_else(
            || std::env::consts::ARCH.to_owned(),
            |name| name.trim().to_owned(),
        )
}

/// Cores that this process may use.
pub fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Features of this program that change what it computes with.
pub fn features() -> Vec<String> {
    let mut features = vec!["flex".to_owned(), "ndarray".to_owned()];
    if cfg!(feature = "cuda") {
        features.push("cuda".to_owned());
    }
    features
}
