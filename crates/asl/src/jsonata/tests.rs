use super::{arity, names, parse};

fn check(text: &str, expect: &str) {
    let found = match parse(text) {
        Ok(tree) => {
            assert!(tree.at.end <= text.len());
            "ok".to_owned()
        }
        Err(e) => format!("{} @{}..{}", e.message, e.at.start, e.at.end),
    };
    assert_eq!(found, expect, "{text}");
}

#[test]
fn expressions() {
    for text in [
        "1",
        "-1.5e3 + 2 * 3 % 4",
        "'a' & \"b\\n\\u0041\"",
        "$states.input.a[b > 1 and c in ['x', 'y']].d",
        "$map($states.input.items, function($v, $i) { { 'n': $v.n, 'i': $i } })",
        "($x := 1; $y := $x + 1; $y)",
        "$states.input.orders^(>price, name)[0]",
        "$states.input.a{name: $sum(price)}",
        "$states.input ~> |order|{'total': price * 2}, ['price']|",
        "$x ? 'a' : $y ? 'b' : 'c'",
        "[1..10, 20]",
        "$contains('abc', /a\\/(b|c)/im)",
        "$states.input.`quoted name`.**.x.*",
        "$a@$b.c#$i.d",
        "/* comment */ $states /* and another */ .input",
        "$substring(?, 1, 2)",
        "function($a)<n:n>{ $a }(3)",
        "λ($x){$x}(1)",
        "$states.input.and.or.in",
        "$merge([$states.input, {'a': null, 'b': true}])",
        "$a[]",
        "$not(null in [1])",
        "a.'quoted'.b",
        "",
    ] {
        check(text, if text.is_empty() { "Unexpected end of expression @0..0" } else { "ok" });
    }
}

#[test]
fn faults_in_the_words_of_the_reference_implementation() {
    check("a[1,2)", "Expected \"]\", got \",\" @3..4");
    check("\"unterminated ", "String literal must be terminated by a matching quote @0..14");
    check("1 +", "Unexpected end of expression @3..3");
    check("{\"a\":}", "The symbol \"}\" cannot be used as a unary operator @5..6");
    check("$sum($states.input.items", "Expected \")\" before end of expression @24..24");
    check("10 + * 2", "Syntax error: 2 @7..8");
    check("10 + / 2", "No terminating / in regular expression @5..8");
    check("$.store[?(@.price < 10)]", "The symbol \"?\" cannot be used as a unary operator @8..9");
    check("420.", "Unexpected end of expression @4..4");
    check("1.a", "The literal value 1 cannot be used as a step within a path expression @0..1");
    check("1 := 2", "The left side of := must be a variable name (start with $) @0..1");
    check("$x :=", "Unexpected end of expression @5..5");
    check("phone %.other", "The symbol \".\" cannot be used as a unary operator @7..8");
    check("$match(\"a\", /abc", "No terminating / in regular expression @12..16");
    check("a!b", "Unknown operator: \"!\" @1..2");
    check("'\\q'", "Unsupported escape sequence: \\q @1..3");
    check("/* open", "Comment has no closing tag @0..7");
    check("`open", "Quoted property name must be terminated with a backquote (`) @0..5");
    check("$a ?? 1", "The symbol \"?\" cannot be used as a unary operator @4..5");
    check("function(a){1}", "Parameter 1 of function definition must be a variable name (start with $) @9..10");
    check("1e999", "Number out of range: 1e999 @0..5");
}

#[test]
fn nesting_and_length_are_bounded() {
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&"[".repeat(100_000)).is_err());
    assert!(parse(&"-".repeat(100_000)).is_err());
    assert!(parse(&format!("1{}", "+1".repeat(100_000))).is_err());
    assert!(parse(&format!("{}1{}", "(".repeat(150), ")".repeat(150))).is_ok());
    assert!(parse(&format!("1{}", "+1".repeat(900))).is_ok());
    // Chains within brackets within chains: each alone is within bounds.
    let mut nested = "1".to_owned();
    for _ in 0..100 {
        nested = format!("({nested}{})", "+1".repeat(500));
    }
    assert!(parse(&nested).is_err());
    let fields = format!("$states.input{}", ".a".repeat(900));
    assert_eq!(super::references(&parse(&fields).unwrap()).states.len(), 1);
}

#[test]
fn functions_are_sorted() {
    let all: Vec<_> = names().collect();
    assert!(all.is_sorted());
    assert!(all.iter().all(|name| arity(name).is_some()));
    assert_eq!(arity("eval"), None);
}

fn refers(text: &str, expect: &str) {
    let found = super::references(&parse(text).unwrap());
    let names = |list: &[(String, std::ops::Range<usize>)]| {
        list.iter().map(|(n, at)| format!("{n}@{}", at.start)).collect::<Vec<_>>().join(" ")
    };
    let calls: Vec<_> = found.calls.iter().map(|c| format!("{}/{}", c.name, c.arguments)).collect();
    let context: Vec<_> = found.context.iter().map(|(n, _)| n.join(".")).collect();
    let all = [
        ("top", names(&found.top_level)),
        ("roots", found.roots.len().to_string().replace('0', "")),
        ("states", names(&found.states)),
        ("context", context.join(" ")),
        ("variables", names(&found.variables)),
        ("calls", calls.join(" ")),
    ];
    let text_found: Vec<_> = all.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}: {v}")).collect();
    assert_eq!(text_found.join("; "), expect, "{text}");
}

#[test]
fn what_an_expression_refers_to() {
    refers("phone", "top: phone@0");
    refers("aaa + bbb", "top: aaa@0 bbb@6");
    refers("$.phone", "top: $@0");
    refers("$$.phone", "roots: 1");
    refers("{aaa: 1}", "top: aaa@1");
    refers("$states.input.items[value > 3].x", "states: input@8");
    refers("$states.input[0].x", "states: input@8");
    refers("$map($states.input.a, function($x){ b & $x.c })", "top: b@36; states: input@13; calls: map/2");
    refers("$states.context.Task.Token", "states: context@8; context: Task.Token");
    refers("$states.context.Map.Item.Value.x", "states: context@8; context: Map.Item.Value.x");
    refers("($x := 1; $x + $y)", "variables: y@15");
    refers("($x := $x; $x)", "variables: x@7");
    refers("($f := function($n){ $n < 1 ? 1 : $n * $f($n - 1) }; $f(3))", "");
    refers("($a := function(){ $b() + $c }; $b := function(){ $a() }; $c := 1; $a())", "");
    refers("($a := $b; $b := 1; $a)", "variables: b@7");
    refers("$x.y ~> $contains('a')", "variables: x@0; calls: contains/2");
    refers("$map($a, $uppercase)", "variables: a@5; calls: map/2");
    refers("$states.input.a@$v.b#$i.{ 'v': $v, 'i': $i }", "states: input@8");
    refers("$states.input.a^(price){ name: $sum(price) }", "states: input@8; calls: sum/1");
    refers("'quoted'.a", "top: quoted@0");
    refers("$unknown(1)", "calls: unknown/1");
}
