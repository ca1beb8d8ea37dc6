"""One fault for each of shellcheck's more common rules, in words that every shell knows."""

from __future__ import annotations

from smokealarm.style.drilling.edit import Fault

SHELLCHECK = (
    Fault("SC1073", "if true; then"),
    Fault("SC1090", '. "$1"'),
    Fault("SC2006", 'echo "`pwd`"', 'echo "$(pwd)"'),
    Fault("SC2016", "echo '$1'", 'echo "$1"'),
    Fault("SC2034", "drilled=1"),
    Fault("SC2034", "drilled=1\necho", 'drilled=1\necho "$drilled"'),
    Fault("SC2046", "echo $(pwd)", 'echo "$(pwd)"'),
    Fault("SC2048", "echo $*", 'echo "$*"'),
    Fault("SC2059", 'printf "$1"', 'printf "%s" "$1"'),
    Fault("SC2068", "echo $@", 'echo "$@"'),
    Fault("SC2086", "echo $1", 'echo "$1"'),
    Fault("SC2115", 'rm -rf "$1/"*', 'rm -rf "${1:?}/"*'),
    Fault("SC2154", 'echo "$drilled_nowhere"'),
    Fault("SC2155", 'export drilled="$(pwd)"'),
    Fault("SC2162", 'read drilled\necho "$drilled"', 'read -r drilled\necho "$drilled"'),
    Fault("SC2164", 'cd "$1"', 'cd "$1" || exit'),
    Fault("SC2166", '[ "$1" -a "$2" ]', '[ "$1" ] && [ "$2" ]'),
    Fault("SC2181", "true\nif [ $? -ne 0 ]; then echo; fi", "if ! true; then echo; fi"),
)
