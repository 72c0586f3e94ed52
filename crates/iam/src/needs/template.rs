//! Resources and conditions of the data, filled in.

use crate::canonical::resource_text;

use super::{
    Conditions, Place,
    fields::{Field, Known, Parameters, field},
    functions::apply,
};

/// What a template's `${…}` stands for.
enum Filled {
    Texts(Vec<String>),
    /// With the reason.
    Unknown(String),
}

/// The ARNs of some templates, in order and without repeats. Why one has a wildcard goes to `wide`. When a parameter is
/// not known, `dynamic` takes the place of all.
pub(super) fn resources(
    templates: &[String],
    dynamic: Option<&str>,
    parameters: Parameters<'_>,
    place: &Place,
    wide: &mut Vec<String>,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for template in templates {
        let mut reasons = Vec::new();
        let arns = expand(template, parameters, place, &mut reasons);
        let unknown = reasons.iter().any(|(_, whole)| *whole);
        for (reason, _) in reasons {
            if !wide.contains(&reason) {
                wide.push(reason);
            }
        }
        let arns = match dynamic {
            Some(dynamic) if unknown => expand(dynamic, parameters, place, &mut Vec::new()),
            _ => arns,
        };
        for arn in arns.iter().map(|arn| resource_text(arn)) {
            if !out.contains(&arn) {
                out.push(arn);
            }
        }
    }
    // `*` says all that the others say.
    if out.iter().any(|arn| arn == "*") { vec!["*".to_owned()] } else { out }
}

/// Conditions with their values filled in. A key whose value is not known is left out: the grant is wider then.
pub(super) fn conditions(
    template: &Conditions,
    parameters: Parameters<'_>,
    place: &Place,
    wide: &mut Vec<String>,
) -> Conditions {
    let mut out = Conditions::new();
    for (operator, keys) in template {
        for (key, values) in keys {
            let mut reasons = Vec::new();
            let key = expand(key, parameters, place, &mut reasons).concat();
            let values: Vec<String> =
                values.iter().flat_map(|value| expand(value, parameters, place, &mut reasons)).collect();
            if reasons.iter().any(|(_, whole)| *whole) || values.iter().any(String::is_empty) {
                for (reason, _) in reasons {
                    if !wide.contains(&reason) {
                        wide.push(reason);
                    }
                }
                continue;
            }
            out.entry(operator.clone()).or_default().insert(key, values);
        }
    }
    out
}

/// Every text that a template gives: more than one where a parameter is a list. A reason comes with whether the whole
/// value is unknown, or only a token in it.
fn expand(template: &str, parameters: Parameters<'_>, place: &Place, reasons: &mut Vec<(String, bool)>) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        let alone = before.is_empty() && behind.is_empty() && rest == template;
        let filled = match inside {
            "partition" => Filled::Texts(vec![place.partition.clone()]),
            "region" => Filled::Texts(vec![place.region.clone()]),
            "account" => Filled::Texts(vec![place.account.clone()]),
            "this" => Filled::Texts(vec![place.machine.clone()]),
            expression => evaluate(expression, parameters, place, reasons),
        };
        let texts = match filled {
            Filled::Texts(texts) => texts,
            Filled::Unknown(reason) => {
                reasons.push((reason, true));
                vec!["*".to_owned()]
            }
        };
        // A parameter that takes a name takes an ARN as well: then that is the resource.
        if behind.is_empty() && !alone && before.starts_with("arn:") | out[0].starts_with("arn:") {
            let (arns, names): (Vec<String>, Vec<String>) = texts.into_iter().partition(|t| t.starts_with("arn:"));
            let mut all = join(&out, before, &names);
            if names.is_empty() {
                all.clear();
            }
            all.extend(arns);
            return all;
        }
        out = join(&out, before, &texts);
        rest = behind;
    }
    for text in &mut out {
        text.push_str(rest);
    }
    out
}

fn join(heads: &[String], between: &str, texts: &[String]) -> Vec<String> {
    heads.iter().flat_map(|head| texts.iter().map(move |text| format!("{head}{between}{text}"))).collect()
}

/// `function(A.B,C|default)`, each part but one path optional.
fn evaluate(expression: &str, parameters: Parameters<'_>, place: &Place, reasons: &mut Vec<(String, bool)>) -> Filled {
    let (function, inside) = match expression.split_once('(') {
        Some((function, rest)) => (function, rest.strip_suffix(')').unwrap_or(rest)),
        None => ("", expression),
    };
    let (paths, default) = match inside.split_once('|') {
        Some((paths, default)) => (paths, Some(default)),
        None => (inside, None),
    };
    let found = paths.split(',').map(|path| field(parameters, path)).find(|found| *found != Field::Absent);
    let values = match (found, default) {
        (Some(Field::Values(values)), _) => values,
        (Some(Field::Dynamic(reason)), _) => return Filled::Unknown(reason),
        (Some(Field::Absent) | None, Some("*")) => return Filled::Texts(vec!["*".to_owned()]),
        (Some(Field::Absent) | None, Some(default)) => vec![Known { text: default.to_owned(), token: None }],
        (Some(Field::Absent) | None, None) => return Filled::Unknown(format!("{paths} is not given")),
    };
    let mut texts = Vec::new();
    for value in values {
        if let Some(token) = value.token {
            let reason = (format!("{token} is filled in when it is deployed"), false);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        match apply(function, &value.text, place) {
            Some(more) => texts.extend(more),
            None => return Filled::Unknown(format!("`{}` does not tell which resource it is", value.text)),
        }
    }
    Filled::Texts(texts)
}
