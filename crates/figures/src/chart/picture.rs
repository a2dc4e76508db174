//! Pictures: a canvas for lines, markers and text.
//!
//! `kuva` has no open markers and no legend for them, so both are drawn here, from its primitives: one scene makes the SVG
//! and the PNG alike.

use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
pub(crate) use kuva::render::render::TextAnchor as Anchor;
use kuva::render::render::{PathData, Primitive, Scene};

use crate::FigureError;
use crate::chart::dashes::dashes;

/// A finished picture in both formats.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Scalable; its text is text.
    pub svg: String,
    /// Twice the size of the SVG in pixels; its text is drawn with a font that the program carries.
    pub png: Vec<u8>,
}

const FONT: &str = "DejaVu Sans, Helvetica, Arial, sans-serif";
const PNG_SCALE: f32 = 2.0;

/// A point's shape. Shapes repeat what colours say, for eyes and printers that see none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle, tip up.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A triangle, tip down.
    TriangleDown,
    /// A small disc, for many points.
    Dot,
}

/// Whether a marker is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    Filled,
    Open,
}

/// The canvas that panels, markers and text are put on.
pub(crate) struct Canvas {
    scene: Scene,
    /// Whether [`Canvas::titled`] gives titles.
    pub hover: bool,
}

impl Canvas {
    pub fn new(width: f64, height: f64) -> Self {
        let mut scene = Scene::new(width, height);
        scene.font_family = Some(FONT.to_owned());
        scene.text_color = Some("black".to_owned());
        Self {
            scene,
            hover: false,
        }
    }

    /// Draws something that has a title where the pointer is over it, if the picture has any.
    pub fn titled(&mut self, title: impl FnOnce() -> String, draw: impl FnOnce(&mut Self)) {
        if !self.hover {
            return draw(self);
        }
        self.scene.add(Primitive::GroupStart {
            transform: None,
            title: Some(title()),
            extra_attrs: None,
        });
        draw(self);
        self.scene.add(Primitive::GroupEnd);
    }

    pub fn text(&mut self, at: (f64, f64), content: &str, size: u32, color: &str) {
        self.anchored_text(at, content, size, color, Anchor::Start);
    }

    /// A text of which this end, or the middle, stands at its place.
    pub fn anchored_text(
        &mut self,
        at: (f64, f64),
        content: &str,
        size: u32,
        color: &str,
        anchor: Anchor,
    ) {
        self.scene.add(Primitive::Text {
            x: at.0,
            y: at.1,
            content: content.to_owned(),
            size,
            anchor,
            rotate: None,
            bold: false,
            color: Some(Color::from(color)),
        });
    }

    /// Hides what follows outside a rectangle, until [`Canvas::close_clip`].
    pub fn open_clip(&mut self, corner: (f64, f64), size: (f64, f64)) {
        let ((x, y), (width, height)) = (corner, size);
        let id = format!("window-{}", self.scene.defs.len());
        self.scene.defs.push(format!(
            r#"<clipPath id="{id}"><rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/></clipPath>"#
        ));
        self.scene.add(Primitive::ClipStart {
            x,
            y,
            width,
            height,
            id,
        });
    }

    pub fn close_clip(&mut self) {
        self.scene.add(Primitive::ClipEnd);
    }

    pub fn dot(&mut self, at: (f64, f64), radius: f64, color: &str, opacity: f64) {
        self.scene.add(Primitive::Circle {
            cx: at.0,
            cy: at.1,
            r: radius,
            fill: Color::from(color),
            fill_opacity: Some(opacity),
            stroke: None,
            stroke_width: None,
        });
    }

    /// A filled outline; fewer than three corners are nothing.
    pub fn polygon(&mut self, corners: &[(f64, f64)], color: &str, opacity: f64) {
        if corners.len() >= 3 {
            self.shape(PathData {
                d: outline(corners) + " Z",
                fill: Some(Color::from(color)),
                opacity: Some(opacity),
                ..nothing()
            });
        }
    }

    fn shape(&mut self, path: PathData) {
        self.scene.add(Primitive::Path(Box::new(path)));
    }

    /// A line of dashes and gaps of these lengths. They are cut here: the PNG's backend would begin the pattern anew at each
    /// point, which makes dense lines solid.
    pub fn dashed_polyline(
        &mut self,
        points: &[(f64, f64)],
        color: &str,
        width: f64,
        (dash, gap): (f64, f64),
    ) {
        let runs = dashes(points, dash, gap);
        let runs: Vec<String> = runs.iter().map(|run| outline(run)).collect();
        if !runs.is_empty() {
            self.shape(PathData {
                d: runs.join(" "),
                stroke: Color::from(color),
                stroke_width: width,
                ..nothing()
            });
        }
    }

    pub fn polyline(&mut self, points: Vec<(f64, f64)>, color: &str, width: f64) {
        self.scene.add(Primitive::PolyLine {
            points,
            stroke: Color::from(color),
            stroke_width: width,
            stroke_dasharray: None,
        });
    }

    pub fn line(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        color: &str,
        width: f64,
        dashes: Option<&str>,
    ) {
        self.scene.add(Primitive::Line {
            x1: from.0,
            y1: from.1,
            x2: to.0,
            y2: to.1,
            stroke: Color::from(color),
            stroke_width: width,
            stroke_dasharray: dashes.map(str::to_owned),
        });
    }

    pub fn rect(&mut self, corner: (f64, f64), size: (f64, f64), color: &str) {
        self.scene.add(Primitive::Rect {
            x: corner.0,
            y: corner.1,
            width: size.0,
            height: size.1,
            fill: Color::from(color),
            stroke: None,
            stroke_width: None,
            opacity: None,
        });
    }

    /// A rectangle that is not seen and can be pointed at.
    pub fn pointed_at(&mut self, [x, y, width, height]: [f64; 4]) {
        self.scene.add(Primitive::Rect {
            x,
            y,
            width,
            height,
            fill: Color::from("#000000"),
            stroke: None,
            stroke_width: None,
            opacity: Some(0.0),
        });
    }

    /// Rectangles of one colour, as one shape: left, top, width and height of each.
    pub fn fields(&mut self, fields: &[[f64; 4]], color: &str) {
        if !fields.is_empty() {
            let outlines = fields.iter();
            let outlines = outlines
                .map(|[x, y, width, height]| format!("M{x} {y}h{width}v{height}h{}Z", -width));
            self.shape(PathData {
                d: outlines.collect(),
                fill: Some(Color::from(color)),
                ..nothing()
            });
        }
    }

    /// A vertical interval with caps.
    pub fn error_bar(&mut self, low: (f64, f64), high: (f64, f64), color: &str) {
        const CAP: f64 = 3.5;
        self.line(low, high, color, 1.2, None);
        for end in [low, high] {
            self.line((end.0 - CAP, end.1), (end.0 + CAP, end.1), color, 1.2, None);
        }
    }

    pub fn marker(&mut self, shape: Marker, face: Face, at: (f64, f64), radius: f64, color: &str) {
        const OUTLINE: f64 = 1.5;
        let stroke = Color::from(color);
        let fill = match face {
            Face::Filled => stroke.clone(),
            Face::Open => Color::None,
        };
        match shape {
            Marker::Dot => self.dot(at, 0.55 * radius, color, 1.0),
            Marker::Circle => self.scene.add(Primitive::Circle {
                cx: at.0,
                cy: at.1,
                r: radius,
                fill,
                fill_opacity: None,
                stroke: Some(stroke),
                stroke_width: Some(OUTLINE),
            }),
            _ => {
                let corners = corners(shape).iter();
                let corners = corners.map(|(dx, dy)| (at.0 + dx * radius, at.1 + dy * radius));
                self.shape(PathData {
                    d: outline(&corners.collect::<Vec<_>>()) + " Z",
                    fill: Some(fill),
                    stroke,
                    stroke_width: OUTLINE,
                    ..nothing()
                });
            }
        }
    }

    /// # Errors
    ///
    /// [`FigureError::Draw`] when the PNG cannot be made.
    pub fn finish(self) -> Result<Picture, FigureError> {
        let png = RasterBackend::new()
            .with_scale(PNG_SCALE)
            .render_scene(&self.scene)
            .map_err(FigureError::Draw)?;
        let svg = SvgBackend::new().render_scene(&self.scene);
        Ok(Picture { svg, png })
    }
}

/// A path that is not drawn yet.
fn nothing() -> PathData {
    PathData {
        d: String::new(),
        fill: None,
        stroke: Color::None,
        stroke_width: 0.0,
        opacity: None,
        stroke_dasharray: None,
    }
}

/// From corner to corner.
fn outline(corners: &[(f64, f64)]) -> String {
    let corners = corners.iter();
    let corners: Vec<String> = corners.map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
    format!("M{}", corners.join(" L"))
}

/// Corners around the centre, in units of the radius, sized to look as large as the circle.
fn corners(shape: Marker) -> &'static [(f64, f64)] {
    match shape {
        Marker::Circle | Marker::Dot => &[],
        Marker::Square => &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
        Marker::Triangle => &[(0.0, -1.3), (1.13, 0.65), (-1.13, 0.65)],
        Marker::Diamond => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
        Marker::TriangleDown => &[(0.0, 1.3), (1.13, -0.65), (-1.13, -0.65)],
    }
}
