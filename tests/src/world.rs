//! One test's world: an account of its own on an emulator, a proxy before it, and a repository to put specs in.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use crate::binary::Statewright;
use crate::emulator::{Emulator, Instance};
use crate::proxy::{Calls, Faults, GapTable, Proxy, Setup, Upstream};
use crate::runtime::block_on;
use crate::wire::Aws;

/// An account of its own on an emulator, behind a proxy of its own.
pub struct World {
    emulator: Emulator,
    instance: Instance,
    account: String,
    region: String,
    proxy: Proxy,
    by_hand: String,
    folder: TempDir,
    pace: f64,
}

/// The part of its waits that the binary makes where AWS's own time does not matter: emulators need none.
const PACE: f64 = 0.1;

impl World {
    /// A new account on `MiniStack`, its gaps mended.
    pub fn ministack() -> Self {
        Self::on(Emulator::Ministack)
    }

    /// A new account on moto, its gaps mended.
    pub fn moto() -> Self {
        Self::on(Emulator::Moto)
    }

    /// A new account on `emulator`, its gaps mended.
    ///
    /// # Panics
    /// When the emulator does not start.
    pub fn on(emulator: Emulator) -> Self {
        Self::with(emulator, |_| ())
    }

    /// A new account on `emulator` as it is, with nothing mended.
    pub fn bare(emulator: Emulator) -> Self {
        Self::with(emulator, |setup| setup.gaps = GapTable::none())
    }

    /// A new account on `emulator`, behind a proxy that `change` has set up otherwise.
    ///
    /// # Panics
    /// When the emulator or the proxy does not start.
    pub fn with(emulator: Emulator, change: impl FnOnce(&mut Setup)) -> Self {
        let instance = emulator.instance().unwrap_or_else(|error| panic!("{emulator} does not start: {error}"));
        let mut setup = Setup::new(Upstream::new(emulator, instance.endpoint()));
        change(&mut setup);
        let proxy = Proxy::start(setup).unwrap_or_else(|error| panic!("the proxy does not start: {error}"));
        let by_hand = proxy.door(Proxy::BY_HAND).unwrap_or_else(|error| panic!("no second door: {error}"));
        let folder = TempDir::with_prefix("statewright-world-").unwrap_or_else(|error| panic!("no folder: {error}"));
        for name in ["repository/.git", "home"] {
            fs::create_dir_all(folder.path().join(name)).unwrap_or_else(|error| panic!("no {name}: {error}"));
        }
        let region = "us-east-1".to_owned();
        Self { emulator, instance, account: new_account(), region, proxy, by_hand, folder, pace: PACE }
    }

    /// The same world, in which the binary makes this part of its waits: as much as the weather's clock says, or 1 where AWS's
    /// own seconds are tried.
    #[must_use]
    pub fn at_pace(mut self, pace: f64) -> Self {
        self.pace = pace;
        self
    }

    /// The part of its waits that the binary makes.
    pub fn pace(&self) -> f64 {
        self.pace
    }

    /// The same world in another region.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Which emulator it is.
    pub fn emulator(&self) -> Emulator {
        self.emulator
    }

    /// The account, 12 digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The region, `us-east-1` unless changed.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The proxy.
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// What the binary under test takes for AWS.
    pub fn endpoint(&self) -> String {
        self.proxy.endpoint()
    }

    /// What is to go wrong.
    pub fn faults(&self) -> &Faults {
        self.proxy.faults()
    }

    /// What the binary under test has called, in order of arrival; what was done by hand is not in it.
    pub fn calls(&self) -> Calls {
        self.proxy.log().calls().only(|call| call.client != Proxy::BY_HAND)
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.proxy.log().forget();
    }

    /// Waits until no call is under way.
    pub fn settle(&self) {
        block_on(self.proxy.log().settled());
    }

    /// AWS as another person or tool sees it: through the proxy, so that it is mended and remembered, but not counted.
    pub fn aws(&self) -> Aws {
        Aws::new(&self.by_hand, &self.account, &self.region)
    }

    /// Where another person or tool comes in.
    pub(crate) fn by_hand(&self) -> &str {
        &self.by_hand
    }

    /// AWS as the emulator is, past the proxy.
    pub fn behind(&self) -> Aws {
        Aws::new(self.instance.endpoint(), &self.account, &self.region)
    }

    /// The repository: an empty folder that holds `.git`, where the binary runs.
    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// The home of the binary under test, which holds no AWS profile.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file of the repository, its folders made; gives its whole path.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.repository().join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
        written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
        path
    }

    /// Copies a folder of this project, such as `specs`, into the repository.
    ///
    /// # Panics
    /// When it cannot be read or written.
    pub fn copy(&self, folder: &str) {
        let root = crate::emulator::repository();
        self.copy_within(&root, &root.join(folder));
    }

    fn copy_within(&self, root: &Path, path: &Path) {
        let fail = |error: std::io::Error| -> ! { panic!("{} cannot be copied: {error}", path.display()) };
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap_or_else(|error| fail(error)).flatten() {
                self.copy_within(root, &entry.path());
            }
        } else {
            let content = fs::read(path).unwrap_or_else(|error| fail(error));
            self.write(path.strip_prefix(root).unwrap_or(path), content);
        }
    }

    /// The binary under test, in this world: `world.statewright(["plan", "specs"]).run()`.
    pub fn statewright<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Statewright<'_> {
        Statewright::new(self, arguments)
    }
}

/// A number that no other test of this process has, and hardly one of another process on a shared emulator.
fn new_account() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let process = u64::from(std::process::id()) % 1_000_000;
    format!("{}", 100_000_000_000 + process * 100_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 100_000)
}
