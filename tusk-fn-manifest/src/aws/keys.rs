//! The keys of whoever deploys that encrypt resources which are there already, and what a function may do with them.
//!
//! AWS's own keys let everybody in who may use the resource. A key of one's own lets in whom its policy, or their own, allows: to
//! decrypt what is received and read, and to make the keys of what is sent and written ("Key management" of SQS, SNS and S3). A
//! table and a secret are decrypted and encrypted again in the caller's name with the key that encrypts theirs ("`DynamoDB`
//! encryption at rest"), which takes no more than to decrypt it.

use std::collections::BTreeMap;

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::cfn;
use super::dead_letters::DeadLetters;
use super::iam::{Policy, Statement};
use super::resource::{Key, Resources, resource_of};
use crate::ResourceKind;

/// What a function does with what a key encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// It reads.
    Decrypt,
    /// It sends or writes.
    Encrypt,
}

/// The resources for which a function would need their keys.
fn needs(record: &FunctionRecord) -> Vec<(Key<'_>, Need)> {
    let mut needs: Vec<(Key<'_>, Need)> = Vec::new();
    match &record.trigger {
        Trigger::Queue(queue) => needs.push(((ResourceKind::Queue, &queue.queue), Need::Decrypt)),
        Trigger::Database(database) => needs.push(((ResourceKind::Table, &database.table), Need::Decrypt)),
        Trigger::Stream(stream) => needs.push(((ResourceKind::Stream, &stream.stream), Need::Decrypt)),
        Trigger::Blob(blob) if blob.events.contains(&BlobEvent::Created) => {
            needs.push(((ResourceKind::Bucket, blob.path.bucket()), Need::Decrypt));
        }
        // A topic puts its messages into a queue that is made here; EventBridge decrypts by itself.
        Trigger::Blob(_) | Trigger::Topic(_) | Trigger::Event(_) | Trigger::Http(_) | Trigger::Timer(_) => {}
    }
    if let Some(DeadLetters::Queue(name)) = DeadLetters::of(record) {
        needs.push(((ResourceKind::Queue, name), Need::Encrypt));
    }
    for output in &record.outputs {
        let need = match output.kind {
            OutputKind::Queue | OutputKind::Topic => Need::Encrypt,
            OutputKind::Bucket if output.access.writes() => Need::Encrypt,
            OutputKind::Bucket | OutputKind::Table | OutputKind::Secret => Need::Decrypt,
            OutputKind::Event => continue,
        };
        needs.push((resource_of(output), need));
    }
    needs
}

/// Whether a function would need the resource's key.
pub(super) fn is_needed(record: &FunctionRecord, resource: Key<'_>) -> bool {
    needs(record).iter().any(|(key, _)| *key == resource)
}

/// What the function may do with keys, if it needs any.
pub(super) fn policy(record: &FunctionRecord, resources: &Resources<'_>) -> Option<Policy> {
    let mut keys: BTreeMap<&str, Need> = BTreeMap::new();
    for (resource, need) in needs(record) {
        if let Some(key) = resources.key(resource) {
            let known = keys.entry(key).or_insert(need);
            *known = need.max(*known);
        }
    }
    let of = |need: Need, actions: &'static [&'static str]| {
        let arns = keys.iter().filter(|(_, known)| **known == need).map(|(arn, _)| cfn::value(arn)).collect::<Vec<_>>();
        (!arns.is_empty()).then(|| Statement::on_each(actions, arns))
    };
    // Whoever sends a message or writes a large object in parts decrypts, too: the key of its data, to check it.
    let statements: Vec<Statement> =
        [of(Need::Decrypt, &["kms:Decrypt"]), of(Need::Encrypt, &["kms:Decrypt", "kms:GenerateDataKey"])]
            .into_iter()
            .flatten()
            .collect();
    (!statements.is_empty()).then(|| Policy::new("keys", statements))
}
