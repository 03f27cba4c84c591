//! What a function may do with what it sends to, stores in and reads: what each output's kind and access say, on that resource.

use tusk_fn_spec::output::{Access, Output, OutputKind};
use tusk_fn_spec::record::FunctionRecord;

use super::cfn;
use super::iam::{Policy, Statement};
use super::resource::{Resources, resource_of};
use crate::yaml::{Tree, map};

/// The statements of a function's outputs, by kind and access, whatever the order of its arguments is.
pub(super) fn policy(record: &FunctionRecord, resources: &Resources<'_>) -> Option<Policy> {
    let mut outputs: Vec<&Output> = record.outputs.iter().collect();
    outputs.sort_by(|a, b| (a.kind, a.access, &a.name).cmp(&(b.kind, b.access, &b.name)));
    outputs.dedup();
    let alike = outputs.chunk_by(|a, b| a.kind == b.kind && a.access == b.access);
    let statements: Vec<Statement> = alike.flat_map(|outputs| statements(outputs, resources)).collect();
    (!statements.is_empty()).then(|| Policy::new("outputs", statements))
}

/// The statements of outputs of one kind and access.
fn statements(outputs: &[&Output], resources: &Resources<'_>) -> Vec<Statement> {
    let Some(Output { kind, access, .. }) = outputs.first() else { return Vec::new() };
    let arns = |suffix: &str| -> Vec<Tree> {
        let mut arns: Vec<String> = outputs
            .iter()
            .map(|output| {
                let (kind, name) = resource_of(output);
                resources.arn(kind, name) + suffix
            })
            .collect();
        arns.dedup();
        arns.iter().map(|arn| cfn::value(arn)).collect()
    };
    match kind {
        OutputKind::Queue => vec![Statement::on_each(&["sqs:SendMessage"], arns(""))],
        OutputKind::Topic => vec![Statement::on_each(&["sns:Publish"], arns(""))],
        OutputKind::Event => {
            // All types go over one bus, so that the bus alone would allow every type.
            let types = outputs.iter().map(|output| output.name.as_str().into()).collect();
            let only = map([("StringEquals", map([("events:detail-type", Tree::List(types))]))]);
            vec![Statement::on_each(&["events:PutEvents"], arns("")).when(only)]
        }
        OutputKind::Bucket => {
            let list = access.reads().then(|| Statement::on_each(&["s3:ListBucket"], arns("")));
            let objects: &[&str] = match access {
                Access::All => &["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                Access::Read => &["s3:GetObject"],
                Access::Write => &["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            };
            list.into_iter().chain([Statement::on_each(objects, arns("/*"))]).collect()
        }
        OutputKind::Table => {
            let items: &[&str] = match access {
                Access::All => &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
                Access::Read => &["dynamodb:GetItem"],
                Access::Write => &["dynamodb:PutItem", "dynamodb:DeleteItem"],
            };
            vec![Statement::on_each(items, arns(""))]
        }
        OutputKind::Secret => vec![Statement::on_each(&["secretsmanager:GetSecretValue"], arns(""))],
    }
}
