//! The publisher against a small model of PostgreSQL: numbers drawn under a lock, commits that are in the log before
//! they are visible and visible before they let go of the lock, a standby that sees a prefix of the log, two
//! publishers whose steps interleave in every way, sessions that are ended, and crashes that skip numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::publisher::{Holder, Publisher, Sight, Verdict};

/// How far a transaction is. It holds the lock all the while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Locked,
    Drawn(u64),
    Inserted(u64),
    Logged(u64),
    Visible,
}

/// What the log holds: a row, or a move of the mark.
#[derive(Clone, Copy)]
enum Record {
    Row(u64),
    Mark(u64),
}

#[derive(Default)]
struct Model {
    drawn: u64,
    names: u32,
    transactions: BTreeMap<u32, Stage>,
    visible: BTreeSet<u64>,
    events: BTreeSet<u64>,
    safe: u64,
    log: Vec<Record>,
    collisions: u32,
}

/// A publisher between two of its statements.
enum Doing {
    Nothing,
    Advance(u64),
    Ask,
    Bury(Vec<u64>, u32),
}

struct Node {
    machine: Publisher,
    doing: Doing,
    has_holes: bool,
}

struct Reader {
    applied: usize,
    rows: BTreeSet<u64>,
    safe: u64,
    cursor: u64,
    got: Vec<u64>,
}

/// A small generator: the same seed gives the same run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

impl Model {
    fn name(&mut self) -> u32 {
        self.names += 1;
        self.names
    }

    fn holders(&self) -> Vec<Holder> {
        let of =
            |it: &u32| Holder { transaction: it.to_string(), process: i32::try_from(*it).ok() };
        self.transactions.keys().map(of).collect()
    }

    fn is_in_flight(&self, number: u64) -> bool {
        let holds =
            |it: &Stage| matches!(it, Stage::Inserted(n) | Stage::Logged(n) if *n == number);
        self.transactions.values().any(holds)
    }

    /// One transaction goes one step on, or rolls back.
    fn step(&mut self, name: u32, rolls_back: bool) {
        let Some(stage) = self.transactions.get(&name).copied() else { return };
        let next = match stage {
            Stage::Locked | Stage::Drawn(_) | Stage::Inserted(_) if rolls_back => None,
            Stage::Locked => {
                self.drawn += 1;
                Some(Stage::Drawn(self.drawn))
            }
            Stage::Drawn(number) if self.visible.contains(&number) => {
                self.collisions += 1;
                None
            }
            Stage::Drawn(number) => Some(Stage::Inserted(number)),
            Stage::Inserted(number) => {
                self.log.push(Record::Row(number));
                self.events.insert(number);
                Some(Stage::Logged(number))
            }
            Stage::Logged(number) => {
                self.visible.insert(number);
                Some(Stage::Visible)
            }
            Stage::Visible => None,
        };
        match next {
            Some(next) => self.transactions.insert(name, next),
            None => self.transactions.remove(&name),
        };
    }

    /// The server dies: what is in the log stays, what is not has never been, and some numbers are skipped.
    fn crash(&mut self, skipped: u64) {
        for (_, stage) in std::mem::take(&mut self.transactions) {
            if let Stage::Logged(number) = stage {
                self.visible.insert(number);
            }
        }
        self.drawn += skipped;
    }
}

impl Node {
    fn new() -> Self {
        Self { machine: Publisher::new(20), doing: Doing::Nothing, has_holes: false }
    }

    /// One statement.
    fn step(&mut self, model: &mut Model, now_ms: u64) {
        self.doing = match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Nothing => {
                let numbers = model.visible.range(model.safe + 1..).copied().take(40).collect();
                let looked = self.machine.look(&Sight { safe: model.safe, numbers });
                self.has_holes = looked.has_holes;
                match looked.advance_to {
                    Some(to) => Doing::Advance(to),
                    None => self.ask(),
                }
            }
            Doing::Advance(to) => {
                if model.safe < to {
                    model.safe = to;
                    model.log.push(Record::Mark(to));
                }
                self.ask()
            }
            Doing::Ask => match self.machine.judge(&model.holders(), now_ms) {
                Verdict::Wait(_) => Doing::Nothing,
                Verdict::End(holders, _) => {
                    for holder in holders {
                        model.step(holder.transaction.parse().unwrap(), true);
                    }
                    Doing::Nothing
                }
                Verdict::Bury(ranges) => {
                    let name = model.name();
                    model.transactions.insert(name, Stage::Visible);
                    Doing::Bury(ranges.into_iter().flatten().collect(), name)
                }
            },
            // It waits for whoever has inserted the same number, and for as long is a holder itself.
            Doing::Bury(numbers, name) if numbers.iter().any(|it| model.is_in_flight(*it)) => {
                Doing::Bury(numbers, name)
            }
            Doing::Bury(numbers, name) => {
                model.visible.extend(numbers);
                model.transactions.remove(&name);
                Doing::Nothing
            }
        };
    }

    fn ask(&self) -> Doing {
        if self.has_holes { Doing::Ask } else { Doing::Nothing }
    }
}

impl Reader {
    fn new() -> Self {
        Self { applied: 0, rows: BTreeSet::new(), safe: 0, cursor: 0, got: Vec::new() }
    }

    /// A standby applies some of the log and is then asked for what follows the cursor.
    fn read(&mut self, model: &Model, records: usize) {
        for record in model.log.iter().skip(self.applied).take(records) {
            match *record {
                Record::Row(number) => _ = self.rows.insert(number),
                Record::Mark(to) => self.safe = to,
            }
            self.applied += 1;
        }
        self.take(self.safe, &self.rows.clone());
    }

    fn take(&mut self, safe: u64, rows: &BTreeSet<u64>) {
        if safe > self.cursor {
            self.got.extend(rows.range(self.cursor + 1..=safe));
            self.cursor = safe;
        }
    }
}

fn run(seed: u64) {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut model = Model::default();
    let mut nodes = [Node::new(), Node::new()];
    let (mut primary, mut standby) = (Reader::new(), Reader::new());
    let seen = |model: &Model| model.visible.intersection(&model.events).copied().collect();
    for now_ms in 0..4_000 {
        match chance.below(100) {
            0..12 if now_ms < 3_000 && model.transactions.len() < 9 => {
                let name = model.name();
                model.transactions.insert(name, Stage::Locked);
            }
            12..55 => {
                let at = chance.below(9) as usize;
                let name = model.transactions.keys().nth(at).copied();
                let is_publishers = |name: u32| {
                    nodes.iter().any(|it| matches!(it.doing, Doing::Bury(_, own) if own == name))
                };
                if let Some(name) = name.filter(|it| !is_publishers(*it)) {
                    model.step(name, chance.below(10) == 0);
                }
            }
            55..80 => nodes[chance.below(2) as usize].step(&mut model, now_ms),
            80..90 => primary.take(model.safe, &seen(&model)),
            90..99 => standby.read(&model, chance.below(12) as usize),
            _ if chance.below(12) == 0 => {
                model.crash(chance.below(33));
                nodes = [Node::new(), Node::new()];
            }
            _ => {}
        }
    }
    for name in model.transactions.keys().copied().collect::<Vec<_>>() {
        (0..5).for_each(|_| model.step(name, false));
    }
    nodes = [Node::new(), Node::new()];
    for now_ms in 0..2_000 {
        nodes[(now_ms % 2) as usize].step(&mut model, now_ms);
    }
    primary.take(model.safe, &seen(&model));
    standby.read(&model, usize::MAX);
    let all: Vec<u64> = model.events.iter().copied().collect();
    assert_eq!(primary.got, all, "on the primary, seed {seed}");
    assert_eq!(standby.got, all, "on a standby, seed {seed}");
    assert_eq!(model.collisions, 0, "numbers were taken from the living, seed {seed}");
    assert!(all.len() > 50, "the run was too quiet, seed {seed}: {}", all.len());
}

#[test]
fn nothing_is_missed_inverted_or_seen_twice() {
    (1..=150).for_each(run);
}
