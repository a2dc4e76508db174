//! Files that are not what they should be end in an error that names them.

use std::path::{Path, PathBuf};

use formant_backend::Flex;
use formant_train::{Checkpoint, TrainError};
use tempfile::TempDir;

use super::runs::{ADAM, MEMBERS, Run, SGD, all_bits, arrays_of, bits};

fn one(optimizer: formant_train::OptimizerConfig) -> Run {
    Run {
        members: MEMBERS[..1].to_vec(),
        optimizer,
        ..Run::default()
    }
}

/// A folder with the checkpoint of a short run.
fn saved() -> (TempDir, PathBuf, Checkpoint) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let checkpoint = one(SGD).train::<Flex>(13).remove(0);
    checkpoint.save(&path, "a run").unwrap();
    (folder, path, checkpoint)
}

/// Loading has to fail, with a message that names the file.
fn refusal(path: &Path, key: &str) -> TrainError {
    let error = match Checkpoint::load(path, key) {
        Err(error) => error,
        Ok(found) => panic!("accepted: {:?}", found.map(|c| c.step)),
    };
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    error
}

/// Length of the JSON header that follows the first eight bytes.
fn header(bytes: &[u8]) -> usize {
    u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    let (_folder, path, checkpoint) = saved();
    let loaded = Checkpoint::load(&path, "a run").unwrap().unwrap();
    assert_eq!(loaded, checkpoint);
    assert_eq!(bits(&loaded), bits(&checkpoint));
    let names: Vec<String> = arrays_of(&path).into_keys().collect();
    let parts = ["bias", "bias.buffer0", "weight", "weight.buffer0"];
    let expected = (0..3).flat_map(|i| parts.map(|part| format!("layers.{i}.{part}")));
    assert_eq!(names, expected.collect::<Vec<_>>());
    let shapes: Vec<&[usize]> = loaded.parameters.iter().map(|p| p.shape()).collect();
    assert_eq!(shapes[0], [10, 12], "without the members axis");
}

#[test]
fn no_file_is_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Checkpoint::load(&folder.path().join("none"), "a run")
            .unwrap()
            .is_none()
    );
}

#[test]
fn the_checkpoint_of_another_run_is_refused() {
    let (_folder, path, _) = saved();
    let error = refusal(&path, "another run");
    assert!(
        matches!(error, TrainError::CheckpointMismatch { .. }),
        "{error}"
    );
    let message = error.to_string();
    assert!(
        message.contains("a run") && message.contains("another run"),
        "{message}"
    );
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let (_folder, path, _) = saved();
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(13).chain([7, 8, bytes.len() - 1]) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = refusal(&path, "a run");
        assert!(
            matches!(error, TrainError::DamagedCheckpoint { .. }),
            "{length}: {error}"
        );
    }
}

#[test]
fn a_bit_that_flipped_is_noticed_wherever_it_is() {
    let (_folder, path, _) = saved();
    let bytes = std::fs::read(&path).unwrap();
    let end = 8 + header(&bytes);
    let data = (end..bytes.len()).step_by(101);
    for position in (0..end).chain(data) {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 7);
        std::fs::write(&path, &damaged).unwrap();
        refusal(&path, "a run");
    }
}

#[test]
fn files_of_another_kind_are_refused() {
    let (_folder, path, _) = saved();
    let none = std::collections::HashMap::<String, String>::new();
    let bare = safetensors::serialize(
        Vec::<(String, safetensors::tensor::TensorView)>::new(),
        Some(none),
    );
    for content in [&b""[..], b"not a checkpoint", &[0xff; 4096], &bare.unwrap()] {
        std::fs::write(&path, content).unwrap();
        let error = refusal(&path, "a run");
        assert!(
            matches!(error, TrainError::DamagedCheckpoint { .. }),
            "{error}"
        );
    }
    let folder = path.parent().unwrap();
    assert!(matches!(refusal(folder, "a run"), TrainError::Io { .. }));
}

#[test]
fn a_network_of_another_shape_is_refused_and_left_as_it_was() {
    let other = Run {
        width: 13,
        ..one(SGD)
    };
    let ensemble = other.ensemble::<Flex>();
    let before = all_bits(&other.checkpoints(&ensemble));
    let error = ensemble.restore(&one(SGD).train::<Flex>(3)).unwrap_err();
    assert!(
        matches!(error, TrainError::CheckpointMismatch { .. }),
        "{error}"
    );
    let message = error.to_string();
    assert!(
        message.contains("[10, 12]") && message.contains("[10, 13]"),
        "{message}"
    );
    assert!(all_bits(&other.checkpoints(&ensemble)) == before);
}

#[test]
fn the_checkpoint_of_another_optimiser_is_refused_and_changes_nothing() {
    let ensemble = one(ADAM).ensemble::<Flex>();
    let before = all_bits(&one(ADAM).checkpoints(&ensemble));
    let error = ensemble.restore(&one(SGD).train::<Flex>(3)).unwrap_err();
    assert!(
        matches!(error, TrainError::CheckpointMismatch { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("buffers"), "{error}");
    assert!(all_bits(&one(ADAM).checkpoints(&ensemble)) == before);
}

#[test]
fn a_checkpoint_for_each_member_is_asked_for() {
    let run = Run::default();
    let error = run
        .ensemble::<Flex>()
        .restore(&run.train::<Flex>(2)[..2])
        .unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Members {
                members: 3,
                found: 2,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn what_a_killed_save_leaves_behind_does_no_harm() {
    let (folder, path, checkpoint) = saved();
    // A save that was killed leaves a part of the next state under a name of its own.
    std::fs::write(folder.path().join(".tmpAbCdEf"), b"half a checkpoint").unwrap();
    assert_eq!(
        Checkpoint::load(&path, "a run").unwrap().unwrap(),
        checkpoint
    );
    let later = one(SGD).train::<Flex>(14).remove(0);
    later.save(&path, "a run").unwrap();
    assert_eq!(Checkpoint::load(&path, "a run").unwrap().unwrap(), later);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        2,
        "a save cleans up after itself"
    );
}

#[test]
fn a_bare_file_name_is_a_path_too() {
    let (folder, _, checkpoint) = saved();
    let before = std::env::current_dir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap(); // every other path of these tests is absolute
    let result = checkpoint.save(Path::new("bare.safetensors"), "a run");
    std::env::set_current_dir(before).unwrap();
    result.unwrap();
    let loaded = Checkpoint::load(&folder.path().join("bare.safetensors"), "a run");
    assert_eq!(loaded.unwrap().unwrap(), checkpoint);
}

#[test]
fn a_save_that_cannot_be_names_the_file() {
    let (folder, _, checkpoint) = saved();
    let path = folder.path().join("no such folder/checkpoint.safetensors");
    let error = checkpoint.save(&path, "a run").unwrap_err();
    assert!(error.to_string().contains("no such folder"), "{error}");
}
