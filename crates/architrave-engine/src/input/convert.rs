//! From JSON to typed members, as the plan's input shapes say.

use architrave_model::{EntityId, Scalar, Value};
use architrave_plan::{Bounds, ColumnType, InputKind, InputMember, InputShape};
use uuid::Uuid;

use super::{
    ERRORS_MAX, Json, Misfit, bounds, out_of_bounds, step,
    text::{decimal, description, parse_uuid, scalar_from_text},
};
use crate::{ProblemDetail, prepared::Prepared};

/// How a body is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A new row or a command: what is required must be there.
    Whole,
    /// A merge patch: what is left out stays.
    Merge,
}

/// Members that were sent: (position in the shape's members, what was sent), in the shape's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Given {
    pub(crate) members: Vec<(usize, GivenValue)>,
}

/// What was sent for a member.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GivenValue {
    Null,
    Value(Value),
    Object(Given),
    Parts(Vec<GivenPart>),
}

/// One part that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GivenPart {
    /// Of a part that is there already.
    pub(crate) id: Option<Uuid>,
    pub(crate) given: Given,
}

/// Where the members belong, for telling a server's own member from an unknown one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    Entity(EntityId),
    Other,
}

/// Converts a body.
///
/// # Errors
/// Everything that does not fit, in the body's order.
pub(crate) fn convert(
    prepared: &Prepared,
    shape: &InputShape,
    owner: Option<EntityId>,
    mode: Mode,
    body: &Json,
) -> Result<Given, Vec<ProblemDetail>> {
    let mut reader = Reader { prepared, errors: Vec::new() };
    let given = reader.object(shape, owner.map_or(Owner::Other, Owner::Entity), mode, body, "");
    if reader.errors.is_empty() { Ok(given) } else { Err(reader.errors) }
}

struct Reader<'a> {
    prepared: &'a Prepared,
    errors: Vec<ProblemDetail>,
}

impl Reader<'_> {
    fn report(&mut self, misfit: Misfit, pointer: &str) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(misfit.at(pointer));
        }
    }

    fn object(
        &mut self,
        shape: &InputShape,
        owner: Owner,
        mode: Mode,
        body: &Json,
        pointer: &str,
    ) -> Given {
        let Json::Object(sent) = body else {
            self.wrong_type("an object", body, pointer);
            return Given::default();
        };
        for (name, _) in sent.iter().filter(|(name, _)| shape.member(name).is_none()) {
            let misfit = self.unknown(owner, name, mode);
            self.report(misfit, &step(pointer, name));
        }
        let mut given = Given::default();
        for (position, member) in shape.members.iter().enumerate() {
            let at = step(pointer, &member.name);
            match body.member(&member.name) {
                Some(value) => {
                    if let Some(value) = self.value(member, mode, value, &at) {
                        given.members.push((position, value));
                    }
                }
                None if mode == Mode::Whole && member.is_required => {
                    self.report(Misfit::new("required", "Must be there."), &at);
                }
                None => {}
            }
        }
        given
    }

    fn unknown(&self, owner: Owner, name: &str, mode: Mode) -> Misfit {
        let Owner::Entity(entity) = owner else {
            return Misfit::new("unknown-member", "There is no such member.");
        };
        let table = &self.prepared.plan[entity];
        let built_in = [
            (Some("id"), true),
            (Some("version"), table.version.is_some()),
            (Some("created_at"), table.created_at.is_some()),
            (Some("updated_at"), table.updated_at.is_some()),
        ];
        let is_built_in = built_in.iter().any(|(it, is_there)| *it == Some(name) && *is_there);
        let system = &self.prepared.plan.system;
        match system[entity].fields.iter().find(|it| it.name.text == name) {
            Some(field) if field.is_immutable && mode == Mode::Merge => {
                Misfit::new("immutable", "Keeps the value it was created with.")
            }
            Some(_) => Misfit::new("read-only", "Is set by the server."),
            None if is_built_in => Misfit::new("read-only", "Is set by the server."),
            None => Misfit::new("unknown-member", "There is no such member."),
        }
    }

    fn wrong_type(&mut self, wanted: &str, found: &Json, pointer: &str) {
        let detail = format!("Must be {wanted}, not {}.", found.type_name());
        self.report(Misfit::new("wrong-type", detail), pointer);
    }

    fn value(
        &mut self,
        member: &InputMember,
        mode: Mode,
        json: &Json,
        pointer: &str,
    ) -> Option<GivenValue> {
        if *json == Json::Null {
            return self.null(member, mode, pointer);
        }
        match &member.kind {
            InputKind::Scalar(ty) => {
                let value = self.scalar(ty, &member.bounds, json, pointer)?;
                self.pattern(member, &value, pointer);
                Some(GivenValue::Value(value))
            }
            InputKind::Ref(_) => {
                let id = self.id(json, pointer)?;
                Some(GivenValue::Value(Value::Uuid(id)))
            }
            InputKind::Object { shape, .. } => {
                Some(GivenValue::Object(self.object(shape, Owner::Other, mode, json, pointer)))
            }
            InputKind::List { item, item_bounds } => {
                self.list(item, item_bounds, &member.bounds, json, pointer)
            }
            InputKind::Parts(entity) => self.parts(*entity, &member.bounds, mode, json, pointer),
        }
    }

    fn null(&mut self, member: &InputMember, mode: Mode, pointer: &str) -> Option<GivenValue> {
        let is_list = matches!(member.kind, InputKind::List { .. } | InputKind::Parts(_));
        // RFC 7396: null takes a member away. A list is then empty, anything else must be optional.
        if member.is_nullable || (is_list && mode == Mode::Merge) {
            return Some(GivenValue::Null);
        }
        self.report(Misfit::new("required", "Must not be null."), pointer);
        None
    }

    fn id(&mut self, json: &Json, pointer: &str) -> Option<Uuid> {
        let Json::Text(text) = json else {
            self.wrong_type("the id of a row", json, pointer);
            return None;
        };
        let id = parse_uuid(text);
        if id.is_none() {
            self.report(Misfit::new("format", "Must be a UUID."), pointer);
        }
        id
    }

    fn pattern(&mut self, member: &InputMember, value: &Value, pointer: &str) {
        if let (Some(pattern), Value::Text(text)) = (&member.pattern, value)
            && !self.prepared.matches(pattern, text)
        {
            self.report(Misfit::new("pattern", format!("Must match {pattern}")), pointer);
        }
    }

    fn scalar(
        &mut self,
        ty: &Scalar,
        limits: &Bounds,
        json: &Json,
        pointer: &str,
    ) -> Option<Value> {
        if let (Scalar::Money, Json::Object(members)) = (ty, json) {
            return self.money(members, limits, pointer);
        }
        let value = match scalar_value(ty, json) {
            Ok(value) => value,
            Err(misfit) => {
                self.report(misfit, pointer);
                return None;
            }
        };
        if let Some(misfit) = out_of_bounds(&value, limits, self.prepared.currency()) {
            self.report(misfit, pointer);
            return None;
        }
        Some(value)
    }

    /// An amount; what is wrong is told of the member it is wrong with.
    fn money(
        &mut self,
        members: &[(String, Json)],
        limits: &Bounds,
        pointer: &str,
    ) -> Option<Value> {
        let before = self.errors.len();
        let currency = self.prepared.currency();
        let (mut amount, mut has_currency) = (None, false);
        for (name, it) in members {
            let result = match (name.as_str(), it) {
                ("amount", Json::Text(text)) => {
                    decimal(text, currency.digits).map(|it| amount = money(&it))
                }
                ("currency", Json::Text(code)) if code == currency.code => {
                    has_currency = true;
                    Ok(())
                }
                ("currency", Json::Text(_)) => {
                    Err(Misfit::new("not-allowed", format!("Must be {}.", currency.code)))
                }
                ("amount" | "currency", other) => {
                    let detail = format!("Must be a string, not {}.", other.type_name());
                    Err(Misfit::new("wrong-type", detail))
                }
                _ => Err(Misfit::new("unknown-member", "There is no such member.")),
            };
            if let Err(misfit) = result {
                self.report(misfit, &step(pointer, name));
            }
        }
        for name in ["amount", "currency"] {
            if members.iter().all(|(it, _)| it != name) {
                self.report(Misfit::new("required", "Must be there."), &step(pointer, name));
            }
        }
        let value = amount.filter(|_| has_currency && self.errors.len() == before)?;
        if let Some(misfit) = out_of_bounds(&value, limits, currency) {
            self.report(misfit, &step(pointer, "amount"));
            return None;
        }
        Some(value)
    }

    fn list(
        &mut self,
        item: &Scalar,
        item_bounds: &Bounds,
        limits: &Bounds,
        json: &Json,
        pointer: &str,
    ) -> Option<GivenValue> {
        let items = self.items(limits, json, pointer)?;
        let mut values = Vec::with_capacity(items.len());
        for (index, it) in items.iter().enumerate() {
            values.extend(self.scalar(item, item_bounds, it, &step(pointer, &index.to_string())));
        }
        Some(GivenValue::Value(Value::List(values)))
    }

    fn items<'a>(&mut self, limits: &Bounds, json: &'a Json, pointer: &str) -> Option<&'a [Json]> {
        let Json::List(items) = json else {
            self.wrong_type("an array", json, pointer);
            return None;
        };
        if let Bounds::Count { min, max } = limits
            && let Some(misfit) = bounds::count(items.len(), *min, *max)
        {
            self.report(misfit, pointer);
            return None;
        }
        Some(items)
    }

    fn parts(
        &mut self,
        entity: EntityId,
        limits: &Bounds,
        mode: Mode,
        json: &Json,
        pointer: &str,
    ) -> Option<GivenValue> {
        let items = self.items(limits, json, pointer)?;
        let plan = &self.prepared.plan;
        let (create, update) =
            (plan.creates.get(entity.0 as usize)?, plan.updates.get(entity.0 as usize)?);
        let mut parts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let at = step(pointer, &index.to_string());
            let sent_id = item.member("id").filter(|_| mode == Mode::Merge);
            let Some(sent_id) = sent_id else {
                let given = self.object(create, Owner::Entity(entity), Mode::Whole, item, &at);
                parts.push(GivenPart { id: None, given });
                continue;
            };
            let id = self.id(sent_id, &step(&at, "id"));
            if id.is_some() && parts.iter().any(|it: &GivenPart| it.id == id) {
                let misfit = Misfit::new("duplicate", "Is in the list more than once.");
                self.report(misfit, &step(&at, "id"));
            }
            let given = self.object(update, Owner::Entity(entity), mode, &without_id(item), &at);
            parts.push(GivenPart { id, given });
        }
        Some(GivenValue::Parts(parts))
    }
}

fn without_id(item: &Json) -> Json {
    match item {
        Json::Object(members) => {
            Json::Object(members.iter().filter(|(name, _)| name != "id").cloned().collect())
        }
        other => other.clone(),
    }
}

fn scalar_value(ty: &Scalar, json: &Json) -> Result<Value, Misfit> {
    let wrong = || {
        let detail = format!("Must be {}, not {}.", description(ty), json.type_name());
        Misfit::new("wrong-type", detail)
    };
    match (ty, json) {
        (Scalar::Bool, Json::Bool(it)) => Ok(Value::Bool(*it)),
        (Scalar::Int, Json::Number(it)) => whole(it).map(Value::Int),
        (Scalar::Json, _) => {
            let mut text = Vec::new();
            json.write(&mut text);
            let text = String::from_utf8(text).unwrap_or_default();
            // As in texts: `\u0000` cannot be stored everywhere.
            if text.contains("\\u0000") {
                return Err(Misfit::new("format", "Must not hold the character U+0000."));
            }
            Ok(Value::Json(text))
        }
        (Scalar::File { .. }, _) => {
            Err(Misfit::new("not-supported", "Files cannot be uploaded yet; leave it out."))
        }
        (Scalar::Bool | Scalar::Int | Scalar::Money, _) => Err(wrong()),
        (_, Json::Text(text)) => scalar_from_text(ty, text),
        _ => Err(wrong()),
    }
}

/// `1.0` and `1e3` are whole numbers too: JSON has no others (RFC 8259, section 6).
fn whole(number: &serde_json::Number) -> Result<i64, Misfit> {
    if let Some(it) = number.as_i64() {
        return Ok(it);
    }
    let text = number.to_string();
    let too_large = || Misfit::new("too-large", "Is too large.");
    match number.as_f64() {
        Some(it) if it.fract() == 0.0 && it.abs() < 9e15 => {
            format!("{it:.0}").parse().map_err(|_| too_large())
        }
        Some(it) if it.fract() != 0.0 => {
            Err(Misfit::new("wrong-type", format!("Must be a whole number, not {text}.")))
        }
        _ => Err(too_large()),
    }
}

fn money(amount: &Value) -> Option<Value> {
    match amount {
        Value::Decimal { unscaled, .. } => Some(Value::Money(*unscaled)),
        _ => None,
    }
}

/// An item of a stored list.
pub(super) fn stored_value(ty: &ColumnType, json: &Json) -> Result<Value, String> {
    let scalar = match ty {
        ColumnType::Bool => Scalar::Bool,
        ColumnType::Int => Scalar::Int,
        ColumnType::Decimal { scale } => Scalar::Decimal { precision: 18, scale: *scale },
        ColumnType::Text | ColumnType::Enum(_) => Scalar::Text,
        ColumnType::Uuid | ColumnType::Ref(_) => Scalar::Uuid,
        ColumnType::Timestamp => Scalar::Timestamp,
        ColumnType::Date => Scalar::Date,
        ColumnType::Duration => Scalar::Duration,
        ColumnType::Json => Scalar::Json,
        ColumnType::Money => return stored_money(json),
        ColumnType::File => {
            return match json.member("url") {
                Some(Json::Text(key)) => Ok(Value::Text(key.clone())),
                _ => Err("a stored file has no url".to_owned()),
            };
        }
        ColumnType::List(_) => return Err("lists do not nest".to_owned()),
    };
    scalar_value(&scalar, json).map_err(|it| it.detail)
}

fn stored_money(json: &Json) -> Result<Value, String> {
    let Some(Json::Text(amount)) = json.member("amount") else {
        return Err("a stored amount of money is no object".to_owned());
    };
    let digits = amount.split_once('.').map_or(0, |(_, behind)| behind.len());
    match decimal(amount, u8::try_from(digits).unwrap_or(u8::MAX)) {
        Ok(Value::Decimal { unscaled, .. }) => Ok(Value::Money(unscaled)),
        Ok(_) => Err("a stored amount of money is no number".to_owned()),
        Err(it) => Err(it.detail),
    }
}
