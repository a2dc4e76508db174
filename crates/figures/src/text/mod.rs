//! Numbers as text, and tables in Markdown.

mod markdown;
pub(crate) mod numbers;

pub use markdown::Section;
pub(crate) use markdown::{cell, crossed, decimals, markdown_table, plural};
