//! The generated pages of the manual are current. `UPDATE_GOLDEN=1 cargo test -p architrave --test manual`
//! writes them anew.
#![cfg(test)]

use std::{fmt::Write as _, path::PathBuf};

use architrave::exit;
use architrave_plan::{ALL_PROBLEMS, metric};

const NOTE: &str = "<!-- Generated from the code; see CONTRIBUTING.md. -->\n\n";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// Compares a page with what it should be, or writes it.
fn check(name: &str, expected: &str) {
    let path = path(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{name} is not current: run this test with UPDATE_GOLDEN=1");
}

#[test]
fn problems_are_in_the_reference() {
    let mut page = format!(
        "# Problems\n\n{NOTE}Every refusal that an API can answer with, as RFC 9457 `application/problem+json`. Guards of commands add codes of their\nown with status 409; a server's own list is at `/problems`.\n"
    );
    for it in ALL_PROBLEMS {
        let retry = if it.is_retryable { "may succeed later" } else { "will be refused again" };
        let _ = write!(
            page,
            "\n## `{}`\n\n{} · {}\n\n{} The same request {retry}.\n",
            it.code, it.status, it.title, it.explanation
        );
    }
    check("reference/problems.md", &page);
}

#[test]
fn metrics_are_in_the_reference() {
    let mut page = format!(
        "# Metrics\n\n{NOTE}What `/metrics` on the administrator's listener shows, as Prometheus text.\n\n| Name | Kind | Labels | Meaning |\n|---|---|---|---|\n"
    );
    for it in metric::ALL {
        let labels: Vec<String> = it.labels.iter().map(|it| format!("`{it}`")).collect();
        let (name, kind, labels) = (it.name, it.kind.name(), labels.join(", "));
        let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {} |", it.help);
    }
    check("reference/metrics.md", &page);
}

#[test]
fn exit_codes_are_in_the_reference() {
    let mut page =
        format!("# Exit codes\n\n{NOTE}How every command ends.\n\n| Code | Meaning |\n|---|---|\n");
    for (_, number, meaning) in exit::ALL {
        let _ = writeln!(page, "| {number} | {meaning} |");
    }
    check("reference/exit-codes.md", &page);
}

#[test]
fn the_http_profile_lists_every_refusal() {
    const START: &str = "<!-- problems: generated, see CONTRIBUTING.md -->\n";
    const END: &str = "<!-- /problems -->";
    let mut table = String::from("| Status | Code | Meaning | Retry |\n|---|---|---|---|\n");
    for it in ALL_PROBLEMS {
        let retry = if it.is_retryable { "yes" } else { "" };
        let _ = writeln!(
            table,
            "| {} | [`{}`](reference/problems.md#{}) | {} | {retry} |",
            it.status, it.code, it.code, it.title
        );
    }
    let page = std::fs::read_to_string(path("http-profile.md")).unwrap();
    let (before, rest) = page.split_once(START).expect("the section begins");
    let (_, after) = rest.split_once(END).expect("the section ends");
    check("http-profile.md", &format!("{before}{START}{table}{END}{after}"));
}

#[test]
fn links_of_the_manual_lead_to_files() {
    let folder = path("");
    for page in ["README.md", "http-profile.md", "operations.md", "performance.md", "security.md"] {
        let text = std::fs::read_to_string(folder.join(page)).unwrap();
        for link in text.split("](").skip(1).filter_map(|it| it.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(folder.join(file).exists(), "docs/{page}: {link}");
        }
    }
}

#[test]
fn rules_are_in_the_reference() {
    let count = architrave_review::rules().count();
    let list = architrave_review::pages::index(&|it| format!("{}.md", it.id));
    let head = "What `architrave review` judges. `architrave rules` lists the same, `architrave explain REL-01` prints a page.";
    check(
        "reference/rules/README.md",
        &format!("# Rules of the architect\n\n{NOTE}{head} There are {count}.\n{list}"),
    );
    let mut expected = vec!["README.md".to_owned()];
    for rule in architrave_review::rules() {
        let name = format!("{}.md", rule.id);
        let page = architrave_review::pages::page(rule);
        let (title, rest) = page.split_once("\n\n").unwrap();
        check(&format!("reference/rules/{name}"), &format!("{title}\n\n{NOTE}{rest}"));
        expected.push(name);
    }
    let found = std::fs::read_dir(path("reference/rules")).unwrap();
    for entry in found {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            expected.contains(&name),
            "docs/reference/rules/{name} belongs to no rule: remove it"
        );
    }
}

#[test]
fn decision_tables_are_in_the_reference() {
    let pages = architrave_review::decision_page::pages(architrave_review::Tables::ours());
    let mut list = format!(
        "# Decision tables\n\n{NOTE}By what `architrave decide` decides. `architrave explain D-02` prints a page; `docs/decisions.md` says how a table is\nwritten. There are {}.\n\n| Decision | Answers |\n|---|---|\n",
        pages.len()
    );
    let mut expected = vec!["README.md".to_owned()];
    for (id, name, question, page) in &pages {
        let _ = writeln!(list, "| [{id}]({id}.md) {} | {question} |", name.replace('_', " "));
        let (title, rest) = page.split_once("\n\n").unwrap();
        check(&format!("reference/decisions/{id}.md"), &format!("{title}\n\n{NOTE}{rest}"));
        expected.push(format!("{id}.md"));
    }
    check("reference/decisions/README.md", &list);
    for entry in std::fs::read_dir(path("reference/decisions")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(expected.contains(&name), "docs/reference/decisions/{name} belongs to no table");
    }
}
