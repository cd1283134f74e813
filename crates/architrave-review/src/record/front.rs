//! The front matter of records: the lines between the first two `---`.

use architrave_model::{
    civil::{day_of, day_text},
    decision::{Record, RecordStatus},
};

/// The most lines of front matter that are read.
const LINES_MAX: usize = 60;

/// A line of the front matter: (depth, key, value without quotes and comment).
fn lines(text: &str) -> Option<impl Iterator<Item = (usize, &str, &str)>> {
    let rest = text.strip_prefix("---")?.trim_start_matches('\r').strip_prefix('\n')?;
    let front = rest.lines().take(LINES_MAX).take_while(|it| it.trim_end() != "---");
    Some(front.filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let depth = key.len() - key.trim_start().len();
        let value = value.split(" #").next().unwrap_or_default().trim();
        Some((depth, key.trim(), value.trim_matches(['"', '\''])))
    }))
}

/// A setting at the top of the front matter.
pub(super) fn setting<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    lines(text)?.find(|it| it.0 == 0 && it.1 == name).map(|it| it.2)
}

/// A setting of the block `architrave:`.
pub(super) fn ours<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut all = lines(text)?.skip_while(|it| !(it.0 == 0 && it.1 == "architrave")).skip(1);
    let found = all.by_ref().take_while(|it| it.0 > 0).find(|it| it.1 == name)?;
    Some(found.2)
}

/// Reads a record that decisions of ours were written to; none for what people wrote.
pub(super) fn read(path: &str, text: &str) -> Option<Record> {
    let decision = ours(text, "decision")?;
    let status = setting(text, "status").unwrap_or_default();
    let list = setting(text, "decision-makers").unwrap_or_default();
    let names = list.trim_matches(['[', ']']).split(',').map(|it| it.trim().trim_matches('"'));
    Some(Record {
        number: number(path)?,
        decision: decision.to_owned(),
        chosen: ours(text, "option").unwrap_or_default().to_owned(),
        title: title(text),
        status: status_of(status),
        day: setting(text, "date").and_then(day_of).unwrap_or_default(),
        accepted_by: names.filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        supersedes: ours(text, "supersedes").and_then(|it| it.parse().ok()),
        superseded_by: superseded_by(status),
        review_by_day: ours(text, "review_by").and_then(day_of),
        path: path.to_owned(),
        text: text.to_owned(),
    })
}

/// `7` of `0007-primary-store.md` or `docs/0007-primary-store.md`; none where the name has no number.
pub(super) fn number(path: &str) -> Option<u32> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_prefix("adr-").or_else(|| name.strip_prefix("ADR-")).unwrap_or(name);
    let digits: String = name.chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}

/// The first heading.
pub(super) fn title(text: &str) -> String {
    let heading = text.lines().find_map(|it| it.strip_prefix("# "));
    heading.unwrap_or_default().trim().to_owned()
}

/// `accepted`, `superseded by 0012-primary-store.md`, …
pub(super) fn status_of(text: &str) -> RecordStatus {
    let word = text.trim().split([' ', ',']).next().unwrap_or_default().to_ascii_lowercase();
    match word.as_str() {
        "accepted" => RecordStatus::Accepted,
        "rejected" => RecordStatus::Rejected,
        "superseded" => RecordStatus::Superseded,
        "deprecated" => RecordStatus::Deprecated,
        _ => RecordStatus::Proposed,
    }
}

fn superseded_by(status: &str) -> Option<u32> {
    let digits = status.split(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty())?;
    (status_of(status) == RecordStatus::Superseded).then(|| digits.parse().ok()).flatten()
}

/// The text with other values of settings at the top; those that are not there are added behind the others.
pub(super) fn with(text: &str, changes: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len() + 80);
    let mut left: Vec<&(&str, String)> = changes.iter().collect();
    let mut is_front = true;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let ends = at > 0 && is_front && line.trim_end() == "---";
        // Added before the block of ours, which is the last.
        if is_front && at > 0 && (ends || line.starts_with("architrave:")) {
            for (name, value) in left.drain(..) {
                out.push_str(&format!("{name}: {value}\n"));
            }
        }
        is_front &= !ends;
        let key = line.split_once(':').map(|it| it.0).filter(|_| is_front);
        match key.and_then(|key| left.iter().position(|it| it.0 == key)) {
            Some(position) => {
                let (name, value) = left.remove(position);
                out.push_str(&format!("{name}: {value}\n"));
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Changes of the status: what it becomes, and the day.
pub(super) fn superseded(by: &Record) -> (&'static str, String) {
    ("status", format!("superseded by {}", by.path))
}

/// A day for the front matter.
pub(super) fn date(day: i32) -> String {
    day_text(i64::from(day))
}
