//! Shared by tests: blueprints, people, requests.

use std::sync::Arc;

use architrave_blueprint::read;
use architrave_model::{EntityId, Severity, SourceFile};
use architrave_plan::{CallerClass, Lock, OperationId, Plan, derive};
use uuid::Uuid;

use crate::{
    Caller, Credentials, Engine, EngineSettings, Failure, Problem, ReadReply, ReadRequest,
    WriteRequest,
    ports::{Clock, Written},
    simulation::{MemoryStore, SeededDice, SimulatedClock, wait},
};

/// 2026-03-09T00:00:00Z
pub(crate) const NOW_US: i64 = 1_773_014_400_000_000;

/// The plan of a blueprint without mistakes.
#[track_caller]
pub(crate) fn plan(text: &str) -> Arc<Plan> {
    let file = SourceFile { name: "blueprint.hcl".into(), text: text.into() };
    let (system, findings) = read(&[file]);
    let errors: Vec<_> = findings
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .map(|it| {
            format!(
                "{:?} {} at {:?}",
                it.code,
                it.title,
                text.get(it.span().start as usize..it.span().end as usize)
            )
        })
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    Arc::new(derive(system, &Lock::default()).plan)
}

/// An engine on a store in memory.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<SimulatedClock>,
    pub(crate) dice: Arc<SeededDice>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: serde_json::Value,
    pub(crate) text: String,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) problem: Option<Problem>,
    pub(crate) is_replayed: bool,
    pub(crate) read: ReadReply,
}

impl Reply {
    pub(crate) fn code(&self) -> &str {
        self.problem.as_ref().map_or("", |it| &it.code)
    }

    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// (pointer or parameter, code) of everything that does not fit.
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        let errors = self.problem.iter().flat_map(|it| &it.errors);
        errors
            .map(|it| {
                let place = it.pointer.clone().or(it.parameter.clone()).unwrap_or_default();
                (place, it.code.clone())
            })
            .collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{self:#?}");
        self
    }
}

impl World {
    pub(crate) fn new(blueprint: &str) -> Self {
        Self::seeded(blueprint, 1)
    }

    pub(crate) fn seeded(blueprint: &str, seed: u64) -> Self {
        let plan = plan(blueprint);
        let clock = Arc::new(SimulatedClock::new(NOW_US));
        let dice = Arc::new(SeededDice::new(seed));
        let store =
            Arc::new(MemoryStore::new(Arc::clone(&plan), Arc::clone(&clock) as Arc<dyn Clock>));
        let settings = EngineSettings { cursor_key: [7; 32], remember_us: 24 * 3_600 * 1_000_000 };
        let engine = Engine::new(
            plan,
            Arc::clone(&store) as _,
            Arc::clone(&clock) as _,
            Arc::clone(&dice) as _,
            settings,
        );
        Self { engine, store, clock, dice }
    }

    pub(crate) fn entity(&self, path: &str) -> EntityId {
        let system = &self.engine.plan().system;
        system.entity_ids().find(|it| system.entity_path(*it) == path).expect(path)
    }

    pub(crate) fn operation(&self, name: &str) -> OperationId {
        let operations = &self.engine.plan().operations;
        let at = operations.iter().position(|it| it.name == name).expect(name);
        OperationId(u32::try_from(at).unwrap())
    }

    /// Creates a row as the administrator.
    pub(crate) fn seed(&self, entity: &str, tenant: Option<Uuid>, body: serde_json::Value) -> Uuid {
        let entity = self.entity(entity);
        let written =
            wait(self.engine.admin_create(entity, tenant, body.to_string().into_bytes(), None));
        let written = written.unwrap();
        assert_eq!(written.answer.problem, None);
        let location = written.answer.location.unwrap();
        location.rsplit('/').next().unwrap().parse().unwrap()
    }

    pub(crate) fn caller(
        &self,
        tenant: Option<Uuid>,
        user: Option<Uuid>,
        roles: &[&str],
    ) -> Caller {
        let declared = &self.engine.plan().system.identity.roles;
        let bit = |role: &&str| 1 << declared.iter().position(|it| it == role).expect("a role");
        let class = CallerClass {
            roles: roles.iter().map(bit).sum(),
            is_authenticated: true,
            is_system: false,
            has_id: true,
            has_user: user.is_some(),
            has_tenant: tenant.is_some(),
        };
        let id = user.unwrap_or(Uuid::from_u128(99));
        Caller {
            class,
            id: Some(id),
            user,
            tenant,
            ip: None,
            scopes: Arc::from([]),
            credentials: Credentials::Token {
                issuer: "test".into(),
                subject: id.to_string().into(),
            },
        }
    }

    pub(crate) fn anonymous(&self, tenant: Option<Uuid>) -> Caller {
        Caller {
            class: CallerClass { has_tenant: tenant.is_some(), ..CallerClass::default() },
            id: None,
            user: None,
            tenant,
            ip: None,
            scopes: Arc::from([]),
            credentials: Credentials::None,
        }
    }

    pub(crate) fn system(&self, tenant: Option<Uuid>) -> Caller {
        let mut caller = self.anonymous(tenant);
        caller.class.is_system = true;
        caller.class.is_authenticated = true;
        caller.credentials = Credentials::System;
        caller
    }

    /// A write without headers.
    pub(crate) fn write(
        &self,
        caller: &Caller,
        operation: &str,
        id: &str,
        body: serde_json::Value,
    ) -> Reply {
        self.send(self.request(caller, operation, id, body))
    }

    pub(crate) fn request(
        &self,
        caller: &Caller,
        operation: &str,
        id: &str,
        body: serde_json::Value,
    ) -> WriteRequest {
        WriteRequest {
            operation: self.operation(operation),
            caller: caller.clone(),
            id: (!id.is_empty()).then(|| id.to_owned()),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            idempotency_key: None,
            if_match: None,
            request_id: "request".into(),
            traceparent: "00-11111111111111111111111111111111-2222222222222222-01".into(),
        }
    }

    pub(crate) fn send(&self, request: WriteRequest) -> Reply {
        self.clock.advance(1_000);
        written(wait(self.engine.write(request)))
    }

    pub(crate) fn read(&self, caller: &Caller, operation: &str, id: &str, query: &str) -> Reply {
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|it| !it.is_empty())
            .map(|it| it.split_once('=').unwrap_or((it, "")))
            .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",")))
            .collect();
        let (counts, query): (Vec<_>, Vec<_>) =
            query.into_iter().partition(|(name, _)| name == "Prefer: count");
        let request = ReadRequest {
            operation: self.operation(operation),
            caller,
            id: (!id.is_empty()).then_some(id),
            query: &query,
            counts_exactly: !counts.is_empty(),
        };
        let mut out = Vec::new();
        let reply = wait(self.engine.read(&request, &mut out));
        let text = String::from_utf8(out).unwrap();
        let nothing = Reply {
            status: 200,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
            etag: None,
            location: None,
            problem: None,
            is_replayed: false,
            read: ReadReply::default(),
        };
        match reply {
            Ok(read) => Reply { etag: read.etag.clone(), read, ..nothing },
            Err(Failure::Problem(problem)) => {
                assert_eq!(nothing.text, "", "a refused read leaves no bytes");
                Reply { status: problem.status, problem: Some(*problem), ..nothing }
            }
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }
}

pub(crate) fn written(result: Result<Written, Failure>) -> Reply {
    let answer = match result {
        Ok(written) => written.answer,
        Err(Failure::Problem(problem)) => crate::decide::problem_answer(*problem),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    };
    let text = String::from_utf8(answer.body).unwrap();
    Reply {
        status: answer.status,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
        etag: answer.etag,
        location: answer.location,
        problem: answer.problem,
        is_replayed: answer.is_replayed,
        read: ReadReply::default(),
    }
}
