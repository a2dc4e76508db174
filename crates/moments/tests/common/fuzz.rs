//! A fuzzer in the process: seeded mutations of a small corpus, each of which a loader has to refuse or take without a
//! panic, within a bound of memory, and in one short line.
//!
//! Input number `k` depends on the seed and `k` alone, so that a failure is found again by its number. Another crate
//! includes this file with `#[path]`; it needs `allocation-counter`, `rand` and `rand_chacha` for its tests.
//!
//! `FORMANT_FUZZ_INPUTS=10000000 cargo test -p formant-moments fuzz` runs more than the few of an ordinary test.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Inputs of an ordinary test.
const FEW: u64 = 2000;

/// Numbers that parsers get wrong.
const EDGES: [u64; 12] = [
    0,
    1,
    2,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 40,
    i64::MAX as u64,
    u64::MAX,
];

/// Characters that mean something to a parser or a terminal.
const MARKS: &[u8] = b"\n\x1b\0\xff\"'{}[]():,-eENa";

/// How many inputs to try: `FORMANT_FUZZ_INPUTS`, or a few.
pub fn inputs() -> u64 {
    let wanted = std::env::var("FORMANT_FUZZ_INPUTS").ok();
    wanted.map_or(FEW, |wanted| wanted.parse().unwrap())
}

/// A few mutations of one of the corpus.
pub fn mutated(rng: &mut ChaCha8Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[rng.random_range(0..corpus.len())].clone();
    for _ in 0..1 << rng.random_range(0..4) {
        mutate(rng, &mut bytes, corpus);
    }
    bytes
}

fn mutate(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    if bytes.is_empty() {
        bytes.push(rng.next_u32() as u8);
    }
    let at = rng.random_range(0..bytes.len());
    let length = (1 << rng.random_range(0..7)).min(bytes.len() - at);
    match rng.random_range(0..10) {
        0 => bytes[at] ^= 1 << rng.random_range(0..8),
        1 => bytes[at] = rng.next_u32() as u8,
        2 => drop(bytes.drain(at..at + length)),
        3 => bytes.truncate(at),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            let to = rng.random_range(0..=bytes.len());
            bytes.splice(to..to, piece);
        }
        5 => {
            let other = &corpus[rng.random_range(0..corpus.len())];
            let from = rng.random_range(0..other.len());
            let piece = other[from..(from + length).min(other.len())].to_vec();
            bytes.splice(at..at + length, piece);
        }
        6 => {
            // A number in text, as headers have them.
            let digits = |b: &u8| b.is_ascii_digit();
            if let Some(start) = bytes[at..].iter().position(digits) {
                let start = at + start;
                let rest = bytes[start..].iter().take_while(|b| digits(b)).count();
                let edge = EDGES[rng.random_range(0..EDGES.len())].to_string();
                bytes.splice(start..start + rest, edge.into_bytes());
            }
        }
        7 => bytes[at] = MARKS[rng.random_range(0..MARKS.len())],
        _ => {
            let edge = EDGES[rng.random_range(0..EDGES.len())].to_le_bytes();
            let width = (1 << rng.random_range(0..4)).min(bytes.len() - at);
            bytes[at..at + width].copy_from_slice(&edge[..width]);
        }
    }
}

/// Gives a loader so many inputs, on all cores. `bound` is how many bytes it may have allocated at once for an input.
pub fn fuzz(
    seed: u64,
    inputs: u64,
    make: impl Fn(&mut ChaCha8Rng) -> Vec<u8> + Sync,
    bound: impl Fn(&[u8]) -> u64 + Sync,
    load: impl Fn(Vec<u8>) -> Result<(), String> + Sync,
) {
    let (next, taken) = (AtomicU64::new(0), AtomicU64::new(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        // Matrix products keep a buffer for each thread, whose size does not depend on the input.
        for number in (0..64).map(|back| u64::MAX - back) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number);
            let input = make(&mut rng);
            catch_unwind(AssertUnwindSafe(|| load(input).is_ok())).unwrap();
        }
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= inputs {
                return;
            }
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number);
            let input = make(&mut rng);
            if one(number, &input, bound(&input), &load) {
                taken.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let taken = taken.into_inner();
    println!("{inputs} inputs, {taken} of them taken");
    // Mutations that are all refused at the door would test nothing behind it.
    assert!(
        taken * 1000 > inputs,
        "{taken} of {inputs} inputs were taken"
    );
}

/// Whether the loader took the input.
fn one(
    number: u64,
    input: &[u8],
    bound: u64,
    load: &impl Fn(Vec<u8>) -> Result<(), String>,
) -> bool {
    let copy = input.to_vec();
    let mut result = None;
    let used = allocation_counter::measure(|| {
        result = Some(catch_unwind(AssertUnwindSafe(|| load(copy))));
    });
    let shown = || format!("input {number}: {:?}", input.escape_ascii().to_string());
    assert!(
        used.bytes_max <= bound,
        "{} bytes for {}",
        used.bytes_max,
        shown()
    );
    match result.unwrap() {
        Err(_) => panic!("a panic for {}", shown()),
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            let fits = error.chars().count() < 300 && !error.contains(char::is_control);
            assert!(fits, "{error:?} for {}", shown());
            false
        }
    }
}
