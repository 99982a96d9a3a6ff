#!/usr/bin/env python3
"""What yamllint does not see in a GitHub workflow: keys that do not exist, jobs that are needed and
are not there, steps that do nothing or two things, and scripts that shellcheck would refuse.

Usage: lint_workflows.py FILE...   (exit 1 when something is wrong)
"""
import re
import subprocess
import sys

import yaml

# https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
WORKFLOW = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
JOB = {
    "name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env",
    "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services",
    "uses", "with", "secrets",
}
STEP = {
    "id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env",
    "continue-on-error", "timeout-minutes",
}


def check_keys(place, found, known):
    for key in found:
        key = "on" if key is True else key  # YAML 1.1 reads the word as a boolean
        if key not in known:
            yield f"{place}: there is no key {key!r}"


def check_script(place, script):
    """The shell is bash -e -o pipefail, as `defaults.run.shell: bash` makes it."""
    plain = re.sub(r"\$\{\{.*?\}\}", "expression", script, flags=re.S)
    result = subprocess.run(
        ["shellcheck", "--shell=bash", "--format=gcc", "-"],
        input="set -eo pipefail\n" + plain, text=True, capture_output=True, check=False)
    for line in (result.stdout + result.stderr).splitlines():
        yield f"{place}: {line}"


def check_step(place, step):
    yield from check_keys(place, step, STEP)
    if ("run" in step) == ("uses" in step):
        yield f"{place}: expected either run or uses"
    if "run" in step:
        yield from check_script(place, step["run"])
    if "uses" in step and not re.fullmatch(r"[\w.-]+/[\w./-]+@[\w.-]+", step["uses"]):
        yield f"{place}: uses {step['uses']!r}: expected owner/action@version"


def check_job(place, job, jobs):
    yield from check_keys(place, job, JOB)
    needs = job.get("needs", [])
    for name in [needs] if isinstance(needs, str) else needs:
        if name not in jobs:
            yield f"{place}: needs the job {name!r}, which is not there"
    if "runs-on" not in job:
        yield f"{place}: no runs-on"
    if "timeout-minutes" not in job:
        yield f"{place}: no timeout-minutes: a job that hangs would run for six hours"
    for number, step in enumerate(job.get("steps", []), 1):
        yield from check_step(f"{place}, step {number} ({step.get('name', step.get('uses'))})", step)


def check(path):
    with open(path, encoding="utf-8") as file:
        workflow = yaml.safe_load(file)
    yield from check_keys(path, workflow, WORKFLOW)
    jobs = workflow.get("jobs", {})
    if not jobs:
        yield f"{path}: no jobs"
    for name, job in jobs.items():
        yield from check_job(f"{path}: {name}", job, jobs)


def main():
    problems = [problem for path in sys.argv[1:] for problem in check(path)]
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(1 if problems or len(sys.argv) < 2 else 0)


main()
