//! What a load is made of: which operations are asked for, and how often, as the blueprint's workload and
//! objectives say.

use std::collections::BTreeSet;

use architrave_plan::{Operation, OperationId, OperationKind, Plan};

use crate::DriveError;

/// Share of reads where nobody said, in parts per million: ten reads to a write, as the capacity model assumes.
const READ_SHARE_ASSUMED_PPM: u32 = 909_000;
/// All of a load, in parts per million.
const WHOLE_PPM: u64 = 1_000_000;

/// A class of requests: an operation and its share of the load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Which operation.
    pub operation: OperationId,
    /// Its name, e.g. `sales.Order.place`.
    pub name: String,
    /// Whether it changes anything.
    pub is_write: bool,
    /// Share of all requests, in parts per million.
    pub share_ppm: u64,
    /// Whether an objective covers it.
    pub has_objective: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workload {
    /// Reads first, each in the order of the plan.
    pub classes: Vec<Class>,
    /// Requests per second at the peak, in thousandths.
    pub peak_milli_per_s: u64,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// (operation, why it is not asked for).
    pub left_out: Vec<(String, String)>,
}

impl Workload {
    /// What can be asked for, as far as `may` lets somebody ask; shares are given by [`Self::share`].
    ///
    /// # Errors
    /// Where no peak is declared and none is given.
    pub(super) fn of(
        plan: &Plan,
        peak_milli_per_s: Option<u64>,
        may: impl Fn(&Operation) -> Result<(), String>,
    ) -> Result<Self, DriveError> {
        let declared = plan.system.workload.as_ref();
        let declared = declared.and_then(|it| it.peak_milli_per_s);
        let peak_milli_per_s = peak_milli_per_s.or(declared).filter(|it| *it > 0);
        let peak_milli_per_s = peak_milli_per_s.ok_or_else(|| {
            let help = "write `peak = \"100/s\"` into the block `workload`, or give --peak 100";
            DriveError::new("the blueprint declares no peak load", help)
        })?;
        let mut workload = Self { peak_milli_per_s, ..Self::default() };
        let covered = covered(plan);
        for (index, operation) in plan.operations.iter().enumerate() {
            let reason = driven(operation).and_then(|()| may(operation));
            if let Err(reason) = reason {
                workload.left_out.push((operation.name.clone(), reason));
                continue;
            }
            workload.classes.push(Class {
                operation: OperationId(u32::try_from(index).unwrap_or(u32::MAX)),
                name: operation.name.clone(),
                is_write: operation.kind.is_write(),
                share_ppm: 0,
                has_objective: covered.contains(operation.name.as_str()),
            });
        }
        workload.classes.sort_by_key(|it| it.is_write);
        Ok(workload)
    }

    /// Gives every class its share; `read_ppm` is the declared share of reads.
    ///
    /// # Errors
    /// Where there is no class.
    pub(super) fn share(&mut self, read_ppm: Option<u32>) -> Result<(), DriveError> {
        if self.classes.is_empty() {
            let help = "give tokens of people who may read or write something";
            return Err(DriveError::new("none of the operations can be asked for", help));
        }
        let read_ppm = u64::from(read_ppm.unwrap_or_else(|| {
            self.assumptions.push("ten reads to a write: no `read_share` is declared".to_owned());
            READ_SHARE_ASSUMED_PPM
        }));
        let has = |is_write| self.classes.iter().any(|it| it.is_write == is_write);
        let read_ppm = match (has(false), has(true)) {
            (true, false) => WHOLE_PPM,
            (false, true) => 0,
            _ => read_ppm.min(WHOLE_PPM),
        };
        for (is_write, whole) in [(false, read_ppm), (true, WHOLE_PPM - read_ppm)] {
            self.share_kind(is_write, whole);
        }
        Ok(())
    }

    /// What an objective covers is what matters: it gets half of its kind, the rest shares the other half.
    fn share_kind(&mut self, is_write: bool, whole: u64) {
        let of_kind = || self.classes.iter().filter(|it| it.is_write == is_write);
        let covered = of_kind().filter(|it| it.has_objective).count() as u64;
        let others = of_kind().count() as u64 - covered;
        let kind = if is_write { "writes" } else { "reads" };
        let (for_covered, for_others) = match (covered, others) {
            (0, _) => (0, whole),
            (_, 0) => (whole, 0),
            _ => (whole / 2, whole - whole / 2),
        };
        if covered + others > 1 {
            let how = if covered > 0 && others > 0 {
                "half go to the operations that objectives cover, half to the others, evenly"
            } else {
                "every operation gets the same share"
            };
            self.assumptions.push(format!("of all {kind} {how}: the blueprint has no finer mix"));
        }
        for class in self.classes.iter_mut().filter(|it| it.is_write == is_write) {
            class.share_ppm = if class.has_objective {
                for_covered / covered.max(1)
            } else {
                for_others / others.max(1)
            };
        }
    }

    /// Weights for a schedule, in the order of the classes.
    #[must_use]
    pub fn weights(&self) -> Vec<u64> {
        self.classes.iter().map(|it| it.share_ppm).collect()
    }
}

/// Whether operations of this kind are part of a load at all.
fn driven(operation: &Operation) -> Result<(), String> {
    match operation.kind {
        OperationKind::List
        | OperationKind::Read
        | OperationKind::Create
        | OperationKind::Update
        | OperationKind::Delete
        | OperationKind::Command(_) => Ok(()),
        OperationKind::Restore => Err("rows would have to be deleted for it first".to_owned()),
        OperationKind::Batch | OperationKind::Me | OperationKind::Events => {
            Err("it belongs to the system, not to the blueprint".to_owned())
        }
    }
}

/// Operations that objectives cover.
fn covered(plan: &Plan) -> BTreeSet<&str> {
    let covers = plan.system.slos.iter().flat_map(|it| &it.covers);
    covers.map(|it| it.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use architrave_plan::OperationId;

    use super::{Class, Workload};

    /// (is it a write, does an objective cover it) → shares in per cent.
    fn shares(classes: &[(bool, bool)], read_ppm: Option<u32>) -> (Vec<u64>, usize) {
        let class = |(is_write, has_objective): &(bool, bool)| Class {
            operation: OperationId(0),
            name: String::new(),
            is_write: *is_write,
            share_ppm: 0,
            has_objective: *has_objective,
        };
        let classes = classes.iter().map(class).collect();
        let mut workload = Workload { classes, ..Workload::default() };
        workload.share(read_ppm).unwrap();
        (workload.weights().iter().map(|it| it / 10_000).collect(), workload.assumptions.len())
    }

    #[test]
    fn what_is_declared_is_kept_and_what_an_objective_covers_gets_half() {
        const READ: (bool, bool) = (false, false);
        const COVERED_READ: (bool, bool) = (false, true);
        const WRITE: (bool, bool) = (true, false);
        const COVERED_WRITE: (bool, bool) = (true, true);
        for (classes, read_ppm, expected, assumptions) in [
            (&[READ, WRITE][..], Some(920_000), &[92, 8][..], 0),
            (&[READ, WRITE], None, &[90, 9], 1),
            (&[COVERED_READ, READ, READ, WRITE], Some(800_000), &[40, 20, 20, 20], 1),
            (&[READ, READ, COVERED_WRITE, WRITE], Some(600_000), &[30, 30, 20, 20], 2),
            (&[COVERED_READ, COVERED_READ], Some(600_000), &[50, 50], 1),
            // What nobody may do is not done, whatever is declared.
            (&[WRITE], Some(1_000_000), &[100], 0),
            (&[READ], Some(0), &[100], 0),
            (&[READ, WRITE], Some(1_000_000), &[100, 0], 0),
        ] {
            assert_eq!(shares(classes, read_ppm), (expected.to_vec(), assumptions), "{classes:?}");
        }
        assert!(Workload::default().share(None).is_err());
    }
}
