use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::{Credential, Effect, LAMBDA_ROUTES, Service, decode};

fn check(method: &str, target: &str, headers: &[(&'static str, &str)], body: &str, expect: &str, parameters: &Value) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_str(value).unwrap());
    }
    let operation =
        decode(&Method::from_bytes(method.as_bytes()).unwrap(), target, &map, &Bytes::from(body.to_owned()));
    assert_eq!(operation.to_string(), expect);
    assert_eq!(operation.parameters, *parameters, "{expect}");
}

fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )
}

#[test]
fn the_query_protocol() {
    let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    check(
        "POST",
        "/",
        &[form, ("authorization", &signed("iam"))],
        "Action=CreateRole&Version=2010-05-08&RoleName=a%2Bb&Description=two+words&Tags.member.1.Key=k&Tags.member.1.Value=",
        "iam:CreateRole",
        &json!({"RoleName": "a+b", "Description": "two words", "Tags.member.1.Key": "k", "Tags.member.1.Value": ""}),
    );
    check("POST", "/", &[form], "Action=GetCallerIdentity&Version=2011-06-15", "sts:GetCallerIdentity", &json!({}));
}

#[test]
fn json_by_its_target() {
    for (target, expect) in [
        ("AWSStepFunctions.CreateStateMachine", "states:CreateStateMachine"),
        ("AWSGlue.GetJob", "glue:GetJob"),
        ("Logs_20140328.DescribeLogGroups", "logs:DescribeLogGroups"),
        ("ResourceGroupsTaggingAPI_20170126.GetResources", "tagging:GetResources"),
        ("TrentService.DescribeKey", "kms:DescribeKey"),
    ] {
        let authorization = signed("kms");
        let headers = [("x-amz-target", target), ("authorization", authorization.as_str())];
        check("POST", "/", &headers, r#"{"a": 1}"#, expect, &json!({"a": 1}));
    }
}

#[test]
fn lambda_by_its_path() {
    let authorization = signed("lambda");
    let check = |method: &str, target: &str, body: &str, expect: &str, parameters: &Value| {
        check(method, target, &[("authorization", authorization.as_str())], body, expect, parameters);
    };
    check(
        "POST",
        "/2015-03-31/functions",
        r#"{"FunctionName":"f"}"#,
        "lambda:CreateFunction",
        &json!({"FunctionName": "f"}),
    );
    check("GET", "/2015-03-31/functions/?MaxItems=5", "", "lambda:ListFunctions", &json!({"MaxItems": "5"}));
    check(
        "PUT",
        "/2015-03-31/functions/f/code",
        r#"{"DryRun":true}"#,
        "lambda:UpdateFunctionCode",
        &json!({"FunctionName": "f", "DryRun": true}),
    );
    check(
        "DELETE",
        "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af?tagKeys=a%3Ab&tagKeys=c",
        "",
        "lambda:UntagResource",
        &json!({"Resource": "arn:aws:lambda:us-east-1:1:function:f", "TagKeys": ["a:b", "c"]}),
    );
    check(
        "GET",
        "/2018-10-31/layers?find=LayerVersion&Arn=arn%3Al%3A1",
        "",
        "lambda:GetLayerVersionByArn",
        &json!({"find": "LayerVersion", "Arn": "arn:l:1"}),
    );
    check("GET", "/2018-10-31/layers", "", "lambda:ListLayers", &json!({}));
    check("GET", "/2099-01-01/other", "", "lambda:GET /2099-01-01/other", &Value::Null);
}

#[test]
fn every_route_of_lambda_decodes_to_itself() {
    for route in LAMBDA_ROUTES {
        let query: Vec<String> = route.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let path = route.path.replace(['{', '}'], "");
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&signed("lambda")).unwrap());
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let operation = decode(&method, &format!("{path}?{}", query.join("&")), &headers, &Bytes::new());
        assert_eq!(operation.name, route.operation);
    }
}

#[test]
fn s3_by_method_path_and_query() {
    let authorization = signed("s3");
    let check = |method: &str, target: &str, headers: &[(&'static str, &str)], expect: &str, parameters: &Value| {
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend(headers);
        check(method, target, &all, "", expect, parameters);
    };
    check(
        "PUT",
        "/b/a%20b/%C3%BC%2Bc.py?x-id=PutObject",
        &[("x-amz-tagging", "k=v"), ("if-none-match", "*"), ("x-amz-meta-sha256", "00")],
        "s3:PutObject",
        &json!({"Bucket": "b", "Key": "a b/ü+c.py", "Tagging": "k=v", "IfNoneMatch": "*", "Metadata": {"sha256": "00"}}),
    );
    check("HEAD", "/b/k", &[], "s3:HeadObject", &json!({"Bucket": "b", "Key": "k"}));
    check("HEAD", "/b", &[], "s3:HeadBucket", &json!({"Bucket": "b"}));
    check("PUT", "/b", &[], "s3:CreateBucket", &json!({"Bucket": "b"}));
    check("GET", "/b?list-type=2&prefix=x", &[], "s3:ListObjectsV2", &json!({"Bucket": "b"}));
    check("GET", "/b/k?tagging", &[], "s3:GetObjectTagging", &json!({"Bucket": "b", "Key": "k"}));
    check("DELETE", "/b/k", &[], "s3:DeleteObject", &json!({"Bucket": "b", "Key": "k"}));
    check("POST", "/b?delete", &[], "s3:DeleteObjects", &json!({"Bucket": "b"}));
}

#[test]
fn what_writes_and_what_reads() {
    for (name, expect) in [
        ("GetRole", Effect::Read),
        ("ListTags", Effect::Read),
        ("DescribeStateMachine", Effect::Read),
        ("HeadObject", Effect::Read),
        ("BatchGetJobs", Effect::Read),
        ("ValidateStateMachineDefinition", Effect::Read),
        ("AssumeRole", Effect::Read),
        ("CreateRole", Effect::Write),
        ("TagResource", Effect::Write),
        ("StartExecution", Effect::Write),
        ("Invoke", Effect::Write),
        ("BatchDeleteTable", Effect::Write),
    ] {
        let operation = super::Operation { service: Service::Iam, name: name.to_owned(), parameters: Value::Null };
        assert_eq!(operation.effect(), expect, "{name}");
    }
}

#[test]
fn the_credential_names_account_region_and_service() {
    let mut headers = HeaderMap::new();
    assert_eq!(Credential::of(&headers), None);
    headers.insert("authorization", HeaderValue::from_str(&signed("glue")).unwrap());
    let expect =
        Credential { access_key: "111122223333".into(), region: "eu-west-1".into(), signing_name: "glue".into() };
    assert_eq!(Credential::of(&headers), Some(expect));
}
