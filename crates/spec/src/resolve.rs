//! From a spec that was read to the state that it asks for in one account and region; or to all that is wrong with it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::de::DeserializeOwned;
use statewright_source::{Code, Diagnostic, Entry, Node, Severity, Span, Value, visible};

use crate::{
    Address, Custody, Declared, Desired, Identity, Kind, Loaded, Mention, Owner, Resource, TagPattern, allow, codes,
    context::{Broken, Context, Gathered, StackTags, World, example},
    custody, edges, grants, hash,
    kind::{self, Common},
    mentions,
    names::{Name, Names},
    places,
    reference::{Flavour, Scope, Trace, dotted, fill_keys, fill_text, fill_values, pointer_to},
    schema::{self, Told},
    silence::{may_be_silenced, silence},
    tags,
    typed::{self, Misfit},
};

impl Loaded {
    /// What the spec asks for at one place, and everything that was noticed. There is no state where there is an error.
    /// The same spec at the same place gives the same, byte for byte.
    pub fn resolve(&self, identity: &Identity) -> (Option<Desired>, Vec<Diagnostic>) {
        let mut pass = Pass {
            loaded: self,
            identity,
            names: Names::default(),
            nameless: BTreeSet::new(),
            stack_tags: StackTags::default(),
            diagnostics: self.diagnostics.clone(),
            used: self.used.clone(),
            resources: BTreeMap::new(),
            needs: BTreeMap::new(),
            prefers: BTreeMap::new(),
            mentions: Vec::new(),
        };
        let sections = pass.sections();
        pass.ignored_tags();
        pass.tags();
        for (kind, entries) in &sections {
            for entry in entries {
                pass.resource(*kind, entry);
            }
        }
        pass.across();
        pass.finish()
    }
}

/// One resolution.
struct Pass<'a> {
    loaded: &'a Loaded,
    identity: &'a Identity,
    names: Names,
    /// The places of names that could not be filled in.
    nameless: BTreeSet<Span>,
    stack_tags: StackTags,
    diagnostics: Vec<Diagnostic>,
    used: BTreeSet<String>,
    resources: BTreeMap<Address, Declared>,
    /// With the place that makes the need.
    needs: BTreeMap<Address, BTreeMap<Address, Span>>,
    prefers: BTreeMap<Address, BTreeSet<Address>>,
    mentions: Vec<Mention>,
}

impl<'a> Pass<'a> {
    /// What stands in keys and paths: variables, and what AWS says of the place.
    fn plain(&self) -> Scope<'a> {
        Scope { variables: &self.loaded.variables, identity: Some(self.identity), names: None }
    }

    /// Fills in the names of all resources, and keeps them.
    fn sections(&mut self) -> Vec<(Kind, Vec<Entry>)> {
        let mut out = Vec::new();
        let mut trace = Trace::default();
        for kind in Kind::ALL {
            let Some(section) = self.loaded.root.get(kind.section()) else { continue };
            // The bodies' keys come later: what IAM's documents take for a reference is not the spec's own.
            let bodies = section.as_map().unwrap_or_default();
            let names = bodies.iter().map(|e| Entry { value: Node { value: Value::Null, ..e.value }, ..e.clone() });
            let names = Node { span: section.span, value: Value::Map(names.collect()) };
            let names = fill_keys(&names, self.plain(), Flavour::Plain, &self.loaded.sources, &mut trace);
            let mut entries = Vec::new();
            for name in names.as_map().unwrap_or_default() {
                let Some(body) = bodies.iter().find(|b| b.key_span == name.key_span) else { continue };
                let path = self.path(kind, &body.value);
                let address = Address::new(kind, name.key.clone());
                let arn = self.identity.arn(&address, &path);
                if let Some(was) = body.value.get("was").and_then(|node| self.plain_text(node)) {
                    self.names.rename(Address::new(kind, was), name.key.clone());
                }
                self.names.insert(address, Name { arn, span: name.key_span });
                entries.push(Entry { value: body.value.clone(), ..name.clone() });
            }
            out.push((kind, entries));
        }
        self.nameless.append(&mut trace.broken_keys);
        self.keep(trace);
        out
    }

    /// IAM's path, a part of the ARN. What is wrong with it is said when the body is read.
    fn path(&self, kind: Kind, body: &Node) -> String {
        let node = match kind {
            Kind::Policy | Kind::Role => body.get("path"),
            Kind::LogGroup | Kind::Function | Kind::Job | Kind::StateMachine => None,
        };
        let filled = node.and_then(|node| self.plain_text(node));
        filled.filter(|path| path.starts_with('/')).unwrap_or_else(|| "/".to_owned())
    }

    /// A text with its variables filled in. What is wrong with it is said when the body is read.
    fn plain_text(&self, node: &Node) -> Option<String> {
        let sources = &self.loaded.sources;
        Some(fill_text(node.as_str()?, node.span, self.plain(), Flavour::Plain, sources, &mut Trace::default()).text)
    }

    /// The tags of the whole spec.
    fn tags(&mut self) {
        let Some(node) = self.loaded.root.get("tags") else { return };
        let (plain, sources) = (self.plain(), &self.loaded.sources);
        let scope = Scope { names: Some(&self.names), ..plain };
        let mut trace = Trace::default();
        let node = fill_keys(node, plain, Flavour::Plain, sources, &mut trace);
        let node = fill_values(&node, &mut String::new(), &|_| (scope, Flavour::Plain), sources, &mut trace);
        for entry in node.as_map().unwrap_or_default() {
            let Some(text) = entry.value.as_str() else { continue };
            self.stack_tags.tags.insert(entry.key.clone(), text.to_owned());
            if trace.sensitive.contains(&pointer_to("", &entry.key)) {
                self.stack_tags.sensitive.insert(entry.key.clone());
            }
        }
        self.diagnostics.extend(tags::check(&node, "", &trace));
        self.diagnostics.extend(custody::tags(&node, &self.stack_tags.ignored));
        self.keep(trace);
    }

    /// The tags that are somebody else's on every resource.
    fn ignored_tags(&mut self) {
        let Some(node) = self.loaded.root.get("ignore_tags") else { return };
        let (plain, sources) = (self.plain(), &self.loaded.sources);
        let mut trace = Trace::default();
        let node = fill_values(node, &mut String::new(), &|_| (plain, Flavour::Plain), sources, &mut trace);
        for span in trace.sensitive.iter().filter_map(|pointer| Some(node.pointer(pointer)?.span)) {
            let title = "a sensitive variable stands in `ignore_tags`";
            let found = Diagnostic::error(codes::SENSITIVE_PLACE, title).at(span, "is shown and compared everywhere");
            self.diagnostics.push(found.help("use a variable that is not sensitive"));
        }
        self.diagnostics.extend(custody::patterns(&node));
        let texts = node.as_seq().unwrap_or_default().iter().filter_map(Node::as_str);
        self.stack_tags.ignored = texts.map(TagPattern::parse).collect();
        self.keep(trace);
    }

    fn keep(&mut self, trace: Trace) {
        self.diagnostics.extend(trace.diagnostics);
        self.used.extend(trace.variables);
    }

    fn resource(&mut self, kind: Kind, entry: &Entry) {
        let address = Address::new(kind, entry.key.clone());
        let mut found = Vec::new();
        let sources = &self.loaded.sources;
        let flavour = if matches!(kind, Kind::Policy | Kind::Role) { Flavour::Policy } else { Flavour::Plain };
        let mut trace = Trace::default();
        let body = fill_keys(&entry.value, self.plain(), flavour, sources, &mut trace);
        let scope = Scope { names: Some(&self.names), ..self.plain() };
        let choose = |pointer: &str| places::scope(kind, pointer, scope);
        let body = fill_values(&body, &mut String::new(), &choose, sources, &mut trace);
        secrets(kind, &body, &mut trace);
        let what = format!("{} `{}`", kind.noun(), visible(&entry.key));
        let checked =
            schema::kind(kind).check(&body, &Told { trace: &trace, what: &what, span: entry.key_span, more: &[] });
        let shapeless = !checked.wrong.is_empty();
        found.append(&mut trace.diagnostics);
        found.extend(checked.diagnostics);

        let told = Broken {
            places: trace.broken.iter().chain(&checked.wrong).cloned().collect(),
            name: self.nameless.contains(&entry.key_span),
            sensitive: std::mem::take(&mut trace.sensitive),
        };
        let world = World {
            identity: self.identity,
            names: &self.names,
            files: &self.loaded.files,
            sources,
            documents: &self.loaded.documents,
            scope,
            stack_tags: &self.stack_tags,
        };
        let mut context = Context::new(world, address.clone(), entry.key_span, &checked.node, told);
        let pruned = prune(&checked.node, "", &checked.wrong).unwrap_or(checked.node.clone());
        let built = build(&entry.key, kind, &pruned, &mut context, shapeless);
        let (resource, settings) = match built {
            Some((resource, settings)) => (resource, settings),
            None => (None, Settings::default()),
        };
        let tied = resource.as_ref().map(|r| mentions::of(r, &context)).unwrap_or_default();
        let Gathered {
            mut diagnostics, documents, mut sensitive, mut needs, mut prefers, mut mentions, variables, ..
        } = context.gathered;
        // What a substitution gives is followed into the definition.
        sensitive.retain(|p| !p.starts_with(SUBSTITUTIONS));
        if shapeless {
            // Where a key is wrong, what leans on it is not known.
            let leaning: [Code; 4] = [codes::MISSING_PARTNER, codes::EXCLUSIVE, codes::UNLOGGED, codes::HANDLER];
            diagnostics.retain(|d| !leaning.contains(&d.code));
        }
        found.append(&mut diagnostics);
        if let Some(node) = checked.node.get("tags") {
            found.extend(tags::check(node, "/tags", &trace));
            found.extend(custody::tags(node, &settings.custody.ignore_tags));
        }
        if let Some(node) = checked.node.get("ignore_tags") {
            found.extend(custody::patterns(node));
        }
        if let Some(resource) = &resource {
            found.extend(tags::count(
                resource,
                &settings.custody,
                checked.node.entry("tags").map_or(entry.key_span, |e| e.key_span),
            ));
        }
        found.extend(allow::check(&checked.node));
        found.retain(|d| !may_be_silenced(d) || !settings.allow.contains(d.code.0));
        self.diagnostics.append(&mut found);
        self.used.extend(trace.variables);
        self.used.extend(variables);

        for (on, span) in tied.needs {
            needs.entry(on).or_insert(span);
        }
        prefers.extend(trace.refers.into_keys());
        prefers.extend(tied.prefers);
        prefers.retain(|on| *on != address && !needs.contains_key(on));
        mentions.extend(tied.mentions);
        self.mentions.append(&mut mentions);
        self.needs.insert(address.clone(), needs);
        self.prefers.insert(address.clone(), prefers);
        if let (Some(resource), Some(name)) = (resource, self.names.get(&address)) {
            let declared = Declared {
                resource,
                arn: name.arn.clone(),
                span: entry.key_span,
                body: checked.node,
                documents,
                sensitive,
                may_replace: settings.may_replace,
                allow: settings.allow,
                custody: settings.custody,
            };
            self.resources.insert(address, declared);
        }
    }

    /// What no resource knows by itself.
    fn across(&mut self) {
        self.diagnostics.extend(edges::circles(&self.needs));
        self.diagnostics.extend(custody::rename_twins(&self.resources));
        for kind in [Kind::Policy, Kind::Role] {
            self.diagnostics.extend(twins(kind, &self.names));
        }
        self.diagnostics.extend(tags::owner(self.loaded, self.identity));
        self.diagnostics.extend(grants::derived(&mut self.resources, self.identity));
    }

    fn finish(mut self) -> (Option<Desired>, Vec<Diagnostic>) {
        silence(&self.loaded.sources, &mut self.diagnostics);
        let failed = |all: &[Diagnostic]| all.iter().any(|d| d.severity == Severity::Error);
        if !failed(&self.diagnostics) {
            self.diagnostics.extend(unused(self.loaded, &self.used));
        }
        let mut diagnostics = self.diagnostics;
        diagnostics.iter_mut().for_each(readable);
        let key = |d: &Diagnostic| d.primary.as_ref().map(|l| l.span);
        diagnostics.sort_by(|a, b| (key(a), a.code, &a.title).cmp(&(key(b), b.code, &b.title)));
        diagnostics.dedup();
        let Some(stack) = self.loaded.stack.clone().filter(|_| !failed(&diagnostics)) else {
            return (None, diagnostics);
        };
        self.mentions.sort_by(|a, b| (&a.target, &a.by, a.span).cmp(&(&b.target, &b.by, b.span)));
        self.mentions.dedup();
        let Identity { region, .. } = self.identity;
        let environment = self.loaded.environment.clone();
        let (spec_hash, spec_parts) = hash::of(self.loaded, &self.resources);
        let spans = |(address, needs): (Address, BTreeMap<Address, Span>)| (address, needs.into_keys().collect());
        let desired = Desired {
            owner: Owner::new(&stack, environment.as_deref(), region),
            stack,
            stack_span: self.loaded.root.get("stack").map(|node| node.span),
            environment,
            identity: self.identity.clone(),
            spec_name: self.loaded.name.clone(),
            spec_hash,
            spec_parts,
            resources: self.resources,
            needs: self.needs.into_iter().map(spans).collect(),
            prefers: self.prefers,
            mentions: self.mentions,
            guard: self.loaded.guard.clone(),
            secrets: self.loaded.variables.secrets(),
        };
        (Some(desired), diagnostics)
    }
}

/// Where a definition's substitutions stand: not in the definition that AWS gets.
const SUBSTITUTIONS: &str = "/definition/substitutions/";

/// Writes what is not known offline so that it can be read.
fn readable(found: &mut Diagnostic) {
    let labels = found.primary.iter_mut().chain(&mut found.related).map(|label| &mut label.text);
    for text in labels.chain([&mut found.title]).chain(&mut found.help) {
        if let Cow::Owned(better) = example(text) {
            *text = better;
        }
    }
}

/// What a resource says beside its own fields.
#[derive(Debug, Default)]
struct Settings {
    allow: BTreeSet<String>,
    may_replace: bool,
    custody: Custody,
}

/// The typed resource. Where the body does not have the right shape, which was said, as much as can be made of it.
fn build(
    name: &str,
    kind: Kind,
    body: &Node,
    context: &mut Context<'_>,
    shapeless: bool,
) -> Option<(Option<Resource>, Settings)> {
    macro_rules! of {
        ($module:ident, $doc:ident, $resource:ident) => {
            read::<kind::$module::$doc>(body, context, shapeless).map(|doc| {
                let resource = kind::$module::resolve(name, &doc, context).map(Resource::$resource);
                (resource, Settings::of(doc.common(), context))
            })
        };
    }
    let built = match kind {
        Kind::Policy => of!(policy, PolicyDoc, Policy),
        Kind::Role => of!(role, RoleDoc, Role),
        Kind::LogGroup => of!(log_group, LogGroupDoc, LogGroup),
        Kind::Function => of!(function, FunctionDoc, Function),
        Kind::Job => of!(job, JobDoc, Job),
        Kind::StateMachine => of!(state_machine, StateMachineDoc, StateMachine),
    };
    if built.is_none() {
        // Its documents have faults of their own to tell.
        for entry in body.as_map().unwrap_or_default() {
            let pointer = pointer_to("", &entry.key);
            let inner = entry.value.as_map().unwrap_or_default().iter().map(|e| pointer_to(&pointer, &e.key));
            for pointer in inner.chain([pointer.clone()]).filter(|p| places::is_document(kind, p)) {
                context.document(pointer.trim_start_matches('/'));
            }
        }
        if kind == Kind::StateMachine {
            kind::state_machine::check(context, None);
        }
    }
    built
}

impl Settings {
    fn of(common: Common<'_>, context: &mut Context<'_>) -> Self {
        let ignored = &context.stack_tags().ignored;
        Self {
            allow: common.allow.iter().cloned().collect(),
            may_replace: common.replace.is_some(),
            custody: custody::of(common.custody, ignored, context),
        }
    }
}

fn read<T: DeserializeOwned>(body: &Node, context: &mut Context<'_>, shapeless: bool) -> Option<T> {
    let Misfit { pointer, why } = match typed::read(body) {
        Ok(doc) => return Some(doc),
        Err(misfit) => misfit,
    };
    // The schema and the types say the same; this is for the day on which they do not.
    if !shapeless {
        let title = format!("`{}` cannot be read", visible(&dotted(body, &pointer)));
        let found = Diagnostic::error(codes::BAD_VALUE, title);
        context.report(found.at(context.value_span(&pointer), visible(&why).into_owned()));
    }
    None
}

/// The tree without what is wrong in it; a list with a wrong item goes as a whole, since the others would move.
fn prune(node: &Node, pointer: &str, wrong: &BTreeSet<String>) -> Option<Node> {
    if wrong.contains(pointer) {
        return None;
    }
    let value = match &node.value {
        Value::Map(entries) => {
            let kept = entries.iter().filter_map(|entry| {
                let value = prune(&entry.value, &pointer_to(pointer, &entry.key), wrong)?;
                Some(Entry { value, ..entry.clone() })
            });
            Value::Map(kept.collect())
        }
        Value::Seq(items) => {
            let kept = items.iter().enumerate().map(|(i, n)| prune(n, &pointer_to(pointer, &i.to_string()), wrong));
            Value::Seq(kept.collect::<Option<_>>()?)
        }
        value => value.clone(),
    };
    Some(Node { span: node.span, value })
}

/// Says where a secret flows into what is shown or compared, and takes it for broken from there on.
fn secrets(kind: Kind, body: &Node, trace: &mut Trace) {
    let bad: Vec<String> = trace.sensitive.iter().filter(|p| !places::may_be_secret(kind, p)).cloned().collect();
    for pointer in bad {
        // A substitution goes on into the definition, where it may stand.
        if pointer.starts_with(SUBSTITUTIONS) {
            continue;
        }
        let span = body.pointer(&pointer).map_or(body.span, |n| n.span);
        let title = format!("a sensitive variable stands in `{}`", visible(&dotted(body, &pointer)));
        trace.diagnostics.push(
            Diagnostic::error(codes::SENSITIVE_PLACE, title)
                .at(span, "is shown and compared everywhere")
                .help("secrets may stand in environments, arguments, descriptions, tags and documents"),
        );
        trace.sensitive.remove(&pointer);
        trace.broken.insert(pointer);
    }
}

/// Names that IAM does not tell apart
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>: "not distinguished by case").
fn twins(kind: Kind, names: &Names) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let mut all: Vec<_> = names.of(kind).collect();
    all.sort_by_key(|(_, n)| n.span);
    let mut out = Vec::new();
    for (name, found) in all {
        match first.get(&name.to_ascii_lowercase()) {
            Some((other, span)) => {
                let title =
                    format!("`{}` and `{}` are one name to IAM, which ignores case", visible(other), visible(name));
                let found = Diagnostic::error(codes::SAME_NAME, title)
                    .at(found.span, "the same name in another case")
                    .related(*span, "first here")
                    .help(format!("give one {} another name", kind.noun()));
                out.push(found);
            }
            None => {
                first.insert(name.to_ascii_lowercase(), (name, found.span));
            }
        }
    }
    out
}

fn unused(loaded: &Loaded, used: &BTreeSet<String>) -> Vec<Diagnostic> {
    let unused = loaded.variables.iter().filter(|(name, _)| !used.contains(*name));
    let finding = |(name, variable): (&str, &crate::variables::Variable)| {
        let title = format!("the variable `{}` is never used", visible(name));
        Diagnostic::new(codes::UNUSED_VARIABLE, Severity::Warning, title)
            .at(variable.span, "declared here")
            .help(format!("use it as `${{var.{}}}`, or remove it", visible(name)))
    };
    unused.map(finding).collect()
}
