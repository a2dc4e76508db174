//! Synthetic tasks, verified readers of real data sets, and the counter-keyed random streams.
