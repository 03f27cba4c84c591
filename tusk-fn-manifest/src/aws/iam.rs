//! What may be done with what, and by whom.
//!
//! A statement names its resources; there is no way to say "all". What stands for several things is only what is in a bucket.

use super::cfn;
use crate::yaml::{Tree, entries, map};

/// Some actions on some resources.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    actions: &'static [&'static str],
    resources: Vec<Tree>,
    condition: Option<Tree>,
}

impl Statement {
    /// These actions on one resource.
    pub(super) fn new(actions: &'static [&'static str], resource: Tree) -> Self {
        Self { actions, resources: vec![resource], condition: None }
    }

    /// These actions on each of these resources.
    pub(super) fn on_each(actions: &'static [&'static str], resources: Vec<Tree>) -> Self {
        Self { actions, resources, condition: None }
    }

    /// The same, only where the condition holds.
    pub(super) fn when(self, condition: Tree) -> Self {
        Self { condition: Some(condition), ..self }
    }

    fn tree(self, effect: &str, principal: Option<Tree>) -> Tree {
        let mut out = entries([("Effect", effect.into())]);
        out.extend(principal.map(|principal| ("Principal".to_owned(), principal)));
        out.push(("Action".to_owned(), one_or_list(self.actions.iter().map(|action| (*action).into()).collect())));
        out.push(("Resource".to_owned(), one_or_list(self.resources)));
        out.extend(self.condition.map(|condition| ("Condition".to_owned(), condition)));
        Tree::Map(out)
    }
}

fn one_or_list(mut items: Vec<Tree>) -> Tree {
    match items.pop() {
        Some(only) if items.is_empty() => only,
        last => {
            items.extend(last);
            Tree::List(items)
        }
    }
}

/// Statements of a role, with a name for them.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) name: &'static str,
    pub(super) statements: Vec<Statement>,
}

impl Policy {
    pub(super) fn new(name: &'static str, statements: Vec<Statement>) -> Self {
        Self { name, statements }
    }
}

/// A role that one service may take on, and what it may do then.
pub(super) fn role(service: &str, condition: Option<Tree>, policies: Vec<Policy>) -> Tree {
    let mut trust = entries([
        ("Effect", "Allow".into()),
        ("Principal", map([("Service", service.into())])),
        ("Action", "sts:AssumeRole".into()),
    ]);
    trust.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
    let policies = policies.into_iter().map(|policy| {
        let statements = policy.statements.into_iter().map(|it| it.tree("Allow", None)).collect();
        map([("PolicyName", policy.name.into()), ("PolicyDocument", document(statements))])
    });
    cfn::resource(
        "AWS::IAM::Role",
        entries([
            ("AssumeRolePolicyDocument", document(vec![Tree::Map(trust)])),
            ("Policies", Tree::List(policies.collect())),
        ]),
    )
}

/// Lets a service of AWS send to a queue, and only in the name of one resource.
pub(super) fn queue_policy(queue: &str, service: &str, source: Tree) -> Tree {
    let send = Statement::new(&["sqs:SendMessage"], cfn::attribute(queue, "Arn"))
        .when(map([("ArnEquals", map([("aws:SourceArn", source)]))]));
    let statement = send.tree("Allow", Some(map([("Service", service.into())])));
    cfn::resource(
        "AWS::SQS::QueuePolicy",
        entries([("Queues", [cfn::reference(queue)].into()), ("PolicyDocument", document(vec![statement]))]),
    )
}

/// Keeps everybody from reading or writing a bucket over a connection that others can listen to.
pub(super) fn bucket_policy(bucket: &str) -> Tree {
    let resources = vec![cfn::attribute(bucket, "Arn"), cfn::substituted(&format!("${{{bucket}.Arn}}/*"))];
    let plain =
        Statement::on_each(&["s3:*"], resources).when(map([("Bool", map([("aws:SecureTransport", "false".into())]))]));
    let statement = plain.tree("Deny", Some("*".into()));
    cfn::resource(
        "AWS::S3::BucketPolicy",
        entries([("Bucket", cfn::reference(bucket)), ("PolicyDocument", document(vec![statement]))]),
    )
}

fn document(statements: Vec<Tree>) -> Tree {
    map([("Version", "2012-10-17".into()), ("Statement", Tree::List(statements))])
}
