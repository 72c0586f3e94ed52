//! The least policy that grants some needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::{
    needs::{Certainty, Conditions, Need},
    pattern::{Case, Token, covers_tokens, is_wild, tokens},
    size,
};

/// The name of a derived inline policy.
pub const POLICY_NAME: &str = "statewright-derived";

/// Who needs something: the name of a state, or what of the machine (`Logging`), and what.
pub type Wanted = (String, Need);

/// One action on one resource under some conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Atom {
    conditions: Conditions,
    resource: String,
    action: String,
}

/// Those who need an atom, by their place among the names.
type Atoms = BTreeMap<Atom, BTreeSet<usize>>;

/// A statement to be.
struct Grant {
    conditions: Conditions,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    by: BTreeSet<usize>,
}

/// The identity policy that allows exactly what is needed, or `None` where nothing is. Minimal: what another statement
/// grants is not granted again, and what has the same resources or the same actions is one statement. Deterministic: the
/// order of `needs` decides nothing but the order of the names in a `Sid`.
///
/// Needs that depend on what nobody knows are granted only where the data says so ([`Certainty::If`]).
pub fn derive(needs: &[Wanted]) -> Option<Value> {
    let (atoms, names) = collect(needs);
    if atoms.is_empty() {
        return None;
    }
    let atoms = least(atoms);
    let by_resource = render(&merge(&atoms, |atom| &atom.resource, |atom| &atom.action, false), &names);
    let by_action = render(&merge(&atoms, |atom| &atom.action, |atom| &atom.resource, true), &names);
    Some(if size(&by_action) < size(&by_resource) { by_action } else { by_resource })
}

/// The atoms of all needs, and the names of those who need them.
fn collect(needs: &[Wanted]) -> (Atoms, Vec<&str>) {
    let mut out = Atoms::new();
    let mut names: Vec<&str> = Vec::new();
    for (who, need) in needs {
        if matches!(need.certainty, Certainty::If { derived: false, .. }) {
            continue;
        }
        let at = names.iter().position(|name| name == who).unwrap_or_else(|| {
            names.push(who);
            names.len() - 1
        });
        for action in &need.actions {
            for resource in need.resources.iter().chain(&need.also) {
                let (conditions, resource, action) = (need.conditions.clone(), resource.clone(), action.clone());
                out.entry(Atom { conditions, resource, action }).or_default().insert(at);
            }
        }
    }
    (out, names)
}

/// Without the atoms that another one grants. Who needed them needs that one.
fn least(atoms: Atoms) -> Atoms {
    let all: Vec<(Pattern, BTreeSet<usize>)> = atoms.into_iter().map(|(atom, by)| (Pattern::new(atom), by)).collect();
    // An atom is granted by one with wildcards, or by one that says the same without its conditions.
    let wild: Vec<usize> = (0..all.len()).filter(|&at| all[at].0.wild).collect();
    let mut same: HashMap<(String, &str), Vec<usize>> = HashMap::new();
    for (at, (pattern, _)) in all.iter().enumerate() {
        same.entry(pattern.key()).or_default().push(at);
    }
    let mut by: Vec<BTreeSet<usize>> = all.iter().map(|(_, by)| by.clone()).collect();
    let mut gone = vec![false; all.len()];
    for (at, (pattern, _)) in all.iter().enumerate() {
        let twins = same.get(&pattern.key()).map_or(&[][..], Vec::as_slice);
        let wider = twins.iter().chain(&wild).copied().find(|&other| {
            let wide = &all[other].0;
            // Two that grant each other are the same but for their spelling: the first stays.
            other != at && !gone[other] && wide.grants(pattern) && (other < at || !pattern.grants(wide))
        });
        if let Some(other) = wider {
            gone[at] = true;
            let mine = std::mem::take(&mut by[at]);
            by[other].extend(mine);
        }
    }
    let kept = all.iter().zip(by).zip(&gone).filter(|(_, gone)| !**gone);
    kept.map(|(((pattern, _), by), _)| (pattern.atom.clone(), by)).collect()
}

/// An atom ready to be compared.
struct Pattern {
    atom: Atom,
    wild: bool,
    action: Vec<Token>,
    resource: Vec<Token>,
}

impl Pattern {
    fn new(atom: Atom) -> Self {
        Self {
            wild: is_wild(&atom.action) || is_wild(&atom.resource),
            action: tokens(&atom.action, Case::Insensitive, true),
            resource: tokens(&atom.resource, Case::Sensitive, true),
            atom,
        }
    }

    fn key(&self) -> (String, &str) {
        (self.atom.action.to_lowercase(), &self.atom.resource)
    }

    fn grants(&self, narrow: &Self) -> bool {
        (self.atom.conditions.is_empty() || self.atom.conditions == narrow.atom.conditions)
            && covers_tokens(&self.action, &narrow.action)
            && covers_tokens(&self.resource, &narrow.resource)
    }
}

/// Statements: atoms with one `key` are one, then those with one set of `other`.
fn merge(
    atoms: &Atoms,
    key: impl Fn(&Atom) -> &String,
    other: impl Fn(&Atom) -> &String,
    key_is_action: bool,
) -> Vec<Grant> {
    type Group = (BTreeSet<String>, BTreeSet<usize>);
    let mut first: BTreeMap<(&Conditions, &String), Group> = BTreeMap::new();
    for (atom, by) in atoms {
        let group = first.entry((&atom.conditions, key(atom))).or_default();
        group.0.insert(other(atom).clone());
        group.1.extend(by);
    }
    let mut second: BTreeMap<(&Conditions, BTreeSet<String>), Group> = BTreeMap::new();
    for ((conditions, key), (others, by)) in first {
        let group = second.entry((conditions, others)).or_default();
        group.0.insert(key.clone());
        group.1.extend(by);
    }
    second
        .into_iter()
        .map(|((conditions, others), (keys, by))| {
            let (actions, resources) = if key_is_action { (keys, others) } else { (others, keys) };
            Grant { conditions: conditions.clone(), actions, resources, by }
        })
        .collect()
}

fn render(grants: &[Grant], names: &[&str]) -> Value {
    let mut grants: Vec<&Grant> = grants.iter().collect();
    // As the states come, so that a reader finds them; then by what is granted.
    grants.sort_by_key(|g| (g.by.first().copied(), &g.actions, &g.resources, &g.conditions));
    let mut taken = BTreeSet::new();
    let statements: Vec<Value> = grants
        .into_iter()
        .map(|grant| {
            let mut map = Map::new();
            map.insert("Sid".to_owned(), sid(&grant.by, names, &mut taken).into());
            map.insert("Effect".to_owned(), "Allow".into());
            map.insert("Action".to_owned(), list(&grant.actions));
            map.insert("Resource".to_owned(), list(&grant.resources));
            if !grant.conditions.is_empty() {
                let blocks: Map<String, Value> = grant
                    .conditions
                    .iter()
                    .map(|(operator, keys)| {
                        let keys: Map<String, Value> =
                            keys.iter().map(|(key, values)| (key.clone(), list(values))).collect();
                        (operator.clone(), Value::Object(keys))
                    })
                    .collect();
                map.insert("Condition".to_owned(), Value::Object(blocks));
            }
            Value::Object(map)
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn list<'a>(items: impl IntoIterator<Item = &'a String>) -> Value {
    let items: Vec<&String> = items.into_iter().collect();
    match items.as_slice() {
        [one] => json!(one),
        _ => json!(items),
    }
}

/// `ExtractLoad` for the states "Extract" and "Load", with a number where another statement has that already.
fn sid(by: &BTreeSet<usize>, names: &[&str], taken: &mut BTreeSet<String>) -> String {
    const NAMED: usize = 3;
    const LONGEST: usize = 60;
    let mut text: String = by.iter().take(NAMED).filter_map(|at| names.get(*at)).map(|name| camel(name)).collect();
    if by.len() > NAMED {
        text = format!("{text}And{}More", by.len() - NAMED);
    }
    if text.is_empty() {
        "Statement".clone_into(&mut text);
    }
    text.truncate(LONGEST);
    let free = (1..=taken.len() + 1)
        .map(|n| if n == 1 { text.clone() } else { format!("{text}{n}") })
        .find(|sid| !taken.contains(sid));
    let sid = free.unwrap_or(text);
    taken.insert(sid.clone());
    sid
}

/// The letters and digits of a name, each word with a capital.
fn camel(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| {
            let mut chars = word.chars();
            Some(chars.next()?.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect()
}
