//! What the services' own APIs have: operations and their parameters.
//!
//! Source: the API models of botocore (Apache-2.0), packed by `scripts/sdk-operations.py`; what a service has is unpacked
//! when a definition first calls it. AWS adds operations every week, so what is not here may exist all the same.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
    sync::{LazyLock, OnceLock},
};

use zip::ZipArchive;

/// A service's API.
pub(crate) struct Service {
    /// By their names in small letters.
    operations: HashMap<String, Operation>,
    /// What a Task may call, sorted.
    pub(crate) apis: Vec<String>,
}

/// An operation.
pub(crate) struct Operation {
    name: String,
    parameters: String,
}

/// What an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter<'o> {
    /// As the API names it.
    pub(crate) name: &'o str,
    pub(crate) required: bool,
}

type Archive = ZipArchive<Cursor<&'static [u8]>>;

static ARCHIVE: LazyLock<Option<Archive>> =
    LazyLock::new(|| ZipArchive::new(Cursor::new(include_bytes!("../data/operations.zip").as_slice())).ok());

/// Every service, empty until it is asked for.
static SERVICES: LazyLock<HashMap<String, OnceLock<Service>>> = LazyLock::new(|| {
    let names = ARCHIVE.iter().flat_map(Archive::file_names);
    names.map(|name| (name.to_owned(), OnceLock::new())).collect()
});

impl Service {
    /// The service that `aws-sdk` calls so.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase();
        Some(SERVICES.get(&name)?.get_or_init(|| Self::read(&name)))
    }

    fn read(name: &str) -> Self {
        let mut text = String::new();
        let archive = ARCHIVE.clone();
        // A test reads all of them: an archive that is built in cannot be broken at a user's.
        if let Some(mut archive) = archive
            && let Ok(mut file) = archive.by_name(name)
            && file.read_to_string(&mut text).is_err()
        {
            text.clear();
        }
        let operations = text.lines().map(|line| {
            let (name, parameters) = line.split_once(' ').unwrap_or((line, ""));
            let operation = Operation { name: name.to_owned(), parameters: parameters.to_owned() };
            (name.to_ascii_lowercase(), operation)
        });
        let operations: HashMap<String, Operation> = operations.collect();
        let mut apis: Vec<String> = operations.values().map(Operation::api).collect();
        apis.sort_unstable();
        Self { operations, apis }
    }

    /// The operation of that name, whatever the case of its letters.
    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(&name.to_ascii_lowercase())
    }
}

impl Operation {
    /// The name as a Task's `Resource` has it: `getObject`.
    fn api(&self) -> String {
        let mut name = self.name.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        name
    }

    /// What it takes.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.parameters.split_whitespace().map(|word| match word.strip_suffix('!') {
            Some(name) => Parameter { name, required: true },
            None => Parameter { name: word, required: false },
        })
    }
}

impl Parameter<'_> {
    /// Whether a definition means it: integrations write names in Pascal case, of which the SDK for Java makes its own
    /// (`DBInstanceIdentifier` is `DbInstanceIdentifier`).
    pub(crate) fn is(&self, name: &str) -> bool {
        fn letters(text: &str) -> impl Iterator<Item = u8> {
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
        }
        letters(self.name).eq(letters(name))
    }

    /// As an integration writes it: `DBInstanceIdentifier` is `DbInstanceIdentifier`.
    pub(crate) fn pascal(&self) -> String {
        let chars: Vec<char> = self.name.chars().filter(char::is_ascii_alphanumeric).collect();
        let upper = |i: usize| chars.get(i).is_some_and(char::is_ascii_uppercase);
        let lower = |i: usize| chars.get(i).is_some_and(char::is_ascii_lowercase);
        let each = chars.iter().enumerate().map(|(i, c)| match i {
            0 => c.to_ascii_uppercase(),
            // Within an abbreviation; its last capital begins the next word.
            _ if upper(i) && upper(i - 1) && !lower(i + 1) => c.to_ascii_lowercase(),
            _ => *c,
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameter, SERVICES, Service};

    #[test]
    fn every_service_can_be_read() {
        assert!(SERVICES.len() > 400, "{}", SERVICES.len());
        for name in SERVICES.keys() {
            let service = Service::of(name).unwrap();
            assert!(!service.apis.is_empty(), "{name}");
        }
        let listed = include_str!("../data/sdk-services.txt").lines();
        assert_eq!(listed.filter(|name| !SERVICES.contains_key(*name)).count(), 0);
    }

    #[test]
    fn operations_and_parameters() {
        let s3 = Service::of("S3").unwrap();
        assert!(s3.operation("getobject").is_some() && s3.operation("getObjct").is_none());
        assert!(s3.apis.contains(&"listObjectsV2".to_owned()));
        let get = s3.operation("getObject").unwrap();
        let required: Vec<_> = get.parameters().filter(|p| p.required).map(|p| p.name).collect();
        assert_eq!(required, ["Bucket", "Key"]);
        assert!(Service::of("nothing").is_none());
    }

    #[test]
    fn names_of_parameters() {
        let parameter = |name| Parameter { name, required: false };
        for (api, pascal) in [
            ("stateMachineArn", "StateMachineArn"),
            ("DBInstanceIdentifier", "DbInstanceIdentifier"),
            ("ACL", "Acl"),
            ("Bucket", "Bucket"),
            ("MaxItems", "MaxItems"),
        ] {
            assert_eq!(parameter(api).pascal(), pascal);
            assert!(parameter(api).is(pascal) && parameter(api).is(api));
        }
        assert!(!parameter("Bucket").is("Buckets"));
    }
}
