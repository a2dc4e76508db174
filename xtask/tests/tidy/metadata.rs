//! Checks on what `cargo metadata` says. Its JSON is read by hand: the crate cargo_metadata switches on a feature of
//! serde_json that burn is then built with in tests, but not in the binary, and burn would be compiled twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::assert_none;

/// Crates with no burn in their tree, those that are still to come included.
const BURN_FREE: [&str; 12] = [
    "formant-text",
    "formant-catalog",
    "formant-fetch",
    "formant-convolution",
    "formant-moments",
    "formant-alignment",
    "formant-theory",
    "formant-data",
    "formant-align",
    "formant-figures",
    "formant-python",
    "xtask",
];
/// What only `formant-backend` may name.
const CONCRETE: [&str; 10] = [
    "burn-flex",
    "burn-ndarray",
    "burn-cuda",
    "burn-wgpu",
    "burn-rocm",
    "burn-tch",
    "burn-candle",
    "burn-cubecl",
    "burn-router",
    "cudarc",
];
const BACKEND_FEATURES: [&str; 9] = [
    "flex", "ndarray", "cuda", "wgpu", "vulkan", "metal", "rocm", "tch", "candle",
];
const MAY_HAVE_BACKENDS: [&str; 2] = ["formant-backend", "formant-experiments"];
const LICENCE: &str = "MIT OR Apache-2.0";

/// What these tests need of `cargo metadata`, all features on.
#[derive(Clone)]
pub struct Graph {
    pub members: Vec<Package>,
    names: BTreeMap<String, String>,
    /// From a package to what it depends on, and whether only its tests do.
    edges: BTreeMap<String, Vec<(String, Kind)>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Real,
    DevOnly,
}

#[derive(Clone)]
pub struct Package {
    pub id: String,
    pub name: String,
    /// The folder of its manifest.
    pub dir: String,
    licence: String,
    features: BTreeMap<String, Vec<String>>,
    direct: Vec<String>,
    pub targets: Vec<Target>,
}

/// A library, program or test of a package.
#[derive(Clone)]
pub struct Target {
    pub kind: String,
    /// Its first source file.
    pub path: String,
    /// Whether `cargo test` runs the tests in its sources, and those in its documentation.
    pub tested: bool,
    pub documentation_tested: bool,
}

/// What cargo prints, run in this workspace.
pub fn cargo(args: &[&str]) -> String {
    // At run time: a checkout that was copied may come with the tests that were built in the first.
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(here)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The workspace as it is; cargo is asked once.
pub fn graph() -> &'static Graph {
    static GRAPH: LazyLock<Graph> = LazyLock::new(|| {
        let json = cargo(&["metadata", "--format-version", "1", "--all-features"]);
        read(&serde_json::from_str(&json).unwrap())
    });
    &GRAPH
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn read(metadata: &Value) -> Graph {
    let ids: BTreeSet<String> = list(&metadata["workspace_members"]).map(text).collect();
    let packages = || list(&metadata["packages"]);
    let members = packages()
        .filter(|package| ids.contains(&text(&package["id"])))
        .map(package)
        .collect();
    let edge = |dep: &Value| {
        let dev_only = list(&dep["dep_kinds"]).all(|kind| kind["kind"] == "dev");
        (
            text(&dep["pkg"]),
            if dev_only { Kind::DevOnly } else { Kind::Real },
        )
    };
    Graph {
        members,
        names: packages()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect(),
        edges: list(&metadata["resolve"]["nodes"])
            .map(|node| (text(&node["id"]), list(&node["deps"]).map(edge).collect()))
            .collect(),
    }
}

fn package(json: &Value) -> Package {
    let manifest = text(&json["manifest_path"]);
    let features = json["features"].as_object().into_iter().flatten();
    Package {
        id: text(&json["id"]),
        name: text(&json["name"]),
        dir: manifest.trim_end_matches("Cargo.toml").to_owned(),
        licence: text(&json["license"]),
        features: features
            .map(|(name, enables)| (name.clone(), list(enables).map(text).collect()))
            .collect(),
        direct: list(&json["dependencies"])
            .map(|dep| text(&dep["name"]))
            .collect(),
        targets: list(&json["targets"]).map(target).collect(),
    }
}

fn target(json: &Value) -> Target {
    Target {
        kind: text(&json["kind"][0]),
        path: text(&json["src_path"]),
        tested: json["test"] == true,
        documentation_tested: json["doctest"] == true,
    }
}

impl Graph {
    fn member(&self, name: &str) -> Option<&Package> {
        self.members.iter().find(|package| package.name == name)
    }

    /// The shortest way from `package` to one whose name is `forbidden`, as `a -> b -> c`. Its own tests count, those
    /// of its dependencies do not.
    fn way(&self, package: &Package, forbidden: impl Fn(&str) -> bool) -> Option<String> {
        let mut queue = VecDeque::from([(package.id.clone(), package.name.clone())]);
        let mut seen = BTreeSet::new();
        while let Some((id, way)) = queue.pop_front() {
            for (next, kind) in self.edges.get(&id).into_iter().flatten() {
                if (*kind == Kind::DevOnly && id != package.id) || !seen.insert(next.clone()) {
                    continue;
                }
                let name = &self.names[next];
                let way = format!("{way} -> {name}");
                if forbidden(name) {
                    return Some(way);
                }
                queue.push_back((next.clone(), way));
            }
        }
        None
    }
}

fn burn_in(graph: &Graph, crates: &[&str]) -> Vec<String> {
    let is_burn =
        |name: &str| name == "burn" || name.starts_with("burn-") || name.starts_with("cubecl");
    let members = crates.iter().filter_map(|name| graph.member(name));
    members
        .filter_map(|member| graph.way(member, is_burn))
        .map(|way| format!("{way}: this crate knows no burn"))
        .collect()
}

fn training_in(graph: &Graph, name: &str) -> Vec<String> {
    let trains = [
        "formant-train",
        "formant-models",
        "formant-backend",
        "formant-probe",
        "formant-experiments",
    ];
    let way = graph
        .member(name)
        .and_then(|member| graph.way(member, |name| trains.contains(&name)));
    way.map(|way| format!("{way}: figures never train"))
        .into_iter()
        .collect()
}

fn stray_backends(members: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for member in members {
        for (feature, enables) in &member.features {
            let backend = BACKEND_FEATURES.contains(&feature.as_str())
                || enables.iter().any(|e| e.contains("burn"));
            if backend && !MAY_HAVE_BACKENDS.contains(&member.name.as_str()) {
                findings.push(format!("{}Cargo.toml: feature {feature}: only {MAY_HAVE_BACKENDS:?} have backend features", member.dir));
            }
        }
        for name in member
            .direct
            .iter()
            .filter(|name| CONCRETE.contains(&name.as_str()))
        {
            if member.name != "formant-backend" {
                findings.push(format!(
                    "{}Cargo.toml: {name}: only formant-backend names concrete backends",
                    member.dir
                ));
            }
        }
    }
    findings
}

fn bad_licences(members: &[Package]) -> Vec<String> {
    let bad = members.iter().filter(|member| member.licence != LICENCE);
    bad.map(|m| {
        format!(
            "{}Cargo.toml: licence {:?}, expected {LICENCE:?}",
            m.dir, m.licence
        )
    })
    .collect()
}

/// Like [`graph`], with one more edge, for showing that a check fails.
fn planted(from: &str, to: &str, kind: Kind) -> Graph {
    let mut graph = graph().clone();
    let id = graph.member(from).unwrap().id.clone();
    graph.names.insert("planted".into(), to.into());
    graph
        .edges
        .entry(id)
        .or_default()
        .push(("planted".into(), kind));
    graph
}

#[test]
fn burn_free_crates_have_no_burn_in_their_tree() {
    assert_none(&burn_in(graph(), &BURN_FREE));
    for kind in [Kind::Real, Kind::DevOnly] {
        let planted = planted("formant-moments", "burn-core", kind);
        // The tests of moments are not part of alignment.
        let dependants = if kind == Kind::Real {
            BURN_FREE.len() - 1
        } else {
            1
        };
        assert!((1..=dependants).contains(&burn_in(&planted, &BURN_FREE).len()));
    }
}

#[test]
fn a_tree_with_burn_is_recognised() {
    // Else the test above could pass for lack of eyes.
    assert_eq!(burn_in(graph(), &["formant-backend"]).len(), 1);
}

#[test]
fn figures_never_train() {
    assert_none(&training_in(graph(), "formant-figures"));
    assert_eq!(
        training_in(
            &planted("formant-figures", "formant-train", Kind::Real),
            "formant-figures"
        )
        .len(),
        1
    );
}

#[test]
fn only_backend_and_the_binary_have_backend_features() {
    assert_none(&stray_backends(&graph().members));
    let mut members = graph().members.clone();
    let figures = members
        .iter_mut()
        .find(|member| member.name == "formant-figures")
        .unwrap();
    figures.features.insert("cuda".into(), Vec::new());
    figures
        .features
        .insert("fast".into(), vec!["dep:burn".into()]);
    figures.direct.push("burn-ndarray".into());
    assert_eq!(stray_backends(&members).len(), 3);
}

#[test]
fn every_member_has_the_licence() {
    assert_none(&bad_licences(&graph().members));
    let mut members = graph().members.clone();
    members[0].licence = String::new();
    assert_eq!(bad_licences(&members).len(), 1);
}
