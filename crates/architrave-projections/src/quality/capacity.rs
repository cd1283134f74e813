//! `quality/capacity.md`: how much the system bears, what runs out first, and how far the numbers can be trusted.

use architrave_model::{
    capacity::{Capacity, LoadPoint, Nodes, ResourceUse},
    graph::Provenance,
    words::{fine_time, percent, short_percent, short_rate, time, times},
};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, capital, code, escape, link, prose, sentence},
};

/// `quality/capacity.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "capacity", room: Room::Quality, write };

pub(crate) const PATH: &str = "quality/capacity.md";
const TITLE: &str = "Capacity";
/// Points of a drawn line.
const POINTS: u64 = 10;

fn write(material: &Material<'_>) -> Vec<Document> {
    let Some(capacity) = &material.assessment.capacity else { return Vec::new() };
    let Some(peak) = capacity.loads.iter().find(|it| it.factor_permille == 1_000) else {
        return Vec::new();
    };
    let mut page = Page::new(TITLE);
    summary(&mut page, capacity, peak);
    doubts(&mut page, capacity);
    loads(&mut page, capacity, peak);
    drawn(&mut page, capacity, peak);
    reasons(&mut page, peak);
    classes(&mut page, capacity);
    latencies(&mut page, capacity);
    curve(&mut page, capacity);
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "How many nodes it needs at which load, what runs out first, and what the numbers rest on."
            .to_owned(),
        text: page.finish(),
    }]
}

fn title(resource: &ResourceUse) -> String {
    prose(&resource.title)
}

fn summary(page: &mut Page, capacity: &Capacity, peak: &LoadPoint) {
    let Some(first) = peak.uses.first() else { return };
    let nodes = peak.nodes.map_or_else(
        || "No number of nodes bears the declared peak".to_owned(),
        |it| {
            format!(
                "The declared peak of {} needs {} of four processors",
                short_rate(capacity.peak_milli_per_s),
                count(it)
            )
        },
    );
    page.paragraph(&format!(
        "{nodes}. What runs out first is **{}**: {} busy at the peak, it reaches the target of {} at {} times that load ({}) and cannot keep up from {} times on.",
        title(first),
        short_percent(first.ppm),
        percent(capacity.target_ppm),
        times(capacity.headroom_permille),
        short_rate(rate_at(capacity, capacity.headroom_permille)),
        times(capacity.saturation_permille),
    ));
    let fixed: Vec<String> =
        peak.uses.iter().filter(|it| !it.grows_with_nodes).map(title).collect();
    if !fixed.is_empty() {
        page.paragraph(&format!(
            "More nodes do not help against {}; the [{}]({}) says what does.",
            fixed.join(" and "),
            "roadmap",
            "../delivery/roadmap.md"
        ));
    }
}

fn count(nodes: Nodes) -> String {
    let all = nodes.for_load + nodes.spare;
    let mut notes = Vec::new();
    if nodes.spare > 0 {
        notes.push(format!(
            "{} for the load, {} so that one may be lost",
            nodes.for_load, nodes.spare
        ));
    }
    if nodes.min != nodes.max {
        notes.push(format!("90 %: {} to {}", nodes.min, nodes.max));
    }
    let note = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    format!("{all} {}{note}", if all == 1 { "node" } else { "nodes" })
}

fn rate_at(capacity: &Capacity, factor_permille: u64) -> u64 {
    let product = u128::from(capacity.peak_milli_per_s) * u128::from(factor_permille) / 1_000;
    u64::try_from(product).unwrap_or(u64::MAX)
}

fn doubts(page: &mut Page, capacity: &Capacity) {
    if capacity.doubts.is_empty() {
        return;
    }
    page.heading(2, "Before you rely on it");
    page.list(capacity.doubts.iter().map(|it| sentence(it)));
    page.paragraph(&format!(
        "Every assumed value stands in {}.",
        link("the list of assumptions", PATH, "overview/assumptions.md")
    ));
}

fn loads(page: &mut Page, capacity: &Capacity, peak: &LoadPoint) {
    page.heading(2, "At which load how busy");
    let mut head: Vec<String> = vec!["Load".to_owned(), "Requests".to_owned(), "Nodes".to_owned()];
    head.extend(peak.uses.iter().map(|it| capital(&title(it))));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = capacity
        .loads
        .iter()
        .map(|load| {
            let nodes = load.nodes.map_or_else(|| "no number is enough".to_owned(), Nodes::told);
            let mut row = vec![escape(&load.title), short_rate(load.milli_per_s), nodes];
            row.extend(peak.uses.iter().map(|of| {
                let found = load.uses.iter().find(|it| it.resource == of.resource);
                found.map_or_else(String::new, |it| busy(it, capacity.target_ppm))
            }));
            row
        })
        .collect();
    page.table(&head, &rows);
    let has_range = capacity.loads.iter().filter_map(|it| it.nodes).any(|it| it.min != it.max);
    let range = if has_range {
        " \"90 %\" is the range of nodes that the error of the demands allows for."
    } else {
        " No error of the demands within their spread changes the number of nodes."
    };
    page.paragraph(&format!("Shares are of what one node has.{range}"));
}

fn busy(it: &ResourceUse, target_ppm: u64) -> String {
    let share = short_percent(it.ppm);
    if it.ppm > target_ppm { format!("**{share}**") } else { share }
}

/// One chart with a line for each resource and one for the target, up to where the first cannot keep up.
fn drawn(page: &mut Page, capacity: &Capacity, peak: &LoadPoint) {
    let last = capacity.saturation_permille.clamp(1_000, 1_000_000).div_ceil(1_000);
    let mut factors: Vec<u64> = (0..=POINTS).map(|it| (last * it / POINTS).max(1)).collect();
    factors.dedup();
    let numbers = |list: Vec<String>| list.join(", ");
    let mut chart = format!(
        "xychart-beta\n    x-axis \"times the declared peak\" [{}]\n    y-axis \"busy, %\" 0 --> 100\n",
        numbers(factors.iter().map(|it| format!("\"{it}\"")).collect())
    );
    for resource in &peak.uses {
        let shares = factors.iter().map(|factor| {
            let tenths = (resource.ppm.saturating_mul(*factor) / 1_000).min(1_000);
            format!("{}.{}", tenths / 10, tenths % 10)
        });
        chart.push_str(&format!("    line [{}]\n", numbers(shares.collect())));
    }
    let target = format!("{}", capacity.target_ppm / 10_000);
    let level = numbers(factors.iter().map(|_| target.clone()).collect());
    chart.push_str(&format!("    line [{level}]\n"));
    let names: Vec<String> = peak.uses.iter().map(title).collect();
    page.diagram(
        &format!(
            "How busy each resource of one node is, by load. From the steepest line down: {}; the level line is the target of {}.",
            names.join(", "),
            percent(capacity.target_ppm)
        ),
        &chart,
    );
}

fn reasons(page: &mut Page, peak: &LoadPoint) {
    page.heading(2, "How it comes about");
    for resource in &peak.uses {
        let grows = if resource.grows_with_nodes {
            "more nodes have more of it"
        } else {
            "more nodes do not have more of it"
        };
        page.paragraph(&format!(
            "**{}**: {} at the declared peak; {grows}.",
            capital(&title(resource)),
            short_percent(resource.ppm)
        ));
        page.list(resource.because.iter().map(|it| sentence(it)));
    }
}

fn classes(page: &mut Page, capacity: &Capacity) {
    page.heading(2, "What the load is made of");
    let is_any_assumed = capacity.demands.iter().any(|it| it.provenance != Provenance::Measured);
    let of = |class: &str, resource: &str| {
        let found = capacity.demands.iter().find(|it| it.class == class && it.resource == resource);
        found.map_or_else(String::new, |it| {
            let mark = if it.provenance == Provenance::Measured { "" } else { " ?" };
            format!("{}{mark}", fine_time(it.nanoseconds))
        })
    };
    let rows: Vec<Vec<String>> = capacity
        .classes
        .iter()
        .map(|class| {
            let mark = if class.is_background { " \\*" } else { "" };
            vec![
                format!("{}{mark}", code(&class.name)),
                short_rate(class.milli_per_s),
                of(&class.name, "processor"),
                of(&class.name, "writer"),
                prose(&class.because),
            ]
        })
        .collect();
    page.table(&["Class", "At the peak", "Processor", "Writer", "Why so often"], &rows);
    let mut notes = Vec::new();
    if is_any_assumed {
        notes.push("A time with ? is assumed: it was measured on another system");
    }
    if capacity.classes.iter().any(|it| it.is_background) {
        notes.push("Classes with \\* are set in motion by commands and come on top of the peak");
    }
    page.paragraph(&notes.iter().map(|it| format!("{it}.")).collect::<Vec<_>>().join(" "));
}

fn latencies(page: &mut Page, capacity: &Capacity) {
    if capacity.latencies.is_empty() {
        return;
    }
    page.heading(2, "How long answers take");
    let rows: Vec<Vec<String>> = capacity
        .latencies
        .iter()
        .map(|it| {
            let sign = if it.is_model { "at least " } else { "" };
            let percentile = percent(u64::from(it.percentile_ppm));
            vec![
                code(&it.operation),
                format!("{} times the peak", times(it.factor_permille)),
                format!("p{}", percentile.trim_end_matches(" %")),
                format!("{sign}{}", time(i64::try_from(it.us).unwrap_or(i64::MAX))),
                escape(&it.because),
            ]
        })
        .collect();
    page.table(&["Operation", "Load", "Percentile", "Time", "Where from"], &rows);
}

fn curve(page: &mut Page, capacity: &Capacity) {
    if capacity.curve.is_empty() {
        return;
    }
    page.heading(2, "Throughput by clients");
    let clients: Vec<String> =
        capacity.curve.iter().map(|it| format!("\"{}\"", it.clients)).collect();
    let line = |of: &dyn Fn(usize) -> Option<u64>| -> Option<String> {
        let values: Option<Vec<String>> =
            (0..clients.len()).map(|at| of(at).map(|it| (it / 1_000).to_string())).collect();
        values.map(|it| it.join(", "))
    };
    let measured = line(&|at| {
        capacity.curve.get(at).and_then(|it| it.measured_milli_per_s.or(it.fitted_milli_per_s))
    });
    let fitted = line(&|at| capacity.curve.get(at).and_then(|it| it.fitted_milli_per_s));
    let mut chart = format!(
        "xychart-beta\n    x-axis \"clients at the same time\" [{}]\n    y-axis \"requests a second\"\n",
        clients.join(", ")
    );
    for values in
        [measured.map(|it| ("bar", it)), fitted.map(|it| ("line", it))].into_iter().flatten()
    {
        chart.push_str(&format!("    {} [{}]\n", values.0, values.1));
    }
    page.diagram(
        "Requests a second by clients that wait for their answers: bars were measured, the last one and the line are the fitted law.",
        &chart,
    );
    if let Some(fit) = capacity.fit {
        page.paragraph(&format!(
            "Universal scalability law: one client gets {}, contention {} per mille, coherency {} per million, off by at most {} where it was measured, up to {} clients. It is drawn out to twice that and no further.",
            short_rate(fit.lambda_milli_per_s),
            times(fit.sigma_ppb / 1_000),
            times(fit.kappa_ppb),
            short_percent(fit.residual_ppm_max),
            fit.clients_measured_max
        ));
    }
}
