//! An error that cannot cross threads.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<String, Box<dyn std::error::Error>> {
    Ok(String::new())
}

tusk_fn::main!();

// Corrected:
// 6: async fn users() -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
