//! The same functions in each framework, as its documentation has people write them.
//!
//! Three in four answer `GET /fN/{id}` with a number out of the path; the fourth answers `POST /fN` with a JSON body. Types
//! are shared, because what a `derive` costs is no framework's. Modules hold fifty functions each, with their routes beside them.

use std::fmt::Write as _;

/// How many functions a module holds.
const MODULE: usize = 50;

/// The crate that the targets are for.
pub(crate) const SUBJECT: &str = "tusk-fn";

/// What makes a crate of functions.
pub(crate) struct Framework {
    /// The crate's name and the column's heading.
    pub(crate) name: &'static str,
    /// The lines of its manifest, serde's left out; `ROOT` is the project's folder.
    pub(crate) dependencies: &'static str,
    /// What derives on the types that are sent and received, serde's left out.
    derives: &'static str,
    /// Everything in `main.rs` that is there once; `EACH` is what `each` says for all modules.
    program: &'static str,
    /// How `main` reaches the functions of a module, `MODULE` being its name.
    each: &'static str,
    /// A function for `GET`, `NUMBER` being its number; `BODY` is what all frameworks compute alike, from `id`.
    get: &'static str,
    /// Likewise for `POST`, from `new`.
    post: &'static str,
    /// What a module has beside its functions; `EACH` is what `get_route` and `post_route` say for all of them.
    routes: &'static str,
    get_route: &'static str,
    post_route: &'static str,
}

const TYPES: &str = "
#[derive(Serialize, DERIVES)]
struct Item {
    id: u64,
    name: String,
}

#[derive(Deserialize, DERIVES)]
struct NewItem {
    name: String,
}
";
const GET_BODY: &str = r#"Item { id: id.wrapping_add(NUMBER), name: format!("item {id}") }"#;
const POST_BODY: &str = "Item { id: NUMBER, name: new.name }";

/// All of them, in the order of the columns; the first is what the others can hardly go below.
pub(crate) const FRAMEWORKS: &[Framework] = &[
    Framework {
        name: "plain",
        dependencies: "",
        derives: "",
        program: r#"
use std::pin::Pin;

use serde::{Deserialize, Serialize};

type Answers = Vec<Pin<Box<dyn Future<Output = Item>>>>;

fn main() {
    let mut answers = Answers::new();
EACH    println!("{}", answers.len());
}
"#,
        each: "    MODULE::push(&mut answers);\n",
        get: "
    async fn fNUMBER(id: u64) -> Item {
        BODY
    }
",
        post: "
    async fn fNUMBER(new: NewItem) -> Item {
        BODY
    }
",
        routes: "
    pub fn push(answers: &mut Answers) {
EACH    }
",
        get_route: "        answers.push(Box::pin(fNUMBER(NUMBER)));\n",
        post_route: "        answers.push(Box::pin(fNUMBER(NewItem { name: String::new() })));\n",
    },
    Framework {
        name: "axum",
        dependencies: r#"
axum = "0.8"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#,
        derives: "",
        program: r#"
use axum::extract::Path;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut router = Router::new();
EACH    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router).await
}
"#,
        each: "    router = router.merge(MODULE::router());\n",
        get: "
    async fn fNUMBER(Path(id): Path<u64>) -> Json<Item> {
        Json(BODY)
    }
",
        post: "
    async fn fNUMBER(Json(new): Json<NewItem>) -> Json<Item> {
        Json(BODY)
    }
",
        routes: "
    pub fn router() -> Router {
        Router::new()
EACH    }
",
        get_route: "            .route(\"/fNUMBER/{id}\", get(fNUMBER))\n",
        post_route: "            .route(\"/fNUMBER\", post(fNUMBER))\n",
    },
    Framework {
        name: "dropshot",
        dependencies: r#"
dropshot = "0.18"
schemars = "0.8"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#,
        derives: "JsonSchema",
        program: r#"
use dropshot::{
    ApiDescription, ApiDescriptionRegisterError, ConfigLogging, ConfigLoggingLevel, HttpError, HttpResponseOk,
    Path, RequestContext, ServerBuilder, TypedBody, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
struct ById {
    id: u64,
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let log = ConfigLogging::StderrTerminal { level: ConfigLoggingLevel::Info }.to_logger("functions");
    let mut api = ApiDescription::new();
EACH    ServerBuilder::new(api, (), log.map_err(|error| error.to_string())?).start().map_err(|error| error.to_string())?.await
}
"#,
        each: "    MODULE::register(&mut api).map_err(|error| error.to_string())?;\n",
        get: "
    #[endpoint { method = GET, path = \"/fNUMBER/{id}\" }]
    async fn fNUMBER(_: RequestContext<()>, path: Path<ById>) -> Result<HttpResponseOk<Item>, HttpError> {
        let id = path.into_inner().id;
        Ok(HttpResponseOk(BODY))
    }
",
        post: "
    #[endpoint { method = POST, path = \"/fNUMBER\" }]
    async fn fNUMBER(_: RequestContext<()>, body: TypedBody<NewItem>) -> Result<HttpResponseOk<Item>, HttpError> {
        let new = body.into_inner();
        Ok(HttpResponseOk(BODY))
    }
",
        routes: "
    pub fn register(api: &mut ApiDescription<()>) -> Result<(), ApiDescriptionRegisterError> {
EACH        Ok(())
    }
",
        get_route: "        api.register(fNUMBER)?;\n",
        post_route: "        api.register(fNUMBER)?;\n",
    },
    Framework {
        name: SUBJECT,
        dependencies: r#"tusk-fn = { path = "ROOT/tusk-fn" }"#,
        derives: "",
        program: "
use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

tusk_fn::main!();
EACH",
        each: "",
        get: "
    #[tusk_fn(trigger = \"http\", route = \"fNUMBER/<id>\", auth = \"public\")]
    async fn fNUMBER(id: u64) -> Json<Item> {
        Json(BODY)
    }
",
        post: "
    #[tusk_fn(trigger = \"http\", route = \"fNUMBER\", methods = [\"POST\"], auth = \"public\")]
    async fn fNUMBER(Json(new): Json<NewItem>) -> Json<Item> {
        Json(BODY)
    }
",
        routes: "EACH",
        get_route: "",
        post_route: "",
    },
];

impl Framework {
    /// The whole crate, in one file.
    pub(crate) fn source(&self, functions: usize) -> String {
        let numbers: Vec<usize> = (0..functions).collect();
        let modules: Vec<String> = (0..numbers.chunks(MODULE).len()).map(|module| format!("m{module}")).collect();
        let each: String = modules.iter().map(|module| self.each.replace("MODULE", module)).collect();
        let mut source = self.program.trim_start().replace("EACH", &each);
        source += &TYPES.replace("DERIVES", self.derives);
        for (module, numbers) in modules.iter().zip(numbers.chunks(MODULE)) {
            let functions: String = numbers.iter().map(|number| self.function(*number)).collect();
            let routes: String = numbers.iter().map(|number| self.route(*number)).collect();
            let routes = self.routes.replace("EACH", &routes);
            let _ = write!(source, "\nmod {module} {{\n    use super::*;\n{functions}{routes}}}\n");
        }
        source
    }

    fn function(&self, number: usize) -> String {
        let (function, body) = if posts(number) { (self.post, POST_BODY) } else { (self.get, GET_BODY) };
        function.replace("BODY", body).replace("NUMBER", &number.to_string())
    }

    fn route(&self, number: usize) -> String {
        let route = if posts(number) { self.post_route } else { self.get_route };
        route.replace("NUMBER", &number.to_string())
    }
}

/// Whether a function answers `POST`.
fn posts(number: usize) -> bool {
    number % 4 == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_has_each_function_once_and_no_placeholder_left() {
        for framework in FRAMEWORKS {
            let source = framework.source(101);
            assert_eq!(source.matches("async fn f").count(), 101, "{}", framework.name);
            assert_eq!(source.matches("async fn f100(").count(), 1, "{}", framework.name);
            assert_eq!(source.matches("\nmod m").count(), 3, "{}", framework.name);
            for placeholder in ["NUMBER", "BODY", "EACH", "MODULE", "DERIVES"] {
                assert!(!source.contains(placeholder), "{}: {placeholder} in\n{source}", framework.name);
            }
        }
    }
}
