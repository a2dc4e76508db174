//! What is compiled, from `cargo tree`: little for xtask, no TLS but for downloads, and nothing twice. Cargo gives a
//! package the features that the selected packages ask for, so xtask, the binary `formant` and the tests of the
//! workspace share one build only if they agree on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::metadata::cargo;

/// Packages that are compiled before the first answer of `cargo xtask`.
const MOST_OF_XTASK: usize = 40;
/// What downloads bring; slow to build, and ring watches the environment.
const TLS: [&str; 4] = ["ring", "rustls", "ureq", "webpki-roots"];

/// Packages, as `name vX.Y.Z`, to the sets of features that they are built with.
type Features = BTreeMap<String, BTreeSet<String>>;

fn features(tree: &str) -> Features {
    let mut features = Features::new();
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

fn tree(edges: &str, selection: &[&str]) -> Features {
    let format = ["--prefix", "none", "--format", "{p}|{f}", "--edges", edges];
    features(&cargo(&[&["tree"], selection, &format].concat()))
}

/// What `cargo xtask` builds before it answers.
static XTASK: LazyLock<Features> = LazyLock::new(|| tree("normal,build", &["--package", "xtask"]));
/// What `cargo xtask reproduce-figure` builds.
static FORMANT: LazyLock<Features> =
    LazyLock::new(|| tree("normal,build", &["--package", "formant-experiments"]));
/// What `cargo test --workspace` builds.
static TESTS: LazyLock<Features> = LazyLock::new(|| tree("normal,build,dev", &["--workspace"]));

fn tls(packages: &Features) -> Vec<&str> {
    let names = packages.keys().filter_map(|p| p.split(' ').next());
    names.filter(|name| TLS.contains(name)).collect()
}

/// What is built with other features for `one` than for `other`.
fn built_twice(one: &Features, other: &Features) -> Vec<String> {
    let both = one
        .iter()
        .filter_map(|(package, sets)| Some((package, sets, other.get(package)?)));
    both.filter(|(_, sets, others)| !sets.is_subset(others))
        .map(|(package, sets, others)| format!("{package}: {sets:?} and {others:?}"))
        .collect()
}

#[test]
fn xtask_is_small() {
    assert!(
        XTASK.len() <= MOST_OF_XTASK,
        "xtask compiles {} packages, more than {MOST_OF_XTASK}: {:?}",
        XTASK.len(),
        XTASK.keys()
    );
}

#[test]
fn only_downloads_have_tls() {
    assert_eq!(tls(&XTASK), [""; 0], "in xtask");
    assert_eq!(tls(&FORMANT), [""; 0], "in formant");
    // Else the lines above could pass for lack of eyes.
    assert_eq!(tls(&TESTS), TLS);
}

#[test]
fn the_programs_and_the_tests_share_one_build() {
    let cure = "name these crates, with the features that are missing, in the manifest of the smaller program";
    for (one, other, name) in [
        (&*XTASK, &*TESTS, "xtask and tests"),
        (&*XTASK, &*FORMANT, "xtask and formant"),
        (&*FORMANT, &*TESTS, "formant and tests"),
    ] {
        let findings = built_twice(one, other);
        assert!(
            findings.is_empty(),
            "compiled twice in {name}; {cure}:\n{}\n",
            findings.join("\n")
        );
    }
    let (small, large) = (features("a v1|x\nb v1|y (*)"), features("a v1|x\nb v1|y,z"));
    assert_eq!(built_twice(&small, &large).len(), 1);
}
