//! Any documentation is one line of the record, and reads back as it was.

use tusk_fn::{App, tusk_fn};

/// Says "hello" to C:\\users\\{name} — `{}`, 日本語, 🦀, \'quotes\', \\u0001, \\n and 100 %:
/// on two lines.
///
/// A second paragraph.
#[tusk_fn(trigger = "http", route = "quotes")]
async fn quotes() {}

#[doc = "A line\nand \"another\"\r\nwith\ttabs \u{1} \0 and \\ the end"]
#[tusk_fn(trigger = "http", route = "escapes")]
#[doc = "  and more  "]
async fn escapes() {}

#[doc = "\u{1}"]
#[tusk_fn(trigger = "http", route = "mark")]
async fn mark() {}

/**
 * A block
 * of text.
 */
#[tusk_fn(trigger = "http", route = "block")]
async fn block() {}

#[doc = concat!("not", "read")]
#[tusk_fn(trigger = "http", route = "expression")]
async fn expression() {}

mod r#mod {
    /// In a module.
    #[tusk_fn::tusk_fn(trigger = "http", route = "größe/日本")]
    pub(crate) async fn module() {}
}

tusk_fn::library!();

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let functions = runtime.block_on(App::new().start()).unwrap();
    let record = |name: &str| functions.list().find(|record| record.name == name).unwrap();
    assert_eq!(
        record("quotes").doc,
        "Says \"hello\" to C:\\\\users\\\\{name} — `{}`, 日本語, 🦀, \\'quotes\\', \\\\u0001, \\\\n and 100 %: on two lines."
    );
    assert_eq!(record("escapes").doc, "A line and \"another\" with\ttabs \u{1} \0 and \\ the end and more");
    assert_eq!(record("mark").doc, "\u{1}");
    assert_eq!(record("block").doc, "A block of text.");
    assert_eq!(record("expression").doc, "");
    assert_eq!(record("module").doc, "In a module.");
    assert_eq!(record("mark").source.module, module_path!());
    assert!(record("module").source.module.ends_with("::r#mod"), "{:?}", record("module").source);
    for record in functions.list() {
        assert!(record.source.file.ends_with("documentation.rs") && record.source.line > 0, "{:?}", record.source);
    }
}
