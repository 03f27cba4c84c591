//! What the attributes expand to, beside files that a review sees change.
//!
//! A compiler is not there: spans are all alike, and a record says neither file nor line.
#![allow(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{File, Item, ItemFn};

use crate::check::expand_function;
use crate::init::expand_init;

type Expand = fn(TokenStream, TokenStream) -> TokenStream;

#[test]
fn http() {
    check("http", expand_function);
}

#[test]
fn timer() {
    check("timer", expand_function);
}

#[test]
fn queue() {
    check("queue", expand_function);
}

#[test]
fn init() {
    check("init", |arguments, item| expand_init(&arguments, item));
}

#[test]
fn faulty() {
    check("faulty", expand_function);
}

/// Expands the function in `golden/{name}.rs` and compares with `golden/{name}.expanded.rs`.
fn check(name: &str, expand: Expand) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/golden");
    let source = std::fs::read_to_string(directory.join(name).with_extension("rs")).expect("the function is there");
    let mut function: ItemFn = syn::parse_str(&source).expect("it is a function");
    // A comment of documentation is an attribute too, and stands first.
    let at = function.attrs.iter().position(|it| !it.path().is_ident("doc")).expect("it has an attribute");
    let attribute = function.attrs.remove(at);
    let arguments = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
    let expanded = render(expand(arguments, function.into_token_stream()));

    let path = directory.join(format!("{name}.expanded.rs"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expanded).expect("it can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == expanded,
        "the expansion changed; `UPDATE=1 cargo test -p tusk-fn-macros` writes it to {}:\n{expanded}",
        path.display()
    );
}

/// The expansion as code: what stands within `emit!` is shown part by part.
fn render(expansion: TokenStream) -> String {
    let count = count(expansion.clone());
    let file: File = syn::parse2(expansion).expect("an expansion is items");
    let mut parts: Vec<String> = file.items.into_iter().map(render_item).collect();
    parts.push(format!("// {count} tokens\n"));
    parts.join("\n")
}

fn render_item(item: Item) -> String {
    match item {
        Item::Macro(call) => {
            let path = call.mac.path.to_token_stream().to_string().replace(' ', "");
            if path.contains("::emit") {
                format!("// {path}! {{\n{}// }}\n", render_parts(call.mac.tokens))
            } else {
                format!("// {path}! {{ {} }}\n", call.mac.tokens)
            }
        }
        item => unparse(vec![item]),
    }
}

/// `name = …`, each; what is within braces is code.
fn render_parts(tokens: TokenStream) -> String {
    let mut parts = Vec::new();
    let mut plain = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                parts.push(format!("// {}\n{}", std::mem::take(&mut plain), render_code(&group.stream())));
            }
            TokenTree::Punct(semicolon) if semicolon.as_char() == ';' => {
                parts.push(format!("// {}\n", std::mem::take(&mut plain)));
            }
            token => plain.extend([token]),
        }
    }
    parts.concat()
}

/// Items, or statements in a function that the expansion has not, or neither.
fn render_code(tokens: &TokenStream) -> String {
    match syn::parse2::<File>(tokens.clone()) {
        Ok(file) if !file.items.is_empty() => return unparse(file.items),
        _ => {}
    }
    match syn::parse2::<Item>(quote!(fn part() { #tokens })) {
        Ok(part) if tokens.clone().into_iter().count() > 2 => unparse(vec![part]),
        _ => format!("// {tokens}\n"),
    }
}

fn unparse(items: Vec<Item>) -> String {
    let mut file: File = syn::parse_quote!();
    file.items = items;
    prettyplease::unparse(&file)
}

fn count(tokens: TokenStream) -> usize {
    let of = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(of).sum()
}
