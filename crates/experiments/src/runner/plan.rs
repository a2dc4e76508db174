//! Which cells a plan has, which of them are left, and what the finished ones hold.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::runner::store::{Key, Store, finished};
use crate::experiment::{CellPolicy, Context};

/// How a finished cell is read, and what it says it is.
pub struct Reader<S, C> {
    /// Reads a folder.
    pub read: fn(&Path) -> Result<C>,
    /// The specification in what was read.
    pub spec: fn(&C) -> &S,
}

/// The cells that were asked for, each once, in the order in which they were asked for first.
pub struct CellList<S> {
    root: PathBuf,
    cells: Vec<(Key, S)>,
    /// For every specification that was asked for its place among the cells.
    asked: Vec<usize>,
}

/// What is to be done: the store is held, nothing else can work in it.
pub struct Work<S> {
    pub store: Store,
    pub left: Vec<(Key, S)>,
}

impl<S: Clone + PartialEq + Serialize> CellList<S> {
    /// A specification that is there twice is one cell.
    ///
    /// # Errors
    /// If a key cannot be made.
    pub fn new(specs: impl IntoIterator<Item = S>, context: &Context) -> Result<Self> {
        let (mut known, mut cells, mut asked) = (HashMap::new(), Vec::new(), Vec::new());
        for spec in specs {
            let key = Key::of(&spec)?;
            let at = *known.entry(key.clone()).or_insert(cells.len());
            if at == cells.len() {
                cells.push((key, spec));
            }
            asked.push(at);
        }
        Ok(Self {
            root: context.out.join("cells"),
            cells,
            asked,
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Those that are left to run.
    fn left(&self, policy: CellPolicy) -> Vec<&(Key, S)> {
        let left = |(key, _): &&(Key, S)| {
            policy == CellPolicy::Redo || !finished(&self.root, key).exists()
        };
        self.cells.iter().filter(left).collect()
    }

    /// Cells in all, and the specifications of those that are left to run.
    pub fn outlook(&self, policy: CellPolicy) -> (usize, Vec<&S>) {
        let left = self.left(policy).into_iter().map(|(_, spec)| spec);
        (self.len(), left.collect())
    }

    /// Takes hold of the store if anything is left, and says how much is done already. Cells that are to be done again are
    /// forgotten here.
    ///
    /// # Errors
    /// If another process works in the store, or a folder cannot be made or removed.
    pub fn open(&self, policy: CellPolicy) -> Result<Option<Work<S>>> {
        if self.left(policy).is_empty() {
            return Ok(None);
        }
        let store = Store::open(&self.root)?;
        if policy == CellPolicy::Redo {
            self.cells
                .iter()
                .try_for_each(|(key, _)| store.remove(key))?;
        }
        // Looked at again: another process may have finished some before the store was free.
        let left: Vec<(Key, S)> = self.left(CellPolicy::Reuse).into_iter().cloned().collect();
        if left.len() < self.len() {
            let done = self.len() - left.len();
            eprintln!("{done} of {} cells are done already", self.len());
        }
        Ok(Some(Work { store, left }))
    }

    /// Reads every cell, each once.
    ///
    /// # Errors
    /// If a cell is not finished or damaged.
    pub fn read<C>(&self, reader: &Reader<S, C>) -> Result<Vec<C>> {
        (0..self.len()).map(|at| self.cell(at, reader)).collect()
    }

    /// Reads a cell for every specification that was asked for, in that order.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_asked<C>(&self, reader: &Reader<S, C>) -> Result<Vec<C>> {
        let asked = self.asked.iter();
        asked.map(|&at| self.cell(at, reader)).collect()
    }

    fn cell<C>(&self, at: usize, reader: &Reader<S, C>) -> Result<C> {
        let (key, spec) = &self.cells[at];
        let cell = (reader.read)(&finished(&self.root, key))?;
        ensure!(
            (reader.spec)(&cell) == spec,
            "the folder of cell {} holds another cell: delete it, and it is run again",
            key.as_str()
        );
        Ok(cell)
    }
}
