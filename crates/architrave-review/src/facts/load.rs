//! How much is asked of it, and how that changes.

use super::Fact;
use super::people::{as_i64, as_text, as_u32, as_u64, number, word};
use super::value::{FactValue::Number, FactValue::Word, Unit};

const ISOLATIONS: &[&str] = &["row", "schema", "database"];
/// Years in microseconds.
const YEAR_US: i64 = 31_536_000_000_000;

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "peak",
        title: "requests at the busiest time",
        unit: Unit::MilliPerSecond,
        plausible: &[
            Number(1_000),
            Number(20_000),
            Number(200_000),
            Number(2_000_000),
            Number(20_000_000),
        ],
        default: Number(50_000),
        read: |it| number(&it.needs.peak_milli_per_s),
        assume: Some(|graph, value| graph.needs.peak_milli_per_s = as_u64(value)),
    },
    Fact {
        name: "read_share",
        title: "share of requests that read",
        unit: Unit::Ppm,
        plausible: &[Number(100_000), Number(500_000), Number(900_000), Number(990_000)],
        default: Number(900_000),
        read: |it| number(&it.needs.read_share_ppm),
        assume: Some(|graph, value| graph.needs.read_share_ppm = as_u32(value)),
    },
    Fact {
        name: "growth",
        title: "growth per month",
        unit: Unit::Ppm,
        plausible: &[Number(0), Number(20_000), Number(60_000), Number(150_000)],
        // Doubling within a year.
        default: Number(60_000),
        read: |it| number(&it.needs.growth_ppm_per_month),
        assume: Some(|graph, value| graph.needs.growth_ppm_per_month = as_u32(value)),
    },
    Fact {
        name: "horizon",
        title: "how far ahead it is planned",
        unit: Unit::Microseconds,
        plausible: &[Number(YEAR_US), Number(2 * YEAR_US), Number(5 * YEAR_US)],
        default: Number(2 * YEAR_US),
        read: |it| number(&it.needs.horizon_us),
        assume: Some(|graph, value| graph.needs.horizon_us = as_i64(value)),
    },
    Fact {
        name: "spike",
        title: "how many times the peak it must survive",
        unit: Unit::Count("times the peak"),
        plausible: &[Number(1), Number(3), Number(10)],
        default: Number(10),
        read: |it| number(&it.needs.spike),
        assume: Some(|graph, value| graph.needs.spike = as_u64(value)),
    },
    Fact {
        name: "peak_to_mean",
        title: "how many times the mean the peak is",
        unit: Unit::Count("times the mean"),
        plausible: &[Number(2), Number(8), Number(30)],
        default: Number(8),
        read: |it| number(&it.needs.peak_to_mean),
        assume: Some(|graph, value| graph.needs.peak_to_mean = as_u64(value)),
    },
    Fact {
        name: "busy",
        title: "share of the time with anything to do",
        unit: Unit::Ppm,
        plausible: &[Number(50_000), Number(300_000), Number(1_000_000)],
        default: Number(300_000),
        read: |it| number(&it.needs.busy_ppm),
        assume: Some(|graph, value| graph.needs.busy_ppm = as_u32(value)),
    },
    Fact {
        name: "tenants",
        title: "tenants",
        unit: Unit::Count("tenants"),
        plausible: &[Number(1), Number(20), Number(400), Number(10_000)],
        default: Number(1),
        read: |it| number(&it.needs.tenants),
        assume: Some(|graph, value| graph.needs.tenants = as_u64(value)),
    },
    Fact {
        name: "largest_tenant",
        title: "share of the load that the largest tenant makes",
        unit: Unit::Ppm,
        plausible: &[Number(50_000), Number(300_000), Number(600_000)],
        default: Number(100_000),
        read: |it| number(&it.needs.largest_tenant_ppm),
        assume: Some(|graph, value| graph.needs.largest_tenant_ppm = as_u32(value)),
    },
    Fact {
        name: "isolation",
        title: "how far apart tenants must be kept",
        unit: Unit::Word(ISOLATIONS),
        plausible: &[Word("row"), Word("schema"), Word("database")],
        default: Word("row"),
        read: |it| word(&it.needs.isolation, ISOLATIONS),
        assume: Some(|graph, value| graph.needs.isolation = as_text(value)),
    },
    Fact {
        name: "staleness",
        title: "how old an answer may be",
        unit: Unit::Microseconds,
        plausible: &[Number(0), Number(1_000_000), Number(60_000_000)],
        default: Number(0),
        read: |it| number(&it.needs.staleness_us),
        assume: Some(|graph, value| graph.needs.staleness_us = as_i64(value)),
    },
    Fact {
        name: "client_kinds",
        title: "kinds of clients that want the same data in different shapes",
        unit: Unit::Count("kinds of clients"),
        plausible: &[Number(1), Number(2), Number(4)],
        default: Number(1),
        read: |it| number(&it.needs.client_kinds),
        assume: Some(|graph, value| graph.needs.client_kinds = as_u64(value)),
    },
];
