//! Objects against their schemas: fields that are missing, too many, or of the other language.

use statewright_source::{Diagnostic, Entry, Node};

use super::{
    choice,
    context::Context,
    fields, language,
    mend::mend,
    path,
    place::Place,
    schema::{Emptiness, Field, Schema, Shape},
    shared::{EMPTY, EXCLUSIVE, MISSING, Object, UNKNOWN, wrong_kind},
    template, value, variables,
};
use crate::model::{BodyId, State, StateType};

/// A state's own fields and all that is in them, but for the states inside it.
pub(super) fn state(cx: &mut Context<'_, '_>, state: &State<'_>) {
    let object =
        Object { state: Some(state), node: state.node, key: Some(state.name_span), place: Place::State(state.id) };
    if state.node.as_map().is_none() {
        wrong_kind(cx, state.node, "an object", "OBJECT", &object.place);
        return;
    }
    if let Some(kind) = state.kind {
        check(cx, object, fields::of_type(kind));
    }
}

/// An object against its schema.
pub(super) fn check(cx: &mut Context<'_, '_>, object: Object<'_>, schema: &'static Schema) {
    if cx.opaque(object.node) {
        return;
    }
    let Some(entries) = object.node.as_map() else {
        wrong_kind(cx, object.node, "an object", "OBJECT", &object.place);
        return;
    };
    for entry in entries {
        match schema.field(&entry.key) {
            None => unknown(cx, object, schema, entry),
            Some(field) => {
                if language::belongs(cx, object, field, entry) {
                    shape(cx, object, field, entry);
                }
            }
        }
    }
    presence(cx, object, schema);
}

fn presence(cx: &mut Context<'_, '_>, object: Object<'_>, schema: &Schema) {
    let has = |field: &&&str| object.node.entry(field).is_some();
    for group in schema.at_most_one.iter().chain(schema.exactly_one) {
        let there: Vec<&str> = group.iter().filter(has).copied().collect();
        if there.len() > 1 {
            cx.push(exclusive(cx, object, &there));
        }
    }
    let missing: Vec<&str> = schema.required.iter().filter(|f| !has(f)).copied().collect();
    let lacking = schema.exactly_one.iter().filter(|group| !group.iter().any(|f| has(&f)));
    let lacking: Vec<&&[&str]> = lacking.collect();
    // A key that is filled in later may be any of the fields.
    if (missing.is_empty() && lacking.is_empty())
        || object.node.as_map().unwrap_or_default().iter().any(|e| cx.opaque_text(&e.key))
    {
        return;
    }
    if !missing.is_empty() {
        cx.push(absent(cx, object, &missing));
    }
    for group in lacking {
        let names = list(group);
        let title = format!("{} needs one of {names}", what(cx, object));
        let found = MISSING.at(object.head(), title, cx.location(&object.place));
        cx.push(found.help(format!("AWS: this object should have only one of the fields {names}")));
    }
}

/// What an object is, in a reader's words.
fn what(cx: &Context<'_, '_>, object: Object<'_>) -> String {
    match object.place {
        Place::State(id) => {
            let state = cx.definition.state(id);
            format!("{} state `{}`", state.kind.map_or("the", StateType::as_str), state.name)
        }
        Place::Body(id) if id == BodyId::MACHINE => "the definition".to_owned(),
        Place::Key(_, key) => format!("`{key}`"),
        _ => format!("`{}`", cx.location(&object.place)),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

fn absent(cx: &Context<'_, '_>, object: Object<'_>, missing: &[&str]) -> Diagnostic {
    let title = format!("{} lacks {}", what(cx, object), list(missing));
    MISSING.at(object.head(), title, cx.location(&object.place))
}

fn exclusive(cx: &Context<'_, '_>, object: Object<'_>, there: &[&str]) -> Diagnostic {
    let title = format!("{} exclude each other in {}", list(there), what(cx, object));
    let mut spans = there.iter().filter_map(|f| object.node.entry(f)).map(|e| e.key_span);
    let first = spans.next();
    let last = spans.next_back().or(first).unwrap_or(object.node.span);
    let found = EXCLUSIVE.at(last, title, cx.location(&object.place));
    match first {
        Some(first) if first != last => found.related(first, "the other one"),
        _ => found,
    }
}

fn unknown(cx: &mut Context<'_, '_>, object: Object<'_>, schema: &Schema, entry: &Entry) {
    if cx.opaque_text(&entry.key) {
        return;
    }
    let title = format!("{} has no field `{}`", what(cx, object), entry.key);
    let mut found = UNKNOWN.at(entry.key_span, title, cx.location(&object.place));
    let names = schema.all().map(|f| f.name).filter(|n| object.node.entry(n).is_none());
    if let Some(near) = cx.nearest(&entry.key, names) {
        found = found.help(format!("did you mean `{near}`?"));
        if near.eq_ignore_ascii_case(&entry.key) || entry.key.len() > 5 {
            found = mend(found, entry.key_span, &entry.key, near);
        }
    } else if let (Place::State(_), Some(kinds)) = (object.place, types_with(&entry.key)) {
        found = found.help(format!("only {kinds} states have it"));
    }
    cx.push(found);
}

/// The types of states that have a field.
fn types_with(field: &str) -> Option<String> {
    let kinds: Vec<&str> = StateType::ALL
        .into_iter()
        .filter(|k| fields::of_type(*k).field(field).is_some())
        .map(StateType::as_str)
        .collect();
    let (last, first) = kinds.split_last()?;
    Some(if first.is_empty() { (*last).to_owned() } else { format!("{} and {last}", first.join(", ")) })
}

fn empty(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, key: &str) {
    let found = EMPTY.at(node.span, format!("`{key}` must not be empty"), cx.location(place));
    cx.push(found);
}

fn shape(cx: &mut Context<'_, '_>, object: Object<'_>, field: &'static Field, entry: &Entry) {
    let node = &entry.value;
    if cx.opaque(node) {
        return;
    }
    let place = object.place.key(&entry.key);
    let inner = |node, place| Object { state: object.state, node, key: None, place };
    let keyed = |place| Object { state: object.state, node, key: Some(entry.key_span), place };
    match field.shape {
        Shape::Any => {}
        Shape::Constant => template::constant(cx, node, &place),
        Shape::Flag => value::flag(cx, node, &place),
        Shape::Texts => texts(cx, node, &place, field.name),
        Shape::States => states(cx, node, &place, field.name),
        Shape::Object(schema) => check(cx, keyed(place), schema),
        Shape::List(schema, emptiness) => {
            objects(cx, node, &place, emptiness, field.name, |cx, node, place| check(cx, inner(node, place), schema));
        }
        Shape::Bodies(schema) => {
            let refused = Emptiness::Refused;
            objects(cx, node, &place, refused, field.name, |cx, node, place| check(cx, inner(node, place), schema));
        }
        Shape::Rules => {
            objects(cx, node, &place, Emptiness::Refused, field.name, |cx, node, place| {
                choice::rule(cx, inner(node, place));
            });
        }
        Shape::NestedRules => {
            objects(cx, node, &place, Emptiness::Refused, field.name, |cx, node, place| {
                choice::nested(cx, inner(node, place));
            });
        }
        Shape::NestedRule => choice::nested(cx, keyed(place)),
        scalar => match object.state {
            Some(state) if field.dynamic && value::expression(cx, state, node, &place, scalar) => {}
            Some(state) => in_state(cx, state, node, &place, scalar),
            None => plain(cx, node, &place, scalar),
        },
    }
}

/// A value that is the same everywhere.
fn plain(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, shape: Shape) {
    match shape {
        Shape::Text | Shape::Resource => value::text(cx, node, place),
        Shape::Integer(least, most) => value::integer(cx, node, place, least, most),
        Shape::Number(least, most) => value::number(cx, node, place, least, most),
        Shape::OneOf(allowed) => value::one_of(cx, node, place, allowed),
        Shape::Timestamp => value::timestamp(cx, node, place),
        Shape::Condition => value::condition(cx, node, place),
        _ => {}
    }
}

/// A value that is read in the language of its state.
fn in_state(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, shape: Shape) {
    match shape {
        Shape::Path { null } => path::path(cx, state, node, place, null),
        Shape::ResultPath => path::result_path(cx, state, node, place),
        Shape::Reference { context } => path::reference(cx, state, node, place, context),
        Shape::TextPath => path::text_path(cx, state, node, place),
        Shape::Template { object, scope } => template::check(cx, state, node, place, object, scope),
        Shape::Assign(scope) => variables::assign(cx, state, node, place, scope),
        Shape::Variable => choice::variable(cx, state, node, place),
        Shape::Items => value::items(cx, state, node, place),
        other => plain(cx, node, place, other),
    }
}

/// A list, item by item.
fn objects<'p>(
    cx: &mut Context<'_, '_>,
    node: &'p Node,
    place: &'p Place<'p>,
    emptiness: Emptiness,
    name: &str,
    mut each: impl FnMut(&mut Context<'_, '_>, &'p Node, Place<'p>),
) {
    let Some(items) = node.as_seq() else {
        wrong_kind(cx, node, "a list", "ARRAY", place);
        return;
    };
    if items.is_empty() && emptiness == Emptiness::Refused {
        empty(cx, node, place, name);
    }
    for (index, item) in items.iter().enumerate() {
        each(cx, item, place.item(index));
    }
}

fn texts(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, name: &str) {
    objects(cx, node, place, Emptiness::Refused, name, |cx, item, place| {
        if item.as_str().is_none() && !cx.opaque(item) {
            wrong_kind(cx, item, "a string", "STRING", &place);
        }
    });
}

/// The map of a body's states.
pub(super) fn states(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, name: &str) {
    match node.as_map() {
        None => wrong_kind(cx, node, "an object", "OBJECT", place),
        Some([]) => empty(cx, node, place, name),
        Some(_) => {}
    }
}
