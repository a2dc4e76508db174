//! The one error type of this crate.

/// Why a figure, a preset or a data set could not be found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// No figure has this id.
    #[error("unknown figure `{id}`; {hint} (`cargo xtask list-figures` shows all)")]
    UnknownFigure {
        /// The id that was requested.
        id: String,
        /// The nearest ids, as a sentence.
        hint: String,
    },
    /// No preset has this name.
    #[error("unknown preset `{name}`; expected smoke, quick or paper")]
    UnknownPreset {
        /// The name that was requested.
        name: String,
    },
    /// No backend has this name.
    #[error("unknown backend '{name}': expected one of flex, ndarray, cuda")]
    UnknownBackend {
        /// The name that was requested.
        name: String,
    },
    /// No data set has this name.
    #[error("unknown data set `{name}`; expected {known}")]
    UnknownDataSet {
        /// The name that was requested.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// Data files are in none of the places where they are looked for.
    #[error(
        "the files of {set} were not found; searched: {searched}; \
        run `cargo xtask fetch-data {set}`, or name their folder with --data-dir or in FORMANT_DATA, \
        or use the embedded digits, which need no files (figure crh-gamma-digits)"
    )]
    NotFound {
        /// The data set.
        set: &'static str,
        /// The folders and what each of them lacks; empty if there was no folder to search.
        searched: String,
    },
    /// There is no folder to put data in.
    #[error(
        "no folder to keep {set} in: the user has no cache folder; name one with --data-dir or in FORMANT_DATA"
    )]
    NoDataDir {
        /// The data set.
        set: &'static str,
    },
}
