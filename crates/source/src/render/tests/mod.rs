//! What users and programs see.

mod sarif;

use insta::assert_snapshot;

use super::{TextStyle, findings, github, sorted, summary, text};
use crate::{Code, Diagnostic, Severity, Sources, Span};

const SPEC004: Code = Code("SPEC004");

/// The place of `part` in the file.
fn at(sources: &Sources, file: crate::FileId, part: &str) -> Span {
    let start = sources.file(file).text.find(part).unwrap();
    Span::new(file, start, start + part.len())
}

/// A spec and a definition with one finding of each severity.
fn example() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let spec = sources
        .add("specs/a.yaml", "stack: demo\nroles:\n  Rôle:\n    polices: []\nmachines:\n  m: ${role.Rolle.arn}\n");
    let asl = sources.add(
        "specs/m.asl.json",
        "{\n\t\"StartAt\": \"A\",\r\n\t\"States\": {\"B\": {\"Next\": \"C\", \"Next\": \"D\"}}\n}\n",
    );
    let list = vec![
        Diagnostic::new(Code("ASL020"), Severity::Runtime, "state `B` always fails")
            .at(at(&sources, asl, "\"B\""), "this state")
            .aws("MISSING_TRANSITION_TARGET", "/States/B/Next"),
        Diagnostic::error(SPEC004, "no role is called `Rolle`")
            .at(at(&sources, spec, "role.Rolle.arn"), "not declared")
            .related(at(&sources, spec, "Rôle"), "this one is")
            .related(at(&sources, asl, "\"A\""), "needed from here")
            .help("did you mean `Rôle`?")
            .fix(at(&sources, spec, "Rolle"), "Rôle"),
        Diagnostic::new(Code("SPEC009"), Severity::Warning, "`polices` is empty")
            .at(at(&sources, spec, "polices: []"), ""),
        Diagnostic::new(Code("SPEC010"), Severity::Note, "the endpoint cannot be reached").help("first line\nsecond"),
    ];
    (sources, list)
}

#[test]
fn text_for_people() {
    let (sources, list) = example();
    assert_snapshot!(text(&sources, &list, TextStyle::default()), @r#"
    note[SPEC010]: the endpoint cannot be reached
     |
     = help: first line
             second

    warning[SPEC009]: `polices` is empty
     --> specs/a.yaml:4:5
      |
    4 |     polices: []
      |     ^^^^^^^^^^^

    error[SPEC004]: no role is called `Rolle`
     --> specs/a.yaml:6:8
      |
    3 |   Rôle:
      |   ---- this one is
    ...
    6 |   m: ${role.Rolle.arn}
      |        ^^^^^^^^^^^^^^ not declared
      |
     ::: specs/m.asl.json:2:13
      |
    2 |     "StartAt": "A",
      |                --- needed from here
      |
      = help: did you mean `Rôle`?
      = fix: replace `Rolle` by `Rôle`

    runtime[ASL020]: state `B` always fails
     --> specs/m.asl.json:3:13
      |
    3 |     "States": {"B": {"Next": "C", "Next": "D"}}
      |                ^^^ this state
      |
      = note: AWS calls it MISSING_TRANSITION_TARGET, at /States/B/Next
    "#);
}

#[test]
fn order_and_duplicates() {
    let (sources, mut list) = example();
    list.extend(list.clone());
    let codes: Vec<_> = sorted(&sources, &list).iter().map(|d| d.code.0).collect();
    assert_eq!(codes, ["SPEC010", "SPEC009", "SPEC004", "ASL020"]);
    assert_eq!(summary(&sources, &list), "1 error, 1 runtime fault, 1 warning, 1 note");
    assert_eq!(summary(&sources, &[]), "");
}

#[test]
fn colours_only_when_asked() {
    let (sources, list) = example();
    assert!(!text(&sources, &list, TextStyle::default()).contains('\u{1b}'));
    assert!(text(&sources, &list, TextStyle { color: true, width: 120 }).contains("\u{1b}["));
}

#[test]
fn nothing_of_others_reaches_the_terminal() {
    let mut sources = Sources::default();
    let file = sources.add("a\u{1b}[31m.yaml", "k\u{1b}]0;x\u{7}: \u{9b}31m v\u{202e}x # \u{0}\r\u{200b}z\nnext\n");
    let bad = "\u{1b}[2J\u{8}\r\n\u{202e}é";
    let list = [Diagnostic::error(SPEC004, bad)
        .at(at(&sources, file, "v\u{202e}x"), bad)
        .related(at(&sources, file, "z"), bad)
        .help(bad)
        .aws("X", bad)
        .fix(at(&sources, file, "k\u{1b}"), bad)];
    for out in [text(&sources, &list, TextStyle::default()), github(&sources, &list)] {
        let hidden: Vec<char> = out.chars().filter(|c| *c != '\n' && crate::visible::is_hidden(*c)).collect();
        assert_eq!(hidden, [], "{out}");
    }
    assert_snapshot!(text(&sources, &list, TextStyle::default()), @r#"
    error[SPEC004]: \u{1b}[2J\u{8}\r\n\u{202e}é
     --> a\u{1b}[31m.yaml:1:15
      |
    1 | k\u{1b}]0;x\u{7}: \u{9b}31m v\u{202e}x # \u{0}\r\u{200b}z
      |                             ^^^^^^^^^^                  - \u{1b}[2J\u{8}\r\n\u{202e}é
      |                             |
      |                             \u{1b}[2J\u{8}\r\n\u{202e}é
      |
      = note: AWS calls it X, at \u{1b}[2J\u{8}\r\n\u{202e}é
      = help: \u{1b}[2J\u{8}
              \u{202e}é
      = fix: replace `k\u{1b}` by `\u{1b}[2J\u{8}\r\n\u{202e}é`
    "#);
    assert_eq!(github(&sources, &list).lines().count(), 1);
}

/// A place may be longer than what is kept of its line: an inline definition of a megabyte is one.
#[test]
fn a_place_that_goes_on_beyond_what_is_shown_is_marked_as_far_as_it_is() {
    for tail in ["", "}"] {
        let mut sources = Sources::default();
        let file = sources.add("long.yaml", format!("    definition: {{ {}{tail}\n", "é".repeat(500_000)));
        let line = sources.file(file).text.trim_end().len();
        let found = Diagnostic::new(SPEC004, Severity::Warning, "nearly too large")
            .at(Span::new(file, 16, line - tail.len()), "this");
        let shown = text(&sources, &[found], TextStyle::default());
        assert!(shown.contains("long.yaml:1:17") && shown.contains("^ this"), "{shown}");
        assert!(shown.len() < 3_000, "{}", shown.len());
    }
}

#[test]
fn long_lines_and_long_places_are_cut() {
    let mut sources = Sources::default();
    let line = format!("{{\"a\": [{}{{\"x\": 1}}, {}\"y\"]}}", "10, ".repeat(50_000), "20, ".repeat(50_000));
    let file = sources.add("long.json", line);
    let many = sources.add("many.yaml", "a:\n  b: 1\n  c: 2\nd: 3\n".to_owned() + &"#\n".repeat(100) + "e: 1\n");
    let list = [
        Diagnostic::error(SPEC004, "one line")
            .at(at(&sources, file, "{\"x\": 1}"), "here")
            .related(at(&sources, file, "\"y\""), "and here"),
        Diagnostic::error(SPEC004, "many lines")
            .at(at(&sources, many, "a:\n  b: 1\n  c: 2"), "all of it")
            .related(at(&sources, many, "e: 1"), "far away"),
        Diagnostic::error(SPEC004, "the end").at(Span::new(many, sources.file(many).text.len(), usize::MAX), ""),
    ];
    assert_snapshot!(text(&sources, &list, TextStyle { color: false, width: 100 }), @r#"
    error[SPEC004]: one line
     --> long.json:1:200008
      |
    1 | ..., 10, 10, 10, 10, 10, 10, 10, 10, 10, {"x": 1}, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20...
      |                                          ^^^^^^^^ here
      |
     ::: long.json:1:400018
      |
    1 | ...0, 20, 20, 20, 20, 20, 20, 20, 20, 20, "y"]}
      |                                           --- and here

    error[SPEC004]: many lines
       --> many.yaml:1:1
        |
      1 | a:
        | ^^ all of it
        |
       ::: many.yaml:105:1
        |
    105 | e: 1
        | ---- far away

    error[SPEC004]: the end
       --> many.yaml:106:1
        |
    106 |
        | ^
    "#);
}

#[test]
fn an_empty_file_has_no_lines_to_show() {
    let mut sources = Sources::default();
    let file = sources.add("empty.json", "");
    let list = crate::parse_json(file, "").diagnostics;
    assert_snapshot!(text(&sources, &list, TextStyle::default()), @r"
    error[SRC010]: the text holds no JSON value
    --> empty.json:1:1
    ");
}

#[test]
fn json_for_programs() {
    let (sources, list) = example();
    let json = serde_json::to_value(findings(&sources, &list)).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&json[2]).unwrap(), @r#"
    {
      "code": "SPEC004",
      "severity": "error",
      "title": "no role is called `Rolle`",
      "help": "did you mean `Rôle`?",
      "file": "specs/a.yaml",
      "line": 6,
      "column": 8,
      "end_line": 6,
      "end_column": 22,
      "label": "not declared",
      "related": [
        {
          "text": "this one is",
          "file": "specs/a.yaml",
          "line": 3,
          "column": 3,
          "end_line": 3,
          "end_column": 7
        },
        {
          "text": "needed from here",
          "file": "specs/m.asl.json",
          "line": 2,
          "column": 13,
          "end_line": 2,
          "end_column": 16
        }
      ],
      "aws_code": null,
      "aws_location": null,
      "fix": {
        "file": "specs/a.yaml",
        "line": 6,
        "column": 13,
        "end_line": 6,
        "end_column": 18,
        "replacement": "Rôle"
      }
    }
    "#);
    for finding in json.as_array().unwrap() {
        let fields = "code severity title help file line column end_line end_column aws_code aws_location fix";
        for field in fields.split(' ') {
            assert!(finding.get(field).is_some(), "{field} of {finding}");
        }
    }
    let back: Vec<super::Finding> = serde_json::from_value(json).unwrap();
    assert_eq!(back, findings(&sources, &list));
}

#[test]
fn github_annotations() {
    let (mut sources, mut list) = example();
    let odd = sources.add("a,b:100%.yaml", "k: v\nl: w\n");
    list.push(Diagnostic::error(SPEC004, "100% wrong: a, b").at(Span::new(odd, 0, 9), ""));
    assert_snapshot!(github(&sources, &list), @r#"
    ::notice title=SPEC010::the endpoint cannot be reached%0Ahelp: first line%0Asecond
    ::error file=a%2Cb%3A100%25.yaml,line=1,endLine=2,title=SPEC004::100%25 wrong: a, b
    ::warning file=specs/a.yaml,line=4,endLine=4,col=5,endColumn=16,title=SPEC009::`polices` is empty
    ::error file=specs/a.yaml,line=6,endLine=6,col=8,endColumn=22,title=SPEC004::no role is called `Rolle`: not declared%0Aspecs/a.yaml:3:3: this one is%0Aspecs/m.asl.json:2:13: needed from here%0Ahelp: did you mean `Rôle`?
    ::error file=specs/m.asl.json,line=3,endLine=3,col=13,endColumn=16,title=ASL020 (runtime)::state `B` always fails: this state
    "#);
}
