//! FIT-10: a context so small that its boundary costs more than it keeps apart.

use architrave_model::graph::{Graph, Module};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-10",
    name: "nano-service",
    family: Family::Fit,
    title: "a context too small for its boundary",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Code smells of microservices: microservice greedy (Walker, Das, Cerny)",
        url: "https://doi.org/10.3390/app10217800",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("nano_service.md"),
    judge,
};

/// Fewer contexts are a system that has only begun.
const CONTEXTS_MIN: usize = 4;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if graph.modules.len() < CONTEXTS_MIN {
        return;
    }
    for module in &graph.modules {
        let users: Vec<&Module> = graph
            .modules
            .iter()
            .filter(|it| it.depends_on.iter().any(|it| it.0 == module.node.id))
            .collect();
        let tables: Vec<_> =
            of(module, graph.tables.iter().map(|it| (&it.module, &it.node))).collect();
        match (users.as_slice(), tables.as_slice()) {
            ([user], [table]) if is_only_data(graph, module) => {
                say.fail(&module.node, format!("`{}` is one entity for one context, `{}`", module.node.name, user.node.name))
                    .help(format!("move `{}` into `{}`, with a `moved` block so that addresses stay; cut it out again when a second context needs it", table.name, user.node.name))
                    .because("its data, its rules and its pace of change are those of its one user (declared: no events, no processes, no other systems, no one else who depends on it)");
            }
            _ => say.pass(&module.node),
        }
    }
}

/// Whether nothing happens in it: no events that others take, no processes, no systems of others, no needs of its own.
fn is_only_data(graph: &Graph, module: &Module) -> bool {
    let is_quiet =
        of(module, graph.consumers.iter().map(|it| (&it.module, &it.node))).next().is_none()
            && of(module, graph.processes.iter().map(|it| (&it.module, &it.node))).next().is_none();
    let mine: Vec<&str> = of(module, graph.messages.iter().map(|it| (&it.module, &it.node)))
        .map(|it| it.id.as_str())
        .collect();
    let is_heard =
        graph.consumers.iter().flat_map(|it| &it.of).any(|it| mine.contains(&it.as_str()));
    let prefix = format!("external:{}.", module.node.name);
    let has_externals = graph.externals.iter().any(|it| it.node.id.starts_with(&prefix));
    is_quiet
        && !is_heard
        && !has_externals
        && module.depends_on.is_empty()
        && module.owner.value().is_none()
}

/// Those that are the module's.
fn of<'g>(
    module: &'g Module,
    all: impl Iterator<Item = (&'g Option<String>, &'g architrave_model::graph::Node)>,
) -> impl Iterator<Item = &'g architrave_model::graph::Node> {
    all.filter(|it| it.0.as_deref() == Some(module.node.id.as_str())).map(|it| it.1)
}
