//! IAM policies by their meaning.
//!
//! A [`Document`] is read out of a file's tree with places and findings, or out of JSON that AWS returned. On it stand
//! * a canonical form, an equality and a diff that speak as IAM does ([`canonical()`], [`equivalent`], [`diff()`]), and
//!   whether a change gives or takes access ([`broadens`], [`narrows`], [`union()`], [`access::change`]);
//! * what is wrong with it: [`validate()`] finds what AWS refuses, [`lint::lint`] what nobody means;
//! * [`evaluate`]: whether a request is allowed, and by which statement; what is not known stays open;
//! * [`needs`]: what a state machine's role needs, [`derive`](mod@derive): the least policy that grants it, and
//!   [`permissions`]: the table that holds a role against it;
//! * [`actions`]: the service authorization reference.
//!
//! Nothing here reads files or talks to AWS.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod access;
pub mod actions;
mod canonical;
pub mod codes;
pub mod conformance;
mod cover;
mod date;
pub mod derive;
mod diff;
mod document;
mod equivalence;
pub mod evaluate;
pub mod lint;
pub mod needs;
mod operator;
pub mod pattern;
pub mod permissions;
mod principal;
mod read;
mod said;
mod size;
mod trust;
mod union;
mod validate;

pub use canonical::canonical;
pub use codes::{CODES, Rule};
pub use diff::{DocumentDiff, Element, ElementDiff, StatementDiff, StatementText, describe, diff};
pub use document::{Condition, Document, Effect, Kind, Named, Scope, Statement, Text, Version};
pub use equivalence::{broadens, equivalent, narrows};
pub use operator::{Operator, Qualifier, Test, ValueKind};
pub use principal::Principal;
pub use read::decode;
pub use said::{Gravity, PathStep, PolicyFinding, not_said_by_us};
pub use size::{quota, refused_character, size};
pub use trust::{Assumable, dangling_principals, service_can_assume};
pub use union::{together, union};
pub use validate::validate;

#[cfg(test)]
mod tests;
