//! What `peanut.tsk` says of functions, and the words of what it cannot say.

use tusk_fn_manifest::configuration::{Configuration, ConfigurationError, Settings};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_tsk::{Mode, Reader, Symbolic};

/// A function of that identifier.
fn function(identifier: &str, trigger: &str) -> FunctionRecord {
    let json = format!(
        r#"{{"v":1,"name":"{name}","trigger":{trigger},"source":{{"package":"shop","module":"shop","function":"{identifier}","file":"src/main.rs","line":1}}}}"#,
        name = identifier.replace('_', "-"),
    );
    FunctionRecord::from_json(json.as_bytes()).unwrap()
}

fn functions() -> Vec<FunctionRecord> {
    vec![
        function("get_user", r#"{"kind":"http","route":"users/<id>","methods":["GET"]}"#),
        function("user_service", r#"{"kind":"http","route":"users","methods":["GET"]}"#),
        function("sweep", r#"{"kind":"timer","schedule":"0 0 * * * *"}"#),
    ]
}

fn read_at(text: &str, stage: Option<&str>) -> Result<Configuration, Vec<ConfigurationError>> {
    let tree = Reader::new().name("peanut.tsk").mode(Mode::Symbolic).read(text).unwrap();
    Configuration::read(&tree, &functions(), stage)
}

fn read(text: &str) -> Configuration {
    read_at(text, None).unwrap_or_else(|errors| panic!("{}", errors[0].render()))
}

/// What keeps a text from being read, all in one.
fn refused(text: &str) -> String {
    let errors = read_at(text, None).unwrap_err();
    errors.iter().map(ConfigurationError::render).collect::<Vec<_>>().join("\n")
}

const MEGABYTE: u64 = 1024 * 1024;

fn memory(settings: &Settings) -> Option<Symbolic<u64>> {
    settings.memory.as_ref().map(|memory| memory.value.clone())
}

#[test]
fn the_vocabulary_is_read() {
    let configuration = read(include_str!("../../../tusk-tsk/tests/golden/values/guide.tsk"));
    assert_eq!(configuration.targets, [Target::Aws]);
    let region = configuration.region.map(|region| region.value);
    let expected = Symbolic::Variable { name: "AWS_REGION".to_owned(), default: Some("us-east-1".to_owned()) };
    assert_eq!(region, Some(expected));
    assert_eq!(memory(&configuration.defaults), Some(Symbolic::Value(512 * MEGABYTE)));
    let stage = &configuration.defaults.environment["STAGE"].value;
    assert_eq!(*stage, Symbolic::Variable { name: "STAGE".to_owned(), default: Some("dev".to_owned()) });
    let service = &configuration.functions["user_service"];
    assert_eq!(service.name.as_ref().map(|name| &name.value), Some(&Symbolic::Value("user-service".to_owned())));
    let parameter = Symbolic::Variable { name: "LAMBDA_MEMORY_SIZE".to_owned(), default: Some(1024 * MEGABYTE) };
    assert_eq!(memory(service), Some(parameter));
    assert_eq!(service.subnets.as_ref().map(|subnets| subnets.value.len()), Some(2));
    assert_eq!(configuration.routes["get_user"].value, "GET /users/{id}");
}

#[test]
fn every_other_name_means_the_same() {
    for section in ["serverless", "serverless_architecture", "lambda", "lambda_config"] {
        for line in [
            "memory_size: 512",
            "memory: 512",
            "memory: \"512\"",
            "memory: \"512MB\"",
            "memory: \"512Mi\"",
            "memory: \"512MiB\"",
        ] {
            let configuration = read(&format!("[{section}]\n{line}"));
            assert_eq!(memory(&configuration.defaults), Some(Symbolic::Value(512 * MEGABYTE)), "{section} {line}");
        }
    }
    for (written, seconds) in
        [("10", 10), ("\"10\"", 10), ("\"10s\"", 10), ("\"00:00:10\"", 10), ("\"00:05:00\"", 300), ("\"1m30s\"", 90)]
    {
        let timeout = read(&format!("[serverless]\ntimeout: {written}")).defaults.timeout.unwrap().value;
        assert_eq!(timeout, Symbolic::Value(seconds * 1000), "{written}");
    }
    for key in ["environment_variables", "environment", "app_settings"] {
        let configuration = read(&format!("[serverless]\n{key} {{\n A: 1\n B: true\n C: @env.secure(\"C\")\n}}"));
        let environment = configuration.defaults.environment;
        assert_eq!(environment["A"].value, Symbolic::Value("1".to_owned()));
        assert_eq!(environment["B"].value, Symbolic::Value("true".to_owned()));
        assert!(matches!(&environment["C"].value, Symbolic::Secret(secret) if secret.name == "C"));
    }
    for (name, target) in [
        ("aws", Target::Aws),
        ("AWS", Target::Aws),
        ("aws_lambda", Target::Aws),
        ("Azure", Target::Azure),
        ("GoogleCloud", Target::Google),
        ("gcp", Target::Google),
        ("google_cloud", Target::Google),
        ("knative", Target::Knative),
    ] {
        assert_eq!(read(&format!("[serverless]\nprovider: \"{name}\"")).targets, [target], "{name}");
    }
    for key in ["name", "function_name"] {
        assert!(read(&format!("[functions.sweep]\n{key}: \"cleaner\"")).functions["sweep"].name.is_some());
    }
    assert!(read("[sweep]\nconcurrency: 5").functions["sweep"].reserved_concurrency.is_some());
}

#[test]
fn a_stage_lies_over_its_section() {
    let text = "[serverless]\nmemory: 256\ntimeout: 5\nenvironment { A: \"1\" }\n[serverless.production]\nmemory: 1024\nenvironment { B: \"2\" }";
    let production = read_at(text, Some("production")).unwrap().defaults;
    assert_eq!(memory(&production), Some(Symbolic::Value(1024 * MEGABYTE)));
    assert_eq!(production.timeout.as_ref().map(|timeout| &timeout.value), Some(&Symbolic::Value(5000)));
    assert_eq!(production.environment.keys().collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(memory(&read(text).defaults), Some(Symbolic::Value(256 * MEGABYTE)));
}

#[test]
fn the_published_guide_is_read() {
    let architecture = read(
        "[serverless_architecture]\naws_lambda: true\nazure_functions: true\ngoogle_cloud_functions: true\nknative: true",
    );
    assert_eq!(architecture.targets, Target::ALL);
    let components = read(
        "[serverless_components]\nlambda_runtime: \"aws_lambda\"\nazure_functions: \"azure_functions\"\nserde: \"serialization\"\ntokio: \"async_runtime\"",
    );
    assert_eq!(components.remarks.len(), 4);
    assert!(components.targets.is_empty());
    let switches = "enable_aws_lambda: true\nenable_azure_functions: true\nenable_cold_start_optimization: true\nenable_monitoring: true";
    let switches = read(&format!("[serverless_configuration]\n{switches}"));
    assert_eq!(switches.targets, [Target::Aws, Target::Azure]);
    assert!(switches.cold_start_optimization && switches.monitoring);
    let sources = read(
        "[aws_lambda]\nlambda_runtime: true\napi_gateway: true\ndynamodb: true\ns3: true\n[azure_functions]\nhttp_triggers: true\ntimer_triggers: true\nblob_triggers: true\ncosmos_db_triggers: false",
    );
    assert_eq!(sources.expected.len(), 8);
    assert!(!sources.expected[7].used);
    for section in ["serverless_implementation", "lambda_implementation", "azure_implementation"] {
        assert!(refused(&format!("[{section}]\nfn: \"main\"")).contains("holds Rust code"), "{section}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases = [
        (
            "[serverles]\nmemory: 1",
            "error: there is no section and no function `serverles`\n --> peanut.tsk:1:2\n  |\n1 | [serverles]\n  |  ^^^^^^^^^\nhelp: did you mean `serverless`?",
        ),
        (
            "[serverless]\nmemroy: 512",
            "error: `[serverless]` has no key `memroy`\n --> peanut.tsk:2:1\n  |\n2 | memroy: 512\n  | ^^^^^^\nhelp: did you mean `memory`?",
        ),
        (
            "[gateway_routes]\nget_usr: \"GET /\"",
            "error: there is no function `get_usr`\n --> peanut.tsk:2:1\n  |\n2 | get_usr: \"GET /\"\n  | ^^^^^^^\nhelp: did you mean `get_user`?",
        ),
        (
            "[sweep]\nmemory: 512\nmemory_size: 512",
            "error: `memory_size` is given twice, by two of its names\n --> peanut.tsk:3:1\n  |\n3 | memory_size: 512\n  | ^^^^^^^^^^^\nhelp: remove one of them",
        ),
        (
            "[sweep]\nmin_instances: \"many\"",
            "error: this is a text, where a whole number from 0 on is wanted\n --> peanut.tsk:2:16\n  |\n2 | min_instances: \"many\"\n  |                ^^^^^^\nhelp: write a whole number from 0 on",
        ),
        (
            "[serverless]\nprovider: \"heroku\"",
            "error: there is no provider `heroku`\n --> peanut.tsk:2:11\n  |\n2 | provider: \"heroku\"\n  |           ^^^^^^^^\nhelp: write `aws`, `azure`, `google` or `knative`",
        ),
        (
            "[queue.orders]\nnmae: \"x\"",
            "error: `[orders]` has no key `nmae`\n --> peanut.tsk:2:1\n  |\n2 | nmae: \"x\"\n  | ^^^^\nhelp: did you mean `name`?",
        ),
        (
            "[serverless]\nprovider: \"aws\"\n[sweep]\nmemory: 64",
            "error: `aws` gives a function at least 128MB of memory, and this asks for 64MB\n --> peanut.tsk:4:9\n  |\n4 | memory: 64\n  |         ^^\nhelp: write a value within the limit; it is that of \"AWS Lambda: Configure Lambda function memory\", read 2026-11",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let errors = read_at("[serverless]\nmemory: true\ntimeout: \"soon\"\n[nowhere]\na: 1", None).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.place.as_ref().unwrap().line).collect::<Vec<_>>(), [2, 3, 4]);
    // One value that is too much for several functions is one fault.
    let errors = read_at("[serverless]\nprovider: \"aws\"\nmemory: 20000", None).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    // The default of a variable is held against the limits too.
    let text = "[serverless]\nprovider: \"aws\"\ntimeout: @env(\"TIMEOUT\", \"31s\")";
    assert!(refused(text).contains("API Gateway"), "{}", refused(text));
}
