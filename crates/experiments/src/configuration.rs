//! Messages of one short line, whatever is in the text that they quote.

use std::fmt::Write;

use anyhow::{Result, anyhow};
use formant_moments::is_printable;
use serde::de::DeserializeOwned;

/// The longest line, in characters.
const LONGEST: usize = 290;

/// What is kept of the end of a line that is too long: it says what to do.
const END: usize = 170;

/// An error and its causes in one line; a cause that an error says itself is not said again.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    short(&line)
}

/// Text as one line of at most 290 characters: line breaks become spaces, other control characters their escapes, and
/// the middle of what is longer is left out.
pub fn short(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut line = String::new();
    for c in lines.join(" ").chars() {
        if is_printable(c) {
            line.push(c);
        } else {
            let _ = write!(line, "{}", c.escape_unicode()); // a string takes whatever it is given
        }
    }
    let count = line.chars().count();
    if count <= LONGEST {
        return line;
    }
    let start: String = line.chars().take(LONGEST - END - 3).collect();
    let end: String = line.chars().skip(count - END).collect();
    format!("{start} … {end}")
}

/// Reads a configuration.
///
/// # Errors
/// With the line and column of what is wrong, in one line.
pub fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let message = short(error.message());
        match error.span() {
            Some(span) => {
                let before = text.get(..span.start).unwrap_or(text);
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                anyhow!("line {line}, column {column}: {message}")
            }
            None => anyhow!("{message}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn an_error_is_one_line_that_shows_what_it_quotes() {
        let error = anyhow!("no key \x1b[2Ja\u{202e}b\r\n  | here").context("a\tb.toml");
        let expected = "a\\u{9}b.toml: no key \\u{1b}[2Ja\\u{202e}b   | here";
        assert_eq!(one_line(&error), expected);
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow!("why").context("what: why").context("file");
        assert_eq!(one_line(&error), "file: what: why");
    }

    #[test]
    fn a_long_line_keeps_its_start_and_its_end() {
        let name = "ä".repeat(5_000);
        let error = Err::<(), _>(anyhow!("it is too large: choose a smaller one")).context(name);
        let line = one_line(&error.unwrap_err());
        assert_eq!(line.chars().count(), LONGEST);
        assert!(
            line.starts_with("äää") && line.ends_with("choose a smaller one"),
            "{line}"
        );
    }

    #[test]
    fn a_configuration_that_does_not_parse_names_line_and_column() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Small {
            #[allow(dead_code)]
            a: u8,
        }
        for (text, expected) in [
            (
                "a = 1\n\"b\\u001b[0m\\n\" = 2",
                "line 2, column 1: unknown field `b\\u{1b}[0m",
            ),
            (
                "a = 300",
                "line 1, column 5: invalid value: integer `300`, expected u8",
            ),
            (
                "a = -1",
                "line 1, column 5: invalid value: integer `-1`, expected u8",
            ),
            ("a = 99999999999999999999", "line 1, column 5"),
            ("a = ", "line 1, column 5"),
            ("\u{1}", "line 1, column "),
            ("", "missing field `a`"),
        ] {
            let error = one_line(&read_toml::<Small>(text).unwrap_err());
            assert!(error.contains(expected), "{text:?}: {error}");
            assert!(error.chars().all(|c| !c.is_control()), "{error:?}");
        }
    }
}
