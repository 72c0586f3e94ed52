//! The forms of the keys.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::Attachments;

/// `adopt:`
#[derive(Debug, Clone, Default)]
pub(crate) enum AdoptDoc {
    /// `false`, or not said.
    #[default]
    Never,
    /// `true`
    Unowned,
    /// `{ from: OWNER }`
    From(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FromDoc {
    from: String,
}

impl<'de> Deserialize<'de> for AdoptDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = AdoptDoc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, or a map with `from`")
            }

            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<AdoptDoc, E> {
                Ok(if yes { AdoptDoc::Unowned } else { AdoptDoc::Never })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<AdoptDoc, A::Error> {
                let doc = FromDoc::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(AdoptDoc::From(doc.from))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for AdoptDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Adopt".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether a resource that exists and is not of this stack may be taken over.",
            "anyOf": [
                { "title": "One that has no owner", "type": "boolean" },
                {
                    "title": "One of another stack",
                    "type": "object",
                    "required": ["from"],
                    "additionalProperties": false,
                    "properties": {
                        "from": {
                            "type": "string",
                            "description": "The owner that it has now, exactly as its tag `statewright:stack` says: `NAME@REGION` or `NAME/ENV@REGION`.",
                            "pattern": "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?@[a-z0-9-]+$",
                            "examples": ["nightly-etl@us-east-1", "orders/prod@eu-west-1"],
                        },
                    },
                },
            ],
        })
    }
}

/// `attachments:`
#[derive(Debug, Clone, Copy, Default, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum AttachmentsDoc {
    /// What the spec does not name is taken off.
    #[default]
    Exclusive,
    /// What the spec does not name is shown and left alone.
    Report,
}

impl From<AttachmentsDoc> for Attachments {
    fn from(doc: AttachmentsDoc) -> Self {
        match doc {
            AttachmentsDoc::Exclusive => Self::Exclusive,
            AttachmentsDoc::Report => Self::Report,
        }
    }
}
