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
            let amount = Amount {
                name: &column.name,
                is_sum: is_sum_of(&table.node.name, &column.name),
                kind: &column.kind,
                type_text: &column.type_text,
            };
            let full_name = || format!("{}.{}", table.node.name, column.name);
            weigh(amount, column.origin, full_name, say);
        }
    }
    for operation in &graph.operations {
        let bodies = [("request", &operation.request), ("answer", &operation.response)];
        for (body, payload) in bodies {
            for field in payload.value().into_iter().flat_map(|it| &it.fields) {
                let amount = Amount {
                    name: field.path.rsplit('.').next().unwrap_or(&field.path),
                    is_sum: false,
                    kind: &field.kind,
                    type_text: &field.type_text,
                };
                let full_name = || format!("{} {body} {}", operation.node.name, field.path);
                weigh(amount, field.origin, full_name, say);
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

/// What may be an amount of money.
struct Amount<'g> {
    /// Without what it stands in.
    name: &'g str,
    /// Whether it sums up a bill.
    is_sum: bool,
    kind: &'g Known<ColumnKind>,
    type_text: &'g str,
}

/// `full_name` is asked for amounts of money only, which few fields are.
fn weigh(
    amount: Amount<'_>,
    origin: Origin,
    full_name: impl FnOnce() -> String,
    say: &mut Verdicts,
) {
    let Amount { name, is_sum, kind, type_text } = amount;
    let Some(kind) = kind.value() else { return };
    let is_amount = match kind {
        ColumnKind::Money => true,
        ColumnKind::Decimal
        | ColumnKind::Integer
        | ColumnKind::SmallInteger
        | ColumnKind::Float => is_sum || holds_money(&words(name)),
        _ => false,
    };
    if !is_amount {
        return;
    }
    let full_name = full_name();
    let node = Node { id: format!("amount:{full_name}"), name: full_name, origin };
    if *kind != ColumnKind::Float {
        return say.pass(&node);
    }
    say.fail(&node, format!("`{name}` holds money as `{type_text}`, which cannot hold a tenth"))
        .help("use numeric(p, s), or whole minor units with the currency beside them; in JSON, a string")
        .because("0.1 + 0.2 is 0.30000000000000004 in binary fractions: sums drift, and comparisons fail");
}
