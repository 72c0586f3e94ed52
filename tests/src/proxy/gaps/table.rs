use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::repair_exists;
use crate::emulator::Emulator;

/// One thing that an emulator does not do as AWS does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What it is called; the name of its probe.
    pub id: String,
    /// The emulators that have it.
    pub emulators: Vec<Emulator>,
    /// The operations that answer wrongly.
    pub operations: Vec<String>,
    /// What they do, and what AWS does.
    pub wrong: String,
    /// The repair that mends it; none for a gap that is only known.
    pub repair: Option<String>,
    /// What in this project leans on it.
    pub reason: String,
}

/// The gaps of one emulator.
#[derive(Clone, Debug)]
pub struct GapTable {
    gaps: Vec<Gap>,
}

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GapTableError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, #[source] std::io::Error),
    /// It is not a table of gaps.
    #[error("not a table of gaps: {0}")]
    Malformed(#[from] toml::de::Error),
    /// It names a repair that there is not.
    #[error("the gap {gap} names the repair {repair}, which does not exist")]
    UnknownRepair {
        /// The gap.
        gap: String,
        /// The repair that it names.
        repair: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    gap: Vec<Gap>,
}

impl GapTable {
    /// The gaps of `emulator`, from the project's own table.
    ///
    /// # Panics
    /// When the project's own table is wrong, which a test shows.
    pub fn of(emulator: Emulator) -> Self {
        Self::parse(include_str!("../../../emulator-gaps.toml"), emulator)
            .unwrap_or_else(|error| panic!("tests/emulator-gaps.toml: {error}"))
    }

    /// Nothing is mended.
    pub fn none() -> Self {
        Self { gaps: Vec::new() }
    }

    /// The gaps of `emulator`, from a file.
    ///
    /// # Errors
    /// When it cannot be read or is wrong.
    pub fn read(path: &Path, emulator: Emulator) -> Result<Self, GapTableError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| GapTableError::Unreadable(path.display().to_string(), error))?;
        Self::parse(&text, emulator)
    }

    /// The gaps of `emulator`, from the text of a table.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn parse(text: &str, emulator: Emulator) -> Result<Self, GapTableError> {
        let file: File = toml::from_str(text)?;
        for gap in &file.gap {
            if let Some(repair) = gap.repair.as_ref().filter(|repair| !repair_exists(repair)) {
                return Err(GapTableError::UnknownRepair { gap: gap.id.clone(), repair: repair.clone() });
            }
        }
        Ok(Self { gaps: file.gap.into_iter().filter(|gap| gap.emulators.contains(&emulator)).collect() })
    }

    /// The gaps.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    pub(super) fn repairs(&self) -> BTreeSet<&str> {
        self.gaps.iter().filter_map(|gap| gap.repair.as_deref()).collect()
    }
}
