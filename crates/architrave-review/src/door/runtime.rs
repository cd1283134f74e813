//! What runs: one process and the database in it. What a deployment decides (how many, where, with how much
//! memory) a blueprint does not say, hence stays unknown.

use architrave_model::graph::{
    Edge, EdgeKind, Graph, Known, Node, Origin, Probe, Service, ServiceKind, Store, StoreKind,
};
use architrave_plan::Plan;

use super::names;

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let origin = Origin::declared(plan.system.name.span);
    let node = |id: &str, name: &str| Node { id: id.to_owned(), name: name.to_owned(), origin };
    let probe = |asks: &str| Known::built_in(Probe { asks: asks.to_owned() });
    graph.services.push(Service {
        node: node(names::SERVICE, "the backend"),
        kind: Known::built_in(ServiceKind::Api),
        liveness: probe("GET /health/live"),
        readiness: probe("GET /health/ready"),
        is_public: Known::built_in(true),
        // The queue of writes is bounded; beyond it the answer is 503 at once.
        sheds_load: Known::built_in(true),
        ..Service::default()
    });
    graph.stores.push(Store {
        node: node(names::STORE, "the database"),
        kind: Known::built_in(StoreKind::Relational),
        product: Known::built_in("sqlite".to_owned()),
        is_persistent: Known::built_in(true),
        is_encrypted: Known::built_in(false),
        backup_every_us: graph.needs.backup_every_us.clone(),
        ..Store::default()
    });
    graph.edges.push(Edge {
        node: node(
            &format!("edge:{}->{}", names::SERVICE, names::STORE),
            "the backend and its database",
        ),
        from: names::SERVICE.to_owned(),
        to: names::STORE.to_owned(),
        kind: EdgeKind::Stores,
        is_synchronous: Known::built_in(true),
        // SQLite runs in the process.
        is_remote: Known::built_in(false),
        is_hard: Known::built_in(true),
        is_idempotent: Known::built_in(true),
        moves_money: Known::built_in(false),
        address_is_user_data: Known::built_in(false),
        ..Edge::default()
    });
}
