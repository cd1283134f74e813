//! Flow typing: what is known not to be null behind `!= null`, `&&`, `||`, `!`, `?:` and `if`.

use architrave_model::{Expr, ExprKind, Member, Operator};

use super::Typer;

impl Typer<'_> {
    /// Types something under the assumption that `condition` is true (or false).
    pub(super) fn assuming<T>(
        &mut self,
        condition: &Expr,
        is_true: bool,
        type_it: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.facts.len();
        facts(condition, is_true, &mut self.facts);
        let result = type_it(self);
        self.facts.truncate(before);
        result
    }

    /// Adds what a condition tells, until the caller truncates.
    pub(super) fn assume(&mut self, condition: &Expr, is_true: bool) {
        facts(condition, is_true, &mut self.facts);
    }

    /// How many facts are known now.
    pub(super) fn fact_count(&self) -> usize {
        self.facts.len()
    }

    /// Forgets what was learnt since.
    pub(super) fn forget(&mut self, count: usize) {
        self.facts.truncate(count);
    }

    /// Whether an expression that may be null is known not to be.
    pub(super) fn is_known_present(&self, expr: &Expr) -> bool {
        !self.facts.is_empty() && key(expr).is_some_and(|key| self.facts.contains(&key))
    }
}

/// Paths that are not null when the condition is true (or false).
fn facts(condition: &Expr, is_true: bool, out: &mut Vec<String>) {
    match (&condition.kind, is_true) {
        (ExprKind::IsNotNull(path), true) | (ExprKind::IsNull(path), false) => present(path, out),
        (ExprKind::Not(inner), _) => facts(inner, !is_true, out),
        (ExprKind::And(all), true) | (ExprKind::Or(all), false) => {
            all.iter().for_each(|it| facts(it, is_true, out));
        }
        (ExprKind::And(all), false) | (ExprKind::Or(all), true) => common(all, is_true, out),
        // `null == v` is false and `null != v` is true: a value equal to something is there.
        (ExprKind::Binary { operator: Operator::Equal, left, right }, true)
        | (ExprKind::Binary { operator: Operator::NotEqual, left, right }, false) => {
            present(left, out);
            present(right, out);
        }
        _ => {}
    }
}

/// What every alternative tells.
fn common(all: &[Expr], is_true: bool, out: &mut Vec<String>) {
    let mut alternatives = all.iter().map(|it| {
        let mut told = Vec::new();
        facts(it, is_true, &mut told);
        told
    });
    let Some(mut shared) = alternatives.next() else { return };
    for told in alternatives {
        shared.retain(|it| told.contains(it));
    }
    out.extend(shared);
}

/// A path that is there, and so everything on the way to it.
fn present(path: &Expr, out: &mut Vec<String>) {
    if let Some(key) = key(path) {
        out.push(key);
    }
    if let ExprKind::Member { of, .. } = &path.kind {
        present(of, out);
    }
}

/// A path as text, the same for the same path.
fn key(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Root(root) => Some(format!("{root:?}")),
        ExprKind::Variable(variable) => Some(format!("#{}", variable.0)),
        ExprKind::Member { of, member } => {
            let of = key(of)?;
            Some(match member {
                Member::Field { field, .. } => format!("{of}.{field}"),
                other => format!("{of}.{other:?}"),
            })
        }
        _ => None,
    }
}
