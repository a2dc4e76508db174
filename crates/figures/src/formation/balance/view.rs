//! Which rows crh-balance reads: hidden maps of networks that differ in weight decay or learning rate only.

use crate::figure::Data;
use crate::table::base::{Base, Factor};
use crate::table::{Losses, Row, Select, Table};
use crate::{Estimate, Range};

/// The matrices whose stationarity the theorem assumes.
pub(super) const MATRICES: [(&str, &str); 4] = [
    ("stationarity_h_a", "H_a"),
    ("stationarity_g_b", "G_b"),
    ("stationarity_z_b", "Z_b = WWᵀ"),
    ("stationarity_z_a", "Z_a = WᵀW"),
];

/// The balance equations.
pub(super) const RESIDUALS: [(&str, &str); 4] = [
    ("residual_i", "(i) H_b"),
    ("residual_ii", "(ii) Z_b"),
    ("residual_iii", "(iii) G_a"),
    ("residual_iv", "(iv) Z_a"),
];

/// The same, less what sampling alone would leave of them.
pub(super) const DEBIASED: [(&str, &str); 4] = [
    ("residual_i_debiased", "(i) H_b"),
    ("residual_ii_debiased", "(ii) Z_b"),
    ("residual_iii_debiased", "(iii) G_a"),
    ("residual_iv_debiased", "(iv) Z_a"),
];

/// The measures of self-averaging.
pub(super) const SELF_AVERAGING: [(&str, &str); 4] = [
    ("cv_h_a", "variation of ‖h_a‖²"),
    ("cv_g_b", "variation of ‖g_b‖²"),
    ("self_averaging_g_b", "E[‖h_a‖² g_b g_bᵀ] against s_a G_b"),
    ("self_averaging_h_a", "E[‖g_b‖² h_a h_aᵀ] against s_g H_a"),
];

/// What a slope is taken against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slope {
    Gamma,
    LearningRate,
}

impl Slope {
    /// Where a row stands on it.
    pub fn of(self, row: &Row) -> f64 {
        match self {
            Self::Gamma => row.gamma,
            Self::LearningRate => row.learning_rate,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Gamma => "gamma",
            Self::LearningRate => "learning rate",
        }
    }

    /// A value of it.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Gamma => format!("{value:.1e}"),
            Self::LearningRate => value.to_string(),
        }
    }
}

/// The table with its base point, and the losses of its networks.
pub(super) struct View<'t> {
    pub table: &'t Table<'t>,
    pub losses: &'t Losses<'t>,
    base: Base<'t>,
}

impl<'t> View<'t> {
    pub fn new(data: &'t Data<'t>) -> Self {
        Self {
            table: &data.table,
            losses: &data.losses,
            base: Base::of(&data.table),
        }
    }

    /// Rows of a statistic at every weight decay, everything else as at the base point.
    pub fn over_gamma(&self, statistic: &str) -> Select<'t> {
        let sweep = self.base.sweep(self.table, Factor::Gamma);
        let select = sweep.statistic(statistic);
        match statistic {
            // Multiples may have either sign; everything else here is a size.
            "constant_h_b" | "constant_g_a" => select,
            _ => select.range(Range::NonNegative),
        }
    }

    /// The same of hidden maps at the end of training.
    pub fn hidden(&self, statistic: &str) -> Select<'t> {
        self.over_gamma(statistic)
            .filter(|row| row.layer >= 1 && row.layer <= row.depth)
            .at_last_step()
    }

    /// A residual less what sampling alone leaves of it, in quadrature; as measured, where that is not known.
    pub fn residual(&self, statistic: &str) -> Select<'t> {
        let debiased = self.hidden(&format!("{statistic}_debiased"));
        if debiased.rows().is_empty() {
            self.hidden(statistic)
        } else {
            debiased
        }
    }

    /// The same over training.
    pub fn hidden_in_training(&self, statistic: &str) -> Select<'t> {
        let hidden = self.over_gamma(statistic);
        hidden.filter(|row| row.layer >= 1 && row.layer <= row.depth)
    }

    pub fn gammas(&self) -> Vec<f64> {
        let levels = self.base.levels(self.table, Factor::Gamma).into_iter();
        levels.filter_map(|level| level.value()).collect()
    }

    pub fn largest_gamma(&self) -> f64 {
        self.gammas().last().copied().unwrap_or(f64::NAN)
    }

    pub fn at_largest_gamma(&self, statistic: &str) -> Select<'t> {
        self.hidden(statistic).gamma(self.largest_gamma())
    }

    /// The hidden maps, from 1.
    pub fn layers(&self) -> Vec<u32> {
        let Some(depth) = self.base.level(Factor::Depth).value() else {
            return Vec::new();
        };
        (1..=depth as u32).collect()
    }

    /// Of each hidden map the mean over seeds of a function of a statistic at the largest gamma.
    pub fn at_largest_gamma_by_layer(
        &self,
        statistic: &str,
        of: impl Fn(f64) -> Option<f64> + Copy + 't,
    ) -> Vec<(u32, Option<Estimate>)> {
        let layers = self.layers().into_iter();
        let estimates = layers.map(|layer| {
            let select = self
                .at_largest_gamma(statistic)
                .layer(layer)
                .range(Range::Real);
            (layer, select.quantity(move |row| of(row.value?)).estimate())
        });
        estimates.collect()
    }

    /// tr G_b / tr Z_b of one hidden map at the end of training.
    pub fn trace_ratio(&self, against: Slope, layer: u32) -> Select<'t> {
        let free = match against {
            Slope::Gamma => Factor::Gamma,
            Slope::LearningRate => Factor::LearningRate,
        };
        let sweep = self.base.sweep(self.table, free);
        sweep.statistic("trace_ratio").layer(layer).at_last_step()
    }

    /// The last window of training at the largest gamma: its steps, and how many decay times it lasts.
    pub fn window(&self) -> Option<(f64, f64)> {
        let rows = self
            .hidden_in_training("stationarity_h_a")
            .gamma(self.largest_gamma());
        let steps = rows.distinct(|row| row.step as f64);
        let last = *steps.last()?;
        let before = steps.iter().rev().nth(1).copied().unwrap_or(0.0);
        let times = self
            .over_gamma("steps_times_eta_gamma")
            .gamma(self.largest_gamma());
        let total = times.at_last_step().estimate()?.value;
        Some((last - before, total * (last - before) / last))
    }
}
