//! An argument that is nearly called like the parameter.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<user_id>")]
async fn users(userid: u64) {
    let _ = userid;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(user_id: u64) {
// 7:     let _ = user_id;
