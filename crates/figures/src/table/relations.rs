//! The six relations of the canonical representation hypothesis.

/// Side and relation.
pub(crate) const RELATIONS: [Relation; 6] = [
    Relation {
        side: "a",
        statistic: "alpha_rga",
        title: "RGA: cov(h, h) and cov(g, g), side a",
        raw_title: "RGA: H and G, side a",
    },
    Relation {
        side: "a",
        statistic: "alpha_rwa",
        title: "RWA: cov(h, h) and WᵀW, side a",
        raw_title: "RWA: H and WᵀW, side a",
    },
    Relation {
        side: "a",
        statistic: "alpha_gwa",
        title: "GWA: cov(g, g) and WᵀW, side a",
        raw_title: "GWA: G and WᵀW, side a",
    },
    Relation {
        side: "b",
        statistic: "alpha_rga",
        title: "RGA: cov(h, h) and cov(g, g), side b",
        raw_title: "RGA: H and G, side b",
    },
    Relation {
        side: "b",
        statistic: "alpha_rwa",
        title: "RWA: cov(h, h) and WWᵀ, side b",
        raw_title: "RWA: H and WWᵀ, side b",
    },
    Relation {
        side: "b",
        statistic: "alpha_gwa",
        title: "GWA: cov(g, g) and WWᵀ, side b",
        raw_title: "GWA: G and WWᵀ, side b",
    },
];

/// One of the six relations of every linear map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub side: &'static str,
    pub statistic: &'static str,
    /// In words, of covariances.
    pub title: &'static str,
    /// In words, of raw second moments.
    pub raw_title: &'static str,
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
}
