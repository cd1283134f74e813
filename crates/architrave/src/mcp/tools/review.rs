//! `review`: the verdicts of all rules.

use architrave_blueprint::render::Style;
use architrave_model::Outcome;
use architrave_review::tell::Format;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    checked::has_errors,
    commands::{parse_family, parse_level},
    mcp::{
        desk::Desk,
        resources, system,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
    review::{self, Judgement, Subject},
    world::today,
};

/// What to judge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A blueprint, or files and folders of an existing system, below the root.
    paths: Vec<String>,
    /// Only rules of these families, e.g. ["security", "cost"]; all if left out.
    #[serde(default)]
    families: Vec<String>,
    /// Only findings that matter at least so much: critical, high, elevated, medium, low, info.
    level_min: Option<String>,
    /// Only findings that are new since this revision of the git repository (a branch, a tag, a commit).
    changed_since: Option<String>,
    /// Only findings that are not in this file below the root, which `architrave review --write-baseline` wrote.
    baseline: Option<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "review",
    title: "Judge a system",
    description: "Judges a blueprint, or the compose files, manifests, contracts, schemas and pipelines of an existing \
                  system, by all rules: findings with place, reason, source and fix, and how many rules could tell.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || {
        json!({
            "type": "object",
            "required": ["findings"],
            "properties": { "findings": { "type": "array", "items": { "type": "object" } } }
        })
    },
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let given: Arguments = arguments(given)?;
    if given.paths.is_empty() {
        return Err(Refusal::new("no path is named", "name a blueprint, or files of a system"));
    }
    let paths = given.paths.iter().map(|it| desk.existing(it)).collect::<Result<Vec<_>, _>>()?;
    let (waivers, found, _) = review::waivers(None, &paths)?;
    let subject = Subject::load(&paths)?;
    let wrong = |what: String| Refusal::new(what, "see the tool's input schema");
    let families = given.families.iter().map(|it| parse_family(it));
    let mut how = Judgement {
        as_of_day: today(),
        families: families.collect::<Result<_, _>>().map_err(wrong)?,
        waivers,
        lifecycles: system::lifecycles(desk)?,
        ..Judgement::default()
    };
    let level = given.level_min.as_deref().map(parse_level).transpose().map_err(wrong)?;
    let earlier = match &given.changed_since {
        Some(revision) => Some(review::before(&subject, &paths, revision)?.judged(&how)),
        None => None,
    };
    how.before = earlier.as_ref().map(|it| Box::new(it.graph.clone()));
    let mut judged = subject.judged(&how);
    let is_blueprint = matches!(subject, Subject::Blueprint { .. });
    if has_errors(&found) || (is_blueprint && has_errors(&judged.findings)) {
        return Err(Refusal::has_errors());
    }
    let mut known = earlier.map(|it| it.report.review.failures()).unwrap_or_default();
    if let Some(path) = &given.baseline {
        known.extend(review::baseline(&desk.existing(path)?)?);
    }
    judged.report.review.verdicts.retain(|it| {
        let is_grave = level.is_none_or(|least| it.level <= least);
        it.outcome != Outcome::Fail || (is_grave && !known.contains(&it.id()))
    });
    let text = review::text(&judged.report, Style::Plain);
    let value = serde_json::from_str(&judged.report.told(Format::Json)).unwrap_or(Value::Null);
    let links = given.paths.first().and_then(|it| resources::link(desk, it, "findings.sarif"));
    Ok(Answer::of(text, value).with_links(links))
}
