//! Tasks of this repository that are more than one cargo command: `cargo xtask test|postgres|bench|conformance|drill`.

mod bench;
mod conformance;
mod drill;
mod postgres;
mod shell;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test                   everything that must hold: format, lints, all tests
cargo xtask postgres COMMAND…      runs a command beside a PostgreSQL of its own, e.g. cargo test -p architrave
cargo xtask bench [--store postgres] [--products N] [--seconds N] [--rounds N] [--only R1,R2,S,W2,W1|generator|review]
                                   our server and a hand-written rival, same work, one table
cargo xtask conformance [--quick] [--only NAME,…] [--examples N] [--seed N]
                                   tools that are not ours check all that we write (needs npm, python3, the network)
cargo xtask drill kill [--times N] kill -9 under concurrent writes, then compare with the journal
cargo xtask drill order [--events N]
                                   three nodes write one journal; readers of primary and standby keep count
cargo xtask drill nodes [--cycles N]
                                   kills nodes and backends, pauses a node, restarts all, under load
cargo xtask drill disk             full disk, failed sync, power cut (Linux)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test::run(),
        ["postgres", program, arguments @ ..] => test::beside_postgres(program, arguments),
        ["bench", options @ ..] => bench::run(options),
        ["conformance", options @ ..] => conformance::run(options),
        ["drill", "kill", options @ ..] => drill::kill(options),
        ["drill", "order", options @ ..] => drill::order(options),
        ["drill", "nodes", options @ ..] => drill::nodes(options),
        ["drill", "disk"] => drill::disk(),
        ["" | "help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
