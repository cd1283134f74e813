//! Names of sections, as code hosts make them from headings, so that one link works on both.

use std::collections::BTreeMap;

/// Gives every heading of one page a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Slugs(BTreeMap<String, u32>);

impl Slugs {
    /// The name of the next heading, from its plain text.
    pub(crate) fn next(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let count = self.0.entry(slug.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
    }
}

/// Lower case; letters, digits, lines and hyphens stay, spaces become hyphens, the rest goes.
pub(crate) fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|it| match it {
        ' ' => Some('-'),
        '-' | '_' => Some(it),
        it if it.is_alphanumeric() => Some(it),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_named_as_code_hosts_name_them() {
        let mut slugs = Slugs::default();
        for (heading, expected) in [
            ("What it keeps", "what-it-keeps"),
            ("sales.Order", "salesorder"),
            ("A → B, 99.9 %", "a--b-999-"),
            ("What it keeps", "what-it-keeps-1"),
        ] {
            assert_eq!(slugs.next(heading), expected);
        }
    }
}
