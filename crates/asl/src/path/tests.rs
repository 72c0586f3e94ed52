use super::{Dynamic, parse_dynamic, parse_path};

fn check(text: &str, expect: &str) {
    let found = match parse_dynamic(text) {
        Ok(Dynamic::Path(p)) if p.indefinite().is_none() => "reference".to_owned(),
        Ok(Dynamic::Path(_)) => "path".to_owned(),
        Ok(Dynamic::Call(call)) => format!("call {} {}", call.name, call.arguments.len()),
        Err(fault) => format!("{} @{}..{}", fault.message, fault.at.start, fault.at.end),
    };
    assert_eq!(found, expect, "{text}");
}

#[test]
fn paths() {
    for text in [
        "$",
        "$$",
        "$.a",
        "$.a.b[0].c",
        "$['a b']['c']",
        "$[\"a\"]",
        "$.a-b",
        "$.ä:x@y",
        "$$.Execution.Id",
        "$x",
        "$x.a[1]",
        "$.a['it\\'s']",
        "$$.Execution.Name ",
        "$[-1]",
    ] {
        check(text, "reference");
    }
    for text in [
        "$..a",
        "$.a[*]",
        "$.*",
        "$.a[1:]",
        "$.a[0,1]",
        "$['a','b']",
        "$.a[?(@.b > 1 && @.c == 'x]')].d",
        "$.a.length()",
        "$..[?(@.x)]",
    ] {
        check(text, "path");
    }
}

#[test]
fn faults_of_paths() {
    check(".guid", "a path starts with `$` @0..5");
    check("", "a path starts with `$` @0..0");
    check("$...", "`..` needs a name behind it @1..4");
    check("$.", "a path must not end with `.` @1..2");
    check("$.a.", "a path must not end with `.` @3..4");
    check("$$23", "expected `.` or `[` @2..4");
    check("$23", "`$23` is no name of a variable @0..3");
    check("$.a[", "`[` is not closed @3..4");
    check("$.a[]", "nothing in the brackets @3..5");
    check("$.a[x]", "brackets hold an index, a quoted name, `*` or a filter @3..6");
    check("$.a[?]", "a filter is written `[?(@.name == 'x')]` @3..6");
    check("$.a b", "a name with a blank in it is written in brackets: `['my name']` @2..5");
    check("$.a)", "`)` closes nothing @3..4");
    check(" $.a", "a path starts with `$` @0..4");
    assert!(parse_path("States.UUID()").is_err());
}

#[test]
fn calls() {
    check("States.UUID()", "call UUID 0");
    check("States.Array()", "call Array 0");
    check("States.Format('Hello, {} {}', $.name, States.UUID())", "call Format 3");
    check("States.Format('it\\'s \\{\\} {}', $.a['x,y)'][0])", "call Format 2");
    check("States.Array(1, -2.5, 1e3, null, true, 'x', $.a[*].b, $$.State.Name, $v)", "call Array 9");
    check("States.JsonToString($)   ", "call JsonToString 1");
    check("States.ArrayContains( $.a , 'x' )", "call ArrayContains 2");
    check("States.MathRandom($.a, 5)", "call MathRandom 2");
    check("States.JsonToString($.a[?(@.b == ')')])", "call JsonToString 1");
    check("States.ArrayLength($.a.length())", "call ArrayLength 1");
}

#[test]
fn faults_of_calls() {
    check("States.Xyz($.a)", "there is no function `States.Xyz` @0..10");
    check("States.Formt('')", "there is no function `States.Formt`; did you mean `States.Format`? @0..12");
    check("States.JsonToString($", "`(` is not closed @19..21");
    check("States.StringToJson $.a)", "expected `(` behind `States.StringToJson` @19..24");
    check("States.UUID", "expected `(` behind `States.UUID` @11..11");
    check("States.UUID() x", "nothing may follow the call @13..15");
    check("States.UUID(1)", "`States.UUID` takes 0 arguments and is given 1 @0..14");
    check("States.MathAdd(1)", "`States.MathAdd` takes 2 arguments and is given 1 @0..17");
    check("States.Format('a, $.b)", "the quotes are not closed @14..22");
    check("States.Format(\"a\")", "`\"a\"` is no argument: texts are written in single quotes @14..17");
    check("States.Array(,)", "expected an argument @13..14");
    check("States.Array(NaN)", "`NaN` is no argument: texts are written in single quotes @13..16");
    let deep = format!("{}1{}", "States.Array(".repeat(11), ")".repeat(11));
    assert!(parse_dynamic(&deep).unwrap_err().message.contains("at most 10"));
}

#[test]
fn arguments_of_the_wrong_kind() {
    let misfit = |text: &str| match parse_dynamic(text) {
        Ok(Dynamic::Call(call)) => call.misfit().map(|(_, message)| message),
        other => panic!("{other:?}"),
    };
    let must = |what: &str| Some(what.to_owned());
    assert_eq!(misfit("States.MathAdd(1,'-1')"), must("argument 2 of `States.MathAdd` must be a number"));
    assert_eq!(misfit("States.ArrayLength('x')"), must("argument 1 of `States.ArrayLength` must be a path or a call"));
    assert_eq!(misfit("States.Format($.template, 1, null, 'x')"), None);
    assert_eq!(misfit("States.MathAdd($.a, States.MathAdd(1, 2))"), None);
}
