//! Functions that are alike, and must not clash.

use tusk_fn::prelude::*;
use tusk_fn::{App, tusk_fn};

#[tusk_fn(trigger = "http", route = "users/<param>")]
async fn by_name(param: String) -> String {
    param
}

#[tusk_fn(trigger = "http", route = "users/param")]
async fn literal() {}

#[tusk_fn(trigger = "http", route = "a-b", name = "a-b")]
async fn hyphen() {}

#[tusk_fn(trigger = "http", route = "a_b", name = "a_b")]
async fn underscore() {}

#[tusk_fn(trigger = "http", route = "aslashb")]
async fn word() {}

#[tusk_fn(trigger = "http", route = "a/b")]
async fn segments() {}

#[tusk_fn(trigger = "http", route = "orders")]
async fn get() {}

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST", "PUT"])]
async fn post() {}

#[tusk_fn(trigger = "http", route = "orders", methods = "any")]
async fn any() {}

#[tusk_fn(trigger = "http", route = "files/readme")]
async fn readme() {}

#[tusk_fn(trigger = "http", route = "files/<path..>")]
async fn rest(path: String) -> String {
    path
}

#[tusk_fn(trigger = "http", route = "files/<name>")]
async fn one(name: String) -> String {
    name
}

#[tusk_fn(trigger = "http", route = "/")]
async fn root() {}

#[tusk_fn(trigger = "http", route = "posts/<id?>")]
async fn posts(id: Option<u64>) -> String {
    format!("{id:?}")
}

#[tusk_fn(trigger = "http", route = "posts/<id?>", methods = ["DELETE"])]
async fn delete_posts(id: Option<u64>) -> String {
    format!("{id:?}")
}

#[tusk_fn(trigger = "http", route = "posts/<post>/comments")]
async fn comments(post: u64) -> String {
    post.to_string()
}

#[tusk_fn(trigger = "http", route = "Users/param")]
async fn capital() {}

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn first() {}

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn second() {}

tusk_fn::library!();

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let functions = runtime.block_on(App::new().start()).unwrap();
    assert_eq!(functions.list().count(), 19);
}
