//! What verdicts are about where the graph has no node of its own: columns, members of bodies, whole contracts.

use architrave_model::graph::{
    Column, Graph, ManifestKind, Node, Operation, Payload, PayloadField, PersonalData, Table,
};

/// A column as a subject: `column:sales.Order.email`.
pub(crate) fn column(table: &Table, column: &Column) -> Node {
    let name = format!("{}.{}", table.node.name, column.name);
    Node { id: format!("column:{name}"), name, origin: column.origin }
}

/// A member of a body as a subject: `field:POST /orders:request.note`.
pub(crate) fn field(operation: &Operation, body: &str, field: &PayloadField) -> Node {
    let name = called(operation);
    Node {
        id: format!("field:{name}:{body}.{}", field.path),
        name: format!("{body} member {} of {name}", field.path),
        origin: field.origin,
    }
}

/// An operation as a caller knows it: `POST /orders`.
pub(crate) fn called(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// Operations that somebody decided on. Every backend of ours has a few more (`/v1/me`, `/v1/events`,
/// `/v1/batch`), which follow the rules of what they are about.
pub(crate) fn decided(graph: &Graph) -> impl Iterator<Item = &Operation> {
    graph.operations.iter().filter(|it| !graph.is_closed || it.table.is_some())
}

/// Members of a body, none where it is unknown or absent.
pub(crate) fn members(
    payload: &architrave_model::graph::Known<Payload>,
) -> impl Iterator<Item = &PayloadField> {
    payload.value().into_iter().flat_map(|it| &it.fields)
}

/// Operations by the contract that they stand in: the file of an existing system, or the whole blueprint.
/// Findings that would be said of every operation alike are said once of the contract.
pub(crate) fn contracts(graph: &Graph) -> Vec<(Node, Vec<&Operation>)> {
    let mut found: Vec<(Node, Vec<&Operation>)> = Vec::new();
    for operation in decided(graph) {
        let contract = contract(graph, operation);
        match found.iter_mut().find(|it| it.0.id == contract.id) {
            Some((_, operations)) => operations.push(operation),
            None => found.push((contract.clone(), vec![operation])),
        }
    }
    found
}

fn contract<'g>(graph: &'g Graph, operation: &Operation) -> &'g Node {
    let file = operation.node.origin.span.map(|it| it.file);
    let manifests = graph.manifests.iter().filter(|it| it.kind == ManifestKind::OpenApi);
    let mut mine =
        manifests.filter(|it| file.is_some() && it.node.origin.span.map(|it| it.file) == file);
    mine.next().map_or(&graph.system, |it| &it.node)
}

/// Names in a sentence: `a`, `a and b`, `a, b, c and 4 more`.
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN_MAX: usize = 3;
    let quoted: Vec<String> = names.iter().map(|it| format!("`{}`", it.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] if quoted.len() <= SHOWN_MAX => format!("{} and {last}", all.join(", ")),
        all => {
            let shown: Vec<&str> = all.iter().take(SHOWN_MAX).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), all.len() - shown.len())
        }
    }
}

/// `1 operation`, `2 operations`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `1 operation takes`, `2 operations take`.
pub(crate) fn count_that(number: usize, one: &str, (does, do_): (&str, &str)) -> String {
    format!("{} {}", count(number, one), if number == 1 { does } else { do_ })
}

/// Whether an operation is about one row. In a contract any parameter of a path may be an id; those that are
/// numbers of something else are not.
pub(crate) fn is_about_a_row(operation: &Operation) -> bool {
    const NO_IDS: &[&str] = &[
        "currency", "date", "day", "format", "lang", "language", "locale", "month", "page",
        "quarter", "version", "week", "year",
    ];
    let mut parameters =
        operation.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    operation.takes_id && parameters.any(|it| !NO_IDS.contains(&it.to_lowercase().as_str()))
}

/// Whether personal data is about health, as authors call it.
pub(crate) fn holds_health_data(personal: &architrave_model::graph::Known<PersonalData>) -> bool {
    const CALLED: &[&str] = &["health", "medical", "phi", "genetic", "patient"];
    personal.value().is_some_and(|it| CALLED.contains(&it.category.to_lowercase().as_str()))
}
