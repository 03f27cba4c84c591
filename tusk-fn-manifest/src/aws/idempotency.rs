//! Where functions that are `idempotent` remember which deliveries they have handled: one table for all of a program.
//!
//! It goes with the stack, and there are no backups of it: what it holds means nothing once the deliveries are done with.

use tusk_fn_spec::record::FunctionRecord;

use super::cfn::{self, Keep};
use super::iam::{Policy, Statement};
use super::{Part, id};
use crate::yaml::{Tree, entries, map};

/// The table, if a function needs it.
pub(super) fn part(functions: &[&FunctionRecord]) -> Option<Part> {
    let needed = functions.iter().any(|record| record.idempotent.is_some());
    needed.then(|| Part { resources: vec![(id::IDEMPOTENCY.to_owned(), table())], ..Part::default() })
}

/// What a function may do with the table, if it needs it.
pub(super) fn policy(record: &FunctionRecord) -> Option<Policy> {
    let actions = &["dynamodb:GetItem", "dynamodb:PutItem"];
    record.idempotent.as_ref()?;
    Some(Policy::new("idempotency", vec![Statement::new(actions, cfn::attribute(id::IDEMPOTENCY, "Arn"))]))
}

fn table() -> Tree {
    let skipped = [
        ("CKV_AWS_28", "What it holds means nothing after a while, and is not worth a backup"),
        ("CKV_AWS_119", "DynamoDB encrypts it with its own key; another one costs money"),
    ];
    let mut properties = key_of_text("id");
    properties.extend(entries([(
        "TimeToLiveSpecification",
        map([("AttributeName", "expires_at".into()), ("Enabled", true.into())]),
    )]));
    cfn::stateful("AWS::DynamoDB::Table", Keep::WithStack, &skipped, properties)
}

/// The properties of a table whose items have a text as their key, and that is paid for by use.
pub(super) fn key_of_text(attribute: &str) -> Vec<(String, Tree)> {
    entries([
        ("AttributeDefinitions", [map([("AttributeName", attribute.into()), ("AttributeType", "S".into())])].into()),
        ("KeySchema", [map([("AttributeName", attribute.into()), ("KeyType", "HASH".into())])].into()),
        ("BillingMode", "PAY_PER_REQUEST".into()),
    ])
}
