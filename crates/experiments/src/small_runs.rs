//! Short runs of every family, for tests that stop or damage them.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use formant_backend::{BackendName, open};
use formant_figures::Preset;
use formant_models::{Activation, Bias, CnnConfig, Init, MlpConfig, OutputTransform, Skip};
use formant_train::OptimizerConfig;
use serde_json::Value;

use crate::formation::gamma::GammaConfig;
use crate::formation::networks::{self, Networks};
use crate::runner::{CellPolicy, Context, Plan};
use crate::universality::few_points::{self, FewPoints, NetworkConfig, PointsSpec, find};
use crate::universality::many_points::{self, ManyPoints, ManySpec, ManyTask, Source};

/// Where a run goes.
pub fn context(out: &Path) -> Context {
    Context {
        backend: open(BackendName::Flex).unwrap(),
        data_dir: None,
        out: out.to_owned(),
        threads: NonZeroUsize::MIN,
        cells: CellPolicy::Reuse,
        command: "a test".into(),
    }
}

/// Every file of every cell, less what says how long it took and where it resumed.
pub fn contents(out: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(out.join("cells")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            let text = if file == "cell.json" {
                let mut record: Value = serde_json::from_slice(&bytes).unwrap();
                let fields = record.as_object_mut().unwrap();
                for field in [
                    "resumed_at",
                    "ensemble",
                    "wall_time_s",
                    "measuring_s",
                    "sha256",
                ] {
                    fields.remove(field);
                }
                record.to_string()
            } else {
                format!("{bytes:?}")
            };
            found.insert(format!("{name}/{file}"), text);
        }
    }
    found
}

fn shape(inputs: usize, depth: usize, outputs: usize) -> MlpConfig {
    MlpConfig {
        inputs,
        width: 5,
        depth,
        outputs,
        activation: Activation::LeakyRelu,
        bias: Bias::Learned,
        init: Init::XavierNormal,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip: Skip::None,
    }
}

fn gamma(text: &str) -> GammaConfig {
    let config: GammaConfig = toml::from_str(text).unwrap();
    config.check().unwrap();
    config
}

/// Two networks, one of which diverges between measurements.
pub fn networks(context: &Context) -> Plan<Networks> {
    let text = |rate: &str| {
        format!(
            "weight_decays = [1e-3]\nseeds = [0]\n[task]\nname = \"teacher\"\ninputs = 4\nhidden = 3\n\
             [model]\nwidth = 4\ndepth = 1\nactivation = \"relu\"\nbias = \"none\"\ninit = \"uniform_fan_in\"\n\
             [training]\nloss = \"squared_error\"\nlearning_rate = {rate}\nbatch = 2\nsteps = 30\n\
             optimizer = {{ name = \"sgd\" }}\n\
             [measurement]\nsamples = 20\ncount = 3\nnull_draws = 2\nextras = [\"balance\"]\n"
        )
    };
    let runs = ["0.01", "1.4"].map(|rate| gamma(&text(rate)).runs().swap_remove(0));
    networks::plan(runs.to_vec(), context).unwrap()
}

/// A configuration of networks of three hidden layers.
fn three_layers(head: &str, training: &str, measurement: &str) -> GammaConfig {
    gamma(&format!(
        "{head}\n[task]\nname = \"teacher\"\ninputs = 12\nhidden = 20\noutputs = 2\namplitude = 0.2\nphase = 0.0\n\
         [model]\nwidth = 12\ndepth = 3\nactivation = \"tanh\"\nbias = \"none\"\ninit = \"uniform_fan_in\"\n\
         [training]\nloss = \"squared_error\"\nbatch = 8\noptimizer = {{ name = \"sgd\", momentum = 0.9 }}\n{training}\n\
         [measurement]\nsamples = 200\nnull_draws = 4\n{measurement}\n"
    ))
}

/// Long enough for checkpoints between measurements; one network diverges early, and the other goes on.
pub fn diverging(context: &Context) -> Plan<Networks> {
    let config = three_layers(
        "weight_decays = [1e-4, 7.7]\nseeds = [0]",
        "learning_rate = 0.5\nsteps = 13_000",
        "count = 14\nspacing = \"doubling\"",
    );
    networks::plan(config.runs(), context).unwrap()
}

/// Each measurement needs the moments of the one before, and the last one those of late iterates, before and after checkpoints.
pub fn balance(context: &Context) -> Plan<Networks> {
    let config = three_layers(
        "weight_decays = [1e-3]\nseeds = [0, 1]",
        "learning_rate = 0.03\nsteps = 3_000",
        "count = 3\nextras = [\"balance\"]\naverage = { iterates = 10, window = 0.6 }",
    );
    networks::plan(config.runs(), context).unwrap()
}

fn points(network: NetworkConfig, learning_rate: f64, epochs: u64, seed: u64) -> PointsSpec {
    PointsSpec {
        network,
        learning_rate,
        epochs,
        layers: vec![0],
        ..PointsSpec::of(
            find("default").unwrap(),
            Default::default(),
            [1.0, 0.5],
            seed,
            "flex",
        )
    }
}

/// Two networks on two points, one of which diverges.
pub fn few_points(context: &Context) -> Plan<FewPoints> {
    let spec = |seed, learning_rate| PointsSpec {
        layers: vec![0, 1],
        stop_below: 1e-20,
        measured_at: vec![0, 500],
        ..points(
            NetworkConfig::Mlp(shape(1, 2, 1)),
            learning_rate,
            1_050,
            seed,
        )
    };
    few_points::plan([spec(0, 1e-3), spec(1, 40.0)], context).unwrap()
}

/// Convolutions, dropout, Adam and skip connections.
pub fn every_kind(context: &Context) -> Plan<FewPoints> {
    let spec = |network, dropout, optimizer| PointsSpec {
        dropout,
        optimizer,
        ..points(network, 1e-3, 1_100, 0)
    };
    let convolutions = NetworkConfig::Cnn(CnnConfig {
        inputs: 1,
        width: 8,
        convolutions: 2,
        channels: 2,
        kernel: 3,
        outputs: 1,
        activation: Activation::LeakyRelu,
        bias: Bias::Learned,
        init: Init::XavierNormal,
        init_scale: 1.0,
    });
    let sgd = OptimizerConfig::Sgd { momentum: 0.0 };
    let plain = || NetworkConfig::Mlp(shape(1, 2, 1));
    let skip = NetworkConfig::Mlp(MlpConfig {
        skip: Skip::TwoBack,
        ..shape(1, 4, 1)
    });
    let specs = [
        spec(convolutions, 0.0, sgd),
        spec(plain(), 0.1, sgd),
        spec(plain(), 0.0, OptimizerConfig::ADAM),
        spec(skip, 0.0, sgd),
    ];
    few_points::plan(specs, context).unwrap()
}

/// Two networks on the context task.
pub fn many_points(context: &Context) -> Plan<ManyPoints> {
    let source = Source::open(ManyTask::Context, None).unwrap();
    let runs = many_points::runs("univ-orthogonal", Preset::Smoke, Some(2), "flex", &source);
    let specs = runs.unwrap().into_iter().take(2).map(|run| ManySpec {
        network: shape(27, 2, 1),
        epochs: 3,
        every: 1,
        items: vec![1, 3],
        layer: 1,
        ..run.spec
    });
    let specs: Vec<ManySpec> = specs.collect();
    Plan::new(ManyPoints { source }, specs, context).unwrap()
}
