//! What `formant align` makes of several dumps, and what it writes.

use std::fs;
use std::path::Path;

use super::*;
use crate::made_up::{dump, normal, parsed};

fn aligned(dir: &Path, line: &str) -> (String, Result<ExitCode>) {
    let (text, outcome) = report(&parsed(dir, line)).unwrap();
    (text.to_string(), outcome)
}

/// Two dumps and a damaged one.
fn dumps(dir: &Path) {
    let layers = [
        ("blocks.0/fc", normal(90, 4, 1)),
        ("blocks.1/fc", normal(90, 5, 2)),
        ("head", normal(90, 4, 3)),
    ];
    dump(&dir.join("a.npz"), &layers, None);
    dump(&dir.join("b.npz"), &[("head", normal(10, 4, 4))], None);
    fs::write(dir.join("broken.npz"), b"PK no zip").unwrap();
}

#[test]
fn a_bad_file_costs_the_exit_code_and_not_the_others() {
    let dir = tempfile::tempdir().unwrap();
    dumps(dir.path());
    let (text, outcome) = aligned(dir.path(), "@*.npz");
    let error = format!("{:#}", outcome.unwrap_err());
    assert!(
        error.starts_with("1 refusal in 3 dumps: ") && error.contains("broken.npz"),
        "{error}"
    );
    for words in [
        "a.npz:",
        "b.npz:",
        "broken.npz:",
        "refused: ",
        "blocks.1/fc",
        "4 -> 3",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    let (json, _) = aligned(dir.path(), "@a.npz @broken.npz --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["files"][0]["layers"].as_array().unwrap().len(), 3);
    assert!(json["files"][1]["error"].is_string() && json["files"][1].get("layers").is_none());
    let (text, _) = aligned(dir.path(), "@a.npz @nowhere.npz");
    assert_eq!(text.matches("No such file").count(), 1, "{text}");
    // Alone it is an error, and a single dump's report stands by itself.
    assert!(report(&parsed(dir.path(), "@broken.npz")).is_err());
    let (json, outcome) = aligned(dir.path(), "@a.npz --json");
    assert!(outcome.is_ok() && json.contains("\"layers\"") && !json.contains("\"files\""));
}

#[test]
fn chosen_layers_alone_are_measured() {
    let dir = tempfile::tempdir().unwrap();
    dumps(dir.path());
    let names = |line: &str| -> Vec<String> {
        let (json, _) = aligned(dir.path(), &format!("@a.npz --json {line}"));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let layers = json["layers"].as_array().unwrap().iter();
        layers
            .map(|layer| layer["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("--layers blocks.*"), ["blocks.0/fc", "blocks.1/fc"]);
    assert_eq!(names("--skip *fc"), ["head"]);
    let error = report(&parsed(dir.path(), "@a.npz --layers conv*"))
        .err()
        .unwrap();
    assert!(error.to_string().contains("blocks.0/fc"), "{error}");
}

#[test]
fn warnings_of_a_careful_colleague_stand_beside_the_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let wide = normal(20, 9, 5);
    dump(&dir.path().join("few.npz"), &[("few", wide)], None);
    let (text, _) = aligned(dir.path(), "@few.npz");
    assert!(
        text.contains("few: 20 samples for a width of 9: fewer than 3 a neuron"),
        "{text}"
    );
    // Untrained and sampled well: chance is all that there is, for some seed of ten.
    let said = (0..10).filter(|seed| {
        dump(
            &dir.path().join("null.npz"),
            &[("null", normal(400, 3, 10 + seed))],
            None,
        );
        aligned(dir.path(), "@null.npz")
            .0
            .contains("no relation is above its null")
    });
    assert!(said.count() > 0);
    let (json, _) = aligned(dir.path(), "@few.npz --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let warnings = json["layers"][0]["warnings"].as_array().unwrap();
    assert!(
        warnings
            .iter()
            .any(|warning| warning.as_str().unwrap().contains("20 samples"))
    );
}

#[test]
fn tables_pictures_and_pages_are_written() {
    let dir = tempfile::tempdir().unwrap();
    dumps(dir.path());
    let layers = [("<b>'&\"", normal(60, 4, 7))];
    dump(&dir.path().join("named.npz"), &layers, None);
    let line = "@a.npz @broken.npz @named.npz --csv @all.csv --plot @plots --html @page.html --rank rankme";
    let (text, _) = aligned(dir.path(), line);
    assert!(text.contains("RankMe"), "{text}");
    let csv = fs::read_to_string(dir.path().join("all.csv")).unwrap();
    assert!(
        csv.starts_with(
            "file,layer,samples,d_a,d_b,statistic,side,variant,value,null_mean,null_q95"
        )
    );
    let alphas = csv
        .lines()
        .filter(|line| line.contains(",alpha_rga,"))
        .count();
    assert_eq!(alphas, 4 * 2 * 3, "four layers, two sides, three variants");
    let svg = fs::read_to_string(dir.path().join("plots/a.svg")).unwrap();
    assert!(svg.contains("<title>blocks.0/fc: α ") && dir.path().join("plots/named.png").exists());
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    for words in [
        "<svg",
        "<title>",
        "broken.npz",
        "&lt;b&gt;&#39;&amp;&quot;",
        "RankMe",
        "null 0.",
    ] {
        assert!(page.contains(words), "{words} is missing");
    }
    assert!(
        !page.contains("<b>") && !page.contains("<script") && !page.contains("http://")
            || page.contains("www.w3.org")
    );
    let loaded = ["src=", "href=", "@import", "url(http"];
    assert!(loaded.iter().all(|word| !page.contains(word)));
    // Two pictures on a page share no name.
    let ids: Vec<&str> = page
        .split("clipPath id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn dumps_of_one_name_have_files_of_their_own() {
    let paths = ["x/a.npz", "y/a.npz", "z/a b.npz", "-"].map(Path::new);
    assert_eq!(names(paths.into_iter()), ["a", "a-2", "a_b", "stdin"]);
}
