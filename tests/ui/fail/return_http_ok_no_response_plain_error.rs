//! A result whose value is no response, with an error of one's own.

use tusk_fn::tusk_fn;

struct User;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<User, std::io::Error> {
    Ok(User)
}

tusk_fn::main!();
