// Reads a JSON list of mermaid charts and prints a JSON list of errors; "" where a chart is in order.
import { JSDOM } from "jsdom";

const page = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import("mermaid");

let input = "";
for await (const chunk of process.stdin) input += chunk;

const errors = [];
for (const chart of JSON.parse(input)) {
  try {
    const { diagramType } = await mermaid.parse(chart);
    errors.push(diagramType === "xychart" ? "" : `parsed as ${diagramType}`);
  } catch (error) {
    errors.push(String(error.message ?? error) || "no message");
  }
}
console.log(JSON.stringify(errors));
