//! Filters of subscriptions ("Subscription Rule SQL Filter Syntax"): as much of the language as manifests use. What is none of that
//! is a failed test, and not a filter that lets everything through.

use serde_json::{Map, Value};

/// A filter, read.
enum Test {
    /// `1=1`.
    Always,
    Exists(String),
    In(String, Vec<String>),
    /// A prefix is all that a pattern may say.
    Begins(String, String),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// What a subscription lets through.
pub(super) struct Filter(Test);

impl Filter {
    pub(super) fn read(sql: &str) -> Self {
        let mut reader = Reader { rest: sql };
        let test = reader.any();
        assert!(reader.rest.is_empty(), "{:?} cannot be read in {sql}", reader.rest);
        Self(test)
    }

    /// What is unknown lets nothing through.
    pub(super) fn matches(&self, properties: &Map<String, Value>) -> bool {
        self.0.holds(properties) == Some(true)
    }
}

impl Test {
    /// Whether it holds, if that is known: what compares with a property that is not there is not.
    fn holds(&self, properties: &Map<String, Value>) -> Option<bool> {
        // Names of properties know no case.
        let value = |name: &str| {
            let named = properties.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value.as_str().expect("a text"))
        };
        match self {
            Self::Always => Some(true),
            Self::Exists(name) => Some(value(name).is_some()),
            Self::In(name, values) => value(name).map(|value| values.iter().any(|other| other == value)),
            Self::Begins(name, prefix) => Some(value(name)?.starts_with(prefix.as_str())),
            Self::Not(test) => test.holds(properties).map(|holds| !holds),
            Self::And(tests) => kleene(tests.iter().map(|test| test.holds(properties)), false),
            Self::Or(tests) => kleene(tests.iter().map(|test| test.holds(properties)), true),
        }
    }
}

/// One that decides decides; else an unknown one leaves it unknown.
fn kleene(tests: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let all: Vec<Option<bool>> = tests.collect();
    if all.contains(&Some(decisive)) {
        Some(decisive)
    } else if all.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn takes(&mut self, words: &str) -> bool {
        let rest = self.rest.strip_prefix(words);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, words: &str) {
        assert!(self.takes(words), "{words:?} is missing before {:?}", self.rest);
    }

    fn any(&mut self) -> Test {
        let mut tests = vec![self.all()];
        while self.takes(" OR ") {
            tests.push(self.all());
        }
        Test::Or(tests)
    }

    fn all(&mut self) -> Test {
        let mut tests = vec![self.one()];
        while self.takes(" AND ") {
            tests.push(self.one());
        }
        Test::And(tests)
    }

    fn one(&mut self) -> Test {
        if self.takes("1=1") {
            return Test::Always;
        }
        if self.takes("NOT EXISTS (") {
            let name = self.property();
            self.expect(")");
            return Test::Not(Box::new(Test::Exists(name)));
        }
        if self.takes("(") {
            let test = self.any();
            self.expect(")");
            return test;
        }
        let name = self.property();
        let negated = self.takes(" NOT");
        let test = if self.takes(" IN (") {
            let mut values = vec![self.text()];
            while self.takes(", ") {
                values.push(self.text());
            }
            self.expect(")");
            Test::In(name, values)
        } else {
            self.expect(" LIKE ");
            let pattern = self.text();
            self.expect(" ESCAPE '\\'");
            Test::Begins(name, prefix(&pattern))
        };
        if negated { Test::Not(Box::new(test)) } else { test }
    }

    fn property(&mut self) -> String {
        self.expect("user.[");
        self.until(']')
    }

    fn text(&mut self) -> String {
        self.expect("'");
        self.until('\'')
    }

    /// What stands before a character that is doubled where it means itself.
    fn until(&mut self, end: char) -> String {
        let mut text = String::new();
        loop {
            let (before, rest) = self.rest.split_once(end).expect("it ends");
            text += before;
            self.rest = rest;
            if !self.takes(&end.to_string()) {
                return text;
            }
            text.push(end);
        }
    }
}

/// The prefix that a pattern asks for.
fn prefix(pattern: &str) -> String {
    let mut prefix = String::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => prefix.push(characters.next().expect("an escaped character")),
            '%' if characters.as_str().is_empty() => return prefix,
            '%' | '_' => panic!("more than a prefix: {pattern}"),
            _ => prefix.push(c),
        }
    }
    panic!("no pattern: {pattern}");
}

#[test]
fn filters_are_read_as_service_bus_has_them() {
    let of = |properties: &[(&str, &str)]| {
        properties.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect::<Map<_, _>>()
    };
    for (sql, properties, expected) in [
        ("1=1", of(&[]), true),
        ("(user.[kind] IN ('a', 'it''s'))", of(&[("Kind", "it's")]), true),
        ("(user.[kind] IN ('a'))", of(&[("kind", "b")]), false),
        ("(user.[kind] IN ('a'))", of(&[]), false),
        ("user.[kind] NOT IN ('a')", of(&[]), false),
        ("(NOT EXISTS (user.[kind]) OR (user.[kind] NOT IN ('a')))", of(&[]), true),
        ("(NOT EXISTS (user.[kind]) OR (user.[kind] NOT IN ('a')))", of(&[("kind", "a")]), false),
        (
            r"(user.[a] IN ('x') OR user.[a] LIKE '5\%%' ESCAPE '\') AND (user.[b]]] IN ('y'))",
            of(&[("a", "5%6"), ("b]", "y")]),
            true,
        ),
        (r"(user.[a] LIKE '5\%%' ESCAPE '\') AND (user.[b] IN ('y'))", of(&[("a", "56"), ("b", "y")]), false),
    ] {
        assert_eq!(Filter::read(sql).matches(&properties), expected, "{sql} {properties:?}");
    }
}
