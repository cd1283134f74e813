//! FIT-07: work that does not fit what is started for a request and stopped behind it.

use architrave_model::graph::{EdgeKind, Graph, Known, Service, StoreKind};

use crate::measure::words::percent;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-07",
    name: "serverless-misfit",
    family: Family::Fit,
    title: "work that does not fit what is stopped while nobody asks",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[
        Source {
            title: "Is your app a good fit for Cloud Run? (Google Cloud)",
            url: "https://docs.cloud.google.com/run/docs/fit-for-run",
        },
        Source {
            title: "Configuring scale bounds (Knative)",
            url: "https://knative.dev/docs/serving/autoscaling/scale-bounds/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("serverless_misfit.md"),
    judge,
};

/// Share of the time with work from which being stopped saves less than being started costs, in parts per million.
const BUSY_MAX_PPM: u32 = 500_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in graph.services.iter().filter(|it| it.is_serverless.value() == Some(&true)) {
        let name = &service.node.name;
        let stops = service.replicas_idle.value() == Some(&0);
        if stops && let Some(queue) = taken_from(graph, service) {
            say.fail(&service.node, format!("`{name}` takes messages from `{queue}`, and is stopped while nobody asks it anything"))
                // Messages that nobody takes are work that is not done.
                .matters(3, 3)
                .at_fact(&service.replicas_idle, "none runs without requests")
                .help("let the queue call it for each message (an event source, a push subscription), keep one running (`autoscaling.knative.dev/min-scale: \"1\"`), or run it as a Deployment")
                .because("a request starts it; a message in a queue is none (documented: Knative)");
            continue;
        }
        match graph.needs.busy_ppm {
            Known::Is(busy, _) if busy > BUSY_MAX_PPM && stops => {
                say.fail(&service.node, format!("`{name}` is stopped while nobody asks, and there is work in {} of the time", percent(u64::from(busy))))
                    .at_fact(&service.replicas_idle, "starts and stops")
                    .also(graph.needs.busy_ppm.span(), "hardly ever idle")
                    .help("keep as many running as the mean load needs (`autoscaling.knative.dev/min-scale`), or run it as a Deployment: users then never wait for a start")
                    .because(format!("from {} on, what idle time saves is less than what starts cost (judgement)", percent(u64::from(BUSY_MAX_PPM))));
            }
            _ if service.replicas_idle.is_unknown() => {
                say.cannot_tell(&service.node, "how many run while nobody asks");
            }
            Known::Unknown if stops => {
                say.cannot_tell(
                    &service.node,
                    "in what share of the time there is work (`busy` in `workload`)",
                );
            }
            _ => say.pass(&service.node),
        }
    }
}

/// The queue from which it takes messages by itself.
fn taken_from<'g>(graph: &'g Graph, service: &Service) -> Option<&'g str> {
    let taken =
        graph.edges.iter().filter(|it| it.from == service.node.id && it.kind == EdgeKind::Consumes);
    let queue = |id: &str| {
        graph
            .store(id)
            .filter(|it| matches!(it.kind.value(), Some(StoreKind::Queue | StoreKind::Stream)))
            .map(|it| it.node.name.as_str())
    };
    taken.filter_map(|it| queue(&it.to)).next()
}
