//! What is asserted of answers, as the JavaScript that Postman and newman run.

use architrave_model::EntityId;
use architrave_plan::{Operation, OperationKind, Plan};

use super::request::{id_variable, tag_variable};
use crate::json::{Json, object};

/// A script as it stands in a collection: a list of lines.
pub(super) fn of(text: &str) -> Json {
    object([("type", "text/javascript".into()), ("exec", text.lines().collect::<Vec<_>>().into())])
}

/// Asserted of every answer.
pub(super) fn common() -> String {
    "\
pm.test('answers within its contract', () => {
  pm.expect(pm.response.code, 'no mistake of the server').to.be.below(500);
  pm.response.to.have.header('X-Request-Id');
});"
    .to_owned()
}

/// Exactly this status.
pub(super) fn status(status: u16) -> String {
    format!("pm.test('status is {status}', () => pm.response.to.have.status({status}));")
}

/// A success, or a refusal that the contract lists. Mistakes of the server are in every contract and never right here.
pub(super) fn allowed(success: u16, refusals: &[u16]) -> String {
    let mut all: Vec<u16> = refusals.iter().copied().filter(|it| *it < 500).collect();
    all.push(success);
    all.sort_unstable();
    all.dedup();
    let list = all.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    format!(
        "pm.test('status is in the contract', () => pm.expect(pm.response.code).to.be.oneOf([{list}]));"
    )
}

/// A success has this shape. Formats that the checker does not know say what a value means and forbid nothing.
pub(super) fn shape(schema: &str) -> String {
    format!(
        "\
if (pm.response.code < 300) pm.test('the answer fits {schema}', () => {{
  const schemas = JSON.parse(pm.collectionVariables.get('schemas'));
  const schema = {{ $ref: '#/components/schemas/{schema}', components: {{ schemas }} }};
  pm.response.to.have.jsonSchema(schema, {{ unknownFormats: 'ignore' }});
}});"
    )
}

/// A refusal is a problem that names its code.
pub(super) fn problem_if_refused() -> String {
    "\
if (pm.response.code >= 400) pm.test('the refusal is a problem with a code', () => {
  pm.expect(pm.response.headers.get('Content-Type')).to.include('application/problem+json');
  pm.expect(pm.response.json().code).to.be.a('string').and.not.empty;
});"
    .to_owned()
}

/// A refusal with this code.
pub(super) fn refusal(code: &str) -> String {
    format!(
        "pm.test('the code is {code}', () => pm.expect(pm.response.json().code).to.eql('{code}'));"
    )
}

/// The answer is about the row that the journey is about.
pub(super) fn same_row(plan: &Plan, id: EntityId) -> String {
    let variable = id_variable(plan, id);
    format!(
        "pm.test('it is the same row', () => pm.expect(pm.response.json().id).to.eql(pm.collectionVariables.get('{variable}')));"
    )
}

/// Keeps the id and the tag of a row for later requests.
pub(super) fn remember(plan: &Plan, operation: &Operation, id: EntityId) -> String {
    let (row, tag) = (id_variable(plan, id), tag_variable(plan, id));
    match operation.kind {
        OperationKind::Create => format!(
            "\
if (pm.response.code === 201) {{
  pm.collectionVariables.set('{row}', pm.response.json().id);
  pm.collectionVariables.set('{tag}', pm.response.headers.get('ETag'));
}}"
        ),
        // A row that was made here, and the caller's own, are better known than the first of a list.
        OperationKind::List if is_known(plan, id) => String::new(),
        OperationKind::List => format!(
            "\
const [first] = pm.response.code === 200 ? pm.response.json().items : [];
if (first !== undefined) pm.collectionVariables.set('{row}', first.id);"
        ),
        OperationKind::Delete | OperationKind::Me => String::new(),
        _ => format!(
            "if (pm.response.code === 200) pm.collectionVariables.set('{tag}', pm.response.headers.get('ETag'));"
        ),
    }
}

/// Whether the id of such a row is known otherwise: it is the caller's own, or rows of the entity can be created.
fn is_known(plan: &Plan, id: EntityId) -> bool {
    let identity = &plan.system.identity;
    let creates = |it: &Operation| it.entity == Some(id) && it.kind == OperationKind::Create;
    identity.user == Some(id) || identity.tenant == Some(id) || plan.operations.iter().any(creates)
}

/// Keeps who the caller is and where.
pub(super) fn remember_me(plan: &Plan) -> String {
    let identity = &plan.system.identity;
    let known = [("user", identity.user), ("tenant", identity.tenant)];
    let known = known.into_iter().filter_map(|(member, id)| Some((member, id_variable(plan, id?))));
    let set = known.map(|(member, variable)| {
        format!("pm.collectionVariables.set('{variable}', pm.response.json().{member});")
    });
    set.collect::<Vec<_>>().join("\n")
}

/// Keeps the tag that the row had before this change.
pub(super) fn remember_old_tag(plan: &Plan, id: EntityId) -> String {
    let tag = tag_variable(plan, id);
    format!("pm.collectionVariables.set('old_{tag}', pm.collectionVariables.get('{tag}'));")
}
