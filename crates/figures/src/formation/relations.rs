//! Views of the six relations.

use crate::figure::{Along, View};
pub(crate) use crate::table::{RELATIONS, Relation};

impl Relation {
    /// Alpha of normalized covariances along a column.
    pub const fn view(self, along: Along) -> View {
        View::of_maps(self.statistic, self.side, along)
    }
}
