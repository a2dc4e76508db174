//! The [`Observer`] trait, the zero-tap that finds neuron gradients, and noise injection.
//!
//! A model calls [`Observer::linear`] at every linear map that it applies, \\(h_b = W h_a\\). The observer `()` does
//! nothing, and costs nothing; [`Tap`] records both sides of the map and the exact gradient
//! \\(g_b = -\partial\ell/\partial h_b\\) of every sample's own loss, at all sites or at [chosen ones](Tap::only);
//! [`NoiseInjector`] adds noise to neuron gradients. Observers compose as tuples.
//!
//! To measure a model of your own, call [`observe`] after each `nn::Linear` and hand [`measure`] a closure that
//! returns the **summed** loss of a chunk of samples (for tokens and image positions see [`observe`]):
//!
//! ```
//! use burn::nn::{Linear, LinearConfig};
//! use burn::tensor::{Tensor, activation::tanh, backend::Backend};
//! use formant_probe::{Observer, Site, measure, observe};
//!
//! struct Net<B: Backend> { first: Linear<B>, second: Linear<B> }
//!
//! impl<B: Backend> Net<B> {
//!     fn forward(&self, x: Tensor<B, 2>, observer: &mut impl Observer<B>) -> Tensor<B, 2> {
//!         let h = observe(observer, &Site::new("first"), x.clone(), &self.first, self.first.forward(x));
//!         let h = tanh(h);
//!         observe(observer, &Site::new("second"), h.clone(), &self.second, self.second.forward(h))
//!     }
//! }
//!
//! type B = formant_backend::NdArray;
//! let device = Default::default();
//! let net: Net<B> = Net {
//!     first: LinearConfig::new(3, 4).init(&device),
//!     second: LinearConfig::new(4, 2).init(&device),
//! };
//! let inputs = Tensor::<B, 2>::from_floats([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0], [0.0, 1.0, 1.0]], &device);
//!
//! let layers = measure::<B, _, _>([inputs], |x, tap| net.forward(x, tap).powi_scalar(2).sum())?;
//! assert_eq!((layers[1].name(), layers[1].d_a(), layers[1].d_b()), ("second", 4, 2));
//! # Ok::<(), formant_probe::ProbeError>(())
//! ```

mod collect;
mod error;
mod noise;
mod observer;
mod tap;

pub use collect::{HostBlock, MomentsCollector, Place, measure, measure_members};
pub use error::ProbeError;
pub use noise::NoiseInjector;
pub use observer::{Observer, Site, observe};
pub use tap::{SiteSamples, Tap};
