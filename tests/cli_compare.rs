//! `formant compare` and several dumps at once, as a user calls them. What they print is tested in `crates/align`.

use std::fs;
use std::path::Path;

use crate::common::{formant, refused, said};

/// The dump that the tests of `crates/moments` have, under other names.
fn copies(dir: &Path, names: &[&str]) {
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("../moments/tests/data/tiny_mlp.npz");
    for name in names {
        fs::copy(&dump, dir.join(name)).unwrap();
    }
}

#[test]
fn networks_are_compared_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    copies(dir.path(), &["a.npz", "b.npz", "c.npz"]);
    let line = "compare a.npz b.npz c.npz --permutations 19 --splits 2 --plot plots --csv all.csv --universal --dimensions 3";
    let [text, errors] = said(dir.path(), line);
    for words in [
        "a (down) and b (across)",
        "noise ceiling",
        "dimensions above their null",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert_eq!(errors, "");
    for file in ["plots/a-b.png", "plots/universal.svg", "all.csv"] {
        assert!(dir.path().join(file).exists(), "{file}");
    }
    refused(dir.path(), "compare a.npz", &["two or more"]);
    refused(dir.path(), "compare a.npz nowhere.npz", &["nowhere.npz"]);
    refused(
        dir.path(),
        "compare a.npz b.npz --measure cka",
        &["linear_cka_unbiased"],
    );
}

#[test]
fn standard_input_patterns_and_pages() {
    let dir = tempfile::tempdir().unwrap();
    copies(dir.path(), &["a.npz", "b.npz"]);
    let bytes = fs::read(dir.path().join("a.npz")).unwrap();
    let mut command = formant(dir.path());
    let output = command
        .args(["align", "-"])
        .write_stdin(bytes)
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("8 -> 7"), "{text}");
    let [text, _] = said(dir.path(), "align *.npz --html page.html --layers 0");
    assert!(
        text.contains("a.npz:") && text.contains("b.npz:") && !text.contains("linear CKA"),
        "{text}"
    );
    assert!(
        fs::read_to_string(dir.path().join("page.html"))
            .unwrap()
            .contains("<svg")
    );
}
