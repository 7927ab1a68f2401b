# Finds Node 18 and a Chromium for a check in a browser; sourced by the checks.
# Sets the array `browser` to the program and its arguments. The Chromium is `CHROMIUM` or one on the path; where CI is
# set and there is none, npm installs one into target/browser. Without them it prints why and ends the check, which passes.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/target/browser

skip() {
    echo "skipped: $1"
    exit 0
}

find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable chrome; do
        if [ -n "$name" ] && command -v "$name"; then return; fi
    done
    return 1
}

# Prints the program and its arguments, one per line.
install_chromium() {
    mkdir -p "$tools"
    cd "$tools"
    [ -f package.json ] || echo '{ "private": true, "type": "module" }' > package.json
    timeout 40 npm install --silent --no-fund --no-audit @sparticuz/chromium@153 >/dev/null 2>&1 || return 1
    node --input-type=module -e '
        import chromium from "@sparticuz/chromium";
        console.log([await chromium.executablePath(), ...chromium.args].join("\n"));
    '
}

command -v node >/dev/null || skip "there is no Node"
node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' || skip "Node is older than 18"
if found=$(find_chromium); then
    :
elif [ -z "${CI:-}" ] || ! command -v npm >/dev/null; then
    skip "there is no Chromium; CI=true installs one by npm"
elif ! found=$(install_chromium); then
    skip "Chromium cannot be installed"
fi
mapfile -t browser <<< "$found"
timeout 20 "${browser[0]}" --version >/dev/null 2>&1 || skip "${browser[0]} does not start"
cd "$root"
