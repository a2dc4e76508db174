//! The order in which a finite set is traversed.

use rand::seq::SliceRandom;

use crate::DataError;
use crate::rng::{Purpose, stream};

/// Epochs over a finite set, each in its own random order.
///
/// The order of an epoch is a permutation keyed by `(seed, epoch)`. An epoch is `len / size` batches; the remaining
/// samples are dropped from it.
#[derive(Debug, Clone)]
pub(crate) struct Epochs {
    seed: u64,
    len: usize,
    /// The epoch whose order is cached, and that order.
    order: Option<(u64, Vec<usize>)>,
}

impl Epochs {
    pub(crate) fn new(len: usize, seed: u64) -> Self {
        Self {
            seed,
            len,
            order: None,
        }
    }

    /// The indices of the batch of `step`. `set` names the set in errors.
    pub(crate) fn batch(
        &mut self,
        set: &str,
        step: u64,
        size: usize,
    ) -> Result<&[usize], DataError> {
        check_size(set, self.len, "a batch", size)?;
        let batches = (self.len / size) as u64;
        // Below `batches`, so it fits any type that `len` fits.
        let first = (step % batches) as usize * size;
        Ok(&self.order(step / batches)[first..first + size])
    }

    fn order(&mut self, epoch: u64) -> &[usize] {
        if self.order.as_ref().is_none_or(|(kept, _)| *kept != epoch) {
            self.order = None;
        }
        let (seed, len) = (self.seed, self.len);
        let (_, order) = self.order.get_or_insert_with(|| {
            let mut order: Vec<usize> = (0..len).collect();
            order.shuffle(&mut stream(seed, Purpose::Shuffle, epoch));
            (epoch, order)
        });
        order
    }
}

/// Refuses a request for no samples, or for more than a set has.
pub(crate) fn check_size(
    set: &str,
    available: usize,
    what: &'static str,
    requested: usize,
) -> Result<(), DataError> {
    if requested == 0 {
        return Err(DataError::Empty { what });
    }
    if requested > available {
        return Err(DataError::TooMany {
            set: set.to_owned(),
            what,
            requested,
            available,
        });
    }
    Ok(())
}
