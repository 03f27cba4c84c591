//! An option for a rest.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "files/<id..>")]
async fn users(id: Option<String>) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(id: String) {
