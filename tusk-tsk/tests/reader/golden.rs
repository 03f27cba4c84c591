//! What files say: each as JSON, and in symbolic mode in the canonical form.

use tusk_tsk::{Mode, Reader};

#[test]
fn every_file_says_what_is_expected() {
    let folder = crate::folder("values");
    let names = crate::cases(&folder);
    assert!(names.len() >= 60, "{} cases", names.len());
    let mut wrong = Vec::new();
    for name in names {
        let text = std::fs::read_to_string(folder.join(format!("{name}.tsk"))).expect("it can be read");
        let reader = |mode| {
            let path = folder.join(format!("{name}.tsk"));
            Reader::new().name(path).environment(crate::variable).files(crate::read_file).mode(mode)
        };
        match reader(Mode::Resolve).from_str::<serde_json::Value>(&text) {
            Ok(value) => {
                let json = format!("{value:#}\n");
                crate::compare(&folder.join(format!("{name}.json")), &json, &mut wrong);
            }
            // A secret is no value, so such a file has no JSON.
            Err(error) if text.contains("@env.secure") => assert_eq!(error.kind().name(), "secret_as_value", "{name}"),
            Err(error) => wrong.push(error.render()),
        }
        let symbolic = match reader(Mode::Symbolic).read(&text) {
            Ok(tree) => tree,
            Err(error) => {
                wrong.push(error.render());
                continue;
            }
        };
        if text.contains("env") || text.contains("${") {
            crate::compare(&folder.join(format!("{name}.symbolic")), &symbolic.to_string(), &mut wrong);
        }
        for tree in [symbolic, reader(Mode::Resolve).read(&text).expect("it was read")] {
            let printed = tree.to_string();
            let again =
                reader(Mode::Symbolic).read(&printed).unwrap_or_else(|error| panic!("{name}: {}", error.render()));
            assert_eq!(again.root(), tree.root(), "{name}: what is printed is read as the same\n{printed}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
