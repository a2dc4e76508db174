//! The training loop.

use burn::module::{ModuleMapper, Param};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use formant_backend::{KernelsAutodiff, TensorMemory};
use formant_models::{Descended, FastPaths, Representations, representations};
use formant_probe::Observer;

use crate::divergence::finite_parameters;
use crate::optim::Source;
use crate::parameters::{check_shapes, export, import};
use crate::{
    Checkpoint, Divergence, Loss, MemberBatch, MemberRates, Optimizer, OptimizerConfig, Quantity,
    Reduction, TrainError,
};

/// On a device, where each look costs a synchronisation: steps between looks for divergence.
const DEVICE_CHECK_INTERVAL: u64 = 200;

/// Maximum number of samples in a batch for which steps that never form the gradient of a weight are faster.
const FEW_SAMPLES: usize = 4;

/// Whether a look for divergence can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Until the next regular look.
    Later,
    /// No: the run stops here.
    Now,
}

/// Trains the members of one model. All take the same steps with batches of one size; each has its own rates.
#[derive(Debug)]
pub struct Trainer<B: AutodiffBackend, N> {
    // An Option only so that a step can move the model through the optimiser; it is never empty in between.
    model: Option<N>,
    /// Whether burn's graph knows the parameters. Steps that need no graph leave it alone: each parameter that it hears
    /// of stays in a list of the whole process until the next backward pass.
    tracked: bool,
    optimizer: Optimizer<B>,
    loss: Loss,
    memory: TensorMemory,
    step: u64,
    divergence: Vec<Option<Divergence>>,
    device: B::Device,
}

impl<B: KernelsAutodiff, N: FastPaths<B>> Trainer<B, N> {
    /// A run at step 0.
    ///
    /// # Errors
    /// If the rates do not fit the model.
    pub fn new(
        model: N,
        optimizer: OptimizerConfig,
        rates: MemberRates,
        loss: Loss,
        memory: TensorMemory,
        device: &B::Device,
    ) -> Result<Self, TrainError> {
        let members = model.members();
        let optimizer = Optimizer::new(optimizer, rates, &model, members, memory)?;
        Ok(Self {
            model: Some(model),
            tracked: false,
            optimizer,
            loss,
            memory,
            step: 0,
            divergence: vec![None; members],
            device: device.clone(),
        })
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// The network as it is now.
    pub fn model(&self) -> &N {
        // invariant: `update` puts the model back before it returns.
        let empty = || unreachable!("the model is put back after each step");
        self.model.as_ref().unwrap_or_else(empty)
    }

    /// The device that it trains on.
    pub fn device(&self) -> &B::Device {
        &self.device
    }

    /// The loss that is descended.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// For each member, how it diverged, if it did.
    pub fn divergence(&self) -> &[Option<Divergence>] {
        &self.divergence
    }

    /// Whether there is nothing left to train.
    pub fn all_diverged(&self) -> bool {
        self.divergence.iter().all(Option::is_some)
    }

    /// Takes one step on a batch, with an observer looking on, and gives the loss of each member before it,
    /// `[members]`, still on the device. Without an observer the network's own backward pass is used, if it has one:
    /// see [`FastPaths::gradients`].
    pub fn step(
        &mut self,
        batch: MemberBatch<B>,
        observer: &mut impl Observer<B>,
    ) -> Tensor<B::InnerBackend, 1> {
        if observer.is_off()
            && let Some(loss) = self.step_without_graph(&batch)
        {
            return loss;
        }
        let loss = self.loss;
        self.descend(|model| {
            let outputs = model.forward(batch.inputs, observer);
            loss.of(outputs, batch.targets, Reduction::Mean)
        })
    }

    /// What the network makes of these inputs as it is now, without burn's graph.
    pub fn representations(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
    ) -> Representations<B::InnerBackend> {
        representations(&self.model().valid(), inputs)
    }

    /// [`Trainer::step`] without an observer, that shows `see` what the network made of the inputs before the step.
    ///
    /// With plain SGD on host memory and a network that knows how ([`FastPaths::descend`]), gradients of weights are
    /// never formed: with few samples that is several times faster. Everywhere else the representations cost a forward
    /// pass.
    pub fn step_and_show(
        &mut self,
        batch: MemberBatch<B>,
        see: impl FnOnce(&Representations<B::InnerBackend>),
    ) -> Tensor<B::InnerBackend, 1> {
        let mut see = Some(see);
        let mut show = |seen: &Representations<B::InnerBackend>| {
            if let Some(see) = see.take() {
                see(seen);
            }
        };
        if let Some(loss) = self.step_on_few(&batch, &mut show) {
            return loss;
        }
        show(&self.representations(batch.inputs.clone().inner()));
        self.step(batch, &mut ())
    }

    /// A step through [`FastPaths::descend`]; `None`, with nothing shown, where that is not possible or not faster.
    fn step_on_few(
        &mut self,
        batch: &MemberBatch<B>,
        show: impl FnOnce(&Representations<B::InnerBackend>),
    ) -> Option<Tensor<B::InnerBackend, 1>> {
        let samples = batch.inputs.dims()[1];
        if self.memory != TensorMemory::Host || samples > FEW_SAMPLES {
            return None;
        }
        let steps = self.optimizer.plain_descent()?;
        let (loss, targets) = (self.loss, batch.targets.clone().inner());
        let mut value = None;
        let descended = self.model.take()?.descend(
            batch.inputs.clone().inner(),
            |seen| {
                show(&seen);
                let outputs = seen.outputs;
                value = Some(loss.of(outputs.clone(), targets.clone(), Reduction::Mean));
                loss.gradient::<B>(outputs, targets, Reduction::Mean)
            },
            &steps,
        );
        match descended {
            Descended::Done(model) => {
                self.model = Some(model);
                self.tracked = false;
                self.step += 1;
                self.optimizer.count_step();
                self.watch_losses(value.as_ref()?);
            }
            Descended::Unknown(model) => self.model = Some(model),
        }
        value
    }

    /// Looks for divergence where a loss is not finite: gradients that nobody formed cannot be looked at.
    fn watch_losses(&mut self, losses: &Tensor<B::InnerBackend, 1>) {
        let finite = losses.to_data().iter::<f64>().all(f64::is_finite);
        if !finite {
            self.look_for_divergence();
            let losses: Vec<f64> = losses.to_data().iter().collect();
            for (member, loss) in losses.into_iter().enumerate() {
                if !loss.is_finite() {
                    self.mark_diverged(member, "outputs", Quantity::Activation);
                }
            }
        }
    }

    /// [`Trainer::step`] through the network's own backward pass.
    fn step_without_graph(&mut self, batch: &MemberBatch<B>) -> Option<Tensor<B::InnerBackend, 1>> {
        let (loss, targets) = (self.loss, batch.targets.clone().inner());
        let mut value = None;
        let gradients = self
            .model()
            .gradients(batch.inputs.clone().inner(), |outputs| {
                value = Some(loss.of(outputs.clone(), targets.clone(), Reduction::Mean));
                loss.gradient::<B>(outputs, targets, Reduction::Mean)
            })?;
        self.update(Source::List(gradients.into_iter().map(Some).collect()));
        value
    }

    /// Takes one step down a loss of each member, `[members]`, that the caller computes from the network.
    pub fn descend(&mut self, loss: impl FnOnce(&N) -> Tensor<B, 1>) -> Tensor<B::InnerBackend, 1> {
        self.track();
        let loss = loss(self.model());
        let value = loss.clone().inner();
        let mut gradients = loss.sum().backward();
        self.update(Source::Graph(&mut gradients));
        value
    }

    /// Tells burn's graph of the parameters.
    fn track(&mut self) {
        struct Track;
        impl<B: Backend> ModuleMapper<B> for Track {
            fn map_float<const D: usize>(
                &mut self,
                param: Param<Tensor<B, D>>,
            ) -> Param<Tensor<B, D>> {
                param.set_require_grad(true)
            }
        }
        if !self.tracked {
            self.model = self.model.take().map(|model| model.map(&mut Track));
            self.tracked = true;
        }
    }

    fn update(&mut self, gradients: Source<'_, B>) {
        let Some(model) = self.model.take() else {
            return;
        };
        self.tracked = gradients.is_graph();
        let (model, non_finite) = self.optimizer.step(model, gradients);
        self.model = Some(model);
        self.step += 1;
        for (member, index) in non_finite.into_iter().enumerate() {
            if let Some(index) = index {
                self.record(member, index, Quantity::Gradient);
            }
        }
    }

    /// On a device, looks for divergence every so many steps, and always if `now` says so.
    pub(crate) fn watch(&mut self, now: Watch) {
        let due = now == Watch::Now || self.step.is_multiple_of(DEVICE_CHECK_INTERVAL);
        if self.memory == TensorMemory::Device && due {
            self.look_for_divergence();
        }
    }

    /// Records that a member diverged, if that is not known yet.
    pub fn mark_diverged(&mut self, member: usize, layer: &str, quantity: Quantity) {
        let (step, layer) = (self.step, layer.to_owned());
        self.divergence[member].get_or_insert(Divergence {
            step,
            layer,
            quantity,
        });
    }

    fn record(&mut self, member: usize, index: usize, quantity: Quantity) {
        let layer = self.optimizer.names()[index].clone();
        self.mark_diverged(member, &layer, quantity);
    }

    /// Looks at every parameter of each member.
    fn look_for_divergence(&mut self) {
        for (index, members) in finite_parameters(self.model()).into_iter().enumerate() {
            for (member, finite) in members.into_iter().enumerate() {
                if !finite {
                    self.record(member, index, Quantity::Parameter);
                }
            }
        }
    }

    /// The state of one member.
    ///
    /// # Errors
    /// If tensors cannot be read back.
    pub fn checkpoint(&self, member: usize) -> Result<Checkpoint, TrainError> {
        Ok(Checkpoint {
            step: self.step,
            divergence: self.divergence[member].clone(),
            parameters: export::<B, N>(self.model(), member)?,
            buffers: self.optimizer.export(member)?,
        })
    }

    /// Puts back the states of all members, which have to be at the same step.
    ///
    /// # Errors
    /// [`TrainError::CheckpointMismatch`] if they do not fit the model or each other.
    pub fn restore(&mut self, members: &[Checkpoint]) -> Result<(), TrainError> {
        let count = self.divergence.len();
        let first = match members.first() {
            Some(first) if members.len() == count => first,
            _ => {
                let (found, what) = (members.len(), "checkpoints");
                return Err(TrainError::Members {
                    members: count,
                    found,
                    what,
                });
            }
        };
        if let Some(other) = members.iter().find(|other| other.step != first.step) {
            return Err(TrainError::CheckpointMismatch {
                what: "the step of a member".into(),
                found: other.step.to_string(),
                expected: first.step.to_string(),
            });
        }
        let parameters: Vec<_> = members
            .iter()
            .map(|member| &member.parameters[..])
            .collect();
        check_shapes::<B, N>(self.model(), &parameters)?;
        let buffers: Vec<_> = members
            .iter()
            .map(|member| member.buffers.clone())
            .collect();
        self.optimizer.import(first.step, &buffers, &self.device)?;
        self.model = self.model.take().map(|model| import(model, &parameters));
        self.tracked = false;
        self.step = first.step;
        self.divergence = members
            .iter()
            .map(|member| member.divergence.clone())
            .collect();
        Ok(())
    }
}
