//! Verdicts on synthetic grids, and how they change when these are corrupted.

use super::{FIGURE, exponent};
use crate::Verdict::Reproduced;
use crate::figures::check::verdicts;
use crate::universality::check::with_fits;
use crate::universality::settings::TWO_POINTS;
use crate::universality::synthetic::{distances, grid};
use crate::universality::{FitRow, Tables};

fn after(change: impl FnMut(&mut FitRow)) -> Tables {
    with_fits(distances(), change)
}

#[test]
fn the_exponent_of_a_power_law_is_its_own() {
    for power in [0.4, 1.0, 1.7] {
        let tables = with_fits(grid("default", 1.0), |fit| {
            fit.h_end = 0.3 * fit.dx2 * fit.dy2.powf(power / 2.0);
        });
        let fits: Vec<&FitRow> = tables.fits.iter().collect();
        assert!((exponent(&fits).unwrap() - power).abs() < 1e-9);
    }
    assert_eq!(exponent(&[]), None);
}

#[test]
fn verdicts_follow_the_final_distances() {
    let not_set_by_targets = after(|fit| fit.h_end = 0.2 + 0.01 * (fit.seed % 7) as f64);
    let twice = after(|fit| fit.h_end *= 2.0);
    let one_bad = after(|fit| {
        if fit.setting == "relu" {
            fit.h_end = 1.0 / fit.h_end;
        }
    });
    let alone = grid("default", 1.0);
    verdicts!(FIGURE.id;
        not_set_by_targets => Contradicted("closed-form-correlates", "on-the-diagonal", "shallow-power", "power-of-depth");
        twice => Reproduced("closed-form-correlates"), Contradicted("on-the-diagonal", "lazy-limit");
        after(|fit| fit.h_end = fit.dx2 * fit.dy2.sqrt() + 1e-3) => Contradicted("targets-matter-less", "lazy-at-large-gain");
        one_bad => Contradicted("closed-form-correlates");
        // One gain is no sweep.
        alone => Reproduced("closed-form-correlates"), NotTested("targets-matter-less");
    );
}

#[test]
fn pairs_that_do_not_converge_are_left_out_and_named() {
    let tables = after(|fit| {
        if fit.setting == "elu" && fit.dy2 == 1.0 {
            (fit.loss_end, fit.h_end) = (0.1, 50.0);
        }
    });
    let claim = FIGURE.claim(&tables, "closed-form-correlates");
    assert_eq!(claim.verdict(), Reproduced);
    let mut notes = claim.notes().iter();
    let named = notes.any(|note| note.starts_with("elu: 5 of 25 pairs"));
    assert!(named, "{claim:?}");
}

#[test]
fn every_setting_has_its_panel() {
    let bundle = FIGURE.drawn(&distances());
    for setting in TWO_POINTS {
        let title = format!("{}: final ‖dh‖²", setting.name);
        bundle.shows(&[title.as_str()]);
    }
    bundle.shows(&["measured = closed form", "‖dy*‖ = 0.25"]);
    assert!(
        bundle
            .picture
            .svg
            .contains("25 pairs each, one network a pair")
    );
}

#[test]
fn a_setting_without_a_closed_form_is_named() {
    let tables = after(|fit| {
        if fit.setting == "gain_1.4" {
            (fit.h_inf, fit.refusal) = (None, Some("no ratio".to_owned()));
        }
    });
    let svg = &FIGURE.drawn(&tables).picture.svg;
    assert!(svg.contains("for lack of a pair that converged: gain_1.4."));
    assert!(!svg.contains(">gain_1.4:"), "no empty panel");
    let silent = after(|fit| (fit.h_inf, fit.refusal) = (None, None));
    verdicts!(FIGURE.id;
        tables => Reproduced("measured-everywhere");
        silent => Contradicted("measured-everywhere");
    );
}

#[test]
fn intervals_over_pairs_widen_with_their_scatter() {
    let width = |scatter: f64| {
        let tables = after(|fit| fit.h_end *= 1.0 + scatter * f64::from(fit.seed as u32 % 3));
        let claim = FIGURE.claim(&tables, "on-the-diagonal");
        let parts = claim.parts();
        let ours = parts.iter().filter_map(|part| part.ours()?.interval());
        let widths: Vec<f64> = ours.map(|(low, high)| high - low).collect();
        assert_eq!(widths.len(), parts.len(), "every setting has an interval");
        widths.iter().sum::<f64>() / widths.len() as f64
    };
    assert!(width(0.3) > 2.0 * width(0.01));
}
