//! Values by relation, by variant and by matrix: the shapes of a report.

use formant_moments::{Side, Variant};
use serde::{Deserialize, Serialize};

use super::{Relation, SideMatrices};
use crate::{AlignmentError, Comparison};

/// A symmetric matrix of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// \\(H_c = E\[h_c h_c^\top\]\\).
    H,
    /// \\(G_c = E\[g_c g_c^\top\]\\).
    G,
    /// \\(Z_a = W^\top W\\) or \\(Z_b = W W^\top\\).
    Z,
}

impl Matrix {
    /// All three, in the order in which reports list them.
    pub const ALL: [Self; 3] = [Self::H, Self::G, Self::Z];

    /// The lower-case letter that files and reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H => "h",
            Self::G => "g",
            Self::Z => "z",
        }
    }

    /// Its symbol, `H_a` for example.
    #[must_use]
    pub fn on(self, side: Side) -> String {
        format!("{}_{}", self.name().to_uppercase(), side.name())
    }
}

/// A value for each of the six relations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ByRelation<T> {
    /// \\(H_a \sim G_a\\).
    pub a_rga: T,
    /// \\(H_a \sim Z_a\\).
    pub a_rwa: T,
    /// \\(G_a \sim Z_a\\).
    pub a_gwa: T,
    /// \\(H_b \sim G_b\\).
    pub b_rga: T,
    /// \\(H_b \sim Z_b\\).
    pub b_rwa: T,
    /// \\(G_b \sim Z_b\\).
    pub b_gwa: T,
}

impl<T> ByRelation<T> {
    /// Calls `f` for every relation.
    pub fn from_fn(mut f: impl FnMut(Side, Relation) -> T) -> Self {
        Self {
            a_rga: f(Side::A, Relation::Rga),
            a_rwa: f(Side::A, Relation::Rwa),
            a_gwa: f(Side::A, Relation::Gwa),
            b_rga: f(Side::B, Relation::Rga),
            b_rwa: f(Side::B, Relation::Rwa),
            b_gwa: f(Side::B, Relation::Gwa),
        }
    }

    /// The value of one relation.
    pub fn get(&self, side: Side, relation: Relation) -> &T {
        match (side, relation) {
            (Side::A, Relation::Rga) => &self.a_rga,
            (Side::A, Relation::Rwa) => &self.a_rwa,
            (Side::A, Relation::Gwa) => &self.a_gwa,
            (Side::B, Relation::Rga) => &self.b_rga,
            (Side::B, Relation::Rwa) => &self.b_rwa,
            (Side::B, Relation::Gwa) => &self.b_gwa,
        }
    }

    /// The value of one relation, to change.
    pub fn get_mut(&mut self, side: Side, relation: Relation) -> &mut T {
        match (side, relation) {
            (Side::A, Relation::Rga) => &mut self.a_rga,
            (Side::A, Relation::Rwa) => &mut self.a_rwa,
            (Side::A, Relation::Gwa) => &mut self.a_gwa,
            (Side::B, Relation::Rga) => &mut self.b_rga,
            (Side::B, Relation::Rwa) => &mut self.b_rwa,
            (Side::B, Relation::Gwa) => &mut self.b_gwa,
        }
    }
}

/// A value for each relation and variant; `None` (JSON `null`) where it is not defined.
pub type RelationTable = ByRelation<ByVariant<Option<f64>>>;

impl RelationTable {
    /// The six relations by one comparison; of matrices of side a, side b.
    pub(crate) fn of(comparison: Comparison, sides: &[SideMatrices; 2]) -> Self {
        Self::of_compared(&compared(comparison, sides))
    }

    /// The values that are defined.
    pub(crate) fn of_compared(compared: &Compared) -> Self {
        Self::from_fn(|side, relation| {
            let values = compared.get(side, relation);
            ByVariant::from_fn(|variant| values.get(variant).as_ref().ok().copied())
        })
    }
}

/// The value of each relation and variant, or why it has none.
pub(crate) type Compared = ByRelation<ByVariant<Result<f64, AlignmentError>>>;

/// The six relations by one comparison; of matrices of side a, side b.
pub(crate) fn compared(comparison: Comparison, [a, b]: &[SideMatrices; 2]) -> Compared {
    ByRelation::from_fn(|side, relation| {
        let matrices = if side == Side::A { a } else { b };
        ByVariant::from_fn(|variant| matrices.compare(comparison, relation, variant))
    })
}

/// A value for each variant of the moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ByVariant<T> {
    /// Raw second moments.
    pub raw: T,
    /// Covariances.
    pub centered: T,
    /// Covariances of unit-norm samples, the paper's choice.
    pub normalized: T,
}

impl<T> ByVariant<T> {
    /// Calls `f` for every variant.
    pub fn from_fn(mut f: impl FnMut(Variant) -> T) -> Self {
        Self {
            raw: f(Variant::Raw),
            centered: f(Variant::Centered),
            normalized: f(Variant::Normalized),
        }
    }

    /// The value of one variant.
    pub fn get(&self, variant: Variant) -> &T {
        match variant {
            Variant::Raw => &self.raw,
            Variant::Centered => &self.centered,
            Variant::Normalized => &self.normalized,
        }
    }

    /// The value of one variant, to change.
    pub fn get_mut(&mut self, variant: Variant) -> &mut T {
        match variant {
            Variant::Raw => &mut self.raw,
            Variant::Centered => &mut self.centered,
            Variant::Normalized => &mut self.normalized,
        }
    }
}

/// A value for each side of a layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct BySide<T> {
    /// Of side a.
    pub a: T,
    /// Of side b.
    pub b: T,
}

impl<T> BySide<T> {
    /// Calls `f` for both sides.
    pub fn from_fn(mut f: impl FnMut(Side) -> T) -> Self {
        Self {
            a: f(Side::A),
            b: f(Side::B),
        }
    }

    /// The value of one side.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }

    /// The value of one side, to change.
    pub fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }
}

/// A value for each of a layer's six matrices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ByMatrix<T> {
    /// Of \\(H_a\\).
    pub h_a: T,
    /// Of \\(H_b\\).
    pub h_b: T,
    /// Of \\(G_a\\).
    pub g_a: T,
    /// Of \\(G_b\\).
    pub g_b: T,
    /// Of \\(Z_a = W^\top W\\).
    pub z_a: T,
    /// Of \\(Z_b = W W^\top\\).
    pub z_b: T,
}

impl<T> ByMatrix<T> {
    /// Calls `f` for every matrix.
    pub fn from_fn(mut f: impl FnMut(Side, Matrix) -> T) -> Self {
        Self {
            h_a: f(Side::A, Matrix::H),
            h_b: f(Side::B, Matrix::H),
            g_a: f(Side::A, Matrix::G),
            g_b: f(Side::B, Matrix::G),
            z_a: f(Side::A, Matrix::Z),
            z_b: f(Side::B, Matrix::Z),
        }
    }

    /// The value of one matrix.
    pub fn get(&self, side: Side, matrix: Matrix) -> &T {
        match (side, matrix) {
            (Side::A, Matrix::H) => &self.h_a,
            (Side::B, Matrix::H) => &self.h_b,
            (Side::A, Matrix::G) => &self.g_a,
            (Side::B, Matrix::G) => &self.g_b,
            (Side::A, Matrix::Z) => &self.z_a,
            (Side::B, Matrix::Z) => &self.z_b,
        }
    }
}
