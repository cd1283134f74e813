//! Alerts on what the running system feels, whatever its objectives: it does not answer, cannot write, loses room.

use architrave_plan::{Plan, metric};

use super::{Alert, Severity, Trial, Watch, kebab};
use crate::Material;

/// Minutes between two values of a trial's series, and when to look.
const STEP_MIN: u32 = 5;
const LOOK_MIN: u32 = 180;

/// A symptom with figures that show it and figures that do not.
struct Symptom {
    name: &'static str,
    severity: Severity,
    expression: String,
    for_min: u32,
    summary: &'static str,
    description: String,
    /// (figure with its labels, values while all is well, values in trouble)
    series: Vec<(String, &'static str, &'static str)>,
}

/// The symptoms that this system can show.
pub(super) fn watches(material: &Material<'_>) -> Vec<Watch> {
    let plan = material.plan;
    let mut all = vec![down(), restarts(), store_not_ready(), journal_stalled(), queue()];
    all.extend([overloaded(), disk_today(), disk_soon(), wal(), memory(), processors()]);
    all.extend([faults(), epoch(), log_lines()]);
    all.extend(plan.system.identity.oidc.is_some().then(refused));
    all.extend(has_limits(plan).then(rate_limited));
    all.into_iter().map(watch).collect()
}

fn has_limits(plan: &Plan) -> bool {
    !plan.limits.is_empty() || plan.operations.iter().any(|it| !it.rate_limits.is_empty())
}

fn watch(symptom: Symptom) -> Watch {
    let name = symptom.name.to_owned();
    let trial = |fires: bool| Trial {
        title: format!("{name}: {}", if fires { "fires" } else { "silent" }),
        step_min: STEP_MIN,
        at_min: LOOK_MIN,
        series: symptom
            .series
            .iter()
            .map(|(series, well, trouble)| {
                (series.clone(), (*if fires { trouble } else { well }).to_owned())
            })
            .collect(),
        expects: vec![(name.clone(), fires)],
    };
    let trials = vec![trial(true), trial(false)];
    let alert = Alert {
        runbook: kebab(symptom.name),
        name: symptom.name.to_owned(),
        severity: symptom.severity,
        expression: symptom.expression,
        for_min: symptom.for_min,
        labels: Vec::new(),
        summary: symptom.summary.to_owned(),
        description: symptom.description,
    };
    Watch { group: "symptoms", recordings: Vec::new(), alerts: vec![alert], trials }
}

fn down() -> Symptom {
    let ready = metric::READY.name;
    Symptom {
        name: "NothingAnswers",
        severity: Severity::Page,
        expression: format!("absent({ready})"),
        for_min: 2,
        summary: "no process exposes figures",
        description: format!(
            "For 2 minutes nobody has exposed {ready}: the process is down, or its administrator's listener cannot be reached."
        ),
        series: vec![(ready.to_owned(), "1x60", "_x60")],
    }
}

fn restarts() -> Symptom {
    let uptime = metric::UPTIME.name;
    Symptom {
        name: "StartsAgainAndAgain",
        severity: Severity::Page,
        expression: format!("resets({uptime}[1h]) >= 3"),
        for_min: 0,
        summary: "the process has started {{ $value }} times within an hour",
        description: "Three starts within an hour are no release: it ends by itself, which it does when its disk fails, or is \
            killed, which happens when memory runs out."
            .to_owned(),
        series: vec![(uptime.to_owned(), "0+300x60", "0 300 600 0 300 600 0 300 600 0 300 600 0 300 600 \
            0 300 600 0 300 600 0 300 600 0 300 600 0 300 600 0 300 600 0 300 600 0 300 600")],
    }
}

fn store_not_ready() -> Symptom {
    let ready = metric::READY.name;
    Symptom {
        name: "StoreNotReady",
        severity: Severity::Page,
        expression: format!("{ready} == 0"),
        for_min: 1,
        summary: "the store cannot read and write",
        description: format!(
            "{ready} has been 0 for a minute: /health/ready answers 503 and says why. With a full disk reads are still answered \
             and writes are refused with 507 storage-full."
        ),
        series: vec![(ready.to_owned(), "1x60", "1x20 0x40")],
    }
}

fn journal_stalled() -> Symptom {
    let (queue, commits) = (metric::QUEUE.name, metric::COMMITS.name);
    Symptom {
        name: "JournalStalled",
        severity: Severity::Page,
        expression: format!("{queue} > 0\nand\nincrease({commits}[5m]) == 0"),
        for_min: 5,
        summary: "{{ $value }} writes wait and none is committed",
        description: "For 5 minutes writes have been waiting and the journal has not moved: the one writer hangs, most likely in \
            a sync of its disk. Callers wait up to 30 s and get 503."
            .to_owned(),
        series: vec![
            (queue.to_owned(), "12x60", "12x60"),
            // The range of 5 minutes needs two values.
            (commits.to_owned(), "0+600x60", "7000x60"),
        ],
    }
}

fn queue() -> Symptom {
    let (queue, most) = (metric::QUEUE.name, metric::QUEUE_MAX.name);
    Symptom {
        name: "WriterQueueFills",
        severity: Severity::Page,
        expression: format!("{queue} / {most} > 0.5"),
        for_min: 2,
        summary: "writes wait in a queue that is {{ $value | humanizePercentage }} full",
        description: format!(
            "{queue} has been over half of {most} for 2 minutes. When it is full, writes are answered 503 overloaded at once."
        ),
        series: vec![
            (queue.to_owned(), "40x60", "3000x60"),
            (most.to_owned(), "4096x60", "4096x60"),
        ],
    }
}

fn overloaded() -> Symptom {
    let requests = metric::REQUESTS.name;
    Symptom {
        name: "RequestsFail",
        severity: Severity::Page,
        expression: format!(
            "sum(rate({requests}{{status=~\"5..\"}}[10m]))\n/ sum(rate({requests}[10m])) > 0.05"
        ),
        for_min: 5,
        summary: "{{ $value | humanizePercentage }} of all requests fail",
        description: "For 5 minutes more than 5 % of all requests, whatever their operation, have been answered 5xx: 500 is a fault \
            of ours, 503 a lack of processors, writer or issuer, 507 a full disk."
            .to_owned(),
        series: vec![
            (series(requests, "status=\"200\""), "0+90000x60", "0+90000x60"),
            (series(requests, "status=\"503\""), "0+90x60", "0+9000x60"),
        ],
    }
}

fn disk_today() -> Symptom {
    let room = metric::ROOM.name;
    Symptom {
        name: "DiskFullWithinHours",
        severity: Severity::Page,
        expression: format!("predict_linear({room}[1h], 4 * 3600) <= 0"),
        for_min: 15,
        summary: "at the pace of the last hour writing stops within four hours",
        description: format!(
            "{room} counts down to the reserve at which writes are refused with 507 storage-full; reads go on."
        ),
        // 40 GB, and 1 GB less every 5 minutes.
        series: vec![(room.to_owned(), "40000000000x60", "60000000000-1000000000x60")],
    }
}

fn disk_soon() -> Symptom {
    let room = metric::ROOM.name;
    Symptom {
        name: "DiskFullWithinTwoWeeks",
        severity: Severity::Ticket,
        expression: format!("predict_linear({room}[1d], 14 * 86400) <= 0"),
        for_min: 60,
        summary: "at the pace of the last day writing stops within two weeks",
        description: format!(
            "{room} counts down to the reserve at which writes are refused with 507 storage-full."
        ),
        // 60 GB, and 5 GB a day less in trouble.
        series: vec![(room.to_owned(), "60000000000-1000000x60", "60000000000-17400000x60")],
    }
}

fn wal() -> Symptom {
    let (wal, most) = (metric::WAL.name, metric::WAL_MAX.name);
    Symptom {
        name: "LogNotEmptied",
        severity: Severity::Ticket,
        expression: format!("{wal} > 1.5 * {most}"),
        for_min: 10,
        summary: "the write-ahead log is {{ $value | humanize1024 }}B and is not emptied",
        description: format!(
            "{wal} has been half as much again as {most} for 10 minutes: a reader stays in the log, or copying it into the database fails. \
             Starting takes longer, and the reserve on the disk is made for three times {most}."
        ),
        series: vec![
            (wal.to_owned(), "30000000x60", "120000000x60"),
            (most.to_owned(), "67108864x60", "67108864x60"),
        ],
    }
}

fn memory() -> Symptom {
    let (memory, most) = (metric::MEMORY.name, metric::MEMORY_MAX.name);
    Symptom {
        name: "MemoryNearlyUsedUp",
        severity: Severity::Ticket,
        expression: format!("{memory} / {most} > 0.85"),
        for_min: 15,
        summary: "the process takes {{ $value | humanizePercentage }} of its memory",
        description: "Above all of it the system kills the process. No acknowledged write is lost, but nobody is answered until it has \
            started again."
            .to_owned(),
        series: vec![
            (memory.to_owned(), "400000000x60", "3700000000x60"),
            (most.to_owned(), "4000000000x60", "4000000000x60"),
        ],
    }
}

fn processors() -> Symptom {
    let (time, processors) = (metric::CPU_TIME.name, metric::PROCESSORS.name);
    Symptom {
        name: "ProcessorsBusy",
        severity: Severity::Ticket,
        expression: format!("rate({time}[15m]) / {processors} > 0.8"),
        for_min: 15,
        summary: "processors are busy {{ $value | humanizePercentage }} of the time",
        description: "Past 80 % answers wait for each other more than they are worked on (an M/M/4 queue). The latency objectives \
            page on what callers feel; this says why."
            .to_owned(),
        series: vec![
            (time.to_owned(), "0+300x60", "0+1080x60"),
            (processors.to_owned(), "4x60", "4x60"),
        ],
    }
}

fn faults() -> Symptom {
    let faults = metric::FAULTS.name;
    Symptom {
        name: "FaultsHappen",
        severity: Severity::Ticket,
        expression: format!("increase({faults}[15m]) > 0"),
        for_min: 0,
        summary: "requests are answered 500",
        description: "A 500 is never the caller's doing. Each has a line in the log with its trace_id; the caller has the same id."
            .to_owned(),
        series: vec![(faults.to_owned(), "3x60", "0+1x60")],
    }
}

fn epoch() -> Symptom {
    let epoch = metric::EPOCH.name;
    Symptom {
        name: "HistoryChanged",
        severity: Severity::Ticket,
        expression: format!("changes({epoch}[1h]) > 0"),
        for_min: 0,
        summary: "the journal has begun a new history",
        description: "The data folder holds a copy that was put back. Positions and cursors of the lost history are refused, so that \
            readers of /v1/events have to read again from the start."
            .to_owned(),
        series: vec![(epoch.to_owned(), "17x60", "17x30 4012x30")],
    }
}

fn log_lines() -> Symptom {
    let dropped = metric::LOG_DROPPED.name;
    Symptom {
        name: "LogLinesDropped",
        severity: Severity::Ticket,
        expression: format!("increase({dropped}[15m]) > 0"),
        for_min: 0,
        summary: "log lines are dropped",
        description: "Whatever takes the log is slower than the requests: what is looked for in the log may not be there. Requests do \
            not wait for it."
            .to_owned(),
        series: vec![(dropped.to_owned(), "0x60", "0+20x60")],
    }
}

fn refused() -> Symptom {
    let (refused, requests) = (metric::REFUSED.name, metric::REQUESTS.name);
    Symptom {
        name: "SignInsRefused",
        severity: Severity::Page,
        expression: format!(
            "sum(rate({refused}[10m]))\n/ sum(rate({requests}[10m])) > 0.3"
        ),
        for_min: 10,
        summary: "{{ $value | humanizePercentage }} of requests are refused for their credentials",
        description: "For 10 minutes more than 30 % of all requests have been answered 401: the issuer signs with a key that it does not \
            publish, its audience or its clock has changed, or somebody tries keys."
            .to_owned(),
        series: vec![
            (refused.to_owned(), "0+100x60", "0+90000x60"),
            (series(requests, "status=\"200\""), "0+90000x60", "0+30000x60"),
            (series(requests, "status=\"401\""), "0+100x60", "0+90000x60"),
        ],
    }
}

fn rate_limited() -> Symptom {
    let (limited, requests) = (metric::RATE_LIMITED.name, metric::REQUESTS.name);
    Symptom {
        name: "CallersLimited",
        severity: Severity::Ticket,
        expression: format!(
            "sum(rate({limited}[15m]))\n/ sum(rate({requests}[15m])) > 0.05"
        ),
        for_min: 15,
        summary: "{{ $value | humanizePercentage }} of requests are over their caller's limit",
        description: "For 15 minutes more than 5 % of all requests have been answered 429: one caller asks far too much, or a limit is \
            too tight for what callers do."
            .to_owned(),
        series: vec![
            (limited.to_owned(), "0+100x60", "0+9000x60"),
            (series(requests, "status=\"200\""), "0+90000x60", "0+90000x60"),
        ],
    }
}

fn series(name: &str, labels: &str) -> String {
    format!("{name}{{operation=\"none\",{labels}}}")
}
