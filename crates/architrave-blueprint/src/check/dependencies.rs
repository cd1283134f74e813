//! Contexts that depend on each other in a circle cannot be taken apart later.
//!
//! It is a warning and may be accepted: such a system runs, but never as separate services.

use architrave_model::ContextId;

use crate::codes;
use crate::reader::Reader;
use crate::report::warning;

/// Warns once per circle, at the context of it that is declared first.
pub(crate) fn check(reader: &mut Reader<'_>) {
    let count = u32::try_from(reader.system.contexts.len()).unwrap_or(u32::MAX);
    let mut reported = vec![false; reader.system.contexts.len()];
    for start in (0..count).map(ContextId) {
        if reported.get(start.0 as usize).copied().unwrap_or(true) {
            continue;
        }
        let Some(circle) = circle_through(reader, start) else { continue };
        for member in &circle {
            if let Some(mark) = reported.get_mut(member.0 as usize) {
                *mark = true;
            }
        }
        let names: Vec<&str> =
            circle.iter().chain([&start]).map(|it| reader.system[*it].name.text.as_str()).collect();
        let title = format!("contexts depend on each other in a circle: {}", names.join(" → "));
        let finding =
            warning(codes::CIRCULAR_DEPENDENCY, reader.system[start].name.span, title, "")
                .help("turn one dependency round by an event, or accept the warning with a reason");
        reader.findings.push(finding);
    }
}

/// The shortest way from a context back to itself.
fn circle_through(reader: &Reader<'_>, start: ContextId) -> Option<Vec<ContextId>> {
    let mut came_from: Vec<Option<ContextId>> = vec![None; reader.system.contexts.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(context) = queue.pop_front() {
        for &next in &reader.system[context].depends_on {
            if next == start {
                let mut way = vec![context];
                let mut at = context;
                while at != start {
                    at = came_from.get(at.0 as usize).copied().flatten()?;
                    way.push(at);
                }
                way.reverse();
                return Some(way);
            }
            let slot = came_from.get_mut(next.0 as usize)?;
            if slot.is_none() {
                *slot = Some(context);
                queue.push_back(next);
            }
        }
    }
    None
}
