//! Numbers as they stand in pictures.

/// `16,000`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// `10⁻⁵`, `2·10⁻⁵`.
pub(crate) fn power_of_ten(value: f64) -> String {
    let exponent = (value.log10() + 1e-9).floor();
    let digits: String = format!("{exponent}").chars().map(superscript).collect();
    let mantissa = (value / 10f64.powf(exponent)).round();
    if mantissa == 1.0 {
        format!("10{digits}")
    } else {
        format!("{mantissa}·10{digits}")
    }
}

fn superscript(digit: char) -> char {
    match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '-' => '⁻',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tick_labels_are_powers_of_ten() {
        assert_eq!(power_of_ten(1e-5), "10⁻⁵");
        assert_eq!(power_of_ten(2e-4), "2·10⁻⁴");
        assert_eq!(power_of_ten(1e-3), "10⁻³");
        assert_eq!(power_of_ten(5e12), "5·10¹²");
    }
}
