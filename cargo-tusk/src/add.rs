//! `cargo tusk add`: another function for a program.

use std::fs;
use std::path::Path;

use crate::cargo::Workspace;
use crate::cli::AddOptions;
use crate::dependencies::{self, TuskFn};
use crate::error::Error;
use crate::template::Name;
use crate::{console, files};

pub(crate) fn run(options: &AddOptions) -> Result<(), Error> {
    let function = Name::read(&options.name).map_err(|fault| Error::Name { name: options.name.clone(), fault })?;
    let workspace = Workspace::load(&options.selection)?;
    let program = workspace.program(&options.selection)?;
    let main = &program.main_file;
    let path = main.with_file_name(format!("{}.rs", function.identifier));
    let folder = main.with_file_name(&function.identifier);
    if let Some(taken) = [&path, &folder].into_iter().find(|path| path.exists()) {
        return Err(Error::Exists { path: taken.clone() });
    }
    let text = fs::read_to_string(main).map_err(|source| Error::Read { path: main.clone(), source })?;
    let module = options.trigger.module(&function);
    dependencies::add(&program.manifest, &TuskFn::Present, &module)?;
    files::write(&path, module.as_bytes(), false)?;
    files::write(main, with_module(&text, &function.identifier).as_bytes(), false)?;
    let shown = |path: &Path| workspace.shown(path);
    console::print_status("Added", format_args!("`{}` in {}", function.kebab, shown(&path)));
    Ok(())
}

/// The text of a `main.rs` that declares one more module: behind the first ones, else behind what the file begins with.
fn with_module(text: &str, module: &str) -> String {
    let declares = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ").is_some_and(|rest| rest.trim_end().ends_with(';'))
    };
    let begins = |line: &str| line.trim().is_empty() || line.starts_with("//!") || line.starts_with("#![");
    let lines: Vec<&str> = text.lines().collect();
    let declaration = format!("mod {module};");
    let mut out: Vec<&str> = Vec::with_capacity(lines.len() + 2);
    if let Some(first) = lines.iter().position(|line| declares(line)) {
        let behind = first + lines[first..].iter().take_while(|line| declares(line)).count();
        out.extend(&lines[..behind]);
        out.push(&declaration);
        out.extend(&lines[behind..]);
    } else {
        let behind = lines.iter().take_while(|line| begins(line)).count();
        out.extend(&lines[..behind]);
        out.extend([declaration.as_str(), ""]);
        out.extend(&lines[behind..]);
    }
    out.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_declared_with_the_others() {
        for (text, expected) in [
            ("//! x\n\nmod a;\nmod b;\n\nuse a::B;\n", "//! x\n\nmod a;\nmod b;\nmod new;\n\nuse a::B;\n"),
            (
                "//! x\n#![forbid(unsafe_code)]\n\nuse a::B;\n",
                "//! x\n#![forbid(unsafe_code)]\n\nmod new;\n\nuse a::B;\n",
            ),
            ("tusk_fn::main!();\n", "mod new;\n\ntusk_fn::main!();\n"),
            ("use a;\npub mod b;\nfn c() {}\nmod d {\n}\n", "use a;\npub mod b;\nmod new;\nfn c() {}\nmod d {\n}\n"),
        ] {
            assert_eq!(with_module(text, "new"), expected);
        }
    }
}
