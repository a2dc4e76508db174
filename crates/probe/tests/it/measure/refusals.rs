//! What a measurement refuses, and for whom.

use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use formant_moments::{LayerMoments, Moment, MomentsError, Side, Variant};
use formant_probe::{
    MomentsCollector, Observer, ProbeError, Site, Tap, measure, measure_members, observe,
};
use ndarray::Array2;

use super::{B, Net, data, gap, matrix, rows, tensor, weights};

#[test]
fn a_layer_that_the_loss_does_not_depend_on_is_named() {
    let net = Net::new();
    let (x, _) = data(4);
    let result = measure::<B, _, _>([rows(&x)], |x, tap| {
        net.forward(x.clone(), tap);
        net.first.forward(x).sum() // goes around what the tap gave back
    });
    let Err(error @ ProbeError::NoGradient { .. }) = result else {
        panic!("{result:?}")
    };
    assert!(error.to_string().contains("'first'"), "{error}");
}

#[test]
fn a_loss_that_depends_on_no_layer_is_an_error_too() {
    let net = Net::new();
    let (x, _) = data(4);
    let result = measure::<B, _, _>([rows(&x)], |x, tap| net.forward(x, tap).detach().sum());
    assert!(
        matches!(result, Err(ProbeError::NoGradient { .. })),
        "{result:?}"
    );
}

#[test]
fn chunks_that_visit_other_layers_are_refused() {
    let net = Net::new();
    let (x, _) = data(4);
    let result = measure::<B, _, _>([("first", 1), ("other", 2)], |(name, factor), tap| {
        let h = net.first.forward(rows(&x));
        observe(tap, &Site::new(name), rows(&x), &net.first, h)
            .sum()
            .mul_scalar(factor)
    });
    match result {
        Err(ProbeError::SitesChanged { expected, found }) => {
            assert_eq!(
                (expected, found),
                (vec!["first".to_owned()], vec!["other".to_owned()])
            );
        }
        other => panic!("{other:?}"),
    }
    let mut collector = MomentsCollector::default();
    let mut tap = Tap::new();
    let (_, t) = data(4);
    let mut gradients = net.loss(rows(&x), rows(&t), &mut tap).backward();
    collector.add(tap.samples(&mut gradients).unwrap()).unwrap();
    let nothing = collector.add::<<B as AutodiffBackend>::InnerBackend>(vec![]);
    assert!(
        matches!(nothing, Err(ProbeError::SitesChanged { .. })),
        "{nothing:?}"
    );
}

#[test]
fn a_measurement_of_nothing_is_refused() {
    let net = Net::new();
    let (x, _) = data(4);
    let no_chunks = measure::<B, Tensor<B, 2>, _>([], |x, tap| net.forward(x, tap).sum());
    assert!(
        matches!(no_chunks, Err(ProbeError::NothingObserved)),
        "{no_chunks:?}"
    );
    let no_sites = measure::<B, _, _>([rows(&x)], |x, _| net.forward(x, &mut ()).sum());
    assert!(
        matches!(no_sites, Err(ProbeError::NothingObserved)),
        "{no_sites:?}"
    );
}

#[test]
fn one_sample_has_no_moments() {
    let net = Net::new();
    let (x, _) = data(1);
    let error = measure::<B, _, _>([rows(&x)], |x, tap| net.forward(x, tap).sum()).unwrap_err();
    assert!(
        matches!(&error, ProbeError::Moments { site, .. } if site == "first"),
        "{error}"
    );
}

/// Moments of members that differ in their inputs only.
fn members(inputs: &[Vec<f64>]) -> Vec<Result<Vec<LayerMoments>, ProbeError>> {
    let count = inputs.len();
    let repeated = |m: Array2<f64>| {
        let shape = [count, m.nrows(), m.ncols()];
        let values: Vec<f64> = (0..count)
            .flat_map(|_| m.iter().copied().collect::<Vec<_>>())
            .collect();
        tensor(&values, shape)
    };
    let (first, _, second) = weights();
    let weights = [("first", repeated(first)), ("second", repeated(second))];
    measure_members::<B, _, _>([tensor(&inputs.concat(), [count, 6, 4])], |x, tap| {
        let maps = weights.iter().fold(x, |h, (name, weight)| {
            let h_b = h.clone().matmul(weight.clone());
            tap.linear(&Site::new(*name), &h, weight, h_b)
        });
        maps.powi_scalar(2).sum()
    })
    .unwrap()
}

#[test]
fn a_member_with_nan_fails_alone() {
    let inputs: Vec<Vec<f64>> = (0..3)
        .map(|m| matrix(m, 6, 4).into_iter().collect())
        .collect();
    let mut broken = inputs.clone();
    broken[1][9] = f64::NAN;
    let (whole, found) = (members(&inputs), members(&broken));
    match &found[1] {
        Err(ProbeError::Moments {
            site,
            source: MomentsError::NonFinite {
                row: 2, column: 1, ..
            },
        }) => {
            assert_eq!(site, "first");
        }
        other => panic!("{other:?}"),
    }
    for member in [0, 2] {
        let of = |all: &[Result<Vec<LayerMoments>, ProbeError>]| -> Vec<Array2<f64>> {
            let layers = all[member].as_ref().unwrap();
            layers
                .iter()
                .map(|l| l.second_moment(Side::B, Moment::Cross, Variant::Raw))
                .collect()
        };
        assert_eq!(of(&found), of(&whole), "member {member}");
    }
    let alone = members(&inputs[..1]);
    let of =
        |layers: &[LayerMoments]| layers[1].second_moment(Side::A, Moment::G, Variant::Centered);
    assert!(
        gap(
            &of(alone[0].as_ref().unwrap()),
            &of(whole[0].as_ref().unwrap())
        ) < 1e-14
    );
}
