//! What the compiler says of faulty attributes, and which sound ones it must accept.

mod coverage;
mod crates;
mod table;

/// Every file of `ui/fail` is refused with exactly the words beside it, and every file of `ui/pass` compiles and runs.
#[test]
fn cases() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
