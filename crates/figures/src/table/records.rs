//! Tables of records as CSV: a schema version first, floats bit for bit.

use std::io::{Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::FigureError;

/// A kind of record: the version of its table and its columns, `schema_version` first.
#[derive(Clone, Copy)]
pub(crate) struct Schema {
    pub version: u32,
    pub columns: &'static [&'static str],
}

/// How a training run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It ran to its last step.
    Finished,
    /// A weight or loss stopped being finite; its numbers are not used.
    Diverged,
}

impl Schema {
    /// # Errors
    ///
    /// [`FigureError::Table`] when `to` fails.
    pub fn write<R: Serialize>(
        self,
        records: impl IntoIterator<Item = R>,
        to: impl Write,
    ) -> Result<(), FigureError> {
        let write = || -> Result<(), csv::Error> {
            let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(to);
            writer.write_record(self.columns)?;
            for record in records {
                writer.serialize((self.version, record))?;
            }
            Ok(writer.flush()?)
        };
        write().map_err(|error| self.error(&error))
    }

    /// # Errors
    ///
    /// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
    pub fn read<R: DeserializeOwned>(self, from: impl Read) -> Result<Vec<R>, FigureError> {
        let mut reader = csv::Reader::from_reader(from);
        let found = reader.headers().map_err(|error| self.error(&error))?;
        if found != self.columns {
            return Err(FigureError::Table {
                line: Some(1),
                reason: format!(
                    "expected the columns {}; found {}",
                    self.columns.join(","),
                    found.iter().collect::<Vec<_>>().join(",")
                ),
            });
        }
        let records = reader.records().map(|record| {
            let record = record.map_err(|error| self.error(&error))?;
            self.record(&record)
        });
        records.collect()
    }

    fn record<R: DeserializeOwned>(self, record: &csv::StringRecord) -> Result<R, FigureError> {
        let (version, row): (u32, R) = record
            .deserialize(None)
            .map_err(|error| self.error(&error))?;
        if version == self.version {
            Ok(row)
        } else {
            Err(FigureError::Table {
                line: record.position().map(csv::Position::line),
                reason: format!(
                    "schema version {version}, expected {}; make the figure again with this version of formant",
                    self.version
                ),
            })
        }
    }

    fn error(self, error: &csv::Error) -> FigureError {
        let column = match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => err
                .field()
                .and_then(|field| self.columns.get(field as usize))
                .map_or(String::new(), |column| format!("column {column}: ")),
            _ => String::new(),
        };
        FigureError::Table {
            line: error.position().map(csv::Position::line),
            reason: format!("{column}{error}"),
        }
    }
}
