#[tusk_fn(trigger = "http", route = "/users")]
fn users(name: &str) {}
