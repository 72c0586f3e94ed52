mod corpus;
mod history;
mod laws;
mod linked;
mod maps;
mod states;

pub(crate) use history::{History, outline, shown};
