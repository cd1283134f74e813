//! `schedule`: work that is done again and again, for the rows that need it.

use architrave_model::{Base, ContextId, RunTarget, Schedule};

use super::run;
use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::reader::Reader;
use crate::report::error;
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// Reads all schedules.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (context, block) in reader.others("schedule") {
        schedule(reader, context, block);
    }
}

fn schedule(reader: &mut Reader<'_>, context: ContextId, block: &Block) {
    let mut place = Place::new("a schedule", Language::Rule, roots::SCHEDULE);
    place.context = Some(context);
    place.has_sets = true;
    let for_each = block.setting("for_each").map(|ast| {
        let (expr, element) = run::for_each(reader, ast, &place);
        crate::expression::rules::check_rule(&reader.system, &expr, &mut reader.findings);
        place.each = Some(element);
        expr
    });
    let Some(run_ast) = block.setting("run") else { return };
    let Some(run) = run::target(reader, run_ast, context) else { return };
    if let RunTarget::Command(command) = run {
        let entity = reader.system[command].entity;
        let is_right = match place.each.as_ref().map(|it| &it.base) {
            Some(Base::Row(row)) => *row == entity,
            Some(Base::Poison) => true,
            _ => false,
        };
        if !is_right {
            let name = reader.system.entity_path(entity);
            let span = block.setting("for_each").map_or(run_ast.span, |it| it.span);
            let simple = &reader.system[entity].name.text;
            reader.findings.push(
                error(codes::MISSING_TARGET, span, format!("which `{name}` is meant?"), "")
                    .help(format!("add `for_each = [for x in {simple} : x if …]`")),
            );
        }
    }
    place.has_sets = false;
    place.language = Language::Memory;
    let input = run::input(reader, run, block.setting("input"), &place, run_ast.span);
    let every = block.setting("every").and_then(Expression::text).and_then(units::duration);
    reader.system.schedules.push(Schedule {
        name: block.name(),
        doc: block.doc.clone(),
        context,
        every_us: every.unwrap_or(i64::MAX),
        for_each,
        run,
        input,
        span: block.span,
    });
}
