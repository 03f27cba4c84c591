//! A tree as JSON.

use crate::yaml::Tree;

/// The tree's text, indented, with a line feed at its end. A tag is none in JSON and is left out.
pub(crate) fn write(tree: &Tree) -> String {
    let mut text = String::new();
    value(tree, 0, &mut text);
    text.push('\n');
    text
}

fn value(tree: &Tree, depth: usize, out: &mut String) {
    match tree {
        Tree::Text(text) | Tree::Tagged(_, text) => out.push_str(&quoted(text)),
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Signed(number) => out.push_str(&number.to_string()),
        Tree::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Tree::List(items) => {
            let items = items.iter().map(|item| (None, item));
            collection(('[', ']'), items, depth, out);
        }
        Tree::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (Some(key.as_str()), value));
            collection(('{', '}'), entries, depth, out);
        }
        Tree::Spaced(tree) => value(tree, depth, out),
    }
}

fn collection<'a>(
    (open, close): (char, char),
    items: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Tree)>,
    depth: usize,
    out: &mut String,
) {
    let last = items.len();
    out.push(open);
    for (at, (key, item)) in items.enumerate() {
        line(depth + 1, out);
        if let Some(key) = key {
            out.push_str(&quoted(key));
            out.push_str(": ");
        }
        value(item, depth + 1, out);
        if at + 1 < last {
            out.push(',');
        }
    }
    if last > 0 {
        line(depth, out);
    }
    out.push(close);
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use crate::yaml::map;

    #[test]
    fn a_tree_keeps_its_order() {
        let tree = map([
            ("b", [Tree::from(1), Tree::from(true)].into()),
            ("a", map([("text", Tree::from("it's \"so\"").spaced())])),
            ("none", Tree::List(Vec::new())),
            ("empty", Tree::Map(Vec::new())),
        ]);
        let text = write(&tree);
        let expected = "{\n  \"b\": [\n    1,\n    true\n  ],\n  \"a\": {\n    \"text\": \"it's \\\"so\\\"\"\n  },\n  \
                        \"none\": [],\n  \"empty\": {}\n}\n";
        assert_eq!(text, expected);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["b"][0], 1);
    }
}
