#!/usr/bin/env bash
# Trains the model from the table: EPOCHS=4 scripts/train.sh [options of digits.train]
set -euo pipefail

cd "$(dirname "$0")/.."
python -m digits.train --epochs ${EPOCHS:-4} "$@"
