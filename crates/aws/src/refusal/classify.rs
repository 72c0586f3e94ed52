//! Code, message, status → kind. Pure, so that a table of real wordings tests it.

use statewright_planner::RefusalKind;

/// Wordings of "the role, or what hangs on it, is not seen yet", each with the calls that answer so. AWS answers the same for
/// a role that will never do, so the wait is bounded.
///
/// Sources: the issue trackers of the peers, as collected in `aws-behaviour.md` (terraform-provider-aws#7893, #14008, #44517,
/// #47447; aws-cdk#26432; nasa/cumulus#2693).
const PROPAGATION: &[(&str, &str)] = &[
    // Step Functions; the code is `AccessDeniedException`, which its model does not know.
    ("states:", "neither the global service principal"),
    ("states:", "is not authorized to assume the provided role"),
    ("states:", "not authorized to access the log destination"),
    ("states:", "not authorized to create managed-rule"),
    ("states:", "is not authorized to use the kms key"),
    // Lambda: `InvalidParameterValueException`.
    ("lambda:", "cannot be assumed by lambda"),
    ("lambda:", "the provided execution role does not have permissions"),
    ("lambda:", "kms key is invalid for creategrant"),
    // Glue: `InvalidInputException`.
    ("glue:", "unable to assume provided role"),
    ("glue:", "unable to assume the role"),
    ("glue:", "unable to assume role"),
    ("glue:", "should be given assume role permissions"),
    ("glue:", "security token included in the request is invalid"),
    // IAM: `MalformedPolicyDocument`.
    ("iam:", "invalid principal in policy"),
];

/// What sort of no it is. `call` is `service:Operation`; `code` may be empty; `status` is HTTP's.
pub(crate) fn classify(call: &str, code: &str, message: &str, status: u16) -> RefusalKind {
    let words = message.to_lowercase();
    // The caller's own lack is never a matter of time, even where the sentence goes on about the role.
    let callers_lack = words.contains("is not authorized to perform: iam:passrole");
    if !callers_lack && is_propagation(call, code, &words) {
        return RefusalKind::Propagating;
    }
    by_code(call, code, &words).unwrap_or_else(|| by_status(status))
}

fn is_propagation(call: &str, code: &str, words: &str) -> bool {
    // The same words under another code are about the caller's own credentials.
    let credentials = matches!(code, "UnrecognizedClientException" | "InvalidClientTokenId" | "ExpiredTokenException");
    let by_words = PROPAGATION.iter().any(|(service, wording)| call.starts_with(service) && words.contains(wording));
    (by_words && !credentials) || (is_missing(code) && adds_to_iam(call))
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
