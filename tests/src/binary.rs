//! The real binary, run as a user runs it.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::emulator::{Sandbox, repository};
use crate::proxy::Victim;
use crate::world::World;

/// One run of the binary, to be made.
pub struct Statewright<'w> {
    world: &'w World,
    command: Command,
    patience: Duration,
}

impl<'w> Statewright<'w> {
    /// The binary with `arguments` in `world`: its endpoint and account, its region, its empty home, its repository as the current folder;
    /// nothing of the user's environment but `PATH`.
    ///
    /// # Panics
    /// When the binary is missing or older than its sources.
    pub fn new<A: AsRef<OsStr>>(world: &'w World, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(world.repository()).env_clear();
        for (name, value) in [
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("HOME", world.home().into()),
            ("AWS_ENDPOINT_URL", world.endpoint().into()),
            ("AWS_ACCESS_KEY_ID", world.account().into()),
            ("AWS_SECRET_ACCESS_KEY", "not-checked".into()),
            ("AWS_REGION", world.region().into()),
            // No machine of EC2 is asked for credentials.
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            ("NO_COLOR", "1".into()),
            ("STATEWRIGHT_PACE", world.pace().to_string().into()),
            ("RUST_BACKTRACE", "1".into()),
            ("SSL_CERT_FILE", Sandbox::authority().into()),
        ] {
            command.env(name, value);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { world, command, patience: Duration::from_mins(2) }
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes a variable from its environment.
    #[must_use]
    pub fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it in another folder; one of the repository when it is relative.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(self.world.repository().join(folder));
        self
    }

    /// Gives it a terminal, so that it asks: both its outputs are that terminal's, and come as standard output.
    ///
    /// # Panics
    /// When there is no sandbox, whose Python has terminals to give.
    #[must_use]
    pub fn on_terminal(mut self) -> Self {
        let sandbox = Sandbox::find().unwrap_or_else(|error| panic!("{error}"));
        let mut command = Command::new(sandbox.program("python"));
        command.arg(Sandbox::terminal()).arg(self.command.get_program()).args(self.command.get_args()).env_clear();
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
        if let Some(folder) = self.command.get_current_dir() {
            command.current_dir(folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command = command;
        self
    }

    /// How long it may take; two minutes unless changed.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs it to its end, however that comes about, and until no call of it is under way.
    ///
    /// # Panics
    /// When it cannot be run, or takes longer than its patience.
    pub fn run(self) -> Outcome {
        self.start().wait()
    }

    /// Starts it. It is the victim of faults that kill.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn start(mut self) -> Started<'w> {
        self.world.faults().forget_victim();
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        if let Some(victim) = Victim::new(child.id()) {
            self.world.faults().set_victim(victim);
        }
        let printed = Arc::<Mutex<Vec<u8>>>::default();
        let stdout = drain(child.stdout.take(), Arc::clone(&printed));
        let stderr = drain(child.stderr.take(), Arc::default());
        let command = format!("statewright {}", arguments(&self.command));
        Started {
            world: self.world,
            child: Held(child),
            printed,
            stdout,
            stderr,
            command,
            until: Instant::now() + self.patience,
        }
    }
}

/// A run that is under way.
pub struct Started<'w> {
    world: &'w World,
    child: Held,
    printed: Arc<Mutex<Vec<u8>>>,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    command: String,
    until: Instant,
}

impl Started<'_> {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// The first line that it prints to standard output, waited for.
    ///
    /// # Panics
    /// When it prints none within its patience.
    pub fn first_line(&self) -> String {
        loop {
            let printed = self.printed.lock().map(|printed| printed.clone()).unwrap_or_default();
            if let Some((line, _)) = String::from_utf8_lossy(&printed).split_once('\n') {
                return line.to_owned();
            }
            assert!(Instant::now() < self.until, "`{}` prints no line", self.command);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it has printed `words` to standard output.
    ///
    /// # Panics
    /// When it does not within its patience.
    pub fn until(&self, words: &str) {
        loop {
            let printed = self.printed.lock().map(|printed| printed.clone()).unwrap_or_default();
            let printed = String::from_utf8_lossy(&printed).into_owned();
            if printed.contains(words) {
                return;
            }
            assert!(Instant::now() < self.until, "`{}` does not say {words:?}:\n{printed}", self.command);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line on its terminal.
    ///
    /// # Panics
    /// When it has none ([`Statewright::on_terminal`]).
    pub fn r#type(&mut self, line: &str) {
        let terminal = self.child.0.stdin.as_mut();
        let typed = terminal.map(|terminal| terminal.write_all(format!("{line}\n").as_bytes()));
        assert!(matches!(typed, Some(Ok(()))), "nothing can be typed: {typed:?}");
    }

    /// Sends it SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends it SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.0.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it takes longer than its patience.
    pub fn wait(mut self) -> Outcome {
        let status = loop {
            match self.child.0.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < self.until => std::thread::sleep(Duration::from_millis(5)),
                ended => {
                    drop(self.child);
                    let calls = self.world.calls().names();
                    panic!("`{}` did not end ({ended:?}); it called {calls:?}", self.command);
                }
            }
        };
        self.world.faults().forget_victim();
        self.world.settle();
        let text = |reader: JoinHandle<Vec<u8>>| String::from_utf8(reader.join().unwrap_or_default());
        let [stdout, stderr] = [self.stdout, self.stderr].map(|reader| {
            text(reader).unwrap_or_else(|error| panic!("`{}` prints what is not UTF-8: {error}", self.command))
        });
        Outcome { command: self.command, status, stdout, stderr }
    }
}

/// A process that does not outlive the test that started it, also where that fails.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was run.
    pub command: String,
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed to standard output.
    pub stdout: String,
    /// What it printed to standard error.
    pub stderr: String,
}

impl Outcome {
    /// The exit code; none where a signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Whether a signal ended it.
    pub fn was_killed(&self) -> bool {
        self.code().is_none()
    }

    /// Holds it to an exit code.
    ///
    /// # Panics
    /// When it ended otherwise; the message shows what it printed.
    #[must_use]
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "{self}");
        self
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{self}"))
    }

    /// Standard output as one JSON value a line.
    ///
    /// # Panics
    /// When a line is none.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        let lines = self.stdout.lines().filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}\n{self}"))).collect()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, status, stdout, stderr } = self;
        write!(f, "$ {command}\n{stdout}--- standard error\n{stderr}--- {status}")
    }
}

fn drain(stream: Option<impl Read + Send + 'static>, printed: Arc<Mutex<Vec<u8>>>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut some = [0; 8192];
        if let Some(mut stream) = stream {
            // What was read before an error is what there is.
            while let Ok(count @ 1..) = stream.read(&mut some) {
                printed.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&some[..count]);
            }
        }
        std::mem::take(&mut *printed.lock().unwrap_or_else(PoisonError::into_inner))
    })
}

fn arguments(command: &Command) -> String {
    command.get_args().collect::<Vec<_>>().join(OsStr::new(" ")).to_string_lossy().into_owned()
}

/// The binary: `STATEWRIGHT_BIN`, else `target/debug/statewright` beside the test. Cargo cannot make it a dependency of a test in another
/// package, so it must have been built: from the sources as they are now, which the list of sources that cargo writes beside it tells.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("STATEWRIGHT_BIN") {
            return path.into();
        }
        // A test is `target/debug/deps/NAME`, a program `target/debug/NAME`.
        let test = std::env::current_exe().unwrap_or_default();
        let folder = test.parent().unwrap_or(Path::new(""));
        let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
        let built = folder.join("statewright");
        let Some(at) = modified(&built) else {
            panic!("{} is missing: run `make build` (or cargo build -p statewright), then the tests", built.display())
        };
        let sources = sources_of(&std::fs::read_to_string(built.with_extension("d")).unwrap_or_default());
        // Checkouts may share a target folder.
        assert!(
            sources.iter().any(|source| source.starts_with(repository())),
            "{} was built from another checkout: run `make build` (or cargo build -p statewright), then the tests",
            built.display()
        );
        for source in sources {
            // A source that is gone was removed or renamed since.
            assert!(
                modified(&source).is_some_and(|changed| changed <= at),
                "{} is older than {}: run `make build` (or cargo build -p statewright), then the tests",
                built.display(),
                source.display()
            );
        }
        built
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// The files of a makefile rule, `TARGET: FILE FILE…`, where a space in a name is escaped.
fn sources_of(rule: &str) -> Vec<PathBuf> {
    let files = rule.split_once(": ").map_or("", |(_, files)| files);
    files
        .trim_end()
        .replace("\\ ", "\0")
        .split(' ')
        .filter(|file| !file.is_empty())
        .map(|file| PathBuf::from(OsString::from(file.replace('\0', " "))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_sources() {
        assert_eq!(sources_of("/t/statewright: /a/b.rs /a/c\\ d.rs\n"), [Path::new("/a/b.rs"), Path::new("/a/c d.rs")]);
        assert_eq!(sources_of(""), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_run_has_the_worlds_environment_and_no_other() {
        // `env` stands for the binary: it prints what it is given.
        let world = World::with(crate::emulator::Emulator::Ministack, |_| ());
        let mut run = Statewright { command: Command::new("env"), world: &world, patience: Duration::from_secs(5) };
        run.command.stdout(Stdio::piped()).stderr(Stdio::piped()).env_clear().env("A", "b");
        let outcome = run.run().expect(0);
        assert_eq!(outcome.stdout, "A=b\n");
        assert!(!outcome.was_killed());
    }
}
