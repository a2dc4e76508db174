//! What can go wrong while a network is measured.

use formant_moments::MomentsError;

/// Why a measurement failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The loss does not depend on the output of a linear map, so that it has no gradient.
    #[error(
        "no gradient reached the output of layer '{site}': the loss does not depend on it, \
         or the backward pass ran before the tap was attached"
    )]
    NoGradient {
        /// The layer.
        site: String,
    },
    /// Two chunks of one measurement visited different layers.
    #[error("a measurement began with layers {expected:?} and went on with {found:?}")]
    SitesChanged {
        /// Layers of the first chunk.
        expected: Vec<String>,
        /// Layers of this chunk.
        found: Vec<String>,
    },
    /// Nothing was measured.
    #[error("no layer was observed: the model calls no observer, or no samples were given")]
    NothingObserved,
    /// A tensor could not be read back as numbers.
    #[error("cannot read {quantity} of layer '{site}' from the device: {reason}")]
    Unreadable {
        /// The layer.
        site: String,
        /// Which tensor.
        quantity: &'static str,
        /// What the backend said.
        reason: String,
    },
    /// The samples of a layer have no moments: NaN, infinities, or too few of them.
    #[error("layer '{site}': {source}")]
    Moments {
        /// The layer.
        site: String,
        /// What is wrong with them.
        #[source]
        source: MomentsError,
    },
}
