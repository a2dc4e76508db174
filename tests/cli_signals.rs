//! `formant run` that is interrupted: one line, the exit code of the signal, and the same bits when it goes on.
#![cfg(unix)]

use crate::common::{ADAM, config, run, stop_at_checkpoints, write};

#[test]
fn an_interrupted_run_says_that_it_resumes_and_does() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(12_000, ADAM, "1e-3").replace("count = 2", "count = 20");
    let unbroken = run(dir.path(), &text, "unbroken", &[]);
    let path = write(dir.path(), &text);
    let path = path.to_str().unwrap();
    let plain = ["mlp-gamma", "--config", path];
    let again = ["mlp-gamma", "--config", path, "--force"];
    for (signal, code, experiment, how) in [
        ("INT", 130, &plain[..], "the same command resumes it"),
        (
            "TERM",
            143,
            &again,
            "the same command without --force resumes it",
        ),
    ] {
        let output = stop_at_checkpoints(dir.path(), experiment, signal, 4, signal);
        let said = String::from_utf8(output.stderr).unwrap();
        let last = said.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("interrupted: ") && last.contains(how) && last.contains("cells"),
            "{said}"
        );
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(!dir.path().join(signal).join("data.csv").exists());
        assert_eq!(run(dir.path(), &text, signal, &[]), unbroken);
    }
}
