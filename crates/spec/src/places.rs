//! What stands where in a resource's body: documents, paths, and where a secret may be.

use crate::{
    Kind,
    reference::{Flavour, Scope},
};

/// The fields that hold a document, inline or in a file. `*` is any key.
const fn documents(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Policy => &["/document"],
        Kind::Role => &["/trust", "/inline/*"],
        Kind::StateMachine => &["/definition"],
        Kind::LogGroup | Kind::Function | Kind::Job => &[],
    }
}

/// The fields whose text is a path of the repository, beside the `file` of a document.
const fn paths(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Function => &["/code"],
        Kind::Job => &["/script/file"],
        Kind::Policy | Kind::Role | Kind::LogGroup | Kind::StateMachine => &[],
    }
}

/// The fields that a secret may flow into: what AWS keeps as text and no name is made of.
const fn secrets(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Policy => &["/description", "/tags/*", "/document/**"],
        Kind::Role => &["/description", "/tags/*", "/trust/**", "/inline/**"],
        Kind::LogGroup => &["/tags/*"],
        Kind::Function => &["/description", "/tags/*", "/environment/*"],
        Kind::Job => &["/description", "/tags/*", "/arguments/*", "/fixed_arguments/*", "/source_control/auth_token"],
        Kind::StateMachine => &["/tags/*", "/definition/**"],
    }
}

fn fits(pattern: &str, pointer: &str) -> bool {
    let mut pattern = pattern.split('/');
    let mut pointer = pointer.split('/');
    loop {
        match (pattern.next(), pointer.next()) {
            (None, None) => return true,
            (Some("**"), rest) => return rest.is_some(),
            (Some("*"), Some(_)) => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

fn any(patterns: &[&str], pointer: &str) -> bool {
    patterns.iter().any(|p| fits(p, pointer))
}

/// Whether the pointer is that of a document: `/trust`, `/inline/NAME`.
pub(crate) fn is_document(kind: Kind, pointer: &str) -> bool {
    any(documents(kind), pointer)
}

/// Whether the text at the pointer is a path.
pub(crate) fn is_path(kind: Kind, pointer: &str) -> bool {
    any(paths(kind), pointer) || pointer.strip_suffix("/file").is_some_and(|parent| is_document(kind, parent))
}

/// Whether a secret may stand at the pointer.
pub(crate) fn may_be_secret(kind: Kind, pointer: &str) -> bool {
    any(secrets(kind), pointer) && !is_path(kind, pointer)
}

/// What a text at the pointer may refer to, and in what sort of text it stands.
pub(crate) fn scope<'a>(kind: Kind, pointer: &str, all: Scope<'a>) -> (Scope<'a>, Flavour<'static>) {
    let path = is_path(kind, pointer);
    let scope = if path {
        Scope { identity: None, names: None, ..all }
    } else if pointer == "/path" && matches!(kind, Kind::Policy | Kind::Role) {
        // The path is a part of the ARN that others refer to.
        Scope { names: None, ..all }
    } else {
        all
    };
    let document = pointer.match_indices('/').map(|(at, _)| at).chain([pointer.len()]);
    let inside = document.skip(1).any(|end| is_document(kind, pointer.get(..end).unwrap_or_default()));
    let flavour = match kind {
        Kind::Policy | Kind::Role if inside && !path => Flavour::Policy,
        _ => Flavour::Plain,
    };
    (scope, flavour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_known() {
        assert!(is_document(Kind::Role, "/inline/X"));
        assert!(!is_document(Kind::Role, "/inline"));
        assert!(is_path(Kind::Role, "/inline/X/file"));
        assert!(is_path(Kind::Function, "/code"));
        assert!(!is_path(Kind::Function, "/code/s3"));
        assert!(may_be_secret(Kind::Policy, "/document/Statement/0/Resource"));
        assert!(!may_be_secret(Kind::Policy, "/document/file"));
        assert!(!may_be_secret(Kind::Policy, "/document"));
        assert!(!may_be_secret(Kind::Role, "/policies/0"));
    }
}
