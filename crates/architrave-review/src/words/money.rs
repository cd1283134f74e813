//! Words for money that moves, and for what is printed on cards.

use super::{has_phrase, has_word, words};

/// What of a payment card a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardPart {
    /// The number of the card.
    Number,
    /// The three or four digits on its back, the content of its strip, or its PIN.
    Code,
}

/// What of a payment card a field holds by its name. `siblings` are the names beside it: `pan` alone is also
/// an Indian tax number and the movement of a camera, and counts only among other words of cards.
pub(crate) fn card_part<'a>(
    name: &str,
    siblings: impl IntoIterator<Item = &'a str>,
) -> Option<CardPart> {
    let own = words(name);
    if has_word(&own, NO_CARD) {
        return None;
    }
    if has_phrase(&own, CODES) {
        return Some(CardPart::Code);
    }
    if has_phrase(&own, NUMBERS) {
        return Some(CardPart::Number);
    }
    let is_pan = own == ["pan"] || own == ["pan", "number"];
    let is_beside_a_card = || {
        siblings.into_iter().any(|it| {
            let beside = words(it);
            has_phrase(&beside, CODES) || has_phrase(&beside, CARD_SIBLINGS)
        })
    };
    (is_pan && is_beside_a_card()).then_some(CardPart::Number)
}

const NUMBERS: &[&[&str]] = &[
    &["card", "number"],
    &["card", "no"],
    &["card", "num"],
    &["card", "pan"],
    &["cardnumber"],
    &["ccnumber"],
    &["cc", "number"],
    &["cc", "num"],
    &["creditcard", "number"],
    &["primary", "account", "number"],
];

const CODES: &[&[&str]] = &[
    &["cvv"],
    &["cvv2"],
    &["cvc"],
    &["cvc2"],
    &["card", "security", "code"],
    &["card", "verification", "code"],
    &["card", "verification", "value"],
    &["track", "data"],
    &["magstripe"],
    &["pin", "block"],
];

/// Words that make something else of it: what is left of a number once it is safe, and cards that pay nothing.
const NO_CARD: &[&str] = &[
    "bin",
    "brand",
    "business",
    "check",
    "color",
    "colour",
    "count",
    "encrypted",
    "fingerprint",
    "four",
    "gift",
    "hash",
    "hashed",
    "health",
    "id",
    "insurance",
    "last",
    "last4",
    "library",
    "loyalty",
    "mask",
    "masked",
    "match",
    "member",
    "membership",
    "prefix",
    "provided",
    "report",
    "required",
    "response",
    "result",
    "score",
    "sim",
    "status",
    "student",
    "suffix",
    "test",
    "token",
    "tokenized",
    "truncated",
    "valid",
    "verified",
];

const CARD_SIBLINGS: &[&[&str]] = &[
    &["cardholder"],
    &["card", "holder"],
    &["expiry"],
    &["exp", "month"],
    &["exp", "year"],
    &["expiration", "month"],
    &["expiration", "year"],
    &["card", "brand"],
    &["card", "type"],
];

/// Whether the last word of a path that is not a parameter names something that moves money.
pub(crate) fn moves_money(path: &str) -> bool {
    path.split('/')
        .rev()
        .find(|it| !it.is_empty() && !it.starts_with('{') && !it.starts_with(':'))
        .is_some_and(|it| words(it).last().is_some_and(|word| MOVES_MONEY.contains(&word.as_str())))
}

const MOVES_MONEY: &[&str] = &[
    "capture",
    "captures",
    "charge",
    "charges",
    "checkout",
    "checkouts",
    "deposit",
    "deposits",
    "disbursements",
    "order",
    "orders",
    "pay",
    "payment",
    "payments",
    "payout",
    "payouts",
    "purchase",
    "purchases",
    "refund",
    "refunds",
    "topup",
    "transfer",
    "transfers",
    "withdraw",
    "withdrawal",
    "withdrawals",
];

#[cfg(test)]
mod tests {
    use super::{CardPart, card_part, moves_money};

    #[test]
    fn card_numbers_and_codes_are_told_from_words_like_them() {
        let number = Some(CardPart::Number);
        let code = Some(CardPart::Code);
        for (name, siblings, expected) in [
            ("card_number", &[][..], number),
            ("cardNumber", &[], number),
            ("payment.cardNumber", &[], number),
            ("credit_card_number", &[], number),
            ("cc_num", &[], number),
            ("cvv", &[], code),
            ("cardCvc", &[], code),
            ("pan", &["exp_month"], number),
            ("pan", &["tilt", "zoom"], None),
            ("pan", &["gstin", "company"], None),
            ("pancake", &["exp_month"], None),
            ("span", &["cvv"], None),
            ("company", &[], None),
            ("card_color", &[], None),
            ("card_number_last4", &[], None),
            ("masked_card_number", &[], None),
            ("gift_card_number", &[], None),
            ("library_card_number", &[], None),
            ("cvc_check", &[], None),
            ("scorecard_number_format", &[], None),
        ] {
            assert_eq!(card_part(name, siblings.iter().copied()), expected, "{name}");
        }
    }

    #[test]
    fn money_moves_where_the_last_word_of_a_path_says_so() {
        for path in [
            "/v1/charges",
            "/orders",
            "/orders/{id}/refund",
            "/bank-transfers",
            "/accounts/{id}/withdrawals/",
        ] {
            assert!(moves_money(path), "{path}");
        }
        for path in
            ["/orders/{id}/notes", "/payment-methods", "/border", "/reorder-hints", "/users"]
        {
            assert!(!moves_money(path), "{path}");
        }
    }
}
