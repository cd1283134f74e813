//! Expressions as text: the typed tree back in the words of the blueprint, in one canonical spelling.

use architrave_model::{
    Expr, ExprKind, Function, Member, Operator, Quantifier, Root, System, Value, Variable,
};

use crate::value_text::value_text;

/// How strongly an operator binds; what binds less than its surroundings gets parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Conditional,
    Or,
    And,
    Equality,
    Comparison,
    Sum,
    Product,
    Unary,
    Postfix,
}

/// The canonical text of an expression, e.g. `this.customer == caller.user || has_role("support")`.
/// Equal trees have equal texts. Loop variables are called `a`, `b`, … by depth.
#[must_use]
pub fn expression_text(system: &System, expr: &Expr) -> String {
    let mut writer = Writer { system, variables: Vec::new(), out: String::new() };
    writer.expr(expr, Strength::Conditional);
    writer.out
}

struct Writer<'a> {
    system: &'a System,
    variables: Vec<Variable>,
    out: String,
}

impl Writer<'_> {
    fn expr(&mut self, expr: &Expr, around: Strength) {
        let own = strength(&expr.kind);
        let has_parentheses = own < around;
        if has_parentheses {
            self.out.push('(');
        }
        self.bare(expr);
        if has_parentheses {
            self.out.push(')');
        }
    }

    fn bare(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(value) => {
                self.out.push_str(&value_text(value, self.system.currency_digits))
            }
            ExprKind::Root(root) => self.root(*root),
            ExprKind::Member { of, member } => self.member(of, member),
            ExprKind::Variable(variable) => self.variable(*variable),
            ExprKind::Not(of) => self.prefixed("!", of),
            ExprKind::Negate(of) => self.prefixed("-", of),
            ExprKind::And(all) => self.joined(all, " && ", Strength::And),
            ExprKind::Or(all) => self.joined(all, " || ", Strength::Or),
            ExprKind::IsNull(of) => self.compared_with_null(of, "=="),
            ExprKind::IsNotNull(of) => self.compared_with_null(of, "!="),
            ExprKind::Binary { operator, left, right } => self.binary(*operator, left, right),
            ExprKind::Conditional { condition, then, otherwise } => {
                self.expr(condition, Strength::Or);
                self.out.push_str(" ? ");
                self.expr(then, Strength::Or);
                self.out.push_str(" : ");
                self.expr(otherwise, Strength::Or);
            }
            ExprKind::HasRole(roles) => {
                let roles: Vec<String> = roles.iter().map(|it| format!("{it:?}")).collect();
                self.out.push_str(&format!("has_role({})", roles.join(", ")));
            }
            ExprKind::Contains { list, item } => self.listed("contains(", [&**list, item], ")"),
            ExprKind::List(all) => self.listed("[", all, "]"),
            ExprKind::Record(all) => self.record(all),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Quantified { quantifier, source, variable, body, condition } => {
                self.quantified(
                    *quantifier,
                    source,
                    *variable,
                    body.as_deref(),
                    condition.as_deref(),
                );
            }
            ExprKind::Call { function, arguments } => {
                let open = format!("{}(", function_name(*function));
                self.listed(&open, arguments, ")");
            }
        }
    }

    fn prefixed(&mut self, operator: &str, of: &Expr) {
        self.out.push_str(operator);
        self.expr(of, Strength::Postfix);
    }

    fn compared_with_null(&mut self, of: &Expr, operator: &str) {
        self.expr(of, Strength::Comparison);
        self.out.push_str(&format!(" {operator} null"));
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr) {
        let own = operator_strength(operator);
        // Comparisons do not chain; sums and products lean to the left.
        let is_comparison = own <= Strength::Comparison;
        self.expr(left, if is_comparison { Strength::Sum } else { own });
        self.out.push_str(&format!(" {} ", operator_text(operator)));
        self.expr(
            right,
            if own == Strength::Sum {
                Strength::Product
            } else if is_comparison {
                Strength::Sum
            } else {
                Strength::Unary
            },
        );
    }

    fn joined(&mut self, all: &[Expr], separator: &str, inside: Strength) {
        for (position, expr) in all.iter().enumerate() {
            if position > 0 {
                self.out.push_str(separator);
            }
            self.expr(expr, inside);
        }
    }

    fn listed<'e>(&mut self, open: &str, all: impl IntoIterator<Item = &'e Expr>, close: &str) {
        self.out.push_str(open);
        for (position, expr) in all.into_iter().enumerate() {
            if position > 0 {
                self.out.push_str(", ");
            }
            self.expr(expr, Strength::Conditional);
        }
        self.out.push_str(close);
    }

    fn record(&mut self, all: &[(String, Expr)]) {
        self.out.push_str("{ ");
        for (position, (name, expr)) in all.iter().enumerate() {
            if position > 0 {
                self.out.push_str(", ");
            }
            self.out.push_str(&format!("{name} = "));
            self.expr(expr, Strength::Conditional);
        }
        self.out.push_str(" }");
    }

    fn template(&mut self, parts: &[Expr]) {
        self.out.push('"');
        for part in parts {
            if let ExprKind::Literal(Value::Text(text)) = &part.kind {
                let quoted = value_text(&Value::Text(text.clone()), 0);
                self.out
                    .push_str(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
            } else {
                self.out.push_str("${");
                self.expr(part, Strength::Conditional);
                self.out.push('}');
            }
        }
        self.out.push('"');
    }

    fn quantified(
        &mut self,
        quantifier: Quantifier,
        source: &Expr,
        variable: Variable,
        body: Option<&Expr>,
        condition: Option<&Expr>,
    ) {
        let open = match quantifier {
            Quantifier::Any => "anytrue(",
            Quantifier::All => "alltrue(",
            Quantifier::Sum => "sum(",
            Quantifier::Min => "min(",
            Quantifier::Max => "max(",
            Quantifier::Length => "length(",
            Quantifier::Rows => "",
        };
        self.out.push_str(open);
        if quantifier == Quantifier::Length && body.is_none() && condition.is_none() {
            self.expr(source, Strength::Conditional);
        } else {
            self.out.push_str("[for ");
            self.variables.push(variable);
            self.variable(variable);
            self.out.push_str(" in ");
            self.expr(source, Strength::Conditional);
            self.out.push_str(" : ");
            match body {
                Some(body) => self.expr(body, Strength::Conditional),
                None => self.variable(variable),
            }
            if let Some(condition) = condition {
                self.out.push_str(" if ");
                self.expr(condition, Strength::Conditional);
            }
            self.variables.pop();
            self.out.push(']');
        }
        if !open.is_empty() {
            self.out.push(')');
        }
    }

    /// By depth, so that two spellings of one rule have one text.
    fn variable(&mut self, variable: Variable) {
        let depth =
            self.variables.iter().rposition(|it| *it == variable).unwrap_or(self.variables.len());
        let letter =
            u32::try_from(depth).ok().and_then(|it| char::from_digit(it + 10, 36)).unwrap_or('z');
        self.out.push(letter);
    }

    fn root(&mut self, root: Root) {
        let text = match root {
            Root::This => "this",
            Root::Old => "old",
            Root::Input => "input",
            Root::Caller => "caller",
            Root::Now => "now",
            Root::Event => "event",
            Root::Each => "each",
            Root::Response => "response",
            Root::Body => "body",
            Root::Headers => "headers",
            Root::Entity(id) => return self.out.push_str(&self.system.entity_path(id)),
            Root::Step(number) => return self.out.push_str(&format!("step_{number}")),
        };
        self.out.push_str(text);
    }

    fn member(&mut self, of: &Expr, member: &Member) {
        self.expr(of, Strength::Postfix);
        self.out.push('.');
        let system = self.system;
        let field = |fields: &[architrave_model::Field], position: usize| {
            fields.get(position).map_or_else(|| "?".to_owned(), |it| it.name.text.clone())
        };
        let name = match member {
            Member::Id => "id".to_owned(),
            Member::Version => "version".to_owned(),
            Member::CreatedAt => "created_at".to_owned(),
            Member::UpdatedAt => "updated_at".to_owned(),
            Member::Field { entity, field: position } => field(&system[*entity].fields, *position),
            Member::Parent(entity) => crate::lock::snake_case(&system[*entity].name.text),
            Member::ValueField { value, field: position } => {
                field(&system[*value].fields, *position)
            }
            Member::Input { command, field: position } => field(&system[*command].input, *position),
            Member::Caller(member) => member.name().to_owned(),
            Member::Event { event, field: position } => {
                let fields = &system[*event].fields;
                fields.get(*position).map_or_else(|| "?".to_owned(), |it| it.name.clone())
            }
            Member::EventTime => "time".to_owned(),
            Member::EventActor => "actor".to_owned(),
            Member::Named(name) => name.clone(),
        };
        self.out.push_str(&name);
    }
}

fn strength(kind: &ExprKind) -> Strength {
    match kind {
        ExprKind::Conditional { .. } => Strength::Conditional,
        ExprKind::Or(_) => Strength::Or,
        ExprKind::And(_) => Strength::And,
        ExprKind::IsNull(_) | ExprKind::IsNotNull(_) => Strength::Equality,
        ExprKind::Binary { operator, .. } => operator_strength(*operator),
        ExprKind::Not(_) | ExprKind::Negate(_) => Strength::Unary,
        _ => Strength::Postfix,
    }
}

fn operator_strength(operator: Operator) -> Strength {
    match operator {
        Operator::Equal | Operator::NotEqual => Strength::Equality,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            Strength::Comparison
        }
        Operator::Add | Operator::Subtract => Strength::Sum,
        Operator::Multiply | Operator::Remainder => Strength::Product,
    }
}

fn operator_text(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Remainder => "%",
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::Coalesce => "coalesce",
        Function::StartsWith => "starts_with",
        Function::Round => "round",
        Function::Abs => "abs",
        Function::Divide => "divide",
        Function::Date => "date",
        Function::Lower => "lower",
        Function::Trim => "trim",
        Function::Matches => "matches",
        Function::Length => "length",
        Function::Min => "min",
        Function::Max => "max",
        Function::Count => "count",
        Function::Sum => "sum",
        Function::Env => "env",
        Function::Secret => "secret",
        Function::Header => "header",
    }
}
