//! A path that is the host's own.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "Admin/users", targets = ["azure"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "manage/users", targets = ["azure"])]
