//! Made-up rows. **Not data.**

use crate::sweep::Row;
use crate::sweep::synthetic::gamma_rows;

/// The rows of [`gamma_rows`]: alpha of five layers over five weight decays, three seeds, all variants.
pub fn rows() -> Vec<Row> {
    gamma_rows()
}
