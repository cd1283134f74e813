//! Numbers and times as PostgreSQL reckons with them: decimals are exact numbers of their own, instants and days have
//! types of their own, lengths of time are whole microseconds.

use architrave_model::{Base, Operator, Ty};

use crate::{
    civil::{DAY_US, day_text},
    sql::builder::Builder,
};

impl Builder<'_> {
    /// `a + b` and its like, for operands whose types PostgreSQL does not bring together by itself.
    pub(in crate::sql) fn postgres_arithmetic(
        &self,
        operator: Operator,
        ty: &Ty,
        (left, a): (&Ty, &str),
        (right, b): (&Ty, &str),
    ) -> String {
        let sign = match operator {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            // Without a remainder there is no value, as elsewhere; the database would refuse the whole statement.
            _ => return format!("({a} % NULLIF({b}, 0))"),
        };
        match (&left.base, &right.base) {
            (Base::Timestamp, Base::Timestamp) => {
                format!("(EXTRACT(EPOCH FROM ({a} - {b})) * 1000000)::bigint")
            }
            (Base::Timestamp, _) => format!("({a} {sign} {b} * INTERVAL '1 microsecond')"),
            (_, Base::Timestamp) => format!("({b} {sign} {a} * INTERVAL '1 microsecond')"),
            (Base::Date, Base::Date) => format!("(({a} - {b})::bigint * {DAY_US})"),
            (Base::Date, _) => format!("({a} + {})", whole_days(sign, b)),
            (_, Base::Date) => format!("({b} + {})", whole_days(sign, a)),
            (Base::Duration, _) | (_, Base::Duration) => format!("({a} {sign} {b})"),
            // As exact numbers: what does not fit into 64 bits would refuse the whole statement.
            _ => {
                let text = format!("({a}::numeric {sign} {b})");
                let behind = match operator {
                    Operator::Multiply => digits(left) + digits(right),
                    _ => digits(left).max(digits(right)),
                };
                rounded(text, behind, digits(ty))
            }
        }
    }
}

/// A value in the form of the type that it becomes.
pub(in crate::sql) fn fitted(text: String, from: &Ty, to: &Ty) -> String {
    match (&from.base, &to.base) {
        (Base::Decimal { .. }, Base::Decimal { .. } | Base::Int) => {
            rounded(text, digits(from), digits(to))
        }
        _ => text,
    }
}

/// A length of time in days, parts of a day cut towards the past, as in memory.
fn whole_days(sign: &str, by: &str) -> String {
    let sign = if sign == "-" { "-" } else { "" };
    format!("floor(({sign}({by}))::numeric / {DAY_US})::int")
}

/// Digits behind the point of a number as it is reckoned with; money counts in its smallest unit.
fn digits(ty: &Ty) -> u32 {
    match &ty.base {
        Base::Decimal { scale } => u32::from(*scale),
        _ => 0,
    }
}

/// Half to even where digits are lost, as in memory; the database's own rounding goes away from zero.
fn rounded(text: String, from: u32, to: u32) -> String {
    if from <= to {
        return text;
    }
    let power = 10_i64.saturating_pow(to);
    let scaled = format!("({text} * {power})");
    format!(
        "(CASE WHEN abs({scaled} % 1) = 0.5 THEN round({scaled} / 2) * 2 ELSE round({scaled}) END / {power})"
    )
}

/// A decimal as a constant.
pub(in crate::sql) fn decimal(unscaled: i64, scale: u8) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, rest) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("'{sign}{whole}{point}{rest}'::numeric")
}

/// An instant as a constant. A sum with an interval would do as well, but not in the condition of an index: the
/// database takes such sums to depend on the session's time zone.
pub(in crate::sql) fn instant(at_us: i64) -> String {
    let (day, us) = (day_text(at_us.div_euclid(DAY_US)), at_us.rem_euclid(DAY_US));
    let (seconds, fraction) = (us / 1_000_000, us % 1_000_000);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("TIMESTAMPTZ '{day} {hours:02}:{minutes:02}:{:02}.{fraction:06}+00'", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_written_with_all_their_digits() {
        assert_eq!(decimal(150, 2), "'1.50'::numeric");
        assert_eq!(decimal(-5, 2), "'-0.05'::numeric");
        assert_eq!(decimal(7, 0), "'7'::numeric");
        assert_eq!(decimal(1_234_567_890_123_456_789, 9), "'1234567890.123456789'::numeric");
        assert_eq!(instant(0), "TIMESTAMPTZ '1970-01-01 00:00:00.000000+00'");
        assert_eq!(instant(-1), "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'");
    }
}
