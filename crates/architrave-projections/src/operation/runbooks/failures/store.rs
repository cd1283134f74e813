//! Failures of disk, data, machine and releases.

use architrave_model::words;
use architrave_plan::{Plan, metric};

use super::super::{
    Runbook, path,
    site::{self, promql, shell},
};
use crate::{Material, page::link};

pub(super) fn disk_full(plan: &Plan) -> Runbook {
    let slug = "disk-full".to_owned();
    Runbook {
        title: "The disk is full".to_owned(),
        means: "Writing has stopped before the last byte: writes are answered 507 `storage-full`, nothing of them is stored, reads go on.".to_owned(),
        hits: site::writers(plan),
        ask: vec![
            shell("Whether that is it:", site::HEALTH),
            shell("What takes the room:", "df -h data; du -xsh data/* | sort -h"),
            promql("How many writes were refused:", format!("sum by (operation) (increase({}{{status=\"507\"}}[1h]))", metric::REQUESTS.name)),
        ],
        do_this: vec![
            "Remove or move what is not the database: logs, copies of backups. Never `architrave.sqlite`, its `-wal` or `-shm`.".to_owned(),
            "Nothing to remove: enlarge the volume.".to_owned(),
            "Wait a few seconds: the server notices the room, lays its ballast of 16 MB again, and writes work; the log says \"writing works again\".".to_owned(),
        ],
        undo: "Nothing to take back. Callers repeat refused writes with the same idempotency keys.".to_owned(),
        over: format!("`{}` is above 0 and `/health/ready` answers 200.", metric::ROOM.name),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn disk_failed(plan: &Plan) -> Runbook {
    let slug = "disk-failed".to_owned();
    let from = path(&slug);
    Runbook {
        title: "The disk has failed".to_owned(),
        means: "A write or a sync failed. What the disk holds is then open, and trying again could hide it: the process says so and ends \
            itself (`SIGABRT`, 134 in shells) before it acknowledges anything."
            .to_owned(),
        hits: site::everybody(plan),
        ask: vec![
            shell("What failed:", "tail -n 20 server.log; dmesg | grep -i -E 'error|reset' | tail"),
            shell("Whether the file system is still writable:", "touch data/probe && rm data/probe"),
            shell("After a start, whether state and journal agree:", "architrave verify --data data"),
        ],
        do_this: vec![
            "Once only, and the kernel is silent: let the service manager start it. The start reads what is stored; everything acknowledged is there.".to_owned(),
            "Again, or the kernel reports errors: keep it stopped, and copy the whole data folder to another disk at once.".to_owned(),
            "Start on the copy, and run `architrave verify`: 0 means that it is whole.".to_owned(),
            format!("It ends with 5, or does not start: {}.", link("the data is damaged", &from, &path("data-damaged"))),
        ],
        undo: "Keep the old disk untouched until the copy has run for a day.".to_owned(),
        over: "`architrave verify` ends with 0 on the new disk and writes are answered.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn data_damaged(plan: &Plan) -> Runbook {
    let slug = "data-damaged".to_owned();
    let from = path(&slug);
    Runbook {
        title: "The data is damaged".to_owned(),
        means: "`architrave verify` ends with 5: replaying the journal gives another state than is stored; or SQLite calls the file malformed.".to_owned(),
        hits: site::everybody(plan),
        ask: vec![
            shell("Which rows differ, and whether the file itself is damaged; a server may go on running meanwhile:", "architrave verify --data data"),
            shell("Whether a copy on another disk says the same:", "architrave verify --data copy"),
            promql("Since when it may be: faults and restarts of the last days:", format!("increase({}[1d]) or resets({}[1d])", metric::FAULTS.name, metric::UPTIME.name)),
        ],
        do_this: vec![
            "Stop the process. Copy the whole folder, `-wal` and `-shm` with it, before anything else is tried.".to_owned(),
            "Some rows differ: the journal is what was acknowledged, so that its values are the right ones. Report the differences: nothing but a disk, a memory or a fault of ours brings them about.".to_owned(),
            format!("The file is malformed: put the newest copy back ({}).", link("restore", &from, crate::operation::RECOVERY_PATH)),
        ],
        undo: "The copy of the damaged folder stays until the new one has been verified.".to_owned(),
        over: "`architrave verify` ends with 0.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn node_lost(material: &Material<'_>) -> Runbook {
    let slug = "node-lost".to_owned();
    let from = path(&slug);
    let plan = material.plan;
    let backup = plan.system.recovery.as_ref().and_then(|it| it.backup_every_us);
    let lost = backup.map_or_else(
        || "No backup is declared: what was not copied elsewhere is gone.".to_owned(),
        |it| format!("What was written since the last copy, at most {}, is gone.", words::time(it)),
    );
    Runbook {
        title: "A node is lost".to_owned(),
        means: format!("The machine with the only process and the only database does not come back. {lost}"),
        hits: site::everybody(plan),
        ask: vec![
            shell("Whether its disk survives, at your provider: a volume that can be attached elsewhere loses nothing.", "ls -l /mnt/old/data/architrave.sqlite /mnt/old/data/store.mark"),
            shell("Else how old the newest copy is:", "ls -lt backups | head -n 3"),
            shell("Whether the key file is at hand, which no copy of the data contains:", "ls -l \"$ARCHITRAVE_KEY_FILE\""),
        ],
        do_this: vec![
            "Attach the old volume to a new machine where that is possible; then nothing is lost, and no epoch changes.".to_owned(),
            format!("Otherwise put the newest copy back: {}.", link("the steps, with their times", &from, crate::operation::RECOVERY_PATH)),
            "Set the variables of the process (the deployment page lists them) and start the same version with the same blueprint and `architrave.lock`.".to_owned(),
            "Move the address (DNS or load balancer) once `/health/ready` answers 200.".to_owned(),
        ],
        undo: "Never let the old machine serve again beside the new one: two writers of one history cannot be put together.".to_owned(),
        over: "The new machine answers, `architrave verify` ends with 0, and it is backed up again.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn bad_release(plan: &Plan) -> Runbook {
    let slug = "bad-release".to_owned();
    let from = path(&slug);
    Runbook {
        title: "A bad release".to_owned(),
        means: "A new version of the program or of the blueprint starts and serves worse, or refuses to start.".to_owned(),
        hits: site::everybody(plan),
        ask: vec![
            promql("What is served: version, hash of the plan, since when:", format!("{} or {}", metric::BUILD.name, metric::UPTIME.name)),
            shell("What changed for callers and stored data since the last good one:", "architrave review PATH --against GOOD_COMMIT"),
            promql("Which operations fail since:", format!("sum by (operation, status) (rate({}{{status=~\"5..\"}}[5m]))", metric::REQUESTS.name)),
        ],
        do_this: vec![
            "It refuses to start (\"does not fit the stored data\"): nothing has been changed. Start the last good blueprint again.".to_owned(),
            "Only the program changed: start the last good version on the same folder.".to_owned(),
            "Only rules, guards, limits or objectives of the blueprint changed: start the last good blueprint.".to_owned(),
            "Fields or entities were added: the last good blueprint is refused as soon as one row has a value in them. Keep them in it, and take back the rest.".to_owned(),
        ],
        undo: format!("What cannot be taken back, by kind of change, is in {}.", link("deployment", &from, crate::delivery::DEPLOYMENT_PATH)),
        over: "The plan's hash is that of the last good release, and the alert that led here is silent.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn copy_restored(plan: &Plan) -> Runbook {
    let slug = "copy-restored".to_owned();
    let system = &plan.system;
    let mut do_this = vec![
        "Run `architrave verify --data data` before callers are let in.".to_owned(),
        "Tell readers of events: their position is of another epoch and is refused with `invalid-cursor`. They read again from the start and keep what they know by id and version.".to_owned(),
    ];
    if !system.integrations.is_empty() {
        do_this.push(format!(
            "Compare with {}: what was done there after the copy was made is not known here.",
            words::list(
                &system.integrations.iter().map(|it| it.name.text.as_str()).collect::<Vec<_>>()
            )
        ));
    }
    if system
        .entities
        .iter()
        .flat_map(|it| &it.fields)
        .any(|it| matches!(it.ty, architrave_model::FieldType::Sequence { .. }))
    {
        do_this.push("Numbers from sequences that were given out after the copy are given out again: look for papers that bear them.".to_owned());
    }
    do_this.push("Idempotency keys of after the copy are forgotten: a caller that repeats such a write does it a second time, which is what is wanted here.".to_owned());
    Runbook {
        title: "A copy was put back".to_owned(),
        means: "The data folder holds an older state. The server has noticed (`store.mark` is ahead or missing) and begun a new epoch, so that no old position is answered with other events.".to_owned(),
        hits: site::everybody(plan),
        ask: vec![
            promql("The epoch, and where the journal goes on:", format!("{} or {}", metric::EPOCH.name, metric::POSITION.name)),
            shell("State against journal:", "architrave verify --data data"),
            shell("What callers are refused with:", "jq -r 'select(.status == 400) | [.operation, .problem] | @tsv' server.log | sort | uniq -c"),
        ],
        do_this,
        undo: "Until the first write the newer folder can be put back; keep it.".to_owned(),
        over: "Readers follow the new epoch, and what was lost is known and has been told to those whom it concerns.".to_owned(),
        slug,
        ..Runbook::default()
    }
}
