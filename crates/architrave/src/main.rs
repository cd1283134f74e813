//! The program: parses the command line, runs the command, tells the shell how it ended.

use std::process::ExitCode;

use architrave::{commands::CommandLine, console::Console, exit::Exit};
use clap::Parser as _;

fn main() -> ExitCode {
    let console = Console;
    // Clap prints usage errors itself and ends with 2, which is our `Exit::Usage`.
    let exit = CommandLine::parse().command.run(console).unwrap_or_else(|fault| {
        console.fault(&fault);
        Exit::World
    });
    exit.into()
}
