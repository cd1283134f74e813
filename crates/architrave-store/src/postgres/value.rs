//! Values between memory and PostgreSQL's binary forms
//! (<https://www.postgresql.org/docs/current/protocol-overview.html>).

use std::{borrow::Cow, error::Error};

use architrave_engine::{parse_list, show::scalar};
use architrave_model::Value;
use architrave_plan::{ColumnType, JsonKind, Plan};
use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// Microseconds from 1970 to 2000, where PostgreSQL's time begins.
const EPOCH_US: i64 = 946_684_800_000_000;
/// Days from 1970 to 2000.
const EPOCH_DAYS: i32 = 10_957;

/// A value on its way to the server. It is written as the parameter's type wants it, which the server has said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bound<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Decimal {
        unscaled: i64,
        scale: u8,
    },
    /// Also JSON.
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Uuid(Uuid),
    /// Microseconds since 1970.
    Timestamp(i64),
    /// Days since 1970.
    Date(i32),
    /// All of one type.
    Array(Vec<Bound<'a>>),
}

/// A value of a column that is not encrypted.
pub(super) fn bound<'a>(plan: &Plan, ty: &ColumnType, value: &'a Value) -> Bound<'a> {
    match value {
        Value::Null | Value::Object(_) => Bound::Null,
        Value::Bool(it) => Bound::Bool(*it),
        Value::Int(it) | Value::Money(it) | Value::Duration(it) => Bound::Int(*it),
        Value::Decimal { unscaled, scale } => Bound::Decimal { unscaled: *unscaled, scale: *scale },
        Value::Text(it) | Value::Json(it) => Bound::Text(it.into()),
        Value::Uuid(it) => Bound::Uuid(*it),
        Value::Timestamp(it) => Bound::Timestamp(*it),
        Value::Date(it) => Bound::Date(*it),
        Value::List(items) => {
            let mut out = Vec::new();
            let kind = match ty {
                ColumnType::List(item) => JsonKind::of(item),
                other => JsonKind::of(other),
            };
            let currency = scalar::Currency {
                code: &plan.system.currency,
                digits: plan.system.currency_digits,
            };
            scalar::write_list(&mut out, &kind, items, currency);
            Bound::Text(String::from_utf8(out).unwrap_or_default().into())
        }
    }
}

impl Bound<'_> {
    /// The same, whatever it was borrowed from.
    pub(super) fn into_owned(self) -> Bound<'static> {
        match self {
            Bound::Null => Bound::Null,
            Bound::Bool(it) => Bound::Bool(it),
            Bound::Int(it) => Bound::Int(it),
            Bound::Decimal { unscaled, scale } => Bound::Decimal { unscaled, scale },
            Bound::Text(it) => Bound::Text(it.into_owned().into()),
            Bound::Bytes(it) => Bound::Bytes(it.into_owned().into()),
            Bound::Uuid(it) => Bound::Uuid(it),
            Bound::Timestamp(it) => Bound::Timestamp(it),
            Bound::Date(it) => Bound::Date(it),
            Bound::Array(items) => Bound::Array(items.into_iter().map(Self::into_owned).collect()),
        }
    }
}

impl From<Option<Uuid>> for Bound<'_> {
    fn from(it: Option<Uuid>) -> Self {
        it.map_or(Bound::Null, Bound::Uuid)
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Bound::Null, _) => return Ok(IsNull::Yes),
            (Bound::Bool(it), _) => out.put_u8(u8::from(*it)),
            (Bound::Int(it), &Type::INT2) => out.put_i16(i16::try_from(*it)?),
            (Bound::Int(it), &Type::INT4) => out.put_i32(i32::try_from(*it)?),
            (Bound::Int(it), &Type::NUMERIC) => put_numeric(out, *it, 0),
            (Bound::Int(it), _) => out.put_i64(*it),
            (Bound::Decimal { unscaled, scale }, _) => put_numeric(out, *unscaled, *scale),
            (Bound::Text(it), ty) => {
                // The version of the binary form of `jsonb`.
                if *ty == Type::JSONB {
                    out.put_u8(1);
                }
                out.put_slice(it.as_bytes());
            }
            (Bound::Bytes(it), _) => out.put_slice(it),
            (Bound::Uuid(it), _) => out.put_slice(it.as_bytes()),
            (Bound::Timestamp(it), _) => {
                out.put_i64(it.checked_sub(EPOCH_US).ok_or("a time before all time")?);
            }
            (Bound::Date(it), _) => {
                out.put_i32(it.checked_sub(EPOCH_DAYS).ok_or("a day before all days")?);
            }
            (Bound::Array(items), ty) => put_array(items, ty, out)?,
        }
        Ok(IsNull::No)
    }

    /// What a statement's parameter stands for decides its value: they fit, or the server says so.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn put_array(
    items: &[Bound<'_>],
    ty: &Type,
    out: &mut BytesMut,
) -> Result<(), Box<dyn Error + Sync + Send>> {
    let Kind::Array(item) = ty.kind() else {
        return Err(format!("several values for one of type {ty}").into());
    };
    let has_null = items.contains(&Bound::Null);
    out.put_i32(i32::from(!items.is_empty()));
    out.put_i32(i32::from(has_null));
    out.put_u32(item.oid());
    if items.is_empty() {
        return Ok(());
    }
    out.put_i32(i32::try_from(items.len())?);
    // The number of the first.
    out.put_i32(1);
    for it in items {
        let at = out.len();
        out.put_i32(-1);
        if let IsNull::No = it.to_sql(item, out)? {
            let length = i32::try_from(out.len() - at - 4)?;
            if let Some(place) = out.get_mut(at..at + 4) {
                place.copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(())
}

/// Digits of four decimal places each, the first of them worth 10,000 to the power of `weight`.
fn put_numeric(out: &mut BytesMut, unscaled: i64, scale: u8) {
    let padding = (4 - u32::from(scale) % 4) % 4;
    let mut left = i128::from(unscaled).unsigned_abs() * 10_u128.pow(padding);
    let mut digits = Vec::with_capacity(8);
    while left > 0 {
        digits.push(u16::try_from(left % 10_000).unwrap_or_default());
        left /= 10_000;
    }
    let behind = (u32::from(scale) + padding) / 4;
    let weight = i32::try_from(digits.len()).unwrap_or_default()
        - i32::try_from(behind).unwrap_or_default()
        - 1;
    digits.reverse();
    while digits.last() == Some(&0) {
        digits.pop();
    }
    out.put_u16(u16::try_from(digits.len()).unwrap_or_default());
    out.put_i16(if digits.is_empty() { 0 } else { i16::try_from(weight).unwrap_or_default() });
    out.put_u16(if unscaled < 0 { 0x4000 } else { 0 });
    out.put_u16(u16::from(scale));
    digits.iter().for_each(|it| out.put_u16(*it));
}

/// A value as it came, in its binary form: `row.get::<_, Option<Raw>>(at)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a>(pub(super) &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A stored value of a column that is not encrypted; `Null` for what does not fit, which the tables rule out.
pub(super) fn loaded(ty: &ColumnType, raw: Option<Raw<'_>>) -> Value {
    raw.and_then(|it| read(ty, it)).unwrap_or(Value::Null)
}

fn read(ty: &ColumnType, raw: Raw<'_>) -> Option<Value> {
    Some(match ty {
        ColumnType::Bool => Value::Bool(raw.0.first()? != &0),
        ColumnType::Int => Value::Int(raw.int()?),
        ColumnType::Money => Value::Money(raw.int()?),
        ColumnType::Duration => Value::Duration(raw.int()?),
        ColumnType::Decimal { scale } => {
            Value::Decimal { unscaled: raw.unscaled(*scale)?, scale: *scale }
        }
        ColumnType::Timestamp => Value::Timestamp(raw.timestamp_us()?),
        ColumnType::Date => Value::Date(raw.days()?),
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::File => {
            Value::Text(raw.text()?.to_owned())
        }
        ColumnType::Json => Value::Json(raw.text()?.to_owned()),
        ColumnType::List(item) => parse_list(item, raw.jsonb()?).ok()?,
        ColumnType::Uuid | ColumnType::Ref(_) => Value::Uuid(raw.uuid()?),
    })
}

impl<'a> Raw<'a> {
    /// A `bigint`.
    pub(super) fn int(self) -> Option<i64> {
        self.0.try_into().ok().map(i64::from_be_bytes)
    }

    /// A `timestamptz`, in microseconds since 1970.
    pub(super) fn timestamp_us(self) -> Option<i64> {
        self.int()?.checked_add(EPOCH_US)
    }

    /// A `date`, in days since 1970.
    pub(super) fn days(self) -> Option<i32> {
        self.0.try_into().ok().and_then(|it| i32::from_be_bytes(it).checked_add(EPOCH_DAYS))
    }

    /// A `uuid`.
    pub(super) fn uuid(self) -> Option<Uuid> {
        Uuid::from_slice(self.0).ok()
    }

    /// A `text` or `json`.
    pub(super) fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }

    /// The text of a `jsonb`.
    pub(super) fn jsonb(self) -> Option<&'a str> {
        Raw(self.0.strip_prefix(&[1])?).text()
    }

    /// A `numeric` with so many digits behind the point; none where it does not fit into 64 bits.
    pub(super) fn unscaled(self, scale: u8) -> Option<i64> {
        let words = self.0.chunks_exact(2);
        let mut words = words.filter_map(|it| it.try_into().ok().map(u16::from_be_bytes));
        let (count, weight, sign) = (words.next()?, words.next()?.cast_signed(), words.next()?);
        let _shown_scale = words.next()?;
        let mut sum: i128 = 0;
        for (digit, at) in words.zip(0_i32..).take(usize::from(count)) {
            let power = (i32::from(weight) - at) * 4 + i32::from(scale);
            let digit = i128::from(digit);
            sum += match u32::try_from(power) {
                Ok(power) => digit.checked_mul(10_i128.checked_pow(power)?)?,
                // Digits beyond the scale, which the column's type cuts off.
                Err(_) => digit / 10_i128.checked_pow(power.unsigned_abs())?,
            };
        }
        let sum = i64::try_from(if sign == 0x4000 { -sum } else { sum }).ok()?;
        (sign == 0 || sign == 0x4000).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(bound: &Bound<'_>, ty: &Type) -> Vec<u8> {
        let mut out = BytesMut::new();
        bound.to_sql(ty, &mut out).unwrap();
        out.to_vec()
    }

    #[test]
    fn decimals_are_written_as_the_server_writes_them() {
        let check = |unscaled, scale, expected: &[u16]| {
            let bytes = written(&Bound::Decimal { unscaled, scale }, &Type::NUMERIC);
            let words: Vec<u16> =
                bytes.chunks(2).map(|it| u16::from_be_bytes(it.try_into().unwrap())).collect();
            assert_eq!(words, expected, "{unscaled} / 10^{scale}");
        };
        check(0, 2, &[0, 0, 0, 2]);
        check(150, 2, &[2, 0, 0, 2, 1, 5000]);
        check(-150, 2, &[2, 0, 0x4000, 2, 1, 5000]);
        check(10_000, 0, &[1, 1, 0, 0, 1]);
        check(1, 5, &[1, 0xfffe, 0, 5, 1000]);
    }

    #[test]
    fn arrays_are_written_with_their_length_and_nulls() {
        let ids = Bound::Array(vec![Bound::Int(7), Bound::Null]);
        let expected = [
            0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0,
            0, 0, 7, 255, 255, 255, 255,
        ];
        assert_eq!(written(&ids, &Type::INT8_ARRAY), expected);
        assert_eq!(written(&Bound::Array(Vec::new()), &Type::INT8_ARRAY).len(), 12);
        let mut out = BytesMut::new();
        assert!(ids.to_sql(&Type::INT8, &mut out).is_err(), "several values are not one");
    }

    proptest! {
        #[test]
        fn decimals_are_read_as_they_are_written(unscaled: i64, scale in 0_u8..=18) {
            let bytes = written(&Bound::Decimal { unscaled, scale }, &Type::NUMERIC);
            prop_assert_eq!(Raw(&bytes).unscaled(scale), Some(unscaled));
        }

        #[test]
        fn times_and_days_are_read_as_they_are_written(us in -62_135_596_800_000_000_i64..253_402_300_800_000_000, day in -800_000_i32..3_000_000) {
            let bytes = written(&Bound::Timestamp(us), &Type::TIMESTAMPTZ);
            prop_assert_eq!(Raw(&bytes).timestamp_us(), Some(us));
            let bytes = written(&Bound::Date(day), &Type::DATE);
            prop_assert_eq!(Raw(&bytes).days(), Some(day));
        }
    }
}
