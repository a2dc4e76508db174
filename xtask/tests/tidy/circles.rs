//! Top-level modules of a crate import each other without circles, so that each can be read with those below it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::assert_none;
use crate::metadata::graph;
use crate::source::{code, is_test, rust_files};

/// For each module the modules that it imports, each with a file that does.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

/// The names that follow `prefix` in `text`, a group of them in braces included: the first segment of each path.
fn names_after<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let starts = text.match_indices(prefix).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    });
    starts
        .flat_map(|(at, _)| first_segments(&text[at + prefix.len()..]))
        .collect()
}

/// `a` of `a::b`; `a` and `d` of `{a::{b, c}, d}`.
fn first_segments(text: &str) -> Vec<&str> {
    let Some(group) = text.strip_prefix('{') else {
        return vec![identifier(text)];
    };
    let (mut depth, mut names, mut expected) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            c if expected && depth == 0 && !c.is_whitespace() => {
                names.push(identifier(&group[at..]));
                expected = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// Names that the root gives to items of its modules (`pub use claims::{Claim, Tag}`).
fn reexports(root: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for statement in root.split(';') {
        let Some((_, path)) = statement.split_once("use ") else {
            continue;
        };
        let path = path.trim().trim_start_matches("crate::");
        let Some((module, items)) = path.split_once("::") else {
            continue;
        };
        for item in items.trim_matches(['{', '}']).split(',') {
            let name = item.rsplit(" as ").next().unwrap_or(item);
            let name = name.rsplit("::").next().unwrap_or(name).trim();
            names.insert(name.to_owned(), module.to_owned());
        }
    }
    names
}

/// What the modules of a crate import, of files `(path below src, text)`.
fn imports(files: &[(String, String)]) -> Imports {
    let module = |path: &str| {
        let first = path.split('/').next().unwrap_or(path);
        first.trim_end_matches(".rs").to_owned()
    };
    let is_root = |path: &str| ["lib.rs", "main.rs"].contains(&path);
    let body = |text: &str| {
        let lines = code(text).into_iter();
        lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    };
    let modules: BTreeSet<String> = files.iter().map(|(path, _)| module(path)).collect();
    let roots = files.iter().filter(|(path, _)| is_root(path));
    let given: BTreeMap<String, String> =
        roots.flat_map(|(_, text)| reexports(&body(text))).collect();
    let mut imports = Imports::new();
    for (path, text) in files.iter().filter(|(path, _)| !is_root(path)) {
        let own = module(path);
        let of_module = imports.entry(own.clone()).or_default();
        let text = body(text);
        for name in names_after(&text, "crate::") {
            let target = given.get(name).map_or(name, String::as_str);
            if target != own && modules.contains(target) {
                let file = of_module.entry(target.to_owned());
                file.or_insert_with(|| path.clone());
            }
        }
    }
    imports
}

/// The imports whose target leads back to the module that imports it.
fn circles(krate: &str, imports: &Imports) -> Vec<String> {
    let lines = imports.iter().flat_map(|(module, targets)| {
        let back = targets
            .iter()
            .filter(|(target, _)| reached(target, imports).contains(module));
        back.map(move |(target, file)| {
            format!("{krate}: {module} imports {target} (src/{file}), which leads back to it")
        })
    });
    lines.collect()
}

/// The modules that one imports, itself or by way of others.
fn reached(from: &str, imports: &Imports) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(module) = next.pop() {
        let targets = imports.get(&module).into_iter().flat_map(BTreeMap::keys);
        next.extend(
            targets
                .filter(|target| reached.insert((*target).clone()))
                .cloned(),
        );
    }
    reached
}

#[test]
fn modules_import_each_other_without_circles() {
    let mut findings = Vec::new();
    for member in &graph().members {
        let src = Path::new(&member.dir).join("src");
        let files = rust_files(&src).into_iter().filter_map(|file| {
            let text = fs::read_to_string(&file).ok()?;
            let path = file.strip_prefix(&src).ok()?.display().to_string();
            (!is_test(&path, &text)).then_some((path, text))
        });
        findings.extend(circles(&member.name, &imports(&files.collect::<Vec<_>>())));
    }
    assert_none(&findings);
}

#[test]
fn a_planted_circle_is_found() {
    let of = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).into(), (*text).into()));
        circles("x", &imports(&files.collect::<Vec<_>>()))
    };
    let root = (
        "lib.rs",
        "mod a;\nmod b;\nmod c;\npub use b::{Thing, other as Other};\n",
    );
    let line = ("c.rs", "use crate::a::deep;\n");
    let back = [
        root,
        line,
        ("a/mod.rs", "use crate::b::x;\n"),
        ("b.rs", "fn f() { crate::a::g() }\n"),
    ];
    assert_eq!(
        of(&back),
        [
            "x: a imports b (src/a/mod.rs), which leads back to it",
            "x: b imports a (src/b.rs), which leads back to it",
        ]
    );
    // By way of a name that the root gives out, in a group over two lines.
    let hidden = [
        root,
        line,
        ("a/in.rs", "use crate::{\n    Other, c::{self, d},\n};\n"),
        ("b.rs", "use crate::c;\n"),
    ];
    assert_eq!(of(&hidden).len(), 4, "{:?}", of(&hidden));
    let tests_only = ("b.rs", "#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n");
    assert!(of(&[root, line, ("a/mod.rs", "use crate::b::x;\n"), tests_only]).is_empty());
}
