//! Documents: files with their comments, and their canonical form.

use tusk_tsk::Document;
use tusk_tsk::syntax::{ExpressionKind, Form, Item};

#[test]
fn every_file_has_a_canonical_form() {
    let folder = crate::folder("documents");
    let mut wrong = Vec::new();
    let names = crate::cases(&folder);
    assert!(!names.is_empty());
    for name in names {
        let text = std::fs::read_to_string(folder.join(format!("{name}.tsk"))).expect("it can be read");
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {}", error.render()));
        crate::compare(&folder.join(format!("{name}.canonical")), &document.to_string(), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_file_that_is_read_is_printed_and_read_again() {
    for folder in ["values", "documents"].map(crate::folder) {
        for name in crate::cases(&folder) {
            let text = std::fs::read_to_string(folder.join(format!("{name}.tsk"))).expect("it can be read");
            if name != "other_files" {
                crate::properties::check_document(&text);
            }
        }
    }
}

#[test]
fn a_tool_finds_what_is_written_and_where() {
    let text = "# about\nname: 'x' # behind\n$g = 1\nserver { port: $g }\n[s]\n";
    let document = Document::parse(text).expect("it is read");
    let [Item::Comment(about), Item::Pair(name), Item::Pair(global), Item::Pair(server), Item::Section(section)] =
        document.items.as_slice()
    else {
        panic!("{:?}", document.items)
    };
    assert_eq!(about.text, "about");
    assert_eq!(name.comment.as_ref().map(|comment| comment.text.as_ref()), Some("behind"));
    assert_eq!(&text[name.value.span.range()], "'x'");
    assert_eq!((name.form, global.form, server.form), (Form::Value, Form::Global, Form::Block));
    let ExpressionKind::Table(items) = &server.value.kind else { panic!("{:?}", server.value) };
    let [Item::Pair(port)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((&text[port.key.span().range()], &text[port.value.span.range()]), ("port", "$g"));
    assert_eq!(section.key.first.name, "s");
}
