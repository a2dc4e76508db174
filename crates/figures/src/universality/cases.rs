//! Claims that have a case for each of several settings of two points.

use std::fmt::Display;

use super::two_points::Fits;
use crate::claims::Judged;
use crate::claims::measures::trend;
use crate::{Claim, Estimate};

/// The paper's number, and ours.
type Numbers = (Option<f64>, Option<Estimate>);

impl Judged {
    /// The claim with a case for each of these settings.
    pub(crate) fn of_settings<'s>(
        self,
        fits: &Fits<'_>,
        settings: impl IntoIterator<Item = &'s str>,
        numbers: impl Fn(&str) -> Numbers,
    ) -> Claim {
        let cases = settings.into_iter();
        self.of_cases(fits, cases.map(|setting| (setting, "", numbers(setting))))
    }

    /// The claim with a case for each of these settings, beside the authors' value where there is one.
    pub(crate) fn beside<'s>(
        self,
        fits: &Fits<'_>,
        authors: impl IntoIterator<Item = (&'s str, Option<f64>)>,
        ours: impl Fn(&str) -> Option<Estimate>,
    ) -> Claim {
        let cases = authors.into_iter();
        let cases = cases.map(|(setting, authors)| (setting, "", (authors, ours(setting))));
        self.of_cases(fits, cases)
    }

    /// The claim with cases of settings, each with what of the setting it is. Those of settings without a fit row are left
    /// out, and a note names them; where nothing else is left, the claim has a single missing part.
    pub(crate) fn of_cases<'s, W: Display>(
        self,
        fits: &Fits<'_>,
        cases: impl IntoIterator<Item = (&'s str, W, Numbers)>,
    ) -> Claim {
        let (mut parts, mut absent) = (Vec::new(), Vec::new());
        for (setting, what, (paper, ours)) in cases {
            match fits.of(setting) {
                [] => absent.push(setting),
                _ => parts.push((format!("{setting}{what}"), paper, ours)),
            }
        }
        absent.dedup();
        if parts.is_empty() {
            parts.push((absent.join(", "), None, None));
        }
        note_absent(self.parts(parts), &absent)
    }
}

/// A claim with a note of what was not measured.
pub(crate) fn note_absent(claim: Claim, absent: &[&str]) -> Claim {
    match absent {
        [] => claim,
        _ => claim.note(format!("not measured in this run: {}", absent.join(", "))),
    }
}

/// Spearman's rho of at least three points, made of `n` seeds; 0 where nothing changes.
pub(crate) fn rank_correlation(points: &[(f64, f64)], n: usize) -> Option<Estimate> {
    trend(points).map(|rho| Estimate::without_interval(rho, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::universality::synthetic;
    use crate::{Bound, Tag, Verdict};

    #[test]
    fn absent_settings_do_not_vanish() {
        let tables = synthetic::Network::of("default").tables();
        let ours = Some(Estimate::without_interval(1.0, 3));
        let claim = |settings: &[&'static str]| {
            let draft = Tag::Ours.claim("a", "s").by_value("x", Bound::Above(0.0));
            let settings = settings.iter().copied();
            draft.of_settings(&Fits::new(&tables.fits), settings, |_| (None, ours))
        };
        let some = claim(&["default", "elu"]);
        let verdict = (some.parts().len(), some.verdict());
        assert_eq!(verdict, (1, Verdict::Reproduced));
        assert!(some.notes()[0].ends_with("elu"));
        let none = claim(&["elu"]);
        assert_eq!((none.verdict(), none.ours()), (Verdict::NotTested, None));
    }
}
