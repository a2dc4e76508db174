//! SGD and Adam with PyTorch's semantics, and a learning rate and weight decay for each member.
//!
//! burn's own optimisers have one rate for all parameters, and its SGD has dampening 0.1 by default. These take
//! rates for each member, keep their state in the order in which parameters are visited, and update host
//! tensors in one pass over their memory. On a device they are plain tensor operations, without a synchronisation.

mod device;
mod host;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive};
use formant_backend::{Descent, TensorMemory};
use serde::{Deserialize, Serialize};

use crate::{HostTensor, TrainError};
use device::DeviceState;
use host::HostState;

/// Which optimiser, with the settings that all members share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", deny_unknown_fields)]
pub enum OptimizerConfig {
    /// `torch.optim.SGD`, dampening 0, no Nesterov.
    Sgd {
        /// \\(\mu\\): the buffer is \\(b \leftarrow \mu b + g\\); 0 is plain SGD.
        #[serde(default)]
        momentum: f64,
    },
    /// `torch.optim.Adam` (not AdamW): the decay is part of the gradient.
    Adam {
        /// Decay of the first moment.
        #[serde(default = "default_beta1")]
        beta1: f64,
        /// Decay of the second moment.
        #[serde(default = "default_beta2")]
        beta2: f64,
        /// Added to the root of the second moment.
        #[serde(default = "default_epsilon")]
        epsilon: f64,
    },
}

fn default_beta1() -> f64 {
    0.9
}
fn default_beta2() -> f64 {
    0.999
}
fn default_epsilon() -> f64 {
    1e-8
}

/// Adam's largest epsilon; with more of it nothing moves in single precision.
const LARGEST_EPSILON: f64 = 1e9;

impl OptimizerConfig {
    /// Adam with PyTorch's defaults.
    pub const ADAM: Self = Self::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    };

    /// How many buffers of a parameter's size it keeps.
    fn buffers(&self) -> usize {
        match self {
            Self::Sgd { momentum } => usize::from(*momentum != 0.0),
            Self::Adam { .. } => 2,
        }
    }

    /// Refuses settings out of their range.
    ///
    /// # Errors
    /// [`TrainError::Setting`].
    pub fn check(&self) -> Result<(), TrainError> {
        let unit = "at least 0 and below 1";
        let settings: &[(&'static str, f64)] = match self {
            Self::Sgd { momentum } => &[("momentum", *momentum)],
            Self::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                if !(0.0..=LARGEST_EPSILON).contains(epsilon) {
                    let (field, expected) = ("epsilon", "a number from 0 to 1e9");
                    return Err(TrainError::Setting {
                        field,
                        found: *epsilon,
                        expected,
                    });
                }
                &[("beta1", *beta1), ("beta2", *beta2)]
            }
        };
        match settings
            .iter()
            .find(|(_, value)| !(0.0..1.0).contains(value))
        {
            Some(&(field, found)) => Err(TrainError::Setting {
                field,
                found,
                expected: unit,
            }),
            None => Ok(()),
        }
    }
}

/// The rates of each member.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRates {
    /// Step size \\(\eta\\).
    pub learning_rate: Vec<f64>,
    /// Weight decay \\(\gamma\\), coupled: \\(\gamma w\\) is added to the gradient of every parameter, biases
    /// too, as PyTorch's SGD and Adam do.
    pub weight_decay: Vec<f64>,
}

/// The multipliers of one step for one member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepRates {
    /// Step size; for Adam divided by the bias correction of the first moment.
    step: f64,
    decay: f64,
    /// Adam's \\(\sqrt{1 - \beta_2^t}\\); 1 for SGD.
    root_correction: f64,
}

/// An optimiser and its state for every parameter of every member.
#[derive(Debug)]
pub struct Optimizer<B: AutodiffBackend> {
    config: OptimizerConfig,
    rates: MemberRates,
    /// Steps taken.
    steps: u64,
    names: Vec<String>,
    state: State<B::InnerBackend>,
}

#[derive(Debug)]
enum State<B: Backend> {
    Host(Vec<HostState>),
    Device(Vec<DeviceState<B>>),
}

/// The first parameter, in the order of visits, whose gradient was not finite, for each member that has one.
pub(crate) type NonFinite = Vec<Option<usize>>;

impl<B: AutodiffBackend> Optimizer<B> {
    /// An optimiser for `model`, whose parameters have the members as their first axis. `memory` says whether
    /// updates run over host memory or as tensor operations.
    ///
    /// # Errors
    /// If the rates are not one for each member, or a setting is out of range.
    pub fn new(
        config: OptimizerConfig,
        rates: MemberRates,
        model: &impl Module<B>,
        members: usize,
        memory: TensorMemory,
    ) -> Result<Self, TrainError> {
        config.check()?;
        for (what, of, least) in [
            ("learning rates", &rates.learning_rate, f64::MIN_POSITIVE),
            ("weight decays", &rates.weight_decay, 0.0),
        ] {
            if of.len() != members {
                return Err(TrainError::Members {
                    members,
                    found: of.len(),
                    what,
                });
            }
            if let Some(&found) = of.iter().find(|v| !(**v >= least && v.is_finite())) {
                let field = if least > 0.0 {
                    "learning_rate"
                } else {
                    "weight_decay"
                };
                let expected = if least > 0.0 { "above 0" } else { "at least 0" };
                return Err(TrainError::Setting {
                    field,
                    found,
                    expected,
                });
            }
        }
        let names = parameter_names(model);
        let state = match memory {
            TensorMemory::Host => State::Host(
                names
                    .iter()
                    .map(|_| HostState::new(config.buffers()))
                    .collect(),
            ),
            TensorMemory::Device => {
                State::Device(names.iter().map(|_| DeviceState::default()).collect())
            }
        };
        Ok(Self {
            config,
            rates,
            steps: 0,
            names,
            state,
        })
    }

    /// Names of the parameters, such as `layers.0.weight`, in the order in which they are visited.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rates of each member.
    pub fn rates(&self) -> &MemberRates {
        &self.rates
    }

    /// Takes one step. Host updates also report members whose gradients are not finite; device updates report
    /// nothing, since that would wait for the device.
    pub(crate) fn step<M: Module<B>>(
        &mut self,
        model: M,
        gradients: Source<'_, B>,
    ) -> (M, NonFinite) {
        self.steps += 1;
        let rates: Vec<StepRates> = (0..self.rates.learning_rate.len())
            .map(|member| self.step_rates(member))
            .collect();
        let mut mapper = Update {
            config: self.config,
            non_finite: vec![None; rates.len()],
            rates,
            gradients,
            state: &mut self.state,
            index: 0,
        };
        let model = model.map(&mut mapper);
        (model, mapper.non_finite)
    }

    /// What a step does to each member, if the optimiser is SGD without momentum.
    pub(crate) fn plain_descent(&self) -> Option<Vec<Descent>> {
        (self.config == OptimizerConfig::Sgd { momentum: 0.0 }).then(|| {
            let rates = self
                .rates
                .learning_rate
                .iter()
                .zip(&self.rates.weight_decay);
            let step = |(rate, decay): (&f64, &f64)| Descent {
                rate: *rate as f32,
                keep: (1.0 - rate * decay) as f32,
            };
            rates.map(step).collect()
        })
    }

    /// Counts a step that was taken without it.
    pub(crate) fn count_step(&mut self) {
        self.steps += 1;
    }

    fn step_rates(&self, member: usize) -> StepRates {
        let (lr, decay) = (
            self.rates.learning_rate[member],
            self.rates.weight_decay[member],
        );
        match self.config {
            OptimizerConfig::Sgd { .. } => StepRates {
                step: lr,
                decay,
                root_correction: 1.0,
            },
            OptimizerConfig::Adam { beta1, beta2, .. } => {
                let power = |beta: f64| beta.powi(self.steps.min(i32::MAX as u64) as i32);
                StepRates {
                    step: lr / (1.0 - power(beta1)),
                    decay,
                    root_correction: (1.0 - power(beta2)).sqrt(),
                }
            }
        }
    }

    /// The buffers of one member as host tensors, in the order of parameters, then buffers.
    pub(crate) fn export(&self, member: usize) -> Result<Vec<HostTensor>, TrainError> {
        let members = self.rates.learning_rate.len();
        let mut out = Vec::new();
        for (index, name) in self.names.iter().enumerate() {
            let label = |buffer: usize| format!("{name}.buffer{buffer}");
            match &self.state {
                State::Host(states) => states[index].export(member, members, label, &mut out),
                State::Device(states) => states[index].export(member, label, &mut out)?,
            }
        }
        Ok(out)
    }

    /// Puts back what [`Optimizer::export`] gave for every member.
    pub(crate) fn import(
        &mut self,
        steps: u64,
        members: &[Vec<HostTensor>],
        device: &B::Device,
    ) -> Result<(), TrainError> {
        let buffers = if steps == 0 { 0 } else { self.config.buffers() };
        let expected = self.names.len() * buffers;
        if let Some(found) = members
            .iter()
            .map(Vec::len)
            .find(|found| *found != expected)
        {
            return Err(TrainError::CheckpointMismatch {
                what: "the number of optimiser buffers".into(),
                found: found.to_string(),
                expected: expected.to_string(),
            });
        }
        self.steps = steps;
        for index in 0..self.names.len() {
            let of_parameter: Vec<&[HostTensor]> = members
                .iter()
                .map(|all| &all[index * buffers..(index + 1) * buffers])
                .collect();
            match &mut self.state {
                State::Host(states) => states[index].import(&of_parameter)?,
                State::Device(states) => states[index].import(&of_parameter, device)?,
            }
        }
        Ok(())
    }
}

/// Where the gradients of a step are.
pub(crate) enum Source<'a, B: AutodiffBackend> {
    /// In burn's graph.
    Graph(&'a mut B::Gradients),
    /// In a list, in the order of visits.
    List(Vec<Option<FloatTensor<B::InnerBackend>>>),
}

impl<B: AutodiffBackend> Source<'_, B> {
    pub(crate) fn is_graph(&self) -> bool {
        matches!(self, Self::Graph(_))
    }

    /// The gradient of one parameter, the `index`-th that is visited.
    fn take<const D: usize>(
        &mut self,
        parameter: &Tensor<B, D>,
        index: usize,
    ) -> Option<Tensor<B::InnerBackend, D>> {
        match self {
            Self::Graph(gradients) => parameter.grad_remove(gradients),
            Self::List(list) => {
                let gradient = list.get_mut(index)?.take()?;
                Some(Tensor::from_primitive(TensorPrimitive::Float(gradient)))
            }
        }
    }
}

/// One step over all parameters of a model.
struct Update<'a, B: AutodiffBackend> {
    config: OptimizerConfig,
    rates: Vec<StepRates>,
    gradients: Source<'a, B>,
    state: &'a mut State<B::InnerBackend>,
    index: usize,
    non_finite: NonFinite,
}

impl<B: AutodiffBackend> ModuleMapper<B> for Update<'_, B> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let index = self.index;
        self.index += 1;
        let (id, tensor, mapper) = param.consume();
        let Some(gradient) = self.gradients.take(&tensor, index) else {
            return Param::from_mapped_value(id, tensor, mapper);
        };
        let weight = tensor.inner();
        let weight = match self.state {
            State::Host(states) => {
                let finite = &mut |member: usize| {
                    self.non_finite[member].get_or_insert(index);
                };
                states[index].update(self.config, &self.rates, weight, gradient, finite)
            }
            State::Device(states) => {
                states[index].update(self.config, &self.rates, weight, gradient)
            }
        };
        let weight = Tensor::from_inner(weight).set_require_grad(self.gradients.is_graph());
        Param::from_mapped_value(id, weight, mapper)
    }
}

/// Paths of the float parameters of a module, in the order of visits.
pub(crate) fn parameter_names<B: Backend>(model: &impl Module<B>) -> Vec<String> {
    #[derive(Default)]
    struct Names {
        path: Vec<String>,
        found: Vec<String>,
    }
    impl<B: Backend> ModuleVisitor<B> for Names {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<B, D>>) {
            self.found.push(self.path.join("."));
        }
    }
    let mut names = Names::default();
    model.visit(&mut names);
    names.found
}
