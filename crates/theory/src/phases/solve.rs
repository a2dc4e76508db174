//! Exponents from relations, by elimination over the rational numbers.

use num_rational::Rational64;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::laws::{Law, laws_of};
use super::{Matrix, SideState};

pub(super) const ZERO: Rational64 = Rational64::new_raw(0, 1);

/// A combination of \\(a, b, s\\), in this order, up to a constant.
pub(super) type Form = [Rational64; 3];

const fn form(a: i64, b: i64, s: i64) -> Form {
    [
        Rational64::new_raw(a, 1),
        Rational64::new_raw(b, 1),
        Rational64::new_raw(s, 1),
    ]
}

/// The logarithm of a matrix's spectrum, before any relation.
const fn log_spectrum(matrix: Matrix) -> Form {
    match matrix {
        Matrix::HA => form(1, 0, 0),
        Matrix::GA => form(0, 1, 2),
        Matrix::HB => form(1, 0, 2),
        Matrix::GB => form(0, 1, 0),
        Matrix::Z => form(0, 0, 2),
    }
}

/// Whether the relations leave the singular values of \\(W\\) free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightSpectrum {
    /// Any positive singular values are possible.
    Any,
    /// All singular values on the support are equal: \\(Z\\) is proportional to a projector, \\(W\\) to a partial
    /// isometry.
    Flat,
}

/// The spectrum that the relations give a matrix, on the support of \\(W\\).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exponent {
    /// \\(\propto Z^p\\) of its own side. With a flat weight \\(p = 0\\): proportional to the projector.
    Power(Rational64),
    /// The relations leave the spectrum open.
    Free,
}

/// Serialises as an integer if it is one, else as a float, or as `"free"`.
impl Serialize for Exponent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Power(p) if p.is_integer() => serializer.serialize_i64(*p.numer()),
            Self::Power(p) => serializer.serialize_f64(*p.numer() as f64 / *p.denom() as f64),
            Self::Free => serializer.serialize_str("free"),
        }
    }
}

/// The consequences of the relations on the two sides. Serialises as
/// `{"weight": …, "h_a": …, "g_a": …, "h_b": …, "g_b": …, "laws": […]}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Equations in reduced echelon form, each with the position of its leading one.
    reduced: Vec<(usize, Form)>,
}

impl Solution {
    /// Solves the relations of two sides. Works for all 25 states of a layer, not only those of Table 1.
    #[must_use]
    pub fn of(side_b: SideState, side_a: SideState) -> Self {
        let mut all = equations(side_b, [Matrix::HB, Matrix::GB]);
        all.extend(equations(side_a, [Matrix::HA, Matrix::GA]));
        Self {
            reduced: reduce(all),
        }
    }

    /// Whether the singular values must be equal.
    #[must_use]
    pub fn weight(&self) -> WeightSpectrum {
        if self.form(Matrix::Z) == [ZERO; 3] {
            WeightSpectrum::Flat
        } else {
            WeightSpectrum::Any
        }
    }

    /// \\(p\\) in "matrix \\(\propto Z^p\\)". For \\(Z\\) itself it is 1, or 0 if \\(Z\\) is flat.
    #[must_use]
    pub fn exponent(&self, matrix: Matrix) -> Exponent {
        let [a, b, s] = self.form(matrix);
        if a == ZERO && b == ZERO {
            Exponent::Power(s / Rational64::from_integer(2)) // z = 2s
        } else {
            Exponent::Free
        }
    }

    /// Which matrices of a side are powers of each other, or flat; see [`Law`].
    #[must_use]
    pub fn laws(&self) -> Vec<Law> {
        laws_of(|matrix| self.form(matrix))
    }

    /// The logarithm of a matrix's spectrum in terms of the variables that the relations leave free.
    pub(super) fn form(&self, matrix: Matrix) -> Form {
        let mut form = log_spectrum(matrix);
        for (column, equation) in &self.reduced {
            eliminate(&mut form, *column, equation);
        }
        form
    }
}

impl Serialize for Solution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("weight", &self.weight())?;
        for (key, matrix) in [
            ("h_a", Matrix::HA),
            ("g_a", Matrix::GA),
            ("h_b", Matrix::HB),
            ("g_b", Matrix::GB),
        ] {
            map.serialize_entry(key, &self.exponent(matrix))?;
        }
        map.serialize_entry("laws", &self.laws())?;
        map.end()
    }
}

/// The relations of one side with \\(H\\) and \\(G\\), each as a linear form equal to zero.
fn equations(state: SideState, [h, g]: [Matrix; 2]) -> Vec<Form> {
    let (rga, rwa, gwa) = ([h, g], [h, Matrix::Z], [g, Matrix::Z]);
    let pairs = match state {
        SideState::None => vec![],
        SideState::Rga => vec![rga],
        SideState::Rwa => vec![rwa],
        SideState::Gwa => vec![gwa],
        SideState::All => vec![rga, rwa, gwa],
    };
    let difference = |pair: [Matrix; 2]| {
        let [left, right] = pair.map(log_spectrum);
        std::array::from_fn(|k| left[k] - right[k])
    };
    pairs.into_iter().map(difference).collect()
}

/// Reduced row echelon form. \\(a\\) and \\(b\\) come before \\(s\\), so that they are expressed in terms of it and
/// not the other way round.
fn reduce(mut rows: Vec<Form>) -> Vec<(usize, Form)> {
    let mut reduced: Vec<(usize, Form)> = Vec::new();
    for column in 0..3 {
        let Some(at) = rows.iter().position(|row| row[column] != ZERO) else {
            continue;
        };
        let row = rows.swap_remove(at);
        let row = row.map(|x| x / row[column]);
        let others = reduced.iter_mut().map(|(_, other)| other);
        others
            .chain(&mut rows)
            .for_each(|other| eliminate(other, column, &row));
        reduced.push((column, row));
    }
    reduced
}

/// Subtracts a multiple of `equation`, whose entry in `column` is one, so that this entry of `form` becomes zero.
fn eliminate(form: &mut Form, column: usize, equation: &Form) {
    let factor = form[column];
    form.iter_mut()
        .zip(equation)
        .for_each(|(x, y)| *x -= factor * y);
}
