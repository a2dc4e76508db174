//! The items of the context task.

use formant_data::{ContextConfig, DataError, FiniteTask, Task, context_items};
use ndarray::s;
use proptest::prelude::*;

#[test]
fn the_papers_items() {
    let items = context_items(ContextConfig::default()).unwrap();
    assert_eq!(
        (items.inputs.dim(), items.targets.dim()),
        ((1800, 27), (1800, 1))
    );
    assert_eq!(
        (items.context.len(), items.x.len(), items.y.len()),
        (1800, 1800, 1800)
    );
    // The first item: a bump at the corner (-1, -1), where r² of pixel (i, j) is (i² + j²) / 4.
    let bump = |k: usize| (-0.125 * ((k / 5).pow(2) + (k % 5).pow(2)) as f64).exp();
    let sum: f64 = (0..25).map(bump).sum();
    for k in 0..25 {
        let expected = bump(k) / sum;
        assert!((f64::from(items.inputs[[0, k]]) - expected).abs() < 1e-8);
    }
    assert_eq!(
        (items.x[0], items.y[0], items.x[29], items.y[870]),
        (-1.0, -1.0, 1.0, 1.0)
    );
    // Both contexts show the same images, with their own bits and targets.
    let (a, b) = (s![..900, ..25], s![900.., ..25]);
    assert_eq!(items.inputs.slice(a), items.inputs.slice(b));
    for i in 0..1800 {
        let c = items.context[i] as usize;
        assert_eq!(c, i / 900);
        assert_eq!(
            (items.inputs[[i, 25 + c]], items.inputs[[i, 26 - c]]),
            (1.0, 0.0)
        );
        assert_eq!(items.targets[[i, 0]], [items.x[i], items.y[i]][c] as f32);
    }
    assert!(
        FiniteTask::new("context", items.inputs, items.targets, 0)
            .unwrap()
            .holdout(1800)
            .is_ok()
    );
}

#[test]
fn impossible_settings_are_refused() {
    let fine = ContextConfig::default();
    let refused = [
        (ContextConfig { pixels: 1, ..fine }, "pixels is 1"),
        (ContextConfig { pixels: 33, ..fine }, "pixels is 33"),
        (ContextConfig { centres: 0, ..fine }, "centres is 0"),
        (
            ContextConfig {
                centres: 257,
                ..fine
            },
            "centres is 257",
        ),
        (ContextConfig { sigma: 0.0, ..fine }, "sigma is 0"),
        (
            ContextConfig {
                sigma: f64::NAN,
                ..fine
            },
            "sigma is NaN",
        ),
        (
            ContextConfig {
                sigma: 1e-3,
                ..fine
            },
            "reaches a pixel",
        ),
        (
            ContextConfig {
                sigma: 1e-300,
                ..fine
            },
            "reaches a pixel",
        ),
    ];
    for (config, says) in refused {
        let error = context_items(config).unwrap_err();
        assert!(matches!(error, DataError::Config { .. }));
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(serde_json::from_str::<ContextConfig>(r#"{"sigmas": 1.0}"#).is_err());
    assert_eq!(serde_json::from_str::<ContextConfig>("{}").unwrap(), fine);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn images_sum_to_one_and_turn_with_their_centres(pixels in 2..7_usize, centres in 2..7_usize, sigma in 0.2..3.0_f64) {
        let items = context_items(ContextConfig { pixels, centres, sigma }).unwrap();
        for (i, row) in items.inputs.rows().into_iter().enumerate() {
            let image = row.slice(s![..pixels * pixels]).to_shape((pixels, pixels)).unwrap().to_owned();
            prop_assert!((image.sum() - 1.0).abs() < 1e-5);
            // Swapping x and y transposes the image.
            let bump = i % (centres * centres);
            let other = bump % centres * centres + bump / centres;
            prop_assert_eq!((items.x[i], items.y[i]), (items.y[other], items.x[other]));
            let swapped = items.inputs.slice(s![other, ..pixels * pixels]).to_shape((pixels, pixels)).unwrap().to_owned();
            prop_assert!((&image - &swapped.t()).iter().all(|d| d.abs() < 1e-7));
        }
    }
}
