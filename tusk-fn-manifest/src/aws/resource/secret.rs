//! A secret without a value: no template and no program that is deployed ever holds one.
//!
//! It is named after the stack, so that whoever puts the value in knows where.

use super::named;
use crate::ResourceKind;
use crate::aws::Part;
use crate::aws::cfn::{self, Keep};
use crate::yaml::entries;

pub(super) fn part(name: &str) -> Part {
    let skipped = [("CKV_AWS_149", "Secrets Manager encrypts it with its own key; another one costs money")];
    let properties = entries([
        ("Name", cfn::substituted(&format!("${{AWS::StackName}}/{name}"))),
        ("Description", format!("The secret `{name}`; its value is put in by hand").into()),
    ]);
    let secret = cfn::stateful("AWS::SecretsManager::Secret", Keep::Always, &skipped, properties);
    named(ResourceKind::Secret, name, secret)
}
