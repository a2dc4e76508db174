//! Kills, other processes, and what users leave in folders of cells.

use super::*;
use crate::runner::disk::faults;

fn files(text: &str) -> Files {
    let mut files = Files::default();
    files.put("a", text);
    files.put("b", text);
    files.put("checkpoint.json", r#"{"files": {"a": "", "b": ""}}"#);
    files
}

fn text(folder: &Path) -> String {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("a"), read("b"));
    read("a")
}

#[test]
fn a_key_depends_on_everything_in_the_specification() {
    let key = |spec: (&str, f64, u64)| Key::of(&spec).unwrap();
    assert_eq!(key(("a", 0.1, 1)), key(("a", 0.1, 1)));
    for other in [("b", 0.1, 1), ("a", 0.1_f64.next_up(), 1), ("a", 0.1, 2)] {
        assert_ne!(key(("a", 0.1, 1)), key(other));
    }
    assert_eq!(key(("a", 0.1, 1)).as_str().len(), DIGITS);
}

#[test]
fn every_kill_leaves_the_last_checkpoint_or_the_new_one() {
    let root = tempfile::tempdir().unwrap();
    let key = Key::of(&"cell").unwrap();
    for kill in 0.. {
        Store::open(root.path())
            .unwrap()
            .checkpoint(&key, &files("old"))
            .unwrap();
        let store = Store::open(root.path()).unwrap();
        faults::arm(root.path(), kill);
        let result = store.checkpoint(&key, &files("new"));
        faults::disarm(root.path());
        drop(store);
        let store = Store::open(root.path()).unwrap();
        let found = text(&store.partial(&key).unwrap());
        assert!(found == "old" || found == "new", "{found} after {kill}");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2, "a leftover");
        if result.is_ok() {
            assert_eq!(found, "new");
            assert!(kill > 8, "only {kill} operations");
            return;
        }
    }
}

#[test]
fn every_kill_leaves_a_checkpoint_or_a_finished_cell() {
    let root = tempfile::tempdir().unwrap();
    let key = Key::of(&"cell").unwrap();
    for kill in 0.. {
        let store = Store::open(root.path()).unwrap();
        store.remove(&key).unwrap();
        store.checkpoint(&key, &files("state")).unwrap();
        faults::arm(root.path(), kill);
        let result = store.finish(&key, &files("result"));
        faults::disarm(root.path());
        drop(store);
        let store = Store::open(root.path()).unwrap();
        let done = finished(root.path(), &key);
        if done.exists() {
            assert_eq!(text(&done), "result");
            assert!(store.partial(&key).is_none());
        } else {
            assert_eq!(text(&store.partial(&key).unwrap()), "state");
        }
        if result.is_ok() {
            assert!(done.exists());
            return;
        }
    }
}

#[test]
fn a_second_process_is_turned_away() {
    let root = tempfile::tempdir().unwrap();
    let first = Store::open(root.path()).unwrap();
    let error = Store::open(root.path()).unwrap_err().to_string();
    assert!(error.contains("another formant"), "{error}");
    drop(first);
    Store::open(root.path()).unwrap();
}

#[test]
fn cells_of_another_version_are_counted_once() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("0".repeat(DIGITS))).unwrap();
    let count = || Store::open(root.path()).unwrap().count_others().unwrap();
    assert_eq!([count(), count()], [1, 0]);
}

/// Every name below a folder.
fn names(folder: &Path) -> Vec<String> {
    folder::names(folder).unwrap()
}

#[test]
fn a_users_file_is_in_the_cell_again_when_it_is_done_again() {
    let root = tempfile::tempdir().unwrap();
    let key = Key::of(&"cell").unwrap();
    let cell = finished(root.path(), &key);
    for kill in 0.. {
        let store = Store::open(root.path()).unwrap();
        store.checkpoint(&key, &files("state")).unwrap();
        fs::write(store.partial(&key).unwrap().join("mine.txt"), "partial").unwrap();
        store.finish(&key, &files("old")).unwrap();
        assert_eq!(
            fs::read_to_string(cell.join("mine.txt")).unwrap(),
            "partial"
        );
        fs::create_dir(cell.join("plots")).unwrap();
        faults::arm(root.path(), kill);
        let again = store
            .remove(&key)
            .and_then(|()| store.finish(&key, &files("new")));
        faults::disarm(root.path());
        drop(store);
        // What the same command does next.
        let store = Store::open(root.path()).unwrap();
        store.remove(&key).unwrap();
        store.finish(&key, &files("new")).unwrap();
        drop(store);
        assert_eq!(text(&cell), "new");
        assert_eq!(
            names(&cell),
            ["a", "b", "checkpoint.json", "mine.txt", "plots"],
            "{kill}"
        );
        assert_eq!(names(root.path()).len(), 2, "a leftover after {kill}");
        fs::remove_dir_all(&cell).unwrap();
        if again.is_ok() {
            assert!(kill > 15, "only {kill} operations");
            return;
        }
    }
}

#[test]
fn a_users_file_in_the_place_of_ours_stays_beside() {
    let root = tempfile::tempdir().unwrap();
    let key = Key::of(&"cell").unwrap();
    let beside = root.path().join(format!("{}.kept", key.as_str()));
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("a"), "mine").unwrap();
    let store = Store::open(root.path()).unwrap();
    store.finish(&key, &files("result")).unwrap();
    assert_eq!(text(&finished(root.path(), &key)), "result");
    assert_eq!(fs::read_to_string(beside.join("a")).unwrap(), "mine");
}

#[test]
fn folders_that_are_not_of_cells_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    for name in ["mine.tmp", "old.gone", "a.next", "results.partial"] {
        fs::create_dir(root.path().join(name)).unwrap();
        fs::write(root.path().join(name).join("notes.txt"), "mine").unwrap();
    }
    let before = names(root.path());
    drop(Store::open(root.path()).unwrap());
    let after = names(root.path());
    assert_eq!(
        after
            .iter()
            .filter(|name| *name != ".lock")
            .collect::<Vec<_>>(),
        before.iter().collect::<Vec<_>>()
    );
    assert!(!has_leftovers(root.path()));
}

#[test]
fn what_is_half_removed_is_cleared_and_a_users_file_in_it_kept() {
    let root = tempfile::tempdir().unwrap();
    let key = Key::of(&"cell").unwrap();
    for end in ["tmp", "gone", "next.tmp", "partial.gone"] {
        let folder = root.path().join(format!("{}.{end}", key.as_str()));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("checkpoint.json"), r#"{"files": {"b": ""}}"#).unwrap();
        fs::write(folder.join("b"), "ours").unwrap();
        fs::write(folder.join("mine.txt"), end).unwrap();
        assert!(has_leftovers(root.path()));
        drop(Store::open(root.path()).unwrap());
        assert!(!folder.exists(), "{end}");
    }
    let kept = names(&root.path().join(format!("{}.kept", key.as_str())));
    assert_eq!(kept, ["mine.txt", "mine.txt.1", "mine.txt.2", "mine.txt.3"]);
}

#[test]
fn a_file_system_without_locks_is_named() {
    let error = std::io::Error::from(std::io::ErrorKind::Unsupported);
    let error = locked(&TryLockError::Error(error), Path::new("cells")).to_string();
    assert!(
        error.contains("cells") && error.contains("no locks") && error.contains("--out"),
        "{error}"
    );
}
