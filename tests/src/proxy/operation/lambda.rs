use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value};

use super::{Operation, Service, unescape};

/// One operation of Lambda: its method and path, `{X}` where a parameter stands.
pub(crate) struct Route {
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// What the query must hold for it to be this operation.
    pub(crate) query: &'static [(&'static str, &'static str)],
}

const fn route(operation: &'static str, method: &'static str, path: &'static str) -> Route {
    Route { operation, method, path, query: &[] }
}

/// From botocore's service model of Lambda, version 2015-03-31: the operations that a tool for functions uses.
pub(crate) const ROUTES: &[Route] = &[
    route("CreateFunction", "POST", "/2015-03-31/functions"),
    route("ListFunctions", "GET", "/2015-03-31/functions"),
    route("GetFunction", "GET", "/2015-03-31/functions/{FunctionName}"),
    route("DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}"),
    route("GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration"),
    route("UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration"),
    route("UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code"),
    route("PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions"),
    route("ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions"),
    route("Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations"),
    route("CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases"),
    route("ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases"),
    route("GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    route("UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    route("DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    route("AddPermission", "POST", "/2015-03-31/functions/{FunctionName}/policy"),
    route("GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy"),
    route("RemovePermission", "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}"),
    route("GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
    route("PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency"),
    route("DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency"),
    route("GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    route("PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    route("DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    route("GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    route("PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    route("ListTags", "GET", "/2017-03-31/tags/{Resource}"),
    route("TagResource", "POST", "/2017-03-31/tags/{Resource}"),
    route("UntagResource", "DELETE", "/2017-03-31/tags/{Resource}"),
    // Before ListLayers: the same path, told apart by the query.
    Route {
        operation: "GetLayerVersionByArn",
        method: "GET",
        path: "/2018-10-31/layers",
        query: &[("find", "LayerVersion")],
    },
    route("ListLayers", "GET", "/2018-10-31/layers"),
    route("PublishLayerVersion", "POST", "/2018-10-31/layers/{LayerName}/versions"),
    route("ListLayerVersions", "GET", "/2018-10-31/layers/{LayerName}/versions"),
    route("GetLayerVersion", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    route("DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    route("GetAccountSettings", "GET", "/2016-08-19/account-settings"),
];

pub(super) fn decode(method: &Method, path: &str, query: &str, body: &Bytes) -> Option<Operation> {
    let asked = pairs(query);
    let (route, mut parameters) = ROUTES
        .iter()
        .filter(|route| route.method == method.as_str())
        .filter(|route| route.query.iter().all(|(k, v)| asked.iter().any(|(key, value)| key == k && value == v)))
        .find_map(|route| matches(route.path, path).map(|parameters| (route, parameters)))?;
    for (key, value) in asked {
        // The one list: `?tagKeys=a&tagKeys=b`.
        if key == "tagKeys" {
            if let Value::Array(keys) = parameters.entry("TagKeys").or_insert_with(|| Value::Array(Vec::new())) {
                keys.push(value.into());
            }
        } else {
            parameters.insert(key, value.into());
        }
    }
    if route.operation == "Invoke" {
        parameters.insert("Payload".to_owned(), String::from_utf8_lossy(body).into_owned().into());
    } else if let Ok(Value::Object(body)) = serde_json::from_slice(body) {
        parameters.extend(body);
    }
    Some(Operation {
        service: Service::Lambda,
        name: route.operation.to_owned(),
        parameters: Value::Object(parameters),
    })
}

fn matches(template: &str, path: &str) -> Option<Map<String, Value>> {
    let mut parameters = Map::new();
    let mut actual = path.trim_end_matches('/').split('/');
    for expected in template.split('/') {
        let segment = actual.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => parameters.insert(name.to_owned(), unescape(segment).into()),
            None if expected == segment => None,
            None => return None,
        };
    }
    actual.next().is_none().then_some(parameters)
}

fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (unescape(key), unescape(value)))
        .collect()
}
