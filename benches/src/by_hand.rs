//! The handlers as people write them on `lambda_runtime` and `aws_lambda_events`: a match on the route key that API
//! Gateway has already found, and a response put together field by field.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::http::{HeaderMap, HeaderValue, header};
use lambda_runtime::{Error, LambdaEvent};

use crate::{LAYER_HEADER, NewUser, User};

/// Answers one event.
///
/// # Errors
///
/// When an answer cannot be serialized; what the caller did wrong is answered with a status instead.
#[expect(clippy::unused_async, reason = "a handler that waits for nothing is still written as one that might")]
pub async fn handle(event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Error> {
    let request = event.payload;
    match request.route_key.as_deref() {
        Some("GET /users/{id}") => user(&request),
        Some("POST /users") => create(&request),
        _ => Ok(plain(404, "no such route")),
    }
}

/// What the layer does with a response.
#[must_use]
pub fn stamp(mut response: ApiGatewayV2httpResponse) -> ApiGatewayV2httpResponse {
    let (name, value) = LAYER_HEADER;
    response.headers.insert(name, HeaderValue::from_static(value));
    response
}

fn user(request: &ApiGatewayV2httpRequest) -> Result<ApiGatewayV2httpResponse, Error> {
    match request.path_parameters.get("id").and_then(|id| id.parse().ok()) {
        Some(id) => json(200, &User::numbered(id)),
        None => Ok(plain(400, "id is not a number")),
    }
}

fn create(request: &ApiGatewayV2httpRequest) -> Result<ApiGatewayV2httpResponse, Error> {
    let authorization = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let body = request.body.as_deref().unwrap_or_default();
    match serde_json::from_str::<NewUser>(body) {
        Ok(user) => json(201, &User::created(&user, authorization.unwrap_or_default())),
        Err(_) => Ok(plain(400, "the body is not a user")),
    }
}

fn json(status_code: i64, user: &User) -> Result<ApiGatewayV2httpResponse, Error> {
    Ok(response(status_code, "application/json", serde_json::to_string(user)?))
}

fn plain(status_code: i64, body: &str) -> ApiGatewayV2httpResponse {
    response(status_code, "text/plain", body.to_owned())
}

fn response(status_code: i64, content_type: &'static str, body: String) -> ApiGatewayV2httpResponse {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = status_code;
    response.headers = headers;
    response.body = Some(body.into());
    response
}
