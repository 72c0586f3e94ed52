//! The tagging API: each emulator knows some services' tags only, and moto those of what is gone. Here it is answered from the services.

use futures::future::join_all;
use serde_json::{Map, Value, json};

use super::{Intercepted, Probe, Repair, Verdict, future, same};
use crate::proxy::{Reply, Service};
use crate::wire::{Aws, Refusal};

pub(super) static REPAIRS: &[Repair] = &[Repair {
    name: "tagging.from_the_services",
    service: Service::Tagging,
    operations: &["GetResources"],
    handle: future!(get_resources),
}];

/// An ARN and its tags.
type Tagged = (String, Map<String, Value>);

async fn get_resources(call: Intercepted) -> Reply {
    let all = match everything(&call.emulator).await {
        Ok(all) => all,
        Err(refusal) => return call.refuse(refusal.status, &refusal.code, &refusal.message),
    };
    let arns = strings(call.given("ResourceARNList"));
    let types = strings(call.given("ResourceTypeFilters"));
    let filters = call.given("TagFilters").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found: Vec<Tagged> = all
        .into_iter()
        // It knows what has or had a tag.
        .filter(|(_, tags)| !tags.is_empty())
        .filter(|(arn, _)| arns.is_empty() || arns.contains(arn))
        .filter(|(arn, _)| types.is_empty() || types.iter().any(|wanted| is_of(arn, wanted)))
        .filter(|(_, tags)| filters.iter().all(|filter| matches(tags, filter)))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));

    let number = |value: Option<&Value>| value.and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    let size = number(call.given("ResourcesPerPage")).unwrap_or(100).clamp(1, 100);
    let from = call.text("PaginationToken").parse::<usize>().unwrap_or(0).min(found.len());
    let to = (from + size).min(found.len());
    let page: Vec<Value> = found[from..to]
        .iter()
        .map(|(arn, tags)| {
            let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            json!({"ResourceARN": arn, "Tags": tags})
        })
        .collect();
    let token = if to < found.len() { to.to_string() } else { String::new() };
    call.succeed(&json!({"PaginationToken": token, "ResourceTagMappingList": page}))
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect()
}

/// `glue` or `glue:job`.
fn is_of(arn: &str, wanted: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let resource = parts.nth(2).unwrap_or_default();
    let kind = resource.split([':', '/']).next().unwrap_or_default();
    wanted == service || wanted == format!("{service}:{kind}")
}

/// A key, with one of the values if any are given.
fn matches(tags: &Map<String, Value>, filter: &Value) -> bool {
    let values = strings(filter.get("Values"));
    let value = filter["Key"].as_str().and_then(|key| tags.get(key)).and_then(Value::as_str);
    value.is_some_and(|value| values.is_empty() || values.iter().any(|wanted| wanted == value))
}

/// Functions, jobs, machines and log groups of the region, and in us-east-1 IAM's policies. Roles are not known to the tagging API.
async fn everything(aws: &Aws) -> Result<Vec<Tagged>, Refusal> {
    let (region, account) = (aws.region(), aws.account());
    let functions =
        all_pages(aws, &Service::Lambda, "ListFunctions", json!({}), "Functions", ["NextMarker", "Marker"]).await?;
    let jobs = all_pages(aws, &Service::Glue, "GetJobs", json!({}), "Jobs", ["NextToken"; 2]).await?;
    let machines =
        all_pages(aws, &Service::States, "ListStateMachines", json!({}), "stateMachines", ["nextToken"; 2]).await?;
    let groups = all_pages(aws, &Service::Logs, "DescribeLogGroups", json!({}), "logGroups", ["nextToken"; 2]).await?;
    let names = |items: &[Value], field: &str| -> Vec<String> {
        items.iter().filter_map(|item| Some(item[field].as_str()?.to_owned())).collect()
    };
    let functions = names(&functions, "FunctionArn").into_iter().map(|arn| async move {
        let tags = aws.lambda("ListTags", json!({"Resource": arn})).await.unwrap_or_default();
        (arn, object(&tags["Tags"]))
    });
    let jobs = names(&jobs, "Name").into_iter().map(|job| async move {
        let arn = format!("arn:aws:glue:{region}:{account}:job/{job}");
        let tags = aws.glue("GetTags", json!({"ResourceArn": arn})).await.unwrap_or_default();
        (arn, object(&tags["Tags"]))
    });
    let machines = names(&machines, "stateMachineArn").into_iter().map(|arn| async move {
        let tags = aws.states("ListTagsForResource", json!({"resourceArn": arn})).await.unwrap_or_default();
        (arn, pairs(&tags["tags"], "key", "value"))
    });
    let groups = names(&groups, "logGroupName").into_iter().map(|group| async move {
        let arn = format!("arn:aws:logs:{region}:{account}:log-group:{group}");
        let tags = aws.logs("ListTagsForResource", json!({"resourceArn": arn})).await.unwrap_or_default();
        (arn, object(&tags["tags"]))
    });
    let mut all = join_all(functions).await;
    all.extend(join_all(jobs).await);
    all.extend(join_all(machines).await);
    all.extend(join_all(groups).await);
    if region == "us-east-1" {
        let local = json!({"Scope": "Local"});
        let policies = all_pages(aws, &Service::Iam, "ListPolicies", local, "Policies", ["Marker"; 2]).await?;
        let policies = names(&policies, "Arn").into_iter().map(|arn| async move {
            let tags = aws.iam("ListPolicyTags", json!({"PolicyArn": arn})).await.unwrap_or_default();
            (arn, pairs(&tags["Tags"], "Key", "Value"))
        });
        all.extend(join_all(policies).await);
    }
    Ok(all)
}

/// The items of all pages; `tokens` are the answer's field and the next question's.
async fn all_pages(
    aws: &Aws,
    service: &Service,
    operation: &str,
    mut parameters: Value,
    list: &str,
    tokens: [&str; 2],
) -> Result<Vec<Value>, Refusal> {
    let mut all = Vec::new();
    loop {
        let mut answer = aws.call(service, operation, parameters.clone()).await?;
        if let Value::Array(items) = answer[list].take() {
            all.extend(items);
        }
        match answer[tokens[0]].take() {
            Value::String(token) if !token.is_empty() => parameters[tokens[1]] = token.into(),
            _ => return Ok(all),
        }
    }
}

fn object(tags: &Value) -> Map<String, Value> {
    tags.as_object().cloned().unwrap_or_default()
}

fn pairs(tags: &Value, key: &str, value: &str) -> Map<String, Value> {
    let tags = tags.as_array().into_iter().flatten();
    tags.filter_map(|tag| Some((tag[key].as_str()?.to_owned(), tag[value].clone()))).collect()
}

pub(super) static PROBES: &[(&str, Probe)] = &[("tagging.incomplete", future!(incomplete))];

async fn incomplete(aws: Aws) -> Verdict {
    let (region, account) = (aws.region(), aws.account());
    let tag = json!([{"Key": "stack", "Value": "one"}]);
    let role = aws.make_role("MachineRole", "states.amazonaws.com").await?;
    let job_role = aws.make_role("JobRole", "glue.amazonaws.com").await?;
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}).to_string();
    let document =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]});
    aws.iam("CreatePolicy", json!({"PolicyName": "policy", "PolicyDocument": document.to_string(), "Tags": tag}))
        .await?;
    let machine = json!({"name": "machine", "roleArn": role, "definition": definition, "tags": [{"key": "stack", "value": "one"}]});
    aws.states("CreateStateMachine", machine).await?;
    let job = json!({"Name": "job", "Role": job_role, "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/k"}, "Tags": {"stack": "one"}});
    aws.glue("CreateJob", job.clone()).await?;
    aws.logs("CreateLogGroup", json!({"logGroupName": "/group", "tags": {"stack": "one"}})).await?;
    aws.logs("CreateLogGroup", json!({"logGroupName": "/other", "tags": {"stack": "two"}})).await?;

    let ask = async |parameters: Value| -> Result<Vec<String>, Refusal> {
        let answer = aws.tagging("GetResources", parameters).await?;
        let mut arns: Vec<String> = answer["ResourceTagMappingList"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one["ResourceARN"].as_str()?.to_owned()))
            .collect();
        arns.sort();
        Ok(arns)
    };
    let filter = json!([{"Key": "stack", "Values": ["one"]}]);
    let expect = [
        format!("arn:aws:glue:{region}:{account}:job/job"),
        format!("arn:aws:iam::{account}:policy/policy"),
        format!("arn:aws:logs:{region}:{account}:log-group:/group"),
        format!("arn:aws:states:{region}:{account}:stateMachine:machine"),
    ];
    same(ask(json!({"TagFilters": filter})).await?, expect.to_vec())?;
    let types = json!(["glue:job", "states"]);
    let some = vec![expect[0].clone(), expect[3].clone()];
    same(ask(json!({"TagFilters": filter, "ResourceTypeFilters": types})).await?, some)?;
    let page = aws.tagging("GetResources", json!({"TagFilters": filter, "ResourcesPerPage": 3})).await?;
    same(page["ResourceTagMappingList"].as_array().map(Vec::len), Some(3))?;
    let rest =
        ask(json!({"TagFilters": filter, "ResourcesPerPage": 3, "PaginationToken": page["PaginationToken"]})).await?;
    same(rest.len(), 1)?;
    aws.glue("DeleteJob", json!({"JobName": "job"})).await?;
    same(ask(json!({"TagFilters": filter})).await?, expect[1..].to_vec())
}
