// Runs every step of a composite action for real, by GitHub's own parser and expression language.
//
//   node --import ./json_imports.mjs run_action.mjs < job.json > told.json
//
// job:  {action: folder of action.yml, inputs: {}, temp: folder, workspace: folder, env: {}}
// told: {steps: [{id, ran, code, log, outputs}], outputs: {}, summary: text, success: boolean}

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { convertActionTemplate } from "@actions/workflow-parser/actions/action-template";

const job = JSON.parse(readFileSync(0, "utf8"));
const { tree, action } = parsed(join(job.action, "action.yml"));
const inputs = withDefaults(action.inputs ?? [], job.inputs);
const steps = [];
const summary = join(job.temp, "summary.md");
writeFileSync(summary, "");

action.runs.steps.forEach((step, number) => {
  const raw = at(at(tree, "runs"), "steps").get(number);
  const context = contexts();
  const ran = truthy(evaluated(step.if.expression, context));
  const id = at(raw, "id")?.value;
  steps.push(ran ? { id, ran, ...done(raw, context, number) } : { id, ran, code: 0, log: "", outputs: {} });
});

const told = {
  steps,
  outputs: Object.fromEntries(
    (action.outputs ?? []).map((output) => [output.id, text(output.value, contexts())]),
  ),
  summary: readFileSync(summary, "utf8"),
  success: succeeded(),
};
process.stdout.write(JSON.stringify(told));

function parsed(path) {
  const file = { name: path, content: readFileSync(path, "utf8") };
  const { context, value } = parseAction(file, new NoOperationTraceWriter());
  const action = convertActionTemplate(context, value);
  const errors = context.errors.getErrors().map((error) => error.message);
  if (errors.length) throw new Error(`${path} is not an action:\n${errors.join("\n")}`);
  return { tree: value, action };
}

function withDefaults(definitions, given) {
  const names = definitions.map((definition) => definition.id);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length) throw new Error(`the action has no input ${unknown}`);
  const defaults = definitions.map(({ id, default: value }) => [id, value ? text(value, {}) : ""]);
  return { ...Object.fromEntries(defaults), ...given };
}

// What a step's expressions may read; outputs of steps without an id cannot be read.
function contexts() {
  const named = steps.filter((step) => step.id);
  const outcomes = named.map(({ id, code, outputs }) => [
    id,
    { outputs, outcome: code ? "failure" : "success" },
  ]);
  return { inputs, github: { action_path: job.action }, steps: Object.fromEntries(outcomes) };
}

function succeeded() {
  return steps.every((step) => !step.code);
}

function evaluated(expression, context) {
  const status = { always: () => true, success: succeeded, failure: () => !succeeded(), cancelled: () => false };
  const functions = Object.entries(status).map(([name, says]) => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(says()) },
  ]);
  const tokens = new Lexer(expression).lex().tokens;
  const tree = new Parser(tokens, Object.keys(context), functions.map(([, known]) => known)).parse();
  const values = JSON.parse(JSON.stringify(context), data.reviver);
  return new Evaluator(tree, values, new Map(functions)).evaluate();
}

function truthy(value) {
  return !["", "0", "false"].includes(value.coerceString());
}

function text(token, context) {
  return "expression" in token ? evaluated(token.expression, context).coerceString() : token.toString();
}

function at(mapping, name) {
  return mapping.find(name);
}

// One `run:` step, as the runner starts it: its own shell file, its own command files, signals aside.
function done(raw, context, number) {
  const script = join(job.temp, `step-${number}.sh`);
  const output = join(job.temp, `output-${number}`);
  const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  mkdirSync(job.temp, { recursive: true });
  writeFileSync(script, text(at(raw, "run"), context));
  writeFileSync(output, "");
  const set = [...(at(raw, "env") ?? [])];
  const env = {
    ...job.env,
    ...files,
    GITHUB_ACTION_PATH: job.action,
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_TEMP: job.temp,
    ...Object.fromEntries(set.map((pair) => [pair.key.value, text(pair.value, context)])),
  };
  const shell = ["--noprofile", "--norc", "-e", "-o", "pipefail", script];
  const ended = spawnSync("bash", shell, { cwd: job.workspace, env, encoding: "utf8", maxBuffer: 1 << 28 });
  const log = ended.stdout + ended.stderr;
  return { code: ended.status, log, outputs: outputsIn(readFileSync(output, "utf8")) };
}

// The format of GITHUB_OUTPUT: NAME=VALUE, or NAME<<END, lines, END.
function outputsIn(content) {
  const outputs = {};
  const lines = content.split("\n");
  while (lines.length) {
    const line = lines.shift();
    const [, name, end] = line.match(/^([^=]+?)<<(.+)$/) ?? [];
    if (name) {
      const until = lines.indexOf(end);
      if (until < 0) throw new Error(`no end of the output ${name}`);
      outputs[name] = lines.splice(0, until + 1).slice(0, -1).join("\n");
    } else if (line.includes("=")) {
      outputs[line.split("=", 1)[0]] = line.slice(line.indexOf("=") + 1);
    }
  }
  return outputs;
}
