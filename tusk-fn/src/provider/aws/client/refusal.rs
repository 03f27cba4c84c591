//! What AWS's codes mean.

use http::StatusCode;

use crate::provider::client::error::{Class, Fault, Refusal};

/// What an answer, or an entry of one, says.
pub(super) fn refused(code: &str, status: Option<StatusCode>, message: Option<&str>) -> Fault {
    let class = class(code, status);
    let is_elsewhere = is_permission(code) || is_identity(code) || is_missing(code);
    let is_of_contents =
        class == Class::Lasting && status.is_some_and(|status| status.is_client_error()) && !is_elsewhere;
    Refusal::new(code, status, class)
        .with_permission(message.filter(|_| is_permission(code)))
        .of_contents(is_of_contents)
        .into()
}

fn class(code: &str, status: Option<StatusCode>) -> Class {
    // As AWS's SDKs have them, and those of keys that encrypt queues and topics.
    const THROTTLING: [&str; 16] = [
        "BandwidthLimitExceeded",
        "KMSThrottling",
        "KmsThrottled",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ];
    const PASSING: [&str; 8] = [
        "InternalError",
        "InternalException",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
    ];
    if THROTTLING.contains(&code) || status == Some(StatusCode::TOO_MANY_REQUESTS) {
        Class::Throttled
    } else if PASSING.contains(&code) || status.is_some_and(|status| status.is_server_error()) {
        Class::Passing
    } else {
        Class::Lasting
    }
}

/// Whether it is a matter of who may do what: with a resource, or with the key that encrypts it
/// (`KMS.AccessDeniedException`, `KmsAccessDenied`, `KMSAccessDenied`).
fn is_permission(code: &str) -> bool {
    code.contains("AccessDenied") || matches!(code, "AuthorizationError" | "AuthorizationErrorException")
}

/// Whether it is not known who calls: credentials and signatures ("Common Errors" of each service).
fn is_identity(code: &str) -> bool {
    const CODES: [&str; 14] = [
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ];
    CODES.contains(&code)
}

/// Whether what was called is not there, or its key is not (`KMSNotFound`, `KmsDisabled`, `KmsInvalidState` …).
fn is_missing(code: &str) -> bool {
    const CODES: [&str; 6] = [
        "AWS.SimpleQueueService.NonExistentQueue",
        "InvalidAddress",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    ];
    CODES.contains(&code) || code.starts_with("KMS") || code.starts_with("Kms")
}
