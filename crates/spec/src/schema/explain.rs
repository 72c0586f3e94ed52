//! What a validator says, in the words of whoever writes the spec.

use std::collections::BTreeSet;

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value as Json;
use statewright_source::{Diagnostic, Node, Span, Value, nearest, visible};

use super::check::Told;
use crate::{
    codes,
    reference::{dotted, pointer_to},
};

/// Turns a validator's errors into findings, one a fault.
pub(super) struct Explainer<'a> {
    schema: &'a Json,
    node: &'a Node,
    told: &'a Told<'a>,
    diagnostics: Vec<Diagnostic>,
    wrong: BTreeSet<String>,
    /// Keys that an unknown key was probably meant to be.
    meant: BTreeSet<String>,
    /// Keys that are missing, told of unless they were meant by another.
    missing: Vec<(String, Diagnostic)>,
}

impl<'a> Explainer<'a> {
    pub(super) fn new(schema: &'a Json, node: &'a Node, told: &'a Told<'a>) -> Self {
        Self {
            schema,
            node,
            told,
            diagnostics: Vec::new(),
            wrong: BTreeSet::new(),
            meant: BTreeSet::new(),
            missing: Vec::new(),
        }
    }

    /// The findings in the order of the text, and the pointers at which something is wrong.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, BTreeSet<String>) {
        for (pointer, found) in std::mem::take(&mut self.missing) {
            if !self.meant.contains(&pointer) {
                self.push(found);
            }
        }
        self.diagnostics.sort_by_key(|d| d.primary.as_ref().map(|l| l.span.start));
        (self.diagnostics, self.wrong)
    }

    pub(super) fn explain(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().as_str().to_owned();
        // What could not be filled in was said, and says nothing of the shape; so does what is wrong already.
        if self.told.trace.broken.contains(&pointer) {
            self.wrong.insert(pointer);
            return;
        }
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.forms(&pointer, error, context),
            Kind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    self.unknown_key(&pointer, key, error);
                }
            }
            Kind::Required { property } => self.missing_key(&pointer, property.as_str().unwrap_or_default(), error),
            Kind::Type { kind } => {
                let types = match kind {
                    TypeKind::Single(one) => vec![*one],
                    TypeKind::Multiple(set) => set.iter().collect(),
                };
                self.wrong_type(&pointer, &types);
            }
            Kind::PropertyNames { error: inner } => self.bad_key(&pointer, inner),
            Kind::FalseSchema => self.forbidden_key(&pointer),
            _ => self.bad_value(&pointer, error),
        }
    }

    /// None of several forms fits: the one that was meant is the one to speak of.
    fn forms(&mut self, pointer: &str, error: &ValidationError<'_>, forms: &[Vec<ValidationError<'static>>]) {
        let mut flat = Vec::new();
        flatten(pointer, forms, &mut flat);
        let forms = flat;
        let here = |e: &ValidationError<'_>| e.instance_path().as_str() == pointer;
        let other_type =
            |form: &&[ValidationError<'_>]| form.iter().any(|e| here(e) && matches!(e.kind(), Kind::Type { .. }));
        let likely: Vec<_> = forms.iter().copied().filter(|form| !other_type(form)).collect();
        let words = |form: &[ValidationError<'static>]| -> Option<Vec<Json>> {
            form.iter()
                .map(|e| match e.kind() {
                    Kind::Constant { expected_value } if here(e) => Some(vec![expected_value.as_ref().clone()]),
                    Kind::Enum { options } if here(e) => options.as_array().cloned(),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(|lists| lists.concat())
        };
        if likely.is_empty() {
            let types: Vec<JsonType> = forms
                .iter()
                .flat_map(|form| form.iter())
                .filter(|e| here(e))
                .filter_map(|e| match e.kind() {
                    Kind::Type { kind: TypeKind::Single(one) } => Some(vec![*one]),
                    Kind::Type { kind: TypeKind::Multiple(set) } => Some(set.iter().collect()),
                    _ => None,
                })
                .flatten()
                .collect();
            self.wrong_type(pointer, &types);
        } else if let Some(lists) = likely.iter().copied().map(words).collect::<Option<Vec<_>>>() {
            self.not_among(pointer, &lists.concat());
        } else if let Some(form) = likely.iter().min_by_key(|form| form.iter().map(weight).sum::<usize>()) {
            for inner in *form {
                self.explain(inner);
            }
        } else {
            self.bad_value(pointer, error);
        }
    }

    fn unknown_key(&mut self, pointer: &str, key: &str, error: &ValidationError<'_>) {
        let mut known: Vec<&str> = self.properties_beside(error);
        if pointer.is_empty() {
            known.extend(self.told.more.iter().copied());
        }
        let place = self.node.pointer(pointer).and_then(|n| n.entry(key));
        let span = place.map_or(self.told.span, |e| e.key_span);
        self.wrong.insert(pointer_to(pointer, key));
        let title = format!("`{}` is not a key of {}", visible(key), self.subject(pointer));
        let mut found = Diagnostic::error(codes::UNKNOWN_KEY, title).at(span, "not known");
        // `memorySize` and `MemorySize` mean `memory_size`.
        let snake: String = key
            .chars()
            .enumerate()
            .flat_map(|(i, c)| {
                let low = c.to_lowercase();
                (i > 0 && c.is_uppercase()).then_some('_').into_iter().chain(low)
            })
            .collect();
        match nearest(&snake, known.iter().copied()).or_else(|| nearest(key, known.iter().copied())) {
            Some(near) => {
                self.meant.insert(pointer_to(pointer, near));
                found = found.help(format!("did you mean `{near}`?")).fix(span, near);
            }
            None if known.is_empty() => {}
            None => found = found.help(format!("known here: {}", list(known.iter().map(|k| (*k).to_owned())))),
        }
        self.push(found);
    }

    fn missing_key(&mut self, pointer: &str, key: &str, error: &ValidationError<'_>) {
        self.wrong.insert(pointer_to(pointer, key));
        let known: Option<&Json> = self.parent(error).and_then(|p| p.get("properties")).and_then(|p| p.get(key));
        let found = Diagnostic::error(codes::MISSING_KEY, format!("{} has no `{key}`", self.subject(pointer)))
            .at(self.key_span(pointer), format!("`{key}` is missing"));
        let found = match known.and_then(|k| self.description(k)) {
            Some(text) => found.help(format!("`{key}`: {text}")),
            None => found,
        };
        self.missing.push((pointer_to(pointer, key), found));
    }

    fn wrong_type(&mut self, pointer: &str, types: &[JsonType]) {
        let Some(node) = self.node.pointer(pointer) else { return };
        self.wrong.insert(pointer.to_owned());
        let mut words: Vec<&str> = Vec::new();
        for word in types.iter().map(|t| word(*t)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let wanted = either(&words);
        let title = match &node.value {
            Value::Null => format!("{} has no value", self.subject(pointer)),
            value => format!("{} must be {wanted}, not {}", self.subject(pointer), kind_word(value)),
        };
        let mut found = Diagnostic::error(codes::WRONG_TYPE, title).at(node.span, format!("{wanted} must stand here"));
        let number = types.iter().any(|t| matches!(t, JsonType::Integer | JsonType::Number));
        match &node.value {
            Value::Null => found = found.help("give it a value, or leave the key out"),
            Value::Number(_) | Value::Bool(_) if types == [JsonType::String] => found = found.help("put it in quotes"),
            Value::Number(_) if types.contains(&JsonType::Integer) => found = found.help("write it without a fraction"),
            Value::String(text) if number && text.parse::<f64>().is_ok() && !self.is_filled(pointer) => {
                found = found.help("write it without quotes").fix(node.span, text.clone());
            }
            Value::String(text) if types.contains(&JsonType::Boolean) => {
                found = match text.to_lowercase().as_str() {
                    "yes" | "on" | "y" => {
                        found.help("in YAML 1.2 this is a string: write `true`").fix(node.span, "true")
                    }
                    "no" | "off" | "n" => {
                        found.help("in YAML 1.2 this is a string: write `false`").fix(node.span, "false")
                    }
                    _ => found.help("write `true` or `false`"),
                };
            }
            Value::String(_) | Value::Map(_) if types == [JsonType::Array] => found = found.help("write `[…]`"),
            _ => {}
        }
        let found = self.with_value(pointer, found);
        self.push(found);
    }

    fn not_among(&mut self, pointer: &str, options: &[Json]) {
        self.wrong.insert(pointer.to_owned());
        let options: Vec<String> = options.iter().map(plain).collect();
        let Some(node) = self.node.pointer(pointer) else { return };
        let secret = self.told.trace.sensitive.contains(pointer);
        let text = if secret { None } else { node.as_str() };
        let near = text.and_then(|t| nearest(t, options.iter().map(String::as_str)));
        let title = match text {
            Some(text) => format!("{} cannot be `{}`", self.subject(pointer), visible(text)),
            None => format!("{} is not one of the values that it may have", self.subject(pointer)),
        };
        let mut found = Diagnostic::error(codes::BAD_VALUE, title).at(node.span, "not known");
        let all = list(options.iter().cloned());
        found = match near {
            Some(near) => found.help(format!("did you mean `{near}`? There are {all}")),
            None => found.help(format!("there are {all}")),
        };
        if let Some(near) = near.filter(|_| !self.is_filled(pointer)) {
            found = found.fix(node.span, near);
        }
        let found = self.with_value(pointer, found);
        self.push(found);
    }

    fn bad_key(&mut self, pointer: &str, inner: &ValidationError<'_>) {
        let key = inner.instance().as_str().unwrap_or_default().to_owned();
        let span = self.node.pointer(pointer).and_then(|n| n.entry(&key)).map_or(self.told.span, |e| e.key_span);
        self.wrong.insert(pointer_to(pointer, &key));
        let (why, help) = self.reason(inner);
        let title = format!("`{}` cannot be a name in {}", visible(&key), self.subject(pointer));
        let label = match inner.kind() {
            Kind::Pattern { .. } => form(inner),
            _ => why,
        };
        let mut found = Diagnostic::error(codes::BAD_VALUE, title).at(span, label);
        found.help = help;
        self.push(found);
    }

    fn forbidden_key(&mut self, pointer: &str) {
        self.wrong.insert(pointer.to_owned());
        let title = format!("{} cannot stand here", self.subject(pointer));
        self.push(Diagnostic::error(codes::UNKNOWN_KEY, title).at(self.key_span(pointer), "not in this form"));
    }

    /// Everything that a value of the right type can have wrong.
    fn bad_value(&mut self, pointer: &str, error: &ValidationError<'_>) {
        if let Kind::Enum { options } = error.kind() {
            return self.not_among(pointer, options.as_array().map_or(&[], Vec::as_slice));
        }
        if let Kind::Constant { expected_value } = error.kind() {
            return self.not_among(pointer, std::slice::from_ref(expected_value.as_ref()));
        }
        self.wrong.insert(pointer.to_owned());
        let span = self.node.pointer(pointer).map_or(self.told.span, |n| n.span);
        let (why, help) = self.reason(error);
        let mut found =
            Diagnostic::error(codes::BAD_VALUE, format!("{} {why}", self.subject(pointer))).at(span, form(error));
        found.help = help;
        let found = self.with_value(pointer, found);
        self.push(found);
    }

    /// What is wrong, as the end of a sentence, and what to do.
    fn reason(&self, error: &ValidationError<'_>) -> (String, Option<String>) {
        let description = self.parent(error).and_then(|p| self.description(p));
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let why = match error.kind() {
            Kind::Minimum { limit } => format!("must be at least {limit}"),
            Kind::Maximum { limit } => format!("must be at most {limit}"),
            Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
            Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
            Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
            Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } | Kind::MinProperties { limit: 1 } => {
                "must not be empty".to_owned()
            }
            Kind::MinLength { limit } => format!("must have at least {limit} characters"),
            Kind::MaxLength { limit } => format!("must have at most {limit} character{}", plural(*limit)),
            Kind::MinItems { limit } => format!("must have at least {limit} items"),
            Kind::MaxItems { limit } => format!("must have at most {limit} item{}", plural(*limit)),
            Kind::MinProperties { limit } => format!("must have at least {limit} keys"),
            Kind::MaxProperties { limit } => format!("must have at most {limit} key{}", plural(*limit)),
            Kind::UniqueItems => "has an item twice".to_owned(),
            Kind::Pattern { .. } => "does not have the right form".to_owned(),
            _ => format!("is not valid: {}", error.masked_with("it")),
        };
        (why, description)
    }

    /// Says what a reference stood for, unless that is a secret.
    fn with_value(&self, pointer: &str, mut found: Diagnostic) -> Diagnostic {
        if self.is_filled(pointer)
            && !self.told.trace.sensitive.contains(pointer)
            && let Some(text) = self.node.pointer(pointer).map(|n| plain(&n.to_json()))
            && let Some(label) = &mut found.primary
        {
            label.text = format!("stands for `{}`", visible(&text));
        }
        found
    }

    fn is_filled(&self, pointer: &str) -> bool {
        self.told.trace.filled.contains(pointer)
    }

    /// The thing at a pointer, as a sentence begins with it.
    fn subject(&self, pointer: &str) -> String {
        if pointer.is_empty() {
            return self.told.what.to_owned();
        }
        format!("`{}`", visible(&dotted(self.node, pointer)))
    }

    fn key_span(&self, pointer: &str) -> Span {
        let Some((parent, token)) = pointer.rsplit_once('/') else { return self.told.span };
        let token = token.replace("~1", "/").replace("~0", "~");
        let Some(parent) = self.node.pointer(parent) else { return self.told.span };
        match parent.entry(&token) {
            Some(entry) => entry.key_span,
            None => self.node.pointer(pointer).map_or(self.told.span, |n| n.span),
        }
    }

    /// The schema that holds the keyword that failed.
    fn parent(&self, error: &ValidationError<'_>) -> Option<&'a Json> {
        let path = error.schema_path().as_str();
        self.schema.pointer(path.rsplit_once('/')?.0)
    }

    fn properties_beside(&self, error: &ValidationError<'_>) -> Vec<&'a str> {
        let properties = self.parent(error).and_then(|p| p.get("properties")).and_then(Json::as_object);
        properties
            .map(|p| p.iter().filter(|(_, v)| **v != Json::Bool(false)).map(|(k, _)| k.as_str()).collect())
            .unwrap_or_default()
    }

    /// The first sentence of a schema's description, in one line.
    fn description(&self, schema: &Json) -> Option<String> {
        let text = schema.get("description").and_then(Json::as_str).or_else(|| {
            let target = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref"))?.as_str()?;
            self.schema.pointer(target.strip_prefix('#')?)?.get("description")?.as_str()
        })?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = text.find(". ").unwrap_or(text.len());
        Some(text.get(..end).unwrap_or(&text).trim_end_matches('.').to_owned())
    }

    /// Keeps a finding unless there is one with the same place and code.
    fn push(&mut self, found: Diagnostic) {
        let twin = |d: &Diagnostic| d.primary == found.primary && d.code == found.code && d.title == found.title;
        if !self.diagnostics.iter().any(twin) {
            self.diagnostics.push(found);
        }
    }
}

/// Forms within forms are forms.
fn flatten<'e>(
    pointer: &str,
    forms: &'e [Vec<ValidationError<'static>>],
    into: &mut Vec<&'e [ValidationError<'static>]>,
) {
    for form in forms {
        match form.as_slice() {
            [only] if only.instance_path().as_str() == pointer => match only.kind() {
                Kind::AnyOf { context } | Kind::OneOfNotValid { context } => flatten(pointer, context, into),
                _ => into.push(form),
            },
            _ => into.push(form),
        }
    }
}

/// The form that a text must have.
fn form(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Pattern { pattern } => format!("must match `{pattern}`"),
        _ => String::new(),
    }
}

/// How far an error is from what the writer meant.
fn weight(error: &ValidationError<'_>) -> usize {
    match error.kind() {
        Kind::FalseSchema => 100,
        Kind::AdditionalProperties { unexpected } => 2 * unexpected.len(),
        Kind::Required { .. } => 2,
        _ => 1,
    }
}

const fn word(json: JsonType) -> &'static str {
    match json {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "a string",
    }
}

const fn kind_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Seq(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[&str]) -> String {
    match words {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [some @ .., last] => format!("{} or {last}", some.join(", ")),
    }
}

fn list(words: impl Iterator<Item = String>) -> String {
    words.map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
