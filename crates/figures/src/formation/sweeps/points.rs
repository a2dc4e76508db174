//! The six sweeps, their points, and the two groups of layers.

use crate::claims::measures::trend;
use crate::table::base::{Base, Factor, Level};
use crate::table::{Row, Select, Table};
use crate::{Estimate, Range};

/// Alphas that differ by less tie along a sweep (ours, the precision of the paper's pictures).
pub(super) const TIE: f64 = 0.002;

/// Which hidden layers are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Hidden layer 1, next to the input.
    First,
    /// Hidden layers 3 and later; the last one of a network with fewer.
    Deep,
}

impl Group {
    pub const BOTH: [Self; 2] = [Self::First, Self::Deep];

    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "layer 1",
            Self::Deep => "layers 3 and later",
        }
    }

    /// Whether a row is about a layer of this group. Side a of a map is the hidden layer before it, side b the one after.
    fn has(self, row: &Row) -> bool {
        let hidden = match row.side.as_str() {
            "a" => row.layer.saturating_sub(1),
            _ => row.layer,
        };
        match self {
            Self::First => hidden == 1,
            Self::Deep => (row.depth.min(3)..=row.depth).contains(&hidden),
        }
    }
}

/// Networks that differ in one setting.
#[derive(Debug, Clone)]
pub(super) struct Sweep<'t> {
    pub base: Base<'t>,
    pub factor: Factor,
    pub levels: Vec<Level<'t>>,
}

impl<'t> Sweep<'t> {
    /// The sweeps, in the order of the panels.
    pub fn all(table: &'t Table<'t>) -> [Self; 6] {
        let base = Base::of(table);
        let sweep = |factor| Self {
            base,
            factor,
            levels: base.levels(factor),
        };
        [
            Factor::Depth,
            Factor::LearningRate,
            Factor::Batch,
            Factor::Activation,
            Factor::InitScale,
            Factor::LabelNoise,
        ]
        .map(sweep)
    }

    /// Where a row stands on the axis of the sweep: its number, or its place among the words.
    pub fn x(&self, row: &Row) -> f64 {
        let level = self.factor.level(row);
        let place = || self.levels.iter().position(|other| *other == level);
        level.value().unwrap_or(place().unwrap_or_default() as f64)
    }

    /// Rows of a group's layers at the end of training.
    pub fn layers(&self, group: Group) -> Select<'t> {
        let sweep = self.base.sweep(self.factor).at_last_step();
        sweep.filter(move |row| group.has(row))
    }

    /// Alpha between cov(g, g) and cov(h, h), post-activations.
    pub fn alpha(&self, variant: &'t str, group: Group) -> Select<'t> {
        let layers = self.layers(group).statistic("alpha_rga").side("a");
        layers.variant(variant)
    }

    pub fn points(&self) -> Vec<Point<'_, 't>> {
        let levels = self.levels.iter();
        levels.map(|&level| Point { sweep: self, level }).collect()
    }

    /// The base point, where a network of it finished.
    pub fn base_point(&self) -> Option<Point<'_, 't>> {
        self.points().into_iter().find(Point::is_base)
    }

    /// The points that differ from the base point.
    pub fn other_points(&self) -> impl Iterator<Item = Point<'_, 't>> {
        let points = self.points().into_iter();
        points.filter(|point| !point.is_base())
    }

    /// Spearman's rho of alpha along the sweep; `None` for a sweep of words.
    pub fn rho(&self, group: Group) -> Option<Estimate> {
        self.levels.first()?.value()?;
        let alpha = self.alpha("normalized", group);
        let rounded = alpha.map(|alpha| Some((alpha / TIE).round()));
        rounded.over_seeds(|row| self.x(row), Range::Correlation, trend)
    }

    /// The two points that the sweep's effect is read between: its ends, or for words the base point and the one that
    /// differs most from it.
    pub fn ends(&self) -> Option<(Point<'_, 't>, Point<'_, 't>)> {
        let points = self.points();
        if points.first()?.level.value().is_some() {
            return points.first().copied().zip(points.last().copied());
        }
        let base = self.base_point()?;
        let change = |point: &Point<'_, '_>| {
            let change = point.minus(&base, Group::Deep);
            change.map_or(-1.0, |change| change.value.abs())
        };
        let most = self
            .other_points()
            .max_by(|a, b| change(a).total_cmp(&change(b)))?;
        Some((base, most))
    }
}

/// A point of a sweep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'s, 't> {
    pub sweep: &'s Sweep<'t>,
    pub level: Level<'t>,
}

impl<'t> Point<'_, 't> {
    pub fn is_base(&self) -> bool {
        self.level == self.sweep.base.level(self.sweep.factor)
    }

    /// Such as `depth 5`.
    pub fn name(&self) -> String {
        format!("{} {}", self.sweep.factor.name(), self.level.text())
    }

    /// The rows of a selection of its sweep that belong to this point.
    pub fn of(&self, select: Select<'t>) -> Select<'t> {
        let (factor, level) = (self.sweep.factor, self.level);
        select.filter(move |row| factor.level(row) == level)
    }

    pub fn alpha(&self, variant: &'t str, group: Group) -> Select<'t> {
        self.of(self.sweep.alpha(variant, group))
    }

    /// Alpha of this point less that of another.
    pub fn minus(&self, other: &Self, group: Group) -> Option<Estimate> {
        let alpha = |point: &Self| point.alpha("normalized", group);
        alpha(self).difference(&alpha(other))
    }

    /// Alpha of the deep layers less that of the first.
    pub fn deep_minus_first(&self) -> Option<Estimate> {
        let alpha = |group| self.alpha("normalized", group);
        alpha(Group::Deep).difference(&alpha(Group::First))
    }

    /// Whether the deep layers are others than the first.
    pub fn has_deep_layers(&self) -> bool {
        let rows = self.alpha("normalized", Group::Deep).rows();
        rows.iter().all(|row| row.depth > 1)
    }
}
