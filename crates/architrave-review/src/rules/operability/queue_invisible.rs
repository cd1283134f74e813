//! OPS-07: a queue whose length and age nobody measures.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Image, Known, Service, Store, StoreKind};

pub(super) const RULE: Rule = Rule {
    id: "OPS-07",
    name: "queue-invisible",
    family: Family::Operability,
    title: "nobody sees how long a queue is",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[Source {
        title: "Avoiding insurmountable queue backlogs (Amazon Builders' Library)",
        url: "https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/",
    }],
    maps: &[],
    reads_names: true,
    page: include_str!("queue_invisible.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for consumer in &graph.consumers {
        match &consumer.is_measured {
            Known::Is(true, _) => say.pass(&consumer.node),
            Known::Unknown => {}
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(&consumer.node, format!("nobody sees how far behind `{}` is", consumer.node.name))
                    .at(origin.span, "not measured")
                    .help("measure depth, the age of the oldest and the lag, and be told when the age grows");
            }
        }
    }
    for store in &graph.stores {
        // RabbitMQ and NATS count by themselves; of Kafka somebody has to ask for the lag of each group.
        let is_kafka = store.product.value().is_some_and(|it| it == "kafka");
        if store.kind.value() == Some(&StoreKind::Stream) && is_kafka {
            judge_kafka(graph, store, say);
        }
    }
}

fn judge_kafka(graph: &Graph, store: &Store, say: &mut Verdicts) {
    let is_asked = graph.services.iter().any(|it| watches_kafka(it, image(graph, it)));
    if is_asked {
        return say.pass(&store.node);
    }
    let prometheus = graph.services.iter().find(|it| {
        image(graph, it).and_then(|it| it.product.value()).is_some_and(|it| it == "prometheus")
    });
    let Some(prometheus) = prometheus else {
        return say.cannot_tell(&store.node, "how its figures are collected");
    };
    say.fail(&store.node, format!("nobody measures how far behind the readers of `{}` are", store.node.name))
        .also(prometheus.node.origin.span, "collects figures, but not those")
        .help("run an exporter beside it (kafka-exporter, KMinion, Burrow) and be told when the lag of a group grows")
        .because("Prometheus is there, an exporter for Kafka is not (observed)");
}

fn image<'g>(graph: &'g Graph, service: &Service) -> Option<&'g Image> {
    let id = service.image.as_ref()?;
    graph.images.iter().find(|it| it.node.id == *id)
}

/// Exporters and consoles for Kafka, by the names under which they are published.
fn watches_kafka(service: &Service, image: Option<&Image>) -> bool {
    const WORDS: [&str; 9] = [
        "kafka-exporter",
        "kafka_exporter",
        "kminion",
        "burrow",
        "kafka-lag",
        "kafka-ui",
        "kafdrop",
        "akhq",
        "jmx",
    ];
    let repository = image.map_or("", |it| it.repository.as_str());
    let product = image.and_then(|it| it.product.value()).map_or("", String::as_str);
    WORDS
        .iter()
        .any(|it| repository.contains(it) || product.contains(it) || service.node.name.contains(it))
}
