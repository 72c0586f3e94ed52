//! Values of resources as JSON, for what is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};
use statewright_spec::{Arn, Secret};

/// A value as JSON; `None` where it says that nothing is there.
pub(crate) trait Json {
    fn json(&self) -> Option<Value>;
}

impl Json for String {
    fn json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| self.as_str().into())
    }
}

impl Json for u32 {
    fn json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Json for bool {
    fn json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Json for Number {
    fn json(&self) -> Option<Value> {
        Some(self.clone().into())
    }
}

impl Json for Arn {
    fn json(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Json for Secret {
    fn json(&self) -> Option<Value> {
        Some(self.expose().into())
    }
}

impl Json for Value {
    fn json(&self) -> Option<Value> {
        Some(self.clone())
    }
}

impl<T: Json> Json for &T {
    fn json(&self) -> Option<Value> {
        (*self).json()
    }
}

impl<T: Json> Json for Option<T> {
    fn json(&self) -> Option<Value> {
        self.as_ref().and_then(Json::json)
    }
}

impl<T: Json> Json for Vec<T> {
    fn json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| self.iter().filter_map(Json::json).collect())
    }
}

impl<T: Json> Json for BTreeSet<T> {
    fn json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| self.iter().filter_map(Json::json).collect())
    }
}

impl<V: Json> Json for BTreeMap<Arn, V> {
    fn json(&self) -> Option<Value> {
        let entry = |(key, value): (&Arn, &V)| Some((key.to_string(), value.json()?));
        (!self.is_empty()).then(|| Value::Object(self.iter().filter_map(entry).collect()))
    }
}
