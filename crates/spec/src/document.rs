//! Documents of AWS's own that a spec holds: policies, trust policies, definitions; inline, or in a file.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A policy: inline, or `{ file: PATH }`. What it says is read with
/// [`Context::document`](crate::context::Context::document), never from here.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct DocumentDoc(
    #[allow(dead_code, reason = "read through the tree, which knows places")] serde_json::Value,
);

/// A definition: inline, or `{ file: PATH, substitutions: { NAME: TEXT } }`. Read like [`DocumentDoc`].
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct DefinitionDoc(
    #[allow(dead_code, reason = "read through the tree, which knows places")] serde_json::Value,
);

impl JsonSchema for DocumentDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Document".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A document with AWS's own keys, inline or as `{ file: PATH }`.",
            "anyOf": [
                {
                    "title": "In a file",
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": false,
                    "properties": {
                        "file": { "type": "string", "minLength": 1, "description": "A JSON or YAML file, relative to the spec." },
                    },
                },
                { "title": "Inline", "type": "object", "minProperties": 1, "properties": { "file": false } },
            ],
        })
    }
}

impl JsonSchema for DefinitionDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Definition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A definition in the Amazon States Language, inline or as `{ file: PATH }`.",
            "anyOf": [
                {
                    "title": "In a file",
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": false,
                    "properties": {
                        "file": { "type": "string", "minLength": 1, "description": "A JSON or YAML file, relative to the spec." },
                        "substitutions": {
                            "type": "object",
                            "description": "What stands for `${NAME}` in the file, as in a definition written for SAM or CloudFormation.",
                            "additionalProperties": { "type": "string" },
                        },
                    },
                },
                { "title": "Inline", "type": "object", "minProperties": 1, "properties": { "file": false, "substitutions": false } },
            ],
        })
    }
}
