//! What every kind of row has: columns, numbers that are checked, the run that it is of.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::io::{Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::checked_tables::Run;
use super::tables::SCHEMA_VERSION;
use crate::FigureError;
use crate::table::{Outcome, Schema};

/// Defines rows. The columns of their tables are their fields, in order; `key` tells rows apart, `signed` ones may be
/// negative, and `run` is the run that a row is of.
macro_rules! records {
    ($(
        $(#[$about:meta])*
        key($($key:ident)*) signed($($signed:ident)*) run($run:expr)
        pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty,)* }
    )*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl $crate::universality::record::Record for $name {
            const COLUMNS: &'static [&'static str] = &["schema_version", $(stringify!($field)),*];
            const KEY: &'static [&'static str] = &[$(stringify!($key)),*];
            const SIGNED: &'static [&'static str] = &[$(stringify!($signed)),*];

            fn fields(&self) -> Vec<(&'static str, &dyn $crate::universality::record::Field)> {
                vec![$((stringify!($field), &self.$field)),*]
            }

            fn run(&self) -> $crate::universality::Run {
                let run: fn(&Self) -> $crate::universality::Run = $run;
                run(self)
            }
        }
    )*};
}

pub(super) use records;

/// One field of a row.
pub(super) trait Field: Debug {
    /// Its number, where it is a measured one and known.
    fn number(&self) -> Option<f64> {
        None
    }
}

impl Field for f64 {
    fn number(&self) -> Option<f64> {
        Some(*self)
    }
}

impl Field for Option<f64> {
    fn number(&self) -> Option<f64> {
        *self
    }
}

impl Field for String {}
impl Field for Option<String> {}
impl Field for u32 {}
impl Field for u64 {}
impl Field for bool {}
impl Field for Outcome {}

/// A kind of row, as [`records`] defines it.
pub(super) trait Record: Serialize + DeserializeOwned {
    /// Columns of the table, the schema version first.
    const COLUMNS: &'static [&'static str];

    /// The columns that tell rows apart.
    const KEY: &'static [&'static str];

    /// The columns whose numbers may be negative.
    const SIGNED: &'static [&'static str];

    /// Every field with its name.
    fn fields(&self) -> Vec<(&'static str, &dyn Field)>;

    /// The run that it is of.
    fn run(&self) -> Run;

    /// Its key in words.
    fn place(&self) -> String {
        let mut key = self.fields();
        key.retain(|(name, _)| Self::KEY.contains(name));
        let key = key.iter().map(|(name, field)| format!("{name} {field:?}"));
        key.collect::<Vec<_>>().join(", ")
    }
}

/// The rows of one table, of whatever kind.
pub(super) trait Rows {
    fn count(&self) -> usize;

    fn write(&self, to: &mut dyn Write) -> Result<(), FigureError>;

    /// Appends rows.
    fn read(&mut self, from: &mut dyn Read) -> Result<(), FigureError>;

    /// Takes the rows of these runs away.
    fn leave_out(&mut self, runs: &BTreeSet<Run>);

    /// Refuses numbers that are not finite or negative where that has no meaning, and a row that occurs twice.
    fn check(&self) -> Result<(), FigureError>;
}

fn schema<R: Record>() -> Schema {
    Schema {
        version: SCHEMA_VERSION,
        columns: R::COLUMNS,
    }
}

impl<R: Record> Rows for Vec<R> {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, to: &mut dyn Write) -> Result<(), FigureError> {
        schema::<R>().write(self, to)
    }

    fn read(&mut self, from: &mut dyn Read) -> Result<(), FigureError> {
        self.extend(schema::<R>().read::<R>(from)?);
        Ok(())
    }

    fn leave_out(&mut self, runs: &BTreeSet<Run>) {
        if !runs.is_empty() {
            self.retain(|row| !runs.iter().any(|run| row.run().is_of(run)));
        }
    }

    fn check(&self) -> Result<(), FigureError> {
        let mut seen = HashSet::new();
        for row in self {
            for (name, field) in row.fields() {
                let (least, expected) = if R::SIGNED.contains(&name) {
                    (f64::NEG_INFINITY, "a finite number")
                } else {
                    (0.0, "a finite number of 0 or more")
                };
                let Some(value) = field.number().filter(|v| !(v.is_finite() && *v >= least)) else {
                    continue;
                };
                let place = row.place();
                let reason = format!("the row {place} has {name} = {value:?}, expected {expected}");
                return Err(unusable(reason));
            }
            if !seen.insert(row.place()) {
                return Err(unusable(format!("the row {} occurs twice", row.place())));
            }
        }
        Ok(())
    }
}

pub(super) fn unusable(reason: String) -> FigureError {
    FigureError::Table { line: None, reason }
}
