mod code;
mod runtimes;

use super::*;
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
    24 | ...t: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1", mount: /data }]
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource has no `access-point/`
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
       = help: known here: `runtime`, `handler`, `code`, `role`, `memory`, `timeout`, `description`, `environment`, `kms_key`, `layers`, `architecture`, `ephemeral_storage`, `tracing`, `dead_letter`, `vpc`, `file_systems`, `logging`, `snap_start`, `tags`, `allow`, `replace`, `adopt`, `protect`, `retain`, `was`, `ignore_tags`
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
fn the_size_of_the_environment() {
    let body = |n: usize| with(&format!("environment: {{ AB: {} }}", "x".repeat(n)));
    // {"AB":"…"} has nine characters around the value.
    assert_eq!(case().lines(Kind::Function, &body(4096 - 9)), "");
    insta::assert_snapshot!(case().lines(Kind::Function, &body(4096 - 8)), @"error SPEC071 9:5 `environment` the environment has 4097 bytes as JSON; Lambda takes 4096");
}

/// Account, region and partition are not known offline: nothing is said of what may be right.
#[test]
fn offline() {
    let more = "
layers: [\"arn:${aws.partition}:lambda:${aws.region}:${aws.account}:layer:l:1\"]
kms_key: arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
dead_letter: arn:${aws.partition}:sns:${aws.region}:${aws.account}:t
environment: { BUCKET: \"b-${aws.account}-${aws.region}\" }
logging: { log_group: \"/x/${aws.region}\" }";
    let found = function(&case().called("f-${aws.region}").offline(), &with(more));
    assert_eq!(found.logging.log_group, "/x/\u{E001}");
    assert_eq!(found.environment["BUCKET"].expose(), "b-\u{E000}-\u{E001}");
}

#[test]
fn another_region() {
    let more = "
layers: [arn:aws:lambda:us-east-1:123456789012:layer:l:1]
kms_key: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
dead_letter: arn:aws:sqs:us-east-1:123456789012:q";
    insta::assert_snapshot!(case().lines(Kind::Function, &with(more)), @r"
    error SPEC045 10:14 `arn:aws:lambda:us-east-1:123456789012:layer:l:1` `arn:aws:lambda:us-east-1:123456789012:layer:l:1` lies in us-east-1, the stack in eu-west-1
    error SPEC045 11:14 `arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab` `arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab` lies in us-east-1, the stack in eu-west-1
    error SPEC045 12:18 `arn:aws:sqs:us-east-1:123456789012:q` `arn:aws:sqs:us-east-1:123456789012:q` lies in us-east-1, the stack in eu-west-1
    ");
}
