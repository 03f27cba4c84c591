//! The two requests, in the form of each platform, and what a right answer to them is.
//!
//! Sizes and headers are those of a browser behind API Gateway: an event of about 1.8 KB, of which a handler needs little.

use serde_json::{Value, json};
use tusk_fn_benches::LAYER_HEADER;

use crate::Outcome;
use crate::wire::Message;

/// One of the two handlers' requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// `GET /users/42`: one number in the path, no layer.
    Get,
    /// `POST /users`: a JSON body, a header, one layer.
    Post,
}

const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const AUTHORIZATION: &str = "Bearer 4f2c9a7e8d1b4c6fa0e35b97d2c81604";
const SESSION: &str = "session=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI4YzFmMGE1MmU3ZDk0YjNmIiwibmFtZSI6\
                       IkFkYSIsImlhdCI6MTc3MzM0MjIzOCwiZXhwIjoxNzczMzQ1ODM4LCJzY29wZSI6InVzZXJzOnJlYWQifQ.\
                       4fT1m0Yb3Q9n2aVx7KcR5uWj8sEoLhPzGdNiBqX6tCk";
const NEW_USER: &str = r#"{"username":"ada","email":"ada@example.com"}"#;

impl Request {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Get, Self::Post];

    /// The method, which also names the rows of a table.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    /// Whether the peer's binary with the layer answers it.
    pub(crate) fn layered(self) -> bool {
        self == Self::Post
    }

    /// The request as API Gateway hands it to a function: payload format 2.0 of an HTTP API.
    pub(crate) fn event(self) -> String {
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route_key(),
            "rawPath": self.path(),
            "rawQueryString": "lang=en&verbose=false",
            "cookies": [SESSION, "theme=dark"],
            "headers": self.event_headers(),
            "queryStringParameters": {"lang": "en", "verbose": "false"},
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "a1b2c3d4e5",
                "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
                "domainPrefix": "a1b2c3d4e5",
                "http": {
                    "method": self.method(),
                    "path": self.path(),
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.17",
                    "userAgent": USER_AGENT
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": self.route_key(),
                "stage": "$default",
                "time": "12/Mar/2026:19:03:58 +0000",
                "timeEpoch": 1_773_342_238_390_u64
            },
            "isBase64Encoded": false
        });
        match self {
            Self::Get => event["pathParameters"] = json!({"id": "42"}),
            Self::Post => event["body"] = NEW_USER.into(),
        }
        event.to_string()
    }

    /// The request as a client writes it to a server's socket.
    pub(crate) fn http(self) -> String {
        let entity = match self {
            Self::Get => String::new(),
            Self::Post => format!(
                "authorization: {AUTHORIZATION}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
                NEW_USER.len()
            ),
        };
        format!(
            "{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: {USER_AGENT}\r\naccept: {ACCEPT}\r\n\
             accept-encoding: gzip, deflate, br\r\naccept-language: en-GB,en;q=0.9\r\n{entity}\r\n{}",
            self.method(),
            self.path(),
            self.body()
        )
    }

    /// Says what is wrong with a function's answer to the event.
    pub(crate) fn check_answer(self, answer: &[u8]) -> Outcome<()> {
        let answer: Value = serde_json::from_slice(answer)?;
        let (name, value) = LAYER_HEADER;
        let stamped = answer["headers"][name] == value || answer["multiValueHeaders"][name] == json!([value]);
        let right = answer["statusCode"] == self.status() && answer["body"] == self.answer();
        if right && stamped == self.layered() { Ok(()) } else { Err(format!("a wrong answer: {answer}").into()) }
    }

    /// Says what is wrong with a server's response; a floor has no layer.
    pub(crate) fn check_response(self, response: &Message, layered: bool) -> Outcome<()> {
        let (name, value) = LAYER_HEADER;
        let status = response.start_line().split(' ').nth(1);
        let right = status == Some(&self.status().to_string()) && response.body == self.answer().as_bytes();
        let stamped = response.header(name) == Some(value);
        if right && stamped == layered { Ok(()) } else { Err(format!("a wrong response: {response:?}").into()) }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Get => "/users/42",
            Self::Post => "/users",
        }
    }

    fn route_key(self) -> &'static str {
        match self {
            Self::Get => "GET /users/{id}",
            Self::Post => "POST /users",
        }
    }

    fn body(self) -> &'static str {
        match self {
            Self::Get => "",
            Self::Post => NEW_USER,
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Get => 200,
            Self::Post => 201,
        }
    }

    fn answer(self) -> &'static str {
        match self {
            Self::Get => r#"{"id":42,"name":"user 42"}"#,
            Self::Post => r#"{"id":54,"name":"ada"}"#,
        }
    }

    fn event_headers(self) -> Value {
        let mut headers = json!({
            "accept": ACCEPT,
            "accept-encoding": "gzip, deflate, br",
            "accept-language": "en-GB,en;q=0.9",
            "content-length": self.body().len().to_string(),
            "host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "referer": "https://users.example.com/overview?page=3",
            "sec-ch-ua": "\"Chromium\";v=\"139\", \"Not;A=Brand\";v=\"99\"",
            "sec-ch-ua-mobile": "?0",
            "sec-ch-ua-platform": "\"Linux\"",
            "sec-fetch-dest": "document",
            "sec-fetch-mode": "navigate",
            "sec-fetch-site": "none",
            "user-agent": USER_AGENT,
            "x-amzn-trace-id": "Root=1-67d1e2de-4b3f2a1c0d9e8f7a6b5c4d3e",
            "x-forwarded-for": "203.0.113.17",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
        });
        if self == Self::Post {
            headers["authorization"] = AUTHORIZATION.into();
            headers["content-type"] = "application/json".into();
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_size_that_the_table_names() {
        for request in Request::ALL {
            let size = request.event().len();
            assert!((1_700..1_950).contains(&size), "{request:?}: {size}");
        }
    }

    #[test]
    fn an_answer_without_the_layers_header_is_wrong() {
        let answer = |headers: Value| {
            json!({"statusCode": 201, "headers": headers, "body": Request::Post.answer()}).to_string().into_bytes()
        };
        let (name, value) = LAYER_HEADER;
        assert!(Request::Post.check_answer(&answer(json!({name: value}))).is_ok());
        assert!(Request::Post.check_answer(&answer(json!({}))).is_err());
    }
}
