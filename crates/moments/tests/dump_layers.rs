//! What belongs to one layer of a dump: refusals that leave the others alone, labels, and whether the weight fits.

use std::path::Path;

use crate::common::{Samples, normal};
use crate::dump::{Entries, entries, npy, npz, stored, with};
use formant_moments::dump::{Dump, DumpError, FitCause, LayerDump, UNFIT};
use ndarray::{Array1, Array2, array};

fn open(entries: &Entries) -> Dump {
    Dump::from_bytes(npz(entries, stored()), "dump.npz").unwrap()
}

fn layer(entries: &Entries) -> LayerDump {
    let dumped = open(entries).into_layers().remove(0);
    dumped.layer.unwrap()
}

#[test]
fn one_bad_layer_does_not_cost_the_others() {
    let samples = Samples::new(20, 4, 3, 1);
    let good = |name| entries(name, &samples);
    let mut without = good("without");
    without.retain(|(name, _)| !name.contains("weight"));
    let extra = with(good("extra"), "extra/bias.npy", npy(&array![1.0]));
    let half = with(good("half"), "half/h_a.npy", b"\x93NUMPY".to_vec());
    let loose = vec![("loose.npy".to_owned(), npy(&array![1.0]))];
    let dump = open(&[good("first"), without, extra, half, loose, good("last")].concat());
    let found: Vec<_> = dump
        .layers()
        .iter()
        .map(|dumped| (dumped.name.as_str(), dumped.layer.as_ref()))
        .collect();
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["first", "without", "extra", "half", "loose", "last"]
    );
    for (name, layer) in found {
        let reason = match name {
            "without" => "`without/weight` is missing",
            "extra" => "`extra/bias` has no meaning",
            "half" => "`half/h_a` is damaged",
            "loose" => "`loose` has no meaning",
            _ => {
                layer.unwrap().moments().unwrap();
                continue;
            }
        };
        let error = layer.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn numbers_are_checked_when_they_are_read() {
    let samples = Samples::new(1500, 4, 3, 1);
    let mut bad = samples.g_b.clone();
    bad[[1400, 2]] = f64::NAN;
    let layer = layer(&with(entries("fc", &samples), "fc/g_b.npy", npy(&bad)));
    let error = layer.moments().unwrap_err().to_string();
    assert!(
        error.contains("`fc/g_b` holds NaN at row 1400, column 2"),
        "{error}"
    );
    assert!(layer.h_a().is_ok());
}

#[test]
fn an_entry_ends_where_its_header_says() {
    let samples = Samples::new(20, 4, 3, 1);
    let longer = normal(30, 4, 9);
    // The directory says what the entry holds, and the array's header what it should.
    let mut bytes = npy(&longer);
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (20, 4), }";
    bytes[10..128].fill(b' ');
    bytes[10..10 + text.len()].copy_from_slice(text.as_bytes());
    bytes[127] = b'\n';
    for method in [
        zip::CompressionMethod::Stored,
        zip::CompressionMethod::Deflated,
    ] {
        let options = stored().compression_method(method);
        let whole = npz(
            &with(entries("fc", &samples), "fc/h_a.npy", bytes.clone()),
            options,
        );
        let dump = Dump::from_bytes(whole.clone(), "dump.npz").unwrap();
        let error = dump.layers()[0].layer.as_ref().unwrap_err().to_string();
        assert!(
            error.contains("`fc/h_a` is damaged: 1088 bytes, but 768"),
            "{error}"
        );
        // A directory that lies as the header does: what is stored goes on all the same.
        let mut lying = whole;
        let size = (bytes.len() as u32).to_le_bytes();
        let at = lying.len()
            - lying
                .windows(4)
                .rev()
                .position(|four| four == size)
                .unwrap()
            - 4;
        lying[at..at + 4].copy_from_slice(&768_u32.to_le_bytes());
        let dump = Dump::from_bytes(lying, "dump.npz").unwrap();
        let layer = dump.layers()[0].layer.as_ref().unwrap();
        let error = layer.check().unwrap_err().to_string();
        assert!(error.contains("`fc/h_a` is damaged: it goes on"), "{error}");
    }
}

#[test]
fn unsupported_compression_is_named() {
    let samples = Samples::new(20, 4, 3, 1);
    let whole = npz(&entries("fc", &samples), stored());
    for (method, name) in [(12_u8, "bzip2"), (14, "lzma"), (93, "zstd")] {
        let mut bytes = whole.clone();
        // The method of the first entry, in the local header and in the directory.
        let directory = bytes
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
        bytes[8] = method;
        bytes[directory + 10] = method;
        let dump = Dump::from_bytes(bytes, "dump.npz").unwrap();
        let error = dump.layers()[0].layer.as_ref().unwrap_err().to_string();
        assert!(
            error.contains(&format!("`fc/h_a` is compressed with {name}")),
            "{error}"
        );
        assert!(!error.contains("damaged"), "{error}");
    }
}

#[test]
fn names_and_files_that_are_no_dumps_get_an_answer() {
    for (path, words) in [
        ("model.pt", "PyTorch"),
        ("-", "standard input"),
        ("x.npy", "a single array"),
        ("x", "no extension"),
        ("x.h5", "extension `h5`"),
    ] {
        let error = Dump::from_bytes(vec![1], path).unwrap_err();
        assert!(matches!(error, DumpError::Extension { .. }), "{error}");
        let error = error.to_string();
        assert!(error.starts_with(path) && error.contains(words), "{error}");
    }
}

#[test]
fn messages_are_one_short_line_whatever_the_names_are() {
    let samples = Samples::new(20, 4, 3, 1);
    let wild = format!("a\n\u{1b}[31m{}\u{9b}", "é".repeat(3000));
    let mut all = entries(&wild, &samples);
    all.retain(|(name, _)| !name.contains("g_b"));
    all.push((format!("{wild}2.npy"), npy(&array![1.0])));
    let path = format!("{}/dump\n.npz", "x".repeat(3000));
    let dump = Dump::from_bytes(npz(&all, stored()), Path::new(&path)).unwrap();
    let errors: Vec<_> = dump
        .layers()
        .iter()
        .filter_map(|l| l.layer.as_ref().err())
        .collect();
    assert_eq!(errors.len(), 2);
    for error in errors {
        let error = error.to_string();
        assert!(error.chars().count() < 300, "{error}");
        assert!(!error.contains(char::is_control), "{error}");
    }
}

#[test]
fn memory_follows_from_widths_and_not_from_samples() {
    let of = |n, d_a, d_b| layer(&entries("fc", &Samples::new(n, d_a, d_b, 1))).moments_bytes();
    assert_eq!(of(2000, 8, 8), of(9000, 8, 8));
    let (narrow, wide) = (of(4, 4, 64), of(4, 4, 640));
    assert!(wide - narrow > 6 * 8 * (640 * 640 - 64 * 64));
    // Rows of an array in Fortran order are only together once all of it is read.
    let samples = Samples::new(2000, 8, 8, 1);
    let columns = Array2::from_shape_vec(
        ndarray::ShapeBuilder::f((2000, 8)),
        samples.h_a.t().iter().copied().collect(),
    );
    let fortran = with(
        entries("fc", &samples),
        "fc/h_a.npy",
        npy(&columns.unwrap()),
    );
    assert_eq!(
        layer(&fortran).moments_bytes(),
        of(2000, 8, 8) + 8 * 2000 * 8
    );
}

#[test]
fn a_block_is_all_that_is_in_memory() {
    let samples = Samples::new(60_000, 6, 5, 1);
    let deflated = stored().compression_method(zip::CompressionMethod::Deflated);
    for options in [stored(), deflated] {
        let bytes = npz(&entries("fc", &samples), options);
        let dump = Dump::from_bytes(bytes, "dump.npz").unwrap();
        let layer = dump.layers()[0].layer.as_ref().unwrap();
        layer.moments().unwrap(); // matrix products keep a buffer for each thread
        let used = allocation_counter::measure(|| drop(layer.moments().unwrap()));
        // The arrays alone are 60,000 x 11 numbers of 8 bytes.
        assert!(used.bytes_max < 1 << 20, "{}", used.bytes_max);
        assert!(
            used.bytes_max < layer.moments_bytes() + (1 << 19),
            "{}",
            used.bytes_max
        );
    }
}

#[test]
fn labels_without_a_class_and_one_hot_labels() {
    let samples = Samples::new(5, 4, 3, 1);
    let labels = |bytes| {
        let layer = layer(&with(entries("fc", &samples), "fc/labels.npy", bytes));
        layer.labels().map(Option::unwrap)
    };
    let found = labels(npy(&array![0_i64, -100, 2, -1, 2])).unwrap();
    assert_eq!(found.of_samples(), [Some(0), None, Some(2), None, Some(2)]);
    assert_eq!((found.ignored(), found.classes()), (2, None));
    let hot = array![
        [1_u8, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [1, 0, 0, 0]
    ];
    let found = labels(npy(&hot)).unwrap();
    assert_eq!(found.of_samples(), [0, 2, 1, 2, 0].map(Some));
    assert_eq!((found.ignored(), found.classes()), (0, Some(4)));
    assert_eq!(labels(npy(&hot.mapv(f32::from))).unwrap(), found);
    for (row, bad) in [[1.0, 1.0], [0.0, 0.0], [0.5, 0.5], [2.0, 0.0]]
        .iter()
        .enumerate()
    {
        let mut soft = Array2::from_shape_fn((5, 2), |(_, j)| j as f64);
        soft.row_mut(row)
            .assign(&Array1::from_iter(bad.iter().copied()));
        let error = labels(npy(&soft)).unwrap_err().to_string();
        assert!(
            error.contains(&format!("row {row}, is not one-hot")),
            "{error}"
        );
    }
}

#[test]
fn outputs_that_are_not_those_of_the_weight() {
    let mut samples = Samples::new(1500, 6, 6, 3);
    samples.weight *= 0.4;
    let linear = samples.h_a.dot(&samples.weight.t()) + array![0.1, -0.5, 0.3, 0.0, 2.0, -1.0];
    let fit = |samples: &Samples, h_b: &Array2<f64>| {
        let all = with(entries("fc", samples), "fc/h_b.npy", npy(h_b));
        layer(&all).linear_fit().unwrap()
    };
    let sound = fit(&samples, &linear.mapv(|x| f64::from(x as f32))).unwrap();
    assert!(sound.residual < 1e-6 && sound.cause.is_none(), "{sound:?}");
    // Eight bits of mantissa, as bfloat16 has.
    let coarse = linear.mapv(|x| {
        let unit = 2.0_f64.powi(x.abs().log2().floor() as i32 - 7);
        (x / unit).round() * unit
    });
    let coarse = fit(&samples, &coarse).unwrap();
    assert!(
        coarse.residual < UNFIT / 3.0 && coarse.cause.is_none(),
        "{coarse:?}"
    );
    let transposed = samples.h_a.dot(&samples.weight) + 0.5;
    let unrelated = normal(1500, 6, 77);
    for (h_b, cause) in [
        (transposed, FitCause::TransposedWeight),
        (linear.mapv(|x| x.max(0.0)), FitCause::AfterRelu),
        (linear.mapv(f64::tanh), FitCause::AfterTanh),
        (
            linear.mapv(|x| 1.0 / (1.0 + (-x).exp())),
            FitCause::AfterSigmoid,
        ),
        (unrelated.mapv(f64::abs), FitCause::Unknown),
        (unrelated.mapv(f64::tanh), FitCause::Unknown),
        (unrelated, FitCause::Unknown),
    ] {
        let found = fit(&samples, &h_b).unwrap();
        assert!(
            found.residual > UNFIT && found.cause == Some(cause),
            "{found:?}, not {cause:?}"
        );
    }
    // An input that was changed in place after the output was computed.
    let fit_of = |h_a: Array2<f64>| {
        let changed = with(entries("fc", &samples), "fc/h_a.npy", npy(&h_a));
        let changed = with(changed, "fc/h_b.npy", npy(&linear));
        layer(&changed).linear_fit().unwrap().unwrap()
    };
    let found = fit_of(samples.h_a.mapv(|x| x.max(0.0)));
    assert!(
        found.residual > 0.3 && found.cause == Some(FitCause::Unknown),
        "{found:?}"
    );
    assert_eq!(fit(&samples, &Array2::zeros((1500, 6))), None);
    assert_eq!(layer(&entries("fc", &samples)).linear_fit().unwrap(), None);
}
