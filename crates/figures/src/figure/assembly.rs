//! From the parts of a figure to picture, claims, report and files, whatever tables it is made of.

use crate::chart::{Chart, draw};
use crate::claims::{Identity, identities_hold, runs_finished};
use crate::report::Report;
use crate::table::{STATIONARY, is_stationary};
use crate::text::numbers::thousands;
use crate::text::{Section, plural};
use crate::{Claim, Claims, FigureBundle, FigureError, Preset, Provenance, Setting};

/// What a figure is made of: its measurements `M`, and what is known of them.
#[derive(Debug, Clone)]
pub struct FigureInput<M> {
    /// How much work was done.
    pub preset: Preset,
    /// The measurements; rows that the figure does not use are dropped, from its files too.
    pub measured: M,
    /// What was set, and whose choice it is.
    pub settings: Vec<Setting>,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Checks of what was measured; may be empty.
    pub identities: Vec<Identity>,
}

/// The training runs behind a figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Runs {
    /// How many finished.
    pub finished: usize,
    /// Those that diverged, in words.
    pub diverged: Vec<String>,
    /// How many seeds they had, those of diverged runs included.
    pub seeds: usize,
    /// The last training step, where steps are what runs are measured in.
    pub steps: Option<u64>,
    /// The decay times of each run that finished, where they are defined, see [`decay_times`](crate::table::decay_times).
    pub decay_times: Vec<f64>,
}

impl Runs {
    fn total(&self) -> usize {
        self.finished + self.diverged.len()
    }

    fn in_words(&self) -> String {
        let steps = self.steps.map_or(String::new(), |steps| {
            format!(", up to {} steps", thousands(steps))
        });
        format!(
            "{} with {} in all{steps}",
            plural(self.total(), "run"),
            plural(self.seeds, "seed")
        )
    }
}

impl Runs {
    /// For how many decay times the runs trained, and whether that is enough.
    fn age(&self) -> String {
        let times = || self.decay_times.iter().copied();
        let ends = times().reduce(f64::min).zip(times().reduce(f64::max));
        let Some((least, most)) = ends else {
            return String::new();
        };
        let ages = match format!("{least:.2}") == format!("{most:.2}") {
            true => format!("{least:.2}"),
            false => format!("{least:.2} to {most:.2}"),
        };
        let young = times().filter(|times| !is_stationary(*times)).count();
        let warning = match young {
            0 => String::new(),
            n => format!(
                " **{n} of {} trained for less than {STATIONARY}: what they show is not a stationary state.**",
                plural(self.decay_times.len(), "network")
            ),
        };
        format!(
            "Networks trained for {ages} decay times, (1 − momentum)/(learning rate × weight decay) steps each.{warning}"
        )
    }
}

/// A figure beside the measurements that it uses.
pub(crate) trait Subject {
    /// Its id in the registry.
    fn id(&self) -> &'static str;

    /// The runs that were measured.
    fn runs(&self) -> Runs;

    /// The claims that every preset makes of what was measured.
    fn soundness(&self) -> Vec<Claim>;

    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    fn claims(&self) -> Vec<Claim>;

    /// The picture.
    fn chart(&self) -> Chart;

    /// The report's own sections.
    fn sections(&self) -> Vec<Section>;
}

/// The tables of a figure's folder: `data.csv`, and others by the names of their files.
pub(crate) type Files = (Vec<u8>, Vec<(&'static str, Vec<u8>)>);

pub(crate) fn assemble<M>(
    subject: &dyn Subject,
    (data_csv, extra): Files,
    input: &FigureInput<M>,
) -> Result<FigureBundle, FigureError> {
    let info = crate::find(subject.id())?;
    let claims = judge(subject, input.preset, &input.identities);
    let runs = subject.runs();
    let report = Report {
        info,
        preset: input.preset,
        runs: runs.in_words(),
        age: runs.age(),
        diverged: runs.diverged,
        claims: &claims,
        sections: subject.sections(),
        settings: &input.settings,
        provenance: &input.provenance,
    }
    .to_markdown();
    Ok(FigureBundle {
        info,
        preset: input.preset,
        picture: draw(&subject.chart())?,
        data_csv,
        extra,
        claims,
        report,
        provenance: input.provenance.clone(),
    })
}

/// The claims, without the picture.
pub(crate) fn judge(subject: &dyn Subject, preset: Preset, identities: &[Identity]) -> Claims {
    let runs = subject.runs();
    let mut claims = vec![runs_finished(runs.total(), runs.seeds, &runs.diverged)];
    claims.extend(subject.soundness());
    claims.extend(identities_hold(identities, runs.seeds));
    if preset != Preset::Smoke {
        claims.extend(subject.claims());
    }
    Claims::new(subject.id(), preset, claims)
}
