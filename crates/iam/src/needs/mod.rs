//! What a state machine's role needs, piece by piece: for a task's call, a distributed map, its reader and writer,
//! credentials, logging, tracing, encryption.
//!
//! The facts are data (`data/integrations.json`, `data/sdk.json`; every entry names its sources and whether it was
//! verified). A resource is as narrow as the definition tells: a wildcard stands only where a value is known at run time
//! alone, and the need says so in [`Need::wide`].

mod data;
mod fields;
mod functions;
mod sdk;
mod template;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

pub use fields::Parameters;

use self::{
    data::{Entry, StatementFact, integrations},
    fields::{Field, field},
};

/// Where a machine is. What is not known is `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// `eu-west-1`.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// The machine's name.
    pub machine: String,
}

/// Condition operator → key → values.
pub type Conditions = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// One thing that a role must allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// `glue:StartJobRun`
    pub actions: Vec<String>,
    /// ARNs, or `*`.
    pub resources: Vec<String>,
    /// ARNs that AWS's own examples grant beside those though the call does not use them: a derived policy has them, a
    /// role is not asked for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What the request carries: a grant may be narrowed to it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: Conditions,
    /// Why a resource has a wildcard: `JobName is known at run time only`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wide: Vec<String>,
    /// Whether it is needed for certain.
    pub certainty: Certainty,
    /// It is for the rule by which Step Functions learns that a job ended. AWS checks it when the machine is made.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub managed_rule: bool,
    /// Whether two sources of weight agree on it.
    pub verified: bool,
    /// Where it is from.
    pub sources: Vec<String>,
}

/// Whether a need is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "certainty", rename_all = "lowercase")]
pub enum Certainty {
    /// The call cannot do without.
    Certain,
    /// Only if this holds, which the definition does not tell.
    If {
        /// In words: `the queue is encrypted with a key of the customer`.
        when: String,
        /// Whether a derived policy has it all the same.
        derived: bool,
    },
}

/// What is needed, and what else is to be said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Needs {
    /// The needs, in the order of the data.
    pub needs: Vec<Need>,
    /// What no policy can give, and what is not known: `the role must be mapped in the cluster's RBAC`.
    pub notes: Vec<String>,
}

/// The needs of a task: its `Resource` with its `Parameters` or `Arguments`.
///
/// `arn:aws:states:::glue:startJobRun.sync`, `arn:aws:states:::aws-sdk:s3:getObject`, the ARN of a function, the ARN of
/// an activity. Anything else has no needs and a note.
pub fn of_task(resource: &str, parameters: Parameters<'_>, place: &Place) -> Needs {
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "states", "", "", integration] => of_integration(integration, parameters, place),
        ["arn", _, "states", _, _, rest] if rest.starts_with("activity:") => {
            of_entry("activity", parameters, place, &[])
        }
        ["arn", _, "lambda", _, _, rest] if rest.starts_with("function:") => {
            let given = json!({"Resource": resource});
            of_entry("lambda function ARN", Parameters::Given(&given), place, &[])
        }
        _ => Needs { needs: Vec::new(), notes: vec![format!("what `{resource}` needs is not known")] },
    }
}

/// The needs of an integration by its name: `glue:startJobRun.sync`.
fn of_integration(name: &str, parameters: Parameters<'_>, place: &Place) -> Needs {
    if integrations().contains_key(name) {
        return of_entry(name, parameters, place, &[]);
    }
    if let Some(call) = name.strip_prefix("aws-sdk:") {
        let base = call.split('.').next().unwrap_or(call);
        let plain = format!("aws-sdk:{base}");
        if integrations().contains_key(plain.as_str()) {
            return of_entry(&plain, parameters, place, &[]);
        }
        return sdk::needs(base, parameters, place);
    }
    // `.waitForTaskToken` needs what the plain call needs, `.sync:2` what `.sync` needs.
    let plain = name.strip_suffix(".waitForTaskToken").or_else(|| name.strip_suffix(":2"));
    match plain {
        Some(plain) if integrations().contains_key(plain) => of_entry(plain, parameters, place, &[]),
        _ => Needs { needs: Vec::new(), notes: vec![format!("what `{name}` needs is not known")] },
    }
}

/// The needs of a distributed map itself: it runs its items as executions of the same machine.
pub fn of_distributed_map(place: &Place) -> Needs {
    of_entry("distributed map", Parameters::None, place, &[])
}

/// The needs of a map's `ItemReader`, given whole.
pub fn of_item_reader(reader: &Value, place: &Place) -> Needs {
    of_map_part("ItemReader", reader, place)
}

/// The needs of a map's `ResultWriter`, given whole.
pub fn of_result_writer(writer: &Value, place: &Place) -> Needs {
    of_map_part("ResultWriter", writer, place)
}

fn of_map_part(part: &str, value: &Value, place: &Place) -> Needs {
    let Some(call) = value["Resource"].as_str().and_then(|r| r.rsplit_once(":::")).map(|(_, call)| call) else {
        return Needs::default();
    };
    let name = format!("{part} {call}");
    let arguments = value.get("Arguments").or_else(|| value.get("Parameters"));
    let mut given = match arguments {
        Some(Value::Object(map)) => map.clone(),
        Some(_) => return of_entry(&name, Parameters::Dynamic, place, &[]),
        None => serde_json::Map::new(),
    };
    if let Some(config) = value.get("ReaderConfig") {
        given.insert("ReaderConfig".to_owned(), config.clone());
    }
    let given = Value::Object(given);
    let mut needs = of_entry(&name, Parameters::Given(&given), place, &[]);
    let kind = given["ReaderConfig"]["InputType"].as_str().unwrap_or_default();
    if part == "ItemReader" && matches!(kind, "MANIFEST" | "PARQUET") {
        needs.notes.push("the objects that the manifest names must be readable too (s3:GetObject)".to_owned());
    }
    needs
}

/// The needs of a task's `Credentials`, given whole. The task's own needs are then those of that role.
pub fn of_credentials(credentials: &Value, place: &Place) -> Needs {
    let given = json!({"Credentials": credentials});
    of_entry("credentials", Parameters::Given(&given), place, &[])
}

/// The needs of logging to `CloudWatch` Logs. AWS checks them when the machine is made.
pub fn of_logging(place: &Place) -> Needs {
    of_entry("logging", Parameters::None, place, &[])
}

/// The needs of X-Ray tracing.
pub fn of_tracing(place: &Place) -> Needs {
    of_entry("tracing", Parameters::None, place, &[])
}

/// The needs of encryption with a key of the customer, given as id, ARN or alias.
pub fn of_encryption(key: &str, logging: bool, place: &Place) -> Needs {
    let given = json!({"kmsKeyId": key});
    let mut needs = of_entry("encryption", Parameters::Given(&given), place, &[]);
    if logging {
        let more = of_entry("encryption + logging", Parameters::Given(&given), place, &[]);
        needs.needs.extend(more.needs);
        needs.notes.extend(more.notes);
    }
    needs
}

/// Every integration that the data has, by name, with whether it was verified.
pub fn known() -> impl Iterator<Item = (&'static str, bool)> {
    integrations().iter().map(|(name, entry)| (name.as_str(), entry.verified))
}

fn of_entry(name: &str, parameters: Parameters<'_>, place: &Place, notes: &[String]) -> Needs {
    let mut out = Needs { needs: Vec::new(), notes: notes.to_vec() };
    let Some(entry) = integrations().get(name) else {
        out.notes.push(format!("what `{name}` needs is not known"));
        return out;
    };
    for fact in &entry.statements {
        if let Some(need) = of_fact(fact, entry, parameters, place) {
            out.needs.push(need);
        }
    }
    if name.starts_with("eks:runJob") || name == "eks:call" {
        out.notes.push(
            "the role must be mapped in the cluster (an access entry, or aws-auth): no policy does that".to_owned(),
        );
    }
    out
}

fn of_fact(fact: &StatementFact, entry: &Entry, parameters: Parameters<'_>, place: &Place) -> Option<Need> {
    let certainty = certainty(fact, parameters)?;
    let mut wide = Vec::new();
    let resources = template::resources(&fact.resource, fact.dynamic.as_deref(), parameters, place, &mut wide);
    let also = if wide.is_empty() {
        template::resources(&fact.also, None, parameters, place, &mut Vec::new())
    } else {
        Vec::new()
    };
    Some(Need {
        actions: fact.actions.clone(),
        also: also.into_iter().filter(|r| !resources.contains(r) && !functions::is_qualified(r)).collect(),
        resources,
        conditions: template::conditions(&fact.condition, parameters, place, &mut wide),
        wide,
        certainty,
        managed_rule: fact.managed_rule,
        verified: entry.verified,
        sources: entry.source.clone(),
    })
}

/// Whether a statement is needed; `None` when certainly not.
fn certainty(fact: &StatementFact, parameters: Parameters<'_>) -> Option<Certainty> {
    let Some(when) = &fact.when else { return Some(Certainty::Certain) };
    if let Some(ask) = &when.ask {
        return Some(Certainty::If { when: ask.clone(), derived: when.derive });
    }
    let mut open = Vec::new();
    let given = |name: &str| match field(parameters, name) {
        Field::Absent => Some(false),
        Field::Dynamic(_) if matches!(parameters, Parameters::Dynamic) => None,
        Field::Dynamic(_) | Field::Values(_) => Some(true),
    };
    for name in &when.set {
        match given(name) {
            Some(true) => {}
            Some(false) => return None,
            None => open.push(format!("{name} is set")),
        }
    }
    for name in &when.unset {
        match given(name) {
            Some(false) => {}
            Some(true) => return None,
            None => open.push(format!("{name} is not set")),
        }
    }
    if !when.any.is_empty() {
        let known: Vec<_> = when.any.iter().map(|name| given(name)).collect();
        if !known.contains(&Some(true)) {
            if known.contains(&None) {
                open.push(format!("one of {} is set", when.any.join(", ")));
            } else {
                return None;
            }
        }
    }
    for (name, values) in &when.equals {
        match field(parameters, name) {
            Field::Values(found) if found.iter().any(|f| values.contains(&f.text)) => {}
            Field::Values(_) | Field::Absent => return None,
            Field::Dynamic(_) => open.push(format!("{name} is {}", values.join(" or "))),
        }
    }
    Some(if open.is_empty() { Certainty::Certain } else { Certainty::If { when: open.join(" and "), derived: true } })
}
