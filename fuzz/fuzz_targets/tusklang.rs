//! TuskLang: nothing panics, and what is printed is read as the same.
#![no_main]

use std::path::Path;

use tusk_tsk::{Document, Error, Limits, Mode, Reader, Tree};

fn variable(name: &str) -> Option<String> {
    matches!(name, "STAGE" | "A").then(|| "5".to_owned())
}

fn file(path: &Path) -> std::io::Result<Option<String>> {
    Ok((path == Path::new("other.tsk")).then(|| "[a]\nb: {c: [1, \"d\"]}\n".to_owned()))
}

fn reader(mode: Mode, depth: usize) -> Reader<'static> {
    let mut limits = Limits::default();
    limits.depth = depth;
    Reader::new().environment(variable).files(file).mode(mode).limits(limits)
}

/// What is printed nests at most twice as deep: a choice becomes the arguments of a call.
fn again(mode: Mode, text: &str) -> Result<Tree<'static>, Error> {
    reader(mode, 200).read(text).map(Tree::into_owned)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let printed = Document::parse(text).ok().map(|document| document.to_string());
    for mode in [Mode::Resolve, Mode::Symbolic] {
        match reader(mode, 64).read(text) {
            Err(error) => {
                let _ = error.render();
                let _ = error.kind().name();
            }
            Ok(tree) => {
                if let Err(error) = tree.deserialize::<serde_json::Value>() {
                    let _ = error.render();
                }
                let values = tree.to_string();
                let values = again(mode, &values).unwrap_or_else(|error| panic!("{}\n{values}", error.render()));
                assert_eq!(values.root(), tree.root());
                let printed = printed.as_deref().expect("what is read is a document");
                let documents = again(mode, printed).unwrap_or_else(|error| panic!("{}\n{printed}", error.render()));
                assert_eq!(documents.root(), tree.root());
            }
        }
    }
    if let Some(printed) = &printed
        && let Ok(document) = Document::parse(printed)
    {
        assert_eq!(document.to_string(), *printed);
    }
});
