use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Request;
use super::forward::is_global;

/// What the proxy remembers of earlier calls, where the emulator does not: a value by account and region, kind and name.
#[derive(Default)]
pub struct Memory {
    facts: Mutex<HashMap<Key, Value>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    scope: String,
    kind: &'static str,
    name: String,
}

impl Key {
    fn new(request: &Request, kind: &'static str, name: &str) -> Self {
        let region = if is_global(&request.operation.service) { "" } else { &request.region };
        Self { scope: format!("{}/{region}", request.account), kind, name: name.to_owned() }
    }
}

impl Memory {
    /// Keeps `value` for the account and region of `request`.
    pub fn remember(&self, request: &Request, kind: &'static str, name: &str, value: Value) {
        self.facts().insert(Key::new(request, kind, name), value);
    }

    /// What was kept.
    pub fn recall(&self, request: &Request, kind: &'static str, name: &str) -> Option<Value> {
        self.facts().get(&Key::new(request, kind, name)).cloned()
    }

    /// Forgets it, and gives what was kept.
    pub fn forget(&self, request: &Request, kind: &'static str, name: &str) -> Option<Value> {
        self.facts().remove(&Key::new(request, kind, name))
    }

    /// Remembers whose account a temporary access key acts in.
    pub(super) fn remember_session(&self, access_key: &str, account: &str) {
        self.facts().insert(session(access_key), Value::String(account.to_owned()));
    }

    /// The account that an access key acts in; the key itself where nothing else is known.
    pub(super) fn account_of(&self, access_key: &str) -> String {
        match self.facts().get(&session(access_key)) {
            Some(Value::String(account)) => account.clone(),
            _ => access_key.to_owned(),
        }
    }

    fn facts(&self) -> MutexGuard<'_, HashMap<Key, Value>> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn session(access_key: &str) -> Key {
    Key { scope: String::new(), kind: "session", name: access_key.to_owned() }
}
