//! ARNs of resources that are there already.

use crate::ResourceKind;

/// The ARN of a resource of a kind, and what its parts say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arn {
    /// The resource's own ARN.
    pub(super) text: String,
    /// What programs call the resource: a queue's URL, a bucket's name, the ARN of a table or a secret.
    pub(super) physical: String,
    /// The region that it is in. A bucket's ARN does not say.
    pub(super) region: String,
    /// The account that it belongs to. A bucket's ARN does not say.
    pub(super) account: String,
    /// The ARN of a table's stream, if that was given.
    pub(super) stream: Option<String>,
}

/// What the name of a queue that keeps an order ends in.
const FIFO: &str = ".fifo";

impl Arn {
    /// Reads the ARN of a resource of that kind; `None` if it is none.
    pub(super) fn parse(kind: ResourceKind, text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (scheme, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let regional = kind != ResourceKind::Bucket;
        let is_sound = scheme == "arn"
            && partition.starts_with("aws")
            && service == service_of(kind)
            && (if regional {
                is_account(account) && is_name(region, "-")
            } else {
                region.is_empty() && account.is_empty()
            })
            && is_name(partition, "-");
        if !is_sound {
            return None;
        }
        let own = |name: &str, punctuation: &str| is_name(name, punctuation).then(|| name.to_owned());
        let mut arn = Self {
            text: text.to_owned(),
            physical: text.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            stream: None,
        };
        match kind {
            ResourceKind::Queue => {
                own(resource.strip_suffix(FIFO).unwrap_or(resource), "-_")?;
                arn.physical = format!("https://sqs.{region}.${{AWS::URLSuffix}}/{account}/{resource}");
            }
            ResourceKind::Topic => {
                own(resource, "-_")?;
            }
            ResourceKind::Bucket => arn.physical = own(resource, "-.")?,
            ResourceKind::Stream => arn.physical = own(resource.strip_prefix("stream/")?, "-_.")?,
            ResourceKind::EventBus => {
                own(resource.strip_prefix("event-bus/")?, "-_./")?;
            }
            ResourceKind::Secret => {
                // Secrets Manager puts six characters behind the name, and a policy without them allows nothing.
                let (_, random) = resource.strip_prefix("secret:")?.rsplit_once('-')?;
                own(resource, ":/_+=.@-").filter(|_| random.len() == 6 && is_name(random, ""))?;
            }
            ResourceKind::Table => {
                let (table, stream) = match resource.split_once("/stream/") {
                    Some((table, stream)) => (table, Some(stream)),
                    None => (resource, None),
                };
                own(table.strip_prefix("table/")?, "-_.")?;
                if let Some(stream) = stream {
                    own(stream, "-:.")?;
                    arn.stream = Some(text.to_owned());
                    text.split("/stream/").next()?.clone_into(&mut arn.text);
                    arn.physical.clone_from(&arn.text);
                }
            }
        }
        Some(arn)
    }

    /// Whether it is a queue that keeps an order.
    pub(super) fn is_fifo(&self) -> bool {
        self.text.ends_with(FIFO)
    }
}

/// Whether it is the ARN of a key. That of an alias is none: permissions are for keys.
pub(super) fn is_key(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let [scheme, partition, service, region, account, resource] = parts[..] else { return false };
    let id = resource.strip_prefix("key/").unwrap_or_default();
    scheme == "arn"
        && partition.starts_with("aws")
        && is_name(partition, "-")
        && service == "kms"
        && is_name(region, "-")
        && is_account(account)
        && is_name(id, "-")
}

/// How the ARN of a key looks.
pub(crate) const KEY_EXAMPLE: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(text: &str, punctuation: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}

fn service_of(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Queue => "sqs",
        ResourceKind::Topic => "sns",
        ResourceKind::Bucket => "s3",
        ResourceKind::Table => "dynamodb",
        ResourceKind::Stream => "kinesis",
        ResourceKind::Secret => "secretsmanager",
        ResourceKind::EventBus => "events",
    }
}

/// How the ARN of such a resource looks.
pub(crate) fn example(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Queue => "arn:aws:sqs:eu-central-1:123456789012:orders",
        ResourceKind::Topic => "arn:aws:sns:eu-central-1:123456789012:paid",
        ResourceKind::Bucket => "arn:aws:s3:::example-invoices",
        ResourceKind::Table => "arn:aws:dynamodb:eu-central-1:123456789012:table/stock",
        ResourceKind::Stream => "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks",
        ResourceKind::Secret => "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-key-AbCdEf",
        ResourceKind::EventBus => "arn:aws:events:eu-central-1:123456789012:event-bus/shop",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use ResourceKind as Kind;

    #[test]
    fn every_example_is_one_of_its_kind_only() {
        for kind in Kind::ALL {
            for other in Kind::ALL {
                assert_eq!(Arn::parse(kind, example(other)).is_some(), kind == other, "{kind} {other}");
            }
        }
    }

    #[test]
    fn physical_names_are_those_that_programs_use() {
        let physical = |kind, text: &str| Arn::parse(kind, text).unwrap().physical;
        assert_eq!(
            physical(Kind::Queue, "arn:aws-cn:sqs:cn-north-1:123456789012:a_b-C.fifo"),
            "https://sqs.cn-north-1.${AWS::URLSuffix}/123456789012/a_b-C.fifo"
        );
        assert_eq!(physical(Kind::Bucket, "arn:aws:s3:::my.bucket"), "my.bucket");
        assert_eq!(physical(Kind::Stream, example(Kind::Stream)), "clicks");
        let stream = format!("{}/stream/2026-01-31T12:00:00.000", example(Kind::Table));
        let table = Arn::parse(Kind::Table, &stream).unwrap();
        assert_eq!((table.physical.as_str(), table.text.as_str()), (example(Kind::Table), example(Kind::Table)));
        assert_eq!(table.stream, Some(stream));
    }

    #[test]
    fn a_key_is_none_of_its_names() {
        assert!(is_key(KEY_EXAMPLE) && is_key(&KEY_EXAMPLE.replace("1234abcd-", "mrk-")));
        for text in ["", "alias/orders", "1234abcd", &KEY_EXAMPLE.replace("key/", "alias/"), &format!("{KEY_EXAMPLE}*")]
        {
            assert!(!is_key(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for (kind, text) in [
            (Kind::Queue, "orders"),
            (Kind::Queue, "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"),
            (Kind::Queue, "arn:aws:sqs:eu-central-1:123456789012:*"),
            (Kind::Queue, "arn:aws:sqs:eu-central-1:123456789012:${AWS::StackName}"),
            (Kind::Queue, "arn:aws:sqs::123456789012:orders"),
            (Kind::Queue, "arn:aws:sqs:eu-central-1:12345:orders"),
            (Kind::Topic, "arn:aws:sns:eu-central-1:123456789012:paid:2f7e-subscription"),
            (Kind::Bucket, "arn:aws:s3:::bucket/key"),
            (Kind::Bucket, "arn:aws:s3:eu-central-1:123456789012:bucket"),
            (Kind::Secret, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-key"),
            (Kind::Table, "arn:aws:dynamodb:eu-central-1:123456789012:table/stock/index/by-name"),
        ] {
            assert_eq!(Arn::parse(kind, text), None, "{text}");
        }
    }
}
