//! `for` and what is made of it: `anytrue`, `alltrue`, `sum`, `min`, `max`, `length`.

use architrave_model::{Base, Expr, ExprKind, Name, Quantifier, Span, Ty};

use super::{Typer, typed};
use crate::codes;
use crate::fields::poison_expr;
use crate::report::error;
use crate::syntax::ast::{Expression, ExpressionKind};

impl Typer<'_> {
    /// A `for` by itself: the rows of a schedule or a saga's step.
    pub(super) fn bare_for(&mut self, ast: &Expression) -> Expr {
        if !self.place.has_sets && self.place.each.is_none() && !self.place.roots.contains(&"event")
        {
            return self.report(
                error(codes::WRONG_OPERANDS, ast.span, "a `for` by itself is no value here", "")
                    .help("put it into `anytrue`, `alltrue`, `sum`, `min`, `max` or `length`"),
            );
        }
        self.quantified(Quantifier::Rows, ast, ast.span)
    }

    /// `name([for v in source : body if condition])`, or over a collection as it is.
    pub(super) fn quantified(
        &mut self,
        quantifier: Quantifier,
        ast: &Expression,
        span: Span,
    ) -> Expr {
        match &ast.bare().kind {
            ExpressionKind::For { variable, source, body, condition } => {
                self.over_for(quantifier, variable, source, body, condition.as_deref(), span)
            }
            ExpressionKind::List(items)
                if matches!(quantifier, Quantifier::Any | Quantifier::All) && items.len() > 1 =>
            {
                let all: Vec<Expr> = items.iter().map(|it| self.condition(it)).collect();
                let is_any = quantifier == Quantifier::Any;
                let kind = if is_any { ExprKind::Or(all) } else { ExprKind::And(all) };
                typed(kind, Ty::of(Base::Bool), span)
            }
            _ => self.over_collection(quantifier, ast, span),
        }
    }

    fn over_for(
        &mut self,
        quantifier: Quantifier,
        name: &Name,
        source: &Expression,
        body: &Expression,
        condition: Option<&Expression>,
        span: Span,
    ) -> Expr {
        let source = self.infer(source, None);
        let Some(element) = self.element(&source) else {
            if source.ty.base == Base::Poison {
                return poison_expr(span);
            }
            let title = format!("`for` does not walk over {}", self.describe(&source.ty));
            let finding = error(codes::WRONG_OPERANDS, source.span, title, "");
            return self
                .report(finding.help("walk over `many`, a list, or an entity in a schedule"));
        };
        let source = self.present(source, "a collection");
        let variable = self.enter(name, element);
        let condition = condition.map(|it| self.condition(it));
        let known = self.fact_count();
        if let Some(condition) = &condition {
            self.assume(condition, true);
        }
        let body = self.body(quantifier, body);
        self.forget(known);
        self.leave();
        let ty = self.result(quantifier, &source, body.as_ref());
        let keeps_body = !matches!(quantifier, Quantifier::Length | Quantifier::Rows);
        let kind = ExprKind::Quantified {
            quantifier,
            source: Box::new(source),
            variable,
            body: body.filter(|_| keeps_body).map(Box::new),
            condition: condition.map(Box::new),
        };
        typed(kind, ty, span)
    }

    fn body(&mut self, quantifier: Quantifier, body: &Expression) -> Option<Expr> {
        match quantifier {
            Quantifier::Any | Quantifier::All => Some(self.condition(body)),
            Quantifier::Sum | Quantifier::Min | Quantifier::Max => {
                let body = self.infer(body, None);
                let body = self.present(body, "a number");
                Some(self.judge_aggregated(quantifier, body))
            }
            Quantifier::Length => Some(self.infer(body, None)),
            Quantifier::Rows => {
                let body = self.infer(body, None);
                let is_row =
                    matches!(body.kind, ExprKind::Variable(_)) || body.ty.base == Base::Poison;
                if !is_row {
                    let title = "the rows themselves are asked for here";
                    let finding = error(codes::WRONG_OPERANDS, body.span, title, "");
                    return Some(self.report(finding.help("write the variable of the `for`")));
                }
                Some(body)
            }
        }
    }

    fn judge_aggregated(&mut self, quantifier: Quantifier, body: Expr) -> Expr {
        let is_number = matches!(
            body.ty.base,
            Base::Poison | Base::Int | Base::Decimal { .. } | Base::Money | Base::Duration
        );
        let is_ordered = is_number || matches!(body.ty.base, Base::Timestamp | Base::Date);
        let is_right = if quantifier == Quantifier::Sum { is_number } else { is_ordered };
        if is_right {
            return body;
        }
        let title = format!("{} cannot be added up or ordered", self.describe(&body.ty));
        let finding = error(codes::WRONG_OPERANDS, body.span, title, "");
        self.report(finding.help("name a number"))
    }

    /// A collection without `for`: `length(this.lines)`, `sum(this.scores)`.
    fn over_collection(&mut self, quantifier: Quantifier, ast: &Expression, span: Span) -> Expr {
        let source = self.infer(ast, None);
        if source.ty.base == Base::Poison {
            return poison_expr(span);
        }
        let Some(element) = self.element(&source) else {
            let title = format!("a collection belongs here, not {}", self.describe(&source.ty));
            let finding = error(codes::WRONG_OPERANDS, source.span, title, "");
            return self.report(finding.help("write `[for x in this.lines : …]`"));
        };
        let source = self.present(source, "a collection");
        let name = Name { text: String::new(), span };
        let variable = self.enter(&name, element.clone());
        let body = match quantifier {
            Quantifier::Length | Quantifier::Rows => None,
            _ => {
                let body = typed(ExprKind::Variable(variable), element, source.span);
                match quantifier {
                    Quantifier::Any | Quantifier::All if body.ty.base == Base::Bool => Some(body),
                    Quantifier::Any | Quantifier::All => {
                        let title = format!(
                            "a condition is true or false, not {}",
                            self.describe(&body.ty)
                        );
                        let finding = error(codes::NOT_A_CONDITION, source.span, title, "");
                        Some(self.report(finding.help("write `[for x in … : condition]`")))
                    }
                    _ => Some(self.judge_aggregated(quantifier, body)),
                }
            }
        };
        self.leave();
        let ty = self.result(quantifier, &source, body.as_ref());
        let (source, body) = (Box::new(source), body.map(Box::new));
        typed(
            ExprKind::Quantified { quantifier, source, variable, body, condition: None },
            ty,
            span,
        )
    }

    /// The type of one element.
    pub(crate) fn element(&self, source: &Expr) -> Option<Ty> {
        match &source.ty.base {
            Base::Parts(entity) | Base::Set(entity) => Some(Ty::of(Base::Row(*entity))),
            Base::List(item) => Some((**item).clone()),
            _ => None,
        }
    }

    fn result(&self, quantifier: Quantifier, source: &Expr, body: Option<&Expr>) -> Ty {
        let base = body.map_or(Base::Poison, |it| it.ty.base.clone());
        match quantifier {
            Quantifier::Any | Quantifier::All => Ty::of(Base::Bool),
            Quantifier::Sum => Ty::of(base),
            Quantifier::Min | Quantifier::Max => Ty::optional(base),
            Quantifier::Length => Ty::of(Base::Int),
            Quantifier::Rows => source.ty.clone(),
        }
    }
}
