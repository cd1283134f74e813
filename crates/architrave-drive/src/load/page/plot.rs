//! Plots as inline SVG: lines over an axis, drawn by us so that a page needs nothing but itself.

use std::fmt::Write as _;

use super::html::escape;

/// Size in units of the view box: text of 11 units stays readable where the plot is as wide as a phone.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;
/// Most ticks of an axis.
const TICKS_MAX: usize = 8;

/// How values become positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// Evenly from 0 up to this.
    Linear(f64),
    /// By powers of ten, from one to another.
    Decades(f64, f64),
}

/// An axis.
pub(super) struct Axis {
    /// What it shows, with its unit.
    pub(super) label: String,
    pub(super) scale: Scale,
    /// (value, as shown).
    pub(super) ticks: Vec<(f64, String)>,
}

/// A line.
pub(super) struct Series {
    /// As in the legend.
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// A plot.
pub(super) struct Plot {
    /// What it shows, for the caption.
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Series>,
    /// (value of `y`, name): what is promised.
    pub(super) bounds: Vec<(f64, String)>,
}

impl Scale {
    /// Where a value is, from 0 to 1; beyond the ends at the ends.
    fn at(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear(max) => value / max.max(f64::MIN_POSITIVE),
            Self::Decades(min, max) => {
                let (min, max) = (min.log10(), max.log10());
                (value.max(f64::MIN_POSITIVE).log10() - min) / (max - min).max(f64::MIN_POSITIVE)
            }
        };
        share.clamp(0.0, 1.0)
    }

    /// Whole powers of ten around these values.
    pub(super) fn around(values: impl Iterator<Item = f64>) -> Self {
        let positive = values.filter(|it| it.is_finite() && *it > 0.0);
        let (low, high) =
            positive.fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
        if low > high {
            return Self::Decades(1.0, 10.0);
        }
        let (from, to) = (low.log10().floor(), high.log10().ceil());
        Self::Decades(10_f64.powf(from), 10_f64.powf(to.max(from + 1.0)))
    }

    /// From 0 to a round number above these values.
    pub(super) fn up_to(values: impl Iterator<Item = f64>) -> Self {
        let highest = values.filter(|it| it.is_finite()).fold(0.0_f64, f64::max).max(1.0);
        let power = 10_f64.powf(highest.log10().floor());
        let steps = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
        let round = steps.into_iter().map(|it| it * power).find(|it| *it >= highest);
        Self::Linear(round.unwrap_or(highest))
    }

    /// Values worth a tick, written by `shown`.
    pub(super) fn ticks(self, shown: impl Fn(f64) -> String) -> Vec<(f64, String)> {
        let values: Vec<f64> = match self {
            Self::Linear(max) => (0..=4).map(|it| max * f64::from(it) / 4.0).collect(),
            Self::Decades(min, max) => {
                let decades = (max / min).log10().round().clamp(1.0, 30.0) as usize;
                let step = decades.div_ceil(TICKS_MAX).max(1);
                (0..=decades).step_by(step).map(|it| min * 10_f64.powi(it as i32)).collect()
            }
        };
        values.into_iter().map(|it| (it, shown(it))).collect()
    }
}

impl Plot {
    /// As a figure with its legend.
    pub(super) fn draw(&self) -> String {
        let mut out = String::new();
        let title = escape(&self.title);
        let _ = write!(
            out,
            "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">"
        );
        self.axes(&mut out);
        for (value, name) in &self.bounds {
            let y = self.y_at(*value);
            // Latency rises with load, so that there is room on the left.
            let (right, left, above) = (WIDTH - RIGHT, LEFT + 5.0, y - 4.0);
            let _ = write!(
                out,
                "<line class=\"bound\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"bound\" x=\"{left}\" y=\"{above:.1}\">{}</text>",
                escape(name)
            );
        }
        for (number, series) in self.lines.iter().enumerate() {
            self.line(&mut out, number, series);
        }
        out.push_str("</svg>");
        self.legend(&mut out);
        out.push_str("</figure>\n");
        out
    }

    fn axes(&self, out: &mut String) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (value, shown) in &self.y.ticks {
            let y = self.y_at(*value);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 5.0,
                y + 4.0,
                escape(shown)
            );
        }
        for (value, shown) in &self.x.ticks {
            let x = self.x_at(*value);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bottom + 14.0,
                escape(shown)
            );
        }
        let _ = write!(
            out,
            "<path class=\"axis\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>\
             <text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            (LEFT + right) / 2.0,
            HEIGHT - 6.0,
            escape(&self.x.label)
        );
        let middle = (TOP + bottom) / 2.0;
        let _ = write!(
            out,
            "<text class=\"label\" x=\"11\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 11 {middle:.1})\">{}</text>",
            escape(&self.y.label)
        );
    }

    fn line(&self, out: &mut String, number: usize, series: &Series) {
        let mut path = String::new();
        for (x, y) in &series.points {
            let start = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{start}{:.1} {:.1}", self.x_at(*x), self.y_at(*y));
        }
        let _ = write!(out, "<path class=\"line s{}\" d=\"{path}\"/>", number % 4);
        // Few points are points of their own; many are a line.
        for (x, y) in series.points.iter().filter(|_| series.points.len() <= 12) {
            let (x, y) = (self.x_at(*x), self.y_at(*y));
            let _ = write!(
                out,
                "<circle class=\"s{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>",
                number % 4
            );
        }
    }

    fn legend(&self, out: &mut String) {
        out.push_str("<ul class=\"legend\">");
        for (number, series) in self.lines.iter().enumerate() {
            let _ = write!(
                out,
                "<li><svg viewBox=\"0 0 24 8\"><path class=\"line s{}\" d=\"M0 4H24\"/></svg> {}</li>",
                number % 4,
                escape(&series.name)
            );
        }
        out.push_str("</ul>");
    }

    fn x_at(&self, value: f64) -> f64 {
        LEFT + self.x.scale.at(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y_at(&self, value: f64) -> f64 {
        let bottom = HEIGHT - BOTTOM;
        bottom - self.y.scale.at(value) * (bottom - TOP)
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn scales_hold_their_values() {
        assert_eq!(Scale::around([3.0, 450.0].into_iter()), Scale::Decades(1.0, 1_000.0));
        assert_eq!(Scale::around([0.0, f64::NAN].into_iter()), Scale::Decades(1.0, 10.0));
        assert_eq!(Scale::around([100.0].into_iter()), Scale::Decades(100.0, 1_000.0));
        assert_eq!(Scale::up_to([2_700.0, 9_000.0].into_iter()), Scale::Linear(10_000.0));
        assert_eq!(Scale::up_to(std::iter::empty()), Scale::Linear(1.0));
        for scale in [Scale::Linear(10.0), Scale::Decades(1.0, 100.0)] {
            for value in [-1.0, 0.0, 1.0, 1e300, f64::INFINITY] {
                assert!((0.0..=1.0).contains(&scale.at(value)), "{scale:?} {value}");
            }
        }
        let ticks = Scale::Decades(1.0, 1e12).ticks(|it| format!("{it:e}"));
        assert!(ticks.len() <= 9, "{ticks:?}");
    }
}
