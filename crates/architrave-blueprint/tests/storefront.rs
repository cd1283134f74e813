//! One change to the storefront, and the codes it is answered with.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use architrave_blueprint::read;
use architrave_blueprint::render::{Style, render};
use architrave_model::SourceFile;

/// What is replaced (it occurs once), by what, and the codes that follow.
type Case = (&'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    let storefront = std::fs::read_to_string(path).unwrap();
    let mut differences = Vec::new();
    for (from, to, expected) in cases {
        assert_eq!(storefront.matches(from).count(), 1, "{from}");
        let text = storefront.replace(from, to);
        let files = [SourceFile { name: "blueprint.hcl".into(), text }];
        let (_, findings) = read(&files);
        let codes: Vec<&str> = findings.iter().map(|it| it.code.0).collect();
        if codes.join(" ") != *expected {
            let shown = render(&findings, &files, Style::Plain);
            differences
                .push(format!("{to}\n  expected: {expected}\n  found:    {codes:?}\n{shown}"));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn the_system_and_its_callers() {
    check(&[
        ("currency = \"EUR\"", "currency = \"EURO\"", "AR0207"),
        ("edition  = \"2026\"", "edition  = \"2025\"", "AR0208"),
        ("peak       = \"900/s\"", "peak       = \"900 per s\"", "AR0207"),
        ("covers       = [sales.Order.place]", "covers       = [sales.Order.plaec]", "AR0301"),
        ("covers       = [catalog.Product.read]", "covers       = [catalog]", "AR0308"),
        ("p50 = \"25ms\"", "p50 = \"250ms\"", "AR0701"),
        ("user   = accounts.User", "user   = accounts.Address", "AR0308"),
        ("user   = accounts.User\n", "user   = accounts.Usr\n", "AR0301"),
        ("host(accounts.Shop.domain)", "host(accounts.Shop.name)", "AR0510"),
        ("host(accounts.Shop.domain)", "host(accounts.User.name)", "AR0308"),
        ("claim(\"shop\")", "claim(shop)", "AR0404"),
        ("{ email = claim(\"email\"), name", "{ name", "AR0418"),
        ("issuer   = env(\"OIDC_ISSUER\")", "issuer   = env(oidc_issuer)", "AR0404"),
        (
            "login api_key { roles = [\"merchant\"] }",
            "login api_key { roles = [\"merchants\"] }",
            "AR0505",
        ),
        ("login api_key { roles = [\"merchant\"] }", "login api_key { issuer = \"x\" }", "AR0202"),
        ("login oidc {", "login odic {", "AR0206"),
        ("rate(\"60/min\", caller.ip)", "rate(\"60/min\", caller.id)", "AR0207"),
    ]);
}

#[test]
fn sagas_and_schedules() {
    check(&[
        ("on       = Order.OrderPlaced", "on       = Order.place", "AR0308"),
        ("run        = catalog.Product.reserve", "run        = catalog.Product.resrve", "AR0301"),
        ("target     = each.product\n", "target     = each\n", "AR0406"),
        ("target     = each.product\n", "", "AR0419"),
        (
            "input      = { quantity = each.quantity }",
            "input      = { quantity = each.price }",
            "AR0406",
        ),
        ("input      = { quantity = each.quantity }", "input      = { amount = 1 }", "AR0301"),
        ("      compensate = catalog.Product.release\n", "", "AR0415"),
        ("compensate = catalog.Product.release", "compensate = Order.cancel", "AR0416"),
        ("compensate = payments.gateway.refund", "compensate = payments.gateway.charge", ""),
        ("output          = { charge = response.body.id }\n", "", "AR0416"),
        ("      pivot  = true\n", "", "AR0415"),
        ("      pivot  = true\n", "      no_undo = \"final\"\n", ""),
        ("      idempotency_key = input.order\n", "", "AR0417"),
        (
            "amount = event.total }\n      compensate",
            "amount = event.number }\n      compensate",
            "AR0406",
        ),
        (
            "{ order = event.id, customer = event.customer,",
            "{ order = event.id, customer = charge_card.charge,",
            "AR0301",
        ),
        (
            "for o in Order : o if o.status == \"draft\"",
            "for o in Order : o if o.status == \"drafts\"",
            "AR0407",
        ),
        ("for o in Order : o if", "for o in Line : o if", "AR0419 AR0301"),
        (
            "duration(\"7d\")]\n    run      = Order.cancel",
            "duration(\"7d\")]\n    run      = catalog.Product.restock",
            "AR0419 AR0418",
        ),
        ("every    = \"1h\"", "every    = \"1ms\"", "AR0207"),
        (
            "depends_on = [accounts, catalog, payments]",
            "depends_on = [accounts, catalog]",
            "AR0302",
        ),
        (
            "depends_on = [accounts, catalog, payments]",
            "depends_on = [accounts, catalog, payments, notifications]",
            "AR0307",
        ),
    ]);
}

#[test]
fn projections_webhooks_and_messages() {
    check(&[
        ("day = date(event.time)", "day = event.total", ""),
        ("day = date(event.time)", "day = date(event.total)", "AR0406"),
        ("revenue = sum(event.total)", "revenue = sum(event.number)", "AR0408"),
        ("revenue = sum(event.total)", "revenue = sum(event.totl)", "AR0301"),
        ("from = Order.OrderPaid", "from = [Order.OrderPaid, Order.OrderShipped]", "AR0301"),
        ("subscribe = has_role(\"merchant\")", "subscribe = this.id != null", "AR0309"),
        ("first = \"10s\", max = \"6h\"", "first = \"10s\", max = \"1s\"", "AR0207"),
        ("    from                 = \"orders@storefront.example\"\n", "", "AR0203"),
        ("\"orders@storefront.example\"", "\"orders\"", "AR0207"),
        ("\"Order ${event.number} is paid\"", "\"Order ${event.id} is paid\"", "AR0406"),
        ("${event.customer.name}", "${event.customer.device}", "AR0508"),
        ("${event.customer.name}", "${event.customer.nam}", "AR0301"),
        (
            "to      = \"disputes@storefront.example\"\n    via     = [email]",
            "to      = \"disputes@storefront.example\"\n    via     = [email, push]",
            "AR0406",
        ),
        ("    subject = \"Order ${event.number} is on its way\"\n", "", "AR0203"),
        ("on      = payments.ChargeDisputed", "on      = payments.ChargeDispute", "AR0301"),
        ("${event.reason}", "${event.id}", "AR0301"),
    ]);
}

#[test]
fn integrations_and_evolution() {
    check(&[
        (
            "auth            = bearer(secret(\"PAYMENTS_KEY\"))",
            "auth            = bearer(\"k\")",
            "AR0509",
        ),
        ("failures = \"50%\"", "failures = 50", "AR0205"),
        ("failures = \"50%\", ", "", "AR0203"),
        ("concurrent = 40", "concurrent = 0", "AR0207"),
        (
            "post(\"/v1/refunds\", { charge = input.charge })",
            "get(\"/v1/refunds\", { charge = input.charge })",
            "AR0404",
        ),
        ("post(\"/v1/refunds\"", "post(\"v1/refunds\"", "AR0404"),
        ("post(\"/v1/refunds\"", "psot(\"/v1/refunds\"", "AR0412"),
        ("reference = input.order", "reference = input.ordr", "AR0301"),
        ("response.status == 402", "response.state == 402", "AR0301"),
        ("response.status == 402", "response.status == \"402\"", "AR0406"),
        (
            "hmac_sha256(header(\"Gateway-Signature\"), secret(\"PAYMENTS_WEBHOOK_KEY\"))",
            "hmac_sha256(secret(\"K\"))",
            "AR0404",
        ),
        (
            "when    = body.type == \"charge.dispute.created\"",
            "when    = input.type == \"x\"",
            "AR0309",
        ),
        (
            "payload = { order = body.charge.reference, reason = body.reason }",
            "payload = { order = body.charge.reference }",
            "AR0418",
        ),
        ("emit    = ChargeDisputed", "emit    = ChargeDispute", "AR0301"),
        ("from   = sales.Order.shipping_price", "from   = sales.Order.total", "AR0602"),
        ("from   = sales.Order.shipping_price", "from   = sales.Line.shipping_price", "AR0601"),
        ("from   = sales.Order.shipping_price", "from   = shipping_price", "AR0601"),
        ("to     = sales.Order.shipping_fee\n", "to     = sales.Order.shiping_fee\n", "AR0301"),
        ("sunset = \"2027-03-01\"", "sunset = \"2027-03\"", "AR0207"),
    ]);
}
