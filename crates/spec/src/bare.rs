//! A definition without a spec around it: `state.asl.json`, `state.asl.yaml`.

use std::path::Path;

use statewright_asl::{MachineType, Options, Tokens};
use statewright_source::{
    Diagnostic, MAX_FILE_BYTES, Node, Parsed, Sources, Span, decode, parse_json, parse_yaml, visible,
};

use crate::{codes, documents::is_guess, files, silence::silence};

/// Whether a file is a definition and not a spec: by its name (`.asl.` in it), or by what stands in it.
pub fn is_definition(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if path.is_dir() {
        return false;
    }
    if name.contains(".asl.") || Path::new(&name).extension().is_some_and(|extension| extension == "asl") {
        return true;
    }
    let Ok(bytes) = files::read(path, MAX_FILE_BYTES as u64) else { return false };
    let Ok(text) = decode(&bytes) else { return false };
    let parsed = parse(statewright_source::FileId(0), &name, &text);
    let has = |root: &Node, key: &str| root.get(key).is_some();
    parsed.root.is_some_and(|root| {
        (has(&root, "StartAt") || has(&root, "States")) && !has(&root, "statewright") && !has(&root, "stack")
    })
}

/// Checks a definition by itself. `${…}` is another tool's (SAM, Terraform) and may become anything. Without a type,
/// nothing is said that depends on it.
pub fn check_definition(sources: &mut Sources, path: &Path, machine_type: Option<MachineType>) -> Vec<Diagnostic> {
    let (root, mut diagnostics) = read_definition(sources, path);
    let Some(root) = root else { return diagnostics };
    if !is_guess(&diagnostics) {
        let options = Options { machine_type, tokens: Tokens::Wildcard, sources: Some(sources) };
        diagnostics.extend(statewright_asl::check(&root, &options).diagnostics);
    }
    silence(sources, &mut diagnostics);
    let key = |d: &Diagnostic| d.primary.as_ref().map(|label| label.span);
    diagnostics.sort_by(|a, b| (key(a), a.code, &a.title).cmp(&(key(b), b.code, &b.title)));
    diagnostics.dedup();
    diagnostics
}

/// Reads a definition's file; what is wrong with its text is among the findings.
pub fn read_definition(sources: &mut Sources, path: &Path) -> (Option<Node>, Vec<Diagnostic>) {
    let name = path.to_string_lossy().into_owned();
    let bytes = match files::read(path, MAX_FILE_BYTES as u64) {
        Ok(bytes) => bytes,
        Err(fault) => return (None, vec![fault.finding(&name)]),
    };
    let file = match sources.add_bytes(name.clone(), &bytes) {
        Ok(file) => file,
        Err(found) => return (None, vec![*found]),
    };
    let Parsed { root, diagnostics } = parse(file, &name, &sources.file(file).text);
    let mut diagnostics = statewright_asl::unreadable(diagnostics);
    if root.is_none() && diagnostics.is_empty() {
        let empty = Diagnostic::error(codes::EMPTY, format!("`{}` is empty", visible(&name)));
        diagnostics
            .push(empty.at(Span::new(file, 0, 0), "nothing here").help("a definition has `StartAt` and `States`"));
    }
    (root, diagnostics)
}

/// By its name; where that says nothing, by its first character.
fn parse(file: statewright_source::FileId, name: &str, text: &str) -> Parsed {
    let extension = Path::new(name).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let json = match extension.as_deref() {
        Some("json") => true,
        Some("yaml" | "yml") => false,
        _ => text.trim_start().starts_with('{'),
    };
    if json { parse_json(file, text) } else { parse_yaml(file, text) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(name: &str, text: &str, machine_type: Option<MachineType>) -> (bool, Vec<String>) {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        let mut sources = Sources::default();
        let found = check_definition(&mut sources, &path, machine_type);
        let shown = found.iter().map(|d| {
            let place = d.primary.as_ref().map(|l| sources.start(l.span));
            format!("{}{}", d.code, place.map(|p| format!(" {}:{}", p.line, p.column)).unwrap_or_default())
        });
        (is_definition(&path), shown.collect())
    }

    const GOOD: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
    const LOST: &str = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n";

    #[test]
    fn what_is_a_definition() {
        assert_eq!(check("m.asl.json", GOOD, None), (true, vec![]));
        assert_eq!(check("m.json", GOOD, None), (true, vec![]));
        assert_eq!(check("m.asl", GOOD, None), (true, vec![]));
        assert!(check("m.asl.json", "{", None).0);
        assert!(!check("spec.yaml", "statewright: 1\nstack: s\n", None).0);
        assert!(!check("spec.yaml", "a: 1\n", None).0);
        assert!(!is_definition(Path::new("/nowhere/at/all.yaml")));
    }

    #[test]
    fn findings_have_places() {
        let (_, found) = check("m.asl.yaml", LOST, None);
        assert!(found.iter().any(|f| f.ends_with(" 5:11")), "{found:?}");
        assert_eq!(check("m.asl.json", "", None).1.len(), 1);
        // What follows from a text that broke off is a guess.
        assert!(
            check("m.asl.json", r#"{"StartAt":"A","States":{"A":{"Type":"Pass""#, None)
                .1
                .iter()
                .all(|f| f.starts_with("SRC"))
        );
    }

    /// What editors, tools and people do to a text: told where it is.
    #[test]
    fn texts_that_are_broken_or_odd() {
        let comment = |value: &str| format!("StartAt: A\nStates:\n  A:\n    Type: Succeed\n    Comment: {value}\n");
        let bomb = (1..30)
            .fold("a0: &a0 [x, x]\n".to_owned(), |text, i| format!("{text}a{i}: &a{i} [*a{0}, *a{0}, *a{0}]\n", i - 1));
        let states = (0..100_000).map(|i| format!("\"S{i}\":{{\"Type\":\"Pass\",\"Next\":\"S{}\"}}", i + 1));
        let many = format!("{{\"StartAt\":\"S0\",\"States\":{{{}}}}}", states.collect::<Vec<_>>().join(","));
        let cases: [(&str, String, &[&str]); 15] = [
            ("json", GOOD[..GOOD.len() - 2].to_owned(), &["SRC011 1:48"]),
            ("json", "[".repeat(100_000), &["SRC003 1:129"]),
            ("yaml", "- ".repeat(100_000), &["SRC003 1:257"]),
            (
                "json",
                r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"A":{"Type":"Succeed"}}}"#.to_owned(),
                &["SRC005 1:49"],
            ),
            ("json", format!("\u{feff}{GOOD}"), &[]),
            ("json", GOOD.replace(',', ",\r\n"), &[]),
            ("yaml", comment("c").replace('\n', "\r\n"), &[]),
            ("yaml", "StartAt: A\nStates:\n\tA: { Type: Succeed }\n".to_owned(), &["SRC021 3:1"]),
            ("yaml", comment("true"), &["ASL004 5:14"]),
            ("yaml", comment("1.0"), &["ASL004 5:14"]),
            ("yaml", comment("No"), &[]),
            ("yaml", comment("2026-01-01T00:00:00Z"), &[]),
            ("json", GOOD.replace("Succeed", "Suc\0ceed"), &["SRC012 1:42"]),
            ("yaml", bomb, &["SRC004 12:18"]),
            ("json", many, &["SPEC022"]),
        ];
        let wrong: Vec<_> = cases
            .iter()
            .map(|(kind, text, expect)| (text, *expect, check(&format!("m.asl.{kind}"), text, None).1))
            .filter(|(_, expect, found)| found != expect)
            .map(|(text, expect, found)| format!("{:.60}: {expect:?}, not {found:?}", visible(text)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn other_encodings_are_named_and_what_aws_calls_it_is_told() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("m.asl.json");
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        fs::write(&path, utf16).unwrap();
        let found = check_definition(&mut Sources::default(), &path, None);
        assert!(found.len() == 1 && format!("{found:?}").contains("UTF-16"), "{found:?}");
        for (text, aws) in [("{", "INVALID_JSON_DESCRIPTION"), (&*"[".repeat(200), "TOO_DEEPLY_NESTED")] {
            fs::write(&path, text).unwrap();
            let found = check_definition(&mut Sources::default(), &path, None);
            assert_eq!(found[0].aws_code, Some(aws), "{found:?}");
        }
    }

    #[test]
    fn comments_silence() {
        let (_, found) = check("m.asl.yaml", LOST, None);
        let codes: Vec<_> = found.iter().filter_map(|f| f.split(' ').next()).collect();
        let quiet = format!("# statewright: allow({})\n{LOST}", codes.join(", "));
        assert_eq!(check("m.asl.yaml", &quiet, None).1, [""; 0]);
        let other = format!("# statewright: allow(ASL001)\n{LOST}");
        assert_eq!(check("m.asl.yaml", &other, None).1.len(), found.len());
    }

    #[test]
    fn tokens_of_other_tools_may_become_anything() {
        let text =
            r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${Fn}","TimeoutSeconds":"${T}","End":true}}}"#;
        assert_eq!(check("m.asl.json", text, None).1, [""; 0]);
    }

    #[test]
    fn the_type_counts_where_it_is_known() {
        let text = r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::glue:startJobRun.sync","Parameters":{"JobName":"j"},"End":true}}}"#;
        assert_eq!(check("m.asl.json", text, None).1, [""; 0]);
        assert_eq!(check("m.asl.json", text, Some(MachineType::Standard)).1, [""; 0]);
        assert_eq!(check("m.asl.json", text, Some(MachineType::Express)).1.len(), 1);
    }
}
