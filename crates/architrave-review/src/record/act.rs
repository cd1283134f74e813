//! What people do with records: accept, reject, supersede. Who and when is written down.

use architrave_model::{
    SourceFile,
    decision::{Record, RecordStatus},
};

use super::front;

/// The longest name or reason, in characters.
const TEXT_MAX: usize = 400;

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Says yes.
    Accept {
        /// Who.
        by: String,
    },
    /// Says no.
    Reject {
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// Says that another record takes its place.
    Supersede {
        /// Number of that record.
        with: u32,
    },
}

/// Why something cannot be done, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong, lower case, no full stop.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// Does it: the files that change, as (path below the folder, text).
///
/// # Errors
/// Where there is no such record, or its status does not allow it.
pub fn act(
    files: &[SourceFile],
    number: u32,
    act: &Act,
    day: i32,
) -> Result<Vec<(String, String)>, Refused> {
    let record = find(files, number)?;
    match act {
        Act::Accept { by } => {
            waits(&record)?;
            let by = plain("a name", by)?;
            accept(files, &record, &by, day)
        }
        Act::Reject { by, because } => {
            waits(&record)?;
            let (by, because) = (plain("a name", by)?, plain("a reason", because)?);
            let changes = [
                ("status", "rejected".to_owned()),
                ("date", front::date(day)),
                ("decision-makers", format!("[{by}]")),
                ("rejected-because", format!("\"{because}\"")),
            ];
            Ok(vec![(record.path.clone(), front::with(&record.text, &changes))])
        }
        Act::Supersede { with } => {
            let by = find(files, *with)?;
            let is_over =
                matches!(record.status, RecordStatus::Superseded | RecordStatus::Rejected);
            if is_over || by.number == record.number {
                return Err(refused(
                    format!(
                        "record {number:04} is {} and cannot be superseded by {with:04}",
                        record.status.name()
                    ),
                    "only what is proposed, accepted or deprecated gives way, and to another record",
                ));
            }
            if by.status != RecordStatus::Accepted {
                return Err(refused(
                    format!("record {with:04} is {}, not accepted", by.status.name()),
                    &format!("accept it first: architrave adr accept {with} --by NAME"),
                ));
            }
            Ok(vec![(record.path.clone(), front::with(&record.text, &[front::superseded(&by)]))])
        }
    }
}

fn accept(
    files: &[SourceFile],
    record: &Record,
    by: &str,
    day: i32,
) -> Result<Vec<(String, String)>, Refused> {
    let changes = [
        ("status", "accepted".to_owned()),
        ("date", front::date(day)),
        ("decision-makers", format!("[{by}]")),
    ];
    let mut changed = vec![(record.path.clone(), front::with(&record.text, &changes))];
    if record.decision.is_empty() {
        return Ok(changed);
    }
    // What was accepted for the same decision gives way now, and not before.
    let earlier = files.iter().filter_map(|it| front::read(&it.name, &it.text)).filter(|it| {
        it.number != record.number
            && it.decision == record.decision
            && it.status == RecordStatus::Accepted
    });
    changed.extend(
        earlier.map(|it| (it.path.clone(), front::with(&it.text, &[front::superseded(record)]))),
    );
    Ok(changed)
}

/// The record with a number: one of ours, or one that people wrote with front matter.
fn find(files: &[SourceFile], number: u32) -> Result<Record, Refused> {
    let named: Vec<&SourceFile> =
        files.iter().filter(|it| front::number(&it.name) == Some(number)).collect();
    let file = match named.as_slice() {
        [file] => file,
        [] => {
            return Err(refused(
                format!("there is no record {number:04}"),
                "`architrave adr list` shows the records that are there",
            ));
        }
        _ => {
            return Err(refused(
                format!("{} files have the number {number:04}", named.len()),
                "give each record a number of its own",
            ));
        }
    };
    if let Some(record) = front::read(&file.name, &file.text) {
        return Ok(record);
    }
    let Some(status) = front::setting(&file.text, "status") else {
        return Err(refused(
            format!("{} has no status in its front matter", file.name),
            "change its status by hand: it was not written by this program",
        ));
    };
    Ok(Record {
        number,
        title: front::title(&file.text),
        status: front::status_of(status),
        path: file.name.clone(),
        text: file.text.clone(),
        ..Record::default()
    })
}

fn waits(record: &Record) -> Result<(), Refused> {
    if record.status == RecordStatus::Proposed {
        return Ok(());
    }
    let by = record.superseded_by.map_or(String::new(), |it| format!(" by {it:04}"));
    Err(refused(
        format!("record {:04} is {}{by} already", record.number, record.status.name()),
        "only what is proposed can be accepted or rejected",
    ))
}

/// A text that fits into a line of front matter.
fn plain(what: &str, text: &str) -> Result<String, Refused> {
    let text = text.trim();
    let is_bad = |it: char| it.is_control() || "[]{}\"'#,:\\".contains(it);
    if text.is_empty() || text.chars().count() > TEXT_MAX {
        let what = format!("{what} has 1 to {TEXT_MAX} characters");
        return Err(refused(what, "say it in a few words"));
    }
    // A reason may have commas and colons: it stands between quotes.
    let is_reason = what == "a reason";
    if text.chars().any(|it| is_bad(it) && !(is_reason && ",:'#[]{}".contains(it))) {
        return Err(refused(
            format!("{what} is written into the head of a file: {text:?} would break it"),
            "leave out quotes, brackets and line ends",
        ));
    }
    Ok(text.to_owned())
}

fn refused(what: impl Into<String>, help: &str) -> Refused {
    Refused { what: what.into(), help: help.to_owned() }
}
