use super::{runtime::Language, *};
use crate::{Address, Kind, Lookup, Resource, kind::testing::Case};

fn case() -> Case {
    Case::new().with("app/app.py", "def handler(event, context):\n    return event\n")
}

fn function(case: &Case, body: &str) -> Function {
    match case.resource(Kind::Function, body) {
        Resource::Function(function) => function,
        other => panic!("{other:?}"),
    }
}

fn with(more: &str) -> String {
    format!("runtime: python3.12\nhandler: app.handler\ncode: app\nrole: R\n{more}")
}

#[test]
fn defaults() {
    let found = function(&case(), &with(""));
    let Code::Archive(archive) = &found.code else { panic!("{:?}", found.code) };
    assert_eq!(archive.sha256.len(), 44);
    let wanted = Function {
        runtime: "python3.12".to_owned(),
        handler: "app.handler".to_owned(),
        role: Arn::parse("arn:aws:iam::123456789012:role/R").unwrap(),
        code: found.code.clone(),
        memory: 128,
        timeout: 3,
        description: String::new(),
        environment: BTreeMap::new(),
        kms_key: None,
        layers: Vec::new(),
        architecture: "x86_64".to_owned(),
        ephemeral_storage: 512,
        tracing: false,
        dead_letter: None,
        vpc: None,
        file_systems: BTreeMap::new(),
        logging: FunctionLogging {
            format: "Text".to_owned(),
            log_group: "/aws/lambda/NAME".to_owned(),
            application_level: None,
            system_level: None,
        },
        snap_start: false,
        tags: Tags::new(),
    };
    assert_eq!(found, wanted);
}

const EVERY: &str = r#"
    runtime: python3.13
    handler: src.app.handler
    code: { s3: { bucket: my-bucket, key: code/f.zip, version: v1 } }
    role: arn:aws:iam::210987654321:role/Elsewhere
    memory: 10240
    timeout: 900
    description: Größe
    environment: { DAY: "${var.day}", TOKEN: "${var.token}", EMPTY: "" }
    kms_key: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    layers:
      - arn:aws:lambda:eu-west-1:123456789012:layer:one:1
      - arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38
    architecture: arm64
    ephemeral_storage: 512
    tracing: true
    dead_letter: arn:aws:sqs:eu-west-1:123456789012:q
    vpc: { subnets: [subnet-2, subnet-1], security_groups: [sg-1], ipv6: true }
    logging: { format: JSON, log_group: /team/f, application_level: DEBUG }
    snap_start: true
    tags: { team: data }
    allow: [SPEC079]
"#;

fn every() -> Case {
    case().given("day", "{}", "today").given("token", "{ sensitive: true }", "s3cret")
}

#[test]
fn every_field() {
    let found = function(&every(), EVERY);
    let secret = |text: &str| Secret::new(text);
    assert_eq!((found.runtime.as_str(), found.handler.as_str()), ("python3.13", "src.app.handler"));
    assert_eq!(found.role.account(), "210987654321");
    let object =
        ObjectCode { bucket: "my-bucket".to_owned(), key: "code/f.zip".to_owned(), version: Some("v1".to_owned()) };
    assert_eq!(found.code, Code::Object(object));
    assert_eq!((found.memory, found.timeout, found.ephemeral_storage), (10240, 900, 512));
    assert_eq!(found.description, "Größe");
    let environment = [("DAY", secret("today")), ("EMPTY", secret("")), ("TOKEN", secret("s3cret"))];
    assert_eq!(found.environment, environment.map(|(k, v)| (k.to_owned(), v)).into());
    assert!(found.kms_key.is_some());
    assert_eq!(found.layers.iter().map(Arn::name).collect::<Vec<_>>(), ["1", "38"]);
    assert_eq!((found.architecture.as_str(), found.tracing, found.snap_start), ("arm64", true, true));
    assert_eq!(found.dead_letter.unwrap().service(), "sqs");
    let vpc = Vpc {
        subnets: ["subnet-1".to_owned(), "subnet-2".to_owned()].into(),
        security_groups: ["sg-1".to_owned()].into(),
        ipv6: true,
    };
    assert_eq!(found.vpc, Some(vpc));
    let logging = FunctionLogging {
        format: "JSON".to_owned(),
        log_group: "/team/f".to_owned(),
        application_level: Some("DEBUG".to_owned()),
        system_level: Some("INFO".to_owned()),
    };
    assert_eq!(found.logging, logging);
    assert_eq!(found.tags["team"], "data");
}

#[test]
fn what_is_named_and_not_declared() {
    let desired = every().desired(Kind::Function, EVERY);
    let names: Vec<String> = desired
        .mentions
        .iter()
        .map(|m| match &m.target {
            Lookup::Layer(arn) => arn.to_string(),
            Lookup::Object { bucket, key, version } => format!("{bucket}/{key}@{version:?}"),
            // A role of another account cannot be read, so it is not looked up.
            other => format!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(names.join("\n"), @r#"
    arn:aws:lambda:eu-west-1:123456789012:layer:one:1
    arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38
    my-bucket/code/f.zip@Some("v1")
    "#);
    let declared = &desired.resources[&Address::new(Kind::Function, "NAME")];
    assert_eq!(declared.sensitive.iter().map(String::as_str).collect::<Vec<_>>(), ["/environment/TOKEN"]);
}

#[test]
fn a_file_system() {
    let more = "
vpc: { subnets: [subnet-1], security_groups: [sg-1] }
file_systems: [{ access_point: arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0, mount: /mnt/data }]";
    let found = function(&case(), &with(more));
    assert_eq!(found.file_systems.into_values().collect::<Vec<_>>(), ["/mnt/data"]);
}

#[test]
fn every_mistake() {
    let body = r#"
        runtime: pyton3.12
        handler: handler
        code: missing
        role: Q
        memory: 64
        timeout: 901
        description: "${var.long}"
        environment: { A: x, 1B: x, AWS_REGION: x, "C-D": x }
        kms_key: key
        layers:
          - arn:aws:lambda:eu-west-1:123456789012:layer:one
          - arn:aws:lambda:eu-west-1:123456789012:layer:two:1
          - arn:aws:lambda:eu-west-1:123456789012:layer:two:2
        architecture: arm
        ephemeral_storage: 20000
        dead_letter: arn:aws:lambda:eu-west-1:123456789012:function:f
        vpc: { subnets: [net-1], security_groups: [] }
        file_systems: [{ access_point: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1", mount: /data }]
        logging: { level: INFO, log_group: "arn:aws:logs:eu-west-1:123456789012:log-group:x" }
        tracing: Active
        publish: true
    "#;
    let case = case().called("a.b").given("long", "{}", &"x".repeat(257));
    insta::assert_snapshot!(case.faults(Kind::Function, body), @r#"
    error[SPEC070]: `.` may not stand in the name of a function
     --> spec.yaml:6:4
      |
    6 |   a.b:
      |    ^ not taken
      |
      = help: AWS takes letters, digits, `-` and `_`

    error[SPEC008]: `pyton3.12` is no runtime that AWS has
     --> spec.yaml:7:14
      |
    7 |     runtime: pyton3.12
      |              ^^^^^^^^^ not known
      |
      = help: did you mean `python3.12`?

    error[SPEC001]: there is no file `missing`
     --> spec.yaml:9:11
      |
    9 |     code: missing
      |           ^^^^^^^ not found; the path is relative to the spec

    error[SPEC044]: the spec declares no role `Q`
      --> spec.yaml:10:11
       |
    10 |     role: Q
       |           ^ not declared
       |
       = help: did you mean `R`?

    error[SPEC008]: `memory` is 64; AWS takes 128 to 10240 MB
      --> spec.yaml:11:13
       |
    11 |     memory: 64
       |             ^^ too small
       |
       = help: the least is 128

    error[SPEC008]: `timeout` is 901; AWS takes 1 to 900 seconds
      --> spec.yaml:12:14
       |
    12 |     timeout: 901
       |              ^^^ too large
       |
       = help: the most is 900

    error[SPEC071]: `description` has 257 characters; AWS takes 256
      --> spec.yaml:13:18
       |
    13 |     description: "${var.long}"
       |                  ^^^^^^^^^^^^^ too long
       |
       = help: shorten it by 1

    error[SPEC070]: `A` is no name of an environment variable: a name has two characters or more: a letter, then letters, digits and `_`
      --> spec.yaml:14:20
       |
    14 |     environment: { A: x, 1B: x, AWS_REGION: x, "C-D": x }
       |                    ^ refused by Lambda

    error[SPEC070]: `1B` is no name of an environment variable: a name has two characters or more: a letter, then letters, digits and `_`
      --> spec.yaml:14:26
       |
    14 |     environment: { A: x, 1B: x, AWS_REGION: x, "C-D": x }
       |                          ^^ refused by Lambda

    error[SPEC070]: `AWS_REGION` is no name of an environment variable: Lambda sets it itself
      --> spec.yaml:14:33
       |
    14 |     environment: { A: x, 1B: x, AWS_REGION: x, "C-D": x }
       |                                 ^^^^^^^^^^ refused by Lambda

    error[SPEC070]: `C-D` is no name of an environment variable: a name has two characters or more: a letter, then letters, digits and `_`
      --> spec.yaml:14:48
       |
    14 |     environment: { A: x, 1B: x, AWS_REGION: x, "C-D": x }
       |                                                ^^^^^ refused by Lambda

    error[SPEC045]: `key` is not an ARN
      --> spec.yaml:15:14
       |
    15 |     kms_key: key
       |              ^^^ an ARN must stand here
       |
       = help: it looks like `arn:aws:kms:REGION:ACCOUNT:…`

    error[SPEC045]: `arn:aws:lambda:eu-west-1:123456789012:layer:one` is not a version of a layer
      --> spec.yaml:17:9
       |
    17 |       - arn:aws:lambda:eu-west-1:123456789012:layer:one
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource is not `layer:NAME:VERSION`
       |
       = help: a layer is named with its version: `…:layer:NAME:1`

    error[SPEC008]: the layer `two` is there twice
      --> spec.yaml:19:9
       |
    18 |       - arn:aws:lambda:eu-west-1:123456789012:layer:two:1
       |         ------------------------------------------------- first here
    19 |       - arn:aws:lambda:eu-west-1:123456789012:layer:two:2
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ again here
       |
       = help: a function has one version of a layer: remove one

    error[SPEC008]: `architecture` cannot be `arm`
      --> spec.yaml:20:19
       |
    20 |     architecture: arm
       |                   ^^^ not known
       |
       = help: there are `x86_64`, `arm64`

    error[SPEC008]: `ephemeral_storage` is 20000; AWS takes 512 to 10240 MB
      --> spec.yaml:21:24
       |
    21 |     ephemeral_storage: 20000
       |                        ^^^^^ too large
       |
       = help: the most is 10240

    error[SPEC045]: `arn:aws:lambda:eu-west-1:123456789012:function:f` is neither a queue nor a topic
      --> spec.yaml:22:18
       |
    22 |     dead_letter: arn:aws:lambda:eu-west-1:123456789012:function:f
       |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ an ARN of `lambda`
       |
       = help: name an SQS queue or an SNS topic

    error[SPEC008]: `net-1` is not an id that begins with `subnet-`
      --> spec.yaml:23:22
       |
    23 |     vpc: { subnets: [net-1], security_groups: [] }
       |                      ^^^^^ not in this form
       |
       = help: write the id, not the name

    error[SPEC008]: `vpc.security_groups` is empty; a function in a VPC needs at least one
      --> spec.yaml:23:47
       |
    23 |     vpc: { subnets: [net-1], security_groups: [] }
       |                                               ^^ not in this form
       |
       = help: add one, or remove `vpc`

    error[SPEC045]: `arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1` is not an access point
      --> spec.yaml:24:36
       |
    24 | ...[{ access_point: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1", mount: /data }]
       |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource does not begin with `access-point/`
       |
       = help: make an access point of the file system, and name that

    error[SPEC008]: `/data` is not a directory below `/mnt`
      --> spec.yaml:24:112
       |
    24 | ...t-1:123456789012:file-system/fs-1", mount: /data }]
       |                                               ^^^^^ not in this form
       |
       = help: for example `/mnt/data`

    error[SPEC005]: `level` is not a key of `logging`
      --> spec.yaml:25:16
       |
    25 |     logging: { level: INFO, log_group: "arn:aws:logs:eu-west-1:123456789012:log-group:x" }
       |                ^^^^^ not known
       |
       = help: known here: `format`, `log_group`, `application_level`, `system_level`

    error[SPEC008]: Lambda wants the name of a log group, not its ARN
      --> spec.yaml:25:40
       |
    25 |     logging: { level: INFO, log_group: "arn:aws:logs:eu-west-1:123456789012:log-group:x" }
       |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not in this form
       |
       = help: write what follows `log-group:`

    error[SPEC007]: `tracing` must be true or false, not a string
      --> spec.yaml:26:14
       |
    26 |     tracing: Active
       |              ^^^^^^ true or false must stand here
       |
       = help: write `true` or `false`

    error[SPEC005]: `publish` is not a key of function `a.b`
      --> spec.yaml:27:5
       |
    27 |     publish: true
       |     ^^^^^^^ not known
       |
       = help: known here: `runtime`, `handler`, `code`, `role`, `memory`, `timeout`, `description`, `environment`, `kms_key`, `layers`, `architecture`, `ephemeral_storage`, `tracing`, `dead_letter`, `vpc`, `file_systems`, `logging`, `snap_start`, `tags`, `allow`, `replace`
    "#);
}

#[test]
fn keys_that_do_not_go_together() {
    let more = "
snap_start: true
ephemeral_storage: 1024
file_systems: [{ access_point: arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0, mount: /mnt/data }]
logging: { application_level: INFO, system_level: WARN }";
    insta::assert_snapshot!(case().faults(Kind::Function, &with(more)), @r"
    error[SPEC074]: `snap_start` and `ephemeral_storage` exclude each other: a snapshot holds 512 MB of `/tmp`
      --> spec.yaml:10:5
       |
    10 |     snap_start: true
       |     ^^^^^^^^^^ not beside the other
    11 |     ephemeral_storage: 1024
       |     ----------------- the other
       |
       = help: remove one of them

    error[SPEC074]: `snap_start` and `file_systems` exclude each other: a snapshot cannot hold a mount
      --> spec.yaml:10:5
       |
    10 |     snap_start: true
       |     ^^^^^^^^^^ not beside the other
    11 |     ephemeral_storage: 1024
    12 |     file_systems: [{ access_point: arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789...
       |     ------------ the other
       |
       = help: remove one of them

    error[SPEC075]: a function with a file system must run in a VPC
      --> spec.yaml:12:5
       |
    12 |     file_systems: [{ access_point: arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789...
       |     ^^^^^^^^^^^^ not alone
       |
       = help: add `vpc` with the subnets that have the file system's mount targets

    error[SPEC074]: `logging.application_level` may not stand here: Lambda sorts logs by level only where they are JSON
      --> spec.yaml:13:16
       |
    13 |     logging: { application_level: INFO, system_level: WARN }
       |                ^^^^^^^^^^^^^^^^^ refused by AWS
       |
       = help: add `format: JSON`, or remove the level

    error[SPEC074]: `logging.system_level` may not stand here: Lambda sorts logs by level only where they are JSON
      --> spec.yaml:13:41
       |
    13 |     logging: { application_level: INFO, system_level: WARN }
       |                                         ^^^^^^^^^^^^ refused by AWS
       |
       = help: add `format: JSON`, or remove the level
    ");
    let node = "{ runtime: nodejs22.x, handler: app.handler, code: app, role: R, snap_start: true, allow: [SPEC079] }";
    insta::assert_snapshot!(case().lines(Kind::Function, node), @"error SPEC074 5:70 `snap_start` `snap_start` may not stand here: `nodejs22.x` has no SnapStart");
}

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

#[test]
fn the_size_of_the_environment() {
    let body = |n: usize| with(&format!("environment: {{ AB: {} }}", "x".repeat(n)));
    // {"AB":"…"} has nine characters around the value.
    assert_eq!(case().lines(Kind::Function, &body(4096 - 9)), "");
    insta::assert_snapshot!(case().lines(Kind::Function, &body(4096 - 8)), @"error SPEC071 9:5 `environment` the environment has 4097 bytes as JSON; Lambda takes 4096");
}
