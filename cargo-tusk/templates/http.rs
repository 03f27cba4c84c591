//! `GET /{{name}}/NAME`.

use tusk_fn::prelude::*;

/// Greets somebody. On a cloud only callers with its credentials get here; `auth = "public"` lets everybody in.
#[tusk_fn(trigger = "http", route = "{{name}}/<who?>")]
async fn {{function}}(who: Option<String>) -> String {
    format!("hello, {}!", who.as_deref().unwrap_or("world"))
}

#[cfg(test)]
mod tests {
    use tusk_fn::{Answer, App, Bytes, Request};

    #[tokio::test]
    async fn it_greets() {
        let functions = App::new().start().await.expect("the program starts");
        for (path, greeting) in [("/{{name}}", "hello, world!"), ("/{{name}}/Ada", "hello, Ada!")] {
            let request = Request::builder().uri(path).body(Bytes::new()).expect("a request");
            let answer = functions.invoke("{{name}}", request).await.expect("an answer");
            let Answer::Response(response) = answer else { panic!("no response: {answer:?}") };
            assert_eq!(response.body(), greeting);
        }
    }
}
