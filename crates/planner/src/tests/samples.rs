//! Resources with little in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};
use statewright_spec::{
    Arn, Tags,
    kind::{
        function::{Archive, Code, Function, FunctionLogging},
        job::Job,
        log_group::LogGroup,
        policy::Policy,
        role::Role,
        state_machine::{MachineType, StateMachine},
    },
};

pub(crate) fn arn(text: &str) -> Arn {
    Arn::parse(text).unwrap()
}

pub(crate) fn role_arn(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::123456789012:role/{name}"))
}

pub(crate) fn policy_arn(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::123456789012:policy/{name}"))
}

pub(crate) fn machine_arn(name: &str) -> Arn {
    arn(&format!("arn:aws:states:us-east-1:123456789012:stateMachine:{name}"))
}

pub(crate) fn trust(services: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": services }, "Action": "sts:AssumeRole" }],
    })
}

pub(crate) fn allow(actions: &[&str]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] })
}

pub(crate) fn policy(actions: &[&str]) -> Policy {
    Policy { document: allow(actions), path: "/".to_owned(), description: String::new(), tags: Tags::new() }
}

pub(crate) fn role(policies: &[&str]) -> Role {
    Role {
        trust: trust(&["states.amazonaws.com"]),
        attachments: policies.iter().map(|name| policy_arn(name)).collect(),
        inline: BTreeMap::new(),
        permissions_boundary: None,
        path: "/".to_owned(),
        description: String::new(),
        max_session_seconds: 3600,
        tags: Tags::new(),
    }
}

pub(crate) fn log_group() -> LogGroup {
    LogGroup {
        retention_days: None,
        kms_key: None,
        class: "STANDARD".to_owned(),
        deletion_protection: false,
        tags: Tags::new(),
    }
}

pub(crate) fn function(name: &str, role: Arn) -> Function {
    Function {
        runtime: "python3.12".to_owned(),
        handler: "app.handler".to_owned(),
        role,
        code: Code::Archive(Archive { sha256: "one".to_owned(), bytes: Arc::from([0_u8]) }),
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
            log_group: format!("/aws/lambda/{name}"),
            application_level: None,
            system_level: None,
        },
        snap_start: false,
        tags: Tags::new(),
    }
}

pub(crate) fn job(place: &str, role: Arn) -> Job {
    Job {
        command: "glueetl".to_owned(),
        script_location: place.to_owned(),
        script: None,
        python_version: None,
        runtime: None,
        role,
        description: String::new(),
        job_mode: "SCRIPT".to_owned(),
        run_queuing: false,
        log_uri: None,
        max_concurrent_runs: 1,
        arguments: BTreeMap::new(),
        fixed_arguments: BTreeMap::new(),
        connections: Vec::new(),
        max_retries: 0,
        timeout: None,
        max_capacity: None,
        worker_type: Some("G.1X".to_owned()),
        workers: Some(2),
        security_configuration: None,
        notify_delay_after: None,
        glue_version: Some("5.0".to_owned()),
        execution_class: None,
        source_control: None,
        maintenance_window: None,
        tags: Tags::new(),
    }
}

pub(crate) fn definition(target: &str, timeout: u32) -> Value {
    json!({
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": { "FunctionName": format!("arn:aws:lambda:us-east-1:123456789012:function:{target}") },
                "TimeoutSeconds": timeout,
                "End": true,
            },
        },
    })
}

pub(crate) fn machine(role: &str) -> StateMachine {
    StateMachine {
        machine_type: MachineType::Standard,
        role: role_arn(role),
        definition: definition("extract", 60),
        logging: None,
        tracing: false,
        encryption: None,
        tags: Tags::new(),
    }
}

pub(crate) fn set(names: &[&str]) -> BTreeSet<Arn> {
    names.iter().map(|name| policy_arn(name)).collect()
}
