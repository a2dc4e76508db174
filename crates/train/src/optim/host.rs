//! Updates in one pass over host memory.

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Element, Tensor, TensorData};
use pulp::Arch;

use super::{OptimizerConfig, StepRates};
use crate::{HostTensor, TrainError};

/// The buffers of one parameter, all members one after another.
#[derive(Debug)]
pub(super) enum HostState {
    /// Not yet used: the type of the parameter is not known.
    New { buffers: usize },
    /// Single precision.
    F32(Vec<Vec<f32>>),
    /// Double precision, for checks.
    F64(Vec<Vec<f64>>),
}

/// The arithmetic of one number, in its own precision as PyTorch does it.
trait Real: Element + Copy {
    fn from_f64(value: f64) -> Self;
    fn sgd(w: &mut [Self], g: &[Self], buffer: Option<&mut [Self]>, k: Sgd<Self>) -> bool;
    fn adam(w: &mut [Self], g: &[Self], m: &mut [Self], v: &mut [Self], k: Adam<Self>) -> bool;
}

struct Sgd<T> {
    step: T,
    decay: T,
    momentum: T,
}

struct Adam<T> {
    step: T,
    decay: T,
    beta1: T,
    beta2: T,
    epsilon: T,
    root_scale: T,
}

/// The loops are the same for both types; a macro keeps them monomorphic, which vectorises.
macro_rules! real {
    ($t:ty) => {
        impl Real for $t {
            fn from_f64(value: f64) -> Self {
                value as $t
            }

            fn sgd(w: &mut [$t], g: &[$t], buffer: Option<&mut [$t]>, k: Sgd<$t>) -> bool {
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        let mut finite = true;
                        match buffer {
                            Some(buffer) => {
                                for ((w, g), b) in w.iter_mut().zip(g).zip(buffer) {
                                    finite &= g.is_finite();
                                    *b = k.momentum * *b + (*g + k.decay * *w);
                                    *w -= k.step * *b;
                                }
                            }
                            None => {
                                for (w, g) in w.iter_mut().zip(g) {
                                    finite &= g.is_finite();
                                    *w -= k.step * (*g + k.decay * *w);
                                }
                            }
                        }
                        finite
                    },
                )
            }

            fn adam(w: &mut [$t], g: &[$t], m: &mut [$t], v: &mut [$t], k: Adam<$t>) -> bool {
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        let mut finite = true;
                        for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
                            finite &= g.is_finite();
                            let g = *g + k.decay * *w;
                            *m += (1.0 - k.beta1) * (g - *m);
                            *v = k.beta2 * *v + (1.0 - k.beta2) * g * g;
                            let root = v.sqrt() * k.root_scale + k.epsilon;
                            *w -= k.step * *m / root;
                        }
                        finite
                    },
                )
            }
        }
    };
}
real!(f32);
real!(f64);

impl HostState {
    pub(super) fn new(buffers: usize) -> Self {
        Self::New { buffers }
    }

    /// Updates `weight` `[members, …]`; calls `non_finite` for each member with a gradient that is not finite.
    pub(super) fn update<B: Backend, const D: usize>(
        &mut self,
        config: OptimizerConfig,
        rates: &[StepRates],
        weight: Tensor<B, D>,
        gradient: Tensor<B, D>,
        non_finite: &mut dyn FnMut(usize),
    ) -> Tensor<B, D> {
        let device = weight.device();
        let dtype = weight.dtype();
        let (mut w, g) = (weight.into_data(), gradient.into_data());
        if let Self::New { buffers } = *self {
            let count = w.num_elements();
            *self = match dtype {
                DType::F64 => Self::F64(vec![vec![0.0; count]; buffers]),
                _ => Self::F32(vec![vec![0.0; count]; buffers]),
            };
        }
        match self {
            Self::F64(buffers) => {
                update_members::<f64>(config, rates, &mut w, &g, buffers, non_finite)
            }
            Self::F32(buffers) => {
                update_members::<f32>(config, rates, &mut w, &g, buffers, non_finite)
            }
            Self::New { .. } => {}
        }
        Tensor::from_data(w, (&device, dtype))
    }

    /// The buffers of one of `members` members.
    pub(super) fn export(
        &self,
        member: usize,
        members: usize,
        label: impl Fn(usize) -> String,
        out: &mut Vec<HostTensor>,
    ) {
        fn part<T: Copy>(all: &[T], member: usize, members: usize) -> Vec<T> {
            let each = all.len() / members;
            all[member * each..(member + 1) * each].to_vec()
        }
        match self {
            Self::New { .. } => {}
            Self::F32(buffers) => out.extend(
                buffers
                    .iter()
                    .enumerate()
                    .map(|(i, b)| HostTensor::flat_f32(label(i), part(b, member, members))),
            ),
            Self::F64(buffers) => out.extend(
                buffers
                    .iter()
                    .enumerate()
                    .map(|(i, b)| HostTensor::flat_f64(label(i), part(b, member, members))),
            ),
        }
    }

    /// Takes the buffers of every member.
    pub(super) fn import(&mut self, members: &[&[HostTensor]]) -> Result<(), TrainError> {
        let buffers = members.first().map_or(0, |first| first.len());
        if buffers == 0 {
            return Ok(());
        }
        let double = members.iter().any(|m| m.iter().any(HostTensor::is_f64));
        if double {
            let join = |i: usize| {
                members
                    .iter()
                    .map(|m| m[i].f64())
                    .collect::<Result<Vec<_>, _>>()
            };
            *self = Self::F64(
                (0..buffers)
                    .map(|i| Ok(join(i)?.concat()))
                    .collect::<Result<_, TrainError>>()?,
            );
        } else {
            let join = |i: usize| {
                members
                    .iter()
                    .map(|m| m[i].f32())
                    .collect::<Result<Vec<_>, _>>()
            };
            *self = Self::F32(
                (0..buffers)
                    .map(|i| Ok(join(i)?.concat()))
                    .collect::<Result<_, TrainError>>()?,
            );
        }
        Ok(())
    }
}

fn update_members<T: Real>(
    config: OptimizerConfig,
    rates: &[StepRates],
    weight: &mut TensorData,
    gradient: &TensorData,
    buffers: &mut [Vec<T>],
    non_finite: &mut dyn FnMut(usize),
) {
    let (Ok(w), Ok(g)) = (weight.as_mut_slice::<T>(), gradient.as_slice::<T>()) else {
        // A parameter of another type than its buffers cannot come from one model; leave it as it is.
        return;
    };
    let each = w.len() / rates.len();
    for (member, rates) in rates.iter().enumerate() {
        let range = member * each..(member + 1) * each;
        let (w, g) = (&mut w[range.clone()], &g[range.clone()]);
        let of = T::from_f64;
        let finite = match (config, &mut *buffers) {
            (
                OptimizerConfig::Adam {
                    beta1,
                    beta2,
                    epsilon,
                },
                [m, v],
            ) => {
                let k = Adam {
                    step: of(rates.step),
                    decay: of(rates.decay),
                    beta1: of(beta1),
                    beta2: of(beta2),
                    epsilon: of(epsilon),
                    root_scale: of(1.0 / rates.root_correction),
                };
                T::adam(w, g, &mut m[range.clone()], &mut v[range], k)
            }
            (config, buffers) => {
                let momentum = match config {
                    OptimizerConfig::Sgd { momentum } => momentum,
                    OptimizerConfig::Adam { .. } => 0.0,
                };
                let k = Sgd {
                    step: of(rates.step),
                    decay: of(rates.decay),
                    momentum: of(momentum),
                };
                T::sgd(w, g, buffers.first_mut().map(|b| &mut b[range]), k)
            }
        };
        if !finite {
            non_finite(member);
        }
    }
}
