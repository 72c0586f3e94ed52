//! The edits of `validate --fix`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use statewright_source::{Diagnostic, FileId, Fix, Severity, Sources, parse_json, parse_yaml, visible};

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Fixed {
    /// How many edits were written.
    pub(crate) edits: usize,
    /// A line an edit, and a line a file that could not be edited.
    pub(crate) said: Vec<String>,
}

/// One edit and why it is made.
struct Edit<'f> {
    fix: &'f Fix,
    found: &'f Diagnostic,
}

/// Writes every edit that no earlier one overlaps, each file at once or not at all. A file is left alone if it is not what
/// was checked any more, or would no longer be YAML or JSON.
pub(crate) fn apply(sources: &Sources, findings: &[Diagnostic]) -> Fixed {
    let mut files: BTreeMap<FileId, Vec<Edit<'_>>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for found in findings {
        // A file that several specs name is one file.
        if let Some(fix) = &found.fix
            && known.insert((&sources.file(fix.span.file).name, fix.span.start, fix.span.end, &fix.replacement))
        {
            files.entry(fix.span.file).or_default().push(Edit { fix, found });
        }
    }
    let mut done = Fixed::default();
    let mut written = BTreeSet::new();
    for (file, edits) in files {
        let file = sources.file(file);
        if !written.insert(&file.name) {
            // Its second reading has places of the text before the first edit; the next round sees the new text.
            continue;
        }
        let (text, made) = edited(&file.text, edits);
        let outcome = if is_broken(&file.name, &text) && !is_broken(&file.name, &file.text) {
            Err("the result could not be read any more".to_owned())
        } else {
            write(Path::new(&file.name), &file.text, &text)
        };
        match outcome {
            Ok(()) => {
                done.edits += made.len();
                done.said.extend(made.iter().map(|edit| line(sources, edit)));
            }
            Err(why) => done.said.push(format!("not fixed: {}: {why}", visible(&file.name))),
        }
    }
    done
}

/// `fixed specs/a.yaml:12:13 ASL020: "Dnoe" → "Done"`
fn line(sources: &Sources, Edit { fix, found }: &Edit<'_>) -> String {
    let file = &sources.file(fix.span.file).name;
    let place = sources.start(fix.span);
    let before = sources.text(fix.span);
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { visible(text).into_owned() };
    format!(
        "fixed {}:{}:{} {}: {} → {}",
        visible(file),
        place.line,
        place.column,
        found.code,
        shown(before),
        shown(&fix.replacement)
    )
}

/// The text with the edits in it, and which these are: of two that overlap, the one that begins first.
fn edited<'f>(text: &str, mut edits: Vec<Edit<'f>>) -> (String, Vec<Edit<'f>>) {
    edits.sort_by_key(|edit| (edit.fix.span.start, edit.fix.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut made: Vec<Edit<'f>> = Vec::new();
    for edit in edits {
        let span = edit.fix.span;
        // Two insertions at one place are of no certain order.
        let twin = made.last().is_some_and(|last| last.fix.span.start == span.start);
        let (Some(between), Some(_)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        if twin {
            continue;
        }
        out.push_str(between);
        out.push_str(&edit.fix.replacement);
        at = span.end;
        made.push(edit);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, made)
}

fn is_broken(name: &str, text: &str) -> bool {
    let json = Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let parsed = if json { parse_json(FileId(0), text) } else { parse_yaml(FileId(0), text) };
    parsed.root.is_none() || parsed.diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Replaces a file at once: a crash leaves the old one or the new one. Links stay, and so does a byte-order mark.
fn write(path: &Path, before: &str, after: &str) -> Result<(), String> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let told = |error: io::Error| visible(&error.to_string()).into_owned();
    let real = fs::canonicalize(path).map_err(told)?;
    let bytes = fs::read(&real).map_err(told)?;
    let (mark, rest) = if bytes.starts_with(MARK) { bytes.split_at(MARK.len()) } else { bytes.split_at(0) };
    if rest != before.as_bytes() {
        return Err("it changed while it was checked".to_owned());
    }
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(told)?;
    io::Write::write_all(&mut new, &[mark, after.as_bytes()].concat()).map_err(told)?;
    new.as_file().set_permissions(fs::metadata(&real).map_err(told)?.permissions()).map_err(told)?;
    new.as_file().sync_all().map_err(told)?;
    new.persist(&real).map_err(|error| told(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use statewright_source::{Code, Span};

    use super::*;

    /// The edits (start, end, replacement) on a file with that text, and what it holds then.
    fn check(name: &str, text: &str, edits: &[(usize, usize, &str)]) -> (String, Fixed) {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        let mut sources = Sources::default();
        let file = sources.add(path.to_string_lossy(), text.trim_start_matches('\u{feff}'));
        let findings: Vec<_> = edits
            .iter()
            .map(|(start, end, new)| {
                let span = Span::new(file, *start, *end);
                Diagnostic::error(Code("ASL001"), "x").at(span, "").fix(span, *new)
            })
            .collect();
        let fixed = apply(&sources, &findings);
        (fs::read_to_string(path).unwrap(), fixed)
    }

    #[test]
    fn edits_are_made_in_any_order() {
        let (text, fixed) = check("a.yaml", "a: one\nb: two\n", &[(10, 13, "2"), (3, 6, "1")]);
        assert_eq!((text.as_str(), fixed.edits), ("a: 1\nb: 2\n", 2));
        assert!(fixed.said[0].ends_with("a.yaml:1:4 ASL001: one → 1"), "{:?}", fixed.said);
    }

    #[test]
    fn edits_that_overlap_are_left_for_the_next_round() {
        let (text, fixed) = check("a.yaml", "a: one\n", &[(3, 6, "1"), (4, 6, "X"), (3, 5, "Y"), (3, 5, "Y")]);
        assert_eq!((text.as_str(), fixed.edits), ("a: Ye\n", 1));
    }

    #[test]
    fn a_file_that_would_break_is_left_alone() {
        let (text, fixed) = check("a.json", "{\"a\": 1}", &[(6, 7, "")]);
        assert_eq!((text.as_str(), fixed.edits), ("{\"a\": 1}", 0));
        assert!(fixed.said[0].starts_with("not fixed: "), "{:?}", fixed.said);
    }

    #[test]
    fn marks_line_ends_and_rights_stay() {
        let (text, _) = check("a.yaml", "\u{feff}a: one\r\nb: é\r\n", &[(3, 6, "1")]);
        assert_eq!(text, "\u{feff}a: 1\r\nb: é\r\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let directory = tempfile::TempDir::new().unwrap();
            let (path, link) = (directory.path().join("a.yaml"), directory.path().join("link.yaml"));
            fs::write(&path, "a: 1\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            std::os::unix::fs::symlink(&path, &link).unwrap();
            write(&link, "a: 1\n", "a: 2\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "a: 2\n");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert!(write(&link, "a: 1\n", "a: 3\n").is_err());
        }
    }
}
