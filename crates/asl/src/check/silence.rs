//! `# statewright: allow(ASL042)` in a YAML text.

use statewright_source::Diagnostic;

/// Findings that a text silences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Codes for the whole file: a comment before anything else.
    file: Vec<String>,
    /// Lines (from 1) and codes.
    lines: Vec<(usize, String)>,
}

/// Reads the comments of a YAML text. A comment behind something silences its own line, a comment on a line of its own
/// the next line that is no comment, and one before the first line of the document all of it. Codes are separated by
/// commas.
pub fn allowed(text: &str) -> Allowed {
    let mut allowed = Allowed::default();
    let mut waiting: Vec<String> = Vec::new();
    let mut started = false;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start_matches('\u{feff}').trim();
        let own_line = trimmed.starts_with('#');
        let codes = codes(line);
        match (own_line, trimmed.is_empty() || trimmed == "---") {
            (true, _) if !started => allowed.file.extend(codes),
            (true, _) => waiting.extend(codes),
            (false, true) => {}
            (false, false) => {
                started = true;
                allowed.lines.extend(waiting.drain(..).chain(codes).map(|code| (index + 1, code)));
            }
        }
    }
    allowed
}

fn codes(line: &str) -> Vec<String> {
    let Some((_, comment)) = line.split_once('#') else { return Vec::new() };
    let Some((_, rest)) = comment.split_once("statewright:") else { return Vec::new() };
    let Some(list) = rest.trim_start().strip_prefix("allow(").and_then(|r| r.split_once(')')) else {
        return Vec::new();
    };
    list.0.split(',').map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()).collect()
}

impl Allowed {
    /// Whether a finding that begins on `line` (from 1) is silenced.
    pub fn silences(&self, found: &Diagnostic, line: usize) -> bool {
        let code = found.code.0;
        self.file.iter().any(|c| c == code) || self.lines.iter().any(|(l, c)| *l == line && c == code)
    }

    /// Whether nothing is silenced.
    pub fn is_empty(&self) -> bool {
        self.file.is_empty() && self.lines.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use statewright_source::{Code, Diagnostic};

    use super::allowed;

    #[test]
    fn where_a_comment_counts() {
        let text = "\
# statewright: allow(ASL001)
---
a: 1
b: 2 # statewright: allow(ASL002, ASL003)
# statewright: allow(ASL004)
# another comment
c: 3
";
        let allowed = allowed(text);
        let lines = |code: &'static str| -> Vec<usize> {
            (1..8).filter(|line| allowed.silences(&Diagnostic::error(Code(code), ""), *line)).collect()
        };
        assert_eq!(lines("ASL001"), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(lines("ASL002"), [4]);
        assert_eq!(lines("ASL003"), [4]);
        assert_eq!(lines("ASL004"), [7]);
        assert_eq!(lines("ASL005"), [0; 0]);
        assert!(!allowed.is_empty());
    }
}
