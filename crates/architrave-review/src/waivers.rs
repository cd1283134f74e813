//! Findings that somebody took upon themselves, for a time.

use architrave_model::{Outcome, SourceFile, Verdict, Waiver};

use crate::{Review, pattern::matches, tell::day};

/// What became of some waivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waived {
    /// Those that have ended and would have waived something: it is a finding again.
    pub expired: Vec<Waiver>,
    /// Those that match no finding: what they were about is mended or renamed.
    pub unused: Vec<Waiver>,
}

impl Review {
    /// Takes findings away that somebody took upon themselves. The last day of a waiver counts.
    pub fn waive(&mut self, waivers: &[Waiver], as_of_day: i32) -> Waived {
        self.waive_in(waivers, as_of_day, &[])
    }

    /// The same, where the files that places point into are at hand: a waiver may then name a file, too.
    pub fn waive_in(&mut self, waivers: &[Waiver], as_of_day: i32, files: &[SourceFile]) -> Waived {
        let mut result = Waived::default();
        for waiver in waivers {
            let is_over = waiver.until_day < as_of_day;
            let mut has_matched = false;
            for verdict in &mut self.verdicts {
                let is_open = matches!(verdict.outcome, Outcome::Fail | Outcome::Waived);
                if is_open && is_meant(&waiver.pattern, verdict, files) {
                    has_matched = true;
                    mark(verdict, waiver, is_over);
                }
            }
            match (has_matched, is_over) {
                (false, _) => result.unused.push(waiver.clone()),
                (true, true) => result.expired.push(waiver.clone()),
                (true, false) => {}
            }
        }
        self.sort();
        result
    }
}

/// A pattern is of the finding's id, `RULE@SUBJECT`, or of the file that it is in, `RULE@PATH`.
fn is_meant(pattern: &str, verdict: &Verdict, files: &[SourceFile]) -> bool {
    if matches(pattern, &verdict.id()) {
        return true;
    }
    let Some((rule, path)) = pattern.split_once('@') else { return false };
    let file = verdict.places.first().and_then(|(span, _)| files.get(span.file.0 as usize));
    matches(rule, verdict.rule) && file.is_some_and(|it| is_at(path, &it.name))
}

/// A path or the end of one, at a folder: `deploy/*.yaml` is also that of `shop/deploy/web.yaml`, whatever folder the
/// review was started in.
fn is_at(pattern: &str, name: &str) -> bool {
    let starts = name.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).filter_map(|it| name.get(it..)).any(|it| matches(pattern, it))
}

fn mark(verdict: &mut Verdict, waiver: &Waiver, is_over: bool) {
    if verdict.outcome == Outcome::Waived {
        return;
    }
    if is_over {
        let ended = day::written(waiver.until_day);
        verdict.because.push(format!("{} accepted it until {ended}, which is over", waiver.owner));
    } else {
        verdict.outcome = Outcome::Waived;
        verdict.waiver = Some(waiver.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::is_at;

    #[test]
    fn a_path_matches_from_any_folder_on() {
        for (pattern, name, expected) in [
            ("deploy/web.yaml", "deploy/web.yaml", true),
            ("deploy/*.yaml", "shop/deploy/web.yaml", true),
            ("web.yaml", "deploy/web.yaml", true),
            ("eb.yaml", "deploy/web.yaml", false),
            ("deploy/*", "other/deploy-old/web.yaml", false),
            ("*", "a", true),
        ] {
            assert_eq!(is_at(pattern, name), expected, "{pattern} {name}");
        }
    }
}
