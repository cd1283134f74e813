//! `operation/recovery.md`: what may be lost, what is lost at worst, how it comes back and how long that takes.

use architrave_model::{Outcome, Restore, Verdict, civil, graph::EvidenceKind, words};
use architrave_plan::Plan;

use super::runbooks::{has_encrypted, path as runbook};
use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link, prose},
};

/// `operation/recovery.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "recovery", room: Room::Operation, write };

pub(crate) const PATH: &str = "operation/recovery.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let mut page = Page::new("Recovery");
    promise(&mut page, material);
    kept(&mut page, material.plan);
    lost(&mut page, material);
    time(&mut page, material);
    steps(&mut page, material);
    tried(&mut page, material);
    vec![Document {
        path: PATH.to_owned(),
        title: "Recovery".to_owned(),
        summary: "What may be lost and for how long, what is lost at worst per failure, and the way back with its times.".to_owned(),
        text: page.finish(),
    }]
}

/// What was asked for, what was decided, and what the rules say of it.
fn promise(page: &mut Page, material: &Material<'_>) {
    let recovery = material.plan.system.recovery.as_ref();
    let said = |us: Option<i64>, none: &str| us.map_or_else(|| none.to_owned(), words::time);
    match recovery {
        None => page.paragraph(
            "Nobody has said what may be lost or how long coming back may take (no block `recovery`). What follows tells how it is; \
             whether that is enough is for its owners to say.",
        ),
        Some(it) => page.paragraph(&format!(
            "{} (`rpo`), and it must be back within **{}** (`rto`), as declared in `recovery`. A copy elsewhere is made {}.",
            rpo(it.rpo_us),
            said(it.rto_us, "a time that nobody stated"),
            it.backup_every_us.map_or_else(
                || "**at no declared interval** (`backup` is missing)".to_owned(),
                |us| if us == 0 { "with every write, before it is answered (`backup`)".to_owned() } else { format!("every {} (`backup`)", words::time(us)) }
            )
        )),
    }
    let decision = material.assessment.decisions.iter().find(|it| it.id == "D-12");
    if let Some(it) = decision {
        let chosen = it.options.iter().find(|option| option.name == it.chosen);
        let title = chosen.map_or(it.chosen.as_str(), |it| it.title.as_str());
        page.paragraph(&format!(
            "Decision D-12 answers \"{}\" with **{}**, because {}. This version runs as one process with one SQLite database on one disk: \
             what it can do by itself is to lose nothing that a disk keeps. A second place for each write is the disk's or the \
             operator's doing.",
            escape(&it.question),
            escape(title),
            escape(&it.because)
        ));
    }
    page.list(verdicts(material).iter().map(|it| verdict(it)));
}

/// How much may be lost, as the beginning of a sentence.
fn rpo(us: Option<i64>) -> String {
    match us {
        None => "Nobody stated how much acknowledged work may be lost".to_owned(),
        Some(0) => "**No acknowledged work may be lost**".to_owned(),
        Some(us) => format!("At most **{}** of acknowledged work may be lost", words::time(us)),
    }
}

/// What the rules about recovery say.
fn verdicts<'m>(material: &Material<'m>) -> Vec<&'m Verdict> {
    let all = material.assessment.verdicts.iter();
    let told =
        |it: &&Verdict| matches!(it.outcome, Outcome::Fail | Outcome::Waived | Outcome::CannotTell);
    all.filter(|it| ["REL-09", "REL-18", "REL-19"].contains(&it.rule)).filter(told).collect()
}

fn verdict(it: &Verdict) -> String {
    let rule = code(it.rule);
    match (&it.outcome, &it.waiver) {
        (Outcome::Waived, Some(waiver)) => format!(
            "{rule} is broken: {}. {} accepts that until {}: \"{}\"",
            prose(&it.title),
            escape(&waiver.owner),
            civil::day_text(waiver.until_day.into()),
            prose(&waiver.reason)
        ),
        (Outcome::CannotTell, _) => format!("{rule} cannot tell: missing is {}", prose(&it.title)),
        _ => format!("{rule} is broken: {}. {}", prose(&it.title), prose(&it.help)),
    }
}

fn kept(page: &mut Page, plan: &Plan) {
    page.heading(2, "What to keep a copy of");
    let every = plan.system.recovery.as_ref().and_then(|it| it.backup_every_us);
    let every = every.map_or_else(
        || "not declared".to_owned(),
        |us| if us == 0 { "with each write".to_owned() } else { words::time(us) },
    );
    let row = |what: &str, holds: &str, when: &str| {
        vec![what.to_owned(), holds.to_owned(), when.to_owned()]
    };
    let mut rows = vec![
        row(
            "`architrave.sqlite` with `-wal` and `-shm`, together",
            "state, journal, idempotency records",
            &every,
        ),
        row(
            "the blueprint and `architrave.lock`",
            "what the tables and columns are called",
            "with each commit, in version control",
        ),
    ];
    if has_encrypted(plan) {
        rows.push(row(
            "the key file, **apart from the data**",
            "the keys of encrypted fields; whoever has one without the other has nothing",
            "once, and after each new key",
        ));
    }
    rows.push(row(
        "`cursor.key`",
        "seals cursors of lists",
        "only if cursors shall outlive a restore",
    ));
    page.table(&["What", "Holds", "Copied"], &rows);
    page.paragraph(
        "Copy a running database with SQLite's own tool, never file by file: `sqlite3 data/architrave.sqlite \"VACUUM INTO 'copy.sqlite'\"`. \
         `root.token`, `running.json` and `ballast` are made anew; `store.mark` stays behind on purpose, so that a restored copy is \
         recognised as one.",
    );
}

/// By failure: what is gone, and how long nobody is answered.
fn lost(page: &mut Page, material: &Material<'_>) {
    let plan = material.plan;
    page.heading(2, "What is lost at worst");
    let recovery = plan.system.recovery.as_ref();
    let since_copy = match recovery.and_then(|it| it.backup_every_us) {
        None => "everything since the last copy; none is declared".to_owned(),
        Some(0) => "nothing, if each write reaches the second place as declared".to_owned(),
        Some(us) => format!("up to {} of work", words::time(us)),
    };
    let restore = material.assessment.restore.as_ref();
    let back = restore.map_or_else(
        || "the restore; its size is not known".to_owned(),
        |it| format!("{} at least: the restore", words::time(it.us_min)),
    );
    let to = |title: &str, slug: &str| link(title, PATH, &runbook(slug));
    let row = |what: String, gone: &str, back: &str| vec![what, gone.to_owned(), back.to_owned()];
    let mut rows = vec![
        row(
            "the process is killed".to_owned(),
            "nothing that was acknowledged: an answer is sent after the write is on the disk",
            "a start",
        ),
        row(
            "power is cut".to_owned(),
            "nothing that was acknowledged (`synchronous=FULL`)",
            "a start of the machine",
        ),
        row(
            to("the disk is full", "disk-full"),
            "nothing; writes are refused (507) and reads go on",
            "seconds after there is room",
        ),
        row(
            to("the machine is lost, its disk is not", "node-lost"),
            "nothing",
            "attaching the disk elsewhere, and a start",
        ),
        row(to("the disk is lost", "node-lost"), &since_copy, &back),
        row(to("the data is damaged", "data-damaged"), &since_copy, &back),
        row(
            "somebody deletes or changes the wrong rows".to_owned(),
            "nothing: the journal has every row as it was, with actor and time",
            "writing it again by the API; there is no command that does it",
        ),
    ];
    if has_encrypted(plan) {
        rows.push(row(
            to("the key file is lost with all its copies", "key-file-lost"),
            "every encrypted field, for ever and in every copy",
            "never",
        ));
    }
    page.table(&["Failure", "Gone at worst", "Back after"], &rows);
}

fn time(page: &mut Page, material: &Material<'_>) {
    let Some(restore) = &material.assessment.restore else { return };
    page.heading(2, "How long a restore takes");
    let transfer_us = i64::try_from(
        u128::from(restore.bytes) * 1_000_000 / u128::from(restore.bytes_per_s.max(1)),
    )
    .unwrap_or(i64::MAX);
    page.paragraph(&format!(
        "{} of database (rows as declared in `volume`; bytes per row, indexes and journal assumed) at {} a second are {} ({}). With starting and checking \
         it is **{} at least**.",
        words::bytes(restore.bytes),
        words::bytes(restore.bytes_per_s),
        words::time(transfer_us),
        escape(&restore.source),
        words::time(restore.us_min)
    ));
    let mut doubts = Vec::new();
    if !restore.uncounted.is_empty() {
        doubts.push(format!(
            "not counted, because nobody declares their rows: {}",
            words::list(&restore.uncounted)
        ));
    }
    doubts.push("not counted: noticing, deciding, finding the copy, a new machine".to_owned());
    doubts.extend(against_promise(material, restore));
    page.list(doubts);
}

/// What the computed time leaves of the promised one.
fn against_promise(material: &Material<'_>, restore: &Restore) -> Vec<String> {
    let system = &material.plan.system;
    let Some(rto) = system.recovery.as_ref().and_then(|it| it.rto_us) else { return Vec::new() };
    let mut items = vec![if restore.us_min <= rto {
        format!(
            "of the {} that are promised, {} are left for that",
            words::time(rto),
            words::time(rto - restore.us_min)
        )
    } else {
        format!(
            "**the promised {} cannot be kept**: the transfer alone takes longer",
            words::time(rto)
        )
    }];
    let hours = system.constraints.as_ref().and_then(|it| it.on_call.as_ref());
    if hours.is_some_and(|it| it.text == "business_hours") && rto < 12 * 3_600_000_000 {
        items.push(format!(
            "somebody is on call in business hours only (declared in `constraints`): a loss of the night is noticed in the morning, so that {} can be kept by day alone",
            words::time(rto)
        ));
    }
    items
}

fn steps(page: &mut Page, material: &Material<'_>) {
    let plan = material.plan;
    page.heading(2, "Putting a copy back");
    let fetch = material.assessment.restore.as_ref().map_or_else(String::new, |it| {
        format!(" (about {})", words::time((it.us_min - 10_000_000).max(0)))
    });
    let mut steps = vec![
        "Stop what still runs on the old folder. Two processes that serve one history cannot be put together again.".to_owned(),
        format!("Bring the newest copy to the new disk as `data/architrave.sqlite`, in a folder that is otherwise empty{fetch}."),
    ];
    if has_encrypted(plan) {
        steps.push("Bring the key file from where you keep secrets, mode 0600, and name it in `ARCHITRAVE_KEY_FILE`.".to_owned());
    }
    steps.extend([
        "`architrave verify --data data`: 0 says that state and journal agree. It reads the whole database once more.".to_owned(),
        format!("Start the version that served last, with its blueprint and `architrave.lock`; the variables are in {}.", link("deployment", PATH, crate::delivery::DEPLOYMENT_PATH)),
        "Wait for 200 from `/health/ready`, then move the address.".to_owned(),
        format!("The server has begun a new epoch: go on with {}.", link("a copy was put back", PATH, &runbook("copy-restored"))),
    ]);
    page.steps(steps);
}

fn tried(page: &mut Page, material: &Material<'_>) {
    page.heading(2, "What was tried");
    let evidence = material.assessment.graph.evidence.iter();
    let of: Vec<String> = evidence
        .filter(|it| matches!(it.kind, EvidenceKind::Restore | EvidenceKind::Drill))
        .map(|it| format!("{}: {}", civil::day_text(it.day.into()), escape(&it.result)))
        .collect();
    if of.is_empty() {
        page.paragraph(
            "**Never tested**: no restore and no drill is on record. The times above are computed.",
        );
    }
    page.list(of);
    page.paragraph("A drill harms nothing and takes no second machine:");
    page.code(
        "sh",
        "mkdir drill && cp backups/NEWEST.sqlite drill/architrave.sqlite\n\
         time architrave verify --data drill\n\
         architrave serve PATH --data drill --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0",
    );
    page.paragraph(
        "Write down how long the copy took to arrive, how long `verify` ran, and when `/health/ready` answered 200; these replace the computed times.",
    );
}
