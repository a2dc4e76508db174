//! `report.md`: what every figure's report has in common, and the folder of a finished figure.

mod bundle;
mod leftovers;
mod opening;
mod provenance;

pub use bundle::{EXTRA_FILES, FILES, FigureBundle, SPECTRA_FILE, write_figure};
pub use leftovers::recover_figure;
pub use provenance::{PROVENANCE_SCHEMA_VERSION, Provenance, Setting};

use std::fmt::Write;

use crate::claims::{Claim, Claims, Part, Verdict, number};
use crate::text::{Section, cell, plural};
use crate::{FigureInfo, Preset};

/// Everything that a report says.
pub(crate) struct Report<'a> {
    pub info: &'a FigureInfo,
    pub preset: Preset,
    /// How many runs of what, without a full stop.
    pub runs: String,
    /// For how long weight decay has acted, in decay times; may be empty.
    pub age: String,
    /// The runs that diverged, in words.
    pub diverged: Vec<String>,
    pub claims: &'a Claims,
    /// What this figure alone has.
    pub sections: Vec<Section>,
    pub settings: &'a [Setting],
    pub provenance: &'a Provenance,
}

impl Report<'_> {
    pub fn to_markdown(&self) -> String {
        let mut parts = vec![self.head(), section("Claims", &claims_section(self.claims))];
        let own = self.sections.iter();
        let command = format!("```sh\n{}\n```\n", self.provenance.command);
        parts.extend(own.map(|own| section(&own.title, &own.body)));
        parts.extend([
            section("Settings: the paper's and ours", &settings(self.settings)),
            section("Provenance", &provenance(self.provenance)),
            section("Make it again", &command),
        ]);
        parts.join("\n")
    }

    fn head(&self) -> String {
        let info = self.info;
        let mut text = format!(
            "# {}: {}\n\n{}\n![{}](figure.svg)\n\n{}. {}. Figures go by names of ours: their numbers differ between versions \
             of the paper.\n\n",
            info.id,
            info.title,
            opening::opening(self),
            info.title,
            info.paper,
            info.paper_figure,
        );
        let _ = writeln!(
            text,
            "Preset `{}`: {}. Points are means over seeds; intervals hold the mean at 95 % (Student's t; for \
             correlations the further of Student's and Fisher's z), inside the range of the statistic; with one seed there is none.",
            self.preset, self.runs,
        );
        if !self.age.is_empty() {
            let _ = writeln!(text, "\n{}", self.age);
        }
        if !self.diverged.is_empty() {
            text.push('\n');
        }
        for run in &self.diverged {
            let _ = writeln!(text, "- **Diverged:** {run}; left out of every mean.");
        }
        text
    }
}

fn section(title: &str, body: &str) -> String {
    format!("## {title}\n\n{body}")
}

fn claims_section(claims: &Claims) -> String {
    let mut text = format!("{}.\n\n{}\n", claims.tally(), claims.to_markdown());
    text.push_str(
        "Verdicts are computed, against bounds that are ours where no note says otherwise. *Reproduced*: in every part the value and its 95 % interval lie inside the bound. *Contradicted*: in \
         some part they lie outside, with an interval widened for the number of parts. *Undecided*: the interval holds both sides of the \
         bound, there is none for lack of seeds, or a part is not tested. *Not tested*: no data, or a premise is not met. One number \
         stands for each claim: that of its worst part, the one that meets the criterion least; all parts are in `claims.json`.\n\n",
    );
    for claim in claims {
        let untested = untested(claim);
        for note in claim.notes().iter().chain(&untested) {
            let _ = writeln!(text, "- `{}`: {note}.", claim.id());
        }
    }
    text
}

/// The parts that were not tested, by reason.
fn untested(claim: &Claim) -> Vec<String> {
    let parts = claim.parts().iter();
    let untested = parts.filter(|part| part.verdict() == Verdict::NotTested);
    let untested: Vec<&Part> = untested.collect();
    let by_reason = untested.chunk_by(|a, b| a.not_tested_because() == b.not_tested_because());
    let sentences = by_reason.map(|parts| {
        let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
        let why = parts[0].not_tested_because().unwrap_or("not measured");
        format!("not tested: {} ({why})", names.join("; "))
    });
    sentences.collect()
}

fn settings(settings: &[Setting]) -> String {
    let mut text = "FOUND: stated by a source that had the paper. DIGITISED: read from its picture. INFERRED: a reasoned guess. \
                    MEASURED: found by an experiment, a scan of ours or a run of the authors' code, where the paper is silent; the note says which. OURS: our choice.\n\n\
                    | setting | value | origin | note |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for setting in settings {
        let [name, value, note] =
            [&setting.name, &setting.value, &setting.note].map(|text| cell(text));
        let _ = writeln!(text, "| {name} | {value} | {} | {note} |", setting.origin);
    }
    text
}

fn provenance(p: &Provenance) -> String {
    let features = match &p.features[..] {
        [] => "none".to_owned(),
        features => features.join(", "),
    };
    let mut text = format!(
        "formant {}, features {features}; backend {} on {}, {}, {}; host {}; {} s of training and measuring.\n",
        p.formant_version,
        p.backend,
        p.device,
        plural(p.threads, "thread"),
        p.dtype,
        p.host_cpu,
        number(p.wall_time_s),
    );
    if !p.data_hashes.is_empty() {
        text.push('\n');
    }
    for (name, hash) in &p.data_hashes {
        let _ = writeln!(text, "- data `{name}`: `{hash}`");
    }
    text.push_str("\nThe full configuration is in `provenance.json`, every number in `data.csv`, every part of every claim in `claims.json`.\n");
    text
}
