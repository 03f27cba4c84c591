//! The attributes on anything at all: they never panic, never lose the function, and never pass over a fault in silence.
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use proc_macro2::TokenStream;
use proptest::prelude::*;

use crate::check::expand_function;
use crate::init::expand_init;

/// What attributes are made of, and what they are not: whatever the lexer takes.
const TOKENS: &[&str] = &[
    "trigger = \"http\",",
    "route = \"users/<id>\",",
    "trigger = \"timer\",",
    "schedule = \"@daily\",",
    "timeout = \"30s\",",
    "trigger",
    "route",
    "schedule",
    "queue",
    "path",
    "events",
    "methods",
    "targets",
    "name",
    "timeout",
    "memory",
    "tz",
    "day_match",
    "type",
    "filter",
    "idempotent",
    "batch_size",
    "auth",
    "body_limit",
    "r#type",
    "self",
    "_",
    "=",
    "=",
    "=",
    "=",
    ",",
    ",",
    ",",
    ",",
    ";",
    ":",
    "::",
    "=>",
    "==",
    "!",
    "#",
    "$",
    "&",
    "<",
    ">",
    ".",
    "..",
    "-",
    "?",
    "\"http\"",
    "\"timer\"",
    "\"queue\"",
    "\"blob\"",
    "\"topic\"",
    "\"event\"",
    "\"database\"",
    "\"stream\"",
    "\"users/<id>\"",
    "\"/\"",
    "\"0 */5 * * * *\"",
    "\"@daily\"",
    "\"orders\"",
    "\"uploads/<name>\"",
    "\"\"",
    "\"é<\"",
    "\"30s\"",
    "\"256MB\"",
    "\"aws\"",
    "\"azure\"",
    "\"any\"",
    "\"region = eu\"",
    "\"Europe/Berlin\"",
    "b\"x\"",
    "c\"x\"",
    "'x'",
    "b'x'",
    "'life",
    "0",
    "7",
    "30s",
    "-1",
    "1.5",
    "99999999999999999999",
    "true",
    "false",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "[\"GET\", \"POST\"]",
    "[\"created\"]",
    "(\"a\", b = 1)",
    "concat!(\"a\")",
    "r#\"raw\"#",
    "\"\\u{1}\"",
];

/// What signatures are made of.
const SIGNATURE: &[&str] = &[
    "async",
    "fn",
    "fn",
    "users",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "id",
    ":",
    ",",
    "u64",
    "String",
    "&",
    "'a",
    "mut",
    "self",
    "impl",
    "dyn",
    "Clone",
    "->",
    "Result",
    "_",
    "...",
    "unsafe",
    "extern",
    "\"C\"",
    "const",
    "pub",
    "#",
    "[",
    "]",
    "queue",
    "cfg",
    "test",
    "(\"orders\")",
    "(x: Sender<u8>)",
    "(id: u64)",
    "#[queue(\"orders\")]",
    "#[table]",
    "#[doc = \"a\"]",
    "where",
    "T",
    "N",
    ";",
    "struct",
    "!",
    "=",
    "0",
    "r#async",
    "Json(order): Json<u8>",
    "async fn users() {}",
];

fn soup(tokens: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(tokens), 0..14).prop_map(|tokens| tokens.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_attribute_keeps_its_function(attribute in soup(TOKENS)) {
        let Ok(attribute) = attribute.parse::<TokenStream>() else { return Ok(()) };
        let item: TokenStream = "async fn users(id: u64) { id; }".parse().expect("it is a function");
        for expansion in [expand_function(attribute.clone(), item.clone()), expand_init(&attribute, item.clone())] {
            let expansion = expansion.to_string();
            prop_assert!(expansion.contains(&item.to_string()), "{}", expansion);
            let (registered, refused) = (expansion.contains(":: emit"), expansion.contains("compile_error"));
            prop_assert!(registered != refused, "registered: {}, refused: {}", registered, refused);
        }
    }

    #[test]
    fn any_item_is_kept(item in soup(SIGNATURE)) {
        let Ok(item) = item.parse::<TokenStream>() else { return Ok(()) };
        let attribute: TokenStream = "trigger = \"http\", route = \"users\"".parse().expect("it is an attribute");
        // The marks of outputs are taken off.
        let marked = item.to_string().contains('#');
        for expansion in [expand_function(attribute, item.clone()), expand_init(&TokenStream::new(), item.clone())] {
            prop_assert!(marked || expansion.to_string().contains(&item.to_string()), "{}", expansion);
        }
    }
}
