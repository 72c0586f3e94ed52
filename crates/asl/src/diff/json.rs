//! The fewest places at which two JSON values differ.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// One place that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonChange {
    /// Where. An index into a list counts the list that has the item: the new one, or the old one for what is gone.
    pub path: JsonPath,
    /// What stood there; absent where there was nothing (which `null` is not).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What stands there now; absent where there is nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// A place in a JSON value. It is shown as AWS shows places: `/States/X/Choices[0]/Next`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JsonPath(pub Vec<JsonStep>);

/// One step of a [`JsonPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonStep {
    /// Into an object.
    Key(String),
    /// Into a list.
    Index(usize),
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        self.0.iter().try_for_each(|step| match step {
            JsonStep::Key(key) => write!(f, "/{key}"),
            JsonStep::Index(index) => write!(f, "[{index}]"),
        })
    }
}

impl Serialize for JsonPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonPath {
    /// As an RFC 6901 pointer.
    pub fn pointer(&self) -> String {
        let step = |step: &JsonStep| match step {
            JsonStep::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            JsonStep::Index(index) => format!("/{index}"),
        };
        self.0.iter().map(step).collect()
    }
}

/// A list whose two sides have more pairs than this is compared place by place: the alignment costs their product.
const MOST_PAIRS: usize = 250_000;

/// The places at which `after` differs from `before`, each as deep as it goes, in the order of `after` (what is gone
/// comes behind its neighbours). The order of keys does not count; lists are aligned so that as little as possible
/// differs. Numbers are compared by value (`2.0` is `2`), as AWS compares them.
pub fn json_changes(before: &Value, after: &Value) -> Vec<JsonChange> {
    let mut changes = Vec::new();
    walk(before, after, &mut Vec::new(), &mut changes);
    changes
}

/// Whether two values say the same.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(v, w)| same(v, w)),
        (Value::Number(a), Value::Number(b)) => a == b || (a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64())),
        _ => a == b,
    }
}

fn walk(before: &Value, after: &Value, path: &mut Vec<JsonStep>, changes: &mut Vec<JsonChange>) {
    match (before, after) {
        (Value::Object(b), Value::Object(a)) => objects(b, a, path, changes),
        (Value::Array(b), Value::Array(a)) => lists(b, a, path, changes),
        _ if same(before, after) => {}
        _ => push(path, None, Some(before), Some(after), changes),
    }
}

fn push(
    path: &[JsonStep],
    last: Option<JsonStep>,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<JsonChange>,
) {
    let path = JsonPath(path.iter().cloned().chain(last).collect());
    changes.push(JsonChange { path, before: before.cloned(), after: after.cloned() });
}

fn objects(b: &Map<String, Value>, a: &Map<String, Value>, path: &mut Vec<JsonStep>, changes: &mut Vec<JsonChange>) {
    for (key, after) in a {
        match b.get(key) {
            Some(before) => {
                path.push(JsonStep::Key(key.clone()));
                walk(before, after, path, changes);
                path.pop();
            }
            None => push(path, Some(JsonStep::Key(key.clone())), None, Some(after), changes),
        }
    }
    for (key, before) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
        push(path, Some(JsonStep::Key(key.clone())), Some(before), None, changes);
    }
}

fn lists(b: &[Value], a: &[Value], path: &mut Vec<JsonStep>, changes: &mut Vec<JsonChange>) {
    for pair in align(b, a) {
        match pair {
            Pair::Both(i, j) => {
                path.push(JsonStep::Index(j));
                walk(&b[i], &a[j], path, changes);
                path.pop();
            }
            Pair::Gone(i) => push(path, Some(JsonStep::Index(i)), Some(&b[i]), None, changes),
            Pair::New(j) => push(path, Some(JsonStep::Index(j)), None, Some(&a[j]), changes),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    Both(usize, usize),
    Gone(usize),
    New(usize),
}

/// Pairs the items of two lists, in order, so that the differences weigh least.
pub(super) fn align(b: &[Value], a: &[Value]) -> Vec<Pair> {
    let head = b.iter().zip(a).take_while(|(x, y)| same(x, y)).count();
    let tail = b[head..].iter().rev().zip(a[head..].iter().rev()).take_while(|(x, y)| same(x, y)).count();
    let (mid_b, mid_a) = (&b[head..b.len() - tail], &a[head..a.len() - tail]);
    let mut pairs: Vec<Pair> = (0..head).map(|i| Pair::Both(i, i)).collect();
    pairs.extend(middle(mid_b, mid_a).into_iter().map(|pair| match pair {
        Pair::Both(i, j) => Pair::Both(head + i, head + j),
        Pair::Gone(i) => Pair::Gone(head + i),
        Pair::New(j) => Pair::New(head + j),
    }));
    pairs.extend((0..tail).map(|k| Pair::Both(b.len() - tail + k, a.len() - tail + k)));
    pairs
}

fn middle(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let (rows, columns) = (before.len(), after.len());
    if rows.saturating_mul(columns) > MOST_PAIRS || rows == 0 || columns == 0 || (rows == 1 && columns == 1) {
        let both = (0..rows.min(columns)).map(|i| Pair::Both(i, i));
        return both.chain((columns..rows).map(Pair::Gone)).chain((rows..columns).map(Pair::New)).collect();
    }
    let gone: Vec<usize> = before.iter().map(weight).collect();
    let new: Vec<usize> = after.iter().map(weight).collect();
    let apart: Vec<Vec<usize>> = before.iter().map(|b| after.iter().map(|a| distance(b, a)).collect()).collect();
    let mut cost = vec![vec![0_usize; columns + 1]; rows + 1];
    for i in (0..=rows).rev() {
        for j in (0..=columns).rev() {
            cost[i][j] = match (i < rows, j < columns) {
                (false, false) => 0,
                (true, false) => gone[i] + cost[i + 1][j],
                (false, true) => new[j] + cost[i][j + 1],
                (true, true) => {
                    (apart[i][j] + cost[i + 1][j + 1]).min(gone[i] + cost[i + 1][j]).min(new[j] + cost[i][j + 1])
                }
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < rows || j < columns {
        if i < rows && j < columns && cost[i][j] == apart[i][j] + cost[i + 1][j + 1] {
            pairs.push(Pair::Both(i, j));
            (i, j) = (i + 1, j + 1);
        } else if i < rows && cost[i][j] == gone[i] + cost[i + 1][j] {
            pairs.push(Pair::Gone(i));
            i += 1;
        } else {
            pairs.push(Pair::New(j));
            j += 1;
        }
    }
    pairs
}

/// How much there is in a value.
fn weight(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(weight).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        _ => 1,
    }
}

/// How much differs between two values: a bound that is cheap, since it is asked for every pair of a list's items.
fn distance(b: &Value, a: &Value) -> usize {
    match (b, a) {
        (Value::Object(x), Value::Object(y)) => {
            let kept: usize = x.iter().map(|(k, v)| y.get(k).map_or_else(|| weight(v), |w| distance(v, w))).sum();
            kept + y.iter().filter(|(k, _)| !x.contains_key(*k)).map(|(_, v)| weight(v)).sum::<usize>()
        }
        (Value::Array(x), Value::Array(y)) => {
            let both: usize = x.iter().zip(y).map(|(v, w)| distance(v, w)).sum();
            let rest = |list: &[Value], from: usize| list.iter().skip(from).map(weight).sum::<usize>();
            both + rest(x, y.len()) + rest(y, x.len())
        }
        _ if same(b, a) => 0,
        _ => weight(b) + weight(a),
    }
}
