//! The parameters of a network as host tensors, member by member.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use crate::optim::parameter_names;
use crate::{HostTensor, TrainError};

/// The parameters of one member.
pub(crate) fn export<B: Backend, N: Module<B>>(
    model: &N,
    member: usize,
) -> Result<Vec<HostTensor>, TrainError> {
    struct Reader {
        member: usize,
        found: Vec<Result<HostTensor, TrainError>>,
    }
    impl<B: Backend> ModuleVisitor<B> for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            let row = param.val().narrow(0, self.member, 1);
            let mut tensor = HostTensor::read(String::new(), row);
            if let Ok(tensor) = &mut tensor {
                tensor.drop_members_axis();
            }
            self.found.push(tensor);
        }
    }
    let mut reader = Reader {
        member,
        found: Vec::new(),
    };
    model.visit(&mut reader);
    parameter_names(model)
        .into_iter()
        .zip(reader.found)
        .map(|(name, tensor)| tensor.map(|tensor| tensor.named(name)))
        .collect()
}

/// Whether each member's parameters have the names and shapes of the model's.
pub(crate) fn check_shapes<B: Backend, N: Module<B>>(
    model: &N,
    members: &[&[HostTensor]],
) -> Result<(), TrainError> {
    let expected = export::<B, N>(model, 0)?;
    let describe = |all: &[HostTensor]| -> String {
        let one = |t: &HostTensor| format!("{} {:?}", t.name(), t.shape());
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    for member in members {
        let (found, expected) = (describe(member), describe(&expected));
        if found != expected {
            let what = "the list of parameters".into();
            return Err(TrainError::CheckpointMismatch {
                what,
                found,
                expected,
            });
        }
        for parameter in *member {
            if parameter.is_f64() {
                let _ = parameter.f32()?; // single precision is what runs are made of
            }
        }
    }
    Ok(())
}

/// Replaces every parameter, members stacked. Shapes have been checked.
pub(crate) fn import<B: Backend, N: Module<B>>(model: N, members: &[&[HostTensor]]) -> N {
    struct Writer<'a> {
        members: &'a [&'a [HostTensor]],
        index: usize,
    }
    impl<B: Backend> ModuleMapper<B> for Writer<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            let index = self.index;
            self.index += 1;
            let (id, old, mapper) = param.consume();
            let rows = self
                .members
                .iter()
                .map(|member| member[index].f32().unwrap_or_default());
            let values: Vec<f32> = rows.flatten().collect();
            let new = Tensor::from_data(TensorData::new(values, old.shape()), &old.device());
            Param::from_mapped_value(id, new, mapper)
        }
    }
    model.map(&mut Writer { members, index: 0 })
}
