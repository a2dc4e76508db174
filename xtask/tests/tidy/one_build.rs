//! The two commands of the README share one build of burn: cargo gives burn and all below it the same features for the
//! tests of the workspace and for the binary.

use std::collections::{BTreeMap, BTreeSet};

use crate::metadata::cargo;

/// Package and version, to the sets of features it is built with, from `cargo tree`.
fn features(tree: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree.lines() {
        if let Some((package, set)) = line.trim_end_matches(" (*)").split_once('|') {
            features
                .entry(package.to_owned())
                .or_default()
                .insert(set.to_owned());
        }
    }
    features
}

/// What is built with other features in the binary than in tests.
fn built_twice(binary: &str, tests: &str) -> Vec<String> {
    let (binary, tests) = (features(binary), features(tests));
    let differs = |(package, sets): &(&String, &BTreeSet<String>)| {
        !tests.get(*package).is_some_and(|t| sets.is_subset(t))
    };
    let found = binary.iter().filter(differs);
    found
        .map(|(package, sets)| {
            format!(
                "{package}: {sets:?} in formant, {:?} in tests",
                tests.get(package)
            )
        })
        .collect()
}

#[test]
fn tests_and_the_binary_share_one_build_of_burn() {
    let format = ["--prefix", "none", "--format", "{p}|{f}"];
    let tree = |selection: &[&str], edges| {
        cargo(&[&["tree", "--edges", edges], selection, &format].concat())
    };
    // The selections of `cargo xtask reproduce-figure` and `cargo test --workspace`, and what burn is made of.
    let binary = tree(&["--package", "formant-experiments"], "normal,build");
    let tests = tree(&["--workspace"], "normal,build,dev");
    let of_burn: BTreeSet<String> = features(&tree(&["--package", "burn"], "normal,build"))
        .into_keys()
        .collect();
    let only_burn = |tree: &str| -> String {
        let lines = tree
            .lines()
            .filter(|line| line.split('|').next().is_some_and(|p| of_burn.contains(p)));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let findings = built_twice(&only_burn(&binary), &tests);
    let cure =
        "name these crates, with the features that tests have, in crates/experiments/Cargo.toml";
    assert!(
        findings.is_empty(),
        "burn is compiled twice; {cure}:\n{}\n",
        findings.join("\n")
    );
    assert_eq!(
        built_twice("a v1|x\nb v1|y (*)", "a v1|x\nb v1|y,z").len(),
        1
    );
}
