#!/usr/bin/env bash
# Compares runs of the same thing with each other, and counts what `runner diff` calls them:
#   tests/bench/calibrate.sh [COMPARISONS] [FOLDER]     as many comparisons in all (200), runs kept in FOLDER
# A run is compared with each of the REACH (2) that come after it, of the same scenario; runs begin at least GAP
# seconds (60) apart. Runs that FOLDER has already are not run again, so that it can go on where it was stopped.
# RUNNER: the program (build/bin/runner).
set -euo pipefail
comparisons=${1:-200}
folder=${2:-$(mktemp -d)}
gap=${GAP:-60}
reach=${REACH:-2}
root=$(cd "$(dirname "$0")/../.." && pwd)
runner=${RUNNER:-$root/build/bin/runner}
scenarios=("$root/scenarios/backlog.json" "$root/scenarios/segmentation.json" "$root/tests/bench/scenarios/racing.json")
# So many runs of each that there are enough pairs: the last ones have fewer after them.
pairs=$(((comparisons + ${#scenarios[@]} - 1) / ${#scenarios[@]}))
rounds=$(((pairs + reach * (reach + 1) / 2 + reach - 1) / reach))

echo "machine: $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(uname -sr)"
echo "runs: $folder, $rounds of each of ${#scenarios[@]} scenarios"
for ((round = 0; round < rounds; round++)); do
  began=$SECONDS ran=0
  for scenario in "${scenarios[@]}"; do
    name=$(basename "$scenario")
    [ -s "$folder/$round/$name" ] && continue
    # Expectations that are not met (1) are no matter here; what could not be measured (3) is counted below.
    code=0
    "$runner" "$scenario" --out "$folder/$round" --quiet >/dev/null || code=$?
    case $code in 0 | 1 | 3) ;; *) exit 3 ;; esac
    ran=1
  done
  left=$((gap - (SECONDS - began)))
  if [ $ran -eq 1 ] && [ $((round + 1)) -lt $rounds ] && [ $left -gt 0 ]; then sleep $left; fi
done

total=0 different=0
for scenario in "${scenarios[@]}"; do
  name=$(basename "$scenario")
  same=0 unsure=0 other=0 unmeasured=0
  for ((first = 0; first < rounds; first++)); do
    for ((second = first + 1; second <= first + reach && second < rounds; second++)); do
      code=0
      "$runner" diff --strict "$folder/$first/$name" "$folder/$second/$name" >"$folder/last.txt" 2>&1 || code=$?
      case $code in
        0) same=$((same + 1)) ;;
        4) unsure=$((unsure + 1)) ;;
        1)
          other=$((other + 1))
          echo "different: $folder/$first/$name and $folder/$second/$name"
          ;;
        3) unmeasured=$((unmeasured + 1)) ;; # a machine so busy that a run has no trial that counts
        *) exit 3 ;;
      esac
    done
  done
  printf '%-20s %4d same, %4d inconclusive, %4d different, %4d not measured\n' "${name%.json}" $same $unsure $other \
    $unmeasured
  total=$((total + same + unsure + other)) different=$((different + other))
done
echo "different: $different of $total"
[ $total -gt 0 ] || exit 3
[ $((different * 100)) -le $((total * 2)) ]
