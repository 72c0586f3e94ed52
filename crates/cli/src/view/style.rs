//! Colours. They only repeat what glyphs and words say already.

use anstyle::{AnsiColor, Style};
use statewright_planner::Action;

/// Something that comes.
pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
/// Something that goes.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
/// Something that changes.
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
/// Something that matters less.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// A heading.
pub(crate) const STRONG: Style = Style::new().bold();

/// The colour of an action.
pub(crate) const fn action(action: Action) -> Style {
    match action {
        Action::Create => ADDED,
        Action::Update | Action::Adopt | Action::Forget => CHANGED,
        Action::Replace | Action::Delete => REMOVED,
    }
}

/// Wraps a text in a style.
pub(crate) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}
