//! What is too deep, too long or too much is refused, and quickly.

use std::time::{Duration, Instant};

use tusk_tsk::{Document, Limits, Reader, from_str};

fn refused(text: &str) -> String {
    let started = Instant::now();
    let error = Reader::new().read(text).expect_err("it is too much");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    error.kind().name()
}

fn lines(numbers: std::ops::Range<usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(line).collect::<Vec<_>>().concat()
}

#[test]
fn whatever_nests_is_bounded() {
    let many = 50_000;
    let indented = |line: &str| lines(0..500, |level| format!("{}{line}\n", " ".repeat(level)));
    let nested = [
        format!("a: {}", "[".repeat(many)),
        format!("a: {}", "{a:".repeat(many)),
        "a {\n".repeat(many),
        "a >\n".repeat(many),
        format!("a: {}1", "@if(true, ".repeat(many)),
        format!("a: {}1", "true ? ".repeat(many)),
        format!("a: {}1", "true ? 1 : ".repeat(many)),
        format!("a: {}1", "@env(\"X\", ".repeat(many / 10)),
        format!("a{}: 1", ".a".repeat(many)),
        format!("[a{}]", ".a".repeat(many)),
        indented("a:"),
        format!("a:\n  {}1", "- ".repeat(many)),
    ];
    for text in nested {
        assert_eq!(refused(&text), "too_deep", "{}", &text[..30.min(text.len())]);
    }
}

#[test]
fn what_is_as_deep_as_allowed_is_read_printed_and_dropped() {
    let depth = Limits::default().depth;
    for text in [
        format!("a: {}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("{}{}", "a {\n".repeat(depth), "}\n".repeat(depth)),
        format!("a: {}1{}", "@if(true, ".repeat(depth), ", 2)".repeat(depth)),
    ] {
        let tree = Reader::new().read(&text).unwrap_or_else(|error| panic!("{}", error.render()));
        tree.deserialize::<serde_json::Value>().expect("it is data");
        assert_eq!(Reader::new().read(&tree.to_string()).expect("it is read again").root(), tree.root());
        assert!(Document::parse(&text).is_ok());
    }
}

#[test]
fn globals_that_name_each_other_are_bounded() {
    let lists = lines(1..40, |n| format!("$a{n}: [$a{p}, $a{p}]\n", p = n - 1));
    assert_eq!(refused(&format!("$a0: 1\n{lists}")), "too_many_values");
    let texts = lines(1..40, |n| format!("$a{n}: $a{p} + $a{p}\n", p = n - 1));
    assert_eq!(refused(&format!("$a0: \"0123456789\"\n{texts}")), "too_much_text");
    let filled = lines(1..40, |n| format!("$a{n}: \"${{a{p}}}${{a{p}}}\"\n", p = n - 1));
    assert_eq!(refused(&format!("$a0: \"0123456789\"\n{filled}")), "too_much_text");
    let deep = lines(1..100, |n| format!("$a{n}: [$a{p}]\n", p = n - 1));
    assert_eq!(refused(&format!("$a0: 1\n{deep}")), "too_deep");
}

#[test]
fn a_file_as_long_as_allowed_takes_no_time_with_its_square() {
    let most = Limits::default().size;
    let fill = |line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for n in 0.. {
            let line = line(n);
            if text.len() + line.len() > most {
                return text;
            }
            text.push_str(&line);
        }
        text
    };
    let texts = [
        fill(&|n| format!("k{n}: {n}\n")),
        fill(&|_| "# a comment\n".to_owned()),
        fill(&|n| format!("[s{n}]\nk: 1\n")),
        format!("a:\n  b: 1\n{}", fill(&|_| "  # c\n".to_owned()).get(20..).unwrap_or_default()),
        format!("a: [{}1]", "1, ".repeat(200_000)),
        format!("a: {{{}}}", lines(0..60_000, |n| format!("k{n}: 1, "))),
    ];
    for text in texts {
        let started = Instant::now();
        let tree = Reader::new().read(&text).unwrap_or_else(|error| panic!("{}", error.render()));
        tree.deserialize::<serde::de::IgnoredAny>().expect("it is data");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}: {}", started.elapsed(), &text[..20]);
    }
    let error = from_str::<serde::de::IgnoredAny>(&" ".repeat(most + 1)).expect_err("it is too long");
    assert_eq!(error.kind().name(), "file_too_large");
}

#[test]
fn long_texts_of_the_environment_are_counted() {
    let reader = Reader::new().environment(|_| Some("x".repeat(3 * 1024 * 1024)));
    assert!(reader.read("a: @env(\"A\")").is_ok());
    let error = reader.read("a: [@env(\"A\"), @env(\"B\")]").expect_err("it is too much");
    assert_eq!(error.kind().name(), "too_much_text");
}
