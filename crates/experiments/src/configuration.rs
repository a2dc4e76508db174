//! Configurations that do not parse, in one line.

use anyhow::{Result, anyhow};
use serde::de::DeserializeOwned;

/// Reads a configuration.
///
/// # Errors
/// With the line and column of what is wrong, in one line.
pub fn read_toml<T: DeserializeOwned>(text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let message = formant_text::message(error.message());
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
    use super::*;

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
            let error = formant_text::error(read_toml::<Small>(text).unwrap_err().as_ref());
            assert!(error.contains(expected), "{text:?}: {error}");
            assert!(error.chars().all(|c| !c.is_control()), "{error:?}");
        }
    }
}
