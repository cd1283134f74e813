//! Values of query parameters, read as the field's type says.

use architrave_model::{EntityId, FieldType, Scalar, Value};
use architrave_plan::{Bounds, ColumnId, ColumnRole, ColumnType, FilterOperator};

use crate::{
    input::{Misfit, out_of_bounds, scalar_from_text},
    prepared::Prepared,
};

/// Most values of an `in`.
const IN_VALUES_MAX: usize = 100;
/// Most characters of what a sequence writes (language reference, types).
const SEQUENCE_LENGTH_MAX: u32 = 200;

/// The value that a filter compares with.
pub(super) fn filter_value(
    prepared: &Prepared,
    entity: EntityId,
    column: ColumnId,
    operator: FilterOperator,
    text: &str,
) -> Result<Value, Misfit> {
    let scalar = scalar_of(prepared, entity, column);
    let normal = |value: Value| prepared.normal(entity, column, value);
    match operator {
        FilterOperator::Null => scalar_from_text(&Scalar::Bool, text),
        FilterOperator::In => {
            let texts: Vec<&str> = text.split(',').collect();
            if texts.len() > IN_VALUES_MAX {
                let detail = format!("Must have at most {IN_VALUES_MAX} values.");
                return Err(Misfit::new("too-many", detail));
            }
            let values = texts.into_iter().map(|it| value(prepared, &scalar, it).map(normal));
            Ok(Value::List(values.collect::<Result<_, _>>()?))
        }
        // The beginning of a text is no whole one: it is taken as it is.
        FilterOperator::Prefix => {
            let max = match Bounds::of_scalar(&scalar) {
                Bounds::Length { max, .. } => max,
                _ => SEQUENCE_LENGTH_MAX,
            };
            let value = scalar_from_text(&Scalar::Text, text)?;
            within(prepared, value, &Bounds::Length { min: 1, max }).map(normal)
        }
        _ => value(prepared, &scalar, text).map(normal),
    }
}

fn value(prepared: &Prepared, scalar: &Scalar, text: &str) -> Result<Value, Misfit> {
    if *scalar == Scalar::Money {
        let digits = prepared.currency().digits;
        let amount = scalar_from_text(&Scalar::Decimal { precision: 18, scale: digits }, text)?;
        return Ok(match amount {
            Value::Decimal { unscaled, .. } => Value::Money(unscaled),
            other => other,
        });
    }
    within(prepared, scalar_from_text(scalar, text)?, &Bounds::of_scalar(scalar))
}

/// Refuses what no row can hold. Bounds of the field's own are not asked: `[lt]=0` is a fair question.
fn within(prepared: &Prepared, value: Value, bounds: &Bounds) -> Result<Value, Misfit> {
    match out_of_bounds(&value, bounds, prepared.currency()) {
        Some(misfit) => Err(misfit),
        None => Ok(value),
    }
}

/// The type to read a column's values as: the field's own, so that they are normalised as when written.
fn scalar_of(prepared: &Prepared, entity: EntityId, column: ColumnId) -> Scalar {
    let plan = &prepared.plan;
    let Some(found) = plan[entity].column(column) else { return Scalar::Text };
    if let ColumnRole::Field { field, member } = found.role {
        let fields = &plan.system[entity].fields;
        let declared = fields.get(field).map(|it| &it.ty);
        let declared = match (declared, member) {
            (Some(FieldType::Value(value)), Some(member)) => {
                plan.system[*value].fields.get(member).map(|it| &it.ty)
            }
            (declared, _) => declared,
        };
        match declared {
            Some(FieldType::Scalar(scalar)) => return scalar.clone(),
            Some(FieldType::Sequence { .. }) => {
                return Scalar::String { length_max: SEQUENCE_LENGTH_MAX };
            }
            _ => {}
        }
    }
    match &found.ty {
        ColumnType::Bool => Scalar::Bool,
        ColumnType::Int => Scalar::Int,
        ColumnType::Decimal { scale } => Scalar::Decimal { precision: 18, scale: *scale },
        ColumnType::Money => Scalar::Money,
        ColumnType::Enum(values) => Scalar::Enum(values.clone()),
        ColumnType::Uuid | ColumnType::Ref(_) => Scalar::Uuid,
        ColumnType::Timestamp => Scalar::Timestamp,
        ColumnType::Date => Scalar::Date,
        ColumnType::Duration => Scalar::Duration,
        ColumnType::Text | ColumnType::Json | ColumnType::List(_) | ColumnType::File => {
            Scalar::Text
        }
    }
}
