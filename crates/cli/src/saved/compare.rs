//! What differs between a saved plan and the plan that would be made now, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_source::visible;

use super::{Made, SavedStack, SavedStep};

/// Characters of a value that are shown.
const LONGEST: usize = 60;
/// Differences within one step that are told.
const TOLD: usize = 5;

/// Another version of this program than the one that made the plan, which may mean something else by the same words.
pub(crate) fn version(saved: &Made, ours: &Made) -> Option<String> {
    (saved.tool != ours.tool)
        .then(|| format!("it was made by Statewright {}, and this is {}", visible(&saved.tool), ours.tool))
}

/// Options that are not those that the plan was made with.
pub(crate) fn flags(saved: &Made, given: &Made) -> Vec<String> {
    // Named, so that one that comes later is asked for here.
    let Made { tool: _, environment, targets, executions, deep, drain, allow_delete_all, checksum: _ } = saved;
    let mut out = Vec::new();
    if *environment != given.environment {
        out.push(match (environment, &given.environment) {
            (Some(one), _) => format!("the plan was made with --env {}", visible(one)),
            (None, _) => "the plan was made without --env".to_owned(),
        });
    }
    if *targets != given.targets {
        out.push(if targets.is_empty() {
            "the plan was made without --target".to_owned()
        } else {
            let targets: Vec<String> = targets.iter().map(|target| format!("--target {}", visible(target))).collect();
            format!("the plan was made with {}", targets.join(" "))
        });
    }
    if *executions != given.executions {
        out.push(format!("the plan was made with --executions {}", visible(executions)));
    }
    for (flag, saved, given) in [
        ("--deep", *deep, given.deep),
        ("--drain", *drain, given.drain),
        ("--allow-delete-all", *allow_delete_all, given.allow_delete_all),
    ] {
        if saved != given {
            out.push(format!("the plan was made {} {flag}", if saved { "with" } else { "without" }));
        }
    }
    out
}

/// What differs between the plans of one run; nothing where they are the same, step for step.
pub(crate) fn plans(saved: &[SavedStack], now: &[SavedStack]) -> Vec<String> {
    let mut out = Vec::new();
    let several = saved.len().max(now.len()) > 1;
    for was in saved {
        let of = if several { format!("{}: ", was.owner) } else { String::new() };
        match now.iter().find(|now| now.spec == was.spec).or_else(|| now.iter().find(|now| now.stack == was.stack)) {
            Some(now) => out.extend(stack(was, now).into_iter().map(|reason| format!("{of}{reason}"))),
            None => out.push(format!("the plan is of stack {} too, which no spec here declares", was.stack)),
        }
    }
    let known = |now: &&SavedStack| saved.iter().any(|was| was.spec == now.spec || was.stack == now.stack);
    for now in now.iter().filter(|now| !known(now)) {
        out.push(format!("the plan is not of stack {}, which {} declares", now.stack, now.spec));
    }
    let order = |all: &[SavedStack]| all.iter().map(|stack| stack.stack.clone()).collect::<Vec<_>>();
    if out.is_empty() && order(saved) != order(now) {
        out.push("the stacks come in another order".to_owned());
    }
    out
}

fn stack(was: &SavedStack, now: &SavedStack) -> Vec<String> {
    // Named, so that what comes later is asked for here. Specs may be named in two ways.
    let SavedStack { stack, owner, account, region, spec: _, spec_hash, spec_parts, steps } = was;
    let mut out = Vec::new();
    for (what, was, now) in
        [("stack", stack, &now.stack), ("account", account, &now.account), ("region", region, &now.region)]
    {
        if was != now {
            out.push(format!("the plan is of {what} {was}, and this is {what} {now}"));
        }
    }
    if out.is_empty() && *owner != now.owner {
        out.push(format!("the plan is of {owner}, and this is {}", now.owner));
    }
    if spec_hash != &now.spec_hash {
        let parts = parts(spec_parts, &now.spec_parts);
        out.push(if parts.is_empty() {
            "the spec, a file that it names or a variable changed".to_owned()
        } else {
            parts.join("; ")
        });
    }
    // In another account everything is another.
    if out.is_empty() || *owner == now.owner && *account == now.account {
        out.extend(steps_of(steps, &now.steps));
    }
    out
}

fn parts(was: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    let changed = names.into_iter().filter_map(|name| match (was.get(name), now.get(name)) {
        (Some(was), Some(now)) if was == now => None,
        (Some(_), Some(_)) => Some(format!("{name} changed")),
        (None, _) => Some(format!("{name} is new")),
        (_, None) => Some(format!("{name} is no longer there")),
    });
    changed.collect()
}

/// The steps of each address, in order.
fn by_address(steps: &[SavedStep]) -> BTreeMap<&str, Vec<&SavedStep>> {
    let mut all: BTreeMap<&str, Vec<&SavedStep>> = BTreeMap::new();
    for step in steps {
        all.entry(&step.address).or_default().push(step);
    }
    all
}

fn steps_of(was: &[SavedStep], now: &[SavedStep]) -> Vec<String> {
    let (old, new) = (by_address(was), by_address(now));
    let addresses: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut out = Vec::new();
    for address in addresses {
        let (old, new) = (old.get(address), new.get(address));
        let (old, new) = (old.map_or(&[][..], Vec::as_slice), new.map_or(&[][..], Vec::as_slice));
        for i in 0..old.len().max(new.len()) {
            match (old.get(i), new.get(i)) {
                (Some(old), Some(new)) => {
                    let differences = step(old, new);
                    if !differences.is_empty() {
                        out.push(format!("{address}: {}", told(differences)));
                    }
                }
                (Some(old), None) => out.push(format!("{address}: there is nothing left to {}", old.action)),
                (None, Some(new)) => out.push(format!("{address}: it would now {} as well", doing(new))),
                (None, None) => {}
            }
        }
    }
    if out.is_empty() && was != now {
        out.push("the steps come in another order".to_owned());
    }
    out
}

/// `be updated (tags.team; memory)`
fn doing(step: &SavedStep) -> String {
    let paths: Vec<String> = step.changes.iter().map(|change| visible(&change.path).into_owned()).collect();
    let what = match step.action.as_str() {
        "create" => return "be created".to_owned(),
        "update" => "be updated",
        "replace" => "be replaced",
        "delete" => "be deleted",
        "adopt" => "be adopted",
        _ => "be changed",
    };
    if paths.is_empty() { what.to_owned() } else { format!("{what} ({})", told(paths)) }
}

fn told(mut all: Vec<String>) -> String {
    let more = all.len().saturating_sub(TOLD);
    all.truncate(TOLD);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{rest}", all.join("; "))
}

/// What differs between two shares of one address.
fn step(was: &SavedStep, now: &SavedStep) -> Vec<String> {
    // The numbers are compared with the order of all.
    let SavedStep { id: _, address: _, action, needs: _, changes, expects, calls } = was;
    let mut out = Vec::new();
    if *action != now.action {
        out.push(format!("the plan was to {action} it, now it is to {} it", now.action));
        return out;
    }
    let paths: BTreeSet<&str> = changes.iter().chain(&now.changes).map(|change| change.path.as_str()).collect();
    for path in paths {
        let of = |step: &SavedStep| -> Vec<(Value, Value)> {
            let here = step.changes.iter().filter(|change| change.path == path);
            here.map(|change| (change.before.clone(), change.after.clone())).collect()
        };
        let (old, new) = (of(was), of(now));
        if old == new {
            continue;
        }
        let path = visible(path);
        out.push(match (old.as_slice(), new.as_slice()) {
            ([], _) => format!("{path} differs from the spec now"),
            (_, []) => format!("{path} no longer differs from the spec"),
            ([(before, _)], [(other, _)]) if before != other => {
                format!("{path} was {} and is {}", value(before), value(other))
            }
            ([(_, after)], [(_, other)]) => {
                format!("{path} was to become {} and would become {}", value(after), value(other))
            }
            _ => format!("{path} changes otherwise"),
        });
    }
    let shown = |text: Option<&String>| text.map_or("nothing".to_owned(), |text| value(&text.as_str().into()));
    let marks = expects.keys().chain(now.expects.keys()).collect::<BTreeSet<_>>().into_iter().filter_map(|key| {
        let (was, is) = (expects.get(key), now.expects.get(key));
        (was != is).then(|| format!("{} {} → {}", visible(key), shown(was), shown(is)))
    });
    let marks: Vec<String> = marks.collect();
    if out.is_empty() && !marks.is_empty() {
        out.push(format!("somebody changed it since ({})", marks.join(", ")));
    }
    if out.is_empty() && *calls != now.calls {
        let list =
            |calls: &[String]| calls.iter().map(|call| visible(call).into_owned()).collect::<Vec<_>>().join(", ");
        out.push(format!("the plan is to call {}, it would be {}", list(calls), list(&now.calls)));
    }
    out
}

/// A value, short.
fn value(value: &Value) -> String {
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        other => other.to_string(),
    };
    let text = visible(&text).into_owned();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
