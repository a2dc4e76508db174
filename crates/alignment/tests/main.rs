//! The tests of the crate, every statistic, and the reports, in one program: linking many takes longer than running them.

#![allow(clippy::unwrap_used)]

mod ansatz;
mod axes;
mod balance;
mod balance_average;
mod balance_noise;
mod calibration;
mod collapse;
mod common;
mod compare;
mod correlation_intervals;
mod cross;
mod embedding;
mod jackknife;
mod null;
mod null_variants;
mod participation_ratio;
mod phases;
mod power_law;
mod power_law_fit;
mod report;
mod rounding;
mod similarity;
mod similarity_layers;
mod similarity_networks;
mod spectrum;
mod stable_rank;
mod stationarity;
mod statistics;
mod through_weight;
mod uncertainty;
mod universal;
