//! A family that none of the project's is like: a two-dimensional convolution on images of digits, trained with label
//! smoothing. It brings a specification, a model, a loss, a function that trains and one that reads; the runner does the
//! rest.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use burn::module::{Module, Param};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::backend::Backend;
use burn::tensor::module::{conv2d, unfold4d};
use burn::tensor::ops::{ConvOptions, UnfoldOptions};
use burn::tensor::{ElementConversion as _, Tensor, TensorData};
use formant_alignment::{LayerReport, ReportOptions};
use formant_backend::{Kernels, KernelsAutodiff};
use formant_data::rng::{Purpose, normal_f32, stream};
use formant_data::{ClassificationTask, Split, Task as _, digits};
use formant_experiments::runner::{End, Family, Files, NoDetails, Outcome, Run, State};
use formant_models::{FastPaths, Network};
use formant_probe::{Observer, Site, measure};
use formant_train::{Loss, MemberBatch, MemberRates, OptimizerConfig, Trainer};
use serde::{Deserialize, Serialize};

/// Pixels along an edge, those of the kernel, and positions that it leaves.
const EDGE: usize = 8;
const KERNEL: usize = 3;
const LEFT: usize = EDGE - KERNEL + 1;
const CLASSES: usize = 10;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvolutionSpec {
    pub experiment: String,
    pub channels: usize,
    pub smoothing: f64,
    pub learning_rate: f64,
    pub batch: usize,
    pub steps: u64,
    pub measured_every: u64,
    pub seed: u64,
    pub data_hashes: BTreeMap<String, String>,
}

/// What is measured at one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub step: u64,
    pub loss: f64,
    pub layers: Vec<LayerReport>,
}

/// The family. `stop_at` stops a run as a kill would.
pub struct Convolutions {
    pub stop_at: Option<u64>,
}

/// A convolution to `channels`, ReLU, and a linear readout.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// `[1, channels, 1, 3, 3]`.
    kernel: Param<Tensor<B, 5>>,
    /// `[1, channels * 36, 10]`.
    readout: Param<Tensor<B, 3>>,
}

impl<B: Backend> Convolution<B> {
    fn new(spec: &ConvolutionSpec, device: &B::Device) -> Self {
        let features = spec.channels * LEFT * LEFT;
        let draw = |layer: u64, shape: Vec<usize>| {
            let count = shape.iter().product();
            let values = normal_f32(&mut stream(spec.seed, Purpose::Init, layer), count);
            let values: Vec<f32> = values.into_iter().map(|value| value / 8.0).collect();
            TensorData::new(values, shape)
        };
        let kernel = draw(0, vec![1, spec.channels, 1, KERNEL, KERNEL]);
        let readout = draw(1, vec![1, features, CLASSES]);
        Self {
            kernel: Param::from_data(kernel, device),
            readout: Param::from_data(readout, device),
        }
    }

    fn run(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        let samples = inputs.dims()[1];
        let images = inputs.reshape([samples, 1, EDGE, EDGE]);
        let kernel = self.kernel.val().squeeze_dim::<4>(0);
        let channels = kernel.dims()[0];
        let options = ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
        let mut h = conv2d(images.clone(), kernel.clone(), None, options);
        let site = Site::positions("convolution");
        if observer.wants(&site) {
            let options = UnfoldOptions::new([1, 1], [0, 0], [1, 1]);
            let patches = unfold4d(images, [KERNEL, KERNEL], options).swap_dims(1, 2);
            let rows = samples * LEFT * LEFT;
            let h_a = patches.reshape([1, rows, KERNEL * KERNEL]);
            let weight = kernel
                .reshape([1, channels, KERNEL * KERNEL])
                .swap_dims(1, 2);
            let h_b = h.permute([0, 2, 3, 1]).reshape([1, rows, channels]);
            h = observer
                .linear(&site, &h_a, &weight, h_b)
                .reshape([samples, LEFT, LEFT, channels])
                .permute([0, 3, 1, 2]);
        }
        let h = relu(h).reshape([1, samples, channels * LEFT * LEFT]);
        observer.hidden(&h);
        let outputs = h.clone().matmul(self.readout.val());
        let site = Site::new("readout");
        match observer.wants(&site) {
            true => observer.linear(&site, &h, &self.readout.val(), outputs),
            false => outputs,
        }
    }
}

impl<B: Kernels> Network<B> for Convolution<B> {
    fn members(&self) -> usize {
        1
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        self.run(inputs, observer)
    }
}

impl<B: KernelsAutodiff> FastPaths<B> for Convolution<B> {}

/// Cross entropy with smoothed labels, of each sample: `[1, samples, 1]`.
fn smoothed<B: Backend>(outputs: Tensor<B, 3>, targets: Tensor<B, 3>, by: f64) -> Tensor<B, 3> {
    let targets = targets.mul_scalar(1.0 - by).add_scalar(by / CLASSES as f64);
    (log_softmax(outputs, 2) * targets).sum_dim(2).neg()
}

const MEASURED: &str = "measured.json";

impl Family for Convolutions {
    type Spec = ConvolutionSpec;
    type Details = NoDetails;
    type Found = Vec<Measured>;

    const CHECKPOINT_INTERVAL: u64 = 7;

    fn steps(&self, spec: &ConvolutionSpec) -> u64 {
        spec.steps
    }

    fn seed(&self, spec: &ConvolutionSpec) -> u64 {
        spec.seed
    }

    fn train<B: KernelsAutodiff>(&self, run: &Run<'_, Self>, device: &B::Device) -> Result<()> {
        let spec = run.first();
        let rates = MemberRates {
            learning_rate: vec![spec.learning_rate],
            weight_decay: vec![1e-4],
        };
        let (model, memory) = (
            Convolution::<B>::new(spec, device),
            run.capabilities().memory,
        );
        let (optimizer, loss) = (OptimizerConfig::ADAM, Loss::CrossEntropy);
        let mut trainer = Trainer::new(model, optimizer, rates, loss, memory, device)?;
        let mut task = self.task(spec)?;
        let mut found: Vec<Measured> = Vec::new();
        if let Some(states) = run.resume()? {
            found = states[0].files.json(MEASURED)?;
            trainer.restore(&[states[0].network.clone()])?;
        }
        loop {
            let now = trainer.steps();
            let measured_at = (now / spec.measured_every + 1) * spec.measured_every;
            let Some(until) = run.next_stop(now, measured_at) else {
                break;
            };
            for step in now..until {
                let batch = task.batch(step, spec.batch)?;
                let batch = MemberBatch::<B>::stack(&[&batch], CLASSES, device)?;
                trainer.descend(|model| {
                    let outputs = model.forward(batch.inputs, &mut ());
                    smoothed(outputs, batch.targets, spec.smoothing)
                        .mean()
                        .reshape([1])
                });
            }
            run.progress(until - now);
            if until == measured_at {
                found.push(self.measure(spec, until, trainer.model(), device)?);
            }
            run.save(until, |_| {
                let files = Files::one_json(MEASURED, &found)?;
                let network = trainer.checkpoint(0)?;
                Ok(State { network, files })
            })?;
            if self.stop_at == Some(until) {
                bail!("stopped");
            }
        }
        let files = Files::one_json(MEASURED, &found)?;
        run.finish(0, End::new(Outcome::Finished, files))
    }

    fn read(&self, _: &ConvolutionSpec, files: &Files) -> Result<Vec<Measured>> {
        files.json(MEASURED)
    }
}

impl Convolutions {
    /// Images of digits, 64 pixels in a row, and their classes.
    fn task(&self, spec: &ConvolutionSpec) -> Result<ClassificationTask> {
        let Split { train, test } = digits::load();
        Ok(ClassificationTask::new(train, test, spec.seed)?)
    }

    /// Both sides of the convolution and of the readout, on held-out images.
    fn measure<B: KernelsAutodiff>(
        &self,
        spec: &ConvolutionSpec,
        step: u64,
        model: &Convolution<B>,
        device: &B::Device,
    ) -> Result<Measured> {
        let batch = self.task(spec)?.holdout(100)?;
        let batch = MemberBatch::<B>::stack(&[&batch], CLASSES, device)?;
        let (model, mut mean) = (model.clone().no_grad(), 0.0);
        let layers = measure::<B, _, _>([batch], |batch, tap| {
            let outputs = model.forward(batch.inputs, tap);
            let loss = smoothed(outputs, batch.targets, spec.smoothing).sum();
            mean = loss.clone().into_scalar().elem::<f64>() / 100.0;
            loss
        })?;
        let options = ReportOptions {
            null_draws: Some(2),
            null_seed: spec.seed,
        };
        Ok(Measured {
            step,
            loss: mean,
            layers: LayerReport::all(&layers, &options)?,
        })
    }
}
