//! The experiments of "When Representations Align" (arXiv 2402.09142): networks that are followed through training, on a
//! few points or on many.

pub mod few_points;
mod fits;
pub(crate) mod many_points;
