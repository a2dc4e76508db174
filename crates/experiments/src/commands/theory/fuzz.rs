//! Damaged CSV files and extreme parameters: no panic, and one short line without control characters.
//!
//! `FORMANT_FUZZ_CASES` sets the number of cases, for a longer search than that of the tests.

#![cfg(test)]

use std::path::Path;

use formant_data::rng::{Purpose, stream};
use formant_theory::two_point::{Dynamics, Pair, Problem, Rates, State};
use rand::{Rng, RngExt as _};

use super::trajectory::{name, parse};
use super::two_point::{closed_forms, trajectory};

fn cases(default: u64) -> u64 {
    let asked = std::env::var("FORMANT_FUZZ_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn pick<T: Copy>(from: &[T], rng: &mut impl Rng) -> T {
    from[rng.random_range(0..from.len())]
}

fn check_message(message: &str, of: &dyn std::fmt::Debug) {
    assert!(message.chars().count() < 300, "{of:?}: {message}");
    assert!(!message.contains(char::is_control), "{of:?}: {message:?}");
    assert!(!message.trim().is_empty(), "{of:?}");
}

/// A file as a user might have it.
fn good(rng: &mut impl Rng) -> Vec<u8> {
    let separator = pick(&[",", ";", "\t"], rng);
    let mut names = vec![pick(&["epoch", "t"], rng), "h2", "y2", "w"];
    names.extend((rng.random_range(0..2) == 0).then_some("loss"));
    let mut text = pick(&["", "# a comment\n", "\u{feff}", "\n"], rng).to_owned();
    text += &names.join(separator);
    for row in 0..rng.random_range(0..12) {
        let mut fields = vec![row.to_string()];
        fields.extend((1..names.len()).map(|_| rng.random_range(0.0..0.5_f64).to_string()));
        text += pick(&["\n", "\r\n"], rng);
        text += &fields.join(separator);
    }
    text.into_bytes()
}

/// Changes a few places of a file.
fn damage(bytes: &mut Vec<u8>, rng: &mut impl Rng) {
    const TOKENS: [&[u8]; 20] = [
        b"NaN",
        b"inf",
        b"-1",
        b"1e999",
        b"1e-320",
        b"",
        b",",
        b";",
        b"\t",
        b"\"",
        b"#",
        b"\n",
        b"\r",
        b"\0",
        b"\x1b[31m",
        b"\xff\xfe",
        "\u{2028}".as_bytes(),
        "\u{202e}é".as_bytes(),
        b"epoch",
        b"h2",
    ];
    for _ in 0..rng.random_range(0..5) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + rng.random_range(0..9)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let token = pick(&TOKENS, rng).repeat(pick(&[1, 1, 1, 2, 500], rng));
                bytes.splice(at..at, token).for_each(drop);
            }
            3 => bytes.splice(at..at, [rng.random()]).for_each(drop),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = rng.random();
                }
            }
        }
    }
}

#[test]
fn damaged_files_end_in_one_short_line() {
    let (mut read, mut refused) = (0, 0);
    for case in 0..cases(4000) {
        let mut rng = stream(17, Purpose::Noise, case);
        let mut bytes = good(&mut rng);
        damage(&mut bytes, &mut rng);
        match parse(&bytes) {
            Ok(curves) => {
                read += 1;
                check_message(&curves.summary(), &case);
                let rows = curves.epochs.len();
                let finite = |values: &Vec<f64>| {
                    values.len() == rows && values.iter().all(|v| v.is_finite())
                };
                assert!(
                    finite(&curves.epochs) && curves.curves.iter().all(finite),
                    "{case}"
                );
                assert!(
                    curves.epochs.is_sorted_by(|x, y| x < y) && rows > 0,
                    "{case}"
                );
            }
            Err(error) => {
                refused += 1;
                // As the binary prints it, with the longest name of a file.
                let file = name(Path::new(&"\x07folder/".repeat(40)));
                let message = format!("error: {file}: {error:#}");
                check_message(&message, &case);
            }
        }
    }
    assert!(read > 0 && refused > 0, "{read} {refused}");
}

/// Any number that can be typed, most of them extreme.
fn extreme(ordinary: f64, rng: &mut impl Rng) -> f64 {
    const EDGES: [&str; 16] = [
        "0", "-0", "1e-320", "5e-324", "2.3e-308", "-1e-320", "1e308", "-1e308", "1e-150", "1e150",
        "inf", "-inf", "NaN", "1e-100", "1e100", "1e-16",
    ];
    match rng.random_range(0..4) {
        0 => pick(&EDGES, rng).parse().unwrap(),
        1 => 10_f64.powf(rng.random_range(-110.0..110.0)),
        _ => ordinary,
    }
}

#[test]
fn extreme_parameters_give_finite_numbers_or_one_line() {
    let (mut solved, mut refused) = (0, 0);
    for case in 0..cases(20_000) {
        let rng = &mut stream(18, Purpose::Noise, case);
        let y2 = extreme(1e-4, rng);
        let problem = Problem {
            pair: Pair {
                dx2: extreme(1.0, rng),
                dy2: extreme(0.5, rng),
            },
            rates: Rates {
                eta_h: extreme(0.004, rng),
                eta_y: extreme(0.02, rng),
            },
            start: State {
                h2: extreme(0.01, rng),
                y2,
                w: extreme(pick(&[y2, -6e-3, 0.0], rng), rng),
            },
            dynamics: Dynamics::Original,
        };
        let t_max = extreme(1500.0, rng);
        for printed in [trajectory(&problem, t_max, 7), closed_forms(&problem)] {
            match printed {
                Ok(text) => {
                    solved += 1;
                    let mut fields = text.lines().skip(1).flat_map(|line| line.split(','));
                    let known = [
                        "h_inf",
                        "a_high",
                        "a_low",
                        "escape_rate",
                        "settling_rate",
                        "regime",
                        "rich",
                        "lazy",
                        "contracting",
                    ];
                    let fine = |field: &str| {
                        known.contains(&field) || field.parse().is_ok_and(f64::is_finite)
                    };
                    assert!(fields.all(fine), "{problem:?} {t_max}: {text}");
                }
                Err(error) => {
                    refused += 1;
                    check_message(&format!("error: {error:#}"), &problem);
                }
            }
        }
    }
    assert!(solved > 0 && refused > 0, "{solved} {refused}");
}
