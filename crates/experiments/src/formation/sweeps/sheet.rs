//! Rows of a table that share a network, a step and a layer.

use formant_alignment::{NullLevel, Relation};
use formant_figures::table::Row;
use formant_moments::{Side, Variant};

/// Rows that share a network, a step and a layer.
pub struct Sheet<'a> {
    /// What they share.
    pub row: &'a Row,
    /// Where they go.
    pub rows: &'a mut Vec<Row>,
}

impl Sheet<'_> {
    /// A row of a statistic.
    pub fn push(
        &mut self,
        side: Option<Side>,
        statistic: impl Into<String>,
        variant: Option<Variant>,
        value: Option<f64>,
    ) {
        self.rows.push(Row {
            side: side.map_or("", side_name).into(),
            statistic: statistic.into(),
            variant: variant.map_or("", variant_name).into(),
            value,
            ..self.row.clone()
        });
    }

    /// A row of a statistic that has neither side nor variant.
    pub fn plain(&mut self, statistic: impl Into<String>, value: Option<f64>) {
        self.push(None, statistic, None, value);
    }

    /// Gives the last row a null.
    pub fn null(&mut self, null: NullLevel) {
        if let Some(row) = self.rows.last_mut() {
            (row.null_mean, row.null_q95) = (null.mean, null.q95);
        }
    }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
    }
}

fn variant_name(variant: Variant) -> &'static str {
    match variant {
        Variant::Raw => "raw",
        Variant::Centered => "centered",
        Variant::Normalized => "normalized",
    }
}

/// A relation as rows name it.
pub fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Rga => "rga",
        Relation::Rwa => "rwa",
        Relation::Gwa => "gwa",
    }
}
