#!/usr/bin/env bash
# Trains the model from the table: scripts/train.sh [options of digits.train]
set -euo pipefail

cd "$(dirname "$0")/.."
python -m digits.train "$@"
