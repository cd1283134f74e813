//! Operators of filters: how they are written and what they ask.

use architrave_plan::FilterOperator;

/// What stands behind the field's name in a query key.
pub(crate) fn suffix(operator: FilterOperator) -> &'static str {
    match operator {
        FilterOperator::Eq => "",
        FilterOperator::Ne => "[ne]",
        FilterOperator::Lt => "[lt]",
        FilterOperator::Lte => "[lte]",
        FilterOperator::Gt => "[gt]",
        FilterOperator::Gte => "[gte]",
        FilterOperator::In => "[in]",
        FilterOperator::Prefix => "[prefix]",
        FilterOperator::Null => "[null]",
    }
}

/// What is asked of a row, behind the name of its field.
pub(crate) fn meaning(operator: FilterOperator) -> &'static str {
    match operator {
        FilterOperator::Eq => "equals this",
        FilterOperator::Ne => "is something else",
        FilterOperator::Lt => "is smaller or earlier",
        FilterOperator::Lte => "is this, smaller or earlier",
        FilterOperator::Gt => "is greater or later",
        FilterOperator::Gte => "is this, greater or later",
        FilterOperator::In => "is one of these",
        FilterOperator::Prefix => "starts with this",
        FilterOperator::Null => "is null (`true`) or is not (`false`)",
    }
}
