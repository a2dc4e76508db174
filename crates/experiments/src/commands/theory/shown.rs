//! Text of the user in messages: on one line, short, control characters escaped.

use std::path::Path;

use formant_text::printable;

/// A piece of text.
pub fn shown(text: &str) -> String {
    printable(text, 40)
}

/// A path.
pub fn shown_path(path: &Path) -> String {
    formant_text::path(path, 60)
}

/// The first few names of a list.
pub fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const FEW: usize = 6;
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    let mut text = names
        .iter()
        .take(FEW)
        .map(|name| printable(name, 10))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > FEW {
        text += &format!(" and {} more", names.len() - FEW);
    }
    text
}

/// A number at most 24 characters long: `Display` writes 1e300 with all of its zeros.
pub fn plain(value: f64) -> String {
    format!("{value:?}").trim_end_matches(".0").to_owned()
}
