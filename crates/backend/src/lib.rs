//! Named devices, their capabilities, and the conformance suite that every backend passes.
