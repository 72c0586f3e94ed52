//! The commands and their options, as `--help` tells them.

use std::fmt::Write as _;

use clap::CommandFactory;

use crate::args::Cli;

pub(super) fn page() -> String {
    let mut out = super::head("Commands");
    // As wide as the help of a terminal of usual size, whatever the terminal of whoever generates it.
    let mut command = Cli::command().term_width(100);
    command.build();
    let _ = writeln!(
        out,
        "Options that every command takes stand once, at the top.\n\n```text\n{}\n```",
        text(&mut command)
    );
    for subcommand in command.get_subcommands_mut() {
        let heading = format!("statewright {}", subcommand.get_name());
        let mut own = subcommand.clone().mut_args(|arg| {
            let global = arg.get_help_heading() == Some("Global options");
            let hidden = arg.is_hide_set();
            arg.hide(global || hidden)
        });
        let _ = writeln!(out, "\n## `{heading}`\n\n```text\n{}\n```", text(&mut own));
    }
    out.push_str(EXIT_CODES);
    out
}

fn text(command: &mut clap::Command) -> String {
    let help = command.render_long_help().to_string();
    help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

const EXIT_CODES: &str = "
## Exit codes

| code | means |
|--:|---|
| 0 | done, or nothing to do; `run`: SUCCEEDED |
| 1 | an error, a usage error, a refusal, an apply that was done in part; `run`: could not start |
| 2 | `plan --detailed-exitcode`: there are changes |
| 3 | `run`: FAILED |
| 4 | `run`: TIMED_OUT |
| 5 | `run`: ABORTED |
| 130 | Ctrl-C; `run`: left running |
| 143 | SIGTERM |
";
