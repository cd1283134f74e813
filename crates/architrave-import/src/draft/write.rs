//! Writes the sketch as a blueprint.

use std::collections::BTreeSet;

use super::{
    layout::{Layout, one_line},
    names, relations,
    sketch::{Entity, Field, Shape, Sketch},
};

/// The text, and each guess with its place.
pub(super) fn write(sketch: &Sketch) -> (String, Vec<String>) {
    let mut writer = Writer {
        sketch,
        out: Layout::default(),
        guesses: sketch.guesses.clone(),
        about_somebody: relations::about_somebody(sketch),
    };
    writer.head();
    for context in 0..sketch.contexts.len() {
        writer.context(context);
    }
    (writer.out.finish(), writer.guesses)
}

struct Writer<'s> {
    sketch: &'s Sketch,
    out: Layout,
    guesses: Vec<String>,
    /// Which entities are about somebody, same positions.
    about_somebody: Vec<bool>,
}

const ADMIN: &str = "has_role(\"admin\")";

impl Writer<'_> {
    fn head(&mut self) {
        for line in [
            "# Drafted from what was found. It checks and serves as it stands; what had to be guessed is marked",
            "# with `# guessed:`. Go through the marks, correct what is wrong, and take the marks away.",
        ] {
            self.out.line(line, &[]);
        }
        self.out.space();
        let name = names::pascal(&self.sketch.title, "Imported");
        self.out.line(&format!("system {name} {{ edition = \"2026\" }}"), &[]);
        self.out.space();
        self.out.open("identity", &[]);
        if let Some(user) = self.sketch.user {
            self.out.setting("user", &self.path(user), &["who signs in".to_owned()]);
        }
        if let Some(tenant) = self.sketch.tenant {
            self.out.setting("tenant", &self.path(tenant), &["whom rows belong to".to_owned()]);
        }
        self.out.setting(
            "roles",
            "[\"admin\"]",
            &["one role for all that is not a person's own".to_owned()],
        );
        if self.sketch.tenant.is_some() {
            self.out.setting(
                "tenant_from",
                "[claim(\"tenant\")]",
                &["the name of the claim".to_owned()],
            );
        }
        self.login();
        self.out.close();
        self.out.space();
        self.out.open("limits", &["how often callers may ask".to_owned()]);
        self.out.setting("anonymous", "rate(\"60/min\", caller.ip)", &[]);
        self.out.setting("signed_in", "rate(\"600/min\", caller.id)", &[]);
        self.out.close();
    }

    fn login(&mut self) {
        let audience = names::snake(&self.sketch.title, "imported").replace('_', "-");
        self.out.space();
        self.out.open("login oidc", &[]);
        self.out.setting("issuer", "env(\"OIDC_ISSUER\")", &[]);
        self.out.setting(
            "audience",
            &format!("\"{audience}\""),
            &["as your issuer calls this API".to_owned()],
        );
        self.out.setting("roles", "claim(\"roles\")", &[]);
        self.out.close();
        if self.sketch.has_api_keys {
            self.out.space();
            self.out.line("login api_key { roles = [\"admin\"] }", &[]);
        }
    }

    /// `context.Entity`.
    fn path(&self, entity: usize) -> String {
        let Some(found) = self.sketch.entities.get(entity) else { return String::new() };
        let context = self.sketch.contexts.get(found.context).map_or("", String::as_str);
        format!("{context}.{}", found.name)
    }

    /// The entity as it is called from a context.
    fn from(&self, context: usize, entity: usize) -> String {
        match self.sketch.entities.get(entity) {
            Some(found) if found.context == context => found.name.clone(),
            _ => self.path(entity),
        }
    }

    fn context(&mut self, context: usize) {
        let Some(name) = self.sketch.contexts.get(context) else { return };
        self.out.space();
        self.out.open(&format!("context {name}"), &[]);
        let mine = || self.sketch.entities.iter().filter(move |it| it.context == context);
        let others: BTreeSet<&str> = mine()
            .flat_map(|it| &it.fields)
            .filter_map(|it| match it.shape {
                Shape::Reference { to, .. } => self.sketch.entities.get(to),
                _ => None,
            })
            .filter(|it| it.context != context)
            .filter_map(|it| self.sketch.contexts.get(it.context).map(String::as_str))
            .collect();
        if !others.is_empty() {
            let list = others.into_iter().collect::<Vec<_>>().join(", ");
            self.out.setting("depends_on", &format!("[{list}]"), &[]);
        }
        for entity in mine() {
            self.entity(entity);
        }
        for value in &self.sketch.values {
            let is_here =
                self.sketch.entities.get(value.of).is_some_and(|it| it.context == context);
            if is_here && !value.name.is_empty() {
                self.out.space();
                self.out.open(&format!("value {}", value.name), &[]);
                self.fields(&value.fields, &value.name, context);
                self.out.close();
            }
        }
        self.out.close();
    }

    fn entity(&mut self, entity: &Entity) {
        self.out.space();
        if !entity.source.is_empty() {
            self.out.line(&format!("# From {}.", one_line(&entity.source)), &[]);
        }
        self.out.open(&format!("entity {}", entity.name), &[]);
        self.fields(&entity.fields, &entity.name, entity.context);
        self.lifecycle(entity);
        self.indexes(entity);
        if entity.has_soft_delete && entity.part_of.is_none() {
            self.out.space();
            self.out.open("soft_delete", &["how long a deleted row can be restored".to_owned()]);
            self.guesses.push(format!("{}: deleted rows are kept for 30 days", entity.name));
            self.out.setting("keep_for", "\"30d\"", &[]);
            self.out.close();
        }
        if entity.part_of.is_none() {
            self.access(entity);
            self.commands(entity);
        }
        self.out.close();
    }

    fn fields(&mut self, fields: &[Field], of: &str, context: usize) {
        for field in fields {
            if matches!(field.shape, Shape::Lifecycle(_)) {
                continue;
            }
            let text = self.type_text(field, context);
            self.out.setting(&field.name, &text, &field.guesses);
            self.guesses.extend(
                field.guesses.iter().map(|it| format!("{of}.{}: {}", field.name, one_line(it))),
            );
        }
    }

    fn type_text(&self, field: &Field, context: usize) -> String {
        let (name, mut arguments) = match &field.shape {
            Shape::Plain(name, arguments) => ((*name).to_owned(), arguments.clone()),
            Shape::Enumeration(values) | Shape::Lifecycle(values) => {
                ("enum".to_owned(), values.iter().map(|it| format!("\"{it}\"")).collect())
            }
            Shape::Reference { to, cascades } => {
                let mut arguments = vec![self.from(context, *to)];
                if *cascades {
                    arguments.push("on_delete(\"cascade\")".to_owned());
                }
                ("ref".to_owned(), arguments)
            }
            Shape::Value(at) => (
                self.sketch.values.get(*at).map(|it| it.name.clone()).unwrap_or_default(),
                Vec::new(),
            ),
            Shape::Parts(at) => ("many".to_owned(), vec![self.from(context, *at)]),
        };
        if field.is_unique && field.shape.can_be_unique() {
            arguments.push("unique".to_owned());
        }
        arguments.extend(field.modifiers.iter().cloned());
        let text =
            if arguments.is_empty() { name } else { format!("{name}({})", arguments.join(", ")) };
        if field.is_optional && field.shape.can_be_optional() {
            format!("optional({text})")
        } else {
            text
        }
    }

    fn lifecycle(&mut self, entity: &Entity) {
        for field in &entity.fields {
            let Shape::Lifecycle(states) = &field.shape else { continue };
            let guess = "how the states follow each other".to_owned();
            self.guesses.push(format!("{}.{}: {guess}", entity.name, field.name));
            self.out.space();
            self.out.open(&format!("lifecycle {}", field.name), &[guess]);
            let initial = states.first().map_or("", String::as_str);
            self.out.setting("initial", &format!("\"{initial}\""), &[]);
            self.out.open("transitions =", &[]);
            for (from, to) in relations::transitions(states) {
                let list: Vec<String> = to.iter().map(|it| format!("\"{it}\"")).collect();
                self.out.setting(&from, &format!("[{}]", list.join(", ")), &[]);
            }
            self.out.close();
            self.out.close();
        }
    }

    fn commands(&mut self, entity: &Entity) {
        for field in &entity.fields {
            let Shape::Lifecycle(states) = &field.shape else { continue };
            for state in states.iter().skip(1) {
                self.out.space();
                self.out.open(
                    &format!("command mark_{}", names::snake(state, "state")),
                    &["its name, and who may".to_owned()],
                );
                self.out.setting("allow", ADMIN, &[]);
                self.out.setting("transition", &format!("\"{state}\""), &[]);
                self.out.close();
            }
            self.guesses.push(format!("{}: a command for each state, for admins", entity.name));
        }
    }

    /// Columns as the fields that hold them; none where one is not here or cannot be a key.
    fn keys(entity: &Entity, columns: &[String]) -> Option<Vec<String>> {
        columns
            .iter()
            .map(|column| match entity.built_in.get(column) {
                Some(name @ (&"created_at" | &"updated_at")) => Some((*name).to_owned()),
                Some(_) => None,
                None => {
                    let field = entity.fields.iter().find(|it| it.source == *column)?;
                    field.shape.is_indexable().then(|| field.name.clone())
                }
            })
            .collect()
    }

    fn indexes(&mut self, entity: &Entity) {
        let mut seen: BTreeSet<Vec<(String, bool)>> = BTreeSet::new();
        for field in &entity.fields {
            let has_own = field.is_unique && field.shape.can_be_unique()
                || matches!(field.shape, Shape::Reference { .. });
            if has_own {
                seen.insert(vec![(field.name.clone(), false)]);
            }
        }
        self.out.space();
        for columns in &entity.uniques {
            let Some(keys) = Self::keys(entity, columns) else { continue };
            if (1..=8).contains(&keys.len())
                && are_distinct(&keys)
                && seen.insert(keys.iter().map(|it| (it.clone(), false)).collect())
            {
                self.out.line(&format!("unique {{ on = [{}] }}", keys.join(", ")), &[]);
            }
        }
        for columns in &entity.indexes {
            let names: Vec<String> = columns.iter().map(|it| it.0.clone()).collect();
            let Some(keys) = Self::keys(entity, &names) else { continue };
            let directed: Vec<(String, bool)> =
                keys.iter().cloned().zip(columns.iter().map(|it| it.1)).collect();
            if !(1..=8).contains(&keys.len())
                || !are_distinct(&keys)
                || !seen.insert(directed.clone())
            {
                continue;
            }
            let list: Vec<String> = directed
                .into_iter()
                .map(|(name, descends)| if descends { format!("desc({name})") } else { name })
                .collect();
            self.out.line(&format!("index {{ on = [{}] }}", list.join(", ")), &[]);
        }
        let words: Vec<String> = entity
            .fields
            .iter()
            .filter(|it| entity.search.contains(&it.source) && it.shape.is_text())
            .map(|it| it.name.clone())
            .collect();
        if !words.is_empty() && entity.part_of.is_none() {
            self.out.line(&format!("search {{ on = [{}] }}", words.join(", ")), &[]);
        }
    }

    fn access(&mut self, entity: &Entity) {
        let (read, write, guess) = self.rules(entity);
        let [reads, creates, updates, deletes] = entity.offers.unwrap_or([true; 4]);
        self.guesses.push(format!("{}: {guess}", entity.name));
        self.out.space();
        self.out.open("access", &[guess]);
        if reads || !(creates || updates || deletes) {
            self.out.setting("read", &read, &[]);
        }
        if creates && updates && deletes {
            self.out.setting("write", &write, &[]);
        } else {
            for (is_offered, name) in
                [(creates, "create"), (updates, "update"), (deletes, "delete")]
            {
                if is_offered {
                    self.out.setting(name, &write, &[]);
                }
            }
        }
        self.out.close();
    }

    /// Rules that give nothing away: a person's rows are theirs, what is about people is for admins, the rest
    /// can be read by whoever is signed in and changed by admins.
    fn rules(&self, entity: &Entity) -> (String, String, String) {
        let is = |it: Option<usize>| {
            it.and_then(|it| self.sketch.entities.get(it))
                .is_some_and(|it| std::ptr::eq(it, entity))
        };
        if is(self.sketch.user) {
            let read = format!("this == caller.user || {ADMIN}");
            return (read, ADMIN.to_owned(), "people read themselves, admins everybody".to_owned());
        }
        if is(self.sketch.tenant) {
            let read = format!("this == caller.tenant || {ADMIN}");
            return (read, ADMIN.to_owned(), "tenants are read by their own people".to_owned());
        }
        if let Some(owner) = relations::owner(self.sketch, entity) {
            let name = &owner.name;
            let own = if owner.is_optional {
                format!("(this.{name} != null && this.{name} == caller.user)")
            } else {
                format!("this.{name} == caller.user")
            };
            let rule = format!("{own} || {ADMIN}");
            // Whoever could write an amount or a state would set their own price.
            let is_delicate = entity.fields.iter().any(|it| {
                matches!(it.shape, Shape::Plain("money", _) | Shape::Lifecycle(_) | Shape::Parts(_))
            });
            return if is_delicate {
                (rule, ADMIN.to_owned(), format!("their {name} reads rows, admins write them"))
            } else {
                (rule.clone(), rule, format!("rows belong to their {name}"))
            };
        }
        if entity.is_public {
            return (
                "true".to_owned(),
                ADMIN.to_owned(),
                "anybody reads, as the contract says; admins write".to_owned(),
            );
        }
        let is_private = self.sketch.entities.iter().zip(&self.about_somebody);
        if is_private.into_iter().any(|(it, is_about)| *is_about && std::ptr::eq(it, entity)) {
            let guess = "about somebody, and not clear about whom: for admins only".to_owned();
            return (ADMIN.to_owned(), ADMIN.to_owned(), guess);
        }
        (
            "caller.is_authenticated".to_owned(),
            ADMIN.to_owned(),
            "whoever is signed in reads, admins write".to_owned(),
        )
    }
}

fn are_distinct(keys: &[String]) -> bool {
    keys.iter().collect::<BTreeSet<_>>().len() == keys.len()
}
