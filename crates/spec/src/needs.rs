//! What a machine asks of its role, state by state.

use statewright_asl::{Definition, QueryLanguage, State, StateType};
use statewright_iam::needs::{self, Need, Needs, Parameters, Place};
use statewright_source::{FileId, Node, Span};

use crate::{
    Declared, Identity,
    kind::state_machine::{Encryption, StateMachine},
};

/// All that a machine needs, and what else is to be said.
#[derive(Debug, Clone, Default)]
pub struct MachineNeeds {
    /// What is needed, in the order of the text; what is the machine's own stands behind.
    pub needed: Vec<Needed>,
    /// What no policy can give: the state, and a sentence.
    pub notes: Vec<(String, String)>,
    /// States of which nobody knows what they need.
    pub unknown: Vec<String>,
}

/// One need and who has it.
#[derive(Debug, Clone)]
pub struct Needed {
    /// The state's name; `Logging`, `Tracing` or `Encryption` for the machine's own.
    pub who: String,
    /// What part of the machine it is.
    pub part: Part,
    /// The place of the state's name, or of the machine's key.
    pub span: Option<Span>,
    /// What.
    pub need: Need,
}

/// Who has a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A state.
    State,
    /// Log delivery.
    Logging,
    /// X-Ray.
    Tracing,
    /// A key of the customer.
    Encryption,
}

/// Where a machine of that name is, as the needs want it: what is not known stays the character that stands for it.
pub fn place(identity: &Identity, machine: &str) -> Place {
    Place {
        partition: identity.partition.to_string(),
        region: identity.region.to_string(),
        account: identity.account.to_string(),
        machine: machine.to_owned(),
    }
}

impl MachineNeeds {
    /// What the states of a definition need.
    pub fn of_definition(root: &Node, place: &Place) -> Self {
        let mut out = Self::default();
        for state in Definition::of(root).states() {
            match state.kind {
                Some(StateType::Task) => out.task(state, place),
                Some(StateType::Map) => out.map(state, place),
                _ => {}
            }
        }
        out
    }

    /// What a declared machine needs.
    pub fn of_machine(name: &str, machine: &StateMachine, declared: &Declared, identity: &Identity) -> Self {
        let place = place(identity, name);
        let mut out = match declared.documents.get("definition") {
            Some(tree) => Self::of_definition(tree, &place),
            None => Self::of_json(&machine.definition, &place),
        };
        let span = |pointer: &str| declared.body.entry(pointer).map_or(declared.span, |entry| entry.key_span);
        out.settings(machine, &place, |field| Some(span(field)));
        out
    }

    /// What a machine that was read from AWS needs.
    pub fn of_live(name: &str, machine: &StateMachine, identity: &Identity) -> Self {
        let place = place(identity, name);
        let mut out = Self::of_json(&machine.definition, &place);
        out.settings(machine, &place, |_| None);
        out
    }

    /// A definition without places.
    fn of_json(definition: &serde_json::Value, place: &Place) -> Self {
        let parsed = statewright_source::parse_json(FileId(u32::MAX), &definition.to_string());
        let mut out = parsed.root.map(|root| Self::of_definition(&root, place)).unwrap_or_default();
        out.needed.iter_mut().for_each(|needed| needed.span = None);
        out
    }

    fn settings(&mut self, machine: &StateMachine, place: &Place, span: impl Fn(&str) -> Option<Span>) {
        if machine.logging.is_some() {
            self.add("Logging", Part::Logging, span("logging"), needs::of_logging(place));
        }
        if machine.tracing {
            self.add("Tracing", Part::Tracing, span("tracing"), needs::of_tracing(place));
        }
        if let Some(Encryption { kms_key, .. }) = &machine.encryption {
            let needs = needs::of_encryption(kms_key, machine.logging.is_some(), place);
            self.add("Encryption", Part::Encryption, span("encryption"), needs);
        }
    }

    fn task(&mut self, state: &State<'_>, place: &Place) {
        if let Some(credentials) = state.get("Credentials") {
            // The call itself is then that other role's.
            self.of_state(state, needs::of_credentials(&credentials.to_json(), place));
            return;
        }
        let Some(resource) = state.text("Resource") else { return };
        let given = match state.language {
            Some(QueryLanguage::Jsonata) => state.get("Arguments"),
            Some(QueryLanguage::JsonPath) => state.get("Parameters"),
            None => state.get("Arguments").or_else(|| state.get("Parameters")),
        };
        let given = given.map(Node::to_json);
        let parameters = match &given {
            Some(value) if value.is_object() => Parameters::Given(value),
            // All of it is computed, or the state's input is sent.
            Some(_) | None => Parameters::Dynamic,
        };
        let found = needs::of_task(resource, parameters, place);
        if found.needs.is_empty() && !found.notes.is_empty() {
            self.unknown.push(state.name.to_owned());
        }
        self.of_state(state, found);
    }

    fn map(&mut self, state: &State<'_>, place: &Place) {
        let processor = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
        let mode = processor.and_then(|p| p.get("ProcessorConfig")).and_then(|c| c.get("Mode")).and_then(Node::as_str);
        if mode == Some("DISTRIBUTED") {
            self.of_state(state, needs::of_distributed_map(place));
        }
        if let Some(reader) = state.get("ItemReader") {
            self.of_state(state, needs::of_item_reader(&reader.to_json(), place));
        }
        if let Some(writer) = state.get("ResultWriter") {
            self.of_state(state, needs::of_result_writer(&writer.to_json(), place));
        }
    }

    fn of_state(&mut self, state: &State<'_>, found: Needs) {
        self.add(state.name, Part::State, Some(state.name_span), found);
    }

    fn add(&mut self, who: &str, part: Part, span: Option<Span>, found: Needs) {
        self.needed.extend(found.needs.into_iter().map(|need| Needed { who: who.to_owned(), part, span, need }));
        self.notes.extend(found.notes.into_iter().map(|note| (who.to_owned(), note)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use statewright_source::{Sources, parse_json};

    use super::*;

    fn check(definition: &serde_json::Value, expect: &[&str]) {
        let text = definition.to_string();
        let file = Sources::default().add("m.asl.json", text.clone());
        let root = parse_json(file, &text).root.unwrap();
        let place = Place {
            partition: "aws".into(),
            region: "us-east-1".into(),
            account: "123456789012".into(),
            machine: "m".into(),
        };
        let found = MachineNeeds::of_definition(&root, &place);
        let certain = found.needed.iter().filter(|n| n.need.certainty == needs::Certainty::Certain);
        let told: Vec<String> = certain
            .map(|n| format!("{}: {} on {}", n.who, n.need.actions.join(" "), n.need.resources.join(" ")))
            .chain(found.unknown.iter().map(|state| format!("{state}: ?")))
            .collect();
        assert_eq!(told, expect);
    }

    #[test]
    fn tasks_maps_and_credentials() {
        let task = |resource: &str, key: &str, value: serde_json::Value| json!({"Type": "Task", "Resource": resource, key: value, "End": true});
        check(
            &json!({"StartAt": "A", "States": {
                "A": task("arn:aws:states:::sns:publish", "Parameters", json!({"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"})),
                "B": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Credentials": {"RoleArn": "arn:aws:iam::210987654321:role/x"}, "End": true},
                "C": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "D", "States": {
                    "D": {"QueryLanguage": "JSONata", "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "End": true}}}, "End": true},
                "E": {"Type": "Task", "Resource": "arn:aws:states:::nothing:known", "End": true}}}),
            &[
                "A: sns:Publish on arn:aws:sns:us-east-1:123456789012:t",
                "B: sts:AssumeRole on arn:aws:iam::210987654321:role/x",
                "C: states:StartExecution on arn:aws:states:us-east-1:123456789012:stateMachine:m",
                "C: states:DescribeExecution states:StopExecution on arn:aws:states:us-east-1:123456789012:execution:m:*",
                "D: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:f",
                "E: ?",
            ],
        );
    }
}
