//! The Observer trait, the zero-tap that finds neuron gradients, and noise injection.
