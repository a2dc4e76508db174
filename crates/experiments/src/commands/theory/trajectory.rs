//! A user's trajectory as CSV: columns `epoch`, `h2`, `y2`, `w` and perhaps `loss`, in any order.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use csv::{ReaderBuilder, StringRecord, Trim};

/// The columns of a file.
pub struct Curves {
    /// Ascending.
    pub epochs: Vec<f64>,
    /// `h2`, `y2`, `w`.
    pub curves: [Vec<f64>; 3],
    /// The loss, if there is a column of that name.
    pub loss: Option<Vec<f64>>,
}

/// Reads a file; whatever is wrong with it is named with its line and column.
pub fn read(path: &Path) -> Result<Curves> {
    parse(path).with_context(|| path.display().to_string())
}

fn parse(path: &Path) -> Result<Curves> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_path(path)?;
    let header = reader.headers()?.clone();
    let [epoch, h2, y2, w] = ["epoch", "h2", "y2", "w"].map(|name| find(&header, name));
    let columns = [("epoch", epoch?), ("h2", h2?), ("y2", y2?), ("w", w?)];
    let loss = match header.iter().any(|name| name == "loss") {
        true => Some(find(&header, "loss")?),
        false => None,
    };
    let mut values = [const { Vec::new() }; 4];
    let mut losses = Vec::new();
    for record in reader.records() {
        let record = record?;
        for ((name, column), values) in columns.iter().zip(&mut values) {
            values.push(number(&record, *column, name)?);
        }
        if let Some(column) = loss {
            losses.push(number(&record, column, "loss")?);
        }
        if let [.., before, now] = values[0][..]
            && now <= before
        {
            let line = line(&record);
            bail!(
                "line {line}, column 'epoch': {now} after {before}; epochs have to ascend: keep the rows of one run"
            );
        }
    }
    let [epochs, curves @ ..] = values;
    if epochs.is_empty() {
        bail!("line 2: no rows after the header");
    }
    Ok(Curves {
        epochs,
        curves,
        loss: loss.map(|_| losses),
    })
}

fn find(header: &StringRecord, name: &str) -> Result<usize> {
    let mut places = header.iter().enumerate().filter(|(_, own)| *own == name);
    match (places.next(), places.next()) {
        (Some((place, _)), None) => Ok(place),
        (Some(_), Some(_)) => bail!("line 1: two columns '{name}'"),
        _ => {
            bail!("line 1: no column '{name}'; expected epoch, h2, y2, w, and loss if there is one")
        }
    }
}

fn number(record: &StringRecord, column: usize, name: &str) -> Result<f64> {
    let text = record.get(column).unwrap_or_default();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => bail!(
            "line {}, column '{name}': '{text}' is not a finite number",
            line(record)
        ),
    }
}

fn line(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}
