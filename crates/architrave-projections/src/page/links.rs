//! Links to documents that a system has none of become their text.

use std::collections::BTreeSet;

use crate::site::resolved;

/// A page without links that lead nowhere; `paths` are those of all documents. Blocks of code are left alone.
pub(crate) fn without_dead_links(from: &str, text: &str, paths: &BTreeSet<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<String> = None;
    for line in text.split_inclusive('\n') {
        let ticks: String = line.chars().take_while(|it| *it == '`').collect();
        let is_fence = ticks.len() >= 3;
        match &fence {
            Some(open) => {
                if is_fence && ticks.len() >= open.len() {
                    fence = None;
                }
                out.push_str(line);
            }
            None if is_fence => {
                fence = Some(ticks);
                out.push_str(line);
            }
            None => unlink(&mut out, from, line, paths),
        }
    }
    out
}

fn unlink(out: &mut String, from: &str, line: &str, paths: &BTreeSet<String>) {
    let mut rest = line;
    while let Some(middle) = rest.find("](") {
        let (before, after) = rest.split_at(middle);
        let target = after.get(2..).and_then(|it| it.split_once(')'));
        let (Some((target, behind)), Some(open)) = (target, opening(before)) else {
            let (head, tail) = rest.split_at(middle + 2);
            out.push_str(head);
            rest = tail;
            continue;
        };
        // Every address of ours has a dot: what has none is text that looks like a link.
        if !target.contains('.') || leads(from, target, paths) {
            let end = rest.len() - behind.len();
            out.push_str(rest.get(..end).unwrap_or_default());
        } else {
            out.push_str(before.get(..open).unwrap_or_default());
            out.push_str(before.get(open + 1..).unwrap_or_default());
        }
        rest = behind;
    }
    out.push_str(rest);
}

/// Where the link's text begins: the last bracket that is not escaped.
fn opening(before: &str) -> Option<usize> {
    let mut end = before.len();
    while let Some(at) = before.get(..end)?.rfind('[') {
        let head = before.get(..at)?;
        if head.chars().rev().take_while(|it| *it == '\\').count() % 2 == 0 {
            return Some(at);
        }
        end = at;
    }
    None
}

fn leads(from: &str, target: &str, paths: &BTreeSet<String>) -> bool {
    if target.contains(':') || target.starts_with('#') {
        return true;
    }
    let path = target.split('#').next().unwrap_or_default();
    resolved(from, path).is_some_and(|it| paths.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_lead_nowhere_become_text() {
        let paths = BTreeSet::from(["data/erd.md".to_owned(), "README.md".to_owned()]);
        let check = |text: &str, expected: &str| {
            assert_eq!(without_dead_links("data/x.md", text, &paths), expected);
        };
        check("a [b](erd.md) c\n", "a [b](erd.md) c\n");
        check("a [b](none.md) c [d](../README.md#e)\n", "a b c [d](../README.md#e)\n");
        check("| [a](x.md) | [`b`](y.md) |\n", "| a | `b` |\n");
        check("\\[a\\](x.md) [b \\[c\\]](x.md)\n", "\\[a\\](x.md) b \\[c\\]\n");
        check("[a](https://a.example)\n", "[a](https://a.example)\n");
        check("```mermaid\na[b](c.md)\n```\n[a](c.md)\n", "```mermaid\na[b](c.md)\n```\na\n");
        check("f[0](1", "f[0](1");
    }
}
