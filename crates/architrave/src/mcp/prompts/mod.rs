//! The prompts, one text a file: what to do, in which order, by which tools, and the gate to pass. Clients show them
//! as commands.

use rmcp::model::{self, PromptArgument};
use serde_json::{Map, Value};

use super::tool::Refusal;

/// Longest value of an argument, in bytes.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Longest name that is made from a value, in letters.
const SLUG_LETTERS_MAX: usize = 48;

/// What is told with every prompt.
const AT_HAND: &str = "\nAt hand as resources: architrave://blueprint, architrave://questions, architrave://findings.sarif, architrave://decisions.\n";

/// A prompt.
pub(super) struct Prompt {
    /// Stable; the command's name.
    pub(super) name: &'static str,
    /// What it is for, in a few words.
    description: &'static str,
    /// Its argument and what that is; at most one.
    argument: Option<(&'static str, &'static str)>,
    /// What stands for the argument where it is left out; none where it is required.
    default: Option<&'static str>,
    text: &'static str,
}

macro_rules! prompts {
    ($($name:literal $description:literal $argument:expr, $default:expr;)*) => {
        /// Every prompt, in the order in which they are listed.
        pub(super) static ALL: &[Prompt] = &[$(Prompt {
            name: $name,
            description: $description,
            argument: $argument,
            default: $default,
            text: include_str!(concat!($name, ".md")),
        }),*];
    };
}

prompts! {
    "plan" "Plan a change with evidence" Some(("issue", "what is wanted")), None;
    "work" "Plan and carry out a change" Some(("issue", "what is wanted")), None;
    "implement" "Carry out a plan that is written" Some(("plan_file", "path of the plan")), None;
    "review" "Review a blueprint or an existing system" Some(("path", "what to review; the whole folder if left out")), Some("the whole folder");
    "adr" "Write down a decision" Some(("title", "what is to be decided")), None;
    "security" "Look for what an attacker would use" None, None;
    "migrate" "Plan a change of a running system" Some(("change", "what is to change")), None;
    "scale" "Make it bear more" Some(("target", "how much, e.g. 10,000 requests a second")), None;
    "dr" "Say what happens when it is lost" None, None;
    "cost" "Say what it costs" None, None;
    "prp" "Write a product requirement prompt" Some(("feature", "what is wanted")), None;
    "handoff" "Hand over to another agent" Some(("to", "frontend, devops, data or qa")), None;
}

impl Prompt {
    /// As it is listed.
    pub(super) fn listed(&self) -> model::Prompt {
        let argument = self.argument.map(|(name, description)| {
            let is_required = self.default.is_none();
            let argument = PromptArgument::new(name).with_description(description);
            vec![argument.with_required(is_required)]
        });
        model::Prompt::new(self.name, Some(self.description), argument)
    }

    /// The text with its argument put in; `day` is `20261121`.
    pub(super) fn text(
        &self,
        given: Option<&Map<String, Value>>,
        day: &str,
    ) -> Result<String, Refusal> {
        let empty = Map::new();
        let given = given.unwrap_or(&empty);
        let expected = self.argument.map(|it| it.0);
        if let Some(unknown) = given.keys().find(|it| Some(it.as_str()) != expected) {
            let what = format!("`{}` takes no argument `{unknown}`", self.name);
            return Err(Refusal::new(what, "see the list of prompts"));
        }
        let Some((name, meaning)) = self.argument else {
            return Ok(format!("{}{AT_HAND}", self.text));
        };
        let value = match given.get(name) {
            Some(Value::String(text)) if text.len() <= VALUE_BYTES_MAX => text.trim(),
            Some(Value::String(_)) => {
                let what = format!("`{name}` is longer than {VALUE_BYTES_MAX} bytes");
                return Err(Refusal::new(what, "put it into a file and name the file"));
            }
            None => self.default.unwrap_or_default(),
            Some(_) => return Err(Refusal::new(format!("`{name}` is text"), meaning)),
        };
        if value.is_empty() {
            return Err(Refusal::new(format!("`{name}` is missing: {meaning}"), "give it a value"));
        }
        // The value last: what a person wrote is not searched for places to fill.
        let text = format!("{}{AT_HAND}", self.text);
        let text = text.replace("{slug}", &slug(value)).replace("{date}", day);
        Ok(text.replace(&format!("{{{name}}}"), value))
    }
}

/// A name for files: lower-case letters and digits with lines between.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for char in text.chars().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= SLUG_LETTERS_MAX {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "work".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(name: &str, given: Value) -> Result<String, Refusal> {
        let prompt = ALL.iter().find(|it| it.name == name).unwrap();
        prompt.text(given.as_object(), "20261121")
    }

    #[test]
    fn an_argument_is_put_in_and_never_filled_in_itself() {
        let plan = text("plan", json!({ "issue": "Add {date} coupons & more!" })).unwrap();
        assert!(plan.starts_with("Plan this: Add {date} coupons & more!"), "{plan}");
        assert!(plan.contains(".agency/plans/plan-add-date-coupons-more-20261121.md"), "{plan}");
        assert!(text("review", json!({})).unwrap().contains("the whole folder"));
        for prompt in ALL {
            let given = prompt.argument.map_or(json!({}), |it| json!({ it.0: "x" }));
            let text = prompt.text(given.as_object(), "20261121").unwrap();
            assert!(!text.contains('{'), "{}: {text}", prompt.name);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (name, given) in [
            ("plan", json!({})),
            ("plan", json!({ "issue": "  " })),
            ("plan", json!({ "issue": 5 })),
            ("plan", json!({ "issue": "x", "more": "y" })),
            ("security", json!({ "path": "x" })),
            ("plan", json!({ "issue": "x".repeat(VALUE_BYTES_MAX + 1) })),
        ] {
            assert!(text(name, given.clone()).is_err(), "{name} {given}");
        }
    }
}
