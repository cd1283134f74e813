//! Judges blocks and settings against the vocabulary: unknown, missing, twice, of the wrong kind.
//!
//! What passed here can be read later without asking again; what did not is reported once.

use std::collections::BTreeMap;

use architrave_model::{Finding, Name, Span};

use crate::report::{article, error, listed, meant, propose, replace, unknown};
use crate::resolve::{casing, suggest};
use crate::syntax::ast::{Attribute, Block, Expression, ExpressionKind, File, Item};
use crate::vocabulary::{Attributes, BlockRule, FILE, LabelRule, Setting, Shape, WAIVERS};
use crate::{codes, currency, units};

/// Judges all files together, as if they were one.
pub(crate) fn check(files: &[File], findings: &mut Vec<Finding>) {
    let items: Vec<&Item> = files.iter().flat_map(|it| &it.items).collect();
    check_items(&items, &FILE, None, findings);
    let has_system =
        items.iter().any(|it| matches!(it, Item::Block(block) if block.kind.text == "system"));
    if !has_system {
        let start = files.first().map(|it| Span { file: it.id, start: 0, end: 0 });
        findings.push(
            error(
                codes::MISSING_BLOCK,
                start.unwrap_or_default(),
                "the blueprint does not say which system it describes",
                "a `system` block is missing",
            )
            .help(r#"begin with: system Name { edition = "2026" }"#),
        );
    }
}

/// Judges files of waivers.
pub(crate) fn check_waivers(files: &[File], findings: &mut Vec<Finding>) {
    let items: Vec<&Item> = files.iter().flat_map(|it| &it.items).collect();
    check_items(&items, &WAIVERS, None, findings);
}

fn check_block(block: &Block, rule: &BlockRule, findings: &mut Vec<Finding>) {
    check_label(block, rule, findings);
    let items: Vec<&Item> = block.items.iter().collect();
    check_items(&items, rule, Some(block), findings);
    let Attributes::Settings(settings) = rule.attributes else { return };
    for setting in settings.iter().filter(|it| it.is_required) {
        if block.setting(setting.name).is_none() {
            findings.push(missing(&block.kind, setting.name, rule.kind));
        }
    }
}

pub(crate) fn missing(at: &Name, setting: &str, kind: &str) -> Finding {
    error(
        codes::MISSING_SETTING,
        at.span,
        format!("this `{kind}` does not say its `{setting}`"),
        "",
    )
    .help(format!("add `{setting} = …`"))
}

/// Judges the items of one block, or of all files (`parent` is none).
fn check_items(
    items: &[&Item],
    rule: &BlockRule,
    parent: Option<&Block>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for item in items {
        match item {
            Item::Attribute(attribute) => {
                if let Some(first) = seen.insert(&attribute.name.text, attribute.name.span) {
                    findings.push(twice(&attribute.name, first));
                }
                check_attribute(attribute, rule, parent, findings);
            }
            Item::Block(block) => check_child(block, rule, &mut seen, findings),
        }
    }
}

fn twice(name: &Name, first: Span) -> Finding {
    error(codes::DECLARED_TWICE, name.span, format!("`{}` is written twice", name.text), "")
        .because(first, "first written here")
        .help("keep one of the two")
}

fn check_child<'a>(
    block: &'a Block,
    rule: &BlockRule,
    seen: &mut BTreeMap<&'a str, Span>,
    findings: &mut Vec<Finding>,
) {
    let Some(child) = rule.blocks.iter().find(|it| it.kind == block.kind.text) else {
        findings.push(unknown_block(block, rule));
        return;
    };
    if !child.is_repeatable
        && let Some(first) = seen.insert(child.kind, block.kind.span)
    {
        findings.push(twice(&block.kind, first));
    }
    check_block(block, child, findings);
}

fn place(rule: &BlockRule) -> String {
    if rule.kind == "file" {
        "at the top of a blueprint".to_owned()
    } else {
        format!("inside `{}`", rule.kind)
    }
}

fn unknown_block(block: &Block, rule: &BlockRule) -> Finding {
    let kind = &block.kind;
    if let Attributes::Settings(settings) = rule.attributes
        && settings.iter().any(|it| it.name == kind.text)
    {
        let head = kind.span.to(block.open);
        let finding = error(
            codes::UNKNOWN_BLOCK,
            kind.span,
            format!("`{}` is a setting here, not a block", kind.text),
            "",
        );
        return finding.fix(propose("write it with `=`", head, format!("{} = {{", kind.text)));
    }
    let title = format!("there is no block `{}` {}", kind.text, place(rule));
    // A block that we know, in the wrong place: what is spelled like it is not meant.
    let homes: Vec<String> = homes(&FILE, &kind.text);
    if !homes.is_empty() {
        return error(codes::UNKNOWN_BLOCK, kind.span, title, "")
            .help(format!("it belongs {}", homes.join(" or ")));
    }
    unknown(codes::UNKNOWN_BLOCK, kind, title, rule.blocks.iter().map(|it| it.kind))
}

/// Where a kind of block may stand.
fn homes(rule: &BlockRule, kind: &str) -> Vec<String> {
    let is_home = rule.blocks.iter().any(|it| it.kind == kind);
    let mut found: Vec<String> = is_home.then(|| place(rule)).into_iter().collect();
    found.extend(rule.blocks.iter().flat_map(|it| homes(it, kind)));
    found
}

fn check_attribute(
    attribute: &Attribute,
    rule: &BlockRule,
    parent: Option<&Block>,
    findings: &mut Vec<Finding>,
) {
    let Attributes::Settings(settings) = rule.attributes else { return };
    match settings.iter().find(|it| it.name == attribute.name.text) {
        Some(setting) => check_value(&attribute.value, setting, findings),
        None => findings.push(unknown_setting(&attribute.name, settings, rule, parent)),
    }
}

fn unknown_setting(
    name: &Name,
    settings: &[Setting],
    rule: &BlockRule,
    parent: Option<&Block>,
) -> Finding {
    if rule.blocks.iter().any(|it| it.kind == name.text) {
        return error(
            codes::UNKNOWN_SETTING,
            name.span,
            format!("`{}` is a block here, not a setting", name.text),
            "",
        )
        .help(format!("write `{} {{ … }}` without `=`", name.text));
    }
    let title = match parent {
        Some(_) => format!("`{}` has no setting `{}`", rule.kind, name.text),
        None => format!("the setting `{}` stands outside every block", name.text),
    };
    unknown(codes::UNKNOWN_SETTING, name, title, settings.iter().map(|it| it.name))
}

fn check_label(block: &Block, rule: &BlockRule, findings: &mut Vec<Finding>) {
    let what = format!("{} `{}`", article(rule.kind), rule.kind);
    let Some(label) = block.labels.first() else {
        if !matches!(rule.label, LabelRule::None) {
            let finding = error(
                codes::WRONG_LABEL,
                block.kind.span,
                format!("this `{}` has no name", rule.kind),
                "",
            );
            findings.push(finding.help(label_form(rule)));
        }
        return;
    };
    let surplus =
        if matches!(rule.label, LabelRule::None) { Some(label) } else { block.labels.get(1) };
    if let Some(surplus) = surplus {
        let finding =
            error(codes::WRONG_LABEL, surplus.name.span, format!("{what} takes no such label"), "");
        findings.push(finding.help(label_form(rule)));
        return;
    }
    match rule.label {
        LabelRule::None => {}
        LabelRule::Name(_) if label.is_quoted => findings.push(
            error(
                codes::WRONG_LABEL,
                label.name.span,
                format!("the name of {what} is written without quotes"),
                "",
            )
            .fix(replace(
                "remove the quotes",
                label.name.span,
                label.name.text.clone(),
            )),
        ),
        LabelRule::Name(casing) => {
            findings.extend(casing::check(&label.name, casing, &what));
        }
        LabelRule::Text if !label.is_quoted => findings.push(
            error(
                codes::WRONG_LABEL,
                label.name.span,
                format!("the text of {what} is written in quotes"),
                "",
            )
            .fix(replace(
                "add the quotes",
                label.name.span,
                format!("\"{}\"", label.name.text),
            )),
        ),
        LabelRule::Text => {}
        LabelRule::Word(words) if !words.contains(&label.name.text.as_str()) => {
            findings.push(unknown(
                codes::WRONG_LABEL,
                &label.name,
                format!("there is no {} `{}`", rule.kind, label.name.text),
                words.iter().copied(),
            ));
        }
        LabelRule::Word(_) => {}
    }
}

fn label_form(rule: &BlockRule) -> String {
    match rule.label {
        LabelRule::None => format!("write `{} {{ … }}`", rule.kind),
        LabelRule::Name(casing::Casing::Snake) => {
            format!("write `{} some_name {{ … }}`", rule.kind)
        }
        LabelRule::Name(casing::Casing::Pascal) => {
            format!("write `{} SomeName {{ … }}`", rule.kind)
        }
        LabelRule::Text => format!("write `{} \"…\" {{ … }}`", rule.kind),
        LabelRule::Word(words) => format!("write `{} {} {{ … }}`", rule.kind, words.join("` or `")),
    }
}

/// Judges what stands right of `=`.
fn check_value(value: &Expression, setting: &Setting, findings: &mut Vec<Finding>) {
    if value.is_poisoned() {
        return;
    }
    let name = setting.name;
    if let Some((form, is_right)) = quantity_of(setting.value) {
        return quantity(value, name, form, findings, is_right);
    }
    match setting.value {
        Shape::Expression => {}
        Shape::Text => {
            expect_text(value, name, findings);
        }
        Shape::Word(words) => check_word(value, name, words, findings),
        Shape::Bool => {
            if !matches!(value.bare().kind, ExpressionKind::Bool(_)) {
                findings.push(wrong_kind(value, name, "`true` or `false`"));
            }
        }
        Shape::Count(min, max) => check_count(value, name, min, max, findings),
        Shape::Duration(min_us) => quantity(value, name, units::DURATION_FORM, findings, |it| {
            units::duration(it).is_some_and(|us| us >= min_us)
        }),
        Shape::Texts => each(value, name, "a list of texts", findings, |item, findings| {
            expect_text(item, name, findings);
        }),
        Shape::PathOrText if value.text().is_some() => {}
        Shape::Path | Shape::PathOrText => expect_path(value, name, findings),
        Shape::PathList => each(value, name, "a list of names", findings, |item, findings| {
            expect_path(item, name, findings);
        }),
        Shape::PathOrList => match value.items() {
            Some(items) => items.iter().for_each(|it| expect_path(it, name, findings)),
            None => expect_path(value, name, findings),
        },
        Shape::Secretive => check_secretive(value, name, findings),
        Shape::Call(functions) => check_call(value, name, functions, findings),
        Shape::Calls(functions) => each(value, name, "a list", findings, |item, findings| {
            check_call(item, name, functions, findings);
        }),
        Shape::Object(settings) => check_object(value, name, settings, findings),
        // Judged above.
        Shape::Currency
        | Shape::Size
        | Shape::Percent
        | Shape::PerSecond
        | Shape::Growth
        | Shape::Budget
        | Shape::Date => {}
        Shape::Record | Shape::Fields => check_record(value, name, findings),
        Shape::TextLists => {
            check_record(value, name, findings);
            for entry in value.entries().unwrap_or_default() {
                each(
                    &entry.value,
                    &entry.key.text,
                    "a list of texts",
                    findings,
                    |item, findings| {
                        expect_text(item, &entry.key.text, findings);
                    },
                );
            }
        }
    }
}

/// How a quantity is written, and whether a text is one.
type Quantity = (&'static str, fn(&str) -> bool);

fn quantity_of(shape: Shape) -> Option<Quantity> {
    Some(match shape {
        Shape::Currency => (currency::FORM, |it| currency::digits(it).is_some()),
        Shape::Size => (units::SIZE_FORM, |it| units::size_bytes(it).is_some()),
        Shape::Percent => (units::PERCENT_FORM, |it| units::percent_ppm(it).is_some()),
        Shape::PerSecond => (units::RATE_FORM, |it| units::rate_milli_per_s(it).is_some()),
        Shape::Growth => (units::GROWTH_FORM, |it| units::growth_ppm_per_month(it).is_some()),
        Shape::Budget => (units::BUDGET_FORM, |it| units::budget(it).is_some()),
        Shape::Date => (units::DATE_FORM, |it| units::date(it).is_some()),
        _ => return None,
    })
}

fn wrong_kind(value: &Expression, name: &str, expected: &str) -> Finding {
    error(
        codes::WRONG_VALUE_KIND,
        value.span,
        format!("`{name}` takes {expected}, not {}", value.description()),
        "",
    )
    .help(format!("write {expected}"))
}

fn expect_text<'a>(
    value: &'a Expression,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<&'a str> {
    if value.is_poisoned() {
        return None;
    }
    let text = value.text();
    if text.is_none() {
        let finding = wrong_kind(value, name, "text in quotes");
        findings.push(match &value.bare().kind {
            ExpressionKind::Name(word) => {
                finding.fix(replace("add the quotes", value.span, format!("\"{word}\"")))
            }
            _ => finding,
        });
    }
    text
}

fn quantity(
    value: &Expression,
    name: &str,
    form: &str,
    findings: &mut Vec<Finding>,
    is_right: impl Fn(&str) -> bool,
) {
    if value.is_poisoned() {
        return;
    }
    let Some(text) = value.text() else {
        findings
            .push(wrong_kind(value, name, "a quantity in quotes").help(format!("write {form}")));
        return;
    };
    if !is_right(text) {
        findings.push(
            error(
                codes::UNREADABLE_QUANTITY,
                value.span,
                format!("`{name}` cannot be read as a quantity"),
                "",
            )
            .help(format!("write {form}")),
        );
    }
}

fn check_word(value: &Expression, name: &str, words: &[&str], findings: &mut Vec<Finding>) {
    let Some(text) = expect_text(value, name, findings) else { return };
    if words.contains(&text) {
        return;
    }
    let finding =
        error(codes::UNKNOWN_WORD, value.span, format!("`{name}` cannot be \"{text}\""), "");
    findings.push(match (suggest::nearest(text, words.iter().copied()), words) {
        (Some(near), _) | (None, &[near]) => finding.fix(meant(value.span, &format!("\"{near}\""))),
        (None, _) => finding.help(format!("known here: {}", listed(words))),
    });
}

fn check_count(value: &Expression, name: &str, min: u64, max: u64, findings: &mut Vec<Finding>) {
    match value.count() {
        Some(count) if (min..=max).contains(&count) => {}
        Some(_) => findings.push(
            error(codes::UNREADABLE_QUANTITY, value.span, format!("`{name}` is out of range"), "")
                .help(format!("write a whole number from {min} to {max}")),
        ),
        None => findings.push(wrong_kind(value, name, "a whole number")),
    }
}

fn expect_path(value: &Expression, name: &str, findings: &mut Vec<Finding>) {
    if value.is_poisoned() || value.path().is_some() {
        return;
    }
    let finding = wrong_kind(value, name, "the name of something declared");
    findings.push(match value.text() {
        Some(text) => finding.fix(replace("remove the quotes", value.span, text)),
        None => finding,
    });
}

fn each(
    value: &Expression,
    name: &str,
    expected: &str,
    findings: &mut Vec<Finding>,
    check: impl Fn(&Expression, &mut Vec<Finding>),
) {
    if value.is_poisoned() {
        return;
    }
    match value.items() {
        Some(items) => items.iter().for_each(|it| check(it, findings)),
        None => {
            let finding = wrong_kind(value, name, expected);
            let brackets = [(value.span.before(), "["), (value.span.after(), "]")];
            let mut fix = propose("make it a list", value.span, "");
            fix.edits = brackets
                .map(|(span, text)| architrave_model::Edit { span, text: text.to_owned() })
                .to_vec();
            findings.push(finding.fix(fix));
        }
    }
}

/// Longest name of an environment variable that we accept.
const VARIABLE_LENGTH_MAX: usize = 100;

fn check_secretive(value: &Expression, name: &str, findings: &mut Vec<Finding>) {
    if value.is_poisoned() || value.text().is_some() {
        return;
    }
    let Some((function, arguments)) = value.call() else {
        findings.push(wrong_kind(value, name, r#"text, `env("NAME")` or `secret("NAME")`"#));
        return;
    };
    if !["env", "secret"].contains(&function.text.as_str()) {
        let title = format!("`{name}` cannot be made by `{}`", function.text);
        findings.push(unknown(codes::UNKNOWN_FUNCTION, function, title, ["env", "secret"]));
        return;
    }
    let variable = match arguments {
        [one] => one.text(),
        _ => None,
    };
    let is_right = variable.is_some_and(|it| {
        !it.is_empty()
            && it.len() <= VARIABLE_LENGTH_MAX
            && it.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    });
    if !is_right {
        findings.push(
            error(
                codes::WRONG_ARGUMENTS,
                value.span,
                format!("`{}` takes the name of one variable", function.text),
                "",
            )
            .help(format!("write `{}(\"SOME_NAME\")`, in capitals", function.text)),
        );
    }
}

fn check_call(
    value: &Expression,
    name: &str,
    functions: &[&'static str],
    findings: &mut Vec<Finding>,
) {
    if value.is_poisoned() {
        return;
    }
    match value.call() {
        Some((function, _)) if functions.contains(&function.text.as_str()) => {}
        Some((function, _)) => {
            let title = format!("`{name}` cannot be made by `{}`", function.text);
            let known = functions.iter().copied();
            findings.push(unknown(codes::UNKNOWN_FUNCTION, function, title, known));
        }
        None => {
            let form = functions.iter().map(|it| format!("`{it}(…)`")).collect::<Vec<_>>();
            findings.push(wrong_kind(value, name, &form.join(" or ")));
        }
    }
}

fn check_record(value: &Expression, name: &str, findings: &mut Vec<Finding>) {
    let Some(entries) = value.entries() else {
        findings.push(wrong_kind(value, name, "an object in braces"));
        return;
    };
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for entry in entries {
        if let Some(first) = seen.insert(&entry.key.text, entry.key.span) {
            findings.push(twice(&entry.key, first));
        }
    }
}

fn check_object(value: &Expression, name: &str, settings: &[Setting], findings: &mut Vec<Finding>) {
    check_record(value, name, findings);
    let Some(entries) = value.entries() else { return };
    for entry in entries {
        match settings.iter().find(|it| it.name == entry.key.text) {
            Some(setting) => check_value(&entry.value, setting, findings),
            None => findings.push(unknown(
                codes::UNKNOWN_SETTING,
                &entry.key,
                format!("`{name}` has no setting `{}`", entry.key.text),
                settings.iter().map(|it| it.name),
            )),
        }
    }
    for setting in settings.iter().filter(|it| it.is_required) {
        if value.entry(setting.name).is_none() {
            let at = Name { text: name.to_owned(), span: value.span };
            findings.push(missing(&at, setting.name, name));
        }
    }
}
