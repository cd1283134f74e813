//! Conditions and values of expressions as clauses of a sentence.

use architrave_model::{
    Base, Expr, ExprKind, Function, Member, Operator, Quantifier, Root, System, Value, Variable,
};
use architrave_plan::expression_text;

use super::value::{period, value};
use crate::{names, page::code};

/// Writes one expression; loop variables have names within it.
pub(super) struct Condition<'s> {
    system: &'s System,
    variables: Vec<(Variable, String)>,
}

impl<'s> Condition<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        Self { system, variables: Vec::new() }
    }

    /// The clause; whatever has no better words is shown as its author wrote it.
    pub(super) fn of(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(it) => value(self.system, it),
            ExprKind::Not(of) => self.negated(of),
            ExprKind::And(all) => self.joined(all, " and "),
            ExprKind::Or(all) => self.joined(all, " or "),
            ExprKind::IsNull(of) => format!("{} is empty", self.of(of)),
            ExprKind::IsNotNull(of) => format!("{} is set", self.of(of)),
            ExprKind::Binary { operator, left, right } => self.binary(expr, *operator, left, right),
            ExprKind::HasRole(_) | ExprKind::Root(Root::This) => self.fixed(expr),
            ExprKind::Contains { list, item } => self.contains(list, item),
            ExprKind::Quantified { quantifier, source, variable, body, condition } => {
                let (body, only) = (body.as_deref(), condition.as_deref());
                self.quantified(expr, *quantifier, source, *variable, body, only)
            }
            ExprKind::Member { .. } => self.truth_or_path(expr),
            ExprKind::Call { function: Function::StartsWith, arguments } => {
                match arguments.as_slice() {
                    [text, start] => format!("{} starts with {}", self.of(text), self.of(start)),
                    _ => self.as_written(expr),
                }
            }
            ExprKind::Call { function: Function::Length, arguments } => {
                match arguments.as_slice() {
                    [text] => format!("the length of {}", self.of(text)),
                    _ => self.as_written(expr),
                }
            }
            ExprKind::Root(Root::Now) => "now".to_owned(),
            _ => self.as_written(expr),
        }
    }

    fn fixed(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::HasRole(roles) => {
                let roles: Vec<String> = roles.iter().map(|it| code(it)).collect();
                format!("the caller has role {}", roles.join(" or "))
            }
            _ => "the row itself".to_owned(),
        }
    }

    /// A yes-or-no field stands for "is true"; anything else for its value.
    fn truth_or_path(&mut self, expr: &Expr) -> String {
        let path = self.value_of(expr);
        if expr.ty.base == Base::Bool { format!("{path} is true") } else { path }
    }

    fn value_of(&mut self, expr: &Expr) -> String {
        match self.path(expr) {
            Some(path) => path,
            None if expr.ty.base == Base::Bool => self.as_written(expr),
            None => self.of_value(expr),
        }
    }

    fn of_value(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Member { .. } => self.as_written(expr),
            _ => self.of(expr),
        }
    }

    /// `this.ship_to.city`: `` `ship_to.city` ``; `input.fee`: "the given `fee`".
    fn path(&self, expr: &Expr) -> Option<String> {
        let mut names = Vec::new();
        let mut at = expr;
        while let ExprKind::Member { of, member } = &at.kind {
            names.push(self.member(member)?);
            at = of;
        }
        names.reverse();
        let joined = names.join(".");
        match &at.kind {
            ExprKind::Root(Root::This) => Some(code(&joined)),
            ExprKind::Root(Root::Old) => Some(format!("the former {}", code(&joined))),
            ExprKind::Root(Root::Input) => Some(format!("the given {}", code(&joined))),
            ExprKind::Root(Root::Event) => Some(format!("the event's {}", code(&joined))),
            ExprKind::Root(Root::Caller) => Some(format!("the caller's {}", words(&joined))),
            ExprKind::Root(Root::Each) => Some(format!("the element's {}", code(&joined))),
            ExprKind::Variable(variable) => {
                let noun = self.noun(*variable);
                let text = if joined.is_empty() { noun } else { format!("{noun}.{joined}") };
                Some(code(&text))
            }
            _ => None,
        }
    }

    fn noun(&self, variable: Variable) -> String {
        let named = self.variables.iter().rev().find(|it| it.0 == variable);
        named.map_or_else(|| "row".to_owned(), |it| it.1.clone())
    }

    fn member(&self, member: &Member) -> Option<String> {
        let system = self.system;
        let name = match member {
            Member::Id => "id",
            Member::Version => "version",
            Member::CreatedAt => "created_at",
            Member::UpdatedAt => "updated_at",
            Member::EventTime => "time",
            Member::EventActor => "actor",
            Member::Field { entity, field } => &system[*entity].fields.get(*field)?.name.text,
            Member::ValueField { value, field } => &system[*value].fields.get(*field)?.name.text,
            Member::Input { command, field } => &system[*command].input.get(*field)?.name.text,
            Member::Event { event, field } => &system[*event].fields.get(*field)?.name,
            Member::Named(name) => name,
            Member::Parent(entity) => return Some(snake(&system[*entity].name.text)),
            Member::Caller(member) => member.name(),
        };
        Some(name.to_owned())
    }

    fn negated(&mut self, of: &Expr) -> String {
        match self.path(of) {
            Some(path) => format!("{path} is false"),
            None => format!("not ({})", self.of(of)),
        }
    }

    fn joined(&mut self, all: &[Expr], word: &str) -> String {
        let all: Vec<String> = all
            .iter()
            .map(|it| {
                let text = self.of(it);
                let is_mixed = matches!(it.kind, ExprKind::And(_) | ExprKind::Or(_));
                if is_mixed { format!("({text})") } else { text }
            })
            .collect();
        all.join(word)
    }

    fn binary(&mut self, whole: &Expr, operator: Operator, left: &Expr, right: &Expr) -> String {
        if let Some(text) = self.count(operator, left, right) {
            return text;
        }
        if let ExprKind::Literal(Value::Duration(us)) = right.kind {
            let is_now = left.kind == ExprKind::Root(Root::Now);
            match operator {
                Operator::Subtract if is_now => return format!("{} ago", period(us)),
                Operator::Subtract => {
                    return format!("{} before {}", period(us), self.value_of(left));
                }
                Operator::Add => return format!("{} after {}", period(us), self.value_of(left)),
                _ => {}
            }
        }
        let word = match operator {
            Operator::Equal => "is",
            Operator::NotEqual => "is not",
            Operator::Less if is_time(left) => "is before",
            Operator::Greater if is_time(left) => "is after",
            Operator::Less => "is less than",
            Operator::LessOrEqual => "is at most",
            Operator::Greater => "is more than",
            Operator::GreaterOrEqual => "is at least",
            _ => return self.as_written(whole),
        };
        format!("{} {word} {}", self.value_of(left), self.value_of(right))
    }

    /// `length(this.lines) > 0`: "there is at least one line".
    fn count(&mut self, operator: Operator, left: &Expr, right: &Expr) -> Option<String> {
        let ExprKind::Quantified {
            quantifier: Quantifier::Length, source, condition: None, ..
        } = &left.kind
        else {
            return None;
        };
        let ExprKind::Literal(Value::Int(number)) = right.kind else { return None };
        let least = match operator {
            Operator::Greater => number.checked_add(1)?,
            Operator::GreaterOrEqual => number,
            _ => return None,
        };
        let source = self.value_of(source);
        Some(if least == 1 {
            format!("{source} is not empty")
        } else {
            format!("{source} has at least {least} elements")
        })
    }

    fn contains(&mut self, list: &Expr, item: &Expr) -> String {
        let item = self.value_of(item);
        if let ExprKind::List(all) = &list.kind {
            let all: Vec<String> = all.iter().map(|it| self.value_of(it)).collect();
            return match all.as_slice() {
                [] => format!("{item} is none of nothing"),
                [only] => format!("{item} is {only}"),
                [first @ .., last] => format!("{item} is {} or {last}", first.join(", ")),
            };
        }
        format!("{item} is among {}", self.value_of(list))
    }

    fn quantified(
        &mut self,
        whole: &Expr,
        quantifier: Quantifier,
        source: &Expr,
        variable: Variable,
        body: Option<&Expr>,
        only: Option<&Expr>,
    ) -> String {
        let noun = match &source.ty.base {
            Base::Parts(entity) | Base::Set(entity) => {
                names::spoken(&self.system[*entity].name.text).replace(' ', "_")
            }
            _ => "element".to_owned(),
        };
        let from = match &source.kind {
            ExprKind::Root(Root::Entity(entity)) => code(&self.system.entity_path(*entity)),
            _ => self.value_of(source),
        };
        self.variables.push((variable, noun.clone()));
        let only = only.map(|it| self.of(it));
        let that = only.as_ref().map_or_else(String::new, |it| format!(" where {it}"));
        let text = match (quantifier, body) {
            (Quantifier::All, Some(body)) => {
                format!("for every {noun} of {from}{that}, {}", self.of(body))
            }
            (Quantifier::Any, Some(body)) => {
                format!("for at least one {noun} of {from}{that}, {}", self.of(body))
            }
            (Quantifier::Length, None) => format!("the number of {from}{that}"),
            (Quantifier::Rows, _) => format!("every {from}{that}"),
            (Quantifier::Sum, Some(body)) => {
                format!("the sum of {} over {from}{that}", self.value_of(body))
            }
            _ => self.as_written(whole),
        };
        self.variables.pop();
        text
    }

    fn as_written(&self, expr: &Expr) -> String {
        code(&expression_text(self.system, expr))
    }
}

fn is_time(expr: &Expr) -> bool {
    matches!(expr.ty.base, Base::Timestamp | Base::Date)
}

fn words(name: &str) -> String {
    match name {
        "ip" => "address".to_owned(),
        other => names::words(other),
    }
}

fn snake(pascal: &str) -> String {
    names::spoken(pascal).replace(' ', "_")
}
