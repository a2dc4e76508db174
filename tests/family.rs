//! The runner with a family of its own: trained, measured, stopped, resumed, read and drawn.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use crate::convolution::{ConvolutionSpec, Convolutions};
use formant_alignment::Relation;
use formant_backend::{BackendName, open};
use formant_data::{Dataset as _, digits};
use formant_experiments::Context;
use formant_experiments::runner::{CellPolicy, Finished, Outcome, Plan, provenance};
use formant_figures::Estimate;
use formant_figures::chart::{Axis, Chart, Panel, Series, draw, palette};
use formant_moments::{Side, Variant};

fn context(out: &Path) -> Context {
    Context {
        backend: open(BackendName::Flex).unwrap(),
        data_dir: None,
        out: out.to_owned(),
        threads: NonZeroUsize::new(2).unwrap(),
        cells: CellPolicy::Reuse,
        command: "a test".into(),
    }
}

fn specs() -> Vec<ConvolutionSpec> {
    let data_hashes = digits::load().train.hashes();
    let spec = |seed| ConvolutionSpec {
        experiment: "convolution".into(),
        channels: 4,
        smoothing: 0.1,
        learning_rate: 0.01,
        batch: 32,
        steps: 30,
        measured_every: 10,
        seed,
        data_hashes: data_hashes.clone(),
    };
    (0..3).map(spec).collect()
}

fn plan(stop_at: Option<u64>, context: &Context) -> Plan<Convolutions> {
    Plan::new(Convolutions { stop_at }, specs(), context).unwrap()
}

fn run(out: &Path) -> Vec<Finished<Convolutions>> {
    let context = context(out);
    plan(None, &context).run(&context).unwrap()
}

#[test]
fn a_convolution_learns_is_measured_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let context = context(dir.path());
    let plan = plan(None, &context);
    let outlook = plan.estimate(&context).unwrap();
    assert_eq!((outlook.cells, outlook.to_run), (3, 3));
    assert!(outlook.seconds > 0.0);
    assert!(!dir.path().join("cells").exists());

    let cells = plan.run(&context).unwrap();
    for cell in &cells {
        assert_eq!(cell.record.outcome, Outcome::Finished);
        let steps: Vec<u64> = cell.found.iter().map(|at| at.step).collect();
        assert_eq!(steps, [10, 20, 30]);
        assert!(
            cell.found[2].loss < 0.8 * cell.found[0].loss,
            "{:?}",
            cell.found
        );
        let [convolution, readout] = &cell.found[2].layers[..] else {
            panic!("two maps");
        };
        assert_eq!((convolution.d_a, convolution.d_b), (9, 4));
        assert_eq!((readout.d_a, readout.d_b), (4 * 36, 10));
    }
    let made = provenance(plan.family(), &cells, &"config", &context).unwrap();
    assert_eq!(made.seeds, [0, 1, 2]);

    let series = cells.iter().enumerate().map(|(place, cell)| {
        let points = cell.found.iter().filter_map(|at| {
            let alpha = at.layers[1].alpha(Side::A, Relation::Rga, Variant::Normalized)?;
            Some((at.step as f64, Estimate::without_interval(alpha, 1)))
        });
        let label = format!("seed {}", cell.record.spec.seed);
        Series::new(label, palette::layer(place, cells.len()), points)
    });
    let panel = Panel::new("readout", Axis::linear("step"), Axis::linear("α")).series(series);
    let chart = Chart::new("A convolution", "digits").tiles(1, vec![panel]);
    let svg = draw(&chart).unwrap().svg;
    assert!(svg.contains("seed 2") && svg.contains("A convolution"));
}

#[test]
fn a_convolution_that_is_stopped_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    let undisturbed = run(&dir.path().join("undisturbed"));
    for stop in [7, 10, 14, 28] {
        let out = dir.path().join(stop.to_string());
        let context = context(&out);
        let error = plan(Some(stop), &context).run(&context).err().unwrap();
        assert_eq!(error.to_string(), "stopped");
        let resumed = run(&out);
        for (one, other) in resumed.iter().zip(&undisturbed) {
            assert_eq!(one.found, other.found);
            assert_eq!(one.record.resumed_at, stop);
        }
        let left = fs::read_dir(out.join("cells")).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(
            left.len(),
            3 + 2,
            "cells, the lock and the version: {left:?}"
        );
    }
}

#[test]
fn a_cell_that_was_changed_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let context = context(dir.path());
    let cells = dir.path().join("cells");
    run(dir.path());
    let cell = (fs::read_dir(&cells).unwrap())
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    for (file, what) in [
        ("measured.json", "\"step\": 10"),
        ("cell.json", "\"seed\": "),
    ] {
        let path = cell.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(what), "{text}");
        fs::write(&path, text.replacen(what, &format!("{what}1"), 1)).unwrap();
        let error = plan(None, &context).run(&context).err().unwrap();
        let error = format!("{error:#}");
        assert!(error.contains(file) && error.contains("delete"), "{error}");
        fs::write(&path, text).unwrap();
    }
}
