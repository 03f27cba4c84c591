//! What a function adds that runs for objects of a bucket.
//!
//! The bucket tells `EventBridge`, not Lambda: so it may be one that is there already, several functions may want the same objects,
//! and neither of bucket and function has to be made before the other.

use tusk_fn_spec::pattern::BlobPath;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::blob::{Blob, BlobEvent};

use super::iam::{Policy, Statement};
use super::resource::Resources;
use super::rule::{self, Rule};
use super::{Part, Rendered, cfn};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

pub(super) fn part(record: &FunctionRecord, blob: &Blob, resources: &Resources<'_>) -> Rendered<Part> {
    let bucket = blob.path.bucket();
    let mut policies = Vec::new();
    // What was deleted has no content to read.
    if blob.events.contains(&BlobEvent::Created) {
        policies.push(Policy::new("objects", reading(&blob.path, &resources.arn(ResourceKind::Bucket, bucket))));
    }
    let versioned = !resources.is_existing(ResourceKind::Bucket, bucket);
    let name = cfn::value(&resources.physical(ResourceKind::Bucket, bucket));
    rule::part(record, Rule { pattern: pattern(blob, name, versioned), key: "path", bus: None }, policies, resources)
}

/// What reading contents takes. Whoever may not list a bucket is told of an object that is gone that it is forbidden,
/// and not that it is not there ("`GetObject`": 404 or 403).
///
/// S3 does not say whether it takes the object's name for the prefix when it decides that, so that a condition on the
/// prefix must hold without one too; a listing that names another prefix is refused.
fn reading(path: &BlobPath, bucket: &str) -> Vec<Statement> {
    let list = Statement::new(&["s3:ListBucket"], cfn::value(bucket));
    let escaped: String = path.prefix().chars().map(wildcards_escaped).collect();
    let list = match path.prefix() {
        "" => list,
        _ => list.when(map([("StringLikeIfExists", map([("s3:prefix", format!("{escaped}*").into())]))])),
    };
    vec![list, Statement::new(&["s3:GetObject"], cfn::value(&format!("{bucket}/*")))]
}

/// A character as `StringLike` takes it for itself ("Policy variables": `*`, `?` and `$`).
fn wildcards_escaped(c: char) -> String {
    match c {
        '*' | '?' | '$' => format!("${{{c}}}"),
        other => other.to_string(),
    }
}

/// The events of the objects. In a bucket that keeps old versions, the end of such a version is no deletion of the object.
fn pattern(blob: &Blob, bucket: Tree, versioned: bool) -> Tree {
    let detail_type = |words: &[&str]| ("detail-type", Tree::List(words.iter().map(|word| (*word).into()).collect()));
    let mut detail = entries([("bucket", map([("name", [bucket].into())]))]);
    if let Some(key) = key(&blob.path) {
        detail.push(("object".to_owned(), map([("key", [key].into())])));
    }
    let marker = ("deletion-type", ["Delete Marker Created"].into());
    let created = blob.events.contains(&BlobEvent::Created);
    let deleted = blob.events.contains(&BlobEvent::Deleted);
    let mut pattern = entries([("source", ["aws.s3"].into())]);
    match (created, deleted) {
        (true, true) if versioned => {
            let deletions = map([detail_type(&["Object Deleted"]), ("detail", map([marker]))]);
            pattern.extend(entries([("$or", [map([detail_type(&["Object Created"])]), deletions].into())]));
        }
        (true, true) => pattern.extend(entries([detail_type(&["Object Created", "Object Deleted"])])),
        (true, false) => pattern.extend(entries([detail_type(&["Object Created"])])),
        (false, _) => {
            pattern.extend(entries([detail_type(&["Object Deleted"])]));
            if versioned {
                detail.extend(entries([marker]));
            }
        }
    }
    pattern.push(("detail".to_owned(), Tree::Map(detail)));
    Tree::Map(pattern)
}

/// What a key must look like, as far as a rule can say it; the program knows the rest. Of several conditions in a rule's list
/// one is enough, so that beginning and end have to be one condition.
fn key(path: &BlobPath) -> Option<Tree> {
    let (prefix, suffix) = (path.prefix(), path.suffix());
    if path.is_literal() {
        return Some(prefix.into());
    }
    let escaped = |text: &str| text.replace('\\', r"\\").replace('*', r"\*");
    Some(match (prefix, suffix) {
        ("", "") => return None,
        (prefix, "") => map([("prefix", prefix.into())]),
        ("", suffix) => map([("suffix", suffix.into())]),
        (prefix, suffix) => map([("wildcard", format!("{}*{}", escaped(prefix), escaped(suffix)).into())]),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn key_of(path: &str) -> Option<Tree> {
        key(&path.parse().unwrap())
    }

    #[test]
    fn a_key_is_one_condition() {
        assert_eq!(key_of("b/<path..>"), None);
        assert_eq!(key_of("b/<name>"), None);
        assert_eq!(key_of("b/in/<path..>"), Some(map([("prefix", "in/".into())])));
        assert_eq!(key_of("b/<name>.csv"), Some(map([("suffix", ".csv".into())])));
        assert_eq!(key_of("b/in/<a>-<b>.csv"), Some(map([("wildcard", "in/*.csv".into())])));
        assert_eq!(key_of("b/in/today.csv"), Some("in/today.csv".into()));
    }

    #[test]
    fn what_means_something_in_a_wildcard_is_escaped_there_only() {
        assert_eq!(key_of(r"b/a\<x>\z"), Some(map([("wildcard", r"a\\*\\z".into())])));
        assert_eq!(key_of(r"b/a\<x>"), Some(map([("prefix", r"a\".into())])));
    }

    #[test]
    fn a_bucket_is_listed_so_that_what_is_gone_is_told_from_what_is_forbidden() {
        let list = |path: &str| {
            let policies = vec![Policy::new("objects", reading(&path.parse().unwrap(), "arn:aws:s3:::b"))];
            crate::yaml::write(&super::super::iam::role("lambda.amazonaws.com", None, policies)).unwrap()
        };
        assert!(list("b/<path..>").contains("s3:ListBucket") && !list("b/<path..>").contains("s3:prefix"));
        assert!(list("b/in/<name>.csv").contains("in/*"));
        assert!(list("b/in/today.csv").contains("in/today.csv*"));
    }

    fn pattern_of(events: &[BlobEvent], versioned: bool) -> String {
        let blob = Blob { path: "b/in/<path..>".parse().unwrap(), events: events.to_vec() };
        crate::yaml::write(&pattern(&blob, "bucket".into(), versioned)).unwrap()
    }

    #[test]
    fn the_end_of_an_old_version_is_no_deletion() {
        let deleted = pattern_of(&[BlobEvent::Deleted], true);
        assert!(deleted.contains("Delete Marker Created") && !deleted.contains("$or"), "{deleted}");
        let both = pattern_of(&[BlobEvent::Created, BlobEvent::Deleted], true);
        assert!(both.contains("Delete Marker Created") && both.contains("$or"), "{both}");
        assert!(!pattern_of(&[BlobEvent::Created, BlobEvent::Deleted], false).contains("Marker"));
        assert!(!pattern_of(&[BlobEvent::Deleted], false).contains("Marker"));
        assert!(!pattern_of(&[BlobEvent::Created], true).contains("Marker"));
    }
}
