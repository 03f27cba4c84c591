#!/usr/bin/env bash
# Written by tusk-fn 0.1.0 out of the compiled program. Do not edit: the next build overwrites it.
#
# write it again:  cargo tusk build --provider azure
# deploy it:       RESOURCE_GROUP=shop LOCATION=westeurope ./deploy.sh

set -euo pipefail

usage() {
    cat <<'USAGE'
usage: RESOURCE_GROUP=NAME [LOCATION=REGION] [VARIABLE=VALUE ...] ./deploy.sh [PARAMETER=VALUE ...]

Makes what the program needs, or changes it, and puts the program there. Once more changes nothing.

  RESOURCE_GROUP  the resource group, which is made if it is not there
  LOCATION        the region of a group that is to be made, such as westeurope

Parameters are those of template.json, such as maximumInstanceCount=40.
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

needed RESOURCE_GROUP "${RESOURCE_GROUP:-}"
command -v az >/dev/null || fail 'the Azure CLI (az) is not installed'
az account show --output none || fail 'nobody is logged in: az login'

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
for file in template.json app.zip; do
    [ -f "$here/$file" ] || fail "$file is missing: build the program again"
done

if [ "$(az group exists --name "$RESOURCE_GROUP")" != true ]; then
    needed LOCATION "${LOCATION:-}"
    az group create --name "$RESOURCE_GROUP" --location "$LOCATION" --output none
fi

if [ $# -gt 0 ]; then
    set -- --parameters "$@"
fi
app=$(az deployment group create --resource-group "$RESOURCE_GROUP" --name shop \
    --template-file "$here/template.json" "$@" --query properties.outputs.app.value --output tsv)
az functionapp deployment source config-zip --resource-group "$RESOURCE_GROUP" --name "$app" \
    --src "$here/app.zip" --output none
echo "deployed: $app"
