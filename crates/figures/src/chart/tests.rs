//! What can be checked of a chart without eyes.

use super::*;

fn series(label: &str, k: usize) -> Series {
    let points = [(1e-5, 0.2), (1e-4, 0.5), (1e-3, 0.9)].map(|(x, y)| {
        let mean = Estimate::mean(&[y - 0.05, y, y + 0.05], crate::Range::Correlation);
        (x, mean.unwrap())
    });
    Series::new(label, palette::layer(k, 5), points).seeds([vec![(1e-5, 0.2), (1e-3, 0.9)]])
}

/// The picture of these panels, in a row.
fn svg(panels: Vec<Panel>) -> String {
    let chart = Chart::new("T", "S").tiles(panels.len(), panels);
    draw(&chart).unwrap().svg
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
    let shared = draw(&chart).unwrap().svg;
    let count = |text: &str| shared.matches(text).count();
    assert_eq!((count(">1<"), count(">2<")), (1, 1));
    assert_eq!((count(">layer:<"), count("thin lines")), (1, 1));
    assert_eq!(count("10⁻⁴"), 2, "one a panel");
    for absent in ["null level", "open markers", "slope", "small dots", "NaN"] {
        assert!(!shared.contains(absent), "{absent}");
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
    let svg = svg(vec![full]);
    for present in ["null level", "open markers", "slope 2", "small dots"] {
        assert!(svg.contains(present), "{present}");
    }
    assert!(svg.contains("shifted sideways"));
}

#[test]
fn what_has_no_place_is_left_out() {
    let values = [(0.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (2.0, 2.0)];
    let scatter = Series::scatter("s", "red", values);
    let panel = Panel::new("p", Axis::log("x"), Axis::log("")).series([scatter]);
    let svg = svg(vec![panel]);
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
    let svg = svg(panels);
    assert!(svg.contains(">tanh<") && svg.contains(">10⁰<") && svg.contains(">1.0<"));
    assert!(!svg.contains("NaN"));
}

#[test]
fn names_that_would_touch_stand_on_two_lines() {
    let names = ["condition one of two", "condition two of two"].map(str::to_owned);
    let panel = Panel::new("p", Axis::categories("x", names), Axis::linear(""));
    let aside = Panel::new("p", Axis::linear("x"), Axis::linear(""));
    let svg = svg(vec![panel, aside.clone(), aside.clone(), aside]);
    let names = svg.split("<text").filter(|text| text.contains("condition"));
    let y = |text: &str| Some(text.split("y=\"").nth(1)?.split('"').next()?.to_owned());
    let heights: std::collections::BTreeSet<_> = names.filter_map(y).collect();
    assert_eq!(heights.len(), 2);
}

#[test]
fn a_panel_with_a_legend_of_its_own_names_its_series_there() {
    let own = panel("A").with_legend();
    let twice = svg(vec![own.clone(), own.clone()]);
    assert_eq!(twice.matches(">1<").count(), 2, "one below each panel");
    let with_shared = svg(vec![own, panel("B")]);
    let count = with_shared.matches(">1<").count();
    assert_eq!(count, 2, "its own and the shared one");
    assert_eq!(svg(vec![panel("A"), panel("B")]).matches(">1<").count(), 1);
}

#[test]
fn ticks_stand_where_they_are_wanted_and_names_do_not_run_into_each_other() {
    let widths = [10.0, 22.0, 51.0, 117.0, 268.0];
    let x = Axis::log("width").ticks_at(widths);
    let points = widths.map(|width| (width, 0.5));
    let of = |x: Axis| {
        let panel = Panel::new("p", x, Axis::correlation());
        svg(vec![panel.series([Series::scatter("s", "red", points)])])
    };
    let svg = of(x);
    let mut ticks = widths.iter().map(|width| format!(">{width}<"));
    assert!(ticks.all(|tick| svg.contains(&tick)) && !svg.contains("10²"));
    let crowded = of(Axis::log("width").ticks_at((0..200).map(|k| 10.0 + f64::from(k))));
    let names = (10..210).filter(|width| crowded.contains(&format!(">{width}<")));
    assert!((5..60).contains(&names.count()));
}

#[test]
fn an_interval_alone_does_not_widen_an_axis_of_correlations() {
    let wide = Estimate {
        value: 0.5,
        low: Some(-0.9),
        high: Some(1.0),
        n: 3,
    };
    let ends = |y: f64| {
        let axis = Axis::correlation();
        axis.fit_within([0.5, y].into_iter(), [wide.low.unwrap(), 1.0].into_iter())
    };
    assert_eq!(ends(0.5), (-0.1, 1.05));
    let low = ends(-0.6).0;
    assert!((-0.7..-0.6).contains(&low), "a point there does: {low}");
}

#[test]
fn slopes_are_told_apart_and_named_in_the_panel() {
    let slopes = [-1.0, 1.0, 2.0, 3.0].map(|slope| Guide::slope(slope, (1e-4, 0.5)));
    let styles = slopes.iter().map(|guide| (&guide.color, &guide.dashes));
    let styles: std::collections::BTreeSet<_> = styles.collect();
    assert_eq!(styles.len(), 4);
    let named = |slopes: &[Guide]| {
        let panel = Panel::new("p", Axis::log("x"), Axis::log(""));
        let panel = panel.series([series("1", 0)]).guides(slopes.to_vec());
        svg(vec![panel]).matches(">slope 2<").count()
    };
    assert_eq!(named(&slopes[1..3]), 2, "in the panel and in the legend");
    assert_eq!(named(&slopes), 1, "so many would hide each other");
}

#[test]
fn points_that_do_not_count_are_open_and_inside_the_axes() {
    let hollow = series("1", 0).hollow([(1e-4, 7.0)]);
    let panel = Panel::new("p", Axis::log("x"), Axis::linear("")).series([hollow]);
    let svg = svg(vec![panel]);
    assert!(svg.contains(r#"fill="none""#) && svg.contains(">6<"));
}

#[test]
fn further_lines_of_a_legend_stand_under_their_text() {
    let left = |svg: &str, text: &str| -> f64 {
        let before = svg.split(&format!(">{text}")).next().unwrap();
        let x = before.rsplit("<text x=\"").next().unwrap();
        x.split('"').next().unwrap().parse().unwrap()
    };
    let words = "word ".repeat(60);
    let chart = Chart::new("T", "S")
        .key("layer")
        .note(format!("first {words}. last"));
    let many = (0..40).map(|k| series(&format!("series {k}"), k));
    let svg = draw(&chart.tiles(1, vec![panel("A").series(many)]))
        .unwrap()
        .svg;
    let [key, first, last] = ["layer:", "first word", "word word"].map(|text| left(&svg, text));
    assert!(first < last, "a note goes on further right");
    let beside = left(&svg, "1<");
    let [second_line, ..] = ["series 20<"].map(|text| left(&svg, text));
    assert!(
        key < beside && second_line >= beside,
        "{key} {beside} {second_line}"
    );
}

#[test]
fn what_the_pointer_is_over_is_named_where_that_is_asked_for() {
    let points = [(0.0, 0.25), (1.0, 0.5)].map(|(x, y)| (x, Estimate::without_interval(y, 1)));
    let names = Axis::categories("layer", ["fc1", "f<c>2"].map(String::from));
    let panel = Panel::new("α", names, Axis::correlation()).series([Series::new(
        "b",
        palette::qualitative(0),
        points,
    )]);
    let places = |names: [&str; 2]| (0..2).map(|k| (k as f64, names[k].to_owned())).collect();
    let heat = Heat::new(
        vec![vec![Some(0.1), None], vec![Some(0.3), Some(0.4)]],
        (0.0, 1.0),
    );
    let heat = Panel::heat(
        "h",
        heat,
        ("", places(["x1", "x2"])),
        ("", places(["y1", "y2"])),
    );
    let chart = Chart::new("T", "S").tiles(2, vec![panel, heat]);
    let [plain, pointed] = [chart.clone(), chart.hover()].map(|chart| draw(&chart).unwrap());
    assert!(!plain.svg.contains("<title>"));
    assert_eq!(plain.png, pointed.png);
    for title in [
        "fc1: b 0.250",
        "f&lt;c&gt;2: b 0.500",
        "y1, x1: 0.100",
        "y1, x2: -",
        "y2, x2: 0.400",
    ] {
        assert!(
            pointed.svg.contains(&format!("<title>{title}</title>")),
            "{title}"
        );
    }
}
