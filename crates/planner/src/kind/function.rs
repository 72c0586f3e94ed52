//! Functions: code and configuration are two calls, and Lambda refuses the second while the first is being done.

use statewright_spec::{
    Arn, Tags,
    kind::function::{Code, Function, FunctionLogging, Vpc},
};

use super::{Part, Update, Use, owned};
use crate::{
    Condition, Detail, Operation, Present,
    compare::{Differences, Json},
    operation::function::{FunctionOperation, MARK_CODE, MARK_ROLE, source_mark},
};

pub(crate) fn differences(before: Option<&Function>, after: &Function) -> Differences {
    let Function {
        runtime,
        handler,
        role,
        code,
        memory,
        timeout,
        description,
        environment,
        kms_key,
        layers,
        architecture,
        ephemeral_storage,
        tracing,
        dead_letter,
        vpc,
        file_systems,
        logging,
        snap_start,
        tags,
    } = after;
    let mut d = Differences::default();
    d.value("runtime", before.map(|b| &b.runtime), runtime, &String::new());
    d.value("handler", before.map(|b| &b.handler), handler, &String::new());
    d.value("role", before.map(|b| Some(&b.role)).as_ref(), &Some(role), &None);
    if before.is_none_or(|before| !same_code(&before.code, code)) {
        d.value("code", before.map(|b| Some(&b.code)).as_ref(), &Some(code), &None);
    }
    d.value("memory", before.map(|b| &b.memory), memory, &128);
    d.value("timeout", before.map(|b| &b.timeout), timeout, &3);
    d.value("description", before.map(|b| &b.description), description, &String::new());
    d.secrets("environment", before.map(|b| &b.environment), environment);
    d.value("kms_key", before.map(|b| &b.kms_key), kms_key, &None);
    d.value("layers", before.map(|b| &b.layers), layers, &Vec::new());
    d.value("architecture", before.map(|b| &b.architecture), architecture, &"x86_64".to_owned());
    d.value("ephemeral_storage", before.map(|b| &b.ephemeral_storage), ephemeral_storage, &512);
    d.value("tracing", before.map(|b| &b.tracing), tracing, &false);
    d.value("dead_letter", before.map(|b| &b.dead_letter), dead_letter, &None);
    d.value("vpc", before.map(|b| &b.vpc), vpc, &None);
    d.value("file_systems", before.map(|b| &b.file_systems), file_systems, &std::collections::BTreeMap::new());
    let FunctionLogging { format, log_group, application_level, system_level } = logging;
    let was = before.map(|b| &b.logging);
    d.value("logging.format", was.map(|l| &l.format), format, &"Text".to_owned());
    if was.is_some_and(|l| l.log_group != *log_group) || (was.is_none() && !log_group.starts_with("/aws/lambda/")) {
        d.value("logging.log_group", was.map(|l| &l.log_group), log_group, &String::new());
    }
    d.value("logging.application_level", was.map(|l| &l.application_level), application_level, &None);
    d.value("logging.system_level", was.map(|l| &l.system_level), system_level, &None);
    d.value("snap_start", before.map(|b| &b.snap_start), snap_start, &false);
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

/// Whether what is deployed is what is wanted. An archive is known by its hash; one in S3 by the mark that its last
/// upload left, which also tells code that somebody else uploaded since.
fn same_code(live: &Code, wanted: &Code) -> bool {
    match (live, wanted) {
        (Code::Deployed { sha256, .. }, Code::Archive(archive)) => *sha256 == archive.sha256,
        (Code::Deployed { sha256, source }, Code::Object(object)) => {
            source.as_deref() == Some(&format!("{}:{sha256}", source_mark(object)))
        }
        (live, wanted) => live == wanted,
    }
}

pub(crate) fn create(name: &str, arn: &Arn, function: &Function, ours: &Tags) -> Vec<Operation> {
    let tags = owned(&function.tags, ours);
    let create = FunctionOperation::Create { name: name.to_owned(), function: Box::new(function.clone()), tags };
    [Operation::Function(create), ready(name)].into_iter().chain(mark(name, arn, &function.code)).collect()
}

/// What is live beside the fields.
#[derive(Default)]
pub(crate) struct Standing<'a> {
    /// `Active`, `Pending`, `Inactive`, `Failed`.
    pub(crate) state: &'a str,
    /// `Successful`, `InProgress`, `Failed`.
    pub(crate) update: &'a str,
    /// Its role was made anew under the same name, and its environment is encrypted for the old one.
    pub(crate) give_role: bool,
}

impl Standing<'_> {
    /// Whether what Lambda shows may not be what runs: it keeps the function as it was where an update fails, and shows what
    /// was sent.
    fn is_in_doubt(&self) -> bool {
        self.update == "Failed"
    }

    /// Whether Lambda would refuse a write now.
    fn is_busy(&self) -> bool {
        self.state == "Pending" || self.update == "InProgress"
    }
}

pub(crate) fn update(
    name: &str,
    arn: &Arn,
    before: &Function,
    after: &Function,
    standing: &Standing<'_>,
    (set, gone): (Tags, Vec<String>),
) -> Update {
    let differences = differences(Some(before), after);
    let mut title = differences.parts();
    let again = standing.is_in_doubt();
    let code = again || differences.has("code") || differences.has("architecture");
    let send_code = code.then(|| {
        let (code, architecture) = (after.code.clone(), after.architecture.clone());
        FunctionOperation::UpdateCode { name: name.to_owned(), code, architecture }
    });
    let configure = again || standing.give_role || differences.beyond(&["code", "architecture", "tags"]);
    let send_configuration = configure
        .then(|| FunctionOperation::UpdateConfiguration { name: name.to_owned(), function: Box::new(after.clone()) });
    // Most updates fail for the configuration's sake (a network, a key, a layer), and code that follows one fails as well.
    let calls = if again { [send_configuration, send_code] } else { [send_code, send_configuration] };
    let calls = calls.into_iter().flatten();
    let mut operations: Vec<_> = calls.flat_map(|call| [Operation::Function(call), ready(name)]).collect();
    if configure {
        if standing.give_role && !differences.has("role") {
            title.push("give the role anew".to_owned());
        }
        if again {
            title.push("send code and configuration again".to_owned());
        }
    }
    if code {
        operations.extend(mark(name, arn, &after.code));
    }
    if !set.is_empty() {
        operations.push(Operation::Function(FunctionOperation::Tag { arn: arn.clone(), tags: set }));
    }
    let mut keys = gone;
    if matches!((&before.code, &after.code), (Code::Deployed { source: Some(_), .. }, Code::Archive(_))) {
        keys.push(MARK_CODE.to_owned());
        if title.is_empty() {
            title.push("remove the mark of code from S3".to_owned());
        }
    }
    if standing.give_role {
        keys.push(MARK_ROLE.to_owned());
    }
    if !keys.is_empty() {
        operations.push(Operation::Function(FunctionOperation::Untag { arn: arn.clone(), keys }));
    }
    if standing.is_busy() && !operations.is_empty() {
        operations.insert(0, ready(name));
    }
    let why = if again {
        Some("its last update failed, and what Lambda shows may not be what runs")
    } else if standing.give_role && differences.is_empty() {
        Some("its role is made anew, and its environment is encrypted for the one before")
    } else {
        None
    };
    let why = why.map(str::to_owned);
    Update { why, grow: Part { differences, operations, title }, ..Update::default() }
}

/// Remembers that a function is to be given its role anew.
pub(crate) fn remember(name: &str, arn: &Arn, standing: &Standing<'_>) -> Vec<Operation> {
    let tags = Tags::from([(MARK_ROLE.to_owned(), "give anew".to_owned())]);
    let mark = Operation::Function(FunctionOperation::Tag { arn: arn.clone(), tags });
    standing.is_busy().then(|| ready(name)).into_iter().chain([mark]).collect()
}

/// The wait before a write to a function that is still changing.
pub(crate) fn unless_busy(name: &str, present: &Present) -> Option<Operation> {
    match &present.detail {
        Detail::Function { state, update, .. } => {
            Standing { state, update, give_role: false }.is_busy().then(|| ready(name))
        }
        Detail::Policy { .. }
        | Detail::Role { .. }
        | Detail::LogGroup
        | Detail::Job { .. }
        | Detail::StateMachine { .. } => None,
    }
}

pub(crate) fn delete(name: &str) -> Vec<Operation> {
    vec![Operation::Function(FunctionOperation::Delete { name: name.to_owned() })]
}

fn ready(name: &str) -> Operation {
    Operation::Wait(Condition::FunctionReady { name: name.to_owned() })
}

fn mark(name: &str, arn: &Arn, code: &Code) -> Option<Operation> {
    let Code::Object(object) = code else { return None };
    let source = source_mark(object);
    Some(Operation::Function(FunctionOperation::MarkCode { name: name.to_owned(), arn: arn.clone(), source }))
}

pub(crate) fn uses(function: &Function) -> Vec<Use> {
    vec![Use::Arn(function.role.clone()), Use::LogGroup(function.logging.log_group.clone())]
}

impl Json for Code {
    fn json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Archive(archive) => format!("sha256:{}", archive.sha256).into(),
            Self::Deployed { sha256, .. } => format!("sha256:{sha256}").into(),
            Self::Object(object) => {
                let version = object.version.as_ref().map(|v| format!("@{v}")).unwrap_or_default();
                format!("s3://{}/{}{version}", object.bucket, object.key).into()
            }
        })
    }
}

impl Json for Vpc {
    fn json(&self) -> Option<serde_json::Value> {
        let Self { subnets, security_groups, ipv6 } = self;
        Some(serde_json::json!({ "subnets": subnets, "security_groups": security_groups, "ipv6": ipv6 }))
    }
}

/// What a write makes of it.
pub(crate) fn written(live: &mut Function, operation: &FunctionOperation) -> bool {
    match operation {
        FunctionOperation::UpdateCode { code, architecture, .. } => {
            live.code.clone_from(code);
            live.architecture.clone_from(architecture);
        }
        FunctionOperation::UpdateConfiguration { function, .. } => {
            *live = Function {
                code: live.code.clone(),
                architecture: live.architecture.clone(),
                tags: std::mem::take(&mut live.tags),
                ..Function::clone(function)
            };
        }
        FunctionOperation::MarkCode { .. } | FunctionOperation::Tag { .. } | FunctionOperation::Untag { .. } => {}
        FunctionOperation::Create { .. } | FunctionOperation::Delete { .. } => return false,
    }
    true
}
