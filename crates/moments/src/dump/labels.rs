//! The classes of a layer's samples.

use ndarray::ArrayView2;

use super::DumpError;
use super::stored::{Container, Rows, Stored};

/// What the field writes for a sample without a class: `ignore_index` of PyTorch, and −1.
const IGNORED: [f64; 2] = [-100.0, -1.0];

/// Rows that are read at once.
const ROWS: usize = 1 << 16;

/// The class of each sample.
///
/// Only what compares classes reads labels. A sample without a class has second moments like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    of: Vec<Option<usize>>,
    classes: Option<usize>,
}

impl Labels {
    /// The class of each sample, counted from 0; `None` where the label is −1 or −100. Classes need not all occur; neural
    /// collapse, which compares their means, refuses a layer where one does not.
    #[must_use]
    pub fn of_samples(&self) -> &[Option<usize>] {
        &self.of
    }

    /// How many classes there are, where the labels were one-hot.
    #[must_use]
    pub fn classes(&self) -> Option<usize> {
        self.classes
    }

    /// How many samples have no class.
    #[must_use]
    pub fn ignored(&self) -> usize {
        self.of.iter().filter(|class| class.is_none()).count()
    }
}

/// Reads labels, `[n]` or one-hot.
pub(crate) fn read(container: &Container, stored: &Stored) -> Result<Labels, DumpError> {
    let columns = stored.shape.get(1).copied();
    let mut rows = Rows::open(container, stored)?;
    let mut of = Vec::new();
    let n = stored.shape.first().copied().unwrap_or_default();
    let most = (ROWS / columns.unwrap_or(1).max(1)).max(1);
    while of.len() < n {
        let first = of.len();
        let block = rows
            .next(most.min(n - first))
            .map_err(|error| match error {
                DumpError::NonFinite {
                    path,
                    array,
                    row,
                    value,
                    ..
                } => DumpError::Label {
                    path,
                    array,
                    row,
                    value,
                },
                other => other,
            })?;
        let read = match columns {
            None => classes(block.view()),
            Some(_) => one_hot(block.view()),
        };
        of.extend(read.map_err(|(row, value)| {
            let (path, array, row) = (container.path.clone(), stored.name.clone(), first + row);
            match columns {
                None => DumpError::Label {
                    path,
                    array,
                    row,
                    value,
                },
                Some(_) => DumpError::NotOneHot { path, array, row },
            }
        })?);
    }
    Ok(Labels {
        of,
        classes: columns,
    })
}

/// The row and the value of what is no label.
type Wrong = (usize, f64);

fn classes(block: ArrayView2<'_, f64>) -> Result<Vec<Option<usize>>, Wrong> {
    let class = |(row, &value): (usize, &f64)| {
        let class = value as usize; // saturates, and is 0 for NaN
        if IGNORED.contains(&value) {
            Ok(None)
        } else if class as f64 == value && class < usize::MAX {
            Ok(Some(class))
        } else {
            Err((row, value))
        }
    };
    block.iter().enumerate().map(class).collect()
}

fn one_hot(block: ArrayView2<'_, f64>) -> Result<Vec<Option<usize>>, Wrong> {
    let class = |(row, values): (usize, ndarray::ArrayView1<'_, f64>)| {
        let rest = values.iter().filter(|value| **value != 0.0).count();
        match values.iter().position(|value| *value == 1.0) {
            Some(class) if rest == 1 => Ok(Some(class)),
            _ => Err((row, f64::NAN)),
        }
    };
    block.rows().into_iter().enumerate().map(class).collect()
}
