//! Files: bit-identical round trips, and every damage refused.

use std::collections::HashMap;
use std::fs;

use crate::common::Samples;
use formant_moments::{LayerMoments, MomentsError};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

type Tensor = (Dtype, Vec<usize>, Vec<u8>);
type Tensors = HashMap<String, Tensor>;

/// A valid file, taken apart so that a test can change one thing.
fn parts() -> (Tensors, HashMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layer.safetensors");
    Samples::new(9, 3, 2, 1).moments().save(&path).unwrap();
    let bytes = fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let own = |(name, t): (&str, TensorView<'_>)| {
        (
            name.to_owned(),
            (t.dtype(), t.shape().to_vec(), t.data().to_vec()),
        )
    };
    let metadata = SafeTensors::read_metadata(&bytes)
        .unwrap()
        .1
        .metadata()
        .clone()
        .unwrap();
    (file.iter().map(own).collect(), metadata)
}

fn load(
    tensors: &Tensors,
    metadata: HashMap<String, String>,
) -> Result<LayerMoments, MomentsError> {
    let views = tensors.iter().map(|(name, (dtype, shape, bytes))| {
        (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap())
    });
    load_bytes(&safetensors::serialize(views, Some(metadata)).unwrap())
}

fn load_bytes(bytes: &[u8]) -> Result<LayerMoments, MomentsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layer.safetensors");
    fs::write(&path, bytes).unwrap();
    LayerMoments::load(path)
}

#[test]
fn round_trips_bit_for_bit_and_leaves_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a layer.safetensors");
    for seed in 0..2 {
        let mut samples = Samples::new(40, 5, 3, seed);
        samples.g_b.row_mut(1).fill(0.0);
        let layer = samples.moments();
        layer.save(&path).unwrap(); // the second one over the first
        assert_eq!(LayerMoments::load(&path).unwrap(), layer);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("layer.safetensors");
    let layer = Samples::new(9, 3, 2, 1).moments();
    for error in [
        layer.save(&path).unwrap_err(),
        LayerMoments::load(&path).unwrap_err(),
    ] {
        assert!(matches!(error, MomentsError::Io { .. }));
        assert!(error.to_string().contains("nowhere"), "{error}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layer.safetensors");
    Samples::new(9, 3, 2, 1).moments().save(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        let error = load_bytes(&bytes[..length]).unwrap_err();
        assert!(
            matches!(error, MomentsError::Format { .. }),
            "{length}: {error}"
        );
    }
}

#[test]
fn metadata_is_checked() {
    let (tensors, metadata) = parts();
    assert!(load(&tensors, metadata.clone()).is_ok());
    for (key, value) in [
        ("schema_version", "3"),
        ("iterates", "1"),
        ("samples", "1"),
        ("samples", "many"),
        ("sample_axis", "rows"),
        ("zero_norm", "{}"),
        ("zero_norm", r#"{"h_a":10,"h_b":0,"g_a":0,"g_b":0}"#),
    ] {
        let mut changed = metadata.clone();
        if key == "iterates" {
            changed.insert("schema_version".to_owned(), "2".to_owned());
        }
        changed.insert(key.to_owned(), value.to_owned());
        let error = load(&tensors, changed).unwrap_err().to_string();
        assert!(error.contains(key), "{key}: {error}");
    }
    for key in metadata.keys() {
        let mut changed = metadata.clone();
        changed.remove(key);
        let error = load(&tensors, changed).unwrap_err().to_string();
        assert!(
            error.contains(key.as_str()) && error.contains("missing"),
            "{key}: {error}"
        );
    }
}

#[test]
fn every_tensor_is_checked() {
    let (tensors, metadata) = parts();
    for name in tensors.keys() {
        let refused = |change: &dyn Fn(&mut Tensor)| {
            let mut changed = tensors.clone();
            change(changed.get_mut(name).unwrap());
            match load(&changed, metadata.clone()) {
                Err(MomentsError::Tensor { tensor, found, .. }) => (tensor, found),
                other => panic!("{name}: {other:?}"),
            }
        };
        let (tensor, found) =
            refused(&|(_, _, bytes)| bytes[..8].copy_from_slice(&f64::NAN.to_le_bytes()));
        assert_eq!((&tensor, found.as_str()), (name, "NaN at entry 0"));
        let (tensor, found) = refused(&|(dtype, _, _)| *dtype = Dtype::I64);
        assert!(&tensor == name && found.starts_with("I64"));
        assert_eq!(&refused(&|(_, shape, _)| shape.push(1)).0, name);

        let mut missing = tensors.clone();
        missing.remove(name);
        let error = load(&missing, metadata.clone()).unwrap_err().to_string();
        assert!(
            error.contains(name.as_str()) && error.contains("missing"),
            "{error}"
        );
    }
    let mut crooked = tensors.clone();
    let bytes = &mut crooked.get_mut("b.unit.scatter").unwrap().2;
    bytes[8..16].copy_from_slice(&0.123_f64.to_le_bytes());
    assert!(
        load(&crooked, metadata)
            .unwrap_err()
            .to_string()
            .contains("not symmetric")
    );
}

#[test]
fn moments_of_iterates_come_back_bit_for_bit_and_are_no_file_of_one() {
    let mut layer = Samples::new(9, 3, 2, 1).moments();
    layer
        .add_iterate(&Samples::new(8, 3, 2, 5).moments())
        .unwrap();
    let bytes = layer.to_bytes().unwrap();
    assert_eq!(load_bytes(&bytes).unwrap(), layer);
    let (file, metadata) = (
        SafeTensors::deserialize(&bytes).unwrap(),
        SafeTensors::read_metadata(&bytes).unwrap(),
    );
    let metadata = metadata.1.metadata().clone().unwrap();
    assert_eq!(metadata["schema_version"], "2");
    let own = |(name, t): (&str, TensorView<'_>)| {
        (
            name.to_owned(),
            (t.dtype(), t.shape().to_vec(), t.data().to_vec()),
        )
    };
    let tensors: Tensors = file.iter().map(own).collect();
    let without = |name: &str| {
        let mut tensors = tensors.clone();
        tensors.remove(name).unwrap();
        load(&tensors, metadata.clone()).unwrap_err().to_string()
    };
    assert!(without("b.gram").contains("b.gram"));
    let mut one = metadata.clone();
    one.remove("iterates");
    assert!(
        load(&tensors, one)
            .unwrap_err()
            .to_string()
            .contains("iterates")
    );
    let mut skewed = tensors.clone();
    let gram = &mut skewed.get_mut("a.gram").unwrap().2;
    gram[8..16].copy_from_slice(&1e3_f64.to_le_bytes());
    assert!(
        load(&skewed, metadata.clone())
            .unwrap_err()
            .to_string()
            .contains("symmetric")
    );
}
