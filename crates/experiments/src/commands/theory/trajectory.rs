//! A user's trajectory as CSV: columns `epoch` (or `t`), `h2`, `y2`, `w` and perhaps `loss`, in any order.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use csv::{ReaderBuilder, StringRecord, Trim};

use super::shown::{listed, plain, shown, shown_path};

/// Maximum size of a file.
const MAX_BYTES: u64 = 256 << 20;

/// Maximum number of rows. A fit keeps a few hundred bytes of each.
const MAX_ROWS: usize = 1_000_000;

/// The columns of a file.
#[derive(Debug)]
pub struct Curves {
    /// Ascending.
    pub epochs: Vec<f64>,
    /// `h2`, `y2`, `w`.
    pub curves: [Vec<f64>; 3],
    /// The loss, if there is a column of that name.
    pub loss: Option<Vec<f64>>,
    /// The line of each row in the file, from 1.
    pub lines: Vec<u64>,
    /// Names of the columns that are used.
    pub used: Vec<String>,
    /// Names of the others.
    pub ignored: Vec<String>,
}

/// Where each quantity stands in a row.
struct Columns {
    /// `epoch`, `h2`, `y2`, `w`, each with its name in the file.
    needed: [(String, usize); 4],
    loss: Option<usize>,
}

/// Reads a file, or standard input for `-`; whatever is wrong with it is named with its line and column.
pub fn read(path: &Path) -> Result<Curves> {
    let read = || -> Result<Curves> {
        let bytes = match path.to_str() {
            Some("-") => bytes(std::io::stdin().lock())?,
            _ => bytes(File::open(path)?)?,
        };
        parse(&bytes)
    };
    read().with_context(|| name(path))
}

/// What messages call the file.
pub fn name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => shown_path(path),
    }
}

fn bytes(source: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!(
            "larger than {} MiB, the most that is read into memory; keep the rows of one run, or every tenth of them",
            MAX_BYTES >> 20
        );
    }
    Ok(bytes)
}

/// Columns are separated by commas, semicolons or tabs; lines that begin with `#` are comments.
pub fn parse(bytes: &[u8]) -> Result<Curves> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            bail!("line {line}: not UTF-8 text; save it as CSV in UTF-8");
        }
    };
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .comment(Some(b'#'))
        .delimiter(separator(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let columns = Columns::of(&header)?;
    let mut curves = columns.empty(&header);
    for record in reader.records() {
        curves.push(&record?, &columns, header.len())?;
    }
    if curves.epochs.is_empty() {
        bail!("line {}: no rows after the header", line(&header) + 1);
    }
    Ok(curves)
}

/// The separator of the first line that is no comment: the most frequent one.
fn separator(text: &str) -> u8 {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.find(|line| !line.starts_with('#')).unwrap_or("");
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    // The last of equals is the comma.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(b',')
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self> {
        let epoch = match find(header, "epoch")? {
            Some(place) => ("epoch", Some(place)),
            None => ("t", find(header, "t")?),
        };
        let mut needed = vec![epoch];
        for name in ["h2", "y2", "w"] {
            needed.push((name, find(header, name)?));
        }
        let mut places = Vec::new();
        for (name, place) in needed {
            match place {
                Some(place) => places.push((name.to_owned(), place)),
                None => {
                    let name = if name == "t" { "epoch' or 't" } else { name };
                    bail!(
                        "line {}: no column '{name}'; found {}; expected epoch (or t), h2, y2, w, and loss if there is one",
                        line(header),
                        listed(header.iter())
                    );
                }
            }
        }
        // invariant: one entry for each of the four names.
        let needed = places.try_into().unwrap_or_default();
        let loss = find(header, "loss")?;
        Ok(Self { needed, loss })
    }

    fn empty(&self, header: &StringRecord) -> Curves {
        let mut used: Vec<&str> = self.needed.iter().map(|(name, _)| name.as_str()).collect();
        used.extend(self.loss.map(|_| "loss"));
        let others = header.iter().filter(|name| !used.contains(name));
        Curves {
            epochs: Vec::new(),
            curves: [const { Vec::new() }; 3],
            loss: self.loss.map(|_| Vec::new()),
            lines: Vec::new(),
            ignored: others.map(str::to_owned).collect(),
            used: used.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl Curves {
    fn push(&mut self, record: &StringRecord, columns: &Columns, fields: usize) -> Result<()> {
        let line = line(record);
        if self.lines.len() == MAX_ROWS {
            bail!(
                "line {line}: more than {MAX_ROWS} rows, for which a fit needs about 500 MB of memory; keep every tenth row"
            );
        }
        if record.len() != fields {
            bail!(
                "line {line}: {} fields, expected {fields} as in the header",
                record.len()
            );
        }
        let [epoch, curves @ ..] = &columns.needed;
        let now = number(record, epoch)?;
        if let Some(before) = self.epochs.last()
            && now <= *before
        {
            bail!(
                "line {line}, column '{}': {} after {}; epochs have to ascend: keep the rows of one run",
                epoch.0,
                plain(now),
                plain(*before)
            );
        }
        self.epochs.push(now);
        for (column, values) in curves.iter().zip(&mut self.curves) {
            let value = number(record, column)?;
            if value < 0.0 && column.0 != "w" {
                bail!(
                    "line {line}, column '{}': {} is below 0; expected a squared distance",
                    column.0,
                    plain(value)
                );
            }
            values.push(value);
        }
        if let (Some(place), Some(values)) = (columns.loss, &mut self.loss) {
            values.push(number(record, &("loss".to_owned(), place))?);
        }
        self.lines.push(line);
        Ok(())
    }

    /// What was read, in one line.
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} rows, columns {}",
            self.lines.len(),
            self.used.join(", ")
        );
        if !self.ignored.is_empty() {
            let others = self.ignored.iter().map(String::as_str);
            text += &format!("; ignored: {}", listed(others));
        }
        text
    }
}

fn find(header: &StringRecord, name: &str) -> Result<Option<usize>> {
    let mut places = header.iter().enumerate().filter(|(_, own)| *own == name);
    match (places.next(), places.next()) {
        (Some(_), Some(_)) => bail!("line {}: two columns '{name}'", line(header)),
        (place, _) => Ok(place.map(|(place, _)| place)),
    }
}

fn number(record: &StringRecord, (name, column): &(String, usize)) -> Result<f64> {
    let text = record.get(*column).unwrap_or_default();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => bail!(
            "line {}, column '{name}': '{}' is not a finite number",
            line(record),
            shown(text)
        ),
    }
}

fn line(record: &StringRecord) -> u64 {
    record.position().map_or(1, csv::Position::line)
}
