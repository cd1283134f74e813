//! `operation/slos.openslo.yaml`: the objectives in the format of OpenSLO v1, for tools that read it.

use std::fmt::Write as _;

use super::yaml::{block, quoted};
use crate::{
    Document, Material, Projection, Room,
    alert::{Indicator, burn, indicators},
};

/// `operation/slos.openslo.yaml`
pub(crate) const PROJECTION: Projection =
    Projection { name: "openslo", room: Room::Operation, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    let all = indicators(material);
    if all.is_empty() {
        return Vec::new();
    }
    let service = dashed(&plan.system.name.text);
    let mut text = format!(
        "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: {service}\nspec:\n  description: {}\n",
        quoted(&plan.system.name.text)
    );
    all.iter().for_each(|it| objective(&mut text, &service, it));
    vec![Document {
        path: "operation/slos.openslo.yaml".to_owned(),
        title: "Objectives as OpenSLO".to_owned(),
        summary: "The objectives in the format of OpenSLO v1, for tools that read it.".to_owned(),
        text,
    }]
}

fn objective(out: &mut String, service: &str, indicator: &Indicator) {
    let name = dashed(&format!("{} {}", indicator.objective, indicator.name));
    let window = burn::window_text(indicator.window_us);
    // OpenSLO wants the share of good requests as a number of at most 1.
    let target = burn::share(indicator.target_ppm.into());
    let query = indicator.errors("5m");
    let _ = write!(
        out,
        "---\napiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: {name}\nspec:\n  description: {}\n  service: {service}\n  \
         indicator:\n    metadata:\n      name: {name}\n    spec:\n      thresholdMetric:\n        metricSource:\n          type: Prometheus\n          \
         spec:\n            query: {}\n  timeWindow:\n    - duration: {window}\n      isRolling: true\n  budgetingMethod: Occurrences\n  \
         objectives:\n    - displayName: {}\n      op: lte\n      value: {}\n      target: {target}\n",
        quoted(&indicator.title),
        block(&query, 14),
        quoted(&indicator.full_name()),
        burn::share(indicator.budget_ppm().into()),
    );
}

/// A name as OpenSLO allows it: lower case letters, digits and hyphens.
fn dashed(text: &str) -> String {
    let safe = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' };
    text.chars().map(safe).collect::<String>().trim_matches('-').to_owned()
}
