//! Whether two networks saw the same samples.

use anyhow::{Result, bail};
use ndarray::Array2;
use serde::Serialize;

/// What tells a network's samples from others.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Identity {
    /// How many there are.
    pub(super) samples: usize,
    /// Of all inputs; reports of the Python package have it.
    pub(super) digest: Option<String>,
    /// Inputs of the first layer.
    pub(super) inputs: Option<Array2<f64>>,
    /// Their classes.
    pub(super) labels: Option<Vec<Option<usize>>>,
}

/// By what samples are known to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Known {
    /// Digests of the inputs are equal.
    Digest,
    /// The inputs of the first layers are equal.
    Inputs,
    /// The labels are equal, which inputs of one class do not show.
    Labels,
    /// Nothing.
    Unknown,
}

/// Inputs that differ by less, relative to the largest, are rounded in different ways.
const ROUNDING: f64 = 1e-5;

/// How it is known that the samples are the same.
///
/// # Errors
///
/// If it is known that they are not.
pub(super) fn same(left: &Identity, right: &Identity) -> Result<Known> {
    if left.samples != right.samples {
        bail!(
            "{} and {} samples: not the same ones",
            left.samples,
            right.samples
        );
    }
    if let (Some(left), Some(right)) = (&left.digest, &right.digest) {
        if left != right {
            bail!("the inputs differ: measure both with one loader that does not shuffle");
        }
        return Ok(Known::Digest);
    }
    if let (Some(left), Some(right)) = (&left.inputs, &right.inputs)
        && equal(left, right)
    {
        return Ok(Known::Inputs);
    }
    // Inputs may differ where dumps begin at different layers; labels may not.
    match (&left.labels, &right.labels) {
        (Some(left), Some(right)) if left != right => {
            let row = left
                .iter()
                .zip(right)
                .position(|(left, right)| left != right);
            let row = row.unwrap_or(left.len().min(right.len()));
            bail!(
                "the labels differ, first at sample {row}: not the same samples in the same order"
            )
        }
        (Some(_), Some(_)) => Ok(Known::Labels),
        _ => Ok(Known::Unknown),
    }
}

impl Known {
    /// What to say where little is known.
    pub(super) const fn warning(self) -> Option<&'static str> {
        match self {
            Self::Digest | Self::Inputs => None,
            Self::Labels => Some(
                "labels are equal, but the inputs of the first layers are not: if the samples are not the same ones in the \
                 same order, the numbers mean nothing",
            ),
            Self::Unknown => Some(
                "it cannot be known whether the samples are the same ones in the same order (the inputs of the first layers \
                 differ, and there are no labels): if they are not, the numbers mean nothing",
            ),
        }
    }
}

fn equal(left: &Array2<f64>, right: &Array2<f64>) -> bool {
    let largest = left.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    let near = |(l, r): (&f64, &f64)| (l - r).abs() <= ROUNDING * largest;
    left.dim() == right.dim() && left.iter().zip(right).all(near)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn of(inputs: Array2<f64>, labels: Option<&[usize]>) -> Identity {
        Identity {
            samples: 3,
            digest: None,
            inputs: Some(inputs),
            labels: labels.map(|labels| labels.iter().copied().map(Some).collect()),
        }
    }

    #[test]
    fn equal_inputs_or_labels_tell_that_samples_are_the_same() {
        let x = array![[1.0], [2.0], [3.0]];
        let shuffled = array![[2.0], [1.0], [3.0]];
        let (a, b) = (
            of(x.clone(), Some(&[0, 1, 1])),
            of(x.clone() * (1.0 + 1e-7), None),
        );
        assert_eq!(same(&a, &b).unwrap(), Known::Inputs);
        let other_layer = of(shuffled.clone(), Some(&[0, 1, 1]));
        assert_eq!(same(&a, &other_layer).unwrap(), Known::Labels);
        assert_eq!(
            same(&of(shuffled.clone(), None), &b).unwrap(),
            Known::Unknown
        );
        assert!(Known::Unknown.warning().is_some() && Known::Inputs.warning().is_none());
        let error = same(&a, &of(shuffled, Some(&[1, 0, 1])))
            .unwrap_err()
            .to_string();
        assert!(error.contains("at sample 0"), "{error}");
        let fewer = Identity {
            samples: 2,
            ..b.clone()
        };
        assert!(
            same(&a, &fewer)
                .unwrap_err()
                .to_string()
                .contains("3 and 2 samples")
        );
        let digest = |digest: &str| Identity {
            digest: Some(digest.into()),
            ..b.clone()
        };
        assert_eq!(same(&digest("x"), &digest("x")).unwrap(), Known::Digest);
        assert!(same(&digest("x"), &digest("y")).is_err());
    }
}
