//! The door for other frameworks: what it takes, and what it refuses in clear words.

use std::fs;
use std::io::{Cursor, Write};

use crate::common::{Samples, distance, layer_distance};
use formant_moments::dump::{Dump, DumpError, LayerDump, read_dump};
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::{Array2, ArrayD, Axis, Ix1, Ix2, ShapeBuilder, arr0, array, concatenate};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use zip::write::SimpleFileOptions;

const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_mlp.npz");
const NDARRAY_NPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ndarray_npy.npz");

/// Entries of an `.npz`, name and bytes of the `.npy`.
pub type Entries = Vec<(String, Vec<u8>)>;

/// An array as NumPy would write it, in Fortran order where it is in memory.
pub fn npy<T: Number, D: ndarray::Dimension>(array: &ndarray::Array<T, D>) -> Vec<u8> {
    let fortran = !array.is_standard_layout();
    let order = if fortran { "True" } else { "False" };
    let shape: String = array.shape().iter().map(|n| format!("{n},")).collect();
    let descr = T::DESCR;
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{header:<117}\n").as_bytes());
    let numbers: Vec<&T> = if fortran {
        array.t().into_iter().collect()
    } else {
        array.iter().collect()
    };
    bytes.extend(numbers.into_iter().flat_map(T::bytes));
    bytes
}

pub trait Number {
    const DESCR: &'static str;
    fn bytes(&self) -> Vec<u8>;
}

macro_rules! number {
    ($($t:ty: $descr:literal),*) => {$(
        impl Number for $t {
            const DESCR: &'static str = $descr;
            fn bytes(&self) -> Vec<u8> {
                self.to_le_bytes().into()
            }
        }
    )*};
}

number!(f64: "<f8", f32: "<f4", i64: "<i8", i32: "<i4", i16: "<i2", i8: "|i1");
number!(u64: "<u8", u32: "<u4", u16: "<u2", u8: "|u1");

impl Number for bool {
    const DESCR: &'static str = "|b1";
    fn bytes(&self) -> Vec<u8> {
        vec![u8::from(*self)]
    }
}

pub fn entries(name: &str, samples: &Samples) -> Entries {
    let arrays = [
        ("h_a", &samples.h_a),
        ("g_b", &samples.g_b),
        ("weight", &samples.weight),
    ];
    arrays
        .map(|(role, array)| (format!("{name}/{role}.npy"), npy(array)))
        .into()
}

pub fn with(mut entries: Entries, name: &str, bytes: Vec<u8>) -> Entries {
    match entries.iter_mut().find(|(there, _)| there == name) {
        Some(entry) => entry.1 = bytes,
        None => entries.push((name.to_owned(), bytes)),
    }
    entries
}

pub fn npz(entries: &Entries, options: SimpleFileOptions) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)
}

/// All of a layer.
#[derive(Debug, PartialEq)]
struct Contents {
    name: String,
    h_a: Array2<f64>,
    h_b: Array2<f64>,
    g_a: Array2<f64>,
    g_b: Array2<f64>,
    weight: Array2<f64>,
    labels: Option<Vec<Option<usize>>>,
}

fn contents(layer: &LayerDump) -> Contents {
    let mut blocks: [Vec<Array2<f64>>; 4] = Default::default();
    layer
        .for_each_block::<DumpError>(|_, block| {
            for (to, rows) in blocks
                .iter_mut()
                .zip([block.h_a, block.h_b, block.g_a, block.g_b])
            {
                to.push(rows.to_owned());
            }
            Ok(())
        })
        .unwrap();
    let [h_a, h_b, g_a, g_b] = blocks.map(|parts| {
        let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
        concatenate(Axis(0), &views).unwrap()
    });
    assert_eq!(layer.h_a().unwrap(), h_a);
    let labels = layer.labels().unwrap();
    Contents {
        name: layer.name().to_owned(),
        h_a,
        h_b,
        g_a,
        g_b,
        weight: layer.weight().unwrap(),
        labels: labels.map(|labels| labels.of_samples().to_vec()),
    }
}

fn all_contents(layers: &[LayerDump]) -> Vec<Contents> {
    layers.iter().map(contents).collect()
}

fn read_as(file: &str, bytes: &[u8]) -> Result<Vec<LayerDump>, DumpError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    fs::write(&path, bytes).unwrap();
    read_dump(path)
}

fn read(entries: &Entries) -> Result<Vec<LayerDump>, DumpError> {
    read_as("dump.npz", &npz(entries, stored()))
}

/// The message must be a short line, name the file and hold each of the words.
#[track_caller]
fn refused(result: Result<Vec<LayerDump>, DumpError>, words: &[&str]) {
    let message = result.unwrap_err().to_string();
    for word in ["dump."].iter().chain(words) {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
    assert!(message.chars().count() < 300, "{message}");
    assert!(!message.contains(char::is_control), "{message}");
}

#[test]
fn missing_sides_are_computed() {
    let samples = Samples::new(1500, 4, 3, 1); // more rows than are computed at once
    let layers = read(&entries("fc", &samples)).unwrap();
    assert_eq!(
        (
            layers[0].name(),
            layers[0].samples(),
            layers[0].d_a(),
            layers[0].d_b()
        ),
        ("fc", 1500, 4, 3)
    );
    let moments = layers.into_iter().next().unwrap().moments().unwrap();
    assert!(layer_distance(&moments, &samples.moments()) < 1e-12);
}

#[test]
fn given_sides_are_taken_as_they_are() {
    let mut samples = Samples::new(20, 4, 3, 2);
    samples.h_b += 3.0; // a bias
    samples.g_a *= -2.0;
    let mut all = with(entries("fc", &samples), "fc/h_b.npy", npy(&samples.h_b));
    all = with(all, "fc/g_a.npy", npy(&samples.g_a));
    let moments = read(&all).unwrap().remove(0).moments().unwrap();
    assert_eq!(layer_distance(&moments, &samples.moments()), 0.0);
}

#[test]
fn every_way_to_write_the_same_numbers_is_read() {
    let samples = Samples::new(20, 4, 3, 3);
    let expected = all_contents(&read(&entries("a/b.0", &samples)).unwrap());

    let mut fortran = Array2::zeros(samples.h_a.dim().f());
    fortran.assign(&samples.h_a);
    let all = with(entries("a/b.0", &samples), "a/b.0/h_a.npy", npy(&fortran));
    assert_eq!(all_contents(&read(&all).unwrap()), expected);

    let bare = entries("a/b.0", &samples)
        .into_iter()
        .map(|(name, bytes)| (name.replace(".npy", ""), bytes))
        .collect();
    assert_eq!(all_contents(&read(&bare).unwrap()), expected);

    let deflated = stored().compression_method(zip::CompressionMethod::Deflated);
    let deflated = read_as("dump.NPZ", &npz(&entries("a/b.0", &samples), deflated));
    assert_eq!(all_contents(&deflated.unwrap()), expected);

    let narrow = samples.g_b.mapv(|x| x as f32);
    let wide = narrow.mapv(f64::from);
    let of = |bytes| {
        let all = with(entries("a/b.0", &samples), "a/b.0/g_b.npy", bytes);
        all_contents(&read(&all).unwrap())
    };
    assert_eq!(of(npy(&narrow)), of(npy(&wide)));
}

pub fn safetensors_bytes(arrays: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
    let views = arrays
        .iter()
        .map(|(name, t, shape, bytes)| (name, TensorView::new(*t, shape.clone(), bytes).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

pub fn tensors(name: &str, samples: &Samples) -> Vec<(String, Dtype, Vec<usize>, Vec<u8>)> {
    let arrays = [
        ("h_a", &samples.h_a),
        ("g_b", &samples.g_b),
        ("weight", &samples.weight),
    ];
    let bytes = |x: &Array2<f64>| x.iter().flat_map(|x| x.to_le_bytes()).collect();
    arrays
        .map(|(role, x)| {
            (
                format!("{name}/{role}"),
                Dtype::F64,
                x.shape().to_vec(),
                bytes(x),
            )
        })
        .into()
}

#[test]
fn safetensors_and_npz_are_the_same_dump() {
    let samples = [4, 5, 6].map(|seed| Samples::new(12, 4, 3, seed));
    let names = ["fc10", "fc2", "fc2/x"];
    let both: Vec<_> = names
        .iter()
        .zip(&samples)
        .flat_map(|(name, s)| tensors(name, s))
        .collect();
    let from_tensors = read_as("dump.safetensors", &safetensors_bytes(&both)).unwrap();
    let order: Vec<_> = from_tensors.iter().map(LayerDump::name).collect();
    assert_eq!(order, ["fc2", "fc2/x", "fc10"]);
    let both: Entries = names
        .iter()
        .zip(&samples)
        .flat_map(|(name, s)| entries(name, s))
        .collect();
    let mut from_npz = read(&both).unwrap();
    assert_eq!(
        from_npz.iter().map(LayerDump::name).collect::<Vec<_>>(),
        names
    ); // as written
    from_npz.rotate_left(1);
    assert_eq!(all_contents(&from_npz), all_contents(&from_tensors));
}

#[test]
fn what_pytorch_wrote_is_read() {
    let layers = read_dump(TINY).unwrap();
    let shapes: Vec<_> = layers
        .iter()
        .map(|l| (l.name(), l.samples(), l.d_a(), l.d_b()))
        .collect();
    assert_eq!(shapes, [("0", 64, 8, 7), ("3", 64, 7, 7), ("5", 64, 7, 3)]);
    for layer in layers {
        layer.moments().unwrap();
    }
}

#[test]
fn containers_that_are_not_dumps() {
    refused(read_dump("no such dump.npz"), &["no such dump.npz"]);
    refused(
        read_as("dump.pt", b"anything"),
        &["PyTorch", ".npz or .safetensors", "np.savez"],
    );
    for file in ["dump.npz", "dump.safetensors"] {
        refused(read_as(file, b""), &["empty"]);
        refused(
            read_as(file, b"PK but then something else entirely"),
            &["damaged"],
        );
    }
    refused(read(&Vec::new()), &["no layers"]);
    refused(
        read_as("dump.safetensors", &safetensors_bytes(&[])),
        &["no layers"],
    );
}

#[test]
fn truncated_files() {
    let samples = Samples::new(20, 4, 3, 7);
    let zip = npz(&entries("fc", &samples), stored());
    let tensors = safetensors_bytes(&tensors("fc", &samples));
    for share in [0.1, 0.5, 0.9, 0.999] {
        for (file, bytes) in [("dump.npz", &zip), ("dump.safetensors", &tensors)] {
            refused(
                read_as(file, &bytes[..(bytes.len() as f64 * share) as usize]),
                &["truncated"],
            );
        }
    }
}

#[test]
fn flipped_bits_are_found_by_the_checksum() {
    let samples = Samples::new(20, 4, 3, 8);
    let mut zip = npz(&entries("fc", &samples), stored());
    zip[400] ^= 1; // inside h_a's numbers
    refused(read_as("dump.npz", &zip), &["fc/h_a", "damaged"]);
}

#[test]
fn headers_that_ask_for_too_much() {
    let samples = Samples::new(20, 4, 3, 9);
    for shape in [
        "(20, 5), ",
        "(200000000000, 40000), ",
        "(18446744073709551615, 9), ",
    ] {
        let mut bytes = npy(&samples.h_a);
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}");
        bytes[10..128].fill(b' ');
        bytes[10..10 + text.len()].copy_from_slice(text.as_bytes());
        bytes[127] = b'\n';
        refused(
            read(&with(entries("fc", &samples), "fc/h_a.npy", bytes)),
            &["fc/h_a", "damaged"],
        );
    }
    refused(
        read(&with(
            entries("fc", &samples),
            "fc/g_b.npy",
            b"\x93NUMPY".to_vec(),
        )),
        &["fc/g_b", "damaged"],
    );
    let mut cut = npy(&samples.weight);
    cut.truncate(cut.len() - 3);
    refused(
        read(&with(entries("fc", &samples), "fc/weight.npy", cut)),
        &["fc/weight", "damaged", "221 bytes, but 224"],
    );
}

#[test]
fn arrays_that_are_missing_unknown_or_twice() {
    let samples = Samples::new(20, 4, 3, 10);
    for role in ["h_a", "g_b", "weight"] {
        let mut some = entries("net/fc.1", &samples);
        some.retain(|(name, _)| !name.contains(role));
        refused(read(&some), &[&format!("`net/fc.1/{role}` is missing")]);
    }
    refused(
        read(&with(
            entries("fc", &samples),
            "fc/bias.npy",
            npy(&samples.h_a),
        )),
        &["`fc/bias` has no meaning"],
    );
    refused(
        read(&with(
            entries("fc", &samples),
            "loose.npy",
            npy(&samples.h_a),
        )),
        &["`loose` has no meaning"],
    );
    refused(
        read(&with(entries("fc", &samples), "fc/h_a", npy(&samples.h_a))),
        &["`fc/h_a` is there twice"],
    );
    let extra = ("x".to_owned(), Dtype::F64, vec![0], Vec::new());
    let all = [tensors("fc", &samples), vec![extra]].concat();
    refused(
        read_as("dump.safetensors", &safetensors_bytes(&all)),
        &["`x` has no meaning"],
    );
}

#[test]
fn arrays_that_do_not_fit() {
    let samples = Samples::new(20, 4, 3, 11);
    let other = Samples::new(19, 5, 2, 12);
    let refused_with = |role: &str, bytes: Vec<u8>, words: &[&str]| {
        refused(
            read(&with(
                entries("fc", &samples),
                &format!("fc/{role}.npy"),
                bytes,
            )),
            words,
        );
    };
    refused_with(
        "g_b",
        npy(&other.g_b),
        &["`fc/g_b` is [19, 2], expected [20, 3] to fit fc/h_a"],
    );
    refused_with(
        "h_a",
        npy(&other.h_a),
        &["`fc/h_a` is [19, 5]", "the weight [3, 4]"],
    );
    refused_with(
        "h_b",
        npy(&samples.h_a),
        &["`fc/h_b` is [20, 4], expected [20, 3]"],
    );
    refused_with(
        "g_a",
        npy(&samples.g_b),
        &["`fc/g_a` is [20, 3], expected [20, 4]"],
    );
    refused_with(
        "weight",
        npy(&samples.weight.t().to_owned()),
        &["`fc/weight` is [4, 3], the transpose of the expected [d_b, d_a] = [3, 4]"],
    );
    refused_with(
        "weight",
        npy(&arr0(1.0)),
        &["`fc/weight` is [], expected 2 axes, [d_b, d_a]"],
    );
    refused_with(
        "g_b",
        npy(&ArrayD::<f32>::zeros(vec![2, 10, 3])),
        &["`fc/g_b` is [2, 10, 3], expected 2 axes"],
    );
    refused_with(
        "weight",
        npy(&Array2::<f64>::zeros((3, 0))),
        &["`fc/weight` is [3, 0]", "at least one neuron"],
    );
    for n in [0, 1] {
        let few = Samples::new(n, 4, 3, 13);
        refused(
            read(&entries("fc", &few)),
            &[&format!("`fc/h_a` holds {n} samples, at least 2")],
        );
    }
}

#[test]
fn values_and_types_that_are_not_numbers() {
    let samples = Samples::new(20, 4, 3, 14);
    let at = |name: &str, bytes: Vec<u8>| read(&with(entries("fc", &samples), name, bytes));
    let mut bad = samples.g_b.clone();
    bad[[7, 2]] = f64::NAN;
    refused(
        at("fc/g_b.npy", npy(&bad)),
        &["`fc/g_b` holds NaN at row 7, column 2"],
    );
    bad[[7, 2]] = f64::INFINITY;
    refused(at("fc/g_b.npy", npy(&bad)), &["holds inf at row 7"]);
    refused(
        at("fc/h_a.npy", npy(&samples.h_a.mapv(|x| x as i32))),
        &["`fc/h_a` is of type", "<i4", "float32 or float64"],
    );
    for (descr, found) in [("<c8", "<c8"), (">f8", "a big-endian number")] {
        let mut bytes = npy(&samples.weight);
        let start = bytes.windows(3).position(|three| three == b"<f8").unwrap();
        bytes[start..start + 3].copy_from_slice(descr.as_bytes());
        refused(
            at("fc/weight.npy", bytes),
            &["`fc/weight` is of type", found],
        );
    }
    let mut all = tensors("fc", &samples);
    all[0].1 = Dtype::I16;
    all[0].3.truncate(20 * 4 * 2);
    refused(
        read_as("dump.safetensors", &safetensors_bytes(&all)),
        &["`fc/h_a` is of type", "I16"],
    );
}

#[test]
fn half_precision_is_read() {
    // 1, -2.5, the smallest of float16, and 3 beside bfloat16's 3.140625.
    for (dtype, bits, expected) in [
        (
            Dtype::F16,
            [0x3c00_u16, 0xc100, 0x0001, 0x4200],
            [1.0, -2.5, 2_f64.powi(-24), 3.0],
        ),
        (
            Dtype::BF16,
            [0x3f80, 0xc020, 0x3380, 0x4049],
            [1.0, -2.5, 2_f64.powi(-24), 3.140_625],
        ),
    ] {
        let samples = Samples::new(4, 2, 2, 3);
        let mut all = tensors("fc", &samples);
        let bytes = bits
            .iter()
            .flat_map(|bits| bits.to_le_bytes())
            .collect::<Vec<_>>();
        all[0] = ("fc/h_a".to_owned(), dtype, vec![4, 2], bytes.repeat(2));
        all.push(("fc/labels".to_owned(), dtype, vec![4], vec![0; 8]));
        let layers = read_as("dump.safetensors", &safetensors_bytes(&all));
        let h_a = layers.unwrap()[0].h_a().unwrap();
        assert_eq!(
            h_a.iter().copied().collect::<Vec<_>>(),
            expected.repeat(2),
            "{dtype:?}"
        );
    }
}

#[test]
fn a_folder_of_arrays_is_read_like_a_file_of_them() {
    let samples = Samples::new(20, 4, 3, 3);
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for layer in ["block.10/fc", "block.9/fc"] {
        put(&format!("{layer}/h_a.npy"), npy(&samples.h_a));
        put(&format!("{layer}/g_b.npy"), npy(&samples.g_b));
        put(&format!("{layer}/weight.npy"), npy(&samples.weight));
    }
    put("block.9/fc/notes.txt", b"passed by".to_vec());
    put("block.11/h_a.npy", npy(&samples.h_a));
    put("block.12/h_a.npy", b"no array".to_vec());
    let layers = Dump::open(folder.path()).unwrap().into_layers();
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["block.9/fc", "block.10/fc", "block.11", "block.12"]);
    let first = layers[0].layer.as_ref().unwrap();
    assert_eq!(first.h_a().unwrap(), samples.h_a);
    assert_eq!(first.weight().unwrap(), samples.weight);
    let refusal = |at: usize| layers[at].layer.as_ref().unwrap_err().to_string();
    assert!(
        refusal(2).contains("`block.11/g_b` is missing"),
        "{}",
        refusal(2)
    );
    assert!(
        refusal(3).contains("`block.12/h_a` is damaged"),
        "{}",
        refusal(3)
    );
    fs::remove_file(folder.path().join("block.9/fc/h_a.npy")).unwrap();
    let gone = first.h_a().unwrap_err().to_string();
    assert!(gone.contains("h_a.npy"), "{gone}");
    let empty = tempfile::tempdir().unwrap();
    let error = Dump::open(empty.path()).unwrap_err().to_string();
    assert!(error.contains("no layers"), "{error}");
}

#[test]
fn what_ndarray_npy_wrote_is_read() {
    // Of doubles, with labels of 64 bits, gradients in Fortran order and a weight of floats; written by ndarray-npy 0.10.
    let layer = contents(&read_dump(NDARRAY_NPY).unwrap()[0]);
    let h_a = Array2::from_shape_fn((5, 2), |(i, j)| i as f64 - 0.5 * j as f64);
    let g_b = Array2::from_shape_fn((5, 2), |(i, j)| 0.25 * (2 * i + j) as f64 - 1.0);
    assert_eq!(
        (layer.name.as_str(), layer.h_a, layer.g_b),
        ("fc", h_a, g_b)
    );
    assert_eq!(layer.weight, array![[1.0, 2.0], [3.0, -4.0]]);
    assert_eq!(layer.labels, Some([0, 1, 1, 0, 2].map(Some).to_vec()));
}

#[test]
fn our_own_writer_is_read_and_written_again_bit_for_bit() {
    let samples = Samples::new(5, 2, 2, 15);
    let mut writer = NpzWriter::new();
    for (role, array) in [
        ("h_a", &samples.h_a),
        ("g_b", &samples.g_b),
        ("weight", &samples.weight),
    ] {
        writer.add_array(&format!("fc/{role}"), array).unwrap();
    }
    let bytes = writer.finish().unwrap();
    assert_eq!(
        all_contents(&read_as("dump.npz", &bytes).unwrap()),
        all_contents(&read(&entries("fc", &samples)).unwrap())
    );

    let mut npz = NpzReader::new(bytes).unwrap();
    let names: Vec<&str> = npz.entries().collect();
    assert_eq!(names, ["fc/h_a.npy", "fc/g_b.npy", "fc/weight.npy"]);
    assert_eq!(npz.by_name::<f64, Ix2>("fc/h_a").unwrap(), samples.h_a);
    let narrow = npz.by_name::<f32, Ix2>("fc/h_a").unwrap_err().to_string();
    assert!(
        narrow.contains("<f8, expected little-endian float32"),
        "{narrow}"
    );
    let flat = npz.by_name::<f64, Ix1>("fc/h_a").unwrap_err().to_string();
    assert!(flat.contains("[5, 2], expected 1 axes"), "{flat}");
    assert!(npz.by_name::<f64, Ix2>("fc/h_b").is_err());

    let mut twice = NpzWriter::new();
    twice.add_array("x", &array![1.0_f32]).unwrap();
    assert!(twice.add_array("x", &array![1.0_f32]).is_err());
}

#[test]
fn nested_headers_are_refused_at_once() {
    let samples = Samples::new(4, 4, 3, 19);
    for depth in [22, 30_000] {
        let shape = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n");
        let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
        refused(
            read(&with(entries("fc", &samples), "fc/h_a.npy", bytes)),
            &["`fc/h_a` is damaged", "where `(` is expected"],
        );
    }
}

#[test]
fn views_and_blocks_are_the_samples() {
    let samples = Samples::new(1500, 4, 3, 16);
    let bare = read(&entries("fc", &samples)).unwrap().remove(0);
    let mut all = with(entries("fc", &samples), "fc/h_b.npy", npy(&samples.h_b));
    all = with(all, "fc/g_a.npy", npy(&samples.g_a));
    let full = read(&all).unwrap().remove(0);
    for dump in [&bare, &full] {
        let all = contents(dump);
        assert_eq!((&all.h_a, &all.g_b), (&samples.h_a, &samples.g_b));
        assert_eq!(all.weight, samples.weight);
        assert_eq!(all.labels, None);
        let some = [0, 3, 1023, 1024, 1499];
        let chosen = samples.h_a.select(Axis(0), &some);
        assert_eq!(dump.h_a_rows(&some).unwrap(), chosen);
        let mut next = 0;
        dump.for_each_block::<DumpError>(|rows, block| {
            assert_eq!(rows.start, next);
            next = rows.end;
            let expected = samples.block(rows);
            assert_eq!((block.h_a, block.g_b), (expected.h_a, expected.g_b));
            assert!(distance(&block.h_b.to_owned(), &expected.h_b.to_owned()) < 1e-14);
            assert!(distance(&block.g_a.to_owned(), &expected.g_a.to_owned()) < 1e-14);
            Ok(())
        })
        .unwrap();
        assert_eq!(next, 1500);
    }
    let mut calls = 0;
    let stopped = bare.for_each_block(|_, _| {
        calls += 1;
        Err(DumpError::NoLayers {
            path: "enough".into(),
        })
    });
    assert!(stopped.unwrap_err().to_string().contains("enough") && calls == 1);
}

#[test]
fn labels_of_every_type_are_the_same_classes() {
    let samples = Samples::new(6, 4, 3, 17);
    let classes = [0_u8, 1, 1, 0, 2, 1];
    let expected = Some(classes.map(|class| Some(usize::from(class))).to_vec());
    let whole = ndarray::Array1::from_iter(classes);
    let labels = [
        npy(&whole),
        npy(&whole.mapv(|x| x as i8)),
        npy(&whole.mapv(i16::from)),
        npy(&whole.mapv(i32::from)),
        npy(&whole.mapv(i64::from)),
        npy(&whole.mapv(u16::from)),
        npy(&whole.mapv(u32::from)),
        npy(&whole.mapv(u64::from)),
        npy(&whole.mapv(f32::from)),
        npy(&whole.mapv(f64::from)),
    ];
    for bytes in labels {
        let dump = read(&with(entries("fc", &samples), "fc/labels.npy", bytes)).unwrap();
        assert_eq!(contents(&dump[0]).labels, expected);
    }
    let two = with(
        entries("fc", &samples),
        "fc/labels.npy",
        npy(&whole.mapv(|x| x == 1)),
    );
    let two_classes = Some([0, 1, 1, 0, 0, 1].map(Some).to_vec());
    assert_eq!(contents(&read(&two).unwrap()[0]).labels, two_classes);

    let signed = |bytes: fn(u8) -> Vec<u8>| classes.into_iter().flat_map(bytes).collect::<Vec<_>>();
    let tensors_of = [
        (Dtype::U8, signed(|x| vec![x])),
        (Dtype::I8, signed(|x| vec![x])),
        (Dtype::I16, signed(|x| i16::from(x).to_le_bytes().into())),
        (Dtype::I32, signed(|x| i32::from(x).to_le_bytes().into())),
        (Dtype::I64, signed(|x| i64::from(x).to_le_bytes().into())),
        (Dtype::U16, signed(|x| u16::from(x).to_le_bytes().into())),
        (Dtype::U32, signed(|x| u32::from(x).to_le_bytes().into())),
        (Dtype::U64, signed(|x| u64::from(x).to_le_bytes().into())),
        (Dtype::F32, signed(|x| f32::from(x).to_le_bytes().into())),
        (Dtype::F64, signed(|x| f64::from(x).to_le_bytes().into())),
    ];
    for (dtype, bytes) in tensors_of {
        let labels = ("fc/labels".to_owned(), dtype, vec![6], bytes);
        let all = [tensors("fc", &samples), vec![labels]].concat();
        let dump = read_as("dump.safetensors", &safetensors_bytes(&all)).unwrap();
        assert_eq!(contents(&dump[0]).labels, expected, "{dtype}");
    }
}

#[test]
fn labels_that_are_no_classes() {
    let samples = Samples::new(4, 4, 3, 18);
    let refused_with = |bytes: Vec<u8>, words: &[&str]| {
        let all = with(entries("fc", &samples), "fc/labels.npy", bytes);
        refused(read(&all), words);
    };
    let wrong_shape = ["`fc/labels` is [3], expected [4]", "fc/h_a"];
    refused_with(npy(&array![1_i64, 2, 3]), &wrong_shape);
    refused_with(
        npy(&array![[1_i64], [2], [3], [0]]),
        &["`fc/labels` is [4, 1], expected [4]"],
    );
    refused_with(npy(&arr0(1_i64)), &["`fc/labels` is [], expected [4]"]);
    refused_with(
        npy(&array![0_i32, 1, -2, 0]),
        &["`fc/labels` holds -2 at row 2", "0 or more"],
    );
    refused_with(
        npy(&array![0.0, 1.5, 1.0, 0.0]),
        &["`fc/labels` holds 1.5 at row 1", "whole numbers"],
    );
    refused_with(
        npy(&array![0.0, 1.0, 1.0, f64::NAN]),
        &["`fc/labels` holds NaN at row 3"],
    );
    refused_with(
        npy(&array![f32::INFINITY, 1.0, 1.0, 0.0]),
        &["`fc/labels` holds inf at row 0"],
    );
    let mut complex = npy(&array![0.0, 1.0, 1.0, 0.0]);
    let start = complex
        .windows(3)
        .position(|three| three == b"<f8")
        .unwrap();
    complex[start..start + 3].copy_from_slice(b"<c8");
    refused_with(complex, &["`fc/labels` is of type", "<c8", "an integer"]);
    refused_with(b"\x93NUMPY".to_vec(), &["`fc/labels` is damaged"]);
}
