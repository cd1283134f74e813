//! A board without tenants: soft deletion, cascades, rules about rows and fields, sums of parts.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Caller, SignIn, Sweep, Swept,
    ports::ApiKeyRecord,
    simulation::wait,
    testing::{World, written},
};

const BOARD: &str = r#"
system Board { edition = "2026" }

identity {
  user      = board.User
  roles     = ["boss"]
  provision = { email = claim("email"), name = claim("name") }

  login oidc {
    issuer   = "https://issuer.example"
    audience = "board"
    roles    = claim("roles")
  }

  login api_key { roles = ["boss"] }
}

context board {
  entity User {
    email = email(unique)
    name  = string(80)

    access {
      read   = true
      delete = this == caller.user
    }
  }

  entity Project {
    name     = string(80, unique)
    owner    = ref(User, immutable, default(caller.user))
    budget   = money(default("100.00"))
    rate     = decimal(5, 2, default("1.50"))
    tags     = list(string(20), max(5))
    notes    = optional(json)
    opened   = timestamp(default(now))
    length   = optional(duration)
    label    = optional(string(9, pattern("[a-z]+")))
    due      = optional(date)
    notice   = optional(Notice)
    tasks    = many(Task, max(3))
    work     = computed(sum([for t in this.tasks : t.hours]))
    cost     = computed(round(this.budget * this.rate, 2))
    is_large = computed(this.work > 10)

    soft_delete { keep_for = "30d" }

    invariant "Work fits into 20 hours" { check = this.work <= 20 }
    invariant "The name is not forbidden" { check = this.name != "forbidden" }

    access {
      read   = this.owner == caller.user || has_role("boss")
      create = this.owner == caller.user
      update = old.owner == caller.user && this.budget >= old.budget
      delete = this.owner == caller.user
      field budget { write = has_role("boss") || this.budget < money("500.00") }
      field notes { read = this.owner == caller.user }
    }

    command relabel {
      input = { label = string(20) }
      allow = this.owner == caller.user
      set   = { label = input.label }
    }

    command remark {
      input = { line = string(40) }
      allow = this.owner == caller.user
      set   = { notice = { line = input.line, code = this.work } }
    }

    command bill {
      input = { hours = int(min(1), default(1)), by = ref(User), reason = optional(string(20)) }
      allow = this.owner == caller.user
      set   = { budget = this.budget - this.budget * input.hours }
    }

    command report {
      input = { cost = money, by = optional(ref(User)), days = list(date, max(3)), remark = string(20, default("none")), hidden = optional(json), notice = optional(Notice) }
      allow = this.owner == caller.user
      emit  = Reported
    }

    event Reported { payload = { cost = money, by = optional(ref(User)), days = list(date, max(3)), remark = string(20), other = optional(int), notice = optional(Notice) } }
  }

  value Notice {
    line = string(20)
    code = optional(int)
  }

  entity Task {
    title = string(80)
    hours = int(min(0), default(1))
    who   = optional(ref(User, on_delete("set_null")))
  }

  entity Sketch {
    project = ref(Project, on_delete("cascade"))
    name    = string(20)

    soft_delete { keep_for = "30d" }

    access {
      read   = true
      create = true
      delete = true
    }
  }

  entity Receipt {
    project = ref(Project)

    soft_delete { keep_for = "90d" }

    access {
      read   = true
      create = true
      delete = true
    }
  }

  entity Comment {
    project = ref(Project, on_delete("cascade"))
    author  = optional(ref(User, on_delete("set_null")))
    text    = text

    access {
      read   = true
      create = caller.is_authenticated
    }
  }
}
"#;

struct Board {
    world: World,
    ann: Caller,
    boss: Caller,
    ben: Uuid,
}

fn board() -> Board {
    let world = World::new(BOARD);
    let user = |name: &str| {
        let email = format!("{name}@example.com");
        world.seed("board.User", None, json!({"email": email, "name": name}))
    };
    let (ann, boss, ben) = (user("ann"), user("bob"), user("ben"));
    let ann = world.caller(None, Some(ann), &[]);
    let boss = world.caller(None, Some(boss), &["boss"]);
    Board { world, ann, boss, ben }
}

impl Board {
    fn project(&self, body: Value) -> Value {
        self.world.write(&self.ann, "board.Project.create", "", body).expect(201).body
    }

    fn comment(&self, project: &str) -> String {
        let body = json!({"project": project, "text": "x", "author": self.ben});
        self.world.write(&self.ann, "board.Comment.create", "", body).expect(201).id()
    }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

#[test]
fn defaults_and_computed_fields_are_filled_in() {
    let board = board();
    let project = board.project(json!({
        "name": "One", "length": "PT90M", "due": "2026-05-01", "notes": {"b": [1, 2.50, null]},
        "tasks": [{"title": "a", "hours": 8}, {"title": "b"}],
    }));
    assert_eq!(project["owner"], json!(board.ann.user));
    assert_eq!((&project["budget"], &project["rate"]), (&euros("100.00"), &json!("1.50")));
    assert_eq!((&project["work"], &project["cost"]), (&json!(9), &euros("150.00")));
    assert_eq!((&project["is_large"], &project["tags"]), (&json!(false), &json!([])));
    assert_eq!((&project["length"], &project["due"]), (&json!("PT1H30M"), &json!("2026-05-01")));
    assert_eq!(
        (&project["notes"], &project["opened"]),
        (&json!({"b": [1, 2.5, null]}), &project["created_at"])
    );
    let id = project["id"].as_str().unwrap();
    let keep = project["tasks"][1]["id"].clone();
    let patch = json!({"tasks": [{"id": keep, "hours": 11}]});
    let changed = board.world.write(&board.ann, "board.Project.update", id, patch).expect(200).body;
    assert_eq!((&changed["work"], &changed["is_large"]), (&json!(11), &json!(true)));
    let patch = json!({"name": "forbidden", "tasks": [{"id": keep, "hours": 21}]});
    let refused = board.world.write(&board.ann, "board.Project.update", id, patch);
    assert_eq!(refused.refused(422, "invariant-violated").errors().len(), 2);
}

#[test]
fn a_default_that_has_no_value_is_asked_for() {
    let board = board();
    let project = board.world.entity("board.Project");
    let body = json!({"name": "One"}).to_string().into_bytes();
    let refused = written(wait(board.world.engine.admin_create(project, None, body, None)));
    let errors = refused.refused(422, "invalid-body").errors();
    assert_eq!(errors, [("/owner".to_owned(), "required".to_owned())]);
}

#[test]
fn a_rule_may_compare_before_and_after() {
    let board = board();
    let project = board.project(json!({"name": "One"}));
    let id = project["id"].as_str().unwrap();
    let budget = |amount: &str| json!({"budget": euros(amount)});
    let write = |caller: &Caller, body| board.world.write(caller, "board.Project.update", id, body);
    write(&board.ann, budget("120.00")).expect(200);
    write(&board.ann, budget("90.00")).refused(403, "forbidden");
    write(&board.boss, budget("130.00")).refused(403, "forbidden");
    // The field has a rule of its own.
    let closed = write(&board.ann, budget("500.00")).refused(403, "forbidden");
    assert_eq!(closed.errors(), [("/budget".to_owned(), "forbidden".to_owned())]);
    // Sent as it is, it is not written.
    write(&board.ann, json!({"budget": euros("120.00"), "name": "Two"})).expect(200);
}

#[test]
fn a_field_rule_about_the_row_decides_row_by_row() {
    let board = board();
    let project = board.project(json!({"name": "One", "notes": 1}));
    let id = project["id"].as_str().unwrap();
    assert_eq!(project["notes"], 1);
    let seen = board.world.read(&board.boss, "board.Project.read", id, "").expect(200).body;
    assert!(seen.get("notes").is_none());
    assert_eq!(seen["name"], "One");
}

#[test]
fn a_command_fills_its_input_and_keeps_bounds() {
    let board = board();
    let project = board.project(json!({"name": "One"}));
    let id = project["id"].as_str().unwrap();
    let bill = |body| board.world.write(&board.ann, "board.Project.bill", id, body);
    let billed = bill(json!({"by": board.ben})).expect(200).body;
    assert_eq!((&billed["budget"], &billed["version"]), (&euros("0.00"), &json!(2)));
    let missing = bill(json!({"by": Uuid::from_u128(1), "hours": 1}));
    assert_eq!(
        missing.refused(422, "invalid-body").errors(),
        [("/by".to_owned(), "not-found".to_owned())]
    );
    let wrong = bill(json!({"hours": 0, "reason": 5, "x": 1})).refused(422, "invalid-body");
    assert_eq!(wrong.errors().len(), 4);
    let relabel = |label: &str| {
        board.world.write(&board.ann, "board.Project.relabel", id, json!({"label": label}))
    };
    for (label, code) in [("ten letters", "too-long"), ("A", "pattern")] {
        let errors = relabel(label).refused(422, "invariant-violated").errors();
        assert_eq!(errors, [(String::new(), code.to_owned())]);
    }
    // A value object is set as a whole, and keeps the bounds of its members.
    let remark = |line: &str| {
        board.world.write(&board.ann, "board.Project.remark", id, json!({"line": line}))
    };
    assert_eq!(remark("late").expect(200).body["notice"], json!({"line": "late", "code": 0}));
    let errors = remark("longer than twenty letters").refused(422, "invariant-violated").errors();
    assert_eq!(errors, [(String::new(), "too-long".to_owned())]);
    // Nothing changes, nothing is written.
    assert_eq!(bill(json!({"by": board.ben})).expect(200).body["version"], 3);
}

#[test]
fn a_deleted_row_is_hidden_comes_back_or_goes_for_good() {
    let board = board();
    let world = &board.world;
    let project = board.project(json!({"name": "One", "tasks": [{"title": "a"}]}));
    let id = project["id"].as_str().unwrap();
    let comment = board.comment(id);
    world.write(&board.boss, "board.Project.delete", id, Value::Null).refused(403, "forbidden");
    world.write(&board.ann, "board.Project.delete", id, Value::Null).expect(204);
    world.read(&board.ann, "board.Project.read", id, "").refused(404, "not-found");
    world
        .write(&board.ann, "board.Project.update", id, json!({"name": "x"}))
        .refused(404, "not-found");
    // The cascade took the comment, which has no soft deletion of its own, for good.
    world.read(&board.ann, "board.Comment.read", &comment, "").refused(404, "not-found");
    // The name is free again; then it is taken, and the row cannot come back under it.
    let two = board.project(json!({"name": "One"}));
    world.write(&board.ann, "board.Project.restore", id, Value::Null).refused(409, "not-unique");
    let two = two["id"].as_str().unwrap();
    world.write(&board.ann, "board.Project.update", two, json!({"name": "Two"})).expect(200);
    let back = world.write(&board.ann, "board.Project.restore", id, Value::Null).expect(200).body;
    assert_eq!((&back["version"], back["tasks"].as_array().unwrap().len()), (&json!(3), 1));
    let same = world.write(&board.ann, "board.Project.restore", id, Value::Null).expect(200).body;
    assert_eq!(same["version"], 3);

    world.write(&board.ann, "board.Project.delete", id, Value::Null).expect(204);
    let purge = |count_max| wait(world.engine.purge(Sweep::default(), count_max)).unwrap();
    assert_eq!(purge(10), Swept::default());
    world.clock.advance(30 * 86_400 * 1_000_000);
    assert_eq!(purge(10), Swept { gone: 1, ..Swept::default() });
    world.write(&board.ann, "board.Project.restore", id, Value::Null).refused(404, "not-found");
    assert!(world.store.rows(world.entity("board.Task")).is_empty());
    let journal = world.store.journal();
    let events: Vec<_> = journal
        .iter()
        .flat_map(|it| &it.events)
        .filter(|it| it.id.to_string() == id)
        .map(|it| (it.event.as_str(), it.version))
        .collect();
    let expected = [("created", 1), ("deleted", 2), ("restored", 3), ("deleted", 4), ("purged", 4)];
    assert_eq!(events, expected);
}

#[test]
fn a_row_that_cannot_go_yet_holds_up_none_behind_it() {
    let board = board();
    let world = &board.world;
    let day = 86_400 * 1_000_000;
    let delete = |operation: &str, id: &str| {
        world.write(&board.ann, operation, id, Value::Null).expect(204);
        world.clock.advance(1);
    };
    // Hidden itself, and kept longer than what it refers to.
    for name in ["kept", "kept too"] {
        let project = board.project(json!({ "name": name }))["id"].as_str().unwrap().to_owned();
        let body = json!({ "project": project });
        let receipt = world.write(&board.ann, "board.Receipt.create", "", body).expect(201).id();
        delete("board.Receipt.delete", &receipt);
        delete("board.Project.delete", &project);
    }
    let free = board.project(json!({"name": "free"}))["id"].as_str().unwrap().to_owned();
    delete("board.Project.delete", &free);
    let whole = |count_max| {
        let (mut from, mut steps) = (Some(Sweep::default()), Vec::new());
        while let Some(place) = from {
            let swept = wait(world.engine.purge(place, count_max)).unwrap();
            steps.push((swept.gone, swept.kept));
            from = swept.next;
        }
        steps
    };
    world.clock.advance(31 * day);
    assert_eq!(whole(1), [(0, 1), (0, 1), (1, 0), (0, 0)]);
    assert_eq!(whole(10), [(0, 2)]);
    world.clock.advance(60 * day);
    whole(10);
    assert_eq!(whole(10), [(2, 0)], "what kept them has gone");
    assert_eq!(whole(10), [(0, 0)]);
}

#[test]
fn what_was_hidden_along_with_a_row_comes_back_with_it() {
    let board = board();
    let world = &board.world;
    let id = board.project(json!({"name": "One"}))["id"].as_str().unwrap().to_owned();
    let sketch = |name: &str| {
        let body = json!({"project": id, "name": name});
        world.write(&board.ann, "board.Sketch.create", "", body).expect(201).id()
    };
    let (early, late) = (sketch("early"), sketch("late"));
    world.write(&board.ann, "board.Sketch.delete", &early, Value::Null).expect(204);
    world.clock.advance(1_000);
    world.write(&board.ann, "board.Project.delete", &id, Value::Null).expect(204);
    world.read(&board.ann, "board.Sketch.read", &late, "").refused(404, "not-found");
    world.write(&board.ann, "board.Sketch.restore", &late, Value::Null).refused(409, "conflict");
    world.write(&board.ann, "board.Project.restore", &id, Value::Null).expect(200);
    world.read(&board.ann, "board.Sketch.read", &late, "").expect(200);
    // What had been deleted before stays so.
    world.read(&board.ann, "board.Sketch.read", &early, "").refused(404, "not-found");
}

#[test]
fn references_are_forgotten_where_they_may_be() {
    let board = board();
    let world = &board.world;
    let project =
        board.project(json!({"name": "One", "tasks": [{"title": "a", "who": board.ben}]}));
    let id = project["id"].as_str().unwrap();
    let comment = board.comment(id);
    let ben = world.caller(None, Some(board.ben), &[]);
    let ben_id = board.ben.to_string();
    world.write(&ben, "board.User.delete", &ben_id, Value::Null).expect(204);
    let project = world.read(&board.ann, "board.Project.read", id, "").expect(200).body;
    assert_eq!((&project["tasks"][0]["who"], &project["version"]), (&Value::Null, &json!(2)));
    let comment = world.read(&board.ann, "board.Comment.read", &comment, "").expect(200).body;
    assert_eq!((&comment["author"], &comment["version"]), (&Value::Null, &json!(2)));
    let last = world.store.journal().pop().unwrap();
    let mut events: Vec<_> = last.events.iter().map(|it| it.event.as_str()).collect();
    events.sort_unstable();
    assert_eq!(events, ["deleted", "updated", "updated"]);
    // Who owns a project stays.
    let ann = board.ann.user.unwrap().to_string();
    world
        .write(&board.ann, "board.User.delete", &ann, Value::Null)
        .refused(409, "still-referenced");
}

#[test]
fn an_event_with_members_of_its_own_takes_them_from_the_input() {
    let board = board();
    let world = &board.world;
    let project = board.project(json!({"name": "One"}));
    let id = project["id"].as_str().unwrap();
    let body = json!({
        "cost": euros("12.50"), "by": board.ben, "days": ["2026-05-01"], "hidden": {"a": 1},
        "notice": {"line": "Hello"},
    });
    world.write(&board.ann, "board.Project.report", id, body).expect(200);
    let body = json!({"cost": euros("1.00")});
    world.write(&board.ann, "board.Project.report", id, body).expect(200);
    let page = world.read(&board.ann, "system.events", "", "context=board").expect(200).body;
    let events = page["items"].as_array().unwrap();
    let reported = events.iter().filter(|it| it["type"] == "board.Project.Reported");
    let data: Vec<_> = reported.map(|it| it["data"].clone()).collect();
    let expected = [
        json!({
            "cost": euros("12.50"), "by": board.ben, "days": ["2026-05-01"], "remark": "none",
            "other": null, "notice": {"line": "Hello", "code": null},
        }),
        json!({
            "cost": euros("1.00"), "by": null, "days": [], "remark": "none", "other": null,
            "notice": null,
        }),
    ];
    assert_eq!(data, expected);
}

#[test]
fn a_person_becomes_a_user_once() {
    let board = board();
    let person = |subject: &str, claims: &[(&str, &str)]| SignIn {
        tenant: None,
        issuer: "https://issuer.example".into(),
        subject: subject.into(),
        claims: claims.iter().map(|(name, it)| ((*name).into(), (*it).into())).collect(),
    };
    let engine = &board.world.engine;
    let eve = person("eve", &[("email", "Eve@EXAMPLE.com"), ("name", "Eve")]);
    let first = wait(engine.sign_in(eve.clone())).unwrap();
    assert_eq!(wait(engine.sign_in(eve)).unwrap(), first);
    let refused = |person| match wait(engine.sign_in(person)) {
        Err(crate::Failure::Problem(problem)) => {
            assert_eq!((problem.status, problem.code.as_str()), (403, "user-incomplete"));
            problem.errors.into_iter().filter_map(|it| it.pointer).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(person("x", &[("email", "x@example.com")])), ["/name"]);
    assert_eq!(refused(person("x", &[("email", "no address"), ("name", "X")])), ["/email"]);
    // An address that another user has is not taken over.
    assert_eq!(refused(person("y", &[("email", "Eve@example.com"), ("name", "Y")])), ["/email"]);
}

#[test]
fn api_keys_are_made_and_revoked() {
    let board = board();
    let engine = &board.world.engine;
    let record = |id: &str, roles: &[&str], user| ApiKeyRecord {
        id: id.into(),
        uuid: Uuid::from_u128(8),
        name: "loader".into(),
        secret_sha256: [0; 32],
        tenant: None,
        user,
        roles: roles.iter().map(|it| (*it).to_owned()).collect(),
        scopes: Vec::new(),
        created_at_us: 0,
        expires_at_us: None,
        revoked_at_us: None,
    };
    let code = |result| match result {
        Err(crate::Failure::Problem(problem)) => problem.code,
        other => panic!("{other:?}"),
    };
    wait(engine.create_api_key(record("a", &["boss"], Some(board.ben)))).unwrap();
    assert_eq!(code(wait(engine.create_api_key(record("a", &[], None)))), "not-unique");
    assert_eq!(code(wait(engine.create_api_key(record("b", &["king"], None)))), "invalid-body");
    let nobody = Some(Uuid::from_u128(1));
    assert_eq!(code(wait(engine.create_api_key(record("b", &[], nobody)))), "not-found");
    wait(engine.revoke_api_key("a")).unwrap();
    assert_eq!(code(wait(engine.revoke_api_key("b"))), "not-found");
    let stored = wait(engine.store().api_key("a").wait()).unwrap().unwrap();
    assert!(stored.revoked_at_us.is_some());
}
