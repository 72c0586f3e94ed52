use std::path::{Path, PathBuf};

/// The virtual environment that `make sandbox` makes, with the emulators in it.
#[derive(Clone, Debug)]
pub struct Sandbox {
    root: PathBuf,
}

/// There is no sandbox.
#[derive(Debug, thiserror::Error)]
#[error("{} is missing: run `make sandbox` in {}", .program.display(), .repository.display())]
pub struct SandboxError {
    program: PathBuf,
    repository: PathBuf,
}

impl Sandbox {
    /// The sandbox of this checkout.
    ///
    /// # Errors
    /// When it has not been made.
    pub fn find() -> Result<Self, SandboxError> {
        let repository = repository();
        let sandbox = Self { root: repository.join(".sandbox/venv/bin") };
        for program in ["python", "ministack", "moto_server"] {
            let program = sandbox.program(program);
            if !program.exists() {
                return Err(SandboxError { program, repository });
            }
        }
        Ok(sandbox)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(super) fn leash() -> PathBuf {
        repository().join("tests/sandbox/leash.py")
    }

    /// The program that gives another one a terminal.
    pub(crate) fn terminal() -> PathBuf {
        repository().join("tests/sandbox/terminal.py")
    }

    /// An authority that has signed nothing, for programs that want some: a machine's own are two hundred, and reading them is a tenth of
    /// a short run.
    pub(crate) fn authority() -> PathBuf {
        repository().join("tests/sandbox/authority.pem")
    }
}

/// The root of the checkout that this was built in.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}
