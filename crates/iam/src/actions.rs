//! The service authorization reference: which actions there are, what they do, on which resources.
//!
//! The data is packed into the binary (`data/actions.txt.gz`, its source and licence in `data/NOTICE.md`), unpacked at
//! the first question and read service by service.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
    sync::OnceLock,
};

use serde::Serialize;
use statewright_source::nearest;

use crate::{
    pattern::{Case, Token, covers, is_wild, matches, meets_tokens, tokens},
    validate::split,
};

/// What an action does, in AWS's classes. An action may be in more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// Shows that something is there.
    List,
    /// Reads what is in it.
    Read,
    /// Makes, changes, deletes, runs.
    Write,
    /// Changes who may do what.
    #[serde(rename = "Permissions management")]
    Permissions,
    /// Changes tags only.
    Tagging,
}

/// A resource of a policy, or a kind of resource, ready to be compared with another.
#[derive(Debug, Clone)]
pub struct Arn {
    whole: Vec<Token>,
    /// The six parts, where it has them all: a wildcard stays in its part then.
    parts: Option<Vec<Vec<Token>>>,
}

impl Arn {
    /// Reads an ARN with wildcards and policy variables, or `*`.
    pub fn new(text: &str) -> Self {
        let tokens = |text| tokens(text, Case::Insensitive, true);
        let parts = split(text);
        let parts = (parts.len() == 6).then(|| parts.into_iter().map(tokens).collect());
        Self { whole: tokens(text), parts }
    }

    fn is_everything(&self) -> bool {
        self.whole == [Token::Many]
    }

    /// Whether some resource could be meant by both.
    fn meets(&self, other: &Self) -> bool {
        match (&self.parts, &other.parts) {
            (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| meets_tokens(a, b)),
            _ => meets_tokens(&self.whole, &other.whole),
        }
    }
}

/// One action.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// The prefix of its service.
    pub service: &'static str,
    /// Its name as AWS spells it.
    pub name: &'static str,
    levels: &'static str,
    types: &'static str,
    dependents: &'static str,
}

/// One service prefix.
#[derive(Debug)]
pub struct Service {
    /// `glue`
    pub prefix: &'static str,
    /// Its actions, by name.
    pub actions: Vec<Action>,
    /// Its kinds of resources: name → ARN with `${…}` for what differs.
    pub resources: BTreeMap<&'static str, &'static str>,
    by_name: HashMap<String, usize>,
    patterns: BTreeMap<&'static str, Arn>,
}

/// All of it.
pub struct Catalogue {
    services: BTreeMap<&'static str, (&'static str, OnceLock<Service>)>,
    keys: BTreeMap<String, &'static str>,
}

const PACKED: &[u8] = include_bytes!("../data/actions.txt.gz");

/// The catalogue, unpacked at the first call.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut text = String::new();
        // The data is ours: were it broken, every service would be unknown and every test would say so.
        let _ = flate2::read::GzDecoder::new(PACKED).read_to_string(&mut text);
        Catalogue::read(Box::leak(text.into_boxed_str()))
    })
}

impl Catalogue {
    fn read(text: &'static str) -> Self {
        let (facts, keys) = text.find("\n?").map_or((text, ""), |at| text.split_at(at + 1));
        let services = facts
            .split('>')
            .filter_map(|block| block.split_once('\n'))
            .map(|(prefix, block)| (prefix, (block, OnceLock::new())))
            .collect();
        let keys = keys
            .lines()
            .filter_map(|line| line.strip_prefix('?')?.split_once('\t'))
            .map(|(key, kind)| (key.to_lowercase(), kind))
            .collect();
        Self { services, keys }
    }

    /// The service of a prefix; case does not count.
    pub fn service(&'static self, prefix: &str) -> Option<&'static Service> {
        let (prefix, (block, service)) = match self.services.get_key_value(prefix) {
            Some(found) => found,
            None => self.services.get_key_value(prefix.to_lowercase().as_str())?,
        };
        Some(service.get_or_init(|| Service::read(prefix, block)))
    }

    /// Every prefix.
    pub fn prefixes(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.services.keys().copied()
    }

    /// The action of a full name; case does not count.
    pub fn action(&'static self, name: &str) -> Option<&'static Action> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// Every action that a pattern means (`glue:*`, `*`, `s3:Get*`). Nothing for a pattern of no service.
    pub fn expand(&'static self, pattern: &str) -> Vec<&'static Action> {
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, "*"));
        let prefixes: Vec<&'static str> = if is_wild(prefix) {
            self.prefixes().filter(|p| matches(prefix, p, Case::Insensitive)).collect()
        } else {
            vec![self.services.get_key_value(prefix.to_lowercase().as_str()).map_or("", |(p, _)| p)]
        };
        let mut out = Vec::new();
        for service in prefixes.into_iter().filter_map(|p| self.service(p)) {
            if is_wild(name) {
                out.extend(service.actions.iter().filter(|a| matches(name, a.name, Case::Insensitive)));
            } else {
                out.extend(service.action(name));
            }
        }
        out
    }

    /// The prefix that was most likely meant.
    pub fn nearest_service(&self, prefix: &str) -> Option<&'static str> {
        nearest(prefix, self.prefixes())
    }

    /// The type of a condition key as the reference names it (`String`, `ArrayOfString`, `ARN`, `Bool`, `Numeric`, `Date`,
    /// `IPAddress`); `aws:RequestTag/team` is found under `aws:RequestTag/${TagKey}`. `None` for a key that it does not
    /// know, and for the global keys other than those of tags.
    pub fn condition_key(&self, key: &str) -> Option<&'static str> {
        let key = key.to_lowercase();
        if let Some(kind) = self.keys.get(&key) {
            return Some(kind);
        }
        let service = key.split_once(':').map_or("", |(service, _)| service);
        self.keys
            .range(format!("{service}:")..)
            .take_while(|(name, _)| name.starts_with(service))
            .find(|(name, _)| name.contains(['$', '<']) && matches(&template(name), &key, Case::Sensitive))
            .map(|(_, kind)| *kind)
    }

    /// The condition keys of a service.
    pub fn condition_keys(&self, service: &str) -> impl Iterator<Item = &str> {
        let from = format!("{}:", service.to_lowercase());
        self.keys.range(from.clone()..).take_while(move |(name, _)| name.starts_with(&from)).map(|(n, _)| n.as_str())
    }
}

impl Service {
    fn read(prefix: &'static str, block: &'static str) -> Self {
        let mut actions = Vec::new();
        let mut resources = BTreeMap::new();
        for line in block.lines() {
            if let Some(resource) = line.strip_prefix('=') {
                resources.extend(resource.split_once('\t'));
                continue;
            }
            let mut parts = line.split('\t');
            let (Some(levels), Some(name)) = (parts.next(), parts.next()) else { continue };
            let (types, dependents) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            actions.push(Action { service: prefix, name, levels, types, dependents });
        }
        let by_name = actions.iter().enumerate().map(|(at, a)| (a.name.to_lowercase(), at)).collect();
        let pattern = |arn: &str| Arn::new(&template(arn));
        let patterns =
            resources.iter().map(|(kind, arn): (&&'static str, &&'static str)| (*kind, pattern(arn))).collect();
        Self { prefix, actions, resources, by_name, patterns }
    }

    /// An action by its name without the prefix; case does not count.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.by_name.get(&name.to_lowercase()).map(|at| &self.actions[*at])
    }

    /// The action that was most likely meant.
    pub fn nearest_action(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.actions.iter().map(|a| a.name))
    }

    /// Whether an ARN, which may have wildcards and policy variables, could name a resource of this type.
    pub fn is_of_type(&self, arn: &str, kind: &str) -> bool {
        self.meets_type(&Arn::new(arn), kind)
    }

    fn meets_type(&self, arn: &Arn, kind: &str) -> bool {
        self.patterns.get(kind).is_none_or(|pattern| pattern.meets(arn))
    }

    /// Whether an ARN names every resource of a type, wherever it is: `*`, or its own part is as open as can be.
    pub fn means_all_of(&self, arn: &str, kind: &str) -> bool {
        let Some(all) = self.resources.get(kind).map(|arn| template(arn)) else { return arn == "*" };
        let (given, all) = (split(arn), split(&all));
        match (given.as_slice(), all.as_slice()) {
            (["*"], _) => true,
            ([_, _, service, _, _, given], [_, _, own, _, _, all]) => {
                matches(service, own, Case::Insensitive) && covers(given, all, Case::Sensitive)
            }
            _ => false,
        }
    }

    /// Whether an ARN could name any resource of the service.
    pub fn has_resource_like(&self, arn: &str) -> bool {
        let arn = Arn::new(arn);
        self.resources.is_empty() || self.resources.keys().any(|kind| self.meets_type(&arn, kind))
    }
}

/// A pattern out of a template: each `${…}`, and each `<…>` of a few condition keys, is any text.
fn template(text: &str) -> String {
    if let Some((before, after)) = text.split_once('<')
        && !text.contains("${")
    {
        return format!("{before}*{}", after.split_once('>').map_or("", |(_, rest)| rest));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

impl Action {
    /// `glue:StartJobRun`
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// What it does.
    pub fn levels(&self) -> impl Iterator<Item = Level> + '_ {
        self.levels.bytes().filter_map(|b| {
            Some(match b {
                b'l' => Level::List,
                b'r' => Level::Read,
                b'w' => Level::Write,
                b'p' => Level::Permissions,
                b't' => Level::Tagging,
                _ => return None,
            })
        })
    }

    /// The heaviest of its levels: permissions management, write, tagging, read, list.
    pub fn level(&self) -> Level {
        let weight = |level: &Level| match level {
            Level::List => 0,
            Level::Read => 1,
            Level::Tagging => 2,
            Level::Write => 3,
            Level::Permissions => 4,
        };
        // AWS lists tagging actions as "Tagging, Write": tags are what they write.
        if self.levels == "tw" {
            return Level::Tagging;
        }
        self.levels().max_by_key(weight).unwrap_or(Level::Write)
    }

    /// The types of resources it is for, and whether one of the type must be named. None: only `*`.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.types
            .split(',')
            .filter(|t| !t.is_empty())
            .map(|t| t.strip_suffix('*').map_or((t, false), |name| (name, true)))
    }

    /// Other actions that a caller needs beside it.
    pub fn dependents(&self) -> impl Iterator<Item = &'static str> {
        self.dependents.split(',').filter(|t| !t.is_empty())
    }

    /// Whether it can be granted on a resource. `*` fits everything; an action without types fits nothing else.
    pub fn fits(&self, service: &Service, arn: &str) -> bool {
        self.fits_arn(service, &Arn::new(arn))
    }

    fn fits_arn(&self, service: &Service, arn: &Arn) -> bool {
        arn.is_everything() || self.resource_types().any(|(kind, _)| service.meets_type(arn, kind))
    }

    /// Whether it can be granted on one of these resources.
    pub fn fits_any(&self, service: &Service, arns: &[Arn]) -> bool {
        arns.iter().any(|arn| self.fits_arn(service, arn))
    }
}

impl Level {
    /// In AWS's words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Permissions => "Permissions management",
            Self::Tagging => "Tagging",
        }
    }
}
