//! The cases of `tests/ui/fail` without a compiler: what the attributes say of them is what stands in the words beside each.
//!
//! `trybuild` compares the whole of a compiler's output, which takes minutes. This takes a second, so that a check that goes
//! missing is noticed at once, also by a tool that takes away every check in turn (`cargo mutants`).
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;

use crate::check::expand_function;
use crate::init::expand_init;

/// How errors begin that are the compiler's own and not of a kind with a number.
const RUSTCS: [&str; 7] = [
    "future cannot be sent",
    "implementation is not supported",
    "expected",
    "unused implementer",
    "the `_` pattern",
    "`...`",
    "functions with",
];

#[test]
fn cases_are_refused_in_the_words_beside_them() {
    let mut judged = 0;
    let mut wrong = Vec::new();
    for case in cases() {
        let source = std::fs::read_to_string(&case).expect("a case can be read");
        // What is no row of tokens never reaches an attribute.
        let Ok(tokens) = source.parse::<TokenStream>() else { continue };
        // A new case has none until `trybuild` writes them.
        let Ok(words) = std::fs::read_to_string(case.with_extension("stderr")) else { continue };
        let words = lines(&words);
        let said = messages(tokens);
        let name = case.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let unknown = said.iter().filter(|message| !words.contains(&lines(message)));
        wrong.extend(unknown.map(|message| format!("{name} says, and its words do not:\n{message}")));
        let own = |line: &&str| {
            let error = line.strip_prefix("error:");
            error.is_some_and(|error| !RUSTCS.iter().any(|rustcs| error.starts_with(&rustcs.replace(' ', ""))))
        };
        let expected: Vec<&str> = words.lines().filter(own).collect();
        if said.len() != expected.len() {
            wrong.push(format!("{name} has {} messages for {expected:#?}", said.len()));
        }
        judged += said.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(judged > 280, "only {judged} messages were judged");
}

fn cases() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui/fail");
    // A package has the crate alone.
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// A text without blanks: the compiler indents a message, and writes tokens with fewer of them.
fn lines(text: &str) -> String {
    text.lines().map(|line| line.split_whitespace().collect::<String>() + "\n").collect()
}

/// What the attributes in a file say.
fn messages(file: TokenStream) -> Vec<String> {
    let mut said = Vec::new();
    let mut tokens = file.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                let Some(TokenTree::Group(attribute)) =
                    tokens.next_if(|it| matches!(it, TokenTree::Group(it) if it.delimiter() == Delimiter::Bracket))
                else {
                    continue;
                };
                let Some((name, arguments)) = ours(attribute.stream()) else { continue };
                let mut item = TokenStream::new();
                for token in tokens.by_ref() {
                    let ends = match &token {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(punct) => punct.as_char() == ';',
                        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
                    };
                    item.extend([token]);
                    if ends {
                        break;
                    }
                }
                let expansion =
                    if name == "init" { expand_init(&arguments, item) } else { expand_function(arguments, item) };
                said.extend(errors(expansion));
            }
            TokenTree::Group(group) => said.extend(messages(group.stream())),
            TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
    said
}

/// The name of an attribute of this crate, and what stands between its brackets.
fn ours(attribute: TokenStream) -> Option<(String, TokenStream)> {
    let mut name = String::new();
    let mut arguments = TokenStream::new();
    for token in attribute {
        match token {
            TokenTree::Ident(ident) => name = ident.to_string(),
            TokenTree::Group(group) => arguments = group.stream(),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    matches!(name.as_str(), "tusk_fn" | "init").then_some((name, arguments))
}

/// The errors of an expansion.
fn errors(expansion: TokenStream) -> Vec<String> {
    let mut errors = Vec::new();
    let mut after_name = false;
    for token in expansion {
        match token {
            TokenTree::Ident(ident) => after_name = ident == "compile_error",
            TokenTree::Group(group) if after_name => {
                let message: LitStr = syn::parse2(group.stream()).expect("it is a text");
                errors.push(message.value());
                after_name = false;
            }
            TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
    errors
}
