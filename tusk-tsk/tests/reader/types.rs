//! Into ordinary types, and back.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use tusk_tsk::{Mode, Reader, Secret, Spanned, Symbolic, SymbolicPiece, WriteError, from_str, to_string};

fn reader<'e>() -> Reader<'e> {
    Reader::new().environment(crate::variable)
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Function {
    name: String,
    memory_size: u32,
    timeout: Option<f32>,
    #[serde(default)]
    debug: bool,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Trigger {
    Manual,
    Timer(String),
    Window(u8, u8),
    Http { route: String, methods: Vec<String> },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    Queue { name: String },
    Topic { filter: Option<String> },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Size {
    Number(u32),
    Text(String),
}

#[test]
fn a_variable_fits_numbers_and_booleans() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Fits {
        memory: u32,
        default: u32,
        ratio: f64,
        whole: f64,
        debug: bool,
        absent: Option<u8>,
        text: String,
        global: i64,
        list: Vec<u16>,
    }
    let text = r#"
        $memory: @env("MEMORY")
        memory: @env("MEMORY", 1)
        default: @env("GONE", "512")
        ratio: @env("RATIO")
        whole: @env("MEMORY")
        debug: @env("DEBUG")
        absent: @env("GONE", null)
        text: @env("MEMORY")
        global: $memory
        list: [@env("MEMORY"), 1]
    "#;
    let fits: Fits = reader().from_str(text).expect("everything fits");
    let expected = Fits {
        memory: 2048,
        default: 512,
        ratio: 0.25,
        whole: 2048.0,
        debug: true,
        absent: None,
        text: "2048".to_owned(),
        global: 2048,
        list: vec![2048, 1],
    };
    assert_eq!(fits, expected);
}

#[test]
fn other_texts_fit_no_numbers() {
    for text in ["n: \"5\"", "n: \"${MEMORY}\"", "n: \"\" + @env(\"MEMORY\")", "n: 5.0", "n: -1"] {
        let error = reader().from_str::<HashMap<String, u32>>(text).unwrap_err();
        assert!(matches!(error.kind().name().as_str(), "wrong_type" | "wrong_value"), "{text}: {error}");
    }
    let error = reader().from_str::<HashMap<String, bool>>("n: \"true\"").unwrap_err();
    assert_eq!(error.kind().name(), "boolean_word");
}

#[test]
fn what_a_flattened_map_holds() {
    let function: Function = reader()
        .from_str("name: users\nmemory_size: @env(\"MEMORY\")\nschedule: \"0 * * * *\"\nvpc { ids: [1] }")
        .expect("it is read");
    assert_eq!(function.memory_size, 2048);
    assert_eq!(function.timeout, None);
    assert_eq!(function.others["vpc"], serde_json::json!({"ids": [1]}));
    let printed = to_string(&function).expect("it is written");
    assert_eq!(from_str::<Function>(&printed).expect("it is read again"), function);
}

#[test]
fn enums_in_every_form() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Enums {
        triggers: Vec<Trigger>,
        tagged: Vec<Tagged>,
        sizes: Vec<Size>,
    }
    let text = r#"
        triggers: [manual, {timer: "@hourly"}, {window: [1, 5]}, {http: {route: "users", methods: [GET]}}]
        tagged: [{kind: queue, name: "orders"}, {kind: "topic"}]
        sizes: [512, "512MB"]
    "#;
    let enums: Enums = from_str(text).expect("it is read");
    assert_eq!(enums.triggers[2], Trigger::Window(1, 5));
    assert_eq!(enums.tagged[1], Tagged::Topic { filter: None });
    assert_eq!(enums.sizes, [Size::Number(512), Size::Text("512MB".to_owned())]);
    let printed = to_string(&enums).expect("it is written");
    assert_eq!(from_str::<Enums>(&printed).expect("it is read again"), enums);
}

#[test]
fn keys_of_other_types() {
    #[derive(Deserialize, PartialEq, Eq, Hash, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Key {
        First,
    }
    let codes: BTreeMap<u16, String> = from_str("404: gone\n500: error").expect("it is read");
    assert_eq!(codes[&404], "gone");
    let flags: HashMap<bool, u8> = from_str("true: 1\nfalse: 0").expect("it is read");
    assert_eq!(flags[&false], 0);
    assert_eq!(to_string(&codes).expect("it is written"), "404: \"gone\"\n500: \"error\"\n");
    let named: HashMap<Key, u8> = from_str("first: 1").expect("it is read");
    assert_eq!(named[&Key::First], 1);
}

#[test]
fn texts_are_borrowed_from_the_file() {
    #[derive(Deserialize)]
    struct Borrowed<'s> {
        name: &'s str,
    }
    let text = "name: \"users\"".to_owned();
    let borrowed: Borrowed<'_> = from_str(&text).expect("it is read");
    assert_eq!(borrowed.name, "users");
}

#[test]
fn spans_are_there_on_request() {
    #[derive(Deserialize)]
    struct Config {
        server: Spanned<BTreeMap<String, Spanned<Option<u16>>>>,
    }
    let text = "# é\n[server]\nport: 80\nnone: null\nport2: $p\n";
    let text = format!("$p: 81\n{text}");
    let config: Config = Reader::new().name("peanut.tsk").from_str(&text).expect("it is read");
    let port = &config.server.value["port"];
    assert_eq!((port.value, port.file.as_str(), port.line, port.column), (Some(80), "peanut.tsk", 4, 7));
    assert_eq!(&text[port.start..port.end], "80");
    assert_eq!(config.server["none"].value, None);
    // A global's value stands where it is used.
    assert_eq!((config.server["port2"].value, config.server["port2"].line), (Some(81), 6));
    assert_eq!((config.server.line, config.server.column), (3, 2));
}

#[test]
fn symbols_keep_names_and_defaults() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Config {
        plain: Symbolic<u32>,
        variable: Symbolic<u32>,
        without: Symbolic<String>,
        text: Symbolic<String>,
        secret: Symbolic<String>,
        own: Secret,
        maybe: Option<Symbolic<bool>>,
        spanned: Spanned<Symbolic<u8>>,
    }
    let text = r#"
        plain: 5
        variable: @env("MEMORY", "512")
        without: @env("STAGE")
        text: "x-${STAGE}-" + @env("GONE", "d")
        secret: @env.secure("KEY")
        own: @env.secure("OWN")
        maybe: @env("DEBUG", true)
        spanned: 1
    "#;
    let config: Config = reader().mode(Mode::Symbolic).from_str(text).expect("it is read");
    assert_eq!(config.plain, Symbolic::Value(5));
    assert_eq!(config.variable, Symbolic::Variable { name: "MEMORY".to_owned(), default: Some(512) });
    assert_eq!(config.without, Symbolic::Variable { name: "STAGE".to_owned(), default: None });
    let Symbolic::Text(pieces) = config.text else { panic!("{:?}", config.text) };
    assert_eq!(pieces[0], SymbolicPiece::Text("x-".to_owned()));
    assert_eq!(pieces[3], SymbolicPiece::Variable { name: "GONE".to_owned(), default: Some("d".to_owned()) });
    assert!(matches!(&config.secret, Symbolic::Secret(secret) if secret.name == "KEY"));
    assert_eq!(config.own.name, "OWN");
    assert_eq!(config.maybe, Some(Symbolic::Variable { name: "DEBUG".to_owned(), default: Some(true) }));
    assert_eq!((config.spanned.value.clone(), config.spanned.line), (Symbolic::Value(1), 9));
}

#[test]
fn a_secret_has_no_value_anywhere() {
    // The environment knows it, and nothing asks: what is not read cannot leak.
    let asked = std::cell::RefCell::new(Vec::new());
    let reader = Reader::new().environment(|name| {
        asked.borrow_mut().push(name.to_owned());
        crate::variable(name)
    });
    let tree = reader.read("password: @env.secure(\"PASSWORD\")\nstage: @env(\"STAGE\")").expect("it is read");
    assert_eq!(*asked.borrow(), ["STAGE"]);
    assert!(!format!("{tree:?}").contains("hunter2"));
    let error = tree.deserialize::<BTreeMap<String, String>>().unwrap_err();
    assert_eq!(error.kind().name(), "secret_as_value");
}

#[test]
fn no_error_repeats_what_the_environment_says() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never read")]
    struct Asked {
        #[serde(default)]
        number: u8,
        #[serde(default)]
        list: Vec<u8>,
        address: Option<std::net::IpAddr>,
        choice: Option<Trigger>,
        nested: Option<Vec<bool>>,
    }
    for line in ["number: V", "list: V", "list: [V]", "address: V", "choice: V", "nested: [V]", "number: \"x\" + V"] {
        let text = line.replace('V', "@env(\"PASSWORD\")");
        let error = reader().from_str::<Asked>(&text).unwrap_err();
        let shown = format!("{error} {error:?} {}", error.render());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn what_cannot_be_written_is_refused() {
    #[derive(Serialize)]
    struct Twice {
        a: u8,
        #[serde(flatten)]
        others: BTreeMap<&'static str, u8>,
    }
    assert_eq!(to_string(&5), Err(WriteError::NoTable { found: "a number" }));
    assert!(matches!(to_string(&BTreeMap::from([("a", u64::MAX)])), Err(WriteError::Number { .. })));
    assert!(matches!(to_string(&BTreeMap::from([("a", f64::NAN)])), Err(WriteError::Number { .. })));
    assert!(matches!(to_string(&BTreeMap::from([(vec![1], 1)])), Err(WriteError::Key { .. })));
    let twice = Twice { a: 1, others: BTreeMap::from([("a", 2)]) };
    assert_eq!(to_string(&twice), Err(WriteError::KeyTwice { key: "a".to_owned() }));
}

#[test]
fn a_part_is_read_alone() {
    let tree = reader().read("[a.b]\nc: 5").expect("it is read");
    assert_eq!(
        tree.section::<BTreeMap<String, u8>>("a.b").expect("it fits"),
        Some(BTreeMap::from([("c".to_owned(), 5)]))
    );
    assert_eq!(tree.section::<u8>("a.x").expect("it is not there"), None);
    let place = tree.place(tree.get("a.b.c").expect("it is there").span).expect("a place");
    assert_eq!((place.line, place.column), (2, 4));
}
