//! Statistics over the second moments of a layer: alignments, nulls, ranks.
