use super::{Probe, Repair};

pub(super) static REPAIRS: &[Repair] = &[];
pub(super) static PROBES: &[(&str, Probe)] = &[];
