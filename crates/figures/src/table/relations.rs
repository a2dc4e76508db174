//! The six relations of the canonical representation hypothesis.

/// Side and relation.
pub(crate) const RELATIONS: [Relation; 6] = [
    relation("a", "alpha_rga"),
    relation("a", "alpha_rwa"),
    relation("a", "alpha_gwa"),
    relation("b", "alpha_rga"),
    relation("b", "alpha_rwa"),
    relation("b", "alpha_gwa"),
];

/// One of the six relations of every linear map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub side: &'static str,
    pub statistic: &'static str,
}

const fn relation(side: &'static str, statistic: &'static str) -> Relation {
    Relation { side, statistic }
}

impl Relation {
    /// `rga`.
    pub fn name(self) -> &'static str {
        self.statistic.trim_start_matches("alpha_")
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
