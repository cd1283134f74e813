//! Whole requests: the body of a create, the input of a command.

use architrave_model::{CommandId, EntityId, Scalar};
use architrave_plan::{
    Bounds, CallerClass, Folded, InputKind, InputMember, InputShape, Plan, fold,
};
use serde_json::{Map, Value, json};

use super::{
    balance,
    fields::{self, Place},
    invariants::Rules,
    text::Persona,
};
use crate::random::Random;

/// Parts of a row, unless its bounds say otherwise: a basket has a few lines.
const PARTS_MAX: u32 = 4;
/// How often a row is made anew because it breaks an invariant.
const INVARIANT_TRIES: u32 = 100;
/// How often of a hundred an optional member is given.
const OPTIONAL_PERCENT: u64 = 75;

/// Rows that exist already, for references.
pub trait Pool {
    /// Some row of the entity that the caller may read, as the API shows it; none if there is none.
    fn pick(&self, entity: EntityId, random: &mut Random) -> Option<&Value>;
}

/// No rows: only members that refer to nothing can be made.
impl Pool for () {
    fn pick(&self, _: EntityId, _: &mut Random) -> Option<&Value> {
        None
    }
}

/// Makes requests for one plan.
#[derive(Debug, Clone, Copy)]
pub struct Generator<'a> {
    plan: &'a Plan,
    seed: u64,
    /// Who will send the requests; none: someone whom no field is closed to.
    class: Option<CallerClass>,
}

/// One request in the making.
struct Making<'a> {
    generator: Generator<'a>,
    pool: &'a dyn Pool,
    random: Random,
    persona: Persona,
    /// Rows that this object refers to, for members that are a copy of theirs.
    referred: Vec<Value>,
    number: u64,
    /// Only what is required.
    is_bare: bool,
    /// Whether what a rule may forbid is left out: it was tried, and the row was refused.
    is_careful: bool,
}

/// Whether the sender may write a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Always,
    /// It depends on the row.
    Perhaps,
    Never,
}

impl<'a> Generator<'a> {
    /// Data for a plan; the same seed makes the same data.
    #[must_use]
    pub fn new(plan: &'a Plan, seed: u64) -> Self {
        Self { plan, seed, class: None }
    }

    /// Leaves out what callers of this class may not write.
    #[must_use]
    pub fn sent_by(self, class: CallerClass) -> Self {
        Self { class: Some(class), ..self }
    }

    /// Whether a create needs a member that the sender may not write.
    #[must_use]
    pub fn is_closed(&self, entity: EntityId) -> bool {
        let members = self.plan.creates.get(entity.0 as usize).map(|it| it.members.as_slice());
        members
            .unwrap_or_default()
            .iter()
            .any(|it| it.is_required && self.may_write(entity, it) == Written::Never)
    }

    fn may_write(&self, entity: EntityId, member: &InputMember) -> Written {
        let Some(class) = self.class.filter(|_| member.has_write_rule) else {
            return Written::Always;
        };
        let access = self.plan.system[entity].access.fields.iter();
        let rule = access.filter(|it| it.field == member.field).find_map(|it| it.write.as_ref());
        match rule.map(|it| fold(&it.expr, &class, &self.plan.system.identity.roles)) {
            None | Some(Folded::True) => Written::Always,
            Some(Folded::False) => Written::Never,
            Some(Folded::Residual(_)) => Written::Perhaps,
        }
    }

    /// The body that creates the `index`-th row of an entity. A higher `attempt` makes another row in its place.
    ///
    /// # Errors
    /// Why it cannot be made, in words.
    pub fn create(
        &self,
        entity: EntityId,
        index: u64,
        attempt: u64,
        pool: &dyn Pool,
    ) -> Result<Map<String, Value>, String> {
        let purpose = self.plan.system.entity_path(entity);
        let mut making = self.making(&purpose, index, attempt, pool);
        making.object_of(entity)
    }

    /// As [`Self::create`], with required members only and nothing to refer to: tenants and people.
    ///
    /// # Errors
    /// Why it cannot be made, in words.
    pub fn required(&self, entity: EntityId, index: u64) -> Result<Map<String, Value>, String> {
        let purpose = self.plan.system.entity_path(entity);
        let mut making = self.making(&purpose, index, 0, &());
        making.is_bare = true;
        making.object_of(entity)
    }

    /// The body of a command on the `index`-th row.
    ///
    /// # Errors
    /// Why it cannot be made, in words.
    pub fn input(
        &self,
        command: CommandId,
        index: u64,
        pool: &dyn Pool,
    ) -> Result<Map<String, Value>, String> {
        let name = &self.plan.system[command].name.text;
        let shape = self.plan.commands.get(command.0 as usize).ok_or("there is no such command")?;
        self.making(name, index, 0, pool).object(name, shape, None)
    }

    fn making(&self, purpose: &str, index: u64, attempt: u64, pool: &'a dyn Pool) -> Making<'a> {
        let mut random = Random::new(self.seed ^ attempt.rotate_left(32), purpose, index);
        let persona = Persona::new(&mut random);
        // Other seeds make other unique values, so that several runs can fill one backend.
        let number = self.seed.wrapping_mul(100_000_000).wrapping_add(index + 1);
        Making {
            generator: *self,
            pool,
            random,
            persona,
            referred: Vec::new(),
            number,
            is_bare: false,
            is_careful: attempt > 0,
        }
    }
}

impl<'a> Making<'a> {
    fn object_of(&mut self, entity: EntityId) -> Result<Map<String, Value>, String> {
        let plan = self.generator.plan;
        let shape = plan.creates.get(entity.0 as usize).ok_or("there is no such entity")?;
        let name = &plan.system[entity].name.text;
        let rules = Rules { plan, entity, shape };
        let mut title = "";
        for _ in 0..INVARIANT_TRIES {
            let mut object = self.object(name, shape, Some(entity))?;
            rules.put_in_order(&mut object);
            rules.balance(&mut object);
            match rules.broken(&object).or_else(|| self.broken_part(shape, &object)) {
                None => return Ok(object),
                Some(broken) => title = broken,
            }
        }
        Err(format!("{name}: no values were found in {INVARIANT_TRIES} tries for \"{title}\""))
    }

    /// The title of an invariant that one of the parts breaks, since parts were made to balance.
    fn broken_part(&self, shape: &InputShape, object: &Map<String, Value>) -> Option<&'a str> {
        let plan = self.generator.plan;
        shape.members.iter().find_map(|member| {
            let InputKind::Parts(entity) = member.kind else { return None };
            let rules = Rules { plan, entity, shape: plan.creates.get(entity.0 as usize)? };
            let parts = object.get(&member.name)?.as_array()?;
            parts.iter().filter_map(Value::as_object).find_map(|it| rules.broken(it))
        })
    }

    fn object(
        &mut self,
        name: &str,
        shape: &InputShape,
        entity: Option<EntityId>,
    ) -> Result<Map<String, Value>, String> {
        let outer = std::mem::take(&mut self.referred);
        let mut object = Map::new();
        // References first: a price of a line is the price of its product.
        let (references, others): (Vec<_>, Vec<_>) =
            shape.members.iter().partition(|it| matches!(it.kind, InputKind::Ref(_)));
        for member in references.into_iter().chain(others) {
            if let Some(value) = self.member(name, member, entity)? {
                object.insert(member.name.clone(), value);
            }
        }
        if let Some(entity) = entity {
            let rules = Rules { plan: self.generator.plan, entity, shape };
            rules.keep_to_references(&mut object, &self.referred);
        }
        self.referred = outer;
        Ok(object)
    }

    /// A member's value; none to leave it out.
    fn member(
        &mut self,
        owner: &str,
        member: &InputMember,
        entity: Option<EntityId>,
    ) -> Result<Option<Value>, String> {
        let written = entity.map_or(Written::Always, |it| self.generator.may_write(it, member));
        let is_closed =
            written == Written::Never || (written == Written::Perhaps && self.is_careful);
        if is_closed && !member.is_required {
            return Ok(None);
        }
        if written == Written::Never {
            return Err(format!(
                "{owner}.{}: its rule lets none of the callers write it",
                member.name
            ));
        }
        let is_needed = member.is_required
            || matches!(&member.bounds, Bounds::Count { min, .. } if *min > 0)
            || (matches!(member.kind, InputKind::Parts(_)) && !self.is_bare);
        if !is_needed && (self.is_bare || !self.random.chance(OPTIONAL_PERCENT)) {
            return Ok(None);
        }
        let made = match &member.kind {
            InputKind::Scalar(scalar) => self.scalar(owner, scalar, member, entity),
            InputKind::Ref(to) => {
                let row = self.pool.pick(*to, &mut self.random);
                self.referred.extend(row.cloned());
                row.and_then(|it| it.get("id")).cloned()
            }
            InputKind::Object { shape, .. } => Some(self.object(owner, shape, None)?.into()),
            InputKind::List { item, item_bounds } => self.list(owner, item, item_bounds, member),
            InputKind::Parts(part) => {
                let (min, max) = counts(&member.bounds);
                let least = match self.has_to_balance(member, entity) {
                    true => balance::PARTS_MIN.min(max),
                    false => 1,
                };
                let most = max.min(i64::from(PARTS_MAX)).max(min);
                let count = self.random.between(min.max(least), most);
                let parts = (0..count).map(|_| self.object_of(*part).map(Value::from));
                Some(parts.collect::<Result<Vec<_>, _>>()?.into())
            }
        };
        match made {
            None if is_needed => Err(self.why_not(owner, member)),
            made => Ok(made),
        }
    }

    fn has_to_balance(&self, member: &InputMember, entity: Option<EntityId>) -> bool {
        let plan = self.generator.plan;
        entity.is_some_and(|entity| {
            let shape = plan.creates.get(entity.0 as usize);
            shape.is_some_and(|shape| Rules { plan, entity, shape }.has_to_balance(member))
        })
    }

    fn scalar(
        &mut self,
        owner: &str,
        scalar: &Scalar,
        member: &InputMember,
        entity: Option<EntityId>,
    ) -> Option<Value> {
        if matches!(scalar, Scalar::Money | Scalar::Decimal { .. })
            && let Some(copy) = self.referred.iter().find_map(|it| it.get(&member.name))
        {
            return Some(copy.clone());
        }
        let number =
            entity.is_some_and(|it| self.is_unique(it, &member.name)).then_some(self.number);
        let system = &self.generator.plan.system;
        let place = Place {
            entity: owner,
            member,
            number,
            currency: &system.currency,
            currency_digits: system.currency_digits,
        };
        fields::scalar(scalar, &member.bounds, &place, &self.persona, &mut self.random)
    }

    fn list(
        &mut self,
        owner: &str,
        item: &Scalar,
        item_bounds: &Bounds,
        member: &InputMember,
    ) -> Option<Value> {
        let (min, max) = counts(&member.bounds);
        if matches!(item, Scalar::File { .. }) {
            return (min == 0).then(|| json!([]));
        }
        let system = &self.generator.plan.system;
        let place = Place {
            entity: owner,
            member,
            number: None,
            currency: &system.currency,
            currency_digits: system.currency_digits,
        };
        let count = self.random.between(min, max.min(3).max(min));
        let items = (0..count)
            .map(|_| fields::scalar(item, item_bounds, &place, &self.persona, &mut self.random));
        items.collect::<Option<Vec<_>>>().map(Value::from)
    }

    fn is_unique(&self, entity: EntityId, path: &str) -> bool {
        let indexes = &self.generator.plan[entity].indexes;
        indexes.iter().any(|it| it.unique_paths.iter().any(|it| it == path))
    }

    fn why_not(&self, owner: &str, member: &InputMember) -> String {
        let reason = match &member.kind {
            InputKind::Ref(to) => {
                format!("there is no {} to refer to", self.generator.plan.system.entity_path(*to))
            }
            InputKind::Scalar(Scalar::File { .. }) | InputKind::List { .. } => {
                "files cannot be uploaded yet".to_owned()
            }
            _ => match &member.pattern {
                Some(pattern) => format!("no text was found for the pattern {pattern}"),
                None => "no value was found within its bounds".to_owned(),
            },
        };
        format!("{owner}.{}: {reason}", member.name)
    }
}

fn counts(bounds: &Bounds) -> (i64, i64) {
    match bounds {
        Bounds::Count { min, max } => (i64::from(*min), i64::from(*max)),
        _ => (0, i64::from(PARTS_MAX)),
    }
}
