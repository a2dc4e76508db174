//! How much memory a layer may take, and how much it takes.

use std::fs;

use formant_moments::dump::LayerDump;

use crate::limits::system_memory;

/// Matrices of the square of a width that statistics make of a layer's moments, on each side (MEASURED: peak memory at
/// widths of 1024 and 2048).
const COPIES: u64 = 26;

/// Where the machine does not say how much it has.
const UNKNOWN: u64 = 8 << 30;

/// Bytes that measuring a layer takes, about.
pub(super) fn needed(layer: &LayerDump) -> u64 {
    let square = |d: usize| (d as u64).saturating_mul(d as u64);
    let squares = square(layer.d_a()).saturating_add(square(layer.d_b()));
    let copies = squares.saturating_mul(8 * COPIES);
    layer.moments_bytes().saturating_add(copies)
}

/// Half of what the machine, or the control group, has.
pub(super) fn half_of_machine() -> u64 {
    let total = system_memory().map(|bytes| bytes as u64);
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|text| text.trim().parse::<u64>().ok());
    let least = total.into_iter().chain(group).min();
    least.unwrap_or(UNKNOWN) / 2
}

/// A number of bytes, with K, M, G or T for powers of 1024.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[number.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => Some(0),
        "k" | "kb" | "kib" => Some(10),
        "m" | "mb" | "mib" => Some(20),
        "g" | "gb" | "gib" => Some(30),
        "t" | "tb" | "tib" => Some(40),
        _ => None,
    };
    let number = number.parse::<f64>().ok().filter(|n| *n > 0.0);
    let bytes = number
        .zip(shift)
        .map(|(n, shift)| n * (1_u64 << shift) as f64);
    match bytes {
        Some(bytes) if bytes >= 1.0 && bytes < u64::MAX as f64 => Ok(bytes as u64),
        _ => Err("expected a number of bytes, such as 512M or 8G".into()),
    }
}

/// Bytes in words.
pub(super) fn show(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", units[unit])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::limits::total_memory;

    #[test]
    fn sizes() {
        assert_eq!(parse("4096"), Ok(4096));
        assert_eq!(parse("1.5G"), Ok(3 << 29));
        assert_eq!(parse("512MiB"), Ok(512 << 20));
        for bad in ["", "G", "-1G", "0", "1X", "1e300G", "nan"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(show(3 << 29), "1.5 GiB");
        assert_eq!(
            total_memory("MemTotal:       16384 kB\nMemFree: 1 kB\n"),
            Some(f64::from(16 << 20))
        );
    }
}
