//! Every loader of the crate, fuzzed.

use std::path::Path;

use crate::common::{Samples, fuzz};
use crate::dump::{entries, npy, npz, safetensors_bytes, stored, tensors, with};
use formant_moments::LayerMoments;
use formant_moments::dump::Dump;
use formant_moments::npz::NpzReader;
use ndarray::{Array2, Ix2, array};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What buffers take, whatever the input is.
const BUFFERS: u64 = 2 << 20;

/// Layers that would take more are not measured.
const LAYER: u64 = 4 << 20;

/// Opens a dump, and measures what there is.
fn dump(bytes: Vec<u8>, path: &str) -> Result<(), String> {
    let dump = Dump::from_bytes(bytes, path).map_err(|e| e.to_string())?;
    let mut error = None;
    for dumped in dump.layers() {
        let measured = dumped.layer.as_ref().map_err(ToString::to_string);
        let measured = measured.and_then(|layer| {
            if layer.moments_bytes() > LAYER {
                return Ok(());
            }
            layer.linear_fit().map_err(|e| e.to_string())?;
            layer.labels().map_err(|e| e.to_string())?;
            layer.moments().map_err(|e| e.to_string())?;
            Ok(())
        });
        error = error.or(measured.err());
    }
    error.map_or(Ok(()), Err)
}

fn dump_bound(input: &[u8]) -> u64 {
    2 * LAYER + BUFFERS + 64 * input.len() as u64
}

fn corpus() -> Vec<crate::dump::Entries> {
    let samples = Samples::new(4, 3, 2, 1);
    let all = with(entries("fc1", &samples), "fc1/h_b.npy", npy(&samples.h_b));
    let all = with(all, "fc1/labels.npy", npy(&array![0_i64, 1, -100, 1]));
    let narrow = with(
        entries("fc2", &samples),
        "fc2/g_b.npy",
        npy(&samples.g_b.mapv(|x| x as f32)),
    );
    let mut fortran = Array2::zeros(ndarray::ShapeBuilder::f((4, 3)));
    fortran.assign(&samples.h_a);
    let narrow = with(narrow, "fc2/h_a.npy", npy(&fortran));
    let hot = array![[1_u8, 0], [0, 1], [0, 1], [1, 0]];
    let hot = with(entries("fc\n3", &samples), "fc\n3/labels.npy", npy(&hot));
    vec![all.clone(), narrow.clone(), [all, narrow].concat(), hot]
}

#[test]
fn fuzz_npz_dumps() {
    let corpus = corpus();
    let deflated = stored().compression_method(zip::CompressionMethod::Deflated);
    let files: Vec<_> = corpus
        .iter()
        .flat_map(|entries| [npz(entries, stored()), npz(entries, deflated)])
        .collect();
    let arrays: Vec<_> = corpus
        .iter()
        .flatten()
        .map(|(_, bytes)| bytes.clone())
        .collect();
    let make = |rng: &mut ChaCha8Rng| {
        if rng.random_range(0..4) > 0 {
            return fuzz::mutated(rng, &files);
        }
        // Behind the checksums.
        let mut entries = corpus[rng.random_range(0..corpus.len())].clone();
        let at = rng.random_range(0..entries.len());
        entries[at].1 = fuzz::mutated(rng, &arrays);
        npz(
            &entries,
            if rng.random_range(0..2) > 0 {
                stored()
            } else {
                deflated
            },
        )
    };
    fuzz::fuzz(1, fuzz::inputs(), make, dump_bound, |bytes| {
        dump(bytes, "dump.npz")
    });
}

#[test]
fn fuzz_safetensors_dumps() {
    let samples = Samples::new(4, 3, 2, 1);
    let files = [
        safetensors_bytes(&tensors("fc1", &samples)),
        safetensors_bytes(&[tensors("fc1", &samples), tensors("fc\n10", &samples)].concat()),
    ];
    let make = |rng: &mut ChaCha8Rng| {
        let mut bytes = fuzz::mutated(rng, &files);
        // Most changes of length would be found in the first eight bytes.
        let end = bytes.windows(3).position(|three| three == b"]}}");
        if let Some(end) = end.filter(|_| rng.random_range(0..2) > 0 && bytes.len() > 8) {
            let length = (end as u64 + 3).saturating_sub(8);
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
        bytes
    };
    fuzz::fuzz(2, fuzz::inputs(), make, dump_bound, |bytes| {
        dump(bytes, "dump.safetensors")
    });
}

/// A zip of one stored array, with the right checksum.
fn zip_of(name: &str, array: &[u8]) -> Vec<u8> {
    npz(&vec![(name.to_owned(), array.to_vec())], stored())
}

#[test]
fn fuzz_npy_headers() {
    let mut fortran = Array2::zeros(ndarray::ShapeBuilder::f((4, 3)));
    fortran.assign(&Samples::new(4, 3, 2, 1).h_a);
    let arrays = [
        npy(&array![[1.0, 2.0], [3.0, 4.0]]),
        npy(&fortran),
        npy(&array![1_i64, 2, 3]),
    ];
    let make = |rng: &mut ChaCha8Rng| zip_of("x.npy", &fuzz::mutated(rng, &arrays));
    let bound = |input: &[u8]| BUFFERS + 64 * input.len() as u64;
    fuzz::fuzz(3, fuzz::inputs(), make, bound, |bytes| {
        let mut npz = NpzReader::new(bytes).map_err(|e| e.to_string())?;
        let array = npz.by_name::<f64, Ix2>("x");
        array.map(|_| ()).map_err(|e| e.to_string())
    });
}

#[test]
fn fuzz_moments() {
    let files: Vec<_> = [(2, 1), (3, 2)]
        .map(|(d_a, d_b)| Samples::new(9, d_a, d_b, 1).moments().to_bytes().unwrap())
        .into();
    let make = |rng: &mut ChaCha8Rng| fuzz::mutated(rng, &files);
    let bound = |input: &[u8]| BUFFERS + 64 * input.len() as u64;
    fuzz::fuzz(4, fuzz::inputs(), make, bound, |bytes| {
        let layer = LayerMoments::from_bytes(&bytes, Path::new("layer.safetensors"));
        layer.map(|_| ()).map_err(|e| e.to_string())
    });
}
