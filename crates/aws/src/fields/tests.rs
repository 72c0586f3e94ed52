use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Arc,
};

use regex::Regex;
use serde_json::{Number, json};
use statewright_spec::{
    Arn, Secret, Tags,
    kind::{
        function::{Archive, Code, Function, FunctionLogging, ObjectCode, Vpc},
        job::{Job, SourceControl},
        log_group::LogGroup,
        policy::Policy,
        role::Role,
        state_machine::{Encryption, LogLevel, Logging, MachineType, StateMachine},
    },
};

use super::*;
use crate::{
    Connection,
    kind::{self, function, job, log_group, role, state_machine},
    permissions::ACTIONS,
};

fn arn(service: &str, resource: &str) -> Arn {
    let region = if service == "iam" { "" } else { "us-east-1" };
    Arn::parse(&format!("arn:aws:{service}:{region}:123456789012:{resource}")).unwrap()
}

fn tags() -> Tags {
    Tags::from([("team".to_owned(), "data".to_owned())])
}

fn full_role() -> Role {
    Role {
        trust: json!({"Statement": []}),
        attachments: BTreeSet::new(),
        inline: BTreeMap::new(),
        permissions_boundary: Some(arn("iam", "policy/B")),
        path: "/team/".into(),
        description: "d".into(),
        max_session_seconds: 7_200,
        tags: tags(),
    }
}

fn full_machine() -> StateMachine {
    StateMachine {
        machine_type: MachineType::Express,
        role: arn("iam", "role/R"),
        definition: json!({}),
        logging: Some(Logging {
            level: LogLevel::All,
            include_execution_data: true,
            log_group: arn("logs", "log-group:g"),
        }),
        tracing: true,
        encryption: Some(Encryption { kms_key: "k".into(), reuse_seconds: 60 }),
        tags: tags(),
    }
}

fn full_function() -> Function {
    Function {
        runtime: "python3.12".into(),
        handler: "app.handler".into(),
        role: arn("iam", "role/R"),
        code: Code::Archive(Archive { sha256: "s=".into(), bytes: Arc::from(*b"zip") }),
        memory: 256,
        timeout: 30,
        description: "d".into(),
        environment: BTreeMap::from([("DAY".to_owned(), Secret::new("today"))]),
        kms_key: Some(arn("kms", "key/k")),
        layers: vec![arn("lambda", "layer:l:1")],
        architecture: "arm64".into(),
        ephemeral_storage: 1_024,
        tracing: true,
        dead_letter: Some(arn("sqs", "q")),
        vpc: Some(Vpc {
            subnets: BTreeSet::from(["subnet-1".to_owned()]),
            security_groups: BTreeSet::from(["sg-1".to_owned()]),
            ipv6: true,
        }),
        file_systems: BTreeMap::from([(arn("elasticfilesystem", "access-point/a"), "/mnt/a".to_owned())]),
        logging: FunctionLogging {
            format: "JSON".into(),
            log_group: "g".into(),
            application_level: Some("WARN".into()),
            system_level: Some("WARN".into()),
        },
        snap_start: true,
        tags: tags(),
    }
}

/// Nothing but what must be.
fn bare_function() -> Function {
    Function {
        description: String::new(),
        environment: BTreeMap::new(),
        kms_key: None,
        layers: Vec::new(),
        architecture: "x86_64".into(),
        tracing: false,
        dead_letter: None,
        vpc: None,
        file_systems: BTreeMap::new(),
        logging: FunctionLogging {
            format: "Text".into(),
            log_group: "/aws/lambda/f".into(),
            application_level: None,
            system_level: None,
        },
        snap_start: false,
        ..full_function()
    }
}

fn full_job() -> Job {
    Job {
        command: "glueetl".into(),
        script_location: "s3://b/k".into(),
        script: None,
        python_version: Some("3".into()),
        runtime: Some("Ray2.4".into()),
        role: arn("iam", "role/R"),
        description: "d".into(),
        job_mode: "SCRIPT".into(),
        run_queuing: true,
        log_uri: Some("s3://b/logs".into()),
        max_concurrent_runs: 2,
        arguments: BTreeMap::from([("--day".to_owned(), Secret::new("today"))]),
        fixed_arguments: BTreeMap::from([("--x".to_owned(), Secret::new("y"))]),
        connections: vec!["c".into()],
        max_retries: 1,
        timeout: Some(60),
        max_capacity: Number::from_f64(2.0),
        worker_type: Some("G.1X".into()),
        workers: Some(2),
        security_configuration: Some("s".into()),
        notify_delay_after: Some(5),
        glue_version: Some("5.0".into()),
        execution_class: Some("FLEX".into()),
        source_control: Some(SourceControl {
            provider: Some("GITHUB".into()),
            repository: Some("r".into()),
            owner: Some("o".into()),
            branch: Some("b".into()),
            folder: Some("f".into()),
            last_commit_id: Some("c".into()),
            auth_strategy: Some("AWS_SECRETS_MANAGER".into()),
            auth_token: Some(Secret::new("t")),
        }),
        maintenance_window: Some("Sun:10".into()),
        tags: tags(),
    }
}

/// Fields that the SDK does not print, empty or not, and that are sent: a new one must be looked at.
const HIDDEN_AND_SENT: &[(&str, &str)] = &[
    ("lambda:UpdateFunctionCode", "ZipFile"),
    ("states:CreateStateMachine", "definition"),
    ("states:UpdateStateMachine", "definition"),
];

/// The fields of a request that are empty, by the SDK's names; hidden ones count as empty unless they are known.
fn empty(call: &str, request: &dyn Debug) -> BTreeSet<String> {
    let field = Regex::new(r#"(?m)^    ([a-z_0-9#]+): (?:None|0|"\*\*\* Sensitive Data Redacted \*\*\*"),$"#).unwrap();
    let text = format!("{request:#?}");
    let names = field.captures_iter(&text).map(|hit| plain(&hit[1].replace("r#", "")));
    names.filter(|name| !HIDDEN_AND_SENT.iter().any(|(c, f)| *c == call && plain(f) == *name)).collect()
}

/// `s3_object_version` and `S3ObjectVersion` are the same.
fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// The fields that none of the requests sends, `call: field` each.
fn never(call: &str, requests: &[&dyn Debug]) -> BTreeSet<String> {
    let all: Vec<BTreeSet<String>> = requests.iter().map(|request| empty(call, *request)).collect();
    let (first, others) = all.split_first().unwrap();
    let in_all = |name: &&String| others.iter().all(|other| other.contains(*name));
    first.iter().filter(in_all).map(|name| format!("{call}: {name}")).collect()
}

#[test]
fn every_field_is_sent_or_named_with_a_reason() {
    let (mut found, mut looked) = (BTreeSet::new(), BTreeSet::new());
    let mut look = |call: &'static str, requests: &[&dyn Debug]| {
        looked.insert(call);
        found.extend(never(call, requests));
    };
    let c = Connection::offline();
    let tags = tags();
    let policy = Policy { document: json!({}), path: "/team/".into(), description: "d".into(), tags: tags.clone() };
    look("iam:CreatePolicy", &[kind::policy::create(&c, "P", &policy, &tags).unwrap().as_input()]);
    look(
        "iam:CreatePolicyVersion",
        &[kind::policy::create_version(&c, &arn("iam", "policy/P"), &json!({})).as_input()],
    );
    look("iam:CreateRole", &[role::create(&c, "R", &full_role(), &tags).unwrap().as_input()]);
    look("iam:UpdateRole", &[role::update(&c, "R", "", 3_600).as_input()]);

    let group = LogGroup {
        retention_days: Some(1),
        kms_key: Some(arn("kms", "key/k")),
        class: "STANDARD".into(),
        deletion_protection: true,
        tags: tags.clone(),
    };
    look("logs:CreateLogGroup", &[log_group::create(&c, "g", &group, &tags).as_input()]);

    let machine = full_machine();
    look("states:CreateStateMachine", &[state_machine::request::create(&c, "m", &machine, &tags).unwrap().as_input()]);
    let name = arn("states", "stateMachine:m");
    look("states:UpdateStateMachine", &[state_machine::request::update(&c, &name, &machine).unwrap().as_input()]);

    let whole = full_function();
    let create = function::request::create(c.lambda.create_function(), "f", &whole, &tags).unwrap();
    look("lambda:CreateFunction", &[create.as_input()]);
    let update =
        function::request::update_configuration(c.lambda.update_function_configuration(), "f", &whole).unwrap();
    look("lambda:UpdateFunctionConfiguration", &[update.as_input()]);
    let object = Code::Object(ObjectCode { bucket: "b".into(), key: "k".into(), version: Some("v".into()) });
    let code = |code| function::request::update_code(c.lambda.update_function_code(), "f", code, "arm64").unwrap();
    look("lambda:UpdateFunctionCode", &[code(&whole.code).as_input(), code(&object).as_input()]);

    // Workers and capacity exclude each other.
    let workers = full_job();
    let capacity = Job { worker_type: None, workers: None, ..full_job() };
    let create = |j| job::request::create(c.glue.create_job(), "j", j, &tags);
    look("glue:CreateJob", &[create(&workers).as_input(), create(&capacity).as_input()]);
    look("glue:UpdateJob", &[&job::request::update(&workers), &job::request::update(&capacity)]);

    // It has a document and nothing else.
    let makes =
        |call: &&str| call.contains(":Create") || (call.contains(":Update") && *call != "iam:UpdateAssumeRolePolicy");
    let calls: BTreeSet<&str> = ACTIONS.iter().map(|action| action.call).filter(makes).collect();
    assert_eq!(looked, calls, "calls that were looked at (left), and those that are made (right)");

    let listed: BTreeSet<String> =
        LEFT_OUT.iter().map(|left| format!("{}: {}", left.call, plain(left.field))).collect();
    assert_eq!(found, listed, "fields that are never sent (left), and those listed (right)");
    assert!(LEFT_OUT.is_sorted_by_key(|left| (left.call, left.field)));
}

/// A crash after the create leaves what every later run finds.
#[test]
fn the_owners_tag_is_in_every_call_that_creates() {
    let c = Connection::offline();
    let tags = Tags::from([("statewright:stack".to_owned(), "shop@eu-north-1".to_owned())]);
    let policy = Policy { document: json!({}), path: "/".into(), description: String::new(), tags: Tags::new() };
    let group = LogGroup {
        retention_days: None,
        kms_key: None,
        class: "STANDARD".into(),
        deletion_protection: false,
        tags: Tags::new(),
    };
    let shown = |request: &dyn Debug| format!("{request:?}");
    let function = function::request::create(c.lambda.create_function(), "f", &bare_function(), &tags).unwrap();
    let machine = state_machine::request::create(&c, "m", &full_machine(), &tags).unwrap();
    let sent = [
        ("glue:CreateJob", shown(job::request::create(c.glue.create_job(), "j", &full_job(), &tags).as_input())),
        ("iam:CreatePolicy", shown(kind::policy::create(&c, "P", &policy, &tags).unwrap().as_input())),
        ("iam:CreateRole", shown(role::create(&c, "R", &full_role(), &tags).unwrap().as_input())),
        ("lambda:CreateFunction", shown(function.as_input())),
        ("logs:CreateLogGroup", shown(log_group::create(&c, "g", &group, &tags).as_input())),
        ("states:CreateStateMachine", shown(machine.as_input())),
    ];
    for (call, request) in &sent {
        assert!(request.contains("statewright:stack") && request.contains("shop@eu-north-1"), "{call}: {request}");
    }
    // A version of a policy has no tags.
    let makes = |call: &&str| call.contains(":Create") && *call != "iam:CreatePolicyVersion";
    let calls: Vec<&str> = ACTIONS.iter().map(|action| action.call).filter(makes).collect();
    assert_eq!(sent.map(|(call, _)| call).to_vec(), calls);
}

#[test]
fn what_the_spec_does_not_say_is_taken_away() {
    let c = Connection::offline();
    let request =
        function::request::update_configuration(c.lambda.update_function_configuration(), "f", &bare_function())
            .unwrap();
    let sent = request.as_input();
    assert_eq!(sent.get_description().as_deref(), Some(""));
    assert_eq!(sent.get_kms_key_arn().as_deref(), Some(""));
    assert_eq!(sent.get_layers().as_deref(), Some(&[][..]));
    assert_eq!(sent.get_file_system_configs().as_deref(), Some(&[][..]));
    assert_eq!(sent.get_dead_letter_config().as_ref().and_then(|d| d.target_arn()), Some(""));
    let vpc = sent.get_vpc_config().as_ref().unwrap();
    assert_eq!((vpc.subnet_ids.as_deref(), vpc.security_group_ids.as_deref()), (Some(&[][..]), Some(&[][..])));
    let environment = sent.get_environment().as_ref().unwrap();
    assert_eq!(environment.variables().map(std::collections::HashMap::len), Some(0));
    assert_eq!(sent.get_tracing_config().as_ref().unwrap().mode().unwrap().as_str(), "PassThrough");
    assert_eq!(sent.get_snap_start().as_ref().unwrap().apply_on().unwrap().as_str(), "None");
    // Levels are refused beside plain text.
    assert_eq!(sent.get_logging_config().as_ref().unwrap().application_log_level(), None);

    let settings = role::update(&c, "R", "", 3_600);
    let settings = settings.as_input();
    assert_eq!((settings.get_description().as_deref(), *settings.get_max_session_duration()), (Some(""), Some(3_600)));

    let quiet = StateMachine { logging: None, tracing: false, encryption: None, ..full_machine() };
    let request = state_machine::request::update(&c, &arn("states", "stateMachine:m"), &quiet).unwrap();
    let sent = request.as_input();
    let logging = sent.get_logging_configuration().as_ref().unwrap();
    assert_eq!((logging.level().unwrap().as_str(), logging.destinations.as_deref()), ("OFF", Some(&[][..])));
    assert!(!sent.get_tracing_configuration().as_ref().unwrap().enabled());
    assert_eq!(sent.get_encryption_configuration().as_ref().unwrap().r#type().as_str(), "AWS_OWNED_KEY");
}

#[test]
fn a_worker_type_goes_without_a_capacity() {
    let update = job::request::update(&full_job());
    assert_eq!((update.max_capacity, update.number_of_workers), (None, Some(2)));
    let update = job::request::update(&Job { worker_type: None, ..full_job() });
    assert_eq!(update.max_capacity, Some(2.0));
}

#[test]
fn a_secret_is_sent_and_not_shown() {
    let c = Connection::offline();
    let request = function::request::create(c.lambda.create_function(), "f", &full_function(), &tags()).unwrap();
    let variables = request.get_environment().as_ref().and_then(|e| e.variables.clone()).unwrap();
    assert_eq!(variables["DAY"], "today");
    assert!(!format!("{:?}", request.as_input()).contains("today"), "{:?}", request.as_input());
}
