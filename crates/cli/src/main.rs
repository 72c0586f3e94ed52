//! The binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    statewright::main()
}
