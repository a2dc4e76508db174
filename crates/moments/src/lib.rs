//! Second moments of one layer: streaming, mergeable, in f64, with files to keep them in.
