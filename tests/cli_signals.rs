//! `formant run` that is interrupted: one line, the exit code of the signal, and the same bits when it goes on.
#![cfg(unix)]

use crate::common::{ADAM, config, read, run, said, stop_at_checkpoints};

#[test]
fn an_interrupted_run_says_that_it_resumes_and_does() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(12_000, ADAM, "1e-3").replace("count = 2", "count = 20");
    run(dir.path(), "mlp-gamma", &text, "--out unbroken");
    let plain = "run mlp-gamma --config config.toml";
    let again = "run mlp-gamma --config config.toml --force";
    for (signal, code, line, how) in [
        ("INT", 130, plain, "the same command resumes it"),
        (
            "TERM",
            143,
            again,
            "the same command without --force resumes it",
        ),
    ] {
        let output = stop_at_checkpoints(dir.path(), line, signal, 4, signal);
        let errors = String::from_utf8(output.stderr).unwrap();
        let last = errors.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("interrupted: ") && last.contains(how) && last.contains("cells"),
            "{errors}"
        );
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert!(!dir.path().join(signal).join("data.csv").exists());
        said(dir.path(), &format!("{plain} --out {signal}"));
        let [found, unbroken] =
            [signal, "unbroken"].map(|out| read(&dir.path().join(out), "data.csv"));
        assert_eq!(found, unbroken);
    }
}
