//! Distances between the four inputs of XOR, before and after training, beside the theory's (F6).
//!
//! Entries are distances, not squared, in the order (0,0), (0,1), (1,0), (1,1). The theory's matrix is the closed form for
//! each pair, with the ratio of rates that was fitted to two points of the default network (FOUND). A setting such as
//! `rich/leaky_relu` is `rich` with another activation: the authors' code trains ReLU, their settings file
//! says leaky ReLU.

mod claims;
mod matrices;
mod synthetic;

use crate::chart::{Axis, Chart, Heat, Numbers, Panel, Places};
use crate::claims::{number, shown};
use crate::text::{crossed, decimals, plural};
use crate::universality::distance_matrices::{
    Kind, Matrices, Pairs, against_theory, largest, symmetric,
};
use crate::universality::{CheckedTables, Coverage, TableKind, Tables, TablesFigure, only};
use crate::{Range, Section};
use matrices::{INPUTS, Networks, PAIRS};

/// It uses distances.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-xor",
    main_table: TableKind::Distances,
    select,
    coverage,
    claims: |data| claims::claims(&Networks::new(data)),
    chart,
    sections,
    made_up: synthetic::tables,
};

fn select(tables: &Tables) -> Tables {
    let distances = only(&tables.distances, |row| {
        Kind::named(&row.kind).is_some() && PAIRS.contains(&(row.i as usize, row.j as usize))
    });
    Tables {
        distances,
        ..Tables::default()
    }
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let networks = Networks::new(data);
    let of = |kind: Kind| data.coverage(format!("{} matrices", kind.name()), networks.count(kind));
    Kind::ALL.map(of).into()
}

fn chart(data: &CheckedTables) -> Chart {
    let networks = Networks::new(data);
    let settings = networks.settings.iter();
    let of_authors = settings.filter(|setting| matrices::parts(setting).1.is_none());
    let panels = of_authors.flat_map(|setting| {
        let maps = Kind::ALL.map(|kind| map(&networks, setting, kind));
        maps.into_iter().chain([scatter(&networks, setting)])
    });
    let subtitle = format!(
        "F6 of arXiv 2402.09142  ·  {}  ·  preset {}",
        plural(data.seeds().len(), "seed"),
        data.preset
    );
    Chart::new("Distances between the inputs of XOR in a hidden layer", subtitle)
        .key("pair")
        .note("Entries: distances (not squared), mean over seeds. Network and theory share one colour scale; the initial network has its own.")
        .note("Theory: closed form for each pair, with the ratio of rates fitted to two points of the default network. Targets: 0, 1, 1, 0.")
        .note("Drawn with ReLU, which the authors' code trains; with leaky ReLU, which their settings file names, distances are in the tables of the report.")
        .row_height(244.0)
        .tiles(4, panels.collect())
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let networks = Networks::new(data);
    vec![
        summary(&networks),
        Section::new("Every distance", distances(&networks)),
    ]
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Trained => "trained",
        other => other.name(),
    }
}

fn map(networks: &Networks<'_>, setting: &str, kind: Kind) -> Panel {
    let one_scale: &[Kind] = match kind {
        Kind::Initial => &[Kind::Initial],
        _ => &[Kind::Trained, Kind::Theory],
    };
    let scale = one_scale.iter();
    let ends = scale.map(|&kind| largest(networks.means(setting, kind).values()));
    let end = ends.fold(0.0, f64::max);
    let rows = symmetric(INPUTS.len(), &networks.means(setting, kind));
    let heat = Heat::new(rows, (0.0, end)).numbers(Numbers::Shown);
    let names = || -> Places {
        let names = (0..).map(f64::from).zip(INPUTS);
        names.map(|(k, name)| (k, name.to_owned())).collect()
    };
    let name = format!("{setting}: {}", title(kind));
    Panel::heat(name, heat, ("", names()), ("", names()))
}

fn scatter(networks: &Networks<'_>, setting: &str) -> Panel {
    let different = "different targets (a point each pair and seed)";
    let kinds = [
        (different, networks.points(setting, matrices::between)),
        ("same target", networks.points(setting, matrices::within)),
    ];
    let points = kinds.iter().flat_map(|(_, points)| points);
    let end = largest(points.flat_map(|(theory, network)| [theory, network]));
    // One length for both axes: distance from the diagonal is error.
    let axis = |label: &str| match end > 0.0 {
        true => Axis::linear(label).within(-0.05 * end, 1.08 * end),
        false => Axis::linear(label),
    };
    let name = format!("{setting}: network");
    against_theory(name, (axis("theory"), axis("")), kinds)
}

fn summary(networks: &Networks<'_>) -> Section {
    let of = |setting: &str, range, number: fn(&Matrices) -> Option<f64>, digits| {
        let mean = networks.estimate(setting, range, number);
        shown(networks.seed_count(setting), mean, decimals(digits))
    };
    let r = |setting: &str, number| of(setting, Range::Correlation, number, 4);
    let trained = |setting: &str, number: fn(&Pairs) -> Option<f64>, digits| {
        let mean = networks.trained(setting, number);
        shown(networks.seed_count(setting), mean, decimals(digits))
    };
    Section::of_columns(
        "Numbers made of the matrices",
        "Mean over seeds [its 95 % interval]. Spread: largest less smallest of the four distances between classes, over \
         their mean. Apart: mean distance of (0,0) to the others over the mean of the other three. A setting with a slash \
         is the same with the activation of the authors' settings file.",
        &networks.settings,
        &[
            ("setting", &|name| (**name).to_owned()),
            ("r(network, theory)", &|name| {
                r(name, matrices::follows_theory)
            }),
            ("r(network, initial)", &|name| r(name, matrices::kept)),
            ("theory's relative error", &|name| {
                of(name, Range::NonNegative, matrices::theory_error, 3)
            }),
            ("within / between", &|name| {
                trained(name, matrices::within_over_between, 3)
            }),
            ("spread between", &|name| trained(name, matrices::spread, 4)),
            ("(0,0) apart", &|name| trained(name, matrices::apart, 2)),
        ],
    )
}

fn distances(networks: &Networks<'_>) -> String {
    let tables = networks.settings.iter().map(|setting| {
        let n = networks.seed_count(setting);
        let pairs = PAIRS.map(|(i, j)| (format!("{} and {}", INPUTS[i], INPUTS[j]), (i, j)));
        let kinds = Kind::ALL.map(|kind| (title(kind).to_owned(), kind));
        let table = crossed("pair", pairs, &kinds, |&pair, &kind| {
            shown(n, networks.distance(setting, kind, pair), number)
        });
        format!("{setting}:\n\n{table}")
    });
    tables.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
