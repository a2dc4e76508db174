//! Every test is run. Libraries without tests of their own say so in their manifests, so that they are not compiled a
//! second time for none, and the test files of a crate are modules of one program; a test that is added in a place that
//! cargo does not look at must not go unnoticed.

use std::fs;
use std::path::Path;

use crate::assert_none;
use crate::metadata::{Target, graph};
use crate::source::rust_files;

/// Tests in the sources of a library or program for which cargo was told that there are none.
fn unnoticed(target: &Target, path: &str, text: &str) -> Vec<String> {
    let unit = concat!("#[", "test]");
    // A block of code in documentation that is not marked as some other text.
    let documentation = text.lines().any(|line| {
        let block = ["//! ```", "/// ```"].iter();
        let mut rest = block.filter_map(|start| line.trim_start().strip_prefix(start));
        rest.any(|rest| rest.is_empty() || rest.starts_with("rust"))
    });
    let mut findings = Vec::new();
    if !target.tested && text.contains(unit) {
        findings.push(format!("{path}: its tests are not run: `test = false`"));
    }
    if target.kind == "lib" && !target.documentation_tested && documentation {
        findings.push(format!(
            "{path}: its examples are not run: `doctest = false`"
        ));
    }
    findings
}

/// Files beside a `tests/main.rs` that are no modules of it.
fn not_modules(main: &str, files: &[&str]) -> Vec<String> {
    let module = |file: &str| main.lines().any(|line| line == format!("mod {file};"));
    let missing = files
        .iter()
        .filter(|file| **file != "main" && !module(file));
    missing
        .map(|file| format!("tests/{file}.rs is not run: add `mod {file};` to tests/main.rs"))
        .collect()
}

#[test]
fn no_test_is_left_out() {
    for member in &graph().members {
        for target in &member.targets {
            let path = Path::new(&target.path);
            let Some(folder) = path.parent() else {
                continue;
            };
            if target.kind == "lib" {
                for file in rust_files(folder) {
                    let text = fs::read_to_string(&file).unwrap();
                    assert_none(&unnoticed(target, &file.display().to_string(), &text));
                }
            } else if target.kind == "bin" {
                let text = fs::read_to_string(path).unwrap();
                assert_none(&unnoticed(target, &target.path, &text));
            } else if target.kind == "test" && path.ends_with("tests/main.rs") {
                let files: Vec<String> = fs::read_dir(folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .filter(|file| file.extension().is_some_and(|rs| rs == "rs"))
                    .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
                    .collect();
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                assert_none(&not_modules(&fs::read_to_string(path).unwrap(), &files));
            }
        }
    }
    let planted = Target {
        kind: "lib".to_owned(),
        path: String::new(),
        tested: false,
        documentation_tested: false,
    };
    let unit = concat!("#[", "test]\nfn f() {}\n");
    assert_eq!(unnoticed(&planted, "x.rs", unit).len(), 1);
    assert_eq!(
        unnoticed(&planted, "x.rs", "/// ```\n/// f();\n/// ```\n").len(),
        1
    );
    assert!(unnoticed(&planted, "x.rs", "/// ```text\n/// f\n").is_empty());
    assert_eq!(not_modules("mod a;\n", &["main", "a", "b"]).len(), 1);
}
