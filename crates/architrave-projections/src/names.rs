//! Names of schemas and operations in documents.

use architrave_model::{EntityId, System, ValueId};
use architrave_plan::{Method, Operation, OperationKind, Plan};

/// Schemas that every document has; an entity of the same name gets its context in front.
const RESERVED: &[&str] = &[
    "BatchOperation",
    "BatchRequest",
    "BatchResult",
    "BatchResults",
    "Event",
    "EventPage",
    "File",
    "Me",
    "Money",
    "NonNegativeMoney",
    "Problem",
    "ProblemDetail",
];

/// The schema of an entity's rows: its name, with the context in front where that is not unique.
pub(crate) fn entity(system: &System, id: EntityId) -> String {
    let entity = &system[id];
    unique(system, &entity.name.text, &system[entity.context].name.text)
}

/// The schema of a value object.
pub(crate) fn value(system: &System, id: ValueId) -> String {
    let value = &system[id];
    unique(system, &value.name.text, &system[value.context].name.text)
}

fn unique(system: &System, name: &str, context: &str) -> String {
    let entities = system.entities.iter().map(|it| it.name.text.as_str());
    let values = system.values.iter().map(|it| it.name.text.as_str());
    let count = entities.chain(values).chain(RESERVED.iter().copied()).filter(|it| *it == name);
    if count.count() > 1 { format!("{}{name}", pascal(context)) } else { name.to_owned() }
}

/// `set_shipping`: `SetShipping`.
pub(crate) fn pascal(snake: &str) -> String {
    let mut out = String::new();
    for word in snake.split('_') {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase).chain(chars));
    }
    out
}

/// `charge_disputed`: `charge disputed`.
pub(crate) fn words(snake: &str) -> String {
    snake.replace(['_', '-'], " ")
}

/// `SalesOrder`: `sales order`.
pub(crate) fn spoken(pascal: &str) -> String {
    let mut out = String::new();
    for (index, char) in pascal.chars().enumerate() {
        if char.is_uppercase() && index > 0 {
            out.push(' ');
        }
        out.extend(char.to_lowercase());
    }
    out
}

/// `WebShop`: `Web Shop`.
pub(crate) fn titled(pascal: &str) -> String {
    let mut out = String::new();
    for (index, char) in pascal.chars().enumerate() {
        if char.is_uppercase() && index > 0 {
            out.push(' ');
        }
        out.push(char);
    }
    out
}

/// As in a request line.
pub(crate) fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// The schema of a command's input.
pub(crate) fn command_input(plan: &Plan, operation: &Operation) -> Option<String> {
    let (OperationKind::Command(command), Some(id)) = (operation.kind, operation.entity) else {
        return None;
    };
    let command = &plan.system[command].name.text;
    Some(format!("{}{}Input", entity(&plan.system, id), pascal(command)))
}

/// The tag of what belongs to no context.
pub(crate) const SYSTEM_TAG: &str = "system";

/// The context an operation belongs to, by name.
pub(crate) fn tag<'a>(plan: &'a Plan, operation: &Operation) -> &'a str {
    match operation.entity {
        Some(id) => &plan.system[plan.system[id].context].name.text,
        None => SYSTEM_TAG,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_style() {
        assert_eq!(pascal("set_shipping"), "SetShipping");
        assert_eq!(spoken("OrderLine"), "order line");
        assert_eq!(words("charge_disputed"), "charge disputed");
    }
}
