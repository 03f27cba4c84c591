//! Conditions as a filter of a Pub/Sub subscription ("Filter messages from a subscription").
//!
//! `attributes:a` holds where there is the attribute, `attributes.a = "x"` where it is that, and `hasPrefix(attributes.a, "x")` where
//! it begins so; `NOT`, `AND` and `OR` combine them. What `!=` says of a message without the attribute is not documented, so that
//! `NOT` is written in its place. A name with other characters than letters, digits, `-` and `_` stands between quotes, as values do.

use super::{Condition, Wildcard};

#[cfg(test)]
mod meaning;

/// The longest filter, in bytes.
const LONGEST: usize = 256;

/// The filter that lets exactly the messages through that meet all conditions; empty for no condition, none if Pub/Sub would
/// refuse it for its length.
///
/// ```
/// use tusk_fn_spec::filter::for_pubsub;
///
/// let conditions = ["region = eu | us*".parse()?, "test != yes".parse()?];
/// let filter = r#"(attributes.region = "eu" OR hasPrefix(attributes.region, "us")) AND NOT attributes.test = "yes""#;
/// assert_eq!(for_pubsub(&conditions).as_deref(), Some(filter));
/// # Ok::<(), tusk_fn_spec::filter::FilterError>(())
/// ```
pub fn for_pubsub(conditions: &[Condition]) -> Option<String> {
    let several = conditions.len() > 1;
    let filter = conditions.iter().map(|condition| rendered(condition, several)).collect::<Vec<_>>().join(" AND ");
    (filter.len() <= LONGEST).then_some(filter)
}

/// One condition. `AND` and `OR` are not mixed without parentheses.
fn rendered(condition: &Condition, among_others: bool) -> String {
    let tests: Vec<String> = condition.values.iter().map(|value| test(&condition.attribute, value)).collect();
    match (condition.equal, tests.as_slice()) {
        (true, [only]) => only.clone(),
        (true, _) if among_others => format!("({})", tests.join(" OR ")),
        (true, _) => tests.join(" OR "),
        (false, _) => tests.iter().map(|test| format!("NOT {test}")).collect::<Vec<_>>().join(" AND "),
    }
}

fn test(attribute: &str, value: &Wildcard) -> String {
    let attribute = name(attribute);
    match value {
        Wildcard::Exact(text) => format!("attributes.{attribute} = {}", quoted(text)),
        Wildcard::Prefix(prefix) if prefix.is_empty() => format!("attributes:{attribute}"),
        Wildcard::Prefix(prefix) => format!("hasPrefix(attributes.{attribute}, {})", quoted(prefix)),
    }
}

fn name(attribute: &str) -> String {
    let plain = attribute.starts_with(|c: char| c.is_ascii_alphabetic())
        && attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain { attribute.to_owned() } else { quoted(attribute) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn filter_of(conditions: &[&str]) -> Option<String> {
        let conditions: Vec<Condition> = conditions.iter().map(|text| text.parse().unwrap()).collect();
        for_pubsub(&conditions)
    }

    #[test]
    fn conditions_read_as_pubsub_has_them() {
        for (conditions, filter) in [
            (vec![], ""),
            (vec!["a = x | y"], r#"attributes.a = "x" OR attributes.a = "y""#),
            (vec!["a = *"], "attributes:a"),
            (vec!["a != *"], "NOT attributes:a"),
            (
                vec!["a != x | y*", "b = z"],
                r#"NOT attributes.a = "x" AND NOT hasPrefix(attributes.a, "y") AND attributes.b = "z""#,
            ),
            (vec![r#"a.b = q"\z"#], r#"attributes."a.b" = "q\"\\z""#),
            (vec!["2a_b = é"], r#"attributes."2a_b" = "é""#),
        ] {
            assert_eq!(filter_of(&conditions).as_deref(), Some(filter));
        }
    }

    #[test]
    fn a_filter_is_no_longer_than_pubsub_takes() {
        let fixed = r#"attributes.a = """#.len();
        let value = |length: usize| format!("a = {}", "x".repeat(length));
        assert_eq!(filter_of(&[&value(LONGEST - fixed)]).unwrap().len(), LONGEST);
        assert_eq!(filter_of(&[&value(LONGEST - fixed + 1)]), None);
        assert_eq!(filter_of(&[&format!("a = {}", "é".repeat(121))]), None, "bytes count");
    }

    proptest! {
        #[test]
        fn a_filter_means_what_the_conditions_mean(
            first in "a (=|!=) [xy]{1,2}\\*?( \\| [xy]{0,2}\\*)?( \\| [xy]{1,2})?",
            second in prop::option::of("b (=|!=) [xy]{0,1}\\*( \\| [xy])?"),
            a in prop::option::of("[xy]{0,3}"),
            b in prop::option::of("[xy]{0,2}"),
        ) {
            let conditions: Vec<Condition> =
                [Some(first), second].into_iter().flatten().map(|text| text.parse().unwrap()).collect();
            let attributes: BTreeMap<String, String> =
                [("a", a), ("b", b)].into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            let filter = for_pubsub(&conditions).unwrap();
            let wanted = conditions.iter().all(|condition| condition.holds(&attributes));
            prop_assert_eq!(meaning::passes(&filter, &attributes), wanted, "{}", filter);
        }
    }
}
