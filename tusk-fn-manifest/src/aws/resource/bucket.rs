//! A bucket: private, encrypted, reached only over TLS.
//!
//! It keeps what was overwritten or deleted for a while. No function may delete such a version, so that one that writes wrongly
//! destroys nothing at once.

use super::{Use, named};
use crate::ResourceKind;
use crate::aws::cfn::{self, Keep};
use crate::aws::{Part, iam, id};
use crate::yaml::{Tree, entries, map};

/// For how many days an overwritten or deleted object can be had back.
const DAYS_KEPT: u64 = 30;
/// After how many days an upload counts as given up.
const DAYS_OF_UPLOAD: u64 = 7;

pub(super) fn part(name: &str, used: &Use<'_>) -> Part {
    let mut part = named(ResourceKind::Bucket, name, bucket(used.triggered().next().is_some()));
    let policy = iam::bucket_policy(&id::of_resource(ResourceKind::Bucket, name));
    part.resources.push((id::of_bucket_policy(name), policy));
    part
}

fn bucket(triggers: bool) -> Tree {
    let skipped = [("CKV_AWS_18", "Access logs need a bucket of their own, and CloudTrail can record the same")];
    let encryption = map([("ServerSideEncryptionByDefault", map([("SSEAlgorithm", "AES256".into())]))]);
    let public = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    let mut properties = entries([
        ("PublicAccessBlockConfiguration", map(public.map(|key| (key, true.into())))),
        ("BucketEncryption", map([("ServerSideEncryptionConfiguration", [encryption].into())])),
        ("VersioningConfiguration", map([("Status", "Enabled".into())])),
        ("LifecycleConfiguration", map([("Rules", [lifecycle()].into())])),
    ]);
    if triggers {
        let on = map([("EventBridgeEnabled", true.into())]);
        properties.extend(entries([("NotificationConfiguration", map([("EventBridgeConfiguration", on)]))]));
    }
    cfn::stateful("AWS::S3::Bucket", Keep::Always, &skipped, properties)
}

fn lifecycle() -> Tree {
    map([
        ("Id", "old-versions".into()),
        ("Status", "Enabled".into()),
        ("NoncurrentVersionExpiration", map([("NoncurrentDays", DAYS_KEPT.into())])),
        ("ExpiredObjectDeleteMarker", true.into()),
        ("AbortIncompleteMultipartUpload", map([("DaysAfterInitiation", DAYS_OF_UPLOAD.into())])),
    ])
}
