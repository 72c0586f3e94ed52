use super::*;
use crate::kind::function::runtime::Language;

#[test]
fn runtimes() {
    let mut out = Vec::new();
    for runtime in [
        "python3.14",
        "nodejs22.x",
        "java21",
        "java8.al2",
        "dotnet8",
        "ruby3.4",
        "provided.al2023", // current
        "python3.8",
        "nodejs18.x",
        "go1.x",
        "provided", // former
        "python3.20",
        "nodejs30.x",
        "java29",
        "dotnet12",
        "ruby4.1",
        "provided.al2027", // perhaps
        "python",
        "python3",
        "python3.12.1",
        "node22",
        "nodejs22",
        "Python3.12",
        "rust1.x",
        "\"\"", // never
    ] {
        let handler = match Language::of(runtime) {
            Language::DotNet => "A::B.C::D",
            _ => "app.handler",
        };
        let body = format!("{{ runtime: {runtime}, handler: \"{handler}\", code: app, role: R, allow: [SPEC079] }}");
        let text = case().faults(Kind::Function, &body);
        let first = text.lines().next().unwrap_or("fine");
        let help = text.lines().find_map(|l| Some(l.split_once("help: ")?.1)).unwrap_or_default();
        out.push(format!("{runtime}: {first}; {help}\n"));
    }
    insta::assert_snapshot!(out.concat(), @r#"
    python3.14: fine; 
    nodejs22.x: fine; 
    java21: fine; 
    java8.al2: fine; 
    dotnet8: fine; 
    ruby3.4: fine; 
    provided.al2023: fine; 
    python3.8: warning[SPEC076]: Lambda takes no new function with the runtime `python3.8`; use `python3.14`
    nodejs18.x: warning[SPEC076]: Lambda takes no new function with the runtime `nodejs18.x`; use `nodejs24.x`
    go1.x: warning[SPEC076]: Lambda takes no new function with the runtime `go1.x`; use `provided.al2023`
    provided: warning[SPEC076]: Lambda takes no new function with the runtime `provided`; use `provided.al2023`
    python3.20: warning[SPEC077]: `runtime: python3.20` is not known to this program; did you mean `python3.10`?
    nodejs30.x: warning[SPEC077]: `runtime: nodejs30.x` is not known to this program; did you mean `nodejs24.x`?
    java29: warning[SPEC077]: `runtime: java29` is not known to this program; did you mean `java25`?
    dotnet12: warning[SPEC077]: `runtime: dotnet12` is not known to this program; did you mean `dotnet10`?
    ruby4.1: warning[SPEC077]: `runtime: ruby4.1` is not known to this program; did you mean `ruby4.0`?
    provided.al2027: warning[SPEC077]: `runtime: provided.al2027` is not known to this program; did you mean `provided.al2023`?
    python: error[SPEC008]: `python` is no runtime that AWS has; known are python3.14, python3.13, python3.12, python3.11, python3.10, nodejs24.x, nodejs22.x, java25, java21, java17, java11, java8.al2, dotnet10, dotnet8, ruby4.0, ruby3.4, ruby3.3, provided.al2023, provided.al2, nodejs26.x, python3.15, java17.al2023, java11.al2023, java8.al2023
    python3: error[SPEC008]: `python3` is no runtime that AWS has; did you mean `python3.14`?
    python3.12.1: error[SPEC008]: `python3.12.1` is no runtime that AWS has; did you mean `python3.12`?
    node22: error[SPEC008]: `node22` is no runtime that AWS has; known are python3.14, python3.13, python3.12, python3.11, python3.10, nodejs24.x, nodejs22.x, java25, java21, java17, java11, java8.al2, dotnet10, dotnet8, ruby4.0, ruby3.4, ruby3.3, provided.al2023, provided.al2, nodejs26.x, python3.15, java17.al2023, java11.al2023, java8.al2023
    nodejs22: error[SPEC008]: `nodejs22` is no runtime that AWS has; did you mean `nodejs22.x`?
    Python3.12: error[SPEC008]: `Python3.12` is no runtime that AWS has; did you mean `python3.12`?
    rust1.x: error[SPEC008]: `rust1.x` is no runtime that AWS has; known are python3.14, python3.13, python3.12, python3.11, python3.10, nodejs24.x, nodejs22.x, java25, java21, java17, java11, java8.al2, dotnet10, dotnet8, ruby4.0, ruby3.4, ruby3.3, provided.al2023, provided.al2, nodejs26.x, python3.15, java17.al2023, java11.al2023, java8.al2023
    "": error[SPEC008]: `` is no runtime that AWS has; known are python3.14, python3.13, python3.12, python3.11, python3.10, nodejs24.x, nodejs22.x, java25, java21, java17, java11, java8.al2, dotnet10, dotnet8, ruby4.0, ruby3.4, ruby3.3, provided.al2023, provided.al2, nodejs26.x, python3.15, java17.al2023, java11.al2023, java8.al2023
    "#);
}

#[test]
fn handlers() {
    let mut out = String::new();
    for (runtime, handler, fits) in [
        ("python3.12", "app.handler", true),
        ("python3.12", "a/b.handler", true),
        ("python3.12", "a.b.handler", true),
        ("python3.12", "handler", false),
        ("python3.12", ".handler", false),
        ("nodejs22.x", "index.handler", true),
        ("nodejs22.x", "dist/src/index.sub.handler", true),
        ("nodejs22.x", "index", false),
        ("nodejs22.x", "dist.x/index", false),
        ("ruby3.4", "app.Module::Class.process", true),
        ("ruby3.4", "process", false),
        ("java21", "example.Handler::handleRequest", true),
        ("java21", "example.Handler", true),
        ("java21", "example.Handler:handleRequest", false),
        ("dotnet8", "App", true),
        ("dotnet8", "App::App.Function::Handler", true),
        ("dotnet8", "App::Handler", false),
        ("provided.al2023", "anything", true),
        ("provided.al2023", "any thing", false),
        ("provided.al2023", "", false),
    ] {
        let body = format!("{{ runtime: {runtime}, handler: \"{handler}\", code: app, role: R, allow: [SPEC079] }}");
        let lines = case().lines(Kind::Function, &body);
        assert_eq!(lines.is_empty(), fits, "{runtime} {handler}: {lines}");
        out.push_str(&lines);
    }
    insta::assert_snapshot!(out, @r#"
    error SPEC008 5:37 `"handler"` `handler` is no handler for python3.12: it is MODULE.FUNCTION
    error SPEC008 5:37 `".handler"` `.handler` is no handler for python3.12: it is MODULE.FUNCTION
    error SPEC008 5:37 `"index"` `index` is no handler for nodejs22.x: it is FILE.FUNCTION
    error SPEC008 5:37 `"dist.x/index"` `dist.x/index` is no handler for nodejs22.x: it is FILE.FUNCTION
    error SPEC008 5:34 `"process"` `process` is no handler for ruby3.4: it is FILE.METHOD or FILE.MODULE::CLASS.METHOD
    error SPEC008 5:33 `"example.Handler:handleRequest"` `example.Handler:handleRequest` is no handler for java21: it is PACKAGE.CLASS::METHOD or PACKAGE.CLASS
    error SPEC008 5:34 `"App::Handler"` `App::Handler` is no handler for dotnet8: it is ASSEMBLY::NAMESPACE.CLASS::METHOD, or the assembly's name
    error SPEC072 5:46 ` ` a space may not stand in `handler`
    error SPEC008 5:42 `""` `handler` is empty
    "#);
}
