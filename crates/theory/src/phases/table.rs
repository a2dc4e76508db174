//! The phase table as text.

use std::fmt::Write;

use super::{Exponent, Matrix, Row, Solution, WeightSpectrum, rows};

const MATRICES: [Matrix; 4] = [Matrix::HA, Matrix::GA, Matrix::HB, Matrix::GB];

const LEGEND: &str = "\
Numbers are p in \"matrix ∝ Z^p of its own side\", on the support of W (its non-zero singular values), where 1 is the
projector. flat: all singular values are equal. free: the relations leave the spectrum open. –: open, but the same for
all four. =: all six are proportional to each other.
";

/// All rows as text, with a legend, as `formant theory phases` prints them.
#[must_use]
pub fn table() -> String {
    let mut text = String::new();
    line(
        &mut text,
        [
            "row",
            "side b",
            "side a",
            "Z",
            "H_a",
            "G_a",
            "H_b",
            "G_b",
            "direct laws",
        ]
        .map(String::from),
    );
    for row in rows() {
        line(&mut text, cells(&row));
    }
    text + "\n" + LEGEND
}

fn line(text: &mut String, cells: [String; 9]) {
    let [row, b, a, z, h_a, g_a, h_b, g_b, laws] = cells;
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{row:>3}  {b:6}  {a:6}  {z:4}  {h_a:>4}  {g_a:>4}  {h_b:>4}  {g_b:>4}  {laws}"
    );
}

fn cells(row: &Row) -> [String; 9] {
    let solution = &row.solution;
    let weight = match solution.weight() {
        WeightSpectrum::Any => "any",
        WeightSpectrum::Flat => "flat",
    };
    let [h_a, g_a, h_b, g_b] = exponents(solution);
    let laws: Vec<String> = solution.laws().iter().map(ToString::to_string).collect();
    [
        row.number.to_string(),
        row.side_b.to_string(),
        row.side_a.to_string(),
        weight.into(),
        h_a,
        g_a,
        h_b,
        g_b,
        laws.join(", "),
    ]
}

fn exponents(solution: &Solution) -> [String; 4] {
    let forms = MATRICES.map(|matrix| solution.form(matrix));
    let alike = solution.weight() == WeightSpectrum::Flat && forms.iter().all(|f| *f == forms[0]);
    MATRICES.map(|matrix| match solution.exponent(matrix) {
        Exponent::Power(_) if alike => "=".into(),
        Exponent::Free if alike => "–".into(),
        Exponent::Power(p) => p.to_string(),
        Exponent::Free => "free".into(),
    })
}
