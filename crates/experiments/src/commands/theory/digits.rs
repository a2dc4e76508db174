//! Numbers in tables, with as many digits as they deserve.

/// Maximum number of significant digits: more are rounding, whatever an interval says.
const MOST: i32 = 12;

/// Four significant digits.
pub fn short(value: f64) -> String {
    let places = 3 - exponent(value);
    written(value, places)
}

/// A value and the ends of its interval, to the place of the interval's second digit.
pub fn with_interval(value: f64, [low, high]: [f64; 2]) -> [String; 2] {
    let half = 0.5 * (high - low);
    let most = MOST - 1 - exponent(value);
    let places = if half > 0.0 {
        (1 - exponent(half)).min(most).max(1 - exponent(value))
    } else {
        most
    };
    let at = |number: f64| written_like(number, places, value);
    [at(value), format!("{} to {}", at(low), at(high))]
}

/// The power of ten of the first digit; 0 for 0.
fn exponent(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // Not a logarithm, which may round across a power of ten.
    let text = format!("{value:e}");
    let power = text
        .split_once('e')
        .and_then(|(_, power)| power.parse().ok());
    power.unwrap_or(0)
}

/// A number rounded to `places` decimal places, below 0 for tens and hundreds.
fn written(value: f64, places: i32) -> String {
    written_like(value, places, value)
}

/// The same, in the notation that suits `like`: plain from 0.001 to 10000.
fn written_like(value: f64, places: i32, like: f64) -> String {
    if like == 0.0 || (1e-3..1e4).contains(&like.abs()) {
        return format!("{value:.*}", usize::try_from(places).unwrap_or(0));
    }
    let digits = places + exponent(value);
    format!("{value:.*e}", usize::try_from(digits).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_four_whatever_the_size() {
        for (value, text) in [
            (0.0, "0.000"),
            (0.25, "0.2500"),
            (0.001234567, "0.001235"),
            (-0.0456789, "-0.04568"),
            (1.0, "1.000"),
            (12.3456, "12.35"),
            (9999.4, "9999"),
            (12345.6, "1.235e4"),
            (9.8766e-5, "9.877e-5"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn a_value_has_the_digits_of_its_interval() {
        for (value, interval, texts) in [
            (
                0.004,
                [0.003987654, 0.004012345],
                ["0.004000", "0.003988 to 0.004012"],
            ),
            (
                0.0040001,
                [0.0038, 0.0042],
                ["0.00400", "0.00380 to 0.00420"],
            ),
            (123.456, [101.0, 145.0], ["123", "101 to 145"]),
            (
                3.0e-5,
                [2.9876e-5, 3.0124e-5],
                ["3.000e-5", "2.988e-5 to 3.012e-5"],
            ),
            (2.0, [0.5, 8.0], ["2.0", "0.5 to 8.0"]),
            // An interval of width 0 earns no more digits than are not rounding.
            (
                0.02,
                [0.02, 0.02],
                ["0.0200000000000", "0.0200000000000 to 0.0200000000000"],
            ),
        ] {
            assert_eq!(with_interval(value, interval), texts);
        }
    }
}
