//! The bits of one small run, so that a change of any result is noticed.

use formant_backend::Flex;
use sha2::{Digest, Sha256};

use super::runs::{ADAM, Run, SGD, bits};

/// SHA-256 of the parameters of all members, in the order of members and then of names, as little-endian `f32`.
fn hash(run: &Run) -> String {
    let mut hash = Sha256::new();
    for member in run.train::<Flex>(50) {
        let (step, arrays) = bits(&member);
        assert_eq!(step, 50);
        for (_, values) in arrays
            .into_iter()
            .filter(|(name, _)| !name.contains("buffer"))
        {
            hash.update(values);
        }
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The hashes for SGD and Adam. Products and our own loops are compiled for several instruction sets, chosen at run
/// time, which round differently: the hash belongs to one of them. `None` where none has been recorded.
///
/// A hash that changes without the arithmetic having been changed on purpose is a bug; one that changes on purpose
/// moves every published number by rounding, so say so in the changelog.
fn recorded() -> Option<[&'static str; 2]> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        return Some([
            "a088cb4e8098519d914060a53a139bfbb68f6aae4a899c89fdac9eac8cd7689b",
            "f434be42493d169d4a689eeef40680223b012c3f3e388910f95e0ac2ae2ed754",
        ]);
    }
    None
}

#[test]
fn fifty_steps_end_in_the_recorded_bits() {
    let runs = [SGD, ADAM].map(|optimizer| Run {
        optimizer,
        ..Run::default()
    });
    let found = runs.each_ref().map(hash);
    assert_eq!(found, runs.each_ref().map(hash), "the same run twice");
    assert_ne!(found[0], found[1]);
    if let Some(recorded) = recorded() {
        assert_eq!(found, recorded);
    }
}
