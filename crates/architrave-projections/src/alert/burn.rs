//! Alerts on how fast an error budget is used up, over several windows (Google, The Site Reliability Workbook,
//! chapter 5, table 5-8): a long window says that it matters, a short one that it still goes on.

use std::collections::BTreeSet;

use architrave_model::words;

use super::{Alert, Indicator, Recording, Severity, Trial, Watch, camel};

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// Minutes between two values of a trial's series, and how many there are: ten hours.
const TRIAL_STEP_MIN: u32 = 2;
pub(super) const TRIAL_STEPS: u32 = 300;
/// When to look at what goes on slowly, in minutes: past the longest of the short windows. Long windows take what is
/// there.
const LONG_MIN: u32 = 480;
/// Requests of a trial in each step: a share in parts per million is then a whole number.
const TRIAL_REQUESTS: u64 = 1_000_000;

/// A pair of windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) long: &'static str,
    pub(crate) short: &'static str,
    long_us: i64,
    /// Share of the budget that is gone when it fires, in thousandths.
    pub(crate) used_permille: u64,
    pub(crate) severity: Severity,
}

/// The pairs of the workbook, the most urgent first.
const PAIRS: [Pair; 4] = [
    Pair { long: "1h", short: "5m", long_us: HOUR_US, used_permille: 20, severity: Severity::Page },
    Pair {
        long: "6h",
        short: "30m",
        long_us: 6 * HOUR_US,
        used_permille: 50,
        severity: Severity::Page,
    },
    Pair {
        long: "1d",
        short: "2h",
        long_us: DAY_US,
        used_permille: 100,
        severity: Severity::Ticket,
    },
    Pair {
        long: "3d",
        short: "6h",
        long_us: 3 * DAY_US,
        used_permille: 100,
        severity: Severity::Ticket,
    },
];

impl Pair {
    /// How many times as fast as allowed the budget is used up when it fires, in thousandths.
    pub(crate) fn factor_milli(&self, indicator: &Indicator) -> u64 {
        self.used_permille * u64::try_from(indicator.window_us / self.long_us).unwrap_or(0)
    }

    /// How long the budget lasts at the pace at which it fires.
    pub(crate) fn lasts_us(&self, indicator: &Indicator) -> i64 {
        let factor = i64::try_from(self.factor_milli(indicator).max(1)).unwrap_or(i64::MAX);
        indicator.window_us.saturating_mul(1_000) / factor
    }

    /// The long window in seconds.
    pub(crate) fn long_s(&self) -> u64 {
        u64::try_from(self.long_us / 1_000_000).unwrap_or(0)
    }

    /// The share of bad requests at which it fires, in parts per million.
    pub(crate) fn threshold_ppm(&self, indicator: &Indicator) -> u64 {
        self.factor_milli(indicator) * u64::from(indicator.budget_ppm()) / 1_000
    }

    /// Whether it can fire at all (no more than all requests can be bad) and is short against the window.
    fn is_of_use(&self, indicator: &Indicator) -> bool {
        let threshold_ppm = self.threshold_ppm(indicator);
        threshold_ppm > 0 && threshold_ppm < 1_000_000 && self.long_us * 7 <= indicator.window_us
    }
}

/// The pairs that can say something of an indicator. With few requests a share over hours is one bad request or
/// none: then nobody is woken, and the share over days is a ticket.
pub(crate) fn pairs(indicator: &Indicator) -> Vec<Pair> {
    let is_wanted = |it: &Pair| !indicator.has_low_traffic() || it.severity == Severity::Ticket;
    PAIRS.into_iter().filter(|it| it.is_of_use(indicator)).filter(is_wanted).collect()
}

/// Name of the recorded share of bad requests over a window.
pub(crate) fn recorded(window: &str) -> String {
    format!("architrave:sli_errors:ratio_rate{window}")
}

/// What is left of the budget, as a share of it; below 0 where the objective is missed.
pub(crate) const BUDGET_LEFT: &str = "architrave:slo_budget_left:ratio";

/// Name of an indicator's alert of a severity.
pub(crate) fn alert_name(indicator: &Indicator, severity: Severity) -> String {
    let speed = match severity {
        Severity::Page => "BurnsFast",
        Severity::Ticket => "BurnsSlowly",
    };
    format!("{}{}{speed}", camel(&indicator.objective), camel(&indicator.name))
}

/// Names of all its alerts, the most urgent first.
pub(crate) fn alert_names(indicator: &Indicator) -> Vec<String> {
    let pairs = pairs(indicator);
    let is_told = |severity: &Severity| pairs.iter().any(|it| it.severity == *severity);
    let told = [Severity::Page, Severity::Ticket].into_iter().filter(is_told);
    told.map(|it| alert_name(indicator, it)).collect()
}

/// File name of the runbook of its alerts.
pub(crate) fn runbook(indicator: &Indicator) -> String {
    format!("objective-{}-{}", indicator.objective, indicator.name).replace('_', "-")
}

pub(super) fn watch(indicator: &Indicator) -> Watch {
    let pairs = pairs(indicator);
    let of = |severity| pairs.iter().copied().filter(move |it: &Pair| it.severity == severity);
    let alert = |severity| {
        let pairs: Vec<Pair> = of(severity).collect();
        (!pairs.is_empty()).then(|| alert(indicator, severity, &pairs))
    };
    let alerts: Vec<Alert> =
        [Severity::Page, Severity::Ticket].into_iter().filter_map(alert).collect();
    let trials = trials(indicator, &pairs);
    Watch { group: "objectives", recordings: recordings(indicator, &pairs), alerts, trials }
}

fn recordings(indicator: &Indicator, pairs: &[Pair]) -> Vec<Recording> {
    let windows: BTreeSet<&str> = pairs.iter().flat_map(|it| [it.short, it.long]).collect();
    let make = |name: String, expression: String| Recording {
        name,
        labels: indicator.labels(),
        expression,
    };
    let ratios = windows.iter().map(|it| make(recorded(it), indicator.errors(it)));
    let window = window_text(indicator.window_us);
    let budget = share(u64::from(indicator.budget_ppm()));
    let left =
        format!("1 - (\n  {}\n) / {budget}", indicator.errors(&window).replace('\n', "\n  "));
    ratios.chain([make(BUDGET_LEFT.to_owned(), left)]).collect()
}

fn alert(indicator: &Indicator, severity: Severity, pairs: &[Pair]) -> Alert {
    let select = format!("{{objective=\"{}\",sli=\"{}\"}}", indicator.objective, indicator.name);
    let budget = share(u64::from(indicator.budget_ppm()));
    let condition = |pair: &Pair| {
        let limit = format!("> {} * {budget}", thousandths(pair.factor_milli(indicator)));
        let (long, short) = (recorded(pair.long), recorded(pair.short));
        format!("(\n  {long}{select} {limit}\n  and\n  {short}{select} {limit}\n)")
    };
    let expression = pairs.iter().map(condition).collect::<Vec<_>>().join("\nor\n");
    let name = alert_name(indicator, severity);
    let (target, budget) = (
        words::percent(indicator.target_ppm.into()),
        words::percent(indicator.budget_ppm().into()),
    );
    let speed = match severity {
        Severity::Page => "fast",
        Severity::Ticket => "slowly, but faster than it lasts",
    };
    let limits: Vec<String> = pairs
        .iter()
        .map(|pair| {
            format!(
                "{} over {} and {} (the budget {} times as fast as it lasts)",
                words::percent(pair.threshold_ppm(indicator)),
                pair.long,
                pair.short,
                thousandths(pair.factor_milli(indicator))
            )
        })
        .collect();
    let promise = match indicator.latency_us {
        None => format!("{target} of requests are answered without a failure of ours (5xx)"),
        Some(us) => format!("{target} of requests are answered within {}", words::time(us)),
    };
    Alert {
        runbook: runbook(indicator),
        name,
        severity,
        expression,
        for_min: 0,
        labels: indicator.labels(),
        summary: format!("{} uses up its error budget {speed}", indicator.full_name()),
        description: format!(
            "{{{{ $value | humanizePercentage }}}} of requests to {} are bad; the objective {} promises that {promise} in {}, \
             which leaves {budget}. Told above {}.",
            indicator.operations.join(", "),
            indicator.objective,
            words::time(indicator.window_us),
            limits.join(", or above "),
        ),
    }
}

/// Fast burn pages, slow burn is a ticket and no page, a healthy system is silent.
fn trials(indicator: &Indicator, pairs: &[Pair]) -> Vec<Trial> {
    if pairs.is_empty() {
        return Vec::new();
    }
    let least = |severity| {
        let of = pairs.iter().filter(move |it| it.severity == severity);
        of.map(|it| it.threshold_ppm(indicator)).min()
    };
    let (page, ticket) = (least(Severity::Page), least(Severity::Ticket));
    let most = pairs.iter().map(|it| it.threshold_ppm(indicator)).max().unwrap_or(0);
    let name = |severity| alert_name(indicator, severity);
    let expects = |paged: bool, ticketed: bool| {
        let page = page.map(|_| (name(Severity::Page), paged));
        page.into_iter().chain(ticket.map(|_| (name(Severity::Ticket), ticketed))).collect()
    };
    let make = |what: &str, at_min: u32, bad_ppm: u64, expects| Trial {
        title: format!("{}: {what}", indicator.full_name()),
        step_min: TRIAL_STEP_MIN,
        at_min,
        series: indicator.series(TRIAL_REQUESTS, bad_ppm.min(TRIAL_REQUESTS)),
        expects,
    };
    // Bad enough for the most urgent pair: half-way between its threshold and the worst there is.
    let fast = page.map(|_| (most + (TRIAL_REQUESTS - most) / 2).min(most * 3));
    // Half-way between the ticket's and what pages.
    let slow = ticket.map(|it| (it + page.unwrap_or(TRIAL_REQUESTS).min(it * 3)) / 2);
    let healthy = u64::from(indicator.budget_ppm()) / 10;
    let is_ticketed = ticket.is_some();
    let fast = fast.map(|bad| make("fast burn pages", 120, bad, expects(true, is_ticketed)));
    let slow = slow.map(|bad| {
        make("slow burn is a ticket and no page", LONG_MIN, bad, expects(false, is_ticketed))
    });
    let healthy = make("a tenth of the budget is silent", LONG_MIN, healthy, expects(false, false));
    fast.into_iter().chain(slow).chain([healthy]).collect()
}

/// Parts per million as a number: `0.0005`.
pub(crate) fn share(ppm: u64) -> String {
    let text = format!("{}.{:06}", ppm / 1_000_000, ppm % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `14.4`
pub(crate) fn thousandths(milli: u64) -> String {
    let text = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A window as Prometheus writes it.
pub(crate) fn window_text(us: i64) -> String {
    if us % DAY_US == 0 {
        format!("{}d", us / DAY_US)
    } else if us % HOUR_US == 0 {
        format!("{}h", us / HOUR_US)
    } else {
        format!("{}m", (us / MINUTE_US).max(1))
    }
}
