//! Checks on the text of the sources. Lines, not syntax: rustfmt has made them regular.

use std::fs;
use std::path::{Path, PathBuf};

use crate::assert_none;
use crate::metadata::{Package, graph};

/// Crates that compute and do nothing else, those that are still to come included.
const NO_IO: [&str; 2] = ["formant-alignment", "formant-theory"];
const IO: [&str; 9] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "fs::",
    "File::",
    "println!(",
    "print!(",
    "dbg!(",
];
/// A panic outside tests needs a comment that says why it cannot happen.
const PANICS: [&str; 6] = [
    ".unwrap()",
    ".expect(",
    ".unwrap_err()",
    "panic!(",
    "unreachable!(",
    "assert!(",
];
const REASON: &str = "// invariant:";
/// Code lines below which a crate is an empty shell.
const SHELL: usize = 20;

/// Every Rust file below `dir`.
pub fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Lines of code with their numbers: no comments, no `#[cfg(test)]` modules.
pub fn code(text: &str) -> Vec<(usize, &str)> {
    let mut code = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("#[cfg(test)]") {
            let indent = &line[..line.len() - trimmed.len()];
            skip_item(&mut lines, indent);
        } else if !trimmed.is_empty() && !trimmed.starts_with("//") {
            code.push((number + 1, line.split(" // ").next().unwrap_or(line)));
        }
    }
    code
}

/// Skips one item, to the brace that closes it at its own indentation or the semicolon that ends it.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, indent: &str) {
    for (_, line) in lines {
        let Some(rest) = line.strip_prefix(indent) else {
            continue;
        };
        let ends = rest.ends_with(';') || rest.ends_with("{}") || rest.starts_with('}');
        if ends && !rest.starts_with([' ', '#']) {
            return;
        }
    }
}

/// Whether a file is for tests alone: a module's own `tests.rs`, or one whose first code says so.
pub fn is_test(path: &str, text: &str) -> bool {
    let mut code = text
        .lines()
        .filter(|line| !line.starts_with("//") && !line.is_empty());
    let marked = code
        .next()
        .is_some_and(|line| line.starts_with("#![cfg(test)]"));
    marked || path.ends_with("tests.rs") || path.contains("/src/tests/")
}

fn find(path: &str, text: &str, patterns: &[&str], why: &str) -> Vec<String> {
    let hits = code(text).into_iter().filter_map(|(number, line)| {
        let pattern = patterns.iter().find(|pattern| line.contains(**pattern))?;
        Some(format!("{path}:{number}: {pattern} {why}"))
    });
    hits.collect()
}

fn input_output(path: &str, text: &str) -> Vec<String> {
    find(path, text, &IO, "in a crate that does no input or output")
}

/// Panics without a reason on their own line or the one before.
fn panics(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let excused = |number: usize| {
        lines[number.saturating_sub(2)..number]
            .iter()
            .any(|line| line.contains(REASON))
    };
    let hits = code(text).into_iter().filter_map(|(number, line)| {
        let line = line.replace("debug_assert!(", "");
        let pattern = PANICS.iter().find(|pattern| line.contains(**pattern))?;
        (!excused(number))
            .then(|| format!("{path}:{number}: {pattern} needs `{REASON} why it cannot happen`"))
    });
    hits.collect()
}

/// Work left for later, and tests that do not run. Looks everywhere, tests included.
fn left_undone(path: &str, text: &str) -> Vec<String> {
    // Put together here, so that this file does not find itself.
    let patterns = [
        concat!("#[", "ignore"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    let hits = text.lines().enumerate().filter_map(|(i, line)| {
        let pattern = patterns.iter().find(|pattern| {
            line.trim_start().starts_with(**pattern) || line.contains(patterns[1])
        })?;
        Some(format!(
            "{path}:{}: {pattern}: finish it or take it out",
            i + 1
        ))
    });
    hits.collect()
}

fn no_module_docs(path: &str, text: &str) -> Vec<String> {
    let documented = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("//! "));
    if documented {
        Vec::new()
    } else {
        vec![format!(
            "{path}:1: begins without module docs (`//! what it is`)"
        )]
    }
}

fn empty_shell(dir: &str, texts: &[String]) -> Vec<String> {
    let lines: usize = texts.iter().map(|text| code(text).len()).sum();
    if lines < SHELL {
        vec![format!("{dir}: {lines} lines of code: an empty shell")]
    } else {
        Vec::new()
    }
}

/// Runs a check over the files below `folder` of every member that is `wanted`; without a folder over the end-to-end tests
/// too, which lie outside their package.
fn over(
    folder: &str,
    wanted: impl Fn(&Package) -> bool,
    check: impl Fn(&str, &str) -> Vec<String>,
) -> Vec<String> {
    let members = graph().members.iter().filter(|member| wanted(member));
    let mut folders: Vec<PathBuf> = members
        .map(|member| Path::new(&member.dir).join(folder))
        .collect();
    if folder.is_empty() {
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests"));
    }
    let files = folders.iter().flat_map(|folder| rust_files(folder));
    files
        .flat_map(|file| {
            check(
                &file.display().to_string(),
                &fs::read_to_string(&file).unwrap(),
            )
        })
        .collect()
}

#[test]
fn statistics_do_no_input_or_output() {
    assert_none(&over(
        "src",
        |member| NO_IO.contains(&member.name.as_str()),
        input_output,
    ));
    assert_eq!(
        input_output("x.rs", "use std::fs;\n\nlet f = File::open(p);\n"),
        [
            "x.rs:1: std::fs in a crate that does no input or output",
            "x.rs:3: File:: in a crate that does no input or output",
        ]
    );
    assert!(
        input_output(
            "x.rs",
            "// std::fs\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n"
        )
        .is_empty()
    );
}

#[test]
fn panics_outside_tests_have_a_reason() {
    let outside_tests = |path: &str, text: &str| {
        if is_test(path, text) {
            Vec::new()
        } else {
            panics(path, text)
        }
    };
    assert_none(&over(
        "src",
        |member| member.name != "formant-tests",
        outside_tests,
    ));
    assert_eq!(panics("x.rs", "let a = b.unwrap();\n").len(), 1);
    assert_eq!(
        panics("x.rs", "    a.expect(\"b\");\n    panic!(\"c\");\n").len(),
        2
    );
    assert!(
        panics(
            "x.rs",
            "// invariant: b was checked above\nlet a = b.unwrap();\n"
        )
        .is_empty()
    );
    assert!(
        panics(
            "x.rs",
            "let a = b.unwrap(); // invariant: b was checked above\n"
        )
        .is_empty()
    );
    assert!(panics("x.rs", "/// a.unwrap()\nlet a = b.unwrap_or(1);\n").is_empty());
    // Code after a test module is seen.
    let text = "#[cfg(test)]\n#[allow(x)]\nmod tests {\n    fn f() {\n        a.unwrap();\n    }\n}\nlet a = b.unwrap();\n";
    assert_eq!(
        panics("x.rs", text),
        [format!(
            "x.rs:8: .unwrap() needs `{REASON} why it cannot happen`"
        )]
    );
}

#[test]
fn nothing_is_left_undone() {
    assert_none(&over("", |_| true, left_undone));
    let planted = concat!("    #[", "ignore = \"slow\"]\n fn f() { todo", "!() }\n");
    assert_eq!(left_undone("x.rs", planted).len(), 2);
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(&over("", |_| true, no_module_docs));
    assert_eq!(no_module_docs("x.rs", "use std::fs;\n//! late\n").len(), 1);
    assert_eq!(no_module_docs("x.rs", "").len(), 1);
}

#[test]
fn no_crate_is_an_empty_shell() {
    let texts = |member: &Package| -> Vec<String> {
        rust_files(Path::new(&member.dir))
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect()
    };
    let findings: Vec<String> = graph()
        .members
        .iter()
        .flat_map(|member| empty_shell(&member.dir, &texts(member)))
        .collect();
    assert_none(&findings);
    assert_eq!(
        empty_shell("x", &["//! Docs.\n\nfn main() {}\n".to_owned()]).len(),
        1
    );
}
