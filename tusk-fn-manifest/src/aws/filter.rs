//! The filter of a topic's function as SNS has it.
//!
//! A policy maps an attribute to conditions of which one must hold. An attribute that a message does not have meets none but
//! `exists: false`, so that a `!=` needs that beside it. Two conditions of one attribute that must both hold cannot be said
//! ("AND/OR logic"), and a message that has no attributes at all meets no filter ("Key matching"): the first is an error here,
//! the second a note.

use tusk_fn_spec::filter::{Condition, Wildcard};

use super::Rendered;
use super::event::matching;
use crate::RenderErrorKind;
use crate::yaml::{Tree, map};

/// SNS: five keys in a filter policy ("Filter policy constraints").
const MOST_KEYS: usize = 5;
/// SNS: 150 combinations of the values in a filter policy ("Filter policy constraints").
const MOST_COMBINATIONS: usize = 150;

/// The policy; none where every message is wanted.
pub(super) fn policy(conditions: &[Condition]) -> Rendered<Option<Tree>> {
    if conditions.is_empty() {
        return Ok(None);
    }
    if conditions.len() > MOST_KEYS {
        return Err(Box::new(RenderErrorKind::TooManyConditions { found: conditions.len(), most: MOST_KEYS }));
    }
    let mut policy = Vec::new();
    let mut combinations = 1_usize;
    for condition in conditions {
        let rules = rules(condition)?;
        combinations = combinations.saturating_mul(rules.len());
        policy.push((condition.attribute.clone(), Tree::List(rules)));
    }
    if combinations > MOST_COMBINATIONS {
        return Err(Box::new(RenderErrorKind::TooManyCombinations { found: combinations, most: MOST_COMBINATIONS }));
    }
    Ok(Some(Tree::Map(policy)))
}

/// The conditions of which one must hold.
fn rules(condition: &Condition) -> Rendered<Vec<Tree>> {
    let values: Vec<Wildcard> = condition.values.iter().map(escaped).collect();
    let is_anything = values.iter().any(|value| matches!(value, Wildcard::Prefix(prefix) if prefix.is_empty()));
    if is_anything {
        return Ok(vec![exists(condition.equal)]);
    }
    if condition.equal {
        return Ok(values.iter().map(matching).collect());
    }
    let (mut exact, mut prefixes) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Wildcard::Exact(text) => exact.push(Tree::Text(text)),
            Wildcard::Prefix(prefix) => prefixes.push(Tree::Text(prefix)),
        }
    }
    let other_than = match (prefixes.pop(), prefixes.is_empty() && exact.is_empty()) {
        (None, _) => Tree::List(exact),
        (Some(prefix), true) => map([("prefix", prefix)]),
        (Some(_), false) => return Err(Box::new(RenderErrorKind::MixedCondition { condition: condition.to_string() })),
    };
    Ok(vec![map([("anything-but", other_than)]), exists(false)])
}

fn exists(wanted: bool) -> Tree {
    map([("exists", wanted.into())])
}

/// SNS reads quotes and backslashes in a policy for attributes as escaped once more ("Filter policy constraints").
fn escaped(value: &Wildcard) -> Wildcard {
    let escape = |text: &str| text.replace('\\', r"\\").replace('"', "\\\"");
    match value {
        Wildcard::Exact(text) => Wildcard::Exact(escape(text)),
        Wildcard::Prefix(text) => Wildcard::Prefix(escape(text)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn policy_of(conditions: &[&str]) -> Rendered<Option<Tree>> {
        let conditions: Vec<Condition> = conditions.iter().map(|text| text.parse().unwrap()).collect();
        policy(&conditions)
    }

    fn rules_of(condition: &str) -> Vec<Tree> {
        rules(&condition.parse().unwrap()).unwrap()
    }

    #[test]
    fn conditions_read_as_sns_has_them() {
        assert_eq!(rules_of("region = eu | us*"), ["eu".into(), map([("prefix", "us".into())])]);
        assert_eq!(rules_of("region = eu | *"), [exists(true)]);
        assert_eq!(rules_of("region != *"), [exists(false)]);
        assert_eq!(rules_of("region != eu | us"), [map([("anything-but", ["eu", "us"].into())]), exists(false)]);
        assert_eq!(rules_of("region != us*"), [map([("anything-but", map([("prefix", "us".into())]))]), exists(false)]);
        assert_eq!(rules_of(r#"name = a"\b"#), [r#"a\"\\b"#.into()]);
        assert_eq!(policy_of(&[]).unwrap(), None);
    }

    #[test]
    fn what_sns_cannot_say_is_an_error() {
        for condition in ["region!=eu|us*", "region!=eu*|us*"] {
            let error = policy_of(&[condition]).unwrap_err();
            assert_eq!(*error, RenderErrorKind::MixedCondition { condition: condition.to_owned() });
        }
        let error = policy_of(&["a = 1", "b = 1", "c = 1", "d = 1", "e = 1", "f = 1"]).unwrap_err();
        assert_eq!(*error, RenderErrorKind::TooManyConditions { found: 6, most: 5 });
        let values = |name: &str| format!("{name} = 1 | 2 | 3 | 4 | 5 | 6");
        let error = policy_of(&[&values("a"), &values("b"), &values("c")]).unwrap_err();
        assert_eq!(*error, RenderErrorKind::TooManyCombinations { found: 216, most: 150 });
    }

    /// Whether a message with that attribute, or without it, meets one of the rules, as SNS documents them.
    fn meets(rules: &[Tree], value: Option<&str>) -> bool {
        rules.iter().any(|rule| match rule {
            Tree::Text(text) => value == Some(text),
            Tree::Map(pairs) => match (pairs[0].0.as_str(), &pairs[0].1) {
                ("exists", Tree::Bool(wanted)) => value.is_some() == *wanted,
                ("prefix", Tree::Text(prefix)) => value.is_some_and(|value| value.starts_with(prefix.as_str())),
                ("anything-but", Tree::List(texts)) => value.is_some_and(|value| !texts.contains(&Tree::from(value))),
                ("anything-but", Tree::Map(pairs)) => {
                    let Tree::Text(prefix) = &pairs[0].1 else { return false };
                    value.is_some_and(|value| !value.starts_with(prefix.as_str()))
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
    }

    proptest! {
        #[test]
        fn a_policy_means_what_the_condition_means(
            condition in "a (=|!=) [ab]{1,2}\\*?( \\| [ab]{0,2}\\*)?( \\| [ab]{1,2})?", value in prop::option::of("[ab]{0,3}")
        ) {
            let condition: Condition = condition.parse().unwrap();
            let attributes: BTreeMap<String, String> =
                value.iter().map(|value| ("a".to_owned(), value.clone())).collect();
            if let Ok(rules) = rules(&condition) {
                prop_assert_eq!(meets(&rules, value.as_deref()), condition.holds(&attributes), "{}", condition);
            }
        }
    }
}
