#!/bin/bash
# Writes stemlathe(1) out of the program's own help: the list of commands, then each command's text.
# usage: manual_page.sh STEMLATHE OUT.gz
set -euo pipefail

program=$1 out=$2
# Text as it stands: backslashes and leading dots and quotes mean something to troff, a hyphen is meant as one.
literal() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"; }
verbatim() { echo .nf; literal; echo .fi; }

page() {
    echo '.TH STEMLATHE 1 "" "stemlathe" "User Commands"'
    echo '.SH NAME'
    echo 'stemlathe \- a folder of stems in, every delivery out'
    echo '.SH SYNOPSIS'
    echo '.B stemlathe'
    echo '.I command'
    echo '[options]'
    echo '.SH DESCRIPTION'
    "$program" --help | verbatim
    echo '.SH COMMANDS'
    "$program" --help | awk '/^Usage/ { on = 1 } /^Exit/ { on = 0 } on && /^  [a-z]+ / { print $1 }' | while read -r command; do
        echo ".SS $command"
        "$program" "$command" --help | verbatim
    done
    echo '.SH SEE ALSO'
    echo '/usr/share/doc/stemlathe/README.md, /usr/share/doc/stemlathe/OPERATING.md'
}
page | gzip -9n >"$out.part"
mv "$out.part" "$out"
