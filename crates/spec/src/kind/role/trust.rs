//! Who may assume a role: a service, several, or a whole trust policy.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};
use statewright_iam::Kind;
use statewright_source::{Diagnostic, visible};

use super::{Quota, ascii_or, codes, nearest, read, size};
use crate::{context::Context, document::DocumentDoc};

/// `trust:`.
#[derive(Debug, Clone)]
pub(crate) enum TrustDoc {
    /// `states.amazonaws.com`.
    Service(String),
    /// Several of them.
    Services(Vec<String>),
    /// A trust policy, or the file of one: read through the tree.
    Document,
}

impl<'de> Deserialize<'de> for TrustDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = TrustDoc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a service, a list of services, or a trust policy")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TrustDoc, E> {
                Ok(TrustDoc::Service(text.to_owned()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<TrustDoc, A::Error> {
                Deserialize::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(TrustDoc::Services)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<TrustDoc, A::Error> {
                while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
                Ok(TrustDoc::Document)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for TrustDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Trust".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let document = generator.subschema_for::<DocumentDoc>();
        json_schema!({
            "description": "Who may assume the role: a service, a list of services, or a trust policy.",
            "anyOf": [
                {
                    "title": "A service",
                    "type": "string",
                    "minLength": 1,
                    "examples": ["states.amazonaws.com", "lambda.amazonaws.com", "glue.amazonaws.com"],
                },
                { "title": "Services", "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } },
                document,
            ],
        })
    }
}

/// The trust policy.
pub(super) fn resolve(ctx: &mut Context<'_>, doc: &TrustDoc) -> Option<Value> {
    let principal = match doc {
        TrustDoc::Document => {
            let document = read(ctx, "trust", Kind::Trust)?;
            let place = ctx.key_span("/trust");
            let size = size(ctx, &document);
            Quota::TRUST.check(ctx, place, size);
            return Some(document);
        }
        TrustDoc::Service(service) => {
            check_service(ctx, service, "/trust");
            json!(service)
        }
        TrustDoc::Services(services) => {
            for (index, service) in services.iter().enumerate() {
                check_service(ctx, service, &format!("/trust/{index}"));
            }
            if services.is_empty() {
                let found = Diagnostic::error(codes::BAD_VALUE, "a role that nobody may assume")
                    .at(ctx.value_span("/trust"), "empty")
                    .help("name the services that use the role: `trust: states.amazonaws.com`");
                ctx.report(found);
                return None;
            }
            json!(services)
        }
    };
    Some(json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": principal }, "Action": "sts:AssumeRole" }],
    }))
}

/// What people write for the services of a stack, and what IAM calls them.
const MISTAKEN: [(&str, &str); 8] = [
    ("state", "states"),
    ("sfn", "states"),
    ("stepfunctions", "states"),
    ("step-functions", "states"),
    ("stepfunction", "states"),
    ("lamda", "lambda"),
    ("lambdas", "lambda"),
    ("awsglue", "glue"),
];

/// A service principal: `NAME.amazonaws.com`, in China for some services `NAME.amazonaws.com.cn`.
fn check_service(ctx: &mut Context<'_>, service: &str, pointer: &str) {
    let sample = ctx.sample(service).into_owned();
    let stem = sample.strip_suffix(".cn").unwrap_or(&sample).strip_suffix(".amazonaws.com");
    let shown = visible(service);
    let (title, help) = match stem {
        Some(stem) if !stem.is_empty() && stem.chars().all(|c| ascii_or(c, "-.")) => {
            let first = stem.split('.').next().unwrap_or_default();
            let Some((_, name)) = MISTAKEN.iter().find(|(wrong, _)| *wrong == first) else { return };
            (format!("IAM knows no service `{shown}`"), format!("did you mean `{name}.amazonaws.com`?"))
        }
        _ if sample.starts_with("arn:") || sample == "*" || sample.chars().all(|c| c.is_ascii_digit()) => (
            format!("`{shown}` is not a service"),
            "for an account, a role or anybody write a trust policy: a map with `Version` and `Statement`".to_owned(),
        ),
        _ => {
            let first = sample.split('.').next().unwrap_or_default();
            let known = ["states", "lambda", "glue", "events", "scheduler"];
            let wrong = MISTAKEN.iter().find(|(wrong, _)| *wrong == first).map(|(_, name)| *name);
            let help = match wrong.or_else(|| nearest(first, known)) {
                Some(name) => format!("write `{name}.amazonaws.com`"),
                None => "a service looks like `states.amazonaws.com`".to_owned(),
            };
            (format!("`{shown}` is not a service"), help)
        }
    };
    let found = Diagnostic::error(codes::BAD_VALUE, title).at(ctx.value_span(pointer), "not in this form").help(help);
    ctx.report(found);
}
