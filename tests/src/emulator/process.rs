use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::listening;
use super::sandbox::{Sandbox, SandboxError};

/// How an emulator is started.
#[derive(Clone, Debug)]
pub struct Launch {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// The whole environment, bar `PATH` and `HOME`.
    pub(super) environment: Vec<(String, String)>,
    pub(super) endpoint: String,
    /// What answers when it is ready.
    pub(super) health: String,
    /// A folder of its own, which is its home and holds its log.
    pub(super) scratch: PathBuf,
}

/// Why an emulator does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It is not installed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// 127.0.0.1 has no free port.
    #[error("127.0.0.1 has no free port")]
    NoPort,
    /// Its folder cannot be made.
    #[error("{folder} cannot be made: {why}", folder = .0.display(), why = .1)]
    Scratch(PathBuf, #[source] std::io::Error),
    /// It cannot be run at all.
    #[error("{program} cannot be run: {why}", program = .0.display(), why = .1)]
    Spawn(PathBuf, #[source] std::io::Error),
    /// It ended before it answered.
    #[error("it ended at once ({status}); its log, {}, ends:\n{tail}", .log.display())]
    Ended {
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// It does not answer.
    #[error("it does not answer within {waited:?}; its log, {}, ends:\n{tail}", .log.display())]
    Silent {
        /// How long it was given.
        waited: Duration,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Something else answers on its port.
    #[error("something else answers at {0}")]
    PortTaken(String),
    /// Others on the network could reach it.
    #[error("it listens beyond this machine, on {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Exposed(Vec<SocketAddr>),
    /// It refuses its settings.
    #[error("it refuses its settings: {0}")]
    Configure(String),
}

/// An emulator that runs until this is dropped, or until this process ends, however it does.
#[derive(Debug)]
pub struct Running {
    endpoint: String,
    log: PathBuf,
    pub(super) leash: Child,
    // Closing it ends the emulator; the kernel does so when this process is killed.
    hold: Option<ChildStdin>,
}

impl Running {
    /// Where it answers, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What it has printed.
    pub fn log(&self) -> &Path {
        &self.log
    }

    pub(super) fn start(sandbox: &Sandbox, launch: Launch, patience: Duration) -> Result<Self, StartError> {
        let log = launch.scratch.join("log");
        let failed = |error| StartError::Spawn(launch.program.clone(), error);
        let file = File::create(&log).map_err(failed)?;
        let mut command = Command::new(sandbox.program("python"));
        command.arg(Sandbox::leash()).arg(&launch.program).args(&launch.arguments);
        // Nothing of the user's: no profile, no credentials, no proxy settings.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", &launch.scratch);
        command.envs(launch.environment.iter().map(|(name, value)| (name, value))).current_dir(&launch.scratch);
        command.stdin(Stdio::piped()).stdout(file.try_clone().map_err(failed)?).stderr(file).process_group(0);
        let mut leash = command.spawn().map_err(failed)?;
        let hold = leash.stdin.take();
        let mut running = Self { endpoint: launch.endpoint, log, leash, hold };
        running.wait(&launch.health, patience)?;
        let listening = listening::addresses(running.leash.id());
        let exposed: Vec<SocketAddr> =
            listening.iter().filter(|address| !address.ip().to_canonical().is_loopback()).copied().collect();
        if !exposed.is_empty() {
            return Err(StartError::Exposed(exposed));
        }
        // Empty where the system does not say.
        let own = listening.iter().any(|address| running.endpoint.ends_with(&format!(":{}", address.port())));
        if own || listening.is_empty() { Ok(running) } else { Err(StartError::PortTaken(running.endpoint.clone())) }
    }

    fn wait(&mut self, health: &str, patience: Duration) -> Result<(), StartError> {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Ok(Some(status)) = self.leash.try_wait() {
                return Err(StartError::Ended { status: status.to_string(), log: self.log.clone(), tail: self.tail() });
            }
            if answers(health) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(StartError::Silent { waited: patience, log: self.log.clone(), tail: self.tail() })
    }

    fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.hold.take());
        // The leash has gone by itself after two seconds at most.
        let _ = self.leash.wait();
    }
}

/// A port of 127.0.0.1 that nobody listens on now.
pub(super) fn free_port() -> Result<u16, StartError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|_| StartError::NoPort)?;
    listener.local_addr().map(|address| address.port()).map_err(|_| StartError::NoPort)
}

/// A new folder for one instance, among cargo's own. Those of processes that are gone are removed.
pub(super) fn scratch(emulator: &str, port: u16) -> Result<PathBuf, StartError> {
    let root = scratch_root();
    if Path::new("/proc/self").exists() {
        for entry in std::fs::read_dir(&root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let owner = name.split('-').nth(1).unwrap_or_default().to_owned();
            if !owner.is_empty() && !Path::new("/proc").join(owner).exists() {
                // Another test process may be removing it too.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }
    let folder = root.join(format!("{emulator}-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| StartError::Scratch(folder.clone(), error))?;
    Ok(folder)
}

/// `target/tmp/emulators`: a test runs as `target/debug/deps/NAME`, a program as `target/debug/NAME`.
fn scratch_root() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new(""));
    let target = folder.ancestors().nth(if folder.ends_with("deps") { 2 } else { 1 });
    let target = target.filter(|target| target.parent().is_some());
    target.map_or_else(|| std::env::temp_dir().join("statewright-tests"), |target| target.join("tmp/emulators"))
}

/// Whether a plain GET of `url` (`http://ADDRESS:PORT/PATH`) is answered with 2xx (moto says 201). Over a bare socket, so that it needs no runtime.
fn answers(url: &str) -> bool {
    let Some((address, path)) = url.trim_start_matches("http://").split_once('/') else { return false };
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut head = [0; 10];
    stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok()
        && stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut head).is_ok()
        && head.ends_with(b" 2")
}
