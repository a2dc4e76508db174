//! Direct laws: which second moments of a side are powers of each other.

use num_rational::Rational64;
use serde::{Serialize, Serializer};

use super::Matrix;
use super::solve::{Form, ZERO};

/// A proportionality that the relations force, on the support of \\(W\\). Serialises as its text, `"G_a ∝ H_a^3"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// Proportional to the projector on the support: a flat spectrum. Printed as `H_a ∝ 1`.
    Flat(Matrix),
    /// `left` is proportional to `right` to the power `exponent`, whose magnitude is 1 or more.
    Power {
        /// The matrix of the broader spectrum.
        left: Matrix,
        /// The matrix that it is a power of.
        right: Matrix,
        /// Its exponent.
        exponent: Rational64,
    },
}

impl std::fmt::Display for Law {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flat(matrix) => write!(f, "{matrix} ∝ 1"),
            Self::Power {
                left,
                right,
                exponent,
            } => {
                write!(f, "{left} ∝ {right}")?;
                if *exponent == Rational64::from_integer(1) {
                    Ok(())
                } else {
                    write!(f, "^{exponent}")
                }
            }
        }
    }
}

impl Serialize for Law {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The laws between \\(H\\) and \\(G\\) of side a, then of side b, then of a flat \\(Z\\), from the logarithms of spectra.
pub(super) fn laws_of(form: impl Fn(Matrix) -> Form) -> Vec<Law> {
    let mut laws = Vec::new();
    for pair in [[Matrix::HA, Matrix::GA], [Matrix::HB, Matrix::GB]] {
        let [h, g] = pair;
        let flat = pair.map(|matrix| form(matrix) == [ZERO; 3]);
        laws.extend(
            pair.into_iter()
                .zip(flat)
                .filter(|x| x.1)
                .map(|x| Law::Flat(x.0)),
        );
        if flat == [false; 2] {
            laws.extend(power([(h, form(h)), (g, form(g))]));
        }
    }
    if form(Matrix::Z) == [ZERO; 3] {
        laws.push(Law::Flat(Matrix::Z));
    }
    laws
}

/// The law between two matrices that are not flat, if the logarithms of their spectra are multiples of each other.
fn power(pair: [(Matrix, Form); 2]) -> Option<Law> {
    let [h, g] = pair;
    let at = g.1.iter().position(|x| *x != ZERO)?;
    let ratio = h.1[at] / g.1[at]; // h = ratio * g
    if ratio == ZERO || (0..3).any(|k| h.1[k] != ratio * g.1[k]) {
        return None;
    }
    // The broader spectrum goes on the left; of two equally broad ones, the growing one.
    let one = Rational64::from_integer(1);
    let magnitude = ratio.max(-ratio);
    let h_left = magnitude > one || (magnitude == one && h.1[at] > ZERO);
    let (left, right, exponent) = if h_left {
        (h.0, g.0, ratio)
    } else {
        (g.0, h.0, ratio.recip())
    };
    Some(Law::Power {
        left,
        right,
        exponent,
    })
}
