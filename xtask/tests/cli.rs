//! The command line: what is refused and when, what is passed on, what a failed download says.
//!
//! A fake cargo stands in for the real one. It records what it is asked to build, and answers with a fake `formant` that
//! records its arguments too; so these tests take no build.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder with a fake cargo and a fake formant that exits with `code`.
struct Fakes {
    dir: TempDir,
}

impl Fakes {
    fn new(code: u8) -> Self {
        let fakes = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let (formant, log) = (fakes.path("formant"), fakes.path("log"));
        let artifact = format!(
            r#"{{"reason":"compiler-artifact","target":{{"name":"formant"}},"executable":"{}"}}"#,
            formant.display()
        );
        let log = log.display();
        let cargo = format!(
            "echo \"cargo $*\" >> {log}\necho '{{\"reason\":\"other\"}}'\necho '{artifact}'\n"
        );
        script(&fakes.path("cargo"), &cargo);
        script(
            &formant,
            &format!("echo \"formant $*\" >> {log}\nexit {code}\n"),
        );
        fakes
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn xtask(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        Command::cargo_bin("xtask")
            .unwrap()
            .env("CARGO", self.path("cargo"))
            // No data but those that a test makes.
            .env("FORMANT_DATA", self.path("no-data"))
            .env("XDG_CACHE_HOME", self.path("no-cache"))
            .args(args)
            .assert()
    }

    /// What was run so far, one command a line.
    fn log(&self) -> Vec<String> {
        fs::read_to_string(self.path("log"))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

fn script(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_bad_command_line_is_refused_before_anything_is_built() {
    let fakes = Fakes::new(0);
    for (args, parts) in [
        (
            &["reproduce-figure", "crh-gama"][..],
            &["crh-gama", "`crh-gamma`", "list-figures"][..],
        ),
        (
            &["reproduce-figure", "crh-gamma", "--preset", "huge"],
            &["huge", "smoke"],
        ),
        (
            &["reproduce-figure", "crh-gamma", "--seeds", "0"],
            &["--seeds", "0"],
        ),
        (&["reproduce-figure", "crh-gamma", "--seeds", "-1"], &["-1"]),
        (
            &["reproduce-figure", "crh-gamma", "--backend", "tpu"],
            &["tpu", "flex, ndarray, cuda"],
        ),
        (&["reproduce-figure"], &["ID"]),
        (
            &["reproduce-figure", "crh-gamma-mnist"],
            &[
                "fetch-data mnist",
                "no-data",
                "--data-dir",
                "crh-gamma-digits",
            ],
        ),
        (
            &[
                "reproduce-figure",
                "crh-gamma-mnist",
                "--data-dir",
                "/nowhere",
            ],
            &["/nowhere (no such folder)"],
        ),
        (&["check-backend", "tpu"], &["tpu", "flex, ndarray, cuda"]),
        (&["fetch-data", "imagenet"], &["imagenet", "mnist"]),
    ] {
        let assert = fakes.xtask(args).failure();
        let message = stderr(&assert);
        for part in parts {
            assert!(
                message.contains(part),
                "{args:?}: {part} is not in: {message}"
            );
        }
        assert!(!message.contains("panicked"), "{message}");
        assert_eq!(fakes.log(), [""; 0], "{args:?} built something");
    }
}

#[test]
fn an_unknown_figure_takes_one_line() {
    let assert = Fakes::new(0)
        .xtask(&["reproduce-figure", "nothing-like-it"])
        .failure();
    assert_eq!(
        stderr(&assert).trim_end().lines().count(),
        1,
        "{}",
        stderr(&assert)
    );
}

#[test]
fn everything_is_passed_on_and_the_exit_code_comes_back() {
    let fakes = Fakes::new(7);
    let assert = fakes.xtask(&[
        "reproduce-figure",
        "crh-gamma-mnist",
        "--preset",
        "smoke",
        "--backend",
        "cuda",
        "--seeds",
        "5",
        "--data-dir",
        "some where",
        "--out",
        "there",
        "--check",
        "--dry-run",
        "--force",
    ]);
    assert.code(7);
    let log = fakes.log();
    assert!(
        log[0].contains("build") && log[0].contains("--package formant-experiments --bin formant"),
        "{log:?}"
    );
    assert!(log[0].contains("--features cuda"), "{log:?}");
    assert!(
        !log[0].contains("--release") && !log[0].contains("--profile"),
        "one profile for all: {log:?}"
    );
    let expected = "formant figure crh-gamma-mnist --preset smoke --backend cuda --seeds 5 --data-dir some where \
                    --out there --check --dry-run --force";
    assert_eq!(log[1], expected);
}

#[test]
fn the_reading_of_the_settings_table_is_handed_on() {
    let fakes = Fakes::new(0);
    fakes
        .xtask(&["reproduce-figure", "univ-gain", "--mode", "notebook"])
        .success();
    let expected = "formant figure univ-gain --preset quick --mode notebook";
    assert_eq!(fakes.log()[1], expected);
    let refused = fakes
        .xtask(&["reproduce-figure", "univ-gain", "--mode", "both"])
        .failure();
    assert!(stderr(&refused).contains("table"), "says what is possible");
}

#[test]
fn defaults_are_quick_and_leave_the_rest_to_formant() {
    let fakes = Fakes::new(0);
    let assert = fakes.xtask(&["reproduce-figure", "crh-gamma"]).success();
    assert!(stderr(&assert).contains("building formant"));
    let log = fakes.log();
    assert!(!log[0].contains("--features"), "{log:?}");
    assert_eq!(log[1], "formant figure crh-gamma --preset quick");
}

#[test]
fn all_runs_what_can_run_and_reports_the_rest() {
    let fakes = Fakes::new(0);
    let assert = fakes.xtask(&["reproduce-figure", "all"]).success();
    let message = stderr(&assert);
    let figures = formant_figures::registry().iter();
    let in_need = figures.filter(|f| f.needs_data.is_some()).count();
    assert!(
        message.contains("crh-gamma-mnist is left out")
            && message.contains(&format!("{in_need} left out")),
        "{message}"
    );
    let log = fakes.log();
    let ran: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("formant figure"))
        .collect();
    let runnable = formant_figures::registry().len() - in_need;
    assert_eq!(ran.len(), runnable, "{log:?}");
    assert!(!ran.iter().any(|line| line.contains("mnist")), "{log:?}");

    let failing = Fakes::new(3);
    let assert = failing.xtask(&["reproduce-figure", "all"]).code(1);
    assert!(
        stderr(&assert).contains("failed: crh-gamma, "),
        "{}",
        stderr(&assert)
    );
    assert!(
        failing.log().len() > 2,
        "the first failure stopped the others"
    );
}

#[test]
fn a_failed_build_is_not_run() {
    let fakes = Fakes::new(0);
    script(
        &fakes.path("cargo"),
        "echo 'does not compile' >&2\nexit 101\n",
    );
    let assert = fakes.xtask(&["check-backend", "flex"]).failure();
    assert!(
        stderr(&assert).contains("does not compile")
            && stderr(&assert).contains("could not be built")
    );
    assert!(fakes.log().is_empty());
}

#[test]
fn check_backend_builds_with_the_backend() {
    let fakes = Fakes::new(0);
    fakes.xtask(&["check-backend", "cuda"]).success();
    let log = fakes.log();
    assert!(log[0].contains("--features cuda"), "{log:?}");
    assert_eq!(log[1], "formant check-backend cuda");
}

#[test]
fn figures_are_listed_as_text_and_json() {
    let fakes = Fakes::new(0);
    let text = stdout(&fakes.xtask(&["list-figures"]).success());
    let json = stdout(&fakes.xtask(&["list-figures", "--json"]).success());
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(list["schema_version"], 1);
    let listed: Vec<_> = list["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["id"].as_str().unwrap())
        .collect();
    let ids: Vec<_> = formant_figures::registry()
        .iter()
        .map(|figure| figure.id)
        .collect();
    assert_eq!(listed, ids);
    assert!(ids.iter().all(|id| text.contains(id)), "{text}");
    assert!(text.contains("fetch-data mnist"), "{text}");
}

#[test]
fn a_failed_download_says_what_to_do_and_leaves_nothing() {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let wrong = format!("http://{}", server.server_addr().to_ip().unwrap());
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let _ = request.respond(tiny_http::Response::from_string("not what you want"));
        }
    });
    let fakes = Fakes::new(0);
    let dir = fakes.path("data");
    for (url, cause) in [
        (wrong.as_str(), "another file"),
        ("http://127.0.0.1:1", "refused"),
    ] {
        let args = [
            "fetch-data",
            "mnist",
            "--data-dir",
            dir.to_str().unwrap(),
            "--url",
            url,
        ];
        let message = stderr(&fakes.xtask(&args).code(1));
        for part in [
            cause,
            "train-images-idx3-ubyte.gz",
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "Without a network",
        ] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert_eq!(fs::read_dir(dir.join("mnist")).unwrap().count(), 0);
    }
}
