//! Batches of all members on the device.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use formant_data::{Batch, Targets};

use crate::TrainError;

/// One batch for each member, `[members, samples, …]`. Classes are one-hot rows.
#[derive(Debug, Clone)]
pub struct MemberBatch<B: Backend> {
    /// `[members, samples, inputs]`.
    pub inputs: Tensor<B, 3>,
    /// `[members, samples, outputs]`.
    pub targets: Tensor<B, 3>,
}

impl<B: Backend> MemberBatch<B> {
    /// Stacks the members' batches, all of one size, and loads them as data. Members may share a batch.
    ///
    /// # Errors
    /// If their shapes differ, or their targets do not fit `outputs`.
    pub fn stack(
        batches: &[&Batch],
        outputs: usize,
        device: &B::Device,
    ) -> Result<Self, TrainError> {
        let members = batches.len();
        let (samples, width) = batches.first().map_or((0, 0), |batch| batch.inputs.dim());
        let mut inputs = Vec::with_capacity(members * samples * width);
        let mut targets = Vec::with_capacity(members * samples * outputs);
        for batch in batches {
            if batch.inputs.dim() != (samples, width) {
                return Err(TrainError::Members {
                    members,
                    found: batch.inputs.nrows(),
                    what: "samples in one member's batch, unlike the first's",
                });
            }
            match batch.inputs.as_slice() {
                Some(rows) => inputs.extend_from_slice(rows),
                None => inputs.extend(batch.inputs.iter()),
            }
            push_targets(&mut targets, &batch.targets, outputs)?;
        }
        let load = |values, last| {
            Tensor::from_data(TensorData::new(values, [members, samples, last]), device)
        };
        Ok(Self {
            inputs: load(inputs, width),
            targets: load(targets, outputs),
        })
    }
}

fn push_targets(into: &mut Vec<f32>, targets: &Targets, outputs: usize) -> Result<(), TrainError> {
    let (fits, found) = match targets {
        Targets::Values(values) => (values.ncols() == outputs, values.ncols()),
        Targets::Classes(classes) => {
            let needed = classes.iter().max().map_or(0, |class| *class as usize + 1);
            (needed <= outputs, needed)
        }
    };
    if !fits {
        return Err(TrainError::Outputs { found, outputs });
    }
    match targets {
        Targets::Values(values) => into.extend(values.iter()),
        Targets::Classes(classes) => {
            let start = into.len();
            into.resize(start + classes.len() * outputs, 0.0);
            for (row, class) in classes.iter().enumerate() {
                into[start + row * outputs + *class as usize] = 1.0;
            }
        }
    }
    Ok(())
}
