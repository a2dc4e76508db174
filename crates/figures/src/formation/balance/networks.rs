//! Which rows crh-balance reads: hidden maps of networks that differ in weight decay or learning rate only.

use crate::Range;
use crate::chart::palette;
use crate::figure::{Along, Curve, Data};
use crate::table::base::{Base, Factor};
use crate::table::{AVERAGED, Losses, Row, Select, Table};

/// Statistics with their names in pictures, tables and claims.
pub(super) type Named = [(&'static str, &'static str)];

/// The matrices whose stationarity the theorem assumes.
pub(super) const MATRICES: &Named = &[
    ("stationarity_h_a", "H_a"),
    ("stationarity_g_b", "G_b"),
    ("stationarity_z_b", "Z_b = WWᵀ"),
    ("stationarity_z_a", "Z_a = WᵀW"),
];

/// The balance equations.
pub(super) const RESIDUALS: &Named = &[
    ("residual_i", "(i) H_b"),
    ("residual_ii", "(ii) Z_b"),
    ("residual_iii", "(iii) G_a"),
    ("residual_iv", "(iv) Z_a"),
];

/// The measures of self-averaging.
pub(super) const SELF_AVERAGING: &Named = &[
    ("cv_h_a", "variation of ‖h_a‖²"),
    ("cv_g_b", "variation of ‖g_b‖²"),
    ("self_averaging_g_b", "E[‖h_a‖² g_b g_bᵀ] against s_a G_b"),
    ("self_averaging_h_a", "E[‖g_b‖² h_a h_aᵀ] against s_g H_a"),
];

/// What the best multiples leave.
pub(super) const SHAPES: &Named = &[
    ("constant_h_b_residual", "H_b against Z_b"),
    ("constant_g_a_residual", "G_a against Z_a"),
];

/// A residual less what chance alone would leave of it.
pub(super) fn debiased(statistic: &str) -> String {
    format!("{statistic}_debiased")
}

/// What tr G_b / tr Z_b is followed along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swept {
    factor: Factor,
    pub along: Along,
}

pub(super) const WEIGHT_DECAY: Swept = Swept {
    factor: Factor::WeightDecay,
    along: Along {
        text: |gamma| format!("{gamma:.1e}"),
        ..Along::WEIGHT_DECAY
    },
};

pub(super) const LEARNING_RATE: Swept = Swept {
    factor: Factor::LearningRate,
    along: Along::LEARNING_RATE,
};

/// The networks around the base point, with their losses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Networks<'t> {
    pub table: &'t Table<'t>,
    pub losses: &'t Losses<'t>,
    base: Base<'t>,
}

impl<'t> Networks<'t> {
    pub fn new(data: &'t Data<'t>) -> Self {
        Self {
            table: &data.table,
            losses: &data.losses,
            base: Base::of(&data.table),
        }
    }

    /// Rows of a statistic at every weight decay, everything else as at the base point.
    pub fn over_weight_decay(&self, statistic: &str) -> Select<'t> {
        let select = self.base.sweep(Factor::WeightDecay).statistic(statistic);
        match statistic {
            // Multiples may have either sign; everything else here is a size.
            "constant_h_b" | "constant_g_a" => select,
            _ => select.range(Range::NonNegative),
        }
    }

    /// The decay times of the networks at every weight decay.
    pub fn decay_times(&self) -> Select<'t> {
        let networks = self.over_weight_decay("trace_ratio").layer(1);
        networks.quantity(Row::decay_times)
    }

    /// The same of hidden maps.
    pub fn in_training(&self, statistic: &str) -> Select<'t> {
        self.over_weight_decay(statistic).filter(is_hidden)
    }

    /// The same at the end of training.
    pub fn hidden(&self, statistic: &str) -> Select<'t> {
        self.in_training(statistic).at_last_step()
    }

    /// A residual in the mean over late iterates, less what chance leaves of it, in quadrature.
    pub fn residual(&self, statistic: &str) -> Select<'t> {
        self.hidden(&format!("{AVERAGED}{}", debiased(statistic)))
    }

    pub fn weight_decays(&self) -> Vec<f64> {
        let levels = self.base.levels(Factor::WeightDecay).into_iter();
        levels.filter_map(|level| level.value()).collect()
    }

    /// What a selection has at the largest weight decay.
    pub fn at_largest(&self, select: Select<'t>) -> Select<'t> {
        select.weight_decay(self.weight_decays().last().copied().unwrap_or(f64::NAN))
    }

    /// The hidden maps, from 1.
    pub fn layers(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.base.level(Factor::Depth).value().unwrap_or(0.0) as u32
    }

    /// A selection layer by layer.
    pub fn by_layer(&self, select: &Select<'t>) -> Vec<(String, Select<'t>)> {
        let layers = self.layers();
        layers
            .map(|layer| (format!("layer {layer}"), select.clone().layer(layer)))
            .collect()
    }

    /// The same as lines of a panel.
    pub fn curves(&self, select: &Select<'t>) -> Vec<Curve<'t>> {
        let layers = self.by_layer(select);
        let n = layers.len();
        let curves = (0..).zip(layers).map(|(k, (name, select))| {
            Curve::qualitative(name, k, select).color(palette::layer(k, n))
        });
        curves.collect()
    }

    /// tr G_b / tr Z_b of hidden maps at the end of training.
    pub fn trace_ratio(&self, swept: Swept) -> Select<'t> {
        let ratio = self.base.sweep(swept.factor).statistic("trace_ratio");
        ratio.filter(is_hidden).at_last_step()
    }

    /// The last window of training at the largest weight decay: its steps, and how many decay times it lasts.
    pub fn window(&self) -> Option<(f64, f64)> {
        let measured = self.at_largest(self.in_training("stationarity_h_a"));
        let steps = measured.distinct(Along::STEP.of);
        let last = *steps.last()?;
        let before = steps.iter().rev().nth(1).copied().unwrap_or(0.0);
        let times = self.at_largest(self.decay_times());
        let total = times.at_last_step().estimate()?.value;
        Some((last - before, total * (last - before) / last))
    }
}

/// Whether a row is about a map into a hidden layer.
pub(super) fn is_hidden(row: &Row) -> bool {
    (1..=row.depth).contains(&row.layer)
}
