//! Synthetic runs of two points: the theory's own curves, a little wrong.

use crate::formation::synthetic::wobble;
use crate::universality::authors::measured;
use crate::universality::settings::{TWO_POINTS, find};
use crate::universality::{FitRow, Outcome, Tables, TrajectoryPoint};

/// A synthetic network: where it starts, its rates, and how its curves depart from the theory's.
#[derive(Debug, Clone)]
pub struct Network {
    /// Name of the setting.
    pub setting: String,
    /// Which observed activation.
    pub layer: u32,
    /// Initial `h2`.
    pub h0: f64,
    /// Rate of the representation.
    pub eta_h: f64,
    /// Rate of the output.
    pub eta_y: f64,
    /// Rate of the mean prediction.
    pub eta_mean: f64,
    /// Learning rate.
    pub learning_rate: f64,
    /// Squared distance of the inputs.
    pub dx2: f64,
    /// Squared distance of the targets.
    pub dy2: f64,
    /// Epochs of the run.
    pub epochs: u64,
    /// By what share `h2` falls before it grows.
    pub transient: f64,
    /// By what share the network's `h2` ends below the theory's.
    pub short: f64,
    /// Where the theory has no fit: final over initial `h2`.
    pub refused: Option<f64>,
    /// Factor on the theory's rate of time against the network's; 1 is a good fit.
    pub theory_speed: f64,
}

impl Network {
    /// The network of the setting with this name, roughly as the authors' code trains it.
    pub fn of(setting: &str) -> Self {
        let (h0, eta_h, eta_y, lr) = match setting {
            "shallow" => (7.8e-3, 8.43e-3, 0.0167, 0.02),
            "linear" => (0.0637, 0.0100, 6.47e-3, 0.0025),
            "tanh" => (0.0624, 9.66e-3, 6.39e-3, 0.0025),
            "swish" => (0.0679, 5.82e-3, 7.82e-3, 0.005),
            "skip" => (0.012, 4.0e-3, 0.012, 0.02),
            "cnn" => (0.0744, 0.0786, 4.21e-3, 0.004),
            "dropout" => (0.282, 4.35e-3, 0.0143, 0.01),
            "gain_0.9" => (8.2e-5, 1.85e-3, 0.0765, 0.03),
            "gain_1.1" => (6.0e-3, 1.2e-3, 0.055, 0.005),
            "gain_1.2" => (0.0459, 9.8e-4, 0.0390, 0.0025),
            "two_layer" => (0.0194, 4.69e-3, 5.28e-3, 0.01),
            _ => (8.3e-4, 1.32e-3, 0.0676, 0.01),
        };
        let (h0, refused) = match setting {
            "gain_1.3" => (0.267, Some(0.92)),
            "gain_1.4" => (1.36, Some(0.43)),
            "gain_1.6" => (25.7, Some(0.88)),
            "adam" => (h0, Some(600.0)),
            _ => (h0, None),
        };
        let falls_first = setting.starts_with("gain") || setting == "default";
        Self {
            setting: setting.to_owned(),
            layer: find(setting).map_or(0, |row| row.layer),
            h0,
            eta_h,
            eta_y,
            eta_mean: if setting == "adam" { 5e-4 } else { 0.05 },
            learning_rate: lr,
            dx2: 1.0,
            dy2: 0.5,
            epochs: 3000,
            transient: if falls_first { 0.2 } else { 0.0 },
            short: 0.03,
            refused,
            theory_speed: 1.0,
        }
    }

    /// The closed form's limits and final distance: `A_high`, `A_low`, `h_inf`.
    pub fn closed_form(&self, y0: f64) -> (f64, f64, f64) {
        let ratio = self.eta_h / self.eta_y;
        let high = self.h0 - ratio * self.dx2 * y0 / self.h0;
        let low = (ratio * self.dx2 * self.dy2).sqrt();
        let end = high / 2.0 + (high * high / 4.0 + low * low).sqrt();
        (high, low, end)
    }

    /// h and signed √y at each of `epochs`, by many small steps.
    fn theory(&self, s0: f64, epochs: &[u64], speed: f64) -> Vec<(f64, f64)> {
        let target = self.dy2.sqrt();
        let slope = |h: f64, s: f64| {
            let w = s * s - s * target;
            let gain = self.eta_y * h + self.eta_h * self.dx2 * s * s / h;
            let h_slope = -self.eta_h * self.dx2 * w * speed;
            (h_slope, -0.5 * (s - target) * gain * speed)
        };
        let (mut h, mut s, mut at) = (self.h0, s0, 0);
        let states = epochs.iter().map(|&epoch| {
            while at < epoch {
                let (dh, ds) = slope(h, s);
                let (dh, ds) = slope(h + 0.5 * dh, s + 0.5 * ds);
                (h, s, at) = (h + dh, s + ds, at + 1);
            }
            (h, s)
        });
        states.collect()
    }

    /// What replaces the theory where it has no fit.
    fn without_theory(&self, end: f64, epochs: &[u64]) -> Vec<(f64, f64)> {
        let slow = self.setting == "gain_1.6";
        let states = epochs.iter().map(|&epoch| {
            let t = epoch as f64;
            let s = if slow {
                -0.8 + 1e-4 * t
            } else {
                self.dy2.sqrt() / (1.0 + (-(t - 900.0) / 150.0).exp())
            };
            (self.h0 * (end + (1.0 - end) * (-t / 150.0).exp()), s)
        });
        states.collect()
    }

    fn loss(&self, t: f64, y: f64, w: f64) -> f64 {
        let mean = 2.0 * 0.909 * (-2.0 * self.eta_mean * t).exp();
        0.25 * (mean + w + (self.dy2 - y) / 2.0)
    }

    /// The trajectory of one seed.
    pub fn trajectory(&self, seed: u64) -> Vec<TrajectoryPoint> {
        let s0 = 6e-4 * (1.0 + 0.2 * wobble(seed, self.layer, 1));
        let step = (self.epochs / 150).max(1);
        let epochs: Vec<u64> = (0..=150).map(|k| k * step).collect();
        let network = match self.refused {
            Some(end) => self.without_theory(end, &epochs),
            None => self.theory(s0, &epochs, 1.0),
        };
        let theory = self.theory(s0, &epochs, self.theory_speed);
        let h_end = self.closed_form(s0 * s0).2;
        let rows = epochs.iter().zip(network.iter().zip(&theory));
        let rows = rows.map(|(&epoch, (&(h, s), &(th, ts)))| {
            let x = epoch as f64 / 80.0;
            let bump = 1.0 - self.transient * x * (1.0 - x).exp();
            let grown = ((h - self.h0) / (h_end - self.h0)).clamp(0.0, 1.0);
            let (y, w) = (s * s, s * s - s * self.dy2.sqrt());
            let (ty, tw) = (ts * ts, ts * ts - ts * self.dy2.sqrt());
            let fitted = |value: f64| self.refused.is_none().then_some(value);
            TrajectoryPoint {
                setting: self.setting.clone(),
                mode: "table".to_owned(),
                seed,
                dx2: self.dx2,
                dy2: self.dy2,
                layer: self.layer,
                epoch,
                h2: h * bump * (1.0 - self.short * grown),
                y2: y,
                w,
                loss: self.loss(epoch as f64, y, w).max(0.0),
                h2_theory: fitted(th),
                y2_theory: fitted(ty),
                w_theory: fitted(tw),
                loss_theory: fitted(self.loss(epoch as f64, ty, tw)),
            }
        });
        rows.collect()
    }

    /// The fit that belongs to `points`.
    pub fn fit(&self, points: &[TrajectoryPoint]) -> Option<FitRow> {
        let (first, last) = (points.first()?, points.last()?);
        let rms = |error: &dyn Fn(&TrajectoryPoint) -> Option<f64>| {
            let squares = points.iter().map(|m| error(m).map(|e| e * e));
            let squares: Option<Vec<f64>> = squares.collect();
            squares.map(|s| (s.iter().sum::<f64>() / s.len() as f64).sqrt())
        };
        let rmse = [
            rms(&|m| Some(m.h2 - m.h2_theory?)),
            rms(&|m| Some(m.y2 - m.y2_theory?)),
            rms(&|m| Some(m.w - m.w_theory?)),
        ];
        let loss = rms(&|m| Some(m.loss - m.loss_theory?));
        let fit_ok = self.refused.is_none();
        let ok = |value: f64| fit_ok.then_some(value);
        let own = 1.0 + 0.02 * wobble(first.seed, self.layer, 2);
        let (eta_h, eta_y) = (self.eta_h * own, self.eta_y * own);
        let (high, low, h_inf) = self.closed_form(first.y2);
        let squares: f64 = rmse.iter().flatten().map(|r| r * r).sum();
        // The authors' errors come on top, so that synthetic fits are as bad as theirs.
        let theirs = measured(&self.setting).map_or(0.0, |run| run.sse / 3000.0);
        let sse = fit_ok.then_some((squares + theirs) * self.epochs as f64);
        Some(FitRow {
            setting: self.setting.clone(),
            mode: "table".to_owned(),
            seed: first.seed,
            layer: self.layer,
            dynamics: "original".to_owned(),
            dx2: self.dx2,
            dy2: self.dy2,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            epochs_run: self.epochs,
            h0: first.h2,
            y0: first.y2,
            w0: first.w,
            h_end: last.h2,
            y_end: last.y2,
            w_end: last.w,
            w_min: match self.setting.as_str() {
                "gain_1.6" => last.w,
                _ => -self.dy2 / 4.0,
            },
            loss_end: last.loss,
            eta_h: ok(eta_h),
            eta_h_low: ok(0.99 * eta_h),
            eta_h_high: ok(1.01 * eta_h),
            eta_y: ok(eta_y),
            eta_y_low: ok(0.99 * eta_y),
            eta_y_high: ok(1.01 * eta_y),
            sse,
            rmse_h: rmse[0],
            rmse_y: rmse[1],
            rmse_w: rmse[2],
            eta_mean: ok(self.eta_mean),
            loss_sse: loss.map(|rms| rms * rms * self.epochs as f64),
            a_high: ok(high),
            a_low: ok(low),
            h_inf: ok(h_inf),
            fit_ok,
            refusal: (!fit_ok).then(|| "the representations do not move apart".to_owned()),
            outcome: Outcome::Finished,
        })
    }

    /// Moments and fits of three seeds.
    pub fn tables(&self) -> Tables {
        let mut tables = Tables::default();
        for seed in 0..3 {
            let points = self.trajectory(seed);
            tables.fits.extend(self.fit(&points));
            tables.trajectories.extend(points);
        }
        tables
    }
}

/// Three seeds of every setting.
pub fn two_points() -> Tables {
    two_points_with(|network| network)
}

/// [`two_points`] with networks changed.
pub fn two_points_with(change: impl Fn(Network) -> Network) -> Tables {
    let mut tables = Tables::default();
    for setting in &TWO_POINTS {
        tables.extend(change(Network::of(setting.name)).tables());
    }
    tables
}
