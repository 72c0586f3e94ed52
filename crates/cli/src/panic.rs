//! A bug of ours that nobody foresaw: said as one, without what is secret.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::PanicHookInfo,
};

use crate::{error::CliError, output};

/// From now on a panic is told as an internal error, on stderr and through what conceals: its words may hold anything.
pub(crate) fn tell() {
    std::panic::set_hook(Box::new(|panic| output::say(&words(panic))));
}

fn words(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let what = payload.downcast_ref::<String>().map(String::as_str);
    let what = what.or_else(|| payload.downcast_ref().copied()).unwrap_or("a panic without a word");
    let place = panic.location().map(|place| format!(" (at {place})")).unwrap_or_default();
    let said = CliError::bug(format!("{what}{place}")).render();
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured { format!("{said}{trace}\n") } else { said }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use statewright_spec::Secret;

    const CHILD: &str = "STATEWRIGHT_TEST_PANICS";

    /// Stands for the program in a process of its own, as the test below runs it.
    #[test]
    fn a_program_that_panics() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        super::tell();
        crate::output::conceal(&[Secret::new("pl4nted-t0ken")]);
        let _ = std::panic::catch_unwind(|| panic!("no such thing: pl4nted-t0ken\u{1b}[31m"));
        let _ = std::thread::spawn(|| std::panic::panic_any(7_u8)).join();
    }

    #[test]
    fn a_panic_is_told_as_a_bug_of_ours_and_without_a_secret() {
        for trace in ["0", "full"] {
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "panic::tests::a_program_that_panics", "--nocapture"])
                .env(CHILD, "1")
                .env("RUST_BACKTRACE", trace)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&[child.stdout, child.stderr].concat()).into_owned();
            let said = anstream::adapter::strip_str(&said).to_string();
            assert!(!said.contains("pl4nted") && !said.contains("panicked at"), "{said}");
            let told = "internal error: no such thing: (sensitive)\\u{1b}[31m (at crates/cli/src/panic.rs:";
            assert!(said.contains(told), "{said}");
            assert!(said.contains("internal error: a panic without a word (at "), "{said}");
            assert_eq!(said.matches("help: this is a bug of Statewright; please report it").count(), 2, "{said}");
            assert_eq!(said.contains("a_program_that_panics::"), trace == "full", "{said}");
        }
    }
}
