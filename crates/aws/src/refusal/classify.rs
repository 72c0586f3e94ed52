//! Code, message, status → kind. Pure, so that a table of real wordings tests it.

use statewright_planner::{RefusalKind, Unseen};

/// Wordings of "this is not seen yet", with the calls that answer so and what is not seen. AWS answers the same for what will
/// never do, so whoever waits asks IAM ([`statewright_planner::Reliance`]).
///
/// Sources: the issue trackers named in each line; "service authorization" is what the services' own guides say that they
/// look for when the call is made.
const PROPAGATION: &[(&str, &str, Unseen)] = &[
    // Step Functions; the code is `AccessDeniedException`, which its model does not know (terraform-provider-aws#7893,
    // awsdocs/aws-step-functions-developer-guide#23, lumigo-io/lumigo-CLI#83: a regional principal of another region).
    ("states:", "neither the global service principal", Unseen::Trust),
    ("states:", "is not authorized to assume the provided role", Unseen::Trust),
    ("states:", "authorized to assume the provided role", Unseen::Trust),
    // aws-cdk#26432, aws-cdk#33332, copilot-cli#4338.
    ("states:", "not authorized to access the log destination", Unseen::Rights),
    // nasa/cumulus#2693, terraform-aws-modules/terraform-aws-step-functions#41.
    ("states:", "not authorized to create managed-rule", Unseen::Rights),
    ("states:", "is not authorized to use the kms key", Unseen::Key),
    // Lambda: `InvalidParameterValueException` (terraform-provider-aws#14008, pdomala/LambdaCDDemo#1).
    ("lambda:", "cannot be assumed by lambda", Unseen::Trust),
    // … CreateNetworkInterface on EC2, SendMessage on SQS, Publish on SNS: a VPC, a dead-letter target.
    ("lambda:", "the provided execution role does not have permission", Unseen::Rights),
    ("lambda:", "the execution role you provided does not have permission", Unseen::Rights),
    // terraform-provider-aws#44517: also where the role was deleted and made anew.
    ("lambda:", "kms key is invalid for creategrant", Unseen::Key),
    // Glue: `InvalidInputException`, and `AccessDeniedException` with a sentence on STS before it
    // (terraform-provider-aws#30371, ansible-collections/community.aws#546).
    ("glue:", "unable to assume provided role", Unseen::Trust),
    ("glue:", "unable to assume the role", Unseen::Trust),
    ("glue:", "unable to assume role", Unseen::Trust),
    ("glue:", "should be given assume role permissions", Unseen::Trust),
    // Glue assumed the fresh role, and its session is not known everywhere.
    ("glue:", "security token included in the request is invalid", Unseen::Trust),
    // IAM: `MalformedPolicyDocument`, for a role that was just made and for one that is misspelt.
    ("iam:", "invalid principal in policy", Unseen::Principal),
];

/// What sort of no it is. `call` is `service:Operation`; `code` may be empty; `status` is HTTP's.
pub(crate) fn classify(call: &str, code: &str, message: &str, status: u16) -> RefusalKind {
    let words = message.to_lowercase();
    // The caller's own lack is never a matter of time, even where the sentence goes on about the role.
    let callers_lack = words.contains("is not authorized to perform: iam:passrole");
    if let Some(unseen) = unseen(call, code, &words).filter(|_| !callers_lack) {
        return RefusalKind::Propagating(unseen);
    }
    by_code(call, code, &words).unwrap_or_else(|| by_status(status))
}

fn unseen(call: &str, code: &str, words: &str) -> Option<Unseen> {
    if is_missing(code) && adds_to_iam(call) {
        return Some(Unseen::Entity);
    }
    // The same words under another code are about the caller's own credentials.
    if matches!(code, "UnrecognizedClientException" | "InvalidClientTokenId" | "ExpiredTokenException") {
        return None;
    }
    PROPAGATION
        .iter()
        .find(|(service, wording, _)| call.starts_with(service) && words.contains(wording))
        .map(|(_, _, unseen)| *unseen)
}

/// Calls that add to a role or policy. The plan has seen it, or has made it just before: where IAM does not know it, it does
/// not know it yet.
fn adds_to_iam(call: &str) -> bool {
    matches!(
        call,
        "iam:AttachRolePolicy"
            | "iam:PutRolePolicy"
            | "iam:PutRolePermissionsBoundary"
            | "iam:CreatePolicyVersion"
            | "iam:UpdateAssumeRolePolicy"
            | "iam:UpdateRole"
            | "iam:CreateRole"
            | "iam:TagRole"
            | "iam:TagPolicy"
    )
}

fn is_missing(code: &str) -> bool {
    matches!(code, "NoSuchEntity" | "NoSuchEntityException")
}

fn by_code(call: &str, code: &str, words: &str) -> Option<RefusalKind> {
    let kind = match code {
        "" => return None,
        "AccessDenied"
        | "AccessDeniedException"
        | "AllAccessDisabled"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "Forbidden"
        | "ForbiddenException"
        | "KMSAccessDeniedException"
        | "KmsAccessDeniedException"
        | "NotAuthorizedException"
        | "OptInRequired"
        | "SubscriptionRequiredException"
        | "UnauthorizedOperation" => RefusalKind::Denied,

        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidIdentityToken"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "NotSignedUp"
        | "RequestExpired"
        | "SignatureDoesNotMatch"
        | "TokenRefreshRequired"
        | "UnrecognizedClientException" => RefusalKind::Credentials,

        "BandwidthLimitExceeded"
        | "EC2ThrottledException"
        | "KMSThrottlingException"
        | "KmsThrottlingException"
        | "PriorRequestNotComplete"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "ThrottledException"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException" => RefusalKind::Throttled,

        "EntityNotFoundException"
        | "ExecutionDoesNotExist"
        | "NoSuchBucket"
        | "NoSuchEntity"
        | "NoSuchEntityException"
        | "NoSuchKey"
        | "NoSuchTagSet"
        | "NoSuchVersion"
        | "NotFound"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "StateMachineDoesNotExist" => RefusalKind::NotFound,

        // Lambda says both with one code: `Function already exist: NAME`, and `The operation cannot be performed at this time`.
        "ResourceConflictException" if words.contains("already exist") => RefusalKind::Exists,
        // S3's answer to `If-None-Match: *`.
        "PreconditionFailed" if call == "s3:PutObject" => RefusalKind::Exists,
        "AlreadyExistsException"
        | "EntityAlreadyExists"
        | "EntityAlreadyExistsException"
        | "ExecutionAlreadyExists"
        | "IdempotentParameterMismatchException"
        | "ResourceAlreadyExistsException"
        | "StateMachineAlreadyExists" => RefusalKind::Exists,

        "ConcurrentModification"
        | "ConcurrentModificationException"
        | "ConcurrentRunsExceededException"
        | "ConditionalRequestConflict"
        | "ConflictException"
        | "DeleteConflict"
        | "DeleteConflictException"
        | "EntityTemporarilyUnmodifiable"
        | "EntityTemporarilyUnmodifiableException"
        | "OperationAborted"
        | "OperationAbortedException"
        | "ResourceConflictException"
        | "ResourceInUseException"
        | "ResourceNotReadyException"
        | "StateMachineDeleting" => RefusalKind::Busy,

        "PreconditionFailed" | "PreconditionFailedException" => RefusalKind::Stale,

        "CodeStorageExceededException"
        | "ExecutionLimitExceeded"
        | "LimitExceeded"
        | "LimitExceededException"
        | "RequestEntityTooLarge"
        | "RequestEntityTooLargeException"
        | "RequestTooLargeException"
        | "ResourceNumberLimitExceededException"
        | "ServiceQuotaExceededException"
        | "StateMachineLimitExceeded"
        | "TooManyTags"
        | "TooManyTagsException" => RefusalKind::Limit,

        "InternalError"
        | "InternalFailure"
        | "InternalServerException"
        | "InternalServiceException"
        | "OperationTimeoutException"
        | "RequestTimeout"
        | "ServiceException"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => RefusalKind::Unreachable,

        "InvalidParameterValueException" if words.contains("currently in the following state") => RefusalKind::Busy,
        // Network interfaces of a function in a VPC: "Your request has been throttled by EC2" (rubyonjets/jets, its page
        // on staggered deploys).
        "InvalidParameterValueException" if words.contains("throttled by ec2") => RefusalKind::Throttled,
        "MalformedPolicyDocument"
        | "MalformedPolicyDocumentException"
        | "MissingRequiredParameter"
        | "PolicyNotAttachable"
        | "PolicyNotAttachableException"
        | "StateMachineTypeNotSupported"
        | "UnmodifiableEntity"
        | "UnmodifiableEntityException"
        | "ValidationError"
        | "ValidationException" => RefusalKind::Invalid,
        code if code.starts_with("Invalid") => RefusalKind::Invalid,
        _ => return None,
    };
    Some(kind)
}

fn by_status(status: u16) -> RefusalKind {
    match status {
        200..300 => RefusalKind::Malformed,
        400 => RefusalKind::Invalid,
        401 => RefusalKind::Credentials,
        403 => RefusalKind::Denied,
        404 => RefusalKind::NotFound,
        409 => RefusalKind::Busy,
        412 => RefusalKind::Stale,
        429 => RefusalKind::Throttled,
        500.. => RefusalKind::Unreachable,
        _ => RefusalKind::Other,
    }
}
