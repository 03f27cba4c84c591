//! What is printed is read as the same, for any data and for texts made of the language's own parts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Number, Value};
use tusk_tsk::{Document, Mode, Reader, from_str, to_string};

/// Any data that TuskLang can say.
fn data() -> impl Strategy<Value = Value> {
    let text = prop_oneof![any::<String>(), "[a-z@${}\"'\\\\#:, \n\t]{0,12}", Just("@env('STAGE')".to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::from)),
        text.clone().prop_map(Value::from),
    ];
    let key = prop_oneof!["[a-zA-Z0-9_-]{1,8}", text];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn file() -> impl Strategy<Value = BTreeMap<String, Value>> {
    prop::collection::btree_map("[^\\pC]{0,10}", data(), 0..24)
}

/// Parts that, put together, are now and then a file.
fn parts() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "a: 1\n",
        "b = \"x\"\n",
        "c: [1, 2]\n",
        "[s]\n",
        "[s.t]\n",
        "d {\n",
        "}\n",
        "e >\n",
        "<\n",
        "f:\n",
        "  g: 1\n",
        "  - 1\n",
        "    h: 2\n",
        "- ",
        "# c\n",
        "// c\n",
        "\n",
        "$x: 5\n",
        "i: $x\n",
        "j: \"${x} ${STAGE:-d}\"\n",
        "k: @env(\"STAGE\", 1)\n",
        "l: $x == 5 ? a : b\n",
        "m: @if($x > 4, [1], {y: 2})\n",
        "n: \"a\" + $x\n",
        "o: {p: 1, q: {r: 2}} # c\n",
        "t: [\n",
        "1\n",
        "2, # c\n",
        "]\n",
        "u: \"\"\"\nv\n\"\"\"\n",
        "w.x: 1\n",
        "\"y z\": 'q'\n",
        "aa: 1-2\n",
        "bb: word; # c\n",
        "cc { dd: 1 }\n",
        " ",
        "\t",
        "\r\n",
        ",",
        "{",
        "}",
        "[",
        "]",
        "ee: \"\\u{24}{\\n\"\n",
        "ff: \"@env('STAGE')\"\n",
        "gg: @env.secure(\"K\")\n",
        "hh: \"\\u{40}env('A')${x}\"\n",
        "ii: { # c\n",
        "é",
        "\u{1}",
        "-",
        "@",
        "?",
    ];
    prop::collection::vec(prop::sample::select(PARTS), 0..24).prop_map(|parts| parts.concat())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn data_is_read_as_it_was_written(data in file()) {
        let text = to_string(&data).expect("it is written");
        let again: BTreeMap<String, Value> =
            from_str(&text).unwrap_or_else(|error| panic!("{}\n{text}", error.render()));
        prop_assert_eq!(&again, &data, "{}", text);
    }
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn a_document_is_printed_once_and_for_all(text in parts()) {
        check_document(&text);
    }
}

/// The canonical form is read as the same document, and says the same.
pub(crate) fn check_document(text: &str) {
    let Ok(document) = Document::parse(text) else { return };
    let printed = document.to_string();
    let again =
        Document::parse(&printed).unwrap_or_else(|error| panic!("{}\n--\n{text}\n--\n{printed}", error.render()));
    assert_eq!(again.to_string(), printed, "--\n{text}");
    for mode in [Mode::Resolve, Mode::Symbolic] {
        let reader = Reader::new().environment(crate::variable).mode(mode);
        match (reader.read(text), reader.read(&printed)) {
            (Ok(before), Ok(after)) => {
                assert_eq!(before.root(), after.root(), "--\n{text}\n--\n{printed}");
                let values = before.to_string();
                let again = reader.read(&values).unwrap_or_else(|error| panic!("{}\n{values}", error.render()));
                assert_eq!(again.root(), before.root(), "--\n{text}\n--\n{values}");
            }
            (Err(before), Err(after)) => {
                assert_eq!(before.kind().name(), after.kind().name(), "--\n{text}\n--\n{printed}");
            }
            (before, after) => panic!("{before:?}\n{after:?}\n--\n{text}\n--\n{printed}"),
        }
    }
}
