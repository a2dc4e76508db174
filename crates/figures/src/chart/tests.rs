//! What can be checked of a chart without eyes.

use super::*;

fn series(label: &str, k: usize) -> Series {
    let points = [(1e-5, 0.2), (1e-4, 0.5), (1e-3, 0.9)].map(|(x, y)| {
        let values = [y - 0.05, y, y + 0.05];
        (
            x,
            Estimate::mean(&values, crate::Range::Correlation).unwrap(),
        )
    });
    Series::new(label, palette::layer(k, 5), points).seeds([vec![(1e-5, 0.2), (1e-3, 0.9)]])
}

fn panel(title: &str) -> Panel {
    let y = Axis::linear("").reaching([0.0, 1.0]);
    Panel::new(title, Axis::log("weight decay γ"), y).series([series("1", 0), series("2", 1)])
}

#[test]
fn the_legend_names_each_sign_once_and_only_what_is_drawn() {
    let chart = Chart::new("T", "S")
        .key("layer")
        .tiles(2, vec![panel("A"), panel("B")]);
    let svg = draw(&chart).unwrap().svg;
    let count = |text: &str| svg.matches(text).count();
    assert_eq!((count(">1<"), count(">2<")), (1, 1));
    assert_eq!((count(">layer:<"), count("thin lines")), (1, 1));
    assert_eq!(count("10⁻⁴"), 2, "one a panel");
    for absent in ["null level", "open markers", "slope", "small dots", "NaN"] {
        assert!(!svg.contains(absent), "{absent}");
    }
    let null = NullPoint {
        x: 1e-4,
        mean: 0.1,
        q95: 0.2,
    };
    let open = Reference {
        color: "black".into(),
        marker: Marker::Square,
        points: vec![(1e-4, 0.4)],
    };
    let full = panel("A")
        .null([null])
        .guides([Guide::slope(2.0, (1e-4, 0.5))])
        .reference([open])
        .dodged();
    let svg = draw(&Chart::new("T", "S").tiles(1, vec![full]))
        .unwrap()
        .svg;
    for present in [
        "null level",
        "open markers",
        "slope 2",
        "small dots",
        "shifted sideways",
    ] {
        assert!(svg.contains(present), "{present}");
    }
}

#[test]
fn what_has_no_place_is_left_out() {
    let values = [(0.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (2.0, 2.0)];
    let scatter = Series::scatter("s", "red", values);
    let panel = Panel::new("p", Axis::log("x"), Axis::log("")).series([scatter]);
    let svg = draw(&Chart::new("T", "S").tiles(1, vec![panel]))
        .unwrap()
        .svg;
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    // The one point, and its sign in the legend.
    assert_eq!(svg.matches("<circle").count(), 2);
}

#[test]
fn an_empty_chart_still_has_axes() {
    let names = ["tanh", "relu"].map(str::to_owned);
    let axes = [
        Axis::log("x"),
        Axis::linear("x"),
        Axis::categories("x", names),
    ];
    let panels = axes.map(|x| Panel::new("p", x, Axis::linear(""))).to_vec();
    let svg = draw(&Chart::new("T", "S").tiles(3, panels)).unwrap().svg;
    assert!(svg.contains(">tanh<") && svg.contains(">10⁰<") && svg.contains(">1.0<"));
    assert!(!svg.contains("NaN"));
}

#[test]
fn names_that_would_touch_stand_on_two_lines() {
    let heights = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        let panel = Panel::new("p", Axis::categories("x", names), Axis::linear(""));
        let svg = draw(&Chart::new("T", "S").tiles(4, vec![panel]))
            .unwrap()
            .svg;
        let lines = svg.split("<text").filter(|text| text.contains("condition"));
        let y = |line: &str| {
            line.split("y=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next().map(str::to_owned))
        };
        lines
            .filter_map(y)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    assert!(heights(&["condition one of two", "condition two of two"]) >= 2);
}
