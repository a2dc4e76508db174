//! `formant backends` and `formant check-backend`.

use crate::common::{formant, refused, said};

#[test]
fn every_backend_is_listed_with_its_state() {
    let dir = tempfile::tempdir().unwrap();
    let [listed, _] = said(dir.path(), "backends --json");
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let backends = listed["backends"].as_array().unwrap();
    let names: Vec<_> = backends.iter().map(|b| &b["name"]).collect();
    assert_eq!(names, ["flex", "ndarray", "cuda"]);
    assert_eq!(backends[0]["default"], true);
    assert_eq!(backends[0]["availability"]["state"], "available");
    for backend in backends {
        let state = &backend["availability"];
        let told = state["devices"].is_array() || state["reason"].is_string();
        assert!(told, "{backend}");
    }
}

#[test]
fn no_environment_variable_chooses_a_backend() {
    let dir = tempfile::tempdir().unwrap();
    let listed = |name: &str, value: &str| {
        let mut command = formant(dir.path());
        let output = command.env(name, value).args(["backends", "--json"]);
        output.output().unwrap().stdout
    };
    let plain = listed("UNRELATED", "1");
    for name in ["FORMANT_BACKEND", "BURN_BACKEND", "CUDA_VISIBLE_DEVICES"] {
        assert_eq!(listed(name, "ndarray"), plain);
    }
}

#[test]
fn the_cpu_backends_conform() {
    let dir = tempfile::tempdir().unwrap();
    let ndarray = cfg!(feature = "ndarray").then_some("ndarray");
    for name in ["flex"].into_iter().chain(ndarray) {
        let [text, _] = said(dir.path(), &format!("check-backend {name}"));
        let passed = text.contains("passed") && !text.contains("FAILED");
        assert!(passed, "{text}");
    }
}

#[test]
fn a_backend_left_out_is_a_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    for (name, compiled_in) in [
        ("ndarray", cfg!(feature = "ndarray")),
        ("cuda", cfg!(feature = "cuda")),
    ] {
        if !compiled_in {
            let line = format!("figure crh-gamma --backend {name}");
            refused(dir.path(), &line, &[&format!("--features {name}")]);
        }
    }
}
