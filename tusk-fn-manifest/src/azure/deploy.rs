//! `deploy.sh`: what there is to type to deploy, each time.

use tusk_fn_spec::provider::Target;

use super::{PACKAGE, TEMPLATE, names};
use crate::uses::Uses;
use crate::{File, Project, ResourceKind};

/// The script's path.
const SCRIPT: &str = "deploy.sh";

/// The script. Of a program with secrets, it asks for their vault.
pub(super) fn script(project: &Project, uses: &Uses<'_>) -> File {
    let has_secrets = uses.keys().any(|(kind, _)| *kind == ResourceKind::Secret);
    let (example, variable, ask, parameter) =
        if has_secrets { (" KEY_VAULT=secrets", VAULT_HELP, ASK_FOR_VAULT, PASS_VAULT) } else { ("", "", "", "") };
    let contents = SCRIPT_TEXT
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@COMMAND@", &project.command_for(Target::Azure))
        .replace("@EXAMPLE@", example)
        .replace("@VAULT_HELP@", variable)
        .replace("@ASK_FOR_VAULT@", ask)
        .replace("@PASS_VAULT@", parameter)
        .replace("@NAME@", &names::label(&project.name))
        .replace("@TEMPLATE@", TEMPLATE)
        .replace("@ARCHIVE@", PACKAGE.archive);
    File { path: SCRIPT.to_owned(), contents, executable: true }
}

const VAULT_HELP: &str = "\n  KEY_VAULT       the name of the Key Vault in that group that has the program's secrets";
const ASK_FOR_VAULT: &str = "\nneeded KEY_VAULT \"${KEY_VAULT:-}\"";
const PASS_VAULT: &str = "\nset -- \"$@\" \"keyVaultName=$KEY_VAULT\"";

const SCRIPT_TEXT: &str = r#"#!/usr/bin/env bash
# Written by tusk-fn @VERSION@ out of the compiled program. Do not edit: the next build overwrites it.
#
# write it again:  @COMMAND@
# deploy it:       RESOURCE_GROUP=shop LOCATION=westeurope@EXAMPLE@ ./deploy.sh

set -euo pipefail

usage() {
    cat <<'USAGE'
usage: RESOURCE_GROUP=NAME [LOCATION=REGION] [VARIABLE=VALUE ...] ./deploy.sh [PARAMETER=VALUE ...]

Makes what the program needs, or changes it, and puts the program there. Once more changes nothing.

  RESOURCE_GROUP  the resource group, which is made if it is not there
  LOCATION        the region of a group that is to be made, such as westeurope@VAULT_HELP@

Parameters are those of @TEMPLATE@, such as maximumInstanceCount=40.
USAGE
}

fail() {
    echo "deploy.sh: $1" >&2
    exit 2
}

needed() {
    if [ -z "$2" ]; then
        usage >&2
        fail "$1 is not set"
    fi
}

case "${1:-}" in
-h | --help)
    usage
    exit
    ;;
esac

needed RESOURCE_GROUP "${RESOURCE_GROUP:-}"@ASK_FOR_VAULT@
command -v az >/dev/null || fail 'the Azure CLI (az) is not installed'
az account show --output none || fail 'nobody is logged in: az login'

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
for file in @TEMPLATE@ @ARCHIVE@; do
    [ -f "$here/$file" ] || fail "$file is missing: build the program again"
done

if [ "$(az group exists --name "$RESOURCE_GROUP")" != true ]; then
    needed LOCATION "${LOCATION:-}"
    az group create --name "$RESOURCE_GROUP" --location "$LOCATION" --output none
fi
@PASS_VAULT@
if [ $# -gt 0 ]; then
    set -- --parameters "$@"
fi
app=$(az deployment group create --resource-group "$RESOURCE_GROUP" --name @NAME@ \
    --template-file "$here/@TEMPLATE@" "$@" --query properties.outputs.app.value --output tsv)
az functionapp deployment source config-zip --resource-group "$RESOURCE_GROUP" --name "$app" \
    --src "$here/@ARCHIVE@" --output none
echo "deployed: $app"
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uses;

    #[test]
    fn nothing_is_left_to_put_in() {
        let project = Project::new("My Shop", Vec::new()).with_command("cargo tusk build\nrm -rf /");
        let without = script(&project, &Uses::new());
        assert!(without.executable && !without.contents.contains("KEY_VAULT"));
        let with = script(&project, &[((ResourceKind::Secret, "a"), uses::Use::default())].into());
        for script in [&without.contents, &with.contents] {
            assert!(!script.contains("@V") && !script.contains("@P"), "{script}");
            assert!(script.contains("--name my-shop ") && !script.contains("\nrm"), "{script}");
        }
        assert!(with.contents.contains("keyVaultName=$KEY_VAULT"));
    }
}
