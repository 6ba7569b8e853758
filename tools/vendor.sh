#!/bin/sh
# Fetch what Linli keeps a copy of: htmx, the icons and the print font, at fixed versions, from npm.
# Run it only to change a version; the result is committed. Needs npm and python3.
set -eu
HTMX=2.0.11
ICONS=3.51.0
FONT=0.4.3

here=$(cd "$(dirname "$0")" && pwd)
design=$here/../linli/design
vendor=$design/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fetch() { # package version folder
  mkdir "$3"
  tar xzf "$(npm pack --silent "$1@$2" | tail -n 1)" -C "$3" --strip-components 1
}

fetch htmx.org "$HTMX" htmx
fetch @tabler/icons "$ICONS" icons
fetch @expo-google-fonts/noto-sans-sc "$FONT" font

mkdir -p "$vendor/LICENSES" "$design/fonts"
cp htmx/dist/htmx.min.js "$vendor/htmx.min.js"
cp htmx/LICENSE "$vendor/LICENSES/htmx.txt"
cp icons/LICENSE "$vendor/LICENSES/tabler-icons.txt"
python3 "$here/icon_sprite.py" icons/icons/outline "$design/static/design/icons.svg"
cp font/400Regular/NotoSansSC_400Regular.ttf font/700Bold/NotoSansSC_700Bold.ttf "$design/fonts/"
cp font/LICENSE_FONT "$design/fonts/OFL.txt"
printf 'htmx.org %s\n@tabler/icons %s (part, as icons.svg)\n@expo-google-fonts/noto-sans-sc %s\n' \
  "$HTMX" "$ICONS" "$FONT" > "$vendor/VERSIONS.txt"
