//! Messages of one short line, whatever is in the text that they quote.
//!
//! Names of files, layers and arrays are whatever somebody wrote. On a terminal their control characters would move the
//! cursor, and line breaks would make two lines of one.
//!
//! **Invariant:** no dependencies: `xtask` is built on this crate, and the readers of files are.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::error::Error;
use std::path::Path;

/// The longest message, in characters.
const LONGEST: usize = 290;

/// What is kept of the end of a message that is too long: it says what to do.
const END: usize = 170;

/// Whether a terminal shows a character as it is; the others move the cursor, end the line or change the direction of text.
#[must_use]
pub fn is_printable(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turns
}

/// `text` with every other character escaped.
fn escaped(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|c| {
        let (shown, escape) = match is_printable(c) {
            true => (Some(c), None),
            false => (None, Some(c.escape_default())),
        };
        shown.into_iter().chain(escape.into_iter().flatten())
    })
}

/// The first `head` and the last `tail` characters about a gap, or all of them if those are no more.
fn cut(text: impl Iterator<Item = char>, gap: &str, head: usize, tail: usize) -> String {
    let most = head + gap.chars().count() + tail;
    let mut out = Vec::new();
    for c in text {
        out.push(c);
        // Megabytes are not kept while their end is looked for.
        if out.len() > 4 * most + 64 {
            out.drain(head..head + 2 * most);
        }
    }
    if out.len() > most {
        out.splice(head..out.len() - tail, gap.chars());
    }
    out.into_iter().collect()
}

/// `text` on one line, cut in the middle if it has more than `most` characters, of which at least 3 are needed.
#[must_use]
pub fn printable(text: &str, most: usize) -> String {
    let head = most / 3;
    cut(escaped(text), "…", head, most - head - 1)
}

/// A path on one line, its beginning left out if it has more than `most` characters.
#[must_use]
pub fn path(path: &Path, most: usize) -> String {
    cut(escaped(&path.to_string_lossy()), "…", 0, most - 1)
}

/// A message of at most 290 characters: line breaks become spaces, and the middle of what is longer is left out.
#[must_use]
pub fn message(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    cut(escaped(&lines.join(" ")), " … ", LONGEST - END - 3, END)
}

/// An error and its causes as one message; a cause that an error says itself is not said again.
#[must_use]
pub fn error(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !line.ends_with(&said) {
            line = format!("{line}: {said}");
        }
        next = cause.source();
    }
    message(&line)
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[test]
    fn control_characters_are_escaped_and_long_texts_cut() {
        assert_eq!(
            printable("fc\n\u{1b}[31m\u{9b}é\u{202e}", 60),
            "fc\\n\\u{1b}[31m\\u{9b}é\\u{202e}"
        );
        assert_eq!(printable("0123456789", 10), "0123456789");
        assert_eq!(printable("0123456789a", 10), "012…56789a");
        let long = format!("begin{}end", "x\n".repeat(1 << 20));
        let cut = printable(&long, 30);
        assert!(cut.starts_with("begin") && cut.ends_with("end"), "{cut}");
        assert_eq!(cut.chars().count(), 30);
        assert_eq!(path(Path::new("/long/name\t"), 8), "…/name\\t");
        assert_eq!(path(Path::new("/a/name\t"), 9), "/a/name\\t");
    }

    /// An error with a cause.
    #[derive(Debug)]
    struct Chain(String, Option<Box<Chain>>);

    impl fmt::Display for Chain {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl Error for Chain {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    fn said(texts: &[&str]) -> String {
        let chain = texts.iter().rev().fold(None, |cause, text| {
            Some(Box::new(Chain((*text).to_owned(), cause)))
        });
        error(&*chain.unwrap())
    }

    #[test]
    fn an_error_is_one_line_that_shows_what_it_quotes() {
        let found = said(&["a\tb.toml", "no key \x1b[2Ja\u{202e}b\r\n  | here"]);
        let expected = "a\\tb.toml: no key \\u{1b}[2Ja\\u{202e}b   | here";
        assert_eq!(found, expected);
        assert_eq!(said(&["file", "what: why", "why"]), "file: what: why");
    }

    #[test]
    fn a_long_line_keeps_its_start_and_its_end() {
        let name = "ä".repeat(5_000);
        let line = said(&[&name, "it is too large: choose a smaller one"]);
        assert_eq!(line.chars().count(), LONGEST);
        assert!(
            line.starts_with("äää") && line.ends_with("choose a smaller one"),
            "{line}"
        );
    }
}
