//! Text of the user in messages: on one line, short, control characters escaped.

use std::path::Path;

/// Maximum number of characters of one piece of text.
const LONGEST: usize = 40;

/// Maximum number of characters of a path.
const LONGEST_PATH: usize = 60;

/// A piece of text with control characters escaped, and its end cut if it is long.
pub fn shown(text: &str) -> String {
    cut(text, LONGEST)
}

fn cut(text: &str, longest: usize) -> String {
    // Taken before it is escaped: the text may be megabytes.
    let escaped = text.chars().take(longest + 1).flat_map(|c| {
        let escaped = c.is_control() || ('\u{2028}'..='\u{2029}').contains(&c);
        let own = (!escaped).then_some(c);
        own.into_iter()
            .chain(escaped.then(|| c.escape_default()).into_iter().flatten())
    });
    let mut kept: Vec<char> = escaped.take(longest + 1).collect();
    if kept.len() > longest {
        kept.truncate(longest - 1);
        kept.push('…');
    }
    kept.into_iter().collect()
}

/// A path likewise, its beginning cut if it is long.
pub fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let end: Vec<char> = text.chars().rev().take(LONGEST_PATH).collect();
    let whole = end.len() == text.chars().count();
    let end: String = end.into_iter().rev().collect();
    let escaped = cut(&end, LONGEST_PATH);
    if whole {
        escaped
    } else {
        format!("…{escaped}")
    }
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
