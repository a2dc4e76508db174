//! The six relations of the canonical representation hypothesis.

use super::Row;

/// The end of the names of statistics whose null is a random moment carried through the weight.
const THROUGH_WEIGHT: &str = "_through_weight";

/// Side and relation. RWA on side b and GWA on side a compare matrices that both contain the weight, so that an untrained
/// map is aligned already; their null is that of the moment on the other side of the map, carried through the weight.
pub(crate) const RELATIONS: [Relation; 6] = [
    relation("a", "alpha_rga"),
    relation("a", "alpha_rwa"),
    relation("a", "alpha_gwa_through_weight"),
    relation("b", "alpha_rga"),
    relation("b", "alpha_rwa_through_weight"),
    relation("b", "alpha_gwa"),
];

/// One of the six relations of every linear map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub side: &'static str,
    /// Its alpha, with the null that fits it.
    pub statistic: &'static str,
}

const fn relation(side: &'static str, statistic: &'static str) -> Relation {
    Relation { side, statistic }
}

/// A name without what it says of the null.
pub(crate) fn plain(name: &str) -> &str {
    name.trim_end_matches(THROUGH_WEIGHT)
}

/// Whether a row compares matrices that are multiples of one another by definition: with one output, G_a and WᵀW are.
pub(crate) fn is_one_by_definition(row: &Row) -> bool {
    let is_scalar_readout = row.task == "teacher" && row.layer == row.depth + 1;
    is_scalar_readout && row.side == "a" && plain(&row.statistic).ends_with("_gwa")
}

impl Relation {
    /// `rga`.
    pub fn name(self) -> &'static str {
        plain(self.statistic).trim_start_matches("alpha_")
    }

    /// Whether its null is a random moment carried through the weight.
    pub fn shares_weight(self) -> bool {
        self.statistic.ends_with(THROUGH_WEIGHT)
    }

    /// `alpha_rga`: the name of its alpha where no null is carried through the weight.
    pub fn plain_statistic(self) -> &'static str {
        plain(self.statistic)
    }

    /// `RGA a`.
    pub fn short(self) -> String {
        format!("{} {}", self.name().to_uppercase(), self.side)
    }

    /// Of covariances: `RWA: cov(h, h) and WᵀW, side a`.
    pub fn title(self) -> String {
        self.between("cov(h, h)", "cov(g, g)")
    }

    /// Of raw second moments: `RWA: H and WᵀW, side a`.
    pub fn raw_title(self) -> String {
        self.between("H", "G")
    }

    fn between(self, of_h: &str, of_g: &str) -> String {
        let of_weights = match self.side {
            "a" => "WᵀW",
            _ => "WWᵀ",
        };
        let (x, y) = match self.name() {
            "rga" => (of_h, of_g),
            "rwa" => (of_h, of_weights),
            _ => (of_g, of_weights),
        };
        let name = self.name().to_uppercase();
        format!("{name}: {x} and {y}, side {}", self.side)
    }
}
