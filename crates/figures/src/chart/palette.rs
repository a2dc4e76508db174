//! Colours and shapes that colour-blind eyes and grey printers can tell apart.

use crate::chart::picture::Marker;

/// Colours of layers 1 to 5: matplotlib's plasma up to 0.8, ordered by lightness.
pub const LAYERS: [&str; 5] = ["#0d0887", "#7e03a8", "#c5407e", "#ed7953", "#fba238"];

/// Okabe and Ito's qualitative colours, without black and yellow: for relations and conditions.
pub const QUALITATIVE: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
];

/// The squared distance of two representations: the paper's teal, darker.
pub const DISTANCE_H: &str = "#12807a";
/// The squared distance of two outputs: the paper's orange, stronger.
pub const DISTANCE_Y: &str = "#e08214";
/// The alignment variable w: the paper's purple, lighter than the lines of the theory.
pub const ALIGNMENT_W: &str = "#7b5fb5";
/// The theory of [`DISTANCE_H`], to be seen on top of it.
pub const THEORY_H: &str = "#04332f";
/// The theory of [`DISTANCE_Y`].
pub const THEORY_Y: &str = "#6b3300";
/// The theory of [`ALIGNMENT_W`].
pub const THEORY_W: &str = "#2a1257";

/// Shapes that repeat what colours say, in order.
pub const MARKERS: [Marker; 5] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::TriangleDown,
];

/// matplotlib's viridis at eight equal steps up to 0.9, from dark to light.
const VIRIDIS: [&str; 8] = [
    "#440154", "#46307e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#bddf26",
];

/// matplotlib's viridis at eleven equal steps, whole: lightness rises evenly.
const VIRIDIS_WHOLE: [&str; 11] = [
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70",
    "#7ad151", "#bddf26", "#fde725",
];

/// The shape of the k-th series.
pub fn marker(k: usize) -> Marker {
    MARKERS[k % MARKERS.len()]
}

/// The colour of the k-th of `n` layers (or anything with an order and few members).
pub fn layer(k: usize, n: usize) -> String {
    blend(&LAYERS, k, n.max(LAYERS.len()))
}

/// The colour of a readout among linear maps.
pub const READOUT: &str = "#1b7f79";

/// The colour of the k-th of `n` linear maps: that of the hidden layer that it makes; the last map is the readout.
pub fn map(k: usize, n: usize) -> String {
    if k + 1 == n {
        READOUT.to_owned()
    } else {
        layer(k, n.saturating_sub(1))
    }
}

/// The colour of the k-th of `n` values in rising order, such as weight decays.
pub fn sequential(k: usize, n: usize) -> String {
    blend(&VIRIDIS, k, n)
}

/// The colour of a place on a continuous scale, from 0 (dark) to 1 (light): heat maps and their bars.
pub fn continuous(share: f64) -> String {
    blended(&VIRIDIS_WHOLE, share.clamp(0.0, 1.0))
}

/// The colour of the k-th of things without an order.
pub fn qualitative(k: usize) -> &'static str {
    QUALITATIVE[k % QUALITATIVE.len()]
}

/// The colour, half way to white; other than `#rrggbb` it stays.
pub(crate) fn faint(color: &str) -> String {
    mixed(color, "#ffffff", 0.5)
}

/// The k-th of `n` places spread evenly over a scale of colours.
fn blend(colors: &[&str], k: usize, n: usize) -> String {
    blended(
        colors,
        match n {
            0 | 1 => 0.0,
            n => (k as f64 / (n - 1) as f64).min(1.0),
        },
    )
}

/// The colour at a share, from 0 to 1, of a scale of colours.
fn blended(colors: &[&str], share: f64) -> String {
    let last = colors.len() - 1;
    let place = share * last as f64;
    let left = (place.floor() as usize).min(last);
    let right = (left + 1).min(last);
    mixed(colors[left], colors[right], place - left as f64)
}

/// `share` of the way from one colour to another; the first where either is not `#rrggbb`.
fn mixed(from: &str, to: &str, share: f64) -> String {
    let (Some(a), Some(b)) = (channels(from), channels(to)) else {
        return from.to_owned();
    };
    let [red, green, blue] = [0, 1, 2].map(|k| (a[k] + share * (b[k] - a[k])).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn channels(color: &str) -> Option<[f64; 3]> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    Some([16, 8, 0].map(|shift| f64::from((value >> shift) & 255)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_members_get_colours_of_their_own() {
        for n in 1..=12 {
            let colors: std::collections::BTreeSet<_> = (0..n).map(|k| sequential(k, n)).collect();
            assert_eq!(colors.len(), n);
        }
        assert_eq!(
            (layer(0, 5), layer(4, 5), layer(1, 3)),
            (LAYERS[0].into(), LAYERS[4].into(), LAYERS[1].into())
        );
        assert_eq!(layer(9, 10), LAYERS[4]);
        // Map k makes layer k, and has its colour, however many there are.
        for depth in 1..8 {
            assert!((0..depth).all(|k| map(k, depth + 1) == layer(k, depth)));
            assert_eq!(map(depth, depth + 1), READOUT);
        }
        assert_eq!(
            (faint("#0000ff"), faint("red")),
            ("#8080ff".into(), "red".into())
        );
    }

    /// CIE lightness, from 0 to 100.
    fn lightness(color: &str) -> f64 {
        let linear = channels(color).unwrap().map(|channel| {
            let c = channel / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        let y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        116.0 * y.cbrt() - 16.0
    }

    #[test]
    fn equal_steps_of_the_continuous_scale_are_equal_steps_of_lightness() {
        let light: Vec<f64> = (0..=20)
            .map(|k| lightness(&continuous(f64::from(k) / 20.0)))
            .collect();
        let steps: Vec<f64> = light.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = (light[20] - light[0]) / 20.0;
        assert!(
            mean > 3.0 && steps.iter().all(|step| (step / mean - 1.0).abs() < 0.35),
            "{steps:?}"
        );
        assert_eq!(
            (continuous(-1.0), continuous(2.0)),
            (VIRIDIS_WHOLE[0].into(), VIRIDIS_WHOLE[10].into())
        );
    }
}
