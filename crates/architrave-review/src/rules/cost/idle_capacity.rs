//! CST-02: machines that wait.

use architrave_model::graph::{Graph, Known, Origin, Service, ServiceKind};

use crate::measure::{
    capacity::{self, Load},
    words::{percent, rate},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-02",
    name: "idle-capacity",
    family: Family::Cost,
    title: "it runs many times what its load needs",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Compose, Input::Kubernetes, Input::Measurements],
    sources: &[
        Source {
            title: "Cost optimization design principles (Azure Well-Architected Framework)",
            url: "https://learn.microsoft.com/en-us/azure/well-architected/cost-optimization/principles",
        },
        Source {
            title: "Resource management for pods and containers (Kubernetes)",
            url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("idle_capacity.md"),
    judge,
};

/// Replicas that nobody is asked about: one in each of three zones.
const REPLICAS_MIN: u32 = 3;
/// Busy so little at the peak that most of them do nothing.
const BUSY_PPM_MIN: u64 = 100_000;
/// Processor time that a request of an unknown program takes, generously: a tenth of a second. Pages of interpreted
/// frameworks take a few tens of milliseconds.
const REQUEST_NS_ASSUMED: u64 = 100_000_000;
/// Processors of a replica, in thousandths, where nobody says.
const CPU_MILLI_ASSUMED: u64 = 1_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let answers = |it: &&Service| {
        matches!(
            it.kind.value(),
            Some(ServiceKind::Api | ServiceKind::Gateway | ServiceKind::Frontend)
        )
    };
    for service in graph.services.iter().filter(answers) {
        let Some((replicas, origin)) = least_replicas(service) else { continue };
        match capacity::load(graph) {
            None if replicas > REPLICAS_MIN => say.cannot_tell(
                &service.node,
                "the load at the busiest time (`peak` in `workload` of a blueprint beside the files)",
            ),
            None => {}
            Some(load) => judge_one(service, replicas, origin, load, graph, say),
        }
    }
}

fn judge_one(
    service: &Service,
    replicas: u32,
    origin: Origin,
    load: Load,
    graph: &Graph,
    say: &mut Verdicts,
) {
    let (demand_ns, said) = request_ns(graph, load);
    let declared = service.resources.cpu_request_milli.value();
    let cpu = declared.or(service.resources.cpu_limit_milli.value()).copied();
    let busy = busy_ppm(load.milli_per_s, demand_ns, replicas, cpu.unwrap_or(CPU_MILLI_ASSUMED));
    if replicas <= REPLICAS_MIN || busy >= BUSY_PPM_MIN {
        return say.pass(&service.node);
    }
    let enough = (1..=replicas)
        .find(|it| {
            let busy = busy_ppm(load.milli_per_s, demand_ns, *it, cpu.unwrap_or(CPU_MILLI_ASSUMED));
            busy <= capacity::TARGET_PPM
        })
        .unwrap_or(replicas)
        .max(REPLICAS_MIN);
    say.fail(
        &service.node,
        format!(
            "{replicas} replicas of `{}` are {} busy at the peak of {}",
            service.node.name,
            percent(busy),
            rate(load.milli_per_s)
        ),
    )
    .at(origin.span, format!("{enough} are enough, one of them to be lost"))
    .help(format!(
        "run {enough}, or let an autoscaler do so while there is little to do; if others are for releases or zones, say so in a waiver"
    ))
    .because(said)
    .because(match cpu {
        Some(milli) => format!("{milli} thousandths of a processor a replica (declared)"),
        None => "one processor a replica (assumed)".to_owned(),
    })
    .because(format!("peak {} (declared), all of it through this service (assumed)", rate(load.milli_per_s)));
}

/// Replicas that run whatever the load: the floor of an autoscaler, or the fixed number.
fn least_replicas(service: &Service) -> Option<(u32, Origin)> {
    match (&service.autoscale, &service.replicas) {
        (Known::Is((least, _), origin), _) => Some((*least, *origin)),
        (_, Known::Is(count, origin)) => Some((*count, *origin)),
        _ => None,
    }
}

/// What a request takes of the processors, and who says so.
fn request_ns(graph: &Graph, load: Load) -> (u64, String) {
    let run = graph.measured.as_ref().filter(|it| it.run.noise.is_quiet);
    let of = |name: &str| {
        let class = run?.run.classes.iter().find(|it| it.name == name)?;
        Some(class.processor_ns)
    };
    let assumed = || {
        let ms = REQUEST_NS_ASSUMED / 1_000_000;
        (REQUEST_NS_ASSUMED, format!("{ms} ms of processor a request (assumed, generously)"))
    };
    let (Some(read), Some(write)) = (of("read"), of("write")) else { return assumed() };
    let mixed = u128::from(read) * u128::from(load.read_ppm)
        + u128::from(write) * u128::from(1_000_000 - load.read_ppm.min(1_000_000));
    let ns = u64::try_from(mixed / 1_000_000).unwrap_or(u64::MAX);
    (ns, format!("{} µs of processor a request (measured)", ns / 1_000))
}

fn busy_ppm(milli_per_s: u64, demand_ns: u64, replicas: u32, cpu_milli: u64) -> u64 {
    // Thousandths per second times nanoseconds are picoseconds per second; a processor has 10^12 of them.
    let picoseconds = u128::from(milli_per_s) * u128::from(demand_ns);
    let processors_milli = u128::from(replicas.max(1)) * u128::from(cpu_milli.max(1));
    u64::try_from(picoseconds / 1_000 / processors_milli).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_is_rate_times_demand_by_processors() {
        // 2/s x 100 ms = 0.2 of a processor, on ten: 2 %.
        assert_eq!(busy_ppm(2_000, 100_000_000, 10, 1_000), 20_000);
        // The same on ten halves: 4 %.
        assert_eq!(busy_ppm(2_000, 100_000_000, 10, 500), 40_000);
        assert_eq!(busy_ppm(u64::MAX, u64::MAX, 1, 1), u64::MAX);
        assert_eq!(busy_ppm(1, 1, 0, 0), 0);
    }
}
