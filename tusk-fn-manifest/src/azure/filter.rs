//! The filter of a topic's function as Service Bus has it ("Subscription Rule SQL Filter Syntax").
//!
//! What compares with an attribute that a message does not have is unknown, and a message whose filter is unknown is not
//! delivered; so `!=` asks whether the attribute is there. The names of attributes know no case there: a message for which the
//! filter holds only since a name is written otherwise is dropped by the program.

use tusk_fn_spec::filter::{Condition, Wildcard};

use super::Rendered;
use super::arm::quoted;
use crate::RenderErrorKind;

/// Service Bus: 1,024 characters of a filter ("Service Bus quotas").
const LONGEST: usize = 1024;
/// What stands before a character of a pattern that means itself.
const ESCAPE: char = '\\';

/// The expression; one that always holds where every message is wanted.
pub(super) fn expression(conditions: &[Condition]) -> Rendered<String> {
    if conditions.is_empty() {
        return Ok("1=1".to_owned());
    }
    let text = conditions.iter().map(sql).collect::<Vec<_>>().join(" AND ");
    let found = text.chars().count();
    if found > LONGEST {
        return Err(Box::new(RenderErrorKind::FilterTooLong { found, most: LONGEST }));
    }
    Ok(text)
}

fn sql(condition: &Condition) -> String {
    let property = format!("user.[{}]", condition.attribute.replace(']', "]]"));
    let (mut exact, mut patterns) = (Vec::new(), Vec::new());
    for value in &condition.values {
        match value {
            Wildcard::Exact(text) => exact.push(quoted(text)),
            Wildcard::Prefix(prefix) => patterns.push(quoted(&pattern(prefix))),
        }
    }
    let not = if condition.equal { "" } else { "NOT " };
    let mut tests = Vec::new();
    if !exact.is_empty() {
        tests.push(format!("{property} {not}IN ({})", exact.join(", ")));
    }
    tests.extend(patterns.iter().map(|pattern| format!("{property} {not}LIKE {pattern} ESCAPE '{ESCAPE}'")));
    if condition.equal {
        format!("({})", tests.join(" OR "))
    } else {
        format!("(NOT EXISTS ({property}) OR ({}))", tests.join(" AND "))
    }
}

/// The pattern of all texts that begin with one.
fn pattern(prefix: &str) -> String {
    let escaped = prefix.chars().flat_map(|c| {
        let escape = matches!(c, '%' | '_' | ESCAPE).then_some(ESCAPE);
        escape.into_iter().chain([c])
    });
    escaped.chain(['%']).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn of(conditions: &[&str]) -> Rendered<String> {
        let conditions: Vec<Condition> = conditions.iter().map(|text| text.parse().unwrap()).collect();
        expression(&conditions)
    }

    #[test]
    fn conditions_read_as_service_bus_has_them() {
        for (conditions, expected) in [
            (&[][..], "1=1"),
            (&["region = eu"], "(user.[region] IN ('eu'))"),
            (&["region = eu | us*"], r"(user.[region] IN ('eu') OR user.[region] LIKE 'us%' ESCAPE '\')"),
            (&["region != eu | us"], "(NOT EXISTS (user.[region]) OR (user.[region] NOT IN ('eu', 'us')))"),
            (
                &["region != eu | us*"],
                r"(NOT EXISTS (user.[region]) OR (user.[region] NOT IN ('eu') AND user.[region] NOT LIKE 'us%' ESCAPE '\'))",
            ),
            (&["a = x", "b.c = y"], "(user.[a] IN ('x')) AND (user.[b.c] IN ('y'))"),
            (&["name = O'Neill"], "(user.[name] IN ('O''Neill'))"),
            (&[r"name = 50%_\*"], r"(user.[name] LIKE '50\%\_\\%' ESCAPE '\')"),
            (&["name = *"], r"(user.[name] LIKE '%' ESCAPE '\')"),
        ] {
            assert_eq!(of(conditions).unwrap(), expected);
        }
    }

    #[test]
    fn a_filter_is_no_longer_than_service_bus_takes() {
        let names: Vec<String> = (0..5).map(|at| format!("attribute-{at} = {}", "x".repeat(200))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(of(&names[..4]).is_ok());
        let error = of(&names).unwrap_err();
        assert!(matches!(*error, RenderErrorKind::FilterTooLong { most: 1024, .. }), "{error:?}");
    }
}
