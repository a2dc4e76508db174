//! How much memory a layer may take, and how much it takes.

use formant_moments::dump::LayerDump;

/// Matrices of the square of a width that statistics make of a layer's moments, on each side (MEASURED: peak memory at
/// widths of 1024 and 2048).
const COPIES: u64 = 26;

/// Where the machine does not say how much it has.
const UNKNOWN: u64 = 8 << 30;

/// Bytes that measuring a layer takes, about.
pub(crate) fn needed(layer: &LayerDump) -> u64 {
    let square = |d: usize| (d as u64).saturating_mul(d as u64);
    let squares = square(layer.d_a()).saturating_add(square(layer.d_b()));
    let copies = squares.saturating_mul(8 * COPIES);
    layer.moments_bytes().saturating_add(copies)
}

/// Half of what the machine, or the control group, has.
pub(crate) fn half_of_machine() -> u64 {
    system_memory().map_or(UNKNOWN, |bytes| bytes as u64) / 2
}

/// A number of bytes, with K, M, G or T for powers of 1024.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
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
pub(crate) fn show(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", units[unit])
}

/// Memory in bytes that this process may have, where the system tells it: that of the machine, or less in a container.
pub fn system_memory() -> Option<f64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = total_memory(&info)?;
    let limits = CONTAINER
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok());
    let limits = limits.filter_map(|text| container_limit(&text));
    Some(limits.fold(total, f64::min))
}

/// Where the two versions of control groups tell the limit of a container.
const CONTAINER: [&str; 2] = [
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/// A number of bytes; `max` is none.
fn container_limit(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|bytes| *bytes > 0.0)
}

/// The line `MemTotal: N kB`.
fn total_memory(info: &str) -> Option<f64> {
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse("4096"), Ok(4096));
        assert_eq!(parse("1.5G"), Ok(3 << 29));
        assert_eq!(parse("512MiB"), Ok(512 << 20));
        for bad in ["", "G", "-1G", "0", "1X", "1e300G", "nan"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(show(3 << 29), "1.5 GiB");
    }

    #[test]
    fn the_machines_memory_is_read() {
        let info = "MemTotal:       24576000 kB\nMemFree: 1 kB\n";
        assert_eq!(total_memory(info), Some(24_576_000.0 * 1024.0));
        assert_eq!(total_memory("nothing"), None);
        assert!(system_memory().is_none_or(|bytes| bytes > 1e8));
        assert_eq!(container_limit("8589934592\n"), Some(8_589_934_592.0));
        assert_eq!([container_limit("max\n"), container_limit("0")], [None; 2]);
    }
}
