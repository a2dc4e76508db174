//! The three scalars, the data and the constants, and their possible values.

use serde::{Deserialize, Serialize};

use crate::TheoryError;

/// The data: squared distances between the two inputs and between the two targets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// \\(\lVert dx \rVert^2\\), above 0.
    pub dx2: f64,
    /// \\(\lVert dy^\* \rVert^2\\), at least 0; 0 for two points with the same target.
    pub dy2: f64,
}

/// Effective learning rates, in the convention of the authors' code: \\(\eta = 1/2\tau\\), per epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// \\(\eta_h\\), of the map from input to hidden layer; above 0.
    pub eta_h: f64,
    /// \\(\eta_y\\), of the map from hidden layer to output; above 0.
    pub eta_y: f64,
}

/// The state of the two points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Squared distance of the representations.
    pub h2: f64,
    /// Squared distance of the outputs.
    pub y2: f64,
    /// \\(\lVert dy\rVert^2 - dy\cdot dy^\*\\).
    pub w: f64,
}

/// Error of \\(c\\) from rounding `f32` measurements, with outputs of order one: relative and absolute.
const ROUNDING: (f64, f64) = (1e-3, 1e-6);

/// Error of \\(c\\) that noise of a measurement explains, as a share of \\(dy^2\\), its final value (OURS).
const NOISE: f64 = 0.1;

impl Pair {
    /// Refuses impossible data: `dx2` must be above 0, `dy2` at least 0, and both within 1e-100 to 1e100.
    pub fn check(&self) -> Result<(), TheoryError> {
        in_range("dx2", self.dx2)?;
        match self.dy2 {
            0.0 => Ok(()),
            dy2 => at_least_zero("dy2", dy2).and_then(|()| in_range("dy2", dy2)),
        }
    }
}

impl Rates {
    /// Refuses constants that are not above 0, or not within 1e-100 to 1e100.
    pub fn check(&self) -> Result<(), TheoryError> {
        in_range("eta_h", self.eta_h)?;
        in_range("eta_y", self.eta_y)
    }

    /// Whether both are above 0 and finite, however small or large.
    pub(super) fn are_positive(&self) -> bool {
        [self.eta_h, self.eta_y]
            .iter()
            .all(|eta| *eta > 0.0 && eta.is_finite())
    }
}

impl State {
    /// Refuses a start that is impossible for two points: `h2` must be above 0 (and within 1e-100 to 1e100), `y2` at
    /// least 0, and \\(\lvert y - w
    /// \rvert \le \sqrt{y\\,dy^2}\\) up to rounding.
    pub fn check(&self, pair: Pair) -> Result<(), TheoryError> {
        in_range("h2", self.h2)?;
        at_least_zero("y2", self.y2)?;
        finite("w", self.w)?;
        self.check_overlap(pair, 0.0)
    }

    /// Refuses a measured state that noise does not explain: `h2` and `y2` must be at least 0, and \\(\lvert y - w
    /// \rvert\\) may exceed \\(\sqrt{y\\,dy^2}\\) by a tenth of \\(dy^2\\).
    pub fn check_measured(&self, pair: Pair) -> Result<(), TheoryError> {
        at_least_zero("h2", self.h2)?;
        at_least_zero("y2", self.y2)?;
        finite("w", self.w)?;
        self.check_overlap(pair, NOISE * pair.dy2)
    }

    fn check_overlap(&self, pair: Pair, noise: f64) -> Result<(), TheoryError> {
        let found = self.overlap().abs();
        let limit = (self.y2 * pair.dy2).sqrt();
        let rounding = ROUNDING.0 * limit + ROUNDING.1 * (self.y2 + pair.dy2);
        if found <= limit + noise.max(rounding) {
            return Ok(());
        }
        Err(TheoryError::Overlap {
            y2: self.y2,
            w: self.w,
            found,
            limit,
        })
    }

    /// \\(c = dy \cdot dy^\* = y - w\\).
    pub fn overlap(&self) -> f64 {
        self.y2 - self.w
    }

    /// Whether all three are finite.
    pub(super) fn is_finite(&self) -> bool {
        self.to_array().iter().all(|value| value.is_finite())
    }

    /// \\(h, y, w\\) in this order.
    pub fn to_array(self) -> [f64; 3] {
        [self.h2, self.y2, self.w]
    }

    /// The state with these values of \\(h, y, w\\).
    pub fn from_array([h2, y2, w]: [f64; 3]) -> Self {
        Self { h2, y2, w }
    }
}

/// Refuses infinities and NaN.
pub(super) fn finite(what: &'static str, value: f64) -> Result<(), TheoryError> {
    if value.is_finite() {
        return Ok(());
    }
    let expected = "a finite number";
    Err(TheoryError::Value {
        what,
        value,
        expected,
    })
}

/// Refuses values that are not above 0.
pub(super) fn positive(what: &'static str, value: f64) -> Result<(), TheoryError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    let expected = "a finite number above 0";
    Err(TheoryError::Value {
        what,
        value,
        expected,
    })
}

/// Refuses values that are not above 0, and those whose products and quotients leave the range of `f64`.
fn in_range(what: &'static str, value: f64) -> Result<(), TheoryError> {
    positive(what, value)?;
    if (1e-100..=1e100).contains(&value) {
        return Ok(());
    }
    let expected = "a number from 1e-100 to 1e100";
    Err(TheoryError::Value {
        what,
        value,
        expected,
    })
}

/// Refuses values below 0.
pub(super) fn at_least_zero(what: &'static str, value: f64) -> Result<(), TheoryError> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    let expected = "a finite number of at least 0";
    Err(TheoryError::Value {
        what,
        value,
        expected,
    })
}
