//! What the language allows and refuses, case by case: a fragment and the codes it is answered with.

use architrave_blueprint::read;
use architrave_model::{Severity, SourceFile};

/// The codes that are reported for a text, in the order of the text; warnings end in `?`.
/// Cases are written tightly: that a block should begin on a line of its own is not their subject.
fn codes(text: &str) -> String {
    let files = [SourceFile { name: "blueprint.hcl".into(), text: text.into() }];
    let (_, findings) = read(&files);
    let mark = |severity| if severity == Severity::Error { "" } else { "?" };
    let codes: Vec<String> = findings
        .iter()
        .filter(|it| it.code.0 != "AR0107")
        .map(|it| format!("{}{}", it.code.0, mark(it.severity)))
        .collect();
    codes.join(" ")
}

/// People, shops and a context `shop` with the given content.
fn blueprint(content: &str) -> String {
    format!(
        r#"
system Case {{ edition = "2026" }}
identity {{
  user        = people.User
  tenant      = people.Shop
  roles       = ["clerk", "boss"]
  tenant_from = [claim("shop")]
}}
context people {{
  entity Shop {{ domain = string(80, unique) }}
  entity User {{
    name  = string(80)
    born  = optional(date)
    email = optional(email(encrypted(lookup)))
    boss  = optional(ref(User))
  }}
}}
context shop {{
  depends_on = [people]
{content}
}}
"#
    )
}

/// Checks a table of cases; all differences are shown at once.
fn check(cases: &[(&str, &str)], whole: impl Fn(&str) -> String) {
    let mut differences = Vec::new();
    for (fragment, expected) in cases {
        let found = codes(&whole(fragment));
        if found != *expected {
            differences.push(format!("{fragment}\n  expected: {expected}\n  found:    {found}"));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

const PRODUCT: &str = r#"
    name    = string(80)
    body    = text
    note    = optional(string(80))
    secret  = optional(string(80, encrypted))
    mail    = email(encrypted(lookup))
    kind    = enum("book", "toy")
    other   = enum("x", "y")
    price   = money(min(0), max(1000000))
    fee     = optional(money)
    rate    = decimal(6, 3)
    stock   = int
    weight  = optional(int)
    ready   = bool
    checked = optional(bool)
    day     = date
    until   = optional(timestamp)
    span    = duration
    meta    = json
    land    = country
    owner   = ref(people.User)
    helper  = optional(ref(people.User))
    maker   = optional(ref(Maker))
    tags    = list(slug, max(5))
    parts   = many(Part, max(9))
"#;

fn rule(rule: &str) -> String {
    blueprint(&format!(
        "  entity Product {{{PRODUCT}    access {{ read = {rule} }}\n  }}\n  entity Part {{ \
         count = int(min(0), max(999))\n    cost = money(min(0), max(1000000))\n    stale = optional(bool) }}\n  entity Maker {{ name = string(9)\n city = optional(string(9)) }}"
    ))
}

fn guard(rule: &str) -> String {
    self::rule("true").replace(
        "access {",
        &format!(
            "command act {{\n input = {{ n = int\n m = optional(int) }}\n allow = caller.is_system\n \
             set = {{ stock = 1 }}\n guard no {{\n check = {rule}\n message = \"no\" }}\n }}\n access {{"
        ),
    )
}

#[test]
fn null_is_neither_equal_nor_ordered() {
    check(
        &[
            ("this.owner == caller.user", ""),
            ("this.helper == caller.user", "AR0501"),
            ("this.helper != caller.user", "AR0501"),
            ("caller.user == this.helper", "AR0501"),
            ("this.helper != null && this.helper == caller.user", ""),
            ("caller.user != null && this.helper == caller.user", ""),
            ("this.helper == null || this.helper == caller.user", ""),
            ("!(this.helper == null) && this.helper == caller.user", ""),
            ("!(this.helper == null || caller.user == null) && this.helper == caller.user", ""),
            ("this.helper != null || this.helper == caller.user", "AR0501"),
            ("(this.helper != null ? this.helper == caller.user : false)", ""),
            ("(this.helper == null ? false : this.helper == caller.user)", ""),
            ("(this.helper == null ? this.helper == caller.user : false)", "AR0501"),
            ("this.weight < 5", "AR0409"),
            ("this.weight != null && this.weight < 5", ""),
            ("this.weight == 5 && this.weight < 7", ""),
            ("this.weight == null || this.weight < 5", ""),
            ("coalesce(this.weight, 0) < 5", ""),
            ("coalesce(this.stock, 0) < 5", "AR0410"),
            ("this.weight + 1 == 5", "AR0409"),
            ("this.note == \"x\"", ""),
            ("this.name == null", "AR0410"),
            ("null == null", "AR0410"),
            ("this.weight != null && this.weight != null", "AR0410"),
            ("this.helper.name == \"x\"", ""),
            ("this.helper.name == this.note", "AR0501"),
            ("this.maker != null && this.maker.name == this.note", ""),
            ("this.maker.city != null && this.maker.name == this.note", ""),
            ("this.checked", "AR0411"),
            ("this.checked == true", ""),
            ("!this.checked", "AR0411"),
            ("this.checked != null && this.checked", ""),
            ("starts_with(this.note, \"x\")", "AR0409"),
            ("contains([\"a\", \"b\"], this.note)", ""),
            ("this.until != null && this.until < now", ""),
            ("this.until < now", "AR0409"),
        ],
        rule,
    );
}

#[test]
fn types_go_together_or_are_refused() {
    check(
        &[
            ("this.kind == \"book\"", ""),
            ("this.kind == \"boook\"", "AR0407"),
            ("\"boook\" == this.kind", "AR0407"),
            ("contains([\"book\", \"toi\"], this.kind)", "AR0407"),
            ("this.kind == this.other", "AR0406"),
            ("this.kind == this.name", "AR0406"),
            ("this.price > \"5.00\"", ""),
            ("this.price > \"5.001\"", "AR0407"),
            ("this.price > 5", "AR0406"),
            ("this.price > money(\"5\")", ""),
            ("this.price * 2 > this.price + this.price", ""),
            ("this.price * this.rate > \"1\"", "AR0408"),
            ("round(this.price * this.rate, 2) > \"1\"", ""),
            ("round(this.price * this.rate, 3) > \"1\"", "AR0404"),
            ("this.rate > 0.5", ""),
            ("this.rate > this.stock", ""),
            ("this.rate + 1 > 2", ""),
            ("this.day == \"2027-03-01\"", ""),
            ("this.day == \"2027-02-30\"", "AR0407"),
            ("date(now) > this.day", ""),
            ("this.day + duration(\"1w\") > date(now)", ""),
            ("this.day - date(now) > \"1w\"", ""),
            ("duration(\"1w\") - this.day > \"1w\"", "AR0408"),
            ("(this.day - date(now)) * 1000 > \"1w\"", "AR0512"),
            ("this.created_at < now - duration(\"7d\")", ""),
            ("this.created_at < now - \"7d\"", "AR0407"),
            ("now - this.created_at > duration(\"7 days\")", "AR0407"),
            ("this.span > \"30s\"", ""),
            ("this.land == \"DE\"", ""),
            ("this.land == \"de\"", "AR0407"),
            ("contains([\"DE\", \"at\"], this.land)", "AR0407"),
            ("this.stock % 2 == 0", ""),
            ("this.stock % this.stock == 0", "AR0408"),
            ("divide(this.price, this.stock, \"0.00\") > \"1.00\"", ""),
            ("this.name + \"x\" == \"y\"", "AR0408"),
            ("\"${this.name} x\" == \"y\"", ""),
            ("\"${this.parts}\" == \"y\"", "AR0406"),
            ("this.name < 5", "AR0406"),
            ("this.owner < caller.user", "AR0409"),
            ("this.stock", "AR0411"),
            ("true", ""),
            ("\"true\"", "AR0411"),
            ("this.stock == 9007199254740992", "AR0407"),
            ("this.owner == caller.id", "AR0502"),
            ("this.owner.id == caller.id", ""),
            ("this.id == caller.tenant", "AR0502"),
            ("this == caller.tenant", "AR0406"),
            ("this.owner == caller.tenant", "AR0406"),
            ("this.owner == this.helper", ""),
        ],
        rule,
    );
}

#[test]
fn many_rows_are_walked_over() {
    check(
        &[
            ("this.parts.count > 3", "AR0405"),
            ("anytrue([for p in this.parts : p.count > 3])", ""),
            ("alltrue([for p in this.parts : p.count > this.stock])", ""),
            ("alltrue([for p in this.parts : p.cost])", "AR0411"),
            ("alltrue([for p in this.parts : p.stale])", "AR0411"),
            ("anytrue([for p in this.parts : p.stale if p.stale != null])", ""),
            ("sum([for p in this.parts : p.cost * p.count]) > \"5\"", ""),
            ("sum([for p in this.parts : p.product.stock]) > 5", ""),
            ("max([for p in this.parts : p.count]) > 5", "AR0409"),
            ("coalesce(max([for p in this.parts : p.count]), 0) > 5", ""),
            ("length(this.parts) > 0", ""),
            ("length([for p in this.parts : p if p.count > 1]) > 0", ""),
            ("length(this.tags) > 0 && length(this.name) > 3", ""),
            ("length(this.stock) > 0", "AR0408"),
            ("contains(this.tags, \"new\")", ""),
            ("contains(this.tags, 5)", "AR0406"),
            ("contains(this.parts, 5)", "AR0408"),
            ("contains(caller.scopes, \"read\")", ""),
            ("anytrue([this.ready, this.stock > 1])", ""),
            ("[for p in this.parts : p.count]", "AR0408"),
            ("anytrue([for p in this.name : true])", "AR0408"),
            ("min(this.stock, 5) > 2", ""),
            ("min(this.stock, this.name) > 2", "AR0406"),
            ("this.tags[0] == \"x\"", "AR0408"),
            ("this.meta.x == 1", "AR0408"),
        ],
        rule,
    );
}

#[test]
fn a_rule_that_keeps_somebody_out_says_that_strangers_come_in() {
    check(
        &[
            ("!has_role(\"clerk\")", "AR0513?"),
            ("this.stock > 0 && !has_role(\"clerk\")", "AR0513?"),
            ("this.stock > 0 || !has_role(\"clerk\")", "AR0513?"),
            ("!(has_role(\"clerk\") || has_role(\"boss\"))", "AR0513?"),
            ("!(has_role(\"clerk\") && this.stock > 0)", "AR0513?"),
            ("!contains(caller.scopes, \"x\")", "AR0513?"),
            ("this.owner != caller.user", "AR0513?"),
            ("!(this.owner == caller.user)", "AR0513?"),
            ("has_role(\"clerk\") ? this.stock > 0 : !has_role(\"boss\")", "AR0513?"),
            ("caller.is_authenticated && !has_role(\"clerk\")", ""),
            ("!(has_role(\"clerk\") || !caller.is_authenticated)", ""),
            ("has_role(\"boss\") && (this.stock > 0 || !has_role(\"clerk\"))", ""),
            ("has_role(\"boss\") ? !has_role(\"clerk\") : false", ""),
            ("caller.user != null && this.owner != caller.user", ""),
            ("caller.is_system && !has_role(\"clerk\")", ""),
            ("!(!has_role(\"clerk\"))", ""),
            ("!caller.is_authenticated || this.stock > 0", ""),
        ],
        |it| rule(it).replace("[claim(\"shop\")]", "[claim(\"shop\"), host(people.Shop.domain)]"),
    );
    // Where tokens alone tell the tenant, strangers have none and get nowhere.
    check(&[("!has_role(\"clerk\")", "")], rule);
}

#[test]
fn rules_say_only_what_every_engine_judges_alike() {
    check(
        &[
            ("has_role(\"clerk\", \"boss\")", ""),
            ("has_role(\"clark\")", "AR0505"),
            ("has_role(clerk)", "AR0404"),
            ("lower(this.name) == \"x\"", "AR0503"),
            ("trim(this.name) == \"x\"", "AR0503"),
            ("matches(this.name, \"x+\")", "AR0503"),
            ("matches(this.name, \"x(\")", "AR0428"),
            ("this.meta == this.meta", "AR0503 AR0503"),
            ("this.secret == \"x\"", "AR0504"),
            ("this.secret != null", "AR0504"),
            ("this.mail == \"x@y.example\"", ""),
            ("this.mail < \"x\"", "AR0504"),
            ("this.helper.email == this.mail", "AR0504 AR0504"),
            ("starts_with(this.mail, \"x\")", "AR0504"),
            ("input.x", "AR0309"),
            ("old.stock == 1", "AR0309"),
            ("stock == 1", "AR0301"),
            ("this.stok == 1", "AR0301"),
            ("caller.usr == this.owner", "AR0301"),
            ("caller.is_system || caller.is_authenticated", ""),
            ("caller.ip == \"::1\"", ""),
            ("sizeof(this.tags) == 1", "AR0412"),
            ("count() == 1", "AR0404"),
            ("env(\"X\") == \"1\"", "AR0404"),
            ("round(this.rate) > 1", "AR0404"),
            ("this.owner.boss.boss == caller.user", "AR0501"),
            ("this.name.length > 3", "AR0408"),
            ("this.stock * this.stock > 5", "AR0512"),
            ("this.stock * 1000 > 5", ""),
            ("this.stock * 1025 > 5", "AR0512"),
            ("this.rate * this.rate > 5", ""),
            ("now - this.created_at > duration(\"7d\")", ""),
        ],
        rule,
    );
    check(
        &[
            ("lower(this.name) == \"x\"", ""),
            ("matches(this.name, \"x+\")", ""),
            ("this.secret == \"x\"", ""),
            ("input.n > 1", ""),
            ("input.m > 1", "AR0409"),
            ("input.k > 1", "AR0301"),
            ("has_role(\"clerk\")", ""),
        ],
        guard,
    );
}

#[test]
fn fields_have_types_and_modifiers() {
    let entity = |field: &str| {
        blueprint(&format!(
            "  value Size {{ width = int }}\n  entity Part {{ n = int }}\n  entity Product {{ {field} }}"
        ))
    };
    check(
        &[
            ("x = string(80)", ""),
            ("x = string", "AR0404"),
            ("x = string(0)", "AR0404"),
            ("x = string(80, unique(global), immutable, default(\"a\"), pattern(\"[a-z]\"))", ""),
            ("x = string(3, default(\"abcd\"))", "AR0407"),
            ("x = string(80, 5)", "AR0402"),
            ("x = string(80, unique, unique)", "AR0402"),
            ("x = string(80, unique(local))", "AR0402"),
            ("x = string(80, pattern(\"(\"))", "AR0428"),
            ("x = string(80, max_size(\"5MB\"))", "AR0402"),
            ("x = text(max(5000))", ""),
            ("x = text(unique)", "AR0402"),
            ("x = email(unique, encrypted)", "AR0403"),
            ("x = email(unique, encrypted(lookup), pii(\"contact\"))", ""),
            ("x = email(default(\"nobody\"))", "AR0407"),
            ("x = locale(default(\"en\"))", ""),
            ("x = country(default(\"de\"))", "AR0407"),
            ("x = slug(default(\"Red Shoes\"))", "AR0407"),
            ("x = phone(default(\"123\"))", "AR0407"),
            ("x = url(default(\"shop\"))", "AR0407"),
            ("x = int(min(1), max(9), default(5))", ""),
            ("x = int(min(9), max(1))", "AR0407"),
            ("x = int(min(1), default(0))", "AR0407"),
            ("x = int(default(\"5\"))", "AR0407"),
            ("x = decimal(12, 2, min(0.01))", ""),
            ("x = decimal(12, 2, min(0.001))", "AR0407"),
            ("x = decimal(19, 2)", "AR0404"),
            ("x = decimal(2, 3)", "AR0404"),
            ("x = money(min(0), default(\"0.00\"))", ""),
            ("x = money(default(0))", "AR0407"),
            ("x = bool(default(false))", ""),
            ("x = bool(default(0))", "AR0407"),
            ("x = timestamp(default(now))", ""),
            ("x = date(default(now))", "AR0407"),
            ("x = date(default(\"2027-13-01\"))", "AR0407"),
            ("x = duration(default(\"30s\"))", ""),
            ("x = ref(people.User, default(caller.user))", ""),
            ("x = ref(people.Shop, default(caller.user))", "AR0407"),
            ("x = ref(people.User, on_delete(\"set_null\"))", "AR0402"),
            ("x = optional(ref(people.User, on_delete(\"set_null\")))", ""),
            ("x = ref(people.User, on_delete(\"cascad\"))", "AR0402"),
            ("x = ref(\"people.User\")", "AR0404"),
            ("x = ref(people)", "AR0308"),
            ("x = people.User", "AR0308"),
            ("x = User", "AR0301"),
            ("x = enum(\"a\", \"b\", default(\"a\"))", ""),
            ("x = enum(\"a\", \"b\", default(\"c\"))", "AR0407"),
            ("x = enum(\"a\", \"a\")", "AR0404"),
            ("x = enum()", "AR0404"),
            ("x = json(max(1000))", ""),
            ("x = json(unique)", "AR0402"),
            ("x = file(image, max_size(\"5MB\"))", ""),
            ("x = file(picture)", "AR0404"),
            ("x = file(image, max_size(\"5 potatoes\"))", "AR0407"),
            ("x = list(file(image, max_size(\"5MB\")), max(10))", ""),
            ("x = list(slug)", "AR0404"),
            ("x = list(Size, max(3))", "AR0421"),
            ("x = list(optional(slug), max(3))", "AR0421"),
            ("x = list(string(9, unique), max(3))", "AR0402"),
            ("x = many(Part, max(20))", ""),
            ("x = many(people.User)", "AR0422"),
            ("x = optional(many(Part))", "AR0421"),
            ("x = optional(optional(int))", "AR0421"),
            ("x = optional(Size)", ""),
            ("x = Size(immutable)", ""),
            ("x = computed(1 + 2)", ""),
            ("x = computed(this.y)", "AR0301"),
            ("x = computed(caller.user)", "AR0309"),
            ("x = sequence(\"A-{n}\")", ""),
            ("x = sequence(\"A\")", "AR0404"),
            ("x = sequence(\"{m}-{n}\")", "AR0404"),
            ("x = \"string\"", "AR0401"),
            ("x = flaot", "AR0401"),
            ("Name = int", "AR0303"),
            ("created_at = timestamp", "AR0305"),
            ("password = string(80)", "AR0507?"),
            ("password = string(80, secret)", ""),
        ],
        entity,
    );
    let input = |field: &str| {
        blueprint(&format!(
            "  entity Part {{ n = int\n command go {{\n input = {{ {field} }}\n allow = caller.is_system\n set = {{ n = 1 }} }} }}"
        ))
    };
    check(
        &[
            ("x = int(min(1), default(2))", ""),
            ("x = ref(people.User)", ""),
            ("x = int(unique)", "AR0402"),
            ("x = string(9, secret)", "AR0402"),
            ("x = sequence(\"{n}\")", "AR0421"),
            ("x = int, x = int", "AR0204"),
        ],
        input,
    );
}

fn fields_of(prefix: &str, count: usize, ty: &str) -> String {
    (0..count).map(|number| format!("    {prefix}{number} = {ty}\n")).collect()
}

#[test]
fn an_entity_is_as_wide_as_its_table_may_be() {
    let whole = |value: usize, fields: String| {
        let members = fields_of("m", value, "int");
        blueprint(&format!("  value Wide {{\n{members}  }}\n  entity Product {{\n{fields}  }}"))
    };
    for (value, fields, expected) in [
        (1, fields_of("x", 1000, "int"), ""),
        (1, fields_of("x", 1001, "int"), "AR0211"),
        (1, fields_of("x", 501, "email(encrypted(lookup))"), "AR0211"),
        (100, fields_of("x", 6, "Wide"), "AR0211"),
    ] {
        assert_eq!(codes(&whole(value, fields)), expected, "{value}");
    }
}

#[test]
fn commands_change_what_they_may() {
    let command = |inside: &str| {
        blueprint(&format!(
            r#"
  entity Order {{
    n     = int
    fixed = int(immutable)
    code  = sequence("A-{{n}}")
    twice = computed(this.n * 2)
    note  = optional(string(9))
    home  = optional(Home)
    work  = Home
    lifecycle status {{
      initial     = "draft"
      transitions = {{ draft = ["placed"] }}
    }}
    command place {{
      allow      = caller.is_system
      transition = "placed"
    }}
    event Placed {{ carries = [n] }}
    event Noted {{ payload = {{ text = string(9) }} }}
    command go {{
      {inside}
    }}
  }}
  event Elsewhere {{ payload = {{ n = int }} }}
  value Home {{
    street = string(20)
    number = optional(int)
    city   = string(20, default("Berlin"))
  }}
"#
        ))
    };
    check(
        &[
            ("allow = true\n set = { n = this.n + 1 }", ""),
            ("set = { n = 1 }", "AR0506"),
            ("allow = true", "AR0210?"),
            ("allow = true\n set = { m = 1 }", "AR0301"),
            ("allow = true\n set = { fixed = 1 }", "AR0420"),
            ("allow = true\n set = { code = \"x\" }", "AR0420"),
            ("allow = true\n set = { twice = 1 }", "AR0420"),
            ("allow = true\n set = { status = \"placed\" }", "AR0420"),
            ("allow = true\n set = { n = null }", "AR0406"),
            ("allow = true\n set = { note = null }", ""),
            ("allow = true\n set = { n = \"1\" }", "AR0406"),
            ("allow = true\n set = { home = { street = \"Main\", number = this.n } }", ""),
            ("allow = true\n set = { home = ({ street = \"Main\" }) }", ""),
            ("allow = true\n set = { work = this.home }", "AR0409"),
            (
                "allow = true\n set = { home = this.work, work = { street = input.to } }\n input = { to = string(20) }",
                "",
            ),
            ("allow = true\n set = { home = null }", ""),
            ("allow = true\n set = { work = null }", "AR0406"),
            ("allow = true\n set = { home = { number = 1 } }", "AR0418"),
            ("allow = true\n set = { home = { street = 1 } }", "AR0406"),
            ("allow = true\n set = { home = { street = \"Main\", floor = 1 } }", "AR0301"),
            ("allow = true\n set = { home = \"Main 1\" }", "AR0406"),
            ("allow = true\n transition = \"draft\"", "AR0413"),
            ("allow = true\n emit = Placed", ""),
            ("allow = true\n emit = Place", "AR0301"),
            ("allow = true\n emit = Elsewhere", "AR0308"),
            ("allow = true\n emit = Noted", "AR0418"),
            ("allow = true\n emit = Noted\n input = { text = string(9) }", ""),
            ("allow = true\n emit = Placed\n rate_limit = rate(\"10/min\", caller.id)", ""),
            ("allow = true\n emit = Placed\n rate_limit = rate(\"10\", caller.id)", "AR0207"),
            ("allow = true\n emit = Placed\n rate_limit = rate(\"10/min\", caller.name)", "AR0301"),
            ("allow = this.status == \"placd\"\n emit = Placed", "AR0407"),
        ],
        command,
    );
}

#[test]
fn indexes_cover_what_can_be_ordered() {
    let entity = |inside: &str| {
        blueprint(&format!(
            "  value Size {{ width = int }}\n  entity Product {{ n = int\n note = optional(string(9))\n size = Size\n other = optional(ref(Product))\n{inside} }}"
        ))
    };
    check(
        &[
            ("index { on = [n, desc(created_at)] }", ""),
            ("index { on = [size.width] }", ""),
            ("index { on = [size] }", "AR0426"),
            ("index { on = [other.n] }", "AR0426"),
            ("index { on = [\"n\"] }", "AR0205"),
            ("index { on = n }", "AR0205"),
            ("index { on = [down(n)] }", "AR0412"),
            ("index { on = [n, n] }", "AR0204"),
            ("index { on = [n] }\n index { on = [n] }", "AR0204"),
            ("index {\n on = [n]\n where = this.note != null && this.n > 5 }", ""),
            ("index {\n on = [n]\n where = this.other.n == 5 }", "AR0427"),
            ("index {\n on = [n]\n where = this.created_at < now }", "AR0309"),
            ("index {\n on = [n]\n where = this.n + 1 == 5 }", "AR0427"),
            ("unique {\n on = [n, note]\n where = this.note != null }", ""),
            ("unique {\n on = [n]\n scope = \"global\" }", ""),
            ("search { on = [weight(note, 4)] }", ""),
            ("search { on = [n] }", "AR0426"),
            ("search { on = [weight(note, 0)] }", "AR0404"),
            ("soft_delete { keep_for = \"30d\" }", ""),
            ("soft_delete { keep_for = \"0s\" }", "AR0207"),
            ("volume { rows = \"3\" }", "AR0205"),
            ("invariant \"a\" { check = this.other.n == 5 }", "AR0425"),
            ("invariant a { check = this.n == 5 }", "AR0206"),
            ("privacy { subject = this }", "AR0406"),
        ],
        entity,
    );
}

#[test]
fn contexts_and_names_stand_in_order() {
    check(
        &[
            ("  entity A { b = ref(B) }\n  entity B { n = int }", ""),
            ("  entity A { n = int }\n  entity A { n = int }", "AR0304"),
            ("  entity A { b = ref(C) }\n  entity B { n = int }", "AR0301"),
            (
                "  schedule s {\n every = \"1h\"\n run = A.go }\n  entity A { n = int\n command go {\n allow = caller.is_system\n set = { n = 1 } } }",
                "AR0419",
            ),
            (
                "  schedule s {\n every = \"1h\"\n for_each = [for a in A : a if a.n > 1]\n run = A.go }\n  entity A { n = int\n command go {\n allow = caller.is_system\n set = { n = 1 } } }",
                "",
            ),
            (
                "  schedule s {\n every = \"1h\"\n for_each = [for a in A : a.n]\n run = A.go }\n  entity A { n = int\n command go {\n allow = caller.is_system\n set = { n = 1 } } }",
                "AR0408",
            ),
            ("  entity A { lines = many(L) }\n  entity L { n = int\n a = int }", "AR0305"),
            ("  entity A { a = many(A) }", "AR0422"),
            (
                "  entity A { n = int\n command read {\n allow = true\n set = { n = 1 } } }",
                "AR0305",
            ),
        ],
        blueprint,
    );
}

#[test]
fn one_mistake_is_one_finding() {
    check(
        &[
            // A field whose type is unknown may be used everywhere.
            (
                "  entity A { n = itn\n twice = computed(this.n * 2)\n index { on = [n] }\n access { read = this.n > 5 && this.twice == \"x\" } }",
                "AR0401",
            ),
            // People who could not be found are not missed again.
            ("  entity A { n = int\n access { read = caller.tenant != null } }\n", ""),
            // So may a missing entity.
            ("  entity A { b = ref(B)\n access { read = this.b.name == \"x\" } }", "AR0301"),
            // A state that is led to twice is one too many, and led to all the same.
            (
                "  entity A { lifecycle s {\n initial = \"a\"\n transitions = { a = [\"b\", \"b\"] } }\n command go {\n allow = true\n transition = \"b\" } }",
                "AR0204",
            ),
            // And an expression that cannot be parsed.
            ("  entity A { n = int\n access { read = this.n + } }", "AR0111"),
        ],
        blueprint,
    );
}

#[test]
fn a_context_may_be_spread_over_files() {
    let file = |name: &str, text: &str| SourceFile { name: name.into(), text: text.into() };
    let files = [
        file(
            "a.hcl",
            "system Spread { edition = \"2026\" }\ncontext shop {\n  entity A { b = ref(B) }\n}\n",
        ),
        file("b.hcl", "context shop {\n  entity B { n = int }\n}\n"),
    ];
    let (system, findings) = read(&files);
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(system.contexts.len(), 1);
    assert_eq!(system.contexts[0].declared.len(), 2);
    assert_eq!(system.entities[1].name.span.file.0, 1);
}

#[test]
fn accepted_warnings_are_silent_and_errors_are_not() {
    let password = "  entity A { password = string(80) }";
    let accept = "accept \"AR0507\" { reason = \"hashed\" }";
    assert_eq!(codes(&blueprint(password)), "AR0507?");
    assert_eq!(codes(&format!("{}{accept}", blueprint(password))), "");
    let on = |path: &str| accept.replace("reason", &format!("on = {path}\n reason"));
    assert_eq!(codes(&format!("{}{}", blueprint(password), on("shop.A"))), "");
    assert_eq!(codes(&format!("{}{}", blueprint(password), on("people.User"))), "AR0507?");
    let broken = blueprint("  entity A { n = itn }");
    let found = codes(&format!("{broken}accept \"AR0401\" {{ reason = \"later\" }}"));
    assert_eq!(found, "AR0401 AR0212");
}

#[test]
fn what_identity_got_wrong_is_said_there_alone() {
    let text = |identity: &str| {
        format!(
            "system Case {{ edition = \"2026\" }}\nidentity {{\n{identity}\n}}\ncontext shop {{\n entity User {{ \
             n = int }}\n entity A {{ b = ref(User)\n access {{ read = this.b == caller.user || has_role(\"x\") }} }} }}"
        )
    };
    assert_eq!(codes(&text("user = shop.User\nroles = [\"x\"]")), "");
    assert_eq!(codes(&text("user = shop.Usr\nroles = [\"x\"]")), "AR0301");
    assert_eq!(codes(&text("user = shop.User\nroles = \"x\"")), "AR0205");
    assert_eq!(codes(&text("user = shop.User\nroles = []")), "AR0505");
    let provided = "user = shop.User\nroles = [\"x\"]\nprovision = { n = \"x\" }";
    assert_eq!(codes(&text(provided)), "AR0205");
    let same =
        "user = shop.User\ntenant = shop.User\nroles = [\"x\"]\ntenant_from = [claim(\"t\")]";
    assert_eq!(codes(&text(same)), "AR0308");
}
