//! Templates of Azure Resource Manager, deployed on paper: what resources are called and what is said of them ("Template functions").
//! Of the functions of expressions, those are known that our templates use; another one is a failed test.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const GROUP: &str = "/subscriptions/0/resourceGroups/shop";

/// A template, with what whoever deploys it decided.
pub(crate) struct Template {
    root: Value,
    parameters: BTreeMap<&'static str, &'static str>,
}

/// A resource of a template.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) id: String,
    /// Its name, after those of its parents.
    pub(crate) names: Vec<String>,
    pub(crate) properties: Value,
    /// Whom it acts as: ids of identities.
    pub(crate) identities: Vec<String>,
    /// The resource that it is about, if it is about one.
    pub(crate) scope: Option<String>,
}

impl Resource {
    /// Its own name.
    pub(crate) fn name(&self) -> &str {
        self.names.last().expect("a name")
    }

    /// Whether it is in another one.
    pub(crate) fn is_in(&self, other: &Self) -> bool {
        self.id.strip_prefix(&other.id).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Template {
    pub(crate) fn read(text: &str, parameters: &[(&'static str, &'static str)]) -> Self {
        Self { root: serde_json::from_str(text).unwrap(), parameters: parameters.iter().copied().collect() }
    }

    /// The resources of a type, in their order.
    pub(crate) fn resources(&self, kind: &str) -> Vec<Resource> {
        let mut found = Vec::new();
        self.find(kind, &self.root["resources"], "", &[], &mut found);
        found
    }

    fn find(&self, kind: &str, list: &Value, parent: &str, above: &[String], found: &mut Vec<Resource>) {
        for raw in list.as_array().into_iter().flatten() {
            let own = raw["type"].as_str().unwrap();
            let own = if parent.is_empty() { own.to_owned() } else { format!("{parent}/{own}") };
            // What is of no interest may have a name that is of no interest.
            if !kind.starts_with(&own) {
                continue;
            }
            let name = self.text(&raw["name"]);
            let names: Vec<String> = above.iter().cloned().chain(name.split('/').map(str::to_owned)).collect();
            if own == kind {
                let assigned = raw["identity"]["userAssignedIdentities"].as_object().into_iter().flatten();
                found.push(Resource {
                    id: id(kind, &names),
                    properties: self.resolve(&raw["properties"]),
                    identities: assigned.map(|(key, _)| self.text(&Value::from(key.as_str()))).collect(),
                    scope: raw.get("scope").map(|scope| self.text(scope)),
                    names,
                });
            } else {
                self.find(kind, &raw["resources"], &own, &names, found);
            }
        }
    }

    fn text(&self, value: &Value) -> String {
        self.resolve(value).as_str().expect("a text").to_owned()
    }

    /// A value without expressions.
    fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
                Some(rest) if rest.starts_with('[') => Value::from(&text[1..]),
                Some(expression) => {
                    let mut reader = Reader { template: self, rest: expression };
                    let value = reader.value();
                    assert!(reader.rest.is_empty(), "{:?} cannot be read in {expression}", reader.rest);
                    value
                }
                None => value.clone(),
            },
            Value::Array(values) => values.iter().map(|value| self.resolve(value)).collect(),
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| (name.clone(), self.resolve(value));
                Value::Object(fields.iter().map(field).collect())
            }
            other => other.clone(),
        }
    }

    fn parameter(&self, name: &str) -> Value {
        let declared = &self.root["parameters"][name];
        assert!(declared.is_object(), "there is no parameter {name}");
        self.parameters.get(name).map_or_else(|| self.resolve(&declared["defaultValue"]), |value| json!(value))
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Value {
        let text = |at: usize| arguments[at].as_str().unwrap_or_else(|| panic!("{function}: {arguments:?}"));
        let texts = || arguments.iter().map(|it| it.as_str().expect("a text").to_owned()).collect::<Vec<_>>();
        match function {
            "concat" => texts().concat().into(),
            "variables" => self.resolve(&self.root["variables"][text(0)]),
            "parameters" => self.parameter(text(0)),
            "resourceGroup" => json!({ "id": GROUP, "location": "westeurope" }),
            "uniqueString" => "x7q2w5e8r1t4z".into(),
            "resourceId" => id(text(0), &texts()[1..]).into(),
            "subscriptionResourceId" => format!("/subscriptions/0/providers/{}", texts().join("/")).into(),
            "guid" => texts().join("+").replace('/', "-").into(),
            "reference" => state(text(0)),
            "string" => arguments[0].to_string().into(),
            "createObject" => {
                let pairs = arguments.chunks(2).map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone()));
                Value::Object(pairs.collect())
            }
            "union" => {
                let fields = arguments.iter().flat_map(|it| it.as_object().expect("an object").clone());
                Value::Object(fields.collect::<Map<_, _>>())
            }
            _ => panic!("the function {function} is not known here"),
        }
    }
}

/// The id of a resource.
fn id(kind: &str, names: &[String]) -> String {
    let (namespace, types) = kind.split_once('/').expect("a type");
    let pairs: Vec<String> = types.split('/').zip(names).map(|(kind, name)| format!("{kind}/{name}")).collect();
    assert_eq!(pairs.len(), names.len().max(types.split('/').count()), "{kind} {names:?}");
    format!("{GROUP}/providers/{namespace}/{}", pairs.join("/"))
}

/// What a resource says of itself once it is there.
pub(crate) fn state(id: &str) -> Value {
    let (kind, name) = id.rsplit_once('/').expect("an id");
    match kind.rsplit_once("/providers/").expect("an id").1 {
        "Microsoft.ManagedIdentity/userAssignedIdentities" => {
            json!({ "clientId": format!("client-of-{name}"), "principalId": format!("principal-of-{name}") })
        }
        "Microsoft.DocumentDB/databaseAccounts" => {
            json!({ "documentEndpoint": format!("https://{name}.documents.azure.com:443/") })
        }
        "Microsoft.EventGrid/topics" => {
            json!({ "endpoint": format!("https://{name}.westeurope-1.eventgrid.azure.net/api/events") })
        }
        "Microsoft.Storage/storageAccounts" => {
            json!({ "primaryEndpoints": { "blob": format!("https://{name}.blob.core.windows.net/") } })
        }
        "Microsoft.Insights/components" => json!({ "ConnectionString": "InstrumentationKey=0" }),
        other => panic!("nobody asks for what {other} says"),
    }
}

/// Reads an expression, and gives what it is.
struct Reader<'a> {
    template: &'a Template,
    rest: &'a str,
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.map_or(self.rest, str::trim_start);
        rest.is_some()
    }

    fn word(&mut self) -> String {
        let length = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word.to_owned()
    }

    fn value(&mut self) -> Value {
        if self.rest.starts_with('\'') {
            return self.literal();
        }
        let function = self.word();
        assert!(self.takes("("), "a function is called: {function}{}", self.rest);
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.value());
            assert!(self.takes(",") || self.rest.starts_with(')'), "{}", self.rest);
        }
        let mut value = self.template.call(&function, &arguments);
        while self.takes(".") {
            let field = self.word();
            value = value.get(&field).unwrap_or_else(|| panic!("{function} has no {field}: {value}")).clone();
        }
        value
    }

    /// A text, in which a quote is doubled.
    fn literal(&mut self) -> Value {
        let mut text = String::new();
        while let Some(rest) = self.rest.strip_prefix('\'') {
            let (part, rest) = rest.split_once('\'').expect("a quote at the end");
            text += part;
            self.rest = rest;
            if rest.starts_with('\'') {
                text.push('\'');
            }
        }
        self.rest = self.rest.trim_start();
        text.into()
    }
}
