//! Faults with their places, and the laws of the parser.

use proptest::prelude::*;
use serde_json::json;

use crate::{MAX_DEPTH, Node, Parsed, check, parse_json};

fn faults(text: &str) -> Vec<String> {
    check::faults(parse_json, text)
}

fn parse(text: &str) -> Parsed {
    check::parsed(parse_json, text)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn fault(text: &str, expect: &[&str], value: serde_json::Value) {
    assert_eq!(faults(text), expect, "{text}");
    assert_eq!(parse(text).root.map_or(json!("(no root)"), |r| r.to_json()), value, "{text}");
}

#[test]
fn values_and_their_places() {
    let text = r#"{"a": [1, -2.5, 1e3], "b": {"c": "\u00e9\n\ud83d\ude00"}, "d": null, "e": true}"#;
    fault(text, &[], json!({"a": [1, -2.5, 1e3], "b": {"c": "é\n😀"}, "d": null, "e": true}));
    let root = parse(text).root.unwrap();
    let place = |n: &Node| &text[n.span.start..n.span.end];
    assert_eq!(place(&root), text);
    assert_eq!(place(root.pointer("/a").unwrap()), "[1, -2.5, 1e3]");
    assert_eq!(place(root.pointer("/b/c").unwrap()), r#""\u00e9\n\ud83d\ude00""#);
    let key = root.entry("d").unwrap().key_span;
    assert_eq!(&text[key.start..key.end], r#""d""#);
}

#[test]
fn scalars_alone() {
    fault("null", &[], json!(null));
    fault(" \r\n\t7 ", &[], json!(7));
    fault("\u{feff}{}", &[], json!({}));
    fault("[]", &[], json!([]));
    fault("\"\u{7f}é\"", &[], json!("\u{7f}é"));
}

#[test]
fn numbers() {
    fault("18446744073709551615", &[], json!(u64::MAX));
    fault("-9223372036854775808", &[], json!(i64::MIN));
    fault("-0", &[], json!(-0.0));
    fault("1.0", &[], json!(1.0));
    fault(
        "18446744073709551616",
        &[
            "SRC007 0..20 \"18446744073709551616\": the integer `18446744073709551616` does not fit into 64 bits and loses digits",
        ],
        json!(18_446_744_073_709_551_616.0),
    );
    fault("[1e999]", &["SRC013 1..6 \"1e999\": the number `1e999` is too large"], json!([null]));
    fault("[01]", &["SRC013 1..3 \"01\": `01` is not a JSON number"], json!([1.0]));
    fault(
        "[+1, .5, 1., -, 1e]",
        &[
            "SRC013 1..3 \"+1\": `+1` is not a JSON number",
            "SRC013 5..7 \".5\": `.5` is not a JSON number",
            "SRC013 9..11 \"1.\": `1.` is not a JSON number",
            "SRC013 13..14 \"-\": `-` is not a JSON number",
            "SRC013 16..18 \"1e\": `1e` is not a JSON number",
        ],
        json!([1.0, 0.5, 1.0, "-", "1e"]),
    );
    fault(
        "[0x1F, 2024-01-01]",
        &[
            "SRC013 1..5 \"0x1F\": `0x1F` is not a JSON number",
            "SRC013 7..17 \"2024-01-01\": `2024-01-01` is not a JSON number",
        ],
        json!(["0x1F", "2024-01-01"]),
    );
}

#[test]
fn nothing_there() {
    fault("", &["SRC010 0..0 \"\": the text holds no JSON value"], json!("(no root)"));
    fault(" \n ", &["SRC010 0..0 \"\": the text holds no JSON value"], json!("(no root)"));
}

#[test]
fn commas() {
    fault("[1, 2,]", &["SRC015 5..6 \",\": a comma stands after the last element"], json!([1, 2]));
    fault("{\"a\": 1,\n}", &["SRC015 7..8 \",\": a comma stands after the last element"], json!({"a": 1}));
    fault("[1,, 2]", &["SRC015 3..4 \",\": a comma is one too many"], json!([1, 2]));
    fault("[,]", &["SRC015 1..2 \",\": a comma is one too many"], json!([]));
    fault("{\"a\": 1\n \"b\": 2}", &["SRC015 7..7 \"\" + 9..10 \"\\\"\": a comma is missing"], json!({"a": 1, "b": 2}));
}

#[test]
fn keys() {
    fault(
        r#"{"a": 1, "b": 2, "a": 3, "a": 4}"#,
        &[
            "SRC005 17..20 \"\\\"a\\\"\" + 1..4 \"\\\"a\\\"\": the key `a` is there twice",
            "SRC005 25..28 \"\\\"a\\\"\" + 1..4 \"\\\"a\\\"\": the key `a` is there twice",
        ],
        json!({"a": 1, "b": 2}),
    );
    fault(
        r#"{"a": 1, "\u0061": 2}"#,
        &["SRC005 9..17 \"\\\"\\\\u0061\\\"\" + 1..4 \"\\\"a\\\"\": the key `a` is there twice"],
        json!({"a": 1}),
    );
    fault(
        "{a: 1, 'b': 2}",
        &["SRC016 1..2 \"a\": the key `a` has no quotes", "SRC016 7..10 \"'b'\": `'` is not a quote of JSON"],
        json!({"a": 1, "b": 2}),
    );
    fault(
        r#"{"a" 1, "b", "c" = 3, "d" => 4}"#,
        &[
            "SRC010 1..4 \"\\\"a\\\"\": the key `a` has no value",
            "SRC010 8..11 \"\\\"b\\\"\": the key `b` has no value",
            "SRC019 17..18 \"=\": a colon must stand between a key and its value",
            "SRC019 26..28 \"=>\": a colon must stand between a key and its value",
        ],
        json!("(no root)"),
    );
    fault(r#"{[1]: 2, "a": 1}"#, &["SRC010 1..2 \"[\": a key must be a string"], json!("(no root)"));
    fault(r#"{"a": , "b": 1}"#, &["SRC010 5..6 \" \": a value is missing"], json!("(no root)"));
}

#[test]
fn words_and_quotes() {
    fault(
        "[True, NULL, None, NaN, yes]",
        &[
            "SRC017 1..5 \"True\": `True` is not a JSON value",
            "SRC017 7..11 \"NULL\": `NULL` is not a JSON value",
            "SRC017 13..17 \"None\": `None` is not a JSON value",
            "SRC017 19..22 \"NaN\": `NaN` is not a JSON value",
            "SRC017 24..27 \"yes\": `yes` is not a JSON value",
        ],
        json!([true, null, null, null, "yes"]),
    );
    fault("[“a”]", &["SRC016 1..8 \"“a”\": `“` is not a quote of JSON"], json!(["a"]));
    fault(
        "['it\\'s \"x\"']",
        &[
            "SRC012 4..6 \"\\\\'\": `\\'` is not an escape of JSON",
            "SRC016 1..12 \"'it\\\\'s \\\"x\\\"'\": `'` is not a quote of JSON",
        ],
        json!(["it's \"x\""]),
    );
}

#[test]
fn comments() {
    fault(
        "// top\n{\"a\": 1, # one\n /* two\n lines */ \"b\": 2}",
        &[
            "SRC014 0..6 \"// top\": JSON has no comments",
            "SRC014 16..21 \"# one\": JSON has no comments",
            "SRC014 23..29 \"/* two\": JSON has no comments",
        ],
        json!({"a": 1, "b": 2}),
    );
}

#[test]
fn strings() {
    fault(
        "[\"a\tb\", \"\u{0}\"]",
        &[
            "SRC012 3..4 \"\\t\": a tab stands in a string",
            "SRC012 9..10 \"\\0\": the control character U+0000 stands in a string",
        ],
        json!(["a\tb", "\u{0}"]),
    );
    fault(
        r#"["\ud800", "\udc00x", "\ud800\u0041", "\u12"]"#,
        &[
            "SRC012 2..8 \"\\\\ud800\": `\\ud800` is half a character",
            "SRC012 12..18 \"\\\\udc00\": `\\udc00` is half a character",
            "SRC012 23..29 \"\\\\ud800\": `\\ud800` is half a character",
            "SRC012 39..41 \"\\\\u\": `\\u` wants four hex digits",
        ],
        json!(["\u{fffd}", "\u{fffd}x", "\u{fffd}A", "\u{fffd}12"]),
    );
    fault(r#""\d+""#, &["SRC012 1..3 \"\\\\d\": `\\d` is not an escape of JSON"], json!("d+"));
    fault("{\"a\": \"x,\n \"b\": 1}", &["SRC011 6..9 \"\\\"x,\": a string is not closed"], json!("(no root)"));
    fault("\"abc", &["SRC011 0..4 \"\\\"abc\": a string is not closed"], json!("(no root)"));
    fault("\"abc\\", &["SRC011 0..5 \"\\\"abc\\\\\": a string is not closed"], json!("(no root)"));
}

#[test]
fn brackets() {
    fault("{\"a\": [1, 2}", &["SRC011 6..7 \"[\" + 11..12 \"}\": this list is not closed"], json!("(no root)"));
    fault("[1, 2}", &["SRC011 0..1 \"[\" + 5..6 \"}\": this list is closed by the wrong bracket"], json!("(no root)"));
    fault("{\"a\": {\"b\": 1}\n", &["SRC011 14..14 \"\" + 0..1 \"{\": the text ends too early"], json!("(no root)"));
    fault("{\"a\": 1}}", &["SRC010 8..9 \"}\": a closing bracket is one too many"], json!("(no root)"));
    fault("{} {}\n{}", &["SRC010 3..5 \"{}\": more text follows after the JSON value"], json!("(no root)"));
    fault("{\"a\": ", &["SRC011 5..5 \"\" + 0..1 \"{\": the text ends too early"], json!("(no root)"));
    fault(
        "[1 % 2, 3 ; \"4\"]",
        &["SRC010 3..4 \"%\": `%` does not belong here", "SRC010 10..11 \";\": `;` does not belong here"],
        json!("(no root)"),
    );
    fault("[1,\u{a0}2]", &["SRC018 3..5 \"\\u{a0}\": the character U+00A0 is not white space in JSON"], json!([1, 2]));
}

#[test]
fn depth_is_bounded() {
    let at = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(&at(MAX_DEPTH)).diagnostics.is_empty());
    assert_eq!(faults(&at(MAX_DEPTH + 1)), ["SRC003 128..129 \"[\": maps and lists are nested more than 128 deep"]);
    assert_eq!(faults(&"{\"a\":[".repeat(100_000)).len(), 1);
}

#[test]
fn hopeless_input_gives_a_short_answer() {
    let list = faults(&"[,".repeat(50)).len();
    assert!(list <= 101, "{list}");
    let many = format!("[{}]", "tru,".repeat(5000));
    let list = faults(&many);
    assert_eq!(list.len(), 101);
    assert!(list[100].contains("the first 100 are shown"), "{}", list[100]);
}

/// How often the parser looks at a byte.
fn steps(text: &str) -> usize {
    super::STEPS.set(0);
    parse(text);
    super::STEPS.get()
}

#[test]
fn time_is_linear() {
    let families: &[fn(usize) -> String] = &[
        |n| format!("[{}1]", "1,".repeat(n)),
        |n| format!("{{{}\"z\":1}}", (0..n).map(|i| format!("\"k{i}\":[{{}}],")).collect::<Vec<_>>().concat()),
        |n| format!("[{}]", "\"\\u00e9\",".repeat(n)),
        |n| "[".repeat(n),
        |n| "[{\"a\":".repeat(n),
        |n| format!("[{}", "// c\n".repeat(n)),
        |n| format!("[{}]", "% ; ".repeat(n)),
        |n| format!("{{{}", "\"a\" ".repeat(n)),
        |n| "\"".repeat(n),
        |n| "\\".repeat(n),
        |n| "[}".repeat(n),
        |n| format!("[{}]", "\u{a0}".repeat(n)),
        |n| "'a\n".repeat(n),
        |n| format!("[{}", "\"a\\ud800\" ".repeat(n)),
    ];
    for (i, family) in families.iter().enumerate() {
        let (small, large) = (steps(&family(2_000)), steps(&family(8_000)));
        let (short, long) = (family(2_000).len(), family(8_000).len());
        assert!(large * short <= small * long * 11 / 10, "family {i}: {small} steps for {short}, {large} for {long}");
        assert!(large <= 10 * family(8_000).len() + 1_000, "family {i}: {large} steps");
    }
}

proptest! {
    #[test]
    fn what_serde_json_prints_parses_to_the_same(value in check::any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.diagnostics, &[]);
        let root = parsed.root.unwrap();
        prop_assert_eq!(root.to_json(), value);
        let mut again = Vec::new();
        check::each(&root, &mut |node| again.push((node.to_json(), text[node.span.start..node.span.end].to_owned())));
        for (value, place) in again {
            prop_assert_eq!(parse(&place).root.unwrap().to_json(), value);
        }
    }

    // What AWS sends back is read with serde_json: a number of 17 digits that it reads as its neighbour would differ for ever.
    #[test]
    fn every_digit_of_a_number_reads_as_serde_json_reads_it(text in "-?[1-9][0-9]{0,2}\\.[0-9]{12,15}[1-9](e-?[1-9])?") {
        let read = serde_json::from_str::<serde_json::Value>(&text).unwrap();
        prop_assert_eq!(parse(&text).root.unwrap().to_json(), read);
    }

    #[test]
    fn nothing_panics_and_nothing_wrong_is_silent(
        text in "([\\[\\]{}:,\"'\\\\/#*+.eEu0-9truefalsn \n\t\u{a0}“é😀-]|null|\"a\":|\\\\u[dD][89c]00){0,60}"
    ) {
        let parsed = check::places_are_in_the_text(parse_json, &text)?;
        let errors = parsed.diagnostics.iter().any(|d| d.severity == crate::Severity::Error);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => prop_assert!(!errors || parsed.diagnostics.iter().all(|d| d.code == crate::codes::DUPLICATE_KEY)),
            Err(_) => prop_assert!(errors, "{text}"),
        }
    }

    #[test]
    fn any_text_parses(text: String) {
        check::places_are_in_the_text(parse_json, &text)?;
    }

    #[test]
    fn a_fix_mends_its_own_fault(text in "([\\[\\]{},a1' ]|\"a\"|\"a\":|True|\t){0,30}") {
        for d in parse(&text).diagnostics {
            if let Some(fix) = d.fix {
                let mut mended = text.clone();
                mended.replace_range(fix.span.start..fix.span.end, &fix.replacement);
                prop_assert!(
                    !parse(&mended).diagnostics.iter().any(|e| e.code == d.code && e.primary == d.primary && e.title == d.title)
                        || d.code == crate::codes::JSON_COMMA,
                    "{text:?} -> {mended:?}"
                );
            }
        }
    }
}
