//! How much findings matter to one team, where that is other than usual.

use architrave_model::{Level, Outcome};

use crate::{Review, pattern::matches, rule, rules};

/// All levels, the gravest first.
pub const LEVELS: &[Level] =
    &[Level::Critical, Level::High, Level::Elevated, Level::Medium, Level::Low, Level::Info];

/// The level with this name.
#[must_use]
pub fn level(name: &str) -> Option<Level> {
    LEVELS.iter().copied().find(|it| it.name() == name)
}

/// `reliability.*=low`: what matters how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelChange {
    /// Pattern of paths, from the general to the special: `reliability.*`, `reliability.REL-01`,
    /// `reliability.REL-01.edge:a->*`. The rule's id alone (`REL-01`) is understood too.
    pub pattern: String,
    /// How much.
    pub level: Level,
}

impl std::str::FromStr for LevelChange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || LEVELS.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
        let (pattern, name) = text
            .split_once('=')
            .ok_or_else(|| format!("write PATTERN=LEVEL, with one of {}", names()))?;
        let level =
            level(name).ok_or_else(|| format!("{name} is no level; levels are {}", names()))?;
        Ok(Self { pattern: pattern.to_owned(), level })
    }
}

impl LevelChange {
    /// Letters beside stars: behind the family, and in all.
    fn specialty(&self) -> (usize, usize) {
        let letters = |text: &str| text.bytes().filter(|it| *it != b'*').count();
        let is_family = |it: &str| rules().any(|rule| rule.family.name() == it);
        let rest = match self.pattern.split_once('.') {
            Some((family, rest)) if is_family(family) => rest,
            _ if is_family(&self.pattern) => "",
            _ => &self.pattern,
        };
        (letters(rest), letters(&self.pattern))
    }
}

impl Review {
    /// Changes how much findings matter. Where several patterns match, the most special wins: the one that says
    /// most of the rule and the element, then of the family; of equals the later one.
    pub fn change_levels(&mut self, changes: &[LevelChange]) {
        for verdict in &mut self.verdicts {
            if !matches!(verdict.outcome, Outcome::Fail | Outcome::Waived) {
                continue;
            }
            let family = rule(verdict.rule).map_or("", |it| it.family.name());
            let path = format!("{family}.{}.{}", verdict.rule, verdict.subject);
            let of_rule = format!("{family}.{}", verdict.rule);
            let meant = |it: &&LevelChange| {
                [path.as_str(), of_rule.as_str(), family, verdict.rule]
                    .iter()
                    .any(|text| matches(&it.pattern, text))
            };
            if let Some(change) = changes.iter().filter(meant).max_by_key(|it| it.specialty()) {
                verdict.level = change.level;
            }
        }
        self.sort();
    }
}
