//! The words of `CloudFormation`: intrinsic functions, and what is said of a resource beside its properties.
//!
//! A place of a template where a value of another resource stands is kept as text with `${Id}` or `${Id.Attribute}` in it, as
//! `Fn::Sub` has it, so that it can be put into longer texts; [`value`] turns it into the shortest form.

use crate::yaml::{Tree, entries, map};

/// `!GetAtt id.attribute`
pub(super) fn attribute(id: &str, attribute: &str) -> Tree {
    Tree::Tagged("!GetAtt", format!("{id}.{attribute}"))
}

/// `!Ref id`
pub(super) fn reference(id: &str) -> Tree {
    Tree::Tagged("!Ref", id.to_owned())
}

/// `!Sub text`
pub(super) fn substituted(text: &str) -> Tree {
    Tree::Tagged("!Sub", text.to_owned())
}

/// A text with `${…}` in it, or without.
pub(super) fn value(text: &str) -> Tree {
    let only = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).filter(|only| !only.contains("${"));
    match only {
        Some(only) if only.contains('.') => Tree::Tagged("!GetAtt", only.to_owned()),
        Some(only) => reference(only),
        None if text.contains("${") => substituted(text),
        None => text.into(),
    }
}

/// The account and region of the stack as an ARN has them, behind the service.
pub(super) fn arn(service: &str, resource: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
}

/// A resource that goes with its stack.
pub(super) fn resource(kind: &str, properties: Vec<(String, Tree)>) -> Tree {
    map([("Type", kind.into()), ("Properties", Tree::Map(properties))])
}

/// What tells checkov which of its checks are not for a resource, and why.
pub(super) fn skip(checks: &[(&str, &str)]) -> Tree {
    let skipped = checks.iter().map(|(id, reason)| map([("id", (*id).into()), ("comment", (*reason).into())]));
    map([("checkov", map([("skip", Tree::List(skipped.collect()))]))])
}

/// What becomes of a resource when its stack goes, or when it is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It stays: it holds what cannot be made again. One that a failed deployment has just made is empty and goes, so that the
    /// next attempt does not find its name taken.
    Always,
    /// It goes, and what it holds with it.
    WithStack,
}

/// A resource that holds data.
pub(super) fn stateful(kind: &str, keep: Keep, skipped: &[(&str, &str)], properties: Vec<(String, Tree)>) -> Tree {
    let (deleted, replaced) = match keep {
        Keep::Always => ("RetainExceptOnCreate", "Retain"),
        Keep::WithStack => ("Delete", "Delete"),
    };
    let mut out =
        entries([("Type", kind.into()), ("DeletionPolicy", deleted.into()), ("UpdateReplacePolicy", replaced.into())]);
    if !skipped.is_empty() {
        out.push(("Metadata".to_owned(), skip(skipped)));
    }
    out.push(("Properties".to_owned(), Tree::Map(properties)));
    Tree::Map(out)
}

/// An output of the stack.
pub(super) fn output(description: String, value: Tree) -> Tree {
    map([("Description", description.into()), ("Value", value)])
}

/// How many characters a value has as JSON, where another resource's name counts for as many as it may have.
pub(super) fn characters(tree: &Tree) -> usize {
    /// Longer than a bucket's name, and than most others.
    const NAME: usize = 66;
    let text = |text: &str| serde_json::Value::from(text).to_string().len();
    match tree {
        Tree::Text(it) => text(it),
        Tree::Number(it) => it.to_string().len(),
        Tree::Signed(it) => it.to_string().len(),
        Tree::Bool(it) => it.to_string().len(),
        Tree::List(items) => 1 + items.len().max(1) + items.iter().map(characters).sum::<usize>(),
        Tree::Map(pairs) => {
            1 + pairs.len().max(1) + pairs.iter().map(|(key, value)| text(key) + 1 + characters(value)).sum::<usize>()
        }
        Tree::Tagged(..) => NAME,
        Tree::Spaced(it) => characters(it),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_shortest_form() {
        assert_eq!(value("${OrdersQueue}"), reference("OrdersQueue"));
        assert_eq!(value("${OrdersQueue.Arn}"), attribute("OrdersQueue", "Arn"));
        assert_eq!(value("${InvoicesBucket.Arn}/*"), substituted("${InvoicesBucket.Arn}/*"));
        assert_eq!(value("${A}${B}"), substituted("${A}${B}"));
        assert_eq!(value("default"), Tree::from("default"));
    }

    #[test]
    fn characters_are_those_of_the_json() {
        let tree = map([("a", ["x\"", "y"].into()), ("b", map([("c", 12.into())])), ("d", true.into())]);
        assert_eq!(characters(&tree), r#"{"a":["x\"","y"],"b":{"c":12},"d":true}"#.len());
        assert_eq!(characters(&map([])), 2);
    }
}
