use super::*;

#[test]
fn the_code_must_hold_the_handler() {
    let case = Case::new()
        .with("py/app.py", "x")
        .with("py/pkg/__init__.py", "x")
        .with("py/fast.cpython-312-x86_64-linux-gnu.so", "x")
        .with("py/dist/index.mjs", "x")
        .with("py/lib.rb", "x")
        .with("own/bootstrap", "x")
        .with("one.py", "x");
    let mut out = String::new();
    for (runtime, handler, code, there) in [
        ("python3.12", "app.handler", "py", true),
        ("python3.12", "pkg.handler", "py", true),
        ("python3.12", "fast.handler", "py", true),
        ("python3.12", "one.handler", "one.py", true),
        ("python3.12", "lambda_function.lambda_handler", "py", false),
        ("nodejs22.x", "dist/index.handler", "py", true),
        ("nodejs22.x", "index.handler", "py", false),
        ("ruby3.4", "lib.handler", "py", true),
        ("provided.al2023", "x", "own", true),
        ("provided.al2023", "x", "py", false),
        ("java21", "a.B", "py", true),
    ] {
        let body = format!("{{ runtime: {runtime}, handler: {handler}, code: {code}, role: R }}");
        let text = case.faults(Kind::Function, &body);
        assert_eq!(text.is_empty(), there, "{runtime} {handler}: {text}");
        out.push_str(&text);
    }
    insta::assert_snapshot!(out, @r"
    runtime[SPEC079]: `py` holds no `lambda_function.py` for the handler, so calls will fail
     --> spec.yaml:5:37
      |
    5 |     { runtime: python3.12, handler: lambda_function.lambda_handler, code: py, role: R }
      |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^        -- packed from here
      |                                     |
      |                                     not in the code
      |
      = help: it holds app.py, dist/index.mjs, fast.cpython-312-x86_64-linux-gnu.so, lib.rb, pkg/__init__.py

    runtime[SPEC079]: `py` holds no `index.js` for the handler, so calls will fail
     --> spec.yaml:5:37
      |
    5 |     { runtime: nodejs22.x, handler: index.handler, code: py, role: R }
      |                                     ^^^^^^^^^^^^^        -- packed from here
      |                                     |
      |                                     not in the code
      |
      = help: it holds app.py, dist/index.mjs, fast.cpython-312-x86_64-linux-gnu.so, lib.rb, pkg/__init__.py

    runtime[SPEC079]: `py` holds no `bootstrap`, so calls will fail
     --> spec.yaml:5:42
      |
    5 |     { runtime: provided.al2023, handler: x, code: py, role: R }
      |                                          ^        -- packed from here
      |                                          |
      |                                          not in the code
      |
      = help: it holds app.py, dist/index.mjs, fast.cpython-312-x86_64-linux-gnu.so, lib.rb, pkg/__init__.py
    ");
    let layers = "{ runtime: python3.12, handler: wrap.handler, code: py, role: R, layers: [\"arn:aws:lambda:eu-west-1:1:layer:l:1\"] }";
    assert_eq!(case.faults(Kind::Function, layers), "");
}

#[test]
fn code_that_cannot_be_packed() {
    let case = case().with("empty/.DS_Store", "x").with("bad.zip", "x");
    let mut out = String::new();
    for code in [
        "empty",
        "bad.zip",
        "../outside",
        "/etc",
        "app/ap.py",
        "{ s3: { bucket: b, key: \"\" } }",
        "{ s4: {} }",
        "[app]",
    ] {
        let body = format!("{{ runtime: python3.12, handler: app.handler, code: {code}, role: R }}");
        out.push_str(&case.lines(Kind::Function, &body));
    }
    insta::assert_snapshot!(out, @r#"
    error SPEC078 5:56 `empty` `empty` has no file in it
    error SPEC078 5:56 `bad.zip` `bad.zip` is no zip archive: it does not begin like one
    error SPEC020 5:56 `../outside` `../outside` lies outside the repository that holds the spec
    error SPEC021 5:56 `/etc` `/etc` is an absolute path
    error SPEC001 5:56 `app/ap.py` there is no file `DIR/app/ap.py`
    error SPEC008 5:72 `b` `b` is no bucket
    error SPEC008 5:80 `""` `code.s3.key` is empty
    error SPEC005 5:58 `s4` `s4` is not a key of `code`
    error SPEC007 5:56 `[app]` `code` must be a string or a map, not a list
    "#);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_code() {
    let case = case().with("secret", "x");
    let directory = case.path("app");
    std::os::unix::fs::symlink("../secret", directory.join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", directory.join("other")).unwrap();
    insta::assert_snapshot!(case.faults(Kind::Function, &with("")), @r"
    error[SPEC078]: in `app` `link` is a link out of the directory, to `secret`
     --> spec.yaml:7:11
      |
    7 |     code: app
      |           ^^^ cannot be packed
      |
      = help: copy the file into the directory: what is packed must stand in it

    error[SPEC078]: in `app` `other` is a link that leads nowhere
     --> spec.yaml:7:11
      |
    7 |     code: app
      |           ^^^ cannot be packed
      |
      = help: remove the link, or make what it points to
    ");
}
