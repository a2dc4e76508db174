//! Updates as tensor operations, for tensors that live on a device.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use super::{OptimizerConfig, StepRates};
use crate::{HostTensor, TrainError};

/// The buffers of one parameter, `[members, entries]` each.
#[derive(Debug)]
pub(super) struct DeviceState<B: Backend> {
    buffers: Vec<Tensor<B, 2>>,
}

impl<B: Backend> Default for DeviceState<B> {
    fn default() -> Self {
        Self {
            buffers: Vec::new(),
        }
    }
}

impl<B: Backend> DeviceState<B> {
    /// Updates `weight` `[members, …]`.
    pub(super) fn update<const D: usize>(
        &mut self,
        config: OptimizerConfig,
        rates: &[StepRates],
        weight: Tensor<B, D>,
        gradient: Tensor<B, D>,
    ) -> Tensor<B, D> {
        let shape = weight.shape();
        let members = rates.len();
        let each = shape.num_elements() / members;
        let options = (&weight.device(), weight.dtype());
        let column = |of: fn(&StepRates) -> f64| -> Tensor<B, 2> {
            let values: Vec<f64> = rates.iter().map(of).collect();
            Tensor::from_data(TensorData::new(values, [members, 1]), options)
        };
        let w = weight.reshape([members, each]);
        let g = gradient.reshape([members, each]) + w.clone() * column(|r| r.decay);
        while self.buffers.len() < config.buffers() {
            self.buffers.push(Tensor::zeros([members, each], options));
        }
        let step = column(|r| r.step);
        let w = match config {
            OptimizerConfig::Sgd { momentum } => {
                let direction = match self.buffers.pop() {
                    Some(buffer) => {
                        let buffer = buffer.mul_scalar(momentum) + g;
                        self.buffers.push(buffer.clone());
                        buffer
                    }
                    None => g,
                };
                w - direction * step
            }
            OptimizerConfig::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                let [m, v] = [0, 1].map(|i| self.buffers[i].clone());
                let m = m.clone() + (g.clone() - m).mul_scalar(1.0 - beta1);
                let v = v.mul_scalar(beta2) + (g.clone() * g).mul_scalar(1.0 - beta2);
                self.buffers = vec![m.clone(), v.clone()];
                let root = v.sqrt() / column(|r| r.root_correction);
                w - m * step / root.add_scalar(epsilon)
            }
        };
        w.reshape(shape)
    }

    pub(super) fn export(
        &self,
        member: usize,
        label: impl Fn(usize) -> String,
        out: &mut Vec<HostTensor>,
    ) -> Result<(), TrainError> {
        for (index, buffer) in self.buffers.iter().enumerate() {
            let each = buffer.dims()[1];
            let row = buffer
                .clone()
                .slice([member..member + 1, 0..each])
                .reshape([each]);
            out.push(HostTensor::read(label(index), row)?);
        }
        Ok(())
    }

    pub(super) fn import(
        &mut self,
        members: &[&[HostTensor]],
        device: &B::Device,
    ) -> Result<(), TrainError> {
        let buffers = members.first().map_or(0, |first| first.len());
        self.buffers = (0..buffers)
            .map(|index| {
                let rows: Vec<Vec<f32>> = members
                    .iter()
                    .map(|m| m[index].f32())
                    .collect::<Result<_, _>>()?;
                let each = rows.first().map_or(0, Vec::len);
                Ok(Tensor::from_data(
                    TensorData::new(rows.concat(), [rows.len(), each]),
                    device,
                ))
            })
            .collect::<Result<_, TrainError>>()?;
        Ok(())
    }
}
