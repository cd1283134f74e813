//! The manual of the rules: one page a rule, as Markdown and as a web site that needs no network.

mod html;
mod markdown;

use crate::{Family, Input, Rule, rules};

/// The page of a rule as Markdown: what it is, why, what to do, examples, sources.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let (title, rest) = rule.page.split_once('\n').unwrap_or((rule.page, ""));
    let sources: String =
        rule.sources.iter().map(|it| format!("- [{}]({})\n", it.title, it.url)).collect();
    format!("{title}\n\n{}\n\n{}\n\n## Sources\n\n{sources}", facts(rule), rest.trim())
}

/// All rules by family, as Markdown; `link` makes the address of a rule's page.
#[must_use]
pub fn index(link: &dyn Fn(&Rule) -> String) -> String {
    let mut page = String::new();
    for (family, rules) in by_family() {
        page.push_str(&format!("\n## {}\n\n", capital(family.name())));
        page.push_str("| Rule | Name | What is wrong | Level |\n|---|---|---|---|\n");
        for rule in rules {
            page.push_str(&format!(
                "| [{}]({}) | {} | {} | {} |\n",
                rule.id,
                link(rule),
                rule.name,
                rule.title,
                rule.level().name()
            ));
        }
    }
    page
}

/// A web site of all rules, by file: an index, and one page a rule. It loads nothing from anywhere.
#[must_use]
pub fn site() -> Vec<(String, String)> {
    let count = rules().count();
    let index = format!(
        "# Rules of the architect\n\n{count} rules, by family.\n{}",
        index(&|it| format!("{}.html", it.id))
    );
    let home = ("index.html".to_owned(), html::document("Rules of the architect", &index, None));
    let pages = rules().map(|it| {
        let title = format!("{} {}", it.id, it.name);
        (format!("{}.html", it.id), html::document(&title, &page(it), Some("index.html")))
    });
    std::iter::once(home).chain(pages).collect()
}

/// One line: family, level and how it comes about, what it reads, its names elsewhere.
fn facts(rule: &Rule) -> String {
    let reads: Vec<&str> = rule.reads.iter().copied().map(input).collect();
    let maps: Vec<String> =
        rule.maps.iter().map(|(catalogue, name)| format!("{catalogue} {name}")).collect();
    let mut facts = vec![
        capital(rule.family.name()),
        format!(
            "{} (impact {} of 4, likelihood {} of 4)",
            rule.level().name(),
            rule.impact,
            rule.likelihood
        ),
        format!("judges {}", reads.join(", ")),
    ];
    facts.extend(Some(maps.join(", ")).filter(|it| !it.is_empty()));
    facts.join(" · ")
}

fn input(input: Input) -> &'static str {
    match input {
        Input::Blueprint => "blueprints",
        Input::Compose => "compose files",
        Input::Kubernetes => "Kubernetes manifests",
        Input::OpenApi => "OpenAPI",
        Input::AsyncApi => "AsyncAPI",
        Input::Sql => "SQL",
        Input::Repository => "Dockerfiles, pipelines and decision records",
        Input::Measurements => "measurements",
    }
}

fn by_family() -> Vec<(Family, Vec<&'static Rule>)> {
    let mut families: Vec<(Family, Vec<&'static Rule>)> = Vec::new();
    for rule in rules() {
        match families.last_mut() {
            Some((family, all)) if *family == rule.family => all.push(rule),
            _ => families.push((rule.family, vec![rule])),
        }
    }
    families
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
