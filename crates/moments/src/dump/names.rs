//! How arrays are called, and the order of layers.

use std::cmp::Ordering;

/// The arrays of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    HA,
    HB,
    GA,
    GB,
    Weight,
    Labels,
}

impl Role {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::HA, "h_a"),
        (Self::HB, "h_b"),
        (Self::GA, "g_a"),
        (Self::GB, "g_b"),
        (Self::Weight, "weight"),
        (Self::Labels, "labels"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(role, _)| *role == self)
            .map_or("", |(_, name)| name)
    }

    /// The types of number that this array may hold.
    pub(crate) fn types(self) -> &'static str {
        match self {
            Self::Labels => "bool, an integer, or a little-endian float",
            _ => "little-endian float16, bfloat16, float32 or float64",
        }
    }
}

/// Splits `NAME/role`; the name may hold slashes, but is not empty.
pub(crate) fn parse(array: &str) -> Option<(&str, Role)> {
    let (layer, role) = array.rsplit_once('/')?;
    let (role, _) = Role::NAMES.into_iter().find(|(_, name)| *name == role)?;
    (!layer.is_empty()).then_some((layer, role))
}

/// The layer that an array seems to belong to, whether or not its last part has a meaning.
pub(crate) fn layer(array: &str) -> &str {
    array.rsplit_once('/').map_or(array, |(layer, _)| layer)
}

/// The types of number that an array of this name may hold.
pub(crate) fn types_of(array: &str) -> &'static str {
    parse(array).map_or(Role::HA, |(_, role)| role).types()
}

/// Compares names with runs of digits as numbers: `fc2` before `fc10`.
pub(crate) fn natural(left: &str, right: &str) -> Ordering {
    let (mut l, mut r) = (left, right);
    while let (Some(a), Some(b)) = (l.chars().next(), r.chars().next()) {
        let order = if a.is_ascii_digit() && b.is_ascii_digit() {
            let (x, y) = (take_number(&mut l), take_number(&mut r));
            // Without leading zeros a longer number is a larger one.
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            l = &l[a.len_utf8()..];
            r = &r[b.len_utf8()..];
            a.cmp(&b)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    // Names that differ in leading zeros only still need an order.
    l.len().cmp(&r.len()).then_with(|| left.cmp(right))
}

/// Cuts the leading digits off, and gives them back without leading zeros.
fn take_number<'a>(text: &mut &'a str) -> &'a str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_slashes_and_dots() {
        assert_eq!(parse("block.0/attn/h_a"), Some(("block.0/attn", Role::HA)));
        assert_eq!(parse("fc/labels"), Some(("fc", Role::Labels)));
        for bad in ["h_a", "/h_a", "fc/bias", "fc/h_a/", ""] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_sort_as_numbers() {
        let mut names = ["fc10", "fc2", "b.1.x", "fc", "b.01.x", "b.1.w", "é", "fc2a"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["b.1.w", "b.01.x", "b.1.x", "fc", "fc2", "fc2a", "fc10", "é"]
        );
    }
}
