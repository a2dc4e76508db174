//! Means over late iterates: what the theory means by expectations over the stationary state.

use std::path::Path;

use anyhow::Result;
use formant_alignment::{
    AveragedResidual, Deviations, EQUATIONS, LayerReport, NullLevel, Readings, ReportOptions,
    averaged_residuals,
};
use formant_moments::LayerMoments;
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::Array2;

use crate::runner::Files;

/// Blocks of iterates, from whose differences the error of a mean is estimated: fewer than these know it badly, more are less
/// independent.
pub const BLOCKS: u64 = 5;

/// Rotations of the nulls that are not read.
const FEWEST_DRAWS: usize = 2;

/// What has been measured of one member's late iterates.
#[derive(Debug, Default)]
pub struct Averages {
    blocks: Vec<Block>,
}

/// Consecutive iterates: for each layer their moments, and where the balance is requested what its equations leave.
#[derive(Debug)]
struct Block {
    layers: Vec<LayerMoments>,
    deviations: Vec<Deviations>,
}

impl Averages {
    /// How many blocks have begun.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Adds an iterate to a block, the last one or a new one.
    pub fn add(
        &mut self,
        block: usize,
        layers: Vec<LayerMoments>,
        deviations: Vec<Deviations>,
    ) -> Result<()> {
        let Some(block) = self.blocks.get_mut(block) else {
            self.blocks.push(Block { layers, deviations });
            return Ok(());
        };
        for (own, other) in block.layers.iter_mut().zip(&layers) {
            own.add_iterate(other)?;
        }
        let pairs = block.deviations.iter_mut().zip(&deviations);
        pairs.for_each(|(own, other)| own.add(other));
        Ok(())
    }

    /// The numbers of every layer. `weight_decay`: for the equations of the balance.
    pub fn readings(&self, options: &ReportOptions, weight_decay: f64) -> Result<Vec<Readings>> {
        let layers = self.blocks.first().map_or(0, |block| block.layers.len());
        let of_layer = |layer| self.of_layer(layer, options, weight_decay);
        (0..layers).map(of_layer).collect()
    }

    fn of_layer(
        &self,
        layer: usize,
        options: &ReportOptions,
        weight_decay: f64,
    ) -> Result<Readings> {
        let all = self.without(layer, None)?;
        let report = LayerReport::new(&all, options)?;
        let few = ReportOptions {
            null_draws: Some(FEWEST_DRAWS),
            ..*options
        };
        let left_out = (0..self.blocks.len()).map(|block| {
            let report = LayerReport::new(&self.without(layer, Some(block))?, &few)?;
            Ok(report.readings)
        });
        let left_out = left_out.collect::<Result<Vec<Readings>>>()?;
        let mut out = Readings::default();
        let alphas = report.readings.iter();
        for reading in alphas.filter(|reading| reading.statistic.starts_with("alpha_")) {
            let (side, variant) = (reading.side, reading.variant);
            let values = left_out
                .iter()
                .map(|of| of.value(&reading.statistic, side, variant));
            let error = values
                .collect::<Option<Vec<f64>>>()
                .map(|of| jackknife(&of));
            let name = averaged(&reading.statistic);
            out.push(format!("{name}_error"), side, variant, error);
            out.push_with_null(name, side, variant, reading.value, reading.null);
        }
        let deviations = self
            .blocks
            .iter()
            .filter_map(|block| block.deviations.get(layer));
        let deviations: Vec<&Deviations> = deviations.collect();
        if deviations.len() == self.blocks.len()
            && let Ok(residuals) = averaged_residuals(&deviations, &all, weight_decay)
        {
            for (name, found) in EQUATIONS.into_iter().zip(residuals) {
                push_residual(&mut out, name, &found);
            }
        }
        Ok(out)
    }

    /// The moments of a layer over all blocks but one.
    fn without(&self, layer: usize, left_out: Option<usize>) -> Result<LayerMoments> {
        let kept = (0..).zip(&self.blocks);
        let kept = kept.filter(|(block, _)| Some(*block) != left_out);
        let mut kept = kept.map(|(_, block)| &block.layers[layer]);
        let first = kept.next().cloned();
        let mut sum = first.ok_or_else(|| anyhow::anyhow!("a mean over no iterates"))?;
        kept.try_for_each(|layer| sum.add_iterate(layer))?;
        Ok(sum)
    }

    /// Adds what [`load`](Self::load) needs.
    pub fn save(&self, files: &mut Files) -> Result<()> {
        for (number, block) in self.blocks.iter().enumerate() {
            for (layer, moments) in block.layers.iter().enumerate() {
                files.put(of_layer(number, layer), moments.to_bytes()?);
            }
            for (layer, found) in block.deviations.iter().enumerate() {
                let mut npz = NpzWriter::new();
                npz.add_array("iterates", &ndarray::arr1(&[found.iterates as f64]))?;
                for (name, matrix) in EQUATIONS.iter().zip(found.matrices()) {
                    npz.add_array(*name, matrix)?;
                }
                files.put(of_deviations(number, layer), npz.finish()?);
            }
        }
        Ok(())
    }

    /// So many blocks of so many layers that were saved, with or without what the balance leaves.
    pub fn load(files: &Files, [blocks, layers]: [usize; 2], with_balance: bool) -> Result<Self> {
        let moments = |name: &str| {
            files.parse(name, |bytes| {
                Ok(LayerMoments::from_bytes(bytes, Path::new(name))?)
            })
        };
        let block = |number| {
            let layers_of = (0..layers).map(|layer| moments(&of_layer(number, layer)));
            let balance = (0..layers).filter(|_| with_balance);
            let balance = balance.map(|layer| {
                files.parse(&of_deviations(number, layer), |bytes| {
                    deviations(bytes.to_vec())
                })
            });
            Ok(Block {
                layers: layers_of.collect::<Result<_>>()?,
                deviations: balance.collect::<Result<_>>()?,
            })
        };
        Ok(Self {
            blocks: (0..blocks).map(block).collect::<Result<_>>()?,
        })
    }

    /// Layers of a block, and whether it has what the balance leaves.
    pub fn shape(&self) -> (usize, bool) {
        let first = self.blocks.first();
        first.map_or((0, false), |block| {
            (block.layers.len(), !block.deviations.is_empty())
        })
    }
}

fn of_layer(block: usize, layer: usize) -> String {
    format!("average-{block}-{layer}.safetensors")
}

fn of_deviations(block: usize, layer: usize) -> String {
    format!("average-{block}-{layer}.npz")
}

fn deviations(bytes: Vec<u8>) -> Result<Deviations> {
    let mut npz = NpzReader::new(bytes)?;
    let iterates: ndarray::Array1<f64> = npz.by_name("iterates")?;
    let mut matrices = Vec::new();
    for name in EQUATIONS {
        let matrix: Array2<f64> = npz.by_name(name)?;
        matrices.push(matrix);
    }
    let [mean_step, h_b, z_b, g_a, z_a] = <[Array2<f64>; 5]>::try_from(matrices)
        .map_err(|found| anyhow::anyhow!("{} matrices, expected 5", found.len()))?;
    Ok(Deviations {
        iterates: iterates.sum() as usize,
        mean_step,
        h_b,
        z_b,
        g_a,
        z_a,
    })
}

/// A statistic of means over iterates.
fn averaged(statistic: &str) -> String {
    format!("averaged_{statistic}")
}

fn push_residual(out: &mut Readings, name: &str, found: &AveragedResidual) {
    let name = averaged(name);
    let null = NullLevel {
        mean: Some(found.noise),
        q95: None,
    };
    out.push(format!("{name}_debiased"), None, None, Some(found.debiased));
    out.push_with_null(name, None, None, Some(found.residual), null);
}

/// The standard error of a number of all blocks, from its values without each of them.
fn jackknife(left_out: &[f64]) -> f64 {
    let n = left_out.len() as f64;
    let mean = left_out.iter().sum::<f64>() / n;
    let squares: f64 = left_out.iter().map(|value| (value - mean).powi(2)).sum();
    ((n - 1.0) / n * squares).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 4.0, 2.0, 7.0, 3.5];
        let sum: f64 = values.iter().sum();
        let left_out = values.map(|value| (sum - value) / 4.0);
        let mean = sum / 5.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4.0;
        assert!((jackknife(&left_out) - (variance / 5.0).sqrt()).abs() < 1e-12);
    }
}
