//! Text of the user in messages: on one line, short, control characters escaped.

use std::path::Path;

use formant_moments::is_printable;

/// Maximum number of characters of one piece of text.
const LONGEST: usize = 40;

/// Maximum number of characters of a path.
const LONGEST_PATH: usize = 60;

/// What a terminal does not show as it is, is escaped.
fn escaped(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|c| {
        let safe = is_printable(c);
        let escaped = (!safe).then(|| c.escape_default());
        safe.then_some(c)
            .into_iter()
            .chain(escaped.into_iter().flatten())
    })
}

/// A piece of text with control characters escaped, and its end cut if it is long.
pub fn shown(text: &str) -> String {
    cut(text, LONGEST)
}

fn cut(text: &str, longest: usize) -> String {
    let mut kept: Vec<char> = escaped(text).take(longest + 1).collect();
    if kept.len() > longest {
        kept.truncate(longest - 1);
        kept.push('…');
    }
    kept.into_iter().collect()
}

/// A path likewise, its beginning cut if it is long.
pub fn shown_path(path: &Path) -> String {
    let escaped: Vec<char> = escaped(&path.to_string_lossy()).collect();
    if escaped.len() <= LONGEST_PATH {
        return escaped.into_iter().collect();
    }
    let end = &escaped[escaped.len() + 1 - LONGEST_PATH..];
    std::iter::once('…').chain(end.iter().copied()).collect()
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
        .map(|name| cut(name, 10))
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
