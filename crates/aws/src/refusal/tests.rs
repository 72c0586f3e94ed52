use RefusalKind::{
    Busy, Credentials, Denied, Exists, Invalid, Limit, Malformed, NotFound, Other, Propagating, Stale, Throttled,
    Unreachable,
};
use aws_smithy_runtime_api::{client::result::ConnectorError, http::StatusCode};
use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};
use statewright_planner::Unseen;

use super::*;

fn check(call: &str, code: &str, message: &str, status: u16, expect: RefusalKind) {
    assert_eq!(classify(call, code, message, status), expect, "{call}: {code}: {message} ({status})");
}

#[test]
fn a_fresh_role_is_waited_for_in_every_wording() {
    let role = "arn:aws:iam::123456789012:role/R";
    for call in ["states:CreateStateMachine", "states:UpdateStateMachine"] {
        for (message, unseen) in [
            (
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the \
                 provided role.",
                Unseen::Trust,
            ),
            ("The state machine IAM Role is not authorized to access the Log Destination", Unseen::Rights),
            ("'arn:aws:iam::123456789012:role/R' is not authorized to create managed-rule.", Unseen::Rights),
        ] {
            check(call, "AccessDeniedException", message, 400, Propagating(unseen));
        }
    }
    for (message, unseen) in [
        ("The role defined for the function cannot be assumed by Lambda.", Unseen::Trust),
        ("The provided execution role does not have permissions to call CreateNetworkInterface on EC2", Unseen::Rights),
        ("The provided execution role does not have permissions to call SendMessage on SQS", Unseen::Rights),
        (
            "Lambda was unable to configure access to your environment variables because the KMS key is invalid for \
             CreateGrant. Please check your KMS key settings.",
            Unseen::Key,
        ),
    ] {
        check("lambda:CreateFunction", "InvalidParameterValueException", message, 400, Propagating(unseen));
        check(
            "lambda:UpdateFunctionConfiguration",
            "InvalidParameterValueException",
            message,
            400,
            Propagating(unseen),
        );
    }
    for message in [
        format!("Service is unable to assume provided role. Please verify role's TrustPolicy: {role}"),
        format!("Role {role} should be given assume role permissions for Glue Service."),
        format!("Service is unable to assume the role {role}. Please verify role's TrustPolicy"),
        format!("Service is unable to assume role {role}. Please verify role's TrustPolicy"),
        "The security token included in the request is invalid".to_owned(),
    ] {
        check("glue:CreateJob", "InvalidInputException", &message, 400, Propagating(Unseen::Trust));
        check("glue:UpdateJob", "InvalidInputException", &message, 400, Propagating(Unseen::Trust));
    }
    let sts = format!(
        "You need to enable AWS Security Token Service for this region. Service is unable to assume the role {role} to access \
         null. Please verify the role's TrustPolicy."
    );
    check("glue:CreateJob", "AccessDeniedException", &sts, 400, Propagating(Unseen::Trust));
    let principal = "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/new\"";
    check("iam:CreateRole", "MalformedPolicyDocument", principal, 400, Propagating(Unseen::Principal));
    check("iam:UpdateAssumeRolePolicy", "MalformedPolicyDocument", principal, 400, Propagating(Unseen::Principal));
    let missing = "Policy arn:aws:iam::123456789012:policy/P does not exist or is not attachable.";
    check("iam:AttachRolePolicy", "NoSuchEntity", missing, 404, Propagating(Unseen::Entity));
    let role = "The role with name R cannot be found.";
    check("iam:PutRolePolicy", "NoSuchEntity", role, 404, Propagating(Unseen::Entity));
    check("iam:CreateRole", "NoSuchEntity", "Scope ARN: … does not exist", 404, Propagating(Unseen::Entity));
    let ec2 = "Your request has been throttled by EC2, please make sure you have enough API rate limit. EC2 Error Code: \
               RequestLimitExceeded.";
    check("lambda:CreateFunction", "InvalidParameterValueException", ec2, 400, Throttled);
}

#[test]
fn what_time_does_not_heal_is_told_at_once() {
    let pass = "User: arn:aws:iam::123456789012:user/u is not authorized to perform: iam:PassRole on resource: \
                arn:aws:iam::123456789012:role/R because no identity-based policy allows the iam:PassRole action";
    let create = "User: arn:aws:iam::123456789012:user/u is not authorized to perform: states:CreateStateMachine on resource: \
                  arn:aws:states:us-east-1:123456789012:stateMachine:m because no identity-based policy allows it";
    check("states:CreateStateMachine", "AccessDeniedException", pass, 400, Denied);
    check("states:CreateStateMachine", "AccessDeniedException", create, 400, Denied);
    check("lambda:CreateFunction", "AccessDeniedException", pass, 403, Denied);
    check("glue:CreateJob", "AccessDeniedException", pass, 400, Denied);
    check("iam:GetRole", "NoSuchEntity", "The role with name R cannot be found.", 404, NotFound);
    check("iam:DetachRolePolicy", "NoSuchEntity", "Policy was not found.", 404, NotFound);
    check("iam:CreateRole", "MalformedPolicyDocument", "Syntax errors in policy.", 400, Invalid);
    check(
        "glue:GetJob",
        "UnrecognizedClientException",
        "The security token included in the request is invalid",
        400,
        Credentials,
    );
}

#[test]
fn codes_and_statuses_have_their_kinds() {
    check("iam:CreateRole", "EntityAlreadyExists", "Role with name R already exists.", 409, Exists);
    check("lambda:CreateFunction", "ResourceConflictException", "Function already exist: f", 409, Exists);
    check(
        "lambda:UpdateFunctionCode",
        "ResourceConflictException",
        "The operation cannot be performed at this time. An update is in progress for resource: arn:…",
        409,
        Busy,
    );
    check(
        "lambda:UpdateFunctionCode",
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id.",
        412,
        Stale,
    );
    check(
        "s3:PutObject",
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        412,
        Exists,
    );
    check("states:CreateStateMachine", "StateMachineDeleting", "State Machine Deleting: 'arn:…'", 400, Busy);
    check(
        "states:CreateStateMachine",
        "StateMachineAlreadyExists",
        "State Machine Already Exists: 'arn:…'",
        400,
        Exists,
    );
    check(
        "states:DescribeStateMachine",
        "StateMachineDoesNotExist",
        "State Machine Does Not Exist: 'arn:…'",
        400,
        NotFound,
    );
    check(
        "states:CreateStateMachine",
        "InvalidDefinition",
        "Invalid State Machine Definition: 'MISSING_START_AT'",
        400,
        Invalid,
    );
    check("glue:GetJob", "EntityNotFoundException", "Job j not found.", 400, NotFound);
    check(
        "glue:CreateJob",
        "IdempotentParameterMismatchException",
        "Job already submitted with different configuration",
        400,
        Exists,
    );
    check(
        "logs:CreateLogGroup",
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
        400,
        Exists,
    );
    check(
        "logs:CreateLogGroup",
        "OperationAbortedException",
        "A conflicting operation is currently in progress",
        400,
        Busy,
    );
    check("iam:CreatePolicy", "LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409, Limit);
    check("iam:GetRole", "Throttling", "Rate exceeded", 400, Throttled);
    check("lambda:GetFunction", "TooManyRequestsException", "Rate Exceeded.", 429, Throttled);
    check("iam:GetRole", "ExpiredToken", "The security token included in the request is expired", 403, Credentials);
    check(
        "sts:GetCallerIdentity",
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
        Credentials,
    );
    check("iam:DeletePolicy", "DeleteConflict", "Cannot delete a policy attached to entities.", 409, Busy);
    check("s3:HeadObject", "", "HTTP 404, without a word", 404, NotFound);
    check("s3:HeadObject", "", "HTTP 403, without a word", 403, Denied);
    check("glue:UpdateJob", "", "HTTP 500, an HTML page instead of an answer of AWS", 500, Unreachable);
    check("logs:CreateLogGroup", "ServiceUnavailableException", "…", 500, Unreachable);
    check("iam:GetRole", "", "not XML", 200, Malformed);
    check("iam:GetRole", "Teapot", "I am", 418, Other);
}

#[derive(Debug)]
struct Answered(ErrorMetadata);

impl std::fmt::Display for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("answered")
    }
}

impl Error for Answered {}

impl ProvideErrorMetadata for Answered {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn response(status: u16, body: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-requestid", "r-1");
    response
}

#[test]
fn an_answer_keeps_code_message_and_request() {
    let meta = ErrorMetadata::builder().code("NoSuchEntity").message("The role\nwith name R cannot be found.").build();
    let refusal = from_sdk("iam:GetRole", None, &SdkError::service_error(Answered(meta), response(404, "<xml/>")));
    assert_eq!(refusal.to_string(), "iam:GetRole: NoSuchEntity: The role with name R cannot be found.");
    assert_eq!((refusal.kind, refusal.request_id.as_deref()), (NotFound, Some("r-1")));
}

#[test]
fn a_page_in_html_is_not_repeated() {
    let page = "<!doctype html>\n<html lang=en><title>500 Internal Server Error</title><p>Traceback …";
    let error = SdkError::<Answered, _>::response_error("cannot parse", response(500, page));
    let refusal = from_sdk("glue:UpdateJob", Some("http://127.0.0.1:4566"), &error);
    assert_eq!(refusal.to_string(), "glue:UpdateJob: HTTP 500, an HTML page instead of an answer of AWS");
    assert_eq!(refusal.kind, Unreachable);
}

#[test]
fn no_connection_names_the_endpoint() {
    let refused = || ConnectorError::io(std::io::Error::from_raw_os_error(111).into());
    let text =
        |endpoint, error| from_sdk("iam:GetRole", endpoint, &SdkError::<Answered, _>::dispatch_failure(error)).message;
    assert_eq!(text(Some("http://127.0.0.1:9"), refused()), "http://127.0.0.1:9 cannot be reached: Connection refused");
    assert_eq!(text(None, refused()), "AWS's endpoint of IAM cannot be reached: Connection refused");
    assert_eq!(text(None, ConnectorError::timeout("connect".into())), "AWS's endpoint of IAM gave no answer in time");
}

#[test]
fn missing_credentials_say_what_to_do() {
    let error = ConnectorError::other(CredentialsError::not_loaded_no_source().into(), None);
    let refusal = from_sdk("sts:GetCallerIdentity", None, &SdkError::<Answered, _>::dispatch_failure(error));
    assert_eq!(refusal.kind, Credentials);
    assert!(refusal.message.starts_with("no credentials were found: sign in with"), "{}", refusal.message);
}

#[test]
fn credentials_from_a_service_out_of_reach_are_not_missing() {
    let refused = ConnectorError::io(std::io::Error::from_raw_os_error(111).into());
    let assume = SdkError::<Answered, HttpResponse>::dispatch_failure(refused);
    let error = ConnectorError::other(CredentialsError::provider_error(assume).into(), None);
    let refusal = from_sdk("sts:GetCallerIdentity", None, &SdkError::<Answered, _>::dispatch_failure(error));
    assert_eq!(refusal.kind, Unreachable);
    assert_eq!(refusal.message, "the source of the credentials cannot be reached: Connection refused");
}

#[test]
fn who_was_refused_is_named_where_aws_does_not() {
    let caller = Arn::parse("arn:aws:iam::123456789012:user/deployer").unwrap();
    let check = |kind: RefusalKind, message: &str, expect: &str| {
        assert_eq!(of_caller(own(kind, "s3:HeadObject", message), &caller).to_string(), expect);
    };
    let named = "s3:HeadObject: HTTP 403, without a word (the caller is arn:aws:iam::123456789012:user/deployer)";
    check(Denied, "HTTP 403, without a word", named);
    check(NotFound, "not there", "s3:HeadObject: not there");
    let full =
        "User: arn:aws:sts::123456789012:assumed-role/D/s is not authorized to perform: iam:GetRole on resource: R";
    check(Denied, full, &format!("s3:HeadObject: {full}"));
}
