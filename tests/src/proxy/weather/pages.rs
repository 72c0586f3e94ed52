use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;
use xmltree::{Element, XMLNode};

use super::is_by_hand;
use crate::proxy::{Answer, Layer, Next, Reply, Request, Service};
use crate::wire::{child_text, set_child};

/// Lists that come in small pages, whatever the client asks for: a service may always answer fewer than its maximum.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The most items of a page.
    pub items: usize,
    /// Whether an empty page, with a token for more, stands before the first item. AWS does that where it filters.
    #[serde(default)]
    pub empty_first: bool,
}

/// How one operation lists.
struct List {
    service: Service,
    operation: &'static str,
    /// The lists in its answer; a page is filled from one after the other.
    fields: &'static [&'static str],
    /// The token as it is asked with, and as it is answered.
    token: [&'static str; 2],
}

const fn list(
    service: Service,
    operation: &'static str,
    fields: &'static [&'static str],
    token: [&'static str; 2],
) -> List {
    List { service, operation, fields, token }
}

/// The lists of the services, after botocore's service models.
static LISTS: &[List] = &[
    list(Service::Iam, "ListRoles", &["Roles"], ["Marker"; 2]),
    list(Service::Iam, "ListPolicies", &["Policies"], ["Marker"; 2]),
    list(Service::Iam, "ListPolicyVersions", &["Versions"], ["Marker"; 2]),
    list(Service::Iam, "ListAttachedRolePolicies", &["AttachedPolicies"], ["Marker"; 2]),
    list(Service::Iam, "ListRolePolicies", &["PolicyNames"], ["Marker"; 2]),
    list(Service::Iam, "ListRoleTags", &["Tags"], ["Marker"; 2]),
    list(Service::Iam, "ListPolicyTags", &["Tags"], ["Marker"; 2]),
    list(Service::Iam, "ListEntitiesForPolicy", &["PolicyGroups", "PolicyUsers", "PolicyRoles"], ["Marker"; 2]),
    list(Service::Iam, "ListInstanceProfilesForRole", &["InstanceProfiles"], ["Marker"; 2]),
    list(
        Service::Iam,
        "GetAccountAuthorizationDetails",
        &["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"],
        ["Marker"; 2],
    ),
    list(Service::Iam, "SimulatePrincipalPolicy", &["EvaluationResults"], ["Marker"; 2]),
    list(Service::States, "ListStateMachines", &["stateMachines"], ["nextToken"; 2]),
    list(Service::States, "ListExecutions", &["executions"], ["nextToken"; 2]),
    list(Service::States, "ListStateMachineVersions", &["stateMachineVersions"], ["nextToken"; 2]),
    list(Service::States, "ListStateMachineAliases", &["stateMachineAliases"], ["nextToken"; 2]),
    list(Service::States, "GetExecutionHistory", &["events"], ["nextToken"; 2]),
    list(Service::Lambda, "ListFunctions", &["Functions"], ["Marker", "NextMarker"]),
    list(Service::Lambda, "ListVersionsByFunction", &["Versions"], ["Marker", "NextMarker"]),
    list(Service::Lambda, "ListAliases", &["Aliases"], ["Marker", "NextMarker"]),
    list(Service::Glue, "ListJobs", &["JobNames"], ["NextToken"; 2]),
    list(Service::Glue, "GetJobs", &["Jobs"], ["NextToken"; 2]),
    list(Service::Glue, "GetJobRuns", &["JobRuns"], ["NextToken"; 2]),
    list(Service::Logs, "DescribeLogGroups", &["logGroups"], ["nextToken"; 2]),
    list(Service::Logs, "DescribeResourcePolicies", &["resourcePolicies"], ["nextToken"; 2]),
    list(Service::Logs, "FilterLogEvents", &["events"], ["nextToken"; 2]),
    list(Service::Tagging, "GetResources", &["ResourceTagMappingList"], ["PaginationToken"; 2]),
];

/// Before the number of a page's first item, so that a token is none of the emulator's own.
const TOKEN: &str = "statewright-page-";

pub(super) struct Paging {
    pub(super) pages: Pages,
}

/// An answer whose lists can be taken out and put in again.
enum Body {
    Json(Value),
    Xml(Element),
}

/// An item of one of the lists, with the place of that list among them.
enum Item {
    Json(usize, Value),
    Xml(usize, XMLNode),
}

impl Body {
    fn of(answer: &Answer, service: &Service) -> Option<Self> {
        match service {
            Service::Iam => Element::parse(&answer.body[..]).ok().map(Self::Xml),
            _ => Some(answer.value()).filter(Value::is_object).map(Self::Json),
        }
    }

    /// Takes the items of all lists out.
    fn take(&mut self, list: &List) -> Vec<Item> {
        let mut items = Vec::new();
        for (at, field) in list.fields.iter().enumerate() {
            match self {
                Self::Json(value) => {
                    let taken = value.get_mut(*field).and_then(Value::as_array_mut).map(std::mem::take);
                    items.extend(taken.unwrap_or_default().into_iter().map(|item| Item::Json(at, item)));
                }
                Self::Xml(root) => {
                    if let Some(field) = result(root).and_then(|result| result.get_mut_child(*field)) {
                        let children = std::mem::take(&mut field.children).into_iter();
                        let members = children.filter(|node| node.as_element().is_some());
                        items.extend(members.map(|node| Item::Xml(at, node)));
                    }
                }
            }
        }
        items
    }

    /// The emulator's own token for more.
    fn token(&mut self, list: &List) -> Option<String> {
        let token = match self {
            Self::Json(value) => value.get(list.token[1])?.as_str().map(str::to_owned),
            Self::Xml(root) => {
                let result = result(root)?;
                (child_text(result, "IsTruncated").as_deref() == Some("true"))
                    .then(|| child_text(result, list.token[1]))
                    .flatten()
            }
        };
        token.filter(|token| !token.is_empty())
    }

    /// Puts items back, and a token for more.
    fn put(&mut self, list: &List, items: Vec<Item>, token: Option<String>) {
        for item in items {
            match (&mut *self, item) {
                (Self::Json(value), Item::Json(at, item)) => {
                    if let Some(field) = value.get_mut(list.fields[at]).and_then(Value::as_array_mut) {
                        field.push(item);
                    }
                }
                (Self::Xml(root), Item::Xml(at, node)) => {
                    if let Some(field) = result(root).and_then(|result| result.get_mut_child(list.fields[at])) {
                        field.children.push(node);
                    }
                }
                // A body holds items of its own kind alone.
                (Self::Json(_), Item::Xml(..)) | (Self::Xml(_), Item::Json(..)) => {}
            }
        }
        match self {
            Self::Json(value) => {
                if let Some(object) = value.as_object_mut() {
                    object.shift_remove(list.token[1]);
                    // The tagging API answers an empty token at the end.
                    let token = token.or_else(|| (list.service == Service::Tagging).then(String::new));
                    object.extend(token.map(|token| (list.token[1].to_owned(), token.into())));
                }
            }
            Self::Xml(root) => {
                if let Some(result) = result(root) {
                    result.take_child(list.token[1]);
                    set_child(result, "IsTruncated", if token.is_some() { "true" } else { "false" });
                    if let Some(token) = token {
                        set_child(result, list.token[1], &token);
                    }
                }
            }
        }
    }

    fn write(self, answer: &mut Answer) {
        match self {
            Self::Json(value) => answer.set_body(value.to_string()),
            Self::Xml(root) => {
                let mut body = Vec::new();
                if root.write(&mut body).is_ok() {
                    answer.set_body(body);
                }
            }
        }
    }
}

fn result(root: &mut Element) -> Option<&mut Element> {
    root.children.iter_mut().filter_map(XMLNode::as_mut_element).find(|element| element.name.ends_with("Result"))
}

impl Paging {
    /// The page that the client asks for, out of the whole list.
    async fn page(&self, list: &List, request: Request, next: Next) -> Reply {
        let service = &list.service;
        let asked = request.text(list.token[0]).to_owned();
        let from = match asked.strip_prefix(TOKEN).map(str::parse) {
            Some(Ok(from)) => Some(from),
            None if asked.is_empty() => None,
            Some(Err(_)) | None => return Reply::refusal(service, 400, "InvalidToken", "The token is not valid."),
        };
        let mut items = Vec::new();
        let mut token = None;
        let (mut answer, mut body) = loop {
            let mut parameters = request.operation.parameters.clone();
            parameters[list.token[0]] = token.take().map_or(Value::Null, Value::String);
            let Ok(whole) = request.asking_the_same(&parameters) else { return next.run(request).await };
            let Reply::Answer(answer) = next.clone().run(whole).await else { return Reply::Hangup };
            let Some(mut body) = Body::of(&answer, service).filter(|_| answer.status.is_success()) else {
                return Reply::Answer(answer);
            };
            items.append(&mut body.take(list));
            token = body.token(list);
            if token.is_none() {
                break (answer, body);
            }
        };
        let (start, end) = match from {
            None if self.pages.empty_first && !items.is_empty() => (0, 0),
            from => {
                let start = from.unwrap_or(0).min(items.len());
                (start, (start + self.pages.items.max(1)).min(items.len()))
            }
        };
        let more = (end < items.len()).then(|| format!("{TOKEN}{end}"));
        let page = items.drain(start..end).collect();
        body.put(list, page, more);
        body.write(&mut answer);
        Reply::Answer(answer)
    }
}

impl Layer for Paging {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        let operation = &request.operation;
        let list =
            LISTS.iter().find(|list| list.service == operation.service && list.operation == operation.name.as_str());
        match list {
            Some(list) if !is_by_hand(&request) => Box::pin(async move { self.page(list, request, next).await }),
            _ => next.run(request),
        }
    }
}
