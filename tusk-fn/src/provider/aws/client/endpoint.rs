//! The services that are called, and where they are.

use super::environment::{Environment, is_region};
use crate::provider::client::environment::path_ended;

/// A service that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    DynamoDb,
    EventBridge,
    S3,
    SecretsManager,
    Sns,
    Sqs,
}

impl Service {
    pub(super) const ALL: [Self; 6] =
        [Self::DynamoDb, Self::EventBridge, Self::S3, Self::SecretsManager, Self::Sns, Self::Sqs];

    /// The name in a signature, and of the host.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::EventBridge => "events",
            Self::S3 => "s3",
            Self::SecretsManager => "secretsmanager",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
        }
    }

    /// The name in `AWS_ENDPOINT_URL_<SERVICE>`.
    pub(super) const fn variable(self) -> &'static str {
        match self {
            Self::DynamoDb => "DYNAMODB",
            Self::EventBridge => "EVENTBRIDGE",
            Self::S3 => "S3",
            Self::SecretsManager => "SECRETS_MANAGER",
            Self::Sns => "SNS",
            Self::Sqs => "SQS",
        }
    }
}

/// What a call is done to: its name, for messages, and the region that it is in, if what names it says so.
///
/// A resource that was there before the stack may be in another region than the function, and only its own region's
/// endpoint knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) region: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// What is called so: an ARN, or a name, which is one of the process's own region.
    pub(super) fn of(name: &'a str) -> Self {
        let region = name.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2));
        Self { name, region: region.filter(|region| is_region(region)) }
    }

    /// The queue of that URL, by its name: what follows the account.
    pub(super) fn of_queue(url: &'a str) -> Self {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
        let region = host.strip_prefix("sqs.").and_then(|rest| rest.split('.').next());
        // The host of an emulator may begin so too.
        let region = region.filter(|region| is_region(region) && region.contains('-'));
        Self { name: url.rsplit('/').next().unwrap_or(url), region }
    }
}

impl Environment {
    /// Where calls of a service go, in that region.
    pub(super) fn url(&self, service: Service, region: &str) -> String {
        match self.endpoints.get(&service) {
            Some(endpoint) => path_ended(endpoint),
            None => format!("https://{}.{region}.{}/", service.name(), domain(region)),
        }
    }
}

/// The domain of a region's partition, as AWS lists them.
fn domain(region: &str) -> &'static str {
    const DOMAINS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
    ];
    DOMAINS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("amazonaws.com", |(_, domain)| domain)
}
