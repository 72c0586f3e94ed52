//! Trees with their places, faults with theirs, and the laws of the parser.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use crate::{
    MAX_DEPTH, Node, Parsed, check,
    yaml::{Comment, Lookalike, comments, lookalike, parse_yaml},
};

fn parse(text: &str) -> Parsed {
    check::parsed(parse_yaml, text)
}

fn faults(text: &str) -> Vec<String> {
    check::faults(parse_yaml, text)
}

/// The text must have these findings and this tree.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn tree(text: &str, expect: serde_json::Value) {
    assert_eq!(faults(text), [""; 0], "{text}");
    assert_eq!(parse(text).root.map_or(json!("(no root)"), |r| r.to_json()), expect, "{text}");
}

#[track_caller]
fn fault(text: &str, expect: &[&str]) {
    assert_eq!(faults(text), expect, "{text}");
}

/// The text at a pointer must be this.
#[track_caller]
fn place(text: &str, pointer: &str, expect: &str) {
    let root = parse(text).root.unwrap();
    let node: &Node = root.pointer(pointer).unwrap();
    assert_eq!(&text[node.span.start..node.span.end], expect, "{pointer} of {text}");
}

#[test]
fn core_schema() {
    tree(
        "[~, null, Null, NULL, true, True, TRUE, false, yes, No, on, OFF, y]",
        json!([null, null, null, null, true, true, true, false, "yes", "No", "on", "OFF", "y"]),
    );
    tree(
        "a: 1\nb: -2\nc: +3\nd: 0x1F\ne: 0o17\nf: 1e3\ng: .5\nh: 5.\ni: -0.0",
        json!({
            "a": 1, "b": -2, "c": 3, "d": 31, "e": 15, "f": 1e3, "g": 0.5, "h": 5.0, "i": -0.0
        }),
    );
    tree(
        "[0x, 0xG, 1e, 1_000, 12:30, 2024-01-31, ., +, e1, 1.2.3, '1', \"true\"]",
        json!(["0x", "0xG", "1e", "1_000", "12:30", "2024-01-31", ".", "+", "e1", "1.2.3", "1", "true"]),
    );
    tree(
        "a: !!str 12\nb: !!int \"3\"\nc: !!float 1\nd: ! 5\ne: !!null ''\nf: !!bool 'true'\ng: !<tag:yaml.org,2002:str> 1",
        json!({
            "a": "12", "b": 3, "c": 1.0, "d": "5", "e": null, "f": true, "g": "1"
        }),
    );
    tree("a: !!map\n  b: !!seq\n    - 1\n", json!({"a": {"b": [1]}}));
    fault(
        "a: .inf\nb: [-.INF, .nan, 1e999]",
        &[
            "SRC027 3..7 \".inf\": the number `.inf` has no JSON form",
            "SRC027 12..17 \"-.INF\": the number `-.INF` has no JSON form",
            "SRC027 19..23 \".nan\": the number `.nan` has no JSON form",
            "SRC027 25..30 \"1e999\": the number `1e999` has no JSON form",
        ],
    );
    fault(
        "account: 012345678901",
        &["SRC007 9..21 \"012345678901\": `012345678901` is read as the number 12345678901: its zeros are lost"],
    );
}

#[test]
fn strings() {
    tree(
        "a: |\n  x\n   y\n\nb: >-\n  x\n  y\nc: plain\n  goes on\nd: 'it''s'\ne: \"\\u00e9\\n\"\nf: |+\n  z\n\n",
        json!({
            "a": "x\n y\n", "b": "x y", "c": "plain goes on", "d": "it's", "e": "é\n", "f": "z\n\n"
        }),
    );
}

#[test]
fn nothing_there() {
    for text in ["", "\n", "# only a comment\n", "---\n", "\u{feff}", "---\n# x\n...\n"] {
        tree(text, json!("(no root)"));
    }
    tree("~", json!(null));
}

#[test]
fn places() {
    let text = "é: &x {k: 1, 'q': \"s\"}  # c\nlist: !!seq\n  - a\n  - b: |\n      text\n      more\n\n    c: two words   \nnone:\nlast: &y\n  z: 1\n\n# end\n";
    place(text, "", text.trim_end_matches("\n\n# end\n"));
    place(text, "/é", "{k: 1, 'q': \"s\"}");
    place(text, "/é/q", "\"s\"");
    place(text, "/list", "- a\n  - b: |\n      text\n      more\n\n    c: two words");
    place(text, "/list/1/b", "text\n      more");
    place(text, "/list/1/c", "two words");
    place(text, "/none", "");
    place(text, "/last", "z: 1");
    let root = parse(text).root.unwrap();
    let none = root.get("none").unwrap().span;
    assert_eq!(&text[none.start - 5..none.start], "none:");
    let key = root.entry("last").unwrap().key_span;
    assert_eq!(&text[key.start..key.end], "last");
    place("a: &x |\n  text\nb: 1", "/a", "text");
    place("a: !!str &y >2-\n    t\n   u\nc: 1", "/a", "  t\n   u");
    place("a: # c\n  !!str # d\n  foo\n", "/a", "foo");
    place("\u{feff}a: é😀b\nc: d", "/c", "d");
    place("{a, b: }", "/b", "");
    place("[a: b, c]", "/0", "a: b");
}

#[test]
fn json_in_yaml() {
    tree("{\n\t\"a\":\t[1, \"\\/\"],\n\t\"b\": {}\n}", json!({"a": [1, "/"], "b": {}}));
    tree("a: {\n  \"b\": [1,\n 2]\n}\n", json!({"a": {"b": [1, 2]}}));
    fault("{\"a\": 1,\n \"a\": 2}", &["SRC005 10..13 \"\\\"a\\\"\" + 1..4 \"\\\"a\\\"\": the key `a` is there twice"]);
    tree("{a: 1, 'b': 2,}", json!({"a": 1, "b": 2}));
}

#[test]
fn aliases_keep_the_places_of_their_definition() {
    let text = "a: &x\n  k: [1, 2]\nb: *x\nc: [*x, *x]\n";
    tree(text, json!({"a": {"k": [1, 2]}, "b": {"k": [1, 2]}, "c": [{"k": [1, 2]}, {"k": [1, 2]}]}));
    let root = parse(text).root.unwrap();
    assert_eq!(root.pointer("/b/k").unwrap().span, root.pointer("/a/k").unwrap().span);
    place(text, "", text.trim_end());
    tree("a: &x 1\nb: &x 2\nc: *x", json!({"a": 1, "b": 2, "c": 2}));
    tree("&k a: 1\nb: {*k : 2}", json!({"a": 1, "b": {"a": 2}}));
    fault("a: &base {x: 1}\nb: *bsae\n", &["SRC025 19..24 \"*bsae\": no anchor `&bsae` stands before this alias"]);
    fault("a: &x [1, *x]\n", &["SRC025 10..12 \"*x\": the alias `*x` stands inside the value that it names"]);
}

#[test]
fn merge_keys() {
    tree(
        "a: &a {x: 1, y: 1}\nb: &b\n  <<: *a\n  y: 2\n  z: 2\nc:\n  w: 3\n  <<: *b\n  z: 3\n",
        json!({"a": {"x": 1, "y": 1}, "b": {"x": 1, "y": 2, "z": 2}, "c": {"w": 3, "x": 1, "y": 2, "z": 3}}),
    );
    tree(
        "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b, {y: 3, z: 3}]\n",
        json!({"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2, "z": 3}}),
    );
    tree(
        "a: &a {x: 1}\nb: {<<: *a, <<: {x: 2, y: 2}, '<<': 3}",
        json!({
            "a": {"x": 1}, "b": {"x": 1, "y": 2, "<<": 3}
        }),
    );
    let order = parse("a: &a {x: 1, y: 1}\nb:\n  k: 0\n  <<: *a\n  l: 0\n  y: 5\n").root.unwrap();
    let keys: Vec<_> = order.get("b").unwrap().as_map().unwrap().iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["k", "x", "l", "y"]);
    fault(
        "a: &a 1\nb: {<<: *a}\nc:\n  <<: [1]\n",
        &[
            "SRC026 16..18 \"*a\": a merge key needs a map or a list of maps",
            "SRC026 29..32 \"[1]\": a merge key needs a map or a list of maps",
        ],
    );
}

#[test]
fn keys() {
    fault("a: 1\nb: 2\n\"a\": 3\n", &["SRC005 10..13 \"\\\"a\\\"\" + 0..1 \"a\": the key `a` is there twice"]);
    fault("x: &x\n  a: 1\n  a: 2\ny: *x\n", &["SRC005 15..16 \"a\" + 8..9 \"a\": the key `a` is there twice"]);
    fault(
        "1: a\ntrue: b\n~: c\n[x]: d\n? {y: 1}\n: e\n",
        &[
            "SRC023 0..1 \"1\": the key `1` is a number, not a string",
            "SRC023 5..9 \"true\": the key `true` is a boolean, not a string",
            "SRC023 13..14 \"~\": the key `~` is null, not a string",
            "SRC023 18..19 \"[\": a key is a list, not a string",
            "SRC023 27..28 \"{\": a key is a map, not a string",
        ],
    );
    tree("? a\n: 1\n? b\n", json!({"a": 1, "b": null}));
}

#[test]
fn tags() {
    fault(
        "a: !Ref Role\nb: !foo {x: 1}\nc: !!binary aGk=\nd: !!int x\ne: !!seq {}\nf: !<x:y> 1",
        &[
            "SRC024 3..7 \"!Ref\": the tag `!Ref` is not known",
            "SRC024 16..20 \"!foo\": the tag `!foo` is not known",
            "SRC024 31..39 \"!!binary\": the tag `!!binary` is not known",
            "SRC024 48..55 \"!!int x\": `x` is not what its tag `!!int` says",
            "SRC024 59..64 \"!!seq\": the tag `!!seq` does not fit: this is a map",
            "SRC024 71..77 \"!<x:y>\": the tag `!<x:y>` is not known",
        ],
    );
    fault("a: !x!y 1", &["SRC024 3..4 \"!\": a tag has a prefix that is not declared"]);
}

#[test]
fn documents() {
    fault("a: 1\n---\nb: 2\n", &["SRC022 5..8 \"---\": the file holds more than one document"]);
    tree("%YAML 1.2\n---\na: 1\n...\n", json!({"a": 1}));
}

#[test]
fn syntax() {
    let cases: &[(&str, &str)] = &[
        ("a:\n\tb: 1\n", "SRC021 3..4 \"\\t\": a tab stands where YAML wants spaces"),
        ("a: b: c\n", "SRC020 4..5 \":\": a plain value holds a colon"),
        ("a: 1\n b: 2\n", "SRC020 6..7 \"b\" + 0..4 \"a: 1\": a key stands where the value above goes on"),
        ("a: 1\nb\nc: 2\n", "SRC020 5..6 \"b\": a line has no `key: value`"),
        ("a: [1, 2\nb: 3\n", "SRC020 10..11 \":\" + 3..4 \"[\": a list in brackets is not closed or lacks a comma"),
        ("a: {b: 1, c: 2\n", "SRC020 15..15 \"\" + 3..4 \"{\": a map in braces is not closed or lacks a comma"),
        ("a: 'x\nb: 1\n", "SRC020 3..5 \"'x\": a quoted string goes on in a line that is not indented"),
        ("a: \"x\n", "SRC020 3..5 \"\\\"x\": a quoted string is not closed"),
        ("a: \"\\d+\"\n", "SRC020 4..6 \"\\\\d\": a double-quoted string has an escape that YAML does not know"),
        (
            "a: \"ok \\n \\u12\"\n",
            "SRC020 10..14 \"\\\\u12\": a double-quoted string has an escape that YAML does not know",
        ),
        ("a: 'it's'\n", "SRC020 7..9 \"s'\": text follows behind a quoted string"),
        ("a: {% $x %}\n", "SRC020 3..11 \"{% $x %}\": a JSONata expression stands without quotes"),
        ("a: [${b.c}]\n", "SRC020 4..10 \"${b.c}\" + 3..4 \"[\": a reference stands without quotes inside brackets"),
        ("a: @x\n", "SRC020 3..4 \"@\": a plain string cannot begin with this character"),
        ("a: `x`\n", "SRC020 3..4 \"`\": a plain string cannot begin with this character"),
        ("- 1\nb: 2\n", "SRC020 4..5 \"b\": a list goes on without `- `"),
        ("a:\n   b: 1\n  c: 1\n", "SRC020 13..14 \"c\": the line fits no map around it"),
        ("a: - 1\n", "SRC020 3..4 \"-\": a list item begins on the line of its key"),
        ("a: }\n", "SRC020 3..4 \"}\": a closing bracket is one too many"),
        ("a: |x\n", "SRC020 3..4 \"|\": a block string (`|` or `>`) is not written as YAML wants it"),
        ("a: 1\n\u{feff}b: 2\n", "SRC020 5..8 \"\\u{feff}\": a byte-order mark stands inside the text"),
        ("a: x\u{0}\nb: 2\n", "SRC020 4..5 \"\\0\": the character U+0000 may not stand in YAML"),
    ];
    for (text, expect) in cases {
        assert_eq!(faults(text), [*expect], "{text:?}");
        assert!(parse(text).root.is_none());
    }
}

#[test]
fn later_sections_are_read_too() {
    fault(
        "a: 1: 2\nb: 3\nc:\n\td: 4\ne: *x\nf: [1\ng: 2: 3\n",
        &[
            "SRC020 4..5 \":\": a plain value holds a colon",
            "SRC021 16..17 \"\\t\": a tab stands where YAML wants spaces",
            "SRC020 35..36 \":\" + 31..32 \"[\": a list in brackets is not closed or lacks a comma",
        ],
    );
    fault(
        "é: 1\nb\nc\nd: e: f\n",
        &["SRC020 6..7 \"b\": a line has no `key: value`", "SRC020 14..15 \":\": a plain value holds a colon"],
    );
    fault(
        "a: {% $x %}\nb: [${c.d}, 1]\nc: d: e\n",
        &[
            "SRC020 3..11 \"{% $x %}\": a JSONata expression stands without quotes",
            "SRC020 16..22 \"${c.d}\" + 15..16 \"[\": a reference stands without quotes inside brackets",
            "SRC020 31..32 \":\": a plain value holds a colon",
        ],
    );
    fault(
        "a: &base {x: 1}\nb:\n  <<: *bsae\n  y: 1\n  y: 2\nc: [*d, *base]\n",
        &[
            "SRC025 25..30 \"*bsae\": no anchor `&bsae` stands before this alias",
            "SRC025 49..51 \"*d\": no anchor `&d` stands before this alias",
            "SRC005 40..41 \"y\" + 33..34 \"y\": the key `y` is there twice",
        ],
    );
    fault("a: 'x\nb: y: z\n", &["SRC020 3..5 \"'x\": a quoted string goes on in a line that is not indented"]);
    fault("- a: b: c\n- d: e: f\n", &["SRC020 6..7 \":\": a plain value holds a colon"]);
}

#[test]
fn large_texts_are_read_once() {
    // Were the time of any step that of the whole text, these would take hours.
    let entries = 40_000;
    let lines: String = (0..entries).map(|i| format!("k{i}: &a{i} v # é\n")).collect::<Vec<_>>().concat();
    assert_eq!(parse(&lines).root.unwrap().as_map().unwrap().len(), entries);
    assert_eq!(comments(&lines).len(), entries);
    let flow = format!("a: [{}]", "é, ".repeat(entries));
    assert_eq!(parse(&flow).root.unwrap().get("a").unwrap().as_seq().unwrap().len(), entries);
    let aliases = format!("a: &a {{x: 1}}\nb: [{}]", "{<<: *a}, ".repeat(entries));
    assert_eq!(parse(&aliases).root.unwrap().get("b").unwrap().as_seq().unwrap().len(), entries);
    let block = format!("a: |\n{}", "  text\n".repeat(entries));
    assert_eq!(parse(&block).root.unwrap().get("a").unwrap().as_str().unwrap().len(), 5 * entries);
    let tabs = "a:\n\tb: 1\n".repeat(entries);
    assert!(parse(&tabs).diagnostics.len() <= 21);
    let twice = "a: 1\n".repeat(entries);
    assert_eq!(parse(&twice).diagnostics.len(), 101);
}

#[test]
fn depth_is_bounded() {
    let nested = |n: usize| format!("{}x", "- ".repeat(n));
    assert!(parse(&nested(MAX_DEPTH)).root.is_some());
    assert_eq!(faults(&nested(MAX_DEPTH + 1)), ["SRC003 256..256 \"\": maps and lists are nested more than 128 deep"]);
    assert_eq!(faults(&"[".repeat(100_000)).len(), 1);
    assert_eq!(faults(&"{a: ".repeat(100_000)).len(), 1);
    let mut text = format!("a0: &a0 {}1{}\n", "[".repeat(60), "]".repeat(60));
    for i in 1..4 {
        writeln!(text, "a{i}: &a{i} {}*a{}{}", "[".repeat(60), i - 1, "]".repeat(60)).unwrap();
    }
    let list = faults(&text);
    assert_eq!(list.len(), 1);
    assert!(list[0].contains("\"*a1\": maps and lists are nested more than 128 deep once"), "{}", list[0]);
}

#[test]
fn alias_bombs_stop() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        writeln!(text, "a{i}: &a{i} [{aliases}]").unwrap();
    }
    let list = faults(&text);
    assert_eq!(list.len(), 1);
    assert!(list[0].starts_with("SRC004"), "{}", list[0]);
    assert!(parse(&text).root.is_none());
    // Few nodes, but each is long.
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(100_000));
    assert!(faults(&long)[0].starts_with("SRC004"));
}

#[test]
fn comments_are_not_strings() {
    let text = "# top\na: 'x # no' # one\nb: |  # head\n  text # no\n  # no\nc: \"y\n  # no\" #two\nd: e#no\n  #  three  \n- #\n";
    let found: Vec<_> = comments(text).into_iter().map(|c| (c.line, c.text, c.alone)).collect();
    let expect = [
        (1, "top", true),
        (2, "one", false),
        (3, "head", false),
        (7, "two", false),
        (9, "three", true),
        (10, "", false),
    ];
    assert_eq!(found, expect.map(|(l, t, a)| (l, t.to_owned(), a)));
    assert_eq!(comments("a: 1 # é # x\r\n"), [Comment { line: 1, start: 5, text: "é # x".to_owned(), alone: false }]);
    assert_eq!(comments("a: &x 1\nb: *x # c\nc: [*x] # d\nd: {} # e\n").len(), 3);
    assert_eq!(comments("a: &x # c\n  b\n").len(), 1);
}

#[test]
fn lookalikes() {
    let cases: &[(&str, Option<Lookalike>)] = &[
        ("yes", Some(Lookalike::Boolean(true))),
        ("Off", Some(Lookalike::Boolean(false))),
        ("y", None),
        ("true", None),
        ("'no'", None),
        ("2024-01-31", Some(Lookalike::Timestamp)),
        ("2001-12-14t21:59:43.10-05:00", Some(Lookalike::Timestamp)),
        ("2001-12-14 21:59:43Z", Some(Lookalike::Timestamp)),
        ("2024-01", None),
        ("2024-01-31-x", None),
        ("0123", Some(Lookalike::Octal)),
        ("0189", None),
        ("0", None),
        ("12:30", Some(Lookalike::Sexagesimal)),
        ("12:99", None),
        ("1_000", Some(Lookalike::Underscored)),
        ("1000", None),
        ("1.5", None),
        ("", None),
    ];
    for (text, expect) in cases {
        assert_eq!(lookalike(text), *expect, "{text}");
    }
}

proptest! {
    #[test]
    fn json_is_yaml(value in check::any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.diagnostics, &[]);
        prop_assert_eq!(parsed.root.unwrap().to_json(), value);
    }

    #[test]
    fn what_another_library_prints_parses_to_the_same(value in check::any_json()) {
        let text = serde_yaml::to_string(&value).unwrap();
        // Line breaks of YAML 1.1, which it writes, and plain characters of YAML 1.2.
        prop_assume!(!text.contains(['\u{85}', '\u{2028}', '\u{2029}']));
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.diagnostics, &[], "{}", text);
        prop_assert_eq!(parsed.root.unwrap().to_json(), value, "{}", text);
    }

    #[test]
    fn nothing_panics(text in "([-?:,\\[\\]{}#&*!|>'\"%@` \n\t\\\\ab0~é😀]|: |- |\n  |&a |\\*a|<<: |!!str |\"x\"|# c\n){0,40}") {
        check::places_are_in_the_text(parse_yaml, &text)?;
        for comment in comments(&text) {
            prop_assert!(text[comment.start..].starts_with('#'));
            prop_assert_eq!(text[..comment.start].matches('\n').count() + 1, comment.line);
        }
    }

    #[test]
    fn any_text_parses(text: String) {
        check::places_are_in_the_text(parse_yaml, &text)?;
    }
}
