//! Values of query parameters, read as the field's type says.

use architrave_model::{EntityId, FieldType, Scalar, Value};
use architrave_plan::{ColumnId, ColumnRole, ColumnType, FilterOperator};

use crate::{
    input::{Misfit, scalar_from_text},
    prepared::Prepared,
};

/// Most values of an `in`.
const IN_VALUES_MAX: usize = 100;

/// The value that a filter compares with.
pub(super) fn filter_value(
    prepared: &Prepared,
    entity: EntityId,
    column: ColumnId,
    operator: FilterOperator,
    text: &str,
) -> Result<Value, Misfit> {
    let scalar = scalar_of(prepared, entity, column);
    match operator {
        FilterOperator::Null => scalar_from_text(&Scalar::Bool, text),
        FilterOperator::In => {
            let texts: Vec<&str> = text.split(',').collect();
            if texts.len() > IN_VALUES_MAX {
                let detail = format!("Must have at most {IN_VALUES_MAX} values.");
                return Err(Misfit::new("too-many", detail));
            }
            let values = texts.into_iter().map(|it| value(prepared, &scalar, it));
            Ok(Value::List(values.collect::<Result<_, _>>()?))
        }
        // The beginning of a text is no whole one: it is taken as it is.
        FilterOperator::Prefix => scalar_from_text(&Scalar::Text, text),
        _ => value(prepared, &scalar, text),
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
    scalar_from_text(scalar, text)
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
        if let Some(FieldType::Scalar(scalar)) = declared {
            return scalar.clone();
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
