//! Each row of the language's description, with what holds it.

use serde_json::{Value, json};
use tusk_tsk::{Mode, Reader};

/// What a text becomes.
enum Becomes {
    /// This data.
    Data(Value),
    /// An error of this kind.
    Refused(&'static str),
    /// This in symbolic mode, in the canonical form.
    Symbol(&'static str),
}
use Becomes::{Data, Refused, Symbol};

fn others(path: &std::path::Path) -> Option<String> {
    match path.to_str() {
        Some("conf/other.tsk") => Some("[a]\nb: 7\n".to_owned()),
        Some("conf/round.tsk") => Some("x: @here.tsk.get(\"x\")\n".to_owned()),
        _ => None,
    }
}

fn check(row: &str, text: &str, becomes: &Becomes) {
    let reader = || Reader::new().name("conf/here.tsk").environment(crate::variable).files(|path| Ok(others(path)));
    match becomes {
        Data(expected) => match reader().from_str::<Value>(text) {
            Ok(found) => assert_eq!(&found, expected, "{row}: {text}"),
            Err(error) => panic!("{row}: {}", error.render()),
        },
        Refused(kind) => {
            let error = reader().from_str::<Value>(text).expect_err(&format!("{row}: {text}"));
            assert_eq!(error.kind().name(), *kind, "{row}: {}", error.render());
            assert_eq!(error.file(), Some("conf/here.tsk"), "{row}");
            assert!(error.line().is_some() && error.column().is_some(), "{row}");
        }
        Symbol(expected) => {
            let tree =
                reader().mode(Mode::Symbolic).read(text).unwrap_or_else(|error| panic!("{row}: {}", error.render()));
            assert_eq!(tree.to_string().trim_end(), *expected, "{row}");
        }
    }
}

fn check_all(rows: &[(&str, &[(&str, Becomes)])]) {
    for (row, cases) in rows {
        assert!(!cases.is_empty(), "{row} has no case");
        for (text, becomes) in *cases {
            check(row, text, becomes);
        }
    }
}

#[test]
fn the_agreed_core() {
    check_all(&[
        (
            "pairs `key: value` and `key = value`, blanks optional, an optional trailing `;`; keys may hold dashes",
            &[
                ("a: 1", Data(json!({"a": 1}))),
                ("a = 1", Data(json!({"a": 1}))),
                ("a:1\nb=2", Data(json!({"a": 1, "b": 2}))),
                ("a: 1;\nb = \"x\";", Data(json!({"a": 1, "b": "x"}))),
                ("rate-limit: 5", Data(json!({"rate-limit": 5}))),
            ],
        ),
        (
            "strings; integers, negatives, floats, `true`, `false`, `null`; bare words as strings",
            &[
                ("a: \"x y\"\nb: 'x y'", Data(json!({"a": "x y", "b": "x y"}))),
                ("a: 1\nb: -1\nc: 0.5\nd: -0.5", Data(json!({"a": 1, "b": -1, "c": 0.5, "d": -0.5}))),
                ("a: true\nb: false\nc: null", Data(json!({"a": true, "b": false, "c": null}))),
                ("a: info\nb: us-east-1", Data(json!({"a": "info", "b": "us-east-1"}))),
            ],
        ),
        (
            "whole-line `#` and `//` comments; `#` and `:` inside quotes are text; CRLF, tabs inside lines, UTF-8, BOM",
            &[
                ("# x\n// y\n  # z\na: 1", Data(json!({"a": 1}))),
                ("a: \"x # y: z\"\nb: 'x # y: z'", Data(json!({"a": "x # y: z", "b": "x # y: z"}))),
                ("a: 1\r\n[s]\r\nb: \"x\"\r\n", Data(json!({"a": 1, "s": {"b": "x"}}))),
                ("a:\t1\n\tb\t=\t\"x\ty\"", Data(json!({"a": 1, "b": "x\ty"}))),
                ("größe: \"世界\"", Data(json!({"größe": "世界"}))),
                ("\u{feff}a: 1", Data(json!({"a": 1}))),
            ],
        ),
        (
            "`[section]`; `name {` … `}` and `name >` … `<`, at top level or inside a section (then nested in it)",
            &[
                ("[s]\na: 1", Data(json!({"s": {"a": 1}}))),
                ("b {\n  a: 1\n}\nc: 2", Data(json!({"b": {"a": 1}, "c": 2}))),
                ("b >\n  a: 1\n<\nc: 2", Data(json!({"b": {"a": 1}, "c": 2}))),
                ("[s]\nb {\na: 1\n}\nc: 2", Data(json!({"s": {"b": {"a": 1}, "c": 2}}))),
                ("[s]\nb>\na: 1\n<\nc: 2", Data(json!({"s": {"b": {"a": 1}, "c": 2}}))),
            ],
        ),
        (
            "flat arrays `[1, \"a\", true]`; ranges `8000-9000`",
            &[
                ("a: [1, \"a\", true]", Data(json!({"a": [1, "a", true]}))),
                ("a: 8000-9000", Data(json!({"a": {"min": 8000, "max": 9000, "type": "range"}}))),
            ],
        ),
        (
            "`$name: value` defines a global, used as `$name` from then on; `$`-keys are not part of the data",
            &[("$x: \"v\"\na: $x\n[s]\nb: $x", Data(json!({"a": "v", "s": {"b": "v"}})))],
        ),
        (
            "`$e == \"p\" ? a : b` with `== != > >= < <=`",
            &[
                ("$e: \"p\"\na: $e == \"p\" ? a : b", Data(json!({"a": "a"}))),
                ("$e: \"q\"\na: $e == \"p\" ? a : b", Data(json!({"a": "b"}))),
                ("$e: \"q\"\na: $e != \"p\" ? 1 : 2", Data(json!({"a": 1}))),
                ("$n: 5\na: $n > 4 ? 1 : 2\nb: $n > 5 ? 1 : 2", Data(json!({"a": 1, "b": 2}))),
                ("$n: 5\na: $n >= 5 ? 1 : 2\nb: $n >= 6 ? 1 : 2", Data(json!({"a": 1, "b": 2}))),
                ("$n: 5\na: $n < 6 ? 1 : 2\nb: $n < 5 ? 1 : 2", Data(json!({"a": 1, "b": 2}))),
                ("$n: 5\na: $n <= 5 ? 1 : 2\nb: $n <= 4 ? 1 : 2", Data(json!({"a": 1, "b": 2}))),
            ],
        ),
    ]);
}

#[test]
fn the_documented_forms() {
    check_all(&[
        (
            "nested arrays and objects (also `=`), trailing commas, arrays over several lines, arrays of objects",
            &[
                ("a: [[1, 2], [3]]", Data(json!({"a": [[1, 2], [3]]}))),
                ("a: {x: 1, y: {z: 2}}", Data(json!({"a": {"x": 1, "y": {"z": 2}}}))),
                ("a = {x = 1, y = {z = 2}}", Data(json!({"a": {"x": 1, "y": {"z": 2}}}))),
                ("a: [1, 2,]\nb: {x: 1,}", Data(json!({"a": [1, 2], "b": {"x": 1}}))),
                ("a: [\n1,\n2\n]\nb: [\n1\n2\n]", Data(json!({"a": [1, 2], "b": [1, 2]}))),
                (
                    "a: [{x: 1}, {x: 2}]\nb: [\n{x: 1}\n{x: 2}\n]",
                    Data(json!({"a": [{"x": 1}, {"x": 2}], "b": [{"x": 1}, {"x": 2}]})),
                ),
            ],
        ),
        (
            "`key: {` and `key = {` over several lines, nested blocks, one-line blocks",
            &[
                ("a: {\nx: 1\ny: 2\n}", Data(json!({"a": {"x": 1, "y": 2}}))),
                ("a = {\nx: 1\n}", Data(json!({"a": {"x": 1}}))),
                ("a {\nb {\nx: 1\n}\n}", Data(json!({"a": {"b": {"x": 1}}}))),
                ("a { x: 1, y: 2 }\nb { x: 1; y: 2 }", Data(json!({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}}))),
            ],
        ),
        (
            "`[a.b]`; reopened sections merge; dotted and quoted keys",
            &[
                ("[a.b]\nc: 1", Data(json!({"a": {"b": {"c": 1}}}))),
                ("[a]\nx: 1\n[b]\n[a]\ny: 2", Data(json!({"a": {"x": 1, "y": 2}, "b": {}}))),
                ("a.b: 1\n\"c d\": 2\n'e': 3", Data(json!({"a": {"b": 1}, "c d": 2, "e": 3}))),
            ],
        ),
        (
            "indentation blocks (`key:` then deeper lines, spaces only) with `- item` lists",
            &[
                ("a:\n  b: 1\n  c:\n    d: 2\ne: 3", Data(json!({"a": {"b": 1, "c": {"d": 2}}, "e": 3}))),
                ("a:\n  - 1\n  - x: 2\n    y: 3\nb: 4", Data(json!({"a": [1, {"x": 2, "y": 3}], "b": 4}))),
            ],
        ),
        (
            "`\"\"\"` … `\"\"\"` (lines verbatim, joined by `\\n`, no trailing newline); `# comment` after a value",
            &[
                ("a: \"\"\"\nx\n  y\\n ${z}\n\"\"\"", Data(json!({"a": "x\n  y\\n ${z}"}))),
                ("a: 1 # c\nb: x # c\nc: [1] # c", Data(json!({"a": 1, "b": "x", "c": [1]}))),
            ],
        ),
        (
            "`@env(\"NAME\")`, with a default, `env(…)`, `@env.secure(\"NAME\")`, a string that is exactly one; inside too",
            &[
                ("a: @env(\"STAGE\")", Data(json!({"a": "production"}))),
                ("a: @env(\"STAGE\", 1)\nb: @env(\"GONE\", 1)", Data(json!({"a": "production", "b": 1}))),
                ("a: env(\"STAGE\", 1)\nb: env(\"GONE\", \"d\")", Data(json!({"a": "production", "b": "d"}))),
                ("a: @env.secure(\"K\")", Refused("secret_as_value")),
                (
                    "a: \"@env('STAGE')\"\nb: \"x @env('STAGE')\"",
                    Data(json!({"a": "production", "b": "x @env('STAGE')"})),
                ),
                ("a: [@env(\"STAGE\")]\nb: {x: env(\"GONE\", 2)}", Data(json!({"a": ["production"], "b": {"x": 2}}))),
            ],
        ),
        (
            "`@if(cond, a, b)`; `a + b` concatenation; `${…}` inside double quotes",
            &[
                ("$d: true\na: @if($d, 1, 2)\nb: @if(1 > 2, 1, 2)", Data(json!({"a": 1, "b": 2}))),
                ("$h: \"x\"\na: \"http://\" + $h + \":\" + 80", Data(json!({"a": "http://x:80"}))),
                (
                    "$n: \"v\"\n[s]\nk: 5\na: \"${n}-${s.k}-${GONE:-d}-${STAGE}\"",
                    Data(json!({"s": {"k": 5, "a": "v-5-d-production"}})),
                ),
                ("a: '${n}'", Data(json!({"a": "${n}"}))),
            ],
        ),
        (
            "escapes in double quotes: `\\\" \\\\ \\n \\t \\r \\u{…}`; single quotes are raw",
            &[
                (r#"a: "\" \\ \n \t \r \u{e9}""#, Data(json!({"a": "\" \\ \n \t \r é"}))),
                (r"a: '\n'", Data(json!({"a": r"\n"}))),
            ],
        ),
    ]);
}

#[test]
fn the_meaning() {
    check_all(&[
        ("i64 and f64 stay apart", &[("a: 1\nb: 1.0", Data(json!({"a": 1, "b": 1.0})))]),
        (
            "`@env` yields a string; an absent variable's default keeps its type",
            &[
                ("a: @env(\"MEMORY\")", Data(json!({"a": "2048"}))),
                (
                    "a: @env(\"GONE\", 5)\nb: @env(\"GONE\", true)\nc: @env(\"GONE\", \"5\")",
                    Data(json!({"a": 5, "b": true, "c": "5"})),
                ),
            ],
        ),
        (
            "two modes: in symbolic mode `@env` stays a reference, and never a secret",
            &[
                ("a: @env(\"STAGE\", \"d\")", Symbol("a: @env(\"STAGE\", \"d\")")),
                ("a: @env.secure(\"PASSWORD\")", Symbol("a: @env.secure(\"PASSWORD\")")),
                ("a: \"x-${STAGE}\"", Symbol("a: \"x-\" + @env(\"STAGE\")")),
                ("a: @env(\"STAGE\") == \"production\" ? 1 : 2", Symbol("a: 1")),
            ],
        ),
        (
            "errors: unclosed delimiters, unknown `$name`, use before definition, missing environment variable",
            &[
                ("a: [1", Refused("unclosed")),
                ("a: {x: 1", Refused("unclosed")),
                ("a {", Refused("unclosed")),
                ("a >", Refused("unclosed")),
                ("a: \"x", Refused("unclosed")),
                ("a: $x", Refused("unknown_global")),
                ("a: $x\n$x: 1", Refused("global_before_definition")),
                ("a: @env(\"GONE\")", Refused("missing_variable")),
            ],
        ),
        (
            "errors: tab indentation, duplicate key, unquoted value with blanks",
            &[
                ("a:\n\tb: 1", Refused("tab_indentation")),
                ("a: 1\na: 2", Refused("duplicate_key")),
                ("a: x y", Refused("unquoted_blanks")),
                ("a: 5 x", Refused("unquoted_blanks")),
            ],
        ),
        (
            "anything dynamic is an error: other operators, `php(…)`, directive lines",
            &[
                ("a: @query(\"SELECT 1\")", Refused("dynamic_operator")),
                ("a: @cache(\"5m\", 1)", Refused("dynamic_operator")),
                ("a: @other.tsk.set(\"a\", 1)", Refused("dynamic_operator")),
                ("a: php(time())", Refused("call")),
                ("#api /users", Refused("directive")),
                ("#web", Refused("directive")),
                ("#cron \"* * * * *\"", Refused("directive")),
                ("#!api", Refused("directive")),
            ],
        ),
        (
            "`@other.tsk.get(\"a.b\")` reads another file, relative to this one's directory, with a cycle check",
            &[
                ("x: @other.tsk.get(\"a.b\")", Data(json!({"x": 7}))),
                ("x: @none.tsk.get(\"a.b\")", Refused("unreadable_file")),
            ],
        ),
    ]);
}

#[test]
fn a_cycle_of_files_is_found() {
    let reader = Reader::new().name("conf/here.tsk").files(|path| match path.to_str() {
        Some("conf/here.tsk") => Ok(Some("x: @round.tsk.get(\"x\")".to_owned())),
        _ => Ok(others(path)),
    });
    let error = reader.read("x: @round.tsk.get(\"x\")").unwrap_err();
    assert_eq!(
        error.to_string(),
        "conf/round.tsk:1:4: these files read each other: conf/here.tsk → conf/round.tsk → conf/here.tsk"
    );
}

#[test]
fn an_error_has_file_line_column_and_the_line() {
    let error = Reader::new().name("a.tsk").read("# é\nx: \"é\" + $gone\n").unwrap_err();
    let place = error.place().expect("a place");
    assert_eq!(
        (error.file(), place.line, place.column, place.text.as_str()),
        (Some("a.tsk"), 2, 10, "x: \"é\" + $gone")
    );
    assert_eq!(error.to_string(), "a.tsk:2:10: the global `$gone` is not defined");
}

#[test]
fn an_unclosed_delimiter_is_told_by_its_opener() {
    for (text, line, column) in
        [("x: 1\na: [1,\n2", 2, 4), ("a {\nb: {\nc: 1\n}\n", 1, 3), ("a: 1\nb: \"\"\"\nx", 2, 4)]
    {
        let error = Reader::new().read(text).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(line), Some(column)), "{}", error.render());
    }
}
