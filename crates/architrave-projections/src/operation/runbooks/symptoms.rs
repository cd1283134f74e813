//! Runbooks of symptoms of the running system.

use architrave_plan::metric;

use super::{
    Runbook,
    site::{self, Links, promql, shell},
};
use crate::{
    Material,
    alert::{Alert, watches},
};

/// A page per alert of the group; each knows its own alert by name.
pub(super) fn runbooks(material: &Material<'_>) -> Vec<Runbook> {
    let watches = watches(material);
    let symptoms = watches.iter().filter(|it| it.group == "symptoms").flat_map(|it| &it.alerts);
    let links = Links::new(material);
    symptoms.map(|it| runbook(material, it, &links)).collect()
}

fn runbook(material: &Material<'_>, alert: &Alert, links: &Links) -> Runbook {
    let slug = alert.runbook.as_str();
    let to = |title: &str, slug_to: &str| links.to(slug, title, slug_to);
    let book = match alert.name.as_str() {
        "NothingAnswers" => nothing_answers(material, &to),
        "StartsAgainAndAgain" => restarts(material, &to),
        "StoreNotReady" => not_ready(material, &to),
        "JournalStalled" => stalled(material, &to),
        "WriterQueueFills" => queue(material, &to),
        "RequestsFail" => requests(material, &to),
        "DiskFullWithinHours" => disk("The disk is full within hours", material, &to),
        "DiskFullWithinTwoWeeks" => disk("The disk is full within two weeks", material, &to),
        "LogNotEmptied" => wal(material, &to),
        "MemoryNearlyUsedUp" => memory(material, &to),
        "ProcessorsBusy" => processors(material, &to),
        "FaultsHappen" => faults(material, &to),
        "HistoryChanged" => history(material, &to),
        "LogLinesDropped" => log_lines(),
        "SignInsRefused" => refused(material, &to),
        _ => limited(material, &to),
    };
    Runbook { slug: slug.to_owned(), alerts: vec![alert.name.clone()], ..book }
}

type To<'t> = &'t dyn Fn(&str, &str) -> String;

fn nothing_answers(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "Nothing answers".to_owned(),
        means: "nobody has exposed figures for 2 minutes. The process is down, or Prometheus cannot reach the administrator's listener.".to_owned(),
        hits: site::everybody(material.plan),
        ask: vec![
            shell("Whether it lives, on the machine itself:", "curl -sS http://127.0.0.1:8081/health/live"),
            shell("How it ended; 134 is its own SIGABRT after a failed disk, 137 is the system's doing for lack of memory:", "systemctl status architrave || docker ps -a"),
            shell("Its last words, `fault` and `help` among them:", "tail -n 50 server.log"),
        ],
        do_this: vec![
            format!("It ended with 134: {}.", to("the disk has failed", "disk-failed")),
            format!("It ended with 137: {}.", to("memory", "memory-nearly-used-up")),
            format!("It refuses to start: the reason is its last line. \"does not fit the stored data\" is {}; a key file is {}.", to("a bad release", "bad-release"), to("a lost key file", "key-file-lost")),
            format!("The machine is gone: {}.", to("a node is lost", "node-lost")),
            "It answers `/health/live`: then only the scrape is broken. Mend the target (port 8081), nothing else.".to_owned(),
        ],
        undo: "Starting it again changes nothing that was stored: it opens the folder, replays the write-ahead log and serves.".to_owned(),
        over: format!("`{}` is 1 and `/health/ready` answers 200.", metric::READY.name),
        ..Runbook::default()
    }
}

fn restarts(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "It starts again and again".to_owned(),
        means: "the process has started three times within an hour. Each start drops the requests that were being worked on.".to_owned(),
        hits: site::everybody(material.plan),
        ask: vec![
            promql("When it started:", format!("time() - {}", metric::UPTIME.name)),
            shell("Why it ended, from its last words before each start:", "grep -B3 '\"message\":\"listening\"' server.log | tail -n 20"),
            promql("Whether memory ran out:", format!("{} / {}", metric::MEMORY.name, metric::MEMORY_MAX.name)),
        ],
        do_this: vec![
            format!("`SIGABRT` (134): {}. Do not let it start for ever: each start reads a disk that lies.", to("the disk has failed", "disk-failed")),
            format!("Killed (137): {}.", to("memory", "memory-nearly-used-up")),
            format!("Since a release: {}.", to("take it back", "bad-release")),
        ],
        over: "It has run for an hour.".to_owned(),
        ..Runbook::default()
    }
}

fn not_ready(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "The store is not ready".to_owned(),
        means: "the store has said for a minute that it cannot read and write.".to_owned(),
        hits: site::everybody(material.plan),
        ask: vec![
            shell("Why, in the body of the answer:", site::HEALTH),
            promql("How much room is left before writing stops:", metric::ROOM.name.to_owned()),
            shell("Position and queue:", site::STATUS),
        ],
        do_this: vec![
            format!(
                "`storage-full`: {}. Reads are answered meanwhile.",
                to("the disk is full", "disk-full")
            ),
            format!("An error of the disk: {}.", to("the disk has failed", "disk-failed")),
            format!(
                "\"malformed\" or a broken page: {}.",
                to("the data is damaged", "data-damaged")
            ),
        ],
        over: format!(
            "`{}` is 1; writing comes back by itself within seconds once there is room.",
            metric::READY.name
        ),
        ..Runbook::default()
    }
}

fn stalled(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "The journal stands still".to_owned(),
        means: "writes wait and none has been committed for 5 minutes. There is one writer; it hangs, most likely in a sync of its disk.".to_owned(),
        hits: site::writers(material.plan),
        ask: vec![
            promql("Writes that wait, and the journal that does not move:", format!("{} or {}", metric::QUEUE.name, metric::POSITION.name)),
            promql("What a commit took before, in seconds:", format!("rate({}[5m] offset 15m) / rate({}[5m] offset 15m)", metric::COMMIT_TIME.name, metric::COMMITS.name)),
            shell("Whether the disk answers at all:", "cat /proc/pressure/io; dmesg | tail -n 20"),
        ],
        do_this: vec![
            format!("The kernel reports errors or hung tasks: {}.", to("the disk has failed", "disk-failed")),
            "A network disk whose network is gone: bring the network back; the sync that hangs then ends, and the queue is worked off.".to_owned(),
            "Neither: stop the process with `SIGTERM`, after 10 s with `SIGKILL`. No acknowledged write is lost. Callers whose write was not answered repeat it with its idempotency key.".to_owned(),
        ],
        over: format!("`{}` grows and `{}` is near 0.", metric::POSITION.name, metric::QUEUE.name),
        ..Runbook::default()
    }
}

fn queue(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "The writer's queue fills".to_owned(),
        means: "over half of the places of the writer's queue are taken. When all are, writes are answered 503 `overloaded` at once, with `Retry-After`.".to_owned(),
        hits: site::writers(material.plan),
        ask: vec![
            promql("What is written, by operation:", format!("topk(5, sum by (operation) (rate({}{{status=~\"2..\"}}[5m])))", metric::REQUESTS.name)),
            promql("How busy the writer is, of one:", format!("rate({}[5m])", metric::WRITER_TIME.name)),
            promql("How many writes share a commit; at 256 no more fit:", format!("rate({}[5m]) / rate({}[5m])", metric::TRANSACTIONS.name, metric::COMMITS.name)),
        ],
        do_this: vec![
            format!("One operation stands out and one tenant behind it: {}.", to("callers over their limit", "callers-limited")),
            "Commits take longer than yesterday and hold few writes: the disk syncs slowly. Move the data folder to a faster one at the next stop.".to_owned(),
            "Commits are full: the load is more than one writer bears. Lower the rate limits of what can wait, and look at the next stage of growth.".to_owned(),
        ],
        undo: "Put rate limits back as they were in the blueprint when the rush is over, and release it.".to_owned(),
        over: format!("`{} / {}` has been below 0.1 for 10 minutes.", metric::QUEUE.name, metric::QUEUE_MAX.name),
        ..Runbook::default()
    }
}

fn requests(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "Requests fail".to_owned(),
        means: "more than 5 % of all requests have been answered 5xx for 5 minutes, whatever their operation.".to_owned(),
        hits: site::everybody(material.plan),
        ask: vec![
            promql("Which operation fails, and how:", format!("topk(10, sum by (operation, status) (rate({}{{status=~\"5..\"}}[5m])))", metric::REQUESTS.name)),
            shell("Whether the store is ready:", site::HEALTH),
            shell("What the log says of them, the commonest first:", site::FAILED),
        ],
        do_this: vec![
            format!("All operations: {}.", to("the store is not ready", "store-not-ready")),
            format!("Only writes: {} or {}.", to("the writer's queue", "writer-queue-fills"), to("the disk is full", "disk-full")),
            format!("500 since a release: {}.", to("take it back", "bad-release")),
        ],
        undo: "Nothing here changes data.".to_owned(),
        over: "The share of 5xx has been below 5 % for 10 minutes.".to_owned(),
        ..Runbook::default()
    }
}

fn disk(title: &str, material: &Material<'_>, to: To<'_>) -> Runbook {
    let mut hits = vec!["nobody yet: it is told before".to_owned()];
    hits.extend(site::writers(material.plan).into_iter().map(|it| format!("then {it}")));
    Runbook {
        title: title.to_owned(),
        means: "at its present pace the disk reaches the reserve at which writing stops (three times the longest write-ahead log, 192 MiB; on small volumes 5 %).".to_owned(),
        hits,
        ask: vec![
            promql("What is left, and what takes it:", format!("{} or {} or {}", metric::ROOM.name, metric::DATABASE.name, metric::WAL.name)),
            shell("What else lies on the volume:", "df -h data; du -xsh data/* | sort -h"),
            promql("Which operation writes most:", format!("topk(5, sum by (operation) (increase({}{{status=\"201\"}}[1d])))", metric::REQUESTS.name)),
        ],
        do_this: vec![
            "Not the database but something else grows (logs, copies of backups): move it off the volume.".to_owned(),
            "The database grows as it should: enlarge the volume; the running server sees the room by itself.".to_owned(),
            format!("One caller fills it: {}.", to("callers over their limit", "callers-limited")),
            "The journal keeps every change for ever in this version; deleting rows does not make the database smaller.".to_owned(),
        ],
        over: "`predict_linear` over a day no longer reaches 0 within two weeks.".to_owned(),
        ..Runbook::default()
    }
}

fn wal(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "The write-ahead log is not emptied".to_owned(),
        means: "the log has been half as long again as its bound for 10 minutes. What is in it is safe; it only takes room, and a start that reads it takes longer.".to_owned(),
        hits: vec!["nobody, while there is room".to_owned(), "after that the same callers as a full disk".to_owned()],
        ask: vec![
            promql("How long it is, against its bound:", format!("{} / {}", metric::WAL.name, metric::WAL_MAX.name)),
            promql("Whether the disk has room for the copy:", metric::ROOM.name.to_owned()),
            shell("Who reads the database from outside and stays in the log:", "fuser -v data/architrave.sqlite"),
        ],
        do_this: vec![
            "A tool that holds the database open (a shell, a copy of `architrave verify`): end it. The log is emptied within a second.".to_owned(),
            format!("No room: {}.", to("the disk fills up", "disk-full-within-hours")),
            format!("Neither: restart {} in a quiet hour; stopping empties the log.", material.plan.system.name.text),
        ],
        over: format!("`{}` is below `{}`.", metric::WAL.name, metric::WAL_MAX.name),
        ..Runbook::default()
    }
}

fn memory(material: &Material<'_>, to: To<'_>) -> Runbook {
    let mut hits = vec!["nobody yet".to_owned()];
    hits.extend(
        site::everybody(material.plan)
            .into_iter()
            .map(|it| format!("when the system kills the process: {it}")),
    );
    Runbook {
        title: "Memory is nearly used up".to_owned(),
        means: "the process takes more than 85 % of the memory that it may use.".to_owned(),
        hits,
        ask: vec![
            promql("Since when:", format!("{} / {}", metric::MEMORY.name, metric::MEMORY_MAX.name)),
            promql("Whether connections or requests explain it:", format!("{} or {}", metric::CONNECTIONS.name, metric::IN_FLIGHT.name)),
            promql("Which plan and version that is:", metric::BUILD.name.to_owned()),
        ],
        do_this: vec![
            "It rose with connections: at most 10,000 are taken; give the process memory for that many, or let the proxy hold them.".to_owned(),
            format!("It rises since a release and does not fall at night: {}.", to("take it back", "bad-release")),
            "Otherwise raise the limit of the control group and restart in a quiet hour: requests in work are finished within 10 s.".to_owned(),
        ],
        over: "It has been below 70 % for an hour of usual load.".to_owned(),
        ..Runbook::default()
    }
}

fn processors(material: &Material<'_>, to: To<'_>) -> Runbook {
    let limits = material.plan.limits.len();
    Runbook {
        title: "The processors are busy".to_owned(),
        means: "processors have been busy for more than 80 % of 15 minutes; answers wait for each other.".to_owned(),
        hits: site::everybody(material.plan),
        ask: vec![
            promql("What takes the time, by operation:", format!("topk(5, sum by (operation) (rate({}_sum[5m])))", metric::DURATION.name)),
            promql("How many requests that are, against last week:", format!("sum(rate({0}[5m])) / sum(rate({0}[5m] offset 1w))", metric::REQUESTS.name)),
            promql("Whether something else uses the machine: its own share, in processors:", format!("rate({}[5m])", metric::CPU_TIME.name)),
        ],
        do_this: vec![
            "More requests of all kinds: a larger machine. Everything scales with processors here but the one writer.".to_owned(),
            format!("One operation that was cheap last week: {}.", to("a bad release", "bad-release")),
            if limits > 0 {
                format!("One caller: {}.", to("callers over their limit", "callers-limited"))
            } else {
                "No rate limits are declared: add `limits` to the blueprint before the next rush.".to_owned()
            },
        ],
        over: "They have been below 60 % for an hour, which is what capacity is planned for.".to_owned(),
        ..Runbook::default()
    }
}

fn faults(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "Faults happen".to_owned(),
        means: "requests were answered 500. That is never the caller's doing.".to_owned(),
        hits: site::objectives(&material.plan.system).into_iter().chain(["the callers of the operations that the first question names".to_owned()]).collect(),
        ask: vec![
            promql("Which operations:", format!("sum by (operation) (increase({}{{status=\"500\"}}[1h])) > 0", metric::REQUESTS.name)),
            shell("What the log says; the line of the fault has the same `trace_id` as the request:", "jq -c 'select(.level == \"error\")' server.log | tail -n 20"),
            promql("Whether it began with a release:", format!("{} or {}", metric::UPTIME.name, metric::BUILD.name)),
        ],
        do_this: vec![
            format!("Since a release: {}.", to("take it back", "bad-release")),
            format!("A value that cannot be read or opened: {}.", to("the data is damaged", "data-damaged")),
            "Otherwise report it with the fault's line: it names no data.".to_owned(),
        ],
        undo: "A write that was answered 500 was not stored; repeating it with its idempotency key is safe.".to_owned(),
        over: "An hour without a 500.".to_owned(),
        ..Runbook::default()
    }
}

fn history(material: &Material<'_>, to: To<'_>) -> Runbook {
    let readers = if material.plan.event_types.is_empty() {
        "nobody reads events"
    } else {
        "whoever follows `GET /v1/events`: their position is refused and they read again from the start"
    };
    Runbook {
        title: "The journal has begun a new history".to_owned(),
        means: "the epoch has changed: the data folder holds a copy that was put back, or its mark is missing.".to_owned(),
        hits: vec![readers.to_owned(), "clients that hold cursors of lists: they begin the list again".to_owned()],
        ask: vec![
            promql("When, and from which position it goes on:", format!("{} or {}", metric::EPOCH.name, metric::POSITION.name)),
            shell("Whether stored state and journal agree:", "architrave verify --data data"),
            promql("How many were refused since:", format!("sum(increase({}{{status=\"400\"}}[1h]))", metric::REQUESTS.name)),
        ],
        do_this: vec![
            format!("You put a copy back: go on with {}.", to("a restored copy", "copy-restored")),
            "You did not: stop the process and find out who did before anything is written to it.".to_owned(),
        ],
        undo: "There is no way back to the old history once the new one has been written to.".to_owned(),
        over: "All readers of events have read again, and `architrave verify` ends with 0.".to_owned(),
        ..Runbook::default()
    }
}

fn log_lines() -> Runbook {
    Runbook {
        title: "Log lines are dropped".to_owned(),
        means: "whatever takes the log is slower than the requests come.".to_owned(),
        hits: vec![
            "you: what you look for may be missing".to_owned(),
            "no caller: requests do not wait for the log".to_owned(),
        ],
        ask: vec![
            promql("How many a second:", format!("rate({}[5m])", metric::LOG_DROPPED.name)),
            promql(
                "How many requests, each of which has a line:",
                format!("sum(rate({}[5m]))", metric::REQUESTS.name),
            ),
            shell("Whether the disk of the log is full:", "df -h ."),
        ],
        do_this: vec![
            "The collector hangs: restart it; the server goes on writing.".to_owned(),
            "It is only slow: let it write to a file on another disk than the data folder."
                .to_owned(),
        ],
        over: format!("`increase({}[15m])` is 0.", metric::LOG_DROPPED.name),
        ..Runbook::default()
    }
}

fn refused(material: &Material<'_>, to: To<'_>) -> Runbook {
    Runbook {
        title: "Sign-ins are refused".to_owned(),
        means: "for 10 minutes more than 30 % of all requests have been answered 401: their credentials are not accepted.".to_owned(),
        hits: vec![format!("everybody with a token{}", if material.plan.system.identity.api_key.is_some() { " or an API key" } else { "" }), "also requests that would need none: credentials that are not accepted are always refused".to_owned()],
        ask: vec![
            shell("Persons or keys, and why; `problem` is `unauthenticated`:", "jq -r 'select(.status == 401) | [.caller, .operation] | @tsv' server.log | sort | uniq -c | sort -rn | head"),
            shell("Whether keys of the issuer could be fetched:", "jq -c 'select(.level != \"info\")' server.log | grep -i issuer | tail"),
            shell("What the issuer publishes, and whether its clock is ours:", "curl -sSi \"$OIDC_ISSUER/.well-known/openid-configuration\" | grep -i -E '^date|jwks_uri'; date -u"),
        ],
        do_this: vec![
            format!("The issuer does not answer: {}.", to("the issuer of tokens is down", "issuer-down")),
            "It signs with a key that it does not publish: only its operator can mend that. Keys are fetched again as soon as an unknown one is named.".to_owned(),
            "The clocks differ by more than 5 s: mend ours.".to_owned(),
            "One address tries keys or tokens: block it at the proxy.".to_owned(),
        ],
        undo: "Unblock addresses when it is over.".to_owned(),
        over: "401s are below 5 % of requests for 10 minutes.".to_owned(),
        ..Runbook::default()
    }
}

fn limited(material: &Material<'_>, to: To<'_>) -> Runbook {
    let limits: Vec<String> = material.plan.limits.iter().map(crate::limits::sentence).collect();
    let mut hits = vec!["the callers who are over their limit, and nobody else".to_owned()];
    hits.extend(limits.iter().map(|it| format!("declared: {it}")));
    let tenants = material.plan.system.identity.tenant.is_some();
    Runbook {
        title: "Callers are over their limit".to_owned(),
        means: "for 15 minutes more than 5 % of all requests have been answered 429 `quota-exceeded`.".to_owned(),
        hits,
        ask: vec![
            shell("Who, by kind of caller and tenant:", "jq -r 'select(.status == 429) | [.caller, .tenant, .operation] | @tsv' server.log | sort | uniq -c | sort -rn | head"),
            promql("What they ask for:", format!("topk(5, sum by (operation) (rate({}{{status=\"429\"}}[5m])))", metric::REQUESTS.name)),
            promql("Whether it harms others:", format!("rate({}[5m]) / {}", metric::CPU_TIME.name, metric::PROCESSORS.name)),
        ],
        do_this: vec![
            if tenants {
                format!("One tenant: {}.", to("a noisy tenant", "noisy-tenant"))
            } else {
                "One caller: talk to them; block their address at the proxy if that does not help.".to_owned()
            },
            "Everybody a little: the limit is too tight. Change it in the blueprint and release it.".to_owned(),
            "Without credentials from many addresses: an attack or a crawler; that is for the proxy.".to_owned(),
        ],
        undo: "A limit is a line of the blueprint; put it back in the next release.".to_owned(),
        over: "429s are below 1 % of requests.".to_owned(),
        ..Runbook::default()
    }
}
