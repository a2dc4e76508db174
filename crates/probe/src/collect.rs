//! From tapped tensors to the moments of each layer of each member.

use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{DType, Tensor, TensorData};
use formant_moments::{Element, LayerMoments, MomentsAccumulator, MomentsError, SampleBlock};
use ndarray::{Array2, ArrayView2, ArrayView3};

use crate::{ProbeError, Site, SiteSamples, Tap};

/// Collects the moments of every layer of every member, chunk by chunk.
#[derive(Debug, Default)]
pub struct MomentsCollector {
    layers: Vec<Layer>,
}

/// Which samples a [`HostBlock`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The layer, from 0 in the order in which the model applies them.
    pub layer: usize,
    /// The member, from 0.
    pub member: usize,
}

/// Finite samples of one layer of one member in host memory, in the model's precision.
#[derive(Debug)]
pub enum HostBlock<'a> {
    /// Single precision.
    F32(SampleBlock<'a, f32>),
    /// Double precision.
    F64(SampleBlock<'a, f64>),
}

#[derive(Debug)]
struct Layer {
    site: Site,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    /// The first failure is kept, and ends this member's measurement alone.
    moments: Result<MomentsAccumulator, MomentsError>,
    /// `[d_b, d_a]`.
    weight: Array2<f64>,
}

impl MomentsCollector {
    /// Adds the samples of one chunk. A member whose numbers are not finite fails alone, in
    /// [`MomentsCollector::finish`].
    ///
    /// # Errors
    /// If the chunk has other layers than the first one had, or cannot be read from the device.
    pub fn add<B: Backend>(&mut self, chunk: Vec<SiteSamples<B>>) -> Result<(), ProbeError> {
        self.add_and_show(chunk, |_, _| {})
    }

    /// [`MomentsCollector::add`], and shows `visit` the samples of every layer of every member that were added: for
    /// statistics that moments do not hold.
    ///
    /// # Errors
    /// As [`MomentsCollector::add`].
    pub fn add_and_show<B: Backend>(
        &mut self,
        chunk: Vec<SiteSamples<B>>,
        mut visit: impl FnMut(Place, HostBlock<'_>),
    ) -> Result<(), ProbeError> {
        if self.layers.is_empty() {
            self.layers = chunk.iter().map(Layer::new).collect::<Result<_, _>>()?;
        }
        let names = |sites: &mut dyn Iterator<Item = &Site>| -> Vec<String> {
            sites.map(|site| site.name.to_string()).collect()
        };
        let expected = names(&mut self.layers.iter().map(|layer| &layer.site));
        let found = names(&mut chunk.iter().map(|samples| &samples.site));
        if expected != found {
            return Err(ProbeError::SitesChanged { expected, found });
        }
        (self.layers.iter_mut().zip(chunk).enumerate()).try_for_each(|(index, (layer, samples))| {
            layer.add(samples, |member, block| {
                let place = Place {
                    layer: index,
                    member,
                };
                visit(place, block);
            })
        })
    }

    /// Closes the measurement: for each member, the moments of each layer in the model's order, or why it has none,
    /// such as numbers that are not finite or fewer than two samples.
    ///
    /// # Errors
    /// If nothing was added.
    pub fn finish(self) -> Result<Vec<Result<Vec<LayerMoments>, ProbeError>>, ProbeError> {
        let count = self
            .layers
            .first()
            .ok_or(ProbeError::NothingObserved)?
            .members
            .len();
        let mut members: Vec<Result<Vec<LayerMoments>, ProbeError>> =
            (0..count).map(|_| Ok(Vec::new())).collect();
        for Layer {
            site,
            members: of_layer,
        } in self.layers
        {
            for (into, member) in members.iter_mut().zip(of_layer) {
                let Ok(layers) = into else { continue };
                let finish = |moments: MomentsAccumulator| {
                    moments.finish(&*site.name, member.weight.view(), site.axis)
                };
                match member.moments.and_then(finish) {
                    Ok(moments) => layers.push(moments),
                    Err(source) => {
                        *into = Err(ProbeError::Moments {
                            site: site.name.to_string(),
                            source,
                        });
                    }
                }
            }
        }
        Ok(members)
    }
}

impl Layer {
    fn new<B: Backend>(samples: &SiteSamples<B>) -> Result<Self, ProbeError> {
        let [members, d_a, d_b] = samples.weight.dims();
        let site = samples.site.clone();
        let weight = Host::read(&site, "the weight", samples.weight.clone())?.into_values();
        let members = weight
            .chunks_exact(d_a * d_b)
            .take(members)
            .map(|one| Member {
                moments: Ok(MomentsAccumulator::new(d_a, d_b)),
                weight: Array2::from_shape_fn((d_b, d_a), |(b, a)| one[a * d_b + b]),
            })
            .collect();
        Ok(Self { site, members })
    }

    fn add<B: Backend>(
        &mut self,
        samples: SiteSamples<B>,
        mut visit: impl FnMut(usize, HostBlock<'_>),
    ) -> Result<(), ProbeError> {
        let site = &self.site;
        let h_a = Host::read(site, "h_a", samples.h_a)?;
        let h_b = Host::read(site, "h_b", samples.h_b)?;
        let g_a = Host::read(site, "g_a", samples.g_a)?;
        let g_b = Host::read(site, "g_b", samples.g_b)?;
        match (h_a, h_b, g_a, g_b) {
            (Host::F32(h_a), Host::F32(h_b), Host::F32(g_a), Host::F32(g_b)) => {
                self.add_host([&h_a, &h_b, &g_a, &g_b], |member, block| {
                    visit(member, HostBlock::F32(block));
                })
            }
            (h_a, h_b, g_a, g_b) => {
                let [h_a, h_b, g_a, g_b] = [h_a, h_b, g_a, g_b].map(Host::into_f64);
                self.add_host([&h_a, &h_b, &g_a, &g_b], |member, block| {
                    visit(member, HostBlock::F64(block));
                })
            }
        }
    }

    fn add_host<T: Element>(
        &mut self,
        parts: [&Values<T>; 4],
        mut visit: impl FnMut(usize, SampleBlock<'_, T>),
    ) -> Result<(), ProbeError> {
        for (index, member) in self.members.iter_mut().enumerate() {
            let mut rows = Vec::with_capacity(4);
            for part in parts {
                rows.push(part.member(&self.site, index)?);
            }
            let block = SampleBlock {
                h_a: rows[0],
                h_b: rows[1],
                g_a: rows[2],
                g_b: rows[3],
            };
            let Ok(moments) = &mut member.moments else {
                continue;
            };
            match moments.add(&block) {
                Ok(()) => visit(index, block),
                Err(error) => member.moments = Err(error),
            }
        }
        Ok(())
    }
}

/// A tensor `[members, samples, neurons]` in host memory.
struct Values<T> {
    values: Vec<T>,
    shape: [usize; 3],
}

impl<T> Values<T> {
    fn member(&self, site: &Site, index: usize) -> Result<ArrayView2<'_, T>, ProbeError> {
        ArrayView3::from_shape(self.shape, &self.values)
            .map(|view| view.index_axis_move(ndarray::Axis(0), index))
            .map_err(|error| ProbeError::Unreadable {
                site: site.name.to_string(),
                quantity: "samples",
                reason: error.to_string(),
            })
    }
}

/// A tensor in host memory, in its own precision.
enum Host {
    F32(Values<f32>),
    F64(Values<f64>),
}

impl Host {
    fn read<B: Backend>(
        site: &Site,
        quantity: &'static str,
        tensor: Tensor<B, 3>,
    ) -> Result<Self, ProbeError> {
        let shape = tensor.dims();
        let data: TensorData = tensor.into_data();
        let unreadable = |reason| ProbeError::Unreadable {
            site: site.name.to_string(),
            quantity,
            reason,
        };
        match data.dtype {
            DType::F64 => {
                let values = data
                    .into_vec::<f64>()
                    .map_err(|e| unreadable(format!("{e:?}")))?;
                Ok(Self::F64(Values { values, shape }))
            }
            DType::F32 => {
                let values = data
                    .into_vec::<f32>()
                    .map_err(|e| unreadable(format!("{e:?}")))?;
                Ok(Self::F32(Values { values, shape }))
            }
            other => Err(unreadable(format!("expected f32 or f64, found {other:?}"))),
        }
    }

    fn into_f64(self) -> Values<f64> {
        match self {
            Self::F64(values) => values,
            Self::F32(Values { values, shape }) => Values {
                values: values.into_iter().map(f64::from).collect(),
                shape,
            },
        }
    }

    fn into_values(self) -> Vec<f64> {
        self.into_f64().values
    }
}

/// Measures a model over chunks of samples: for each member, the moments of each layer, or why it has none.
///
/// `loss` runs the model on one chunk, shows the tap its linear maps, and returns the loss **summed** over the
/// samples (and members) of the chunk; a mean would scale each sample's gradient. Layers that mix samples, such
/// as batch norm with the statistics of the batch, have no per-sample gradient: run them with running statistics.
///
/// # Errors
/// See [`ProbeError`].
pub fn measure_members<B, X, F>(
    chunks: impl IntoIterator<Item = X>,
    mut loss: F,
) -> Result<Vec<Result<Vec<LayerMoments>, ProbeError>>, ProbeError>
where
    B: AutodiffBackend,
    F: FnMut(X, &mut Tap<B>) -> Tensor<B, 1>,
{
    let mut collector = MomentsCollector::default();
    for chunk in chunks {
        let mut tap = Tap::new();
        let mut gradients = loss(chunk, &mut tap).backward();
        collector.add(tap.samples(&mut gradients)?)?;
    }
    collector.finish()
}

/// [`measure_members`] for a model without a members axis: the moments of each layer.
///
/// # Errors
/// See [`ProbeError`].
pub fn measure<B, X, F>(
    chunks: impl IntoIterator<Item = X>,
    loss: F,
) -> Result<Vec<LayerMoments>, ProbeError>
where
    B: AutodiffBackend,
    F: FnMut(X, &mut Tap<B>) -> Tensor<B, 1>,
{
    let members = measure_members(chunks, loss)?;
    members
        .into_iter()
        .next()
        .unwrap_or(Err(ProbeError::NothingObserved))
}
