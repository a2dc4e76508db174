//! The command line: what is refused and when, and what is passed on.
//!
//! A fake cargo stands in for the real one. It records what it is asked to build, and answers with a fake binary of that
//! name that records its arguments too; so these tests take no build.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder with a fake cargo, and fake binaries that exit with `code`.
struct Fakes {
    dir: TempDir,
}

impl Fakes {
    fn new(code: u8) -> Self {
        let fakes = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let (log, dir) = (fakes.path("log"), fakes.dir.path().display().to_string());
        let log = log.display();
        for name in ["formant", "formant-fetch"] {
            script(
                &fakes.path(name),
                &format!("echo \"{name} $*\" >> {log}\nexit {code}\n"),
            );
        }
        let artifact = format!(
            r#"{{"reason":"compiler-artifact","target":{{"name":"$bin"}},"executable":"{dir}/$bin"}}"#
        )
        .replace('"', "\\\"");
        let cargo = format!(
            "echo \"cargo $*\" >> {log}\nenv > {dir}/env\nwhile [ \"$1\" != --bin ]; do shift; done\nbin=$2\n\
             echo '{{\"reason\":\"other\"}}'\necho \"{artifact}\"\n"
        );
        script(&fakes.path("cargo"), &cargo);
        fakes
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut xtask = Command::cargo_bin("xtask").unwrap();
        xtask
            .env("CARGO", self.path("cargo"))
            // No data but those that a test makes.
            .env("FORMANT_DATA", self.path("no-data"))
            .env("XDG_CACHE_HOME", self.path("no-cache"))
            .args(args);
        xtask
    }

    fn xtask(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        self.command(args).assert()
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
            &["reproduce-figure", "crh-gamma", "--seeds", "1001"],
            &["1001", "1..=1000"],
        ),
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
        (&["fetch-data"], &["NAME"]),
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
    let figures = formant_catalog::registry().iter();
    let in_need = figures.filter(|f| f.needs_data.is_some()).count();
    assert!(
        message.contains("crh-gamma-mnist is left out")
            && message.contains(&format!("{in_need} left out")),
        "{message}"
    );
    let log = fakes.log();
    let [_, ran] = log.as_slice() else {
        panic!("one build and one process: {log:?}");
    };
    let (ids, options) = ran.split_once(" --").unwrap();
    let ids: Vec<_> = ids
        .strip_prefix("formant figure ")
        .unwrap()
        .split(' ')
        .collect();
    assert_eq!(ids.len(), formant_catalog::registry().len() - in_need);
    assert!(!ran.contains("mnist") && options == "preset quick", "{ran}");

    let failing = Fakes::new(3);
    failing.xtask(&["reproduce-figure", "all"]).code(3);
}

/// What was started is the one process that there is: a signal to it is a signal to `formant`.
#[test]
fn a_signal_to_all_ends_formant_with_its_line() {
    for signal in ["TERM", "INT"] {
        let fakes = Fakes::new(0);
        let started = fakes.path("started");
        let waiting = format!(
            "trap 'echo interrupted >&2; exit 7' {signal}\necho $$ > {0}.new\nmv {0}.new {0}\nwhile :; do sleep 0.1; done\n",
            started.display()
        );
        script(&fakes.path("formant"), &waiting);
        let mut xtask = std::process::Command::new(assert_cmd::cargo::cargo_bin("xtask"))
            .args(["reproduce-figure", "all"])
            .env("CARGO", fakes.path("cargo"))
            .env("FORMANT_DATA", fakes.path("no-data"))
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        while !started.exists() {
            assert!(xtask.try_wait().unwrap().is_none());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let id = xtask.id().to_string();
        assert_eq!(fs::read_to_string(&started).unwrap().trim(), id);
        let kill = ["-s", signal, &id];
        let killed = std::process::Command::new("kill").args(kill).status();
        assert!(killed.unwrap().success());
        let output = xtask.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(7));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.matches("interrupted").count(), 1, "{said}");
    }
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
    let ids: Vec<_> = formant_catalog::registry()
        .iter()
        .map(|figure| figure.id)
        .collect();
    assert_eq!(listed, ids);
    assert!(ids.iter().all(|id| text.contains(id)), "{text}");
    assert!(text.contains("fetch-data mnist"), "{text}");
}

#[test]
fn downloads_are_the_work_of_a_binary_of_their_own() {
    let fakes = Fakes::new(4);
    let args = ["--data-dir", "some where", "--url", "http://there"];
    fakes
        .xtask(&[&["fetch-data", "mnist"], &args[..]].concat())
        .code(4);
    let log = fakes.log();
    assert!(
        log[0].contains("build") && log[0].contains("--package formant-fetch --bin formant-fetch"),
        "{log:?}"
    );
    assert_eq!(
        log[1],
        "formant-fetch mnist --data-dir some where --url http://there"
    );
    fakes.xtask(&["fetch-data", "all"]).code(4);
    assert_eq!(fakes.log()[3], "formant-fetch mnist cifar10");
}

#[test]
fn cargo_is_not_told_of_the_package_xtask() {
    let fakes = Fakes::new(0);
    let mut xtask = fakes.command(&["reproduce-figure", "crh-gamma"]);
    for name in ["CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_BIN_NAME"] {
        xtask.env(name, "xtask");
    }
    xtask
        .env("CARGO_TARGET_DIR", "the user's")
        .assert()
        .success();
    let env = fs::read_to_string(fakes.path("env")).unwrap();
    for line in env.lines() {
        let told = ["CARGO_MANIFEST", "CARGO_PKG_", "CARGO_BIN_NAME", "CARGO="];
        assert!(!told.iter().any(|name| line.starts_with(name)), "{line}");
    }
    assert!(env.contains("CARGO_TARGET_DIR=the user's"), "{env}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_standard_error_takes_changes_nothing() {
    for (args, code) in [
        (&["reproduce-figure", "crh-gamma"][..], 7),
        (&["reproduce-figure", "all"], 7),
        (&["reproduce-figure", "crh-gama"], 1),
        (&["list-figures", "--json"], 0),
        (&["check-backend", "tpu"], 2),
    ] {
        let fakes = Fakes::new(7);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        command
            .args(args)
            .env("CARGO", fakes.path("cargo"))
            .env("FORMANT_DATA", fakes.path("no-data"))
            .env("XDG_CACHE_HOME", fakes.path("no-cache"))
            .stderr(full);
        assert_eq!(
            command.output().unwrap().status.code(),
            Some(code),
            "{args:?}"
        );
    }
}
