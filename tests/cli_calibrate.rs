//! `formant run fc1-calibrate`: a search in miniature, its table, its resumption, and its errors.

use std::fs;
use std::path::Path;

use crate::common::{read, read_json, refused, run};
use formant_alignment::RANK_THRESHOLDS;
use formant_figures::formation::gamma::PAPER_ALPHA;
use formant_figures::formation::rank::{PAPER_GAMMAS, PAPER_POINTS};
use serde_json::Value;

const SEARCH: &str = "rounds = 1\npoints = 2\nchanges = 1\nparents = 1\nseeds = [0]\nmargin = 0.01\n\
    final_seeds = [0, 1]\nfinalists = 1\nwidths = [10]\nsteps = 8\nrank_steps = 12\nlooks = 2\nsamples = 60\n\
    [[start]]\n[space]\namplitude = [0.3, 0.5]\n";

/// What was said, the points that are listed, and their table.
fn search(dir: &Path) -> (String, Value, String) {
    let [_, said] = run(dir, "fc1-calibrate", SEARCH, "--out out");
    let listed = read_json(dir, "out/best.json");
    (said, listed, read(dir, "out/best.md"))
}

#[test]
fn a_search_ends_in_a_table_and_goes_on_from_its_cells() {
    let dir = tempfile::tempdir().unwrap();
    let (_, listed, table) = search(dir.path());
    let nearest = &listed[0];
    assert_eq!(nearest["rmse_gamma_seeds"].as_array().unwrap().len(), 2);
    assert!([4, 8].contains(&nearest["steps"].as_u64().unwrap()));

    let rank = &nearest["rank"];
    assert!([6, 12].contains(&rank["steps"].as_u64().unwrap()));
    assert!(RANK_THRESHOLDS.contains(&rank["threshold"].as_f64().unwrap()));
    let ours = rank["deficiencies"].as_array().unwrap();
    assert_eq!(ours.len(), PAPER_GAMMAS.len());
    let squares = ours.iter().zip(PAPER_POINTS).map(|(ours, layers)| {
        let paper = layers.map(|(_, deficiency)| deficiency).iter().sum::<f64>() / 5.0;
        (ours.as_f64().unwrap() - paper).powi(2)
    });
    let rmse = (squares.sum::<f64>() / 6.0).sqrt();
    assert!((rank["rmse"].as_f64().unwrap() - rmse).abs() < 1e-12);
    let (steps, threshold) = (&rank["steps"], &rank["threshold"]);
    let cell = format!("| {rmse:.4} after {steps} steps, threshold {threshold} |");
    assert!(table.contains(&cell), "{table}");
    assert!(dir.path().join("out/figure.png").exists());

    let (said, again, same) = search(dir.path());
    let trained = said.contains("cells in");
    assert!(!trained, "nothing is trained twice: {said}");
    assert_eq!((again, same), (listed, table));
}

#[test]
fn a_search_that_may_not_see_some_weight_decays_says_how_well_it_predicts_them() {
    let dir = tempfile::tempdir().unwrap();
    let text = SEARCH.replace("[[start]]", "fitted = [1, 3, 5]\n[[start]]");
    run(dir.path(), "fc1-calibrate", &text, "--out out");
    let nearest = &read_json(dir.path(), "out/best.json")[0];
    let rms = |places: &[usize]| {
        let rows = places.iter().map(|place| &nearest["curves"][place - 1]);
        let squares = rows.zip(places).flat_map(|(row, place)| {
            let paper = PAPER_ALPHA[place - 1];
            paper.into_iter().zip(row.as_array().unwrap())
        });
        let squares = squares.map(|(paper, ours)| (ours.as_f64().unwrap() - paper).powi(2));
        (squares.sum::<f64>() / (5 * places.len()) as f64).sqrt()
    };
    for (name, places) in [
        ("rmse_gamma", &[1, 3, 5][..]),
        ("rmse_held_out", &[2, 4][..]),
    ] {
        let found = nearest[name].as_f64().unwrap();
        assert!((found - rms(places)).abs() < 1e-12, "{name} {found}");
    }
}

#[test]
fn more_looks_than_steps_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = SEARCH.replace("rank_steps = 12", "rank_steps = 1");
    fs::write(dir.path().join("config.toml"), text).unwrap();
    let expected = "looks is 2, expected at most the fewer of steps and rank_steps, 1";
    let line = "run fc1-calibrate --out out --config config.toml";
    refused(dir.path(), line, &[expected]);
}
