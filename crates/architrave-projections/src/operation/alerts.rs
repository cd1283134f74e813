//! `operation/alerts.yaml` and `operation/alerts_test.yaml`: rules for Prometheus, and the trials that show that each
//! fires when it should and is silent when it should be.

use std::fmt::Write as _;

use super::yaml::{block, quoted};
use crate::{
    Document, Material, Projection, Room,
    alert::{Alert, Recording, Trial, Watch, watches},
};

/// The path of the rules.
pub(crate) const PATH: &str = "operation/alerts.yaml";

/// Writes both files.
pub(crate) const PROJECTION: Projection =
    Projection { name: "alerts", room: Room::Operation, write: documents };

/// Time between two evaluations of rules, in minutes; that of the trials. Running systems may take less.
const EVALUATION_MIN: u32 = 30;

fn documents(material: &Material<'_>) -> Vec<Document> {
    let watches = watches(material);
    let name = &material.plan.system.name.text;
    let rules = Document {
        path: PATH.to_owned(),
        title: "Alerts as Prometheus rules".to_owned(),
        summary: "What is recorded and who is told when, for `rule_files` of Prometheus."
            .to_owned(),
        text: rules(name, &watches),
    };
    let tests = Document {
        path: "operation/alerts_test.yaml".to_owned(),
        title: "Tests of the alerts".to_owned(),
        summary: "Synthetic series for `promtool test rules`: every alert fires when it should and is silent otherwise."
            .to_owned(),
        text: tests(&watches),
    };
    vec![rules, tests]
}

fn rules(system: &str, watches: &[Watch]) -> String {
    let mut out = format!(
        "# Rules for Prometheus that watch {}.\n# Check them with `promtool check rules alerts.yaml`, test them with `promtool test rules alerts_test.yaml`.\ngroups:\n",
        system.replace(['\n', '\r'], " ")
    );
    let mut groups: Vec<&str> = watches.iter().map(|it| it.group).collect();
    groups.dedup();
    for group in groups {
        let _ = write!(out, "  - name: {group}\n    interval: 30s\n    rules:\n");
        let of_group = || watches.iter().filter(|it| it.group == group);
        of_group().flat_map(|it| &it.recordings).for_each(|it| recording(&mut out, it));
        of_group().flat_map(|it| &it.alerts).for_each(|it| alert(&mut out, it));
    }
    out
}

fn recording(out: &mut String, recording: &Recording) {
    let expression = block(&recording.expression, 10);
    let _ = write!(out, "      - record: {}\n        expr: {expression}\n", recording.name);
    labels(out, &recording.labels);
}

fn alert(out: &mut String, alert: &Alert) {
    let Alert { name, expression, for_min, .. } = alert;
    let expression = block(expression, 10);
    let _ = write!(out, "      - alert: {name}\n        expr: {expression}\n");
    if *for_min > 0 {
        let _ = writeln!(out, "        for: {for_min}m");
    }
    let severity = [("severity", alert.severity.name().to_owned())];
    labels(out, &[&severity, alert.labels.as_slice()].concat());
    let _ = write!(
        out,
        "        annotations:\n          summary: {}\n          description: {}\n          runbook_url: {}\n",
        quoted(&alert.summary),
        quoted(&alert.description),
        quoted(&format!("runbooks/{}.md", alert.runbook))
    );
}

fn labels(out: &mut String, labels: &[(&str, String)]) {
    if !labels.is_empty() {
        out.push_str("        labels:\n");
    }
    for (name, value) in labels {
        let _ = writeln!(out, "          {name}: {}", quoted(value));
    }
}

fn tests(watches: &[Watch]) -> String {
    let mut out = format!(
        "# Run with `promtool test rules alerts_test.yaml`.\nrule_files:\n  - alerts.yaml\nevaluation_interval: {EVALUATION_MIN}m\ntests:\n"
    );
    watches.iter().flat_map(|it| &it.trials).for_each(|it| trial(&mut out, it));
    out
}

fn trial(out: &mut String, trial: &Trial) {
    let Trial { title, step_min, at_min, series, expects } = trial;
    let _ =
        write!(out, "  - name: {}\n    interval: {step_min}m\n    input_series:\n", quoted(title));
    for (name, values) in series {
        let _ =
            write!(out, "      - series: {}\n        values: {}\n", quoted(name), quoted(values));
    }
    out.push_str("    promql_expr_test:\n");
    for (alert, fires) in expects {
        // How many are told of it: every other way to say so repeats the annotations word for word.
        let expression =
            format!("count(ALERTS{{alertname=\"{alert}\",alertstate=\"firing\"}}) or vector(0)");
        let _ = write!(
            out,
            "      - expr: {}\n        eval_time: {at_min}m\n        exp_samples:\n          - labels: '{{}}'\n            value: {}\n",
            quoted(&expression),
            u8::from(*fires)
        );
    }
}
