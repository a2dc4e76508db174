//! `formant figure`: the path from nothing to a figure's folder, and what it refuses.

use crate::common::{figure, formant, read, read_json, refused, said};

#[test]
fn smoke_makes_every_file_and_redraws_from_cells() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, errors) = figure(dir.path(), "crh-gamma");
    assert!(errors.contains("5 cells"), "{errors}");
    let provenance = read_json(&folder, "provenance.json");
    assert_eq!(provenance["backend"], "flex");
    assert_eq!(provenance["seeds"], serde_json::json!([0]));
    assert_eq!(provenance["config"][0]["training"]["steps"], 1000);
    assert_eq!(read_json(&folder, "claims.json")["schema_version"], 2);
    let table = read(&folder, "data.csv");
    let hidden_layers = table.matches(",a,alpha_rga,raw,");
    assert_eq!(hidden_layers.count(), 5 * 5);

    let (_, errors) = figure(dir.path(), "crh-gamma");
    assert!(!errors.contains("5 cells in"), "{errors}");
    assert_eq!(read(&folder, "data.csv"), table);

    // Another figure of the same cells. Six maps with an input side; the readout's one output has no other.
    let (folder, errors) = figure(dir.path(), "crh-relations");
    assert!(!errors.contains("5 cells in"), "{errors}");
    let table = read(&folder, "data.csv");
    let count = |statistic: &str| table.matches(statistic).count();
    assert_eq!(count(",a,alpha_rga,raw,"), 5 * 6);
    assert_eq!(count(",a,alpha_gwa,normalized,"), 5 * 6);
    assert_eq!(count(",b,alpha_gwa,normalized,"), 5 * 5);
}

#[test]
fn figures_of_two_points_come_out_whole() {
    let dir = tempfile::tempdir().unwrap();
    for id in ["univ-trajectories", "univ-alternative", "univ-crh"] {
        figure(dir.path(), id);
    }
    let [text, _] = said(dir.path(), "figure univ-final-distance --dry-run");
    assert!(text.contains("cells"), "{text}");
}

#[test]
fn of_several_figures_one_that_fails_does_not_stop_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let line = "figure crh-gamma univ-trajectories --mode table --dry-run";
    let output = formant(dir.path()).args(line.split(' ')).output().unwrap();
    let [text, errors] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(text.contains("univ-trajectories quick"), "{text}");
    assert!(errors.contains("takes no --mode"), "{errors}");
    assert!(
        errors.ends_with("1 figures done, 1 failed\nerror: failed: crh-gamma\n"),
        "{errors}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_dry_run_estimates_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let line = "figure crh-gamma --preset quick --seeds 3 --dry-run";
    let [text, _] = said(dir.path(), line);
    let counted = text.contains("15 cells") && text.contains("15 to run");
    assert!(counted, "{text}");
    assert!(!dir.path().join("results").exists());
}

#[test]
fn digits_need_no_files() {
    let dir = tempfile::tempdir().unwrap();
    said(
        dir.path(),
        "figure crh-gamma-digits --preset smoke --seeds 1",
    );
    let file = "results/figures/crh-gamma-digits/smoke/provenance.json";
    let provenance = read_json(dir.path(), file);
    let hashes = provenance["data_hashes"].as_object().unwrap();
    assert!(!hashes.is_empty(), "{provenance}");
}

#[test]
fn missing_data_end_before_any_work() {
    let dir = tempfile::tempdir().unwrap();
    let words = ["fetch-data mnist", "--data-dir"];
    refused(dir.path(), "figure crh-gamma-mnist --preset smoke", &words);
    assert!(!dir.path().join("results").exists());
}

#[test]
fn wrong_arguments_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        ("crh-gama --preset smoke", "crh-gamma"),
        ("crh-gamma --preset fast", "smoke"),
        ("crh-gamma --seeds 0", "--seeds"),
        ("crh-gamma --backend mps", "flex, ndarray, cuda"),
        ("crh-gamma --threads 0", "--threads"),
    ] {
        refused(dir.path(), &format!("figure {arguments}"), &[expected]);
    }
}

#[test]
fn the_table_is_read_either_way_where_a_figure_has_two_ways() {
    let dir = tempfile::tempdir().unwrap();
    let line = |id: &str, mode: &str| format!("figure {id} --mode {mode} --preset smoke --dry-run");
    for mode in ["table", "notebook"] {
        let [text, _] = said(dir.path(), &line("univ-gain", mode));
        assert!(text.contains("2 cells, 2 to run"), "{text}");
    }
    let one_way = "univ-xor univ-depth crh-width crh-gamma univ-orthogonal";
    for id in one_way.split(' ') {
        refused(dir.path(), &line(id, "notebook"), &[id]);
    }
}
