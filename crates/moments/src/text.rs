//! Text out of files, made fit for one line of a message or a table.

use std::path::Path;

/// Longest file name in a message.
const PATH: usize = 100;

/// Whether a terminal shows a character as it is; the others move the cursor, end the line or change the direction of text.
#[must_use]
pub fn is_printable(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turns
}

/// `text` with control characters escaped, and cut in the middle if it has more than `most` characters.
///
/// Names of layers and arrays are whatever somebody wrote into a file. On a terminal their control characters would
/// move the cursor, and line breaks would make two lines of one; those that change the direction of text are escaped too.
#[must_use]
pub fn printable(text: &str, most: usize) -> String {
    let (head, tail) = (most / 3, most - most / 3 - 1);
    let mut out = Vec::new();
    for c in text.chars() {
        if is_printable(c) {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
        // A name of megabytes is not kept while its end is looked for.
        if out.len() > 4 * most + 64 {
            out.drain(head..head + 2 * most);
        }
    }
    if out.len() > most {
        let end = out.split_off(out.len() - tail);
        out.truncate(head);
        out.push('…');
        out.extend(end);
    }
    out.into_iter().collect()
}

/// A path as messages show it.
pub(crate) fn path(path: &Path) -> String {
    printable(&path.to_string_lossy(), PATH)
}

/// The name of an array or a layer.
pub(crate) fn name(name: &str) -> String {
    printable(name, 60)
}

/// What a reader met.
pub(crate) fn reason(reason: &str) -> String {
    printable(reason, 100)
}

#[cfg(test)]
mod tests {
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
    }
}
