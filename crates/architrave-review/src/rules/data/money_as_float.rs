//! DAT-07: money in binary fractions.

use architrave_model::graph::{ColumnKind, Graph, Known, Node, Origin};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    words::{holds_money, words},
};

pub(super) const RULE: Rule = Rule {
    id: "DAT-07",
    name: "money-as-float",
    family: Family::Data,
    title: "an amount of money is kept as a binary fraction",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql, Input::OpenApi],
    sources: &[Source {
        title: "PostgreSQL documentation, Floating-Point Types: use numeric for monetary amounts",
        url: "https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT",
    }],
    maps: &[("CWE", "682")],
    reads_names: true,
    page: include_str!("money_as_float.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for column in &table.columns {
            let name = format!("{}.{}", table.node.name, column.name);
            let is_sum = is_sum_of(&table.node.name, &column.name);
            weigh(&name, &column.name, is_sum, &column.kind, column.origin, &column.type_text, say);
        }
    }
    for operation in &graph.operations {
        let bodies = [("request", &operation.request), ("answer", &operation.response)];
        for (body, payload) in bodies {
            for field in payload.value().into_iter().flat_map(|it| &it.fields) {
                let name = format!("{} {body} {}", operation.node.name, field.path);
                let last = field.path.rsplit('.').next().unwrap_or(&field.path);
                weigh(&name, last, false, &field.kind, field.origin, &field.type_text, say);
            }
        }
    }
}

/// `total` alone may count anything; of an invoice it is money.
fn is_sum_of(table: &str, column: &str) -> bool {
    const SUMS: &[&str] =
        &["total", "subtotal", "sub_total", "grand_total", "net", "gross", "vat", "tax"];
    const BILLS: &[&str] = &[
        "invoice", "invoices", "order", "orders", "cart", "carts", "receipt", "receipts", "quote",
        "quotes",
    ];
    let own = table.rsplit('.').next().unwrap_or_default().to_lowercase();
    BILLS.contains(&own.as_str()) && SUMS.contains(&column.to_lowercase().as_str())
}

fn weigh(
    name: &str,
    last: &str,
    is_sum: bool,
    kind: &Known<ColumnKind>,
    origin: Origin,
    type_text: &str,
    say: &mut Verdicts,
) {
    let node = Node { id: format!("amount:{name}"), name: name.to_owned(), origin };
    match kind.value() {
        Some(ColumnKind::Money) => say.pass(&node),
        Some(ColumnKind::Decimal | ColumnKind::Integer | ColumnKind::SmallInteger)
            if is_sum || holds_money(&words(last)) =>
        {
            say.pass(&node);
        }
        Some(ColumnKind::Float) if is_sum || holds_money(&words(last)) => {
            say.fail(&node, format!("`{last}` holds money as `{type_text}`, which cannot hold a tenth"))
                .help("use numeric(p, s), or whole minor units with the currency beside them; in JSON, a string")
                .because("0.1 + 0.2 is 0.30000000000000004 in binary fractions: sums drift, and comparisons fail");
        }
        _ => {}
    }
}
