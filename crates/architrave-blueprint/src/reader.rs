//! The order of the passes from syntax trees to a [`System`], and what all of them share.

use architrave_model::{
    ContextId, Expr, FieldType, Finding, Name, Rule, Setting, Severity, System, Ty,
};

use crate::check;
use crate::expression::{Place, Typer, exclusion::check_exclusion, rules};
use crate::resolve::declare::{Blocks, declare};
use crate::resolve::names::{Names, Symbol, wrong_kind};
use crate::syntax::ast::{Block, Expression, File};
use crate::{codes, structure};

/// The system so far, and everything needed to read more of it.
pub(crate) struct Reader<'a> {
    pub(crate) system: System,
    pub(crate) names: Names,
    pub(crate) blocks: Blocks<'a>,
    pub(crate) findings: Vec<Finding>,
}

/// Reads parsed files; each pass may rely on those before it.
pub(crate) fn read(files: &[File], mut findings: Vec<Finding>) -> (System, Vec<Finding>) {
    structure::check(files, &mut findings);
    let declared = declare(files);
    findings.extend(declared.findings);
    let mut reader = Reader {
        system: declared.system,
        names: declared.names,
        blocks: declared.blocks,
        findings,
    };
    for pass in PASSES {
        pass(&mut reader);
    }
    (reader.system, tidy(reader.findings))
}

/// Names first, then fields, then what is computed from fields, then everything that uses both.
const PASSES: &[fn(&mut Reader<'_>)] = &[
    check::system::read,
    check::identity::read_names,
    check::dependencies::check,
    check::entity::read_fields,
    check::aggregate::read,
    check::command::read_inputs,
    check::integration::read_inputs,
    check::computed::read,
    check::event::read,
    check::identity::read_logins,
    check::limits::read,
    check::quality::read,
    check::entity::read,
    check::access::read,
    check::command::read,
    check::lifecycle::check_reached,
    check::integration::read,
    check::saga::read,
    check::schedule::read,
    check::projection::read,
    check::webhook::read,
    check::message::read,
    check::evolution::read,
    check::accept::read,
];

/// In the order of the text, one error per place, nothing twice.
fn tidy(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|it| (it.span(), it.severity, it.code));
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let is_known = kept.iter().rev().take_while(|it| it.span() == finding.span()).any(|it| {
            *it == finding
                || (it.severity == Severity::Error && finding.severity == Severity::Error)
        });
        if !is_known {
            kept.push(finding);
        }
    }
    kept
}

impl<'a> Reader<'a> {
    /// Blocks of one kind at the top of the files.
    pub(crate) fn tops(&self, kind: &str) -> Vec<&'a Block> {
        self.blocks.tops.iter().copied().filter(|it| it.kind.text == kind).collect()
    }

    /// Blocks of one kind in contexts, beside those with ids.
    pub(crate) fn others(&self, kind: &str) -> Vec<(ContextId, &'a Block)> {
        self.blocks.others.iter().copied().filter(|(_, it)| it.kind.text == kind).collect()
    }

    /// Types something at a place and keeps what there is to say about it.
    pub(crate) fn typed<T>(
        &mut self,
        place: &Place<'_>,
        work: impl FnOnce(&mut Typer<'_>) -> T,
    ) -> T {
        let mut typer = Typer::new(&self.system, &self.names, place);
        let result = work(&mut typer);
        self.findings.extend(typer.findings);
        result
    }

    /// Types a condition.
    pub(crate) fn condition(&mut self, ast: &Expression, place: &Place<'_>) -> Expr {
        self.typed(place, |typer| typer.condition(ast))
    }

    /// Types a value that must fit.
    pub(crate) fn expect(&mut self, ast: &Expression, ty: &Ty, place: &Place<'_>) -> Expr {
        self.typed(place, |typer| typer.expect(ast, ty))
    }

    /// Types a value of any type.
    pub(crate) fn infer(&mut self, ast: &Expression, place: &Place<'_>) -> Expr {
        self.typed(place, |typer| typer.infer(ast, None))
    }

    /// Types a rule that is compiled to SQL.
    pub(crate) fn rule(&mut self, ast: &Expression, place: &Place<'_>) -> Rule {
        let expr = self.condition(ast, place);
        rules::check_rule(&self.system, &expr, &mut self.findings);
        Rule { expr, span: ast.span }
    }

    /// Types a rule that opens something to callers, and judges it.
    pub(crate) fn access_rule(&mut self, ast: &Expression, place: &Place<'_>) -> Rule {
        let rule = self.rule(ast, place);
        check_exclusion(&self.system, &rule.expr, &mut self.findings);
        rule
    }

    /// Resolves a path, or reports why not.
    pub(crate) fn symbol(
        &mut self,
        ast: &Expression,
        context: Option<ContextId>,
    ) -> Option<(Vec<Name>, Symbol)> {
        let path = ast.path()?;
        match self.names.resolve(&path, context) {
            Ok(symbol) => Some((path, symbol)),
            Err(finding) => {
                self.findings.push(finding);
                None
            }
        }
    }

    /// Resolves a path to something of one kind, or reports.
    pub(crate) fn resolve<T>(
        &mut self,
        ast: &Expression,
        context: Option<ContextId>,
        expected: &str,
        choose: impl FnOnce(Symbol) -> Option<T>,
    ) -> Option<T> {
        let (path, symbol) = self.symbol(ast, context)?;
        let chosen = choose(symbol);
        if chosen.is_none() {
            self.findings.push(wrong_kind(&path, symbol, expected));
        }
        chosen
    }

    /// Resolves the name of an event.
    pub(crate) fn event(
        &mut self,
        ast: &Expression,
        context: ContextId,
    ) -> Option<architrave_model::EventId> {
        self.resolve(ast, Some(context), "an event", |symbol| match symbol {
            Symbol::Event(event) => Some(event),
            _ => None,
        })
    }

    /// Position of a field of an entity, or a report.
    pub(crate) fn field(
        &mut self,
        entity: architrave_model::EntityId,
        name: &Name,
    ) -> Option<usize> {
        let declared = &self.system[entity];
        let found = declared.fields.iter().position(|it| it.name.text == name.text);
        if found.is_none() && !name.text.is_empty() {
            let title = format!("`{}` has no field `{}`", declared.name.text, name.text);
            let known = declared.fields.iter().map(|it| it.name.text.as_str());
            self.findings.push(crate::report::unknown(codes::UNKNOWN_NAME, name, title, known));
        }
        found
    }
}

/// A text, `env("NAME")` or `secret("NAME")`, as the structure has judged it.
pub(crate) fn setting(ast: &Expression) -> Option<Setting> {
    if let Some(text) = ast.text() {
        return Some(Setting::Text(text.to_owned()));
    }
    let (function, arguments) = ast.call()?;
    let name = arguments.first()?.text()?.to_owned();
    match function.text.as_str() {
        "env" => Some(Setting::Env(name)),
        "secret" => Some(Setting::Secret(name)),
        _ => None,
    }
}

/// Whether a field could not be understood, so that nothing more should be said about it.
pub(crate) fn is_poisoned(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Computed { ty, .. } if ty.base == architrave_model::Base::Poison)
}
