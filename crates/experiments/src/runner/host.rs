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
    let backends = [
        ("flex", true),
        ("ndarray", cfg!(feature = "ndarray")),
        ("cuda", cfg!(feature = "cuda")),
    ];
    let compiled_in = backends.into_iter().filter(|(_, compiled_in)| *compiled_in);
    compiled_in.map(|(name, _)| name.to_owned()).collect()
}
