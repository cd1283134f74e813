//! Names of amounts of money.

/// Whether a field with these words holds an amount of money: its last telling word says so, and no word says that
/// it is something else (a rate, a count, a share).
pub(crate) fn holds_money(name: &[String]) -> bool {
    let is_other = name.iter().any(|it| OTHER.contains(&it.as_str()));
    !is_other && name.iter().any(|it| AMOUNTS.contains(&it.as_str()))
}

/// `amount`, `total` and `value` alone may be anything that is added up; `total_price` is not.
const AMOUNTS: &[&str] = &[
    "price",
    "prices",
    "cost",
    "costs",
    "fee",
    "fees",
    "salary",
    "wage",
    "wages",
    "revenue",
    "refund",
    "deposit",
    "budget",
    "invoice",
    "subtotal",
    "tax",
    "vat",
    "cents",
    "usd",
    "eur",
    "gbp",
    "money",
    "amount",
    "balance",
    "payment",
    "discount",
    "charge",
    "payout",
    "surcharge",
];

const OTHER: &[&str] = &[
    "rate",
    "ratio",
    "percent",
    "percentage",
    "pct",
    "share",
    "factor",
    "count",
    "number",
    "quantity",
    "score",
    "weight",
    "index",
    "id",
    "days",
    "months",
    "years",
    "hours",
    "time",
    "date",
    "at",
    "multiplier",
    "load",
    "battery",
    "level",
    "cpu",
    "memory",
    "energy",
    "kwh",
    "kg",
    "ml",
    "mg",
    "elasticity",
];

#[cfg(test)]
mod tests {
    use super::holds_money;
    use crate::words::words;

    #[test]
    fn amounts_are_told_from_words_like_them() {
        for (name, expected) in [
            ("price", true),
            ("unitPrice", true),
            ("total_amount", true),
            ("shipping_fee", true),
            ("account_balance", true),
            ("tax_rate", false),
            ("discount_percent", false),
            ("cost_factor", false),
            ("payment_id", false),
            ("charge_level", false),
            ("weight_kg", false),
            ("celsius", false),
            ("total", false),
            ("feet", false),
        ] {
            assert_eq!(holds_money(&words(name)), expected, "{name}");
        }
    }
}
