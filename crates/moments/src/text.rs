//! Names, paths and reasons as messages show them.

use std::path::Path;

use formant_text::printable;

/// A path as messages show it.
pub(crate) fn path(path: &Path) -> String {
    printable(&path.to_string_lossy(), 100)
}

/// The name of an array or a layer.
pub(crate) fn name(name: &str) -> String {
    printable(name, 60)
}

/// What a reader met.
pub(crate) fn reason(reason: &str) -> String {
    printable(reason, 100)
}
