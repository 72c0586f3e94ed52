//! What one kind's `resolve` works with: its resource, and everything around it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use statewright_source::{Diagnostic, Node, Sources, Span, nearest, visible};

use crate::{
    Address, Arn, Identity, IgnoredTags, Kind, Lookup, Mention, Secret, TagPattern, Tags, codes,
    files::Files,
    identity::{UNKNOWN_ACCOUNT, UNKNOWN_PARTITION, UNKNOWN_REGION},
    names::{Names, fits},
    reference::{Flavour, Scope, Substitution, Trace, fill_keys, fill_values, part, pointer_to},
};

/// What all resources of a spec share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) names: &'a Names,
    pub(crate) files: &'a Files,
    /// The texts, for places within strings.
    pub(crate) sources: &'a Sources,
    /// The documents in files of their own, by the place of their path; `None` where one could not be read, which was said.
    pub(crate) documents: &'a BTreeMap<Span, Option<Node>>,
    pub(crate) scope: Scope<'a>,
    /// `tags:` of the whole spec, filled in.
    pub(crate) stack_tags: &'a StackTags,
}

/// `tags:` of the whole spec.
#[derive(Debug, Clone, Default)]
pub(crate) struct StackTags {
    pub(crate) tags: Tags,
    pub(crate) sensitive: BTreeSet<String>,
    /// `ignore_tags:` of the whole spec.
    pub(crate) ignored: IgnoredTags,
}

/// One resource on its way from the spec to what AWS shall have.
///
/// Pointers are JSON pointers into the resource's body: `/memory`, `/environment/DAY`, `/logging/log_group`.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    world: World<'a>,
    address: Address,
    span: Span,
    /// References filled in.
    body: &'a Node,
    /// Pointers into the body that could not be filled in, or whose shape is wrong: said before.
    broken: BTreeSet<String>,
    /// The name itself could not be filled in: said before.
    nameless: bool,
    pub(crate) gathered: Gathered,
}

/// What is known of a body before its kind looks at it.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// Pointers at which something is wrong that was said.
    pub(crate) places: BTreeSet<String>,
    /// Something is wrong with the name that was said.
    pub(crate) name: bool,
    /// Pointers that a secret flowed into.
    pub(crate) sensitive: BTreeSet<String>,
}

/// What came of one resource.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) documents: BTreeMap<String, Node>,
    /// Documents whose references are broken, as they were written.
    unfilled: BTreeMap<String, Node>,
    pub(crate) sensitive: BTreeSet<String>,
    pub(crate) needs: BTreeMap<Address, Span>,
    pub(crate) prefers: BTreeSet<Address>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) variables: BTreeSet<String>,
}

impl<'a> Context<'a> {
    /// `told` is what is known of the body so far: where it is broken, and where secrets flowed into it.
    pub(crate) fn new(world: World<'a>, address: Address, span: Span, body: &'a Node, told: Broken) -> Self {
        let gathered = Gathered { sensitive: told.sensitive, ..Gathered::default() };
        Self { world, address, span, body, broken: told.places, nameless: told.name, gathered }
    }

    /// Where the spec is resolved; its parts may be unknown.
    pub(crate) fn identity(&self) -> &'a Identity {
        self.world.identity
    }

    /// `tags:` and `ignore_tags:` of the whole spec.
    pub(crate) fn stack_tags(&self) -> &'a StackTags {
        self.world.stack_tags
    }

    /// The resource.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The text as it may look in AWS: what is unknown offline replaced by an example of usual length, so that forms and lengths
    /// can be checked. Never for anything but a check.
    #[allow(clippy::unused_self, reason = "whoever checks a form asks the context for it, not a module")]
    pub(crate) fn sample<'t>(&self, text: &'t str) -> Cow<'t, str> {
        sample(text)
    }

    /// Keeps a finding. One about a place that was already found wrong is dropped.
    pub(crate) fn report(&mut self, found: Diagnostic) {
        let within =
            |outer: Span, inner: Span| outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end;
        let told = found.primary.as_ref().is_some_and(|label| {
            let name = self.nameless && within(self.span, label.span);
            let value = |p: &String| self.body.pointer(p).is_some_and(|n| within(n.span, label.span));
            name || self.broken.iter().any(value)
        });
        if !told {
            let found = self.without_secrets(found);
            self.gathered.diagnostics.push(found);
        }
    }

    /// The finding with `(sensitive)` wherever it would show a secret; an edit that would write one is dropped.
    fn without_secrets(&self, mut found: Diagnostic) -> Diagnostic {
        const SENSITIVE: &str = "(sensitive)";
        for secret in self.secrets() {
            let labels = found.primary.iter_mut().chain(&mut found.related).map(|label| &mut label.text);
            for text in labels.chain([&mut found.title]).chain(&mut found.help).chain(&mut found.aws_location) {
                if text.contains(secret.expose()) {
                    *text = text.replace(secret.expose(), SENSITIVE);
                }
            }
            found.fix = found.fix.filter(|fix| !fix.replacement.contains(secret.expose()));
        }
        found
    }

    /// The place of the resource's name.
    pub(crate) fn name_span(&self) -> Span {
        self.span
    }

    /// The place of a value; of the nearest thing around it where the spec does not say it.
    pub(crate) fn value_span(&self, pointer: &str) -> Span {
        self.place(pointer, false)
    }

    /// The place of a key.
    pub(crate) fn key_span(&self, pointer: &str) -> Span {
        self.place(pointer, true)
    }

    /// The place of `text[range]`, where `text` is the string at the pointer; of all of it where the file writes it otherwise.
    pub(crate) fn part_span(&self, pointer: &str, text: &str, range: std::ops::Range<usize>) -> Span {
        part(self.world.sources, self.value_span(pointer), text, range.start, range.end)
    }

    /// The same for a string at a place, of a document for example.
    pub(crate) fn part_of(&self, span: Span, text: &str, range: std::ops::Range<usize>) -> Span {
        part(self.world.sources, span, text, range.start, range.end)
    }

    /// The declared resource of that kind that an ARN means.
    pub(crate) fn declared_by_arn(&self, kind: Kind, arn: &Arn) -> Option<&Address> {
        self.world.names.by_arn(kind, arn)
    }

    /// Whether the spec declares a resource.
    pub(crate) fn declares(&self, address: &Address) -> bool {
        self.world.names.get(address).is_some()
    }

    fn place(&self, pointer: &str, key: bool) -> Span {
        let mut best = self.span;
        let mut node = self.body;
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = node.entry(&name) {
                best = if key { entry.key_span } else { entry.value.span };
                node = &entry.value;
            } else if let Some(item) = node.as_seq().and_then(|s| s.get(name.parse::<usize>().ok()?)) {
                best = item.span;
                node = item;
            } else {
                return best;
            }
        }
        best
    }

    /// Whether something is wrong at the place, or within it, that was said before.
    pub(crate) fn is_broken(&self, pointer: &str) -> bool {
        self.broken.iter().any(|b| b == pointer || b.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The document in a field (`document`, `trust`, `inline/NAME`, `definition`): from its file or from the spec,
    /// references filled in. `None` where it cannot be had, which is then said. A document is a map with at least one key.
    pub(crate) fn document(&mut self, field: &str) -> Option<serde_json::Value> {
        let body = self.body.pointer(&format!("/{field}"))?;
        let tree = match body.get("file") {
            Some(path) => self.document_file(field, body, path)?,
            None if self.is_broken(&format!("/{field}")) => {
                self.gathered.unfilled.insert(field.to_owned(), body.clone());
                return None;
            }
            None if self.is_misspelt_file(field, body) => return None,
            None => body.clone(),
        };
        let value = tree.to_json();
        self.gathered.documents.insert(field.to_owned(), tree);
        Some(value)
    }

    /// Whether the body is a reference to a file whose key is misspelt: then nothing of it is a document. Says so.
    fn is_misspelt_file(&mut self, field: &str, body: &Node) -> bool {
        let [entry] = body.as_map().unwrap_or_default() else { return false };
        if entry.value.as_str().is_none() || nearest(&entry.key, ["file"]).is_none() {
            return false;
        }
        let title = format!("`{}` is not a key of `{}`", visible(&entry.key), visible(&field.replace('/', ".")));
        let found = Diagnostic::error(codes::UNKNOWN_KEY, title).at(entry.key_span, "not known");
        self.report(found.help("did you mean `file`?").fix(entry.key_span, "file"));
        true
    }

    fn document_file(&mut self, field: &str, body: &Node, path: &Node) -> Option<Node> {
        let raw = self.world.documents.get(&path.span)?.as_ref()?;
        let substitutions = self.substitutions(field, body);
        let flavour = match self.address.kind {
            Kind::Policy | Kind::Role => Flavour::Policy,
            Kind::LogGroup | Kind::Function | Kind::Job | Kind::StateMachine => Flavour::Definition(&substitutions),
        };
        let World { scope, sources, .. } = self.world;
        let mut trace = Trace::default();
        let keys = Scope { names: None, ..scope };
        let tree = fill_keys(raw, keys, flavour, sources, &mut trace);
        let tree = fill_values(&tree, &mut format!("/{field}"), &|_| (scope, flavour), sources, &mut trace);
        for unused in substitutions.iter().filter(|s| !trace.substitutions.contains(&s.name)) {
            let place = self.key_span(&pointer_to(&format!("/{field}/substitutions"), &unused.name));
            self.report(
                Diagnostic::new(
                    codes::UNUSED_SUBSTITUTION,
                    statewright_source::Severity::Warning,
                    format!("the definition has no `${{{}}}`", visible(&unused.name)),
                )
                .at(place, "not used")
                .help("remove it, or correct its name"),
            );
        }
        let faulty = !trace.diagnostics.is_empty() || !trace.broken.is_empty();
        self.gathered.diagnostics.append(&mut trace.diagnostics);
        self.gathered.sensitive.append(&mut trace.sensitive);
        self.gathered.variables.append(&mut trace.variables);
        self.gathered.prefers.extend(trace.refers.into_keys());
        if faulty {
            self.gathered.unfilled.insert(field.to_owned(), tree);
            return None;
        }
        Some(tree)
    }

    fn substitutions(&self, field: &str, body: &Node) -> Vec<Substitution> {
        let prefix = format!("/{field}/substitutions");
        let entries = body.get("substitutions").and_then(Node::as_map).unwrap_or_default();
        let substitution = |entry: &statewright_source::Entry| {
            let pointer = pointer_to(&prefix, &entry.key);
            Some(Substitution {
                name: entry.key.clone(),
                text: entry.value.as_str()?.to_owned(),
                sensitive: self.gathered.sensitive.contains(&pointer),
                broken: self.broken.contains(&pointer),
            })
        };
        entries.iter().filter_map(substitution).collect()
    }

    /// The tree of a document that [`document`](Self::document) gave.
    pub(crate) fn tree(&self, field: &str) -> Option<&Node> {
        self.gathered.documents.get(field)
    }

    /// A document that [`document`](Self::document) did not give because references in it are broken: with these as they
    /// were written.
    pub(crate) fn unfilled(&self, field: &str) -> Option<&Node> {
        self.gathered.unfilled.get(field)
    }

    /// The texts of the spec and its files.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.world.sources
    }

    /// The values of the sensitive variables.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.world.scope.variables.secrets()
    }

    /// The place of a value within a document; of the document where there is no such value.
    pub(crate) fn document_span(&self, field: &str, pointer: &str) -> Span {
        self.tree(field)
            .and_then(|t| t.pointer(pointer))
            .map_or_else(|| self.value_span(&format!("/{field}")), |n| n.span)
    }

    /// A role: a name of this spec, or an ARN. A declared one is needed, another is looked up.
    pub(crate) fn role(&mut self, text: &str, pointer: &str) -> Option<Arn> {
        self.named(Kind::Role, text, pointer)
    }

    /// A managed policy: a name of this spec, or an ARN. A declared one is needed, another is looked up.
    pub(crate) fn policy(&mut self, text: &str, pointer: &str) -> Option<Arn> {
        self.named(Kind::Policy, text, pointer)
    }

    /// A log group: a name of this spec, or an ARN, with or without `:*` (the answer has none). A declared one is needed, another
    /// is looked up.
    pub(crate) fn log_group(&mut self, text: &str, pointer: &str) -> Option<Arn> {
        self.named(Kind::LogGroup, text.strip_suffix(":*").unwrap_or(text), pointer)
    }

    fn named(&mut self, kind: Kind, text: &str, pointer: &str) -> Option<Arn> {
        if self.is_broken(pointer) {
            return None;
        }
        let span = self.value_span(pointer);
        if !text.starts_with("arn:") {
            let address = Address::new(kind, text);
            let Some(name) = self.world.names.get(&address) else {
                let help = match self.world.names.nearest(kind, text) {
                    Some(near) => format!("did you mean `{}`?", visible(near)),
                    None => format!("declare it under `{}`, or give the ARN of one that exists", kind.section()),
                };
                let title = format!("the spec declares no {} `{}`", kind.noun(), visible(text));
                self.report(Diagnostic::error(codes::UNKNOWN_NAME, title).at(span, "not declared").help(help));
                return None;
            };
            let arn = name.arn.clone();
            self.gathered.needs.entry(address).or_insert(span);
            return Some(arn);
        }
        let (service, prefix) = match kind {
            Kind::Role => ("iam", "role/"),
            Kind::Policy => ("iam", "policy/"),
            Kind::LogGroup => ("logs", "log-group:"),
            Kind::Function => ("lambda", "function:"),
            Kind::Job => ("glue", "job/"),
            Kind::StateMachine => ("states", "stateMachine:"),
        };
        let arn = self.arn(text, pointer, service)?;
        if !arn.resource().starts_with(prefix) {
            let title = format!("`{}` is not the ARN of a {}", visible(text), kind.noun());
            let label = format!("its resource does not begin with `{prefix}`");
            self.report(Diagnostic::error(codes::BAD_ARN, title).at(span, label));
            return None;
        }
        if let Some(address) = self.world.names.by_arn(kind, &arn).cloned() {
            let own = self.world.names.get(&address).map(|n| n.arn.clone());
            self.gathered.needs.entry(address).or_insert(span);
            return own;
        }
        if matches!(kind, Kind::Role | Kind::Policy)
            && let Some((address, name)) = self.world.names.other_path(kind, &arn)
        {
            let title = format!("`{}` is not where the spec puts `{}`", visible(text), visible(&address.name));
            let found = Diagnostic::error(codes::OTHER_PATH, title)
                .at(span, "another path or spelling")
                .related(name.span, "declared here; IAM tells names apart neither by path nor by case")
                .help(format!("write the name `{}`", visible(&address.name)));
            self.report(found);
            return None;
        }
        let lookup = match kind {
            Kind::Role => Some(Lookup::Role(arn.clone())),
            Kind::Policy => Some(Lookup::Policy(arn.clone())),
            Kind::LogGroup => {
                let name = arn.resource().strip_prefix(prefix).unwrap_or_default();
                fits(arn.region(), self.world.identity.region.as_str()).then(|| Lookup::LogGroup(name.to_owned()))
            }
            Kind::Function | Kind::Job | Kind::StateMachine => None,
        };
        // What lies in another account cannot be read from here.
        let account = arn.account();
        let readable = account == "aws" || fits(account, self.world.identity.account.as_str());
        if let Some(lookup) = lookup.filter(|_| readable) {
            self.mention(lookup, pointer);
        }
        Some(arn)
    }

    /// Any other ARN of one service (`kms`, `sqs`, `lambda`).
    pub(crate) fn arn(&mut self, text: &str, pointer: &str, service: &str) -> Option<Arn> {
        if self.is_broken(pointer) {
            return None;
        }
        let title = match Arn::parse(text) {
            Some(arn) if arn.service() == service => return Some(arn),
            Some(arn) => format!("`{}` is an ARN of `{}`, not of `{service}`", visible(text), visible(arn.service())),
            None => format!("`{}` is not an ARN", visible(text)),
        };
        let found = Diagnostic::error(codes::BAD_ARN, title)
            .at(self.value_span(pointer), "an ARN must stand here")
            .help(match service {
                "iam" => "it looks like `arn:aws:iam::ACCOUNT:…`".to_owned(),
                _ => format!("it looks like `arn:aws:{service}:REGION:ACCOUNT:…`"),
            });
        self.report(found);
        None
    }

    /// Notes something that is named and not declared: it is looked up in AWS.
    pub(crate) fn mention(&mut self, target: Lookup, pointer: &str) {
        let span = self.value_span(pointer);
        self.gathered.mentions.push(Mention { target, by: self.address.clone(), state: None, span });
    }

    /// The bytes of a file of the repository, at most `limit`.
    pub(crate) fn bytes(&mut self, path: &str, pointer: &str, limit: u64) -> Option<Arc<[u8]>> {
        if self.is_broken(pointer) {
            return None;
        }
        let span = self.value_span(pointer);
        match self.world.files.bytes(path, limit) {
            Ok(bytes) => Some(bytes),
            Err(fault) => {
                self.report(fault.diagnostic(&self.world.files.shown(path), path, span));
                None
            }
        }
    }

    /// Where a file or a directory really is: in the repository that holds the spec.
    pub(crate) fn path(&mut self, path: &str, pointer: &str) -> Option<PathBuf> {
        if self.is_broken(pointer) {
            return None;
        }
        let span = self.value_span(pointer);
        match self.world.files.locate(path) {
            Ok(found) => Some(found),
            Err(fault) => {
                self.report(fault.diagnostic(&self.world.files.shown(path), path, span));
                None
            }
        }
    }

    /// Its own tags, and those of the whole spec that it neither sets itself nor leaves to somebody else.
    pub(crate) fn tags(&mut self, own: &Tags) -> Tags {
        let StackTags { tags, sensitive, .. } = self.world.stack_tags;
        let patterns = self.body.get("ignore_tags").and_then(Node::as_seq).unwrap_or_default();
        let elsewhere: IgnoredTags = patterns.iter().filter_map(Node::as_str).map(TagPattern::parse).collect();
        let inherited: Tags = tags
            .iter()
            .filter(|(key, _)| !own.contains_key(*key) && !elsewhere.covers(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let secret = inherited.keys().filter(|key| sensitive.contains(*key)).map(|key| pointer_to("/tags", key));
        self.gathered.sensitive.extend(secret);
        let mut all = inherited;
        all.extend(own.clone());
        all
    }
}

/// See [`Context::sample`].
pub(crate) fn sample(text: &str) -> Cow<'_, str> {
    with_parts(text, ["123456789012", "us-east-1", "aws"])
}

/// The text as a message shows it: what is unknown offline named for what it is.
pub(crate) fn example(text: &str) -> Cow<'_, str> {
    with_parts(text, ["ACCOUNT", "REGION", "PARTITION"])
}

fn with_parts<'t>(text: &'t str, [account, region, partition]: [&str; 3]) -> Cow<'t, str> {
    if !text.contains([UNKNOWN_ACCOUNT, UNKNOWN_REGION, UNKNOWN_PARTITION]) {
        return Cow::Borrowed(text);
    }
    let text = text.replace(UNKNOWN_ACCOUNT, account).replace(UNKNOWN_REGION, region);
    Cow::Owned(text.replace(UNKNOWN_PARTITION, partition))
}
