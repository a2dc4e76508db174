//! Short runs of every family, stopped at each operation on the file system as a kill would stop them: the cells that a
//! second process finishes are those of an undisturbed run, byte by byte.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use formant_backend::{BackendName, open};
use formant_figures::Preset;
use formant_models::{Activation, Bias, CnnConfig, Init, MlpConfig, OutputTransform, Skip};
use formant_train::OptimizerConfig;
use serde_json::Value;

use crate::experiment::Mode;
use crate::formation::gamma::GammaConfig;
use crate::formation::networks;
use crate::runner::{CellPolicy, Context, Family, Plan, faults};
use crate::universality::few_points::{self, NetworkConfig, PointsSpec, find};
use crate::universality::many_points::{self, ManyPoints, ManySpec, ManyTask, Source};

fn context(out: &Path) -> Context {
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
fn contents(out: &Path) -> BTreeMap<PathBuf, String> {
    let list = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    let cells = list(&out.join("cells")).filter(|path| path.is_dir());
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap();
        let text = match path.ends_with("cell.json") {
            true => without_times(&bytes),
            false => format!("{bytes:?}"),
        };
        (path.strip_prefix(out).unwrap().to_owned(), text)
    };
    cells.flat_map(|cell| list(&cell)).map(read).collect()
}

fn without_times(record: &[u8]) -> String {
    let mut record: Value = serde_json::from_slice(record).unwrap();
    let fields = record.as_object_mut().unwrap();
    let times = "resumed_at ensemble wall_time_s measuring_s sha256";
    times
        .split(' ')
        .for_each(|field| drop(fields.remove(field)));
    record.to_string()
}

/// Runs the plan with a kill before every operation, or one in `every`, and with a second kill after each.
fn survives<F: Family>(every: usize, plan: impl Fn(&Context) -> Plan<F>) {
    let dir = tempfile::tempdir().unwrap();
    let run = |name: &str, kills: &[u64]| {
        let out = dir.path().join(name);
        let context = context(&out);
        let mut left = 0;
        for (number, passing) in kills.iter().enumerate() {
            faults::arm(&out, *passing);
            let result = plan(&context).run(&context).map(drop);
            left = faults::disarm(&out);
            // Where the first kill left little to do, the second may come too late.
            let killed = result.is_err() || number > 0 || *passing == u64::MAX;
            assert!(killed, "{passing} operations were all");
        }
        plan(&context).run(&context).unwrap();
        (contents(&out), left)
    };
    let (expected, left) = run("undisturbed", &[u64::MAX]);
    let operations = u64::MAX - left;
    assert!(operations > 20, "{operations}");
    for kill in (0..operations).step_by(every) {
        // The second kill comes sooner or later after the first.
        for kills in [&[kill][..], &[kill, kill * 7 % 23]] {
            let (found, _) = run(&format!("{kills:?}"), kills);
            assert_eq!(found, expected, "killed after {kills:?}");
        }
    }
}

/// A small network.
fn shape(inputs: usize, depth: usize) -> MlpConfig {
    MlpConfig {
        inputs,
        width: 5,
        depth,
        outputs: 1,
        activation: Activation::LeakyRelu,
        bias: Bias::Learned,
        init: Init::XavierNormal,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip: Skip::None,
    }
}

/// A short run of it on two points.
fn on_two_points(seed: u64, learning_rate: f64) -> PointsSpec {
    let (setting, mode) = (find("default").unwrap(), Mode::Table);
    PointsSpec {
        network: NetworkConfig::Mlp(shape(1, 2)),
        layers: vec![0],
        learning_rate,
        epochs: 1_100,
        ..PointsSpec::of(setting, mode, [1.0, 0.5], seed, "flex")
    }
}

#[test]
fn networks_over_weight_decays_survive_every_kill() {
    // One of the two learning rates lets the network diverge between measurements.
    let text = |rate: &str| {
        format!(
            "weight_decays = [1e-3]\nseeds = [0]\n[task]\nname = \"teacher\"\ninputs = 4\nhidden = 3\n\
             [model]\nwidth = 4\ndepth = 1\nactivation = \"relu\"\nbias = \"none\"\ninit = \"uniform_fan_in\"\n\
             [training]\nloss = \"squared_error\"\nlearning_rate = {rate}\nbatch = 2\nsteps = 30\n\
             optimizer = {{ name = \"sgd\" }}\n\
             [measurement]\nsamples = 20\ncount = 3\nnull_draws = 2\nextras = [\"balance\"]\n"
        )
    };
    let runs = ["0.01", "1.4"].map(|rate| {
        let config: GammaConfig = toml::from_str(&text(rate)).unwrap();
        config.runs().swap_remove(0)
    });
    survives(1, |context| networks::plan(runs.to_vec(), context).unwrap());
}

#[test]
fn networks_on_few_points_survive_every_kill() {
    let specs = [(0, 1e-3), (1, 40.0)].map(|(seed, learning_rate)| PointsSpec {
        layers: vec![0, 1],
        epochs: 1_050,
        stop_below: 1e-20,
        measured_at: vec![0, 500],
        ..on_two_points(seed, learning_rate)
    });
    survives(2, |context| {
        few_points::plan(specs.clone(), context).unwrap()
    });
}

#[test]
fn every_kind_of_network_on_few_points_resumes() {
    let plain = on_two_points(0, 1e-3);
    let with = |network| PointsSpec {
        network,
        ..plain.clone()
    };
    let convolutions = with(NetworkConfig::Cnn(CnnConfig {
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
    }));
    let skip = with(NetworkConfig::Mlp(MlpConfig {
        skip: Skip::TwoBack,
        ..shape(1, 4)
    }));
    let (mut dropout, mut adam) = (plain.clone(), plain.clone());
    dropout.dropout = 0.1;
    adam.optimizer = OptimizerConfig::ADAM;
    let specs = [convolutions, dropout, adam, skip];
    survives(37, |context| {
        few_points::plan(specs.clone(), context).unwrap()
    });
}

#[test]
fn networks_on_many_points_survive_every_kill() {
    survives(1, |context| {
        let source = Source::open(ManyTask::Context, None).unwrap();
        let runs = many_points::runs("univ-orthogonal", Preset::Smoke, Some(2), "flex", &source);
        let specs = runs.unwrap().into_iter().take(2).map(|run| ManySpec {
            network: shape(27, 2),
            epochs: 3,
            every: 1,
            items: vec![1, 3],
            layer: 1,
            ..run.spec
        });
        let specs: Vec<ManySpec> = specs.collect();
        Plan::new(ManyPoints { source }, specs, context).unwrap()
    });
}
